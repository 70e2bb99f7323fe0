"""How an old workbook (xls) shows its numbers: in per cent or with a unit, by cell.

References
----------
[MS-XLS] 2.4.126 (Format), 2.4.353 (XF), 2.4.28 (BoundSheet8), 2.5.198.x; cells: 2.4.180 (Number), 2.4.220 (RK),
2.4.175 (MulRk), 2.4.127 (Formula).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from layers.imports.formats.number_formats import Place, Shown, word_of_format

_LARGEST = 64 << 20  # bytes
_MOST = 2_000_000  # records
_FORMAT, _XF, _SHEET, _BOF = 0x041E, 0x00E0, 0x0085, 0x0809
_CELL, _MANY = (0x0203, 0x027E, 0x0006), 0x00BD
_EACH = 6  # bytes of a cell among many: its style and its number
_BUILT_IN = {9: "0%", 10: "0.00%"}
_WIDE = 0x01


def old_shown_cells(path: Path) -> dict[str, Shown]:
    """Return the cells of each sheet that are shown in per cent or with a unit; none of a file that is not sound.

    Parameters
    ----------
    path
        A compound file.
    """
    import olefile  # noqa: PLC0415 - only for old workbooks

    if path.stat().st_size > _LARGEST:
        return {}
    try:
        with olefile.OleFileIO(str(path)) as book:  # type: ignore[no-untyped-call]
            if not book.exists("Workbook"):
                return {}
            data = book.openstream("Workbook").read()
        return _shown(data)
    except (OSError, struct.error, UnicodeDecodeError, IndexError):
        return {}


def _records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield where each record stands, its kind and what it holds."""
    at = 0
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        yield at, kind, data[at + 4 : at + 4 + size]
        at += 4 + size


def _shown(data: bytes) -> dict[str, Shown]:
    formats, styles, sheets = dict(_BUILT_IN), list[str](), dict[int, str]()
    found: dict[str, dict[str, set[Place]]] = {}
    name = ""
    for at, kind, body in islice(_records(data), _MOST):
        if kind == _FORMAT:
            formats[struct.unpack_from("<H", body)[0]] = _text(body[2:], long=True)
        elif kind == _XF:
            styles.append(word_of_format(formats.get(struct.unpack_from("<H", body, 2)[0], "")))
        elif kind == _SHEET:
            sheets[struct.unpack_from("<I", body)[0]] = _text(body[6:], long=False)
        elif kind == _BOF:
            name = sheets.get(at, "")
        elif name and (kind in _CELL or kind == _MANY):
            for place, style in _cells(kind, body):
                word = styles[style] if style < len(styles) else ""
                if word:
                    found.setdefault(name, {}).setdefault(word, set()).add(place)
    return {sheet: {word: frozenset(places) for word, places in words.items()} for sheet, words in found.items()}


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
