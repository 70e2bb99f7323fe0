"""Where the service areas of two layers, or of one layer's own facilities, meet and overlap."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.access.adjoining import TOUCH_M, pairs_within
from geo.access.service import QUAD_SEGS, Facilities, ServiceRule, facilities_of, radial_error_share
from geo.arrays import Bools, Floats, Ints, Shapes
from geo.measure import sound
from geo.measure.area import form_of
from geo.measure.crs import Bench
from geo.measure.measuring import measure
from geo.measure.validity import usable_report
from geo.result import Result, repairs_of
from geo.text import Text

_FINE_SEGS, _FEW = 512, 1_000  # sides of a quarter circle, of so many areas and pairs of them


@dataclass(frozen=True, kw_only=True)
class SharedReach(Result):
    """Ground that facilities of both layers serve.

    Attributes
    ----------
    table
        One row a pair whose service areas meet: feature, other, distance_m (geodesic, between the facilities),
        overlap_m2 (0 where they only meet).
    both_m2, first_m2, second_m2
        Ground served by both, by the first layer, by the second, each point once; ``second_m2`` is None where the
        layer was held against itself: ``both_m2`` then is served by more than one facility.
    ground
        The ground served by both, in the first layer's stored CRS.
    """

    table: pd.DataFrame
    both_m2: float
    first_m2: float
    second_m2: float | None
    ground: gpd.GeoSeries

    def to_frame(self) -> pd.DataFrame:
        """Return one row a pair."""
        return self.table


def shared_reach(
    facilities: gpd.GeoDataFrame,
    others: gpd.GeoDataFrame | None = None,
    *,
    radius_m: float,
    other_radius_m: float | None = None,
) -> SharedReach:
    """Return where service areas overlap: of two layers, or of one layer's own facilities.

    Parameters
    ----------
    facilities
        Points, lines or polygons, in any CRS that may be measured in.
    others
        The second layer; the facilities among themselves if not given.
    radius_m, other_radius_m
        How far each serves (straight, from its edge); the second like the first if not said.

    Raises
    ------
    BadDistance, NotComputable, EmptyLayer, BadGeometry, MissingCRS, RefusedCRS, RefusedDatum, ExtentTooLarge

    Examples
    --------
    >>> wells = gpd.GeoDataFrame(geometry=[shapely.Point(5e5, 35e5), shapely.Point(5e5 + 100, 35e5)], crs=4549)
    >>> lens = shared_reach(wells, radius_m=100)
    >>> round(lens.both_m2), len(lens.table)
    (12284, 1)
    """
    left = usable_report(facilities, where="facilities", kind="any")
    bench = Bench.of(left.frame, where="facilities")
    right = left if others is None else usable_report(others, where="others", kind="any")
    target = np.concatenate([left.on(bench), right.on(bench)])
    one = facilities_of(left.frame, bench, target, ServiceRule(radius_m=radius_m))
    two = one
    if others is not None:
        two = facilities_of(
            right.frame, bench, target, ServiceRule(radius_m=other_radius_m or radius_m), where="others"
        )
    row, other, distance, meet = _pairs(bench, one, two)
    segments = _segments(max(len(row), len(one.shapes), len(two.shapes)))
    areas = one.service_areas(bench, quad_segs=segments)
    further = areas if two is one else two.service_areas(bench, quad_segs=segments)
    common = shapely.intersection(areas[row], further[other])
    overlap = _areas(bench, common)
    kept = meet | (overlap > 0.0)
    row, other, distance, overlap = row[kept], other[kept], distance[kept], overlap[kept]
    both = _ground(common[kept])
    served = [_areas(bench, _ground(one_of))[0] for one_of in ((areas,) if two is one else (areas, further))]
    names = [str(ids[0]) for ids in one.ids]
    known = [str(ids[0]) for ids in two.ids]
    return SharedReach(
        method=_method(bench, one, two, segments),
        repairs=repairs_of(*((left,) if two is one else (left, right))),
        table=pd.DataFrame(
            {
                "feature": [names[i] for i in row.tolist()],
                "other": [known[j] for j in other.tolist()],
                "distance_m": distance,
                "overlap_m2": overlap,
            }
        ),
        both_m2=float(_areas(bench, both)[0]),
        first_m2=float(served[0]),
        second_m2=None if two is one else float(served[1]),
        ground=bench.give(both),
    )


def _segments(count: int) -> int:
    """Return into how many sides a quarter circle is cut: what two areas share may be a thin lens of two arcs."""
    return max(QUAD_SEGS, min(_FINE_SEGS, _FINE_SEGS * _FEW // max(count, 1)))


def _pairs(bench: Bench, one: Facilities, two: Facilities) -> tuple[Ints, Ints, Floats, Bools]:
    """Return the pairs whose service areas may meet, how far apart they are, and which do meet."""
    limit = float(one.radius_m.max() + two.radius_m.max()) + TOUCH_M
    row, other, distance = pairs_within(bench.crs, one.on_bench, two.on_bench, limit)
    near = distance <= one.radius_m[row] + two.radius_m[other] + TOUCH_M
    if two is one:
        near &= row < other
    row, other, distance = row[near], other[near], distance[near]
    return row, other, distance, np.asarray(distance >= one.radius_m[row] + two.radius_m[other] - TOUCH_M)


def _ground(shapes: Shapes) -> Shapes:
    union: Shapes = np.array([sound.union(shapes)], dtype=object)
    return union


def _areas(bench: Bench, shapes: Shapes) -> Floats:
    return measure(shapes, form_of(bench.crs, shapes)).area_m2


def _method(bench: Bench, one: Facilities, two: Facilities, segments: int) -> Text:
    zh, en = one.plane_text(bench)
    radial = max(float(one.radius_m.max()), float(two.radius_m.max())) * radial_error_share(segments)
    return Text(
        f"服务范围自设施边界起算（{zh}），圆弧处不足不超过 {radial:.2g} 米；共同服务的地面只计一次（椭球面积）。",
        f"Service areas are taken from the facilities' edges ({en}), {radial:.2g} m short at most where round; "
        "ground that several serve counts once (on the ellipsoid).",
    )
