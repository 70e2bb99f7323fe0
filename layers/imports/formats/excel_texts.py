"""Texts of a workbook, kept once and named by many cells: how long they are together, before all are held.

References
----------
ECMA-376-1, 18.4, shared strings: a cell of type ``s`` holds the number of its text.
"""

from __future__ import annotations

import re
import zipfile

import numpy as np

from geo.arrays import Ints
from layers.imports.draft import refuse_file
from layers.imports.errors import UnreadableFile

_MOST, _MOST_KEPT = 600_000_000, 250_000_000  # bytes of all cells' texts together, and of the texts kept
_NAMED = re.compile(rb"""\st=["']s["'][^<>]{0,200}>\s{0,9}<v>(\d{1,9})</v>""")
_OVERLAP = 300  # bytes of a piece looked at again with the next


def refuse_repeated_texts(archive: zipfile.ZipFile, file: str, cells: int) -> None:
    """Refuse a workbook whose cells name long texts so often that all of them fill the memory.

    Parameters
    ----------
    archive
        The workbook.
    file
        Its name in errors.
    cells
        How many of its cells name a text.

    Raises
    ------
    UnreadableFile
        Its cells hold more text than is read.
    """
    kept = next((one for one in archive.infolist() if one.filename.endswith("sharedStrings.xml")), None)
    if kept is None:
        return
    if kept.file_size > _MOST_KEPT:
        raise _too_long(file, kept.file_size, _MOST_KEPT)
    if cells * kept.file_size <= _MOST:
        return
    lengths = _lengths(archive, kept)
    if cells * int(lengths.max(initial=0)) <= _MOST:
        return
    total = sum(
        _named_length(archive, one, lengths) for one in archive.infolist() if "worksheets/" in one.filename
    )
    if total > _MOST:
        raise _too_long(file, total, _MOST)


def _too_long(file: str, total: int, most: int) -> UnreadableFile:
    zh = f"各单元格的文字合计 {total // 1_000_000:,} MB，最多 {most // 1_000_000} MB；请去掉长文字，或拆成几个文件"
    en = f"the texts of its cells are {total // 1_000_000:,} MB together, where {most // 1_000_000} MB is the most"
    return refuse_file(file, zh, f"{en}; take out the long texts, or split the file")


def _lengths(archive: zipfile.ZipFile, kept: zipfile.ZipInfo) -> Ints:
    """Return how long each text is, with its markup, without holding the texts."""
    ends, before, done = [0], b"", 0
    with archive.open(kept) as file:
        while piece := file.read(1 << 20):
            text = before + piece
            ends += [done - len(before) + found.end() for found in re.finditer(rb"</si>", text)]
            done += len(piece)
            before = text[-4:] if not text.endswith(b"</si>") else b""
    edges: Ints = np.unique(np.array([*ends, done], dtype=np.int64))
    return edges[1:] - edges[:-1]


def _named_length(archive: zipfile.ZipFile, sheet: zipfile.ZipInfo, lengths: Ints) -> int:
    """Return how long the texts are that a sheet's cells name."""
    total, before = 0, b""
    with archive.open(sheet) as file:
        while piece := file.read(1 << 20):
            text = before + piece
            cut = text.rfind(b"<c")
            before, text = (text[cut:], text[:cut]) if cut > 0 else (text[-_OVERLAP:], b"")
            total += _length_of(text, lengths)
    return total + _length_of(before, lengths)


def _length_of(text: bytes, lengths: Ints) -> int:
    named = np.array([int(one) for one in _NAMED.findall(text)], dtype=np.int64)
    return int(lengths[named[named < len(lengths)]].sum())
