"""The arrays and shapes the geometry code passes around."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.integer[Any]]  # of any width: shapely counts in 32 bits
Shapes = npt.NDArray[np.object_]
Shape = BaseGeometry  # one of them; `shapely.Geometry` is only its C part, without the properties
LONG_ROW = 256  # rows taken as one
SPARSE = 32  # so many times fewer values than numbers are put in order
_Kind = TypeVar("_Kind", bound=np.generic)
_Item = TypeVar("_Item")


def as_shapes(made: Shape | Shapes) -> Shapes:
    """Return what shapely made of an array as the array it is; its stub leaves open that it is one shape."""
    return np.asarray(made, dtype=object)


def own_copies(shapes: Shapes) -> Shapes:
    """Return copies of shapes: who prepares them prepares nothing that another thread sees.

    To number them anew copies them thirty times as fast as writing and reading them does.
    """
    copies: Shapes = np.asarray(shapely.set_srid(shapes, 0), dtype=object)
    return copies


def as_rows(table: npt.NDArray[_Kind]) -> list[npt.NDArray[_Kind]]:
    """Return the rows of an array ``(m, n)`` as the arrays they are; the stub leaves open what its items are."""
    return list(table)


def split_columns(table: npt.NDArray[_Kind]) -> list[npt.NDArray[_Kind]]:
    """Return the columns of an array ``(n, m)``, each in one piece: quicker to compute with."""
    return list(np.ascontiguousarray(table.T))


def fold_columns(fold: np.ufunc, table: Floats) -> Floats:
    """Return what ``fold.reduce`` makes of each column of an array ``(n, m)``, NaN of none.

    Many short rows are taken as one long one: numpy takes ten times as long along short ones.

    Examples
    --------
    >>> fold_columns(np.maximum, np.array([[1.0, 5.0], [2.0, 4.0]])).tolist()
    [2.0, 5.0]
    """
    width = table.shape[1]
    if not len(table):
        return np.full(width, np.nan)
    long = len(table) // LONG_ROW * LONG_ROW
    rows = table[:long].reshape(-1, LONG_ROW * width)
    some = [fold.reduce(rows, axis=0).reshape(-1, width)] if long else []
    found: Floats = fold.reduce(np.concatenate([*some, table[long:]]), axis=0)
    return found


def is_new(values: Integers) -> Bools:
    """Tell which values are not the one before; the first is new. ``np.diff`` with ``prepend`` is slow."""
    found = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found


def number_used(values: Ints, count: int) -> tuple[Ints, Ints]:
    """Return which numbers below ``count`` occur, in order, and the place of every value among them.

    As ``np.unique`` does, which puts all values in order and takes ten times as long where they are not few.

    Examples
    --------
    >>> [found.tolist() for found in number_used(np.array([7, 2, 7]), 9)]
    [[2, 7], [1, 0, 1]]
    """
    if SPARSE * len(values) < count:
        used, place = np.unique(values, return_inverse=True)
        return used, place
    occurs = np.zeros(count, dtype=bool)
    occurs[values] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[values]


def as_list(column: npt.NDArray[np.generic[_Item]]) -> list[_Item]:
    """Return the values of an array ``(n,)`` as Python's own."""
    values: list[_Item] = column.tolist()
    return values


def box_polygons(box: Floats) -> Shapes:
    """Return a polygon for every row of west, south, east, north, ``(n, 4)``."""
    west, south, east, north = (box[:, side] for side in range(4))
    return shapely.box(west, south, east, north)


def is_empty_cell(value: Any) -> bool:  # noqa: ANN401 - pandas takes any object, its stub does not say so
    """Whether a cell holds nothing: None, NaN, NaT or pandas' NA."""
    return bool(pd.isna(value))
