"""Excel and OpenDocument sheets: values only, no formula is run; merged cells, dates, long numbers as meant."""

from __future__ import annotations

import mmap
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

from geo.text import Text
from layers.imports.draft import Draft, refused
from layers.imports.errors import UnreadableFile
from layers.imports.formats.excel_styles import percent_cells
from layers.imports.formats.opendocument import Cells, Merged, is_open_sheet, open_sheets
from layers.imports.formats.registry import ImportFormat, Source, register_format
from layers.imports.tables import Sheet, asks_where, read_table

_CELL = re.compile(rb"""\sr=["']([A-Z]{0,3})(\d{1,7})["']""")
_ERROR = re.compile(rb"""<c\s[^>]*\bt=["']e["']""")
_CELLS = 40_000_000  # of one sheet, empty ones included
_ROWS = 1_048_576  # of a sheet, at most
_EXCEL_DIGITS = 15
_MOST_TRIED = 20  # sheets looked at for one with places
_OLD = b"\xd0\xcf\x11\xe0"  # a compound file: xls, doc, and a workbook under a password
_OLD_CELLS = 8_000_000  # of a sheet of an old workbook
_LOCKED, _BOOKS = (
    "EncryptedPackage".encode("utf-16-le"),
    ["Workbook".encode("utf-16-le"), "Book".encode("utf-16-le")],
)


def read_excel(source: Source) -> Draft:
    """Read one sheet of an Excel file: the one that is wanted, else the first whose rows have a place."""
    from python_calamine import (  # noqa: PLC0415 - only for Excel files
        CalamineError,
        CalamineWorkbook,
        SheetVisibleEnum,
    )

    looked = _looked_at(source)
    try:
        book = CalamineWorkbook.from_path(str(source.path))
        hidden = frozenset(one.name for one in book.sheets_metadata if one.visible != SheetVisibleEnum.Visible)
        names = tuple(sorted(book.sheet_names, key=hidden.__contains__))  # what its maker hid stands last
        wanted = source.options.sublayer
        if wanted and wanted not in names:
            known = ", ".join(names)
            raise refused(
                source.name, f"没有工作表 {wanted}；有 {known}", f"it has no sheet {wanted}; it has {known}"
            )
        reason: UnreadableFile | None = None
        asked: Draft | None = None
        for name in [wanted] if wanted else names[:_MOST_TRIED]:
            sheet = book.get_sheet_by_name(name)
            if not source.archive and sheet.total_height * sheet.total_width > _OLD_CELLS:
                raise _too_far(source.name, sheet.total_height, sheet.total_width)
            values = _as_shown(sheet.to_python(skip_empty_area=False), looked.percents.get(name, frozenset()))
            about = _About(names, hidden, looked.errors, _of_old(values) if looked.old else ())
            try:
                draft = _read(source, name, about, values, sheet.merged_cell_ranges or looked.merged.get(name, ()))
            except UnreadableFile as error:
                reason = reason or error
                continue
            if not asks_where(draft):
                return draft
            asked = asked or draft
        if asked is not None:
            return asked
    except CalamineError as error:
        raise refused(
            source.name, f"不是完好的 Excel 文件（{error}）", f"it is no sound Excel file ({error})"
        ) from error
    raise reason or refused(source.name, "没有工作表", "it has no sheet")


@dataclass(frozen=True)
class _Looked:
    """What the bytes of a workbook say: cells shown in per cent, errors of Excel, whether it is an old one."""

    percents: dict[str, Cells]
    merged: dict[str, tuple[Merged, ...]]
    errors: int = 0
    old: bool = False


@dataclass(frozen=True)
class _About:
    """A workbook: its sheets, those hidden, how many cells hold an error of Excel, what else is to be said."""

    names: tuple[str, ...]
    hidden: frozenset[str]
    errors: int
    notes: tuple[Text, ...] = ()


def _looked_at(source: Source) -> _Looked:
    """Look through a workbook before it is opened.

    Raises
    ------
    UnreadableFile
        It is under a password, no sheet, or one reaches too far.
    """
    if not source.archive:
        if _holds(source.path, [_LOCKED]):
            raise refused(
                source.name, "有密码保护，请去掉密码后再导入", "it is under a password; take that off first"
            )
        return _Looked({}, {}, old=True)
    with zipfile.ZipFile(source.path) as archive:
        if is_open_sheet(source.members):
            told = open_sheets(archive, source.name)
            return _Looked(
                {n: one.percents for n, one in told.items()}, {n: one.merged for n, one in told.items()}
            )
        errors = _looked_through(archive, source.name)
        return _Looked(percent_cells(archive), {}, errors)


def _holds(path: Path, words: Sequence[bytes]) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
        return any(held.find(word) >= 0 for word in words)


def _of_old(values: Sequence[Sequence[object]]) -> tuple[Text, ...]:
    """Return what is to be said where shares of one stand in an old workbook: how it shows them is not read."""
    some = next((v for row in values for v in row if isinstance(v, float) and 0 < abs(v) < 1), None)
    if some is None:
        return ()
    return (
        Text(
            f"旧版 xls 的数字格式未读：显示为百分比的数按存储值读取（如 {some:g}）",
            f"formats of an old xls are not read: what it shows in per cent is as stored, such as {some:g}",
        ),
    )


def _too_far(file: str, rows: int, columns: int) -> UnreadableFile:
    zh = f"工作表的范围达到 {rows:,} 行 × {columns:,} 列；请删除远处的空单元格后重试"
    return refused(
        file, zh, f"a sheet reaches over {rows:,} rows x {columns:,} columns; delete the stray cells far out"
    )


def _as_shown(
    values: Sequence[Sequence[object]], percents: frozenset[tuple[int, int]]
) -> Sequence[Sequence[object]]:
    """Return a sheet's values with what Excel shows in per cent written so: 0.35 is 35%."""
    if not percents:
        return values
    out = [list(row) for row in values]
    for row, column in percents:
        value = out[row][column] if row < len(out) and column < len(out[row]) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            out[row][column] = f"{float(f'{value * 100:.12g}'):.15g}%"
    return out


def _read(
    source: Source,
    name: str,
    about: _About,
    values: Sequence[Sequence[object]],
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]],
) -> Draft:
    notes = list(about.notes)
    names, errors = about.names, about.errors
    if name in about.hidden:
        notes.append(Text(f"工作表 {name} 是隐藏的", f"the sheet {name} is a hidden one"))
    if errors:
        zh = f"工作簿有 {errors} 个单元格是 Excel 的错误值（如 #N/A），读作空"
        notes.append(
            Text(zh, f"{errors} cells of the workbook hold an error of Excel, such as #N/A; read as empty")
        )
    rows = [[_cell(one) for one in row] for row in values]
    long = [
        one
        for row in values
        for one in row
        if isinstance(one, int | float) and not isinstance(one, bool) and abs(one) >= 10**_EXCEL_DIGITS
    ]
    if long:
        zh = f"{len(long)} 个数超过 15 位（如 {_cell(long[0])}）；Excel 只保存 15 位有效数字，末尾几位可能已丢失"
        notes.append(
            Text(
                zh,
                f"{len(long)} numbers have more than 15 digits, such as {_cell(long[0])}; "
                f"Excel itself keeps 15, the last ones may be lost",
            )
        )
    if len(names) > 1:
        zh = f"有多个工作表：{'、'.join(names)}；读取了 {name}"
        notes.append(Text(zh, f"it has several sheets: {', '.join(names)}; {name} was read"))
    merges = tuple((top, bottom, left, right) for (top, left), (bottom, right) in merged)
    sheet = Sheet(rows, "XLSX", merges=merges, notes=tuple(notes), layers=names)
    draft = read_table(source.name, sheet, source.options, source.progress, placeless=source.placeless)
    return replace(draft, reading={**draft.reading, "sublayer": name}) if len(names) > 1 else draft


def _cell(value: object) -> str:
    """Return a cell as text: a whole number without a point, a date without the midnight it is stored with."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e22:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _looked_through(archive: zipfile.ZipFile, file: str) -> int:
    """Return how many cells hold an error of Excel (#N/A).

    Raises
    ------
    UnreadableFile
        A sheet reaches so far that its cells, most of them empty, fill the memory; or it is of a binary workbook.
    """
    errors = 0
    for member in archive.infolist():
        if member.filename.endswith(".bin") and "worksheets/" in member.filename:
            raise refused(
                file, "是二进制工作簿（xlsb），请另存为 xlsx", "it is a binary workbook; save it as xlsx"
            )
        if not member.filename.endswith(".xml") or "sharedStrings" in member.filename:
            continue
        rows, columns, written, before = 0, 0, 0, b""
        with archive.open(member) as sheet:
            while piece := sheet.read(1 << 20):
                written += (before + piece).count(b"<row") - before.count(b"<row")
                if written > _ROWS:
                    zh = f"工作表超过 Excel 的 {_ROWS:,} 行"
                    raise refused(file, zh, f"a sheet has more than the {_ROWS:,} rows of Excel")
                errors += len(_ERROR.findall(before + piece)) - len(_ERROR.findall(before))
                for letters, digits in _CELL.findall(before + piece):
                    rows, columns = max(rows, int(digits)), max(columns, _column(letters))
                before = piece[-40:]
        if rows * max(columns, 1) > _CELLS:
            raise _too_far(file, rows, columns)
    return errors


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _is_workbook(source: Source) -> bool:
    if source.head.startswith(_OLD):
        return _holds(source.path, [*_BOOKS, _LOCKED])
    return "[Content_Types].xml" in source.members or is_open_sheet(source.members)


FORMAT = register_format(
    ImportFormat(
        "XLSX",
        Text("Excel（xlsx、xls）、ods", "Excel (xlsx, xls), ods"),
        ("xlsx", "xlsm", "xls", "ods"),
        _is_workbook,
        read_excel,
        rank=12,
    )
)
