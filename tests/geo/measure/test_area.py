import math
from itertools import pairwise

import numpy as np
import pytest
import shapely
from pyproj import Geod

from geo import Area, area_m2, balance_parts, declare_edges, length_m, plane_area_m2
from geo.errors import ExtentTooLarge, MissingCRS, RefusedCRS, RefusedDatum
from tests.geo.shapes import EAST, NORTH, ORIGIN, RING_WITH_HOLE, TWO_PARTS, equal_area, layer, lonlat, square

A, F = 6378137.0, 1 / 298.257222101


def official_trapezoid_m2(lon_lat):
    """国土调查办发〔2008〕32号: the sum of trapezoids between edges and a meridian, coefficients to e^10."""
    e2 = F * (2 - F)
    b = A * (1 - F)
    e4, e6, e8, e10 = e2**2, e2**3, e2**4, e2**5
    k = (
        1 + 3 / 6 * e2 + 30 / 80 * e4 + 35 / 112 * e6 + 630 / 2304 * e8,
        1 / 6 * e2 + 15 / 80 * e4 + 21 / 112 * e6 + 420 / 2304 * e8,
        3 / 80 * e4 + 7 / 112 * e6 + 180 / 2304 * e8,
        1 / 112 * e6 + 45 / 2304 * e8,
        5 / 2304 * e8,
    )
    assert e10 < 1e-10
    total = 0.0
    for (l0, b0), (l1, b1) in pairwise(lon_lat):
        width = math.radians((l0 + l1) / 2 - lon_lat[0][0])
        db, bm = math.radians(b1 - b0), math.radians((b0 + b1) / 2)
        series = sum(
            (-1) ** i * k[i] * math.sin((2 * i + 1) * db / 2) * math.cos((2 * i + 1) * bm) for i in range(5)
        )
        total += 2 * b * b * width * series
    return abs(total)


def random_polygons(size, count=40, seed=1):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        angle = np.sort(rng.uniform(0, 2 * np.pi, 11))
        radius = size / 2 * rng.uniform(0.5, 1, 11)
        centre = rng.uniform(-20_000, 20_000, 2) + ORIGIN
        shape = shapely.Polygon(np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None] + centre)
        if shape.is_valid:
            yield shape


def test_the_map_sheet():
    sheet = shapely.box(120.25, 31.875, 120.25 + 3.75 / 60, 31.875 + 2.5 / 60)
    assert area_m2(layer([sheet], crs=4490))[0] == pytest.approx(27_316_925.1426, abs=1e-3)
    assert official_trapezoid_m2(list(sheet.exterior.coords)) == pytest.approx(27_316_925.1426, abs=1e-3)


@pytest.mark.parametrize("size", [3000, 30_000])
def test_plane_edges_agree_with_geodesics(size):
    frame = layer(random_polygons(size))
    dense = layer(shapely.segmentize(frame.geometry.values, size / 600)).to_crs(4490)
    geod = Geod(a=A, f=F)
    oracle = [abs(geod.geometry_area_perimeter(shape)[0]) for shape in dense.geometry]
    np.testing.assert_allclose(area_m2(frame), oracle, rtol=1e-9)


@pytest.mark.parametrize("size", [100, 3000])
def test_lonlat_edges_agree_with_the_official_formula_and_equal_area(size):
    frame = lonlat(layer(random_polygons(size)))
    dense = shapely.segmentize(frame.geometry.values, 2.0 / 111_000)
    oracle = [official_trapezoid_m2(list(shape.exterior.coords)) for shape in dense]
    np.testing.assert_allclose(area_m2(frame), oracle, rtol=1e-9)
    plane = shapely.area(equal_area(frame.geometry.values, 4490, size / 600 / 111_000))
    np.testing.assert_allclose(area_m2(frame), plane, rtol=1e-9)


def test_edge_model_matters_and_is_declared():
    frame = lonlat(layer(random_polygons(10_000)))
    as_plane = declare_edges(frame, edge_model="plane", plane_crs="EPSG:4549")
    np.testing.assert_allclose(area_m2(as_plane), area_m2(layer(random_polygons(10_000))), rtol=1e-9)
    assert np.abs(area_m2(frame) - area_m2(as_plane)).max() > 10
    with pytest.raises(MissingCRS):
        area_m2(declare_edges(frame, edge_model="plane"))


def test_plane_is_above_ellipsoid_inside_the_zone():
    frame = layer(random_polygons(2000))
    excess = plane_area_m2(frame, plane_crs="EPSG:4549") / area_m2(frame) - 1
    assert (excess > 0).all()
    assert (excess < 1.3e-4).all()
    np.testing.assert_allclose(plane_area_m2(frame, plane_crs="EPSG:4549"), frame.area, rtol=1e-12)


def test_holes_parts_direction_and_things_without_area():
    plain = area_m2(layer([square(0, 0, 300), square(100, 100, 50)]))
    shapes = [RING_WITH_HOLE, shapely.reverse(RING_WITH_HOLE), TWO_PARTS, None, shapely.Point(EAST, NORTH)]
    found = area_m2(layer(shapes))
    assert found[0] == found[1] == pytest.approx(plain[0] - plain[1], rel=1e-12)
    assert found[2] == pytest.approx(area_m2(layer(TWO_PARTS.geoms)).sum(), rel=1e-12)
    assert found[3] == found[4] == 0


@pytest.mark.parametrize(("crs", "step"), [(4549, 5.0), (4490, 5e-5)])
def test_length_agrees_with_geodesics(crs, step):
    line = shapely.LineString([(EAST, NORTH), (EAST + 9000, NORTH + 4000), (EAST - 3000, NORTH + 7000)])
    frame = layer([line]).to_crs(crs)
    dense = layer(shapely.segmentize(frame.geometry.values, step), crs=crs).to_crs(4490)
    oracle = Geod(a=A, f=F).geometry_length(dense.geometry.iloc[0])
    assert length_m(frame)[0] == pytest.approx(oracle, rel=1e-9)


def test_units():
    assert Area(2000 / 3).mu == pytest.approx(1, rel=1e-15)
    assert (Area.from_ha(1) + Area.from_mu(15)).km2 == pytest.approx(0.02)
    assert (Area(5) - Area(2)).m2 == 3


@pytest.mark.parametrize(
    ("crs", "error"),
    [
        (None, MissingCRS),
        (3857, RefusedCRS),
        (4479, RefusedCRS),
        (4214, RefusedDatum),
        (4610, RefusedDatum),
        (2385, RefusedDatum),
    ],
)
def test_refused_reference_systems(crs, error):
    with pytest.raises(error) as caught:
        area_m2(layer([square(0, 0, 10)], crs=crs))
    assert caught.value.message("zh") != caught.value.message("en")


def test_coordinates_that_are_not_of_their_crs():
    with pytest.raises(ExtentTooLarge):
        area_m2(layer([square(0, 0, 10)], crs=4490))


def test_balancing_closes():
    parts = np.random.default_rng(2).uniform(0, 3, 5000)
    shown = balance_parts(parts, decimals=2)
    assert float(sum(shown)) == pytest.approx(round(parts.sum(), 2), abs=1e-9)
    assert max(abs(float(one) - part) for one, part in zip(shown, parts)) <= 0.0101
    assert [str(x) for x in balance_parts([0.5, -0.25], decimals=1, total=0.3)] == ["0.5", "-0.2"]
