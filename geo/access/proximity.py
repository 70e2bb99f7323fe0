"""Distances between layers: within a band, nearest, crossing, and overlap with constraint layers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.access.band import Band, by_kind, measured_band, within_band
from geo.access.demand import POLYGON, feature_amounts, shape_dimensions
from geo.access.links import Links
from geo.access.service import QUAD_SEGS, ServiceRule, checked_distance_m, facilities_of, radial_error_share
from geo.arrays import Bools, Floats, Ints, Shapes, as_rows
from geo.errors import BadDistance, EmptyLayer
from geo.measure import sound
from geo.measure.crs import Bench
from geo.measure.facts import some_of
from geo.measure.validity import Report, usable_report
from geo.overlay.covering import once_only
from geo.overlay.overlay import overlay
from geo.parallel import UNWATCHED, Watch
from geo.result import Result, frame_column, repairs_of, text_labels
from geo.text import Text

MEASURE = {0: "count", 1: "m", 2: "m2"}


@dataclass(frozen=True, kw_only=True)
class Proximity(Result):
    """Features and their distance to the nearest reference feature.

    Attributes
    ----------
    within
        Whether the feature, or any part of it, lies within ``limit_m``.
    within_amount
        How much of the feature is inside the band: area (m2), length (m) or 1.
    amount
        The whole feature's; worked out when first asked for.
    feature, nearest, distance_m
        Ids and the true distance (0 where they meet); worked out when first asked for.
    """

    within: Bools
    within_amount: Floats
    limit_m: float
    bench: Bench
    shapes: Shapes
    links: Links
    service_areas: Shapes
    frames: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]
    fields: tuple[str | None, str | None]

    @cached_property
    def amount(self) -> Floats:
        """Every feature's area (m2), length (m) or 1."""
        return _amounts(self.bench, self.shapes)

    @cached_property
    def feature(self) -> tuple[object, ...]:
        """The features' ids."""
        return tuple(text_labels(self.frames[0], self.fields[0], where="features"))

    @cached_property
    def _nearest(self) -> tuple[Ints, Floats]:
        return self.links.nearest(self.shapes)

    @property
    def distance_m(self) -> Floats:
        """True distance of every feature, m."""
        return self._nearest[1]

    @cached_property
    def nearest(self) -> tuple[object, ...]:
        """The id of the reference feature nearest to each."""
        known = text_labels(self.frames[1], self.fields[1], where="reference")
        return tuple(known[row] for row in self._nearest[0].tolist())

    @cached_property
    def band(self) -> gpd.GeoSeries:
        """The ground within the distance, in the features' stored CRS."""
        return self.bench.give(np.array([sound.union(self.service_areas)], dtype=object))

    @cached_property
    def within_once(self) -> float:
        """What of the polygons lies inside the band, m2: ground that several of them cover counts once."""
        rows = np.flatnonzero(self.within & (shape_dimensions(self.shapes) == POLYGON))
        shapes = some_of(self.shapes, rows)
        apart, twice, _ = once_only(shapes, self.bench.crs)
        if not twice:
            return float(self.within_amount[rows].sum())
        band = Band(self.service_areas, self.links, self.limit_m)
        return float(measured_band(self.bench, apart, band, UNWATCHED)[1].sum())

    def near(self, *, asked: int | None = None) -> pd.DataFrame:
        """Return one row a feature within the distance, by its index: feature, distance_m, amount, within_amount.

        What lies further away costs nothing. When more than ``asked`` lie within, ``distance_m`` is NaN of those
        that are not among the so many nearest, or not about as near as they are.
        """
        rows = np.flatnonzero(self.within)
        shapes = some_of(self.shapes, rows)
        distance = np.full(len(rows), np.nan)
        if asked is None or len(rows) <= asked:
            distance[:] = self.links.nearest(self.shapes[rows])[1]
        else:
            some, known = self.links.nearest_few(shapes, asked)
            distance[some] = known
        table = {
            "feature": text_labels(self.frames[0].iloc[rows], self.fields[0], where="features"),
            "distance_m": distance,
            "amount": _amounts(self.bench, shapes),
            "within_amount": self.within_amount[rows],
        }
        return pd.DataFrame(table, index=self.frames[0].index[rows])

    def to_frame(self) -> pd.DataFrame:
        """Return one row a feature."""
        columns = ["feature", "nearest", "distance_m", "within", "amount", "within_amount"]
        return pd.DataFrame({name: list(getattr(self, name)) for name in columns})


def _ready(
    features: gpd.GeoDataFrame, reference: gpd.GeoDataFrame
) -> tuple[Bench, tuple[Report, Report], Shapes, Shapes]:
    left = usable_report(features, where="features", kind="any")
    right = usable_report(reference, where="reference", kind="any")
    bench = Bench.of(left.frame, where="features")
    mine, theirs = left.on(bench), right.on(bench)
    return bench, (left, right), mine, theirs


def measure_proximity(
    features: gpd.GeoDataFrame,
    reference: gpd.GeoDataFrame,
    *,
    within_m: float,
    feature_field: str | None = None,
    reference_field: str | None = None,
    watch: Watch = UNWATCHED,
) -> Proximity:
    """Return which features lie within a distance of a reference layer (a bank line, a red line), and how much.

    Whether a feature is within is decided by exact distance, never by a buffer; the part inside the band by
    a buffer whose arcs fall short by less than 6e-5 of the distance.

    Parameters
    ----------
    features
        Points, lines or polygons, n rows.
    reference
        What they are near to, m rows of any kind.
    within_m
        The distance, m.
    feature_field, reference_field
        Fields of the names rows are told by; the index when None.
    watch
        May stop it by raising `Cancelled`.

    Raises
    ------
    BadDistance, EmptyLayer, BadGeometry, MissingCRS, RefusedCRS, RefusedDatum, NoSuchField

    Examples
    --------
    >>> bank = gpd.GeoDataFrame(geometry=[shapely.LineString([(5e5, 35e5), (505000, 35e5)])], crs=4549)
    >>> plant = gpd.GeoDataFrame({"id": ["p1"]}, geometry=[shapely.Point(502000, 3500400)], crs=4549)
    >>> near = measure_proximity(plant, bank, within_m=1000, feature_field="id")
    >>> bool(near.within[0]), round(float(near.distance_m[0]))
    (True, 400)
    """
    limit = checked_distance_m(within_m)
    bench, reports, mine, theirs = _ready(features, reference)
    left, right = (report.frame for report in reports)
    for frame, field, where in ((left, feature_field, "features"), (right, reference_field, "reference")):
        frame_column(frame, field, where=where)
    links = Links.of(bench, mine, theirs)
    reach = facilities_of(right, bench, mine, ServiceRule(radius_m=limit), where="reference")
    band = reach.service_areas(bench)
    within, inside = measured_band(bench, mine, Band(band, links, limit), watch.silent)
    radial = limit * radial_error_share(QUAD_SEGS)
    return Proximity(
        method=Text(
            f"精确距离判断是否在 {limit:g} 米内；范围内面积按缓冲带计算，圆弧处不足不超过 {radial:.3f} 米。",
            f"Within {limit:g} m is decided by exact distance, the part inside by a band ({radial:.3f} m short).",
        ),
        repairs=repairs_of(*reports),
        within=within,
        within_amount=inside,
        limit_m=limit,
        bench=bench,
        shapes=mine,
        links=links,
        service_areas=band,
        frames=(left, right),
        fields=(feature_field, reference_field),
    )


def within_distance(features: gpd.GeoDataFrame, reference: gpd.GeoDataFrame, *, within_m: float) -> Bools:
    """Tell which features lie within a distance of a reference layer, by exact distance; nothing else is measured.

    Parameters
    ----------
    features
        Points, lines or polygons, n rows.
    reference
        What they are near to, m rows of any kind.
    within_m
        The distance, m.

    Returns
    -------
    array of bool, shape (n,)
        False for a row whose geometry cannot be used.

    Raises
    ------
    BadDistance, EmptyLayer, BadGeometry, MissingCRS, RefusedCRS, RefusedDatum

    Examples
    --------
    >>> bank = gpd.GeoDataFrame(geometry=[shapely.LineString([(5e5, 35e5), (505000, 35e5)])], crs=4549)
    >>> plants = gpd.GeoDataFrame(geometry=shapely.points([(502000, 3500400), (502000, 3501400)]), crs=4549)
    >>> within_distance(plants, bank, within_m=1000).tolist()
    [True, False]
    """
    limit = checked_distance_m(within_m)
    rows = features.reset_index(drop=True)
    rows.attrs = dict(features.attrs)
    bench, (left, right), mine, theirs = _ready(rows, reference)
    reach = facilities_of(right.frame, bench, mine, ServiceRule(radius_m=limit), where="reference")
    band = Band(reach.service_areas(bench), Links.of(bench, mine, theirs), limit)
    met = np.zeros(len(rows), dtype=bool)
    met[left.frame.index.to_numpy()] = within_band(bench, mine, band)
    return met


def _amounts(bench: Bench, shapes: Shapes) -> Floats:
    """Return each shape's own area (m2), length (m) or one."""
    found = np.zeros(len(shapes))
    for kind, rows in by_kind(shapes):
        found[rows] = feature_amounts(bench, shapes if len(rows) == len(shapes) else shapes[rows], kind)
    return found


def find_nearest(
    features: gpd.GeoDataFrame,
    reference: gpd.GeoDataFrame,
    *,
    feature_field: str | None = None,
    reference_field: str | None = None,
) -> pd.DataFrame:
    """Return each feature's nearest reference feature, by geodesic distance: feature, nearest, distance_m.

    True to 1e-9 at any extent, across 180 degrees and at the poles.

    Parameters
    ----------
    features
        Shapes of any kind, n rows.
    reference
        Where the nearest is looked for, m rows of any kind.
    feature_field, reference_field
        Fields of the names rows are told by; the index when None.

    Raises
    ------
    ExtentTooLarge
        The data lie nearly all round the Earth.

    Examples
    --------
    >>> east, west = (gpd.GeoDataFrame(geometry=[shapely.Point(lon, -17)], crs=4326) for lon in (179.9, -179.9))
    >>> round(float(find_nearest(east, west).distance_m[0]), 3)
    21297.165
    """
    bench, reports, mine, theirs = _ready(features, reference)
    left, right = (report.frame for report in reports)
    other, distance = Links.of(bench, mine, theirs).nearest(mine)
    known = text_labels(right, reference_field, where="reference")
    found = [known[row] for row in other.tolist()]
    return pd.DataFrame(
        {
            "feature": text_labels(left, feature_field, where="features"),
            "nearest": found,
            "distance_m": distance,
        }
    )


def find_crossings(
    lines: gpd.GeoDataFrame,
    reference: gpd.GeoDataFrame,
    *,
    line_field: str | None = None,
    reference_field: str | None = None,
) -> gpd.GeoDataFrame:
    """Return where lines properly cross reference lines or polygons (columns line, reference, geometry).

    A line that only meets another at an end, or runs along, does not cross.

    Parameters
    ----------
    lines
        n rows of lines.
    reference
        m rows of lines or polygons.
    line_field, reference_field
        Fields of the names rows are told by; the index when None.
    """
    bench, reports, mine, theirs = _ready(lines, reference)
    left, right = (report.frame for report in reports)
    row, other = as_rows(shapely.STRtree(theirs).query(mine, predicate="crosses"))
    order = np.lexsort([other, row])
    row, other = row[order], other[order]
    names = text_labels(left, line_field, where="lines")
    known = text_labels(right, reference_field, where="reference")
    where = bench.give(sound.intersect_pairs(mine[row], theirs[other]))
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

    Parameters
    ----------
    features
        n polygons.
    constraints
        m polygons; there is at least one.
    feature_field, constraint_field
        Fields of the names rows are told by; the index when None.
    tolerance_m2
        What an overlap may measure without being told as ``above``, m2.

    Raises
    ------
    BadDistance
        When the tolerance is negative or not finite.
    """
    if not (np.isfinite(tolerance_m2) and tolerance_m2 >= 0.0):
        raise BadDistance(found=tolerance_m2, limit_m="m2")
    left, right = usable_report(features, where="features"), usable_report(constraints, where="constraints")
    if not len(right.frame):
        raise EmptyLayer(where="constraints")
    bench = Bench.of(left.frame, where="features")
    cut = overlay(bench, left.on(bench), right.on(bench))
    names = text_labels(left.frame, feature_field, where="features")
    known = text_labels(right.frame, constraint_field, where="constraints")
    table = {
        "feature": [names[i] for i in cut.parcel],
        "constraint": [known[i] for i in cut.zone],
        "overlap_m2": cut.area_m2,
        "share": cut.area_m2 / cut.parcel_area_m2[cut.parcel],
        "above": cut.area_m2 > tolerance_m2,
    }
    return gpd.GeoDataFrame(table, geometry=cut.evidence().to_numpy(), crs=bench.source)
