"""The plan's words about where things lie, checked on what was drawn.

Each relation of the table names a kind, a subject ``layer.id`` and one or more objects; distances are metres in
EPSG:4549. A side (north of, west of ...) is judged by the nearest point of the object: the way from there to the
subject has to run mainly in that direction for the subject's middle, and never against it for any of its vertices.
A side "of the middle" compares the two middles only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points, split

from sketch.drawing.frame import to_plane
from sketch.drawing.placement import Placement
from sketch.drawing.sketch import Entry, Sketch

# Length and depth by which a drawn meeting or crossing may miss (rounding to 7 decimals is about 1 cm).
TOUCH_M = 0.05
SIDES = {"north_of": (0, 1), "south_of": (0, -1), "east_of": (1, 0), "west_of": (-1, 0)}


@dataclass(frozen=True)
class Verdict:
    """One relation and whether the drawing keeps it."""

    kind: str
    subject: str
    objects: tuple[str, ...]
    holds: bool

    def __str__(self) -> str:
        return f"{self.subject} {self.kind} {', '.join(self.objects)}: {'kept' if self.holds else 'broken'}"


def verdicts(sketch: Sketch, placed: Mapping[str, Mapping[str, Placement]]) -> list[Verdict]:
    """Check every relation of the table against the placements."""
    found = []
    for entry in sketch.tables["relations"]["relations"]:
        objects = tuple(entry["objects"])
        shapes = [_plane(placed, name) for name in objects]
        subject = _plane(placed, entry["subject"])
        found.append(Verdict(entry["kind"], entry["subject"], objects, holds(entry, subject, shapes)))
    return found


def holds(entry: Entry, subject: BaseGeometry, objects: Sequence[BaseGeometry]) -> bool:
    """Whether one relation is kept by plane shapes.

    Raises
    ------
    KeyError
        The kind is unknown.
    """
    kind = str(entry["kind"])
    if kind in SIDES:
        return all(_on_side(subject, one, SIDES[kind]) for one in objects)
    if kind.removesuffix("_middle") in SIDES:
        side = SIDES[kind.removesuffix("_middle")]
        away = np.array([subject.centroid.x, subject.centroid.y])
        return all((away - (one.centroid.x, one.centroid.y)) @ side > 0 for one in objects)
    return KINDS[kind](entry, subject, objects)


def _plane(placed: Mapping[str, Mapping[str, Placement]], name: str) -> BaseGeometry:
    layer, _, key = name.partition(".")
    return to_plane(placed[layer][key].geometry)


def _away(point: Point, shape: BaseGeometry) -> np.ndarray:
    """The way from the nearest point of a shape to a point."""
    near, _ = nearest_points(shape, point)
    return np.array([point.x - near.x, point.y - near.y])


def _on_side(subject: BaseGeometry, other: BaseGeometry, side: tuple[int, int]) -> bool:
    middle = subject.interpolate(0.5, normalized=True) if subject.length and not subject.area else subject.centroid
    way = _away(middle, other)
    if way @ side <= abs(way[0] * side[1]) + abs(way[1] * side[0]):
        return False
    corners = [Point(corner) for corner in shapely.get_coordinates(subject)]
    return all(_away(corner, other) @ side >= -TOUCH_M for corner in corners)


def _inside(_: Entry, subject: BaseGeometry, objects: Sequence[BaseGeometry]) -> bool:
    return all(one.buffer(TOUCH_M).covers(subject) for one in objects)


def _at_crossing(_: Entry, subject: BaseGeometry, objects: Sequence[BaseGeometry]) -> bool:
    return (
        len(objects) == 2
        and objects[0].crosses(objects[1])
        and all(subject.distance(one) <= TOUCH_M for one in objects)
    )


def _crosses(_: Entry, subject: BaseGeometry, objects: Sequence[BaseGeometry]) -> bool:
    return all(subject.crosses(one) for one in objects)


def _meets(entry: Entry, subject: BaseGeometry, objects: Sequence[BaseGeometry]) -> bool:
    return all(subject.distance(one) <= float(entry.get("within_m", TOUCH_M)) for one in objects)


def _along(entry: Entry, subject: BaseGeometry, objects: Sequence[BaseGeometry]) -> bool:
    """Every vertex near the object, and the subject's longer extent well beyond that distance."""
    limit = float(entry["within_m"])
    corners = [Point(corner) for corner in shapely.get_coordinates(subject)]
    spread = shapely.get_coordinates(subject).max(axis=0) - shapely.get_coordinates(subject).min(axis=0)
    near = all(corner.distance(one) <= limit for corner in corners for one in objects)
    return near and float(spread.max()) >= 2 * limit


def _between(_: Entry, subject: BaseGeometry, objects: Sequence[BaseGeometry]) -> bool:
    first, second = objects
    for point in [subject.centroid, *(Point(corner) for corner in shapely.get_coordinates(subject))]:
        ways = [_away(point, first), _away(point, second)]
        if ways[0] @ ways[1] > TOUCH_M:
            return False
    return True


def _both_sides(_: Entry, subject: BaseGeometry, objects: Sequence[BaseGeometry]) -> bool:
    """Each object runs through the subject and leaves at least a quarter of it on either side."""
    for one in objects:
        line = one if one.geom_type == "LineString" else one.boundary
        parts = sorted(part.area for part in split(subject, line).geoms)
        if len(parts) < 2 or parts[-1] > 0.75 * subject.area:
            return False
    return True


KINDS: Mapping[str, Callable[[Entry, BaseGeometry, Sequence[BaseGeometry]], bool]] = {
    "inside": _inside,
    "at_crossing": _at_crossing,
    "crosses": _crosses,
    "meets": _meets,
    "along": _along,
    "between": _between,
    "both_sides": _both_sides,
}
