"""What stands around and on a map: title, scale bar, north arrow, graticule, sources and what to beware of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from matplotlib.patheffects import Stroke
from matplotlib.transforms import BboxBase

from briefings.map.fonts import sized_font, width_em
from briefings.map.frame import Frame, bar_m
from briefings.map.grouping import NamedGroup
from briefings.map.lettering import embolden_text, fit_line, wrap_text
from briefings.messages import say

_INK, _SOFT = "#14324a", "#56687a"
_FURNITURE, _LINES = 300.0, 150.0
_LETTER_EM = 1.45  # of a letter above an arrow, with the space around it
_STEPS = tuple(base * 10.0**power for power in range(-4, 2) for base in (1, 2, 5))


_BAR, _BAR_EMS = (0.2, 0.45), 4.0  # of a map's width, that its bar takes, of a narrow one's; ems its two ends take
_BAR_MARGIN = 0.025  # of a map's width, between its edge and its bar
_BAR_LOW = 0.03, 0.012, 0.045, 0.075  # of a map's height, below its bar; the last where words stand there
_BAR_PLACES = (0.0, 1.0, 0.5, 0.25, 0.75)  # of the lower edge, the usual one first
_BETWEEN = " · "  # facts of a line
_TITLED = 3.2  # of the letters' height: what a title and the line below it take


def draw_title(
    figure: Figure, box: tuple[float, float, float, float], head: str, under: str, *, points: float
) -> None:
    """Write the title and the line below it into a box (left, bottom, width, height of the figure).

    Where both find no room, the title stands alone; in a high box both go on in further lines.

    Parameters
    ----------
    figure
        The sheet.
    box
        Left, bottom, width, height as parts of the sheet.
    head, under
        The title and the line below it.
    points
        Height of the title's letters.
    """
    left, bottom, width, height = box
    inches = width * float(figure.get_size_inches()[0])
    place: dict[str, Any] = {"transform": figure.transFigure, "ha": "left", "va": "center"}
    high = height * float(figure.get_size_inches()[1]) * 72
    lines = [(head, 0.62, min(points * 1.9, high / 2.1), _INK, "title"), (under, 0.18, points, _SOFT, "subtitle")]
    if high > 2 * _TITLED * points:
        _draw_heads(figure, box, lines)
        return
    if high < _TITLED * points:
        lines = [(head, 0.5, min(points * 1.9, high / 1.4), _INK, "title")]
    for text, at, size, color, name in lines:
        for line in fit_line(text, inches * 72 / size):
            letters = sized_font(size, line)
            made = figure.text(
                left, bottom + height * at, line, fontproperties=letters, color=color, gid=name, **place
            )
            if name == "title":
                embolden_text(made)


def _draw_heads(
    figure: Figure,
    box: tuple[float, float, float, float],
    heads: Sequence[tuple[str, float, float, str, str]],
) -> None:
    """Write heads from the top of a box, each in as many lines as it needs, until there is no room."""
    left, bottom, width, height = box
    inches, high = map(float, figure.get_size_inches())
    y = bottom + height
    for text, _, size, color, name in heads:
        row = size * 1.35 / 72 / high
        for line in fit_line(text, width * inches * 72 / size, lines=max(int((y - bottom) / row), 1)):
            y -= row
            letters = sized_font(size, line)
            made = figure.text(
                left, y + row * 0.3, line, fontproperties=letters, color=color, gid=name, va="baseline"
            )
            if name == "title":
                embolden_text(made)
        y -= row * 0.3


def draw_footer(
    figure: Figure,
    box: tuple[float, float, float, float],
    lines: list[str],
    *,
    points: float,
    least: float = 4.5,
    low: bool = False,
) -> None:
    """Write the lines under a map into a box, smaller when they find no room; the first and last are never cut.

    Parameters
    ----------
    figure
        The sheet.
    box
        Left, bottom, width, height as parts of the sheet.
    lines
        One paragraph each.
    points
        Height of the letters where there is room.
    least
        Height they do not go below.
    low
        Whether they stand on the box's lower edge, not below its upper one.
    """
    left, bottom, width, height = box
    inches_wide, inches_high = map(float, figure.get_size_inches())
    while True:
        ems, row = width * inches_wide * 72 / points, points * 1.3 / 72 / inches_high
        broken = _foot_lines(lines, ems, int(height / row))
        if points <= least or not any(line.endswith("…") for line in broken):
            break
        points *= 0.92
    row = min(row, height / max(len(broken), 1))
    top = bottom + row * len(broken) if low else bottom + height
    for i, line in enumerate(broken):
        figure.text(
            left,
            top - (i + 0.5) * row,
            line,
            fontproperties=sized_font(points, line),
            color=_SOFT,
            va="center",
            gid=f"source-{i + 1}",
        )


def _foot_lines(lines: Sequence[str], ems: float, most: int) -> list[str]:
    """Return paragraphs as so many lines at most, one each at least: the first and last are cut last."""
    broken = [wrap_text(line, ems) for line in lines[:-1]] + [_fact_lines(line, ems) for line in lines[-1:]]
    counts = [max(len(parts), 1) for parts in broken]
    over = sum(counts) - most
    for at in sorted(range(len(lines)), key=lambda at: (at == 0, at == len(lines) - 1)):
        less = min(max(over, 0), counts[at] - 1)
        counts[at], over = counts[at] - less, over - less
    return [
        part
        for line, parts, count in zip(lines, broken, counts, strict=True)
        for part in (parts if len(parts) <= count else fit_line(line, ems, lines=count))
    ]


def _fact_lines(line: str, ems: float) -> list[str]:
    """Return a line of facts in lines of a width, each fact in one where it finds room.

    Examples
    --------
    >>> _fact_lines("图号：01 · 审图号：内部工作用图", 12)
    ['图号：01', '审图号：内部工作用图']
    """
    out = list[str]()
    for fact in line.split(_BETWEEN):
        longer = f"{out[-1]}{_BETWEEN}{fact}" if out else fact
        if out and width_em(longer) <= ems:
            out[-1] = longer
        else:
            out += wrap_text(fact, ems)
    return out


def scale_bar(
    axes: Axes,
    frame: Frame,
    *,
    points: float,
    blocks: Sequence[shapely.Geometry] = (),
    taken: Sequence[BboxBase] = (),
) -> list[Any]:
    """Draw a bar whose length is a round number of metres on the ground, on the ellipsoid; returns its parts.

    It stands at the lower edge: in the west, or where it lies on no block's edge and on no block.

    Parameters
    ----------
    axes, frame
        Where it is drawn, and the ground it shows.
    points
        Size of its letters.
    blocks
        The plan's blocks in the frame, in its plane.
    taken
        Boxes in pixels where it does not stand.
    """
    west, south, east, north = frame.bounds
    points_wide = axes.get_window_extent().width / axes.figure.dpi * 72
    length = bar_m(frame, share=_BAR[int(points_wide * _BAR[0] < _BAR_EMS * points)])
    long = length / frame.ground_per_metre
    thick = (north - south) * 0.006
    said = f"{length:g} m" if length < 1000 else f"{length / 1000:g} km"
    em = points / points_wide * (east - west)
    x, y = _bar_place(axes, frame, (long, thick * 1.8 + em * 1.2, em * width_em(said) / 2), blocks, taken)
    made: list[Any] = []
    with NamedGroup(axes, "scale-bar", _FURNITURE):
        for i in range(4):
            part = Rectangle(
                (x + long * i / 4, y),
                long / 4,
                thick,
                facecolor=_INK if i % 2 == 0 else "white",
                edgecolor=_INK,
                lw=0.8,
                zorder=_FURNITURE,
            )
            made.append(axes.add_patch(part))
        told, bar = width_em(f"0{said}") * points / 2 + 2.0, long / (east - west) * points_wide
        for at, text in ((x, "0"), (x + long, said))[int(bar < told) :]:  # the nought only where it has room
            made += _haloed(axes, (at, y + thick * 1.8), text, _Lettering(points, _INK, "center", "bottom"))
    return made


def _bar_place(
    axes: Axes,
    frame: Frame,
    bar: tuple[float, float, float],
    blocks: Sequence[shapely.Geometry],
    taken: Sequence[BboxBase],
) -> tuple[float, float]:
    """Return where a bar begins: at the first place along the lower edge where it covers the least.

    Parameters
    ----------
    axes, frame
        Where it is drawn, and the ground it shows.
    bar
        Its length, its height with its words, and half of what the last of them take, in the plane.
    blocks, taken
        As for ``scale_bar``.
    """
    (west, south, east, north), (long, high, words) = frame.bounds, bar
    first = west + (east - west) * _BAR_MARGIN
    last = east - max((east - west) * _BAR_MARGIN, words) - long
    along = [first + share * max(last - first, 0.0) for share in _BAR_PLACES]
    places = [(x, south + (north - south) * low) for x in along for low in _BAR_LOW]
    pixels = axes.transData.inverted()
    full = [shapely.box(*pixels.transform(one.get_points()).ravel()) for one in taken]

    def covers(place: tuple[float, float]) -> tuple[bool, bool, bool]:
        x, y = place
        ground = shapely.box(x - (east - west) * _BAR_MARGIN / 2, south, x + long + words, y + high)
        edged = any(shapely.intersects(ground, one) and not shapely.contains(one, ground) for one in blocks)
        bar = shapely.box(x - (east - west) * _BAR_MARGIN / 2, y, x + long + words, y + high)
        return any(map(bar.intersects, full)), edged, any(map(ground.intersects, blocks))

    return min(places, key=covers)


def north_arrow(axes: Axes, frame: Frame, *, points: float, language: str) -> list[Any]:
    """Draw an arrow to true north; meridian convergence turns it. Returns what it took.

    Parameters
    ----------
    axes, frame
        Where it is drawn, and the ground it shows.
    points
        Size of the letters.
    language
        ``zh`` or ``en``.
    """
    _, south, east, north = frame.bounds
    size = (north - south) * 0.05
    inches = axes.get_window_extent().height / axes.figure.dpi
    letter_m = points * 1.1 * _LETTER_EM / 72 / inches * (north - south)
    x, y = east - max(size * 0.9, letter_m * 0.7), north - max(size * 1.5, size * 0.9 + letter_m)
    turn = np.radians(-frame.north_deg)
    shape = np.array([(0, 1), (0.32, -0.5), (0, -0.2), (-0.32, -0.5)]) * size * 0.8
    turned = shape @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    with NamedGroup(axes, "north-arrow", _FURNITURE):
        arrow = Polygon(
            turned + np.array([x, y]), closed=True, facecolor=_INK, edgecolor="white", lw=0.8, zorder=_FURNITURE
        )
        letter = _haloed(
            axes, (x, y + size * 0.9), say("north")[language], _Lettering(points * 1.1, _INK, "center", "bottom")
        )
        return [axes.add_patch(arrow), *letter]


def draw_graticule(axes: Axes, frame: Frame, *, points: float, taken: list[Any]) -> None:
    """Draw meridians and parallels with their degrees, on the edges where there is room.

    Parameters
    ----------
    axes, frame
        Where it is drawn, and the ground it shows.
    points
        Size of the digits.
    taken
        Boxes in pixels that are not to be covered; those of the degrees are added.
    """
    west, south, east, north = frame.lonlat
    east += 360.0 * (east < west)
    step = next((s for s in _STEPS if (east - west) / s <= 7), 50.0)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    with NamedGroup(axes, "graticule", _LINES):
        for axis, (low, high) in enumerate(((west, east), (south, north))):
            for value in np.arange(math.ceil(low / step) * step, high, step):
                along = np.linspace(*((south, north) if axis == 0 else (west, east)), 40)
                fixed = np.full(40, value)
                x, y = frame._to_plane.transform(*((fixed, along) if axis == 0 else (along, fixed)))
                axes.plot(x, y, color="#8a97a5", lw=0.5, alpha=0.7, zorder=_LINES)
                degrees = value - 360.0 * (value > 180.0)
                letter = ("E" if degrees >= 0 else "W") if axis == 0 else ("N" if degrees >= 0 else "S")
                at = (float(x[-1]), frame.bounds[3]) if axis == 0 else (frame.bounds[0], float(y[0]))
                _degrees(axes, at, f"{abs(degrees):.{decimals}f}°{letter}", points * 0.8, taken, below=axis == 0)


def _degrees(
    axes: Axes, at: tuple[float, float], text: str, points: float, taken: list[Any], *, below: bool
) -> None:
    pad = (3.0, -points * 1.1) if below else (3.0, points * 0.35)
    made = _haloed(axes, at, text, _Lettering(points, _SOFT, "left", "baseline", _LINES), by=pad)
    box, room = made[-1].get_window_extent(), axes.get_window_extent()
    inside = room.x0 <= box.x0 and box.x1 <= room.x1 and room.y0 <= box.y0 and box.y1 <= room.y1
    if inside and not any(box.overlaps(other) for other in taken):
        taken.append(box)
        return
    for one in made:
        one.remove()


class _Lettering(NamedTuple):
    points: float
    color: str
    ha: str
    va: str
    order: float = _FURNITURE


def _haloed(
    axes: Axes,
    at: tuple[float, float],
    text: str,
    style: _Lettering,
    *,
    by: tuple[float, float] = (0.0, 0.0),
) -> list[Any]:
    """Write text over its halo: two artists, so that the text stays text in SVG and PDF."""
    return [
        axes.annotate(
            text,
            at,
            xytext=by,
            textcoords="offset points",
            ha=style.ha,
            va=style.va,
            fontproperties=sized_font(style.points, text),
            color=style.color,
            zorder=style.order,
            annotation_clip=False,
            path_effects=effects,
        )
        for effects in ([Stroke(linewidth=2.2, foreground="white", alpha=0.85)], [])
    ]
