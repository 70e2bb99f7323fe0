"""The legend of a picture: the page's own sections and symbols, made to fit the place there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from briefings.map.fonts import sized_font, width_em
from briefings.map.layouts import Box, Layout
from briefings.map.legend_columns import LegendRow, keep_legend_rows, place_legend_rows
from briefings.map.legend_symbols import SWATCH, draw_symbol
from briefings.map.lettering import ELLIPSIS, break_evenly, embolden_text
from briefings.map.tagged_pdf import HEAD
from briefings.messages import say
from geo.text import Text
from layers.plan.style import LegendEntry, LegendSection, Look, mark_unsure

_INK, _SOFT = "#14324a", "#5d6a76"
_SCALES = (1.0, 0.92, 0.85, 0.78, 0.7, 0.62)
_LEAST_EMS = 9.0  # of a column, that a name still reads in
_READS, _READS_OF = 8 / 7, 0.74  # of the least size, and of the usual: letters that read well
_MOST_LINES = 12  # of one name; a longer one says more than a legend can hold, and ends in an ellipsis
_ENDLESS = 200.0  # inches, in which any legend finds room
LOOSE, DENSE, TIGHT = 1.75, 1.4, 1.2  # ems from line to line; denser before smaller; tight on slides alone
_POSITION = {key: say(f"legend_{key}") for key in ("approximate", "locality", "schematic")}
_COLUMN_SHARES = (0.5, 0.45, 0.4, 0.375, 0.35, 0.325, 0.3, 0.25)  # of a legend's column, that insets take


Levels = tuple[tuple[Text, tuple[LegendEntry, ...]], ...]


@dataclass(frozen=True)
class Legend:
    """What a legend says: the layers' sections, how sure positions are, its language, its letters in points.

    ``levels`` are the first levels of a section's classes, by layer: each with the entries below it. A
    ``tight`` one has its lines closer before a class is left to its first level.
    """

    sections: tuple[LegendSection, ...]
    levels: Mapping[str, Levels]
    positions: tuple[str, ...]
    language: str
    points: float
    least: float
    tight: bool = False

    @property
    def scales(self) -> list[float]:
        """How much its letters may shrink, the largest first; never below the least."""
        found = [s for s in _SCALES if s == 1.0 or self.points * s >= self.least - 1e-6]
        least = self.least / self.points
        return [*found, least] if self.tight and least < found[-1] - 1e-6 else found

    @property
    def leadings(self) -> tuple[float, ...]:
        """Ems from line to line, the usual first."""
        return (LOOSE, DENSE, TIGHT) if self.tight else (LOOSE, DENSE)

    @property
    def readable_scales(self) -> list[float]:
        """On a large sheet, those of the scales at which letters are as large as its others."""
        large = self.points * _READS_OF > self.least * _READS
        return [one for one in self.scales if large and self.points * one >= self.readable - 1e-6]

    @property
    def readable(self) -> float:
        """Points of letters that read well; larger ones are no gain."""
        return max(self.least * _READS, self.points * _READS_OF)


@dataclass(frozen=True)
class _Fit:
    """The rows of a legend in columns: size of a letter and of a line in inches, lines and places of each row."""

    rows: list[LegendRow]
    em: float
    row: float
    column: float
    most: int
    columns: int
    written: list[list[str]]
    places: list[tuple[int, int]] | None


def draw_legend(figure: Figure, box: Box, told: Legend, *, columns: int) -> int:
    """Draw the legend in columns of a box, smaller if it must be; returns how many entries found no room.

    Those left out are counted in its last line.

    Parameters
    ----------
    figure
        The sheet.
    box
        Left, bottom, width, height as parts of the sheet.
    told
        What it says.
    columns
        How many columns the box has.
    """
    width, height = figure.get_size_inches()
    axes = figure.add_axes(box, gid="legend")
    axes.set_axis_off()
    inches = (box[2] * width, box[3] * height)
    axes.set_xlim(0, inches[0])
    axes.set_ylim(inches[1], 0)
    fit = _fitted(told, inches, columns)
    rows, written, places = fit.rows, fit.written, fit.places
    left_out = 0
    if places is None:
        note = _lines(_more(len(rows), told.language), fit.em, fit.column)
        kept = keep_legend_rows([len(lines) for lines in written], fit.columns, fit.most, spare=len(note))
        left_out = len(rows) - len(kept)
        rows = [*rows[: len(kept)], _more(left_out, told.language)]
        note = _lines(rows[-1], fit.em, fit.column)
        written, places = [*written[: len(kept)], note], [*kept, (fit.columns - 1, fit.most - len(note))]
    em, size, headed = fit.em, fit.em * 72, any(one.inside for one in rows)
    for number, (one, lines, (at, down)) in enumerate(zip(rows, written, places, strict=True)):
        entries, x, y = one.entries, fit.column * at, fit.row * (down + 0.6)
        indent, large = (em * 3, size) if entries else (0.0, size * 1.05)
        for part, entry in enumerate(entries):
            draw_symbol(axes, entry, x + part * em * SWATCH / len(entries), y, em, part=len(entries))
        color = "#22303c" if entries else _INK
        for line in lines:
            letters = sized_font(large, line)
            made = axes.text(x + indent, y, line, fontproperties=letters, color=color, va="center")
            made.set_label(f"{number}" if entries else f"{HEAD}{number}")
            if not entries or (headed and one.head):  # a layer of one symbol heads itself
                embolden_text(made)
            y += fit.row
    return left_out


def legend_extent(told: Legend, width: float, columns: int) -> tuple[float, float]:
    """Return how wide its widest name and how high all of a legend is, inches, in columns of a width.

    Parameters
    ----------
    told
        What it says.
    width
        Of all columns together, inches.
    columns
        How many.
    """
    fit = _fitted(told, (width, _ENDLESS), columns)
    widest = max(
        (3.0 * bool(one.entries) + width_em(one.text) + 0.9 for one in fit.rows),
        default=0.0,
    )
    widest *= 1.05 * fit.em
    if fit.places is None:
        return widest, _ENDLESS
    ends = (down + len(lines) for (_, down), lines in zip(fit.places, fit.written, strict=True))
    return widest, (max(ends, default=0) + 0.2) * fit.row


def legend_standing(told: Legend, inches: tuple[float, float], columns: int) -> tuple[int, float]:
    """Return how many rows a legend has in a place so wide and high, 0 where some are left out, and its letters.

    Parameters
    ----------
    told
        What it says.
    inches
        Width and height of the place.
    columns
        How many columns it has.
    """
    fit = _fitted(told, inches, columns)
    return (0 if fit.places is None else len(fit.rows)), fit.em * 72


def is_whole(told: Legend, inches: tuple[float, float], columns: int, *, few: bool = False) -> bool:
    """Whether a legend stands in a place so wide and high with all its rows, and no word of them is cut.

    Parameters
    ----------
    told, inches, columns
        As for ``legend_standing``.
    few
        Whether first levels of classes alone are enough.
    """
    fit = _fitted(told, inches, columns)
    least = len(told_rows(told, few=few))
    return fit.places is not None and len(fit.rows) >= least and not _is_cut(fit.rows, fit.written)


def grouped_rows(told: Legend) -> list[LegendRow]:
    """Return the rows of a legend, classes below their first levels."""
    return legend_rows(told.sections, told.positions, told.language, levels=told.levels)


def told_rows(told: Legend, *, few: bool) -> list[LegendRow]:
    """Return the rows of a legend, those of its classes under their first levels or (``few``) those alone."""
    levels = told.levels if few else None
    return legend_rows(told.sections, told.positions, told.language, levels=levels, few=few)


def broken_names(told: Legend, inches: tuple[float, float], columns: int) -> int:
    """Return how many names of a legend go on in a second line in a place so wide and high.

    Parameters
    ----------
    told, inches, columns
        As for ``legend_standing``.
    """
    return sum(len(lines) > 1 for lines in _fitted(told, inches, columns).written)


def legend_beside_insets(
    inches: tuple[float, float], layout: Layout, told: Legend, reads: Callable[[Box], bool]
) -> tuple[Layout, Box] | None:
    """Return a layout whose legend leaves room for insets, and that room: the largest that cuts no entry.

    None where beside the smallest insets entries would be left out.

    Parameters
    ----------
    inches
        Width and height of the sheet.
    layout, told
        Where things stand without insets, and what the legend says.
    reads
        Whether insets in a place are large enough to read; of equal legends one beside such insets is the better.
    """
    width, height = inches
    shares = _COLUMN_SHARES if layout.columns == 1 else (0.34, 0.3, 0.26)
    tried = []
    for share in shares:
        rest, place = layout.with_inset(share)
        fit = _fitted(told, (rest.legend[2] * width, rest.legend[3] * height), rest.columns)
        if fit.places is not None and (not told.tight or _is_usual(told, fit, rest.columns)):
            # all classes before a larger inset
            read = min(fit.em, told.readable / 72)  # letters larger than that take no room from the insets
            tried.append((len(fit.rows), reads(place), fit.columns == rest.columns, read, rest, place))
    if not tried:
        return None
    *_, rest, place = max(tried, key=lambda one: one[:4])
    return rest, place


def _fitted(told: Legend, inches: tuple[float, float], columns: int) -> _Fit:
    """Return the rows of a legend in its place: in as few columns and as large letters as find room."""
    grouped = grouped_rows(told)
    plain = legend_rows(told.sections, told.positions, told.language)
    few = legend_rows(told.sections, told.positions, told.language, levels=told.levels, few=True)
    fit: _Fit | None = None
    usual, close = told.leadings, (TIGHT,)  # lines are closer before classes lose their first levels
    told_ways = (
        [(grouped, usual), (grouped, close), (plain, usual), (few, usual)] if told.levels else [(plain, usual)]
    )
    ways = (
        (rows, scale, line, wide)
        for rows, leadings in told_ways
        for scales in (told.readable_scales, told.scales)
        for broken in (False, True)  # before a name goes on in a second line, letters are a little smaller
        for scale, line, wide in _tries(scales, leadings, columns, broken=broken)
        if broken or _unbroken(rows, told.points * scale / 72, inches[0] / wide)
    )
    known = dict[tuple[int, float, float], list[list[str]]]()  # lines of the same letters, however close
    for rows, scale, line, wide in ways:
        em, column = told.points * scale / 72, inches[0] / wide
        if wide > columns and column < _LEAST_EMS * em:
            continue
        row = em * line
        most = max(int(inches[1] / row), 1)
        if (key := (id(rows), em, column)) not in known:
            known[key] = [_lines(one, em, column) for one in rows]
        written = known[key]
        places = place_legend_rows(rows, [len(lines) for lines in written], wide, most)
        one = _Fit(rows, em, row, column, most, wide, written, places)
        if places is not None and not _is_cut(rows, written):
            return one
        if fit is None or fit.places is None:  # a word that no column holds is cut, before rows are left out
            fit = one
    assert fit is not None
    return fit


def _is_usual(told: Legend, fit: _Fit, columns: int) -> bool:
    """Whether a slide's legend stands as it would without insets: all its classes, its columns and lines."""
    whole = len(fit.rows) >= len(told_rows(told, few=False))
    return whole and fit.columns == columns and fit.row >= DENSE * fit.em - 1e-9


def _is_cut(rows: Sequence[LegendRow], written: Sequence[Sequence[str]]) -> bool:
    """Whether a word of some rows is cut in its lines."""
    return any(
        line.endswith(ELLIPSIS) and ELLIPSIS not in row.text
        for row, lines in zip(rows, written, strict=True)
        for line in lines
    )


def _tries(
    scales: Sequence[float], leadings: Sequence[float], columns: int, *, broken: bool
) -> list[tuple[float, float, int]]:
    """Return letters, lines and columns to try, the best first; names that break do so in few wide columns.

    Parameters
    ----------
    scales, leadings
        Of the letters, and ems from line to line.
    columns
        How many there are as a rule.
    broken
        Whether names may break.
    """
    found = [(scale, line, wide) for scale in scales for line in leadings for wide in (columns, columns + 1)]
    return sorted(found, key=lambda one: one[2]) if broken else found


def _unbroken(rows: Sequence[LegendRow], em: float, column: float) -> bool:
    return all(len(_lines(row, em, column)) == 1 for row in rows)


def _lines(row: LegendRow, em: float, column: float) -> list[str]:
    """Return the lines a row takes in a column, em and column in inches: a long name goes on in the next line."""
    indent, large = (em * 3, em) if row.entries else (0.0, em * 1.05)
    return break_evenly(row.text, max((column - indent) / large - 0.7, 1.0), lines=_MOST_LINES) or [""]


def _more(count: int, language: str) -> LegendRow:
    return LegendRow((), say("legend_more", count=count)[language])


def legend_rows(
    sections: Sequence[LegendSection],
    positions: Sequence[str],
    language: str,
    *,
    levels: Mapping[str, Levels] | None = None,
    few: bool = False,
) -> list[LegendRow]:
    """Return what the legend says, line by line: a head has no symbol.

    Parameters
    ----------
    sections
        One a layer, in reading order.
    positions
        How sure positions are.
    language
        ``zh`` or ``en``.
    levels
        First levels of classes by layer: each heads the classes below it.
    few
        First levels alone, each with its first colour and how many classes it holds.
    """
    rows: list[LegendRow] = []
    for section in sections:
        only = section.entries[0] if len(section.entries) == 1 else None
        mark = say("legend_illustrative")[language] if section.illustrative else ""
        label = section.label[language]
        mark = "" if mark.strip(" ()（）") in label else mark
        if only is not None:
            rows.append(LegendRow((only,), label + mark, head=True))
            continue
        rows.append(LegendRow((), label + mark))
        known = (levels or {}).get(section.layer, ())
        for name, below in known:
            lone = few or len(below) == 1
            many = say("legend_classes", count=len(below))[language] if lone and len(below) > 1 else ""
            alone = lone and not few  # a first level without others below it is no part of the one before
            rows.append(LegendRow(below[:1] if lone else (), name[language] + many, inside=few, head=alone))
            rows += [] if lone else [LegendRow((one,), one.label[language], inside=True) for one in below]
        told = {id(one) for _, below in known for one in below}
        rows += [
            LegendRow((entry,), entry.label[language], inside=True)
            for entry in section.entries
            if id(entry) not in told
        ]
    return [*rows, *position_rows(positions, language)]


def position_rows(positions: Sequence[str], language: str) -> list[LegendRow]:
    """Return what the legend says of how sure positions are: a head, then symbols with their words."""
    shown = [p for p in positions if p in _POSITION]
    plain = Look("#37474f", 2, 1, "#90a4ae", 0.5)
    rows: list[LegendRow] = [
        LegendRow(
            (LegendEntry(mark_unsure(plain, p, "polygon"), "polygon", _POSITION[p]),), _POSITION[p][language], True
        )
        for p in shown
    ]
    return [LegendRow((), say("legend_positions")[language]), *rows] if rows else []
