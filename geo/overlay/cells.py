"""Square cells over shapes: what lies in cells no boundary passes is settled by its box, whatever it is.

A box in cells that no boundary of a zone passes lies in the zones its first cell lies in. A box all of whose cells
lie wholly inside some service area is covered, however the service areas overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import shapely

from geo.arrays import Bools, Floats, Integers, Ints, Shapes, as_list, is_new, split_columns
from geo.parallel import in_threads, row_blocks

Counts = npt.NDArray[np.int32]

FEWEST, MOST = 10_000, 4_000_000  # cells
BLOCK = 100_000  # boxes looked up at a time
TRACED = 16_000  # vertices of outlines at a time: what is computed of them stays in the processor's cache
NEAR = 1e-6  # of a cell: how far a boundary may be off by rounding


class Span(NamedTuple):
    """The cells boxes lie in, the last ones included."""

    left: Ints
    bottom: Ints
    right: Ints
    top: Ints


class Passed(NamedTuple):
    """Cells that a shape's boundary passes, some of them more than once."""

    shape: Ints
    row: Ints
    column: Ints


class Runs(NamedTuple):
    """Runs of cells along a row, ``first`` to before ``end``, that lie wholly inside a shape."""

    shape: Ints
    row: Ints
    first: Ints
    end: Ints


_Rows = TypeVar("_Rows", Passed, Runs)


@dataclass(frozen=True)
class Lattice:
    """Square cells over an extent and at least one cell more on every side; sides in CRS units."""

    corner: tuple[float, float]
    cell: float
    rows: int
    columns: int

    @classmethod
    def over(cls, shapes: Shapes, *, size: float, cells: int) -> Lattice:
        """Return some ``cells`` cells at least ``size`` wide over shapes."""
        west, south, east, north = as_list(shapely.total_bounds(shapes))
        width, height = east - west, north - south
        most = min(max(cells, FEWEST), MOST)
        cell: float = max(size, (width * height / most) ** 0.5, max(width, height) / most * 4.0, 1e-12)
        corner = (west - 1.5 * cell, south - 1.5 * cell)
        return cls(corner, cell, int(height / cell) + 4, int(width / cell) + 4)

    def span(self, box: Floats, *, pad: float = 0.0) -> Span:
        """Return the cells of boxes, grown by ``pad``; beyond the outermost cells there is nothing."""
        wide = pad / self.cell

        def places(side: Floats, corner: float, grown: float, last: int) -> Ints:
            """Return the cells along one axis: below the first cell is in it, so to cut off is to round down."""
            at = side - corner
            at /= self.cell
            at += grown
            return np.clip(at, 0.0, last, out=at).astype(np.int64)

        (x, y), (west, south, east, north) = self.corner, box.T
        return Span(
            places(west, x, -wide, self.columns - 1),
            places(south, y, -wide, self.rows - 1),
            places(east, x, wide, self.columns - 1),
            places(north, y, wide, self.rows - 1),
        )

    def table(self, cells: Bools) -> Counts:
        """Return the table of sums of a map of cells: how many are set below and left of every corner."""
        table = np.zeros((self.rows + 1, self.columns + 1), dtype=np.int32)
        table[1:, 1:] = cells
        np.cumsum(table, axis=1, out=table)
        for row in range(self.rows):  # row by row: numpy's own sum along this axis takes three times as long
            table[row + 1] += table[row]
        return table


def count_cells(table: Counts, span: Span) -> Counts:
    """Return how many cells of a table of sums are set in every span."""
    width, flat = table.shape[1], table.ravel()
    low, high, end = span.bottom * width, (span.top + 1) * width, span.right + 1
    found: Counts = flat[high + end] - flat[low + end] - flat[high + span.left] + flat[low + span.left]
    return found


def _filled(box: Floats, part: slice) -> tuple[Ints, Floats]:
    """Return the rows of a part whose boxes hold something, and these boxes."""
    held = box[part]
    nothing = np.isnan(held[:, 0])
    if not nothing.any():  # the usual case
        return np.arange(part.start, part.stop), held
    some = np.flatnonzero(~nothing)
    return part.start + some, held[some]


def number_each(count: Integers) -> tuple[Ints, Ints]:
    """Return for so many things each: whose each is, and which of its owner's it is."""
    owner = np.repeat(np.arange(len(count)), count)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)


@dataclass(frozen=True)
class Outline:
    """The boundaries of shapes in the cells of a lattice: all edges in cell units, and whose they are.

    Every coordinate is an array of its own: rows of two are slow to take.
    """

    lattice: Lattice
    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    owner: Ints

    @classmethod
    def of(cls, shapes: Shapes, lattice: Lattice, *, first: int = 0) -> Outline:
        """Return the outline of polygons, the first of which has the number ``first``."""
        parts, of = shapely.get_parts(shapes, return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        x, y = split_columns(xy)
        x, y = (x - lattice.corner[0]) / lattice.cell, (y - lattice.corner[1]) / lattice.cell
        edge = np.flatnonzero(ring[1:] == ring[:-1])
        after = edge + 1
        return cls(lattice, x[edge], y[edge], x[after], y[after], first + of[part[ring[edge]]].astype(np.int64))

    def pieces(self) -> tuple[Ints, Floats, Floats, Floats, Floats]:
        """Return the edges in equal pieces no longer than a cell: the edge of each, and x and y of both ends."""
        step_x, step_y = self.x1 - self.x0, self.y1 - self.y0
        longest = np.maximum(np.abs(step_x), np.abs(step_y))
        many = np.maximum(np.ceil(longest), 1.0).astype(np.int64)
        of, place = number_each(many)
        step_x, step_y = (step_x / many)[of], (step_y / many)[of]
        x, y = self.x0[of] + place * step_x, self.y0[of] + place * step_y
        return of, x, y, x + step_x, y + step_y

    def passed(self) -> Passed:
        """Return which cells each shape's boundary passes, never one too few."""
        of, x0, y0, x1, y1 = self.pieces()

        def reach(one: Floats, other: Floats) -> tuple[Ints, Ints]:
            """Return the first cell of every piece along one axis, and how many more it reaches into."""
            low = np.floor(np.minimum(one, other) - NEAR).astype(np.int64)
            return low, np.floor(np.maximum(one, other) + NEAR).astype(np.int64) - low

        (column, right), (row, up) = reach(x0, x1), reach(y0, y1)
        shape = self.owner[of]
        found = [Passed(shape, row, column)]
        for east in range(3):  # a piece is at most one cell long, so it meets at most three cells of a row
            eastern = np.flatnonzero(right >= east) if east else np.arange(len(right))
            for north in range(3):
                here = eastern[up[eastern] >= north]
                if len(here) and east + north:
                    found.append(Passed(shape[here], row[here] + north, column[here] + east))
        return join_rows(found)

    def inner(self, passed: Passed) -> Runs:
        """Return the cells wholly inside each shape, given those its boundary passes.

        A row's middle line is inside between its odd and even crossings; what no boundary passes is inside whole.
        """
        width = self.lattice.columns + 1
        low, high = np.minimum(self.y0, self.y1), np.maximum(self.y0, self.y1)
        first = np.ceil(low - 0.5).astype(np.int64)
        many = np.ceil(high - 0.5).astype(np.int64) - first
        some = np.flatnonzero(many)
        of, place = number_each(many[some])
        edge = some[of]
        row = first[edge] + place
        x0, y0 = self.x0[edge], self.y0[edge]
        x = x0 + (row + 0.5 - y0) / (self.y1[edge] - y0) * (self.x1[edge] - x0)
        line = self.owner[edge] * self.lattice.rows + row
        crossing = np.sort(line * width + np.clip(np.ceil(x - 0.5), 0, width - 1).astype(np.int64))
        start, stop = crossing[::2], crossing[1::2]
        open_ = stop > start
        start, stop = start[open_], stop[open_]
        wall = np.sort((passed.shape * self.lattice.rows + passed.row) * width + passed.column)
        wall = wall[is_new(wall)]
        low_wall, high_wall = np.searchsorted(wall, start), np.searchsorted(wall, stop)
        of, piece = number_each(high_wall - low_wall + 1)
        begins, ends = start[of], stop[of]
        later, before = piece > 0, piece < (high_wall - low_wall)[of]
        begins[later] = wall[low_wall[of[later]] + piece[later] - 1] + 1
        ends[before] = wall[low_wall[of[before]] + piece[before]]
        held = ends > begins
        line, column = np.divmod(begins[held], width)
        shape, row = np.divmod(line, self.lattice.rows)
        return Runs(shape, row, column, column + (ends - begins)[held])


def trace_shapes(shapes: Shapes, lattice: Lattice) -> tuple[Passed, Runs]:
    """Return the cells shapes' boundaries pass and those wholly inside them, some shapes at a time in two threads.

    Parameters
    ----------
    shapes
        n valid polygons.
    lattice
        The cells.
    """
    number = np.cumsum(shapely.get_num_coordinates(shapes), dtype=np.int64) // TRACED
    bounds = pairwise([*np.flatnonzero(is_new(number)).tolist(), len(shapes)])

    def work(span: tuple[int, int]) -> tuple[Passed, Runs]:
        outline = Outline.of(shapes[slice(*span)], lattice, first=span[0])
        passed = outline.passed()
        return passed, outline.inner(passed)

    found = in_threads(list(bounds), work)
    return join_rows([one[0] for one in found]), join_rows([one[1] for one in found])


def join_rows(parts: Sequence[_Rows]) -> _Rows:
    """Return named columns of several parts, one after the other."""
    return type(parts[0])(*(np.concatenate(column) for column in zip(*parts, strict=True)))


@dataclass(frozen=True)
class ZoneGrid:
    """Which zones a box lies in, where no zone's boundary passes it.

    ``crossed`` is the table of sums of cells a boundary passes; ``run`` numbers along each row the cells that no
    boundary parts; run ``r`` lies in the zones ``zone[start[r]:start[r + 1]]``. ``wall`` is the map of cells a
    boundary passes, which is enough for points.
    """

    lattice: Lattice
    wall: Bools
    crossed: Counts
    run: Counts
    start: Ints
    zone: Ints

    @classmethod
    def of(cls, zones: Shapes, *, size: float, cells: int) -> ZoneGrid:
        """Return the grid of zones (valid polygons), of some ``cells`` cells at least ``size`` wide."""
        lattice = Lattice.over(zones, size=size, cells=cells)
        passed, inner = trace_shapes(zones, lattice)
        boundary = np.zeros((lattice.rows, lattice.columns), dtype=bool)
        boundary[passed.row, passed.column] = True
        begins = boundary.copy()
        begins[:, 0] = True
        begins[:, 1:] |= boundary[:, :-1]
        run = begins.ravel().cumsum(dtype=np.int32).reshape(boundary.shape) - np.int32(1)
        walled = boundary.ravel()[np.flatnonzero(begins.ravel())]
        first, last = run[inner.row, inner.first], run[inner.row, inner.end - 1]
        of, place = number_each((last - first + 1).astype(np.int64))
        at, zone = first[of] + place, inner.shape[of]
        free = ~walled[at]
        at, zone = at[free], zone[free]
        order = np.argsort(at * len(zones) + zone, kind="stable")
        start = np.concatenate([[0], np.cumsum(np.bincount(at, minlength=len(walled)))])
        return cls(lattice, boundary, lattice.table(boundary), run, start, zone[order])

    def zones_of(self, cell: Ints) -> tuple[Ints, Ints]:
        """Return pairs (place among the cells, zone) of cells that no boundary passes, counted row by row."""
        run = self.run.ravel()[cell]
        at, within = number_each(self.start[run + 1] - self.start[run])
        return at, self.zone[self.start[run][at] + within]

    def sorted(self, box: Floats) -> tuple[Ints, Ints, Bools]:
        """Return pairs (box, zone) of boxes wholly inside zones, and which boxes a boundary may pass through.

        Parameters
        ----------
        box
            ``(n, 4)`` west, south, east, north; boxes of nothing (NaN) are in no zone.
        """
        unsure = np.zeros(len(box), dtype=bool)

        def work(part: slice) -> tuple[Ints, Ints]:
            """Look up some boxes: no two tasks write to the same place."""
            filled, held = _filled(box, part)
            span = self.lattice.span(held)
            if (held[:, :2] == held[:, 2:]).all():  # points: each in one cell
                passing: Integers = self.wall[span.bottom, span.left].astype(np.int8)
            else:
                passing = count_cells(self.crossed, span)
            sure = np.flatnonzero(passing == 0)
            unsure[filled[passing > 0]] = True
            row, zone = self.zones_of(span.bottom[sure] * self.lattice.columns + span.left[sure])
            return filled[sure[row]], zone

        nothing = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
        found = in_threads(row_blocks(len(box), size=BLOCK), work)
        box_of, zone_of = (np.concatenate(side) for side in zip(nothing, *found, strict=True))
        return box_of, zone_of, unsure


@dataclass(frozen=True)
class CoverGrid:
    """Which boxes are covered by shapes together, which by none; the rest has to be looked at.

    ``covered`` is the map of cells some shape covers whole, ``edge`` the table of sums of cells a boundary passes
    that none covers. Cells side by side that are no edge are covered both or neither: a boundary between them
    would pass one of them. So the first cell of a box that meets no edge tells of all. ``size`` is how wide cells
    had to be at least: half of what is usually held against them.
    """

    lattice: Lattice
    size: float
    covered: Bools
    edge: Counts

    @classmethod
    def of(cls, shapes: Shapes, *, size: float, cells: int) -> CoverGrid:
        """Return the grid of shapes (valid polygons, however they overlap)."""
        lattice = Lattice.over(shapes, size=size, cells=cells)
        passed, runs = trace_shapes(shapes, lattice)
        width = lattice.columns + 1
        steps = np.zeros(lattice.rows * width, dtype=np.int32)
        one = np.int32(1)  # of the same type: numpy adds numbers of another one by one
        np.add.at(steps, runs.row * width + runs.first, one)
        np.subtract.at(steps, runs.row * width + runs.end, one)
        np.cumsum(steps, out=steps)  # every run ends in its row: the next one begins with nothing
        covered = steps.reshape(lattice.rows, width)[:, :-1] > 0
        edge = np.zeros((lattice.rows, lattice.columns), dtype=bool)
        edge[passed.row, passed.column] = True
        edge &= ~covered
        return cls(lattice, size, covered, lattice.table(edge))

    def sorted(self, box: Floats, *, pad: float = 0.0) -> tuple[Bools, Bools]:
        """Tell which boxes are covered whole, and which are neither that nor clear of every shape.

        ``pad`` grows every box first: covered then means with so much to spare.
        """
        covered, unsure = np.zeros(len(box), dtype=bool), np.zeros(len(box), dtype=bool)

        def work(part: slice) -> None:
            """Look up some boxes: no two tasks write to the same place."""
            filled, held = _filled(box, part)
            span = self.lattice.span(held, pad=pad)
            free: Bools = count_cells(self.edge, span) == 0
            covered[filled] = free & self.covered[span.bottom, span.left]
            unsure[filled] = ~free

        in_threads(row_blocks(len(box), size=BLOCK), work)
        return covered, unsure
