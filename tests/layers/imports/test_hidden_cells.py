"""What a sheet hides is read and told, or left out where a person says so; what is under a password says so."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from layers.imports.errors import UnreadableFile
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import DEGREES, FILES, held, library, said
from tests.layers.imports.test_other_formats import ROW, cell, open_sheet

__all__ = ["library"]
HEAD = ["名称", "经度", "纬度", "面积", "电话"]


def workbook(tmp_path: Path, hide: Callable[[Any, Any], None], rows: int = 8) -> Path:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("表")
        sheet.write_row(0, 0, HEAD)
        for i in range(1, rows + 1):
            sheet.write_row(i, 0, [f"p{i}", 104.05 + i / 1000, 30.05, i * 10, f"138{i}"])
        hide(book, sheet)
    return tmp_path / "a.xlsx"


def three_and_a_column(book: Any, sheet: Any) -> None:
    for row in (3, 6, 7):
        sheet.set_row(row, None, None, {"hidden": True})
    sheet.set_row(100, None, None, {"hidden": True})
    sheet.set_column(4, 4, None, None, {"hidden": True})
    sheet.set_column(7, 16383, None, None, {"hidden": True})  # nothing stands there


def by_a_filter(book: Any, sheet: Any) -> None:
    sheet.autofilter(0, 0, 8, 4)
    sheet.filter_column(3, "x < 80")
    sheet.set_row(8, None, None, {"hidden": True})


def in_a_group(book: Any, sheet: Any) -> None:
    for row in (2, 3, 4):
        sheet.set_row(row, None, None, {"level": 1, "hidden": True})


@pytest.mark.parametrize(
    ("hide", "told", "left"),
    [
        (three_and_a_column, "3 hidden rows (4, 7-8) and 1 hidden column (E) are", [10, 20, 40, 50, 80]),
        (by_a_filter, "1 hidden row, where a filter is on (9) is", [10, 20, 30, 40, 50, 60, 70]),
        (in_a_group, "3 hidden rows (3-5) are", [10, 50, 60, 70, 80]),
    ],
)
def test_what_is_hidden_is_read_and_told_or_left_out(
    library: Library, tmp_path: Path, hide: Callable[[Any, Any], None], told: str, left: list[int]
) -> None:
    path = workbook(tmp_path, hide)
    report = bring(library, path, layer="all", **DEGREES)
    assert held(library, "all").values("面积") == [10, 20, 30, 40, 50, 60, 70, 80]
    assert held(library, "all").values("电话")[0] == "1381"
    assert f"{told} read like the others" in said(report)
    report = bring(library, path, hidden="leave_out", **DEGREES)
    assert held(library).values("面积") == left
    assert ("电话" in held(library).properties.schema.names) == (hide is not three_and_a_column)
    assert [one.count for one in report.problems if one.en == "hidden rows"] == [8 - len(left)]


def test_a_sheet_without_anything_hidden_says_nothing(library: Library, tmp_path: Path) -> None:
    report = bring(library, workbook(tmp_path, lambda book, sheet: sheet.set_row(50, 40)), **DEGREES)
    assert "hidden" not in said(report)


def test_other_sheets_that_are_hidden_are_named(library: Library, tmp_path: Path) -> None:
    path = workbook(tmp_path, lambda book, sheet: book.add_worksheet("底稿").hide())
    assert "several sheets: 表, 底稿 (hidden: 底稿); 表 was read" in said(bring(library, path, **DEGREES))


def test_an_old_workbook_hides_as_a_new_one(library: Library) -> None:
    report = bring(library, FILES / "hidden.xls", layer="all", **DEGREES)
    assert "3 hidden rows (4, 7-8) and 1 hidden column (E) are read" in said(report)
    bring(library, FILES / "hidden.xls", hidden="leave_out", **DEGREES)
    assert held(library).values("面积") == [10, 20, 40, 50, 80]


def test_an_open_document_sheet_hides_rows_and_columns(library: Library, tmp_path: Path) -> None:
    columns = '<table:table-column table:number-columns-repeated="3"/><table:table-column table:visibility="{}"/>'
    rows = ROW.format(times="", cells="".join(cell(one) for one in ["名称", "经度", "纬度", "内部"]))
    for name, seen in (("甲", "visible"), ("乙", "filter"), ("丙", "collapse")):
        cells = cell(name) + cell(104.05) + cell(30.05) + cell(1)
        rows += ROW.format(times=f' table:visibility="{seen}"', cells=cells)
    path = open_sheet(tmp_path / "a.ods", columns.format("collapse") + rows)
    told = "2 hidden rows, where a filter is on (3-4) and 1 hidden column (D) are "
    assert told + "read" in said(bring(library, path, layer="all", **DEGREES))
    assert told + "left out" in said(bring(library, path, hidden="leave_out", **DEGREES))
    assert held(library).values("名称") == ["甲"] and "内部" not in held(library).properties.schema.names


def flat(tmp_path: Path, cells: str) -> Path:
    path = tmp_path / "a.fods"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<office:document\n'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"\n'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"\n'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"\n'
        ' office:mimetype="application/vnd.oasis.opendocument.spreadsheet">\n'
        " <office:meta>\n  <meta>x</meta>\n </office:meta>\n <office:body>\n  <office:spreadsheet>\n"
        f'   <table:table table:name="点">\n{cells}\n   </table:table>\n  </office:spreadsheet>\n </office:body>\n'
        "</office:document>\n",
        "utf-8",
    )
    return path


def test_a_flat_open_document_sheet_is_a_sheet(library: Library, tmp_path: Path) -> None:
    row = "    <table:table-row>\n     {}\n    </table:table-row>\n"
    rows = row.format("\n     ".join(cell(one) for one in ["编号", "经度", "纬度", "绿地率"]))
    rate = cell(0.35, kind="percentage")
    rows += row.format(cell("007") + "\n     " + cell(104.05) + cell(30.05) + rate)
    bring(library, flat(tmp_path, rows), **DEGREES)
    assert held(library).values("编号") == ["007"] and held(library).values("绿地率") == [35]


def test_a_flat_sheet_that_is_cut_off_says_so(library: Library, tmp_path: Path) -> None:
    path = flat(tmp_path, "<table:table-row>")
    with pytest.raises(UnreadableFile, match="damaged or cut off"):
        bring(library, path, **DEGREES)


def locked_xls(tmp_path: Path) -> Path:
    data = bytearray((FILES / "hidden.xls").read_bytes())
    begin = data.index(b"\x09\x08\x10\x00\x00\x06\x05\x00") + 20  # what follows the globals' BOF
    data[begin : begin + 2] = b"\x2f\x00"  # FILEPASS
    (tmp_path / "a.xls").write_bytes(data)
    return tmp_path / "a.xls"


def locked_ods(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
        archive.writestr("content.xml", bytes(range(256)))
    return tmp_path / "a.ods"


@pytest.mark.parametrize("locked", [locked_xls, locked_ods])
def test_a_workbook_under_a_password_says_so_and_what_to_do(
    library: Library, tmp_path: Path, locked: Callable[[Path], Path]
) -> None:
    with pytest.raises(UnreadableFile, match="under a password; open it with that in Excel, save it without one"):
        bring(library, locked(tmp_path), **DEGREES)


@pytest.mark.parametrize("zipped", [False, True])
def test_a_binary_workbook_is_named(library: Library, tmp_path: Path, zipped: bool) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsb", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.bin", b"\x81\x01\x00")
    if zipped:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.write(tmp_path / "a.xlsb", "数据/a.xlsb")
    with pytest.raises(UnreadableFile, match=r"a binary workbook \(xlsb\); save it as xlsx"):
        bring(library, tmp_path / ("a.zip" if zipped else "a.xlsb"), **DEGREES)
