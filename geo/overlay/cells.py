"""Where no zone boundary passes: a box there lies in zones as its middle does, whatever it holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes

Counts = npt.NDArray[np.int32]

FEWEST, MOST = 10_000, 1_000_000  # cells
_NEAR = 1e-6  # of a cell: how far a boundary may be off by rounding


@dataclass(frozen=True)
class ZoneGrid:
    """Square cells over the zones' extent and one cell more on every side.

    Parameters
    ----------
    corner, cell
        Lower left corner and side, CRS units.
    crossed
        Table of sums over ``[rows, columns]``: how many cells below and left of a corner a boundary passes.
    run
        For each cell the run of cells along its row that no boundary interrupts.
    start, zone
        Run ``r`` lies in the zones ``zone[start[r]:start[r + 1]]``.
    """

    corner: tuple[float, float]
    cell: float
    crossed: Counts
    run: Counts
    start: Ints
    zone: Ints

    @classmethod
    def of(cls, zones: Shapes, tree: shapely.STRtree, *, size: float, cells: int) -> ZoneGrid:
        """Return the grid of zones (valid polygons), of some ``cells`` cells at least ``size`` wide."""
        west, south, east, north = shapely.total_bounds(zones).tolist()
        width, height = east - west, north - south
        most = min(max(cells, FEWEST), MOST)
        cell = max(size, (width * height / most) ** 0.5, max(width, height) / most * 4.0, 1e-12)
        corner = (west - 1.5 * cell, south - 1.5 * cell)
        shape = (int(height / cell) + 4, int(width / cell) + 4)
        boundary = _boundary_cells(zones, corner, cell, shape)
        crossed = np.zeros((shape[0] + 1, shape[1] + 1), dtype=np.int32)
        crossed[1:, 1:] = boundary.cumsum(axis=0, dtype=np.int32).cumsum(axis=1, dtype=np.int32)
        begins = boundary.copy()
        begins[:, 0] = True
        begins[:, 1:] |= boundary[:, :-1]
        run = begins.ravel().cumsum(dtype=np.int32) - 1
        first = np.flatnonzero(begins.ravel())
        open_run = np.flatnonzero(~boundary.ravel()[first])
        row, column = np.divmod(first[open_run], shape[1])
        x, y = corner[0] + (column + 0.5) * cell, corner[1] + (row + 0.5) * cell
        at, zone = tree.query(shapely.points(x, y), predicate="within")
        order = np.lexsort([zone, at])
        counts = np.bincount(open_run[at], minlength=len(first))
        start = np.concatenate([[0], np.cumsum(counts)])
        return cls(corner, cell, crossed, run.reshape(shape), start, zone[order])

    def sorted(self, box: Floats) -> tuple[Ints, Ints, Bools]:
        """Return pairs (box, zone) of boxes wholly inside zones, and which boxes a boundary may pass through.

        Parameters
        ----------
        box
            ``(n, 4)`` west, south, east, north; boxes of nothing (NaN) are in no zone.
        """
        filled = np.flatnonzero(~np.isnan(box[:, 0]))
        west, south, east, north = ((box[filled] - self.corner * 2) / self.cell).T
        (left, right), (bottom, top) = self._places((west, east), 1), self._places((south, north), 0)
        table = self.crossed
        passing = table[top + 1, right + 1] - table[bottom, right + 1] - table[top + 1, left] + table[bottom, left]
        sure = np.flatnonzero(passing == 0)
        unsure = np.zeros(len(box), dtype=bool)
        unsure[filled[passing > 0]] = True
        run = self.run[bottom[sure], left[sure]]
        many = self.start[run + 1] - self.start[run]
        parcel = np.repeat(filled[sure], many)
        within = np.arange(len(parcel)) - np.repeat(np.cumsum(many) - many, many)
        return parcel, self.zone[np.repeat(self.start[run], many) + within], unsure

    def _places(self, sides: tuple[Floats, Floats], axis: int) -> list[Ints]:
        """Return the cells sides lie in; beyond the outermost cells there is nothing."""
        last = self.run.shape[axis] - 1
        return [np.clip(np.floor(side), 0, last).astype(np.int64) for side in sides]


def _boundary_cells(zones: Shapes, corner: tuple[float, float], cell: float, shape: tuple[int, int]) -> Bools:
    """Return which cells a zone boundary passes, never one too few."""
    rings = shapely.get_rings(shapely.get_parts(zones))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    edge = np.flatnonzero(ring[1:] == ring[:-1])
    begin, end = (xy[edge] - corner) / cell, (xy[edge + 1] - corner) / cell
    pieces = np.maximum(np.ceil(np.abs(end - begin).max(axis=1, initial=0.0)), 1.0).astype(np.int64)
    of = np.repeat(np.arange(len(edge)), pieces)
    place = np.arange(len(of)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    step = (end - begin) / pieces[:, None]
    one = begin[of] + place[:, None] * step[of]
    other = one + step[of]
    low, high = np.floor(np.minimum(one, other) - _NEAR), np.floor(np.maximum(one, other) + _NEAR)
    boundary = np.zeros(shape, dtype=bool)
    for right in range(3):  # a piece is at most one cell long, so it meets at most three of a row
        for up in range(3):
            x, y = (
                np.minimum(low[:, axis] + by, high[:, axis]).astype(np.int64) for axis, by in ((0, right), (1, up))
            )
            boundary[y, x] = True
    return boundary
