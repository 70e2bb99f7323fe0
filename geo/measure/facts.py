"""What is known of a layer's shapes, found once: boxes, validity, areas, which of them overlap.

A shape never changes, so what was found of one holds for as long as it is the same object. Facts are kept with
the array they were found for and go with it; an array that holds other objects, in whole or in part, is another
one: what it shares is taken over, the rest is found anew. So a stale fact cannot be met.

What takes long to find may outlast the process: whoever holds the shapes gives a shelf that holds their facts and
goes with them.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Protocol, TypeVar, cast

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Integers, Ints, Shapes, fold_columns
from geo.measure.object_rows import ObjectRows, object_numbers
from geo.measure.overlapping import find_overlapping, still_overlapping
from geo.measure.shelf import LASTING, Arrays, Shelf, pack_fact, unpack_fact
from geo.measure.starlike import find_validity
from geo.parallel import row_blocks

WORTH = 100  # shapes from which facts are kept
KEPT = 24  # layers whose facts are kept at most
BLOCK = 5_000  # what is computed of their vertices stays in the processor's cache
BY_ROW = ("valid", "box", "kind", "measures", "areas")  # facts that every shape has for itself
MOVED = "edges"  # the shapes themselves in other coordinates, which are put there too
NOTHING: Mapping[str, object] = MappingProxyType({})
_Fact = TypeVar("_Fact")


class _Rows(Protocol):
    def __getitem__(self, rows: Ints, /) -> Any: ...  # noqa: ANN401 - the same again, which no array's stub says


_ByRow = TypeVar("_ByRow", bound=_Rows)


class _Facts:
    """The facts of one array, each found when first asked for."""

    def __init__(self, shapes: Shapes, shelf: Shelf | None = None, *, seen: str = "") -> None:
        self.shelf = shelf
        self.seen = seen  # how the shapes were seen: as stored, where their edges are straight, or mended
        self.shapes = shapes.copy()  # holds the objects, so that no other can take their place in memory
        self.objects = object_numbers(self.shapes)
        self.rows = ObjectRows(self.objects)
        self._found: dict[str, Any] = {}
        self._lock = threading.RLock()
        self._before: _Before | None = None

    def follow(self, before: _Before) -> None:
        """Take what still holds from the layer this one was."""
        self._before = before

    @property
    def follows(self) -> bool:
        """Whether there is a layer this one was: no other one holds more of it."""
        return self._before is not None

    def _taken_over(self, name: str, find: Callable[[Shapes], _Fact]) -> _Fact | None:
        """Return a fact of the layer this one was with what changed found anew; None where it is not known."""
        kind, was = name.split(" ", maxsplit=1)[0], self._before
        if was is None or not was.holds(kind, self.shapes) or not was.facts.found(name):
            return None
        known, changed = was.facts.get(name, find), was.changed
        if was.rows is None:
            made = was.facts.own(name)
        elif kind == "overlaps":
            return cast("_Fact", still_overlapping(cast("Any", known), was.rows, self.shapes))
        elif not len(changed):
            return cast("_Fact", cast("_Rows", known)[was.rows])
        else:
            made = pack_fact(cast("_Rows", known)[was.rows])
        anew = was.anew[name] if name in was.anew else find(self.shapes[changed])
        for array, new in zip(made, pack_fact(anew), strict=True):
            array[changed if len(array) == len(self.shapes) else (slice(None), changed)] = new
        return cast("_Fact", unpack_fact(kind, made))

    def own(self, name: str) -> Arrays:
        """Return what was found as arrays the caller may change; of what a shelf has, only that is copied."""
        held = None
        if self.shelf is not None and name.split(" ", maxsplit=1)[0] in LASTING:
            held = self.shelf.read(self.seen + name, len(self.shapes), own=True)
        return tuple(array.copy() for array in pack_fact(self._found[name])) if held is None else held

    def moved(self, name: str, find: Callable[[Shapes], Shapes]) -> None:
        """Keep what will be found of the shapes in other coordinates, as what was found of the stored ones."""
        shapes = self.get(name, find)
        if self.shelf is not None:
            remember(shapes, self.shelf, seen=name)
        elif self._before is not None and self._before.rows is not None and self._before.facts.found(name):
            old = self._before.facts.get(name, find)
            remember(old, self._before.facts.shelf, seen=name)
            remember_edited(shapes, old, self._before.rows)

    def held(self, name: str) -> bool:
        """Whether a fact is in memory."""
        return name in self._found

    def found(self, name: str) -> bool:
        """Whether a fact was found already, in this process or another one."""
        return name in self._found or self._taken_down(name)

    def _taken_down(self, name: str) -> bool:
        """Take a fact from the shelf; whether it was there."""
        kind, kept = name.split(" ", maxsplit=1)[0], None
        if self.shelf is None:
            return False
        if kind == MOVED:
            kept = self.shelf.read_shapes(self.seen + name, len(self.shapes))
        elif kind in LASTING:
            kept = unpack_fact(kind, self.shelf.read(self.seen + name, len(self.shapes)))
        if kept is not None:
            self._found[name] = kept
        return kept is not None

    def get(self, name: str, find: Callable[[Shapes], _Fact]) -> _Fact:
        """Return a fact, found by ``find`` the first time."""
        with self._lock:
            if not self.found(name):
                taken = self._taken_over(name, find)
                self._found[name] = found = find(self.shapes) if taken is None else taken
                self._put_up(name, found)
            return cast("_Fact", self._found[name])  # a name is always found the same way

    def _put_up(self, name: str, found: Any) -> None:  # noqa: ANN401 - any fact
        """Put a fact on the shelf."""
        kind = name.split(" ", maxsplit=1)[0]
        if self.shelf is None:
            return
        if kind == MOVED:
            parts = row_blocks(len(self.shapes), size=BLOCK)
            self.shelf.write_shapes(self.seen + name, len(self.shapes), (found[part] for part in parts))
        elif kind in LASTING:
            self.shelf.write(self.seen + name, len(self.shapes), pack_fact(found))


@dataclass(frozen=True)
class _Before:
    """The layer another one was: its facts, which of its rows each row of the other is, and what ``changed``.

    Of rows that changed -1; where ``rows`` is None, every other one is the same. ``whole`` tells that every digit
    has to be as if found anew: areas depend a little on the layer's extent. ``anew`` is what was found of the
    changed rows already, in their order.
    """

    facts: _Facts
    rows: Ints | None
    changed: Ints
    whole: bool
    anew: Mapping[str, object]

    def holds(self, kind: str, shapes: Shapes) -> bool:
        """Whether what was found of a kind may be taken over."""
        if kind in ("overlaps", MOVED):
            return self.whole
        if kind in ("measures", "areas") and self.whole:
            return bool((layer_extent(self.facts.shapes) == layer_extent(shapes)).all())
        return kind in BY_ROW


_KEPT: dict[int, tuple[weakref.ref[Shapes], _Facts]] = {}
_PARTS: dict[int, tuple[weakref.ref[Shapes], Known]] = {}  # arrays made by `some_of`
_LOCK = threading.Lock()


def _forgetting(kept: dict[int, Any], key: int) -> Callable[[object], object]:
    """Return what lets go of an entry once its array is gone; our names are gone before, at a process's end."""
    return lambda _gone: kept.pop(key, None)


@dataclass(frozen=True)
class Known:
    """The facts of an array, or of some rows of another that holds the same objects."""

    facts: _Facts
    rows: Ints | None  # None: all, in order

    @property
    def much(self) -> bool:
        """Whether it is worth finding a fact of the whole layer for the rows asked about."""
        return self.rows is None or 2 * len(self.rows) >= len(self.facts.objects)

    @property
    def every(self) -> bool:
        """Whether these are all shapes of the layer, in any order; rows without a shape do not count."""
        if self.rows is None:
            return True
        return len(self.rows) >= self.facts.get("there", lambda every: int((~shapely.is_missing(every)).sum()))

    def part(self, rows: Ints) -> Shapes:
        """Return some rows of the array, none twice; what is known of it need not be looked for in them."""
        whose = rows if self.rows is None else self.rows[rows]
        some: Shapes = self.facts.shapes[whose]
        if len(some) >= WORTH:
            key = id(some)
            _PARTS[key] = (weakref.ref(some, _forgetting(_PARTS, key)), Known(self.facts, whose))
        return some

    @cached_property
    def _mine(self) -> Ints:
        return self.facts.objects if self.rows is None else self.facts.objects[self.rows]

    @cached_property
    def _taken(self) -> dict[str, Any]:
        """What was taken of these rows already; it goes with them."""
        return {}

    def holds(self, objects: Ints) -> bool:
        """Whether these objects are still the ones."""
        return len(self._mine) == len(objects) and bool((self._mine == objects).all())

    def by_row(self, name: str, find: Callable[[Shapes], _ByRow]) -> _ByRow:
        """Return a fact that every row has for itself."""
        if not (self.much or self.facts.found(name)):
            return find(self.facts.shapes[self.rows])
        if self.rows is None:
            return self.facts.get(name, find)
        if name not in self._taken:
            self._taken[name] = self.facts.get(name, find)[self.rows]
        return cast("_ByRow", self._taken[name])


def remember(shapes: Shapes, shelf: Shelf | None = None, *, seen: str = "") -> None:
    """Keep what will be found of an array of shapes for as long as the array lives; on a shelf, for longer.

    Parameters
    ----------
    shapes
        Shape (n,).
    shelf
        Of these shapes.
    seen
        In which coordinates they are here, where the shelf has facts of several.
    """
    if len(shapes) < WORTH:
        return
    found = known_facts(shapes)
    if found is not None and found.much and (shelf is None or found.facts.shelf is not None):
        return
    _keep(shapes, _Facts(shapes, shelf, seen=seen))


def _keep(shapes: Shapes, facts: _Facts) -> None:
    key = id(shapes)
    with _LOCK:
        while len(_KEPT) >= KEPT:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[key] = (weakref.ref(shapes, _forgetting(_KEPT, key)), facts)


def remember_changed(shapes: Shapes, before: Shapes, changed: Ints, anew: Mapping[str, object] = NOTHING) -> None:
    """Keep what will be found of a layer that differs from another, of as many shapes, in some rows only.

    Parameters
    ----------
    shapes, before
        The layer, of which nothing is known yet, and the one it was, both (n,).
    changed
        The rows that differ, (m,), in order and at least one; nothing that is known of them is taken over.
    anew
        What was found of these rows already, by the fact's name.
    """
    if len(shapes) < WORTH:
        return
    known, mine = known_facts(before), _Facts(shapes)
    if known is not None:
        rows = None if known.rows is None else known.rows.copy()
        if rows is not None:
            rows[changed] = -1
        mine.follow(_Before(known.facts, rows, changed, whole=False, anew=anew))
    _keep(shapes, mine)


def remember_edited(shapes: Shapes, before: Shapes, rows: Ints) -> None:
    """Keep what will be found of an edited layer; what was found of the layer before still holds of most of it.

    Parameters
    ----------
    shapes, before
        The layer, (n,), and the one it was, (m,).
    rows
        Which of the m each of the n is, the same object; -1 where it changed or is new, (n,).
    """
    known = known_facts(before)
    if known is None or known.rows is not None or 4 * int((rows < 0).sum()) > len(rows):
        return
    remember(shapes)
    mine = known_facts(shapes)
    if mine is not None and mine.rows is None and mine.facts is not known.facts:
        mine.facts.follow(_Before(known.facts, rows, np.flatnonzero(rows < 0), whole=True, anew=NOTHING))


def some_of(shapes: Shapes, rows: Ints) -> Shapes:
    """Return some rows, none twice, of an array of shapes; what is known of it need not be looked for in them."""
    found = known_facts(shapes) if len(rows) >= WORTH else None
    return shapes[rows] if found is None else found.part(rows)


def known_facts(shapes: Shapes, name: str = "") -> Known | None:
    """Return what is kept of these shapes, whichever array they were remembered in.

    Where several hold them, the one that has the fact ``name`` already, else the smallest.
    """
    if len(shapes) == 0 or not _KEPT:
        return None
    objects, best = object_numbers(shapes), None
    part = _PARTS.get(id(shapes))
    if part is not None and part[0]() is shapes and part[1].holds(objects):
        return part[1]
    own = _own_facts(shapes)
    if own is not None and (not name or own.follows or own.found(name)):
        mine = Known(own, None)
        if mine.holds(objects):
            return mine
    for _, facts in sorted(_KEPT.values(), key=lambda kept: len(kept[1].objects)):
        if best is not None and not facts.found(name):
            continue
        rows = facts.rows.find(objects)
        if rows is not None:
            same = len(rows) == len(facts.objects) and bool((objects == facts.objects).all())
            best = Known(facts, None if same else rows)
            if facts.found(name):
                return best
    return best


def _own_facts(shapes: Shapes) -> _Facts | None:
    """Return what is kept of this very array, or of the one its facts hold."""
    own = _KEPT.get(id(shapes))
    if own is not None and own[0]() is shapes:
        return own[1]
    return next((facts for _, facts in tuple(_KEPT.values()) if facts.shapes is shapes), None)


def shape_boxes(shapes: Shapes) -> Floats:
    """Return west, south, east, north of every shape, ``(n, 4)``; NaN of nothing."""
    found = known_facts(shapes, "box")
    return shapely.bounds(shapes) if found is None else found.by_row("box", shapely.bounds)


def layer_extent(shapes: Shapes) -> Floats:
    """Return west, south, east, north of the whole layer the shapes are of; NaN of nothing."""
    if not len(shapes):
        return np.full(4, np.nan)
    found = known_facts(shapes, "extent")
    if found is None:
        return _around(shapely.bounds(shapes))
    return found.facts.get("extent", lambda every: _around(shape_boxes(every)))


def _around(box: Floats) -> Floats:
    """Return the extent of boxes."""
    return np.append(fold_columns(np.fmin, box)[:2], fold_columns(np.fmax, box)[2:])


def shape_kinds(shapes: Shapes) -> Integers:
    """Return the type of every shape as shapely numbers them."""
    found = known_facts(shapes, "kind")
    return shapely.get_type_id(shapes) if found is None else found.by_row("kind", shapely.get_type_id)


def overlapping_pairs(shapes: Shapes) -> tuple[Ints, Ints]:
    """Return the pairs (i < j) of polygons whose insides meet."""

    def find(every: Shapes) -> tuple[Ints, Ints]:
        return find_overlapping(every, shape_boxes(every))

    found = known_facts(shapes, "overlaps")
    if found is None or not (found.much or found.facts.found("overlaps")):
        return find(shapes)
    left, right = found.facts.get("overlaps", find)
    if found.rows is None or not len(left):
        return left, right
    place = np.argsort(found.rows, kind="stable")
    rows = found.rows[place]
    one, other = (np.minimum(np.searchsorted(rows, side), len(rows) - 1) for side in (left, right))
    both = (rows[one] == left) & (rows[other] == right)
    one, other = place[one[both]], place[other[both]]
    low, high = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort([high, low])
    return low[order], high[order]


def shape_validity(shapes: Shapes) -> Bools:
    """Tell which shapes are valid, in two threads."""
    found = known_facts(shapes, "valid")
    return find_validity(shapes) if found is None else found.by_row("valid", find_validity)
