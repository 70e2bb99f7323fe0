"""Which cells of a workbook Excel shows in per cent or with a unit: neither is stored with their number.

References
----------
ECMA-376-1, 18.8.30, numFmt (the built-in formats 9 and 10 are percentages); 18.3.1.4, c (a cell and its style).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping

from layers.imports.formats.number_formats import Place, Shown, word_of_format

_BUILT_IN = {"9": "0%", "10": "0.00%", "17": "mmm-yy"}
_FORMAT = re.compile(rb"<numFmt\s([^>]*)>")
_CELL_STYLES = re.compile(rb"<cellXfs\b.*?</cellXfs>", re.DOTALL)
_STYLE = re.compile(rb"<xf\s([^>]*)>")
_CELL = re.compile(rb"<c\s([^>]*)>")
_REFERENCE = re.compile(r"^([A-Z]{1,3})(\d{1,7})$")
_SHEET = re.compile(rb"<sheet\s([^>]*)>")
_RELATION = re.compile(rb"<Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*["']([^"']*)["']""")
_MOST = 2_000_000  # cells of one format; of more than that all are left as they are
_LARGEST = 64 << 20  # bytes of the parts that are read whole


def shown_cells(archive: zipfile.ZipFile) -> dict[str, Shown]:
    """Return the cells of each sheet that are shown in per cent or with a unit.

    Parameters
    ----------
    archive
        The workbook, looked through already: its sheets are known to be of bounded size.
    """
    wanted = _shown_styles(_whole(archive, "xl/styles.xml"))
    return {name: _cells(archive, path, wanted) for name, path in sheet_parts(archive).items()} if wanted else {}


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of a workbook each sheet is in, by the sheet's name; none of a workbook made otherwise."""
    book, relations = _whole(archive, "xl/workbook.xml"), _whole(archive, "xl/_rels/workbook.xml.rels")
    known = set(archive.namelist())
    targets = {
        told.get("Id", ""): told.get("Target", "") for told in map(attributes_of, _RELATION.findall(relations))
    }
    out: dict[str, str] = {}
    for told in map(attributes_of, _SHEET.findall(book)):
        path = posixpath.normpath(posixpath.join("/xl", targets.get(told.get("r:id", ""), ""))).lstrip("/")
        if path in known:
            out[_unescaped(told.get("name", ""))] = path
    return out


def _whole(archive: zipfile.ZipFile, part: str) -> bytes:
    """Return a part of a workbook; nothing where it is not there or too large to be read whole."""
    known = {one.filename: one.file_size for one in archive.infolist()}
    return archive.read(part) if known.get(part, _LARGEST + 1) <= _LARGEST else b""


def _shown_styles(styles: bytes) -> dict[str, str]:
    """Return what stands behind a number, by the number of the cell's style."""
    own = {
        told.get("numFmtId", ""): _unescaped(told.get("formatCode", ""))
        for told in map(attributes_of, _FORMAT.findall(styles))
    }
    words = {key: word for key, code in (_BUILT_IN | own).items() if (word := word_of_format(code))}
    found = _CELL_STYLES.search(styles)
    used = _STYLE.findall(found.group()) if found else []
    return {
        str(i): words[told["numFmtId"]]
        for i, told in enumerate(map(attributes_of, used))
        if told.get("numFmtId") in words
    }


def _cells(archive: zipfile.ZipFile, path: str, wanted: Mapping[str, str]) -> Shown:
    out: dict[str, set[Place]] = {}
    rest = b""
    with archive.open(path) as sheet:
        while piece := sheet.read(1 << 20):
            text = rest + piece
            cut = text.rfind(b"<c ")
            rest, text = (text[cut:], text[:cut]) if cut > 0 else (text[-4096:], b"")
            _put_styled(text, wanted, out)
            if sum(map(len, out.values())) > _MOST:
                return {}
    _put_styled(rest, wanted, out)
    return {word: frozenset(places) for word, places in out.items()}


def _put_styled(text: bytes, wanted: Mapping[str, str], out: dict[str, set[Place]]) -> None:
    for told in map(attributes_of, _CELL.findall(text)):
        word = wanted.get(told.get("s", ""))
        if word and (at := _REFERENCE.match(told.get("r", ""))):
            column = 0
            for letter in at[1]:
                column = column * 26 + ord(letter) - 64
            out.setdefault(word, set()).add((int(at[2]) - 1, column - 1))


def attributes_of(attributes: bytes) -> dict[str, str]:
    """Return the attributes of an element, as they are written."""
    return {name.decode(): value.decode("utf-8", "replace") for name, value in _ATTRIBUTE.findall(attributes)}


def _unescaped(text: str) -> str:
    for mark, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(mark, letter)
    return text
