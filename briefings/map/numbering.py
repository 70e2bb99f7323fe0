"""A list beside a map and its numbers on the map: where rows stand, and numbers that lie on no other."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Patch, Rectangle, RegularPolygon
from matplotlib.transforms import Bbox

from briefings.map.fonts import sized_font, width_em
from briefings.map.frame import Frame
from briefings.map.grouping import NamedGroup
from briefings.map.layouts import Box
from briefings.map.lettering import break_evenly, fit_line
from briefings.map.listing import ListedGroup, ListedRow, Listing, decimals_em
from briefings.map.tagged_pdf import HEAD
from briefings.messages import say
from geo.text import Text
from layers.features.snapshot import Feature

_INK, _SOFT, _LINE = "#1e2b35", "#59656d", "#d8d5cb"
_RIM = "#6b6455"  # around a pale disc
_ORDER = 190.0
_ROW, _HEAD, _GAP = 1.42, 1.75, 0.6  # ems: of a line, of a heading, after a group
_STEP, _TOLD = _ROW - 0.25, 0.97  # from line to line of one text; of the letters, what stands at a heading's right
_DIGITS = 0.85  # of the letters, those of a number in its disc
_DISC_EM, _NUMBER_EM = 0.72, 1.95  # half a disc, and what it takes in a row
_BRIGHT = 0.6  # of a disc, from which its number is dark
_BOXED = 0.85  # of a disc's size, a square with a number
_SIDES, _WIDER = {"s": 4, "D": 4, "h": 6, "p": 5}, {4: 1.2, 5: 1.2, 6: 1.15}  # of shapes; beside a disc's radius
_TURNS, _RINGS = 12, (2.1, 3.6, 5.2)
LIST_SCALES = (1.0, 0.92, 0.85, 0.78, 0.7, 0.62)
_CLEAR = 0.8  # ems between a name and its amount
_LEAST_EMS = 17.0  # of a column of names
_IN_BRACKETS = re.compile(r"\s*[（(][^（()）]*[)）]$")
ROUNDING_PT = 1e-6


@dataclass(frozen=True)
class _Fit:
    points: float
    columns: int
    places: tuple[tuple[int, float, ListedGroup, ListedRow | None, tuple[str, ...]], ...]
    high: float


def fit_list_rows(listing: Listing, inches: tuple[float, float], points: float, least: float) -> _Fit | None:
    """Return the rows of a list in its place, in as large letters as find room; None where there is none.

    Parameters
    ----------
    listing, inches
        What is listed, and how wide and high its place is.
    points, least
        As for ``draw_listing``.
    """
    for scale in LIST_SCALES:
        size = points * scale
        if size < least - ROUNDING_PT:
            return None
        for columns in (1, 2, 3):
            column = inches[0] / columns * 72 / size
            if column < _LEAST_EMS:
                break
            fit = _placed(listing, column, columns, size, inches[1] * 72 / size)
            if fit is not None:
                return fit
    return None


def _placed(listing: Listing, column: float, columns: int, size: float, high: float) -> _Fit | None:
    """Return where each row stands, columns as even as can be; all in ems but the height, which is in inches."""
    rows, heads = sum(len(one.rows) for one in listing.groups), len(listing.groups)
    if rows * _ROW + heads * _GAP > columns * high:  # before its names are broken
        return None
    wanted: list[tuple[float, ListedGroup, ListedRow | None, tuple[str, ...]]] = []
    for one in listing.groups:
        wanted.append((_head_em(listing, one, column - 1.0), one, None, ()))
        for each in one.rows:
            room = column - _NUMBER_EM - 1.0 - _CLEAR - width_em(each.amount) - _decimal_em(listing, each.amount)
            written = tuple(break_evenly(each.name, room, lines=2)) or ("",)
            wanted.append((_ROW + _STEP * (len(written) - 1), one, each, written))
    total = sum(height for height, _, _, _ in wanted) + _GAP * len(listing.groups)
    limit = max(total / columns, 8.0)
    while limit <= high:
        places: list[tuple[int, float, ListedGroup, ListedRow | None, tuple[str, ...]]] = []
        at, y, lowest = 0, 0.0, 0.0
        for i, (height, group, row, lines) in enumerate(wanted):
            gap = _GAP if row is None and y > 0 else 0.0
            below = wanted[i + 1][0] if row is None and i + 1 < len(wanted) else 0.0
            last = row is not None and row is group.rows[-1]  # it does not go on alone
            pair = height + wanted[i + 1][0] if row is not None and row in group.rows[1:][-2:-1] else height
            if y > 0 and (y + gap + height + below > (high if last else limit) or y + pair > high):
                at, y, gap = at + 1, 0.0, 0.0
                if row is not None:
                    places.append((at, y, group, None, ("…",)))
                    y += _head_em(listing, group, column - 1.0, again=True)
            places.append((at, y + gap, group, row, lines))
            y += gap + height
            lowest = max(lowest, y)
        if at < columns:
            return _Fit(size, columns, tuple(places), min(max(limit, lowest) + 0.4, high) * size / 72)
        limit += 1.0
    return None


def draw_listing(figure: Figure, box: Box, listing: Listing, *, points: float, least: float) -> None:
    """Draw a list into a place of the sheet.

    Parameters
    ----------
    figure
        The sheet.
    box
        Left, bottom, width, height as parts of the sheet.
    listing
        What is listed.
    points, least
        Size of the letters where there is room, and below which they do not go.
    """
    wide, high = map(float, figure.get_size_inches())
    inches = (box[2] * wide, box[3] * high)
    fit = fit_list_rows(listing, inches, points, least)
    if fit is None:
        return
    axes = figure.add_axes(box, gid="list")
    axes.set_axis_off()
    em = fit.points / 72
    axes.set_xlim(0, inches[0] / em)
    axes.set_ylim(inches[1] / em, 0)
    column = inches[0] / em / fit.columns
    ruled, discs = list[list[tuple[float, float]]](), list[Patch]()
    for at, y, group, row, lines in fit.places:
        left, right = at * column, (at + 1) * column - 1.0
        before = len(axes.texts)
        if row is None:
            _heading(axes, (left, right, y), group, listing, fit.points, again=bool(lines))
        else:
            _row(
                axes,
                (left, right - _decimal_em(listing, row.amount), y),
                group,
                row,
                lines,
                (fit.points, max(fit.points * _DIGITS, least)),
            )
        for text in axes.texts[before:]:  # one item of a list, or what heads one
            text.set_label(f"{before}" if row else f"{HEAD}{before}")
        if row is None:
            continue
        low = y + _ROW + _STEP * (len(lines) - 1)
        ruled.append([(left + _NUMBER_EM, low), (right, low)])
        edge = group.color if _dark(group.color) else _RIM
        paint = {"fc": group.color, "ec": edge} if row.placed else {"fc": "none", "ec": "#8b949b"}
        discs.append(_shape(group.mark, (left + _DISC_EM + 0.1, y + _ROW / 2), {**paint, "lw": 0.6}))
    axes.add_collection(LineCollection(ruled, colors=_LINE, linewidths=0.35), autolim=False)
    axes.add_collection(PatchCollection(discs, match_original=True), autolim=False)


def _shape(mark: str, middle: tuple[float, float], paint: Mapping[str, Any]) -> Patch:
    """Return the shape around a number in the list, as large as a disc."""
    if mark == "o":
        return Circle(middle, _DISC_EM, **paint)
    sides = _SIDES[mark]
    turn = math.pi / 4 if mark == "s" else 0.0
    return RegularPolygon(middle, sides, radius=_DISC_EM * _WIDER[sides], orientation=turn, **paint)


def _heading(
    axes: Axes,
    at: tuple[float, float, float],
    group: ListedGroup,
    listing: Listing,
    points: float,
    *,
    again: bool,
) -> None:
    left, right, y = at
    color = "white" if _dark(group.color) else "#3a2a00"
    lines, told = _head_words(listing, group, right - left, again=again)
    high = _HEAD + _STEP * (len(lines) - 1)
    axes.add_patch(Rectangle((left, y), right - left, high - 0.3, facecolor=group.color, edgecolor="none"))
    middle = y + (_HEAD - 0.3) / 2
    for i, line in enumerate(lines):
        _written(axes, (left + 0.5, middle + i * _STEP), line, points, color, "left")
    if told:
        _written(axes, (right - 0.4, middle), told, points * _TOLD, color, "right")


def _head_em(listing: Listing, group: ListedGroup, wide: float, *, again: bool = False) -> float:
    return _HEAD + _STEP * (len(_head_words(listing, group, wide, again=again)[0]) - 1)


def _head_words(listing: Listing, group: ListedGroup, wide: float, *, again: bool) -> tuple[list[str], str]:
    """Return the lines of a heading's name and what stands at its right, in a column so wide (ems)."""
    language, (count, placed) = listing.language, group.counted
    again = again or group.again
    label = say("list_again", label=Text(group.label, group.label))[language] if again else group.label
    counted = say("list_counted", count=count, placed=placed)[language]
    # the unit is a column's head of its own: "24 亿元" would be read as an amount
    told = listing.unit if again else " ｜ ".join(one for one in (counted, listing.unit) if one)
    short = _IN_BRACKETS.sub("", label)
    ways = ((label, told), (short, told), (short, "" if again else counted))
    for text, beside in ways:
        if width_em(text) <= _room(wide, beside):
            return [text], beside
    return fit_line(label, max(_room(wide, ways[-1][1]), 4.0), lines=3) or [""], ways[-1][1]


def _room(wide: float, told: str) -> float:
    """Return how wide (em) a heading's label may be beside what is told at its right."""
    return wide - 1.0 - width_em(told) * _TOLD


def _row(
    axes: Axes,
    at: tuple[float, float, float],
    group: ListedGroup,
    row: ListedRow,
    lines: Sequence[str],
    letters: tuple[float, float],
) -> None:
    (left, right, y), (points, digits) = at, letters
    middle = y + _ROW / 2
    ink = _INK if row.placed else _SOFT
    disc = (left + _DISC_EM + 0.1, middle)
    number = ("white" if _dark(group.color) else "#3a2a00") if row.placed else _SOFT
    _written(axes, disc, row.number, digits, number, "center")
    for i, line in enumerate(lines):
        _written(axes, (left + _NUMBER_EM, middle + i * _STEP), line, points, ink, "left")
    _written(axes, (right, middle), row.amount, points, ink, "right")


def _decimal_em(listing: Listing, amount: str) -> float:
    """Return how far a plain number ends before its column's edge, ems: decimal signs stand below one another."""
    end = decimals_em(amount)
    return 0.0 if end is None else listing.decimals - end  # of a plain number


def _written(axes: Axes, at: tuple[float, float], text: str, points: float, color: str, side: Any) -> None:  # noqa: ANN401 - matplotlib's literal
    axes.text(*at, text, ha=side, va="center_baseline", color=color, fontproperties=sized_font(points, text))


def _dark(color: str) -> bool:
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < _BRIGHT


def draw_numbers(
    axes: Axes, frame: Frame, listing: Listing, near: Sequence[Feature], *, points: float, taken: list[Any]
) -> None:
    """Put the numbers of a list on the map: none on another; one that finds no room is led to its place by a line.

    Parameters
    ----------
    axes, frame
        Where they are drawn, and the ground it shows.
    listing
        The list.
    near
        The layer's features in the frame.
    points
        Size of the digits.
    taken
        Boxes in pixels that are not to be covered; those of the numbers are added.
    """
    known, pixels = listing.colors, axes.figure.dpi / 72
    radius = points * 0.82 * pixels
    room = axes.get_window_extent()
    listed = [one for one in near if str(one.id) in known]
    places = shapely.point_on_surface(frame.bring(np.array([one.geometry for one in listed], dtype=object)))
    numbered, marks = list[tuple[tuple[float, float], tuple[float, float], str, str]](), list[str]()
    with NamedGroup(axes, "numbers", _ORDER):
        for one, place in zip(listed, places, strict=True):
            if shapely.is_empty(place):
                continue
            x, y = axes.transData.transform((place.x, place.y))
            spots = [(x, y)] + [
                (x + radius * ring * np.cos(turn), y + radius * ring * np.sin(turn))
                for ring in _RINGS
                for turn in np.linspace(0, 2 * np.pi, _TURNS, endpoint=False) + 0.3
            ]
            boxes = [Bbox.from_bounds(a - radius, b - radius, 2 * radius, 2 * radius) for a, b in spots]
            free = (
                box
                for box in boxes
                if room.x0 < box.x0 and box.x1 < room.x1 and not any(box.overlaps(other) for other in taken)
            )
            box = next(free, boxes[0])
            taken.append(box)
            numbered.append(((x, y), ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2), *known[str(one.id)]))
            marks.append(listing.marks[str(one.id)])
        if numbered:
            _draw_numbered(axes, numbered, points, marks)


def _draw_numbered(
    axes: Axes,
    numbered: Sequence[tuple[tuple[float, float], tuple[float, float], str, str]],
    points: float,
    marks: Sequence[str],
) -> None:
    """Draw numbers (place and where the disc stands in pixels, number, colour): lines, then discs, then digits.

    Parameters
    ----------
    axes, numbered, points
        Where, what, and the size of the digits.
    marks
        The shape around each.
    """
    back = axes.transData.inverted()
    sites, discs = (back.transform([one[at] for one in numbered]) for at in (0, 1))
    colors = [color for *_, color in numbered]
    led = [i for i, (site, disc, *_) in enumerate(numbered) if np.hypot(site[0] - disc[0], site[1] - disc[1]) > 1]
    if led:
        ink = [colors[i] for i in led]
        lines = LineCollection([[sites[i], discs[i]] for i in led], colors=ink, linewidths=0.8, zorder=_ORDER - 1)
        axes.add_collection(lines, autolim=False)
        axes.scatter(sites[led][:, 0], sites[led][:, 1], s=2.2**2, c=ink, linewidths=0, zorder=_ORDER - 1)
    rings = ["white" if _dark(color) else _RIM for color in colors]
    size = (points * 1.64) ** 2
    for mark in dict.fromkeys(marks):
        of = [i for i, one in enumerate(marks) if one == mark]
        face, rim = [colors[i] for i in of], [rings[i] for i in of]
        axes.scatter(
            discs[of][:, 0],
            discs[of][:, 1],
            s=size * (_BOXED if mark in "sD" else 1.0),
            marker=mark,
            facecolors=face,
            edgecolors=rim,
            linewidths=0.9,
            zorder=_ORDER,
        )
    for (x, y), (_, _, number, color) in zip(discs, numbered, strict=True):
        axes.annotate(
            number,
            (x, y),
            ha="center",
            va="center_baseline",
            color="white" if _dark(color) else "#3a2a00",
            fontproperties=sized_font(points, number),
            zorder=_ORDER,
        )
