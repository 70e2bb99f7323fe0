"""Every numeral a reader meets in a deck, a document, a PDF or a page stands in a figure or in the plan's own words."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from pptx import Presentation

from briefings.map.grounds import SCALES
from briefings.resolve.blocks import Resolved
from briefings.resolve.computing import computing_notes
from briefings.resolve.declaration import Briefing, Item, read_briefing
from briefings.resolve.edition import resolve
from briefings.write.docx import write_docx
from briefings.write.html import write_webpage
from briefings.write.pdf import write_paper
from briefings.write.pptx import write_deck
from geo.measure.crs_words import crs_words
from geo.text import Text
from layers.figures.brief import brief_money, whole_money
from layers.figures.figure import Figure
from layers.figures.presentation import present, rest_bar, value_text
from layers.library.library import Library
from tests.briefings.blank_pictures import blank_pictures
from tests.landuse_plan import write_landuse_plan

DATA = Path(__file__).parents[3] / "data"
_NUMERAL = re.compile(r"(?<![\w.,/])\d[\d,]*(?:\.\d+)?(?!\w|[.,]\d)")
_COUNTED = 80  # pages, slides and captions are counted by the briefing itself


def read(found: Resolved, briefing: Briefing) -> dict[str, str]:
    """Return what a reader of each format meets."""
    show, book = Presentation(io.BytesIO(write_deck(found))), Document(io.BytesIO(write_docx(found)))
    frames = [shape for slide in show.slides for shape in slide.shapes]
    slides = [shape.text_frame.text for shape in frames if shape.has_text_frame]
    slides += [cell.text for shape in frames if shape.has_table for row in shape.table.rows for cell in row.cells]
    slides += [slide.notes_slide.notes_text_frame.text for slide in show.slides if slide.has_notes_slide]
    written = [one.text for one in book.paragraphs]
    written += [cell.text for table in book.tables for row in table.rows for cell in row.cells]
    with pypdfium2.PdfDocument(write_paper(found)) as opened:
        sheets = "\n".join(page.get_textpage().get_text_range() for page in opened)
    page = re.sub(r"<(script|style).*?</\1>", "", write_webpage(found, briefing).decode(), flags=re.S)
    return {
        "pptx": "\n".join(slides),
        "docx": "\n".join(written),
        "pdf": sheets,
        "html": html.unescape(re.sub(r"<[^>]+>", " ", page)),
    }


def numbers(text: str) -> set[float]:
    """Return the numbers of a text; parts of addresses, versions and names are none."""
    plain = re.sub(r"\S*/figures/\S+|(?<![.,])\b[0-9a-f]{6,}\b", " ", text)
    return {float(one.replace(",", "").rstrip(".")) for one in _NUMERAL.findall(plain)}


def sources(found: Resolved, briefing: Briefing, library: Library) -> Iterator[str]:
    """Yield all that gives numbers: figures as their pages show them, the plan's files, what the briefing's author wrote."""
    yield from (found.dated, found.used())
    for text in (briefing.title, briefing.subtitle, *(line for item in briefing.items for line in item.text)):
        yield text[found.language]
    for name in ("catalog.toml", "statistics.toml", "indicators.toml"):
        if (path := library.folder / name).is_file():
            yield path.read_text("utf-8")
    for layer in library.layers():  # a map of numbered sites has their list: amounts of the plan's own file
        if layer.numbered and layer.numbered.amount:
            amounts = [one.properties.get(layer.numbered.amount) for one in library.snapshot(layer).features]
            per = 10_000 if found.language == "zh" else 100_000  # of 10,000 yuan, in 亿 or in billions
            yield from (f"{float(amount) / per:.2f}" for amount in amounts if amount)
    yield crs_words(library.catalog.plan.plane_crs)[found.language]
    for section in found.sections:  # a map's slide has its scale, and counts what it shows
        yield from section.findings
        yield from (
            f"{one * 1e3:,.0f} {one * 1e4:,.0f} {one * 1e5:,.0f}" for one in SCALES if section.kind == "map"
        )
    for figure in found.figures:
        rest = rest_bar(figure, found.language)
        yield rest.text if rest is not None else ""
        shown = present(figure, found.language)
        yield from (
            value_text(figure)[found.language],
            brief_money(value_text(figure)[found.language]),
            whole_money(value_text(figure)[found.language]),
            figure.sentence[found.language],
            *map(" ".join, shown.heads),
        )
        yield from (" ".join(row.cells) for row in shown.rows)
        yield from first_levels(figure)
        yield from (f"{figure.value}", *(text[found.language] for text in figure.caveats))
        yield from (text for _, text in computing_notes(figure, found.language))


def first_levels(figure: Figure) -> Iterator[str]:
    """Yield what a slide has in place of a long table of classes: the figure's own numbers by first level."""
    sums: dict[tuple[str, str, str], float] = {}
    for row in figure.rows:
        for column in figure.columns:
            if row.get("class") and column.decimals is not None and isinstance(row.get(column.id), float):
                key = (row["zone"].en, row["class"][:2], column.id)
                sums[key] = sums.get(key, 0.0) + row[column.id]
    yield from (f"{value:.2f}" for value in sums.values())


def untraced(found: Resolved, briefing: Briefing, library: Library) -> dict[str, set[float]]:
    """Return the numbers of each format that nothing gives."""
    given = {number for text in sources(found, briefing, library) for number in numbers(text)}
    given |= set(map(float, range(_COUNTED)))
    with blank_pictures():  # what a map says stands beside it
        told = {name: numbers(text) - given for name, text in read(found, briefing).items()}
    return {name: left for name, left in told.items() if left}


@pytest.mark.slow  # a deck, a document, a PDF and a page are made twice: about 6 s
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_numeral_of_a_briefing_comes_from_nowhere(tmp_path: Path, language: str) -> None:
    library = Library(write_landuse_plan(tmp_path / "p"))
    line = Text("住宅 {homes}，另有 4711 项。", "Homes take {homes}, and 4711 more.")
    items = (Item("figure", statistic="structure"), Item("text", text=(line,)))
    briefing = Briefing("n", Text("数", "Numbers"), items=items)
    found = resolve(library, briefing, language=language, software="t")
    assert not untraced(found, briefing, library)
    silent = Briefing("n", briefing.title, items=items[:1])
    assert all(left == {4711.0} for left in untraced(found, silent, library).values()), "a typed numeral is seen"
    assert len(untraced(found, silent, library)) == 4


@pytest.mark.slow  # all figures of the bundled yearly report are computed: about 30 s
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_numeral_of_the_yearly_report_comes_from_nowhere(language: str) -> None:
    library, briefing = Library(DATA), read_briefing(DATA, "annual")
    found = resolve(library, briefing, language=language, software="t")
    assert not untraced(found, briefing, library)
