"""Which cells of a workbook Excel shows in per cent: their number is stored as a share of one.

References
----------
ECMA-376-1, 18.8.30, numFmt (the built-in formats 9 and 10 are percentages); 18.3.1.4, c (a cell and its style).
"""

from __future__ import annotations

import posixpath
import re
import zipfile

_BUILT_IN = {9, 10}
_FORMAT = re.compile(rb"<numFmt\s([^>]*)>")
_CELL_STYLES = re.compile(rb"<cellXfs\b.*?</cellXfs>", re.DOTALL)
_STYLE = re.compile(rb"<xf\s([^>]*)>")
_CELL = re.compile(rb"<c\s([^>]*)>")
_REFERENCE = re.compile(r"^([A-Z]{1,3})(\d{1,7})$")
_SHEET = re.compile(rb"<sheet\s([^>]*)>")
_RELATION = re.compile(rb"<Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*["']([^"']*)["']""")
_MOST = 2_000_000  # cells in per cent; of more than that all are left as they are
_LARGEST = 64 << 20  # bytes of the parts that are read whole


def percent_cells(archive: zipfile.ZipFile) -> dict[str, frozenset[tuple[int, int]]]:
    """Return the cells of each sheet that are shown in per cent, as rows and columns from 0.

    Parameters
    ----------
    archive
        The workbook, looked through already: its sheets are known to be of bounded size.
    """
    known = {one.filename: one.file_size for one in archive.infolist()}
    parts = ("xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    if any(known.get(part, _LARGEST + 1) > _LARGEST for part in parts):
        return {}
    styles, book, relations = (archive.read(part) for part in parts)
    wanted = _percent_styles(styles)
    if not wanted:
        return {}
    targets = {told.get("Id", ""): told.get("Target", "") for told in map(_told, _RELATION.findall(relations))}
    out: dict[str, frozenset[tuple[int, int]]] = {}
    for told in map(_told, _SHEET.findall(book)):
        path = posixpath.normpath(posixpath.join("/xl", targets.get(told.get("r:id", ""), ""))).lstrip("/")
        if path in known:
            out[_unescaped(told.get("name", ""))] = _cells(archive, path, wanted)
    return out


def _percent_styles(styles: bytes) -> frozenset[str]:
    """Return the numbers of the cell styles whose number format is a percentage."""
    own = {told.get("numFmtId", ""): told.get("formatCode", "") for told in map(_told, _FORMAT.findall(styles))}
    percents = {key for key, code in own.items() if "%" in code} | {str(one) for one in _BUILT_IN}
    found = _CELL_STYLES.search(styles)
    used = _STYLE.findall(found.group()) if found else []
    return frozenset(str(i) for i, told in enumerate(map(_told, used)) if told.get("numFmtId") in percents)


def _cells(archive: zipfile.ZipFile, path: str, wanted: frozenset[str]) -> frozenset[tuple[int, int]]:
    out: set[tuple[int, int]] = set()
    rest = b""
    with archive.open(path) as sheet:
        while piece := sheet.read(1 << 20):
            text = rest + piece
            cut = text.rfind(b"<c ")
            rest, text = (text[cut:], text[:cut]) if cut > 0 else (text[-4096:], b"")
            out |= _styled(text, wanted)
            if len(out) > _MOST:
                return frozenset()
    return frozenset(out | _styled(rest, wanted))


def _styled(text: bytes, wanted: frozenset[str]) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for told in map(_told, _CELL.findall(text)):
        if told.get("s") in wanted and (at := _REFERENCE.match(told.get("r", ""))):
            column = 0
            for letter in at[1]:
                column = column * 26 + ord(letter) - 64
            found.add((int(at[2]) - 1, column - 1))
    return found


def _told(attributes: bytes) -> dict[str, str]:
    return {name.decode(): value.decode("utf-8", "replace") for name, value in _ATTRIBUTE.findall(attributes)}


def _unescaped(text: str) -> str:
    for mark, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(mark, letter)
    return text
