"""Edges of zones by the cells they pass, so that a box near a boundary is held against the edges that are there.

Cells as wide as half a parcel call many a parcel unsure that lies beside a boundary. Where no edge meets its box,
it lies in the zones any cell it reaches into lies in, and need not be looked at, nor even be made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Floats, Ints, Shapes
from geo.overlay.cells import NEAR, Lattice, Outline, ZoneGrid, number_each
from geo.parallel import in_threads, row_blocks

WORTH = 4  # vertices of zones for each box at the most: else to sort them takes longer than it spares
BLOCK = 16_000  # boxes looked up at a time
Placed = tuple[Ints, Ints, Ints]


@dataclass(frozen=True)
class EdgeCells:
    """Boxes of pieces of edges, none longer than a cell, in cell units, ``(n,)`` each, cell by cell.

    Those in cell ``c``, counted row by row, are ``start[c]`` to before ``start[c + 1]``.
    """

    lattice: Lattice
    start: Ints
    west: Floats
    south: Floats
    east: Floats
    north: Floats

    @classmethod
    def of(cls, zones: Shapes, lattice: Lattice) -> EdgeCells:
        """Return the edges of polygons."""
        _, x0, y0, x1, y1 = Outline.of(zones, lattice).pieces()
        west, east, south, north = np.minimum(x0, x1), np.maximum(x0, x1), np.minimum(y0, y1), np.maximum(y0, y1)
        left, bottom = np.floor(west - NEAR).astype(np.int64), np.floor(south - NEAR).astype(np.int64)
        wide = np.floor(east + NEAR).astype(np.int64) - left + 1
        high = np.floor(north + NEAR).astype(np.int64) - bottom + 1
        piece, at = number_each(wide * high)
        up, right = np.divmod(at, wide[piece])
        cell = (bottom[piece] + up) * lattice.columns + left[piece] + right
        order = np.argsort(cell, kind="stable")
        start = np.zeros(lattice.rows * lattice.columns + 1, dtype=np.int64)
        np.cumsum(np.bincount(cell, minlength=len(start) - 1), out=start[1:])
        piece = piece[order]
        return cls(lattice, start, west[piece], south[piece], east[piece], north[piece])

    def place(self, grid: ZoneGrid, box: Floats) -> Placed:
        """Return pairs (box, zone) of boxes that no edge meets, and the rows of those that have to be looked at.

        Parameters
        ----------
        grid
            Of the same zones and cells.
        box
            ``(n, 4)`` west, south, east, north.
        """
        columns, cell_of = self.lattice.columns, np.full(len(box), -1, dtype=np.int64)

        def work(part: slice) -> None:
            """Find for some boxes a cell no boundary passes: no two tasks write to the same place."""
            held = box[part]
            span = self.lattice.span(held)
            of, up = number_each(span.top - span.bottom + 1)
            row = (span.bottom[of] + up) * columns
            left, right = row + span.left[of], row + span.right[of]
            free = np.full(len(held), -1, dtype=np.int64)
            for cell in (left, right):
                open_ = np.flatnonzero(~grid.wall.ravel()[cell])
                free[of[open_]] = cell[open_]  # whichever: where no edge is between, all tell the same
            some = np.flatnonzero(free[of] >= 0)
            of, first, many = (
                of[some],
                self.start[left[some]],
                self.start[right[some] + 1] - self.start[left[some]],
            )
            run, at = number_each(many)
            piece, whose = first[run] + at, of[run]
            (x, y), size = self.lattice.corner, self.lattice.cell
            west, south, east, north = ((held - [x, y, x, y]) / size + [-NEAR, -NEAR, NEAR, NEAR]).T
            met = (self.west[piece] <= east[whose]) & (self.east[piece] >= west[whose])
            met &= (self.south[piece] <= north[whose]) & (self.north[piece] >= south[whose])
            free[whose[met]] = -1
            cell_of[part] = free

        in_threads(row_blocks(len(box), size=BLOCK), work)
        sure = np.flatnonzero(cell_of >= 0)
        at, zone = grid.zones_of(cell_of[sure])
        return sure[at], zone, np.flatnonzero(cell_of < 0)


def place_boxes(grid: ZoneGrid, zones: Shapes, box: Floats) -> Placed:
    """Return pairs (box, zone) of boxes wholly inside zones, and the rows of those a boundary may pass through.

    Parameters
    ----------
    grid
        Of the zones.
    zones
        n valid polygons.
    box
        ``(n, 4)`` west, south, east, north; boxes of nothing (NaN) are in no zone.
    """
    row, zone, unsure = grid.sorted(box)
    rows = np.flatnonzero(unsure)
    if int(shapely.get_num_coordinates(zones).sum()) > WORTH * len(rows):
        return row, zone, rows
    more, of, rest = EdgeCells.of(zones, grid.lattice).place(grid, box[rows])
    return np.concatenate([row, rows[more]]), np.concatenate([zone, of]), rows[rest]
