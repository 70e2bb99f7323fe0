"""A place looked up: what it lies in, what is near, when that is built; over HTTP and on the map."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from pyproj import Geod, Transformer

from tests.landuse_plan import write_landuse_plan
from tests.small_plan import feature, point, square, write_layer
from tests.webapp.conftest import Running
from webapp.state import state_of

pytestmark = pytest.mark.slow


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    folder = write_landuse_plan(tmp_path / "plan")
    catalog = folder / "catalog.toml"
    date = '\n[[layers.sites.fields]]\nid = "start"\nlabel = {zh = "开工", en = "Start"}\ntype = "date"\n'
    catalog.write_text(catalog.read_text("utf-8").replace("\n[layers.pipes]", f"{date}\n[layers.pipes]"), "utf-8")
    sites = [
        feature("near", point(104.075, 30.07), name_zh="甲厂", name_en="Plant A", start="2021-03"),
        feature("far", point(104.04, 30.07), name_en="Plant B"),
    ]
    write_layer(folder, "sites", sites)
    write_layer(folder, "pipes", [feature("red", square(104.06, 30.06, 0.01), name_zh="红线", name_en="Red line")])
    path = folder / "catalog.toml"
    head, _, tail = path.read_text("utf-8").partition("[layers.pipes]")
    path.write_text(
        head + "[layers.pipes]" + tail.replace('geometry = "line"', 'geometry = "polygon"', 1), "utf-8"
    )
    return folder


def test_a_land_class_is_named_by_the_scheme_of_its_own_layer(
    tmp_path: Path, make_app: Callable[..., Flask]
) -> None:
    folder = write_landuse_plan(tmp_path / "schemes")
    catalog = folder / "catalog.toml"
    text = catalog.read_text("utf-8")
    start = text.index("[layers.landuse]")
    one = text[start : text.index("[layers.parks]")]
    other = one.replace("landuse", "foreign").replace('scheme = "S"', 'scheme = "T"')
    catalog.write_text(f"{text}\n{other}", "utf-8")
    write_layer(folder, "foreign", [feature("t", square(104.05, 30.05, 0.03), **{"class": "0701"})])
    table = next(folder.rglob("*class*.csv"))
    table.write_text(table.read_text("utf-8") + "T,0701,2,07,水田,Paddy,#ffffaa,#ffffaa\n", "utf-8")
    rows = make_app(folder).test_client().get("/api/site?lon=104.065&lat=30.067").get_json()["layers"]
    named = {row["layer"]: [one.get("class", {}).get("en") for one in row["within"]] for row in rows}
    assert named["landuse"] == ["Urban residential"]
    assert named["foreign"] == ["Paddy"]


def test_what_holds_a_place_and_what_is_near(client: FlaskClient, app: Flask) -> None:
    found = client.get("/api/site?lon=104.065&lat=30.067").get_json()
    rows = {row["layer"]: row for row in found["layers"]}
    assert [one["id"] for one in rows["zones"]["within"]] == ["z-1"]
    assert [one["id"] for one in rows["landuse"]["within"]] == ["a"]
    assert rows["sites"]["near"]["id"] == "near"
    assert rows["sites"]["near"]["when"] == [{"label": {"zh": "开工", "en": "Start"}, "value": "2021-03"}]
    far = Geod(ellps="WGS84").inv(104.065, 30.067, 104.075, 30.07)[2]
    assert rows["sites"]["near"]["distance_m"] == pytest.approx(far, rel=1e-9)
    assert "pipes" not in rows, "restricted constraints are not told to everybody"
    east, north = Transformer.from_crs(4326, found["plane_crs"], always_xy=True).transform(104.065, 30.067)
    assert (found["east_m"], found["north_m"]) == pytest.approx((east, north), abs=1e-6)
    made = state_of(app)
    headers = {"Authorization": "Bearer " + made.accounts.issue(made.keyring, ("restricted:read",), days=1)[1]}
    told = client.get("/api/site?lon=104.065&lat=30.067", headers=headers).get_json()
    assert {row["layer"] for row in told["layers"]} > set(rows)
    assert [o["name"]["zh"] for row in told["layers"] if row["layer"] == "pipes" for o in row["within"]] == [
        "红线"
    ]


def test_far_away_there_is_nothing(client: FlaskClient) -> None:
    assert client.get("/api/site?lon=10&lat=5").get_json()["layers"] == []


@pytest.mark.parametrize(
    "query", ["", "?lon=1", "?lon=x&lat=1", "?lon=nan&lat=1", "?lon=181&lat=1", "?lon=1&lat=-86"]
)
def test_a_place_that_is_none_is_refused(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/site{query}")
    assert answer.status_code == 400
    assert answer.get_json()["title_zh"] != answer.get_json()["title_en"]


def test_a_right_click_opens_the_card_of_a_place(
    page: Page, plan: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]
) -> None:
    running = serve(make_app(plan))
    page.goto(f"{running.url}/?lang=en#z=14&c=30.067,104.065")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.locator("#map_plan").click(button="right")
    card = page.locator("#card")
    expect(card).to_contain_text("This place")
    expect(card).to_contain_text("East")
    expect(card).to_contain_text("Urban residential")
    expect(card).to_contain_text("Start 2021-03")
    card.get_by_role("button", name="Plant A").click()
    expect(card.locator("h2")).to_have_text("Plant A")
