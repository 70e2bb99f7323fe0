"""Shapes taken apart into what has edges: points, lines and rings."""

from __future__ import annotations

import numpy as np
import shapely

from geo.arrays import Bools, Ints, Shapes


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
