"""The plan's time under the map: chosen, told, sent; and beside it a second map of another day with what differs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.timely_plan import write_timely_plan
from tests.waiting import steady, until_on
from tests.webapp.conftest import Running

pytestmark = pytest.mark.slow  # a browser


@pytest.fixture
def timely(tmp_path: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]) -> Running:
    return serve(make_app(write_timely_plan(tmp_path / "timely")))


def test_a_day_is_chosen_and_compared_with_another(page: Page, timely: Running) -> None:
    page.goto(f"{timely.url}/?lang=en#on=sites,zones")
    page.wait_for_selector("html[data-ready]", state="attached")
    strip = page.locator("#time")
    expect(page.locator("#time-day")).to_have_value("2024-05-01")
    expect(strip).to_contain_text("base date of the plan")
    expect(strip).to_contain_text("under construction 1")
    expect(page.locator("#legend")).to_contain_text("Sites 3")
    expect(page.locator("#legend h3", has_text="Sites")).to_have_count(0)  # its one row says the layer

    page.locator("#time-range").press("Home")
    expect(page.locator("#time-day")).to_have_value("2023-01-31")
    expect(strip).to_contain_text("under construction 0 to 1")  # one begins in 2023, nobody says when
    expect(page).to_have_url(re.compile("t=2023-01-31"))
    page.locator("#time-play").click()
    expect(page.locator("#time-day")).not_to_have_value("2023-01-31")
    if page.locator("#time-play[aria-pressed=true]").count():  # else it came to its end meanwhile
        page.locator("#time-play").click()
    expect(page.locator("#time-play")).to_have_attribute("aria-pressed", "false")
    page.locator("#time-usual").click()
    expect(page.locator("#time-day")).to_have_value("2024-05-01")
    page.locator("#time-day").fill("0002-06-15")  # a year that is half typed leads nowhere
    expect(page).not_to_have_url(re.compile("t="))
    page.locator("#time-day").fill("2023-06-15")
    expect(page).to_have_url(re.compile("t=2023-06-15"))
    expect(page.locator(".time-years span").nth(1)).to_have_text("2024")
    page.locator("#time-usual").click()

    building = page.locator("[data-state=under_construction]")
    building.click()  # the count is the way to those that are counted
    expect(page.locator("[data-chip-layer=sites]")).to_contain_text("1 / 3")
    expect(page.locator("#table tbody tr:not(.spacer)")).to_have_count(1)
    expect(strip).to_contain_text("under construction 1")  # what is listed does not change what is counted
    form = page.locator(".condition-form")
    page.locator("[data-limit=state]").click()  # of a field with a condition it is changed
    expect(form.locator("[name=value]")).to_have_value("under_construction")
    page.keyboard.press("Escape")
    page.locator("#table [data-cell='-1,0']").focus()
    page.locator("[data-sort=begins]").focus()
    page.keyboard.press("f")
    expect(form.locator("[name=field]")).to_have_value("begins")
    form.locator("[name=value]").fill("2023")
    page.keyboard.press("Enter")
    expect(page.locator("[data-limit=begins][aria-pressed=true]")).to_have_count(1)
    expect(page.locator("#chips .chip-words")).to_have_count(2)
    building.click()
    expect(page.locator("#chips .chip-words")).to_have_count(1)
    page.locator("#clear-conditions").click()
    page.locator(".layer-row", has=page.locator("[data-layer=zones]")).locator("summary").click()
    page.locator("[data-table=zones]").click()
    expect(page.locator("#table-layer")).to_have_value("zones")

    asked: list[str] = []  # what a condition on a layer without states has no part in
    page.on("request", lambda one: asked.append(one.url))
    page.evaluate("moved = 0; window.map_plan.on('movestart', () => { moved += 1; })")
    page.evaluate("location.hash = location.hash.replace(/&table=[^&]*/, '') + '&f=zones:kind=core'")
    expect(page.locator("[data-chip-layer=zones]")).to_contain_text(" / ")
    assert not [one for one in asked if "/timeline" in one]
    assert page.evaluate("moved") == 0  # the address names the place the map shows

    page.goto(f"{timely.url}/?lang=zh#on=sites,zones&with=t:2025-07-01")
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator("#twin-told")).to_contain_text("变更 2")
    row = page.locator("#differences tbody tr").first
    expect(row).to_contain_text("在建")
    expect(row.locator("td").last).to_be_in_viewport(ratio=0.9)  # what it is now, beside what it was
    for where in ("#map_plan", "#twin-map"):  # what changed is marked on both
        expect(page.locator(f"{where} path[stroke='#855000']")).to_have_count(2)
    expect(page.locator("#twin-title")).to_have_text("规划时间 2025-07-01")
    page.evaluate("location.hash = 'on=sites,zones&with=at:2024-05-01'")
    expect(page.locator("#twin-title")).to_have_text("2024-05-01 的数据")
    expect(page.locator("#twin-alike")).to_contain_text("2024-05-01 没有另外的版本")  # not a silent zero
    page.locator("#twin-close").click()
    expect(page.locator("#twin")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("with="))
    page.locator("#time-table").click()
    expect(page).to_have_url(re.compile("/figures/"))
    expect(page.locator("#sentence")).to_contain_text("逐年状态")


def test_on_a_phone_nothing_runs_out_and_the_selected_site_is_clear_of_the_card(
    page: Page, timely: Running
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{timely.url}/?lang=en#on=zones&sel=zones/z-1")
    page.wait_for_selector("html[data-ready]", state="attached")
    card = page.locator("#card")
    expect(card).to_be_visible()
    assert steady(page, lambda: page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
    marked = page.locator(".leaflet-selection-pane path").last
    expect(marked).to_have_count(1)

    def clear() -> bool:
        one, over = marked.bounding_box(), card.bounding_box()
        return bool(one and over and one["y"] + one["height"] <= over["y"] + 1)

    until_on(page, clear)
