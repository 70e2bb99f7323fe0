"""Excel reads like a table a person made; a Geodatabase has aliases, lengths and a dataset; a Shapefile may be in GBK."""

from __future__ import annotations

import datetime
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import python_calamine

from geo.text import Text
from layers.exports import Exported, export_snapshot, read_asked
from layers.exports.naming import file_stem
from layers.features.columns import write_content
from layers.library.library import Library
from layers.store.version import Reason
from tests.layers.exports.round_trip import LAYERS
from tests.layers.imports.bringing import bring
from tests.small_plan import write_plan

pytestmark = pytest.mark.slow

DATA = Path(__file__).parents[3] / "data"


def sent(kind: str, out: Path, name: str, **options: Any) -> Exported:
    library = Library(DATA)
    snapshot = library.snapshot(library.layer(name))
    language, crs = options.pop("language", "zh"), options.pop("crs", "")
    asked = read_asked(kind, crs=crs, options=options, language=language)
    return export_snapshot(library, snapshot, asked, out, software="PlanAtlas 0")


def made(kind: str, folder: Path, name: str, **options: str) -> tuple[Path, Exported]:
    library = Library(write_plan(folder / "plan"))
    write_content(folder / "in.parquet", LAYERS[name](), crs="EPSG:4326")
    library.store.add(
        name, folder / "in.parquet", Reason(kind="import", who="li", why="", about={}), expected=None
    )
    layer = replace(library.layer("zones"), id=name, geometry="mixed", title=Text("n", "n"), fields=(), rules=())
    asked = read_asked(kind, options=options)
    path = folder / f"{name}.{kind}"
    return path, export_snapshot(library, library.snapshot_at(layer, 1), asked, path, software="PlanAtlas 0")


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        ("zh", {"编号", "名称", "承诺投资 (万元)", "位置可靠程度", "位置可靠程度 代码", "规划章节"}),
        ("en", {"Id", "Name", "Position", "Position code"}),
    ],
)
def test_excel_has_labels_names_beside_codes_and_no_json(
    tmp_path: Path, language: str, headings: set[str]
) -> None:
    path = tmp_path / "p.xlsx"
    sent("xlsx", path, "projects", language=language)
    book = python_calamine.load_workbook(path)
    data, fields = (book.get_sheet_by_index(i).to_python() for i in (0, 1))
    heads = [str(cell) for cell in data[0]]
    assert len(set(heads)) == len(heads)
    missing = headings - set(heads) - {"承诺投资 (万元)"}
    assert not missing, heads
    assert any("(" in head for head in heads), "no unit in any heading"
    assert {"name_zh", "position", "land_mu"} <= {str(row[1]) for row in fields}
    cells = [str(cell) for row in data[1:] for cell in row]
    assert not any(cell.startswith(("[", "{")) for cell in cells)
    code, name = (
        heads.index("位置可靠程度 代码" if language == "zh" else "Position code"),
        heads.index("位置可靠程度" if language == "zh" else "Position"),
    )
    assert {(row[code], row[name]) for row in data[1:]} >= {
        ("unplaced", "尚未上图" if language == "zh" else "not on the map yet")
    }
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "<autoFilter" in sheet
        assert "frozen" in sheet
        assert "#,##0" in archive.read("xl/styles.xml").decode()


def test_a_field_that_names_zones_shows_their_names(tmp_path: Path) -> None:
    sent("xlsx", tmp_path / "l.xlsx", "landuse")
    data = python_calamine.load_workbook(tmp_path / "l.xlsx").get_sheet_by_index(0).to_python(nrows=30)
    heads = [str(cell) for cell in data[0]]
    at = next(i for i, head in enumerate(heads) if head.endswith("代码") and data[1][i] == "z-hq")
    assert data[1][at - 1] in ("本部", "高新区本部")


def test_dates_and_long_numbers_stay_what_they_are(tmp_path: Path) -> None:
    path, _ = made("xlsx", tmp_path, "dates")
    row = python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()[1]
    assert datetime.date(2021, 3, 5) in row
    assert datetime.datetime(2021, 3, 5, 8, 30) in row
    (tmp_path / "n").mkdir()
    path, _ = made("xlsx", tmp_path / "n", "numbers")
    cells = [c for r in python_calamine.load_workbook(path).get_sheet_by_index(0).to_python() for c in r]
    assert {"9007199254740993", "9223372036854775807", "320281000000000001"} <= set(map(str, cells))


@pytest.mark.parametrize(("shape", "where"), [("sheet", 2), ("column", 0), ("none", None)])
def test_shapes_stand_where_a_person_wants_them(tmp_path: Path, shape: str, where: int | None) -> None:
    sent("xlsx", tmp_path / "z.xlsx", "hills", shape=shape)
    book = python_calamine.load_workbook(tmp_path / "z.xlsx")
    held = [
        i
        for i, name in enumerate(book.sheet_names)
        if any("POLYGON" in str(cell) for row in book.get_sheet_by_name(name).to_python() for cell in row)
    ]
    assert held == ([] if where is None else [where])


def test_a_geodatabase_has_aliases_lengths_a_dataset_and_its_crs(tmp_path: Path) -> None:
    sent("gdb.zip", tmp_path / "zones.gdb.zip", "zones", crs="EPSG:4528", dataset="规划成果")
    with zipfile.ZipFile(tmp_path / "zones.gdb.zip") as archive:
        archive.extractall(tmp_path)
    gdb = tmp_path / "zones.gdb"
    info = pyogrio.read_info(gdb)
    assert (info["driver"], info["crs"], info["layer_metadata"]["ALIAS_NAME"]) == (
        "OpenFileGDB",
        "EPSG:4528",
        "分区与片区",
    )
    with pyogrio.open_arrow(gdb, use_pyarrow=True) as (_, batches):
        told = {f.name: {k.decode(): v.decode() for k, v in (f.metadata or {}).items()} for f in batches.schema}
    assert told["name_zh"]["GDAL:OGR:alternative_name"] == "名称"
    assert int(told["quote"]["GDAL:OGR:width"]) >= 255
    frame = pyogrio.read_dataframe(gdb)
    assert "高新区本部" in set(frame.name_zh)
    items = pyogrio.read_dataframe(gdb, layer="GDB_Items", LIST_ALL_TABLES="YES", read_geometry=False)
    assert "\\规划成果\\zones" in set(items.Path)


def test_a_shapefile_in_gbk_names_what_gbk_lacks(tmp_path: Path) -> None:
    path, told = made("shp.zip", tmp_path, "texts", encoding="GBK")
    with zipfile.ZipFile(path) as archive:
        table = archive.read("texts.dbf")
        assert b"936" in archive.read("texts.cpg") or b"GBK" in archive.read("texts.cpg").upper()
    assert "用地".encode("gbk") * 60 in table
    assert any("GBK" in note.zh and "𠮷" in note.zh for note in told.notes)


def test_a_table_to_send_on_has_totals_and_prints_on_a4(tmp_path: Path) -> None:
    library = Library(DATA).at_time("2023-06-30")
    layer, path = library.layer("projects"), tmp_path / "t.xlsx"
    columns = ("@name", "land_mu", "investment_value", "schedule_state")
    options = {"shape": "none", "located": "zone"}
    asked = replace(read_asked("xlsx", filters=("start_iso=2021",), options=options), columns=columns)
    export_snapshot(library, library.snapshot(layer), asked, path, software="PlanAtlas 0")
    book = python_calamine.load_workbook(path)
    sheet_rows: list[list[Any]] = book.get_sheet_by_name("数据").to_python()
    head, *rows = sheet_rows
    told = [row for row in rows if str(row[0]).startswith("合计")]
    things = rows[: len(rows) - len(told)]
    land, money = (
        next(c for c, one in enumerate(head) if str(one).startswith(word)) for word in ("用地", "总投资")
    )
    assert [row[0] for row in told] == [f"合计 ({len(things)})", "合计 (CNY)", "合计 (USD)", "合计 (未说明)"]
    assert told[0][land] == pytest.approx(sum(row[land] for row in things if row[land] != ""))
    assert told[1][money] + told[2][money] == pytest.approx(sum(row[money] for row in things if row[money] != ""))
    assert told[3][money] == f"{sum(row[money] == '' for row in things)} 项未说明"
    zone, placed = head.index("所在分区（按图上位置）"), head.index("是否上图")
    lies = {row[1]: (row[zone], row[placed]) for row in things}
    assert lies["联东 U 谷江阴项目"] == ("高新区本部 · 南部制造业组团 · 联东 U 谷", "已上图")
    off = [row for row in things if row[placed] != "已上图"]
    assert off and all(row[placed].startswith("尚未上图") and row[zone] == "" for row in off)
    notes: dict[Any, Any] = {row[0]: row[1] for row in book.get_sheet_by_name("说明").to_python()}
    assert notes["状态日期 / day of the states"] == "2023-06-30" and "2021 年" in notes["筛选 / filters"]
    with zipfile.ZipFile(path) as archive:
        sheet, names = (archive.read(f"xl/{one}.xml").decode() for one in ("worksheets/sheet1", "workbook"))
    assert 'orientation="landscape"' in sheet and 'fitToHeight="0"' in sheet and "重大产业项目" in sheet
    assert "_xlnm.Print_Titles" in names
    assert re.findall(r'<sheet name="([^"]+)" sheetId="\d+" r:id', names) == ["数据", "说明"], "others are hidden"
    whole = replace(asked, columns=(), options={"words": "seen"})  # 37 columns: never smaller than 8 points
    export_snapshot(library, library.snapshot(layer), whole, tmp_path / "w.xlsx", software="PlanAtlas 0")
    with zipfile.ZipFile(tmp_path / "w.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert 'scale="73"' in sheet and "fitToHeight" not in sheet
    back = Library(write_plan(tmp_path / "plan"))
    bring(back, path)
    assert len(back.snapshot(back.layer("new")).content) == len(things)  # what stands under a table is no feature


@pytest.mark.parametrize(("language", "name", "codes"), [("zh", "名称", "代码"), ("en", "Name", "Codes")])
def test_a_table_as_seen_has_one_language_and_its_codes_apart(
    tmp_path: Path, language: str, name: str, codes: str
) -> None:
    library, path = Library(DATA), tmp_path / "s.xlsx"
    snapshot = library.snapshot(library.layer("projects"))
    options = {"words": "seen", "shape": "none"}
    asked = replace(
        read_asked("xlsx", options=options, language=language), columns=("@name", "schedule_state", "content")
    )
    export_snapshot(library, snapshot, asked, path, software="PlanAtlas 0")
    book = python_calamine.load_workbook(path)
    head, *rows = book.get_sheet_by_index(0).to_python()
    assert len(head) == 4 and head[1] == name  # number, name, state, content: none twice
    field = next(one for one in snapshot.layer.fields if one.id == "schedule_state")
    words = {code: text[language] for code, text in field.values.items()}
    told = {str(row[2]) for row in rows[: len(snapshot.content)]}  # what stands below are sums
    assert told and told <= set(words.values())
    apart = {str(row[1]): row[2:] for row in book.get_sheet_by_name(codes).to_python()[1:]}
    assert {words[code] for code in apart} == told
    assert all(list(pair) == [field.values[code].zh, field.values[code].en] for code, pair in apart.items())
    with zipfile.ZipFile(path) as archive:
        sheets = [archive.read(one).decode() for one in archive.namelist() if "worksheets/sheet" in one]
    assert len(sheets) > 3 and all('paperSize="9"' in one for one in sheets)


@pytest.mark.parametrize(
    ("language", "sheet", "of_id", "of_money", "of_land"),
    [
        ("zh", "字段", ["编号", "Id", "EPSG:4326"], ["万", "万"], ["亩", "mu"]),
        ("en", "Fields", ["编号", "Id", "EPSG:4326"], ["× 10,000", "万"], ["mu", "mu"]),
    ],
)
def test_a_sheet_says_what_its_columns_are_in_the_readers_words(
    tmp_path: Path, language: str, sheet: str, of_id: list[str], of_money: list[str], of_land: list[str]
) -> None:
    path = tmp_path / "f.xlsx"
    sent("xlsx", path, "projects", language=language, shape="none")
    book = python_calamine.load_workbook(path)
    told = {(row[1], row[2]): row for row in book.get_sheet_by_name(sheet).to_python()}
    assert told["", "id"][4:7] == of_id  # no property: it is called as the sheet calls it, and by no field
    assert [told["investment_value", "number"][at] for at in (3, 7)] == of_money
    assert [told["land_mu", "number"][at] for at in (3, 7)] == of_land
    notes = {row[0]: str(row[1]) for row in book.get_sheet_by_index(len(book.sheet_names) - 1).to_python()}
    zh, en = notes["文件 / document"].split(" / ")
    assert zh.startswith("江阴高新区") and en.startswith("Outline of the 14th")
    back = Library(write_plan(tmp_path / "plan"))
    bring(back, path)  # the unit comes home by its code, whichever language the sheet is in
    units = {one.id: one.unit for one in back.layer("new").fields}
    assert (units["investment_value"], units["land_mu"]) == ("万", "mu")


@pytest.mark.parametrize(
    ("parts", "stem"),
    [
        (("High-tech Zone: plan atlas 2021–2025", "Sites"), "High-tech Zone plan atlas 2021–2025_Sites"),
        (("A plan of many words that goes on and on to 2021–2025", "Sites"), "A plan of many words that goes on and on to_Sites"),
        (("规" * 60, "划" * 60), "规" * 48 + "_" + "划" * 31),  # 240 bytes
        (("", " . ", "Sites"), "Sites"),
    ],
)  # fmt: skip
def test_a_files_name_is_cut_between_words_and_fits_every_disk(parts: tuple[str, ...], stem: str) -> None:
    found = file_stem([Text(one, one) for one in parts], "en")
    assert found == stem and len(found.encode()) <= 240
