"""What every function's second computation shares: shapes on a plane, what they amount to, plain rows.

No code is shared with ``geo``; the engines themselves are in ``sql``.
"""

from __future__ import annotations

from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from layers.figures.inputs import Gathered
from layers.figures.verification.sql import Plane
from layers.plan.statistics import Statistic

POLYGON = 2


def on_plane(gathered: Gathered, *roles: str) -> list[list[Any]]:
    """Return the shapes of some roles on one local equal-area plane, metres."""
    plane = common_plane(gathered, *roles)
    return [plane.bring(gathered.roles[name].frame) for name in roles]


def common_plane(gathered: Gathered, *roles: str) -> Plane:
    """Return the local plane that `on_plane` brings these roles to."""
    return Plane([gathered.roles[name].frame for name in roles])


def extent_of(shape: BaseGeometry) -> float:
    """Return what a shape amounts to: its area, its length, or one for a place."""
    return float(shape.area or shape.length or (0.0 if shape.is_empty else 1.0))


def part_of(shape: BaseGeometry, ground: BaseGeometry) -> float:
    """Return how much of a shape lies on some ground, as it is measured itself: what only touches has no area."""
    inside = shape.intersection(ground)
    if shape.area:
        return float(inside.area)
    if shape.length:
        return float(inside.length)
    return 0.0 if inside.is_empty else 1.0


def share_of(shape: BaseGeometry, ground: BaseGeometry) -> float:
    """Return which share of a shape lies on some ground."""
    whole = extent_of(shape)
    return part_of(shape, ground) / whole if whole else 0.0


def geodesic_distances(gathered: Gathered) -> list[float]:
    """Return each feature's geodesic distance (m) to the nearest reference feature (roles part, line)."""
    frames = [gathered.roles[name].frame for name in ("part", "line")]
    plane = Plane(frames)
    part, line = (plane.bring(frame) for frame in frames)
    whole = shapely.union_all(line)
    return [plane.geodesic_m(shapely.shortest_line(shape, whole)) for shape in part]


def stated_values(statistic: Statistic, gathered: Gathered, *fields: str) -> list[tuple[float, ...]]:
    """Return the numbers of the items that state all of some fields."""
    rows = [[f.properties.get(name) for name in fields] for f in gathered.roles["items"].features]
    return [
        tuple(float(v) for v in row if v is not None) for row in rows if all(type(v) in (int, float) for v in row)
    ]
