"""What moved since a briefing was last made: every number, row and sentence, by how much, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from briefings.map.fonts import drawable
from briefings.messages import say
from briefings.resolve.computing import shown_figure
from briefings.resolve.declaration import Number
from layers.figures.causes import Cause, causes_of
from layers.figures.difference import NotComparable, difference
from layers.figures.figure import Figure, FigureShelf
from layers.library.library import Library
from layers.units import measured

_NAMED = 12  # features named; the others are counted
_LEAST = 1e-12  # relative: what is less is the last digit of another machine


def moved(figure: Figure, before: Mapping[str, Number], language: str) -> str:
    """Return how a number moved since an earlier run: "was 23.41 ha on 2026-06-03, now 23.57 ha"."""
    old, now = before.get(figure.statistic.id), shown_figure(figure)[language]
    if old is None or old.shown[language] == now:
        return ""
    day, was = drawable(old.computed_at[:10]), drawable(old.shown[language])
    name = drawable(figure.statistic.label[language])
    return say("moved_value", name=name, day=day, was=was, now=now)[language]


def told_changes(
    figure: Figure, before: Mapping[str, Number], language: str, *, library: Library, shelf: FigureShelf | None
) -> tuple[str, ...]:
    """Return all that moved in a figure since an earlier run, as lines.

    Parameters
    ----------
    figure
        As it is now.
    before
        The numbers of the earlier run, by statistic.
    language
        ``zh`` or ``en``.
    library
        The open plan.
    shelf
        Where the earlier figure and its data are kept; without it only the value can be compared.

    Returns
    -------
    tuple
        The value before, after and by how much; each row that moved, cell by cell; the sentence, if it is
        another; and the cause: layers, versions, features.
    """
    old = before.get(figure.statistic.id)
    head = moved(figure, before, language)
    if old is None or old.figure == figure.id or shelf is None or not shelf.holds(old.figure):
        return (head,) if head else ()
    was, now = shelf.read(old.figure), orjson.loads(orjson.dumps(figure.plain()))
    try:
        found = difference(was, now)
    except NotComparable:
        return (head,) if head else ()
    rows = [line for row in found["rows"] if (line := _row(row, found["columns"], language))]
    sentence = was["sentence"][language], now["sentence"][language]
    if not (head or rows or sentence[0] != sentence[1]):
        return ()
    name = figure.statistic.label[language]
    lines = [_head(found, figure, head, language)]
    lines += [say("moved_row", name=name, row=row)[language] for row in rows]
    if sentence[0] != sentence[1]:
        lines.append(say("moved_sentence", was=sentence[0], now=sentence[1])[language])
    lines += [cause_words(cause, language) for cause in causes_of(library, shelf, was, now)]
    return tuple(drawable(line, longest=600) for line in lines)


def _head(found: Mapping[str, Any], figure: Figure, head: str, language: str) -> str:
    """Return the value's line, with the difference; where it is shown as before, that too."""
    change = found["value"]["change"]
    if not head:
        name, shown = figure.statistic.label[language], shown_figure(figure)[language]
        return say("moved_table", name=name, shown=shown)[language]
    if change is None:
        return head
    gap = gap_words(change, figure.unit or figure.statistic.unit, figure.statistic.decimals, language)
    return f"{head}{say('in_brackets', text=gap)[language]}"


def gap_words(change: float, unit: str, decimals: int, language: str) -> str:
    """Return a change in its unit with its sign; a change of a share is in percentage points.

    Parameters
    ----------
    change
        After less before, in the unit.
    unit
        Of the numbers.
    decimals
        How many are shown.
    language
        ``zh`` or ``en``.
    """
    text = measured(abs(change), "pp" if unit == "%" else unit, decimals)[language]
    return f"{'+' if change > 0 else '−'}{text}"


def _row(row: Mapping[str, Any], columns: list[Mapping[str, Any]], language: str) -> str:
    """Return a row's cells that moved; empty when none did."""
    cells = []
    for column in columns:
        if column["decimals"] is None:
            continue
        cell = row[column["id"]]
        was, now, change = cell["before"], cell["after"], cell["change"]
        if row["state"] == "kept" and (was == now or not visible(was, now, change)):
            continue
        unit, decimals = column["unit"], column["decimals"]
        first, second = (measured(one, unit, decimals)[language] for one in (was, now))
        gap = ""
        if change is not None:
            gap = say("in_brackets", text=gap_words(change, unit, decimals, language))[language]
        cells.append(f"{column['label'][language]} {first} → {second}{gap}")
    if not cells:
        return ""
    words = [row.get(column["id"]) for column in columns if column["decimals"] is None]
    name = " · ".join(str(w[language] if isinstance(w, dict) else w) for w in words if w not in (None, ""))
    state = "" if row["state"] == "kept" else say(f"row_{row['state']}")[language]
    return say("moved_row", name=f"{name}{state}", row=say("semicolon")[language].join(cells))[language]


def visible(was: float | None, now: float | None, change: float | None) -> bool:
    """Return whether a change is more than the last digit of another machine."""
    return change is None or abs(change) > _LEAST * max(abs(was or 0.0), abs(now or 0.0))


def cause_words(cause: Cause, language: str) -> str:
    """Return a cause in words: the layer, its versions, the features that differ."""
    layer, versions = cause.layer[language], f"{cause.before[:8]} → {cause.after[:8]}"
    if not cause.known:
        return say("cause_forgotten", layer=layer, versions=versions)[language]
    parts = list(_counted(cause, language))
    told = say("semicolon")[language].join(parts) or say("cause_none")[language]
    return say("cause", layer=layer, versions=versions, told=told)[language]


def _counted(cause: Cause, language: str) -> Iterator[str]:
    fields = ", ".join(cause.fields)
    for what in ("changed", "added", "removed"):
        ids: tuple[str, ...] = getattr(cause, what)
        if ids:
            count, more = len(ids), len(ids) - _NAMED
            names = say("comma")[language].join(ids[:_NAMED])
            rest = "" if more <= 0 else say("and_more", count=count, more=more)[language]
            said = say(f"features_{what}", fields=fields)
            moved = say("features_moved", said=said, count=count, names=names, rest=rest, s="s" * (count != 1))
            yield moved[language]
