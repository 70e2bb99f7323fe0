"""The walk of the second opinion, and the engine's, on three small nets: to a billionth, and against plain sums."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

import geo
from layers.figures.verification.walking import Footways, cut_footways
from tests.geo.shapes import EAST, NORTH, ORIGIN, layer

pytestmark = pytest.mark.slow

TO_LONLAT = pyproj.Transformer.from_crs(4549, 4490, always_xy=True)
EXACT, MICROMETRE = 1e-9, 1e-6


def _line(*xy: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(EAST + x, NORTH + y) for x, y in xy])


def _grid() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame | None]:
    """Streets that cross at right angles, one block left out."""
    across = [_line((0, y), (900, y)) for y in (0, 300, 600, 900) if y != 300]
    along = [_line((x, -50), (x, 950)) for x in (0, 300, 600, 900)]
    return layer([*across, *along, _line((0, 300), (600, 300))]), None


def _tangle() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame | None]:
    """Two dozen winding roads that cross and cross themselves."""
    rng = np.random.default_rng(11)
    return layer([_line(*rng.uniform(-100, 1100, (5, 2))) for _ in range(24)]), None


def _banks() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame | None]:
    """Streets on both banks of a river with one bridge; side streets end on a street without a vertex of it."""
    roads = [_line((0, 0), (180, 1000)), _line((400, 0), (560, 1000)), _line((180, 1000), (560, 1000))]
    ends = [0.21, 0.47, 0.83]
    west = [_line((-300, 300 * i), (180 * e, 1000 * e)) for i, e in enumerate(ends)]
    east = [_line((900, 300 * i), (400 + 160 * e, 1000 * e)) for i, e in enumerate(ends)]
    return layer([*roads, *west, *east]), layer([_line((200, -200), (370, 900), (370, 1200))])


NETS = {"grid": _grid, "tangle": _tangle, "banks": _banks}


@cache
def _second(name: str) -> Footways:
    roads, walls = NETS[name]()
    barriers = [] if walls is None else list(walls.geometry)
    return cut_footways(list(roads.geometry), barriers, TO_LONLAT, reach_m=200.0)


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("wide", [False, True])
def test_both_walk_the_same_way(name: str, wide: bool) -> None:
    roads, walls = NETS[name]()
    rng = np.random.default_rng(5)
    places = shapely.points(rng.uniform(-50, 1000, (150, 2)) + ORIGIN)
    start = shapely.points(rng.uniform(0, 900, (6, 2)) + ORIGIN)
    if wide:  # parks that streets run through
        start = shapely.buffer(start, 70.0)
    network = geo.WalkNetwork.build(roads, barriers=walls)
    ours = network.nearest_m(places, network.sources(start)[0])
    walk = _second(name).walked(list(start))
    theirs = np.array([walk.to(place) for place in places])
    assert (np.isfinite(ours) == np.isfinite(theirs)).all()
    known = np.isfinite(ours)
    assert known.sum() > 40
    np.testing.assert_allclose(ours[known], theirs[known], rtol=EXACT, atol=MICROMETRE)
    reach = layer([*start])
    shown = geo.measure_coverage(
        layer(places), reach, geo.ServiceRule(radius_m=700), walk=geo.WalkRule(network=network)
    ).covered[0]
    assert shown == (theirs <= 700).sum()


def test_a_walk_round_blocks_is_the_sum_of_their_sides() -> None:
    roads, _ = _grid()
    walk = _second("grid").walked([shapely.Point(EAST + 10, NORTH)])
    ratio = geo.length_m(roads)[0] / 900.0  # the ellipsoid's metre beside the plane's
    assert walk.to(shapely.Point(EAST + 300, NORTH + 450)) == pytest.approx((290 + 450) * ratio, rel=1e-6)
    east = walk.to(shapely.Point(EAST + 900, NORTH + 300))
    assert east == pytest.approx((890 + 300) * ratio, rel=1e-6)


def test_a_side_street_that_ends_on_a_street_meets_it_in_degrees_too() -> None:
    roads, walls = _banks()
    network = geo.WalkNetwork.build(roads.to_crs(4490), barriers=walls.to_crs(4490) if walls is not None else None)
    school = gpd.GeoSeries([shapely.Point(EAST - 300, NORTH)], crs=4549).to_crs(network.plane)
    far = gpd.GeoSeries([shapely.Point(EAST + 180, NORTH + 1000)], crs=4549).to_crs(network.plane)
    found = network.nearest_m(far.to_numpy(), network.sources(school.to_numpy())[0])[0]
    first = _line((-300, 0), (180 * 0.21, 1000 * 0.21)).length + _line((180 * 0.21, 210), (180, 1000)).length
    assert found == pytest.approx(first, rel=2e-4)
