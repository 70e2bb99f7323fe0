"""How high the parts of a Word file stand, as an office program sets them: reckoned by its styles.

A line of Chinese is reckoned as high as the tallest usual face sets it, so that what is planned for a page fits.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from docx.document import Document as OpenDocument
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Cm, Length
from docx.styles.style import ParagraphStyle
from docx.table import Table as OpenTable
from docx.text.paragraph import Paragraph
from docx.text.parfmt import ParagraphFormat

from briefings.map.lettering import wrap_text
from briefings.write.page_fill import PagePiece

_CHINESE, _LATIN = 1.45, 1.22  # height of a line of one size, of the faces that are usual
SURE = 0.985  # of a page, that is planned for; rows of a table may take all of it, as they go over one by one
_LATIN_FACES = frozenset(("Arial", "Calibri", "Cambria", "Georgia", "Helvetica", "Times New Roman", "Verdana"))
_USUAL = 11.0  # points, where no style says a size
_CELL_SIDES = 10.8  # points at both sides of a cell
_BORDER = 0.6
_CHINESE_WIDER, _LATIN_WIDER = 1.01, 1.14  # letters of other faces than ours


class PictureRoom(NamedTuple):
    """The heights a picture may have, in points: usual, least, most."""

    high: float
    least: float
    most: float


class Measured(NamedTuple):
    """A part of a document, a paragraph or a row of a table, and how it stands on a page."""

    element: BaseOxmlElement
    piece: PagePiece


def text_room(page: Section) -> tuple[float, float]:
    """Return how wide and how high text may be, points; what a template leaves out is A4, margins of an inch."""

    def points(value: Length | None, usual: Length) -> float:
        return float((usual if value is None else value).pt)

    inch = Cm(2.54)
    wide = points(page.page_width, Cm(21)) - points(page.left_margin, inch) - points(page.right_margin, inch)
    high = points(page.page_height, Cm(29.7)) - points(page.top_margin, inch) - points(page.bottom_margin, inch)
    return wide, high


def measure_body(made: OpenDocument, pictures: Mapping[BaseOxmlElement, PictureRoom]) -> Iterator[Measured]:
    """Yield the parts of a document in their order.

    Parameters
    ----------
    made
        The document.
    pictures
        The paragraphs that wait for a picture, each with the heights it may have.
    """
    sections = [text_room(one) for one in made.sections]
    pitch = made.sections[0]._sectPr.xpath("./w:docGrid[starts-with(@w:type, 'lines')]/@w:linePitch")
    grid = float(pitch[0]) / 20 if pitch else 0.0
    at, turns = 0, False
    for element in made.element.body:
        wide, high = sections[min(at, len(sections) - 1)]
        if element.tag == qn("w:p"):
            paragraph = Paragraph(element, made._body)
            shape = _Shape(paragraph, made.styles.element)
            room = pictures.get(element)
            piece = PagePiece(
                shape.high(paragraph.text, wide, grid=grid) if room is None else room.high + shape.around,
                kept=shape.kept,
                least=0.0 if room is None else room.least + shape.around,
                most=0.0 if room is None else room.most + shape.around,
                turns=turns or bool(paragraph.paragraph_format.page_break_before),
                page=high * SURE,
            )
            turns = False
            yield Measured(element, piece)
            if element.xpath("./w:pPr/w:sectPr"):
                at, turns = at + 1, True
        elif element.tag == qn("w:tbl"):
            for row, piece in _rows(OpenTable(element, made._body), made.styles.element):
                yield Measured(
                    row,
                    PagePiece(piece.high, piece.kept, again=piece.again, turns=turns, page=high),
                )
                turns = False


def _rows(table: OpenTable, styles_of: BaseOxmlElement) -> Iterator[tuple[BaseOxmlElement, PagePiece]]:
    """Yield the rows of a table; its head stands again where it begins a page."""
    again = 0.0
    for number, row in enumerate(table.rows):
        highs, kept = [0.0], False
        for cell in dict.fromkeys(row._tr.tc_lst):
            paragraph = Paragraph(cell.p_lst[0], table)
            shape = _Shape(paragraph, styles_of)
            wide = sum(float(table.columns[n].width or 0) / 12700 for n in range(cell.left, cell.right))
            highs.append(shape.high(paragraph.text, wide - _CELL_SIDES))
            kept = kept or shape.kept
        high = max(highs) + _BORDER
        yield row._tr, PagePiece(high, kept, again=again)
        again = again or (high if number == 0 else 0.0)


class _Shape:
    """What a paragraph's styles say of its lines."""

    def __init__(self, paragraph: Paragraph, styles_of: BaseOxmlElement) -> None:
        styles = list[ParagraphStyle]()
        style = paragraph.style
        while isinstance(style, ParagraphStyle):
            styles.append(style)
            style = style.base_style
        shapes = [paragraph.paragraph_format, *(one.paragraph_format for one in styles)]
        defaults = styles_of.xpath("./w:docDefaults//w:spacing")

        def length(asked: Callable[[ParagraphFormat], Length | None], name: str) -> float:
            found = next((value for one in shapes if (value := asked(one)) is not None), None)
            if found is not None:
                return float(found.pt)
            return float(defaults[0].get(qn(f"w:{name}"), 0)) / 20 if defaults else 0.0

        self.before = length(lambda one: one.space_before, "before")
        self.after = length(lambda one: one.space_after, "after")
        spaced = next((one.line_spacing for one in shapes if one.line_spacing is not None), None)
        if spaced is None:
            spaced = float(defaults[0].get(qn("w:line"), 240)) / 240 if defaults else 1.0
        self.spaced = spaced
        sizes = [run.font.size for run in paragraph.runs if run.font.size is not None]
        own = max(sizes) if sizes else next((one.font.size for one in styles if one.font.size is not None), None)
        usual = styles_of.xpath("./w:docDefaults//w:sz/@w:val")
        self.size = float(own.pt) if own is not None else float(usual[0]) / 2 if usual else _USUAL
        named = [one.font.name for one in styles if one.font.name]
        self.tall = bool(named) and named[0] not in _LATIN_FACES
        self.kept = bool(next((one.keep_with_next for one in shapes if one.keep_with_next is not None), False))

    @property
    def around(self) -> float:
        """What stands above and below its lines, and a little that a picture's line is higher."""
        return self.before + self.after + 2.0

    def high(self, text: str, wide: float, *, grid: float = 0.0) -> float:
        """Return how high it stands with a text, in a width; lines keep to the page's grid if it has one."""
        chinese = any(unicodedata.east_asian_width(one) in "WF" for one in text)
        wider, higher = _CHINESE_WIDER if chinese else _LATIN_WIDER, _CHINESE if chinese or self.tall else _LATIN
        lines = max(len(wrap_text(text, wide / self.size / wider)), 1)
        if isinstance(self.spaced, Length):
            each = float(self.spaced.pt)
        elif grid:
            each = math.ceil(self.size * higher / grid) * grid * float(self.spaced)
        else:
            each = self.size * higher * float(self.spaced)
        return self.before + self.after + lines * each
