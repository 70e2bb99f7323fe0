"""Moments: additive, exact, enough for small areas; the grid: never a parcel on the wrong side."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geo import tabulate
from geo.measure.area import form_of
from geo.measure.measuring import measure
from geo.overlay.cells import ZoneGrid
from tests.geo.shapes import EAST, NORTH, ORIGIN, layer, messy, open_zones, square, tiling, zones

PLACES = {"EPSG:4549": (EAST, NORTH, 1.0), "EPSG:4490": (120.3, 31.9, 1e-5), "EPSG:32651": (3.1e5, 3.53e6, 1.0)}


def star(x, y, size, seed):
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 17))
    reach = size * rng.uniform(0.2, 0.5, 17)
    return shapely.Polygon(np.column_stack([x + reach * np.cos(angle), y + reach * np.sin(angle)]))


@pytest.mark.parametrize("crs", PLACES)
@given(size=st.floats(0.5, 1000.0), away=st.floats(-20_000.0, 20_000.0), seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_a_small_area_by_moments_is_the_area_by_quadrature(crs, size, away, seed):
    x, y, metre = PLACES[crs]
    shape = star(x + away * metre, y - away * metre, size * metre, seed)
    shapes = np.array([shape], dtype=object)
    wide = np.array([shape, shapely.box(x - 0.03 / metre * metre, y, x + metre, y + metre)], dtype=object)
    form = form_of(CRS.from_user_input(crs), wide)
    by_moments, by_edges = measure(shapes, form), measure(shapes, replace(form, near=0.0))
    rounding = 2e-8 + 4e-9 * size  # of the quadrature: northings of 3,500 km, once an edge
    assert by_moments.area_m2[0] == pytest.approx(by_edges.area_m2[0], rel=3e-12, abs=rounding)


def test_quadrature_still_holds_near_the_poles():
    shapes = np.array([shapely.box(10, 89.9, 10.005, 89.905), shapely.box(10, 89.99, 10.005, 90)], dtype=object)
    form = form_of(CRS.from_user_input("EPSG:4490"), shapes)
    assert form.near == 0.0
    assert np.isfinite(measure(shapes, form).area_m2).all()


def test_moments_of_parts_are_moments_of_the_whole():
    parcels = tiling()
    bench = CRS.from_user_input(4549)
    shapes = parcels.geometry.to_numpy()
    whole = np.array([shapely.union_all(shapes), messy().geometry[4], shapely.Point(0, 0), None], dtype=object)
    form = form_of(bench, shapes)
    centre = (EAST + 400.0, NORTH + 300.0)
    parts = measure(shapes, form).moments.about(*centre).sum(axis=1)
    one = measure(whole[:1], form).moments.about(*centre)[:, 0]
    np.testing.assert_allclose(parts, one, rtol=1e-11)
    holed = measure(whole[1:2], form).moments.about(*centre)[:, 0]
    cut = shapely.get_parts(shapely.constrained_delaunay_triangles(whole[1]))
    np.testing.assert_allclose(measure(cut, form).moments.about(*centre).sum(axis=1), holed, rtol=1e-9)
    assert (measure(whole[2:], form).moments.values == 0).all()


@pytest.mark.parametrize("by_m", [0.001, 0.05])
def test_a_gap_that_an_overlap_beside_it_makes_up_for_is_found(by_m):
    parcels = tiling()
    row = 5 * 12 + 5
    parcels.loc[row, "geometry"] = shapely.affinity.translate(parcels.geometry[row], by_m, 0.0)
    found = tabulate(parcels, zones(), class_field="class", zone_field="zone")
    height = np.ptp(shapely.get_coordinates(parcels.geometry[row])[:, 1])
    assert found.overlap_m2.sum() == pytest.approx(by_m * height, rel=0.6)
    assert found.unclassified_m2.sum() == pytest.approx(found.overlap_m2.sum(), rel=1e-3)


@pytest.mark.parametrize("areas", [zones(), open_zones(), layer([square(0, 0, 900), square(300, 300, 900)])])
@given(size=st.floats(1.0, 400.0), cells=st.integers(1, 40_000), seed=st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_the_grid_puts_a_box_where_it_is_or_does_not_say(areas, size, cells, seed):
    shapes = areas.geometry.to_numpy()
    grid = ZoneGrid.of(shapes, size=size, cells=cells)
    rng = np.random.default_rng(seed)
    low = rng.uniform(-400, 1500, (200, 2)) + ORIGIN
    box = np.hstack([low, low + rng.uniform(0, size, (200, 2))])
    box[7] = np.nan
    row, zone, unsure = grid.sorted(box)
    boxes = shapely.box(*np.nan_to_num(box).T)
    sure = ~unsure
    inside = {(r, z) for r, z in zip(row.tolist(), zone.tolist())}
    for z, shape in enumerate(shapes):
        within = shapely.contains(shape, boxes)
        assert not (sure & ~within & shapely.intersects(shape.boundary, boxes)).any()
        assert {r for r, of in inside if of == z} == set(np.flatnonzero(sure & within).tolist())
