"""What moved since the last time as a table: a row a number with before, after, difference and cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from briefings.map.fonts import drawable
from briefings.messages import say
from briefings.resolve.blocks import Table
from briefings.resolve.changes import cause_words, gap_words, visible
from briefings.resolve.computing import shown_figure
from briefings.resolve.declaration import Number
from layers.figures.causes import causes_of
from layers.figures.difference import NotComparable, difference
from layers.figures.figure import Figure, FigureShelf
from layers.library.library import Library
from layers.units import measured

_MOST_ROWS = 60  # of one figure; a table of thousands moved as a whole, and the figure's page has the rest
_Row = tuple[str, str, str, str, str]


def moves_of(
    figures: Sequence[Figure],
    before: Mapping[str, Number],
    language: str,
    *,
    library: Library,
    shelf: FigureShelf | None,
    day: str = "",
) -> Table | None:
    """Return every number that moved since an earlier run; None where there was no earlier run.

    Parameters
    ----------
    figures
        As they are now.
    before
        The numbers of the earlier run, by statistic.
    language
        ``zh`` or ``en``.
    library
        The open plan.
    shelf
        Where the earlier figures and their data are kept; without it only the values can be compared.
    day
        Of the earlier data, where it was chosen.

    Returns
    -------
    Table or None
        Number, before, now, difference, cause; one row saying so where nothing moved.
    """
    known = [figure for figure in figures if figure.statistic.id in before]
    if not known:
        return None
    rows = [
        row
        for figure in known
        for row in _rows(figure, before[figure.statistic.id], language, library=library, shelf=shelf)
    ]
    heads = tuple(say(f"moves_{key}")[language] for key in ("number", "before", "after", "gap", "cause"))
    if day:
        heads = (heads[0], heads[1] + say("in_brackets", text=day)[language], *heads[2:])
    if not rows:
        rows = [(say("moves_none")[language], "", "", "", "")]
    return Table(heads, tuple(rows), (False, True, True, True, False))


def _rows(
    figure: Figure, old: Number, language: str, *, library: Library, shelf: FigureShelf | None
) -> Iterator[_Row]:
    if old.figure == figure.id:
        return
    name, now = figure.statistic.label[language], shown_figure(figure)[language]
    was = old.shown[language]
    unit, decimals = figure.unit or figure.statistic.unit, figure.statistic.decimals
    change = None if old.value is None or figure.value is None else figure.value - old.value
    gap = gap_words(change, unit, decimals, language) if change is not None else ""
    if shelf is None or not shelf.holds(old.figure):
        if was != now:
            yield _told(name, was, now, gap, say("moves_unknown")[language])
        return
    told = shelf.read(old.figure), orjson.loads(orjson.dumps(figure.plain()))
    try:
        found = difference(*told)
    except NotComparable:
        if was != now:
            yield _told(name, was, now, gap, say("moves_unknown")[language])
        return
    cells = [cell for row in found["rows"] for cell in _cells(row, found["columns"], language)]
    cause = " ".join(cause_words(one, language) for one in causes_of(library, shelf, *told))
    if was != now or cells:
        yield _told(name, was, now, gap if was != now else "", cause)
    for label, *shown in cells[:_MOST_ROWS]:
        yield _told(f"{name} · {label}", *shown, "")
    if len(cells) > _MOST_ROWS:
        yield _told(say("legend_more", count=len(cells) - _MOST_ROWS)[language], "", "", "", "")


def _told(*texts: str) -> _Row:
    name, was, now, gap, cause = (drawable(text, longest=300) for text in texts)
    return name, was, now, gap, cause


def _cells(row: Mapping[str, Any], columns: Sequence[Mapping[str, Any]], language: str) -> Iterator[list[str]]:
    """Yield each number of a row that moved: its name, before, after, difference."""
    words = [row.get(column["id"]) for column in columns if column["decimals"] is None]
    name = " · ".join(str(w[language] if isinstance(w, dict) else w) for w in words if w not in (None, ""))
    for column in columns:
        if column["decimals"] is None:
            continue
        cell, unit, decimals = row[column["id"]], column["unit"], column["decimals"]
        was, now, change = cell["before"], cell["after"], cell["change"]
        if row["state"] == "kept" and (was == now or not visible(was, now, change)):
            continue
        state = "" if row["state"] == "kept" else say(f"row_{row['state']}")[language]
        shown = [measured(one, unit, decimals)[language] for one in (was, now)]
        gap = "" if change is None else gap_words(change, unit, decimals, language)
        yield [f"{name}{state} {column['label'][language]}", *shown, gap]
