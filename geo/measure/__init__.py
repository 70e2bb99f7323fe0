"""What is measured and in which plane: areas, lengths, moments, coordinate systems, datums, validity."""

from geo.measure.area import (
    Area,
    area_m2,
    distance_plane,
    finite_bounds,
    form_of,
    form_over,
    length_m,
    measure_shapes,
    mu_of,
    plane_area_m2,
    shape_lengths_m,
)
from geo.measure.crs import (
    Bench,
    base_crs,
    checked_crs,
    crs_name,
    declare_edges,
    edge_crs,
    move,
    same_crs,
    same_datum_transformer,
    shapes_of,
)
from geo.measure.datums import convert_datum, outside_china
from geo.measure.facts import overlapping_pairs, shape_boxes
from geo.measure.integrals import AreaForm, area_form
from geo.measure.measuring import measure, measured_rings
from geo.measure.moments import Moments, join_moments
from geo.measure.seam import Cut, along_geodesics, cut_at_seam
from geo.measure.shift import Ways, bound_by, bound_by_parameters, metric_crs, named_rightly
from geo.measure.validity import Problem, Report, check, limit, self_overlaps, usable_report

__all__ = [
    "Area",
    "AreaForm",
    "Bench",
    "Cut",
    "Moments",
    "Problem",
    "Report",
    "Ways",
    "along_geodesics",
    "area_form",
    "area_m2",
    "base_crs",
    "bound_by",
    "bound_by_parameters",
    "check",
    "checked_crs",
    "convert_datum",
    "crs_name",
    "cut_at_seam",
    "declare_edges",
    "distance_plane",
    "edge_crs",
    "finite_bounds",
    "form_of",
    "form_over",
    "join_moments",
    "length_m",
    "limit",
    "measure",
    "measure_shapes",
    "measured_rings",
    "metric_crs",
    "move",
    "mu_of",
    "named_rightly",
    "outside_china",
    "overlapping_pairs",
    "plane_area_m2",
    "same_crs",
    "same_datum_transformer",
    "self_overlaps",
    "shape_boxes",
    "shape_lengths_m",
    "shapes_of",
    "usable_report",
]
