"""Excel and OpenDocument sheets: values only, no formula is run; merged cells, dates, long numbers as meant."""

from __future__ import annotations

import mmap
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from geo.text import Text
from layers.imports.draft import Draft, Found, refuse_file
from layers.imports.errors import UnreadableFile
from layers.imports.formats.excel_formulas import NO_WORKINGS, Workings, looked_through, too_far
from layers.imports.formats.excel_hidden import NOTHING_HIDDEN, Hidden, hidden_cells, settle_hidden
from layers.imports.formats.excel_styles import shown_cells
from layers.imports.formats.foreign import foreign_archive
from layers.imports.formats.number_formats import PERCENT, Shown, as_shown
from layers.imports.formats.old_excel import old_shown_cells
from layers.imports.formats.opendocument import (
    Merged,
    is_flat_sheet,
    is_open_sheet,
    open_sheets,
    under_a_password,
    unfold_flat,
)
from layers.imports.formats.registry import ImportFormat, Source, file_source
from layers.imports.library_words import words_of_library
from layers.imports.tables import Sheet, asks_where, read_table
from layers.imports.tables.headings import has_places

_TOO_LONG = 10**15  # Excel keeps 15 digits
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
        PasswordError,
        SheetVisibleEnum,
    )

    if is_flat_sheet(source.head):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "flat.ods"
            unfold_flat(source.path, path, source.name)
            inner = file_source(
                path, source.options, source.progress, name=source.name, placeless=source.placeless
            )
            return read_excel(inner)
    looked = _looked_at(source)
    try:
        book = CalamineWorkbook.from_path(str(source.path))
        hidden = frozenset(one.name for one in book.sheets_metadata if one.visible != SheetVisibleEnum.Visible)
        names = tuple(sorted(book.sheet_names, key=hidden.__contains__))  # what its maker hid stands last
        reason: UnreadableFile | None = None
        asked: Draft | None = None
        for name in _tried(source, names):
            sheet = book.get_sheet_by_name(name)
            if not source.archive and sheet.total_height * sheet.total_width > _OLD_CELLS:
                raise too_far(source.name, sheet.total_height, sheet.total_width)
            values, notes = as_shown(sheet.to_python(skip_empty_area=False), looked.shown.get(name, {}))
            values, unseen, left = settle_hidden(
                values, looked.hidden.get(name, NOTHING_HIDDEN), source.options.hidden
            )
            about = _About(names, hidden, (*looked.workings.notes, *notes, *unseen), tuple(left))
            try:
                draft = _read(source, name, about, values, sheet.merged_cell_ranges or looked.merged.get(name, ()))
            except UnreadableFile as error:
                reason = reason or error
                continue
            if not asks_where(draft):
                return draft
            if looked.workings.uncomputed and has_places(draft.properties.schema.names):
                raise looked.workings.refusal(source.name)
            asked = asked or draft
        if asked is not None:
            return asked
    except PasswordError as error:
        raise under_a_password(source.name) from error
    except CalamineError as error:
        why = words_of_library(str(error))
        zh, en = f"不是完好的 Excel 文件（{why.zh}）", f"it is no sound Excel file ({why.en})"
        raise refuse_file(source.name, zh, en) from error
    raise reason or refuse_file(source.name, "没有工作表", "it has no sheet")


def _tried(source: Source, names: tuple[str, ...]) -> Sequence[str]:
    """Return the sheets to read, one after the other: the one that is wanted, or the first ones.

    Raises
    ------
    UnreadableFile
        There is none of the name.
    """
    wanted = source.options.sublayer
    if wanted and wanted not in names:
        known = ", ".join(names)
        raise refuse_file(
            source.name, f"没有工作表 {wanted}；有 {known}", f"it has no sheet {wanted}; it has {known}"
        )
    return [wanted] if wanted else names[:_MOST_TRIED]


@dataclass(frozen=True)
class _Looked:
    """What the bytes of a workbook say: what stands behind numbers, what is merged or hidden, its formulas."""

    shown: dict[str, Shown]
    merged: dict[str, tuple[Merged, ...]]
    hidden: dict[str, Hidden]
    workings: Workings = NO_WORKINGS


@dataclass(frozen=True)
class _About:
    """A workbook: its sheets, those hidden, what else is to be said."""

    names: tuple[str, ...]
    hidden: frozenset[str]
    notes: tuple[Text, ...] = ()
    left: tuple[Found, ...] = ()


def _looked_at(source: Source) -> _Looked:
    """Look through a workbook before it is opened.

    Raises
    ------
    UnreadableFile
        It is under a password, no sheet, or one reaches too far.
    """
    if not source.archive:
        if _holds(source.path, [_LOCKED]):
            raise under_a_password(source.name)
        shown, hidden = old_shown_cells(source.path)
        return _Looked(shown, {}, hidden)
    with zipfile.ZipFile(source.path) as archive:
        if is_open_sheet(source.members):
            told = open_sheets(archive, source.name)
            return _Looked(
                {n: {PERCENT: one.percents} for n, one in told.items()},
                {n: one.merged for n, one in told.items()},
                {n: one.hidden for n, one in told.items()},
            )
        workings = looked_through(archive, source.name)
        return _Looked(shown_cells(archive), {}, hidden_cells(archive), workings)


def _holds(path: Path, words: Sequence[bytes]) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
        return any(held.find(word) >= 0 for word in words)


def _read(
    source: Source,
    name: str,
    about: _About,
    values: Sequence[Sequence[object]],
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]],
) -> Draft:
    notes = list(about.notes)
    names = about.names
    if name in about.hidden:
        notes.append(Text(f"工作表 {name} 是隐藏的", f"the sheet {name} is a hidden one"))
    rows = [[one if type(one) is str else _cell(one) for one in row] for row in values]
    long = [one for row in values for one in row if isinstance(one, int | float) and abs(one) >= _TOO_LONG]
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
        unseen = [one for one in names if one in about.hidden]
        zh, en = f"有多个工作表：{'、'.join(names)}", f"it has several sheets: {', '.join(names)}"
        zh += f"（隐藏：{'、'.join(unseen)}）" if unseen else ""
        en += f" (hidden: {', '.join(unseen)})" if unseen else ""
        notes.append(Text(f"{zh}；读取了 {name}", f"{en}; {name} was read"))
    merges = tuple((top, bottom, left, right) for (top, left), (bottom, right) in merged)
    sheet = Sheet(rows, "XLSX", merges=merges, notes=tuple(notes), layers=names)
    draft = read_table(source.name, sheet, source.options, source.progress, placeless=source.placeless)
    draft = replace(draft, found=(*about.left, *draft.found))
    return replace(draft, reading={**draft.reading, "sublayer": name}) if len(names) > 1 else draft


def _cell(value: object) -> str:
    """Return a cell as text: a whole number without a point, a date without the midnight it is stored with."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e22:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, timedelta):  # [h]:mm of a day and a half is 36:00
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _is_workbook(source: Source) -> bool:
    if source.head.startswith(_OLD):
        return _holds(source.path, [*_BOOKS, _LOCKED])
    if is_flat_sheet(source.head):
        return True
    office = "[Content_Types].xml" in source.members and foreign_archive(source.members) is None
    return office or is_open_sheet(source.members)


FORMAT = ImportFormat(
    "XLSX",
    Text("Excel（xlsx、xls）、ods", "Excel (xlsx, xls), ods"),
    ("xlsx", "xlsm", "xls", "ods", "fods"),
    _is_workbook,
    read_excel,
    rank=12,
)
