"""Shapes taken apart into what has edges: points, lines and rings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes


def longest_edge(shapes: Shapes) -> float:
    """Return how long the longest edge is, CRS units."""
    parts, _ = simple_parts(shapes)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    length = np.hypot(*np.diff(xy, axis=0).T)
    return float(length[part[1:] == part[:-1]].max(initial=0.0))


def simple_parts(shapes: Shapes) -> tuple[Shapes, Ints]:
    """Return the points, lines and rings of shapes, and whose they are."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    while (shapely.get_type_id(parts) > 3).any():
        parts, outer = shapely.get_parts(parts, return_index=True)
        owner = owner[outer]
    areal: Bools = shapely.get_type_id(parts) == 3
    rings, polygon = shapely.get_rings(parts[areal], return_index=True)
    owners = np.concatenate([owner[~areal], owner[areal][polygon]])
    return np.concatenate([parts[~areal], rings]), owners.astype(np.int64)


def least_along(distance: Callable[[Floats], Floats], share: Floats, free: Bools, step: float) -> Floats:
    """Return the shares (0 to 1) of edges where a distance is least: a parabola through its squares.

    Parameters
    ----------
    distance
        Of shares of all edges, (n,).
    share, free
        About where it is least, and which edges are longer than a point, (n,).
    step
        Half the width of the parabola.
    """
    if not free.any():
        return share
    middle = np.clip(share, step, 1.0 - step)
    low, mid, high = (distance(middle + turn) ** 2 for turn in (-step, 0.0, step))
    bend = low - 2.0 * mid + high
    move = 0.5 * (low - high) / np.where(bend > 0.0, bend, 1.0) * step
    found = np.clip(middle + np.where(bend > 0.0, move, np.where(low < high, -2.0, 2.0)), 0.0, 1.0)
    result: Floats = np.where(free, found, share)
    return result
