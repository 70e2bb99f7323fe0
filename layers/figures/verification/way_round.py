"""The shortest way round barriers, for the second engine: every corner sees every other, and Dijkstra walks."""

from __future__ import annotations

import heapq
from collections import defaultdict

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo.arrays import Floats, Shapes, as_list, as_shapes
from layers.figures.verification.sql import Plane

_THIN_M = 0.01  # the rule: a line nobody crosses is so wide on either side
_ALONG_M = 1e-4  # a way may run along a bank
_STRAIGHT_M = 1e-3  # what an edge split for its curve is off at most
_MOST = 400  # corners; beyond, there is no second value
_Links = dict[int, list[tuple[int, float]]]


def reached_round(
    plane: Plane,
    points: list[BaseGeometry],
    served: list[tuple[BaseGeometry, float]],
    walls: list[BaseGeometry],
) -> list[bool] | None:
    """Return which points lie within reach of any facility round the walls; None where there are too many corners.

    Parameters
    ----------
    plane
        The plane all shapes are on.
    points
        Places of the demand.
    served
        Facilities, and how far each serves (m).
    walls
        Lines and polygons that nobody crosses.
    """
    ground = _ground(walls)
    corners = as_shapes(shapely.points(np.unique(shapely.get_coordinates(ground), axis=0)))
    if len(corners) > _MOST:
        return None
    inside = shapely.buffer(ground, -_ALONG_M, join_style="mitre")
    shapely.prepare(inside)
    places: Shapes = np.array([*as_list(corners), *points], dtype=object)
    between = _links(plane, places, len(corners), inside)
    out = np.zeros(len(points), dtype=bool)
    for facility, metres in served:
        ways = shapely.shortest_line(facility, places)
        direct = np.where(shapely.intersects(inside, ways), np.inf, _lengths(plane, ways))
        out |= _walked(direct, between)[len(corners) :] <= metres
    return [bool(one) for one in out]


def _ground(walls: list[BaseGeometry]) -> BaseGeometry:
    shapes = [
        shapely.buffer(one, _THIN_M, quad_segs=1, cap_style="square", join_style="mitre")
        if shapely.get_dimensions(one) < 2
        else one
        for one in (shapely.simplify(wall, _STRAIGHT_M) for wall in walls)
    ]
    return shapely.union_all(shapes)


def _links(plane: Plane, places: Shapes, corners: int, inside: BaseGeometry) -> _Links:
    """Return from each of the first places, the corners, which others see it and how far they are (m)."""
    left, right = np.triu_indices(len(places), k=1)
    kept = left < corners
    left, right = left[kept], right[kept]
    xy = shapely.get_coordinates(places)
    ways: Shapes = np.asarray(shapely.linestrings(np.stack([xy[left], xy[right]], axis=1)), dtype=object)
    open_ = ~shapely.intersects(inside, ways)
    out: _Links = defaultdict(list)
    for one, other, metres in zip(
        left[open_].tolist(), right[open_].tolist(), _lengths(plane, ways[open_]).tolist(), strict=True
    ):
        out[one].append((other, metres))
        if other < corners:
            out[other].append((one, metres))
    return out


def _walked(direct: Floats, between: _Links) -> Floats:
    """Return how far every place is, over corners or straight."""
    away = direct.copy()
    waiting = [(metres, at) for at, metres in enumerate(direct.tolist()) if metres < np.inf]
    heapq.heapify(waiting)
    while waiting:
        metres, at = heapq.heappop(waiting)
        if metres > away[at]:
            continue
        for other, further in between.get(at, ()):
            if metres + further < away[other]:
                away[other] = metres + further
                heapq.heappush(waiting, (metres + further, other))
    return away


def _lengths(plane: Plane, ways: Shapes) -> Floats:
    """Return the geodesic lengths (m) of straight ways on the plane."""
    back, geod = plane.to_lonlat, pyproj.Geod(ellps="WGS84")
    ends = [shapely.get_coordinates(shapely.get_point(ways, at)) for at in (0, -1)]
    begin, end = (back.transform(xy[:, 0], xy[:, 1]) for xy in ends)
    return np.asarray(geod.inv(*begin, *end)[2], dtype=np.float64)
