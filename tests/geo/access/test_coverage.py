import numpy as np
import pytest
import shapely

from geo import CountRule, ServiceRule, WalkRule, Watch, compare_service_rules, declare_edges, measure_coverage
from geo.access import service
from geo.access.network import WalkNetwork
from geo.access.service import radial_error_share
from geo.errors import (
    BadDistance,
    BadField,
    BadRule,
    Cancelled,
    EmptyLayer,
    NotComputable,
    OutlineTooFine,
    WrongGeometryType,
)
from tests.geo.shapes import EAST, NORTH, ORIGIN, layer, lonlat, messy, open_zones, square, tiling, zones


def point(x, y):
    return shapely.Point(EAST + x, NORTH + y)


def line(*xy):
    return shapely.LineString([(EAST + x, NORTH + y) for x, y in xy])


def homes():
    frame = tiling()
    return frame[frame["class"] == "0701"]


PARKS = layer([square(-300, 100, 90), square(400, 400, 60), square(900, 50, 40)], kind=["city", "city", "pocket"])


def test_a_circle_is_short_of_its_area_by_less_than_1e_4():
    plate = layer([square(-1000, -1000, 2000)])
    area = float(measure_coverage(plate, layer([point(0, 0)]), ServiceRule(radius_m=500)).covered[0])
    assert 0 < 1 - area / (np.pi * 500**2) < 1e-4
    assert radial_error_share(72) < 1e-4


@pytest.mark.parametrize(
    "frame", [homes(), lonlat(homes()), declare_edges(lonlat(homes()), edge_model="plane", plane_crs="EPSG:4549")]
)
def test_the_same_homes_in_any_declared_system_give_the_same_coverage(frame):
    reference = measure_coverage(homes(), PARKS, ServiceRule(radius_m=300))
    found = measure_coverage(frame, PARKS, ServiceRule(radius_m=300))
    assert found.overall == pytest.approx(reference.overall, abs=2e-6)
    assert found.covered_parts().crs == frame.crs


def test_covered_and_uncovered_evidence_make_up_the_target():
    result = measure_coverage(homes(), PARKS, ServiceRule(radius_m=250))
    assert result.covered_parts().area.sum() + result.uncovered_parts().area.sum() == pytest.approx(
        homes().area.sum(), rel=1e-9
    )
    assert 0 < result.overall < 1


def test_zones_break_the_figure_down_and_facilities_outside_reach_in():
    whole = measure_coverage(homes(), PARKS, ServiceRule(radius_m=450))
    parts = measure_coverage(
        homes(), PARKS, ServiceRule(radius_m=450), count=CountRule(zones=zones(), zone_field="zone")
    )
    assert parts.covered.sum() == pytest.approx(whole.covered[0], rel=1e-9)
    assert parts.total.sum() == pytest.approx(whole.total[0], rel=1e-9)
    west = measure_coverage(
        homes(), PARKS.iloc[:1], ServiceRule(radius_m=450), count=CountRule(zones=zones(), zone_field="zone")
    )
    assert west.covered[0] > 0
    some = measure_coverage(
        messy(), PARKS, ServiceRule(radius_m=200), count=CountRule(zones=open_zones().iloc[:2], zone_field="zone")
    )
    assert some.outside > 0


def test_a_zone_without_target_is_not_computable_rather_than_zero():
    far = layer([square(5000, 5000, 100)], zone=["far"])
    result = measure_coverage(
        homes(), PARKS, ServiceRule(radius_m=450), count=CountRule(zones=far, zone_field="zone")
    )
    assert np.isnan(result.share[0])
    assert np.isnan(result.overall)


def test_radius_by_size_uses_the_merged_park():
    """Two halves of 3,000 m2 parted by a 4 m path are one park of 6,000 m2."""
    halves = layer([square(0, 0, 50, 60), square(54, 0, 50, 60)])
    rules = [(5000, np.inf, 500), (2000, 5000, 300)]
    plate = layer([square(-1000, -1000, 2200)])
    merged = measure_coverage(plate, halves, ServiceRule(size_rules=rules, merge_within_m=5))
    apart = measure_coverage(plate, halves, ServiceRule(size_rules=rules))
    assert merged.radial_error_m > apart.radial_error_m
    assert merged.covered[0] > 2 * apart.covered[0]
    touching = layer([square(0, 0, 50, 60), square(50, 0, 50, 60)])
    assert measure_coverage(plate, touching, ServiceRule(size_rules=rules)).covered[0] > 2 * apart.covered[0]
    with pytest.raises(NotComputable):
        measure_coverage(plate, layer([square(0, 0, 10)]), ServiceRule(size_rules=rules))


def test_radius_by_class():
    both = measure_coverage(homes(), PARKS, ServiceRule(radius_m={"city": 300, "pocket": 100}, class_field="kind"))
    city = measure_coverage(homes(), PARKS.iloc[:2], ServiceRule(radius_m=300))
    assert both.covered[0] >= city.covered[0]
    without = measure_coverage(homes(), PARKS, ServiceRule(radius_m={"city": 300}, class_field="kind"))
    assert without.covered[0] == pytest.approx(city.covered[0], rel=1e-12)
    assert any("1 facility" in note.en for note in without.caveats)


def test_weights_are_spread_evenly_and_unknown_ones_are_said():
    target = layer([square(0, 0, 100), square(500, 0, 100)], people=[80.0, None])
    park = layer([square(-200, -500, 150, 1100)])
    result = measure_coverage(target, park, ServiceRule(radius_m=100), count=CountRule(weight_field="people"))
    assert result.covered[0] == pytest.approx(40, rel=1e-4)
    assert result.total[0] == pytest.approx(80, rel=1e-9)
    assert result.unknown_weights == 1
    assert result.caveats


def test_negative_weights_are_refused():
    with pytest.raises(BadField):
        measure_coverage(
            layer([square(0, 0, 100)], people=[-1.0]),
            PARKS,
            ServiceRule(radius_m=100),
            count=CountRule(weight_field="people"),
        )


def test_the_method_says_where_distances_are_taken():
    assert "EPSG:4549" in measure_coverage(homes(), PARKS, ServiceRule(radius_m=100)).method.en
    assert (
        "transverse Mercator centred on the data"
        in measure_coverage(lonlat(homes()), PARKS, ServiceRule(radius_m=100)).method.en
    )


def test_a_target_that_overlaps_itself_counts_once():
    twice = layer([square(0, 0, 100), square(50, 0, 100)])
    result = measure_coverage(twice, PARKS, ServiceRule(radius_m=800))
    assert result.total[0] == pytest.approx(15_000, rel=1e-4)
    assert result.caveats


def test_points_on_a_shared_border_count_once():
    frame = layer([point(50, 50), point(100, 50), point(150, 50)])
    two = layer([square(0, 0, 100), square(100, 0, 100)], zone=["a", "b"])
    result = measure_coverage(
        frame, PARKS, ServiceRule(radius_m=9000), count=CountRule(zones=two, zone_field="zone")
    )
    assert result.total.tolist() == [2, 1]
    along = layer([line((100, 0), (100, 90)), line((50, 10), (150, 10))])
    lengths = measure_coverage(
        along, PARKS, ServiceRule(radius_m=9000), count=CountRule(zones=two, zone_field="zone")
    )
    assert lengths.total == pytest.approx([140, 50], rel=1e-4)


def test_overlapping_zones_each_count_what_they_share_and_together_count_it_once():
    two = layer([square(0, 0, 600, 900), square(300, 0, 600, 900)], zone=["a", "b"])
    one = layer([square(0, 0, 900, 900)], zone=["all"])
    rng = np.random.default_rng(3)
    spots = layer(shapely.points(rng.uniform(0, 900, (200, 2)) + ORIGIN), people=rng.integers(1, 50, 200))
    ways = layer([line(*rng.uniform(-50, 950, (3, 2))) for _ in range(20)])
    for target, weight in ((homes(), None), (spots, None), (spots, "people"), (ways, None)):
        apart = measure_coverage(
            target,
            PARKS,
            ServiceRule(radius_m=250),
            count=CountRule(zones=two, zone_field="zone", weight_field=weight),
        )
        whole = measure_coverage(
            target,
            PARKS,
            ServiceRule(radius_m=250),
            count=CountRule(zones=one, zone_field="zone", weight_field=weight),
        )
        assert apart.total.sum() > 1.1 * whole.total[0]
        assert apart.total_once == pytest.approx(whole.total[0], rel=1e-9)
        assert apart.covered_once == pytest.approx(whole.covered[0], rel=1e-9)
        assert apart.overall == pytest.approx(whole.overall, rel=1e-9)
        assert apart.outside == pytest.approx(whole.outside, rel=1e-9, abs=1e-5)
        assert any("Zones overlap" in note.en for note in apart.caveats)
        assert not any("Zones overlap" in note.en for note in whole.caveats)


ROADS = layer(
    [
        line((0, 0), (0, 1000)),
        line((0, 1000), (400, 1000)),
        line((400, 1000), (400, 0)),
        line((0, 500), (-300, 500)),
    ]
)
RIVER = layer([line((200, -200), (200, 1200))])


def test_a_river_makes_people_walk_round_by_the_bridge():
    network = WalkNetwork.build(ROADS, barriers=RIVER)
    school = layer([point(10, 0)])
    opposite = layer([point(390, 0), point(5, 900), point(190, 2), point(210, 2)], id=list("abcd"))
    straight = measure_coverage(opposite, school, ServiceRule(radius_m=450))
    walked = measure_coverage(opposite, school, ServiceRule(radius_m=450), walk=WalkRule(network=network))
    assert straight.covered[0] == 3
    assert walked.covered[0] == 1
    sources, lost = network.sources(school.geometry.values)
    way = network.nearest_m(opposite.geometry.values, sources)
    assert lost == 0
    assert way[0] == pytest.approx(10 + 1000 + 400 + 1000 + 10, rel=1e-4)
    assert way[1] == pytest.approx(10 + 900 + 5, rel=1e-4)
    assert way[2] == pytest.approx(10 + 2 + 190, rel=0.02)


def test_ground_beside_the_reached_roads():
    network = WalkNetwork.build(ROADS, barriers=RIVER)
    target = layer([square(-500, -300, 1300, 1600)])
    result = measure_coverage(
        target, layer([point(0, 0)]), ServiceRule(radius_m=700), walk=WalkRule(network=network, off_street_m=20)
    )
    cover = result.covered_parts().geometry.iloc[0]
    assert cover.contains(point(-15, 400))
    assert cover.contains(point(-190, 500))
    assert not cover.intersects(point(-230, 500))
    assert not cover.intersects(point(0, 730))
    expected = 40 * 700 + 40 * 200 - 20 * 40 + np.pi * 400 * 1.5
    assert result.covered[0] == pytest.approx(expected, rel=0.02)


def test_rules_side_by_side_and_the_detour_penalty():
    network = WalkNetwork.build(ROADS, barriers=RIVER)
    rng = np.random.default_rng(6)
    people = layer(shapely.points(rng.uniform(-100, 500, (60, 2)) + ORIGIN), people=rng.integers(1, 9, 60))
    school = layer([square(-60, 0, 50)])
    gate = layer([point(-10, 25)])
    found = compare_service_rules(
        people,
        school,
        ServiceRule(radius_m=400),
        walk=WalkRule(entrances=gate, network=network),
        count=CountRule(weight_field="people"),
    )
    table = found.to_frame().set_index(["start", "way", "weight"])
    assert len(table) == 8
    assert found.detour_penalty() > 0
    assert table["share"]["entrance", "straight", "amount"] <= table["share"]["edge", "straight", "amount"]
    less = compare_service_rules(people, school, ServiceRule(radius_m=400))
    assert len(less.missing) == 3
    with pytest.raises(NotComputable):
        less.detour_penalty()


@pytest.mark.parametrize("radius", [0, -5, float("nan"), float("inf"), 1e9, "far", None, True])
def test_useless_distances(radius):
    with pytest.raises((BadDistance, BadRule)):
        measure_coverage(homes(), PARKS, ServiceRule(radius_m=radius))


def test_other_refusals():
    with pytest.raises(BadRule):
        measure_coverage(homes(), PARKS, ServiceRule(radius_m=5, size_rules=[(0, 1, 2)]))
    with pytest.raises(BadRule):
        measure_coverage(homes(), PARKS, ServiceRule(size_rules=[(5, 1, 2)]))
    with pytest.raises(EmptyLayer):
        measure_coverage(homes(), PARKS.iloc[:0], ServiceRule(radius_m=5))
    with pytest.raises(WrongGeometryType):
        measure_coverage(layer([point(0, 0), square(0, 0, 5)]), PARKS, ServiceRule(radius_m=5))
    with pytest.raises(NotComputable):
        measure_coverage(
            layer([point(0, 0)]),
            layer([point(9000, 0)]),
            ServiceRule(radius_m=5),
            walk=WalkRule(network=WalkNetwork.build(ROADS)),
        )


def test_an_outline_too_jagged_for_its_distance_is_refused_with_what_helps(monkeypatch):
    """Teeth of 40 m, half a metre apart, within 300 m of one another by the hundred; simplified they can be asked."""
    monkeypatch.setattr(service, "CORNERS", 500)
    monkeypatch.setattr(service, "MEETINGS", 20_000)
    teeth = np.column_stack([EAST + np.arange(800) * 0.5, NORTH + 40.0 * (np.arange(800) % 2)])
    comb = layer([shapely.Polygon([*teeth, (EAST + 400, NORTH - 90), (EAST, NORTH - 90)])])
    with pytest.raises(OutlineTooFine, match="803 corners") as refused:
        measure_coverage(homes(), comb, ServiceRule(radius_m=300))
    smooth = comb.assign(geometry=comb.geometry.simplify(float(str(refused.value.params["tolerance_m"]))))
    assert measure_coverage(homes(), smooth, ServiceRule(radius_m=300)).covered[0] > 0
    assert (
        measure_coverage(homes(), comb, ServiceRule(radius_m=20)).covered[0] >= 0
    )  # nearer: no more than it can do


def test_a_long_run_can_be_stopped():
    def stop():
        raise Cancelled

    with pytest.raises(Cancelled):
        measure_coverage(homes(), PARKS, ServiceRule(radius_m=300), watch=Watch(cancel=stop))
