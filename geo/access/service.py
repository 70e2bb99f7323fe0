"""Facilities and the ground they serve: which facility, how large it is, its radius, its service area.

References
----------
The sagitta of an arc: how far chords fall short; the dip of a chord of a sphere: how far a plane is off.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geo.access.surroundings import ground_within
from geo.arrays import Bools, Floats, Ints, Shapes, as_list, as_rows
from geo.errors import BadDistance, BadRule, ExtentTooLarge, NotComputable, OutlineTooFine
from geo.measure import sound
from geo.measure.area import distance_plane, finite_bounds, form_over, measure_shapes
from geo.measure.crs import SPLIT_M, Bench, move
from geo.measure.seam import cut_at_seam
from geo.measure.validity import Report, usable_report
from geo.parallel import in_threads, row_blocks
from geo.result import text_labels

LARGEST_RADIUS_M = 100_000.0
PLANAR = 1e-5  # a sixth of what chords fall short: what a plane may be off by, else geodesics are taken
QUAD_SEGS = 72  # a circle becomes 288 sides: 6e-5 of the radius short at most, 8e-5 of the area, never beyond

CORNERS = 10_000  # of an outline, from where it is looked at whether it is too jagged for its distance
ROUGH = 0.01  # of the distance: bays shallower than this are no corners to GEOS
COARSER = (0.02, 0.05, 0.1, 0.2, 0.5)  # of the distance, what an outline may be simplified to
MEETINGS = 1_500_000  # of corners within the distance of one another; 400,000 take 7 s

SizeRule = tuple[float, float, float]  # from m2 (included), to m2 (excluded), radius m
Radius = float | Mapping[str, float]


def checked_distance_m(distance_m: float, *, limit_m: float = LARGEST_RADIUS_M) -> float:
    """Return a distance that is a finite number above 0 and at most ``limit_m``.

    Raises
    ------
    BadDistance
        It is not.
    """
    number = float(distance_m) if isinstance(distance_m, int | float | np.number) else math.nan
    if isinstance(distance_m, bool) or not (math.isfinite(number) and 0.0 < number <= limit_m):
        raise BadDistance(found=str(distance_m)[:40], limit_m=int(limit_m))
    return number


def radial_error_share(quad_segs: int) -> float:
    """Return how far a buffer's chords fall short of the true arc at most, as a share of the radius.

    Straight sides are exact, and a buffer never reaches too far.

    Examples
    --------
    >>> round(radial_error_share(72), 8)
    5.949e-05
    """
    return 1.0 - math.cos(math.pi / (4 * quad_segs))


@dataclass(frozen=True, kw_only=True)
class ServiceRule:
    """How far a facility serves: ``radius_m`` or ``size_rules``, not both.

    Attributes
    ----------
    radius_m
        One distance, m, or one for each class.
    class_field
        Field of the facilities' class, for one distance each.
    size_rules
        ``(from m2, to m2, radius m)``, by the ellipsoidal area of the merged facility.
    merge_within_m
        Parts no farther apart than this (or that touch) are one facility, m; only with ``size_rules``.
    quad_segs
        Segments per quarter circle of service areas, 8 to 512.
    """

    radius_m: Radius | None = None
    class_field: str | None = None
    size_rules: Sequence[SizeRule] | None = None
    merge_within_m: float = 0.0
    quad_segs: int = QUAD_SEGS


@dataclass(frozen=True)
class Facilities:
    """Facilities ready to serve: shapes in the distance plane, true radius each, and who they are.

    ``on_bench`` are the same shapes where their edges are straight; ``planar`` tells whose surroundings the plane
    has true to ``off``, a share of the distance, and those of the others are taken by geodesics.

    ``ids`` are the rows merged into each; ``dropped`` counts facilities that no rule serves (too small).
    """

    plane: CRS
    shapes: Shapes
    on_bench: Shapes
    radius_m: Floats
    plane_radius: Floats
    planar: Bools
    off: float
    area_m2: Floats
    ids: tuple[tuple[object, ...], ...]
    dropped: int
    report: Report

    def plane_text(self, bench: Bench) -> tuple[str, str]:
        """Return where distances are taken, and how true they are, in Chinese and English."""
        if not self.planar.any():
            zh = "逐顶点椭球测地线，相对误差小于 1e-9"
            return zh, "geodesics, vertex by vertex, true within 1e-9"
        if self.plane == bench.crs:
            zh, en = bench.crs.to_string(), bench.crs.to_string()
        else:
            mercator = "Mercator" in str(getattr(self.plane.coordinate_operation, "method_name", ""))
            zh = "以数据为中心的横轴墨卡托投影" if mercator else "以数据为中心的立体投影"
            en = f"a {'transverse Mercator' if mercator else 'stereographic plane'} centred on the data"
        zh = f"{zh}，按当地长度比改正，距离误差在 {self.off:.0e} 以内"
        en = f"{en}, corrected by its local scale, true within {self.off:.0e}"
        if self.planar.all():
            return zh, en
        return f"{zh}；更大的设施逐顶点取测地线", f"{en}; by geodesics where that would be more"

    def service_areas(self, bench: Bench, *, quad_segs: int = QUAD_SEGS) -> Shapes:
        """Return each facility's service area on the bench.

        Raises
        ------
        OutlineTooFine
            A facility's outline is so jagged that its surroundings would take memory and minutes without end.
        """
        self._check_outlines()
        shapes, radius = self.shapes[self.planar], self.plane_radius[self.planar]

        def work(part: slice) -> Shapes:
            found: Shapes = shapely.buffer(shapes[part], radius[part], quad_segs=quad_segs)
            return found

        parts = row_blocks(len(shapes), size=max(1, len(shapes) // 16))
        areas = np.concatenate([np.zeros(0, dtype=object), *in_threads(parts, work)])
        if self.plane != bench.crs:
            areas = move(sound.split_edges(areas, SPLIT_M), self.plane, bench.crs)
        if bench.crs.is_geographic:
            areas = cut_at_seam(areas, over_pole=True).shapes
        if self.planar.all():
            return areas
        every = np.empty(len(self.shapes), dtype=object)
        every[self.planar] = areas
        rest = ~self.planar
        every[rest] = ground_within(bench.crs, self.on_bench[rest], self.radius_m[rest], quad_segs=quad_segs)
        return every

    def _check_outlines(self) -> None:
        """Refuse what GEOS would not get done: a corner's arc meets those of all others within the distance."""
        for row in as_list(np.flatnonzero(shapely.get_num_coordinates(self.on_bench) > CORNERS)):
            shape, radius = self.shapes[row], float(self.radius_m[row])
            if self.planar[row] and _meetings(shape, radius, ROUGH) > MEETINGS:
                shares = [share for share in COARSER if _meetings(shape, radius, share) <= MEETINGS]
                advice = f"{radius * shares[0]:g}" if shares else f"{radius:g}"
                count = int(shapely.get_num_coordinates(self.on_bench[row]))  # as given: others were split
                raise OutlineTooFine(row=self.ids[row][0], count=count, radius_m=f"{radius:g}", tolerance_m=advice)


def _meetings(shape: shapely.Geometry, radius: float, share: float) -> int:
    """Return how many pairs of corners, of those a share of the distance leaves, lie about within it."""
    left = shapely.simplify(shape, share * radius, preserve_topology=False)
    cell = np.floor(shapely.get_coordinates(left) / radius).astype(np.int64)
    count = np.unique(cell, axis=0, return_counts=True)[1]
    return int((count.astype(np.int64) ** 2).sum())


def facilities_of(
    frame: gpd.GeoDataFrame,
    bench: Bench,
    target: Shapes,
    rule: ServiceRule,
    *,
    where: str = "facilities",
) -> Facilities:
    """Return facilities with their radii.

    Parameters
    ----------
    frame
        Facilities of any kind of geometry, n rows.
    bench
        The plane the answer is computed in.
    target
        What they are to cover, on the bench: decides the plane distances are taken in.
    rule
        How far they serve.
    where
        The layer's name in errors.

    Raises
    ------
    BadDistance, BadRule, NotComputable, EmptyLayer, BadGeometry
    """
    size_rules = rule.size_rules
    if (rule.radius_m is None) == (size_rules is None):
        raise BadRule(what="radius / 半径", found="none or both", known="radius_m, size_rules")
    report = usable_report(frame, where=where, kind="any")
    on_bench = report.on(bench)
    plane = distance_plane(bench, target, on_bench)
    shapes = on_bench if plane == bench.crs else move(_split(on_bench, bench), bench.crs, plane)
    groups = _merged(shapes, rule.merge_within_m) if size_rules is not None else np.arange(len(shapes))
    index = list(report.frame.index)
    rows = [np.flatnonzero(groups == g) for g in range(groups.max() + 1)] if size_rules is not None else None
    if rows is None:
        ids: list[tuple[object, ...]] = [(name,) for name in index]
    else:
        ids = [tuple(index[row] for row in group) for group in rows]
        shapes = np.array([sound.union(shapes[group]) for group in rows], dtype=object)
        on_bench = np.array([sound.union(on_bench[group]) for group in rows], dtype=object)
    area = measure_shapes(on_bench, bench.crs).area_m2
    radius = _radii(report.frame, area, rule, where=where)
    served = np.flatnonzero(radius > 0.0)
    if not len(served):
        raise NotComputable(needs_zh="符合规则的设施", needs_en="a facility that meets the rule")
    shapes, radius, area = shapes[served], radius[served], area[served]
    scale, off = _scales(plane, shapes, radius)
    planar = off <= PLANAR
    return Facilities(
        plane=plane,
        shapes=shapes,
        on_bench=on_bench[served],
        radius_m=radius,
        plane_radius=radius * scale,
        planar=planar,
        off=max(float(off[planar].max(initial=0.0)), 1e-9),
        area_m2=area,
        ids=tuple(ids[row] for row in served.tolist()),
        dropped=len(ids) - len(served),
        report=report,
    )


def _scales(plane: CRS, shapes: Shapes, radius_m: Floats) -> tuple[Floats, Floats]:
    """Return the plane's scale in the middle of each shape, and how much it changes as far as its surroundings go.

    Not a number, and infinite, where the plane does not hold what is asked.
    """
    nothing = np.full(len(shapes), np.nan), np.full(len(shapes), np.inf)
    bounds = shapely.total_bounds(shapes)
    if not np.isfinite(bounds).all():
        return nothing
    try:
        form = form_over(plane, finite_bounds(shapes, crs=plane))
        x, y = as_rows(shapely.get_coordinates(shapely.centroid(shapes)).T)
        scale = np.sqrt(form.areal_scale(x, y))
        box = shapely.bounds(shapes)
        reach = radius_m * scale
        sides = (
            np.stack([box[:, 0] - reach, x, box[:, 2] + reach]),
            np.stack([box[:, 1] - reach, y, box[:, 3] + reach]),
        )
        at = [(column, row) for column in sides[0] for row in sides[1]]
        there = np.sqrt([form.areal_scale(column, row) for column, row in at])
    except ExtentTooLarge:
        return nothing
    off: Floats = np.abs(there / scale - 1.0).max(axis=0)
    return scale, np.where(np.isfinite(off), off, np.inf)


def _split(shapes: Shapes, bench: Bench) -> Shapes:
    split: Shapes = sound.split_edges(shapes, SPLIT_M / 111_000.0 if bench.crs.is_geographic else SPLIT_M)
    return split


def _radii(frame: gpd.GeoDataFrame, area_m2: Floats, rule: ServiceRule, *, where: str) -> Floats:
    """Return each facility's radius; 0 where no rule serves it."""
    radius, radius_m = np.zeros(len(area_m2)), rule.radius_m
    if rule.size_rules is not None:
        for least, most, reach in rule.size_rules:
            if not 0.0 <= float(least) < float(most):
                raise BadRule(what="size rule / 面积规则", found=(least, most), known="0 <= min < max")
            radius[(area_m2 >= least) & (area_m2 < most)] = checked_distance_m(reach)
        return radius
    if isinstance(radius_m, Mapping):
        known = {str(name): checked_distance_m(reach) for name, reach in radius_m.items()}
        return np.array([known.get(str(name), 0.0) for name in text_labels(frame, rule.class_field, where=where)])
    return np.full(len(area_m2), checked_distance_m(radius_m if radius_m is not None else math.nan))


def _merged(shapes: Shapes, within: float) -> Ints:
    """Return group numbers: shapes that touch (or lie within a distance) are one group."""
    if within < 0.0 or not math.isfinite(within):
        raise BadDistance(found=within, limit_m=int(LARGEST_RADIUS_M))
    tree = shapely.STRtree(shapes)
    left, right = as_rows(tree.query(shapes, predicate="dwithin", distance=within))
    group = list(range(len(shapes)))

    def root(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    for i, j in zip(left.tolist(), right.tolist()):
        group[root(j)] = root(i)
    _, numbered = np.unique([root(i) for i in range(len(shapes))], return_inverse=True)
    return numbered.astype(np.int64)
