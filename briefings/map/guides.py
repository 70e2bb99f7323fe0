"""Lines that lead the eye, as a plan's axes: a light casing, an arrow head at each end, a ring where two cross."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from briefings.map.frame import Frame
from briefings.map.layers import draw_shapes
from layers.features.snapshot import Features, Snapshot
from layers.plan.style import Look, declared_style

GuidePlace = tuple[float, float]
_CASING, _WIDER = "#fffefb", 3.4  # around a line; pixels more than it
_HEAD_PT, _RING_PT, _RING_WIDTH = 11.0, 12.0, 1.8
_RING = "#1e2b35"
_SIGN, _COURSE = "_guide", "_guide-course"  # the labels of what no name is to cover
_BACK = 0.02  # of a line, from its end to where its direction is taken
_STEP = 0.01  # of an order, from one part of a guide to the next


def draw_guides(axes: Axes, frame: Frame, snapshot: Snapshot, shown: Features) -> None:
    """Draw what makes lines of a guide an axis; the lines themselves are drawn as those of any layer.

    Parameters
    ----------
    axes, frame
        Where they are drawn, and the ground it shows.
    snapshot, shown
        The layer, and its features in the frame.
    """
    layer = snapshot.layer
    if not layer.guide or not len(shown):
        return
    lines = frame.plane(shown.geometry)
    order = layer.order + 1.0
    for one, line in zip(shown, lines, strict=True):
        if shapely.get_dimensions(line) != 1:
            continue
        style = declared_style(layer, one.properties)
        color, width = style.color or _RING, (style.width or 0.0) + _WIDER
        drawn = np.array([shapely.intersection(line, shapely.box(*frame.bounds))], dtype=object)
        draw_shapes(axes, "line", drawn, Look(_CASING, width, 0.9, None, 0), order=order - _STEP)
        for part in shapely.get_parts(drawn[0]):
            if shapely.get_dimensions(part) == 1:
                axes.plot(*shapely.get_coordinates(part).T, label=_COURSE, visible=False)
        for tip, before in guide_ends(line):
            turn = float(np.degrees(np.arctan2(tip[1] - before[1], tip[0] - before[0])))
            head = {"ms": _HEAD_PT, "mfc": color, "mec": _CASING, "mew": 0.8}
            _sign(axes, tip, (3, 0, turn - 90), head, order)
    ring = {"ms": _RING_PT, "mfc": _CASING, "mec": _RING, "mew": _RING_WIDTH}
    for place in guide_crossings(lines):
        _sign(axes, place, "o", ring, order + _STEP)


def guide_ends(line: Any) -> list[tuple[GuidePlace, GuidePlace]]:  # noqa: ANN401 - a shapely geometry
    """Return the ends of a guide's lines, each with a place a little before it: there an arrow head points.

    Examples
    --------
    >>> guide_ends(shapely.LineString([(0, 0), (100, 0)]))
    [((0.0, 0.0), (2.0, 0.0)), ((100.0, 0.0), (98.0, 0.0))]
    """
    out = list[tuple[GuidePlace, GuidePlace]]()
    for part in shapely.get_parts(shapely.line_merge(line)):
        for end, back in ((0.0, _BACK), (1.0, 1 - _BACK)):
            places = shapely.line_interpolate_point(part, [end, back], normalized=True)
            tip, before = ((float(x), float(y)) for x, y in shapely.get_coordinates(places))
            out.append((tip, before))
    return out


def guide_crossings(lines: Iterable[Any]) -> list[GuidePlace]:
    """Return where guides cross, as rings mark it.

    Examples
    --------
    >>> guide_crossings([shapely.LineString([(0, 0), (2, 2)]), shapely.LineString([(0, 2), (2, 0)])])
    [(1.0, 1.0)]
    """
    met = (shapely.get_parts(shapely.intersection(one, other)) for one, other in combinations(lines, 2))
    points = (part for parts in met for part in parts if shapely.get_dimensions(part) == 0)
    return [(float(shapely.get_x(point)), float(shapely.get_y(point))) for point in points]


def _sign(axes: Axes, at: Any, marker: Any, paint: dict[str, Any], order: float) -> None:  # noqa: ANN401 - matplotlib
    axes.plot([at[0]], [at[1]], ls="none", marker=marker, label=_SIGN, zorder=order + _STEP, **paint)


def guide_boxes(axes: Axes) -> list[Bbox]:
    """Return the boxes in pixels of arrow heads and rings, which no name is to cover."""
    pixels = float(axes.figure.dpi) / 72
    return [
        Bbox.from_bounds(x - side / 2, y - side / 2, side, side)
        for one in axes.lines
        if one.get_label() == _SIGN
        for (x, y) in axes.transData.transform(np.column_stack(one.get_data()))
        for side in [one.get_markersize() * pixels]
    ]


def guide_lines(axes: Axes) -> list[shapely.Geometry]:
    """Return the lines of guides in pixels, on which no other name is to lie."""
    drawn = (one for one in axes.lines if one.get_label() == _COURSE)
    return [shapely.LineString(axes.transData.transform(np.column_stack(one.get_data()))) for one in drawn]
