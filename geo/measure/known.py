"""What is known of an array of shapes: the facts of the layer it is of, and which rows of that it holds."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeVar, cast

from geo.arrays import Ints, Shapes
from geo.measure.object_rows import object_numbers
from geo.measure.shelf import Arrays, Shelf
from geo.measure.stored_shapes import StoredShapes, are_missing, is_stored

WORTH = 100  # shapes from which facts are kept
_Fact = TypeVar("_Fact")


class RowValues(Protocol):
    """A value for every row."""

    def __getitem__(self, rows: Ints, /) -> Any: ...  # noqa: ANN401 - the same again, which no array's stub says


_ByRow = TypeVar("_ByRow", bound=RowValues)


class LayerFacts(Protocol):
    """The facts of one layer's shapes, each found when first asked for."""

    shapes: Shapes
    shelf: Shelf | None
    seen: str

    @property
    def follows(self) -> bool:
        """Whether there is a layer this one was: no other one holds more of it."""

    def get(self, name: str, find: Callable[[Shapes], _Fact]) -> _Fact:
        """Return a fact, found by ``find`` the first time."""

    def found(self, name: str) -> bool:
        """Whether a fact was found already, in this process or another one."""

    def own(self, name: str) -> Arrays:
        """Return what was found as arrays the caller may change."""

    def held(self, name: str) -> bool:
        """Whether a fact is in memory."""

    def moved(self, name: str, find: Callable[[Shapes], Shapes]) -> None:
        """Keep what will be found of the shapes in other coordinates, as what was found of the stored ones."""


@dataclass(frozen=True)
class Known:
    """The facts of an array, or of some rows of another that holds the same objects."""

    facts: LayerFacts
    rows: Ints | None  # None: all, in order
    held: Shapes | None = None  # the objects of an array that was made of some rows

    @property
    def much(self) -> bool:
        """Whether it is worth finding a fact of the whole layer for the rows asked about."""
        return self.rows is None or 2 * len(self.rows) >= len(self.facts.shapes)

    @property
    def every(self) -> bool:
        """Whether these are all shapes of the layer, in any order; rows without a shape do not count."""
        if self.rows is None:
            return True
        return len(self.rows) >= self.facts.get("there", lambda every: int((~are_missing(every)).sum()))

    def part(self, rows: Ints, shapes: Shapes | None = None) -> Shapes:
        """Return some rows of the array, none twice; what is known of it need not be looked for in them.

        Parameters
        ----------
        rows
            Of the array.
        shapes
            The array, where the caller has it: shapes that were made once are not made again.
        """
        whose = rows if self.rows is None else self.rows[rows]
        some: Shapes = self.facts.shapes[whose] if shapes is None else shapes[rows]
        if len(some) >= WORTH:
            note_part(some, Known(self.facts, whose, some.copy()))
        return some

    @cached_property
    def _mine(self) -> Ints:
        if self.held is not None:
            return object_numbers(self.held)
        every = object_numbers(self.facts.shapes)
        return every if self.rows is None else every[self.rows]

    @cached_property
    def _taken(self) -> dict[str, Any]:
        """What was taken of these rows already; it goes with them."""
        return {}

    def taken(self, name: str, find: Callable[[], _ByRow]) -> _ByRow:
        """Return what is found of these rows together, found once for as long as they are held."""
        if name not in self._taken:
            self._taken[name] = find()
        return cast("_ByRow", self._taken[name])

    def holds(self, objects: Ints) -> bool:
        """Whether these objects are still the ones."""
        return len(self._mine) == len(objects) and bool((self._mine == objects).all())

    def by_row(self, name: str, find: Callable[[Shapes], _ByRow]) -> _ByRow:
        """Return a fact that every row has for itself."""
        if self.rows is None:
            return self.facts.get(name, find)
        if name not in self._taken and not (self.much or self.facts.found(name)):
            found = find(self.facts.shapes[self.rows] if self.held is None else self.held)
            if not is_stored(self.facts.shapes):
                return found
            self._taken[name] = found
        if name not in self._taken:
            every: Any = self.facts.get(name, find)  # shapes too, as they were moved
            self._taken[name] = every.take(self.rows) if isinstance(every, StoredShapes) else every[self.rows]
        return cast("_ByRow", self._taken[name])


_PARTS: dict[int, tuple[weakref.ref[Shapes], Known]] = {}  # arrays of some rows of a layer


def forget_entry(kept: dict[int, Any], key: int) -> Callable[[object], object]:
    """Return what lets go of an entry once its array is gone; our names are gone before, at a process's end."""
    return lambda _gone: kept.pop(key, None)


def note_part(some: Shapes, known: Known) -> None:
    """Note whose rows an array holds, for as long as it lives."""
    key = id(some)
    _PARTS[key] = (weakref.ref(some, forget_entry(_PARTS, key)), known)


def noted_part(shapes: Shapes) -> Known | None:
    """Return whose rows this very array holds, where it was noted."""
    part = _PARTS.get(id(shapes))
    return part[1] if part is not None and part[0]() is shapes else None
