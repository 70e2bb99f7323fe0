"""A figure's table, chart and notes as plain texts and numbers, for every format alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from briefings.map.fonts import drawable_text, width_em
from briefings.messages import say
from briefings.resolve.blocks import BriefingSection, Chart, Table
from geo.text import number_text
from layers.exports.cells import harmless_cell
from layers.figures.figure import Figure
from layers.figures.presentation import Bar, Shown, rest_bar
from layers.plan.catalog import LandClass
from layers.plan.palettes import calm_color

_CELL = 240  # letters of a cell: names cut to the same would be one
_MOST_ROWS = 20  # of a table among the sections on paper
NO_VALUE = ("", "\u2014")  # what a cell says that has none
_UNIT = re.compile(r"[（(][^（）()]*[)）]")
_MEASURED = re.compile(
    r"(?<=[\d%]) (?=[^\W\d_])|(?<=\b[A-Z]{3}) (?=\d)|(?<=[<>≤≥≈]) (?=\d)"
)  # by a number: unit, currency, sign


def shown_table(shown: Shown) -> Table:
    """Return the table as the figure shows it; sums stand out."""
    return Table(
        tuple(map(drawable_text, shown.heads)),
        tuple(tuple(drawable_text(cell, longest=_CELL) for cell in row.cells) for row in shown.rows),
        shown.numeric,
        tuple(i for i, row in enumerate(shown.rows) if row.kind in ("total", "of_which")),
    )


def chart_of(
    shown: Shown,
    language: str,
    *,
    classes: Mapping[str, Sequence[LandClass]] | None = None,
    rest: Bar | None = None,
) -> Chart | None:
    """Return the chart the figure shows, or None; where its bars are land-use classes they have their colours.

    Parameters
    ----------
    shown
        The figure.
    language
        ``zh`` or ``en``.
    classes
        Of all schemes.
    rest
        What the chart leaves out, as one bar.
    """
    told = shown.chart
    if told is None:
        return None
    known = {one.name[language]: calm_color(one.color) for scheme in (classes or {}).values() for one in scheme}
    bars = (*told.bars, rest) if rest is not None else told.bars
    colors = tuple(known.get(bar.label.rpartition(" · ")[2], "") for bar in bars)
    classed = all(color for color, bar in zip(colors, bars, strict=True) if bar.kind == "part")
    return Chart(
        told.form,
        drawable_text(told.name),
        tuple(drawable_text(bar.label, longest=48) for bar in bars),
        tuple(bar.value for bar in bars),
        told.decimals,
        told.target,
        say("target_required")[language] if told.target is not None else "",
        texts=tuple(bar.text for bar in bars),
        left=told.left,
        colors=colors if classed and any(colors) else (),
        rest=rest is not None,
    )


def figure_chart(
    figure: Figure, shown: Shown, language: str, classes: Mapping[str, Sequence[LandClass]]
) -> Chart | None:
    """Return a figure's chart, with what it leaves out, and what each bar is of the whole where the table says it.

    Parameters
    ----------
    figure, shown
        The figure, and how it is shown.
    language
        ``zh`` or ``en``.
    classes
        Of all schemes.
    """
    rest, how = rest_bar(figure, language), figure.presentation
    chart = chart_of(shown, language, classes=classes, rest=rest)
    shares = [one for at in how.drawn if isinstance(one := figure.rows[at].get("share"), int | float)]
    if chart is None or how.chart == "share" or len(shares) < len(how.drawn):
        return chart
    told = tuple(f"{number_text(one, 2)}%" for one in shares)
    return replace(chart, shares=(*told, "") if rest is not None else told)


def group_rows(table: Table) -> Table:
    """Return a table whose repeated first column has become rows that head the others.

    Tables whose first column seldom repeats, or is a number, stay as they are.

    Examples
    --------
    >>> flat = Table(("Zone", "Class", "ha"), tuple(("A", c, "1") for c in "xyz"), (False, False, True))
    >>> group_rows(flat).heads, group_rows(flat).rows[0], group_rows(flat).groups
    (('Class', 'ha'), ('A', ''), (0,))
    """
    keys = [row[0] for row in table.rows]
    starts = [i for i, key in enumerate(keys) if i == 0 or keys[i - 1] != key]
    if len(table.heads) < _GROUPED or table.numeric[0] or len(keys) < _REPEATS * len(starts):
        return table
    rows, groups, strong = list[tuple[str, ...]](), list[int](), list[int]()
    for i, row in enumerate(table.rows):
        if i in starts:
            groups.append(len(rows))
            rows.append((row[0], *[""] * (len(row) - 2)))
        strong += [len(rows)] * (i in table.strong)
        rows.append(row[1:])
    return Table(table.heads[1:], tuple(rows), table.numeric[1:], tuple(strong), tuple(groups))


def without_empty_columns(table: Table) -> tuple[Table, tuple[str, ...]]:
    """Return a list without the columns in which no row has a value, and their heads; the first one stays.

    Examples
    --------
    >>> listed = Table(("Name", "Built", "ha"), (("A", "—", "1"), ("B", "", "—")), (False, False, True))
    >>> without_empty_columns(listed)[0].heads, without_empty_columns(listed)[1]
    (('Name', 'ha'), ('Built',))
    """
    rows = [row for i, row in enumerate(table.rows) if i not in table.groups]
    empty = {c for c in range(1, len(table.heads)) if rows and all(row[c] in NO_VALUE for row in rows)}
    if not empty:
        return table, ()
    kept = [c for c in range(len(table.heads)) if c not in empty]
    made = replace(
        table,
        heads=tuple(table.heads[c] for c in kept),
        rows=tuple(tuple(row[c] for c in kept) for row in table.rows),
        numeric=tuple(table.numeric[c] for c in kept),
    )
    return made, tuple(table.heads[c] for c in sorted(empty))


def stands_late(table: Table, section: BriefingSection) -> bool:
    """Return whether a table on paper stands at the end: a long one whose chart says the same in its section."""
    return len(table.rows) > _MOST_ROWS and section.drawn is not None


def unbroken_number(text: str) -> str:
    """Return a number that no program breaks: no place to break before its unit.

    Examples
    --------
    >>> unbroken_number("124,292.7 ha") == "124,292.7\N{NO-BREAK SPACE}ha"
    True
    """
    return text.replace(" ", "\u00a0")


def unbroken_amounts(text: str) -> str:
    """Return words in which no number stands apart from its unit or measure word.

    Examples
    --------
    >>> unbroken_amounts("53 个项目，≥ 28 类").count("\N{NO-BREAK SPACE}"), unbroken_amounts("in A, B")
    (3, 'in A, B')
    """
    return _MEASURED.sub("\u00a0", text)


def unbroken_head(text: str) -> str:
    """Return a heading that breaks between its words, but not within its unit in brackets.

    Examples
    --------
    >>> unbroken_head("Sum (× 10,000)") == "Sum (×\N{NO-BREAK SPACE}10,000)"
    True
    """
    return _UNIT.sub(lambda found: unbroken_number(found[0]), text)


def inert_label(text: str) -> str:
    """Return a label that the workbook behind a chart cannot take for a formula."""
    return str(harmless_cell(text))


def kept_rows(table: Table, *, noted: bool) -> set[int]:
    """Return the rows that stay with the next one, the head being 0: no few rows stand alone on a page.

    Parameters
    ----------
    table
        Grouped.
    noted
        Whether notes follow that are to stand with its end.

    Examples
    --------
    >>> few = Table(("a",), (("x",),) * 4, (False,))
    >>> sorted(kept_rows(few, noted=False)), sorted(kept_rows(few, noted=True))
    ([0, 1, 2, 3], [0, 1, 2, 3, 4])
    """
    count = len(table.rows)
    if count <= _TOGETHER:
        return set(range(count + noted))
    heads = [*(i + 1 for i in table.groups), count + 1]
    if heads[0] != 1:
        heads.insert(0, 1)
    kept = {0}
    for first, after in pairwise(heads):
        begins = first + (first - 1 in table.groups)  # the first row that is no heading
        kept |= set(range(first, min(begins + _FEWEST - 1, after - 1)))
        kept |= set(range(max(after - _FEWEST, begins), after - 1))
        if table.beside > 1 or after - begins <= 2 * _FEWEST - 1:  # columns of a folded one are read on one page
            kept |= set(range(first, after - 1))
    return kept | ({count} if noted else set())


def column_shares(table: Table, *, ems: float = 90.0) -> list[float]:
    """Return how a table's width is shared among its columns: numbers what their longest needs, texts the rest.

    Parameters
    ----------
    table
        Headings and rows of texts.
    ems
        How many letters of full width the table is wide.
    """
    needs, least = _column_ems(table)
    wishes = [
        max(min(max(need, width_em(head) + 2.0), _MOST_EMS) - low, 0.0)
        for need, low, head in zip(needs, least, table.heads, strict=True)
    ]
    spare = max(ems - sum(least), 0.0)
    wide = [low + spare * wish / (sum(wishes) or 1.0) for low, wish in zip(least, wishes, strict=True)]
    return [one / sum(wide) for one in wide]


def table_ems(table: Table) -> tuple[float, float]:
    """Return how wide a table must be for its numbers not to break, and how wide it gets by its texts (ems)."""
    needs, least = _column_ems(table)
    longest = [max(need, width_em(head) + 2.0) for need, head in zip(needs, table.heads, strict=True)]
    return sum(least), sum(longest)


def _column_ems(table: Table) -> tuple[list[float], list[float]]:
    """Return what each column's longest cell takes, and the least width: a text may break, a number may not."""
    rows = [row for i, row in enumerate(table.rows) if i not in table.groups]
    needs = [max((cell_ems(row[c]) for row in rows), default=_SIDES_EMS) for c in range(len(table.heads))]
    words = [max(map(cell_ems, unbroken_head(head).split(" ")), default=_SIDES_EMS) for head in table.heads]
    caps = [_TEXT_EMS if any(map(_breaks, head)) else _WORD_EMS for head in table.heads]
    least = [
        max(need, min(word, cap)) if numeric else min(need, max(_TEXT_EMS, min(whole, _LONG_WORD_EMS)))
        for need, word, whole, cap, numeric in zip(
            needs, words, _unbroken_ems(table, rows), caps, table.numeric, strict=True
        )
    ]
    return _alike(needs, table), _alike(least, table)


def _alike(ems: Sequence[float], table: Table) -> list[float]:
    """Return the widths of columns, alike where a folded table has them again, with a gap before."""
    each, gap = len(table.heads) // table.beside, GAP_EMS * (table.beside > 1)
    return [max(ems[c % each :: each]) + gap * (c % each == 0) for c in range(len(table.heads))]


def begins_again(table: Table, column: int) -> bool:
    """Return whether a folded table's columns begin again: a gap is left there."""
    return column > 0 and table.beside > 1 and column % (len(table.heads) // table.beside) == 0


def cell_ems(text: str) -> float:
    """Return how wide a cell is with a text in one line, in other fonts than ours too: Latin letters differ."""
    chinese = sum(map(_breaks, text))
    return width_em(text) * _LATIN_WIDER - chinese * (_LATIN_WIDER - _CHINESE_WIDER) + _SIDES_EMS


def _unbroken_ems(table: Table, rows: Sequence[Sequence[str]]) -> list[float]:
    """Return how wide the longest word of each column is that no line breaks: a code, a name of letters."""
    return [
        max(
            (cell_ems(word) for row in rows for word in row[c].split() if not any(map(_breaks, word))),
            default=0.0,
        )
        for c in range(len(table.heads))
    ]


def _breaks(character: str) -> bool:
    """Whether a line may end after a character: after Chinese ones."""
    return unicodedata.east_asian_width(character) in "WF"


GAP_EMS = 2.0  # between the columns of a folded table that are the same again
_FEWEST = 3  # rows of a table, or of a group of one, that stand together at its ends
_TOGETHER = 12  # rows of a table that is not spread over two pages
_GROUPED, _REPEATS = 3, 3  # columns a table has at least, and rows a key has on average, to be grouped
_LATIN_WIDER, _CHINESE_WIDER, _SIDES_EMS = 1.15, 1.02, 1.9  # of letters in other fonts; both sides of a cell
_TEXT_EMS, _MOST_EMS, _WORD_EMS, _LONG_WORD_EMS = 5.0, 24.0, 9.0, 14.0
