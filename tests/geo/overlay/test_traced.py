"""Outlines traced some at a time, and polygons cut to boxes the quick way: as the plain way has them."""

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import aggregate
from geo.arrays import as_shapes, box_polygons
from geo.measure import facts
from geo.measure.facts import remember
from geo.overlay import cells
from geo.overlay.cells import CoverGrid, Lattice, Outline, ZoneGrid, trace_shapes
from geo.overlay.edge_cells import EdgeCells, place_boxes
from geo.overlay.near import clip_to_boxes
from geo.overlay.points import points_by_zone
from geo.overlay.zone_cells import kept_zone_cells
from tests.geo.shapes import layer, messy, square, tiling

SEEDS = st.integers(0, 2**31)


def rings(seed, count=12):
    """Polygons of many vertices with holes and several parts, which overlap."""
    rng = np.random.default_rng(seed)
    shapes = shapely.buffer(shapely.points(rng.uniform(0, 900, (count, 2))), rng.uniform(5, 200, count))
    shapes[::3] = shapely.difference(shapes[::3], shapely.buffer(shapely.centroid(shapes[::3]), 4.0))
    two = shapely.MultiPolygon([shapely.box(950, 0, 960, 10), shapely.box(980, 5, 999, 7)])
    return np.concatenate([shapes, [two]])


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS, size=st.floats(1.0, 120.0))
def test_outlines_traced_some_at_a_time_are_those_traced_at_once(seed, size):
    shapes = rings(seed)
    lattice = Lattice.over(shapes, size=size, cells=10_000)
    outline = Outline.of(shapes, lattice)
    passed = outline.passed()
    inner = outline.inner(passed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "TRACED", 50)
        parts = trace_shapes(shapes, lattice)
    for one, other in zip((passed, inner), parts, strict=True):
        assert sorted(zip(*(side.tolist() for side in one), strict=True)) == sorted(
            zip(*(side.tolist() for side in other), strict=True)
        )


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS, size=st.floats(2.0, 60.0))
def test_cells_tell_of_boxes_what_predicates_tell(seed, size):
    shapes, rng = rings(seed), np.random.default_rng(seed)
    low = rng.uniform(-50, 1000, (300, 2))
    box = np.hstack([low, low + rng.uniform(0.0, 60.0, (300, 2))])
    frames = box_polygons(box)
    within, zone, unsure = ZoneGrid.of(shapes, size=size, cells=10_000).sorted(box)
    assert shapely.covers(shapes[zone], frames[within]).all()
    meets = shapely.intersects(shapes[:, None], frames[None])
    assert int(meets[:, ~unsure].sum()) == len(zone)  # what is sure meets no other zone
    grid = ZoneGrid.of(shapes, size=size, cells=10_000)
    at, of, rest = EdgeCells.of(shapes, grid.lattice).place(
        grid, box[unsure]
    )  # those the edges themselves tell of
    sure = np.setdiff1d(np.flatnonzero(unsure), np.flatnonzero(unsure)[rest])
    assert shapely.covers(shapes[of], frames[unsure][at]).all()
    assert int(meets[:, sure].sum()) == len(of)
    covered, open_ = CoverGrid.of(shapes, size=size, cells=10_000).sorted(box)
    whole = shapely.union_all(shapes)
    assert shapely.covers(whole, frames[covered]).all()
    assert not shapely.intersects(whole, frames[~covered & ~open_]).any()


def test_beside_an_edge_the_edge_tells_where_a_box_lies():
    """Cells of 10 m: boxes that begin in the cells of the western edge, 1 m within, 1 m beyond, on it, across."""
    shapes = np.array([square(0, 0, 100), square(500, 0, 100)], dtype=object)
    x, y = shapely.bounds(shapes[0])[:2]
    low = np.array([[x + 1.0, y + 40.0], [x - 26.0, y + 40.0], [x - 25.0, y + 40.0], [x - 9.0, y + 40.0]])
    grid = ZoneGrid.of(shapes, size=10.0, cells=10_000)
    row, zone, rest = place_boxes(grid, shapes, np.hstack([low, low + 25.0]))
    assert (row.tolist(), zone.tolist(), rest.tolist()) == ([0], [0], [2, 3])


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_what_is_cut_to_a_box_is_what_both_have_in_common(seed):
    """Boxes that hold a polygon, lie in it, cross it, touch it along an edge, lie beside it."""
    rng = np.random.default_rng(seed)
    parcels = messy(seed=seed % 500).geometry.to_numpy()
    shapes = np.concatenate([parcels[shapely.is_valid(parcels)], [square(0, 0, 100)] * 2])
    box = shapely.bounds(shapes)
    side = (box[:, 2:] - box[:, :2]).max(axis=1)
    box += side[:, None] * rng.uniform(-0.7, 0.7, box.shape)
    box = np.hstack([np.minimum(box[:, :2], box[:, 2:]), np.maximum(box[:, :2], box[:, 2:])])
    box[-1] = shapely.bounds(square(100, 0, 100))  # touches along an edge
    box[-2] = shapely.bounds(square(0, 0, 50))  # shares a corner
    found = clip_to_boxes(shapes, box)
    true = shapely.intersection(shapes, box_polygons(box))
    assert shapely.is_valid(found).all() and np.isin(shapely.get_type_id(found), (3, 6)).all()
    assert shapely.area(found) == pytest.approx(shapely.area(true), rel=1e-9, abs=1e-6)
    assert shapely.is_empty(found[-1])
    assert float(shapely.area(found[-2])) == pytest.approx(2500.0, rel=1e-9)


def test_a_box_with_nothing_in_it_is_empty_and_none_are_none():
    far = np.array([[9e5, 9e5, 9e5 + 1, 9e5 + 1]])
    assert shapely.is_empty(clip_to_boxes(np.array([square(0, 0, 9)], dtype=object), far)).all()
    assert len(clip_to_boxes(np.zeros(0, dtype=object), np.zeros((0, 4)))) == 0


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, many=st.booleans(), kept=st.booleans())
def test_points_lie_in_the_zones_that_predicates_tell(seed, many, kept):
    """Many go by cells, few against the zones, all by cells that are kept with these; a zone that changes has others.

    On borders only, the first zone has them; some lie in two, in none.
    """
    rng = np.random.default_rng(seed)
    areas = np.concatenate([rings(seed), tiling(seed=seed % 100).geometry.to_numpy()[:4]])
    corners = shapely.get_coordinates(areas)
    beside = corners - [rng.uniform(1.0, 40.0), 0.0]  # as far north as a corner
    ends = np.concatenate([corners, beside, 0.5 * (corners[1:] + corners[:-1])])  # some of them on an edge
    west, south, east, north = shapely.total_bounds(areas)
    count = 2 * len(corners) if many else len(corners) // 3
    free = np.column_stack([rng.uniform(west - 9.0, east, count), rng.uniform(south, north + 9.0, count)])
    places = as_shapes(shapely.points(rng.permutation(np.concatenate([free, ends[:: 1 if many else 9]]))))
    places[:1] = None
    assert (len(places) > len(corners)) == many

    def look():
        inside = np.asarray(shapely.contains(areas[None, :], places[:, None]), dtype=bool)
        border = np.asarray(shapely.intersects(areas[None, :], places[:, None]), dtype=bool)
        border &= ~inside.any(axis=1, keepdims=True)
        first = border & (np.cumsum(border, axis=1) == 1)
        found = [*zip(*points_by_zone(places, areas), strict=True)]
        assert found == [*zip(*np.nonzero(inside | first), strict=True)]
        assert first.any() and (inside.sum(axis=1) == 0).any()

    with pytest.MonkeyPatch.context() as patch:
        if kept:
            patch.setattr(facts, "WORTH", 1)
            remember(areas)
            kept_zone_cells(areas, find=not many)  # many points find them
        look()
        assert (kept_zone_cells(areas, find=False) is not None) == kept
        areas[1] = shapely.affinity.translate(areas[1], 31.0, 17.0)
        look()


def test_the_area_of_a_zone_is_that_of_the_zone_as_it_is_now():
    """Areas are taken from what is known of the zones; a zone that changed is measured anew: 90 x 90 m."""
    areas = layer([square(100.0 * number, 0.0, 100.0) for number in range(120)], zone=range(120))
    spots = layer([square(10.0, 10.0, 1.0).centroid])
    remember(areas.geometry.to_numpy())
    before = aggregate(spots, areas, zone_field="zone").zone_area_m2
    areas.geometry = [square(0.0, 0.0, 90.0), *areas.geometry[1:]]
    after = aggregate(spots, areas, zone_field="zone").zone_area_m2
    assert after[0] / before[0] == pytest.approx(0.81, rel=1e-5) and (after[1:] == before[1:]).all()
