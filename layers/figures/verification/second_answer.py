"""What a second engine answers, and where ours says something else: value by value, row by row."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import orjson

from geo.text import Text
from layers.figures.figure import Figure
from layers.figures.functions import FUNCTIONS
from layers.figures.functions.entry import Cell
from layers.figures.inputs import Gathered
from layers.figures.verification.second_engine import recompute_value, recount_rows
from layers.figures.verification.sql import Duck, Geos
from layers.messages import say
from layers.plan.statistics import Statistic

TOLERANCE, ARCS = 1e-6, 5e-4  # relative, of the second engine; the latter where a buffer's arcs take part
SLIVER = 1e-9  # of the largest number of a column: what two engines may differ by in its smallest cells
SHORT = 1.5e-4  # of a distance: by how much the sides of two engines' arcs fall short of it together


@dataclass(frozen=True)
class SecondAnswer:
    """A second engine's value and cells for a question; ``name`` is empty where it finds none."""

    statistic: Statistic
    gathered: Gathered
    other: Duck | Geos
    value: float | None
    cells: Mapping[Cell, float]

    @classmethod
    def of(cls, statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> SecondAnswer:
        """Ask the second engine."""
        value, cells = recompute_value(statistic, gathered, other), recount_rows(statistic, gathered, other)
        return cls(statistic, gathered, other, value, cells)

    @property
    def name(self) -> str:
        """Which engine it is."""
        return self.other.name if self.value is not None or self.cells else ""

    def differs(self, again: Figure) -> Iterator[Text]:
        """Say where ours is something else."""
        rows: list[dict[str, Any]] = orjson.loads(orjson.dumps(again.rows))
        if self._apart(again.value, None, SLIVER):
            yield say("second_differs", name=self.name, second=f"{self.value!r}", value=f"{again.value!r}")
        largest: dict[str, float] = {}
        for key, value in self.cells.items():
            largest[key.column] = max(largest.get(key.column, 0.0), abs(value))
        for key, value in self.cells.items():
            ours = _cell(rows, key)
            if self._apart(ours, key, SLIVER * largest[key.column]):
                words = " ".join(word for _, word in key.named)
                yield say(
                    "second_differs_row",
                    words=words,
                    column=key.column,
                    name=self.name,
                    value=f"{value!r}",
                    ours=f"{ours!r}",
                )

    def _apart(self, ours: float | None, key: Cell | None, least: float) -> bool:
        """Whether ours is something else; where arcs take part also by more than their sides may fall short."""
        arcs = FUNCTIONS[self.statistic.function].arcs
        if not is_apart(ours, self._number(key), ARCS if arcs else TOLERANCE, least=least):
            return False
        if not arcs or ours is None or math.isnan(ours):
            return True
        ends = [end for one in self._nearer_and_farther if (end := one._number(key)) is not None]
        return not ends or not min(ends) - least <= ours <= max(ends) + least

    def _number(self, key: Cell | None) -> float | None:
        """Return a cell, or the value."""
        return self.value if key is None else self.cells.get(key)

    @cached_property
    def _nearer_and_farther(self) -> tuple[SecondAnswer, ...]:
        """What it answers for distances that much shorter and longer: lines that graze an arc, thin lenses."""
        return tuple(
            SecondAnswer.of(_stretched(self.statistic, by), self.gathered, self.other)
            for by in (1 - SHORT, 1 + SHORT)
        )


def _stretched(statistic: Statistic, by: float) -> Statistic:
    """Return a question with every distance times so much."""
    reach, further = statistic.distance_m, statistic.other_distance_m
    return replace(
        statistic,
        distance_m=None if reach is None else reach * by,
        other_distance_m=None if further is None else further * by,
        size_rules=tuple(replace(one, distance_m=one.distance_m * by) for one in statistic.size_rules),
        radii={kind: metres * by for kind, metres in statistic.radii.items()},
    )


def is_apart(one: float | None, other: float | None, limit: float, *, least: float = 0.0) -> bool:
    """Whether two numbers differ by more than a share of the larger; what is not known differs from nothing.

    Parameters
    ----------
    one, other
        The numbers.
    limit
        The share.
    least
        What they may differ by in any case.
    """
    if one is None or other is None:
        return False
    if math.isnan(one) or math.isnan(other):
        return True  # what is no number agrees with none
    return abs(one - other) > max(least, limit * max(abs(one), abs(other), 1e-9))


def _cell(rows: list[dict[str, Any]], key: Cell) -> float | None:
    """Return the one cell a key names; None where no row, or more than one, answers to it."""
    found = [row[key.column] for row in rows if all(_word(row.get(c)) == word for c, word in key.named)]
    return found[0] if len(found) == 1 else None


def _word(value: object) -> str:
    return str(value["zh"] if isinstance(value, dict) else value)
