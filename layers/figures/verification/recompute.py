"""Published figures recomputed: by our engine on the present data, and by another that shares no code with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from geo.errors import PlanAtlasError
from geo.text import Text
from layers.figures.answer import answer
from layers.figures.figure import FigureShelf
from layers.figures.functions.entry import Cell
from layers.figures.inputs import drawn_of, gather
from layers.figures.verification.second_engine import recomputed, recounted
from layers.figures.verification.sql import Duck, Geos, engine
from layers.library.library import Library
from layers.plan.statistics import restored

TOLERANCE, ARCS = 1e-6, 5e-4  # relative; the second where a buffer's arcs take part


@dataclass(frozen=True)
class Verified:
    """One published figure beside both recomputations.

    ``state`` is same, data changed, drift, not compared (no second value), or not computable (any more).
    """

    figure: str
    label: Text
    published: float | None
    ours: float | None
    second: float | None
    engine: str
    state: str
    note: str = ""


def verify(library: Library, shelf: FigureShelf, *, software: str) -> list[Verified]:
    """Recompute every published figure.

    Parameters
    ----------
    library
        The open plan as it is now.
    shelf
        The published figures.
    software
        Version of the software, for the recomputed figures.
    """
    other = engine()
    return [_verified(library, shelf.read(key), other, software) for key in shelf.ids()]


def _verified(library: Library, told: Mapping[str, Any], other: Duck | Geos, software: str) -> Verified:
    statistic = restored(told["statistic"])
    drawn = drawn_of(told)
    try:
        now = answer(library, _quiet, statistic, software=software, drawn=drawn, restricted=True)
        gathered = gather(library, statistic.inputs, drawn=drawn, restricted=True)
    except PlanAtlasError as error:
        return Verified(
            told["id"],
            statistic.label,
            told["value"],
            None,
            None,
            other.name,
            "not computable",
            error.message("en"),
        )
    second, cells, note = None, {}, ""
    if now.state == "computed":
        second = recomputed(statistic, gathered, other)
        cells = recounted(statistic, gathered, other)
        note = f"{len(cells)} rows too" if cells else ""
        note = note if second is not None or cells else "no value"
    changed = [u["version"] for u in told["layers"]] != [u.version for u in now.layers]
    name = "plain sums" if statistic.function in ("count", "ratio") else other.name
    limit = ARCS if statistic.function in ("coverage", "band") else TOLERANCE
    rows = orjson.loads(orjson.dumps(now.rows))
    odd = _apart(now.value, second, limit) or any(_apart(_cell(rows, key), cells[key], limit) for key in cells)
    if changed:
        state = "drift" if odd else "data changed"
    elif odd or not _equal(told["value"], now.value) or not _equal(told["rows"], rows):
        state = "drift"
    else:
        state = "same" if second is not None or cells or now.value is None else "not compared"
    return Verified(told["id"], statistic.label, told["value"], now.value, second, name, state, note)


def _quiet(_done: float, _total: float) -> None:
    """Take no note of progress: verifying counts figures."""


def _apart(one: float | None, other: float | None, limit: float) -> bool:
    if one is None or other is None:
        return False
    return abs(one - other) > limit * max(abs(one), abs(other), 1e-9)


def _cell(rows: list[dict[str, Any]], key: Cell) -> float | None:
    """Return the one cell a key names; None where no row, or more than one, answers to it."""
    found = [row[key.column] for row in rows if all(_word(row.get(c)) == word for c, word in key.named)]
    return found[0] if len(found) == 1 else None


def _word(value: Any) -> str:  # noqa: ANN401 - a cell
    return str(value["zh"] if isinstance(value, dict) else value)


def _equal(published: Any, now: Any) -> bool:  # noqa: ANN401 - values and rows of JSON
    """Whether what was published is what is computed now, numbers to the tolerance."""
    if isinstance(published, dict) and isinstance(now, dict):
        return published.keys() == now.keys() and all(_equal(published[key], now[key]) for key in now)
    if isinstance(published, list) and isinstance(now, list):
        return len(published) == len(now) and all(_equal(*pair) for pair in zip(published, now, strict=True))
    if isinstance(published, int | float) and isinstance(now, int | float):
        return not _apart(published, now, TOLERANCE)
    return bool(published == now)
