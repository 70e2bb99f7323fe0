"""Service areas are polygons: how far they fall short of what is round is stated, and held against geodesics."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Geod

from geo.access.service import PLANAR, QUAD_SEGS, ServiceRule, facilities_of, radial_error_share
from geo.measure.crs import Bench

ELLIPSOID = Geod(ellps="WGS84")
SIDES = 20_000


def disc_m2(lon: float, lat: float, radius_m: float) -> float:
    """Return the area within a distance of a point: a polygon of so many sides that its own shortfall is 2e-8."""
    turns = np.linspace(0.0, 360.0, SIDES, endpoint=False)
    east, north, _ = ELLIPSOID.fwd(np.full(SIDES, lon), np.full(SIDES, lat), turns, np.full(SIDES, radius_m))
    short = (2 * math.pi / SIDES) ** 2 / 6
    return abs(ELLIPSOID.polygon_area_perimeter(east, north)[0]) / (1 - short)


@pytest.mark.parametrize("radius_m", [300.0, 5_000.0, 40_000.0])
@pytest.mark.parametrize("lat", [0.0, 31.9, -45.0, 60.2, 78.0])
def test_a_service_area_falls_short_by_what_is_stated_and_never_reaches_too_far(
    lat: float, radius_m: float
) -> None:
    lon = 120.3
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(lon, lat)], crs=4326)
    bench = Bench.of(frame, where="facilities")
    found = facilities_of(frame, bench, np.asarray(frame.geometry, dtype=object), ServiceRule(radius_m=radius_m))
    (area,) = found.service_areas(bench)
    corners = np.asarray(area.exterior.coords)[:, :2]
    far = ELLIPSOID.inv(np.full(len(corners), lon), np.full(len(corners), lat), *corners.T)[2]
    assert far.max() <= radius_m * (1 + PLANAR), "nowhere beyond the distance"
    assert far.min() >= radius_m * (1 - PLANAR - radial_error_share(QUAD_SEGS)), "nowhere shorter than stated"
    share = abs(ELLIPSOID.geometry_area_perimeter(area)[0]) / disc_m2(lon, lat, radius_m)
    chords = (2 * math.pi / (4 * QUAD_SEGS)) ** 2 / 6
    assert 1 - chords - 2 * PLANAR <= share <= 1 + 2 * PLANAR
