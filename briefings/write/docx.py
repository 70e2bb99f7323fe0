"""A resolved briefing as a Word file: numbered captions, native tables, alt text, sources.

Charts are vector pictures: python-docx has no charts of Word's own; the table beside each has its numbers.
"""

from __future__ import annotations

import io
from pathlib import Path

from docx import Document
from docx.document import Document as OpenDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Emu, Pt
from docx.table import Table as OpenTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from briefings.map.fonts import drawable_text
from briefings.resolve.blocks import BriefingSection, Captions, Resolved, Table, fixed_words, number_captions
from briefings.resolve.tables import (
    column_shares,
    group_rows,
    stands_late,
    table_ems,
    unbroken_head,
    unbroken_number,
)
from briefings.write.charts import chart_picture
from briefings.write.pptx_vector import add_vector

_EAST_ASIAN = "Microsoft YaHei"
_LISTED = 4  # sections from which contents are worth a list
_LEAST_WIDE = 0.5  # of the text, that a table takes
_INK, _RULE, _SHADE = "23485C", "C9D1D8", "E8EEF3"
_WORDS_CM = 4.5  # of a page's height, that a picture leaves to its heading, sentence, caption and source
_FEWEST = 3  # rows of a table that stand together at its ends
_TOGETHER = 12  # rows of a table that is not spread over two pages
_STYLES = ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Caption", "Table Grid")


def write_docx(resolved: Resolved, *, template: Path | None = None) -> bytes:
    """Return the briefing as a .docx.

    Parameters
    ----------
    resolved
        The briefing on one state of the data.
    template
        The user's own .docx whose styles and page are kept; its text is not.
    """
    made = Document(str(template) if template else None)
    if template is None:
        page = made.sections[0]
        page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Cm(21), Cm(29.7)
        page.left_margin = page.right_margin = Cm(2.2)
    else:
        body = made.element.body
        for element in [e for e in body if not e.tag.endswith("sectPr")]:
            body.remove(element)
    for key, link in list(
        made.part.rels.items()
    ):  # a second set of styles for Word 2007, not in step with the first
        if link.reltype.endswith("/stylesWithEffects"):
            made.part.drop_rel(key)
            made.part.rels.pop(key, None)
    known = {style.name for style in made.styles}
    for name in _STYLES:
        if name in known:
            fonts = made.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
            fonts.set(qn("w:eastAsia"), _EAST_ASIAN)
    if "Normal" in known:
        spoken = OxmlElement("w:lang")
        for key, tongue in (("val", "en-GB"), ("eastAsia", "zh-CN")):
            spoken.set(qn(f"w:{key}"), tongue)
        properties = made.styles["Normal"].element.get_or_add_rPr()
        for old in properties.findall(qn("w:lang")):
            properties.remove(old)
        properties.append(spoken)
    writer = _Writer(made, resolved, known, own=template is None)
    writer.write()
    writer.foot()
    made.core_properties.author, made.core_properties.title = "PlanAtlas", resolved.title
    made.core_properties.comments = ""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _between_margins(page: Section) -> int:
    """Return how wide text may be, in EMU; what a template leaves out is A4 with margins of an inch."""
    inch = int(Cm(2.54))
    left, right = (inch if one is None else int(one) for one in (page.left_margin, page.right_margin))
    return int(Cm(21) if page.page_width is None else page.page_width) - left - right


def _between_edges(page: Section) -> int:
    """Return how high text may be, in EMU; what a template leaves out is A4 with margins of an inch."""
    inch = int(Cm(2.54))
    top, bottom = (inch if one is None else int(one) for one in (page.top_margin, page.bottom_margin))
    return int(Cm(29.7) if page.page_height is None else page.page_height) - top - bottom


def _field(paragraph: Paragraph, code: str, shown: str, *, stale: bool = False) -> None:
    """Add a field: what Word works out (on opening where it is ``stale``), and what stands there until it does."""
    for mark, content in (("begin", ""), ("", code), ("separate", ""), ("text", shown), ("end", "")):
        run = paragraph.add_run(content if mark == "text" else "")
        if mark in ("begin", "separate", "end"):
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), mark)
            if stale and mark == "begin":
                element.set(qn("w:dirty"), "true")
            run._r.append(element)
        elif not mark:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = content
            run._r.append(element)


def _bookmarked(paragraph: Paragraph, name: str) -> None:
    """Give a heading the name by which the contents know its page."""
    begin, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for one in (begin, end):
        one.set(qn("w:id"), str(int(name[4:])))
    begin.set(qn("w:name"), name)
    paragraph._p.insert(0 if paragraph._p.pPr is None else 1, begin)
    paragraph._p.append(end)


def _fill_cell(cell: _Cell, text: str, table: Table, *, at: tuple[int, int], size: float) -> None:
    """Write a cell: numbers to the right and unbroken, headings, sums and groups bold, few rows never alone.

    Parameters
    ----------
    cell
        Of the document.
    text
        What stands in it.
    table
        Whose cell it is.
    at
        Row (0 is the heading) and column.
    size
        Of the letters, points.
    """
    r, c = at
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1)
    few = len(table.rows) <= _TOGETHER or r < _FEWEST or r > len(table.rows) - _FEWEST
    paragraph.paragraph_format.keep_with_next = (few and r < len(table.rows)) or None
    if table.numeric[c]:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if r > 0:
            cell._tc.get_or_add_tcPr().append(OxmlElement("w:noWrap"))
    whole = unbroken_head if r == 0 else unbroken_number
    run = paragraph.add_run(whole(text) if table.numeric[c] else text)
    run.bold = r == 0 or r - 1 in table.strong or r - 1 in table.groups
    run.font.size = Pt(size)


def _ruled(table: OpenTable) -> None:
    """Give a table light rules between its rows, a darker one at its ends, none between its columns."""
    lines = OxmlElement("w:tblBorders")
    for side, width, color in (
        ("top", 8, _INK),
        ("left", 0, ""),
        ("bottom", 8, _INK),
        ("right", 0, ""),
        ("insideH", 4, _RULE),
        ("insideV", 0, ""),
    ):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single" if width else "nil"), ("sz", str(width)), ("color", color or "auto")):
            line.set(qn(f"w:{key}"), value)
        lines.append(line)
    properties = table._tbl.tblPr
    later = {qn(f"w:{name}") for name in ("shd", "tblLayout", "tblCellMar", "tblLook")}  # the schema's order
    properties.insert(next((i for i, one in enumerate(properties) if one.tag in later), len(properties)), lines)
    for cell in table.rows[0].cells:
        shade = OxmlElement("w:shd")
        for key, value in (("val", "clear"), ("color", "auto"), ("fill", _SHADE)):
            shade.set(qn(f"w:{key}"), value)
        cell._tc.get_or_add_tcPr().append(shade)


class _Writer:
    """Writes sections one below the other; a style that the template lacks is not asked for."""

    def __init__(self, made: OpenDocument, resolved: Resolved, known: set[str], *, own: bool) -> None:
        self.made, self.resolved, self.known, self.own = made, resolved, known, own
        self.words, self.later = fixed_words(resolved.language), list[tuple[str, Table, str]]()
        self.marks = dict[str, str]()  # of the headings that the contents name; each stands once
        page = made.sections[-1]
        self.width = _between_margins(page)

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
        run = paragraph.add_run(text)
        run.bold = bold or (style.startswith("Heading") and style not in self.known) or None
        run.font.size = Pt(size) if size else None
        return paragraph

    def write(self) -> None:
        """Write the whole briefing."""
        found = self.resolved
        self.line(found.title, "Title")
        if found.subtitle:
            self.line(found.subtitle, "Subtitle")
        self.line(found.dated)
        self.findings()
        self.contents()
        if found.since:
            self.line(self.words["changes"], "Heading 1").paragraph_format.keep_with_next = True
        if found.since.table is not None:
            self.table(found.since.table)
        for text in found.since.beside:
            self.line(text)
        for section, captioned in zip(found.sections, number_captions(found), strict=True):
            self.section(section, captioned)
        for title, table, caption in self.later:
            self.line(f"{self.words['full']} · {title}", "Heading 1").paragraph_format.keep_with_next = True
            self.caption(caption).paragraph_format.keep_with_next = True
            self.table(table)
        told = found.computed()
        if told or found.versions:
            self.line(self.words["appendix"], "Heading 1")
            self.line(f"{self.words['versions']}: {found.used()}", size=8)
        for head, rows in told:
            self.line(head, "Heading 2")
            for name, text in rows:
                paragraph = self.line(f"{name}: ", bold=True, size=9)
                paragraph.add_run(text).font.size = Pt(9)
                paragraph.paragraph_format.space_after = Pt(2)

    def findings(self) -> None:
        """Say the numbers first, where there are several."""
        said = [one for one in self.resolved.sections if one.value]
        if len(said) < 2:
            return
        self.line(self.words["findings"], "Heading 1")
        for one in said:
            paragraph = self.line(f"{one.value}  ", bold=True)
            paragraph.add_run(one.sentence or one.title).bold = False
            paragraph.paragraph_format.space_after = Pt(4)

    def contents(self) -> None:
        """Write a list of the headings with their pages, which Word and others work out."""
        names = list(dict.fromkeys(one.title for one in self.resolved.sections))
        if len(self.resolved.sections) < _LISTED:
            return
        self.line(self.words["contents"], "Heading 1")
        words = self.resolved.contents()
        for at, name in enumerate(names, 1):
            entry = self.line(f"{words[name]}\t")
            entry.paragraph_format.space_after, entry.paragraph_format.keep_with_next = Pt(0), at < len(names)
            stops = entry.paragraph_format.tab_stops
            stops.add_tab_stop(Emu(self.width), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
            self.marks[name] = f"_Toc{at:08d}"
            _field(entry, f" PAGEREF {self.marks[name]} \\h ", "…", stale=True)

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
                _field(paragraph, f" {code} ", "1")

    def section(self, section: BriefingSection, captioned: Captions) -> None:
        """Write one item."""
        named = self.line(section.title, "Heading 2" if self.resolved.inside(section) else "Heading 1")
        if section.title in self.marks:
            _bookmarked(named, self.marks.pop(section.title))
        heading = named.paragraph_format
        # the first item begins a page after the contents
        listed = len(self.resolved.sections) >= _LISTED and not self.resolved.since
        first = listed and section is self.resolved.sections[0]
        heading.keep_with_next, heading.page_break_before = True, first or section.kind == "dossier"
        for amount in section.amounts:
            large = self.line(amount, bold=True, size=16).paragraph_format
            large.keep_with_next, large.space_after = True, Pt(3)
        for text in (section.moved, section.sentence, *section.paragraphs):
            if text:
                together = section.picture is not None or section.chart is not None or bool(section.tables)
                said = self.line(text).paragraph_format
                said.keep_with_next, said.space_after = together, Pt(4)
        if section.picture is not None:
            drawn = (section.picture.data, getattr(section.picture, "vector", b""))
            self.picture(drawn, self.resolved.alt(section), captioned.picture)
            alone = section.chart is None and not section.tables and not section.caveats
            self.made.paragraphs[-1].paragraph_format.keep_with_next = alone and bool(section.source)
        if section.chart is not None:
            alt = drawable_text(section.sentence or section.title, longest=300)
            self.picture(chart_picture(section.chart), alt, captioned.chart)
        self.tables(section, captioned)
        for caveat in section.caveats:
            note = self.line(caveat, size=9).paragraph_format
            note.space_after, note.keep_with_next = Pt(2), bool(section.source)
        if section.source:
            self.line(f"{self.words['source']}: {section.source}", size=8)

    def tables(self, section: BriefingSection, captioned: Captions) -> None:
        """Write an item's tables below their captions; those that stand late wait for the end."""
        for table, caption in zip(section.tables, captioned.tables, strict=True):
            if stands_late(table, section):
                self.later.append((section.title, table, caption))
                continue
            self.caption(caption).paragraph_format.keep_with_next = True
            self.table(table)

    def picture(self, drawn: tuple[bytes, bytes], alt: str, caption: str) -> None:
        """Put a picture over the whole width with its vector twin and its alt text, its caption below."""
        data, vector = drawn
        placed = self.made.add_picture(io.BytesIO(data), width=Emu(self.width))
        most = _between_edges(self.made.sections[-1]) - int(Cm(_WORDS_CM))
        if placed.height > most > 0:  # on a page that lies, its heading and its caption stay with it
            placed.width, placed.height = Emu(int(placed.width * most / placed.height)), Emu(most)
        shown = self.made.paragraphs[-1].paragraph_format
        shown.keep_with_next, shown.space_after = True, Pt(2)
        inline = self.made.inline_shapes[-1]._inline
        if vector:
            add_vector(self.made.part, inline, vector)
        inline.docPr.set("descr", alt)
        inline.docPr.set("name", caption)
        self.caption(caption)

    def table(self, table: Table) -> None:
        """Write a table whose heading is on every page; numbers never break, keys become group rows."""
        table = group_rows(table)
        letters = 9.0 if len(table.heads) <= 6 else 8.0
        turned = table_ems(table)[0] * Pt(letters) > self.width
        page = self.turned() if turned else self.made.sections[-1]
        made = self.made.add_table(rows=1 + len(table.rows), cols=len(table.heads))
        if "Table Grid" in self.known:
            made.style = "Table Grid"
        if self.own:
            _ruled(made)
        room, made.autofit, size = _between_margins(page), False, letters
        wide = room * min(max(table_ems(table)[1] * Pt(size) / room, _LEAST_WIDE), 1.0)
        widths = [Emu(int(wide * share)) for share in column_shares(table, ems=wide / Pt(size))]
        for column, width in zip(made.columns, widths, strict=True):
            column.width = width
        made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for r, row in enumerate((table.heads, *table.rows)):
            for c, (cell, text) in enumerate(zip(made.rows[r].cells, row, strict=True)):
                cell.width = widths[c]
                if c == 0 or r - 1 not in table.groups:
                    _fill_cell(cell, text, table, at=(r, c), size=size)
            made.rows[r]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            if r - 1 in table.groups:
                made.rows[r].cells[0].merge(made.rows[r].cells[-1])
                made.rows[r].cells[0].paragraphs[0].paragraph_format.keep_with_next = True
        if turned:
            self.turned()
        else:
            self.made.add_paragraph().paragraph_format.space_after = Pt(2)

    def turned(self) -> Section:
        """Begin a page that lies the other way; returns its section."""
        made: Section = self.made.add_section(WD_SECTION.NEW_PAGE)
        upright = made.orientation == WD_ORIENT.PORTRAIT
        made.orientation = WD_ORIENT.LANDSCAPE if upright else WD_ORIENT.PORTRAIT
        made.page_width, made.page_height = made.page_height, made.page_width
        return made

    def caption(self, text: str) -> Paragraph:
        """Write a caption whose number Word keeps right when things move."""
        kind, number, title = text.split(maxsplit=2)
        paragraph = self.line(f"{kind} ", "Caption")
        paragraph.paragraph_format.space_after = Pt(3)
        _field(paragraph, f" SEQ {kind} \\* ARABIC ", number)
        paragraph.add_run(f"  {title}")
        return paragraph
