"""One search box: names with why they were found, and coordinates in whatever order and notation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from layers.features.names import Match
from layers.library.library import Library
from layers.plan.reader import read_catalog
from webapp.layers.finding import find_all, read_written_places

DATA = Path(__file__).parents[3] / "data"
PLAN = read_catalog(DATA).plan


@pytest.mark.parametrize(
    ("text", "crs"),
    [
        ("120.3, 31.9", "EPSG:4326"),
        ("31.9 120.3", "EPSG:4326"),
        ("120.3，31.9", "EPSG:4326"),
        ("东经120°18′ 北纬31°54′", "EPSG:4326"),
        ("31°54'00\"N, 120°18'00\"E", "EPSG:4326"),
        ("120度18分0秒 31度54分0秒", "EPSG:4326"),
        ("（120.3，31.9）", "EPSG:4326"),
        ("[31.9, 120.3]", "EPSG:4326"),
        ("经度120.3，纬度31.9", "EPSG:4326"),
        ("纬度：31.9 经度：120.3", "EPSG:4326"),
        ("lat=31.9 lon=120.3", "EPSG:4326"),
        ("Longitude: 120.3, Latitude: 31.9", "EPSG:4326"),
    ],
)
def test_degrees(text: str, crs: str) -> None:
    (place,) = read_written_places(text, PLAN)
    assert (round(place.lon, 6), round(place.lat, 6), place.crs) == (120.3, 31.9, crs)


def test_metres_of_the_plane_in_either_order() -> None:
    for text in ("528372.3, 3530563.1", "3530563.1 528372.3"):
        (place,) = read_written_places(text, PLAN)
        assert place.crs == PLAN.plane_crs
        assert 120 < place.lon < 121
        assert 31 < place.lat < 32


def test_an_open_order_is_not_guessed() -> None:
    plan = replace(PLAN, bounds=(-80.0, -60.0, -79.0, -59.0))
    assert [(one.lon, one.lat) for one in read_written_places("12 45", plan)] == [(12, 45), (45, 12)]
    assert read_written_places("12E 45N", plan) == read_written_places("45N 12E", plan)
    for text in ("lat 12, lon 45", "经度45，纬度12"):  # what is said is not open
        assert [(one.lon, one.lat) for one in read_written_places(text, plan)] == [(45, 12)]


@pytest.mark.parametrize(
    "text", ["", "33", "长电 科技", "p-06", "120.3", "999 999", "1e999 5", "nan nan", "inf, inf"]
)
def test_what_is_no_pair_of_coordinates(text: str) -> None:
    assert read_written_places(text, PLAN) == []


def test_an_answer_says_why_and_where(client: FlaskClient) -> None:
    found = client.get("/api/search?q=yihao").get_json()
    assert [(one["id"], one["match"], one["text"]) for one in found["results"]] == [("s-1", "pinyin", "一号厂房")]
    (place,) = client.get("/api/search?q=30.05,104.05").get_json()["places"]
    assert place == {"lon": 104.05, "lat": 30.05, "crs": "EPSG:4326"}


def test_a_firm_is_found_by_its_english_name_where_the_plan_has_the_chinese_one() -> None:
    library = Library(DATA)
    snapshots = [library.snapshot(library.layer("projects"))]
    asked = {
        "Changjiang Electronics": ["p-06", "p-50"],
        "Changdian Technology": ["p-06", "p-50"],  # by its sound and by what the other word means
        "Xinbang Electronics": ["p-52"],
        "Gutian new materials": ["p-18"],
        "Panasonic": ["p-04"],
        "Changdian shipyard": [],
    }
    found = {one: find_all(snapshots, one, plan=PLAN, most=9)[0].hits for one in asked}
    assert {one: [hit.feature.id for hit in hits] for one, hits in found.items()} == asked


@pytest.mark.parametrize(
    ("text", "first"),
    [(text, "p-05") for text in ("项目5", "No. 5", "No.5", "5号", "第5号项目", "project 5", "#5", "项目 ５")]
    + [("项目12", "p-12"), ("社区5", ""), ("二期5", "")],
)
def test_a_number_named_as_one_finds_what_has_it(text: str, first: str) -> None:
    """A number that no layer of that name has is found as any text, or not at all."""
    found, _ = find_all(list(Library(DATA).readable(restricted=False)), text, plan=PLAN, most=5)
    assert ([one.feature.id for one in found.hits if one.match == Match.NUMBER] or [""])[0] == first
