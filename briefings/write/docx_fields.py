"""What Word works out by itself: numbers of pages, figures and tables, and the contents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run


class Headed(NamedTuple):
    """A heading the contents name: its words, its level and its mark in the file."""

    text: str
    level: int
    mark: str


def write_field(paragraph: Paragraph, code: str, shown: str, *, size: float | None = None) -> None:
    """Add a field: what Word works out, and what stands there until it does.

    Parameters
    ----------
    paragraph
        To whose end it is added.
    code
        Of the field, as Word writes it.
    shown
        What it is now.
    size
        Of its letters, points; None for the paragraph's.
    """
    before = len(paragraph.runs)
    for element in field_begun(code):
        paragraph.add_run()._r.append(element)
    paragraph.add_run(shown)
    paragraph.add_run()._r.append(field_mark("end"))
    for run in paragraph.runs[before:]:
        run.font.size = Pt(size) if size else None


def field_mark(kind: str) -> Any:  # noqa: ANN401 - an element of lxml
    """Return the mark where a field begins, its text begins or it ends."""
    element = OxmlElement("w:fldChar")
    element.set(qn("w:fldCharType"), kind)
    return element


def field_begun(code: str) -> list[Any]:
    """Return what stands before the text of a field."""
    told = OxmlElement("w:instrText")
    told.set(qn("xml:space"), "preserve")
    told.text = code
    return [field_mark("begin"), told, field_mark("separate")]


def mark_heading(paragraph: Paragraph, number: int) -> str:
    """Give a heading the mark by which the contents know its page; returns it."""
    begin, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for one in (begin, end):
        one.set(qn("w:id"), str(number))
    begin.set(qn("w:name"), f"_Toc{number:08d}")
    paragraph._p.insert(0 if paragraph._p.pPr is None else 1, begin)
    paragraph._p.append(end)
    return f"_Toc{number:08d}"


def write_contents(place: Paragraph, headed: Sequence[Headed], styles: Sequence[str]) -> list[Run]:
    """Write the contents as one field over several paragraphs, which a program may make again.

    Returns the runs that wait for the numbers of pages.

    Parameters
    ----------
    place
        An empty paragraph, which becomes the first entry.
    headed
        The headings, in their order.
    styles
        Of the entries, one a level.
    """
    numbers, deepest = list[Run](), max(one.level for one in headed)
    for at, one in enumerate(headed):
        last = at == len(headed) - 1
        entry = place if last else place.insert_paragraph_before()
        entry.style = styles[one.level - 1]
        entry.paragraph_format.keep_with_next = at == 0 and not last
        for element in field_begun(f' TOC \\o "1-{deepest}" \\h \\z ') if at == 0 else ():
            entry.add_run()._r.append(element)
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), one.mark)
        link.set(qn("w:history"), "1")
        runs = [entry.add_run(one.text), entry.add_run("\t")]
        for element in field_begun(f" PAGEREF {one.mark} \\h "):
            run = entry.add_run()
            run._r.append(element)
            runs.append(run)
        numbers.append(entry.add_run("…"))
        runs.append(numbers[-1])
        runs.append(entry.add_run())
        runs[-1]._r.append(field_mark("end"))
        for run in runs:
            link.append(run._r)
        entry._p.append(link)
        if last:
            entry.add_run()._r.append(field_mark("end"))
    return numbers
