"""An administrator's first day: follows the console's link, places a site, renames it, undoes, compares, signs out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from tests.landuse_plan import write_landuse_plan
from tests.small_plan import feature, point, write_layer
from tests.webapp.conftest import Running
from tests.webapp.on_map import click_at, draw_corners
from webapp.state import state_of

pytestmark = pytest.mark.slow
DRAWN = "path[stroke='#7b2cbf']"


@pytest.fixture
def service(
    tmp_path: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]
) -> Iterator[Running]:
    folder = write_landuse_plan(tmp_path / "l")
    sites = [feature("s-1", None, name_zh="一号厂房", position="unplaced"), feature("s-2", point(104.1, 30.1))]
    write_layer(folder, "sites", sites)
    app = make_app(folder)
    state_of(app).jobs.warm()
    state_of(app).looks.warm()  # what reads the shapes of edits
    yield serve(app)
    state_of(app).close()


def sign_in(page: Page, service: Running) -> None:
    key = state_of(service.app).accounts.link("first", "administrator")
    page.goto(f"{service.url}/welcome/{key}?lang=zh")
    page.fill("input[name=name]", "李工")
    page.fill("input[name=password]", "四月的河边有三只白鹭飞过")
    page.get_by_role("button", name="建立账户").click()
    page.wait_for_selector("html[data-ready]", state="attached")


def test_a_site_is_placed_renamed_and_the_renaming_undone(page: Page, service: Running) -> None:
    sign_in(page, service)
    expect(page.locator("#tools")).to_contain_text("李工")
    page.goto(f"{service.url}/?lang=zh#z=13&c=30.07,104.07&on=zones,sites&sel=sites/s-1")
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    fold = page.locator(".edit-fold > summary")
    fold.click()
    page.click("#edit-point")
    click_at(page, 0.4, 0.5)
    expect(page.locator(".how-sure")).to_contain_text("不带原因保存")
    page.fill(".edit input[maxlength='500']", "现场踏勘")
    expect(page.locator(".how-sure")).to_contain_text("连同修改原因一起记录")
    page.click("[data-position=approximate]")
    expect(page.locator("#status")).to_have_text("已保存为第 2 版")
    expect(page.locator("#card .badge").first).not_to_contain_text("尚未上图")
    fold.click()
    page.fill(".edit-fields input[name=name_zh]", "改名厂房")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#card-title")).to_have_text("改名厂房")
    expect(page.locator("#card-title")).to_be_focused()  # the button that had it was made anew
    page.keyboard.press("Control+z")
    expect(page.locator("#status")).to_have_text("上次编辑已撤销，现为第 4 版")
    expect(page.locator("#card-title")).to_have_text("一号厂房")
    versions = page.request.get(f"{service.url}/api/layers/sites/versions").json()["versions"]
    assert [(v["number"], v["who"], v["why"]) for v in versions] == [
        (4, "李工", ""),
        (3, "李工", ""),
        (2, "李工", "现场踏勘"),
        (1, "李工", ""),
    ]
    assert page.request.get(f"{service.url}/features/sites/s-1").json()["geometry"]["type"] == "Point"
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    row = page.locator(".layer-row", has_text="项目")
    row.locator(".layer-more > summary").click()
    row.locator("summary", has_text="版本（现为第 4 版）").click()
    second = row.locator("ol.versions > li[value='2']")
    expect(second).to_contain_text("现场踏勘")
    second.get_by_role("button", name="与前一版比较").click()
    expect(second).to_contain_text("要素：新增 0，删除 0，修改 1，未变 1")
    expect(second).to_contain_text(re.compile("s-1.*: 位置"))  # by id and by name
    look = row.locator("ol.versions > li[value='2']").get_by_role("button", name="在地图上查看")
    look.click()
    expect(second).to_contain_text("第 2 版的 2 / 2 个要素以虚线显示")
    expect(page.locator("path[stroke='#b4009e']")).to_have_count(2)
    look.click()
    expect(page.locator("path[stroke='#b4009e']")).to_have_count(0)
    page.evaluate("window.__loaded = true")
    second.get_by_role("button", name="恢复到此版").click()
    expect(row.locator("summary", has_text="版本（现为第 5 版）")).to_have_count(1)
    expect(row.locator("ol.versions > li[value='5']")).to_contain_text("恢复")
    assert page.evaluate("window.__loaded") is True, "the page follows without being loaded anew"
    versions = page.request.get(f"{service.url}/api/layers/sites/versions").json()["versions"]
    assert (versions[0]["number"], versions[0]["kind"]) == (5, "restore")


def zones_opened(page: Page, service: Running, view: str) -> Locator:
    """Sign in, open the map at a view, and the tools of the zones; return their row."""
    sign_in(page, service)
    page.goto(f"{service.url}/?lang=zh#{view}")
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    row = page.locator(".layer-row", has_text="分区")
    row.locator(".layer-more > summary").click()
    return row


def test_a_zone_is_drawn_and_deleted_and_the_second_editor_is_told(page: Page, service: Running) -> None:
    row = zones_opened(page, service, "z=13&c=30.07,104.07&on=zones")
    row.get_by_role("button", name="新增要素").click()
    page.click("#edit-polygon")
    page.get_by_role("button", name="画一个范围").last.click()
    draw_corners(page, [(0.3, 0.4)], page.locator(DRAWN))
    page.locator("#card .close").click()
    expect(page.locator("#map_plan.measuring")).to_have_count(0)  # closing the card ends it
    expect(page.locator(DRAWN)).to_have_count(0)
    row.get_by_role("button", name="新增要素").click()
    page.fill(".edit-fields input[name=name_zh]", "新划片区")
    page.click("#edit-polygon")
    page.get_by_role("button", name="画一个范围").last.click()
    draw_corners(page, [(0.3, 0.4), (0.5, 0.4), (0.5, 0.6)], page.locator(DRAWN))
    page.click("#draw-done")
    page.click("[data-position=approximate]")
    expect(page.locator("#card-title")).to_have_text("新划片区")
    made = page.request.get(f"{service.url}/api/layers/zones/versions/2").json()["changes"][0]
    assert made["before"] is None
    assert made["after"]["geometry"]["type"] == "Polygon"
    key = made["feature"]
    page.locator(".edit-fold > summary").click()
    other = page.request.post(
        f"{service.url}/api/layers/zones/edits",
        headers={"Origin": service.url},
        data={"expected": 2, "edits": [{"feature": key, "properties": {"name_zh": "别人改的"}}]},
    )
    assert other.status == 200
    page.expected_errors.append("409")  # type: ignore[attr-defined]
    page.fill(".edit-fields input[name=name_zh]", "我改的")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".edit p[role=status]")).to_contain_text("没有覆盖")
    assert page.request.get(f"{service.url}/features/zones/{key}").json()["properties"]["name_zh"] == "别人改的"
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator("#card-title")).to_have_text("别人改的")
    expect(page.locator(".edit-fields input[name=name_zh]")).to_have_value("我改的")
    page.get_by_role("button", name="放弃修改").click()
    expect(page.locator(".edit-fields input[name=name_zh]")).to_have_value("别人改的")
    if page.locator(".edit-fold[open]").count() == 0:
        page.locator(".edit-fold > summary").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="删除要素").click()
    expect(page.locator("#card")).to_be_hidden()
    assert page.request.get(f"{service.url}/features/zones/{key}").status == 404


def test_only_what_was_touched_is_saved_and_what_is_edited_is_as_it_is_now(page: Page, service: Running) -> None:
    zones = state_of(service.app).library.folder / "geojson" / "zones.geojson"
    known = json.loads(zones.read_text("utf-8"))
    known["features"][1]["properties"] |= {"kind": "edge", "name_zh": "第一行\n第二行", "land_mu": 3}
    zones.write_text(json.dumps(known), "utf-8")
    first, other = (feature["id"] for feature in known["features"])
    row = zones_opened(page, service, f"on=zones&sel=zones/{other}")
    expect(row.locator("ul.features li")).to_have_count(2)
    page.locator(".edit-fold > summary").click()
    page.fill(".edit-fields input[name=land_mu]", "4")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".edit-fold[open]")).to_have_count(0)
    now = page.request.get(f"{service.url}/features/zones/{other}").json()
    before, after = (
        {k: v for k, v in one["properties"].items() if v is not None} for one in (known["features"][1], now)
    )
    assert after == before | {"land_mu": 4}, "nothing else"
    assert now["layer_version"] == 2
    changed = page.request.post(
        f"{service.url}/api/layers/zones/edits",
        headers={"Origin": service.url},
        data={"expected": 2, "edits": [{"feature": first, "properties": {"name_zh": "别人改的"}}]},
    )
    assert changed.status == 200
    row.locator("ul.features button").first.click()
    expect(page.locator("#card-title")).to_have_text("别人改的")
    page.locator(".edit-fold > summary").click()
    page.click("#edit-polygon")
    page.get_by_role("button", name="取消").click()
    page.fill(".edit-fields input[name=name_zh]", "接着改")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#card-title")).to_have_text("接着改")
    expect(row.locator("ul.features li").first).to_contain_text("接着改")

    page.evaluate("location.hash = '#on=zones&tb=zones;;@name,kind'")
    cell = page.locator('#table [data-cell="1,1"]')
    expect(cell).to_have_text("edge")
    cell.press("F2")
    choice = page.locator("#table td.editing select")
    expect(choice).to_be_focused()
    choice.select_option(label="核心")
    page.locator("#table-xlsx").focus()  # a cell that is left is saved
    expect(cell).to_have_text("核心")
    expect(page.locator("#status")).to_have_text("已保存为第 5 版")
    cell.press("F2")
    choice.select_option(label="—")
    choice.press("Escape")
    expect(cell).to_be_focused()
    expect(cell).to_have_text("核心")
    page.keyboard.press("Control+z")
    expect(cell).to_have_text("edge")


def test_two_versions_are_compared_and_a_cell_opens_its_polygons(page: Page, service: Running) -> None:
    sign_in(page, service)
    body = {"expected": None, "edits": [{"feature": "a", "properties": {"class": "1001"}}]}
    script = "body => fetch('/api/layers/landuse/edits', {method: 'POST', headers: {'Content-Type': 'application/json'}, body}).then(r => r.status)"
    import json

    assert page.evaluate(script, json.dumps(body)) == 200
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.locator("details.fold:has(#analysis) > summary").click()
    page.select_option("#ask-kind", "transition")
    page.select_option("select[name=before]", "landuse@1")
    page.select_option("select[name=after]", "landuse@2")
    page.click("#ask button")
    expect(page.locator("table.matrix")).to_contain_text("城镇住宅用地")
    changed = page.locator("button.cell:not(.same)")
    expect(changed).to_have_count(1)
    changed.click()
    page.get_by_role("link", name="打开结果页").click()
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator("table.matrix button.cell:not(.same)")).to_have_count(1)
    expect(page.locator("#changed")).to_have_count(0)
    page.get_by_role("button", name="退出").click()
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator("#tools")).to_contain_text("登录")
