"""Cells of zones, and their edges row by row of cells, kept with the zones as their other facts are.

Whether a point lies in a zone is then told by the few edges that pass its row of cells. Edges east of it are
counted by signs; where rounding could turn one, the point lies on an edge or next to it: a predicate has to tell.

References
----------
Shewchuk, Adaptive precision floating-point arithmetic and fast robust geometric predicates, Discrete &
Computational Geometry 18, 1997: the bound of the error of the sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes, as_list, is_new, split_columns
from geo.measure.facts import known_facts
from geo.measure.shelf import Arrays
from geo.overlay.cells import Counts, Lattice, ZoneGrid, number_each

A_VERTEX = 4  # cells
SIGN = 3.4e-16  # of what a sign is the sign of: (3 + 16 u) u, with u of 2 ** -53, and some more


@dataclass(frozen=True)
class ZoneCells:
    """Which zones lie in which cells, and their edges by the rows they pass.

    ``run`` has zone and row, as one number, of every run of edges, in order; each begins at ``begins``, where the
    last one ends too. ``edges`` has x and y of the lower end, and of the upper one, ``(4, n)``.
    """

    grid: ZoneGrid
    run: Ints
    begins: Ints
    edges: Floats

    @classmethod
    def of(cls, zones: Shapes) -> ZoneCells:
        """Return the cells of valid polygons, as fine as their outlines."""
        grid = ZoneGrid.of(zones, size=0.0, cells=A_VERTEX * int(shapely.get_num_coordinates(zones).sum()))
        parts, of = shapely.get_parts(zones, return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        (x, y), edge = split_columns(xy), np.flatnonzero(ring[1:] == ring[:-1])
        up = y[edge] <= y[edge + 1]
        low, high = np.where(up, edge, edge + 1), np.where(up, edge + 1, edge)
        edges = np.stack([x[low], y[low], x[high], y[high]])
        span = grid.lattice.span(edges.T)
        whose, place = number_each(span.top - span.bottom + 1)
        run = of[part[ring[edge]]][whose].astype(np.int64) * grid.lattice.rows + span.bottom[whose] + place
        order = np.argsort(run, kind="stable")
        first = np.flatnonzero(is_new(run[order]))
        return cls(grid, run[order[first]], np.append(first, len(order)), edges[:, whose[order]])

    def holds(self, zone: Ints, x: Floats, y: Floats) -> tuple[Bools, Bools]:
        """Tell of pairs of a zone and a point whether it lies inside, and whether a predicate has to tell.

        Parameters
        ----------
        zone, x, y
            Of every pair, (n,).
        """
        row = self.grid.lattice.span(np.stack([x, y, x, y], axis=1)).bottom
        wanted = zone * self.grid.lattice.rows + row
        at = np.minimum(np.searchsorted(self.run, wanted), len(self.run) - 1)
        begins = self.begins[at]
        many = np.where(self.run[at] == wanted, self.begins[at + 1] - begins, 0)
        edge = np.arange(int(many.sum())) + np.repeat(begins - np.cumsum(many) + many, many)
        x0, y0, x1, y1 = self.edges
        north = np.repeat(y, many)
        level = np.flatnonzero((y0[edge] <= north) & (north <= y1[edge]))  # the others pass the row elsewhere
        edge, north, pair = edge[level], north[level], np.repeat(np.arange(len(zone)), many)[level]
        x0, y0, x1, y1 = self.edges[:, edge]
        one, other = (x1 - x0) * (north - y0), (y1 - y0) * (x[pair] - x0)
        turn = one - other
        beside = np.abs(turn) <= SIGN * (np.abs(one) + np.abs(other))
        passed = (turn > 0.0) & (north < y1)
        inside = np.bincount(pair[passed], minlength=len(zone)) % 2 == 1
        return np.asarray(inside, dtype=bool), np.bincount(pair[beside], minlength=len(zone)) > 0

    def pack(self) -> Arrays:
        """Return it as arrays that a shelf keeps."""
        grid = self.grid
        frame = np.array([*grid.lattice.corner, grid.lattice.cell])
        cells = (grid.wall, grid.crossed, grid.run, grid.start, grid.zone)
        return (frame, *cells, self.run, self.begins, self.edges)

    @classmethod
    def unpack(cls, kept: Arrays) -> ZoneCells:
        """Return what was kept as arrays."""
        frame, wall, crossed, number, start, zone, run, begins, edges = kept
        (x, y, cell), (rows, columns) = as_list(frame), wall.shape
        grid = ZoneGrid(
            Lattice((x, y), cell, rows, columns),
            cast("Bools", wall),
            cast("Counts", crossed),
            cast("Counts", number),
            cast("Ints", start),
            cast("Ints", zone),
        )
        return cls(grid, cast("Ints", run), cast("Ints", begins), cast("Floats", edges))


def kept_zone_cells(zones: Shapes, *, find: bool) -> ZoneCells | None:
    """Return the cells that are kept with zones, all of them and in their order; None where there are none.

    Parameters
    ----------
    zones
        n valid polygons.
    find
        Whether they are found, and kept, where the zones' other facts are kept and they are not there yet.
    """
    known = known_facts(zones, "cells")
    if known is None or known.rows is not None or not (find or known.facts.found("cells")):
        return None
    return ZoneCells.unpack(known.facts.get("cells", lambda every: ZoneCells.of(every).pack()))
