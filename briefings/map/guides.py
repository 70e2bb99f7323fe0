"""Lines that lead the eye, as a plan's axes: a light casing, an arrow head at each end, a ring where two cross."""

from __future__ import annotations

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

_CASING, _WIDER = "#fffefb", 3.4  # around a line; pixels more than it
_HEAD_PT, _RING_PT, _RING_WIDTH = 11.0, 12.0, 1.8
_RING = "#1e2b35"
_SIGN = "_guide"  # the label of what no name is to cover
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
        for part in shapely.get_parts(shapely.line_merge(line)):
            for end, back in ((0.0, _BACK), (1.0, 1 - _BACK)):
                tip, before = shapely.get_coordinates(
                    shapely.line_interpolate_point(part, [end, back], normalized=True)
                )
                turn = float(np.degrees(np.arctan2(*(tip - before)[::-1])))
                _sign(
                    axes, tip, (3, 0, turn - 90), {"ms": _HEAD_PT, "mfc": color, "mec": _CASING, "mew": 0.8}, order
                )
    ring = {"ms": _RING_PT, "mfc": _CASING, "mec": _RING, "mew": _RING_WIDTH}
    for line, other in combinations(lines, 2):
        for place in shapely.get_parts(shapely.intersection(line, other)):
            if shapely.get_dimensions(place) == 0:
                _sign(axes, shapely.get_coordinates(place)[0], "o", ring, order + _STEP)


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
