"""A table without places over HTTP and on the page: what matches is shown, then it is joined, and undone by a restore."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from layers.library.library import Library
from tests.landuse_plan import write_landuse_plan
from tests.webapp.conftest import Running
from tests.webapp.layers.test_editing_in_browser import sign_in
from webapp.state import state_of

pytestmark = pytest.mark.slow


@pytest.fixture
def service(
    tmp_path: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]
) -> Iterator[Running]:
    app = make_app(write_landuse_plan(tmp_path / "l"))
    state_of(app).jobs.warm()
    yield serve(app)
    state_of(app).jobs.close()


@pytest.mark.browser
def test_a_table_joins_a_layer_on_the_page(page: Page, service: Running, tmp_path: Path) -> None:
    library = Library(tmp_path / "l")
    ids = [str(i) for i in library.snapshot(library.layer("zones")).content.ids]
    rows = "".join(f"{one},{1000 + n}\n" for n, one in enumerate([*ids, "none", ids[0]]))
    path = tmp_path / "people.csv"
    path.write_text(f"分区编号,人口(人)\n{rows}", "utf-8")
    sign_in(page, service)
    page.goto(f"{service.url}/import?lang=zh")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.set_input_files("#choose", str(path))
    card = page.locator(".file-card", has_text="people.csv")
    card.get_by_role("button", name="没有位置？按键连接到图层").click()
    card.locator("select[name=layer]").select_option("zones")
    card.get_by_role("button", name="查看如何对应").click()
    expect(card.locator(".done")).to_contain_text(f"{len(ids)} 个要素有对应的行")
    expect(card.locator("details", has_text="没有对应要素的键：1")).to_have_count(1)
    expect(card.locator("details", has_text="重复的键：1")).to_have_count(1)
    expect(card.locator("select[name=key]")).to_have_value("分区编号")
    card.locator("select[name=doubled]").select_option("first")
    card.locator("input[name=period]").fill("2024")
    card.locator("input[name=source_zh]").fill("统计年鉴")
    page.screenshot(path=str(tmp_path / "join.png"))
    card.get_by_role("button", name="连接", exact=True).click()
    expect(card.locator(".done")).to_contain_text("已连接到图层 zones，第 2 版")
    fresh = Library(tmp_path / "l")
    layer = fresh.layer("zones")
    field = next(one for one in layer.fields if one.table == "people")
    assert field.source
    assert field.source.zh == "统计年鉴 2024"
    assert fresh.snapshot(layer).content.values(field.id) == [1000 + n for n in range(len(ids))]
