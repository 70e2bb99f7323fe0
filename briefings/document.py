"""A resolved briefing as a Word file: numbered captions, native tables, alt text, sources."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from briefings.briefing import Resolved, Section, shown
from briefings.fonts import drawable
from briefings.tables import cells, headings, notes
from layers.figures import Figure

_EAST_ASIAN = "Microsoft YaHei"
_STYLES = ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Caption", "Table Grid")


def document(resolved: Resolved, *, language: str, template: Path | None = None) -> bytes:
    """Return the briefing as a .docx.

    Parameters
    ----------
    resolved
        The briefing on one state of the data.
    language
        ``zh`` or ``en``.
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
    known = {style.name for style in made.styles}
    for name in _STYLES:
        if name in known:
            _east_asian(made.styles[name])
    writer = _Writer(made, language)
    writer.write(resolved)
    made.core_properties.author, made.core_properties.title = "PlanAtlas", resolved.title
    made.core_properties.comments = ""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _east_asian(style: Any) -> None:  # noqa: ANN401 - docx has no types
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), _EAST_ASIAN)


class _Writer:
    """Writes sections one below the other."""

    def __init__(self, made: Any, language: str) -> None:  # noqa: ANN401
        self.made, self.language = made, language
        page = made.sections[-1]
        self.width = page.page_width - page.left_margin - page.right_margin

    def write(self, resolved: Resolved) -> None:
        """Write the whole briefing."""
        zh = self.language == "zh"
        self.made.add_heading(resolved.title, 0)
        self.made.add_paragraph(resolved.subtitle)
        self.made.add_paragraph(resolved.dated)
        if resolved.changes:
            self.made.add_heading("自上次以来的变化" if zh else "Changed since last time", 1)
            for text in resolved.changes:
                self.made.add_paragraph(text)
        for section in resolved.sections:
            self.section(section)
        self.made.add_heading("附录：数字是怎样算出来的" if zh else "Appendix: how each number was computed", 1)
        for figure in resolved.figures:
            self.made.add_heading(f"{figure.statistic.label[self.language]} = {shown(figure)[self.language]}", 2)
            for name, text in notes(figure, self.language):
                paragraph = self.made.add_paragraph()
                paragraph.add_run(f"{name}: ").bold = True
                paragraph.add_run(text)
                paragraph.paragraph_format.space_after = Pt(2)

    def section(self, section: Section) -> None:
        """Write one item."""
        self.made.add_heading(section.title, 1)
        for text in section.paragraphs:
            self.made.add_paragraph(text)
        if section.picture:
            self.made.add_picture(io.BytesIO(section.picture.data), width=self.width)
            alt = drawable(section.picture.alt[self.language], longest=300)
            self.made.inline_shapes[-1]._inline.docPr.set("descr", alt)
            self.caption("图" if self.language == "zh" else "Figure", alt)
        if section.figure:
            self.figure(section.figure, section)

    def figure(self, figure: Figure, section: Section) -> None:
        """Write a number with its sentence, table, caveats and address."""
        language = self.language
        self.made.add_paragraph().add_run(shown(figure)[language]).bold = True
        self.made.add_paragraph(drawable(figure.sentence[language], longest=400))
        if section.moved:
            self.made.add_paragraph(section.moved)
        head, rows = headings(figure, language), cells(figure, language)
        if head and rows:
            self.caption("表" if language == "zh" else "Table", drawable(figure.statistic.label[language]))
            table = self.made.add_table(rows=1, cols=len(head))
            table.style = "Table Grid" if "Table Grid" in {s.name for s in self.made.styles} else table.style
            for cell, text in zip(table.rows[0].cells, head, strict=True):
                cell.paragraphs[0].add_run(drawable(text)).bold = True
            for row in rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = drawable(text)
            for row in table.rows:
                for cell in row.cells:
                    for run in cell.paragraphs[0].runs:
                        run.font.size = Pt(8.5)
        for caveat in figure.caveats:
            self.made.add_paragraph(drawable(caveat[language], longest=300))
        self.made.add_paragraph(f"/figures/{figure.id} · {figure.computed_at}")

    def caption(self, kind: str, text: str) -> None:
        """Write a caption that Word numbers itself."""
        paragraph = self.made.add_paragraph(
            style="Caption" if "Caption" in {s.name for s in self.made.styles} else None
        )
        paragraph.add_run(f"{kind} ")
        for part, content in (
            ("begin", ""),
            ("", f" SEQ {kind} \\* ARABIC "),
            ("separate", ""),
            ("text", "#"),
            ("end", ""),
        ):
            run = paragraph.add_run()
            if part in ("begin", "separate", "end"):
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), part)
                run._r.append(mark)
            elif part == "text":
                run.text = str(self._next(kind))
            else:
                instruction = OxmlElement("w:instrText")
                instruction.set(qn("xml:space"), "preserve")
                instruction.text = content
                run._r.append(instruction)
        paragraph.add_run(f"  {text}")

    def _next(self, kind: str) -> int:
        counts: dict[str, int] = self.__dict__.setdefault("counts", {})
        counts[kind] = counts.get(kind, 0) + 1
        return counts[kind]
