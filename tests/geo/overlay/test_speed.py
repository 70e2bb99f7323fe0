"""What makes it fast may change no digit: every shortcut against the plain way."""

import tracemalloc

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geo import ServiceRule, measure_coverage, measure_proximity, tabulate
from geo.arrays import SPARSE, number_used, own_copies
from geo.measure import integrals, overlapping
from geo.measure.area import form_of, shape_lengths_m
from geo.measure.crs import Bench
from geo.measure.facts import (
    known_facts,
    layer_extent,
    overlapping_pairs,
    remember,
    shape_boxes,
    shape_validity,
    some_of,
)
from geo.measure.measuring import measure
from geo.measure.overlapping import _unmatched, find_overlapping, unshared_rows
from geo.overlay import covering, crossings, intersection, near, pairs
from geo.overlay.cells import CoverGrid
from geo.overlay.covering import cover_lines, cover_polygons
from geo.overlay.ground import usual_size
from geo.overlay.intersection import common_moments, in_common, in_common_shapes
from geo.overlay.near import area_in_box, clip_to_boxes, gather_windows, near_parts, trim_shapes
from tests.geo.shapes import EAST, NORTH, ORIGIN, layer, messy, square, tiling, zones

pytestmark = pytest.mark.slow

SEEDS = st.integers(0, 2**31)
FIRST_OR_LATER = st.sampled_from([-1.0, np.inf])  # service areas are dissolved first, or window by window


def pairs_by_hand(shapes):
    left, right = shapely.STRtree(shapes).query(shapes)
    once = left < right
    left, right = left[once], right[once]
    meet = shapely.relate_pattern(shapes[left], shapes[right], "T********")
    return sorted(zip(left[meet].tolist(), right[meet].tolist()))


def found(shapes):
    return list(zip(*(side.tolist() for side in find_overlapping(shapes, shapely.bounds(shapes)))))


def turned(shapes, rng):
    """The same polygons, some of them with their rings the other way round, in another order."""
    shapes = shapes.copy()
    some = rng.random(len(shapes)) < 0.5
    shapes[some] = shapely.reverse(shapes[some])
    return rng.permutation(shapes)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, sheets=st.integers(1, 3), shift=st.sampled_from([0.0, 13.7, 80.0, 400.0]))
def test_overlaps_are_found_without_comparing_neighbours(seed, sheets, shift):
    """Whole sheets of parcels one over the other: inside them no polygon has an edge of its own."""
    rng = np.random.default_rng(seed)
    parts = [tiling(seed=seed % 1000).geometry.to_numpy()]
    parts += [
        shapely.affinity.translate(shapely.MultiPolygon(list(parts[0])), shift * k, 0.3 * shift).geoms
        for k in range(1, sheets)
    ]
    shapes = turned(np.concatenate([np.array(list(part), dtype=object) for part in parts]), rng)
    assert found(shapes) == pairs_by_hand(shapes)


@pytest.mark.parametrize("seed", range(6))
def test_overlaps_of_messy_parcels(seed, monkeypatch):
    shapes = messy(seed=seed).geometry.to_numpy()
    own = unshared_rows(shapes, shapely.bounds(shapes))
    assert 0 < len(own) < len(shapes)
    monkeypatch.setattr(overlapping, "ROWS", 1 + seed * 7)  # looked up a few at a time, or nearly all
    monkeypatch.setattr(overlapping, "SOME", 3 + seed * 5)  # whose edges are matched at a time, and what is left
    monkeypatch.setattr(overlapping, "MATCHED", 9 + seed * 20)
    assert unshared_rows(shapes, shapely.bounds(shapes)).tolist() == own.tolist()
    assert found(shapes) == pairs_by_hand(shapes) != []


def test_a_polygon_in_the_hole_of_another_and_one_over_it():
    ring, plug = square(0, 0, 300).difference(square(100, 100, 50)), square(100, 100, 50)
    assert found(np.array([ring, plug], dtype=object)) == []
    assert found(np.array([ring, plug, plug], dtype=object)) == [(1, 2)]
    assert found(np.array([square(0, 0, 300), plug], dtype=object)) == [(0, 1)]


def test_a_fact_ends_with_the_shapes_it_was_found_of():
    shapes = tiling().geometry.to_numpy()
    remember(shapes)
    assert shape_validity(shapes).all() and overlapping_pairs(shapes)[0].size == 0
    assert known_facts(shapes) is not None
    bow = shapely.Polygon([(EAST, NORTH), (EAST + 90, NORTH + 90), (EAST + 90, NORTH), (EAST, NORTH + 90)])
    shapes[5] = bow  # in place: the array is the same, what it holds is not
    assert not shape_validity(shapes)[5] and (shape_boxes(shapes)[5] == shapely.bounds(bow)).all()
    shapes[5] = square(0, 0, 200)
    assert overlapping_pairs(shapes)[0].size > 0
    some = shapes[[5, 3, 4]]
    assert (shape_boxes(some) == shapely.bounds(some)).all()


def test_a_part_taken_of_a_layer_is_known_until_it_is_changed():
    shapes = tiling().geometry.to_numpy()
    remember(shapes)
    rows = np.random.default_rng(2).permutation(len(shapes))[:120]
    part = some_of(shapes, rows)
    assert (shape_boxes(part) == shapely.bounds(part)).all() and shape_validity(part).all()
    again = some_of(part, np.arange(110))
    assert (shape_boxes(again) == shapely.bounds(part[:110])).all()
    part[3] = shapely.Polygon([(EAST, NORTH), (EAST + 90, NORTH + 90), (EAST + 90, NORTH), (EAST, NORTH + 90)])
    assert not shape_validity(part)[3] and (shape_boxes(part)[3] == shapely.bounds(part[3])).all()
    assert overlapping_pairs(part)[0].size == find_overlapping(part, shapely.bounds(part))[0].size


@settings(max_examples=20, deadline=None)
@given(values=st.lists(st.integers(0, 60)), sides=st.lists(st.floats(-9.0, 9.0), max_size=40))
def test_numbers_and_extents_are_those_of_the_plain_way(values, sides):
    """Which numbers occur and where each stands, many or few; the extent of shapes among which some are missing."""
    for count in (61, 61 * SPARSE):
        used, place = number_used(np.array(values, dtype=np.int64), count)
        assert used.tolist() == sorted(set(values)) and used[place].tolist() == values
    shapes = np.array([None, *(shapely.Point(side, side / 3.0).buffer(1.0) for side in sides)], dtype=object)
    assert layer_extent(shapes).tolist() == pytest.approx(shapely.total_bounds(shapes).tolist(), nan_ok=True)
    remember(every := np.concatenate([shapes, [shapely.Point(at, at) for at in range(100)]]))
    assert layer_extent(every).tolist() == shapely.total_bounds(every).tolist()


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, count=st.integers(0, 400), different=st.integers(1, 300))
def test_edges_without_exactly_one_partner_are_found(seed, count, different):
    rng = np.random.default_rng(seed)
    edge = rng.integers(0, 2**63, different, dtype=np.uint64)
    key = edge[rng.integers(0, different, count)] << np.uint64(1) | rng.integers(0, 2, count, dtype=np.uint64)
    seen = key.tolist()
    alone = [at for at, one in enumerate(seen) if (seen.count(one), seen.count(one ^ 1)) != (1, 1)]
    assert _unmatched(key).tolist() == alone


def test_facts_of_a_layer_serve_its_parts_in_any_order():
    frame = messy()
    shapes = frame.geometry.to_numpy()
    remember(shapes)
    overlapping_pairs(shapes)
    rng = np.random.default_rng(1)
    for rows in (rng.permutation(len(shapes))[:60], np.arange(len(shapes))[::-1], [4, 4, 7]):
        part = shapes[rows]
        assert list(zip(*(side.tolist() for side in overlapping_pairs(part)))) == pairs_by_hand(part)
        assert (shape_boxes(part) == shapely.bounds(part)).all()


def test_a_changed_layer_gives_a_changed_figure():
    """A stale fact would give the first figure twice."""
    parcels, areas = tiling(), zones()
    before = tabulate(parcels, areas, class_field="class", zone_field="zone")
    parcels.loc[7, "geometry"] = parcels.geometry[7].buffer(-15)
    after = tabulate(parcels, areas, class_field="class", zone_field="zone")
    fresh = layer(shapely.from_wkb(shapely.to_wkb(parcels.geometry.to_numpy())), **{"class": parcels["class"]})
    again = tabulate(fresh, areas, class_field="class", zone_field="zone")
    assert after.unclassified_m2.sum() > 1.0 > before.unclassified_m2.sum()
    assert (after.area_m2 == again.area_m2).all()


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, size=st.floats(20.0, 900.0))
def test_the_near_part_of_a_large_shape_is_the_shape_there(seed, size):
    rng = np.random.default_rng(seed)
    angle = np.linspace(0.0, 2.0 * np.pi, 1500, endpoint=False)
    radius = 800.0 + 250.0 * np.sin(7 * angle + rng.uniform(0, 6)) + rng.uniform(-9, 9, len(angle))
    star = shapely.Polygon(np.column_stack([EAST + radius * np.cos(angle), NORTH + radius * np.sin(angle)]))
    star = star.difference(square(-40, -60, 130))
    low = rng.uniform(-1200.0, 1200.0, (60, 2)) + ORIGIN
    box = np.hstack([low, low + rng.uniform(1.0, 90.0, (60, 2))])
    window, of, frames = gather_windows(box, np.zeros(60, dtype=np.int64), size=size)
    part = near_parts(np.array([star], dtype=object), of, frames)[window]
    assert (frames[window][:, :2] <= box[:, :2]).all() and (frames[window][:, 2:] >= box[:, 2:]).all()
    here = shapely.box(*box.T)
    assert shapely.area(shapely.intersection(part, here)) == pytest.approx(
        shapely.area(shapely.intersection(star, here)), rel=1e-9, abs=1e-6
    )
    assert shapely.get_num_coordinates(part).mean() < shapely.get_num_coordinates(star)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_what_is_clipped_of_many_corners_is_proved_by_its_area(seed):
    """A clip that is valid and wrong is made again; areas in boxes are those of the shapes there."""
    rng = np.random.default_rng(seed)
    shapes = stars(rng, 12, 40, 300.0, 0.4)
    shapes = shapes[shapely.is_valid(shapes)]
    low = ORIGIN + rng.uniform(-400.0, 300.0, (len(shapes), 2))
    box = np.hstack([low, low + rng.uniform(1.0, 500.0, low.shape)])
    there = shapely.area(shapely.intersection(shapes, shapely.box(*box.T)))
    assert [area_in_box(*pair) for pair in zip(shapes, box, strict=True)] == pytest.approx(there, abs=1e-6)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near, "HUGE", 4)
        patch.setattr(near, "clip_by_rect", lambda shape, *sides: shapely.box(*sides).buffer(-0.01))
        assert shapely.area(clip_to_boxes(shapes, box)) == pytest.approx(there, abs=1e-6)


@settings(max_examples=6, deadline=None)
@given(seed=SEEDS, copied=st.sampled_from(["parcels", "zones", "both"]))
def test_copies_are_cut_once_and_counted_each(seed, copied):
    rng = np.random.default_rng(seed)
    parcels, areas = tiling(), zones()
    if copied != "zones":
        parcels = parcels.iloc[rng.permutation(np.repeat(np.arange(8), 30))].reset_index(drop=True)
    if copied != "parcels":
        areas = areas.iloc[rng.permutation(np.repeat(np.arange(len(areas)), 30))].reset_index(drop=True)
        areas["zone"] = [f"z{row}" for row in range(len(areas))]

    def plane_areas(table):
        return shapely.area(table.overlay.shapes())

    def ask(least):
        looked, trim = [], trim_shapes
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pairs, "COPIES", least)
            patch.setattr(
                pairs, "trim_shapes", lambda shapes, of, box: looked.append(len(of)) or trim(shapes, of, box)
            )
            return tabulate(parcels, areas, class_field="class", zone_field="zone"), sum(looked)

    (once, few), (each, many) = ask(0), ask(np.inf)
    assert few * 10 < many
    assert (once.overlay.parcel == each.overlay.parcel).all() and (once.overlay.zone == each.overlay.zone).all()
    assert once.overlay.area_m2 == pytest.approx(each.overlay.area_m2, rel=1e-9)
    assert once.overlay.closed.tolist() == each.overlay.closed.tolist()
    assert plane_areas(once) == pytest.approx(plane_areas(each), rel=1e-9)


def stars(rng, count, vertices, radius, jag):
    """Polygons of bays and headlands about the origin, some with a hole, some of two parts."""
    angle = np.sort(rng.uniform(0.0, 2.0 * np.pi, (count, vertices)), axis=1)
    reach = radius * (1.0 + jag * rng.uniform(-1.0, 1.0, angle.shape))
    middle = ORIGIN + rng.uniform(-radius, radius, (count, 1, 2))
    shapes = shapely.polygons(middle + reach[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1))
    holes, parts = rng.random(count) < 0.3, rng.random(count) < 0.2
    shapes[holes] = shapely.difference(
        shapes[holes], shapely.buffer(shapely.centroid(shapes[holes]), 0.2 * radius)
    )
    again = shapely.affinity.translate(shapely.GeometryCollection(list(shapes[parts])), 1.1 * radius, 3.0).geoms
    shapes[parts] = shapely.union(shapes[parts], list(again)) if parts.any() else shapes[parts]
    return shapes


@settings(max_examples=25, deadline=None)
@given(
    seed=SEEDS,
    far=st.floats(10.0, 50_000.0),
    jag=st.sampled_from([0.02, 0.3]),
    shared=st.booleans(),
    runs=st.booleans(),
    degrees=st.booleans(),
)
def test_what_polygons_have_in_common_is_measured_as_its_shape_is(seed, far, jag, shared, runs, degrees):
    """Whichever is the larger, by edges or runs of edges, in a plane or in degrees.

    Also where they share edges, or one is the other: then the shape is made after all, but of what lies in the
    other, or beside it.
    """
    rng = np.random.default_rng(seed)
    one, other = stars(rng, 40, 30, 100.0, 0.3), stars(rng, 40, 60, far, jag)
    one, other = np.concatenate([one, other]), np.concatenate([other, one])
    if shared:
        left, right = tiling(seed=seed % 500).geometry.to_numpy(), messy(seed=seed % 500).geometry.to_numpy()
        row, at = shapely.STRtree(right).query(left)
        one, other = np.concatenate([one, left[row], left]), np.concatenate([other, right[at], left])
    keep = shapely.is_valid(one) & shapely.is_valid(other) & shapely.intersects(one, other)
    one, other = one[keep], other[keep]
    if degrees:
        one, other = (
            shapely.transform(side, lambda xy: (xy - ORIGIN) / 1e5 + [120.0, 31.0]) for side in (one, other)
        )
    form, cut = form_of(CRS(4490 if degrees else 4549), one, other), []

    def counted(shapes, grounds):
        cut.append(shapely.covers(grounds, shapes) | shapely.touches(grounds, shapes))
        return in_common_shapes(shapes, grounds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intersection, "FEW", 0)  # else few are cut as shapes
        patch.setattr(intersection, "in_common_shapes", counted)
        for limit in ("LONG", "WORTH") if runs else ():
            patch.setattr(crossings, limit, 0)
        found, true = in_common(one, other, form), measure(in_common_shapes(one, other), form)
    assert degrees or not any(needless.any() for needless in cut)
    scale = np.minimum(measure(one, form).area_m2, measure(other, form).area_m2)
    assert (np.abs(found.area_m2 - true.area_m2) <= 3e-9 * scale).all()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(integrals, "FEW", 0)  # one polynomial after the other gives the same digits
        assert (measure(in_common_shapes(one, other), form).area_m2 == true.area_m2).all()
    about = (found.moments.x, found.moments.y)
    mine, theirs = found.moments.values, true.moments.about(*about)
    size = np.abs(theirs).max(axis=1, initial=0.0)
    assert (np.abs(mine - theirs).max(axis=1, initial=0.0) <= 1e-9 * size).all()
    assert not shared or not common_moments(one[-1:], one[-1:])[1][0]


def test_two_polygons_of_many_vertices_are_not_held_edge_against_edge():
    """Every edge of the one against every edge of the other is memory without end: a coast beside a coast."""
    rng = np.random.default_rng(3)
    coasts = stars(rng, 2, 2_000, 900.0, 0.001)
    one, other = coasts[:1], shapely.affinity.translate(coasts[0], 40.0, 3.0)
    other = np.array([other, square(0, 0, 90)], dtype=object)
    one = np.concatenate([one, one])
    form = form_of(Bench.of(layer(one), where="one").crs, one, other)
    tracemalloc.start()
    try:
        found = in_common(one, other, form)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    true = measure(in_common_shapes(one, other), form)
    assert found.area_m2 == pytest.approx(true.area_m2, rel=1e-9)
    assert most < 20_000_000


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, count=st.integers(1, 40), reach=st.floats(15.0, 300.0), many=FIRST_OR_LATER)
def test_reach_dissolved_window_by_window_is_the_union(seed, count, reach, many):
    rng = np.random.default_rng(seed)
    targets = turned(messy(seed=seed % 500).geometry.to_numpy(), rng)
    places = shapely.points(rng.uniform(-200, 1200, (count, 2)) + ORIGIN)
    services = shapely.buffer(places, reach, quad_segs=8)
    bench = Bench.of(layer(targets), where="targets")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(covering, "MANY", many)
        margin = 0.2 * usual_size(shapely.bounds(targets))
        cover = cover_polygons(bench, targets, services, margin=margin)
    whole = shapely.union_all(services)
    assert shapely.intersects(whole.buffer(-margin), targets[cover.deep]).all()
    assert (shapely.distance(whole, targets[cover.beyond]) > margin).all()
    plane = shapely.area(shapely.intersection(targets, whole))
    share = np.where(plane > 0, plane, 1.0) / shapely.area(targets)
    mine = np.where(cover.covered > 0, cover.covered, 1.0 * cover.amount / shapely.area(targets)) / cover.amount
    big = shapely.area(targets) > 1.0
    assert mine[big] == pytest.approx(share[big], rel=1e-6, abs=1e-9)
    assert (cover.whole == (shapely.covers(whole, targets) & (cover.covered > 0)))[big].all()
    covered, unsure = CoverGrid.of(services, size=9.0, cells=40_000).sorted(shapely.bounds(targets))
    assert shapely.covers(whole, targets[covered]).all()
    assert not shapely.intersects(whole, targets[~covered & ~unsure]).any()


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, count=st.integers(0, 40), reach=st.floats(5.0, 300.0), many=FIRST_OR_LATER)
def test_lines_are_covered_as_by_the_union(seed, count, reach, many):
    rng = np.random.default_rng(seed)
    begin = rng.uniform(0, 1000, (60, 1, 2)) + ORIGIN
    steps = rng.uniform(-1, 1, (60, 4, 2)) * rng.choice([3.0, 60.0, 600.0], (60, 1, 1))
    lines = [shapely.LineString(xy) for xy in np.concatenate([begin, begin + steps], axis=1)]
    targets = np.array([*lines, shapely.MultiLineString(lines[:3])], dtype=object)
    places = [shapely.Point(xy) for xy in rng.uniform(0, 1000, (count, 2)) + ORIGIN]
    services = np.array([*(place.buffer(reach, quad_segs=8) for place in places), shapely.Polygon()], dtype=object)
    bench = Bench.of(layer(targets), where="targets")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(covering, "MANY", many)
        cover = cover_lines(bench, targets, services)
    inside = shapely.intersection(targets, shapely.union_all(services))
    assert cover.covered == pytest.approx(shape_lengths_m(inside, bench.crs), rel=1e-9, abs=1e-6)
    assert cover.amount == pytest.approx(shape_lengths_m(targets, bench.crs), rel=1e-15)
    rows = np.flatnonzero(cover.covered)
    part = cover.part(rows)
    part = np.where(shapely.is_missing(part), targets[rows], part)
    assert shapely.length(part) == pytest.approx(shapely.length(inside[rows]), rel=1e-9, abs=1e-6)


def test_a_line_that_goes_back_on_itself_is_covered_whole_where_all_of_it_is_inside():
    line = shapely.LineString(np.array([[10, 10], [60, 10], [30, 10], [60, 10]]) + ORIGIN)
    targets, services = np.array([line], dtype=object), np.array([square(0, 0, 100)], dtype=object)
    cover = cover_lines(Bench.of(layer(targets), where="targets"), targets, services)
    assert cover.covered[0] == cover.amount[0] == pytest.approx(110.0, rel=1e-3)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, limit=st.floats(5.0, 400.0), crs=st.sampled_from([4549, 4490]))
def test_who_is_within_is_decided_by_distance(seed, limit, crs):
    rng = np.random.default_rng(seed)
    parcels = messy(seed=seed % 500)
    line = shapely.LineString(rng.uniform(-300, 1300, (90, 2)) + ORIGIN)
    lake = square(500, 300, 200).buffer(40)
    reference = layer([line, lake])
    near = measure_proximity(parcels.to_crs(crs), reference.to_crs(crs), within_m=limit)
    assert (near.within == (near.distance_m <= limit)).all()
    if crs == 4549:
        plain = shapely.distance(parcels.geometry.to_numpy()[:, None], reference.geometry.to_numpy()[None, :])
        assert near.distance_m == pytest.approx(plain.min(axis=1), rel=1e-4, abs=1e-9)
    assert near.near()["distance_m"].tolist() == near.distance_m[near.within].tolist()
    assert near.near()["amount"].tolist() == pytest.approx(near.amount[near.within].tolist(), rel=1e-12)
    whole = cover_polygons(near.bench, near.shapes, near.service_areas)  # what was left out meets no band
    assert near.within_amount == pytest.approx(whole.covered, rel=1e-12)
    assert near.amount == pytest.approx(whole.amount, rel=1e-12)


def test_coverage_and_band_agree_on_the_same_ground():
    parcels, line = tiling(), layer([shapely.LineString([(EAST - 50, NORTH + 333), (EAST + 900, NORTH + 480)])])
    band = measure_proximity(parcels, line, within_m=120.0)
    reach = measure_coverage(parcels, line, ServiceRule(radius_m=120.0))
    assert float(band.within_amount.sum()) == pytest.approx(float(reach.covered[0]), rel=1e-12)


def test_what_is_prepared_of_copies_is_not_prepared_of_what_was_copied():
    """A prepared shape that two threads see ends the interpreter."""
    shapes = np.array([square(0, 0, 10), None, shapely.Point(1, 2, 3)], dtype=object)
    shapely.prepare(shapes)
    copies = own_copies(shapes)
    assert copies[0] is not shapes[0] and not shapely.is_prepared(copies).any()
    assert shapely.to_wkb(copies).tolist() == shapely.to_wkb(shapes).tolist()
