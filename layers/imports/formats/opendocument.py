"""What the reader of sheets does not tell of an OpenDocument one: its reach, what is merged, what is in per cent.

References
----------
OpenDocument 1.3, part 3: 9.1 (tables, rows and cells, repeated ones are written once), 19.385 (value types).
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass

from lxml import etree

from layers.imports.draft import refuse_file

Cells = frozenset[tuple[int, int]]
Merged = tuple[tuple[int, int], tuple[int, int]]  # the first and the last cell, rows and columns from 0
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TYPE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
_SHEET = f"{_TABLE}table"
_ROW, _CELLS = f"{_TABLE}table-row", (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_MOST = 8_000_000  # cells of a sheet, empty ones before the last included
_LARGEST = 256 << 20  # bytes of the part with all sheets
_SAFE: dict[str, bool] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
_CONTENT = "content.xml"


@dataclass(frozen=True)
class OpenSheet:
    """Of one sheet: its percentages, as rows and columns from 0, and what is merged."""

    percents: Cells = frozenset()
    merged: tuple[Merged, ...] = ()


def is_open_sheet(members: tuple[str, ...]) -> bool:
    """Tell whether a zip's members are those of an OpenDocument file."""
    return {_CONTENT, "mimetype", "META-INF/manifest.xml"} <= set(members)


def open_sheets(archive: zipfile.ZipFile, file: str) -> dict[str, OpenSheet]:
    """Return what is told of each sheet by its name.

    Raises
    ------
    UnreadableFile
        It is no sheet, or one of its sheets reaches so far that its cells fill the memory.
    """
    if b"spreadsheet" not in archive.read("mimetype")[:100]:
        raise refuse_file(file, "不是电子表格（ods）", "it is no spreadsheet (ods)")
    if archive.getinfo(_CONTENT).file_size > _LARGEST:
        raise refuse_file(file, "工作表过大，请另存为 xlsx", "its sheets are too large; save it as xlsx")
    found: dict[str, OpenSheet] = {}
    name, sheet = "", _Sheet(file)
    try:
        with archive.open(_CONTENT) as content:
            for event, one in etree.iterparse(content, events=("start", "end"), tag=(_SHEET, _ROW), **_SAFE):
                if event == "end" and one.tag == _ROW:
                    sheet.add(one)
                    one.clear()
                elif event == "start" and one.tag == _SHEET:
                    name, sheet = str(one.get(f"{_TABLE}name") or ""), _Sheet(file)
                elif event == "end":
                    found[name] = OpenSheet(frozenset(sheet.percents), tuple(sheet.merged))
                    one.clear()
    except etree.XMLSyntaxError as error:
        raise refuse_file(file, "文件损坏（content.xml）", "it is damaged (content.xml)") from error
    return found


class _Sheet:
    """Takes the rows of a sheet from above."""

    def __init__(self, file: str) -> None:
        self._file, self._top, self._reach = file, 0, 0
        self.percents: set[tuple[int, int]] = set()
        self.merged: list[Merged] = []

    def add(self, row: etree._Element) -> None:
        """Take a row, as often as it is repeated."""
        times, left = _times(row, "rows-repeated"), 0
        for cell in row:
            if cell.tag not in _CELLS:
                continue
            wide, kind = _times(cell, "columns-repeated"), cell.get(_TYPE)
            if kind:
                self._reach = max(self._reach, left + wide)
                self._refuse_far(self._top + times)
            if kind == "percentage":
                top = self._top
                self.percents |= {(top + r, left + c) for r in range(times) for c in range(wide)}
            down, right = _times(cell, "rows-spanned"), _times(cell, "columns-spanned")
            if down > 1 or right > 1:
                self.merged.append(((self._top, left), (self._top + down - 1, left + right - 1)))
            left += wide
        self._top += times

    def _refuse_far(self, rows: int) -> None:
        if rows * self._reach > _MOST:
            zh = f"工作表的范围达到 {rows:,} 行 × {self._reach:,} 列；请删除远处的单元格后重试"
            en = f"a sheet reaches over {rows:,} rows x {self._reach:,} columns; delete the cells far out"
            raise refuse_file(self._file, zh, en)


def _times(one: etree._Element, what: str) -> int:
    text = str(one.get(f"{_TABLE}number-{what}") or "1")
    return max(int(text), 1) if text.isdecimal() and len(text) < 10 else 1
