"""How much there is of a layer: by hand, by plane geometry and by geodesics; parts add up to the whole."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod

from geo import declare_edges, measure_totals
from geo.errors import BadRule
from geo.measure.crs import move
from geo.measure.shift import bound_by
from tests.geo.shapes import BOW_TIE, EAST, NORTH, layer, square

EARTH = Geod(ellps="GRS80")


def streets():
    lines = [[(0, 0), (300, 0)], [(100, 0), (200, 0)], [(0, 0), (0, 500)], [(900, 900), (950, 900)]]
    shapes = [shapely.LineString([(EAST + x, NORTH + y) for x, y in line]) for line in lines]
    return layer(shapes, kind=["a", "a", "b", None])


def test_every_line_at_its_length_and_what_is_twice_beside_it():
    found = measure_totals(streets(), measured="length", class_field="kind")
    rows = {row["class"]: row for row in found.table.to_dict("records")}
    assert found.plane == pytest.approx(950, rel=1e-12)
    assert rows["a"]["plane"] == pytest.approx(400, rel=1e-12)
    assert rows[None]["count"] == 1
    assert found.amount - found.once == pytest.approx(100, rel=1e-3)
    assert any("another line" in note.en for note in found.caveats)


def test_parts_in_zones_and_outside_add_up():
    zones = layer([square(0, -10, 150), square(150, -10, 150)], zone=["w", "e"])
    found = measure_totals(streets(), measured="length", class_field="kind", zones=zones, zone_field="zone")
    assert found.table.amount.sum() == pytest.approx(found.amount, rel=1e-9)
    assert found.table.plane.sum() == pytest.approx(950, rel=1e-9)
    outside = found.table[[zone is None for zone in found.table.zone]]
    assert outside.plane.sum() == pytest.approx(500 - 140 + 50, rel=1e-9)


def test_ground_once_and_added_up():
    found = measure_totals(layer([square(0, 0, 100), square(50, 0, 100), BOW_TIE]), measured="area")
    assert found.amount - found.once > 4_900
    assert [problem.kind for _, problem in found.repairs] == ["invalid"]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(5, 200)), min_size=1, max_size=8))
def test_splitting_zones_changes_nothing(squares):
    ground = layer([square(x, y, size) for x, y, size in squares])
    whole = layer([square(0, 0, 600)], zone=["z"])
    halves = layer(
        [
            shapely.box(EAST, NORTH, EAST + 250, NORTH + 600),
            shapely.box(EAST + 250, NORTH, EAST + 600, NORTH + 600),
        ],
        zone=["z", "z"],
    )
    one, two = (measure_totals(ground, zones=z, zone_field="zone") for z in (whole, halves))
    for found in (one, two):
        assert found.table.amount.sum() == pytest.approx(found.amount, rel=1e-9)
    inside = [t.table[[zone is not None for zone in t.table.zone]].amount.sum() for t in (one, two)]
    assert inside[0] == pytest.approx(inside[1], rel=1e-9, abs=1e-6)


def test_the_plane_of_the_layer_itself_and_the_ellipsoid():
    """Albers of another datum, large and far: the plane's own area, and what geodesics of dense edges enclose."""
    plane = bound_by(CRS(2964), "EPSG:1176")
    own = np.array([shapely.box(-8e5, 14e5, 9e5, 23e5), shapely.box(0, 9e5, 1e3, 9.01e5)], dtype=object)
    stored = layer(list(move(own, plane, CRS(4326))), crs=4326)
    frame = declare_edges(stored, edge_model="plane", plane_crs=plane.to_wkt())
    found = measure_totals(frame)
    assert found.plane == pytest.approx(shapely.area(own).sum(), rel=1e-12)
    assert found.plane_name == "NAD27 / Alaska Albers"
    dense = move(shapely.segmentize(own, 50.0), plane, CRS(4326))
    true = sum(abs(Geod(ellps="WGS84").geometry_area_perimeter(one)[0]) for one in dense)
    assert found.amount == pytest.approx(true, rel=1e-9)
    edges = measure_totals(frame, measured="length")
    along = move(shapely.segmentize(shapely.boundary(own), 50.0), plane, CRS(4326))
    assert edges.amount == pytest.approx(sum(Geod(ellps="WGS84").geometry_length(one) for one in along), rel=1e-9)


def test_what_has_no_such_measure():
    with pytest.raises(BadRule):
        measure_totals(streets(), measured="area")
    with pytest.raises(BadRule):
        measure_totals(layer([shapely.Point(EAST, NORTH)]), measured="length")
    with pytest.raises(BadRule):
        measure_totals(layer([square(0, 0, 9)]), measured="length", zones=layer([square(0, 0, 9)]))
