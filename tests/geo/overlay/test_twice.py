"""Ground that several shapes of a layer hold: against the union, and kept with the layer as its facts are."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geo import find_zone_facts
from geo.measure.area import form_of
from geo.measure.facts import known_facts, remember, shape_boxes, some_of
from geo.measure.measuring import measure
from geo.overlay import twice
from geo.overlay.twice import held_twice_m2
from tests.geo.shapes import ORIGIN, messy, square

PLANE = CRS(4549)


def beyond_the_union(shapes):
    form = form_of(PLANE, shapes)
    union = np.array([shapely.union_all(shapes)], dtype=object)
    return float(measure(shapes, form).area_m2.sum() - measure(union, form).area_m2[0])


def tiles():
    return np.array([square(100 * (row % 11), 100 * (row // 11), 100) for row in range(121)], dtype=object)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**31), count=st.integers(1, 25), reach=st.floats(20.0, 400.0))
def test_it_is_what_areas_are_beyond_the_union(seed, count, reach):
    """Circles, one of them over many, some of them twice, parcels that overlap: three and more on one place."""
    rng = np.random.default_rng(seed)
    middles = rng.uniform(0, 1000, (count, 2)) + ORIGIN
    circles = shapely.buffer(shapely.points(middles), rng.uniform(10.0, reach, count))
    shapes = np.concatenate([circles, circles[:2], [square(-200, -200, 1500)]])
    parcels = messy(seed=seed % 500).geometry.to_numpy()
    for some in (shapes, rng.permutation(shapes), parcels[shapely.is_valid(parcels)]):
        assert held_twice_m2(some, PLANE) == pytest.approx(beyond_the_union(some), rel=1e-7, abs=1e-3)


def test_none_where_shapes_only_touch_and_where_there_are_none():
    assert held_twice_m2(tiles(), PLANE) == 0.0
    assert held_twice_m2(np.zeros(0, dtype=object), PLANE) == 0.0


def test_where_many_lie_over_one_another_no_pair_is_looked_at(monkeypatch):
    """Copies, and squares pushed on by a metre each: 60 x 100 m x 1 m beside the first one."""
    heap = np.concatenate([np.repeat(tiles()[:1], 40), [square(shift, 0, 100) for shift in range(61)]])
    monkeypatch.setattr(twice, "overlapping_pairs", lambda shapes: 1 / 0)
    plain = np.array([square(0, 0, 100), square(100, 0, 60)], dtype=object)
    areas = measure(plain, form_of(PLANE, plain)).area_m2
    expected = 100 * areas[0] - areas[1] * 100 / 60
    assert held_twice_m2(heap, PLANE) == pytest.approx(expected, rel=1e-6)


def test_one_shape_is_held_against_nothing(monkeypatch):
    monkeypatch.setattr(twice, "overlapping_pairs", lambda shapes: 1 / 0)
    assert held_twice_m2(tiles()[:1], PLANE) == 0.0


def test_it_is_found_ahead_and_goes_with_the_shapes_it_was_found_of(monkeypatch):
    zones = tiles()
    zones[60] = square(450, 450, 200)  # a square of 200 m over its neighbours: 40,000 m2, its own 100 x 100 free
    zones[59] = square(400, 500, 50)
    frame = gpd.GeoDataFrame(geometry=zones, crs=PLANE)
    held = frame.geometry.to_numpy()
    find_zone_facts(frame)
    before = held_twice_m2(held, PLANE)
    assert before == pytest.approx(beyond_the_union(zones), rel=1e-7)
    asked = []
    monkeypatch.setattr(twice, "_held_twice", lambda shapes, crs: asked.append(len(shapes)) or -1.0)
    assert held_twice_m2(held, PLANE) == before and not asked  # kept
    moved = held.copy()
    moved[60] = square(500, 500, 100)
    assert held_twice_m2(moved, PLANE) == -1.0 and asked == [121]  # another layer: found anew
    assert held_twice_m2(held[:100], PLANE) == -1.0 and asked == [121, 100]


def test_it_outlasts_the_process_on_the_shelf(tmp_path):
    from layers.features.lasting_facts import FactsFolder

    zones = tiles()
    zones[60] = square(450, 450, 200)
    remember(zones, FactsFolder(tmp_path))
    found = held_twice_m2(zones, PLANE)
    assert found > 0.0
    again = shapely.from_wkb(shapely.to_wkb(zones))
    remember(again, FactsFolder(tmp_path))
    known = known_facts(again)
    assert known is not None and known.facts.found(f"twice {PLANE.srs}")
    assert held_twice_m2(again, PLANE) == found


def test_what_was_taken_of_some_rows_ends_with_their_shapes():
    """Rows of a layer whose boxes are known: one of them put out for another shape has that shape's box."""
    shapes = tiles()
    remember(shapes)
    shape_boxes(shapes)
    part = some_of(shapes, np.arange(120, 10, -1))
    assert shape_boxes(part).tolist() == shapely.bounds(part).tolist()
    assert shape_boxes(part) is shape_boxes(part)  # taken once
    part[3] = square(5000, 5000, 7)
    assert shape_boxes(part).tolist() == shapely.bounds(part).tolist()
    assert known_facts(shapes).every and not known_facts(some_of(shapes, np.arange(100))).every
