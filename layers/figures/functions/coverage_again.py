"""Coverage by another engine: nothing here uses ``geo``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from layers.figures.inputs import Gathered, Role
from layers.figures.verification.second import POLYGON, extent_of, on_plane, part_of
from layers.figures.verification.sql import Duck, Geos, Plane
from layers.figures.verification.walking import footways
from layers.plan.statistics import Statistic

_SNAP_M, _OFF_STREET_M = 200.0, 50.0  # the walking rule: to reach a road, and beside one


def recompute_coverage(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    """Return the share covered, in percent; None where there is no target."""
    roles = gathered.roles
    start = "entrances" if "entrances" in roles else "facilities"
    whole, facilities, *rest = on_plane(gathered, "demand", start, *_zones(roles))
    zone = shapely.union_all(rest[0]) if rest else None
    demand = whole if zone is None else [_cut(one, zone) for one in whole]
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
            0.0 if w is None or math.isnan(w) or not extent_of(shape) else float(w) / extent_of(shape)
            for w, shape in zip(held, whole, strict=True)
        ]
    total = sum(extent_of(shape) * w for shape, w in zip(demand, each, strict=True))
    covered = sum(part_of(shape, reach) * w for shape, w in zip(demand, each, strict=True))
    return 100 * covered / total if total else None


def _cut(shape: BaseGeometry, zone: BaseGeometry) -> BaseGeometry:
    """Return what lies in a zone, in the shape's own dimension: a line where a polygon only touches is nothing."""
    parts = shapely.get_parts(shape.intersection(zone))
    kept = parts[shapely.get_dimensions(parts) == shapely.get_dimensions(shape)]
    return shapely.union_all(kept)


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
    ways = footways(plane.bring(frames["roads"], finely=False), walls, plane.to_lonlat, reach_m=_SNAP_M)
    out: list[BaseGeometry] = []
    for metres in sorted({radius for _, radius in served}):
        walk = ways.walked([shape for shape, radius in served if radius == metres])
        if shapely.get_dimensions(demand).max() == 0:
            out += [shape for shape in demand if walk.to(shape) <= metres]
        else:
            out += walk.ground(metres, _OFF_STREET_M, segments=16)
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
