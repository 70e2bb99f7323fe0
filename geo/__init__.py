"""Exact numbers on geometry: areas, tabulation, coverage, proximity. No files, no web, no place names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from geo.access.adjoining import Adjacency, find_adjacency
    from geo.access.coverage import CountRule, Coverage, WalkRule, measure_coverage
    from geo.access.network import WalkNetwork
    from geo.access.proximity import Proximity, constraint_overlap, find_crossings, find_nearest, measure_proximity
    from geo.access.sensitivity import Alternatives, compare_service_rules
    from geo.access.service import ServiceRule
    from geo.access.shared import SharedReach, shared_reach
    from geo.aggregation import Aggregation, aggregate, per_mu
    from geo.comparison import Changes, Transition, compare, figure_changes, transition_matrix
    from geo.measure.ahead import find_facts
    from geo.measure.area import Area, area_m2, length_m, mu_of, plane_area_m2
    from geo.measure.crs import checked_crs, declare_edges
    from geo.measure.datums import convert_datum, outside_china
    from geo.measure.validity import Problem, Report, check, self_overlaps
    from geo.overlay.ahead import find_ground_once, find_zone_facts
    from geo.overlay.chunked import tabulate_parts
    from geo.overlay.index import Index
    from geo.overlay.rounding import balance_parts, round_half_up
    from geo.overlay.tabulation import AreaTable, Tabulation, tabulate
    from geo.overlay.together import Together, cover_together
    from geo.overlay.wkb import WkbLayer
    from geo.parallel import Watch
    from geo.result import Result
    from geo.stated import StatedComparison, StatedSize, compare_stated
    from geo.text import Text
    from geo.total import Totals, ground_m2, measure_totals

__all__ = [
    "Adjacency",
    "Aggregation",
    "Alternatives",
    "Area",
    "AreaTable",
    "Changes",
    "CountRule",
    "Coverage",
    "Index",
    "Problem",
    "Proximity",
    "Report",
    "Result",
    "ServiceRule",
    "SharedReach",
    "StatedComparison",
    "StatedSize",
    "Tabulation",
    "Text",
    "Together",
    "Totals",
    "Transition",
    "WalkNetwork",
    "WalkRule",
    "Watch",
    "WkbLayer",
    "aggregate",
    "area_m2",
    "balance_parts",
    "check",
    "checked_crs",
    "compare",
    "compare_service_rules",
    "compare_stated",
    "constraint_overlap",
    "convert_datum",
    "cover_together",
    "declare_edges",
    "figure_changes",
    "find_adjacency",
    "find_crossings",
    "find_facts",
    "find_ground_once",
    "find_nearest",
    "find_zone_facts",
    "ground_m2",
    "length_m",
    "measure_coverage",
    "measure_proximity",
    "measure_totals",
    "mu_of",
    "outside_china",
    "per_mu",
    "plane_area_m2",
    "round_half_up",
    "self_overlaps",
    "shared_reach",
    "tabulate",
    "tabulate_parts",
    "transition_matrix",
]

__getattr__ = lazy_face(__name__)
