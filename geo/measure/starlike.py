"""Polygons whose outline one point inside sees whole: valid without comparing their edges.

Where every edge turns the same way about a point, and all of them together turn once, directions from the point
meet the outline one after the other and once each: no two edges can cross or touch. Most parcels are such; what is
not is left to GEOS.

References
----------
Preparata and Shamos, Computational Geometry, 1985: star-shaped polygons and their kernel.
"""

from __future__ import annotations

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Integers, Shapes
from geo.parallel import in_threads, row_blocks

BLOCK = 5_000  # what is computed of their vertices stays in the processor's cache
ROUNDING = 1e-14  # of the largest product of two lengths: what a turn may be wrong by, many times over


def are_starlike(shapes: Shapes) -> Bools:
    """Tell which shapes are polygons of one ring that the middle of their vertices sees whole.

    False says nothing of a shape: it may be valid or not.

    Parameters
    ----------
    shapes
        n shapes of any kind.

    Examples
    --------
    >>> bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    >>> are_starlike(np.array([shapely.box(0, 0, 2, 1), bow])).tolist()
    [True, False]
    """
    result = np.zeros(len(shapes), dtype=bool)
    plain: Bools = (shapely.get_type_id(shapes) == 3) & (shapely.get_num_interior_rings(shapes) == 0)
    rows = np.flatnonzero(plain & ~shapely.is_empty(shapes))
    if len(rows):
        rings = shapes if len(rows) == len(shapes) else shapes[rows]
        result[rows] = _once_round(shapely.get_coordinates(rings), shapely.get_num_coordinates(rings))
    return result


def find_validity(shapes: Shapes) -> Bools:
    """Tell which shapes are valid, in two threads.

    Parameters
    ----------
    shapes
        n shapes of any kind.
    """

    def work(part: slice) -> Bools:
        """Ask GEOS only of what is not simple at a glance."""
        here = shapes[part]
        found = are_starlike(here)
        rest = np.flatnonzero(~found)
        found[rest] = shapely.is_valid(here[rest])
        return found

    parts = in_threads(row_blocks(len(shapes), size=BLOCK), work)
    return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)


def _once_round(xy: Floats, count: Integers) -> Bools:
    """Tell which closed rings, one after the other, turn once about the middle of their vertices."""
    starts = np.cumsum(count) - count
    between = starts[1:] - 1  # from one ring's end to the next one's start is no edge
    with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is not seen
        x, y = (
            values - np.repeat(np.add.reduceat(values, starts) / count, count)
            for values in (np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1]))
        )
        turn = x[:-1] * y[1:]
        turn -= x[1:] * y[:-1]
        turn[between] = turn[between - 1]
        slack = ROUNDING * (np.fmax.reduce(np.abs(x)) ** 2 + np.fmax.reduce(np.abs(y)) ** 2)
        one_way: Bools = (np.minimum.reduceat(turn, starts) > slack) | (np.maximum.reduceat(turn, starts) < -slack)
        below: Bools = y < 0.0
        rises = below[:-1] & ~below[1:]
        rises[between] = False
        once: Bools = np.add.reduceat(rises, starts, dtype=np.int64) == 1
        return one_way & once
