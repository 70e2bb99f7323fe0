"""Several tables on one sheet, and the lines of those who made it: one table is read, all else is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from layers.imports.joining import JoinWish, preview_join
from layers.imports.options import ImportOptions
from layers.imports.preview import preview
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import DEGREES, held, library, said, text_file

__all__ = ["library"]
FIRST = "名称,经度,纬度,面积\n甲,104.05,30.05,3\n乙,104.06,30.06,4\n"
SECOND = "街道,人口,户数,男\n东街,100,30,50\n西街,200,60,90\n"


@pytest.mark.parametrize(
    ("between", "row"), [("", 4), ("合计,,,7\n", 5), ("表2 人口,,,\n", 5), ("合计,,,7\n表2 人口,,,\n", 6)]
)
def test_a_second_table_is_not_read_under_the_head_of_the_first(
    library: Library, tmp_path: Path, between: str, row: int
) -> None:
    report = bring(library, text_file(tmp_path, FIRST + between + SECOND), **DEGREES)
    assert held(library).values("名称") == ["甲", "乙"] and held(library).values("面积") == [3, 4]
    assert f"another table begins at row {row} (街道, 人口, 户数, 男); it is not read" in said(report)
    assert "another table on the sheet" in [one.en for one in report.problems]


def test_in_excel_behind_an_empty_row_one_column_of_numbers_is_enough(library: Library, tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["名称", "经度", "纬度", "面积"],
        ["甲", 104.05, 30.05, 3],
        ["乙", 104.06, 30.06, 4],
        [],
    ]
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([*rows, ["街道", "人口"], ["东街", 100], ["西街", 200]]):
            sheet.write_row(at, 0, row)
    report = bring(library, tmp_path / "a.xlsx", **DEGREES)
    assert held(library).values("面积") == [3, 4]
    assert "say that row 5 is the header" in said(report)


def test_the_second_table_is_read_where_a_person_says_so(library: Library, tmp_path: Path) -> None:
    places = "点,经度,纬度,人口\n丙,104.07,30.07,100\n"
    path = text_file(tmp_path, FIRST + places)
    assert "another table begins at row 4" in said(bring(library, path, layer="one", **DEGREES))
    bring(library, path, **DEGREES, header_rows="4")
    assert held(library).values("点") == ["丙"] and held(library).values("人口") == [100]


@pytest.mark.parametrize(
    "more",
    [
        "丙,104.07,30.07,待定\n",
        "丙,,,待定\n丁,104.08,30.08,9\n",
        "名称,经度,纬度,面积\n丁,104.08,30.08,9\n",
        "待建,未知,不详,待定\n",
    ],
)
def test_what_is_no_second_table(library: Library, tmp_path: Path, more: str) -> None:
    assert "another table" not in said(bring(library, text_file(tmp_path, FIRST + more), **DEGREES))


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        (["名称,经度,纬度,面积,,街道,人口", "甲,104.05,30.05,3,,东街,100", "乙,104.06,30.06,4,,,"], "街道, 人口"),
        (
            ["街道,人口,,名称,经度,纬度,面积", "东,1,,甲,104.05,30.05,3", "西,2,,乙,104.06,30.06,4", "南,5,,,,,"],
            "街道, 人口",
        ),
        (["名称,经度,纬度,面积,,名称,人口", "甲,104.05,30.05,3,,东,1", "乙,104.06,30.06,4,,西,2"], "名称, 人口"),
    ],
)
def test_a_table_beside_another_is_not_joined_to_it_by_line(
    library: Library, tmp_path: Path, rows: list[str], kept: str
) -> None:
    if "东街" in rows[1]:
        rows = [*rows[:2], "丁,104.08,30.06,5,,西街,200", rows[2]]
    report = bring(library, text_file(tmp_path, "\n".join(rows) + "\n"), **DEGREES)
    assert set(held(library).names) == {"名称", "经度", "纬度", "面积"}
    assert report.placed == len(held(library)) == len(rows) - (2 if len(rows) > 3 and "南" in rows[3] else 1)
    assert f"another table stands beside this one ({kept}); it is not read" in said(report)


@pytest.mark.parametrize("key", ["街道", "人口"])
def test_a_table_beside_another_is_chosen_by_a_column_of_it(library: Library, tmp_path: Path, key: str) -> None:
    rows = [
        "名称,经度,纬度,,街道,人口,lon,lat",
        "甲,104.05,30.05,,东街,1,104.07,30.07",
        "乙,104.06,30.06,,西街,2,104.08,30.08",
    ]
    path = text_file(tmp_path, "\n".join([*rows, ",,,,南街,3,104.09,30.09"]) + "\n")
    assert "街道" not in held_after(library, path)
    assert set(held_after(library, path, layer="b", id_field=key)) == {"街道", "人口", "lon", "lat"}
    assert len(held(library, "b")) == 3


def test_the_tables_beside_each_other_are_listed_and_one_is_chosen(library: Library, tmp_path: Path) -> None:
    rows = [
        "名称,经度,纬度,,名称,经度,纬度,人口",
        "甲,104.05,30.05,,东街,104.07,30.07,1",
        "乙,104.06,30.06,,西街,104.08,30.08,2",
    ]
    path = text_file(tmp_path, "\n".join([*rows, ",,,,南街,104.09,30.09,3"]) + "\n")
    told = preview(library, path)
    assert (
        told["tables"] == ["名称、经度、纬度", "名称、经度、纬度、人口"] and told["reading"]["sheet_table"] == "1"
    )
    again = preview(library, path, ImportOptions(sheet_table="2"))
    assert again["reading"]["sheet_table"] == "2" and [one["name"] for one in again["fields"]][-1] == "人口"
    report = bring(library, path, **DEGREES, sheet_table="2")
    assert held(library).values("名称") == ["东街", "西街", "南街"] and held(library).values("人口") == [1, 2, 3]
    assert "say that table 1 is wanted" in said(report)


def test_of_tables_that_end_on_the_same_row_the_second_is_chosen_too(library: Library, tmp_path: Path) -> None:
    path = text_file(tmp_path, "n,lon,lat,,n,m\na,104.05,30.05,,b,1\n")
    told = preview(library, path, ImportOptions(sheet_table="2"))
    assert told["tables"] == ["n、lon、lat", "n、m"] and [one["name"] for one in told["fields"]] == ["n", "m"]


def test_a_sheet_of_one_table_lists_none(library: Library, tmp_path: Path) -> None:
    assert preview(library, text_file(tmp_path, FIRST))["tables"] == []


def held_after(library: Library, path: Path, layer: str = "new", **options: str) -> list[str]:
    bring(library, path, layer, **DEGREES, **options)
    return list(held(library, layer).names)


def test_an_empty_column_within_a_table_is_none_between_two(library: Library, tmp_path: Path) -> None:
    text = "名称,经度,纬度,,人口,户数\n甲,104.05,30.05,,1,100\n乙,104.06,30.06,,2,200\n"
    assert "another table" not in said(bring(library, text_file(tmp_path, text), **DEGREES))
    assert held(library).values("户数") == [100, 200]


@pytest.mark.parametrize(
    ("foot", "lines"),
    [
        ("填表人：张三,,审核：李四,制表日期：2023-01-01\n", 1),
        ("填表人,张三,审核人,李四\n", 1),
        ("单位负责人：,统计负责人：,填表人：王五,报出日期：2024年1月\n", 1),
        ("Prepared by: Li,,Checked by: Wang,Date: 2024-01-01\n", 1),
        ("注：数据截至2023年底,,,\n第1页,,,共2页\n", 2),
    ],
)
def test_the_line_of_who_made_it_is_a_note(library: Library, tmp_path: Path, foot: str, lines: int) -> None:
    report = bring(library, text_file(tmp_path, FIRST + foot), **DEGREES)
    assert held(library).values("名称") == ["甲", "乙"] and held(library).values("面积") == [3, 4]
    words = "1 line under the table is a note" if lines == 1 else f"{lines} lines under the table are notes"
    assert f"{words}; left out" in said(report)


def test_places_called_like_such_lines_stay(library: Library, tmp_path: Path) -> None:
    text = "名称,联系人,经度,纬度\n审核中心,填表人,104.05,30.05\n负责人办公室,审核人甲,104.06,30.06\n"
    bring(library, text_file(tmp_path, text), **DEGREES)
    assert len(held(library)) == 2


def test_of_a_table_without_places_too(library: Library, tmp_path: Path) -> None:
    path = text_file(
        tmp_path, "街道,人口,男,女\n东街,100,40,60\n街道,产值,税收,用电\n东街,7,1,2\n填表人：张三,,审核：李四,\n"
    )
    seen = preview_join(library, path, JoinWish(next(iter(library.catalog.layers)), "people"))
    assert seen["rows"] == 1
    assert "another table begins at row 3" in " ".join(note["en"] for note in seen["notes"])
