"""Plane and degrees: the projection, the sketch frames, smoothing and areas.

The drawing is made in EPSG:4549 (CGCS2000 / 3-degree Gauss-Kruger, central meridian 120 E, metres) and handed over
in degrees. CGCS2000 and WGS 84 differ by far less than any uncertainty here and are taken as equal.
A sketch frame is a quadrilateral with corners in degrees; a point of it is a pair (x, y) of percentages, x from
its west to its east edge and y from its south to its north edge, so lines of equal x or y make a street grid that
fans gently from one edge's direction to the opposite edge's.

References
----------
OGC WKT EPSG:4549; Chaikin (1974), An algorithm for high-speed curve generation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from pyproj import Geod, Transformer
from shapely.geometry.base import BaseGeometry

DEGREE_DECIMALS = 7
Pair = tuple[float, float]
Points = Sequence[Sequence[float] | np.ndarray] | np.ndarray


@lru_cache(maxsize=2)
def _transformer(*, to_plane: bool) -> Transformer:
    return (
        Transformer.from_crs("EPSG:4490", "EPSG:4549", always_xy=True)
        if to_plane
        else Transformer.from_crs("EPSG:4549", "EPSG:4490", always_xy=True)
    )


def to_plane(geometry: BaseGeometry) -> BaseGeometry:
    """Degrees (longitude, latitude) to metres in EPSG:4549."""
    return _moved(geometry, plane=True)


def to_degrees(geometry: BaseGeometry) -> BaseGeometry:
    """Metres in EPSG:4549 to degrees, rounded to 7 decimals (about 1 cm)."""
    return _moved(geometry, plane=False)


def _moved(geometry: BaseGeometry, *, plane: bool) -> BaseGeometry:
    def move(points: np.ndarray) -> np.ndarray:
        x, y = _transformer(to_plane=plane).transform(points[:, 0], points[:, 1])
        moved = np.column_stack([x, y])
        return moved if plane else np.round(moved, DEGREE_DECIMALS)

    return shapely.transform(geometry, move)


def area_m2(geometry: BaseGeometry) -> float:
    """Area on the ellipsoid of a geometry in degrees, edges as geodesics, in square metres."""
    return abs(Geod(ellps="GRS80").geometry_area_perimeter(geometry)[0])


@dataclass(frozen=True)
class Frame:
    """A sketch frame: corners in EPSG:4549 metres, north-west first and on clockwise."""

    corners: tuple[Pair, Pair, Pair, Pair]

    @classmethod
    def of(cls, corners: Sequence[Sequence[float]]) -> Frame:
        """The frame with these four corners in degrees: north-west, north-east, south-east, south-west."""
        line = to_plane(shapely.LineString(corners))
        nw, ne, se, sw = (tuple(point) for point in shapely.get_coordinates(line).tolist())
        return cls((nw, ne, se, sw))

    def plane(self, points: Points) -> np.ndarray:
        """Percentages (x, y) to metres; an array of n rows and 2 columns."""
        nw, ne, se, sw = (np.array(corner) for corner in self.corners)
        share = np.asarray(points, dtype=float) / 100.0
        x, y = share[:, :1], share[:, 1:]
        return (sw * (1 - x) + se * x) * (1 - y) + (nw * (1 - x) + ne * x) * y

    def directions(self, point: Sequence[float] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Unit vectors of the grid at a point (percentages): along x, and square to it."""
        before, after = self.plane([(point[0] - 1, point[1]), (point[0] + 1, point[1])])
        along = (after - before) / np.hypot(*(after - before))
        return along, np.array([-along[1], along[0]])


def chaikin(points: np.ndarray, *, rounds: int, closed: bool) -> np.ndarray:
    """Corners cut `rounds` times; open lines keep their two ends, rings come back closed."""
    smooth = points[:-1] if closed and np.allclose(points[0], points[-1]) else points
    for _ in range(rounds):
        following = np.roll(smooth, -1, axis=0) if closed else smooth[1:]
        here = smooth if closed else smooth[:-1]
        cut = np.empty((2 * len(here), 2))
        cut[0::2] = 0.75 * here + 0.25 * following
        cut[1::2] = 0.25 * here + 0.75 * following
        smooth = cut if closed else np.vstack([smooth[:1], cut[1:-1], smooth[-1:]])
    return np.vstack([smooth, smooth[:1]]) if closed else smooth
