"""An editor brings the survey office's files: sees what they hold and where they lie, decides, and finds the layer."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from flask import Flask
from playwright.sync_api import Page, expect

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
    yield serve(app)  # `make_app` closes what it made


@pytest.fixture
def shapefile(tmp_path: Path) -> Path:
    """A Shapefile in GBK, without .cpg and .prj."""
    boxes = [shapely.box(104.04 + i / 100, 30.05, 104.048 + i / 100, 30.06) for i in range(4)]
    frame = gpd.GeoDataFrame(
        {"名称": ["滨江公园", "<b>粗</b>", "三", "四"], "编号": list("abcd")}, geometry=boxes, crs=4490
    )
    frame.to_crs(4542).to_file(tmp_path / "地块.shp", encoding="GB18030")
    path = tmp_path / "parcels.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for ending in ("shp", "shx", "dbf"):
            archive.write(tmp_path / f"地块.{ending}", f"地块.{ending}")
    return path


def test_files_are_looked_at_decided_on_and_imported(
    page: Page, service: Running, shapefile: Path, tmp_path: Path
) -> None:
    page.goto(f"{service.url}/import?lang=zh")
    expect(page.locator("main .notice")).to_contain_text("登录")
    sign_in(page, service)
    page.goto(f"{service.url}/import?lang=zh")
    page.wait_for_selector("html[data-ready]", state="attached")
    broken = tmp_path / "broken.gpkg"
    broken.write_bytes(b"SQLite format 3\x00 and nothing more")
    page.set_input_files("#choose", [str(broken), str(shapefile)])
    bad, good = (page.locator(".file-card", has_text=name) for name in ("broken.gpkg", "parcels.zip"))
    expect(bad.locator("[role=alert]")).to_contain_text("无法读取")
    expect(bad.get_by_role("button", name="重试")).to_be_visible()
    bad.get_by_role("button", name="移除").click()
    expect(bad).to_have_count(0)
    expect(good).to_contain_text("4 个要素")
    good.locator("summary", has_text="字段").click()
    expect(good.locator("table")).to_contain_text("<b>粗</b>")
    good.locator(".places label", has_text="EPSG:4542").first.click()
    expect(page.locator("#import-map path[stroke='#b3261e']")).to_have_count(4)
    good.locator("input[name=layer]").fill("parcels")
    good.locator("input[name=label_zh]").fill("测绘地块")
    good.locator("select[name=id_field]").select_option("编号")
    good.get_by_role("button", name="导入").click()
    expect(good.locator(".done")).to_contain_text("第 1 版，4 个要素，4 个上图")
    with page.expect_download() as kept:
        good.get_by_role("link", name="下载报告").click()
    assert "GB18030" in Path(kept.value.path()).read_text("utf-8").upper()
    good.get_by_role("link", name="在地图上查看").click()
    page.wait_for_selector("html[data-ready]", state="attached")
    row = page.locator(".layer-row", has_text="测绘地块")
    expect(row.locator("input[type=checkbox]").first).to_be_checked()
    declared = page.request.get(f"{service.url}/api/layers/parcels").json()
    assert declared["edge_model"] == "plane", "edges are straight in the CRS the coordinates came in"
    found = page.request.get(f"{service.url}/features/parcels/a").json()
    assert found["properties"]["名称"] == "滨江公园"
    assert found["geometry"]["coordinates"][0][0] == pytest.approx([104.048, 30.05], abs=1e-8)


def test_an_old_datum_is_moved_by_supplied_parameters_and_problems_can_be_looked_at(
    page: Page, service: Running, tmp_path: Path
) -> None:
    bowtie = shapely.Polygon([(104.05, 30.05), (104.06, 30.06), (104.06, 30.05), (104.05, 30.06)])
    frame = gpd.GeoDataFrame(
        {"name": ["one", "two"]}, geometry=[bowtie, shapely.box(104.07, 30.05, 104.08, 30.06)], crs=4214
    )
    frame.to_crs(2422).to_file(tmp_path / "old.gpkg")
    sign_in(page, service)
    page.goto(f"{service.url}/import?lang=en")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.set_input_files("#choose", str(tmp_path / "old.gpkg"))
    card = page.locator(".file-card")
    expect(card.locator(".places .problem").first).to_contain_text("is for a person to choose")
    expect(card.locator(".places input[name=place]").first).to_be_disabled()
    card.locator("input[name=label_en]").fill("Old survey")
    card.locator("input[name=datum_parameters]").fill("-15.3, 120.25, 44.1, 1.1, -0.7, 2.3, -3.5")
    card.locator("select[name=rotation]").select_option("coordinate_frame")
    card.get_by_role("button", name="Show on the map").last.click()
    expect(card.locator(".places input[name=place]").first).to_be_checked()
    expect(page.locator("#import-map path[stroke='#b3261e']")).to_have_count(2)
    expect(card.locator("input[name=label_en]")).to_have_value("Old survey")  # what was entered stays
    card.get_by_role("button", name="Import").click()
    expect(card.locator(".done")).to_be_visible()
    row = card.locator("table.problems tr", has_text="self-intersection")
    expect(row).to_contain_text("mended")
    expect(row).to_contain_text("m²")
    row.get_by_role("button").click()
    expect(page.locator("#import-map path[stroke='#b3261e']")).to_have_count(1)
