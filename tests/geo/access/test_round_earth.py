"""Distances on the round Earth, against geodesics taken point by point; and ways round barriers, against hand."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod, Transformer

from geo import ServiceRule, WalkNetwork, WalkRule, find_nearest, measure_coverage, measure_proximity
from geo.access import geodesic
from geo.access.geodesic import Globe, nearest_links
from geo.access.surroundings import ground_within
from geo.errors import ExtentTooLarge, NotComputable
from geo.measure.area import measure_shapes, shape_lengths_m
from geo.measure.seam import cut_at_seam
from tests.geo.shapes import layer

EARTH = Geod(ellps="WGS84")
PLACES = {
    "across 180": (4326, (179.0, -19.0, 2.0, 3.0)),
    "above 75 N": (4326, (10.0, 76.0, 20.0, 8.0)),
    "a continent": (4326, (-60.0, -35.0, 60.0, 50.0)),
    "round the pole": (3413, (-9e5, -9e5, 18e5, 18e5)),
    "a town": (32633, (5e5, 55e5, 8e3, 8e3)),
}


def shapes_in(extent, crs, seed):
    x, y, width, height = extent
    rng = np.random.default_rng(seed)
    corner = rng.random((6, 2)) * [width, height] + [x, y]
    lines = [shapely.LineString(at + rng.random((3, 2)) * [width, height] * np.array(0.1)) for at in corner[:4]]
    shapes = np.array([*lines, *shapely.points(corner[4:])], dtype=object)
    if crs == 4326:
        shapes = shapely.transform(shapes, lambda xy: np.column_stack([(xy[:, 0] + 180) % 360 - 180, xy[:, 1]]))
        shapes = shapes[np.ptp(shapely.bounds(shapes)[:, ::2], axis=1) < 180]
    return shapes


def sampled(globe, shape, count):
    xy = shapely.get_coordinates(shape)
    if len(xy) == 1:
        return globe.lonlat(xy)
    share = np.linspace(0, 1, count)[:, None]
    return globe.lonlat(np.concatenate([a + share * (b - a) for a, b in pairwise(xy)]))


@pytest.mark.parametrize("name", PLACES)
def test_the_nearest_is_no_farther_than_any_pair_of_points(name):
    code, extent = PLACES[name]
    crs = CRS(code)
    mine, theirs = shapes_in(extent, code, 1), shapes_in(extent, code, 2)
    found = nearest_links(crs, mine, theirs)
    globe = Globe.of(crs, mine, theirs)
    for row, one in enumerate(mine):
        here = sampled(globe, one, 40)
        best = []
        for other in theirs:
            there = sampled(globe, other, 40)
            pairs = np.repeat(here, len(there), axis=0), np.tile(there, (len(here), 1))
            best.append(globe.distance_m(*pairs).min())
        assert found.distance_m[row] <= min(best) * (1 + 1e-9)
        assert found.distance_m[row] >= min(best) * (1 - 2e-2) - 60.0  # the samples lie apart
        ends = EARTH.inv(*found.begin[row], *found.end[row])[2]
        assert ends == pytest.approx(found.distance_m[row], rel=1e-9, abs=1e-6)


def test_points_on_both_sides_of_180():
    east, west = layer([shapely.Point(179.9, -17)], crs=4326), layer([shapely.Point(-179.9, -17)], crs=4326)
    true = EARTH.inv(179.9, -17, -179.9, -17)[2]
    assert find_nearest(east, west).distance_m[0] == pytest.approx(true, rel=1e-9)
    assert measure_coverage(east, west, ServiceRule(radius_m=true * (1 + 1e-9))).covered_once == 1
    assert measure_coverage(east, west, ServiceRule(radius_m=true * (1 - 1e-9))).covered_once == 0


def test_points_a_degree_apart_are_decided_by_the_geodesic():
    rng = np.random.default_rng(5)
    homes, sites = (np.column_stack([rng.uniform(14, 17, n), rng.uniform(78, 79, n)]) for n in (60, 5))
    true = np.array([[EARTH.inv(*a, *b)[2] for b in sites] for a in homes]).min(axis=1)
    radius = float(np.sort(true)[30])
    home, site = (layer([shapely.Point(at) for at in xy], crs=4326) for xy in (homes, sites))
    assert measure_coverage(home, site, ServiceRule(radius_m=radius * (1 + 1e-9))).covered_once == 31
    assert measure_coverage(home, site, ServiceRule(radius_m=radius * (1 - 1e-9))).covered_once == 30
    near = measure_proximity(home, site, within_m=radius * (1 + 1e-9))
    assert int(near.within.sum()) == 31


@pytest.mark.parametrize(
    "at", [(179.999, -17.0, 500), (15.0, 79.5, 5_000), (-150.0, 65.0, 50_000), (30.0, 89.99, 5_000)]
)
def test_ground_within_a_distance_ends_a_geodesic_away(at):
    """Across 180 degrees, far north, over the pole: every vertex is the radius away; arcs fall short as is said."""
    lon, lat, radius = at
    ground = ground_within(
        CRS(4326), np.array([shapely.Point(lon, lat)]), np.array([float(radius)]), quad_segs=72
    )[0]
    xy = shapely.get_coordinates(ground)
    away = EARTH.inv(xy[:, 0], xy[:, 1], np.full(len(xy), lon), np.full(len(xy), lat))[2]
    seam = (np.abs(np.abs(xy[:, 0]) - 180.0) < 1e-9) | (np.abs(xy[:, 1]) > 90 - 1e-9)
    np.testing.assert_allclose(away[~seam], radius, rtol=1e-9)
    assert (~seam).sum() >= 288
    area = abs(EARTH.geometry_area_perimeter(ground)[0])
    assert area == pytest.approx(np.pi * radius**2, rel=1.7e-4 if radius < 50_000 else 1e-4)


@pytest.mark.parametrize(("shift", "radius"), [(20_000.0, 1_000.0), (160_000.0, 9_500.0), (-250_000.0, 300.0)])
def test_ground_beside_a_long_line_in_a_plane_ends_a_geodesic_away(shift, radius):
    """Far from the plane's middle line, where its scale changes along the line: every vertex all the same."""
    rng = np.random.default_rng(int(abs(shift)))
    along = np.linspace(-15_000.0, 15_000.0, 120)
    xy = np.column_stack([500_000.0 + shift + along, 3_500_000.0 + rng.uniform(-400, 400, 120).cumsum()])
    lake = shapely.Polygon(shapely.get_coordinates(shapely.Point(xy[60] + [0.0, 3.0 * radius]).buffer(radius, 9)))
    for shape in (shapely.LineString(xy), lake):
        own = np.array([shape], dtype=object)
        ground = ground_within(CRS(4549), own, np.array([radius]), quad_segs=72)[0]
        assert shapely.is_valid(ground) and shapely.contains(ground, shape)
        vertices = shapely.get_coordinates(ground.exterior)
        away = nearest_links(CRS(4549), np.asarray(shapely.points(vertices)), own).distance_m
        off = np.abs(away / radius - 1.0)  # where two parts are equally near, a vertex has to suit both
        assert off.max() < 5e-6 and (off < 1e-9).mean() > 0.99 and len(vertices) > 100


SEAM = {"across 180": (179.98, 66.0), "above 75 N": (14.0, 78.5)}


def turned(frame):
    """The frame with longitudes between -180 and 180."""
    return frame.set_geometry(cut_at_seam(np.asarray(frame.geometry)).shapes, crs=4326)


@pytest.mark.parametrize("name", SEAM)
@pytest.mark.parametrize("kind", ["polygon", "line"])
def test_ground_and_lines_within_a_distance_of_lines_and_polygons(name, kind):
    """Against ground sampled point by point: whether a point is covered, its geodesic distance decides."""
    west, south = SEAM[name]
    road = [(west + 0.01, south + 0.01), (west + 0.03, south + 0.012), (west + 0.05, south + 0.005)]
    source = shapely.LineString(road) if kind == "line" else shapely.Polygon([*road, (west + 0.03, south - 0.005)])
    homes = [
        shapely.box(west + x, south + y, west + x + 0.004, south + y + 0.002)
        for x in np.arange(0, 0.06, 0.004)
        for y in np.arange(-0.01, 0.02, 0.002)
    ]
    found = measure_coverage(
        turned(layer(homes, crs=4326)), turned(layer([source], crs=4326)), ServiceRule(radius_m=700)
    )
    globe_points = [
        shapely.Point(west + x, south + y)
        for x in np.arange(0, 0.06, 0.0004) + 0.0002
        for y in np.arange(-0.01, 0.02, 0.0002) + 0.0001
    ]
    sampled_ = measure_coverage(
        turned(layer(globe_points, crs=4326)), turned(layer([source], crs=4326)), ServiceRule(radius_m=700)
    )
    assert found.overall == pytest.approx(sampled_.overall, rel=3e-3)
    assert 0.1 < found.overall < 0.9
    edge = shapely.get_coordinates(shapely.boundary(cover_edge(found)))
    assert len(edge) > 100
    links = nearest_links(
        CRS(4326), np.asarray(shapely.points(edge)), np.asarray(turned(layer([source], crs=4326)).geometry)
    )
    outer = links.distance_m > 0.9 * 700
    on_homes = np.abs(links.distance_m - 700) > 0.05  # corners of the homes themselves lie inside
    assert (links.distance_m <= 700 * (1 + 1e-8)).all()
    assert (outer & ~on_homes).sum() > 50


def cover_edge(found):
    return shapely.union_all(np.asarray(found.covered_parts().geometry))


def test_a_way_to_the_road_is_a_geodesic_however_the_plane_stretches():
    """In a plane stretched by a third the last metres to the road are as long as on the ground."""
    far = CRS.from_user_input("+proj=tmerc +lon_0=40 +lat_0=0 +k=1 +datum=WGS84 +units=m")
    move = Transformer.from_crs(4326, far, always_xy=True)
    lon, lat = 88.0, 10.0
    there, _, _ = EARTH.fwd(lon, lat, 90, 2_000)
    x, y = move.transform([lon, there], [lat, lat])
    road = layer([shapely.LineString(list(zip(x, y, strict=True)))], crs=far)
    home_lon, home_lat, _ = EARTH.fwd(lon, lat, 0, 150)
    home = shapely.Point(*move.transform(home_lon, home_lat))
    net = WalkNetwork.build(road)
    plane = Transformer.from_crs(far, net.plane, always_xy=True)
    place = shapely.transform(np.array([home]), lambda xy: np.column_stack(plane.transform(*xy.T)))
    (way,) = net.entries(place)[0]
    assert find_nearest(layer([home], crs=far), road).distance_m[0] == pytest.approx(way.cost_m, rel=1e-9)
    assert way.cost_m == pytest.approx(150, rel=1e-3)


ROADS: dict[str, tuple[int, list[list[tuple[float, float]]]]] = {
    "a continent": (4326, [[(0, 50), (10, 53), (20, 49)]]),
    "above 75 N": (4326, [[(15, 78), (20, 78.5), (24, 78)]]),
    "across 180, cut there": (4326, [[(178.5, -17), (180, -17.375)], [(-180, -17.375), (-178, -17)]]),
    "as wide as a zone": (32633, [[(2e5, 50e5), (5e5, 53e5), (9e5, 51e5)]]),
}


def edge_length_m(crs, xy):
    """Geodesics along edges split so finely that they follow them."""
    globe = Globe.of(crs, np.array([shapely.LineString(xy)], dtype=object))
    fine = sampled(globe, shapely.LineString(xy), 4_001)
    return EARTH.line_length(*fine.T)


@pytest.mark.parametrize("name", ROADS)
def test_a_walk_is_as_long_as_the_road_on_the_ground_at_any_extent(name):
    """Also how far a walk of a given length comes, and the ground beside it: two sides and two half circles."""
    code, lines = ROADS[name]
    crs = CRS(code)
    long = sum(edge_length_m(crs, line) for line in lines)
    net = WalkNetwork.build(layer([shapely.LineString(line) for line in lines], crs=crs))
    way = None if net.plane == crs else Transformer.from_crs(crs, net.plane, always_xy=True).transform
    ends = [lines[0][0], lines[-1][-1]]
    begin, end = shapely.points(ends if way is None else [way(*xy) for xy in ends])
    (sources, _) = net.sources(np.array([begin]))
    assert net.nearest_m(np.array([end]), sources)[0] == pytest.approx(long, rel=1e-9)
    reached = net.reached(sources, radius_m=0.37 * long)
    assert shape_lengths_m(reached, net.plane).sum() == pytest.approx(0.37 * long, rel=1e-9)
    ground = net.service_area(sources, radius_m=5_000, off_street_m=50)
    area = measure_shapes(np.array([shapely.union_all(ground)]), net.plane).area_m2[0]
    assert area == pytest.approx(2 * 50 * 5_000 + np.pi * 50**2, rel=2e-6)


def test_a_pole_is_a_place_like_any_other():
    for side in (1, -1):
        mine, theirs = (
            layer(shapely.points([(lon, side * lat) for lon, lat in xy]), crs=4326)
            for xy in (((0, 90), (10, 89.9), (-120, 89.99)), ((12, 90), (0, 89)))
        )
        meridian = [EARTH.inv(10, 90, 10, lat)[2] for lat in (90, 89.9, 89.99)]
        assert find_nearest(mine, theirs).distance_m.tolist() == pytest.approx(meridian, rel=1e-9)
        assert len(measure_proximity(mine, theirs, within_m=5_000).near()) == 2


@pytest.mark.parametrize("pole", [90.0, -90.0])
def test_a_cap_over_a_pole_grows_along_its_meridians(pole, monkeypatch):
    """A sheet of a world map that ends at the pole: 50 km from the 84th parallel, no hole, nothing between its sides."""
    monkeypatch.setattr(geodesic, "PIECE_DEG", 0.1)  # a kilometre there
    cap = shapely.box(-180.0, min(pole, 84.0), 180.0, max(pole, -84.0))
    (ground,) = ground_within(CRS(4326), np.array([cap], dtype=object), np.array([5e4]), quad_segs=16)
    edge = EARTH.fwd(0.0, np.sign(pole) * 84.0, 180.0 if pole > 0 else 0.0, 5e4)[1]
    assert shapely.get_num_interior_rings(shapely.get_parts(ground)).sum() == 0
    assert ground.area == pytest.approx(360.0 * (90.0 - abs(edge)), rel=1e-6)
    assert min(np.abs(ground.bounds[1::2])) == pytest.approx(abs(edge), abs=1e-6)


def test_all_round_the_earth_is_refused():
    crs = CRS(4326)
    ring = np.array([shapely.Point(lon, 0) for lon in range(-180, 180, 30)], dtype=object)
    with pytest.raises(ExtentTooLarge):
        nearest_links(crs, ring, ring)


RIVER = [shapely.box(500_500, 3_499_800, 500_540, 3_501_200)]


def test_the_straight_way_goes_round_a_river():
    homes = layer([shapely.Point(500_000 + x, 3_500_000 + y) for x, y in ((100, 100), (450, 100), (700, 150))])
    park = layer([shapely.Point(500_150, 3_500_150)])
    assert measure_coverage(homes, park, ServiceRule(radius_m=850)).covered_once == 3
    round_it = measure_coverage(homes, park, ServiceRule(radius_m=850), walk=WalkRule(barriers=layer(RIVER)))
    assert round_it.covered_once == 2
    assert "round the barriers" in round_it.rule.en
    corner = [(500_150, 3_500_150), (500_500, 3_499_800), (500_540, 3_499_800), (500_700, 3_500_150)]
    way = shapely.LineString(corner).length
    assert (
        measure_coverage(
            homes, park, ServiceRule(radius_m=way + 0.1), walk=WalkRule(barriers=layer(RIVER))
        ).covered_once
        == 3
    )
    assert (
        measure_coverage(
            homes, park, ServiceRule(radius_m=way - 0.1), walk=WalkRule(barriers=layer(RIVER))
        ).covered_once
        == 2
    )


def test_a_railway_is_a_line_nobody_crosses_in_its_middle():
    rail = layer([shapely.LineString([(500_500, 3_499_000), (500_520, 3_500_100), (500_500, 3_501_000)])])
    homes = layer([shapely.Point(500_600, 3_500_100)])
    park = layer([shapely.Point(500_400, 3_500_100)])
    assert measure_coverage(homes, park, ServiceRule(radius_m=500)).covered_once == 1
    assert measure_coverage(homes, park, ServiceRule(radius_m=500), walk=WalkRule(barriers=rail)).covered_once == 0
    assert (
        measure_coverage(homes, park, ServiceRule(radius_m=1_900), walk=WalkRule(barriers=rail)).covered_once == 1
    )


def test_ground_round_barriers_is_refused_with_what_to_ask_instead():
    ground = layer([shapely.box(500_000, 3_500_000, 501_000, 3_501_000)])
    with pytest.raises(NotComputable) as caught:
        measure_coverage(
            ground,
            layer([shapely.Point(500_150, 3_500_150)]),
            ServiceRule(radius_m=850),
            walk=WalkRule(barriers=layer(RIVER)),
        )
    assert "along roads" in caught.value.message("en")
