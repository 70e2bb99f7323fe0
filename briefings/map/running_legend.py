"""A legend in running lines, as words run: for a low strip, and for the head of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matplotlib.figure import Figure

from briefings.map.fonts import sized_font, width_em
from briefings.map.layouts import Box
from briefings.map.legend import DENSE, LOOSE, Legend, legend_rows
from briefings.map.legend_columns import LegendRow
from briefings.map.legend_symbols import SWATCH, draw_symbol
from briefings.map.lettering import fit_line
from briefings.map.tagged_pdf import HEAD

_INK, _SOFT = "#22303c", "#5d6a76"


def draw_in_lines(figure: Figure, box: Box, told: Legend) -> bool:
    """Draw the legend in running lines at the top of a box; returns whether they find room, else draws nothing.

    Parameters
    ----------
    figure
        The sheet.
    box
        Left, bottom, width, height as parts of the sheet.
    told
        What it says.
    """
    width, height = (float(one) for one in figure.get_size_inches())
    left, bottom, wide, high = box
    fit = _running(told, (wide * width, high * height))
    if fit is None:
        return False
    smaller, lines, inches = fit
    needed = inches / height
    draw_running(figure, (left, bottom + high - needed, wide, needed), smaller, lines)
    return True


def runs_whole(told: Legend, inches: tuple[float, float]) -> bool:
    """Whether a legend finds room in running lines in a place so wide and high."""
    return _running(told, inches) is not None


def running_inches(told: Legend, width: float) -> float:
    """Return how high a legend is in running lines so wide, inches, in its own letters."""
    return len(running_lines(told, width)) * DENSE * told.points / 72 * (1 + 1e-9)


def _running(
    told: Legend, inches: tuple[float, float]
) -> tuple[Legend, list[list[tuple[LegendRow, float]]], float] | None:
    """Return a legend in the letters that find room, its lines and how high they are, inches; else None."""
    for scale in (*told.scales, min(told.least / told.points, 1.0)):
        smaller = replace(told, points=told.points * scale)
        lines = running_lines(smaller, inches[0])
        for line in (LOOSE, DENSE):
            needed = len(lines) * line * smaller.points / 72
            if needed <= inches[1]:
                return smaller, lines, needed
    return None


def running_lines(told: Legend, width: float) -> list[list[tuple[LegendRow, float]]]:
    """Return a legend as running lines: what stands in each, and where it begins, inches.

    Parameters
    ----------
    told
        What it says; of classes the first levels alone.
    width
        Of a line, inches.
    """
    em = told.points / 72
    lines: list[list[tuple[LegendRow, float]]] = [[]]
    x = 0.0
    found = legend_rows(told.sections, told.positions, told.language, levels=told.levels, few=True)
    room = max(width / em - 3.0, 1.0)  # of a name beside its symbol: one longer than a line ends in an ellipsis
    rows = [one._replace(text="".join(fit_line(one.text, room))) for one in found]
    wides = [(3.0 * bool(one.entries) + width_em(one.text) + (1.2 if one.entries else 0.6)) * em for one in rows]
    for row, wide, following in zip(rows, wides, [*wides[1:], 0.0], strict=True):
        needed = wide + following * (not row.entries)  # a head does not end a line
        if lines[-1] and x + needed > width:
            lines.append([])
            x = 0.0
        lines[-1].append((row, x))
        x += wide
    return lines


def draw_running(
    figure: Figure, box: Box, told: Legend, lines: Sequence[Sequence[tuple[LegendRow, float]]]
) -> None:
    """Draw a legend's running lines.

    Parameters
    ----------
    figure
        The sheet.
    box
        Left, bottom, width, height as parts of the sheet.
    told
        What the legend says.
    lines
        As `running_lines` gave them.
    """
    width, height = figure.get_size_inches()
    axes = figure.add_axes(box, gid="legend")
    axes.set_axis_off()
    axes.set_xlim(0, box[2] * width)
    axes.set_ylim(box[3] * height, 0)
    em, each = told.points / 72, box[3] * height / len(lines)
    for down, line in enumerate(lines):
        y = each * (down + 0.5)
        for (entries, text, *_), x in line:
            for part, entry in enumerate(entries):
                draw_symbol(axes, entry, x + part * em * SWATCH / len(entries), y, em, part=len(entries))
            color, indent = (_INK, em * 2.6) if entries else (_SOFT, 0.0)
            letters = sized_font(told.points, text)
            made = axes.text(x + indent, y, text, fontproperties=letters, color=color, va="center")
            made.set_label(f"{down} {x}" if entries else f"{HEAD}{down} {x}")
