"""Across 180 degrees and round a pole: the ground is what geodesics say, however it was written."""

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod, Transformer

from geo import area_m2, declare_edges, length_m
from geo.measure.crs import move
from geo.measure.seam import along_geodesics, cut_at_seam
from geo.measure.shift import bound_by, named_rightly
from tests.geo.shapes import layer

EARTH = Geod(ellps="WGS84")
BOX_M2 = 47_136.48e6
ANTARCTIC = [
    (-58, -63.1),
    (-74, -72.9),
    (-102, -71.9),
    (-131, -74.3),
    (-163, -77.5),
    (163, -77.4),
    (172, -71.7),
    (140, -65.9),
    (88, -66.6),
    (25, -69.8),
    (-14, -71.0),
    (-46, -77.9),
]


def placed(degrees: Transformer, ring: Sequence[Sequence[float]]) -> np.ndarray:
    """Return a ring in the plane that is left for degrees."""
    x, y = np.array(ring, dtype=float).T
    return np.column_stack(degrees.transform(x, y, direction="INVERSE"))


@pytest.mark.parametrize(
    "ring",
    [
        [(179, -18), (-179, -18), (-179, -16), (179, -16)],
        [(179, -18), (181, -18), (181, -16), (179, -16)],
        [(-181, -18), (-179, -18), (-179, -16), (-181, -16)],
    ],
)
def test_the_same_ground_however_it_is_written(ring):
    cut = cut_at_seam(np.array([shapely.Polygon(ring)], dtype=object))
    assert cut.cut.tolist() == [0]
    assert np.abs(cut.shapes[0].bounds).max() == 180
    assert area_m2(layer(list(cut.shapes), crs=4326))[0] == pytest.approx(BOX_M2, rel=1e-6)


def test_what_lies_on_one_side_and_a_map_of_the_world_stay_as_they_are():
    shapes = np.array(
        [shapely.box(120, 31, 121, 32), shapely.box(-180, -90, 180, 90), shapely.Point(10, 10), None], dtype=object
    )
    cut = cut_at_seam(shapes)
    assert len(cut.cut) + len(cut.shifted) + len(cut.polar) == 0
    assert list(cut.shapes) == list(shapes)


def test_lines_and_points_too():
    shapes = np.array([shapely.LineString([(179.5, 0), (-179.5, 0)]), shapely.Point(190, 5)], dtype=object)
    cut = cut_at_seam(shapes)
    lengths = length_m(layer(list(cut.shapes), crs=4326))
    assert lengths[0] == pytest.approx(EARTH.inv(179.5, 0, -179.5, 0)[2], rel=1e-9)
    assert cut.shapes[1].coords[0] == (-170, 5)


def dense_geodesic_m2(xy, crs):
    dense = shapely.get_coordinates(shapely.segmentize(shapely.Polygon(xy), 500.0))
    lon, lat = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform(*dense.T)
    return abs(EARTH.polygon_area_perimeter(lon, lat)[0])


@pytest.mark.parametrize("code", [3338, 3832, 32701])
def test_a_plane_across_180_measures_what_it_drew(code):
    """Cut to be stored in degrees, whole again where its edges are straight."""
    crs = CRS(code)
    plane = crs if code != 3338 else bound_by(crs, "EPSG:1188")
    degrees = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    ring = {3338: [(179, 51), (-178.5, 51.2), (-178, 53), (178.7, 52.5)]}.get(
        code, [(179.6, -17), (-179.8, -17.1), (-179.7, -16.4), (179.7, -16.5)]
    )
    xy = placed(degrees, ring)
    own = np.array([shapely.Polygon(xy)], dtype=object)
    cut = cut_at_seam(
        move(own, plane, CRS(4326)),
        plane=own,
        lonlat=lambda at: (
            np.column_stack(degrees.transform(*at.T))
            if code != 3338
            else np.column_stack(
                [
                    shapely.get_coordinates(move(np.asarray(shapely.points(at)), plane, CRS(4326)))[:, k]
                    for k in (0, 1)
                ]
            )
        ),
    )
    assert cut.cut.tolist() == [0]
    assert cut.shapes[0].geom_type == "MultiPolygon"
    back = move(cut.shapes, CRS(4326), plane)
    assert back[0].geom_type == "Polygon"
    assert back[0].area == pytest.approx(own[0].area, rel=1e-12)
    frame = declare_edges(layer(list(cut.shapes), crs=4326), edge_model="plane", plane_crs=plane.to_wkt())
    assert area_m2(frame)[0] == pytest.approx(dense_geodesic_m2(xy, crs), rel=1e-7)


def test_a_ring_round_the_pole_in_a_polar_plane():
    crs = CRS(3031)
    degrees = Transformer.from_crs(crs, 4326, always_xy=True)
    xy = placed(degrees, ANTARCTIC)
    own = np.array([shapely.Polygon(xy)], dtype=object)
    cut = cut_at_seam(
        move(own, crs, CRS(4326)), plane=own, lonlat=lambda at: np.column_stack(degrees.transform(*at.T))
    )
    assert cut.polar.tolist() == []
    assert shapely.is_valid(cut.shapes[0])
    assert cut.shapes[0].bounds[1] == -90
    frame = declare_edges(layer(list(cut.shapes), crs=4326), edge_model="plane", plane_crs="EPSG:3031")
    assert area_m2(frame)[0] == pytest.approx(dense_geodesic_m2(xy, crs), rel=1e-7)


def test_a_ring_round_the_pole_has_no_inside_in_degrees_but_with_geodesic_edges():
    ring = np.array([shapely.Polygon(ANTARCTIC)], dtype=object)
    assert cut_at_seam(ring).polar.tolist() == [0]
    assert cut_at_seam(ring).shapes[0] is None
    true = abs(EARTH.geometry_area_perimeter(ring[0])[0])
    closed = cut_at_seam(along_geodesics(ring, EARTH), over_pole=True)
    assert shapely.is_valid(closed.shapes[0])
    assert area_m2(layer(list(closed.shapes), crs=4326))[0] == pytest.approx(true, rel=1e-9)


@pytest.mark.parametrize(
    ("code", "operation", "at"),
    [
        (26918, "EPSG:1188", (-74.0, 40.7)),
        (2964, "EPSG:1176", (-150.0, 61.0)),
        (27700, "EPSG:1314", (-0.1, 51.5)),
        (25832, "EPSG:1149", (9.0, 50.0)),
    ],
)
def test_there_and_back_through_another_datum_is_where_it_was(code, operation, at):
    plane = bound_by(CRS(code), operation)
    x, y = Transformer.from_crs(CRS(code).geodetic_crs, CRS(code), always_xy=True).transform(*at)
    per = CRS(code).axis_info[0].unit_conversion_factor
    here = np.array([shapely.Point(x * per, y * per), shapely.Point(x * per + 5e4, y * per + 9e4)], dtype=object)
    away = move(here, plane, CRS(4326))
    off = shapely.get_coordinates(move(away, CRS(4326), plane)) - shapely.get_coordinates(here)
    assert np.abs(off).max() < 2e-8
    metres = EARTH.inv(*at, *away[0].coords[0])[2]
    assert metres < 250


def test_a_datum_spelled_in_its_own_way():
    odd = CRS(4549).to_wkt("WKT1_GDAL").replace('"China_2000"', '"D_CGCS2000"')
    assert named_rightly(CRS.from_wkt(odd)).geodetic_crs.datum.name == "China 2000"
