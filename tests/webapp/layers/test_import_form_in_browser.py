"""The import page says everything that can be said, and a newcomer gets through it with four kinds of files."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
import xlsxwriter
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from layers.imports.options import OPTIONS
from tests.landuse_plan import write_landuse_plan
from tests.waiting import until_on
from tests.webapp.conftest import Running
from tests.webapp.layers.test_editing_in_browser import sign_in
from webapp.state import state_of

pytestmark = pytest.mark.slow

# options that are said by a control of another name
CALLED = {"crs": "other_crs", "new_version": "mode", "layer": "existing"}
DRAWING = ["0", "SECTION", "2", "ENTITIES", "0", "LWPOLYLINE", "8", "a", "90", "4", "70", "1"]


@pytest.fixture
def service(
    tmp_path: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]
) -> Iterator[Running]:
    app = make_app(write_landuse_plan(tmp_path / "l"))
    state_of(app).jobs.warm()
    yield serve(app)


def brought(page: Page, service: Running, path: Path, language: str = "en") -> Locator:
    """Bring a file and return its card once it can be decided on."""
    page.goto(f"{service.url}/import?lang={language}")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.set_input_files("#choose", str(path))
    card = page.locator(".file-card", has_text=path.name)
    expect(card.locator("form.decision")).to_be_visible()
    return card


def unknown_datum(tmp_path: Path) -> Path:
    """Areas with a Shapefile's .prj whose datum nobody knows."""
    boxes = [shapely.box(104.05, 30.05, 104.06, 30.06), shapely.box(104.07, 30.05, 104.08, 30.06)]
    gpd.GeoDataFrame({"n": ["a", "b"]}, geometry=boxes, crs=4490).to_crs(4544).to_file(tmp_path / "own.shp")
    prj = (tmp_path / "own.prj").read_text()
    prj = prj.replace("China_2000", "Local_Survey").replace(
        "China_Geodetic_Coordinate_System_2000", "Local_Survey"
    )
    (tmp_path / "own.prj").write_text(prj.replace("CGCS2000", "own"))
    with zipfile.ZipFile(tmp_path / "own.zip", "w") as archive:
        for ending in ("shp", "shx", "dbf", "prj"):
            archive.write(tmp_path / f"own.{ending}", f"own.{ending}")
    return tmp_path / "own.zip"


def files(tmp_path: Path) -> list[Path]:
    """Files that between them give every option a meaning."""
    (tmp_path / "a.csv").write_text("id,lon,lat,v\n1,104.05,30.05,3\n2,104.06,30.05,4\n")
    corners = [("10", x, "20", y) for x, y in ((4e5, 3.3e6), (4.1e5, 3.3e6), (4.1e5, 3.31e6), (4e5, 3.31e6))]
    pairs = [
        *DRAWING,
        *(str(one) for corner in corners for one in corner),
        "38",
        "12.5",
        "0",
        "ENDSEC",
        "0",
        "EOF",
    ]
    (tmp_path / "b.dxf").write_text("\n".join(pairs) + "\n")
    mark = "<Folder><name>{}</name><Placemark><Point><coordinates>104.05,30.05,9</coordinates></Point></Placemark></Folder>"
    kml = "".join(mark.format(name) for name in ("甲", "乙"))
    (tmp_path / "c.kml").write_text(
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{kml}</Document></kml>'
    )
    with xlsxwriter.Workbook(tmp_path / "d.xlsx") as book:  # two tables beside each other
        sheet = book.add_worksheet()
        for row, cells in enumerate([["n", "lon", "lat", "", "n", "m"], ["a", 104.05, 30.05, "", "b", 1]]):
            sheet.write_row(row, 0, cells)
    return [tmp_path / name for name in ("a.csv", "b.dxf", "c.kml", "d.xlsx")] + [unknown_datum(tmp_path)]


def test_every_option_has_its_control(page: Page, service: Running, tmp_path: Path) -> None:
    sign_in(page, service)
    named: set[str] = set()
    names = "form => [...form.elements].map((one) => one.name || one.dataset.says || '')"
    for path in files(tmp_path):
        named |= set(brought(page, service, path).locator("form.decision").evaluate(names))
    named |= {"accept_changes"} if _changes_are_asked(page, service, tmp_path) else set()
    said = {CALLED.get(name, name) for name in OPTIONS}
    assert said - named == set(), "an option nobody can say on the page"


def test_one_of_several_tables_is_chosen_on_the_page(page: Page, service: Running, tmp_path: Path) -> None:
    sign_in(page, service)
    card = brought(page, service, next(one for one in files(tmp_path) if one.suffix == ".xlsx"))
    tables = card.locator("select[name=sheet_table]")
    expect(tables).to_be_visible()  # without opening anything
    assert tables.locator("option").all_text_contents()[1:] == ["1: n、lon、lat", "2: n、m"]
    (tmp_path / "none.csv").write_text("id,lon,lat\n")
    card = brought(page, service, tmp_path / "none.csv")
    card.get_by_role("button", name="Import", exact=True).click()  # nothing lies anywhere: no place is asked
    expect(card.locator(".done")).to_contain_text("0 features, 0 on the map")


def test_ids_are_suggested_and_a_new_version_is_compared(page: Page, service: Running, tmp_path: Path) -> None:
    sign_in(page, service)
    for number, rows in enumerate(
        ("1,104.05,30.05,3\n2,104.06,30.05,4\n", "1,104.05,30.05,5\n3,104.07,30.05,4\n")
    ):
        (tmp_path / "lots.csv").write_text(f"id,lon,lat,v\n{rows}")
        card = brought(page, service, tmp_path / "lots.csv")
        if number:
            card.locator("select[name=mode]").select_option("version")
            card.locator("select[name=existing]").select_option("lots")
            expect(card.locator("select[name=id_field]")).to_have_value("id")
        else:
            choose_place(card)
            card.get_by_role("button", name="Use “id”").click()
            expect(card.locator("form.decision")).not_to_contain_text("f-1, f-2")
        card.get_by_role("button", name="Import", exact=True).click()
        expect(card.locator(".done")).to_be_visible()
    told = card.locator(".difference")
    expect(told).to_contain_text("Against version 1: 1 added, 1 removed, 1 changed, 0 unchanged.")
    expect(told.get_by_role("link")).to_have_attribute("href", "/#near=lots&on=lots&cmp=lots@1")


def _changes_are_asked(page: Page, service: Running, tmp_path: Path) -> bool:
    card = brought(page, service, tmp_path / "a.csv")
    card.locator("input[name=layer]").fill("kept")
    card.locator("select[name=id_field]").select_option("id")
    choose_place(card)
    card.get_by_role("button", name="Import", exact=True).click()
    expect(card.locator(".done")).to_be_visible()
    (tmp_path / "a.csv").write_text("id,lon,lat,v\n1,104.05,30.05,three\n2,104.06,30.05,4\n")
    card = brought(page, service, tmp_path / "a.csv")
    card.locator("select[name=mode]").select_option("version")
    expect(card.locator("select[name=existing]")).to_be_visible()
    card.locator("select[name=existing]").select_option("kept")
    expect(card.locator("input[name=accept_changes]")).to_be_visible()
    expect(card.locator("select[name=id_field]")).to_have_value("id")  # as of the version before
    return True


def choose_place(card: Locator) -> None:
    if not card.locator("input[name=place]:checked").count():
        card.locator("input[name=place]:not([disabled])").first.check()


def test_a_datum_nobody_knows_is_asked_on_the_page(page: Page, service: Running, tmp_path: Path) -> None:
    sign_in(page, service)
    card = brought(page, service, unknown_datum(tmp_path))
    asked = card.locator(".questions")
    expect(asked).to_contain_text("names the datum")
    expect(card.get_by_role("button", name="Import", exact=True)).to_be_disabled()
    asked.get_by_role("button", name="CGCS2000").click()
    expect(card.locator(".questions")).to_have_count(0)
    expect(card.locator("select[name=datum]")).to_have_value("CGCS2000")  # what was said stays to be seen
    card.get_by_role("button", name="Import", exact=True).click()
    expect(card.locator(".done")).to_contain_text("2 features, 2 on the map")


def table(tmp_path: Path) -> Path:
    book = xlsxwriter.Workbook(tmp_path / "汇总.xlsx")
    sheet = book.add_worksheet()
    rows: list[list[str | float | None]] = [
        ["项目一览表"],
        ["名称", "位置", None, "面积"],
        [None, "经度", "纬度", "（亩）"],
        ["甲", 104.05, 30.05, 12.5],
        ["乙", 104.06, 30.05, 2.5],
        ["合计", None, None, 15],
    ]
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(at, column, value)
    book.close()
    return tmp_path / "汇总.xlsx"


def everyday(tmp_path: Path) -> dict[str, Path]:
    """One file of each of four kinds, each with an oddity."""
    (tmp_path / "点.csv").write_bytes("名称;东经;北纬;面积\n滨江;104°03′36″;30°03′00″;12,500\n".encode("gbk"))
    (tmp_path / "夹.kml").write_bytes(
        '<?xml version="1.0" encoding="GBK"?><kml xmlns="http://www.opengis.net/kml/2.2"><Folder><name>一期</name>'
        "<Placemark><name>滨江</name><Point><coordinates>104.05,30.05</coordinates></Point></Placemark></Folder></kml>".encode(
            "gbk"
        )
    )
    frame = gpd.GeoDataFrame(
        {"名称": ["甲", "乙"]},
        geometry=[shapely.box(104.05 + i, 30.05, 104.06 + i, 30.06) for i in (0, 0.02)],
        crs=4490,
    )
    frame.to_crs(4544).to_file(tmp_path / "块.gpkg", layer="地块")
    frame.to_crs(4544).to_file(tmp_path / "块.gpkg", layer="另层")
    return {
        "csv": tmp_path / "点.csv",
        "xlsx": table(tmp_path),
        "kml": tmp_path / "夹.kml",
        "gpkg": tmp_path / "块.gpkg",
    }


WORDS = {"zh": ("导入", "在地图上查看"), "en": ("Import", "See it on the map")}


@pytest.mark.parametrize(  # a language changes no more than the words: each kind in one of them
    ("kind", "features", "language"), [("csv", 1, "zh"), ("xlsx", 2, "en"), ("kml", 1, "zh"), ("gpkg", 2, "en")]
)
def test_a_newcomer_gets_through(
    page: Page, service: Running, tmp_path: Path, kind: str, features: int, language: str
) -> None:
    do, see = WORDS[language]
    sign_in(page, service)
    card = brought(page, service, everyday(tmp_path)[kind], language)
    if kind == "csv":  # 12,500 in a table of semicolons is asked, never guessed
        card.locator(".questions button", has_text="12,5").click()
        expect(card.locator(".questions")).to_have_count(0)
    choose_place(card)
    card.get_by_role("button", name=do, exact=True).click()
    expect(card.locator(".done")).to_be_visible()
    layer = card.get_by_role("link", name=see).get_attribute("href").partition("&on=")[2]
    card.get_by_role("link", name=see).click()
    page.wait_for_selector("html[data-ready]", state="attached")
    row = page.locator(".layer-row", has_text=everyday(tmp_path)[kind].stem)
    expect(row.locator("input[type=checkbox]").first).to_be_checked()
    expect(page.locator(".leaflet-overlay-pane path, .leaflet-overlay-pane canvas").first).to_be_attached()
    until_on(page, lambda: page.evaluate("map_plan.getZoom()") >= 14)  # the map goes to what was brought
    told = page.request.get(f"{service.url}/layers/{layer}.geojson").json()
    placed = [one for one in told["features"] if one["geometry"]]
    assert len(placed) == features
    west, south = shapely.get_coordinates(shapely.geometry.shape(placed[0]["geometry"])).min(axis=0)
    assert (west, south) == pytest.approx((104.06 if kind == "csv" else 104.05, 30.05), abs=1e-6)
    if kind == "csv":
        assert placed[0]["properties"]["面积"] == 12.5


def test_a_layer_is_renamed_restyled_and_described(page: Page, service: Running, tmp_path: Path) -> None:
    sign_in(page, service)
    card = brought(page, service, everyday(tmp_path)["xlsx"])
    card.locator("input[name=layer]").fill("sites_of_may")
    choose_place(card)
    card.get_by_role("button", name="Import", exact=True).click()
    expect(card.locator(".done")).to_be_visible()
    page.goto(f"{service.url}/import?lang=en")
    page.wait_for_selector("html[data-ready]", state="attached")
    box = page.locator("#imported .file-card", has_text="sites_of_may")
    box.locator("summary").click()
    box.locator("input[name=label_en]").first.fill("Sites, May")
    box.locator("select[name=color_field]").select_option("名称")
    box.locator("select[name=title]").select_option("名称")
    box.locator("input[name=labels]").check()
    field = box.locator("tr[data-field='面积（亩）'], tr[data-field='面积']").first
    field.locator("input[name=label_en]").fill("Site area")
    field.locator("input[name=unit]").fill("mu")
    box.get_by_role("button", name="Save").click()
    expect(box.locator("[role=status]")).to_contain_text("Saved")
    declared = page.request.get(f"{service.url}/api/layers/sites_of_may").json()
    assert declared["label"]["en"] == "Sites, May"
    words = {one["label"]["en"]: one.get("unit") for one in declared["fields"]}
    assert words["Site area"] == "mu"
    page.goto(f"{service.url}/?lang=en#z=12&c=30.05,104.05&on=sites_of_may")
    page.wait_for_selector("html[data-ready]", state="attached")
    row = page.locator(".layer-row", has_text="Sites, May")
    expect(row).to_be_visible()
    colors = "els => new Set(els.map((one) => one.getAttribute('fill'))).size"
    expect(page.locator(".leaflet-overlay-pane path[fill]").first).to_be_attached()
    until_on(
        page, lambda: page.locator(".leaflet-overlay-pane path[fill]").evaluate_all(colors) >= 2
    )  # a colour a name
