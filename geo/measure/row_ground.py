"""Ground that belongs to some polygons of a layer, in arrays that a file holds and processes map into memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes, as_list

Octets = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class RowGround:
    """A part of some polygons of a layer: what lies under others, or what is left of them.

    Attributes
    ----------
    row
        Of the polygons that have such a part, in order, (n,).
    area_m2
        How much it is of each, (n,).
    begins
        Where the shape of each begins in ``wkb``, and where the last one ends, (n + 1,); where there is none, the
        part is all of it.
    wkb
        All shapes, one after the other.
    """

    row: Ints
    area_m2: Floats
    begins: Ints
    wkb: Octets

    @classmethod
    def of(cls, parts: Iterable[tuple[Ints, Floats, Shapes]]) -> RowGround:
        """Keep rows, areas and shapes (None: all of it), given some at a time; in order they take half the memory.

        Parameters
        ----------
        parts
            Rows, none twice, their areas and their shapes.
        """
        rows, areas, sizes, wkb = [np.zeros(0, dtype=np.int64)], [np.zeros(0)], [0], bytearray()
        for row, area, shapes in parts:
            rows.append(row)
            areas.append(area)
            texts = [text or b"" for text in as_list(shapely.to_wkb(shapes))]
            sizes += map(len, texts)
            wkb += b"".join(texts)
        row, area, begins = np.concatenate(rows), np.concatenate(areas), np.cumsum(sizes, dtype=np.int64)
        if (np.diff(row) > 0).all():
            return cls(row, area, begins, np.frombuffer(wkb, dtype=np.uint8))
        order, every = np.argsort(row, kind="stable"), memoryview(wkb)
        spans = zip(as_list(begins[order]), as_list(begins[order + 1]), strict=True)
        joined = b"".join(every[one:other] for one, other in spans)
        begins = np.concatenate([[0], np.cumsum(np.diff(begins)[order])])
        return cls(row[order], area[order], begins, np.frombuffer(joined, dtype=np.uint8))

    def find(self, rows: Ints) -> tuple[Ints, Bools]:
        """Return where some rows of the layer stand here, and which of them do."""
        if not len(self.row):
            return np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=bool)
        at = np.minimum(np.searchsorted(self.row, rows), len(self.row) - 1)
        return at, np.asarray(self.row[at] == rows, dtype=bool)

    def is_whole(self, at: Ints) -> Bools:
        """Tell of which of some the part is all."""
        return np.asarray(self.begins[at + 1] == self.begins[at], dtype=bool)

    def shapes(self, at: Ints) -> Shapes:
        """Return the shapes of some, None where that is all of the polygon."""
        spans = zip(as_list(self.begins[at]), as_list(self.begins[at + 1]), strict=True)
        texts = np.array([self.wkb[one:other].tobytes() or None for one, other in spans], dtype=object)
        made: Shapes = shapely.from_wkb(texts)
        return made
