"""The nearest of many, found the short way: as the long way finds it."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geo import ServiceRule, measure_coverage
from geo.access import geodesic
from geo.access.demand import shape_dimensions
from geo.access.geodesic import nearest_links
from geo.access.links import Links
from geo.access.surroundings import LinePieces
from geo.arrays import as_shapes
from geo.measure.crs import Bench
from tests.geo.shapes import EAST, NORTH, ORIGIN, layer, square

SEEDS = st.integers(0, 2**31)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, about=st.floats(0.5, 3000.0))
def test_the_nearest_place_is_the_nearest_whatever_distance_it_is_looked_for_at(seed, about):
    rng = np.random.default_rng(seed)
    ends = rng.uniform(0, 1000, (40, 1, 2)) + rng.uniform(-60, 60, (40, 17, 2))
    lines = [shapely.LineString(xy[: 2 + number % 16]) for number, xy in enumerate(ends)]
    pieces = as_shapes(np.array([*lines, shapely.Point(500.0, 500.0)], dtype=object))
    points = as_shapes(shapely.points(rng.uniform(-500, 1500, (200, 2))))
    found = LinePieces.of(pieces).nearest(shapely.get_coordinates(points), about)
    apart = shapely.distance(points[:, None], pieces[None])
    away = np.hypot(*(found - shapely.get_coordinates(points)).T)
    assert away == pytest.approx(apart.min(axis=1), rel=1e-12, abs=1e-9)
    assert shapely.distance(as_shapes(shapely.points(found))[:, None], pieces[None]).min(axis=1).max() < 1e-9


@settings(max_examples=8, deadline=None)
@given(seed=SEEDS, crs=st.sampled_from([4549, 4490, 32633]))
def test_short_edges_need_no_coarse_look_first(seed, crs):
    rng = np.random.default_rng(seed)
    places = layer(shapely.buffer(shapely.points(rng.uniform(0, 30_000, (25, 2)) + ORIGIN), 90.0)).to_crs(crs)
    shapes = layer(
        shapely.linestrings(rng.uniform(0, 30_000, (12, 1, 2)) + rng.uniform(-200, 200, (12, 9, 2)) + ORIGIN)
    ).to_crs(crs)
    sides = shapes.geometry.to_numpy(), places.geometry.to_numpy()
    once = nearest_links(CRS(crs), *sides)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(geodesic, "longest_edge", lambda shapes: np.inf)
        twice = nearest_links(CRS(crs), *sides)
    assert once.other.tolist() == twice.other.tolist()
    assert once.distance_m == pytest.approx(twice.distance_m, rel=1e-9, abs=1e-7)


def test_a_long_edge_is_still_looked_at_in_pieces():
    """A line of 400 km with two ends only, and a point beside its middle: the nearest place is no end."""
    line = np.array([shapely.LineString([(10.0, 50.0), (16.0, 50.0)])], dtype=object)
    point = np.array([shapely.Point(13.0, 50.1)], dtype=object)
    found = nearest_links(CRS(4326), point, line)
    assert float(found.distance_m[0]) == pytest.approx(11_123.0, abs=1.0)  # 0.1 degrees of a meridian at 50.05 N
    assert found.end[0].tolist() == pytest.approx([13.0, 50.0], abs=1e-4)


def test_dimensions_are_those_of_the_shapes():
    parts = [shapely.Point(0, 0), shapely.LineString([(0, 0), (1, 1)]), square(0, 0, 1)]
    kinds = [*parts, shapely.LinearRing([(0, 0), (1, 0), (1, 1)]), None, shapely.GeometryCollection()]
    kinds += [shapely.GeometryCollection(parts), shapely.GeometryCollection(parts[:2]), shapely.Polygon()]
    kinds += [shapely.MultiPoint([(0, 0)]), shapely.MultiLineString([parts[1]]), shapely.MultiPolygon([parts[2]])]
    shapes = np.array(kinds, dtype=object)
    assert shape_dimensions(shapes).tolist() == shapely.get_dimensions(shapes).tolist()


def test_a_target_is_told_by_its_own_name():
    homes = layer([square(0, 0, 100), square(300, 0, 100), square(900, 0, 100)])
    homes.index = pd.Index(["a", "b", "c"])
    road = layer([shapely.LineString([(EAST - 10, NORTH - 300), (EAST - 10, NORTH + 300)])])
    found = measure_coverage(homes, road, ServiceRule(radius_m=60.0))
    assert found.target_id == ("a", "b", "c")
    assert found.covered_parts()["feature"].tolist() == ["a"]
    assert found.uncovered_parts()["feature"].tolist() == ["a", "b", "c"]


@pytest.mark.parametrize("crs", [4549, 4490])
def test_how_far_the_scale_may_change_is_that_of_all_corners(crs):
    """Features over 60 km away from the central meridian, where it grows as x^2 / 2 R^2; over their half it is less."""
    homes = layer([square(east, 0, 90) for east in range(0, 60_000, 500)])
    river = layer([shapely.LineString([(EAST + 1000, NORTH - 50), (EAST + 1200, NORTH - 80)])])
    mine, theirs = homes.to_crs(crs), river.to_crs(crs)
    bench = Bench.of(mine, where="homes")
    links = Links.of(bench, mine.geometry.to_numpy(), theirs.geometry.to_numpy())
    found = links.unsure_m(mine.geometry.to_numpy())
    half = links.unsure_m(mine.geometry.to_numpy()[:60])
    assert 0.0 < half < found < 2e-4
    if crs == 4549:
        far = (EAST + 60_000 - 5e5) / 6_371_000.0
        near = max(0.0, EAST - 5e5) / 6_371_000.0
        assert found == pytest.approx(abs(far**2 - near**2) / 2.0, rel=0.05)


def test_many_are_taken_apart_some_at_a_time_and_found_as_all_at_once(monkeypatch):
    places = layer(shapely.buffer(shapely.points(np.arange(0, 20_000, 800.0)[:, None] + ORIGIN), 90.0))
    sides = (
        places.geometry.to_numpy(),
        as_shapes(shapely.linestrings([np.array([[0, 9_000], [900, 9_900]]) + ORIGIN])),
    )
    once, apart, sizes = nearest_links(CRS(4549), *sides), geodesic._apart, []
    monkeypatch.setattr(geodesic, "APART", 8)
    monkeypatch.setattr(
        geodesic, "_apart", lambda globe, mine, own: sizes.append(len(mine)) or apart(globe, mine, own)
    )
    some = nearest_links(CRS(4549), *sides)
    assert sizes == [8, 8, 8, 1] and (once.distance_m == some.distance_m).all() and (once.end == some.end).all()
