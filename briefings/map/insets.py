"""Blocks that lie apart, each in a small map of its own: same layers and style, own scale, name, where it is."""

from __future__ import annotations

import math
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

import shapely
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from briefings.map.fonts import sized_font, width_em
from briefings.map.frame import Frame
from briefings.map.furniture import scale_bar
from briefings.map.grounds import Inset, inset_frame, paper_scale
from briefings.map.grouping import INSET
from briefings.map.guides import guide_boxes
from briefings.map.inset_words import (
    LINE_EM,
    TIMES_MAIN,
    inset_lines,
    inset_scale,
    is_printed,
    words_inches,
)
from briefings.map.labels import KEPT_RANK, Label, place_labels
from briefings.map.layouts import Box, Layout
from briefings.map.legend import Legend, legend_beside_insets
from briefings.map.sheet import SheetDrawn, draw_ground, map_axes, number_features
from briefings.messages import say

_INK, _SOFT = "#23485C", "#59656D"
_PAD, _OVER = 0.06, 5.0  # inches around insets on the map; their order above it
# Of a map's width and height (where not the same), that insets take where a list stands beside it, or below it.
_LISTED = (0.3, 0.42), (0.34, 0.0), (0.3, 0.0), (0.26, 0.0)
_OVER_MAP = (0.27, 0.0), (0.27, 0.42), (0.32, 0.42), (0.36, 0.46)  # the same where nothing is listed
_READING = sorted(
    ((wide / 100, high / 100) for wide in range(24, 44, 2) for high in range(24, 52, 4)), key=math.prod
)
_READ_INCHES = 0.5  # of an inset's map, high: what reads
_CORNERS = (False, False), (True, True), (False, True)  # of a map, for insets: whether in its east, and low
_TOUCH = 0.002  # of a place, that may lie over a block
_LOW = ((0.225, 0.46),)
_COARSE = 2.6  # times the main map's ground to an inch: what hardly reads
_COARSEST = 3.2  # of the main map's ground to an inch, above which an inset is a spot
_LEAST_SHAPE = 0.3  # of an inset's map beside the legend: its height over its width
_ROOMY = 1.005, 1.02, 1.05, 1.1  # of an inset's height: its scale is not tipped over by a rounding
_PARTS, _FULL = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0), 0.97  # of a corner's width; of an inset's map in all of it
_ROOM = 1.06  # of a block in its inset, where that has the main map's scale
_SPARE = 1.15  # times its block's shape, that an inset's frame is wide or high at most
_LEAST_INCHES = 0.2  # of an inset's map, wide and high; where there is less, the sheet has none
_NAMED = 0.6  # of its block's width, that an area's name takes at most


@dataclass(frozen=True)
class Placing:
    """Where a sheet's parts stand: its layout, the place of insets, and whether that is over the map."""

    layout: Layout
    insets: Box | None = None
    over: bool = False


def place_insets(figure: Figure, layout: Layout, sheet: SheetDrawn, words: Legend) -> Placing:
    """Return where insets stand: beside the legend where it stays whole, else in the emptier corner of the map.

    The other two corners have the north arrow and the scale.

    Parameters
    ----------
    figure, layout, sheet
        The sheet, where things stand on it without insets, and what is drawn.
    words
        Its legend.
    """
    if layout.aside is not None:
        if sheet.said.insets and _has_room(figure, layout.aside, sheet):
            return Placing(layout, layout.aside)
        return Placing(replace(layout, legend=layout.aside, columns=1))
    if not sheet.said.insets or layout.legend[2] == 0:
        return Placing(layout)
    if sheet.said.listing is not None and sheet.said.list_place is not None:
        return _over_list(figure, layout, sheet)
    inches = float(figure.get_figwidth()), float(figure.get_figheight())
    beside = legend_beside_insets(inches, layout, words, lambda place: _reads(figure, place, sheet))
    good = beside is not None and _is_readable(figure, beside[1], sheet)
    if beside is not None and good and _reads(figure, beside[1], sheet):
        return Placing(*beside)
    corners = [
        layout.corner(east=east, share=share, rise=rise) for share, rise in _OVER_MAP for east in (False, True)
    ]
    readable = [one for one in corners if _left_inches(figure, one, sheet) >= _READ_INCHES]
    if sheet.options.arrangement == "sheet" and sheet.said.scale is not None:
        readable = [one for one in readable if _printed(figure, one, sheet) <= _most(sheet)] or readable
    over = _over(figure, readable[:2] or corners[-2:], layout, sheet)
    if beside is None or not good or over.insets is None:
        return over
    finer = _ground_per_inch(figure, over.insets, sheet) < _ground_per_inch(figure, beside[1], sheet)
    return over if finer else Placing(*beside)


def _over_list(figure: Figure, layout: Layout, sheet: SheetDrawn) -> Placing:
    """Return where insets stand over the map of a list: the smallest that read and cover none of its sites.

    Where there is none, the largest that covers none of them.
    """
    assert sheet.said.listing is not None
    numbered, sides = (sheet.said.listing.layer,), (False, True)
    low = layout.legend[0] <= layout.map[0] + layout.map[2]
    sizes = _LOW if low else _LISTED
    sheeted = sheet.options.arrangement == "sheet" and sheet.said.scale is not None
    tried, found = dict[float, list[Box]](), list[Box]()
    for share, rise in _READING if sheeted else ():
        three = [layout.corner(east=east, share=share, rise=rise, low=down) for east, down in _CORNERS]
        scale = _printed(figure, three[0], sheet)
        if _has_room(figure, three[0], sheet) and scale <= _most(sheet):
            tried.setdefault(scale, three)  # larger corners have the same picture
    for three in tried.values():
        bare = [one for one in three if _busy(_trimmed(figure, one, layout, sheet), layout, sheet, numbered) == 0]
        free = [one for one in bare if _covered(_trimmed(figure, one, layout, sheet), layout, sheet) < _TOUCH]
        if free:
            return _over(figure, free, layout, sheet)
        found = found or bare
    if found:
        return _over(figure, found, layout, sheet)
    corners = [layout.corner(east=east, share=share, rise=rise) for share, rise in sizes for east in sides]
    bare = [box for box in corners if _busy(box, layout, sheet, numbered) == 0][:2] or corners[-2:]
    return _over(figure, bare, layout, sheet)


def _reads(figure: Figure, place: Box, sheet: SheetDrawn) -> bool:
    """Whether insets of a place are not so much coarser than the main map that they hardly read."""
    if sheet.said.scale is not None and sheet.options.arrangement == "sheet":
        return _printed(figure, place, sheet, pad=0.0) <= _most(sheet)
    return _ground_per_inch(figure, place, sheet) <= _COARSE * _finest(figure, sheet)


def _most(sheet: SheetDrawn) -> float:
    """Return the coarsest scale that an inset of a printed map has, as its denominator."""
    assert sheet.said.scale is not None
    return TIMES_MAIN * sheet.said.scale * (1 + 1e-6)


def _printed(figure: Figure, place: Box, sheet: SheetDrawn, *, pad: float = _PAD) -> float:
    """Return the coarsest printed scale of a place's insets, as its denominator; endless where it has no room."""
    wide, high = float(figure.get_figwidth()), float(figure.get_figheight())
    inner = (*place[:2], place[2] - 2 * pad / wide, place[3] - 2 * pad / high)
    inches = inner[2] * wide, _left_inches(figure, inner, sheet)
    if min(inches) <= 0:
        return math.inf
    crs = sheet.said.frame.crs
    return max(inset_scale(one, sheet.options, crs, inches) for one in sheet.said.insets)


def _ground_per_inch(figure: Figure, place: Box, sheet: SheetDrawn) -> float:
    """Return how much ground an inch of the coarsest inset of a place shows, in metres."""
    wide, high = place[2] * float(figure.get_figwidth()), _left_inches(figure, place, sheet)
    frames = (inset_frame(one, sheet.said.frame.crs, shape=wide / high) for one in sheet.said.insets)
    return max((one.bounds[2] - one.bounds[0]) / wide for one in frames)


def _over(figure: Figure, corners: Sequence[Box], layout: Layout, sheet: SheetDrawn) -> Placing:
    """Return a layout with insets in the emptiest of some corners; without any on a sheet too small."""
    narrowed = _trimmed if sheet.said.scale is not None and sheet.options.arrangement == "sheet" else _narrowed
    places = [narrowed(figure, one, layout, sheet) for one in corners if _has_room(figure, one, sheet)]
    return Placing(layout, _emptiest(places, layout, sheet), over=True) if places else Placing(layout)


def _narrowed(figure: Figure, place: Box, layout: Layout, sheet: SheetDrawn) -> Box:
    """Return the narrowest part of a corner in which its insets' maps are as large as in all of it."""
    left, bottom, width, height = place
    east, inches = left > layout.map[0] + layout.map[2] / 2, float(figure.get_figwidth())

    def largest(one: Box) -> float:
        inner = (*one[:2], one[2] - 2 * _PAD / inches, one[3] - 2 * _PAD / float(figure.get_figheight()))
        wide, high = inner[2] * inches, _left_inches(figure, inner, sheet)
        return max(_shaped(inset, wide, high, _finest(figure, sheet))[0] for inset in sheet.said.insets)

    tried = [(left + width * (1 - part) * east, bottom, width * part, height) for part in _PARTS]
    return next(one for one in tried if largest(one) >= _FULL * largest(place))


def _trimmed(figure: Figure, place: Box, layout: Layout, sheet: SheetDrawn) -> Box:
    """Return the part of a corner that its insets take, at the scale they have in all of it: no white beside."""
    left, bottom, width, height = place
    wide, high = float(figure.get_figwidth()), float(figure.get_figheight())
    east, count, crs = left > layout.map[0] + layout.map[2] / 2, len(sheet.said.insets), sheet.said.frame.crs
    raised = bottom - layout.map[1] > layout.map[1] + layout.map[3] - bottom - height

    def taken(part: float, tall: float = height) -> tuple[float, float]:
        """Return the coarsest scale of insets so wide and high, and how high the highest is with words, inches."""
        inches = width * part * wide - 2 * _PAD
        scales, heights = [0.0], [0.0]
        for one in sheet.said.insets:
            head = words_inches(len(_words(one, sheet, inches)), sheet.options)
            room = (tall * high - 2 * _PAD) / count - head
            if min(room, inches) <= 0:
                return math.inf, tall * high
            shape = _shaped(one, inches, room, _finest(figure, sheet))
            scales.append(inset_scale(one, sheet.options, crs, shape))
            exact = inset_frame(one, crs, shape=shape[0] / shape[1])
            ground = exact.bounds[3] - exact.bounds[1]
            heights.append(head + ground * exact.ground_per_metre / scales[-1] / 0.0254)
        return max(scales), max(heights) * count + 2 * _PAD

    finest = taken(1.0)[0]
    part = next((one / 20 for one in range(8, 20) if taken(one / 20)[0] <= finest), 1.0)
    least = taken(part)[1] / high
    lower = next((one for one in (least * more for more in _ROOMY) if taken(part, one)[0] <= finest), height)
    lower = min(lower, height)
    return (left + width * (1 - part) * east, bottom + (height - lower) * raised, width * part, lower)


def _emptiest(places: Sequence[Box], layout: Layout, sheet: SheetDrawn) -> Box:
    """Return the place that covers the least of the plan's blocks, then the one with the least drawn under it."""
    return min(places, key=lambda one: (round(_covered(one, layout, sheet), 2), _busy(one, layout, sheet)))


def _covered(place: Box, layout: Layout, sheet: SheetDrawn) -> float:
    """Return the part of a place on the map that lies over the plan's blocks."""
    west, south, east, north = sheet.said.frame.bounds
    left, bottom, width, height = layout.map
    across, up = (east - west) / width, (north - south) / height
    x, y = west + (place[0] - left) * across, south + (place[1] - bottom) * up
    ground = shapely.box(x, y, x + place[2] * across, y + place[3] * up)
    return sum(float(ground.intersection(one).area) for one in sheet.blocks) / float(ground.area)


def _busy(box: Box, layout: Layout, sheet: SheetDrawn, layers: Container[str] = ()) -> int:
    """Return how many vertices of what is shown (of some layers only) lie under a place on the map."""
    west, south, east, north = sheet.said.frame.lonlat
    left, bottom, width, height = layout.map
    lows = west + (box[0] - left) / width * (east - west), south + (box[1] - bottom) / height * (north - south)
    highs = lows[0] + box[2] / width * (east - west), lows[1] + box[3] / height * (north - south)
    count = 0
    for one in sheet.said.layers:
        if layers and one.snapshot.layer.id not in layers:
            continue
        at = shapely.get_coordinates(one.chosen.geometry if one.near is None else one.near.geometry)
        count += int(((at >= lows) & (at <= highs)).all(axis=1).sum())
    return count


def draw_insets(figure: Figure, place: Box, sheet: SheetDrawn, *, over: bool = False) -> None:
    """Draw the insets one below the other into a place of the sheet (parts of the whole).

    Parameters
    ----------
    figure, place, sheet
        The sheet, where on it, and what is drawn.
    over
        Whether the place lies on the map: it has a ground and a line around it then.
    """
    left, bottom, width, height = place
    if over:
        pads = _PAD / float(figure.get_figwidth()), _PAD / float(figure.get_figheight())
        ground = Rectangle((left, bottom), width, height, facecolor="white", edgecolor=_SOFT, lw=0.8)
        ground.set(transform=figure.transFigure, zorder=_OVER - 1)
        figure.add_artist(ground)
        left, bottom, width, height = left + pads[0], bottom + pads[1], width - 2 * pads[0], height - 2 * pads[1]
    each = height / len(sheet.said.insets)
    for number, inset in enumerate(sheet.said.insets):
        top = bottom + height - number * each
        _inset(figure, (left, top - each, width, each), sheet, inset, f"{INSET}{number + 1}")


def insets_read(figure: Figure, placing: Placing, sheet: SheetDrawn) -> bool:
    """Return whether a sheet's insets, if it wants any, are there and large enough to be looked at.

    Parameters
    ----------
    figure, placing, sheet
        The sheet, how its parts stand, and what is drawn.
    """
    if not sheet.said.insets or placing.insets is None:
        return not sheet.said.insets
    wide, frame = placing.layout.map[2] * float(figure.get_figwidth()), sheet.said.frame
    main = (frame.bounds[2] - frame.bounds[0]) / wide
    left, bottom, width, height = placing.insets
    pads = [2 * _PAD * placing.over / float(inches) for inches in figure.get_size_inches()]
    place = left, bottom, width - pads[0], height - pads[1]  # over the map it has a margin
    if not _has_room(figure, place, sheet):
        return False
    if sheet.said.scale is not None and is_printed(sheet.options):  # a scale that is told is a round one
        return _printed(figure, place, sheet, pad=0.0) <= _most(sheet)
    return _ground_per_inch(figure, place, sheet) <= _COARSEST * main


def _is_readable(figure: Figure, place: Box, sheet: SheetDrawn) -> bool:
    """Whether the words of insets leave room for their maps: no strips."""
    width = place[2] * float(figure.get_figwidth())
    return _left_inches(figure, place, sheet) >= _LEAST_SHAPE * width


def _has_room(figure: Figure, place: Box, sheet: SheetDrawn) -> bool:
    """Whether the words of insets leave anything of a place for their maps."""
    width = place[2] * float(figure.get_figwidth())
    return min(_left_inches(figure, place, sheet), width) - 2 * _PAD >= _LEAST_INCHES


def _left_inches(figure: Figure, place: Box, sheet: SheetDrawn) -> float:
    """Return how high the lowest of the insets' maps would be under its words."""
    width, height = place[2] * float(figure.get_figwidth()), place[3] * float(figure.get_figheight())
    most = max(len(_words(one, sheet, width)) for one in sheet.said.insets)
    return height / len(sheet.said.insets) - words_inches(most, sheet.options)


def _words(inset: Inset, sheet: SheetDrawn, inches: float) -> list[tuple[str, float]]:
    missing = sheet.missing[sheet.said.insets.index(inset)]
    return inset_lines(inset, sheet.options, missing, inches)


def _shaped(inset: Inset, wide: float, high: float, finest: float) -> tuple[float, float]:
    """Return width and height of an inset's map in a place so wide and high: about its block's shape.

    Parameters
    ----------
    inset, wide, high
        The block, and its place in inches.
    finest
        Metres of ground to an inch of the main map: an inset has no larger scale.
    """
    west, south, east, north = inset.bounds
    shape, most = (east - west) / (north - south), _ROOM / finest
    wide, high = min(wide, (east - west) * most), min(high, (north - south) * most)
    return min(wide, high * shape * _SPARE), min(high, wide / shape * _SPARE)


def _finest(figure: Figure, sheet: SheetDrawn) -> float:
    """Return how much ground an inch of the main map shows, in metres."""
    west, _, east, _ = sheet.said.frame.bounds
    return (east - west) / (sheet.said.layout.map[2] * float(figure.get_figwidth()))


def _letters_m(label: Label, points: float, frame: Frame, inches: float) -> float:
    """Return how much ground a name is wide on a map so wide."""
    ground = (frame.bounds[2] - frame.bounds[0]) / inches
    return max(map(width_em, label.lines)) * points * label.size / 72 * ground


def _inset(figure: Figure, place: Box, sheet: SheetDrawn, inset: Inset, key: str) -> None:
    left, bottom, width, height = place
    inches_wide, inches_high = map(float, figure.get_size_inches())
    points, language = sheet.options.size.legend_points, sheet.options.language
    row = LINE_EM * points / 72 / inches_high
    lines = _words(inset, sheet, width * inches_wide)
    head = (len(lines) + 0.3) * row
    map_wide, map_high = _shaped(inset, width * inches_wide, (height - head) * inches_high, _finest(figure, sheet))
    shape, width = map_wide / map_high, map_wide / inches_wide
    frame = inset_frame(inset, sheet.said.frame.crs, shape=shape)
    widened, scale = paper_scale(frame, sheet.options.size, width)
    part = (frame.bounds[2] - frame.bounds[0]) / (widened.bounds[2] - widened.bounds[0])
    width, map_wide, map_high = width * part, map_wide * part, map_high * part  # a block fills its inset
    if sheet.options.size.paper:
        last, weight = lines[-1]
        told = f"{last}{say('in_brackets', text=f'1:{scale:,.0f}')[language]}".strip()
        if is_printed(sheet.options) or width_em(told) * points * weight <= place[2] * inches_wide * 72:
            lines[-1] = (told, weight)  # on a slide where it finds room: its bar says it too
    for at, (text, weight) in enumerate(lines):
        figure.text(
            left,
            bottom + height - (at + 0.55) * row,
            text,
            fontproperties=sized_font(points * weight, text),
            color=_INK if weight > 1 else _SOFT,
            va="center",
            zorder=_OVER,
            gid=f"{key}-line-{at}",
        )
    box = (left, bottom + height - head - map_high / inches_high, width, map_high / inches_high)
    axes = map_axes(figure, box, frame, key)
    axes.set_zorder(_OVER)
    labels = draw_ground(axes, frame, sheet, sheet.pixel_m(frame, box))
    bar = scale_bar(axes, frame, points=points)
    taken = [part.get_window_extent().padded(sheet.options.size.dpi / 24) for part in bar]
    taken += guide_boxes(axes)
    number_features(axes, frame, sheet, taken)
    block = shapely.box(*inset.bounds)
    names = [  # its own stands above it
        one
        for one in labels
        if shapely.intersects_xy(block, one.x, one.y) and "".join(one.lines) != inset.name[language]
    ]
    most = _NAMED * (inset.bounds[2] - inset.bounds[0])
    fit = [one for one in names if one.thin or _letters_m(one, points, frame, map_wide) <= most]
    whole = sum(one.together for one in fit) == sum(one.together for one in names)
    inside = [  # none stands on another
        replace(one, rank=one.rank + KEPT_RANK) for one in fit if whole or not one.together
    ]
    place_labels(axes, inside, points=points, taken=taken)
