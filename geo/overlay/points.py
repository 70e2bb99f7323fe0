"""Which zones points lie in: by cells where there are many, else against the zones as they are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes, as_rows, own_copies, split_columns
from geo.measure.facts import shape_boxes
from geo.overlay.cells import FEWEST, ZoneGrid
from geo.overlay.zone_cells import kept_zone_cells
from geo.parallel import in_threads, row_blocks

Predicate = Callable[[Shapes, Floats, Floats], Bools]  # of shapely: of shapes and the places of points

FINER = 4  # points for each vertex of the zones from where cells finer than those that are kept are worth making
PAIRS = 100_000  # of a point and a zone looked at by a thread at a time


def points_by_zone(points: Shapes, zones: Shapes) -> tuple[Ints, Ints]:
    """Return the pairs of a point and a zone it lies in, by point; the first zone has what lies on borders only.

    Parameters
    ----------
    points
        n of them, each one point or nothing.
    zones
        m valid polygons.
    """
    box = shape_boxes(points)
    nothing = np.zeros(0, dtype=np.int64)
    row, zone, near = nothing, nothing, np.flatnonzero(~np.isnan(box[:, 0]))
    vertices = int(shapely.get_num_coordinates(zones).sum())
    many = len(points) > vertices
    kept = kept_zone_cells(zones, find=many)
    grid = None if kept is None else kept.grid
    if many and (grid is None or len(points) > FINER * vertices):
        grid = ZoneGrid.of(zones, size=0.0, cells=max(4 * len(points), FEWEST))
    if grid is not None:  # made for fewer points, cells cost more than they spare
        row, zone, unsure = grid.sorted(box)
        near = np.flatnonzero(unsure)
    x, y = split_columns(box[near, :2])
    at, of = as_rows(shapely.STRtree(zones).query(points[near]))
    short = np.uint16 if len(zones) < 2**16 else np.int64  # numpy puts short numbers in order without comparing
    order = np.argsort(of.astype(short), kind="stable")
    at, of = at[order].astype(np.int64), of[order].astype(np.int64)
    inside, doubt = np.zeros(len(at), dtype=bool), np.ones(len(at), dtype=bool)
    if kept is not None:
        inside, doubt = kept.holds(of, x[at], y[at])
    pairs = np.flatnonzero(doubt)
    inside[pairs] = False
    inside[pairs[_told(shapely.contains_xy, zones, of[pairs], x[at[pairs]], y[at[pairs]])]] = True
    held = np.zeros(len(near), dtype=bool)
    held[at[inside]] = True
    rest = pairs[~held[at[pairs]]]
    border = rest[_told(shapely.intersects_xy, zones, of[rest], x[at[rest]], y[at[rest]])]
    border = border[np.unique(at[border], return_index=True)[1]]  # pairs come zone by zone
    row = np.concatenate([row, near[at[inside]], near[at[border]]])
    zone = np.concatenate([zone, of[inside], of[border]])
    order = np.argsort(row * len(zones) + zone, kind="stable")  # of a few runs in order: they are merged
    return row[order], zone[order]


def _told(predicate: Predicate, zones: Shapes, of: Ints, x: Floats, y: Floats) -> Ints:
    """Return the pairs a predicate holds for; zones come in order, and what a thread prepares no other sees."""

    def work(part: slice) -> Bools:
        first, last = int(of[part.start]), int(of[part.stop - 1])
        own = own_copies(zones[first : last + 1])
        shapely.prepare(own)
        return predicate(own[of[part] - first], x[part], y[part])

    found = in_threads(row_blocks(len(of), size=PAIRS), work)
    return np.flatnonzero(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)
