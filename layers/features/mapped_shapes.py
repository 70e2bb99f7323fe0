"""Shapes in an Arrow file that all processes map into memory; those of some rows are made when asked for."""

from __future__ import annotations

import mmap
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from geo.arrays import Bools, Ints, Shapes
from layers.arrow import ArrowColumn


def map_table(path: Path) -> tuple[pa.Table, mmap.mmap]:
    """Return a table of an uncompressed Arrow file, which stays in its file, and the memory it is mapped into."""
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return pa.ipc.open_file(pa.BufferReader(pa.py_buffer(mapped))).read_all(), mapped


class MappedShapes:
    """A column of well-known binary; ``geo.measure.stored_shapes.ShapeSource``.

    Parameters
    ----------
    column
        Of n rows, null where there is no shape.
    """

    def __init__(self, column: ArrowColumn) -> None:
        self.column = column
        self._starts = np.cumsum([0, *map(len, column.chunks)])

    @cached_property
    def missing(self) -> Bools:
        """Which rows have no shape."""
        return np.asarray(self.column.is_null().to_numpy(), dtype=bool)

    def read(self, rows: Ints) -> Shapes:
        """Make the shapes of some rows, in any order."""
        out: Shapes = np.empty(len(rows), dtype=object)
        order = np.argsort(rows, kind="stable")
        wanted = rows[order]
        ends = np.searchsorted(wanted, self._starts)
        for chunk in np.flatnonzero(np.diff(ends)).tolist():
            here = slice(ends[chunk], ends[chunk + 1])
            column, at = self.column.chunk(chunk), wanted[here] - self._starts[chunk]
            whole = len(at) == len(column) and bool((at == np.arange(len(at))).all())
            found = (column if whole else column.take(pa.array(at))).to_numpy(zero_copy_only=False)
            out[order[here]] = shapely.from_wkb(found)
        return out
