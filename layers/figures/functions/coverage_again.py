"""Coverage by another engine: nothing here uses ``geo``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from layers.figures.functions.entry import Cell
from layers.figures.inputs import Gathered, Role
from layers.figures.verification.second import (
    POLYGON,
    along_borders,
    extent_of,
    part_of,
    parts_by_zone,
    parts_in_any,
    placed_numbers,
)
from layers.figures.verification.sql import Duck, Geos, Plane
from layers.figures.verification.walking import cut_footways
from layers.figures.verification.way_round import reached_round
from layers.plan.statistics import Statistic

_MOST_ZONES = 50  # zones recomputed one by one
_SNAP_M, _OFF_STREET_M = 200.0, 50.0  # the walking rule: to reach a road, and beside one
_SIDES = 72  # of a quarter circle at the end of a walk


_Parts = list[BaseGeometry]
_NOWHERE = shapely.Point()
_EDGE_SHARE = 1e-4  # of a distance: what the plane finds nearer to it than that is measured as a geodesic


def recompute_coverage(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    """Return the share covered, in percent; None where there is no target."""
    found = _covering(statistic, gathered, other)
    if found is None:
        return None
    if not found.zones:
        return found.share(found.whole)
    demand, zones = gathered.roles["demand"].frame, gathered.roles["zones"].frame
    inside = parts_in_any(found.plane, found.whole, demand, zones)
    return found.share(_gathered(found.whole, inside))


def recount_coverage(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> dict[Cell, float]:
    """Return the share covered in each zone, in percent; what lies on a border is of one zone."""
    found = _covering(statistic, gathered, other) if "zones" in gathered.roles else None
    if found is None:
        return {}
    zones = gathered.roles["zones"]
    along = along_borders(found.plane, gathered.roles["demand"].frame, zones.frame)
    by_zone: list[list[tuple[int, BaseGeometry]]] = [[] for _ in found.zones]
    for at, zone, part in parts_by_zone(found.whole, found.zones, along):
        by_zone[zone].append((at, part))
    parts = [_gathered(found.whole, mine) for mine in by_zone]
    shares = [(key, found.share(mine)) for key, mine in zip(zones.frame.index, parts, strict=True)][:_MOST_ZONES]
    return {
        Cell("share", (("zone", zones.name(str(key)).zh),)): value for key, value in shares if value is not None
    }


@dataclass(frozen=True)
class _Covering:
    """The demand, what of it each unit weighs, and the ground (or the places of it) that is served."""

    whole: _Parts
    each: list[float]
    areas: _Parts
    zones: _Parts
    other: Duck | Geos
    areal: bool
    plane: Plane

    def share(self, demand: _Parts) -> float | None:
        """Return the share of some parts of the demand that is covered, in percent."""
        if self.areal:
            kept = [one for one in demand if not one.is_empty]
            total = self.other.union_area(kept) if kept else 0.0
            return 100 * self.other.union_cut(kept, self.areas) / total if total else None
        reach = shapely.union_all(self.areas)
        total = sum(extent_of(shape) * w for shape, w in zip(demand, self.each, strict=True))
        covered = sum(part_of(shape, reach) * w for shape, w in zip(demand, self.each, strict=True))
        return 100 * covered / total if total else None


def _covering(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> _Covering | None:
    """Return what is served and what is not, by another engine; None where it does not find a way."""
    roles = gathered.roles
    start = "entrances" if "entrances" in roles else "facilities"
    plane = Plane([roles[name].frame for name in ("demand", start, *_zones(roles))])
    whole, facilities = plane.bring(roles["demand"].frame), plane.bring(roles[start].frame)
    served = _served(statistic, roles[start], facilities)
    areal = statistic.measure != "weight" and shapely.get_dimensions(whole).max() == POLYGON
    walls = [shape for name in roles if name.startswith("barriers") for shape in plane.bring(roles[name].frame)]
    areas: _Parts | None
    if statistic.along == "network":
        areas = _walked(gathered, served, whole)
    elif shapely.get_dimensions(whole).max() == 0:
        areas = _reached(plane, whole, served, walls)
    else:
        areas = [area for shape, metres in served for area in other.buffers([shape], metres)]
    if not areas:
        return None
    each: list[float] = [1.0 / shapely.get_num_geometries(one) if not one.length else 1.0 for one in whole]
    if statistic.measure == "weight":
        held = placed_numbers(roles["demand"], statistic.field)
        each = [
            0.0 if math.isnan(w) or not extent_of(shape) else w / extent_of(shape)
            for w, shape in zip(held, whole, strict=True)
        ]
    zones = plane.bring(roles["zones"].frame) if "zones" in roles else []
    return _Covering(whole, each, areas, zones, other, areal, plane)


def _reached(
    plane: Plane, whole: _Parts, served: list[tuple[BaseGeometry, float]], walls: list[BaseGeometry]
) -> _Parts | None:
    """Return the places that lie within reach of a facility; None where nobody finds the way round the walls."""
    places = list(shapely.get_parts(whole))
    if walls:
        found = reached_round(plane, places, served, walls)
        if found is None:
            return None
    else:
        found = [any(_within(plane, place, shape, metres) for shape, metres in served) for place in places]
    return [place for place, hit in zip(places, found, strict=True) if hit] or [_NOWHERE]


def _within(plane: Plane, place: BaseGeometry, facility: BaseGeometry, metres: float) -> bool:
    apart = place.distance(facility)
    if abs(apart - metres) > _EDGE_SHARE * metres:
        return bool(apart < metres)
    return plane.geodesic_m(shapely.shortest_line(place, facility)) <= metres


def _gathered(whole: _Parts, parts: list[tuple[int, BaseGeometry]]) -> _Parts:
    """Return the parts of each of some shapes as one, nowhere where it has none."""
    found: _Parts = [_NOWHERE] * len(whole)
    for at, part in parts:
        found[at] = part if found[at].is_empty else shapely.union(found[at], part)
    return found


def _zones(roles: Mapping[str, Any]) -> list[str]:
    return ["zones"] if "zones" in roles else []


def _served(
    statistic: Statistic, facilities: Role, shapes: list[BaseGeometry]
) -> list[tuple[BaseGeometry, float]]:
    """Return facilities with how far each serves under the statistic's own rule; the others are left out."""
    if statistic.size_rules:
        sized = [(shape, _sized(statistic, shape.area)) for shape in _adjoining(shapes)]
    elif statistic.radii:
        kinds = [str(kind) for kind in facilities.frame[statistic.by]]
        sized = [(shape, statistic.radii.get(kind, 0.0)) for shape, kind in zip(shapes, kinds, strict=True)]
    else:
        sized = [(shape, statistic.distance_m or 0.0) for shape in shapes]
    return [(shape, metres) for shape, metres in sized if metres]


def _walked(
    gathered: Gathered, served: list[tuple[BaseGeometry, float]], demand: list[BaseGeometry]
) -> list[BaseGeometry]:
    """Return what is within a walk of facilities: the points themselves, or the ground beside the roads."""
    frames = {name: role.frame for name, role in gathered.roles.items()}
    start = "entrances" if "entrances" in frames else "facilities"
    plane = Plane([frames[name] for name in ("demand", start, *_zones(frames))])
    walls = [shape for name in frames if name.startswith("barriers") for shape in plane.bring(frames[name])]
    ways = cut_footways(plane.bring(frames["roads"], finely=False), walls, plane.to_lonlat, reach_m=_SNAP_M)
    out: list[BaseGeometry] = []
    for metres in sorted({radius for _, radius in served}):
        walk = ways.walked([shape for shape, radius in served if radius == metres])
        if shapely.get_dimensions(demand).max() == 0:
            out += [shape for shape in demand if walk.to(shape) <= metres]
        else:
            out += walk.ground(metres, _OFF_STREET_M, segments=_SIDES)
    return out or [shapely.Point()]


def _sized(statistic: Statistic, area_m2: float) -> float:
    for rule in statistic.size_rules:
        if rule.min_m2 <= area_m2 < (rule.max_m2 if rule.max_m2 is not None else float("inf")):
            return rule.distance_m
    return 0.0


def _adjoining(facilities: list[BaseGeometry]) -> list[BaseGeometry]:
    """Return facilities with those they touch made one: a park cut in two by a path is one park."""
    groups: list[BaseGeometry] = []
    for shape in facilities:
        met = [group for group in groups if group.intersects(shape)]
        groups = [group for group in groups if group not in met] + [shapely.union_all([shape, *met])]
    return groups
