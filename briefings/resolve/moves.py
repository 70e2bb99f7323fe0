"""What moved since the last time as a table: a row a number with before, after, difference and cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from briefings.map.fonts import drawable_text
from briefings.messages import say
from briefings.resolve.blocks import Table
from briefings.resolve.changes import FigureMoved

_MOST_ROWS = 60  # of one figure; a table of thousands moved as a whole, and the figure's page has the rest


def moves_of(found: Sequence[FigureMoved], language: str, *, day: str = "") -> Table | None:
    """Return every number that moved since an earlier run; None where none did.

    Parameters
    ----------
    found
        What moved, a figure each.
    language
        ``zh`` or ``en``.
    day
        Of the earlier data, where it was chosen.

    Returns
    -------
    Table or None
        Number, before, now, difference, cause.
    """
    rows = tuple(row for one in found for row in _rows(one, language))
    if not rows:
        return None
    heads = tuple(say(f"moves_{key}")[language] for key in ("number", "before", "after", "gap", "cause"))
    if day:
        heads = (heads[0], heads[1] + say("in_brackets", text=day)[language], *heads[2:])
    return Table(heads, rows, (False, True, True, True, False))


def _rows(found: FigureMoved, language: str) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a figure; one whose sentence alone moved has none, lines say that."""
    cause = " ".join(found.causes) if found.compared else say("moves_unknown")[language]
    if found.head or found.cells:
        yield _row(found.name, found.was, found.now, found.gap, cause)
    for cell in found.cells[:_MOST_ROWS]:
        yield _row(f"{found.name} · {cell.row} {cell.column}", cell.was, cell.now, cell.gap)
    if len(found.cells) > _MOST_ROWS:
        yield _row(say("moves_more", count=len(found.cells) - _MOST_ROWS)[language])


def _row(*texts: str) -> tuple[str, ...]:
    return tuple(drawable_text(text, longest=300) for text in (*texts, *("",) * (5 - len(texts))))
