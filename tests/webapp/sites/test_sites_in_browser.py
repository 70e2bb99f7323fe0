"""A planner's walk in a browser: where, what and near of a project; a site of 40 mu drawn, checked, on one A4 page.

Each in one language; `tests/webapp/test_fourteen_jobs_in_browser.py` walks both in the other one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from tests.waiting import steady, until_on
from tests.webapp.conftest import Running
from tests.webapp.on_map import click_at

pytestmark = [pytest.mark.slow, pytest.mark.browser]  # a browser, and workers that open the bundled plan
DATA = Path(__file__).parents[3] / "data"


@pytest.fixture
def bundled(make_app: Callable[..., Flask], serve: Callable[[Flask], Running]) -> Running:
    return serve(make_app(DATA))


FILLED = """() => { const canvas = document.querySelector(".leaflet-many-pane canvas");
  if (!canvas) return 0;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let filled = 0;
  for (let at = 3; at < data.length; at += 400) filled += data[at] > 40;
  return filled / (data.length / 400); }"""

NAMES_ON_SITE = """() => { const corners = [...document.querySelectorAll(".site-corner")].map((one) => one.getBoundingClientRect());
  const [left, right] = [Math.min(...corners.map((one) => one.left)), Math.max(...corners.map((one) => one.right))];
  const [top, bottom] = [Math.min(...corners.map((one) => one.top)), Math.max(...corners.map((one) => one.bottom))];
  const names = [...document.querySelectorAll(".map-label:not(.hidden-label) span")].map((one) => one.getBoundingClientRect());
  return names.filter((one) => one.left < right && left < one.right && one.top < bottom && top < one.bottom).length; }"""


def opened(page: Page, running: Running, lang: str, state: str) -> None:
    page.goto(f"{running.url}/?lang={lang}#{state}")
    expect(page.locator("html[data-ready=true]")).to_be_attached()


def test_where_zone_constraints_near_and_when_of_a_project(bundled: Running, page: Page) -> None:
    opened(page, bundled, "zh", "sel=projects/p-06")
    lead = page.locator("#card .card-lead")
    expect(lead.locator(".site-verdict")).to_contain_text("待定")
    expect(lead).to_contain_text("100.00 亿元")
    expect(lead).to_contain_text("2021 → 2023-12")
    expect(lead.locator("ul.site li")).to_have_count(3)
    lead.locator(".check-rules summary").click()
    rule = lead.locator(".check-rule button:not([disabled])").first
    rule.click()
    expect(rule).to_have_attribute("aria-pressed", "true")
    page.locator("#card").get_by_role("link", name="地块档案").click()
    expect(page.locator("#verdict .verdict").first).to_contain_text("按图无冲突")
    expect(page.locator("#verdict .verdict").last).to_contain_text("待定")
    expect(page.locator(".site-keys")).to_contain_text("100.00 亿元")


def test_the_facts_of_a_card_stand_before_its_verdict_is_found(bundled: Running, page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/api/sites/projects/p-06$"), hold)  # the check never comes
    opened(page, bundled, "en", "sel=projects/p-06")
    lead = page.locator("#card .card-lead")
    expect(lead.locator(".card-keys")).to_contain_text("¥10.00 bn")
    expect(lead.locator("progress")).to_be_visible()
    expect(lead.locator(".site-verdict")).to_have_count(0)
    held[0].continue_()
    expect(lead.locator(".site-verdict")).to_contain_text("Undecided")
    page.keyboard.press("Escape")

    def drawn() -> float:
        """How much of the map thousands of parcels fill."""
        share: float = page.evaluate(FILLED)
        return share

    assert drawn() == 0.0
    page.locator("input[data-layer=landuse]").check()  # the land use can be seen where it is asked for
    expect(page.locator("#legend")).to_contain_text("1001")
    until_on(page, lambda: drawn() > 0.3)
    page.locator("input[data-layer=landuse]").uncheck()
    until_on(page, lambda: drawn() == 0.0)


def test_a_site_of_40_mu_is_drawn_checked_and_put_on_one_page(bundled: Running, page: Page) -> None:
    opened(page, bundled, "en", "z=12&c=31.905,120.305&on=projects,zones")
    panel = page.locator(".drawn-site")
    page.locator("#check-open").click()  # over the map: nobody has to look for it
    page.locator("#check-pick").click()
    click_at(page, 0.4, 0.6)
    expect(page.locator("#card .site-verdict .verdict").first).to_be_visible()
    expect(page.locator("#status")).not_to_contain_text("Click the place on the map")  # it is done
    page.locator("#card .close").click()
    panel.locator("#site-target").fill("40")
    panel.locator("#site-aim").click()
    expect(panel.locator(".site-size")).to_contain_text("40.0 mu")
    corners = page.locator(".site-corner")
    expect(corners).to_have_count(4)  # and far enough apart to be taken hold of: the map went nearer
    boxes = [box for one in corners.all() if (box := steady(page, one.bounding_box))]
    assert max(box["x"] for box in boxes) - min(box["x"] for box in boxes) > 80
    panel.locator("#site-name").fill("候选 A")
    expect(page.locator("#site-label")).to_have_text("候选 A")
    assert page.evaluate(NAMES_ON_SITE) == 0
    link = panel.get_by_role("link", name="One A4 page")
    link.evaluate(
        "one => one.addEventListener('click', event => (event.preventDefault(), (window.pressed = one.href)))"
    )
    link.click(delay=100)  # straight after typing: what the press began on is still under it when it ends
    assert "name=%E5%80%99%E9%80%89+A" in page.evaluate("window.pressed ?? ''")
    expect(panel.locator("#site-check .site-verdict")).to_contain_text("Undecided")
    sheet = link.get_attribute("href") or ""
    answer = page.request.get(f"{bundled.url}{sheet}")
    assert answer.status == 200
    book = pypdfium2.PdfDocument(answer.body())
    assert len(book) == 1
    text = book[0].get_textpage().get_text_bounded()
    assert "候选 A" in text
    assert "Undecided" in text
    panel.locator("#site-to-briefing").click()
    (taken,) = page.evaluate("JSON.parse(localStorage.getItem('planatlas-briefing'))")
    assert (taken["kind"], taken["title"]) == ("site", "候选 A")
    assert taken["label"].startswith("候选 A · 40.0 mu · ") and taken["label"].endswith(" as drawn · Undecided")
    assert "site=" in taken["value"], "it has the outline"
    panel.locator("#site-keep").click()
    kept = panel.locator("#site-kept")
    expect(kept).to_have_attribute("href", re.compile(r"/sites/@drawn/[0-9a-f]{12}"))
    address = kept.get_attribute("href")
    before = panel.locator(".site-size").inner_text()
    corner = page.locator(".site-corner").first
    box = steady(page, corner.bounding_box)
    assert box
    page.mouse.move(box["x"] + 7, box["y"] + 7)
    page.mouse.down()
    page.mouse.move(box["x"] - 23, box["y"] + 27, steps=4)
    page.mouse.up()
    expect(panel.locator(".site-size")).not_to_have_text(before)
    panel.locator("#site-aim").click()
    expect(panel.locator(".site-size")).to_contain_text("40.0 mu")
    page.goto(f"{bundled.url}{address}")
    page.go_back()
    expect(panel.locator("#site-name")).to_have_value("候选 A")
    page.go_forward()
    page.evaluate("localStorage.clear()")
    page.locator("#add-to-briefing").click()
    expect(page.locator("html[data-ready=true]")).to_be_attached()
    (taken,) = page.evaluate("JSON.parse(localStorage.getItem('planatlas-briefing'))")
    assert taken["kind"] == "site" and taken["label"].startswith("候选 A · ")
    assert taken["label"].endswith(" as drawn · Undecided")
    assert "site=" in taken["value"], "it has the outline"
