"""A picture on a page that lies leaves room for its heading and its caption."""

from __future__ import annotations

import io
from pathlib import Path

from docx import Document
from docx.shared import Cm, Emu
from PIL import Image

from briefings.map.picture import Picture
from briefings.resolve.blocks import BriefingSection, Resolved, Table
from briefings.write.docx import write_docx
from geo.text import Text


def test_a_picture_is_lower_than_a_page_that_lies(tmp_path: Path) -> None:
    own, drawn = Document(), io.BytesIO()
    page = own.sections[0]
    page.page_width, page.page_height = Cm(29.7), Cm(21)
    own.save(str(tmp_path / "own.docx"))
    Image.new("RGB", (400, 260), "white").save(drawn, "png")
    picture = Picture(drawn.getvalue(), "png", Text("图", "map"), (), ())
    section = BriefingSection("map", "Map", sentence="What it shows.", picture=picture)
    made = write_docx(Resolved("Report", "", "2026", "en", (section,), ()), template=tmp_path / "own.docx")
    (shown,) = Document(io.BytesIO(made)).inline_shapes
    high = Cm(21) - Emu(page.top_margin or 0) - Emu(page.bottom_margin or 0)
    assert shown.height <= high - Cm(4)
    assert abs(shown.width / shown.height - 400 / 260) < 0.01, "in its shape"


def test_contents_of_a_page_that_lies_name_the_chapters_alone_where_they_are_long(tmp_path: Path) -> None:
    own = Document()
    page = own.sections[0]
    page.page_width, page.page_height = Cm(29.7), Cm(21)
    own.save(str(tmp_path / "own.docx"))
    sections: list[BriefingSection] = []
    for chapter in "abcd":
        sections.append(BriefingSection("chapter", f"chapter {chapter}0"))
        sections += [BriefingSection("text", f"text {chapter}{n}", paragraphs=("Said.",)) for n in (1, 2, 3)]
    found = Resolved("Report", "", "2026", "en", tuple(sections), ())
    listed = {}
    for name, template in (("lies", tmp_path / "own.docx"), ("stands", None)):
        made = Document(io.BytesIO(write_docx(found, template=template)))
        entries = [one.text.partition("\t") for one in made.paragraphs if "\t" in one.text]
        listed[name] = [title for title, _, number in entries if number.isdigit()]
    assert listed["lies"] == [f"chapter {chapter}0" for chapter in "abcd"]
    assert listed["stands"] == [one.title for one in sections]


def test_a_group_that_goes_on_on_a_page_has_its_head_there_too() -> None:
    """Rows of two groups of 60 over pages: each piece of the table begins with its heading and its group."""
    rows = tuple((zone, f"{zone}{n}: " + "word " * 40, "1") for zone in ("North", "South") for n in range(60))
    long = Table(("Zone", "Class", "ha"), rows, (False, False, True))
    section = BriefingSection("figure", "Uses", tables=(long,))
    made = Document(io.BytesIO(write_docx(Resolved("Report", "", "2026", "en", (section,), ()))))
    pieces = [[row.cells[0].text for row in table.rows] for table in made.tables]
    assert len(pieces) > 2
    assert all(one[0] == "Class" for one in pieces)
    group = ""
    for _, head, *below in pieces:
        assert head in ("North", "South")
        for text in (head, *below):
            group = text if text in ("North", "South") else group
            assert text.startswith(group)
    told = [text.strip() for one in pieces for text in one if ":" in text]
    assert told == [text.strip() for _, text, _ in rows], "each row once, in its order"
