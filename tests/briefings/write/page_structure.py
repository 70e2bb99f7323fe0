"""What a PDF tells a screen reader: its elements in reading order, each with its words, by the library of a browser."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2

raw: Any = pypdfium2.raw  # its functions are made as it is loaded


@dataclass(frozen=True)
class Told:
    """An element: roles from the document down to it, the sentence that stands for a picture, its own words."""

    path: tuple[str, ...]
    alt: str
    words: tuple[str, ...]

    @property
    def role(self) -> str:
        return self.path[-1]


def structure_of(data: bytes) -> list[list[Told]]:
    """Return the elements of each page in the order they are read; everything drawn is in one or an artifact."""
    with pypdfium2.PdfDocument(data) as book:
        assert raw.FPDFCatalog_IsTagged(book)
        return [list(_of_page(page)) for page in book]


def language_of(data: bytes) -> str:
    """Return the language a PDF says it is in."""
    with pypdfium2.PdfDocument(data) as book:
        return _text(lambda buffer, size: raw.FPDFCatalog_GetLanguage(book, buffer, size))


def _of_page(page: Any) -> Iterator[Told]:
    words = dict[int, list[str]]()
    reader = page.get_textpage()
    for one in page.get_objects(max_depth=1):
        assert raw.FPDFPageObj_CountMarks(one) == 1, "an element's or an artifact"
        number = raw.FPDFPageObj_GetMarkedContentID(one)
        if one.type == raw.FPDF_PAGEOBJ_TEXT:
            said = _text(lambda buffer, size, one=one: raw.FPDFTextObj_GetText(one, reader, buffer, size))
            words.setdefault(number, []).append(said)
        elif number >= 0:
            words.setdefault(number, [])
    tree = raw.FPDF_StructTree_GetForPage(page)
    seen = list[int]()
    for i in range(raw.FPDF_StructTree_CountChildren(tree)):
        yield from _below(raw.FPDF_StructTree_GetChildAtIndex(tree, i), (), words, seen)
    assert sorted(seen) == sorted(number for number in words if number >= 0), "each piece is in one element"
    raw.FPDF_StructTree_Close(tree)


def _below(element: Any, above: tuple[str, ...], words: dict[int, list[str]], seen: list[int]) -> Iterator[Told]:
    path = (*above, _text(lambda buffer, size: raw.FPDF_StructElement_GetType(element, buffer, size)))
    kids = range(raw.FPDF_StructElement_CountChildren(element))
    pieces = [raw.FPDF_StructElement_GetChildMarkedContentID(element, i) for i in kids]
    mine = [number for number in pieces if number >= 0]
    seen += mine
    alt = _text(lambda buffer, size: raw.FPDF_StructElement_GetAltText(element, buffer, size))
    yield Told(path, alt, tuple("".join(words[number]) for number in mine))
    for i, number in zip(kids, pieces, strict=True):
        kid = raw.FPDF_StructElement_GetChildAtIndex(element, i) if number < 0 else None
        if kid:
            yield from _below(kid, path, words, seen)


def _text(ask: Any) -> str:
    size = ask(None, 0)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    ask(buffer, size)
    return bytes(buffer)[: max(size - 2, 0)].decode("utf-16-le")
