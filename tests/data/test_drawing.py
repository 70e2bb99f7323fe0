"""The schematic drawing: complete, true to the plan's words, exact where it states an area, and repeatable."""

import hashlib
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import shapely
from pyproj import Geod
from shapely import Point, Polygon

from layers.library.library import Library
from layers.places.place import look_up_place
from sketch.drawing import landuse, place_all
from sketch.drawing.frame import to_plane
from sketch.drawing.relations import holds, verdicts
from sketch.drawing.sketch import Sketch

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "sketch" / "tables"
GEOD = Geod(ellps="WGS84")
POSITIONS = {"exact", "approximate", "locality", "schematic"}
LAYERS = {
    "boundary",
    "yangtze_bank",
    "zones",
    "parks",
    "rivers",
    "hills",
    "roads",
    "rail",
    "gateways",
    "community_rooms",
    "communities",
    "facilities",
    "projects",
}
AREA_LAYERS = ("zones", "parks", "hills", "communities")


def area_m2(shape):
    return abs(GEOD.geometry_area_perimeter(shape)[0])


@pytest.fixture(scope="module")
def placed():
    return place_all(TABLES)


@pytest.fixture(scope="module")
def parcels(placed):
    return landuse(TABLES, placed)


@pytest.fixture(scope="module")
def sketch():
    return Sketch.read(TABLES)


def every(placed):
    return [(layer, key, item) for layer, items in placed.items() for key, item in items.items()]


def land_of(sketch, placed, key, layer, table, group):
    widths = {entry["id"]: entry["width_m"] for entry in sketch.tables[table][group]}
    return to_plane(placed[layer][key].geometry).buffer(widths[key] / 2, cap_style="flat")


def test_every_layer_is_drawn_and_every_item_says_how_far_it_can_be_trusted(placed):
    assert set(placed) == LAYERS
    for layer, key, item in every(placed):
        assert item.position in POSITIONS, (layer, key)
        assert item.uncertainty_m is not None and item.uncertainty_m >= 150, (layer, key)
        assert item.source_zh and item.source_en, (layer, key)
        assert not item.geometry.is_empty and item.geometry.is_valid, (layer, key)


def test_coordinates_are_degrees_with_seven_decimals_and_rings_wind_outward(placed):
    for layer, key, item in every(placed):
        for x, y in shapely.get_coordinates(item.geometry):
            assert 119.9 < x < 120.7 and 31.6 < y < 32.1, (layer, key)
            assert x == round(x, 7) and y == round(y, 7), (layer, key)
        for part in getattr(item.geometry, "geoms", [item.geometry]):
            if isinstance(part, Polygon):
                assert part.exterior.is_ccw, (layer, key)


def test_counts_of_the_drawn_items(placed):
    counts = {layer: len(items) for layer, items in placed.items()}
    assert counts["roads"] == 47 and counts["rivers"] == 21 and counts["hills"] == 6 and counts["gateways"] == 4
    assert counts["community_rooms"] == 8 and counts["communities"] == 12
    assert counts["zones"] == 38 and counts["parks"] == 8 and counts["rail"] == 5
    assert sum(isinstance(item.geometry, Polygon) for item in placed["projects"].values()) == 36


def test_items_without_a_knowable_place_are_left_out(placed):
    for layer, key in (
        ("zones", "ip-xkw"),
        ("zones", "ip-qsh"),
        ("zones", "ip-xczone"),
        ("parks", "pk-pocket"),
        ("parks", "pk-comm"),
        ("facilities", "f-20"),
        ("facilities", "f-21"),
        ("rail", "rl-5"),
        ("projects", "p-35"),
        ("projects", "p-38"),
    ):
        assert key not in placed[layer]


def test_the_plans_words_hold(sketch, placed):
    found = verdicts(sketch, placed)
    assert len(found) >= 90
    assert [str(one) for one in found if not one.holds] == []


@pytest.mark.parametrize(("kind", "inside_out"), [("north_of", (0, -900)), ("west_of", (900, 0))])
def test_a_relation_is_broken_by_moving_its_subject(sketch, kind, inside_out):
    line = shapely.LineString([(0, -5000), (0, 5000)] if kind == "west_of" else [(-5000, 0), (5000, 0)])
    good = shapely.Point(-400, 0) if kind == "west_of" else shapely.Point(0, 400)
    moved = shapely.affinity.translate(good, *inside_out)
    assert holds({"kind": kind}, good, [line]) and not holds({"kind": kind}, moved, [line])


def test_every_relation_names_its_ground(sketch):
    for entry in sketch.tables["relations"]["relations"]:
        assert ("line" in entry) != ("basis" in entry), entry
        assert entry.get("line", 1) >= 1


def test_gateways_lie_on_both_roads_they_name(sketch, placed):
    for entry in sketch.tables["places"]["gateways"]:
        gate = to_plane(placed["gateways"][entry["id"]].geometry)
        assert isinstance(gate, Point)
        for road in entry["roads"]:
            assert gate.distance(to_plane(placed["roads"][road].geometry)) < 0.05


def test_known_points_are_kept(placed):
    through = {"rd-11": (120.34624, 31.93021), "rd-40": (120.1953, 31.79324), "r-4": (120.36, 31.957)}
    for key, point in through.items():
        layer, limit = ("rivers", 150) if key == "r-4" else ("roads", 60)
        assert to_plane(placed[layer][key].geometry).distance(to_plane(Point(point))) < limit
    works = Point(120.323724, 31.951076)
    assert placed["projects"]["p-08"].geometry.contains(works)
    assert placed["projects"]["p-48"].geometry.equals(works)


def test_a_site_has_the_land_the_plan_states(sketch, placed):
    entries = sketch.tables["sites"]["sites"]
    assert len(entries) == 36
    for entry in entries:
        stated = entry["mu"] * 2000 / 3
        assert area_m2(placed["projects"][entry["id"]].geometry) == pytest.approx(stated, rel=1e-4), entry["id"]


def test_the_sites_add_up_to_the_stated_land(sketch):
    # the inventory's check sum: 4,976.0 mu without the nine rows under 10 mu
    assert sum(entry["mu"] for entry in sketch.tables["sites"]["sites"]) == pytest.approx(4976.0)


def test_the_start_area_is_11_8_km2(placed):
    assert area_m2(placed["zones"]["z-qy-start"].geometry) == pytest.approx(11.8e6, rel=1e-4)


def test_sites_meet_neither_each_other_nor_roads_water_parks_or_hills(sketch, placed):
    shapes = {key: to_plane(item.geometry) for key, item in placed["projects"].items() if item.geometry.area > 0}
    taken = [to_plane(item.geometry) for layer in ("parks", "hills") for item in placed[layer].values()]
    taken += [land_of(sketch, placed, key, "roads", "roads", "roads") for key in placed["roads"]]
    rivers = [entry["id"] for entry in sketch.tables["water"]["rivers"]]
    taken += [land_of(sketch, placed, key, "rivers", "water", "rivers") for key in rivers]
    for key, shape in shapes.items():
        assert all(not shape.intersects(other) for name, other in shapes.items() if name != key), key
        assert all(not shape.intersects(other) for other in taken), key


def test_parks_do_not_overlap(placed):
    shapes = [to_plane(item.geometry) for item in placed["parks"].values()]
    for number, shape in enumerate(shapes):
        assert all(shape.intersection(other).area < 1 for other in shapes[number + 1 :])


def test_areas_lie_in_the_city_and_on_dry_land(placed):
    city = to_plane(placed["boundary"]["city"].geometry).buffer(1)
    strip = to_plane(placed["rivers"]["r-1"].geometry).buffer(-1)
    for layer in (*AREA_LAYERS, "projects", "facilities", "community_rooms"):
        for key, item in placed[layer].items():
            shape = to_plane(item.geometry)
            assert city.covers(shape), (layer, key)
            assert not strip.intersects(shape), (layer, key)


def test_communities_divide_the_block(placed):
    cells = [item.geometry for item in placed["communities"].values()]
    block = placed["zones"]["z-hq"].geometry
    assert sum(area_m2(cell) for cell in cells) == pytest.approx(area_m2(block), rel=1e-3)


def test_parcels_are_a_valid_coverage_of_the_blocks(placed, parcels):
    assert 2000 <= len(parcels) <= 4000
    shapes = [shape for _, _, shape in parcels]
    assert shapely.coverage_is_valid(shapes)
    assert all(shape.is_valid and shape.area > 0 for shape in shapes)
    for key in ("z-hq", "z-qy"):
        own = [shape for _, block, shape in parcels if block == key]
        assert shapely.coverage_union_all(own).equals(placed["zones"][key].geometry)
        assert sum(map(area_m2, own)) == pytest.approx(area_m2(placed["zones"][key].geometry), rel=1e-9)
    assert {block for _, block, _ in parcels} == {"z-hq", "z-qy"}


def test_no_parcel_is_a_sliver(parcels):
    assert min(area_m2(shape) for _, _, shape in parcels) > 20
    strips = {"1207", "1701", "1201", "1401", "1402", "0301"}
    plain = [area_m2(shape) for code, _, shape in parcels if code not in strips]
    assert 15_000 < sorted(plain)[len(plain) // 2] < 60_000


def test_parcels_agree_with_what_is_drawn_above_them(sketch, placed, parcels):
    tree = shapely.STRtree([shape for _, _, shape in parcels])

    def code_at(point):
        hits = tree.query(point, predicate="intersects")
        return {parcels[number][0] for number in hits}

    for entry in sketch.tables["sites"]["sites"]:
        inner = placed["projects"][entry["id"]].geometry.representative_point()
        assert code_at(inner) == {entry["class"]}, entry["id"]
    for key in [entry["id"] for entry in sketch.tables["water"]["rivers"]]:
        assert code_at(placed["rivers"][key].geometry.interpolate(0.37, normalized=True)) == {"1701"}, key
    rivers = shapely.union_all([item.geometry for item in placed["rivers"].values()])
    for key, item in placed["roads"].items():
        spots = [item.geometry.interpolate(share, normalized=True) for share in (0.3, 0.45, 0.6, 0.7)]
        dry = [spot for spot in spots if to_plane(spot).distance(to_plane(rivers)) > 40]
        assert dry, key
        assert all(code_at(spot) == {"1207"} for spot in dry), key
    for key in ("pk-bj", "pk-bqg", "pk-dhh", "pk-ss", "pk-dj", "pk-spplaza", "pk-martyr"):
        assert code_at(placed["parks"][key].geometry.representative_point()) == {"1401"}, key
    for key in ("h-2", "h-3", "h-4", "h-5"):
        assert code_at(placed["hills"][key].geometry.representative_point()) == {"0301"}, key


def test_what_the_plan_names_stands_on_land_of_its_class(sketch, placed, parcels):
    tree = shapely.STRtree([shape for _, _, shape in parcels])
    rows = [
        (layer, entry) for layer in ("facilities", "community_rooms") for entry in sketch.tables["places"][layer]
    ]
    stated = [(layer, entry) for layer, entry in rows if "class" in entry]
    assert len(stated) >= 20
    for layer, entry in stated:
        spot = placed[layer][entry["id"]].geometry
        hits = tree.query(spot, predicate="intersects")
        assert {parcels[number][0] for number in hits} == {entry["class"]}, entry["id"]


def test_green_lies_beside_water_and_rail(sketch, placed, parcels):
    green = shapely.union_all([to_plane(shape) for code, _, shape in parcels if code in {"1402", "1401"}])
    assert len(sketch.verges) >= 10
    for key, beside in sketch.verges.items():
        layer, table = ("rail", "rail") if key in placed["rail"] else ("rivers", "water")
        land = land_of(sketch, placed, key, layer, table, layer).intersection(
            to_plane(placed["zones"]["z-hq"].geometry).union(to_plane(placed["zones"]["z-qy"].geometry))
        )
        ring = land.buffer(beside * 0.8, cap_style="flat").difference(land.buffer(beside * 0.3, cap_style="flat"))
        assert ring.intersection(green).area > 0.6 * ring.area, key


def test_an_axis_is_the_line_its_zone_follows_as_far_as_it_lies_in_it(placed):
    rows = json.loads((ROOT / "data" / "geojson" / "axes.geojson").read_text("utf-8"))["features"]
    followed = {"ax-corridor": "rl-2", "ax-belt": "rl-4"}  # the plan's line 510
    assert {one["properties"]["zone"]: one["properties"]["line_id"] for one in rows} == followed
    for one in rows:
        told, axis = one["properties"], to_plane(shapely.geometry.shape(one["geometry"]))
        zone, line = (
            to_plane(placed[layer][told[key]].geometry) for layer, key in (("zones", "zone"), ("rail", "line_id"))
        )
        assert axis.geom_type == "LineString" and zone.buffer(0.1).covers(axis) and line.buffer(0.1).covers(axis)
        assert line.intersection(zone).length == pytest.approx(axis.length, abs=0.5)
        assert told["uncertainty_m"] == placed["rail"][told["line_id"]].uncertainty_m
    at = shapely.get_coordinates(shapely.geometry.shape(rows[0]["geometry"]))[0]
    near = {row["layer"] for row in look_up_place(Library(ROOT / "data"), *at).layers}
    assert "axes" not in near and "rail" in near, "an axis leads the eye, nothing is near it"


def test_landuse_refuses_placements_of_other_tables(placed):
    other = {layer: dict(items) for layer, items in placed.items()}
    item = other["zones"]["z-hq"]
    other["zones"]["z-hq"] = type(item)(item.geometry.simplify(0.001), item.position, item.uncertainty_m, "", "")
    with pytest.raises(ValueError, match="z-hq"):
        landuse(TABLES, other)


def test_no_place_names_in_the_code():
    for module in (ROOT / "data" / "drawing").glob("*.py"):
        text = module.read_text(encoding="utf-8")
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in text), module.name
        assert len(text.splitlines()) < 300, module.name


def test_tables_give_each_item_once():
    for table in (TABLES / "drawing").glob("*.toml"):
        for group, rows in tomllib.loads(table.read_text(encoding="utf-8")).items():
            if isinstance(rows, list) and rows and "id" in rows[0]:
                keys = [row["id"] for row in rows]
                assert len(keys) == len(set(keys)), (table.name, group)


def digest_of(placed, parcels):
    found = hashlib.sha256()
    for layer, items in placed.items():
        for key, item in items.items():
            told = (layer, key, item.position, item.uncertainty_m, item.geometry.wkt)
            found.update(repr(told).encode())
    for code, block, shape in parcels:
        found.update(repr((code, block, shape.wkt)).encode())
    return found.hexdigest()


ALONE = """
import sys
from pathlib import Path
from sketch.drawing import landuse, place_all
from tests.data.test_drawing import digest_of
tables = Path(sys.argv[1])
placed = place_all(tables)
print(digest_of(placed, landuse(tables, placed)))
"""


def test_another_process_gives_the_same_bytes(placed, parcels):
    seed = "0" if os.environ.get("PYTHONHASHSEED") == "4711" else "4711"  # sets go round otherwise than here
    run = subprocess.run(
        [sys.executable, "-c", ALONE, str(TABLES)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert run.stdout.strip() == digest_of(placed, parcels)
