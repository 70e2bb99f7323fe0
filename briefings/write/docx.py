"""A resolved briefing as a Word file: numbered captions, native tables, alt text, contents, sources.

Charts are vector pictures: python-docx has no charts of Word's own; the table beside each has its numbers.
Pictures are drawn last, when it is known how high each may be for the pages to be full.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from docx import Document
from docx.document import Document as OpenDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Emu, Pt
from docx.table import Table as OpenTable
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from briefings.map.fonts import drawable_text
from briefings.map.picture import LatePicture
from briefings.resolve.blocks import (
    BriefingSection,
    Captions,
    Chart,
    Resolved,
    Table,
    fixed_words,
    number_captions,
)
from briefings.resolve.conclusions import finding_parts, told_findings, without_conclusions
from briefings.resolve.document_maps import picture_heights, reads_in_column, redraw_for_document
from briefings.resolve.folding import paper_table
from briefings.resolve.tables import group_rows, stands_late, table_ems, unbroken_amounts
from briefings.write.charts import chart_inches, chart_picture
from briefings.write.docx_columns import break_column, set_columns
from briefings.write.docx_fields import Headed, mark_heading, write_contents, write_field
from briefings.write.docx_look import settle_look
from briefings.write.docx_measure import SURE, PictureRoom, PictureRooms, column_wide, measure_body, text_room
from briefings.write.docx_tables import (
    LEAST_LETTERS,
    add_table,
    column_widths,
    letters_of,
    repeat_heads,
    set_widths,
)
from briefings.write.page_fill import PagesFilled, fill_pages
from briefings.write.pptx_vector import add_vector
from briefings.write.properties import sign_office_file
from briefings.write.template import open_document

_LISTED = 4  # sections from which contents are worth a list
_MOST_LISTED = 12  # entries of the contents on a page that lies, where chapters head them
_WORDS = 4.5 * 72 / 2.54  # of a page's height, that a picture leaves to its heading, sentence, caption and source
_CHART = (0.7, 2.0)  # of its usual height, that a chart may have


def write_docx(resolved: Resolved, *, template: Path | None = None) -> bytes:
    """Return the briefing as a .docx.

    Parameters
    ----------
    resolved
        The briefing on one state of the data.
    template
        The user's own .docx whose styles and page are kept; its text is not.
    """
    made = open_document(template) if template else Document()
    if template is None:
        page = made.sections[0]
        page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Cm(21), Cm(29.7)
        page.left_margin = page.right_margin = Cm(1.9)
        page.top_margin = page.bottom_margin = Cm(2.2)
    else:
        for element in [e for e in made.element.body if not e.tag.endswith("sectPr")]:
            made.element.body.remove(element)
    for key, link in list(made.part.rels.items()):
        if link.reltype.endswith("/stylesWithEffects"):  # a second set for Word 2007, not in step with the first
            made.part.drop_rel(key)
            made.part.rels.pop(key, None)
    writer = _Writer(made, resolved, own=template is None)
    writer.write()
    writer.foot()
    writer.fill()
    sign_office_file(made, resolved)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@dataclass(frozen=True)
class _Shown:
    """A picture that waits for its size: where it stands, how it is drawn (width, height, points), what it is."""

    paragraph: Paragraph
    rooms: PictureRooms
    draw: Callable[[float, float], tuple[bytes, bytes]]
    alt: str
    caption: str


class _Writer:
    """Writes sections one below the other; a style that the template lacks is not asked for."""

    def __init__(self, made: OpenDocument, resolved: Resolved, *, own: bool) -> None:
        self.made, self.told, self.resolved = made, told_findings(resolved), without_conclusions(resolved)
        self.words, self.later = fixed_words(resolved.language), list[tuple[str, Table, str]]()
        self.headed, self.shown = list[tuple[Paragraph, int, str]](), list[_Shown]()
        self.place: Paragraph | None = None  # of the contents
        self.unlisted = list[Paragraph]()  # headings that the contents do not name
        self.narrowed = dict[BaseOxmlElement, list[Emu]]()  # tables: how wide their columns are in a column
        self.grouped = dict[OpenTable, Table]()  # tables with groups
        self.first: BaseOxmlElement | None = None  # paragraph of the first item
        self.near = set[BaseOxmlElement]()  # paragraphs that are read with the table below them
        self.lying = False  # whether a page was turned for a table
        self.wide, self.high = text_room(made.sections[0])
        self.half = column_wide(made.sections[0])
        self.look = settle_look(made, own=own, wide=Pt(self.wide))
        self.known = {str(style.name) for style in made.styles}

    def line(self, text: str, style: str = "", *, bold: bool = False, size: float | None = None) -> Paragraph:
        """Write a paragraph.

        Parameters
        ----------
        text
            One paragraph, without control characters.
        style
            Name of a paragraph style; empty for the body's.
        bold
            Whether it is bold.
        size
            Height of the letters in points; None for the style's.
        """
        paragraph = self.made.add_paragraph(style=style if style in self.known else None)
        run = paragraph.add_run(unbroken_amounts(text))
        run.bold = bold or (style.startswith("Heading") and style not in self.known) or None
        run.font.size = Pt(size) if size else None
        return paragraph

    def heading(self, text: str, level: int = 1) -> Paragraph:
        """Write a heading that stays with what follows; the contents name those of two levels."""
        paragraph = self.line(text, f"Heading {level}")
        paragraph.paragraph_format.keep_with_next = True
        if level <= 2:
            self.headed.append((paragraph, level, mark_heading(paragraph, len(self.headed) + 1)))
        return paragraph

    def write(self) -> None:
        """Write the whole briefing."""
        found = self.resolved
        self.line(found.title, "Title")
        if found.subtitle:
            self.line(found.subtitle, "Subtitle")
        self.line(found.dated)
        self.findings()
        if len(found.sections) >= _LISTED:
            self.unlisted.append(self.line(self.words["contents"], "TOC Heading"))
            self.unlisted[0].paragraph_format.keep_with_next = True
            self.place = self.made.add_paragraph()
        if found.since:
            self.heading(self.words["changes"])
        if found.since.table is not None:
            self.table(found.since.table)
        for text in found.since.beside:
            self.line(text)
        for section, captioned in zip(found.sections, number_captions(found), strict=True):
            self.section(section, captioned)
        for title, table, caption in self.later:
            self.turn_for(table)
            self.heading(f"{self.words['full']} · {title}")
            self.caption(caption).paragraph_format.keep_with_next = True
            self.table(table)
            self.turn_back()
        self.appendix()
        if self.made.element.body[-2].tag == qn("w:tbl"):  # a document ends with a paragraph
            self.made.add_paragraph()

    def appendix(self) -> None:
        """Say how the numbers were made."""
        told = self.resolved.computed()
        if told or self.resolved.versions:
            self.heading(self.words["appendix"])
            self.line(f"{self.words['versions']}: {self.resolved.used()}", size=8)
        for head, rows in told:
            self.heading(head, 3)
            for at, (name, text) in enumerate(rows):
                paragraph = self.line(f"{name}: ", bold=True, size=9)
                paragraph.add_run(unbroken_amounts(text)).font.size = Pt(9)
                shape = paragraph.paragraph_format
                shape.space_after, shape.keep_with_next = Pt(2), at < 2 or at == len(rows) - 2

    def findings(self) -> None:
        """Say first what it concludes, where that is more than one thing."""
        if self.told:
            self.heading(self.words["findings"])
        for one in self.told:
            paragraph = self.line("")
            for text, value in finding_parts(one):
                paragraph.add_run(unbroken_amounts(text)).bold = value
            paragraph.paragraph_format.space_after = Pt(4)

    def foot(self) -> None:
        """Number the pages: x of y, beside the briefing's name."""
        page = self.made.sections[0]
        if page.footer.is_linked_to_previous is False and page.footer.paragraphs[0].text:
            return  # the template's own
        paragraph = page.footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        first, between, last = self.words["page_of"].split("|")
        for text, code in ((f"{self.resolved.title}    {first}", "PAGE"), (between, "NUMPAGES"), (last, "")):
            paragraph.add_run(text).font.size = Pt(8)
            if code:
                write_field(paragraph, f" {code} ", "1", size=8)

    def section(self, section: BriefingSection, captioned: Captions) -> None:
        """Write one item: what it is about and its picture together, its source below that, then its tables."""
        heading = self.heading(section.title, 2 if self.resolved.inside(section) else 1)
        heading.paragraph_format.page_break_before = section.kind == "dossier" or None
        self.first = heading._p if self.first is None else self.first
        for amount in section.amounts:
            large = self.line(amount, bold=True, size=16).paragraph_format
            large.keep_with_next, large.space_after = True, Pt(3)
        drawn = section.picture is not None or section.drawn is not None
        for text in filter(None, (section.lead, *section.explained)):
            said = self.line(text, bold=text == section.lead).paragraph_format
            said.keep_with_next, said.space_after = drawn or bool(section.tables), Pt(4)
        if section.picture is not None:
            self.map(section, captioned.picture)
        if section.drawn is not None:
            self.chart(section, section.drawn, captioned.chart)
        source = section.sourced(self.resolved.language)
        if drawn and source:
            self.made.paragraphs[-1].paragraph_format.keep_with_next = True
            below = self.line(source, size=8)
            shape = below.paragraph_format
            shape.space_after = Pt(6)
            late = all(stands_late(one, section) for one in section.tables)
            shape.keep_with_next = (late and bool(section.caveats)) or None
            self.near |= set() if late else {below._p}
        notes = [(one, 9.0) for one in section.caveats] + [(source, 8.0)] * bool(source and not drawn)
        self.tables(section, captioned, noted=bool(notes))
        for at, (note, size) in enumerate(notes):
            shape = self.line(note, size=size).paragraph_format
            shape.space_before, shape.space_after = Pt(4 if at == 0 else 0), Pt(2)
            shape.keep_with_next = at < len(notes) - 1
        self.turn_back()

    def tables(self, section: BriefingSection, captioned: Captions, *, noted: bool) -> None:
        """Write an item's tables below their captions; those that stand late wait for the end."""
        here = list[tuple[Table, str]]()
        for table, caption in zip(section.tables, captioned.tables, strict=True):
            if stands_late(table, section):
                self.later.append((section.title, table, caption))
            else:
                here.append((table, caption))
        for table, caption in here:
            self.turn_for(table)
            said = self.caption(caption).paragraph_format
            said.space_before, said.keep_with_next = Pt(6), True
            self.table(table, noted=noted and table is here[-1][0])

    def map(self, section: BriefingSection, caption: str) -> None:
        """Leave a place for a picture over the whole width, its caption below."""
        picture = section.picture
        assert picture is not None

        def room(wide: float) -> PictureRoom:
            return PictureRoom(*picture_heights(picture, wide, self.high - _WORDS))

        def draw(wide: float, points: float) -> tuple[bytes, bytes]:
            if not isinstance(picture, LatePicture):
                return picture.data, b""
            fitted = redraw_for_document(picture, wide, points)
            return fitted.data, fitted.vector

        narrow = room(self.half) if self.half else None
        if narrow is not None and not reads_in_column(picture, self.half, narrow.high):
            narrow = None
        rooms = PictureRooms(room(self.wide), narrow)
        self.shown.append(_Shown(self.waiting(), rooms, draw, self.resolved.alt(section), caption))
        self.caption(caption)

    def chart(self, section: BriefingSection, chart: Chart, caption: str) -> None:
        """Leave a place for a chart."""
        high = chart_inches(chart) * 72
        room = PictureRoom(high, high * _CHART[0], min(high * _CHART[1], max(self.high - _WORDS, high)))

        def draw(wide: float, points: float) -> tuple[bytes, bytes]:
            return chart_picture(chart, width_inches=wide / 72, height_inches=points / 72)

        alt = drawable_text(section.sentence or section.title, longest=300)
        self.shown.append(_Shown(self.waiting(), PictureRooms(room, room), draw, alt, caption))
        self.caption(caption)

    def waiting(self) -> Paragraph:
        """Write an empty paragraph for a picture, which stays with its caption."""
        shape = (paragraph := self.made.add_paragraph()).paragraph_format
        shape.keep_with_next, shape.space_after, shape.line_spacing = True, Pt(2), 1.0
        return paragraph

    def fill(self) -> None:
        """Draw the pictures so that pages are full, and write into the contents on which page each heading is."""
        numbers = self.contents()
        rooms: dict[BaseOxmlElement, PictureRooms] = {one.paragraph._p: one.rooms for one in self.shown}
        parts = list(measure_body(self.made, rooms, first=self.first, narrowed=self.narrowed, near=self.near))
        filled: PagesFilled = fill_pages([one.piece for one in parts], self.high * SURE)
        at = {part.element: i for i, part in enumerate(parts)}
        heads = [paragraph for paragraph, _, _ in self.headed] + self.unlisted
        for paragraph in heads:  # pages end where they were planned to, in every program
            i = at[paragraph._p]
            if i and filled.pages[i] > filled.pages[i - 1]:
                paragraph.paragraph_format.page_break_before = True
            elif i and filled.columns[i] > filled.columns[i - 1]:
                break_column(paragraph)
            else:
                continue
            if filled.columns[i]:  # both columns begin at one height
                paragraph.paragraph_format.space_before = Pt(0)
        for one in self.shown:
            i = at[one.paragraph._p]
            piece, room, wide = parts[i].piece, one.rooms.whole, self.wide
            if filled.columns[i] and piece.narrow is not None:
                piece, room, wide = piece.narrow, one.rooms.narrow, self.half
            assert room is not None
            self.put(one, wide, filled.heights[i] - (piece.high - room.high))
        for table in self.made.tables:
            if filled.columns[at[table.rows[0]._tr]]:
                set_widths(table, self.narrowed[table._tbl])
        repeat_heads(self.grouped, {part.element: page for part, page in zip(parts, filled.pages, strict=True)})
        for run, heading in numbers:
            run.text = str(filled.pages[at[heading]])
        set_columns(self.made, [part.element for part in parts], filled)

    def contents(self) -> list[tuple[Run, BaseOxmlElement]]:
        """Write the contents; returns where their page numbers stand, each with its heading."""
        if self.place is None:
            return []
        listed, upper = self.headed, [one for one in self.headed if one[1] == 1]
        if self.wide > self.high and len(listed) > _MOST_LISTED and len(upper) >= _LISTED:
            listed = upper  # a page that lies has few lines
        headed = [Headed(paragraph.text, level, mark) for paragraph, level, mark in listed]
        runs = write_contents(self.place, headed, ("toc 1", "toc 2"))
        return [(run, paragraph._p) for run, (paragraph, _, _) in zip(runs, listed, strict=True)]

    def put(self, shown: _Shown, wide: float, high: float) -> None:
        """Put a picture with its vector twin and its alt text where it waits, at most so wide and so high."""
        data, vector = shown.draw(wide, high)
        placed = shown.paragraph.add_run().add_picture(io.BytesIO(data), height=Pt(high))
        if placed.width > Pt(wide):
            placed.width, placed.height = Pt(wide), Emu(round(placed.height * Pt(wide) / placed.width))
        if vector:
            add_vector(self.made.part, placed._inline, vector)
        placed._inline.docPr.set("descr", shown.alt)
        placed._inline.docPr.set("name", shown.caption)

    def table(self, table: Table, *, noted: bool = False) -> None:
        """Write a table; keys that repeat become group rows."""
        wide = text_room(self.made.sections[-1])[0]
        room, grouped = Pt(wide), paper_table(table, wide / LEAST_LETTERS)
        put = add_table(self.made, grouped, self.look, room=room, noted=noted)
        if grouped.groups:
            self.grouped[put] = grouped
        if table_ems(grouped)[grouped.beside > 1] * letters_of(grouped) <= self.half:  # a folded one has its lines
            self.narrowed[put._tbl] = column_widths(grouped, Pt(self.half))

    def turn_for(self, table: Table) -> None:
        """Begin a page that lies the other way for a table that is too wide for an upright one."""
        grouped = group_rows(table)
        stands = self.wide < self.high  # a page that lies is as wide as can be
        if stands and not self.lying and table_ems(grouped)[0] * letters_of(grouped) > self.wide:
            self.turn()

    def turn_back(self) -> None:
        """Go on as before a page was turned."""
        if self.lying:
            self.turn()

    def turn(self) -> None:
        """Begin a page that lies the other way."""
        made = self.made.add_section(WD_SECTION.NEW_PAGE)
        lies = made.orientation == WD_ORIENT.LANDSCAPE
        made.orientation = WD_ORIENT.PORTRAIT if lies else WD_ORIENT.LANDSCAPE
        made.page_width, made.page_height = made.page_height, made.page_width
        self.lying = not self.lying

    def caption(self, text: str) -> Paragraph:
        """Write a caption whose number Word keeps right when things move."""
        kind, number, title = text.split(maxsplit=2)
        paragraph = self.line(f"{kind} ", "Caption")
        paragraph.paragraph_format.space_after = Pt(3)
        write_field(paragraph, f" SEQ {kind} \\* ARABIC ", number)
        paragraph.add_run(f"  {unbroken_amounts(title)}")
        return paragraph
