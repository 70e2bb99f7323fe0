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
from types import MappingProxyType
from typing import Any, TypeVar, cast

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Integers, Ints, Shapes, fold_columns
from geo.measure.known import WORTH, Known, LayerFacts, RowValues, forget_entry, note_part, noted_part
from geo.measure.object_rows import ObjectRows, object_numbers
from geo.measure.overlapping import find_overlapping, still_overlapping
from geo.measure.shelf import LASTING, Arrays, Shelf, pack_fact, unpack_fact
from geo.measure.starlike import find_validity
from geo.measure.stored_shapes import StoredShapes, as_if_made, is_stored
from geo.parallel import row_blocks

KEPT = 24  # layers whose facts are kept at most
BLOCK = 5_000  # what is computed of their vertices stays in the processor's cache
MADE = 16_000  # stored shapes made at a time
ALONE = ("valid", "box", "kind")  # facts that a shape has whatever the others are
BY_ROW = ("valid", "box", "kind", "measures", "areas")  # facts that every shape has for itself
MOVED = "edges"  # the shapes themselves in other coordinates, which are put there too
NOTHING: Mapping[str, object] = MappingProxyType({})
_Fact = TypeVar("_Fact")


class _Facts:
    """The facts of one array, each found when first asked for."""

    def __init__(self, shapes: Shapes, shelf: Shelf | None = None, *, seen: str = "") -> None:
        self.shelf = shelf
        self.seen = seen  # how the shapes were seen: as stored, where their edges are straight, or mended
        self.shapes: Shapes
        self.rows: StoredShapes | ObjectRows
        if is_stored(shapes):
            self.rows = shapes.twin()
            self.shapes = as_if_made(self.rows)
        else:
            self.shapes = shapes.copy()  # holds the objects, so that no other can take their place in memory
            self.rows = ObjectRows(object_numbers(self.shapes))
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
            return cast("_Fact", cast("RowValues", known)[was.rows])
        else:
            made = pack_fact(cast("RowValues", known)[was.rows])
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
                self._found[name] = found = self._find(name, find) if taken is None else taken
                self._put_up(name, found)
            return cast("_Fact", self._found[name])  # a name is always found the same way

    def _find(self, name: str, find: Callable[[Shapes], _Fact]) -> _Fact:
        """Find a fact; of stored shapes what each has for itself is found block by block, and none is held."""
        if name not in ALONE or not is_stored(self.shapes) or not len(self.shapes):
            return find(self.shapes)
        parts = [find(self.shapes[part]) for part in row_blocks(len(self.shapes), size=MADE)]
        return cast("_Fact", np.concatenate(cast("list[Floats]", parts)))

    def _put_up(self, name: str, found: Any) -> None:  # noqa: ANN401 - any fact
        """Put a fact on the shelf."""
        kind = name.split(" ", maxsplit=1)[0]
        if self.shelf is None:
            return
        if kind == MOVED:
            parts = row_blocks(len(self.shapes), size=BLOCK)
            self.shelf.write_shapes(self.seen + name, len(self.shapes), (found[part] for part in parts))
            self._taken_down(name)  # from now on they stay there
        elif kind in LASTING:
            self.shelf.write(self.seen + name, len(self.shapes), pack_fact(found))


@dataclass(frozen=True)
class _Before:
    """The layer another one was: its facts, which of its rows each row of the other is, and what ``changed``.

    Of rows that changed -1; where ``rows`` is None, every other one is the same. ``whole`` tells that every digit
    has to be as if found anew: areas depend a little on the layer's extent. ``anew`` is what was found of the
    changed rows already, in their order.
    """

    facts: LayerFacts
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
_LOCK = threading.Lock()


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
    if is_stored(shapes) and shapes.rows is not None:
        if found is None:  # what is found of some rows is found of their layer
            remember(as_if_made(shapes.layer))
        return
    _keep(shapes, _Facts(shapes, shelf, seen=seen))


def _keep(shapes: Shapes, facts: _Facts) -> None:
    key = id(shapes)
    with _LOCK:
        while len(_KEPT) >= KEPT:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[key] = (weakref.ref(shapes, forget_entry(_KEPT, key)), facts)


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
    if mine is None or mine.rows is not None or mine.facts is known.facts:
        return
    if isinstance(mine.facts, _Facts):
        mine.facts.follow(_Before(known.facts, rows, np.flatnonzero(rows < 0), whole=True, anew=NOTHING))


def some_of(shapes: Shapes, rows: Ints) -> Shapes:
    """Return some rows, none twice, of an array of shapes; what is known of it need not be looked for in them."""
    found = known_facts(shapes) if len(rows) >= WORTH else None
    return shapes[rows] if found is None else found.part(rows, shapes)


def known_facts(shapes: Shapes, name: str = "") -> Known | None:
    """Return what is kept of these shapes, whichever array they were remembered in.

    Where several hold them, the one that has the fact ``name`` already, else the smallest.
    """
    if len(shapes) == 0 or not _KEPT:
        return None
    if is_stored(shapes):
        return _known_stored(shapes, name)
    objects, best = object_numbers(shapes), None
    part = noted_part(shapes)
    if part is not None and part.holds(objects):
        return part
    own = _own_facts(shapes)
    if own is not None and (not name or own.follows or own.found(name)):
        mine = Known(own, None)
        if mine.holds(objects):
            return mine
    for _, facts in sorted(_KEPT.values(), key=lambda kept: len(kept[1].shapes)):
        if best is not None and not facts.found(name):
            continue
        rows = facts.rows.find(objects)
        if rows is not None:
            same = len(rows) == len(facts.shapes) and bool((rows == np.arange(len(rows))).all())
            best = Known(facts, None if same else rows, shapes.copy() if is_stored(facts.shapes) else None)
            if facts.found(name):
                return best
    return best


def _known_stored(shapes: StoredShapes, name: str) -> Known | None:
    """Return what is kept of the layer stored shapes are of, or of the larger one that has the fact already."""
    every = (kept[1] for kept in tuple(_KEPT.values()))
    own = next((one for one in every if isinstance(one.rows, StoredShapes) and one.rows.shares(shapes)), None)
    known = None if own is None else _of_selection(shapes, own)
    if own is not None and (shapes.within is None or not name or own.follows or own.found(name)):
        return known
    larger = None if shapes.within is None else _known_stored(shapes.within[0], name)
    if shapes.within is None or larger is None or (known is not None and not larger.facts.found(name)):
        return known
    rows = shapes.within[1] if shapes.rows is None else shapes.within[1][shapes.rows]
    return Known(larger.facts, rows if larger.rows is None else larger.rows[rows])


def _of_selection(shapes: StoredShapes, facts: _Facts) -> Known:
    """Return what is known of stored shapes, given the facts of all of them; it goes when they go."""
    if shapes.rows is None:
        return Known(facts, None)
    part = noted_part(as_if_made(shapes))
    if part is not None and part.facts is facts:
        return part
    known = Known(facts, shapes.rows)
    note_part(as_if_made(shapes), known)
    return known


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
    if found is None:
        return find(shapes)
    if not (found.much or found.facts.found("overlaps")):
        return found.taken("overlaps", lambda: find(shapes))
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
