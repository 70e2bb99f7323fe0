"""Tables made to be printed: groups with subtotals, headers on every page, units over groups of columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from layers.imports.tables.headings import heading_of
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import DEGREES, held, library, points, said, text_file

__all__ = ["library"]
HEAD = ["片区", "地块", "经度", "纬度", "面积"]


def sheet_file(tmp_path: Path, fill: Callable[[Any], None]) -> Path:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    fill(book.add_worksheet())
    book.close()
    return path


def fields(library: Library) -> dict[str, Any]:
    return {one.id: one for one in library.layer("new").fields}


def test_the_subtotal_of_a_group_whose_name_is_merged_over_it_is_no_feature(
    library: Library, tmp_path: Path
) -> None:
    def fill(sheet: Any) -> None:
        rows = [HEAD, ["", "a", 104.05, 30.05, 1], ["", "b", 104.06, 30.06, 2], ["", "小计", "", "", 3]]
        for at, row in enumerate([*rows, ["西区", "合计路站", 104.07, 30.07, 5], ["总计", "", "", "", 8]]):
            sheet.write_row(at, 0, row)
        sheet.merge_range(1, 0, 3, 0, "东区")

    report = bring(library, sheet_file(tmp_path, fill), **DEGREES)
    assert held(library).values("面积") == [1, 2, 5]
    assert held(library).values("片区") == ["东区", "东区", "西区"]
    assert "2 total rows are no features" in said(report)


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ("东区,小计,,,3", False),
        ("东区,Subtotal:,,,3", False),
        ("东区,待定,,,3", True),
        ("东区,见合计,,,3", True),
        ("东区,小计,104.08,30.08,3", True),
    ],
)
def test_a_subtotal_stands_behind_its_group(library: Library, tmp_path: Path, row: str, kept: bool) -> None:
    text = f"{','.join(HEAD)}\n东区,a,104.05,30.05,1\n{row}\n"
    bring(library, text_file(tmp_path, text), **DEGREES)
    assert held(library).values("面积") == ([1, 3] if kept else [1])


@pytest.mark.parametrize("totals", ["", "none"])
def test_a_header_printed_on_every_page_is_no_feature(library: Library, tmp_path: Path, totals: str) -> None:
    text = "名称,经度,纬度,面积\n甲,104.05,30.05,1\n名称,经度,纬度,面积\n乙,104.06,30.06,2\n"
    report = bring(library, text_file(tmp_path, text), **DEGREES, **({"totals": totals} if totals else {}))
    if totals:  # every row is a feature, as was said
        assert held(library).values("面积") == ["1", "面积", "2"]
        return
    assert held(library).values("面积") == [1, 2]
    assert "1 row says the header once more; left out (row 3)" in said(report)


def test_a_unit_over_a_group_is_that_of_its_columns(library: Library, tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        for column, name in enumerate(["名称", "经度", "纬度"]):
            sheet.merge_range(0, column, 1, column, name)
        sheet.merge_range(0, 3, 0, 6, "投资（万元）")
        sheet.write_row(1, 3, ["总投资", "其中：外资（万美元）", "来源", "占比（%）"])
        sheet.write_row(2, 0, ["甲", 104.05, 30.05, 1200.5, 3, "自筹", 40])
        sheet.write_row(3, 0, ["乙", 104.06, 30.06, 800, 4, "贷款", 60])

    report = bring(library, sheet_file(tmp_path, fill), **DEGREES)
    known = fields(library)
    told = [(one.type, one.unit) for name, one in known.items() if name not in ("名称", "经度", "纬度")]
    assert told == [("number", "万元"), ("integer", "万美元"), ("text", ""), ("integer", "%")]
    assert "the unit of column 总投资 is in its heading: × 10,000 CNY" in said(report)


def test_a_unit_at_the_end_of_a_heading(library: Library, tmp_path: Path) -> None:
    bring(
        library,
        text_file(tmp_path, "名称,经度,纬度,建筑面积㎡,条件m2x,占地：亩\n甲,104.05,30.05,12.5,3,4\n"),
        **DEGREES,
    )
    told = [(one.id, one.unit) for one in fields(library).values()][3:]
    assert told == [("建筑面积㎡", "m2"), ("条件m2x", ""), ("占地：亩", "mu")]


def test_numbers_with_a_plus_are_told_to_stay_text(library: Library, tmp_path: Path) -> None:
    report = bring(
        library, text_file(tmp_path, "name,lon,lat,v\na,104.05,30.05,+3000\nb,104.06,30.06,5\n"), **DEGREES
    )
    assert held(library).values("v") == ["+3000", "5"]
    assert "column v stays text: +3000 may be a code" in said(report)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["约12", "≥5", "3"], True),
        (["5~8", "30以上", "10至20"], True),
        (["1-2", "3-5", "A"], False),
        (["约克公园", "近江路", "超市"], False),
    ],
)
def test_what_is_about_a_number_is_told_to_stay_text(
    library: Library, tmp_path: Path, cells: list[str], told: bool
) -> None:
    rows = "".join(f"{104.05 + at / 100},30.05,{one}\n" for at, one in enumerate(cells))
    report = bring(library, text_file(tmp_path, f"lon,lat,v\n{rows}"), **DEGREES)
    assert held(library).values("v") == cells
    assert ("v stays text: most of it is about a number" in said(report)) == told


@pytest.mark.parametrize(
    ("names", "family"),
    [
        (("経度", "緯度"), "lonlat"),
        (("Längengrad", "Breitengrad"), "lonlat"),
        (("долгота", "широта"), "lonlat"),
        (("경도", "위도"), "lonlat"),
        (("Rechtswert", "Hochwert"), "plane"),
        (("Pituusaste", "Leveysaste"), "lonlat"),
        (("boylam", "enlem"), "lonlat"),
    ],
)
def test_coordinates_are_known_in_other_languages(names: tuple[str, str], family: str) -> None:
    found = [heading_of(name) for name in names]
    assert [(one.axis, one.family) for one in found if one] == [("x", family), ("y", family)]


def test_a_korean_table_is_placed(library: Library, tmp_path: Path) -> None:
    bring(library, text_file(tmp_path, "이름,경도,위도\n공원,104.05,30.05\n"), **DEGREES)
    assert points(library) == [(104.05, 30.05)]
