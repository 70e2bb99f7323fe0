"""How high the parts of a Word file stand, as an office program sets them: reckoned by its styles.

A line of Chinese is reckoned as high as the tallest usual face sets it, so that what is planned for a page fits.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
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
_SURE_NARROW = 0.95  # the same of a column, in which lines are short
_LATIN_FACES = frozenset(("Arial", "Calibri", "Cambria", "Georgia", "Helvetica", "Times New Roman", "Verdana"))
_USUAL = 11.0  # points, where no style says a size
_CELL_SIDES = 10.8  # points at both sides of a cell
_BORDER = 0.6
COLUMN_GAP = 24.0  # points between the two columns of a page that lies
_CHINESE_WIDER, _LATIN_WIDER = 1.01, 1.14  # letters of other faces than ours


class PictureRoom(NamedTuple):
    """The heights a picture may have, in points: usual, least, most."""

    high: float
    least: float
    most: float


class PictureRooms(NamedTuple):
    """The heights a picture may have over the whole width, and in a column of a page that lies."""

    whole: PictureRoom | None
    narrow: PictureRoom | None


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


def column_wide(page: Section) -> float:
    """Return how wide a column of a page that lies is, where it has two, points; 0 for one that stands."""
    wide, high = text_room(page)
    return (wide - COLUMN_GAP) / 2 if wide > high else 0.0


def measure_body(
    made: OpenDocument,
    pictures: Mapping[BaseOxmlElement, PictureRooms],
    *,
    first: BaseOxmlElement | None = None,
    narrowed: Mapping[BaseOxmlElement, Sequence[int]] | None = None,
    near: Collection[BaseOxmlElement] = (),
) -> Iterator[Measured]:
    """Yield the parts of a document in their order.

    Parameters
    ----------
    made
        The document.
    pictures
        The paragraphs that wait for a picture, each with the heights it may have.
    first
        The paragraph from which on parts may stand in a column: title, findings and contents have the whole width.
    narrowed
        How wide the columns (EMU) of those tables are in a column that find room there.
    near
        The paragraphs that are read with what follows.
    """
    half = 0.0
    sections = [text_room(one) for one in made.sections]
    pitch = made.sections[0]._sectPr.xpath("./w:docGrid[starts-with(@w:type, 'lines')]/@w:linePitch")
    grid = float(pitch[0]) / 20 if pitch else 0.0
    at, turns = 0, False
    for element in made.element.body:
        if element is first and len(sections) == 1:
            half = column_wide(made.sections[0])
        wide, high = sections[min(at, len(sections) - 1)]
        if element.tag == qn("w:p"):
            paragraph = Paragraph(element, made._body)
            shape = _Shape(paragraph, made.styles.element)
            rooms = pictures.get(element, PictureRooms(None, None))
            turns = turns or bool(paragraph.paragraph_format.page_break_before)
            piece = PagePiece(0.0, kept=shape.kept, turns=turns, page=high * SURE, near=element in near)
            narrow = shape.sized(piece, paragraph.text, half, rooms.narrow, grid=grid)
            piece = shape.sized(piece, paragraph.text, wide, rooms.whole, grid=grid)
            if half and (element not in pictures or rooms.narrow is not None):
                piece = replace(piece, narrow=replace(narrow, page=high * _SURE_NARROW))
            turns = False
            yield Measured(element, piece)
            if element.xpath("./w:pPr/w:sectPr"):
                at, turns = at + 1, True
        elif element.tag == qn("w:tbl"):
            table = OpenTable(element, made._body)
            usual = [int(one.width or 0) for one in table.columns]
            widths = (narrowed or {}).get(element) if half else None
            low = dict(_rows(table, made.styles.element, widths)) if widths is not None else {}
            for number, (row, measured) in enumerate(_rows(table, made.styles.element, usual)):
                piece = replace(measured, turns=turns, page=high, inside=number > 0)
                if row in low:
                    piece = replace(piece, narrow=replace(low[row], page=high * _SURE_NARROW))
                yield Measured(row, piece)
                turns = False


def _rows(
    table: OpenTable, styles_of: BaseOxmlElement, widths: Sequence[int]
) -> Iterator[tuple[BaseOxmlElement, PagePiece]]:
    """Yield the rows of a table whose columns are so wide (EMU).

    Its head stands again where a row begins a page, and its group's head, a cell as wide as the table.
    """
    again = group = 0.0
    for number, row in enumerate(table.rows):
        highs, kept, cells = [0.0], False, dict.fromkeys(row._tr.tc_lst)
        heads = len(cells) == 1 < len(widths)
        for cell in cells:
            paragraph = Paragraph(cell.p_lst[0], table)
            shape = _Shape(paragraph, styles_of)
            indent = paragraph.paragraph_format.left_indent
            wide = sum(widths[cell.left : cell.right]) / 12700 - (0.0 if indent is None else indent.pt)
            highs.append(shape.high(paragraph.text, wide - _CELL_SIDES))
            kept = kept or shape.kept
        high = max(highs) + _BORDER
        yield row._tr, PagePiece(high, kept, again=again + (0.0 if heads else group))
        group = high if heads else group
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

    def sized(
        self, piece: PagePiece, text: str, wide: float, room: PictureRoom | None, *, grid: float
    ) -> PagePiece:
        """Return a piece with the heights that it has in a width.

        Parameters
        ----------
        piece
            A paragraph.
        text, wide, grid
            As for ``high``.
        room
            Of the picture that it waits for.
        """
        if room is None:
            return replace(piece, high=self.high(text, wide, grid=grid) if wide else 0.0)
        more = self.around
        return replace(piece, high=room.high + more, least=room.least + more, most=room.most + more)

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
