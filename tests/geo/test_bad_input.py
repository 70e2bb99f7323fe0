import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from geo import area_m2, check, declare_edges, self_overlaps, tabulate
from geo.errors import EmptyLayer, MissingCRS, RefusedCRS, RefusedDatum, WrongGeometryType
from tests.geo.shapes import BOW_TIE, EAST, NORTH, layer, messy, square, zones

COLLECTION = shapely.GeometryCollection([square(0, 0, 20), shapely.LineString([(EAST, NORTH), (EAST + 9, NORTH)])])
SPIKE = shapely.Polygon([(EAST, NORTH), (EAST + 9, NORTH), (EAST, NORTH)])


def test_one_report_lists_everything_and_says_what_was_mended():
    shapes = [square(0, 0, 10), None, shapely.Polygon(), BOW_TIE, COLLECTION, SPIKE]
    report = check(layer(shapes))
    assert [(p.row, p.kind) for p in report.problems] == [
        (1, "missing"),
        (2, "empty"),
        (3, "invalid"),
        (4, "collection"),
        (5, "invalid"),
    ]
    assert not report.fatal
    bow = report.problems[2]
    assert bow.before_m2 == pytest.approx(0, abs=1e-3)
    assert bow.after_m2 == pytest.approx(5000, rel=1e-4)
    assert list(report.frame.index) == [0, 3, 4]
    assert set(report.to_frame().columns) >= {"row", "kind", "zh", "en"}
    assert all(p.zh and p.en for p in report.problems)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_coordinates_that_are_not_numbers_end_no_computation(bad):
    ring = [(EAST, NORTH), (EAST + 9, NORTH), (EAST + 9, bad), (EAST, NORTH)]
    with np.errstate(invalid="ignore"):
        frame = layer([square(0, 0, 5), shapely.Polygon(ring)]).set_index(pd.Index(["good", "bad"]))
    table = tabulate(frame.assign(c="a"), zones(), class_field="c")
    assert [(p.feature, p.kind) for _, p in table.repairs] == [("bad", "coordinates")]
    assert "unknown" in table.repairs[0][1].en
    assert table.area_m2.sum() == pytest.approx(25, rel=1e-3)


def test_longitudes_off_the_globe_are_left_out_by_name():
    frame = layer([shapely.box(200, 10, 201, 11), shapely.box(10, 10, 11, 11)], crs=4490)
    report = check(frame)
    assert [(p.row, p.kind) for p in report.problems] == [(0, "coordinates")]
    assert len(report.frame) == 1


def test_rings_are_checked_where_they_are_measured():
    """Valid in longitude and latitude, not in the plane their edges are straight in; and the other way round."""
    along = [(120.0, 31.0), (121.0, 31.0), (121.0, 31.5), (120.5, 31.00002), (120.0, 31.5)]  # above the chord
    frame = layer([shapely.Polygon(along)], crs=4490)
    assert check(frame).problems == ()
    plane = declare_edges(frame, edge_model="plane", plane_crs="EPSG:4549")
    report = check(plane)
    assert [p.kind for p in report.problems] == ["invalid"]
    lon, lat = report.problems[0].place
    assert (lon, lat) == pytest.approx((120.5, 31.0), abs=1e-2)
    assert report.problems[0].after_m2 == pytest.approx(area_m2(report.frame)[0], rel=1e-12)
    table = tabulate(plane.assign(c="a"), layer([shapely.box(119, 30, 122, 33)], crs=4490), class_field="c")
    assert table.area_m2.sum() == pytest.approx(report.problems[0].after_m2, rel=1e-9)


def test_repairs_travel_with_the_result():
    parcels = messy()
    parcels.loc[len(parcels)] = ["0701", BOW_TIE]
    table = tabulate(parcels, zones(), class_field="class", zone_field="zone")
    assert [(where, p.kind) for where, p in table.repairs] == [("parcels", "invalid")]
    assert table.residual_share < 1e-9


@pytest.mark.parametrize(
    ("frame", "error"),
    [
        (layer([square(0, 0, 9)], crs=None), MissingCRS),
        (layer([square(0, 0, 9)], crs=3857), RefusedCRS),
        (layer([shapely.box(120, 31, 121, 32)], crs=4610), RefusedDatum),
        (layer([]), EmptyLayer),
        (layer([None, shapely.Polygon()]), EmptyLayer),
        (layer([shapely.Point(EAST, NORTH)]), WrongGeometryType),
    ],
)
def test_layers_no_figure_can_come_from(frame, error):
    with pytest.raises(error) as caught:
        tabulate(frame.assign(c="a"), zones(), class_field="c", zone_field="zone")
    assert caught.value.message("zh") != caught.value.message("en")
    with pytest.raises(error):
        tabulate(messy(), frame, class_field="class")


def test_two_reference_systems_meet_in_the_parcels_plane():
    utm = messy().to_crs(32651)
    table = tabulate(utm, zones(), class_field="class", zone_field="zone")
    same = tabulate(messy(), zones(), class_field="class", zone_field="zone")
    np.testing.assert_allclose(table.zone_area_m2, same.zone_area_m2, rtol=1e-8)
    np.testing.assert_allclose(
        table.area_m2.sum(axis=1), same.area_m2.sum(axis=1), rtol=3e-6
    )  # edges straight in another plane


def test_self_overlaps_name_the_rows():
    found = self_overlaps(layer([square(0, 0, 100), square(60, 0, 100), square(160, 0, 9)]))
    assert found[["row", "other"]].to_numpy().tolist() == [[0, 1]]
    assert found.overlap_m2[0] == pytest.approx(4000, rel=1e-4)


def test_input_is_never_changed():
    parcels = messy()
    before = parcels.copy(deep=True)
    tabulate(parcels, zones(), class_field="class", zone_field="zone")
    assert_geodataframe_equal(parcels, before)
    assert area_m2(parcels).shape == (len(parcels),)
