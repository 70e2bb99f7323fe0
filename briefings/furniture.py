"""What stands around a map: title, legend, scale bar, north arrow, graticule, sources and what to beware of."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from briefings.fonts import drawable, font
from briefings.frame import Frame
from layers.declare import Text
from layers.symbols import LegendEntry, LegendSection, Look, marked

_INK, _SOFT = "#14324a", "#56687a"
_POSITION = {
    "approximate": ("位置近似", "approximate position"),
    "locality": ("仅知所在地", "locality only"),
    "schematic": ("示意位置", "schematic position"),
}


def wrapped(text: str, ems: float) -> list[str]:
    """Break text into lines of a width in ems; a Chinese character is one em, others about half.

    Examples
    --------
    >>> wrapped("来源：规划第二章", 4)
    ['来源：规', '划第二章']
    """
    lines, line, used = [], "", 0.0
    for word in _words(text):
        width = sum(_ems(c) for c in word)
        if line and used + width > ems:
            lines.append(line.rstrip())
            line, used = "", 0.0
        line, used = line + word, used + width
    return [*lines, line.rstrip()] if line.strip() else lines


def _words(text: str) -> list[str]:
    words: list[str] = []
    for c in text:
        joins = words and _ems(c) < 1 and _ems(words[-1][-1]) < 1 and words[-1][-1] != " "
        if joins:
            words[-1] += c
        else:
            words.append(c)
    return words


def _ems(character: str) -> float:
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.56


def title(figure: Figure, box: tuple[float, float, float, float], head: str, under: str, *, points: float) -> None:
    """Write the title and the line below it into a box (left, bottom, width, height of the figure)."""
    left, bottom, _, height = box
    place: dict[str, Any] = {"transform": figure.transFigure, "ha": "left", "va": "center"}
    figure.text(
        left,
        bottom + height * 0.62,
        drawable(head),
        fontproperties=font(points * 1.9),
        color=_INK,
        gid="title",
        **place,
    )
    figure.text(
        left,
        bottom + height * 0.18,
        drawable(under, longest=120),
        fontproperties=font(points),
        color=_SOFT,
        **place,
    )


def scale_bar(axes: Axes, frame: Frame, *, points: float) -> None:
    """Draw a bar whose length is a round number of metres on the ground, along the ellipsoid."""
    west, south, east, north = frame.bounds
    ground = (east - west) * frame.ground_per_metre
    length = _round_down(ground / 5)
    long = length / frame.ground_per_metre
    x, y, thick = west + (east - west) * 0.025, south + (north - south) * 0.03, (north - south) * 0.006
    for i in range(4):
        part = Rectangle(
            (x + long * i / 4, y),
            long / 4,
            thick,
            facecolor="#14324a" if i % 2 == 0 else "white",
            edgecolor=_INK,
            lw=0.8,
            zorder=300,
        )
        part.set_gid("scale-bar")
        axes.add_patch(part)
    said = f"{length:g} m" if length < 1000 else f"{length / 1000:g} km"
    for at, text in ((x, "0"), (x + long, said)):
        axes.text(
            at,
            y + thick * 1.8,
            text,
            ha="center",
            va="bottom",
            fontproperties=font(points),
            color=_INK,
            zorder=300,
        )


def _round_down(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return float(max(step for step in (1, 2, 5) if step * power <= value) * power)


def north_arrow(axes: Axes, frame: Frame, *, points: float) -> None:
    """Draw an arrow to true north; meridian convergence turns it."""
    _, south, east, north = frame.bounds
    size = (north - south) * 0.05
    x, y = east - size * 0.9, north - size * 1.5
    turn = np.radians(-frame.north_deg)
    shape = np.array([(0, 1), (0.32, -0.5), (0, -0.2), (-0.32, -0.5)]) * size * 0.8
    turned = shape @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    axes.add_patch(
        Polygon(
            turned + np.array([x, y]),
            closed=True,
            facecolor=_INK,
            edgecolor="white",
            lw=0.8,
            zorder=300,
            gid="north-arrow",
        )
    )
    axes.text(
        x, y + size * 0.9, "N", ha="center", va="bottom", fontproperties=font(points * 1.1), color=_INK, zorder=300
    )


def graticule(axes: Axes, frame: Frame, *, points: float) -> None:
    """Draw meridians and parallels with their degrees."""
    west, south, east, north = frame.lonlat
    step = next((s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5) if (east - west) / s <= 7), 10.0)
    for axis, (low, high) in enumerate(((west, east), (south, north))):
        for value in np.arange(math.ceil(low / step) * step, high, step):
            along = np.linspace(*((south, north) if axis == 0 else (west, east)), 40)
            fixed = np.full(40, value)
            x, y = frame._to_plane.transform(*((fixed, along) if axis == 0 else (along, fixed)))
            axes.plot(x, y, color="#8a97a5", lw=0.5, alpha=0.7, zorder=150, gid="graticule")
            letter = "E" if axis == 0 else "N"
            at = (float(np.mean(x)), frame.bounds[1]) if axis == 0 else (frame.bounds[0], float(np.mean(y)))
            axes.text(
                *at,
                f"{value:.2f}°{letter}",
                fontproperties=font(points * 0.8),
                color=_SOFT,
                zorder=301,
                ha="left",
                va="bottom",
            )


def legend(
    figure: Figure,
    box: tuple[float, float, float, float],
    sections: Sequence[LegendSection],
    positions: Sequence[str],
    *,
    language: str,
    points: float,
    columns: int,
) -> int:
    """Draw the legend in columns of a box; returns how many entries found no room (they are counted in it)."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes(box)
    axes.set_axis_off()
    inches = (box[2] * width, box[3] * height)
    axes.set_xlim(0, inches[0])
    axes.set_ylim(inches[1], 0)
    em = points / 72
    row, column = em * 1.75, inches[0] / columns
    rows = _legend_rows(sections, positions, language)
    room = int(inches[1] / row) * columns
    left_out = max(len(rows) - room, 0)
    if left_out:
        rows = rows[: room - 1]
        more = (
            f"另有 {left_out + 1} 项，见网页图例"
            if language == "zh"
            else f"{left_out + 1} more: see the web legend"
        )
        rows.append((None, more))
    per_column = max(int(inches[1] / row), 1)
    for i, (entry, text) in enumerate(rows):
        x, y = column * (i // per_column), row * (i % per_column + 0.6)
        if entry is None:
            axes.text(
                x,
                y,
                _fitting(text, column, points * 1.05),
                fontproperties=font(points * 1.05),
                color=_INK,
                va="center",
            )
            continue
        _symbol(axes, entry, x, y, em)
        axes.text(
            x + points / 72 * 3,
            y,
            _fitting(text, column - em * 3, points),
            fontproperties=font(points),
            color="#22303c",
            va="center",
        )
    return left_out


def _fitting(text: str, inches: float, points: float) -> str:
    lines = wrapped(drawable(text, longest=60), max(inches * 72 / points - 0.5, 2))
    return lines[0] + ("…" if len(lines) > 1 else "") if lines else ""


def _legend_rows(
    sections: Sequence[LegendSection], positions: Sequence[str], language: str
) -> list[tuple[LegendEntry | None, str]]:
    rows: list[tuple[LegendEntry | None, str]] = []
    for section in sections:
        only = section.entries[0] if len(section.entries) == 1 else None
        mark = {"zh": "（示意）", "en": " (illustrative)"}[language] if section.illustrative else ""
        label = section.label[language]
        mark = "" if mark.strip(" ()（）") in label else mark
        if only is not None:
            rows.append((only, label + mark))
            continue
        rows.append((None, label + mark))
        rows += [(entry, entry.label[language]) for entry in section.entries]
    return rows + position_rows(positions, language)


def position_rows(positions: Sequence[str], language: str) -> list[tuple[LegendEntry | None, str]]:
    """Return what the legend says of how sure positions are: a head, then symbols with their words."""
    shown = [p for p in positions if p in _POSITION]
    plain = Look("#37474f", 2, 1, "#90a4ae", 0.5)
    rows: list[tuple[LegendEntry | None, str]] = [
        (LegendEntry(marked(plain, p), "polygon", Text(*_POSITION[p])), Text(*_POSITION[p])[language])
        for p in shown
    ]
    return [(None, "位置可靠程度" if language == "zh" else "How sure the position is"), *rows] if rows else []


def _symbol(axes: Axes, entry: LegendEntry, x: float, y: float, em: float) -> None:
    look = entry.look
    style: Any = (0, tuple(d * 0.6 for d in look.dash)) if look.dash else "-"
    width = min(look.width, 4) * 0.6
    if entry.kind == "line":
        axes.plot([x + em * 0.2, x + em * 2.3], [y, y], color=look.color, lw=min(look.width, 4) * 0.8, ls=style)
    elif entry.kind == "point":
        axes.plot(
            [x + em * 1.25], [y], "o", ms=em * 72 * 0.75, mfc=look.fill or look.color, mec=look.color, mew=width
        )
    else:
        face = "none" if look.fill is None else (look.fill, look.fill_opacity)
        axes.add_patch(
            Rectangle(
                (x + em * 0.2, y - em * 0.5),
                em * 2.1,
                em,
                facecolor=face,
                edgecolor=look.color,
                lw=width,
                ls=style,
            )
        )
