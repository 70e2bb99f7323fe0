"""Shapes that stay where they are stored, and are made when somebody asks for them.

A question looks at few of a large layer's shapes: boxes, areas and moments found before tell of the others.
Whoever asks for some rows gets those, as an ordinary array; whoever treats it as an array gets all of them, made
once: the same answer, only later.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from typing import Any, Protocol, TypeGuard, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from geopandas.array import GeometryArray
from pyproj import CRS

from geo.arrays import Bools, Ints, Shape, Shapes
from geo.measure.object_rows import ObjectRows, object_numbers
from geo.parallel import row_blocks

BLOCK = 16_000  # made at a time where all are gone through
HELD = 50_000  # shapes: of a layer of no more, what was made once is held as long as the layer is


class ShapeSource(Protocol):
    """Where n shapes are read from; several threads may read at once."""

    @property
    def missing(self) -> Bools:
        """Which rows have no shape, (n,)."""

    def read(self, rows: Ints) -> Shapes:
        """Make the shapes of some rows, in any order."""


class _Lent:
    """Arrays of shapes that were given out and are still held by somebody, and which rows they are."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[weakref.ref[Shapes], Shapes, ObjectRows, Ints]] = {}

    def add(self, shapes: Shapes, rows: Ints) -> None:
        """Note an array; its objects are held as long as it lives, that no other takes their place in memory."""
        key, held, kept = id(shapes), shapes.copy(), self._kept
        gone = weakref.ref(shapes, lambda _gone: kept.pop(key, None))
        kept[key] = (gone, held, ObjectRows(object_numbers(held)), rows)

    def find(self, objects: Ints) -> Ints | None:
        """Return which rows these objects are; None where they were not given out together."""
        for _, _, known, rows in tuple(self._kept.values()):
            at = known.find(objects)
            if at is not None:
                return rows[at]
        return None


class _Layer:
    """What all selections of one layer's shapes share."""

    def __init__(self, source: ShapeSource, count: int) -> None:
        self.source, self.count = source, count
        self.lent = _Lent()
        self.lock = threading.Lock()
        self.whole: Shapes | None = None
        self.holds = count <= HELD and not isinstance(source, _Few | _Replaced)  # those read of a layer that holds
        self._held: Shapes = np.empty(count if self.holds else 0, dtype=object)
        self._there = np.zeros(len(self._held), dtype=bool)

    def read(self, rows: Ints) -> Shapes:
        if self.whole is not None:
            return self.whole[rows]
        made = self._made_once(rows) if self.holds else self.source.read(rows)
        if len(made):
            self.lent.add(made, rows)
        return made

    def _made_once(self, rows: Ints) -> Shapes:
        """Make those that were not made before, and hold them for who asks next."""
        new = np.unique(rows[~self._there[rows]])
        if len(new):
            self._held[new] = self.source.read(new)
            self._there[new] = True  # told last: another thread may ask meanwhile
        return self._held[rows]

    def make_whole(self) -> Shapes:
        with self.lock:
            if self.whole is None:
                every = np.arange(self.count)
                made = self._made_once(every) if self.holds else self.source.read(every)
                made.flags.writeable = False  # all who ask get this one
                self.lent.add(made, np.arange(self.count))
                self.whole = made
            return self.whole


class StoredShapes:
    """Shapes (n,) of a layer, or of some rows of it, each made when it is asked for.

    Parameters
    ----------
    source
        Where the layer's shapes are read from.
    count
        How many those are.

    Examples
    --------
    >>> class Dots:
    ...     missing = np.zeros(3, dtype=bool)
    ...     def read(self, rows):
    ...         return shapely.points(rows, 0.0)
    >>> dots = StoredShapes(Dots(), 3)
    >>> len(dots), dots[[2]][0].wkt, dots.made
    (3, 'POINT (2 0)', False)
    >>> shapely.get_x(dots).tolist(), dots.made
    ([0.0, 1.0, 2.0], True)
    """

    dtype = np.dtype(object)
    ndim = 1

    def __init__(self, source: ShapeSource, count: int) -> None:
        self._layer = _Layer(source, count)
        self._of: StoredShapes | None = None
        self.rows: Ints | None = None
        self.within: tuple[StoredShapes, Ints] | None = None  # the layer that these are few of, and which
        self._own: Shapes | None = None

    def _like(self, rows: Ints | None, of: StoredShapes | None) -> StoredShapes:
        other = StoredShapes.__new__(StoredShapes)
        other._layer, other._of, other.rows, other._own = self._layer, of, rows, None
        other.within = self.within
        return other

    @property
    def layer(self) -> StoredShapes:
        """All shapes of the layer these are of."""
        return self if self._of is None else self._of

    def twin(self) -> StoredShapes:
        """Return the layer once more: who holds it does not hold this one."""
        return self._like(None, None)

    def shares(self, other: StoredShapes) -> bool:
        """Whether both are of one layer."""
        return self._layer is other._layer

    def __len__(self) -> int:
        return self._layer.count if self.rows is None else len(self.rows)

    @property
    def shape(self) -> tuple[int]:
        """As of an array."""
        return (len(self),)

    @property
    def size(self) -> int:
        """As of an array."""
        return len(self)

    @property
    def missing(self) -> Bools:
        """Which have no shape, (n,)."""
        missing = self._layer.source.missing
        return missing if self.rows is None else missing[self.rows]

    @property
    def made(self) -> bool:
        """Whether all of them are in memory."""
        return self._layer.whole is not None or self._own is not None

    def find(self, objects: Ints) -> Ints | None:
        """Return which rows of the layer these objects are, where it gave them out; None where it did not."""
        return self._layer.lent.find(objects)

    def _rows_at(self, key: Any) -> Ints:  # noqa: ANN401 - whatever an array is asked by
        if isinstance(key, slice):
            return np.arange(*key.indices(len(self)))
        at = np.asarray(key)
        if at.dtype == bool:
            if at.shape != self.shape:
                raise IndexError(f"a mask of {at.shape} for {len(self)} shapes")
            return np.flatnonzero(at)
        at = at.astype(np.int64)
        if len(at) and (int(at.min()) < -len(self) or int(at.max()) >= len(self)):
            raise IndexError(f"{int(at.min())} to {int(at.max())} of {len(self)} shapes")
        return np.where(at < 0, at + len(self), at) if (at < 0).any() else at

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401 - one shape, or an array of some
        if isinstance(key, int | np.integer):
            return self[[key]][0]
        if self._own is not None:
            return self._own[key]
        rows = self._rows_at(key)
        return self._layer.read(rows if self.rows is None else self.rows[rows])

    def take(self, key: Any) -> StoredShapes:  # noqa: ANN401
        """Return some of them, none made; rows as an array has them. Fewer than half are a layer of their own."""
        rows, layer = self._rows_at(key), self.layer
        if self.rows is None and len(rows) == len(self) and (rows == np.arange(len(rows))).all():
            return self
        rows = rows if self.rows is None else self.rows[rows]
        if 2 * len(rows) >= len(layer):
            return self._like(rows, layer)
        few = StoredShapes(_Few(layer, rows), len(rows))
        few.within = layer, rows
        return few

    def replaced(self, rows: Ints, shapes: Shapes) -> StoredShapes:
        """Return them with other shapes at some rows, (m,), none twice and in order."""
        return StoredShapes(_Replaced(self, rows, shapes), len(self))

    def __iter__(self) -> Iterator[Shape | None]:
        for part in row_blocks(len(self), size=BLOCK):
            yield from self[part]

    def whole(self) -> Shapes:
        """Return all as an array that may not be written to, made once."""
        if self.rows is None:
            return self._layer.make_whole()
        if self._own is None:
            own = self._layer.read(self.rows)
            own.flags.writeable = False
            self._own = own
        return self._own

    def copy(self) -> Shapes:
        """Return all as an array of the caller's own."""
        return self.whole().copy()

    def tolist(self) -> list[Shape | None]:
        """Return all as a list."""
        return cast("list[Shape | None]", self.whole().tolist())

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        whole = self.copy() if copy else self.whole()
        return whole if dtype is None else whole.astype(dtype, copy=False)


class _Few:
    """Few shapes of a layer."""

    def __init__(self, layer: StoredShapes, rows: Ints) -> None:
        self._layer, self._rows = layer, rows

    @property
    def missing(self) -> Bools:
        return self._layer.missing[self._rows]

    def read(self, rows: Ints) -> Shapes:
        made: Shapes = self._layer[self._rows[rows]]
        return made


class _Replaced:
    """Shapes some rows of which are others."""

    def __init__(self, shapes: StoredShapes, rows: Ints, others: Shapes) -> None:
        self._shapes, self._rows, self._others = shapes, rows, others

    @property
    def missing(self) -> Bools:
        missing = self._shapes.missing.copy()
        missing[self._rows] = shapely.is_missing(self._others)
        return missing

    def read(self, rows: Ints) -> Shapes:
        made: Shapes = np.empty(len(rows), dtype=object)
        at = np.minimum(np.searchsorted(self._rows, rows), len(self._rows) - 1)
        other = self._rows[at] == rows if len(self._rows) else np.zeros(len(rows), dtype=bool)
        made[other] = self._others[at[other]]
        made[~other] = self._shapes[rows[~other]]
        return made


def is_stored(shapes: Shapes | StoredShapes) -> TypeGuard[StoredShapes]:
    """Whether shapes are made when asked for."""
    return isinstance(shapes, StoredShapes)


def as_if_made(shapes: StoredShapes) -> Shapes:
    """Return shapes under the type of an array, as which they may be used wherever none is written to."""
    return cast("Shapes", shapes)


def take_rows(shapes: Shapes, rows: Ints | Bools) -> Shapes:
    """Return some rows; of stored shapes none is made."""
    return as_if_made(shapes.take(rows)) if is_stored(shapes) else shapes[rows]


def replace_rows(shapes: Shapes, rows: Ints, others: Shapes) -> Shapes:
    """Return shapes with others at some rows, none twice and in order; of stored shapes none is made."""
    if is_stored(shapes):
        return as_if_made(shapes.replaced(rows, others))
    changed = shapes.copy()
    changed[rows] = others
    return changed


def are_missing(shapes: Shapes) -> Bools:
    """Tell which rows have no shape; of stored shapes none is made."""
    return shapes.missing if is_stored(shapes) else np.asarray(shapely.is_missing(shapes), dtype=bool)


class StoredGeometry(GeometryArray):
    """A geometry column of stored shapes: what geopandas does with it makes all, unless it takes rows.

    Parameters
    ----------
    stored
        The shapes.
    crs
        Of their coordinates.
    """

    def __init__(self, stored: StoredShapes, crs: CRS | str | None = None) -> None:
        self.stored: StoredShapes | None = stored
        self._crs, self._sindex = None, None
        self.crs = crs

    @property
    def _data(self) -> Shapes:
        return self._changed if self.stored is None else self.stored.whole()

    @_data.setter
    def _data(self, shapes: Shapes) -> None:
        self._changed, self.stored = shapes, None

    @property
    def shape(self) -> tuple[int]:
        """As of an array."""
        return (len(self._data if self.stored is None else self.stored),)

    @property
    def size(self) -> int:
        """As of an array."""
        return self.shape[0]

    @property
    def nbytes(self) -> int:
        """Of references, as geopandas has it."""
        return 8 * self.size

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401 - as geopandas has it
        if self.stored is None or isinstance(key, int | np.integer):
            return super().__getitem__(key) if self.stored is None else self.stored[key]
        if isinstance(key, slice) and key == slice(None):
            view = StoredGeometry(self.stored, self.crs)
            view._sindex = self._sindex
            return view
        if not isinstance(key, slice):
            key = pd.api.indexers.check_array_indexer(self, key)
        return StoredGeometry(self.stored.take(key), self.crs)

    def __setitem__(self, key: Any, value: Any) -> None:  # noqa: ANN401
        if self.stored is not None:
            self._data = self.stored.copy()
        super().__setitem__(key, value)

    def take(self, indices: Any, allow_fill: bool = False, fill_value: Any = None) -> Any:  # noqa: ANN401
        """Return some rows; geopandas fills up what is not there."""
        if self.stored is None or (allow_fill and (np.asarray(indices) < 0).any()):
            return super().take(indices, allow_fill=allow_fill, fill_value=fill_value)
        return StoredGeometry(self.stored.take(np.asarray(indices, dtype=np.int64)), self.crs)

    def isna(self) -> Bools:
        """Tell which rows have no shape."""
        return are_missing(self._data if self.stored is None else as_if_made(self.stored))

    def copy(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Return the same once more: who writes to one does not write to the other."""
        if self.stored is None:
            return super().copy(*args, **kwargs)
        return StoredGeometry(self.stored, self.crs)

    def __reduce__(self) -> tuple[Any, ...]:
        return GeometryArray, (np.asarray(self._data).copy(), self.crs)
