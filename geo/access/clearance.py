"""How one shape stands to others: apart by so much, or in one another so deep.

The distance between shapes that are apart is geodesic. The depth of those that overlap is how far one may be
moved, in whatever direction, with both still overlapping for sure: a point of what they share lies so deep inside
one of them. It is found in a plane centred on the shape, true there to a millimetre in 10 km.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Transformer

import geo.measure.area as areas
from geo.access.geodesic import nearest_links
from geo.arrays import Floats, Shape, Shapes, as_list, as_shapes
from geo.measure import sound
from geo.measure.crs import Bench
from geo.measure.seam import take_outlines

_LONLAT = CRS("EPSG:4326")
_BENCH = Bench(_LONLAT, _LONLAT)
_BEND_DEG = 0.0009  # an edge of 100 m bends by a tenth of a millimetre between the planes
_CLOSE_M = 1e-4
_ROUND = 64  # segments of a quarter circle where a ground is narrowed


@dataclass(frozen=True)
class Clearance:
    """One shape beside m others.

    Attributes
    ----------
    apart_m
        Distance of each; 0 where they overlap or touch.
    begin, end
        Ends of the shortest way, from the shape to the other: longitude and latitude, (m, 2).
    overlap
        What is shared with each, longitude and latitude; None where nothing is.
    overlap_m2
        Its area on the ellipsoid.
    shape, others
        The shape and the m others, longitude and latitude.
    """

    apart_m: Floats
    begin: Floats
    end: Floats
    overlap: Shapes
    overlap_m2: Floats
    shape: Shape = field(repr=False)
    others: Shapes = field(repr=False)

    @cached_property
    def gap_m(self) -> Floats:
        """Distance of each; negative where they overlap: how deep, which takes long to find. Touching is 0."""
        gap = self.apart_m.copy()
        met = np.flatnonzero(gap == 0.0)
        if len(met):
            plane = _plane_of(self.shape)
            mine = plane(self.shape)
            for row in met:
                gap[row] = 0.0 - _depth(mine, plane(self.others[row]), plane(self.overlap[row]))
        return gap


def lonlat_shapes(frame: gpd.GeoDataFrame, *, where: str) -> Shapes:
    """Return a layer's shapes in longitude and latitude, edges of the other model split every 100 m.

    Parameters
    ----------
    frame
        n rows; its CRS and edges as declared.
    where
        Its name in errors.
    """
    return _BENCH.bring(frame, where=where)


def measure_clearance(shape: Shape, others: Shapes) -> Clearance:
    """Return how a shape stands to each of others, all in longitude and latitude (WGS 84).

    Parameters
    ----------
    shape
        A point, line or polygon.
    others
        m of them, of any kind.

    Examples
    --------
    >>> site = shapely.box(120.0, 31.0, 120.001, 31.001)
    >>> others = np.array([shapely.box(120.0005, 31.0, 120.002, 31.001), shapely.Point(120.002, 31)])
    >>> [round(float(gap), 2) for gap in measure_clearance(site, others).gap_m]
    [-47.75, 95.5]
    """
    count = len(others)
    apart, begin, end = np.zeros(count), np.zeros((count, 2)), np.zeros((count, 2))
    overlap = np.full(count, None, dtype=object)
    overlap_m2 = np.zeros(count)
    if count:
        links = nearest_links(_LONLAT, as_shapes(others), _one(shape))
        apart, begin, end = links.distance_m.copy(), links.end, links.begin
    met = np.flatnonzero(apart == 0.0)
    if len(met):
        shared = sound.intersect_pairs(as_shapes(others)[met], shape)
        overlap[met] = shared
        overlap_m2[met] = areas.area_m2(gpd.GeoSeries(shared, crs=_LONLAT))
    return Clearance(apart, begin, end, overlap, overlap_m2, shape, others)


@dataclass(frozen=True)
class Margin:
    """How a shape lies in a ground: ``margin_m`` from its outline, negative by as much as it sticks out.

    ``outside`` is what sticks out (longitude and latitude; empty when nothing does), ``outside_m2`` its area.
    """

    margin_m: float
    outside: Shape
    outside_m2: float


def measure_margin(shape: Shape, grounds: Shapes) -> Margin:
    """Return how a shape lies in what some polygons cover together, all in longitude and latitude (WGS 84).

    Parameters
    ----------
    shape
        A point, line or polygon.
    grounds
        m polygons; none at all hold nothing, and the margin is minus infinity.

    Examples
    --------
    >>> site = shapely.box(120.0, 31.0, 120.001, 31.001)
    >>> round(measure_margin(site, np.array([shapely.box(119.999, 30.999, 120.002, 31.002)])).margin_m, 2)
    95.5
    """
    whole = sound.union(as_shapes(grounds))
    outside: Shape = sound.subtract_pairs(_one(shape), whole)[0]
    outside_m2 = float(areas.area_m2(gpd.GeoSeries([outside], crs=_LONLAT))[0]) if not outside.is_empty else 0.0
    if whole.is_empty:
        return Margin(-np.inf, outside, outside_m2)
    plane = _plane_of(shape)
    mine, held, out = plane(shape), plane(whole), plane(outside)
    if outside.is_empty:
        edge = nearest_links(_LONLAT, _one(shape), take_outlines(_one(whole)))
        return Margin(float(edge.distance_m[0]), outside, 0.0)
    away = shapely.distance(held, mine)
    reach = 2.0 * (away + shapely.length(shapely.envelope(mine)) + 1.0)
    free = shapely.difference(shapely.buffer(shapely.envelope(mine), reach), held)
    return Margin(-_deepest(out, free), outside, outside_m2)


class _Plane:
    """Longitude and latitude to an equidistant plane about a shape's middle, edges split so that none bends."""

    def __init__(self, longitude: float, latitude: float) -> None:
        plane = CRS(f"+proj=aeqd +lat_0={latitude!r} +lon_0={longitude!r} +ellps=WGS84 +units=m")
        self._way = Transformer.from_crs(_LONLAT, plane, always_xy=True)

    def __call__(self, shape: Shape) -> Shape:
        split = shapely.segmentize(shape, _BEND_DEG)
        moved: Shape = shapely.transform(split, self._move)
        return moved

    def _move(self, xy: Floats) -> Floats:
        return np.column_stack(self._way.transform(xy[:, 0], xy[:, 1]))


def _one(shape: Shape) -> Shapes:
    return np.array([shape], dtype=object)


def _plane_of(shape: Shape) -> _Plane:
    west, south, east, north = shape.bounds
    return _plane_at((west + east) / 2.0, (south + north) / 2.0)


@lru_cache(maxsize=16)
def _plane_at(longitude: float, latitude: float) -> _Plane:
    return _Plane(longitude, latitude)


def _depth(mine: Shape, other: Shape, shared: Shape) -> float:
    """Return how deep two shapes that meet lie in one another, m."""
    depths = [_deepest(shared, ground) for ground in (mine, other) if shapely.get_dimensions(ground) == 2]
    return max(depths, default=0.0)


def _deepest(part: Shape, ground: Shape) -> float:
    """Return how far the point of a part of a ground that is farthest from the ground's outline is from it, m.

    The ground is narrowed until nothing of the part is left in it; every answer has a point that stands for it.
    """
    pieces = shapely.get_parts(as_shapes(shapely.get_parts(part)))
    if not len(pieces):
        return 0.0
    kinds = shapely.get_dimensions(pieces)
    pieces = pieces[kinds == kinds.max()]
    corners = shapely.points(shapely.get_coordinates(pieces))
    west, south, east, north = as_list(shapely.total_bounds(pieces))
    across = float(np.hypot(east - west, north - south))
    near = float(shapely.distance(shapely.boundary(ground), corners).max(initial=0.0))
    reach = 2.0 * (near + across) + 1.0
    box = shapely.box(west - reach, south - reach, east + reach, north + reach)
    ground = sound.intersect_pairs(_one(ground), box)[0]
    outline = shapely.boundary(ground)
    low = float(shapely.distance(outline, corners).max(initial=0.0))
    high = low + across
    while high - low > _CLOSE_M:
        half = 0.5 * (low + high)
        narrowed = shapely.buffer(ground, -half, quad_segs=_ROUND)
        left = np.flatnonzero(shapely.intersects(pieces, narrowed))
        if not len(left):
            high = half
            continue
        inside = sound.intersect_pairs(pieces[left], narrowed)
        deep = float(shapely.distance(outline, shapely.point_on_surface(inside)).max())
        if not deep > low:  # the round of a narrowed corner: no point stands for more
            break
        low = deep
        high = max(high, low)
    return low
