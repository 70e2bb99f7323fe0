"""Named geometries and small layers for the tests of geo. CRS EPSG:4549 (metres) unless said otherwise."""

from collections.abc import Callable
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Proj, Transformer

EAST, NORTH = 528_000.0, 3_530_000.0  # near 120.3 E 31.9 N
Frames = Callable[[], gpd.GeoDataFrame]
ORIGIN = np.array([EAST, NORTH])
CLASSES = ("0701", "1001", "1401", "1701")


def square(x, y, size, height=None):
    """A square whose south-west corner is x, y metres from the tests' origin."""
    return shapely.box(EAST + x, NORTH + y, EAST + x + size, NORTH + y + (height or size))


def layer(shapes, crs=4549, **fields):
    return gpd.GeoDataFrame(fields, geometry=list(shapes), crs=crs)


BOW_TIE = shapely.Polygon([(EAST, NORTH), (EAST + 100, NORTH + 100), (EAST + 100, NORTH), (EAST, NORTH + 100)])
RING_WITH_HOLE = square(0, 0, 300).difference(square(100, 100, 50))
TWO_PARTS = shapely.MultiPolygon([square(0, 0, 40), square(80, 0, 30)])


def tiling(side=12, step=80.0, seed=3):
    """Irregular parcels that tile a square exactly, sharing every vertex."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(side + 1) * step, np.arange(side + 1) * step, indexing="ij")
    x[1:-1] += rng.uniform(-0.3, 0.3, x[1:-1].shape) * step
    y[:, 1:-1] += rng.uniform(-0.3, 0.3, y[:, 1:-1].shape) * step
    p = np.stack([x + EAST, y + NORTH], -1)
    ring = np.stack([p[:-1, :-1], p[1:, :-1], p[1:, 1:], p[:-1, 1:], p[:-1, :-1]], 2).reshape(-1, 5, 2)
    kinds = rng.choice(CLASSES, len(ring))
    return layer(shapely.polygons(ring), **{"class": kinds})


def messy(seed=5):
    """Overlaps, gaps, slivers, several parts, holes, a null class and a repeated parcel."""
    rng = np.random.default_rng(seed)
    base = tiling(side=9, step=107.0, seed=seed)
    shapes = list(base.geometry)
    for row in rng.choice(len(shapes), 12, replace=False):
        shapes[row] = shapely.affinity.scale(shapes[row], 1.25, 1.1)
    for row in rng.choice(len(shapes), 10, replace=False):
        shapes[row] = shapely.affinity.translate(shapes[row], 7.3, -4.1)
    shapes[4] = shapes[4].difference(shapes[4].centroid.buffer(11))
    shapes[40] = shapely.MultiPolygon([shapes[40].buffer(-20), square(-60, 400, 25)])
    shapes += [square(200, 200, 300, 0.02), square(350, 120, 0.01, 400), shapes[17]]
    kinds = [*base["class"], "1401", "1701", "0701"]
    kinds[8] = None
    keep = [row for row in range(len(shapes)) if row not in (22, 23, 61)]
    return layer([shapes[row] for row in keep], **{"class": [kinds[row] for row in keep]})


def zones(side=960.0, cuts=(0.37, 0.71), seed=11):
    """Six zones that tile a square, their borders crossing parcels."""
    rng = np.random.default_rng(seed)
    edge = [0.0, *(cut * side for cut in cuts), side]
    middle = side * 0.46
    wobble = np.linspace(0, side, 9)
    line = np.column_stack([wobble, middle + rng.uniform(-30, 30, 9)])
    lower = np.vstack([[0, 0], [side, 0], line[::-1]])
    south = shapely.Polygon(lower + ORIGIN)
    halves = [south, square(0, 0, side).difference(south)]
    shapes = [half.intersection(square(a, -1, b - a, side + 2)) for half in halves for a, b in pairwise(edge)]
    return layer(shapes, zone=[f"z{i}" for i in range(len(shapes))])


def parks(count=14, seed=4):
    """Small twelve-sided parks, some beyond the parcels."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(-150, 1100, (count, 2)) + ORIGIN
    shapes = [shapely.Point(x, y).buffer(r, quad_segs=3) for (x, y), r in zip(at, rng.uniform(5, 40, count))]
    return layer(shapes, id=range(count))


def lonlat(frame):
    """The same vertices as longitude and latitude (CGCS2000): edges are then straight in lon/lat."""
    return frame.to_crs(4490)


def open_zones():
    """Zones that reach beyond the parcels: gaps on every side."""
    frame = zones(side=1100.0)
    frame.geometry = frame.geometry.translate(-45, -70)
    return frame


def equal_area(shapes, crs, step):
    """The oracle's plane: edges split every ``step`` in ``crs``, then cylindrical equal-area."""
    base = CRS.from_user_input(crs)
    ellipsoid = base.ellipsoid
    plane = Proj(
        f"+proj=cea +lon_0=120.3 +lat_ts=31.9 +a={ellipsoid.semi_major_metre} +rf={ellipsoid.inverse_flattening}"
    )
    to_lonlat = Transformer.from_crs(base, base.geodetic_crs, always_xy=True)

    def moved(xy):
        lon, lat = to_lonlat.transform(xy[:, 0], xy[:, 1]) if base.is_projected else (xy[:, 0], xy[:, 1])
        return np.column_stack(plane(lon, lat))

    return shapely.transform(shapely.segmentize(np.asarray(shapes), step), moved)
