"""Set operations that do not fail for one bad pair: GEOS's own first, and for what it cannot do, ways round it.

GEOS raises for shapes that rounding has left invalid, and stops a whole array for one of them. Here the array is
done pair by pair then, and the pair that fails is rebuilt by its ring structure, then on a grid so fine that no
area told changes. What even that cannot do is raised as `Unworkable`, naming the row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import shapely

from geo.arrays import Shape, Shapes
from geo.errors import Unworkable

GRID = 2.0**-40  # of the largest coordinate: 4 micrometres in a plane's millions of metres
Operation = Callable[..., Any]  # of shapely: one of a pair, many of many


def intersect_pairs(left: Shapes, right: Shapes | shapely.Geometry) -> Shapes:
    """Return what pairs of shapes have in common."""
    return _pairs(shapely.intersection, left, right)


def subtract_pairs(left: Shapes, right: Shapes | shapely.Geometry) -> Shapes:
    """Return the first of each pair without the second."""
    return _pairs(shapely.difference, left, right)


def union(shapes: Shapes) -> Shape:
    """Return the ground, or the lines, that shapes cover together.

    Raises
    ------
    Unworkable
        Naming the row that cannot be joined to those before it.
    """
    try:
        return shapely.union_all(shapes)
    except shapely.GEOSException:
        every = np.array(np.atleast_1d(np.asarray(shapes, dtype=object)), dtype=object)
    bad = np.flatnonzero(~shapely.is_valid(every) & ~shapely.is_missing(every))
    every[bad] = [_rebuilt(one) for one in every[bad].tolist()]
    try:
        return shapely.union_all(every)
    except shapely.GEOSException:  # one by one, to name the row that cannot be joined
        whole: Shape = shapely.GeometryCollection()
        for row, shape in enumerate(every):
            if shape is not None:
                whole = shape if whole.is_empty else cast("Shape", _one(shapely.union, whole, shape, row))
        return whole


def unite_rows(rows: Shapes) -> Shapes:
    """Return the ground each row of a table of shapes covers together."""
    try:
        return np.asarray(shapely.union_all(rows, axis=1), dtype=object)
    except shapely.GEOSException:
        return np.array([union(row) for row in rows], dtype=object)


def split_edges(shapes: Shapes, longest: float) -> Shapes:
    """Return shapes with vertices added until no edge is longer; a line of one place alone is left empty."""
    try:
        return shapely.segmentize(shapes, longest)
    except shapely.GEOSException:
        pointlike = np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes))
        mended = np.array(shapes, dtype=object)
        mended[pointlike] = [_rebuilt(one) for one in mended[pointlike].tolist()]
        return shapely.segmentize(mended, longest)


def _pairs(operation: Operation, left: Shapes, right: Shapes | shapely.Geometry) -> Shapes:
    try:
        return cast("Shapes", operation(left, right))
    except shapely.GEOSException:
        many = np.broadcast_arrays(np.asarray(left, dtype=object), np.asarray(right, dtype=object))
        pairs = zip(*(one.ravel().tolist() for one in many), strict=True)
        found = np.empty(many[0].size, dtype=object)
        for row, (one, other) in enumerate(pairs):
            found[row] = _one(operation, one, other, row)
        return found.reshape(many[0].shape)


def _one(operation: Operation, one: shapely.Geometry, other: shapely.Geometry, row: int) -> shapely.Geometry:
    sound = [one, other]
    for grid in (None, None, _grid(one, other)):
        try:
            made = operation(*sound) if grid is None else operation(*sound, grid_size=grid)
            return cast("shapely.Geometry", made)
        except shapely.GEOSException:
            sound = [_rebuilt(one), _rebuilt(other)]
    raise Unworkable(row=row)


def _grid(*shapes: shapely.Geometry) -> float:
    xy = np.concatenate([shapely.get_coordinates(shape) for shape in shapes])
    xy = xy[np.isfinite(xy)]
    return GRID * max(1.0, float(np.abs(xy).max(initial=1.0)))


def _rebuilt(shape: shapely.Geometry) -> shapely.Geometry:
    try:
        return shapely.make_valid(shape, method="structure", keep_collapsed=False)
    except shapely.GEOSException:
        return shape
