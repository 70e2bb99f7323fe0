"""What the reader of sheets does not tell of an OpenDocument one: its reach, what is merged, what is in per cent.

References
----------
OpenDocument 1.3, part 3: 9.1 (tables, rows and cells, repeated ones are written once), 19.385 (value types).
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from layers.imports.draft import refuse_file
from layers.imports.errors import UnreadableFile
from layers.imports.formats.excel_hidden import NOTHING_HIDDEN, Hidden

Cells = frozenset[tuple[int, int]]
Merged = tuple[tuple[int, int], tuple[int, int]]  # the first and the last cell, rows and columns from 0
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TYPE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
_SHEET = f"{_TABLE}table"
_ROW, _COLUMN, _CELLS = (
    f"{_TABLE}table-row",
    f"{_TABLE}table-column",
    (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"),
)
_SEEN, _FARTHEST = f"{_TABLE}visibility", 16_384
_MOST = 8_000_000  # cells of a sheet, empty ones before the last included
_LARGEST = 256 << 20  # bytes of the part with all sheets
_LARGEST_FLAT = 64 << 20  # bytes
_SAFE: dict[str, bool] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_HEAD = 200_000  # bytes of the manifest looked at
_MARKS = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True)
class OpenSheet:
    """Of one sheet: its percentages, as rows and columns from 0, what is merged and what is hidden."""

    percents: Cells = frozenset()
    merged: tuple[Merged, ...] = ()
    hidden: Hidden = NOTHING_HIDDEN


def is_open_sheet(members: tuple[str, ...]) -> bool:
    """Tell whether a zip's members are those of an OpenDocument file."""
    return {_CONTENT, "mimetype", _MANIFEST} <= set(members)


def is_flat_sheet(head: bytes) -> bool:
    """Tell whether a file that begins so is a sheet of OpenDocument written as one XML (fods)."""
    return head.lstrip(_MARKS).startswith(b"<") and b"<office:document" in head and b"spreadsheet" in head


def unfold_flat(path: Path, out: Path, file: str) -> None:
    """Write a flat sheet as the archive it would be: its one document has all that stands in the parts of one.

    Raises
    ------
    UnreadableFile
        It is no XML to its end, or too large.
    """
    if path.stat().st_size > _LARGEST_FLAT:
        raise refuse_file(file, "工作表过大，请另存为 xlsx", "its sheets are too large; save it as xlsx")
    try:
        safe = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=True)
        content = etree.parse(path, safe)  # written with indents, which are no text
    except etree.XMLSyntaxError as error:
        raise refuse_file(file, "文件损坏，或被截断", "it is damaged or cut off") from error
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(_CONTENT, etree.tostring(content))
        archive.writestr(_MANIFEST, "<manifest/>")


def under_a_password(file: str) -> UnreadableFile:
    """Return the error of a workbook that is under a password."""
    zh = "有密码保护；请在 Excel（或 WPS）中用密码打开，另存为不带密码的文件后再导入"
    en = "it is under a password; open it with that in Excel, save it without one, and bring it in again"
    return refuse_file(file, zh, en)


def open_sheets(archive: zipfile.ZipFile, file: str) -> dict[str, OpenSheet]:
    """Return what is told of each sheet by its name.

    Raises
    ------
    UnreadableFile
        It is no sheet, under a password, or one of its sheets reaches so far that its cells fill the memory.
    """
    if b"spreadsheet" not in archive.read("mimetype")[:100]:
        raise refuse_file(file, "不是电子表格（ods）", "it is no spreadsheet (ods)")
    if b"encryption-data" in archive.read(_MANIFEST)[:_HEAD]:
        raise under_a_password(file)
    if archive.getinfo(_CONTENT).file_size > _LARGEST:
        raise refuse_file(file, "工作表过大，请另存为 xlsx", "its sheets are too large; save it as xlsx")
    found: dict[str, OpenSheet] = {}
    name, sheet = "", _Sheet(file)
    try:
        with archive.open(_CONTENT) as content:
            for event, one in etree.iterparse(
                content, events=("start", "end"), tag=(_SHEET, _ROW, _COLUMN), **_SAFE
            ):
                if event == "end" and one.tag == _COLUMN:
                    sheet.add_column(one)
                elif event == "end" and one.tag == _ROW:
                    sheet.add(one)
                    one.clear()
                elif event == "start" and one.tag == _SHEET:
                    name, sheet = str(one.get(f"{_TABLE}name") or ""), _Sheet(file)
                elif event == "end":
                    found[name] = OpenSheet(frozenset(sheet.percents), tuple(sheet.merged), sheet.hidden)
                    one.clear()
    except etree.XMLSyntaxError as error:
        raise refuse_file(file, "文件损坏（content.xml）", "it is damaged (content.xml)") from error
    return found


class _Sheet:
    """Takes the rows of a sheet from above."""

    def __init__(self, file: str) -> None:
        self._file, self._top, self._reach, self._columns = file, 0, 0, 0
        self.percents: set[tuple[int, int]] = set()
        self.merged: list[Merged] = []
        self._unseen: tuple[set[int], set[int]] = (set(), set())  # rows, columns
        self._filtered = False

    @property
    def hidden(self) -> Hidden:
        """What the sheet does not show."""
        return Hidden(frozenset(self._unseen[0]), frozenset(self._unseen[1]), self._filtered)

    def add_column(self, column: etree._Element) -> None:
        """Take a column, as often as it is repeated."""
        times = _times(column, "columns-repeated")
        if column.get(_SEEN, "visible") != "visible":
            self._unseen[1].update(range(self._columns, min(self._columns + times, _FARTHEST)))
        self._columns += times

    def add(self, row: etree._Element) -> None:
        """Take a row, as often as it is repeated."""
        times, left, seen = _times(row, "rows-repeated"), 0, row.get(_SEEN, "visible")
        for cell in row:
            if cell.tag not in _CELLS:
                continue
            wide, kind = _times(cell, "columns-repeated"), cell.get(_TYPE)
            if kind:
                self._reach = max(self._reach, left + wide)
                self._refuse_far(self._top + times)
                if seen != "visible":
                    self._unseen[0].update(range(self._top, self._top + times))
                    self._filtered = self._filtered or seen == "filter"
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
