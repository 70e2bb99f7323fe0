"""What an old workbook (xls) shows: numbers in per cent or with a unit, by cell; rows and columns it hides.

References
----------
[MS-XLS] 2.4.126 (Format), 2.4.353 (XF), 2.4.28 (BoundSheet8), 2.5.198.x; cells: 2.4.180 (Number), 2.4.220 (RK),
2.4.175 (MulRk), 2.4.127 (Formula); hidden: 2.4.221 (Row), 2.4.53 (ColInfo), 2.4.119 (FilterMode).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from layers.imports.formats.excel_hidden import Hidden
from layers.imports.formats.number_formats import Place, Shown, word_of_format

_LARGEST = 64 << 20  # bytes
_MOST = 2_000_000  # records
_FORMAT, _XF, _SHEET, _BOF = 0x041E, 0x00E0, 0x0085, 0x0809
_CELL, _MANY = (0x0203, 0x027E, 0x0006), 0x00BD
_ROW, _COLUMN, _FILTER = 0x0208, 0x007D, 0x009B
_HIDING = (_ROW, _COLUMN, _FILTER)
_NO_HEIGHT, _UNSEEN = 0x20, 0x01  # flags of a row, of columns
_EACH = 6  # bytes of a cell among many: its style and its number
_BUILT_IN = {9: "0%", 10: "0.00%"}
_WIDE = 0x01


def old_shown_cells(path: Path) -> tuple[dict[str, Shown], dict[str, Hidden]]:
    """Return the cells of each sheet shown in per cent or with a unit, and what it hides; of a broken file none.

    Parameters
    ----------
    path
        A compound file.
    """
    import olefile  # noqa: PLC0415 - only for old workbooks

    if path.stat().st_size > _LARGEST:
        return {}, {}
    try:
        with olefile.OleFileIO(str(path)) as book:  # type: ignore[no-untyped-call]
            if not book.exists("Workbook"):
                return {}, {}
            data = book.openstream("Workbook").read()
        return _shown(data)
    except (OSError, struct.error, UnicodeDecodeError, IndexError):
        return {}, {}


def _records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield where each record stands, its kind and what it holds."""
    at = 0
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        yield at, kind, data[at + 4 : at + 4 + size]
        at += 4 + size


def _of_sheets(data: bytes) -> Iterator[tuple[str, int, bytes]]:
    """Yield the sheet each record is of ("" of the workbook's own), its kind and what it holds."""
    sheets, name = dict[int, str](), ""
    for at, kind, body in islice(_records(data), _MOST):
        if kind == _SHEET:
            sheets[struct.unpack_from("<I", body)[0]] = _text(body[6:], long=False)
        elif kind == _BOF:
            name = sheets.get(at, "")
        else:
            yield name, kind, body


def _shown(data: bytes) -> tuple[dict[str, Shown], dict[str, Hidden]]:
    formats, styles = dict(_BUILT_IN), list[str]()
    found: dict[str, dict[str, set[Place]]] = {}
    hidden: dict[str, _Unseen] = {}
    for name, kind, body in _of_sheets(data):
        if kind == _FORMAT:
            formats[struct.unpack_from("<H", body)[0]] = _text(body[2:], long=True)
        elif kind == _XF:
            styles.append(word_of_format(formats.get(struct.unpack_from("<H", body, 2)[0], "")))
        elif name and kind in _HIDING:
            hidden.setdefault(name, _Unseen()).add(kind, body)
        elif name and (kind in _CELL or kind == _MANY):
            for place, style in _cells(kind, body):
                word = styles[style] if style < len(styles) else ""
                if word:
                    found.setdefault(name, {}).setdefault(word, set()).add(place)
    shown: dict[str, Shown] = {}
    shown |= {sheet: {word: frozenset(places) for word, places in words.items()} for sheet, words in found.items()}
    return shown, {name: one.hidden for name, one in hidden.items()}


class _Unseen:
    """Takes the records of one sheet that say what it hides."""

    def __init__(self) -> None:
        self._rows: set[int] = set()
        self._columns: set[int] = set()
        self._filtered = False

    def add(self, kind: int, body: bytes) -> None:
        """Take one record."""
        if kind == _FILTER:
            self._filtered = True
        elif kind == _ROW and body[12] & _NO_HEIGHT:
            self._rows.add(struct.unpack_from("<H", body)[0])
        elif kind == _COLUMN and body[8] & _UNSEEN:
            first, last = struct.unpack_from("<HH", body)
            self._columns.update(range(first, last + 1))

    @property
    def hidden(self) -> Hidden:
        """What the sheet does not show."""
        return Hidden(frozenset(self._rows), frozenset(self._columns), self._filtered)


def _cells(kind: int, body: bytes) -> Iterator[tuple[Place, int]]:
    """Yield the place and the style of the cells in a record."""
    row, first = struct.unpack_from("<HH", body)
    if kind != _MANY:
        yield (row, first), struct.unpack_from("<H", body, 4)[0]
        return
    for i in range((len(body) - 6) // _EACH):
        yield (row, first + i), struct.unpack_from("<H", body, 4 + i * _EACH)[0]


def _text(body: bytes, *, long: bool) -> str:
    """Return a text with its length before it, in two bytes or one."""
    length, at = (struct.unpack_from("<H", body)[0], 2) if long else (body[0], 1)
    wide = body[at] & _WIDE
    start = at + 1
    return (
        body[start : start + 2 * length].decode("utf-16-le")
        if wide
        else body[start : start + length].decode("latin-1")
    )
