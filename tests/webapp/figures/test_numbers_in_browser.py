"""The numbers in a real browser with no network: the analysis panel, a drawn polygon, the pages of figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.landuse_plan import write_landuse_plan
from tests.webapp.conftest import Running
from tests.webapp.on_map import draw_corners
from webapp.state import state_of

pytestmark = pytest.mark.slow


@pytest.fixture
def numbers(
    tmp_path: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]
) -> Iterator[Running]:
    app = make_app(write_landuse_plan(tmp_path / "l"))
    state_of(app).jobs.warm()
    yield serve(app)
    state_of(app).close()


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")


def _panel(page: Page) -> None:
    for name in ("Layers", "Legend"):
        page.locator("details.fold > summary", has_text=name).click()
    for name in ("Analysis", "Draw a site"):
        page.locator("details.fold > summary", has_text=name).click()


def test_a_question_is_asked_of_layers(page: Page, numbers: Running) -> None:
    _open(page, f"{numbers.url}/?lang=en")
    _panel(page)
    page.select_option("select[name=classes]", "landuse")
    page.select_option("select[name=zones]", "zones")
    page.click("#ask button")
    result = page.locator(".result")
    expect(result).to_contain_text("Urban residential")
    expect(result).to_contain_text("illustrative")
    expect(result.locator("a", has_text="XLSX")).to_be_visible()
    result.locator("a", has_text="Open the figure's page").click()
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator("h1")).to_contain_text("Area by class and zone (Land use, Zones)")
    expect(page.locator("#figure-map canvas").first).to_be_visible()
    expect(page.locator("svg.bars")).to_be_visible()
    expect(page.locator(".notes")).to_contain_text("Reproduce")


def test_a_drawn_polygon_is_answered_at_once(page: Page, numbers: Running) -> None:
    _open(page, f"{numbers.url}/?lang=en#z=13&c=30.07,104.07")
    _panel(page)
    page.get_by_role("button", name="Draw a polygon").click()
    corners = [(0.42, 0.39), (0.58, 0.39), (0.58, 0.61), (0.42, 0.61)]
    draw_corners(page, corners, page.locator("path[stroke='#7b2cbf']"))
    page.click("#draw-done")
    page.locator(".inside").first.wait_for()
    expect(page.locator(".inside[data-layer=zones]")).to_contain_text("Zones (1)")
    land = page.locator("details.inside", has_text="Land use in the drawn polygon")
    land.locator("summary").click()
    expect(land).to_contain_text("Industrial")
    land.get_by_role("button", name="Show the evidence on the map").click()
    page.get_by_role("button", name="Clear").click()


def test_a_refused_question_says_why_and_the_page_goes_on(page: Page, numbers: Running) -> None:
    page.expected_errors.append("422")  # type: ignore[attr-defined]
    _open(page, f"{numbers.url}/?lang=en")
    _panel(page)
    page.select_option("#ask-kind", "coverage")
    page.select_option("select[name=demand]", "zones")
    page.select_option("select[name=facilities]", "sites")
    page.fill("input[name=distance_m]", "500")
    page.fill("input[name=codes]", "99")
    page.click("#ask button")
    expect(page.locator(".result")).to_contain_text("Not computable")


def test_the_statistics_page_computes_all(page: Page, numbers: Running) -> None:
    _open(page, f"{numbers.url}/statistics?lang=en")
    page.click("#compute-all")
    expect(page.locator("#homes .result")).to_contain_text("25")
    expect(page.locator("#homes .result")).to_contain_text("illustrative")
    expect(page.locator("#bus .result")).to_contain_text("needs bus stops")
    page.reload()
    expect(page.locator("#homes .result")).to_contain_text("met")


def test_a_figure_is_computed_again_and_under_other_rules(page: Page, numbers: Running) -> None:
    _open(page, f"{numbers.url}/statistics?lang=zh")
    page.locator("#reach button.compute").click()
    page.locator("#reach a").click()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.click("#recompute")
    expect(page.locator("#recomputed")).to_contain_text("一致")
    page.click("#other-rules")
    expect(page.locator("#other-rules-table")).to_contain_text("直线")
    expect(page.locator("#other-rules-table")).to_contain_text("入口")
    expect(page.locator("#figure-legend")).to_contain_text("已覆盖")


def test_the_indicators_page(page: Page, numbers: Running) -> None:
    page.goto(f"{numbers.url}/indicators?lang=en")
    expect(page.locator("svg.line")).to_be_visible()
    expect(page.locator("#i-1")).to_contain_text("The unit is not clear")
    expect(page.locator("#t-1")).to_contain_text("100%")
