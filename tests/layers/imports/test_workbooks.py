"""What a workbook says beside its values: units and per cent in number formats, formulas never worked out."""

from __future__ import annotations

import re
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

__all__ = ["library"]
HEAD = ["名称", "经度", "纬度"]


def workbook(tmp_path: Path, fill: Callable[[Any, Any], None]) -> Path:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        fill(book, book.add_worksheet())
    return path


def without_values(path: Path) -> Path:
    """Write formulas as programs do that never work them out: with no value."""
    with zipfile.ZipFile(path) as old:
        members = {one: old.read(one) for one in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in members.items():
            new.writestr(name, re.sub(rb"</f><v>0</v>", b"</f><v></v>", data))
    return path


def units(library: Library) -> dict[str, str]:
    return {one.id: one.unit for one in library.layer("new").fields if one.id not in HEAD}


@pytest.mark.parametrize(
    ("code", "value", "read", "unit"),
    [
        ('0.00"万人"', 1.5, 1.5, "万人"),
        ("0.00%", 0.35, 35, "%"),
        ('#,##0.0"亩";-#,##0.0"亩"', 12.5, 12.5, "mu"),
        ('0!.0,"万元"', 12345, 12345, "元"),
        ('0.00,"千元"', 12345, 12345, "元"),
        ('0.0,"亩"', 12345, 12345, ""),
        ("[$¥-804]#,##0.00", 12.5, 12.5, "元"),
        ('"¥"#,##0', 12, 12, "元"),
        ("[$¥-411]#,##0", 12, 12, "日元"),
        ("[$$-409]#,##0.00", 12.5, 12.5, "美元"),
        ('"$"#,##0.00', 12.5, 12.5, "$"),
        ("00000", 123, "00123", ""),  # zeros before are of the number that people see
        ("[h]:mm", 1.5, "36:00:00", ""),
        ('0.0"期"', 2, 2, ""),
        ("0.00_);(0.00)", 2.5, 2.5, ""),
    ],
)
def test_a_unit_in_a_number_format(
    library: Library, tmp_path: Path, code: str, value: float, read: float | str, unit: str
) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, [*HEAD, "量"])
        for row in (1, 2):
            sheet.write_row(row, 0, ["a", 104.05, 30.05])
            sheet.write_number(row, 3, value, book.add_format({"num_format": code}))

    report = bring(library, workbook(tmp_path, fill), **DEGREES)
    assert held(library).values("量") == [read, read]
    assert units(library) == {"量": unit}
    assert ("shows the unit" in said(report)) == (unit not in ("", "%"))


def test_a_unit_shown_with_some_numbers_only_is_told(library: Library, tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, [*HEAD, "量"])
        sheet.write_row(1, 0, ["a", 104.05, 30.05, 3])
        sheet.write_row(2, 0, ["b", 104.06, 30.05])
        sheet.write_number(2, 3, 4, book.add_format({"num_format": '0"亩"'}))

    report = bring(library, workbook(tmp_path, fill), **DEGREES)
    assert held(library).values("量") == [3, 4]
    assert "number formats of 1 column show a unit with some numbers only; it is not taken" in said(report)


def test_an_old_workbook_shows_per_cent_and_units(library: Library) -> None:
    report = bring(library, FILES / "formats.xls", **DEGREES)
    assert held(library).values("占比") == [35, 36, 37]
    assert held(library).values("人口") == [1.5, 1.5, 1.5]
    assert units(library) == {"占比": "%", "人口": "万人"}
    assert "1 column shows the unit × 10,000 people by its number format" in said(report)


def test_formulas_without_a_value_are_told(library: Library, tmp_path: Path) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, [*HEAD, "面积"])
        for row in (1, 2):
            sheet.write_row(row, 0, ["a", 104.05, 30.05])
            sheet.write_formula(row, 3, "=1+2")

    report = bring(library, without_values(workbook(tmp_path, fill)), **DEGREES)
    assert held(library).values("面积") == [None, None]
    assert "2 formulas have no value kept with them; read as empty. Open the file in Excel, save it" in said(
        report
    )


def test_noughts_that_were_never_worked_out_are_told(library: Library, tmp_path: Path) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, [*HEAD, "面积"])
        for row in (1, 2):
            sheet.write_row(row, 0, ["a", 104.05, 30.05])
            sheet.write_formula(row, 3, "=1+2")

    assert "all 2 formulas have the value 0" in said(bring(library, workbook(tmp_path, fill), **DEGREES))


def test_values_of_formulas_are_read_without_a_word(library: Library, tmp_path: Path) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, [*HEAD, "面积"])
        for row in (1, 2):
            sheet.write_row(row, 0, ["a", 104.05, 30.05])
            sheet.write_formula(row, 3, "=1+2", None, 3 * (row - 1))

    assert "formulas" not in said(bring(library, workbook(tmp_path, fill), **DEGREES))
    assert held(library).values("面积") == [0, 3]


def test_coordinates_that_are_formulas_without_a_value_say_what_to_do(library: Library, tmp_path: Path) -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, HEAD)
        sheet.write_string(1, 0, "a")
        sheet.write_formula(1, 1, "=100+4.05")
        sheet.write_formula(1, 2, "=30.05")

    with pytest.raises(UnreadableFile, match="open it in Excel, save it") as error:
        bring(library, without_values(workbook(tmp_path, fill)), **DEGREES)
    assert "请在 Excel 中打开并保存后再导入" in error.value.message("zh")
