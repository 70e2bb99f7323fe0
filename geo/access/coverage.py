"""Share of a target within reach of facilities, with every choice that moves the number stated beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.access.demand import LINE, POINT, POLYGON, Demand, demand_of, feature_amounts
from geo.access.detour import LINE_M, shut_in, walks_round_m
from geo.access.geodesic import Globe, points_within
from geo.access.network import WalkNetwork
from geo.access.service import Facilities, ServiceRule, facilities_of, radial_error_share
from geo.arrays import Bools, Floats, Ints, Shapes, as_list
from geo.errors import BadRule, NotComputable
from geo.measure import sound
from geo.measure.crs import Bench, move
from geo.measure.seam import cut_at_seam
from geo.measure.validity import usable_report
from geo.overlay.covering import Covered, cover_lines, cover_polygons
from geo.parallel import UNWATCHED, Watch
from geo.result import Result, repairs_of
from geo.text import Text, count_words

_ROADS = Text("道路按椭球面长度计，相对误差小于 1e-9", "roads at their length on the ellipsoid, true to 1e-9")
UNIT = {POINT: "count", LINE: "m", POLYGON: "m2"}


@dataclass(frozen=True, kw_only=True)
class Coverage(Result):
    """Covered and total per zone.

    Attributes
    ----------
    zones
        Labels; one zone "" when none were given.
    unit
        ``m2`` (area), ``m`` (length), ``count``, or the name of the weight field.
    total, covered
        Per zone, in the unit; ``share`` is covered over total, NaN (not computable) where there is no target.
    total_once, covered_once
        All zones together; where zones overlap, ground, length or a point that lies in several counts once.
    outside
        Target outside every zone, in the unit: part of no figure.
    unknown_weights
        Target rows whose weight is unknown; they are left out.
    cut_off, cut_off_places
        Target that no way leads to from any facility, as barriers shut it in: in the unit, and how many places.
    radial_error_m
        How far the edge of a service area may be off the true distance (0: exact distances were used).
    rule
        The choices: edge or entrance, straight or network, radius.
    """

    zones: tuple[str, ...]
    unit: str
    total: Floats
    covered: Floats
    total_once: float
    covered_once: float
    outside: float
    unknown_weights: int
    cut_off: float
    cut_off_places: int
    radial_error_m: float
    rule: Text
    bench: Bench
    targets: Shapes
    target_index: pd.Index
    target_owner: Ints
    target_zone: Ints
    cover: Covered

    @cached_property
    def target_id(self) -> tuple[object, ...]:
        """Whose piece each target is; made when first asked for."""
        return tuple(self._ids(np.arange(len(self.target_owner))))

    def _ids(self, rows: Ints) -> list[object]:
        found: list[object] = self.target_index.to_numpy()[self.target_owner[rows]].tolist()
        return found

    @property
    def share(self) -> Floats:
        """Covered over total by zone, 0 to 1; NaN where a zone has no target (never 0 or 1)."""
        known = self.total > 0.0
        return np.where(known, self.covered / np.where(known, self.total, 1.0), np.nan)

    @property
    def overall(self) -> float:
        """Covered over total of all zones together; NaN when there is no target."""
        return self.covered_once / self.total_once if self.total_once > 0.0 else float("nan")

    def to_frame(self) -> pd.DataFrame:
        """Return one row a zone: total, covered, uncovered, share."""
        uncovered = self.total - self.covered
        table = {"zone": self.zones, "total": self.total, "covered": self.covered, "uncovered": uncovered}
        return pd.DataFrame({**table, "share": self.share, "unit": self.unit})

    def covered_parts(self) -> gpd.GeoDataFrame:
        """Return the covered parts of the target (evidence), one row a piece."""
        rows = np.flatnonzero(self.cover.covered > 0.0)
        part = self.cover.part(rows)
        return self._evidence(rows, np.where(shapely.is_missing(part), self.targets[rows], part))

    def uncovered_parts(self) -> gpd.GeoDataFrame:
        """Return the parts of the target out of reach (evidence), one row a piece."""
        rows = np.flatnonzero(self.cover.amount - self.cover.covered > 1e-9 * self.cover.amount)
        part, whole = self.cover.part(rows), self.targets[rows]
        rest = np.where(shapely.is_missing(part), whole, sound.subtract_pairs(whole, part))
        return self._evidence(rows, rest)

    def _evidence(self, rows: Ints, shapes: Shapes) -> gpd.GeoDataFrame:
        amount = self.cover.amount[rows]
        table = {
            "feature": self._ids(rows),
            "zone": [self.zones[z] for z in self.target_zone[rows]],
            "covered_share": self.cover.covered[rows] / np.where(amount > 0.0, amount, 1.0),
        }
        return gpd.GeoDataFrame(table, geometry=self.bench.give(shapes).to_numpy(), crs=self.bench.source)


@dataclass(frozen=True, kw_only=True)
class WalkRule:
    """From where and along what a distance is taken; by default straight from the facilities' edges.

    Attributes
    ----------
    entrances
        Points the distance is taken from instead of the facilities' edges (one ``radius_m`` then applies to them).
    network
        Roads to walk along; ground within ``off_street_m`` (m) of a reached road counts as reached.
    barriers
        Rivers and railways the straight distance goes round (points only); a network has its own.
    """

    entrances: gpd.GeoDataFrame | None = None
    network: WalkNetwork | None = None
    off_street_m: float = 50.0
    barriers: gpd.GeoDataFrame | None = None


@dataclass(frozen=True, kw_only=True)
class CountRule:
    """What is counted, and by which zones; by default the target's own amount, in one zone.

    Attributes
    ----------
    zones, zone_field
        Polygons the answer is given by and the field of their labels (the index when None).
    weight_field
        A number of each target feature (people), counted instead of area, length or count, spread evenly over it.
    """

    zones: gpd.GeoDataFrame | None = None
    zone_field: str | None = None
    weight_field: str | None = None


STRAIGHT, AMOUNT = WalkRule(), CountRule()


def measure_coverage(
    target: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
    service: ServiceRule,
    *,
    walk: WalkRule = STRAIGHT,
    count: CountRule = AMOUNT,
    watch: Watch = UNWATCHED,
) -> Coverage:
    """Return how much of a target lies within a distance of facilities.

    Polygons are measured by ellipsoidal area, lines by length, points by count, or anything by a weight field.
    Facilities outside the zones count where they reach in.

    Parameters
    ----------
    target
        What is to be covered, n features; in any CRS that may be measured in.
    facilities
        What covers it: points, lines or polygons, in any such CRS.
    service
        How far a facility serves: one radius, one for each class, or by its size.
    walk
        From where and along what the distance is taken.
    count
        What is counted, and by which zones.
    watch
        Is told how far it is, and may stop it by raising `Cancelled`.

    Raises
    ------
    BadDistance, BadRule, NotComputable, EmptyLayer, BadGeometry, WrongGeometryType, MissingCRS, RefusedCRS

    Examples
    --------
    >>> from shapely import box
    >>> homes = gpd.GeoDataFrame(geometry=[box(5e5, 35e5, 5e5 + 100, 35e5 + 100)], crs=4549)
    >>> park = gpd.GeoDataFrame(geometry=[box(5e5 - 200, 35e5 - 900, 5e5 - 50, 35e5 + 900)], crs=4549)
    >>> round(measure_coverage(homes, park, ServiceRule(radius_m=100)).overall, 4)
    0.5
    """
    quad_segs, network, zones, weight_field = service.quad_segs, walk.network, count.zones, count.weight_field
    if not 8 <= quad_segs <= 512:
        raise BadRule(what="quad_segs", found=quad_segs, known="8..512")
    demand = demand_of(target, zones, zone_field=count.zone_field, weight_field=weight_field, watch=watch.silent)
    bench, names = demand.bench, demand.zones
    places, where = (facilities, "facilities") if walk.entrances is None else (walk.entrances, "entrances")
    served = facilities_of(places, bench, demand.shapes, service, where=where)
    caveats = list(demand.caveats)
    if network is None:
        walls = (
            None if walk.barriers is None else usable_report(walk.barriers, where="barriers", kind="any").on(bench)
        )
        cover, radial, gone = _straight(demand, served, quad_segs, walls=walls, watch=watch)
    else:
        cover, radial, stranded = _walked(
            demand, served, network, off_street_m=walk.off_street_m, quad_segs=quad_segs, watch=watch.silent
        )
        gone = np.zeros(len(demand.shapes), dtype=bool)
        if stranded:
            zh = f"{stranded} 个设施在 {network.snap_m:g} 米内没有道路，未计入。"
            told = count_words(stranded, "facility has", "facilities have")
            caveats.append(Text(zh, f"{told} no road within {network.snap_m:g} m: left out."))
    if served.dropped:
        zh = f"{served.dropped} 个设施不符合规则，未计入。"
        told = count_words(served.dropped, "facility meets", "facilities meet")
        caveats.append(Text(zh, f"{told} no rule: left out."))
    total = np.bincount(demand.zone, weights=cover.amount * demand.per_unit, minlength=len(names))
    reached = np.bincount(demand.zone, weights=cover.covered * demand.per_unit, minlength=len(names))
    reached = np.minimum(reached, total)
    once = (float(total.sum()), float(reached.sum()))
    lost = (float((cover.amount * demand.per_unit)[gone].sum()), int(gone.sum()))
    if zones is not None and demand.zones_overlap:
        every = replace(count, zones=zones[[zones.geometry.name]].assign(_all="all"), zone_field="_all")
        whole = measure_coverage(target, facilities, service, walk=walk, count=every, watch=watch.silent)
        once, lost = (whole.total_once, whole.covered_once), (whole.cut_off, whole.cut_off_places)
        zh = "分区相互重叠：各分区都计入共有部分，合计只计一次。"
        en = "Zones overlap: each counts what it shares with another; all together count it once."
        caveats.append(Text(zh, en))
    return Coverage(
        method=_method(demand, served, radial, quad_segs, walk=walk),
        caveats=tuple(caveats),
        repairs=repairs_of(*demand.reports, served.report),
        zones=names,
        unit=UNIT[demand.kind] if weight_field is None else weight_field,
        total=total.astype(float),
        covered=reached.astype(float),
        total_once=once[0],
        covered_once=once[1],
        outside=max(0.0, demand.everything - once[0]) if zones is not None else 0.0,
        unknown_weights=demand.unknown_weights,
        cut_off=lost[0],
        cut_off_places=lost[1],
        radial_error_m=radial,
        rule=_rule(served, walk),
        bench=bench,
        targets=demand.shapes,
        target_index=demand.index,
        target_owner=demand.owner,
        target_zone=demand.zone,
        cover=cover,
    )


def _straight(
    demand: Demand,
    served: Facilities,
    quad_segs: int,
    *,
    walls: Shapes | None,
    watch: Watch,
) -> tuple[Covered, float, Bools]:
    none_cut_off = np.zeros(len(demand.shapes), dtype=bool)
    if walls is not None:
        reached, gone = _round(demand, served, walls, watch.silent)
        return _points_covered(reached), 0.0, gone
    if demand.kind == POINT:
        reached = points_within(demand.bench.crs, demand.shapes, served.on_bench, served.radius_m)
        return _points_covered(reached), 0.0, none_cut_off
    areas = served.service_areas(demand.bench, quad_segs=quad_segs)
    radial = float(served.radius_m.max()) * radial_error_share(quad_segs)
    return _covered_by(demand, areas, watch=watch), radial, none_cut_off


def _round(demand: Demand, served: Facilities, walls: Shapes, watch: Watch) -> tuple[Bools, Bools]:
    """Tell which points lie within the radius by the shortest way round the walls, and which no way leads to.

    Raises
    ------
    NotComputable
        For lines and polygons: which part of them is so near is not computed.
    """
    if demand.kind != POINT:
        zh = (
            "点状的需求（如住宅点），或沿路网计算（along = network，提供 roads），或去掉障碍图层："
            "绕行直线距离只对点计算"
        )
        en = (
            "points as demand (homes), or a way along roads (along = network, with roads), or no barriers: the "
            "shortest way round them is computed for points only"
        )
        raise NotComputable(needs_zh=zh, needs_en=en)
    globe = Globe.of(demand.bench.crs, demand.shapes, served.on_bench, walls)
    places, around = (globe.flattened(shapes) for shapes in (served.on_bench, walls))
    points = globe.flattened(demand.shapes)
    share = walks_round_m(globe, points, places, around, radius_m=served.radius_m, watch=watch.silent)
    reached: Bools = share <= 1.0
    return reached, shut_in(points, places, around) & ~reached


def _covered_by(demand: Demand, areas: Shapes, *, watch: Watch = UNWATCHED) -> Covered:
    if demand.kind == LINE:
        return cover_lines(demand.bench, demand.shapes, areas, watch=watch.silent)
    return cover_polygons(demand.bench, demand.shapes, areas, watch=watch)


def _points_covered(reached: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Covered:
    return Covered.of_whole(np.ones(len(reached)), reached.astype(float))


def _walked(
    demand: Demand,
    served: Facilities,
    network: WalkNetwork,
    *,
    off_street_m: float,
    quad_segs: int,
    watch: Watch,
) -> tuple[Covered, float, int]:
    """Cover along the network: points by their own walk, lines and polygons by the ground beside reached roads."""
    places = move(served.shapes, served.plane, network.plane)
    points = move(demand.shapes, demand.bench.crs, network.plane) if demand.kind == POINT else demand.shapes
    reached = np.zeros(len(points), dtype=bool)
    grounds, stranded = [], 0
    for radius in as_list(np.unique(served.radius_m)):
        watch.stop_if_told()
        sources, lost = network.sources(places[served.radius_m == radius])
        stranded += lost
        if demand.kind == POINT:
            reached |= network.nearest_m(points, sources) <= radius
        else:
            ground = network.service_area(sources, radius_m=radius, off_street_m=off_street_m, quad_segs=quad_segs)
            ground = move(ground, network.plane, demand.bench.crs)
            grounds.append(cut_at_seam(ground).shapes if demand.bench.crs.is_geographic else ground)
    if demand.kind == POINT:
        return _points_covered(reached), 0.0, stranded
    areas = np.concatenate(grounds)
    if not len(areas):
        amount = feature_amounts(demand.bench, demand.shapes, demand.kind)
        return Covered.of_whole(amount, np.zeros(len(amount))), 0.0, stranded
    return (
        _covered_by(demand, areas, watch=watch.silent),
        off_street_m * radial_error_share(quad_segs),
        stranded,
    )


def _method(demand: Demand, served: Facilities, radial: float, quad_segs: int, *, walk: WalkRule) -> Text:
    walked = walk.network is not None
    if walked and demand.kind == POINT:
        en = f"Distance along the walk network to the nearest way in; {_ROADS.en}."
        return Text(f"沿步行网络到最近入口的距离；{_ROADS.zh}。", en)
    if walk.barriers is not None and not walked:
        en = f"Shortest way round the barriers, over their corners; lines are given {LINE_M:g} m on either side."
        return Text(f"绕过障碍的最短路线（经障碍转角）；线状障碍两侧各取 {LINE_M:g} 米。", en)
    if demand.kind == POINT:
        en = "Geodesic distance of every point (no buffer), true to 1e-9."
        return Text("逐点按椭球测地线距离判断（不使用缓冲区），相对误差小于 1e-9。", en)
    plane_zh, plane_en = served.plane_text(demand.bench)
    zh = f"服务范围与目标逐块求交，椭球量算；圆弧处不足不超过 {radial:.3f} 米（每四分之一圆 {quad_segs} 段）"
    en = f"Service areas cut to each target, measured on the ellipsoid; arcs at most {radial:.3f} m short"
    en = f"{en} ({quad_segs} segments a quarter circle)"
    if walked:
        return Text(f"{zh}；{_ROADS.zh}。", f"{en}; {_ROADS.en}.")
    return Text(f"{zh}；距离取自{plane_zh}。", f"{en}; distances in {plane_en}.")


def _rule(served: Facilities, walk: WalkRule) -> Text:
    network, off_street_m = walk.network, walk.off_street_m
    radii = " / ".join(f"{radius:g}" for radius in np.unique(served.radius_m))
    start_zh, start_en = ("入口", "entrances") if walk.entrances is not None else ("边界", "edges")
    if network is None and walk.barriers is not None:
        return Text(f"自设施{start_zh}绕障碍 {radii} 米", f"{radii} m round the barriers from facility {start_en}")
    if network is None:
        return Text(f"自设施{start_zh}直线 {radii} 米", f"straight line of {radii} m from facility {start_en}")
    zh = f"自设施{start_zh}沿路网 {radii} 米，离路 {off_street_m:g} 米内，接入距离不超过 {network.snap_m:g} 米"
    en = f"{radii} m along the walk network from facility {start_en}, {off_street_m:g} m off the road"
    return Text(zh, f"{en}, at most {network.snap_m:g} m to reach a road")
