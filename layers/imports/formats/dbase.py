"""A dBASE table, the attributes of a Shapefile: its texts, and cells that would be read as what they are not.

GDAL reads a date of 20211345 as 1970-01-01, a number of ``22,25`` as 22, a blank yes-or-no as no, and refuses a
table with two columns of one name. Each is mended in our own copy of the table, and told.

References
----------
dBASE III and IV table format; ESRI Shapefile Technical Description (1998), "The Dbase File".
"""

from __future__ import annotations

import datetime
import re
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.text import Text

_SAMPLE_BYTES = 4_000_000
_ROWS = 100_000  # looked at together
_PADDED = 100_000_000  # bytes of rows that shapes without one are given
_NAME = 11  # bytes, with the zero that ends it
_DELETED, _BLANK, _UNKNOWN = 0x2A, 0x20, 0x3F
_NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_COMMA = re.compile(rb"[+-]?\d+,\d*")
_OF_NUMBERS = np.zeros(256, dtype=bool)
_OF_NUMBERS[list(b"0123456789. \x00")] = True
_Cells = NDArray[np.uint8]


@dataclass(frozen=True)
class DbaseField:
    """A column: its name as bytes, its kind (one letter), where its cells begin and how wide they are."""

    name: bytes
    kind: str
    at: int
    width: int


@dataclass(frozen=True)
class DbaseTable:
    """What the head of a table says: its columns, rows, where they begin and how many bytes each has."""

    columns: tuple[DbaseField, ...]
    rows: int
    start: int
    length: int


@dataclass
class _Met:
    """How many cells of a column were mended, with the first of them."""

    counts: dict[str, int] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)

    def add(self, column: str, cell: bytes) -> None:
        self.counts[column] = self.counts.get(column, 0) + 1
        self.first.setdefault(column, cell.decode("ascii", "replace").strip(" \x00")[:20])


def dbase_table(path: Path) -> DbaseTable | None:
    """Return what a table says of itself; None where it has no head.

    Parameters
    ----------
    path
        The table.
    """
    with path.open("rb") as file:
        head = file.read(32)
        if len(head) < 32:
            return None
        rows, start, length = struct.unpack("<IHH", head[4:12])
        columns, at = [], 1
        for _ in range((start - 33) // 32):
            one = file.read(32)
            if len(one) < 32 or one[0] == 0x0D:
                break
            kind = chr(one[11])
            width = one[16] + (one[17] << 8 if kind == "C" else 0)
            columns.append(DbaseField(one[:_NAME].split(b"\x00")[0], kind, at, width))
            at += one[16] if kind != "C" else width
    return DbaseTable(tuple(columns), rows, start, length)


def dbase_texts(path: Path, *, unless: Collection[int] = ()) -> Iterator[bytes]:
    """Yield a dBASE table's names of fields and cells of text fields, some megabytes of them.

    Parameters
    ----------
    path
        The table.
    unless
        Fields, from 0, whose cells are no texts whatever the table says.
    """
    table = dbase_table(path)
    if table is None:
        return
    yield from (one.name for one in table.columns)
    fields = [
        (one.at, one.at + one.width)
        for number, one in enumerate(table.columns)
        if one.kind in "CM" and number not in unless
    ]
    with path.open("rb") as file:
        file.seek(table.start)
        read = 0
        while table.length and read < _SAMPLE_BYTES and len(row := file.read(table.length)) == table.length:
            read += table.length
            for begin, end in fields:
                yield row[begin:end].rstrip(b" \x00")


def mend_table(path: Path, encoding: str, *, shapes: int | None) -> list[Text]:
    """Mend our own copy of a table so that GDAL reads what it says; returns what there is to tell.

    Parameters
    ----------
    path
        The copy; it is changed.
    encoding
        Of its texts.
    shapes
        How many shapes stand beside its rows; None where nobody knows.
    """
    table = dbase_table(path)
    if table is None or not table.length:
        return []
    notes = _one_name_each(path, table, encoding)
    held = max(path.stat().st_size - table.start, 0) // table.length
    rows = min(table.rows, held)
    if rows < table.rows:
        zh = f".dbf 被截断：写明有 {table.rows:,} 行，只有 {rows:,} 行"
        notes.append(Text(zh, f"the .dbf is cut off: it states {table.rows:,} rows and holds {rows:,}"))
    if rows:
        notes += _mend_rows(path, table, rows, encoding)
    if shapes is not None and shapes != rows:
        notes.append(_as_many(path, table, rows, shapes))
    return notes


def _one_name_each(path: Path, table: DbaseTable, encoding: str) -> list[Text]:
    """Give columns of one name (names are cut to ten bytes) one each; cut half a character off any."""
    taken: set[str] = set()
    renamed = []
    with path.open("r+b") as file:
        for number, one in enumerate(table.columns):
            name = one.name.decode(encoding, "ignore").strip() or f"field_{number + 1}"
            given, again = name, 2
            while given.casefold() in taken:
                tail = f"_{again}"
                room = _NAME - 1 - len(tail)
                given = name.encode(encoding, "ignore")[:room].decode(encoding, "ignore") + tail
                again += 1
            taken.add(given.casefold())
            raw = given.encode(encoding, "ignore")[: _NAME - 1]
            if raw != one.name:
                file.seek(32 * (number + 1))
                file.write(raw.ljust(_NAME, b"\x00"))
            if given != name:
                renamed.append(f"{name} → {given}")
    if not renamed:
        return []
    zh, en = "、".join(renamed)[:200], ", ".join(renamed)[:200]
    return [Text(f"字段名截断后重复，已改名：{zh}", f"field names are the same where they are cut; renamed: {en}")]


def _mend_rows(path: Path, table: DbaseTable, rows: int, encoding: str) -> list[Text]:
    deleted = 0
    dates, odd, commas, full = _Met(), _Met(), _Met(), _Met()
    for start in range(0, rows, _ROWS):
        count = min(_ROWS, rows - start)
        offset = table.start + start * table.length
        cells = np.memmap(path, np.uint8, "r+", offset, shape=(count, table.length))
        deleted += int((cells[:, 0] == _DELETED).sum())
        for one in table.columns:
            if not one.width or one.at + one.width > table.length:
                continue
            name = one.name.decode(encoding, "replace")
            part = cells[:, one.at : one.at + one.width]
            if one.kind == "L":
                part[part == _BLANK] = _UNKNOWN
            elif one.kind == "D":
                _mend_dates(part, name, dates)
            elif one.kind in "NF":
                _mend_numbers(part, name, odd, commas, full)
        cells.flush()
    notes = []
    if deleted:
        zh = f".dbf 中有 {deleted:,} 行标记为已删除，未导入"
        notes.append(Text(zh, f"{deleted:,} rows of the .dbf are marked as deleted; left out"))
    told = (
        (dates, "不是日期，作为未知", "are no dates; unknown"),
        (odd, "不是数，作为未知", "are no numbers; unknown"),
        (full, "是星号（没有值，或写不下），作为未知", "have asterisks only (no value, or one too long); unknown"),
        (commas, "以逗号为小数点，已按此读取", "have a comma as decimal sign and are read so"),
    )
    for met, zh, en in told:
        for name, count in met.counts.items():
            first = met.first[name]
            notes.append(
                Text(f"字段 {name} 有 {count:,} 个值{zh}，如 {first}", f"{count:,} values of {name} {en}: {first}")
            )
    return notes


def _mend_dates(cells: _Cells, name: str, met: _Met) -> None:
    """Blank what is written where a date stands and is none."""
    unique, back = np.unique(np.ascontiguousarray(cells).view(f"S{cells.shape[1]}").ravel(), return_inverse=True)
    for number, value in enumerate(unique):
        digits = bytes(value).strip(b" 0\x00")
        if digits and not _is_date(bytes(value)):
            for at in np.flatnonzero(back == number):
                met.add(name, bytes(value))
                cells[at] = _BLANK


def _is_date(value: bytes) -> bool:
    if not re.fullmatch(rb"\d{8}", value):
        return False
    try:
        datetime.date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        return False
    return True


def _mend_numbers(cells: _Cells, name: str, odd: _Met, commas: _Met, full: _Met) -> None:
    """Blank what is written where a number stands and is none; a comma as decimal sign becomes a point."""
    width = cells.shape[1]
    for at in np.flatnonzero(~_OF_NUMBERS[cells].all(axis=1)):
        raw = cells[at].tobytes()
        value = raw.strip(b" \x00")
        if _NUMBER.fullmatch(value):
            continue
        if _COMMA.fullmatch(value):
            commas.add(name, value)
            cells[at] = np.frombuffer(raw.replace(b",", b"."), np.uint8)
        else:
            (full if not value.strip(b"*") else odd).add(name, value)
            cells[at] = np.frombuffer(b" " * width, np.uint8)


def _as_many(path: Path, table: DbaseTable, rows: int, shapes: int) -> Text:
    """Give every shape a row; a row without a shape has nothing GDAL would read it for."""
    if shapes < rows:
        lost = rows - shapes
        zh = f".dbf 比 .shp 多 {lost:,} 行，这些行没有图形，未导入；请检查文件是否配套"
        en = f"the .dbf has {lost:,} rows more than the .shp has shapes; left out: do the files belong together?"
        return Text(zh, en)
    missing = shapes - rows
    if missing * table.length > _PADDED:
        zh = f".dbf 比 .shp 少 {missing:,} 行，这些图形未导入；请检查文件是否配套"
        en = f"the .shp has {missing:,} shapes more than the .dbf has rows; they are left out"
        return Text(zh, f"{en}: do the files belong together?")
    row = bytearray(b" " * table.length)
    for one in table.columns:
        if one.kind == "L":
            row[one.at : one.at + 1] = b"?"
    with path.open("r+b") as file:
        file.seek(4)
        file.write(struct.pack("<I", shapes))
        file.truncate(table.start + rows * table.length)
        file.seek(0, 2)
        for _ in range(missing):
            file.write(row)
    zh = f".dbf 比 .shp 少 {missing:,} 行，这些图形没有属性；请检查文件是否配套"
    en = f"the .shp has {missing:,} shapes more than the .dbf has rows; they come without attributes"
    return Text(zh, f"{en}: do the files belong together?")
