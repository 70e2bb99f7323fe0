"""The ground within a distance of shapes where no one plane is true enough: every vertex a geodesic away.

A shape is surrounded in a stereographic plane centred on itself; then each vertex is moved along the geodesic
from the nearest point of the shape, to where that geodesic is as long as the distance. So it holds at any extent,
across 180 degrees and over a pole; what is round still falls short by its chords
(`geo.access.service.radial_error_share`).
"""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import CRS

from geo.access.geodesic import PIECE_M, Globe, looked_for
from geo.arrays import Floats, Shapes, as_shapes
from geo.measure.crs import base_crs, same_datum_transformer
from geo.measure.seam import cut_at_seam


def surroundings(crs: CRS, shapes: Shapes, radius_m: Floats, *, quad_segs: int) -> Shapes:
    """Return the ground within a distance of each shape.

    Parameters
    ----------
    crs
        Where edges of the shapes are straight; degrees or a plane.
    shapes
        n points, lines or polygons.
    radius_m
        Of each, on the ellipsoid.
    quad_segs
        Sides of a quarter circle.

    Returns
    -------
    ndarray
        n polygons of the same CRS, longitudes between -180 and 180.

    Raises
    ------
    ExtentTooLarge
        A shape lies nearly all round the Earth.

    Examples
    --------
    >>> ground = surroundings(CRS(4326), np.array([shapely.Point(179.999, -17)]), np.array([500.0]), quad_segs=72)
    >>> len(shapely.get_parts(ground))
    2
    """
    rows = zip(shapes.tolist(), radius_m.tolist(), strict=True)
    found = np.empty(len(shapes), dtype=object)
    found[:] = [_around(crs, shape, radius, quad_segs) for shape, radius in rows]
    return found if not crs.is_geographic else cut_at_seam(found, over_pole=True).shapes


def _around(crs: CRS, shape: shapely.Geometry, radius_m: float, quad_segs: int) -> shapely.Geometry:
    own = np.array([shape], dtype=object)
    globe = Globe.of(crs, own)
    grown = shapely.buffer(globe.flattened(own)[0], radius_m, quad_segs=quad_segs)
    grown = shapely.segmentize(grown, PIECE_M)
    lonlat = globe.unflat(shapely.get_coordinates(grown))
    links = looked_for(globe, as_shapes(shapely.points(_back(crs, lonlat))), own)
    azimuth = globe.geod.inv(*links.end.T, *lonlat.T)[0]
    lon, lat, _ = globe.geod.fwd(links.end[:, 0], links.end[:, 1], azimuth, np.full(len(lonlat), radius_m))
    placed: shapely.Geometry = shapely.set_coordinates(grown, _back(crs, np.column_stack([lon, lat])))
    if crs.is_geographic or shapely.is_valid(placed):
        return placed
    return shapely.make_valid(placed, method="structure", keep_collapsed=False)


def _back(crs: CRS, lonlat: Floats) -> Floats:
    """Return places in longitude and latitude in a CRS."""
    way = same_datum_transformer(base_crs(crs), crs) if crs.is_projected else None
    return lonlat if way is None else np.column_stack(way.transform(lonlat[:, 0], lonlat[:, 1]))
