"""What a person drew and wrote stays, whatever comes between: a refusal, the session's end, another language, a reload."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import FilePayload, Page, expect

from tests.small_plan import feature, point, write_plan
from tests.webapp.conftest import Running
from tests.webapp.on_map import click_at, draw_corners
from webapp.state import state_of

pytestmark = pytest.mark.slow

DRAWN = "path[stroke='#7b2cbf']"
PASSWORD = "four white egrets over a river"


@pytest.fixture
def service(
    tmp_path: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]
) -> Iterator[Running]:
    app = make_app(write_plan(tmp_path / "plan"))
    state_of(app).looks.warm()
    accounts = state_of(app).accounts
    accounts.follow(accounts.link("first", "administrator"), "li", PASSWORD)
    yield serve(app)
    state_of(app).close()


@pytest.fixture
def editing(page: Page, service: Running) -> Page:
    """The map of somebody signed in, with the card of a new zone."""
    page.goto(f"{service.url}/login?lang=en&next=/")
    page.fill("input[name=name]", "li")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.goto(f"{service.url}/?lang=en#z=13&c=30.07,104.07&on=zones")
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    new_feature(page)
    return page


def new_feature(page: Page) -> None:
    row = page.locator(".layer-row", has_text="Zones")
    row.locator(".layer-more > summary").click()
    row.get_by_role("button", name="New feature").click()


def draw(page: Page, *corners: tuple[float, float], done: bool = True) -> None:
    page.click("#edit-polygon")
    page.locator(".edit .drawing button").first.click()
    draw_corners(page, corners, page.locator(DRAWN))
    if done:
        page.click("#draw-done")


SQUARE = ((0.3, 0.4), (0.5, 0.4), (0.5, 0.6), (0.3, 0.6))
BOW = ((0.3, 0.4), (0.5, 0.6), (0.5, 0.4), (0.3, 0.6))


def zones(page: Page, service: Running) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.request.get(f"{service.url}/layers/zones.geojson").json()["features"]
    return found


def test_the_session_ends_while_somebody_draws(editing: Page, service: Running) -> None:
    page = editing
    page.expected_errors += ["401", "403"]  # type: ignore[attr-defined]
    page.fill(".edit-fields input[name=name_en]", "New quarter")
    page.fill(".edit input[maxlength='500']", "walked there")
    draw(page, *SQUARE)
    sessions = state_of(service.app).accounts.sessions
    for one in sessions.all():
        sessions.end(one.id)
    page.click("[data-position=exact]")
    expect(page.locator(".sign-in-here")).to_contain_text("Your session has ended")
    expect(page.locator(DRAWN)).not_to_have_count(0)
    page.fill(".sign-in-here input[name=name]", "li")
    page.fill(".sign-in-here input[name=password]", "wrong")
    page.get_by_role("button", name="Sign in and go on").click()
    expect(page.locator(".sign-in-here [role=alert]").last).to_contain_text("not right")
    page.fill(".sign-in-here input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in and go on").click()
    expect(page.locator("#card-title")).to_have_text("New quarter")
    made = next(one["properties"] for one in zones(page, service) if one["properties"]["name_en"] == "New quarter")
    assert (made["position"], made["position_source_en"]) == ("exact", "walked there")
    version = page.request.get(f"{service.url}/api/layers/zones/versions").json()["versions"][0]
    assert (version["who"], version["why"]) == ("li", "walked there")
    assert page.evaluate("sessionStorage.length") == 0, "what is saved is no draft any more"
    page.goto(f"{service.url}/import?lang=zh")
    page.wait_for_selector("html[data-ready]", state="attached")
    read = json.dumps({"type": "FeatureCollection", "features": [feature("a", point(104.1, 30.1))]})
    given = FilePayload(name="own.geojson", mimeType="application/json", buffer=read.encode())
    page.set_input_files("#choose", given)
    page.fill("#files [name=label_zh]", "自己的")
    for one in sessions.all():
        sessions.end(one.id)
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.locator("dialog[open]")).to_contain_text("登录已失效")
    page.keyboard.press("Escape")  # not now: it can be tried again, and nothing that was entered is gone
    page.get_by_role("button", name="重试").click()
    expect(page.locator("#files [name=label_zh]")).to_have_value("自己的")
    page.get_by_role("button", name="导入", exact=True).click()
    page.fill("dialog input[name=name]", "li")
    page.fill("dialog input[name=password]", PASSWORD)
    page.get_by_role("button", name="登录并继续").click()
    expect(page.locator("#files .done")).to_contain_text("1 个要素")


def test_text_and_outline_come_through_a_click_elsewhere_a_language_and_a_reload(
    editing: Page, service: Running
) -> None:
    page = editing
    page.fill(".edit-fields input[name=name_en]", "Half done")
    draw(page, *SQUARE[:3], done=False)
    expect(page.locator(DRAWN)).to_have_count(4)
    page.locator("#card .close").click()
    expect(page.locator(DRAWN)).to_have_count(0)
    page.locator(".layer-row", has_text="Zones").get_by_role("button", name="New feature").click()
    expect(page.locator(".edit-fields input[name=name_en]")).to_have_value("Half done")
    expect(page.locator(DRAWN)).to_have_count(4)
    second = page.context.new_page()  # another tab has its own
    second.goto(f"{service.url}/?lang=zh")
    second.wait_for_selector("html[data-ready]", state="attached")
    second.close()
    page.goto(f"{service.url}/?lang=zh#z=13&c=30.07,104.07&on=zones")
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    row = page.locator(".layer-row", has_text="分区")
    row.locator(".layer-more > summary").click()
    row.get_by_role("button", name="新增要素").click()
    expect(page.locator(".edit")).to_contain_text("已为您保留")
    expect(page.locator(".edit-fields input[name=name_en]")).to_have_value("Half done")
    page.click("#draw-done")
    expect(page.locator(DRAWN)).to_have_count(1)
    click_at(page, 0.8, 0.8)
    expect(page.locator(DRAWN)).to_have_count(1)
    page.click("[data-position=schematic]")
    expect(page.locator("#card")).not_to_contain_text("新增要素")
    made = next(one["properties"] for one in zones(page, service) if one["properties"]["name_en"] == "Half done")
    assert made["position"] == "schematic"


def test_an_outline_that_crosses_itself_is_shown_and_asked_about(editing: Page, service: Running) -> None:
    page = editing
    page.fill(".edit-fields input[name=name_en]", "Bow")
    draw(page, *BOW)
    expect(page.locator(".unsaved [role=alert]")).to_contain_text("crosses itself at 1 places")
    expect(page.locator("path[stroke='#b3261e']")).to_have_count(1)
    assert len(zones(page, service)) == 2, "nothing is saved before somebody said so"
    page.get_by_role("button", name="Change the outline").click()
    expect(page.locator("path[stroke='#b3261e']")).to_have_count(0)
    page.locator(".edit .drawing button", has_text="Undo").click()
    page.locator(".edit .drawing button", has_text="Undo").click()
    expect(page.locator(DRAWN)).to_have_count(2 + 1)
    click_at(page, 0.3, 0.8)
    expect(page.locator(DRAWN)).to_have_count(3 + 1)
    page.click("#draw-done")
    expect(page.locator(".unsaved [role=alert]")).to_have_count(0)
    page.click("[data-position=approximate]")
    expect(page.locator("#card-title")).to_have_text("Bow")
