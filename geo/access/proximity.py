"""Distances between layers: within a band, nearest, crossing, and overlap with constraint layers."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.access.demand import LINE, POINT, amounts
from geo.access.service import QUAD_SEGS, checked_distance_m, facilities_of, radial_error_share
from geo.arrays import Floats, Ints, Shapes
from geo.errors import BadDistance, EmptyLayer
from geo.measure.area import distance_plane, form_of
from geo.measure.crs import Bench, move
from geo.measure.validity import Report, usable
from geo.overlay.covering import Covered, cover_lines, cover_polygons
from geo.overlay.overlay import overlay
from geo.parallel import Cancel
from geo.result import Result, labels, repairs_of
from geo.text import Text

MEASURE = {0: "count", 1: "m", 2: "m2"}


@dataclass(frozen=True, kw_only=True)
class Proximity(Result):
    """Features and their distance to the nearest reference feature.

    Attributes
    ----------
    feature, nearest, distance_m
        Ids and the true distance (0 where they meet).
    within
        Whether the feature, or any part of it, lies within ``limit_m``.
    amount, within_amount
        The feature's area (m2), length (m) or 1, and how much of it is inside the band.
    """

    feature: tuple[object, ...]
    nearest: tuple[object, ...]
    distance_m: Floats
    within: np.ndarray[tuple[int], np.dtype[np.bool_]]
    amount: Floats
    within_amount: Floats
    limit_m: float
    band: gpd.GeoSeries

    def to_frame(self) -> pd.DataFrame:
        """Return one row a feature."""
        columns = ["feature", "nearest", "distance_m", "within", "amount", "within_amount"]
        return pd.DataFrame({name: list(getattr(self, name)) for name in columns})


def _ready(
    features: gpd.GeoDataFrame, reference: gpd.GeoDataFrame
) -> tuple[Bench, tuple[Report, Report], Shapes, Shapes]:
    left = usable(features, where="features", kind="any")
    right = usable(reference, where="reference", kind="any")
    bench = Bench.of(left.frame, where="features")
    mine, theirs = bench.bring(left.frame, where="features"), bench.bring(right.frame, where="reference")
    return bench, (left, right), mine, theirs


def _nearest(bench: Bench, mine: Shapes, theirs: Shapes) -> tuple[Ints, Floats]:
    """Return for every shape the nearest other and the true distance, m."""
    plane = distance_plane(bench, mine, theirs)
    here, there = mine, theirs
    if plane != bench.crs:
        split = 0.0009 if bench.crs.is_geographic else 100.0
        here, there = (move(shapely.segmentize(part, split), bench.crs, plane) for part in (mine, theirs))
    row, other = shapely.STRtree(there).query_nearest(here, all_matches=False)
    order = np.argsort(row, kind="stable")
    other = other[order].astype(np.int64)
    link = shapely.shortest_line(here, there[other])
    form = form_of(plane, here, there)
    middle = shapely.get_coordinates(shapely.line_interpolate_point(link, 0.5, normalized=True))
    distance: Floats = shapely.length(link) / np.sqrt(form.areal_scale(middle[:, 0], middle[:, 1]))
    return other, distance


def proximity(
    features: gpd.GeoDataFrame,
    reference: gpd.GeoDataFrame,
    *,
    within_m: float,
    feature_field: str | None = None,
    reference_field: str | None = None,
    cancel: Cancel | None = None,
) -> Proximity:
    """Return which features lie within a distance of a reference layer (a bank line, a red line), and how much.

    Whether a feature is within is decided by exact distance, never by a buffer; the part inside the band by
    a buffer whose arcs fall short by less than 6e-5 of the distance.

    Raises
    ------
    BadDistance, EmptyLayer, BadGeometry, MissingCRS, RefusedCRS, RefusedDatum, NoSuchField

    Examples
    --------
    >>> bank = gpd.GeoDataFrame(geometry=[shapely.LineString([(5e5, 35e5), (505000, 35e5)])], crs=4549)
    >>> plant = gpd.GeoDataFrame({"id": ["p1"]}, geometry=[shapely.Point(502000, 3500400)], crs=4549)
    >>> near = proximity(plant, bank, within_m=1000, feature_field="id")
    >>> bool(near.within[0]), round(float(near.distance_m[0]))
    (True, 400)
    """
    limit = checked_distance_m(within_m)
    bench, reports, mine, theirs = _ready(features, reference)
    left, right = (report.frame for report in reports)
    other, distance = _nearest(bench, mine, theirs)
    reach = facilities_of(right, bench, mine, radius_m=limit, where="reference")
    band = reach.service_areas(bench)
    kinds = shapely.get_dimensions(mine)
    amount, inside = np.zeros(len(mine)), np.zeros(len(mine))
    for kind in np.unique(kinds).tolist():
        rows = np.flatnonzero(kinds == kind)
        cover = _inside(bench, mine[rows], band, kind, near=distance[rows] <= limit, cancel=cancel)
        amount[rows], inside[rows] = cover.amount, cover.covered
    names, known = labels(left, feature_field, where="features"), labels(right, reference_field, where="reference")
    radial = limit * radial_error_share(QUAD_SEGS)
    return Proximity(
        method=Text(
            f"精确距离判断是否在 {limit:g} 米内；范围内面积按缓冲带计算，圆弧处不足不超过 {radial:.3f} 米。",
            f"Within {limit:g} m is decided by exact distance, the part inside by a band ({radial:.3f} m short).",
        ),
        repairs=repairs_of(*reports),
        feature=tuple(names),
        nearest=tuple(known[row] for row in other.tolist()),
        distance_m=distance,
        within=np.asarray(distance <= limit, dtype=bool),
        amount=amount,
        within_amount=inside,
        limit_m=limit,
        band=bench.give(np.array([shapely.union_all(band)], dtype=object)),
    )


def _inside(
    bench: Bench,
    shapes: Shapes,
    band: Shapes,
    kind: int,
    *,
    near: np.ndarray[tuple[int], np.dtype[np.bool_]],
    cancel: Cancel | None,
) -> Covered:
    if kind == POINT:
        return Covered(amounts(bench, shapes, POINT), near.astype(float), np.full(len(shapes), None, dtype=object))
    if kind == LINE:
        return cover_lines(bench, shapes, band, cancel=cancel)
    return cover_polygons(bench, shapes, band, cancel=cancel)


def nearest(
    features: gpd.GeoDataFrame,
    reference: gpd.GeoDataFrame,
    *,
    feature_field: str | None = None,
    reference_field: str | None = None,
) -> pd.DataFrame:
    """Return each feature's nearest reference feature and true distance (columns feature, nearest, distance_m)."""
    bench, reports, mine, theirs = _ready(features, reference)
    left, right = (report.frame for report in reports)
    other, distance = _nearest(bench, mine, theirs)
    known = labels(right, reference_field, where="reference")
    found = [known[row] for row in other.tolist()]
    return pd.DataFrame(
        {
            "feature": labels(left, feature_field, where="features"),
            "nearest": found,
            "distance_m": distance,
        }
    )


def crossings(
    lines: gpd.GeoDataFrame,
    reference: gpd.GeoDataFrame,
    *,
    line_field: str | None = None,
    reference_field: str | None = None,
) -> gpd.GeoDataFrame:
    """Return where lines properly cross reference lines or polygons (columns line, reference, geometry).

    A line that only touches, or runs along, does not cross.
    """
    bench, reports, mine, theirs = _ready(lines, reference)
    left, right = (report.frame for report in reports)
    row, other = shapely.STRtree(theirs).query(mine, predicate="crosses")
    order = np.lexsort([other, row])
    row, other = row[order], other[order]
    names = labels(left, line_field, where="lines")
    known = labels(right, reference_field, where="reference")
    where = bench.give(shapely.intersection(mine[row], theirs[other]))
    table = {"line": [names[i] for i in row], "reference": [known[i] for i in other]}
    return gpd.GeoDataFrame(table, geometry=where.to_numpy(), crs=bench.source)


def constraint_overlap(
    features: gpd.GeoDataFrame,
    constraints: gpd.GeoDataFrame,
    *,
    feature_field: str | None = None,
    constraint_field: str | None = None,
    tolerance_m2: float = 1.0,
) -> gpd.GeoDataFrame:
    """Return where feature polygons overlap constraint polygons (red lines, basic farmland).

    Columns feature, constraint, overlap_m2, share (of the feature), above (more than ``tolerance_m2``), geometry.
    Touching is no overlap.

    Raises
    ------
    BadDistance
        When the tolerance is negative or not finite.
    """
    if not (np.isfinite(tolerance_m2) and tolerance_m2 >= 0.0):
        raise BadDistance(found=tolerance_m2, limit_m="m2")
    left, right = usable(features, where="features"), usable(constraints, where="constraints")
    if not len(right.frame):
        raise EmptyLayer(where="constraints")
    bench = Bench.of(left.frame, where="features")
    cut = overlay(bench, bench.bring(left.frame, where="features"), bench.bring(right.frame, where="constraints"))
    names = labels(left.frame, feature_field, where="features")
    known = labels(right.frame, constraint_field, where="constraints")
    table = {
        "feature": [names[i] for i in cut.parcel],
        "constraint": [known[i] for i in cut.zone],
        "overlap_m2": cut.area_m2,
        "share": cut.area_m2 / cut.parcel_area_m2[cut.parcel],
        "above": cut.area_m2 > tolerance_m2,
    }
    return gpd.GeoDataFrame(table, geometry=cut.evidence().to_numpy(), crs=bench.source)
