"""What moved since a briefing was last made: every number, row and sentence, by how much, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import orjson

from briefings.map.fonts import drawable_text
from briefings.messages import say
from briefings.resolve.computing import shown_figure
from briefings.resolve.declaration import Number
from layers.figures.causes import Cause, causes_of
from layers.figures.difference import NotComparable, figure_difference
from layers.figures.figure import Figure, FigureShelf
from layers.library.library import Library
from layers.units import measured_text

_NAMED = 12  # features named; the others are counted
_LEAST = 1e-12  # relative: what is less is the last digit of another machine


def moved_text(figure: Figure, before: Mapping[str, Number], language: str) -> str:
    """Return how a number moved since an earlier run: "was 23.41 ha on 2026-06-03, now 23.57 ha"."""
    old, now = before.get(figure.statistic.id), shown_figure(figure)[language]
    if old is None or old.shown[language] == now:
        return ""
    day, was = drawable_text(old.computed_at[:10]), drawable_text(old.shown[language])
    name = drawable_text(figure.statistic.label[language])
    return say("moved_value", name=name, day=day, was=was, now=now)[language]


@dataclass(frozen=True)
class CellMoved:
    """A number of a row that moved, as it is shown; ``gap`` is empty where there is no difference to give."""

    row: str
    column: str
    was: str
    now: str
    gap: str


@dataclass(frozen=True)
class FigureMoved:
    """What moved in a figure since an earlier run, as it is shown; what did not is empty.

    ``head`` says value, day and difference in a sentence. ``sentence`` is the figure's before and now.
    ``compared`` is False where the earlier figure is gone, so that only its value could be compared.
    """

    name: str
    was: str
    now: str
    gap: str
    head: str
    cells: tuple[CellMoved, ...] = ()
    sentence: tuple[str, str] | None = None
    causes: tuple[str, ...] = ()
    compared: bool = True


def figure_moved(
    figure: Figure, before: Mapping[str, Number], language: str, *, library: Library, shelf: FigureShelf | None
) -> FigureMoved | None:
    """Return all that moved in a figure since an earlier run; None where nothing did, or there was none.

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
    """
    old = before.get(figure.statistic.id)
    if old is None:
        return None
    head, name = moved_text(figure, before, language), figure.statistic.label[language]
    was, now = old.shown[language], shown_figure(figure)[language]
    change = None if old.value is None or figure.value is None else figure.value - old.value
    unit, decimals = figure.unit or figure.statistic.unit, figure.statistic.decimals
    gap = _gap(change, unit, decimals, language) if change and head else ""
    same = old.figure == figure.id
    alone = FigureMoved(name, was, now, gap, head, compared=same) if head else None
    if same or shelf is None or not shelf.holds(old.figure):
        return alone
    told = shelf.read(old.figure), orjson.loads(orjson.dumps(figure.plain()))
    try:
        found = figure_difference(*told)
    except NotComparable:
        return alone
    cells = tuple(cell for row in found["rows"] for cell in _cells(row, found["columns"], language))
    said = told[0]["sentence"][language], told[1]["sentence"][language]
    sentence = said if said[0] != said[1] else None
    if not (head or cells or sentence):
        return None
    causes = tuple(cause_words(cause, language) for cause in causes_of(library, shelf, *told))
    return FigureMoved(name, was, now, gap, head, cells, sentence, causes)


def told_changes(found: FigureMoved, language: str) -> tuple[str, ...]:
    """Return what moved in a figure as lines: its value, each row, its sentence, the cause."""
    if found.head:
        lines = [f"{found.head}{_bracketed(found.gap, language)}"]
    else:
        lines = [say("moved_table", name=found.name, shown=found.now)[language]]
    for name, cells in groupby(found.cells, key=lambda cell: cell.row):
        shown = (f"{one.column} {one.was} → {one.now}{_bracketed(one.gap, language)}" for one in cells)
        row = say("moved_row", name=name, row=say("semicolon")[language].join(shown))[language]
        lines.append(say("moved_row", name=found.name, row=row)[language])
    return tuple(
        drawable_text(line, longest=600) for line in (*lines, *told_sentence(found, language), *found.causes)
    )


def told_sentence(found: FigureMoved, language: str) -> tuple[str, ...]:
    """Return the line that says how a figure's sentence moved; nothing where it did not."""
    if found.sentence is None:
        return ()
    was, now = found.sentence
    return (drawable_text(say("moved_sentence", was=was, now=now)[language], longest=600),)


def _bracketed(text: str, language: str) -> str:
    return say("in_brackets", text=text)[language] if text else ""


def _gap(change: float, unit: str, decimals: int, language: str) -> str:
    """Return a change in its unit with its sign; a change of a share is in percentage points."""
    text = measured_text(abs(change), "pp" if unit == "%" else unit, decimals)[language]
    return f"{'+' if change > 0 else '−'}{text}"


def _cells(row: Mapping[str, Any], columns: Sequence[Mapping[str, Any]], language: str) -> Iterator[CellMoved]:
    """Yield each number of a row that moved."""
    words = [row.get(column["id"]) for column in columns if column["decimals"] is None]
    name = " · ".join(str(w[language] if isinstance(w, dict) else w) for w in words if w not in (None, ""))
    state = "" if row["state"] == "kept" else say(f"row_{row['state']}")[language]
    for column in columns:
        if column["decimals"] is None:
            continue
        cell, unit, decimals = row[column["id"]], column["unit"], column["decimals"]
        was, now, change = cell["before"], cell["after"], cell["change"]
        if row["state"] == "kept" and (was == now or not _visible(was, now, change)):
            continue
        first, second = (measured_text(one, unit, decimals)[language] for one in (was, now))
        gap = "" if change is None else _gap(change, unit, decimals, language)
        yield CellMoved(f"{name}{state}", column["label"][language], first, second, gap)


def _visible(was: float | None, now: float | None, change: float | None) -> bool:
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
