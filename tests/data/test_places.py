"""What is known of where things are: the drawing keeps to it, and says so."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import pytest
import shapely
from shapely import Point

from sketch.drawing.frame import to_plane

DATA = Path(__file__).resolve().parents[2] / "data"


def rows(name):
    with (DATA.parent / "sketch" / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def feature(layer, key):
    document = json.loads((DATA / "geojson" / f"{layer}.geojson").read_text("utf-8"))
    return next(one for one in document["features"] if one["id"] == key)


KNOWN = [row for row in rows("places") if row["item"]]
LOCATED = [row for row in KNOWN if row["lon"]]
SURENESS = ["schematic", "locality", "approximate", "exact"]


@pytest.mark.parametrize("row", LOCATED, ids=lambda row: row["id"])
def test_a_known_point_lies_within_its_uncertainty_of_what_is_drawn(row):
    one = feature(row["layer"], row["item"])
    shape = to_plane(shapely.from_geojson(json.dumps(one["geometry"])))
    point = to_plane(Point(float(row["lon"]), float(row["lat"])))
    # an unverified recollection binds only within both uncertainties
    slack = one["properties"]["uncertainty_m"] if row["confidence"] == "schematic" else 0
    assert shape.distance(point) <= float(row["uncertainty_m"]) + slack


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: row["id"])
def test_nothing_is_claimed_to_be_surer_than_its_source(row):
    position = feature(row["layer"], row["item"])["properties"]["position"]
    if position != "unplaced" and row["confidence"] != "unknown":
        assert SURENESS.index(position) <= SURENESS.index(row["confidence"])
    if position == "approximate" and row["uncertainty_m"]:
        assert feature(row["layer"], row["item"])["properties"]["uncertainty_m"] >= float(row["uncertainty_m"])


def test_only_what_has_a_known_place_is_more_than_a_sketch():
    known = {(row["layer"], row["item"]) for row in KNOWN}
    for path in sorted((DATA / "geojson").glob("*.geojson")):
        for one in json.loads(path.read_text("utf-8"))["features"]:
            if one["properties"]["position"] in {"exact", "approximate", "locality"}:
                assert (path.stem, one["id"]) in known or path.stem in {"boundary", "yangtze_bank"}, one["id"]


def test_places_say_where_they_are_known_from():
    for row in rows("places"):
        assert row["source"] and row["confidence"] in {*SURENESS, "unknown"}
        assert bool(row["lon"]) == bool(row["lat"])


def test_statistical_codes_are_those_of_the_table():
    codes = {row["item"]: row["code"] for row in rows("communities") if row["item"]}
    document = json.loads((DATA / "geojson" / "communities.geojson").read_text("utf-8"))
    built = {one["id"]: one["properties"]["statistical_code"] for one in document["features"]}
    assert {key: code for key, code in built.items() if code} == codes
    assert [key for key, code in built.items() if not code] == ["so-12"]
