"""Everyday files of more kinds: each comes in right, is asked about, or is refused by what it is and what to do."""

from __future__ import annotations

import contextlib
import datetime
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
import xlsxwriter

from layers.imports.errors import OpenReading, UnreadableFile
from layers.imports.importer import ImportReport
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.small_plan import write_plan

CRS = "EPSG:4490"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "plan"))


def brought(library: Library, path: Path, **more: str) -> tuple[list[dict[str, object]], list[str]]:
    """Return the properties of what came, with its place, and what was said."""
    report: ImportReport = bring(library, path, "new", **{"crs": CRS, **more})
    snapshot = library.snapshot(library.layer("new"))
    rows = [{**one.properties, "@": one.geometry and one.geometry.wkt} for one in snapshot.features]
    return rows, [note.en for note in report.notes]


def text(folder: Path, words: str, encoding: str = "utf-8") -> Path:
    path = folder / "a.csv"
    path.write_bytes(words.encode(encoding))
    return path


@pytest.mark.parametrize("minus", ["-", "−", "–", "—", "－", "﹣", "‐", "− "])
def test_a_minus_of_any_shape_is_one(library: Library, tmp_path: Path, minus: str) -> None:
    rows, _ = brought(
        library, text(tmp_path, f"name,lon,lat,change\na,104.05,30.06,{minus}12.5\nb,104.06,30.07,3\n")
    )
    assert [row["change"] for row in rows] == [-12.5, 3.0]


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        ("名称,位置", '"东经104.05，北纬30.06"'),
        ("名称,位置", '"北纬30.06，东经104.05"'),
        ("name,location", '"30.06, 104.05"'),
        ("name,coords", '"(30.06, 104.05)"'),
    ],
)
def test_both_coordinates_in_one_column(library: Library, tmp_path: Path, head: str, cells: str) -> None:
    rows, _ = brought(library, text(tmp_path, f"{head}\n甲,{cells}\n乙,{cells}\n"))
    assert [row["@"] for row in rows] == ["POINT (104.05 30.06)"] * 2


def test_columns_of_one_name_or_without_one_are_told(library: Library, tmp_path: Path) -> None:
    rows, notes = brought(library, text(tmp_path, "name,value,value,lon,lat,\na,1,2,104.05,30.06,,and more\n"))
    assert (rows[0]["value"], rows[0]["value_3"], rows[0]["column_7"]) == (1, 2, "and more")
    assert any("value_3" in one and "same name" in one for one in notes)
    assert any("without a heading are called column_7 (1 row holds something there)" in one for one in notes)


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("5/3/2021", "31/12/2021", "2021-03-05"),
        ("05.03.2021", "31.12.2021", "2021-03-05"),
        ("5/3/2021", "12/31/2021", "2021-05-03"),
    ],
)
def test_dates_with_the_year_last_follow_what_proves_their_order(
    library: Library, tmp_path: Path, first: str, second: str, found: str
) -> None:
    rows, notes = brought(
        library, text(tmp_path, f"name,lon,lat,d\na,104.05,30.06,{first}\nb,104.06,30.07,{second}\n")
    )
    assert [row["d"] for row in rows] == [found, "2021-12-31"]
    assert any("stands first" in one for one in notes)


@pytest.mark.parametrize("other", ["6/7/2021", "", "31/31/2021"])
def test_dates_whose_order_nothing_proves_stay_as_they_are(library: Library, tmp_path: Path, other: str) -> None:
    rows, notes = brought(
        library, text(tmp_path, f"name,lon,lat,d\na,104.05,30.06,5/3/2021\nb,104.06,30.07,{other}\n")
    )
    assert rows[0]["d"] == "5/3/2021"
    assert other == "31/31/2021" or any("the day or the month first" in one for one in notes)


@pytest.mark.parametrize(
    ("encoding", "names"),
    [("gb18030", ["㐀公园", "𠀀站"]), ("utf-16-be", ["㐀公园", "站"]), ("utf-8-sig", ["公园", "站"])],
)
def test_names_in_other_encodings(library: Library, tmp_path: Path, encoding: str, names: list[str]) -> None:
    words = f"名称,经度,纬度\n{names[0]},104.05,30.06\n{names[1]},104.06,30.07\n"
    rows, _ = brought(library, text(tmp_path, words, encoding))
    assert [row["名称"] for row in rows] == names


def test_big5_is_asked_about(library: Library, tmp_path: Path) -> None:
    with pytest.raises(OpenReading, match="big5"):
        brought(library, text(tmp_path, "名稱,經度,緯度\n濱江公園,104.05,30.06\n", "big5"))


@pytest.mark.parametrize(
    ("line", "area"), [("1.234.567,89", 1234567.89), ("1 234 567,89", 1234567.89), ("12,5", 12.5)]
)
def test_decimal_commas_with_their_thousands(library: Library, tmp_path: Path, line: str, area: float) -> None:
    words = f"name;lon;lat;area\na;104,05;30,06;{line}\nb;104,06;30,07;1,25\n"
    rows, _ = brought(library, text(tmp_path, words))
    assert (rows[0]["area"], rows[0]["@"]) == (area, "POINT (104.05 30.06)")


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("104度03分36秒", "30度03分36秒"),
        ("104°03′36″", "30°03′36″"),
        ("E104°03'36\"", "N30°03'36\""),
        ("104°03.6'", "30°03.6'"),
        ("东经104度3分36秒", "北纬30度3分36秒"),
    ],
)
def test_degrees_minutes_and_seconds(library: Library, tmp_path: Path, lon: str, lat: str) -> None:
    quoted = [one.replace('"', '""') for one in (lon, lat)]
    rows, _ = brought(library, text(tmp_path, f'名称,经度,纬度\n甲,"{quoted[0]}","{quoted[1]}"\n'))
    place: Any = shapely.from_wkt(str(rows[0]["@"]))
    assert (place.x, place.y) == (pytest.approx(104.06, abs=1e-9), pytest.approx(30.06, abs=1e-9))


@pytest.mark.parametrize(
    ("head", "datum"),
    [("gcj02_lng,gcj02_lat", "GCJ02"), ("百度经度,百度纬度", "BD09"), ("经度(WGS84),纬度(WGS84)", "EPSG:4326")],
)
def test_a_datum_in_the_headings_is_taken_and_told(
    library: Library, tmp_path: Path, head: str, datum: str
) -> None:
    rows, notes = brought(library, text(tmp_path, f"name,{head}\na,104.05,30.06\nb,104.06,30.07\n"), crs="")
    assert any(datum in one for one in notes)
    assert (rows[0]["@"] == "POINT (104.05 30.06)") == (datum == "EPSG:4326")


def book(folder: Path, write: Callable[[xlsxwriter.Workbook], None]) -> Path:
    path = folder / "a.xlsx"
    made = xlsxwriter.Workbook(str(path))
    write(made)
    made.close()
    return path


def test_per_cent_dates_as_text_and_formulas_of_a_sheet(library: Library, tmp_path: Path) -> None:
    def write(made: xlsxwriter.Workbook) -> None:
        sheet = made.add_worksheet()
        percent, day = made.add_format({"num_format": "0.0%"}), made.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["名称", "经度", "纬度", "批准日期", "面积", "完成", "份额"])
        sheet.write_row(1, 0, ["甲", 104.05, 30.06, "2021.3.5"])
        sheet.write_row(2, 0, ["乙", 104.06, 30.07])
        sheet.write_datetime(2, 3, datetime.datetime(2022, 3, 4), day)
        sheet.write_formula(1, 4, "=10*2", None, 20)
        sheet.write_formula(2, 4, "=1/0", None, "#DIV/0!")
        for row, share in ((1, 0.35), (2, 1.2)):
            sheet.write_number(row, 5, share, percent)
            sheet.write_number(row, 6, share)

    rows, _ = brought(library, book(tmp_path, write))
    fields = {one.id: one.unit for one in library.layer("new").fields}
    assert [row["完成"] for row in rows] == [35.0, 120.0] and fields["完成"] == "%"
    assert [row["份额"] for row in rows] == [0.35, 1.2] and fields["份额"] == ""
    assert [row["批准日期"] for row in rows] == ["2021-03-05", "2022-03-04"]
    assert [row["面积"] for row in rows] == [20, None]


def test_a_hidden_sheet_stands_last_and_is_told(library: Library, tmp_path: Path) -> None:
    def write(made: xlsxwriter.Workbook) -> None:
        for name, place in (("旧", 104.1), ("数据", 104.05)):
            sheet = made.add_worksheet(name)
            sheet.write_row(0, 0, ["名称", "经度", "纬度"])
            sheet.write_row(1, 0, [name, place, 30.06])
        made.get_worksheet_by_name("旧").hide()
        made.get_worksheet_by_name("数据").activate()

    path = book(tmp_path, write)
    rows, notes = brought(library, path)
    assert rows[0]["名称"] == "数据" and any("(hidden: 旧); 数据 was read" in one for one in notes)
    report = bring(library, path, "older", crs=CRS, sublayer="旧")
    assert any("hidden" in note.en for note in report.notes), "who asks for it is told"


def test_a_header_over_two_rows_with_a_column_a_year(library: Library, tmp_path: Path) -> None:
    def write(made: xlsxwriter.Workbook) -> None:
        sheet = made.add_worksheet()
        sheet.merge_range(0, 0, 0, 5, "某区项目表")
        sheet.merge_range(1, 0, 2, 0, "名称")
        sheet.merge_range(1, 1, 1, 2, "坐标")
        sheet.merge_range(1, 3, 1, 4, "投资(万元)")
        sheet.write(1, 5, "备注")
        sheet.write_row(2, 1, ["经度", "纬度", "2023", "2024"])
        sheet.write_row(3, 0, ["甲", 104.05, 30.06, 100, 200, "x"])
        sheet.write_row(4, 0, ["乙", 104.06, 30.07, 1, 2, ""])

    rows, _ = brought(library, book(tmp_path, write))
    assert [row["投资(万元) 2023"] for row in rows] == [100, 1]
    fields = {one.id: one.unit for one in library.layer("new").fields}
    assert fields["投资(万元) 2024"] == "万元"


def geopackage(folder: Path) -> Path:
    path = folder / "a.gpkg"
    frame = gpd.GeoDataFrame({"名称": ["甲"]}, geometry=[shapely.box(104.05, 30.05, 104.06, 30.06)], crs=4490)
    frame.to_file(path, layer="地块")
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute('create view v as select fid, geom, "名称" from "地块"')
        database.execute(
            "insert into gpkg_contents(table_name, data_type, identifier, srs_id) values ('v', 'features', 'v', 4490)"
        )
        database.execute("insert into gpkg_geometry_columns values ('v', 'geom', 'POLYGON', 4490, 0, 0)")
        database.commit()
    return path


def test_a_view_beside_a_table_costs_only_itself(library: Library, tmp_path: Path) -> None:
    path = geopackage(tmp_path)
    before = path.read_bytes()
    rows, notes = brought(library, path, crs="")
    assert [row["名称"] for row in rows] == ["甲"]
    assert any("views" in one and "v" in one for one in notes)
    assert path.read_bytes() == before
    with pytest.raises(UnreadableFile, match="is a view"):
        bring(library, path, "other", sublayer="v")


@pytest.mark.parametrize(
    ("begins", "says"),
    [
        (b'<schema xmlns:gml="http://www.opengis.net/gml"></schema>', "bring the gml"),
        (b'<osm version="0.6"></osm>', "OpenStreetMap"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "save it as xlsx"),
        (b"AC1032\x00\x00", "DWG"),
        (b"\x03\x7d\x06\x01" + bytes(28), "dBASE"),
        (b"%PDF-1.7", "PDF"),
        (b"Rar!\x1a\x07", "zip"),
        (b"\x89PNG\r\n", "picture"),
        (b"\x00\x01\x00\x00Standard ACE DB", "Access"),
        (b'Version 300\nCharset "Neutral"\nColumns 1\n  name Char(20)\nData\n', "MapInfo"),
    ],
)
def test_a_file_of_another_kind_is_named_with_what_to_do(
    library: Library, tmp_path: Path, begins: bytes, says: str
) -> None:
    path = tmp_path / "a.dat"
    path.write_bytes(begins)
    with pytest.raises(UnreadableFile, match=says):
        bring(library, path, crs=CRS)
