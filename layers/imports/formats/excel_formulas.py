"""A workbook looked through before it is opened: how far its sheets reach, errors, formulas without a value."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass

from geo.text import Text
from layers.imports.draft import refuse_file
from layers.imports.errors import UnreadableFile
from layers.imports.formats.excel_texts import refuse_repeated_texts
from layers.imports.formats.foreign import BINARY_BOOK

_CELL = re.compile(rb"""\sr=["']([A-Z]{0,3})(\d{1,7})["']""")
_ERROR = re.compile(rb"""<c\s[^>]*\bt=["']e["']""")
_FORMULA_END = rb"(?:</f>|<f\s[^>]{0,200}/>)\s{0,9}"
_EMPTY = re.compile(_FORMULA_END + rb"(?:<v\s?/>|<v>\s{0,9}</v>)?\s{0,9}</c>")
_VALUE = re.compile(_FORMULA_END + rb"<v>[^<]")
_ZERO = re.compile(_FORMULA_END + rb"<v>0</v>")
_OVERLAP = 300  # bytes of a piece looked at again with the next
_RECALCULATED = re.compile(rb"""fullCalcOnLoad=["'](?:1|true)["']""")
_NAMES_TEXT = (b' t="s"', b" t='s'")
_CELLS = 40_000_000  # of one sheet, empty ones included
_ROWS = 1_048_576  # of a sheet, at most


@dataclass(frozen=True)
class Workings:
    """How many cells hold an error, a formula whose value was never kept, or a nought that stands for one."""

    errors: int = 0
    uncomputed: int = 0
    noughts: int = 0

    @property
    def notes(self) -> tuple[Text, ...]:
        """What is said of them."""
        told = []
        if self.errors:
            zh = f"工作簿有 {self.errors} 个单元格是 Excel 的错误值（如 #N/A），读作空"
            en = f"{self.errors} cells of the workbook hold an error of Excel, such as #N/A; read as empty"
            told.append(Text(zh, en))
        if self.uncomputed:
            zh = f"{self.uncomputed} 个公式没有保存计算结果，读作空；请在 Excel 中打开并保存后再导入"
            en = (
                f"{self.uncomputed} formulas have no value kept with them; read as empty. "
                "Open the file in Excel, save it, and bring it in again"
            )
            told.append(Text(zh, en))
        if self.noughts:
            zh = (
                f"{self.noughts} 个公式的结果都是 0，且文件要求打开时重算，可能从未计算过；"
                "请在 Excel 中打开并保存后再导入"
            )
            en = (
                f"all {self.noughts} formulas have the value 0, and the file asks to be worked out when it is "
                "opened: perhaps it never was. Open it in Excel, save it, and bring it in again"
            )
            told.append(Text(zh, en))
        return tuple(told)

    def refusal(self, file: str) -> UnreadableFile:
        """Return the error of a table whose coordinates are formulas without a value."""
        zh = f"{self.uncomputed} 个公式没有保存计算结果，坐标列因此为空；请在 Excel 中打开并保存后再导入"
        en = (
            f"{self.uncomputed} formulas have no value kept with them, so its columns of coordinates are empty; "
            "open it in Excel, save it, and bring it in again"
        )
        return refuse_file(file, zh, en)


NO_WORKINGS = Workings()


def looked_through(archive: zipfile.ZipFile, file: str) -> Workings:
    """Return what is to be said of a workbook's formulas.

    Raises
    ------
    UnreadableFile
        A sheet reaches so far that its cells, most of them empty, fill the memory, as may texts that are repeated;
        or it is of a binary workbook.
    """
    errors = uncomputed = values = noughts = named = 0
    recalculated = False
    for member in archive.infolist():
        if member.filename.endswith(".bin") and "worksheets/" in member.filename:
            raise refuse_file(file, BINARY_BOOK.zh, BINARY_BOOK.en)
        if not member.filename.endswith(".xml") or "sharedStrings" in member.filename:
            continue
        rows, columns, written, before = 0, 0, 0, b""
        with archive.open(member) as sheet:
            while piece := sheet.read(1 << 20):
                written += (before + piece).count(b"<row") - before.count(b"<row")
                if written > _ROWS:
                    zh = f"工作表超过 Excel 的 {_ROWS:,} 行"
                    raise refuse_file(file, zh, f"a sheet has more than the {_ROWS:,} rows of Excel")
                text = before + piece
                named += sum(text.count(mark) - before.count(mark) for mark in _NAMES_TEXT)
                if b'"e"' in text or b"'e'" in text:
                    errors += _more(_ERROR, before, piece)
                if b"<f" in text or b"</f" in text:
                    uncomputed += _more(_EMPTY, before, piece)
                    values += _more(_VALUE, before, piece)
                    noughts += _more(_ZERO, before, piece)
                recalculated |= bool(_RECALCULATED.search(piece))
                places = _CELL.findall(text)
                rows = max([rows, *map(int, {digits for _, digits in places})])
                columns = max([columns, *map(_column, {letters for letters, _ in places})])
                before = piece[-_OVERLAP:]
        if rows * max(columns, 1) > _CELLS:
            raise too_far(file, rows, columns)
    refuse_repeated_texts(archive, file, named)
    never = recalculated and values > 1 and noughts == values
    return Workings(errors, uncomputed, noughts if never else 0)


def _more(pattern: re.Pattern[bytes], before: bytes, piece: bytes) -> int:
    """Return how many more a piece has, with the end of the one before it."""
    return len(pattern.findall(before + piece)) - len(pattern.findall(before))


def too_far(file: str, rows: int, columns: int) -> UnreadableFile:
    """Return the error of a sheet with cells far out."""
    zh = f"工作表的范围达到 {rows:,} 行 × {columns:,} 列；请删除远处的空单元格后重试"
    return refuse_file(
        file, zh, f"a sheet reaches over {rows:,} rows x {columns:,} columns; delete the stray cells far out"
    )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
