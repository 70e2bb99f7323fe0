"""The map page follows its state: pasted links, Back and Forward, the language, a restored version, what is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from layers.library import editing
from layers.library.editing import Edit
from layers.store import records
from tests.landuse_plan import write_landuse_plan
from tests.waiting import steady, until_on
from tests.webapp.conftest import Running
from webapp.state import state_of

pytestmark = pytest.mark.slow

PATHS = "#map_plan > .leaflet-map-pane path.leaflet-interactive"
# The drawn outline's colour, nearly, in some number of a canvas' points.
DRAWN_PURPLE = """() => [...document.querySelectorAll("canvas")].some((canvas) => {
  const points = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let found = 0;
  for (let at = 0; at < points.length; at += 4)
    if ([0x7b, 0x2c, 0xbf].every((part, of) => Math.abs(points[at + of] - part) < 48)) found += 1;
  return found > 50;
})"""
ONCE = "window.__loaded = true"  # gone after a reload


@pytest.fixture
def numbers(
    tmp_path: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]
) -> Iterator[Running]:
    app = make_app(write_landuse_plan(tmp_path / "l"))
    state_of(app).jobs.warm()
    yield serve(app)
    state_of(app).jobs.close()


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")
    page.evaluate(ONCE)


def _download(page: Page) -> Locator:
    return page.locator("dialog.picture").get_by_role("link", name="Download")


def _sent(state: str) -> str:
    """What finds a part of the state within an address."""
    return re.escape(quote(state, safe=""))


def _not_reloaded(page: Page) -> None:
    assert page.evaluate("window.__loaded") is True


def _asked(page: Page) -> str:
    """Ask for the area by class and zone; return its figure's id."""
    page.locator("details.fold > summary", has_text="Analysis").click()
    page.select_option("select[name=zones]", "zones")
    page.click("#ask button")
    expect(page.locator(".result")).to_contain_text("Urban residential")
    expect(page).to_have_url(re.compile("fig=[0-9a-f]{16}"))
    return page.locator(".result").get_attribute("data-figure") or ""


def test_a_link_pasted_into_the_open_tab_is_followed(page: Page, running: Running) -> None:
    page.expected_errors.append("404")  # type: ignore[attr-defined]
    _open(page, f"{running.url}/?lang=en#z=13&c=30.1,104.1&on=zones,rivers,sites")
    link = f"{running.url}/?lang=en#z=15&c=30.07,104.07&on=zones&op=zones:0.5&f=zones:kind=core&sel=zones/z-1"
    page.goto(link)
    expect(page.locator("#card h2")).to_have_text("East")
    expect(page.locator(PATHS)).to_have_count(1)
    expect(page.locator("input[data-layer=rivers]")).not_to_be_checked()
    until_on(page, lambda: page.evaluate("map_plan.getZoom()") == 15)
    expect(page.locator(PATHS)).to_have_attribute("fill-opacity", "0.15")  # half of what the style says
    page.evaluate("location.hash = '#z=12&c=30.1,104.1&on=sites&sel=sites/none'")
    expect(page.locator("#status")).to_contain_text("sites/none")
    expect(page.locator("#card")).to_be_hidden()
    expect(page.locator(PATHS)).to_have_count(1)
    _not_reloaded(page)


def test_back_and_forward_go_through_what_was_seen(page: Page, running: Running) -> None:
    _open(page, f"{running.url}/?lang=en#z=13&c=30.1,104.1&on=zones,rivers")
    start = steady(page, lambda: page.url)
    page.uncheck("input[data-layer=rivers]")
    page.locator(".layer-row", has=page.locator("[data-layer=zones]")).locator("summary").click()
    page.locator("ul.features button", has_text="East").click()
    expect(page.locator("#card h2")).to_have_text("East")
    page.locator("#card .close").click()
    expect(page.locator("#card")).to_be_hidden()
    page.go_back()
    expect(page.locator("#card h2")).to_have_text("East")
    page.go_back()
    expect(page.locator("#card")).to_be_hidden()
    expect(page.locator("input[data-layer=rivers]")).not_to_be_checked()
    page.go_back()
    expect(page.locator("input[data-layer=rivers]")).to_be_checked()
    expect(page).to_have_url(start)
    page.go_forward()
    expect(page.locator("input[data-layer=rivers]")).not_to_be_checked()
    page.go_forward()
    expect(page.locator("#card h2")).to_have_text("East")
    _not_reloaded(page)


def test_moving_the_map_is_no_step_of_its_own(page: Page, running: Running) -> None:
    _open(page, f"{running.url}/?lang=en#z=13&c=30.1,104.1&on=zones")
    entries = page.evaluate("history.length")
    page.evaluate("map_plan.setView([30.05, 104.05], 15, {animate: false})")
    expect(page).to_have_url(re.compile("z=15"))
    assert page.evaluate("history.length") == entries


def test_the_language_is_switched_in_place(page: Page, running: Running) -> None:
    _open(page, f"{running.url}/?lang=en#z=14&c=30.07,104.07&on=zones&sel=zones/z-1")
    expect(page.locator("#card h2")).to_have_text("East")
    page.fill("#search", "pla")
    page.click("#language")
    expect(page.locator("#card h2")).to_have_text("东区")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page).to_have_title("规划地图 · 河谷园区规划")
    expect(page.locator("#legend")).to_contain_text("核心区")
    expect(page.locator("#tools")).to_contain_text("复制链接")
    expect(page.locator("#panel")).to_have_attribute("aria-label", "图层与检索")
    expect(page.locator(".leaflet-control-zoom-in")).to_have_attribute("title", "放大")
    expect(page.locator("#search")).to_have_value("pla")  # what was being typed stays
    expect(page).to_have_url(re.compile("lang=zh"))
    page.go_back()
    expect(page.locator("#card h2")).to_have_text("East")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    _not_reloaded(page)


def test_what_is_copied_is_what_is_seen(page: Page, running: Running) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _open(page, f"{running.url}/?lang=en#z=14&c=30.07,104.07&on=zones")
    page.locator(".layer-row", has=page.locator("[data-layer=zones]")).locator("summary").click()
    page.locator(".slider input").first.evaluate("e => { e.value = 40; e.dispatchEvent(new Event('input')); }")
    page.get_by_role("button", name="Copy link").first.click()
    expect(page.locator("#status")).to_contain_text("copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert "op=zones:0.4" in link
    assert "lang=en" in link
    page.click("#picture")
    expect(_download(page)).to_have_attribute("href", re.compile(_sent("op=zones:0.4")))
    page.keyboard.press("Escape")
    page.click("#embed")
    expect(page.get_by_label("code of the frame")).to_have_value(re.compile("op%3Dzones%3A0.4"))


def test_a_question_and_its_answer_travel_in_the_link(page: Page, numbers: Running) -> None:
    _open(page, f"{numbers.url}/?lang=en")
    figure = _asked(page)
    link = page.url
    fresh = page.context.new_page()
    _open(fresh, link)
    fresh.locator("details.fold > summary", has_text="Analysis").click()
    expect(fresh.locator(".result")).to_have_attribute("data-figure", figure)
    expect(fresh.locator("select[name=zones]")).to_have_value("zones")
    page.go_back()
    expect(page.locator(".result")).to_have_count(0)
    _not_reloaded(page)


def test_a_drawn_outline_travels_in_the_link_with_its_report(page: Page, numbers: Running) -> None:
    site = "30.0600000,104.0600000;30.0600000,104.0800000;30.0800000,104.0800000"
    _open(page, f"{numbers.url}/?lang=en#z=14&c=30.07,104.07&on=zones&site={site}")
    expect(page.locator("path[stroke='#7b2cbf']")).to_have_count(4)
    page.locator("details.fold > summary", has_text="Analysis").click()
    expect(page.locator(".inside[data-layer=zones]")).to_contain_text("Zones (1)")
    expect(page).to_have_url(re.compile(re.escape(f"site={site}")))
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("path[stroke='#7b2cbf']")).to_have_count(0)
    expect(page.locator(".inside")).to_have_count(0)
    page.go_back()
    expect(page.locator("path[stroke='#7b2cbf']")).to_have_count(4)


def test_a_frame_and_a_kept_view_show_the_outline_and_the_answer(page: Page, numbers: Running) -> None:
    key = state_of(numbers.app).accounts.link("first", "administrator")
    page.goto(f"{numbers.url}/welcome/{key}?lang=en")
    page.fill("input[name=name]", "Li")
    page.fill("input[name=password]", "three white herons over an April river")
    page.locator("form button").first.click()
    page.wait_for_selector("html[data-ready]", state="attached")
    site = "30.0600000,104.0600000;30.0600000,104.0800000;30.0800000,104.0800000"
    _open(page, f"{numbers.url}/?lang=en#z=14&c=30.07,104.07&on=zones&site={site}")
    figure = _asked(page)
    page.click("#embed")
    frame = page.get_by_role("link", name="Try").get_attribute("href")
    page.keyboard.press("Escape")
    page.click("#views")
    page.get_by_label("Name", exact=True).fill("What was asked")
    page.get_by_role("button", name="Keep this view").click()
    kept = page.locator(".view-list a", has_text="What was asked")
    expect(kept).to_have_count(1)
    page.keyboard.press("Escape")
    fresh = page.context.new_page()
    fresh.goto(f"{numbers.url}{frame}")
    expect(fresh.locator("body")).to_contain_text("the largest class is Industrial with 25.00%")
    fresh.wait_for_function(DRAWN_PURPLE)
    _open(fresh, f"{numbers.url}/?lang=en")
    fresh.click("#views")
    fresh.locator(".view-list a", has_text="What was asked").click()
    expect(fresh.locator("path[stroke='#7b2cbf']")).to_have_count(4)
    fresh.locator("details.fold > summary", has_text="Analysis").click()
    expect(fresh.locator(".result")).to_have_attribute("data-figure", figure)
    _not_reloaded(fresh)


@pytest.fixture
def edited(
    plan: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running], monkeypatch: pytest.MonkeyPatch
) -> Running:
    """A plan whose first zone got other names on two days."""
    app = make_app(plan)
    library = state_of(app).library
    zones = library.layer("zones")
    for day, name in (("2026-01-10", "Hilltop"), ("2026-03-10", "Lowland")):
        monkeypatch.setattr(records, "journal_time", lambda day=day: f"{day}T08:00:00+00:00")
        before = library.store.newest("zones")
        change = Edit("z-1", properties={"name_zh": name, "name_en": name})
        editing.edit(library, zones, [change], who="li", why="", expected=before.number if before else None)
    return serve(app)


def test_the_day_of_the_data_travels_in_the_link_and_in_all_that_is_sent(page: Page, edited: Running) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _open(page, f"{edited.url}/?lang=en#z=14&c=30.07,104.07&on=zones&sel=zones/z-1")
    expect(page.locator("#card h2")).to_have_text("Lowland")
    expect(page.locator("#date-notice")).to_have_count(0)
    page.locator("details.fold > summary", has_text="measuring").click()
    page.fill("#date", "2026-02-01")
    page.locator("#date").dispatch_event("change")
    expect(page.locator("#card h2")).to_have_text("Hilltop")
    expect(page.locator("#date-notice")).to_contain_text("2026-02-01")
    expect(page).to_have_url(re.compile("at=2026-02-01"))
    page.get_by_role("button", name="Copy link").first.click()
    expect(page.locator("#status")).to_contain_text("copied")
    assert "at=2026-02-01" in page.evaluate("navigator.clipboard.readText()")
    page.click("#picture")
    expect(_download(page)).to_have_attribute("href", re.compile(_sent("at=2026-02-01")))
    page.keyboard.press("Escape")
    page.click("#embed")
    code = page.get_by_label("code of the frame")
    expect(code).to_have_value(re.compile(r'src="[^"]+at%3D2026-02-01'))
    frame = re.search(r'src="([^"]+)"', code.input_value())
    assert frame
    sent = page.request.get(frame.group(1).replace("&amp;", "&")).text()
    assert "Hilltop" in sent and "Data as of 2026-02-01" in sent
    page.keyboard.press("Escape")
    page.go_back()
    expect(page.locator("#card h2")).to_have_text("Lowland")
    page.go_forward()
    expect(page.locator("#card h2")).to_have_text("Hilltop")
    page.get_by_role("button", name="Show the newest").click()
    expect(page.locator("#card h2")).to_have_text("Lowland")
    page.evaluate("location.hash = '#z=14&c=30.07,104.07&on=zones&sel=zones/z-1&at=2026-02-01&cmp=zones@3'")
    expect(page.locator("#card h2")).to_have_text("Hilltop")
    expect(page.locator("path[stroke='#b4009e']")).not_to_have_count(0)
    _not_reloaded(page)
