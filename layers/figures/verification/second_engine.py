"""What a question answers when another engine is asked: no code is shared with ``geo``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import shapely

from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import M2_PER
from layers.figures.verification.sql import Duck, Geos, Plane
from layers.figures.verification.walking import footways
from layers.plan.statistics import Statistic

POLYGON = 2
SNAP_M, OFF_STREET_M = 200.0, 50.0  # the walking rule: to reach a road, and beside one
_MOST_ZONES = 50  # zones recomputed one by one
_ZONED = {
    "coverage": ("zones", "zone", "share"),
    "density": ("whole", "name", "density"),
    "sum": ("zones", "name", "value"),
}


@dataclass(frozen=True)
class Cell:
    """A number in a figure's table: its column, and the words of the row it stands in."""

    column: str
    named: tuple[tuple[str, str], ...]


def recounted(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> dict[Cell, float]:
    """Return what another engine finds for the rows of a table: by class and zone, or by zone."""
    if statistic.function == "tabulate":
        return _by_class(statistic, gathered, other)
    role, name, column = _ZONED.get(statistic.function, ("", "", ""))
    if role not in gathered.roles or statistic.by:
        return {}
    zones = gathered.roles[role]
    out = {}
    for at, zone in enumerate(zones.frame.index[:_MOST_ZONES]):
        alone = replace(gathered, roles={**gathered.roles, role: replace(zones, frame=zones.frame.iloc[[at]])})
        value = SECOND[statistic.function](statistic, alone, other)
        if value is not None:
            out[Cell(column, ((name, zones.name(str(zone)).zh),))] = value
    return out


def _by_class(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> dict[Cell, float]:
    classes, zones = gathered.roles["classes"], gathered.roles["zones"]
    field = statistic.by or (classes.layer.class_field if classes.layer else "")
    if not field or classes.frame[field].isna().any():
        return {}
    shapes, areas = _shapes(gathered, "classes", "zones")
    kinds = [str(kind) for kind in classes.frame[field]]
    names = [zones.name(str(zone)).zh for zone in zones.frame.index]
    out: dict[Cell, float] = defaultdict(float)
    for (one, zone), area in other.cut(shapes, areas).items():
        if area > 0.0:
            out[Cell("m2", (("zone", names[zone]), ("class", kinds[one])))] += area
    return dict(out)


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
    roles = gathered.roles
    start = "entrances" if "entrances" in roles else "facilities"
    whole, facilities, *rest = _shapes(gathered, "demand", start, *_zones(roles))
    zone = shapely.union_all(rest[0]) if rest else None
    demand = whole if zone is None else [one.intersection(zone) for one in whole]
    served = _served(statistic, roles[start], facilities)
    if statistic.along == "network":
        areas = _walked(gathered, served, whole)
    else:
        areas = [area for shape, metres in served for area in other.buffers([shape], metres)]
    if not areas:
        return None
    if statistic.measure != "weight" and shapely.get_dimensions(whole).max() == POLYGON:
        total = other.union_area([one for one in demand if not one.is_empty])
        return 100 * other.union_cut(demand, areas) / total if total else None
    reach = shapely.union_all(areas)
    each: list[float] = [1.0] * len(whole)
    if statistic.measure == "weight":
        held = roles["demand"].frame[statistic.field].tolist()
        each = [
            float(w or 0.0) / _extent(shape) if _extent(shape) else 0.0
            for w, shape in zip(held, whole, strict=True)
        ]
    total = sum(_extent(shape) * w for shape, w in zip(demand, each, strict=True))
    covered = sum(_extent(shape.intersection(reach)) * w for shape, w in zip(demand, each, strict=True))
    return 100 * covered / total if total else None


def _zones(roles: Mapping[str, Any]) -> list[str]:
    return ["zones"] if "zones" in roles else []


def _extent(shape: Any) -> float:  # noqa: ANN401 - any shape
    """Return what a shape amounts to: its area, its length, or one for a place."""
    return float(shape.area or shape.length or (0.0 if shape.is_empty else 1.0))


def _served(statistic: Statistic, facilities: Role, shapes: list[Any]) -> list[tuple[Any, float]]:
    """Return facilities with how far each serves under the statistic's own rule; the others are left out."""
    if statistic.size_rules:
        sized = [(shape, _sized(statistic, shape.area)) for shape in _adjoining(shapes)]
    elif statistic.radii:
        kinds = [str(kind) for kind in facilities.frame[statistic.by]]
        sized = [(shape, statistic.radii.get(kind, 0.0)) for shape, kind in zip(shapes, kinds, strict=True)]
    else:
        sized = [(shape, statistic.distance_m or 0.0) for shape in shapes]
    return [(shape, metres) for shape, metres in sized if metres]


def _walked(gathered: Gathered, served: list[tuple[Any, float]], demand: list[Any]) -> list[Any]:
    """Return what is within a walk of facilities: the points themselves, or the ground beside the roads."""
    frames = {name: role.frame for name, role in gathered.roles.items()}
    start = "entrances" if "entrances" in frames else "facilities"
    plane = Plane([frames[name] for name in ("demand", start, *_zones(frames))])
    walls = [shape for name in frames if name.startswith("barriers") for shape in plane.bring(frames[name])]
    ways = footways(plane.bring(frames["roads"]), walls, plane.to_lonlat, reach_m=SNAP_M)
    out: list[Any] = []
    for metres in sorted({radius for _, radius in served}):
        walk = ways.walked([shape for shape, radius in served if radius == metres])
        if shapely.get_dimensions(demand).max() == 0:
            out += [shape for shape in demand if walk.to(shape) <= metres]
        else:
            out += walk.ground(metres, OFF_STREET_M, segments=16)
    return out or [shapely.Point()]


def _sized(statistic: Statistic, area_m2: float) -> float:
    for rule in statistic.size_rules:
        if rule.min_m2 <= area_m2 < (rule.max_m2 if rule.max_m2 is not None else float("inf")):
            return rule.distance_m
    return 0.0


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
        return float(sum(metres <= distance for metres in _distances(gathered)))
    band = shapely.union_all(other.buffers(line, distance))
    if statistic.measure == "length":
        return sum(other.cut(part, [band], length=True).values()) / (1000.0 if statistic.unit == "km" else 1.0)
    return sum(other.cut(part, [band]).values()) / M2_PER.get(statistic.unit, 1.0)


def _distances(gathered: Gathered) -> list[float]:
    """Return each feature's geodesic distance to the nearest reference feature."""
    frames = [gathered.roles[name].frame for name in ("part", "line")]
    plane = Plane(frames)
    part, line = (plane.bring(frame) for frame in frames)
    whole = shapely.union_all(line)
    return [plane.geodesic_m(shapely.shortest_line(shape, whole)) for shape in part]


def _nearest(statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    return max(_distances(gathered)) / (1000.0 if statistic.unit == "km" else 1.0)


def _crossing(_statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    return float(other.crossing(*_shapes(gathered, "part", "line")))


def _overlap(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    part, constraints = _shapes(gathered, "part", "constraints")
    return other.union_cut(part, constraints) / M2_PER[statistic.unit]


def _density(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    part, whole = _shapes(gathered, "part", "whole")
    zone, km2 = shapely.union_all(whole), other.union_area(whole) / M2_PER["km2"]
    if statistic.measure == "length":
        return sum(other.cut(part, [zone], length=True).values()) / 1000.0 / km2
    return sum(_extent(shape.intersection(zone)) / _extent(shape) for shape in part) / km2


def _declared(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    items = gathered.roles["items"]
    frame = items.frame[(shapely.area(items.frame.geometry.to_numpy()) > 0) & items.frame[statistic.field].notna()]
    return sum(other.areas(Plane([frame]).bring(frame))) / M2_PER[statistic.unit] if len(frame) else None


def _values(statistic: Statistic, gathered: Gathered, *fields: str) -> list[tuple[float, ...]]:
    rows = [[f.properties.get(name) for name in fields] for f in gathered.roles["items"].features]
    return [
        tuple(float(v) for v in row if v is not None) for row in rows if all(type(v) in (int, float) for v in row)
    ]


def _count(_statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    return float(len(gathered.roles["items"].features))


def _sum(statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    items = gathered.roles["items"]
    if "zones" not in gathered.roles:
        groups = {f.properties.get(statistic.by) for f in items.features} if statistic.by else {""}
        return sum(row[0] for row in _values(statistic, gathered, statistic.field)) if len(groups) == 1 else None
    shapes, zones = _shapes(gathered, "items", "zones")
    zone = shapely.union_all(zones)
    shares = [_extent(shape.intersection(zone)) / _extent(shape) for shape in shapes]
    inside = items.frame.assign(_share=shares)[lambda one: one["_share"] > 0]
    if statistic.by and inside[statistic.by].nunique(dropna=False) > 1:
        return None
    return float((inside[statistic.field].astype(float) * inside["_share"]).sum())


def _ratio(statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    said = [f.properties for f in gathered.roles["items"].features]
    both = [row for row in said if all(row.get(name) is not None for name in (statistic.field, statistic.divisor))]
    if statistic.by and len({row.get(statistic.by) for row in both}) > 1:
        return None
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
    "nearest": _nearest,
    "crossing": _crossing,
    "overlap": _overlap,
    "density": _density,
    "declared": _declared,
    "transition": _transition,
    "count": _count,
    "sum": _sum,
    "ratio": _ratio,
}
