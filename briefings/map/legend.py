"""The legend of a picture: the page's own sections and symbols, made to fit the place there is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from briefings.map.fonts import font
from briefings.map.lettering import fit_line
from briefings.messages import say
from layers.plan.style import LegendEntry, LegendSection, Look, marked

_INK = "#14324a"
_SCALES = (1.0, 0.92, 0.85, 0.78, 0.7, 0.62)
_LEAST_POINTS = 4.5
_MOST_LINES = 12  # of one name; a longer one says more than a legend can hold, and ends in an ellipsis
_LOOSE, _DENSE, _DENSE_FROM = 1.75, 1.5, 0.8  # ems from line to line; the smaller the letters, the denser
_POSITION = {key: say(f"legend_{key}") for key in ("approximate", "locality", "schematic")}
Row = tuple[LegendEntry | None, str]


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
    """Draw the legend in columns of a box, smaller if it must be; returns how many entries found no room.

    Those left out are counted in its last line.

    Parameters
    ----------
    figure
        The sheet.
    box
        Left, bottom, width, height as parts of the sheet.
    sections
        What the map shows, one section a layer, in reading order.
    positions
        How sure positions are, among those on the map.
    language
        ``zh`` or ``en``.
    points
        Height of the letters where there is room.
    columns
        How many columns the box has.
    """
    width, height = figure.get_size_inches()
    axes = figure.add_axes(box, gid="legend")
    axes.set_axis_off()
    inches = (box[2] * width, box[3] * height)
    axes.set_xlim(0, inches[0])
    axes.set_ylim(inches[1], 0)
    rows = legend_rows(sections, positions, language)
    places: list[tuple[int, int]] | None = None
    column = inches[0] / columns
    for scale in (s for s in _SCALES if s == 1.0 or points * s >= _LEAST_POINTS):
        em = points * scale / 72
        row = em * (_LOOSE if scale > _DENSE_FROM else _DENSE)
        most = max(int(inches[1] / row), 1)
        written = [_lines(one, em, column) for one in rows]
        places = _placed(rows, [len(lines) for lines in written], columns, most)
        if places is not None:
            break
    left_out = 0
    if places is None:
        kept = _kept([len(lines) for lines in written], columns, most)
        left_out = len(rows) - len(kept)
        rows = [*rows[: len(kept)], (None, say("legend_more", count=left_out)[language])]
        written = [*written[: len(kept)], [rows[-1][1]]]
        places = [*kept, (columns - 1, most - 1)]
    size = em * 72
    for (entry, _), lines, (at, down) in zip(rows, written, places, strict=True):
        x, y = column * at, row * (down + 0.6)
        indent, large = (0.0, size * 1.05) if entry is None else (em * 3, size)
        if entry is not None:
            _symbol(axes, entry, x, y, em)
        color = _INK if entry is None else "#22303c"
        for line in lines:
            axes.text(x + indent, y, line, fontproperties=font(large, line), color=color, va="center")
            y += row
    return left_out


def _lines(row: Row, em: float, column: float) -> list[str]:
    """Return the lines a row takes in a column, em and column in inches: a long name goes on in the next line."""
    entry, text = row
    indent, large = (0.0, em * 1.05) if entry is None else (em * 3, em)
    return fit_line(text, max((column - indent) / large - 0.7, 1.0), lines=_MOST_LINES) or [""]


def _kept(lines: Sequence[int], columns: int, most: int) -> list[tuple[int, int]]:
    """Return column and line of as many rows as find room, the last line of all left free."""
    kept: list[tuple[int, int]] = []
    column = line = 0
    for count in lines:
        if line + count > most - (column == columns - 1):
            column, line = column + 1, 0
        if column == columns or count > most - (column == columns - 1):
            break
        kept.append((column, line))
        line += count
    return kept


def _placed(rows: Sequence[Row], lines: Sequence[int], columns: int, most: int) -> list[tuple[int, int]] | None:
    """Return column and line of each row, columns as even as can be and no head last in one; None without room."""
    for height in range(max(math.ceil(sum(lines) / columns), 1), most + 1):
        places, column, line = [], 0, 0
        for i, ((entry, _), count) in enumerate(zip(rows, lines, strict=True)):
            heads = entry is None and i + 1 < len(rows)
            if line and (line + count > height or (heads and line + count == height)):
                column, line = column + 1, 0
            places.append((column, line))
            line += count
        if column < columns and all(at + count <= height for (_, at), count in zip(places, lines, strict=True)):
            return places
    return None


def legend_rows(sections: Sequence[LegendSection], positions: Sequence[str], language: str) -> list[Row]:
    """Return what the legend says, line by line: a head has no symbol."""
    rows: list[Row] = []
    for section in sections:
        only = section.entries[0] if len(section.entries) == 1 else None
        mark = say("legend_illustrative")[language] if section.illustrative else ""
        label = section.label[language]
        mark = "" if mark.strip(" ()（）") in label else mark
        if only is not None:
            rows.append((only, label + mark))
            continue
        rows.append((None, label + mark))
        rows += [(entry, entry.label[language]) for entry in section.entries]
    return rows + position_rows(positions, language)


def position_rows(positions: Sequence[str], language: str) -> list[Row]:
    """Return what the legend says of how sure positions are: a head, then symbols with their words."""
    shown = [p for p in positions if p in _POSITION]
    plain = Look("#37474f", 2, 1, "#90a4ae", 0.5)
    rows: list[Row] = [
        (LegendEntry(marked(plain, p, "polygon"), "polygon", _POSITION[p]), _POSITION[p][language]) for p in shown
    ]
    return [(None, say("legend_positions")[language]), *rows] if rows else []


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
