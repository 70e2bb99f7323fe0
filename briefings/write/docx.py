"""A resolved briefing as a Word file: numbered captions, native tables, alt text, sources."""

from __future__ import annotations

import io
from pathlib import Path

from docx import Document
from docx.document import Document as OpenDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Emu, Pt
from docx.text.paragraph import Paragraph

from briefings.map.fonts import drawable
from briefings.resolve.blocks import BriefingSection, Captions, Resolved, Table, captions, words
from briefings.resolve.tables import column_shares, grouped, stands_late, unbroken
from briefings.write.charts import chart_picture

_EAST_ASIAN = "Microsoft YaHei"
_LISTED = 4  # sections from which contents are worth a list
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
    writer = _Writer(made, resolved, known)
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


def _field(paragraph: Paragraph, code: str, shown: str) -> None:
    """Add a field: what Word works out, and what stands there until it does."""
    for mark, content in (("begin", ""), ("", code), ("separate", ""), ("text", shown), ("end", "")):
        run = paragraph.add_run(content if mark == "text" else "")
        if mark in ("begin", "separate", "end"):
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), mark)
            run._r.append(element)
        elif not mark:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = content
            run._r.append(element)


class _Writer:
    """Writes sections one below the other; a style that the template lacks is not asked for."""

    def __init__(self, made: OpenDocument, resolved: Resolved, known: set[str]) -> None:
        self.made, self.resolved, self.known = made, resolved, known
        self.words, self.later = words(resolved.language), list[tuple[str, Table, str]]()
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
        for section, captioned in zip(found.sections, captions(found), strict=True):
            self.section(section, captioned)
        for title, table, caption in self.later:
            self.line(f"{self.words['full']} · {title}", "Heading 1").paragraph_format.keep_with_next = True
            self.caption(caption).paragraph_format.keep_with_next = True
            self.table(table)
        told = found.computed()
        if told:
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

    def contents(self) -> None:
        """Write a list of the headings that Word fills with page numbers; until then it names them."""
        names = [one.title for one in self.resolved.sections]
        if len(names) < _LISTED:
            return
        self.line(self.words["contents"], "Heading 1")
        paragraph = self.line("")
        _field(paragraph, ' TOC \\o "1-1" \\h \\z \\u ', "\n".join(dict.fromkeys(names)))

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
        heading = self.line(section.title, "Heading 1").paragraph_format
        heading.keep_with_next, heading.page_break_before = True, section.kind == "dossier"  # one begins a page
        if section.value:
            self.line(section.value, bold=True, size=16).paragraph_format.keep_with_next = True
        for text in (section.moved, section.sentence, *section.paragraphs):
            if text:
                together = section.picture is not None or section.chart is not None
                self.line(text).paragraph_format.keep_with_next = together
        if section.picture is not None:
            self.picture(section.picture.data, self.resolved.alt(section), captioned.picture)
        if section.chart is not None:
            alt = drawable(section.sentence or section.title, longest=300)
            self.picture(chart_picture(section.chart), alt, captioned.chart)
        for table, caption in zip(section.tables, captioned.tables, strict=True):
            if stands_late(table, section):
                self.later.append((section.title, table, caption))
                continue
            self.caption(caption).paragraph_format.keep_with_next = True
            self.table(table)
        for caveat in section.caveats:
            self.line(caveat, size=9)
        if section.source:
            self.line(f"{self.words['source']}: {section.source}", size=8)

    def picture(self, data: bytes, alt: str, caption: str) -> None:
        """Put a picture over the whole width with its alt text, its caption below."""
        self.made.add_picture(io.BytesIO(data), width=Emu(self.width))
        self.made.paragraphs[-1].paragraph_format.keep_with_next = True
        inline = self.made.inline_shapes[-1]._inline
        inline.docPr.set("descr", alt)
        inline.docPr.set("name", caption)
        self.caption(caption)

    def table(self, table: Table) -> None:
        """Write a table whose heading is on every page; numbers never break, keys become group rows."""
        table = grouped(table)
        made = self.made.add_table(rows=1 + len(table.rows), cols=len(table.heads))
        if "Table Grid" in self.known:
            made.style = "Table Grid"
        page = self.made.sections[0]
        room, made.autofit = _between_margins(page), False
        size = 9.0 if len(table.heads) <= 6 else 8.0
        widths = [Emu(int(room * share)) for share in column_shares(table, ems=room / Pt(size))]
        for column, width in zip(made.columns, widths, strict=True):
            column.width = width
        made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for r, row in enumerate((table.heads, *table.rows)):
            for c, (cell, text) in enumerate(zip(made.rows[r].cells, row, strict=True)):
                cell.width = widths[c]
                if c > 0 and r - 1 in table.groups:
                    continue
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1)
                paragraph.paragraph_format.keep_with_next = r < len(table.rows) <= _TOGETHER or None
                if table.numeric[c]:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                    if r > 0:
                        cell._tc.get_or_add_tcPr().append(OxmlElement("w:noWrap"))
                run = paragraph.add_run(unbroken(text) if table.numeric[c] else text)
                run.bold = r == 0 or r - 1 in table.strong or r - 1 in table.groups
                run.font.size = Pt(size)
            made.rows[r]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            if r - 1 in table.groups:
                made.rows[r].cells[0].merge(made.rows[r].cells[-1])
                made.rows[r].cells[0].paragraphs[0].paragraph_format.keep_with_next = True
        self.made.add_paragraph().paragraph_format.space_after = Pt(2)

    def caption(self, text: str) -> Paragraph:
        """Write a caption whose number Word keeps right when things move."""
        kind, number, title = text.split(maxsplit=2)
        paragraph = self.line(f"{kind} ", "Caption")
        _field(paragraph, f" SEQ {kind} \\* ARABIC ", number)
        paragraph.add_run(f"  {title}")
        return paragraph
