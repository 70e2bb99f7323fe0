"""An editor finds a table of a named database, sees where it lies, imports it, and finds the layer on the map."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.landuse_plan import write_landuse_plan
from tests.webapp.conftest import Running
from tests.webapp.layers.test_databases import sql
from tests.webapp.layers.test_editing_in_browser import sign_in
from webapp.state import state_of

pytestmark = pytest.mark.slow


@pytest.fixture
def tables(postgis: str) -> Iterator[tuple[str, str]]:
    """The address of a database, and a schema of it: parcels with no SRID, an empty table, one with hostile names."""
    base, schema = postgis.split("?schema=")
    shape = "ST_SetSRID(ST_Transform(ST_MakeEnvelope(104.05+n/1e2, 30.05, 104.055+n/1e2, 30.06, 4490), 4542), 0)"
    sql(
        postgis,
        f"CREATE TABLE 地块 AS SELECT n AS gid, '地块' || n AS 名称, {shape}::geometry(Polygon) AS geom"
        " FROM generate_series(1, 4) n; ALTER TABLE 地块 ADD PRIMARY KEY (gid)",
    )
    sql(postgis, "CREATE TABLE void (geom geometry(Point,4490))")
    sql(postgis, 'CREATE TABLE "<img src=x onerror=__x=1>" (geom geometry(Point,4490))')
    yield base, schema
    sql(postgis, f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def service(
    tmp_path: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running], tables: tuple[str, str]
) -> Iterator[Running]:
    databases = f"规划库={tables[0]}; 远处=postgresql://127.0.0.1:1/x"
    app = make_app(write_landuse_plan(tmp_path / "l"), databases=databases)
    state_of(app).jobs.warm()
    yield serve(app)
    state_of(app).close()


def test_a_table_is_found_looked_at_and_imported(page: Page, service: Running, tables: tuple[str, str]) -> None:
    page.goto(f"{service.url}/import?lang=zh")
    expect(page.locator("#databases")).to_have_count(0)
    sign_in(page, service)
    page.goto(f"{service.url}/import?lang=zh")
    page.wait_for_selector("html[data-ready]", state="attached")
    offered = page.locator("#databases")
    offered.get_by_role("button", name="列出空间表").click()
    search = offered.get_by_label("查找表")
    search.fill(tables[1])
    expect(offered.locator("tbody tr")).to_have_count(3)
    expect(offered.locator("tbody")).to_contain_text("<img src=x onerror=__x=1>")
    search.fill(f"{tables[1]} void")
    offered.get_by_role("button", name=f"查看 {tables[1]}.void").click()
    empty = page.locator(".file-card", has_text="void")
    expect(empty.locator("[role=alert]")).to_contain_text("没有任何行")
    expect(empty.get_by_role("button", name="重试")).to_be_visible()
    empty.get_by_role("button", name="移除").click()
    search.fill(f"{tables[1]} 地块")
    offered.get_by_role("button", name="查看").click()
    card = page.locator(".file-card", has_text="地块")
    expect(card).to_contain_text("来自数据库 规划库")
    expect(card).to_contain_text("PostGIS")
    expect(card).to_contain_text("编号取自主键 gid")
    expect(card.locator("select[name=encoding]")).to_have_count(0)
    card.locator(".places label", has_text="EPSG:4542").first.click()
    expect(page.locator("#import-map path[stroke='#b3261e']")).to_have_count(4)
    card.locator("input[name=layer]").fill("parcels")
    card.locator("input[name=label_zh]").fill("测绘地块")
    card.get_by_role("button", name="导入").click()
    expect(card.locator(".done")).to_contain_text("第 1 版，4 个要素，4 个上图")
    card.get_by_role("link", name="在地图上查看").click()
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator(".layer-row", has_text="测绘地块").locator("input[type=checkbox]").first).to_be_checked()
    declared = page.request.get(f"{service.url}/api/layers/parcels").json()
    assert declared["source"]["zh"].startswith(f"导入自数据库 规划库 的 {tables[1]}.地块")
    assert page.request.get(f"{service.url}/features/parcels/2").json()["properties"]["名称"] == "地块2"


def test_a_database_that_does_not_answer_is_told_with_a_retry(page: Page, service: Running) -> None:
    page.expected_errors.append("503")  # type: ignore[attr-defined]
    sign_in(page, service)
    page.goto(f"{service.url}/import?lang=en")
    page.wait_for_selector("html[data-ready]", state="attached")
    offered = page.locator("#databases")
    offered.get_by_label("Connection").select_option("远处")
    offered.get_by_role("button", name="List its tables").click()
    expect(offered.locator("[role=alert]")).to_contain_text("cannot be reached")
    expect(offered.get_by_role("button", name="Try again")).to_be_visible()
