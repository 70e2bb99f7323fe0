"""Laws that hold for any layout."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import (
    CountRule,
    ServiceRule,
    aggregate,
    constraint_overlap,
    find_crossings,
    find_nearest,
    measure_coverage,
    tabulate,
    transition_matrix,
)
from tests.geo.shapes import EAST, NORTH, layer, messy, square, tiling, zones

pytestmark = pytest.mark.slow

place = st.tuples(st.floats(-100, 900), st.floats(-100, 900), st.floats(15, 250), st.floats(15, 250))
layouts = st.lists(place, min_size=1, max_size=8)
few = settings(max_examples=25, deadline=None)


def boxes(places):
    shapes = [square(x, y, width, height) for x, y, width, height in places]
    return layer(shapes, **{"class": ["abc"[i % 3] for i in range(len(shapes))]})


@few
@given(layouts, layouts)
def test_parts_sum_to_the_whole(parcels, areas):
    zone = boxes(areas).assign(zone=[str(i) for i in range(len(areas))])
    table = tabulate(boxes(parcels), zone, class_field="class", zone_field="zone")
    assert table.residual_share < 1e-9
    union = shapely.union_all(boxes(parcels).geometry)
    for z, shape in enumerate(zone.geometry):
        gap = shape.difference(union).area
        assert table.unclassified_m2[z] == pytest.approx(gap, rel=1e-4, abs=1e-3)
        assert table.covered_m2[z] == pytest.approx(shape.intersection(union).area, rel=1e-4, abs=1e-3)


@few
@given(layouts, st.tuples(st.floats(-500, 1500), st.floats(-500, 1500)), st.floats(1, 800))
def test_a_facility_more_never_lowers_coverage(target, extra, radius):
    first = layer([square(300, 300, 40)])
    second = layer([square(300, 300, 40), square(extra[0], extra[1], 30)])
    before = measure_coverage(boxes(target), first, ServiceRule(radius_m=radius))
    after = measure_coverage(boxes(target), second, ServiceRule(radius_m=radius))
    assert after.covered[0] >= before.covered[0] * (1 - 1e-12)
    assert after.total[0] == pytest.approx(before.total[0], rel=1e-12)


@few
@given(st.floats(20, 940), st.floats(-0.4, 0.4))
def test_cutting_a_zone_in_two_never_changes_the_total(at, lean):
    whole = layer([square(0, 0, 960)], zone=["all"])
    drawn = shapely.Polygon(
        [
            (EAST - 9, NORTH - 9),
            (EAST + at, NORTH - 9),
            (EAST + at + lean * 978, NORTH + 969),
            (EAST - 9, NORTH + 969),
        ]
    )
    left = drawn if drawn.is_valid else drawn.convex_hull
    parts = [square(0, 0, 960).intersection(left), square(0, 0, 960).difference(left)]
    cut = layer([part for part in parts if part.area > 0])
    cut["zone"] = [str(i) for i in range(len(cut))]
    one = tabulate(messy(), whole, class_field="class", zone_field="zone")
    two = tabulate(messy(), cut, class_field="class", zone_field="zone")
    assert two.total_m2 == pytest.approx(one.total_m2, rel=1e-9)
    for name in ("area_m2", "union_m2"):
        np.testing.assert_allclose(getattr(two, name).sum(axis=1), getattr(one, name)[:, 0], rtol=1e-9)
    homes = messy()[messy()["class"] == "0701"]
    parks = layer([square(100, 100, 60), square(700, 650, 90)])
    single = measure_coverage(
        homes, parks, ServiceRule(radius_m=150), count=CountRule(zones=whole, zone_field="zone")
    )
    double = measure_coverage(
        homes, parks, ServiceRule(radius_m=150), count=CountRule(zones=cut, zone_field="zone")
    )
    assert double.covered.sum() == pytest.approx(single.covered.sum(), rel=1e-9)


@few
@given(st.integers(0, 10_000), st.floats(-2000, 2000))
def test_order_and_ring_start_change_nothing_and_a_shift_north_next_to_nothing(seed, north):
    rng = np.random.default_rng(seed)
    parcels, areas = messy(), zones()
    order = rng.permutation(len(parcels))
    shuffled = parcels.iloc[order]
    shuffled = shuffled.set_geometry(shapely.reverse(shuffled.geometry.values))
    reference = tabulate(parcels, areas, class_field="class", zone_field="zone")
    found = tabulate(shuffled, areas.iloc[::-1], class_field="class", zone_field="zone")
    np.testing.assert_allclose(found.area_m2[:, ::-1], reference.area_m2, rtol=1e-11, atol=1e-7)
    np.testing.assert_allclose(found.union_m2[:, ::-1], reference.union_m2, rtol=1e-9, atol=1e-6)
    moved = [frame.set_geometry(frame.geometry.translate(0, north)) for frame in (parcels, areas)]
    shifted = tabulate(*moved, class_field="class", zone_field="zone")
    np.testing.assert_allclose(shifted.area_m2, reference.area_m2, rtol=1e-8, atol=1e-5)


@few
@given(layouts, layouts)
def test_a_transition_matrix_closes(before, after):
    matrix = transition_matrix(boxes(before), boxes(after), class_field="class")
    assert matrix.closing_share < 1e-9
    assert (matrix.matrix_m2 >= -1e-6).all()


@few
@given(st.floats(0.05, 0.95))
def test_apportioned_values_add_up(part):
    zone = layer([square(0, 0, 960 * part, 960), square(960 * part, 0, 960 * (1 - part), 960)], zone=["a", "b"])
    values = tiling().assign(value=100.0)
    found = aggregate(values, zone, zone_field="zone", fields=["value"])
    assert found.table.value.sum() == pytest.approx(100.0 * len(values), rel=1e-9)
    assert found.count.sum() == pytest.approx(len(values), rel=1e-9)


spot = st.tuples(st.floats(0, 900), st.floats(0, 900))
spots = st.lists(spot, min_size=1, max_size=12)


def points(places):
    return layer([shapely.Point(EAST + x, NORTH + y) for x, y in places], id=range(len(places)))


def ways(places):
    return layer(
        [shapely.LineString([(EAST + x, NORTH + y), (EAST + y, NORTH + 900 - x)]) for x, y in places],
        id=range(len(places)),
    )


@few
@given(spots, spots, spot)
def test_a_facility_more_is_never_farther(here, there, extra):
    before = find_nearest(points(here), points(there)).distance_m
    after = find_nearest(points(here), points([*there, extra])).distance_m
    assert (after <= before * (1 + 1e-9) + 1e-6).all()


@few
@given(layouts, layouts)
def test_what_overlaps_is_no_more_than_either(features, constraints):
    one, other = boxes(features), boxes(constraints)
    found = constraint_overlap(
        one.assign(id=range(len(one))), other.assign(id=range(len(other))), feature_field="id"
    )
    assert ((found.share >= 0) & (found.share <= 1 + 1e-9)).all()
    whole = one.area.to_numpy()[found.feature.astype(int)]
    assert (found.overlap_m2 <= whole * 1.001).all()


@few
@given(spots, spots)
def test_crossing_is_the_same_from_either_side(one, other):
    there = find_crossings(ways(one), ways(other), line_field="id", reference_field="id")
    back = find_crossings(ways(other), ways(one), line_field="id", reference_field="id")
    assert {*zip(there.line, there.reference, strict=True)} == {*zip(back.reference, back.line, strict=True)}


@few
@given(st.integers(0, 10_000), st.floats(0.05, 0.95))
def test_sums_by_share_do_not_depend_on_order_or_on_a_cut(seed, part):
    rng = np.random.default_rng(seed)
    values = messy().assign(value=rng.uniform(1, 100, len(messy())))
    whole = layer([square(0, 0, 960)], zone=["all"])
    cut = layer([square(0, 0, 960 * part, 960), square(960 * part, 0, 960 * (1 - part), 960)], zone=["a", "b"])
    one = aggregate(values, whole, zone_field="zone", fields=["value"]).table.value.sum()
    two = aggregate(values, cut, zone_field="zone", fields=["value"]).table.value.sum()
    mixed = values.iloc[rng.permutation(len(values))]
    three = aggregate(mixed, whole, zone_field="zone", fields=["value"]).table.value.sum()
    assert two == pytest.approx(one, rel=1e-9)
    assert three == pytest.approx(one, rel=1e-11)
