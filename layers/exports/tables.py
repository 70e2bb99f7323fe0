"""The formats without geometry types: CSV and XLSX with the shape as WKT; text from data stays text."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import shapely
import xlsxwriter

from geo.text import Text
from layers.exports.bundle import Parcel

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_SHEET_ROWS, _CELL = 1_048_576, 32_767
_WHEN = datetime(2000, 1, 1)


class TooManyRows(Exception):
    """A sheet cannot hold that many features."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.zh = f"工作表最多 {_SHEET_ROWS - 1:,} 行，图层有 {count:,} 个要素；请用 CSV 或 GeoPackage"
        self.en = (
            f"a sheet has {_SHEET_ROWS - 1:,} rows at most, the layer {count:,} features; use CSV or GeoPackage"
        )


def harmless(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers.

    Examples
    --------
    >>> harmless("=1+1"), harmless(-2.5)
    ("'=1+1", -2.5)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value


def write_csv(parcel: Parcel, out: Path) -> None:
    """Write CSV in UTF-8 with a byte-order mark, geometry as WKT, provenance in the last column of each row."""
    about = parcel.about
    mark = f"{about['layer']} {about['version'][:16]} {parcel.crs} {about['source']['zh']} {about['software']}"
    guarded = 0
    with out.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([*(harmless(h) for h in _headings(parcel)), "planatlas"])
        for row in _rows(parcel):
            cells = [harmless("" if v is None else v) for v in row]
            guarded += sum(cell is not v and v is not None for cell, v in zip(cells, row, strict=True))
            writer.writerow([*cells, mark])
    if guarded:
        zh = f"{guarded} 个单元格以公式符号开头，前加单引号"
        parcel.notes.append(Text(zh, f"{guarded} cells begin like a formula; an apostrophe stands before them"))


def write_xlsx(parcel: Parcel, out: Path) -> None:
    """Write a workbook: the features, geometry as WKT, and a second sheet with the provenance."""
    if len(parcel.content) >= _SHEET_ROWS:
        raise TooManyRows(len(parcel.content))
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(out), {"constant_memory": True, **safe})
    book.set_properties({"created": _WHEN})
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet = book.add_worksheet("数据 data")
    for i, heading in enumerate(_headings(parcel)):
        sheet.write_string(0, i, heading, bold)
    long = 0
    for r, row in enumerate(_rows(parcel), 1):
        for c, value in enumerate(row):
            if isinstance(value, bool):
                sheet.write_boolean(r, c, value)
            elif isinstance(value, int | float):
                sheet.write_number(r, c, value)
            elif value is not None and len(value) <= _CELL:
                sheet.write_string(r, c, value)
            else:
                long += value is not None
    if long:
        zh = f"{long} 个值（多为几何）超过单元格上限 {_CELL} 字符，留空"
        en = f"{long} values, mostly shapes, are longer than a cell's {_CELL} characters and are left empty"
        parcel.notes.append(Text(zh, en))
    page = book.add_worksheet("说明 notes")
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 110)
    for r, (name, value) in enumerate(parcel.lines()):
        page.write_string(r, 0, name, bold)
        page.write_string(r, 1, value)
    book.close()


def _headings(parcel: Parcel) -> list[str]:
    return ["feature_id", *parcel.content.names, "wkt"]


def _rows(parcel: Parcel) -> Iterator[list[Any]]:
    content = parcel.content
    for i, row in enumerate(content.rows()):
        shape = content.geometry[i]
        wkt = None if shape is None else shapely.to_wkt(shape, rounding_precision=-1)
        yield [str(content.ids[i]), *(_cell(row[name]) for name in content.names), wkt]


def _cell(value: object) -> object:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return orjson.dumps(value, default=str).decode()
