"""Pages of two columns in a Word file that lies: each run of them is a section of its own."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

from docx.document import Document as OpenDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.text.paragraph import CT_P
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph

from briefings.write.docx_measure import COLUMN_GAP
from briefings.write.page_fill import PagesFilled

_FIRST_ONLY = ("w:titlePg", "w:pgNumType")  # of a document's first section


def break_column(paragraph: Paragraph) -> None:
    """Let a paragraph begin a column: the break has a line of no height above it, as contents repeat headings."""
    line = thin_line()
    run, mark = OxmlElement("w:r"), OxmlElement("w:br")
    mark.set(qn("w:type"), "column")
    run.append(mark)
    line.append(run)
    paragraph._p.addprevious(line)


def set_columns(made: OpenDocument, elements: Sequence[BaseOxmlElement], filled: PagesFilled) -> None:
    """Make a section of each run of pages with as many columns.

    Parameters
    ----------
    made
        The document; it has one section.
    elements
        Its parts.
    filled
        How they stand.
    """
    if not any(filled.columns):
        return
    last = made.sections[-1]._sectPr
    for i in range(1, len(elements)):
        before = bool(filled.columns[i - 1])
        if before != bool(filled.columns[i]):
            section = deepcopy(last)
            _say_columns(section, two=before)
            _end_section(elements[i], section)
            for name in _FIRST_ONLY:
                for one in last.findall(qn(name)):
                    last.remove(one)
    _say_columns(last, two=bool(filled.columns[-1]))


def _end_section(element: BaseOxmlElement, section: BaseOxmlElement) -> None:
    """End a section before an element: in the paragraph before it, below a table in a line of no height."""
    found = element.getprevious()
    if isinstance(found, CT_P):
        found.get_or_add_pPr().append(section)
    else:
        line = thin_line()
        line.get_or_add_pPr().append(section)
        element.addprevious(line)
    for one in element.xpath("./w:pPr/w:pageBreakBefore"):  # the section begins a page
        one.getparent().remove(one)


def _say_columns(section: BaseOxmlElement, *, two: bool) -> None:
    for name in ("w:cols", "w:type"):
        for one in section.findall(qn(name)):
            section.remove(one)
    columns, begins = OxmlElement("w:cols"), OxmlElement("w:type")
    begins.set(qn("w:val"), "nextPage")
    columns.set(qn("w:space"), str(round(COLUMN_GAP * 20)))
    if two:
        columns.set(qn("w:num"), "2")
    later = {qn(f"w:{name}") for name in ("formProt", "vAlign", "noEndnote", "titlePg", "textDirection", "bidi")}
    later |= {qn("w:rtlGutter"), qn("w:docGrid"), qn("w:printerSettings")}
    at = next((i for i, one in enumerate(section) if one.tag in later), len(section))
    section.insert(at, columns)
    heads = {qn("w:headerReference"), qn("w:footerReference"), qn("w:footnotePr"), qn("w:endnotePr")}
    section.insert(sum(one.tag in heads for one in section), begins)


def thin_line() -> CT_P:
    """Return an empty paragraph a point high."""
    line, spaced = OxmlElement("w:p"), OxmlElement("w:spacing")
    assert isinstance(line, CT_P)
    for key, value in (("before", "0"), ("after", "0"), ("line", "20"), ("lineRule", "exact")):
        spaced.set(qn(f"w:{key}"), value)
    line.get_or_add_pPr().append(spaced)
    return line
