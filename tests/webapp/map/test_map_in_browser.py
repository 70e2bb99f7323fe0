"""The map page in a real browser with no network: it works, in both languages, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.hostile_plan import TEXTS, write_hostile_plan
from tests.small_plan import CATALOG, write_plan
from tests.waiting import steady, until_on
from tests.webapp.conftest import Running
from tests.webapp.on_map import draw_corners, place_of

pytestmark = pytest.mark.slow

PATHS = "#map_plan > .leaflet-map-pane path.leaflet-interactive"


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")


def test_the_whole_plan_is_on_the_map(page: Page, running: Running) -> None:
    _open(page, f"{running.url}/?lang=en")
    expect(page).to_have_title("Planning map · Valley zone plan")
    expect(page.locator("#tree input[data-layer]")).to_have_count(3)
    expect(page.locator(PATHS)).to_have_count(4)
    expect(page.locator("#legend")).to_contain_text("Core")
    expect(page.locator("#legend")).to_contain_text("schematic")
    expect(page.locator(".count").last).to_have_text("1/2")
    expect(page.locator(".leaflet-control-minimap")).to_be_visible()
    expect(page.locator(".leaflet-control-scale")).to_be_visible()
    expect(page.locator(f"{PATHS}[stroke-dasharray]")).to_have_count(0)
    expect(page.locator(f"{PATHS}[stroke-width='0']")).to_have_count(1)  # the schematic zone has no line


def test_layers_are_switched_and_the_legend_follows(page: Page, running: Running) -> None:
    _open(page, f"{running.url}/?lang=en")
    page.uncheck("input[data-layer=zones]")
    expect(page.locator(PATHS)).to_have_count(2)
    expect(page.locator("#legend")).not_to_contain_text("Core")
    expect(page.locator("input[data-group=space]")).to_have_js_property("indeterminate", True)
    page.locator("input[data-group=space]").check()
    expect(page.locator(PATHS)).to_have_count(4)
    page.locator("input[data-group=space]").uncheck()
    expect(page.locator(PATHS)).to_have_count(1)


def test_a_feature_opens_its_card_with_units_and_citation(page: Page, running: Running) -> None:
    _open(page, f"{running.url}/?lang=en")
    page.mouse.click(*place_of(page, 104.053, 30.053))
    card = page.locator("#card")
    expect(card.locator("h2")).to_have_text("East")
    expect(card).to_contain_text("120.5 mu")
    expect(card).to_contain_text("± 500 m")
    expect(card).to_contain_text("The unit is not clear")
    expect(page).to_have_url(re.compile("sel=zones/z-1"))
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_unknown_is_said_and_is_not_zero(page: Page, running: Running) -> None:
    _open(page, f"{running.url}/?lang=en#sel=zones/z-2")
    expect(page.locator("#card dd.unknown")).to_have_text("not stated")


def test_the_language_changes_everything_and_keeps_the_view(page: Page, running: Running) -> None:
    _open(page, f"{running.url}/?lang=en#z=14&c=30.07,104.07&on=zones&sel=zones/z-1")
    expect(page.locator("#card h2")).to_have_text("East")
    page.click("#language")
    page.wait_for_selector("html[lang=zh-CN][data-ready]", state="attached")
    expect(page).to_have_title("规划地图 · 河谷园区规划")
    expect(page.locator("#card h2")).to_have_text("东区")
    expect(page.locator("#card")).to_contain_text("120.5 亩")
    expect(page.locator("#legend")).to_contain_text("核心区")
    expect(page.locator("input[data-layer=rivers]")).not_to_be_checked()
    expect(page).to_have_url(re.compile("z=14"))
    _open(page, running.url)
    expect(page).to_have_title("规划地图 · 河谷园区规划")


def test_a_link_reopens_the_same_view(page: Page, running: Running) -> None:
    _open(page, f"{running.url}/?lang=en")
    page.uncheck("input[data-layer=rivers]")
    page.evaluate("map_plan.setView([30.08, 104.09], 15)")
    until_on(page, lambda: "z=15" in page.url and "30.08" in page.url)
    address = page.url
    page.goto("about:blank")
    _open(page, address)
    until_on(page, lambda: page.evaluate("map_plan.getZoom()") == 15)
    until_on(page, lambda: abs(page.evaluate("map_plan.getCenter().lat") - 30.08) < 1e-4)
    expect(page.locator("input[data-layer=rivers]")).not_to_be_checked()


def test_search_finds_by_keyboard_what_is_on_the_map_and_what_is_not(page: Page, running: Running) -> None:
    _open(page, f"{running.url}/?lang=en")
    page.keyboard.press("/")
    page.keyboard.insert_text("plant")  # at once: an answer on the way to it would begin the list anew
    expect(page.locator("#search-results [role=option]")).to_have_count(2)
    expect(page.locator("#search-results")).to_contain_text("not on the map yet")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#card h2")).to_have_text("Plant Two")
    expect(page.locator("#card .unplaced")).to_contain_text("The document states no place")
    expect(page.locator("#card")).to_contain_text("To place it: sign in as an editor")
    dropped = "document.querySelector('#map_plan').dispatchEvent(new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: given}))"
    page.evaluate(f"const given = new DataTransfer(); given.items.add(new File(['{{}}'], 'a.geojson')); {dropped}")
    expect(page.locator("#status")).to_contain_text("Sign in as an editor to import.")


def test_search_says_why_it_found_and_goes_to_coordinates(page: Page, running: Running) -> None:
    _open(page, f"{running.url}/?lang=zh")
    page.fill("#search", "yihao")
    expect(page.locator("#search-results [role=option]")).to_have_text(re.compile("一号厂房.*拼音", re.DOTALL))
    page.fill("#search", "30.07 104.07")
    expect(page.locator("#search-results [role=option]")).to_contain_text("104.070000°E 30.070000°N")
    page.press("#search", "Enter")
    expect(page.locator("#card")).to_contain_text("一号厂房")
    page.fill("#search", "二号")  # Enter at once: where these words lead, never where those before them did
    page.press("#search", "Enter")
    expect(page.locator("#card h2")).to_have_text("二号厂房")


def test_every_feature_can_be_reached_by_keyboard(page: Page, running: Running) -> None:
    _open(page, f"{running.url}/?lang=en")
    page.locator(".layer-row", has=page.locator("[data-layer=sites]")).locator("summary").focus()
    page.keyboard.press("Enter")
    button = page.locator("ul.features button", has_text="Plant One")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#card h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    for key, opened in (("f", "condition"), ("?", "keys")):
        page.keyboard.press(key)
        expect(page.locator(f"dialog.{opened}[open]")).to_be_visible()
        page.keyboard.press("Escape")
    page.keyboard.press("?")
    # Closed and opened again before the browser tells of the close: a busy one takes the next key first.
    page.evaluate(
        """() => {
        document.querySelector("dialog.keys").close();
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true }));
        return new Promise((drawn) => setTimeout(drawn, 50));
    }"""
    )
    page.locator("dialog.keys input").uncheck()  # single letters can be turned off
    page.keyboard.press("Escape")
    page.keyboard.press("F6")  # from the panel to what comes after it, and back
    expect(page.locator("#map_plan")).to_be_focused()
    page.keyboard.press("Shift+F6")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("F6")
    page.keyboard.press("t")
    expect(page.locator("#dock")).to_be_hidden()


def test_filters_narrow_the_layer(page: Page, running: Running) -> None:
    _open(page, f"{running.url}/?lang=en")
    page.locator(".layer-row", has=page.locator("[data-layer=zones]")).locator("summary").click()
    page.select_option("select[data-field=kind]", label="core (1)")
    expect(page.locator(PATHS)).to_have_count(3)
    expect(page).to_have_url(re.compile("f=zones:kind"))
    _open(page, page.url)
    expect(page.locator(PATHS)).to_have_count(3)


def test_measuring_and_coordinates(page: Page, running: Running) -> None:
    _open(page, f"{running.url}/?lang=en#z=14&c=30.07,104.07")
    expect(page.locator(".readout")).to_contain_text("EPSG:4544")
    page.locator("details.fold", has=page.locator("#map-tools")).locator("summary").first.click()
    page.get_by_role("button", name="Measure area").click()
    draw_corners(page, [(0.3, 0.4), (0.5, 0.4), (0.5, 0.6)], page.locator("path[stroke='#d00000']"))
    for unit in ("m²", "ha", "mu", "km²"):
        expect(page.locator(".measured")).to_contain_text(unit)
    page.get_by_role("button", name="Undo a point").click()
    expect(page.locator(".measured")).not_to_contain_text("km²")
    page.get_by_role("button", name="Finish").click()
    page.fill("#goto", "30.09, 104.12")
    page.keyboard.press("Enter")
    expect(page.locator(".goto .hint")).to_contain_text("Latitude")
    until_on(page, lambda: abs(page.evaluate("map_plan.getCenter().lng") - 104.12) < 1e-3)


def test_shifted_tiles_are_refused_with_the_reason(page: Page, running: Running) -> None:
    _open(page, f"{running.url}/?lang=en")
    page.locator("details.fold", has=page.locator("#map-tools")).locator("summary").first.click()
    row = page.locator("label.basemap", has_text="Shifted tiles")
    expect(row.locator("input")).to_be_disabled()
    expect(row).to_contain_text("GCJ02")


def test_a_broken_layer_is_told_and_the_rest_works(
    page: Page, make_app: Callable[..., Flask], serve: Callable[[Flask], Running], tmp_path: Path
) -> None:
    folder = write_plan(tmp_path / "b", catalog=CATALOG.replace('geometry = "line"', 'geometry = "lin"', 1))
    (folder / "geojson" / "sites.geojson").write_text("{")
    _open(page, f"{serve(make_app(folder)).url}/?lang=en")
    expect(page.locator("details.problem summary").first).to_contain_text("2 parts of the data cannot be used")
    expect(page.locator("details.problem").first).to_contain_text("catalog.toml, line")
    expect(page.locator(PATHS)).to_have_count(2)


def test_nothing_runs_that_came_as_text(
    page: Page, make_app: Callable[..., Flask], serve: Callable[[Flask], Running], tmp_path: Path
) -> None:
    address = serve(make_app(write_hostile_plan(tmp_path / "h"))).url
    for lang in ("en", "zh"):
        _open(page, f"{address}/?lang={lang}#sel=zones/z-1")
        for row in page.locator("details.layer-more > summary").all():
            row.click()
        with page.expect_response(lambda answer: "/search" in answer.url):
            page.fill("#search", "東" if lang == "en" else "区")
        for text in (TEXTS[0], "{{7*7}}"):
            until_on(page, lambda text=text: text in page.locator("#card").inner_text())  # type: ignore[misc]
        _nothing_ran(page)
        for other in ("/unplaced", "/about"):
            page.goto(f"{address}{other}?lang={lang}")
            until_on(page, lambda: TEXTS[0] in page.locator("body").inner_text())
            _nothing_ran(page)


def _nothing_ran(page: Page) -> None:
    steady(page, lambda: page.locator("body").inner_text())
    assert page.evaluate("window.__x") is None
    assert page.locator("img[src=x], svg[onload]").count() == 0


def test_the_page_works_on_a_phone(page: Page, running: Running) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    _open(page, f"{running.url}/?lang=zh")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert steady(page, lambda: page.evaluate(overflow)) <= 0
    box = steady(page, lambda: page.locator("#map_plan").bounding_box())
    assert box is not None
    assert box["height"] > 300
    page.locator("#panel-toggle").click()
    expect(page.locator("#panel")).to_be_hidden()


@pytest.mark.parametrize("url", ["/unplaced", "/about", "/limits", "/nothing"])
def test_reading_pages_open_without_a_fault(page: Page, running: Running, url: str) -> None:
    page.expected_errors.append("404")  # type: ignore[attr-defined]
    page.goto(f"{running.url}{url}?lang=en")
    expect(page.locator("h1")).to_be_visible()


def test_the_first_load_is_small(page: Page, running: Running) -> None:
    sizes: dict[str, int] = {}
    page.on("requestfinished", lambda r: sizes.__setitem__(r.url, r.sizes()["responseBodySize"]))
    _open(page, f"{running.url}/?lang=en")
    page.wait_for_load_state("networkidle")
    shell = sum(size for url, size in sizes.items() if "/layers/" not in url and "/basemap/" not in url)
    assert shell < 300_000, sizes
