"""Names along what they name: the course of a line or of a long area, and where on it a name stands straight."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

Course = tuple[tuple[float, float], ...]
_LONG = 3.2  # length over width from which an area is named along its middle
_CUTS = 15  # across a long area
_PLACES = (0.5, 0.38, 0.62, 0.26, 0.74, 0.14, 0.86)  # along a course, the best first
_STRAIGHT = 0.94  # of a piece of a course, what its two ends lie apart
_STEEP = 60.0  # degrees, from which Chinese stands upright, one character below the other


@dataclass(frozen=True)
class TurnedPlace:
    """Where a name stands: its middle in the plane, its turn in degrees, and whether its letters stand upright."""

    x: float
    y: float
    turn: float
    upright: bool = False

    def moved(self, by: float) -> TurnedPlace:
        """Return the place beside it: above a turned name, right of an upright one; a negative way is the other.

        Examples
        --------
        >>> TurnedPlace(0.0, 0.0, 0.0).moved(5.0)
        TurnedPlace(x=0.0, y=5.0, turn=0.0, upright=False)
        """
        turn = math.radians(self.turn)
        across, up = (by, 0.0) if self.upright else (-math.sin(turn) * by, math.cos(turn) * by)
        return replace(self, x=self.x + across, y=self.y + up)


class Slanted(Bbox):
    """The box of a turned name: what lies beside its letters is free, although its outer box holds it."""

    def __init__(self, parts: Sequence[Bbox]) -> None:
        super().__init__(Bbox.union(parts).get_points())
        self.parts = tuple(parts)

    def padded(self, w_pad: float, h_pad: float | None = None) -> Slanted:
        """Return it with so much more around each letter."""
        return Slanted([one.padded(w_pad, h_pad) for one in self.parts])

    def overlaps(self, other: Any) -> bool:  # noqa: ANN401 - as matplotlib declares it
        """Whether some letter lies on the other box, or on a letter of another turned name."""
        others = other.parts if isinstance(other, Slanted) else (other,)
        return super().overlaps(other) and any(one.overlaps(part) for one in self.parts for part in others)


def boxes_meet(one: Bbox, other: Bbox) -> bool:
    """Whether two boxes lie on each other, turned ones by their letters."""
    return bool(other.overlaps(one) if isinstance(other, Slanted) else one.overlaps(other))


def meets_any(box: Bbox, others: Iterable[Bbox]) -> bool:
    """Whether a box lies on one of some others."""
    return any(boxes_meet(box, other) for other in others)


def pixel_grounds(axes: Axes, shapes: Sequence[shapely.Geometry]) -> list[shapely.Geometry]:
    """Return areas of the plane as they lie on the picture, in pixels."""
    found = [shapely.transform(one, axes.transData.transform) for one in shapes]
    shapely.prepare(found)
    return found


def grounds_touched(box: Bbox, grounds: Sequence[shapely.Geometry]) -> int:
    """Return how many of some areas a name's letters touch."""
    parts = box.parts if isinstance(box, Slanted) else (box,)
    letters = shapely.union_all([shapely.box(*part.extents) for part in parts])
    return sum(bool(shapely.intersects(one, letters)) for one in grounds)


def course_of(shape: Any) -> Course:  # noqa: ANN401 - a shapely geometry in the plane
    """Return the course along which a line or a long area is named; empty where there is none.

    Examples
    --------
    >>> course_of(shapely.LineString([(0, 0), (10, 0)]))
    ((0.0, 0.0), (10.0, 0.0))
    >>> course_of(shapely.box(0, 0, 10, 9))
    ()
    """
    if shapely.is_empty(shape):
        return ()
    dimension = shapely.get_dimensions(shape)
    if dimension == 1:
        parts = shapely.get_parts(shapely.line_merge(shape))
        longest = parts[int(np.argmax(shapely.length(parts)))]
        return tuple(map(tuple, shapely.get_coordinates(longest).tolist()))
    return _middle_line(shape) if dimension == 2 else ()


def _middle_line(shape: Any) -> Course:  # noqa: ANN401
    """Return the middles of a long area's cuts across its length."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))
    if len(corners) < 4:
        return ()
    sides = corners[1:3] - corners[0:2]
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    long = int(np.argmax(lengths))
    if lengths[long] < _LONG * max(lengths[1 - long], 1e-9):
        return ()
    start, along, across = corners[0 if long == 0 else 1], sides[long], sides[1 - long]
    across = across if long == 0 else -across
    middles = []
    for share in (np.arange(_CUTS) + 0.5) / _CUTS:
        at = start + along * share
        cut = shapely.intersection(shape, shapely.LineString([at - 0.1 * across, at + 1.1 * across]))
        parts = shapely.get_parts(shapely.get_parts(cut))  # lines of a collection too
        parts = parts[shapely.length(parts) > 0]  # a gap leaves an empty line
        if len(parts):
            longest = parts[int(np.argmax(shapely.length(parts)))]
            middles.append(
                tuple(shapely.get_coordinates(shapely.line_interpolate_point(longest, 0.5, normalized=True))[0])
            )
    return tuple((float(x), float(y)) for x, y in middles) if len(middles) > 2 else ()


def width_beside(area: Any, course: Course) -> float:  # noqa: ANN401 - a shapely geometry
    """Return how far a long area's edge lies from its course; 0 of what has none."""
    if len(course) < 2:
        return 0.0
    return float(shapely.area(area) / shapely.length(shapely.LineString(course)) / 2)


def places_along(course: Course, length: float, *, wide_letters: bool) -> list[TurnedPlace]:
    """Return where a name of a length stands along a course, the best first; none where it is too short or bent.

    Parameters
    ----------
    course
        Corners in the plane.
    length
        Of the name, in the same unit.
    wide_letters
        Whether it is written in characters that also stand one below the other.
    """
    line = shapely.LineString(course)
    if line.length < length:
        return []
    found = []
    for share in _PLACES:
        middle = min(max(share * line.length, length / 2), line.length - length / 2)
        (x0, y0), (x1, y1) = (
            shapely.get_coordinates(shapely.line_interpolate_point(line, middle + side * length / 2))[0]
            for side in (-1, 1)
        )
        apart = float(np.hypot(x1 - x0, y1 - y0))
        if apart < _STRAIGHT * length:
            continue
        turn = float(np.degrees(np.arctan2(y1 - y0, x1 - x0)))
        turn = turn - 180 if turn > 90 else turn + 180 if turn <= -90 else turn
        x, y = (float(v) for v in shapely.get_coordinates(shapely.line_interpolate_point(line, middle))[0])
        upright = wide_letters and abs(turn) > _STEEP
        found.append(TurnedPlace(x, y, 0.0 if upright else turn, upright))
    return found
