"""Blocks that lie apart, each in a small map of its own: same layers and style, own scale, name, where it is."""

from __future__ import annotations

from dataclasses import replace

import shapely
from matplotlib.figure import Figure

from briefings.map.fonts import drawable, font
from briefings.map.furniture import scale_bar
from briefings.map.grounds import Inset, inset_frame, paper_scale
from briefings.map.grouping import INSET
from briefings.map.labels import KEPT_RANK, place_labels
from briefings.map.layouts import Box
from briefings.map.lettering import fit_line
from briefings.map.sheet import SheetDrawn, draw_ground, map_axes
from briefings.messages import say

_INK, _SOFT = "#23485C", "#59656D"
_LINE_EM, _SCALE_EMS = 1.45, 8  # from line to line; what a printed scale takes


def draw_insets(figure: Figure, place: Box, sheet: SheetDrawn) -> None:
    """Draw the insets one below the other into a place of the sheet (parts of the whole)."""
    left, bottom, width, height = place
    each = height / len(sheet.said.insets)
    for number, inset in enumerate(sheet.said.insets):
        top = bottom + height - number * each
        _inset(figure, (left, top - each, width, each), sheet, inset, f"{INSET}{number + 1}")


def _inset(figure: Figure, place: Box, sheet: SheetDrawn, inset: Inset, key: str) -> None:
    left, bottom, width, height = place
    inches_wide, inches_high = map(float, figure.get_size_inches())
    points, language = sheet.options.size.legend_points, sheet.options.language
    printed = sheet.options.size.paper and sheet.options.arrangement in ("sheet", "untitled")
    row = points * _LINE_EM / 72 / inches_high
    ems = width * inches_wide * 72 / points
    name = [(line, _INK, 1.1) for line in fit_line(drawable(inset.name[language]), ems / 1.1)]
    lines = name + [
        (line, _SOFT, 1.0)
        for line in fit_line(drawable(inset.where[language]), ems - (8 if printed else 0), lines=2)
    ]
    head = (len(lines) + 0.3) * row
    shape = width * inches_wide / ((height - head) * inches_high)
    frame, scale = paper_scale(inset_frame(inset, sheet.said.frame.crs, shape=shape), sheet.options.size, width)
    if printed:
        last, color, weight = lines[-1]
        lines[-1] = (last + say("in_brackets", text=f"1:{scale:,.0f}")[language], color, weight)
    for at, (text, color, weight) in enumerate(lines):
        figure.text(
            left,
            bottom + height - (at + 0.55) * row,
            text,
            fontproperties=font(points * weight, text),
            color=color,
            va="center",
            gid=f"{key}-line-{at}",
        )
    box = (left, bottom, width, height - head)
    axes = map_axes(figure, box, frame, key)
    labels = draw_ground(axes, frame, sheet, sheet.pixel_m(frame, box))
    bar = scale_bar(axes, frame, points=points)
    taken = [part.get_window_extent().padded(sheet.options.size.dpi / 24) for part in bar]
    block = shapely.box(*inset.bounds)
    inside = [  # its own name stands above it; of the others none stands on another
        replace(one, rank=one.rank + KEPT_RANK)
        for one in labels
        if shapely.intersects_xy(block, one.x, one.y) and "".join(one.lines) != inset.name[language]
    ]
    place_labels(axes, inside, points=points, taken=taken)
