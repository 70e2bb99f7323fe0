"""Headings of a table on paper: broken between their words, never within a word or a unit."""

from __future__ import annotations

import io

from docx import Document
from docx.shared import Pt

from briefings.map.fonts import width_em
from briefings.resolve.blocks import BriefingSection, Resolved, Table
from briefings.write.docx import write_docx

HEADS = ("Group", "Sum (× 10,000)", "Stated", "Not stated", "Coverage (at least) (%)")


def test_each_word_of_a_heading_finds_room_in_its_column() -> None:
    table = Table(HEADS, (("CNY", "6,938,500", "43", "0", "24.99"),), (False, True, True, True, True))
    section = BriefingSection("figure", "Investment", tables=(table,))
    made = write_docx(Resolved("Report", "", "2026", "en", (section,), ()))
    (found,) = Document(io.BytesIO(made)).tables
    inside = Pt(2 * 5.4)  # what Word leaves at both sides of a cell
    for column, head in zip(found.columns, HEADS, strict=True):
        cell = column.cells[0]
        assert cell.text.replace("\u00a0", " ") == head
        for word in cell.text.split(" "):  # a unit in brackets is one word
            assert word.count("(") == word.count(")")
            assert width_em(word) * 1.08 * Pt(9) <= (column.width or 0) - inside, (head, word)
    assert " " in found.rows[0].cells[3].text


def test_a_code_of_letters_is_not_broken_where_there_is_room() -> None:
    codes = ("amenity.university", "landuse.commercial", "x")
    table = Table(("Code", "ha"), tuple((code, "1.00") for code in codes), (False, True))
    section = BriefingSection("figure", "Land", tables=(table,))
    made = write_docx(Resolved("Report", "", "2026", "en", (section,), ()))
    (found,) = Document(io.BytesIO(made)).tables
    room = (found.columns[0].width or 0) - Pt(2 * 5.4)
    assert all(width_em(code) * Pt(9) <= room for code in codes)
