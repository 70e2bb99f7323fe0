"""Published figures recomputed: by our engine on the present data, and by another that shares no code with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import shapely

from layers.compute import answer
from layers.declare import Text
from layers.figures import FigureShelf
from layers.inputs import DRAWN, Gathered, gather
from layers.library import Library
from layers.outcome import M2_PER
from layers.plane_sql import Duck, Geos, Plane, engine
from layers.statistics import Statistic, restored

TOLERANCE, ARCS = 1e-6, 5e-4  # relative; the second where a buffer's arcs take part


@dataclass(frozen=True)
class Verified:
    """One published figure beside both recomputations; ``state`` is same, data changed, drift or not compared."""

    figure: str
    label: Text
    published: float | None
    ours: float | None
    second: float | None
    engine: str
    state: str
    note: str = ""


def verify(library: Library, shelf: FigureShelf, *, software: str) -> list[Verified]:
    """Recompute every published figure.

    Parameters
    ----------
    library
        The open plan as it is now.
    shelf
        The published figures.
    software
        Version of the software, for the recomputed figures.
    """
    other = engine()
    return [_verified(library, shelf.read(key), other, software) for key in shelf.ids()]


def _verified(library: Library, told: Mapping[str, Any], other: Duck | Geos, software: str) -> Verified:
    statistic = restored(told["statistic"])
    drawn = _drawn(told)
    now = answer(library, lambda _done, _total: None, statistic, software=software, drawn=drawn, restricted=True)
    gathered = gather(library, statistic.inputs, drawn=drawn, restricted=True)
    published = told["value"]
    second = None
    note = ""
    if now.state == "computed" and statistic.function in SECOND:
        second = SECOND[statistic.function](statistic, gathered, other)
        note = "" if second is not None else "no value, or along the network"
    changed = [u["version"] for u in told["layers"]] != [u.version for u in now.layers]
    name = "plain sums" if statistic.function in ("count", "sum", "ratio") else other.name
    limit = ARCS if statistic.function in ("coverage", "band") else TOLERANCE
    if changed:
        state = "drift" if _apart(now.value, second, limit) else "data changed"
    elif _apart(published, now.value, TOLERANCE) or _apart(published, second, limit):
        state = "drift"
    else:
        state = "same" if second is not None or now.value is None else "not compared"
    return Verified(told["id"], statistic.label, published, now.value, second, name, state, note)


def _apart(one: float | None, other: float | None, limit: float) -> bool:
    if one is None or other is None:
        return False
    return abs(one - other) > limit * max(abs(one), abs(other), 1e-9)


def _drawn(told: Mapping[str, Any]) -> gpd.GeoDataFrame | None:
    for use in told["layers"]:
        if use["layer"] == DRAWN:
            return gpd.GeoDataFrame(index=["drawn"], geometry=[shapely.from_wkt(use["version"])], crs=4326)
    return None


def _shapes(gathered: Gathered, *roles: str) -> list[list[Any]]:
    frames = [gathered.roles[name].frame for name in roles]
    plane = Plane(frames)
    return [plane.bring(frame) for frame in frames]


def _tabulate(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    (zones,) = _shapes(gathered, "zones")
    return sum(other.areas(zones)) / M2_PER.get(statistic.unit, 1.0)


def _share(_statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    part, whole = _shapes(gathered, "part", "whole")
    of = other.union_area(whole)
    return 100 * other.union_cut(part, whole) / of if of else None


def _coverage(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    if statistic.along == "network":
        return None
    names = ["demand", "facilities", *(["zones"] if "zones" in gathered.roles else [])]
    demand, facilities, *rest = _shapes(gathered, *names)
    if rest:
        zone = shapely.union_all(rest[0])
        demand = [cut for cut in (one.intersection(zone) for one in demand) if not cut.is_empty]
    areas: list[Any] = []
    if statistic.size_rules:
        for shape in _adjoining(facilities):
            for rule in statistic.size_rules:
                if rule.min_m2 <= shape.area < (rule.max_m2 if rule.max_m2 is not None else float("inf")):
                    areas += other.buffers([shape], rule.distance_m)
                    break
    else:
        areas = other.buffers(facilities, statistic.distance_m or 0.0)
    if all(one.geom_type.endswith("Point") for one in demand):
        reach = shapely.union_all(areas)
        return 100 * sum(one.within(reach) for one in demand) / len(demand) if demand else None
    total = other.union_area(demand)
    return 100 * other.union_cut(demand, areas) / total if total and areas else None


def _adjoining(facilities: list[Any]) -> list[Any]:
    """Return facilities with those they touch made one: a park cut in two by a path is one park."""
    groups: list[Any] = []
    for shape in facilities:
        met = [group for group in groups if group.intersects(shape)]
        groups = [group for group in groups if group not in met] + [shapely.union_all([shape, *met])]
    return groups


def _band(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    part, line = _shapes(gathered, "part", "line")
    distance = statistic.distance_m or 0.0
    if statistic.measure == "count":
        whole = shapely.union_all(line)
        return float(sum(shape.distance(whole) <= distance for shape in part))
    polygons = [shape for shape in part if shape.area > 0]
    band = shapely.union_all(other.buffers(line, distance))
    return sum(other.cut(polygons, [band]).values()) / M2_PER.get(statistic.unit, 1.0)


def _density(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    part, whole = _shapes(gathered, "part", "whole")
    if statistic.measure != "length":
        return None
    return sum(other.cut(part, whole, length=True).values()) / 1000.0 / (sum(other.areas(whole)) / 1e6)


def _declared(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    items = gathered.roles["items"]
    frame = items.frame[[s.area > 0 for s in items.frame.geometry] & items.frame[statistic.field].notna()]
    return sum(other.areas(Plane([frame]).bring(frame))) / M2_PER[statistic.unit] if len(frame) else None


def _values(statistic: Statistic, gathered: Gathered, *fields: str) -> list[tuple[float, ...]]:
    rows = [[f.properties.get(name) for name in fields] for f in gathered.roles["items"].features]
    return [
        tuple(float(v) for v in row if v is not None) for row in rows if all(type(v) in (int, float) for v in row)
    ]


def _count(_statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    return float(len(gathered.roles["items"].features))


def _sum(statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    groups = {f.properties.get(statistic.by) for f in gathered.roles["items"].features} if statistic.by else {""}
    return sum(row[0] for row in _values(statistic, gathered, statistic.field)) if len(groups) == 1 else None


def _ratio(statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    rows = _values(statistic, gathered, statistic.field, statistic.divisor)
    bottom = sum(row[1] for row in rows)
    return sum(row[0] for row in rows) / bottom if bottom else None


def _transition(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    before, after = _shapes(gathered, "before", "after")
    kinds = []
    for name in ("before", "after"):
        role = gathered.roles[name]
        kinds.append([] if role.layer is None else list(role.frame[role.layer.class_field]))
    kept = 0.0
    for kind in set(kinds[0]) & set(kinds[1]):
        old = [shape for shape, mine in zip(before, kinds[0], strict=True) if mine == kind]
        new = [shape for shape, mine in zip(after, kinds[1], strict=True) if mine == kind]
        kept += other.union_cut(old, new)
    return (other.union_area([*before, *after]) - kept) / M2_PER.get(statistic.unit, 1.0)


SECOND: Mapping[str, Callable[[Statistic, Gathered, Duck | Geos], float | None]] = {
    "tabulate": _tabulate,
    "share": _share,
    "coverage": _coverage,
    "band": _band,
    "density": _density,
    "declared": _declared,
    "transition": _transition,
    "count": _count,
    "sum": _sum,
    "ratio": _ratio,
}
