"""One presentation of a figure: page, panel, slide, Word, PDF and spreadsheet show the same rows, in the same order."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from docx import Document
from flask import Flask
from pptx import Presentation as Slides
from python_calamine import CalamineWorkbook

from briefings.map.fonts import drawable_text
from briefings.resolve.blocks import BriefingSection, Resolved, Table, number_captions
from briefings.resolve.declaration import Briefing, Item
from briefings.resolve.edition import resolve
from briefings.resolve.folding import paper_table
from briefings.resolve.tables import group_rows, shown_table
from briefings.write.docx import write_docx
from briefings.write.docx_measure import text_room
from briefings.write.docx_tables import LEAST_LETTERS
from briefings.write.paper_flow import SMALL_LETTERS, TEXT_WIDE
from briefings.write.pdf import write_paper
from briefings.write.pptx import write_deck
from briefings.write.pptx_figures import without_value
from geo.text import Text
from layers.figures.brief import brief_figure
from layers.figures.figure import Figure, FigureShelf
from layers.figures.functions import FUNCTIONS
from layers.figures.presentation import Shown, present, rest_bar
from layers.figures.question import read_questions
from layers.library.library import Library
from tests.answered import answered
from webapp.state import state_of
from webapp.version import VERSION

pytestmark = pytest.mark.slow

DATA = Path(__file__).parents[3] / "data"
LIBRARY = Library(DATA)
STATISTICS = read_questions(DATA).statistics
PART_AND_WHOLE = 2  # rows of a share's table
KEYS = [
    key
    for key, one in STATISTICS.items()
    if all(used.layer in LIBRARY.catalog.layers for used in one.inputs.values())
]


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Figure]:
    return {key: answered(LIBRARY, STATISTICS[key], software=VERSION) for key in KEYS}


@pytest.fixture(scope="module")
def shelf(figures: dict[str, Figure], tmp_path_factory: pytest.TempPathFactory) -> FigureShelf:
    kept = FigureShelf(tmp_path_factory.mktemp("shelf"))
    for figure in figures.values():
        kept.publish(figure)
    return kept


def texts_of(html: str, tag: str) -> list[str]:
    return [
        unescape(re.sub(r"<title>.*?</title>", "", one)) for one in re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", html)
    ]


def rows_of(html: str) -> list[list[str]]:
    table = re.search(r'id="table".*?<table>(.*?)</table>', html, re.DOTALL)
    assert table
    return [[*texts_of(row, "th"), *texts_of(row, "td")] for row in re.findall(r"<tr.*?</tr>", table.group(1))]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_the_panel_and_the_spreadsheet_draw_what_the_figure_says(
    figures: dict[str, Figure], make_app: Callable[..., Flask], language: str
) -> None:
    app = make_app(DATA)
    client = app.test_client()
    for key, figure in figures.items():
        state_of(app).shelf.publish(figure)
        shown = present(figure, language)
        assert client.get(f"/api/figures/{figure.id}/shown?lang={language}").get_json() == _plain(shown), key
        page = client.get(f"/figures/{figure.id}?lang={language}").text
        assert rows_of(page) == [list(shown.heads), *(list(row.cells) for row in shown.rows)], key
        drawn = re.search(r'<svg class="bars".*?</svg>', page, re.DOTALL)
        assert (drawn is None) == (shown.chart is None), key
        book = CalamineWorkbook.from_filelike(
            io.BytesIO(client.get(f"/figures/{figure.id}.xlsx?lang={language}").data)
        )
        heads, *rows = book.get_sheet_by_index(0).to_python()
        assert heads == list(shown.heads), key
        assert len(rows) == len(shown.rows), key
        for row, told in zip(rows, shown.rows, strict=True):
            for held, value in zip(row, told.values, strict=True):  # a cell is written with 16 digits
                wanted = _celled(value)
                assert held == (pytest.approx(wanted, rel=1e-15) if isinstance(wanted, float) else wanted), key
        notes = {row[0]: row[1] for row in book.get_sheet_by_index(1).to_python()}
        assert figure.sentence[language] in notes.values(), key
        if drawn is not None and shown.chart is not None:
            labels, values = texts_of(drawn.group(), "text")[::2], texts_of(drawn.group(), "text")[1::2]
            assert values == [bar.text for bar in shown.chart.bars], key
            assert len(labels) == len(values)
            rows = book.get_sheet_by_name("图表" if language == "zh" else "Chart").to_python()[1:]
            assert [row[0] for row in rows] == [bar.label for bar in shown.chart.bars], key
            assert [row[1] for row in rows] == pytest.approx([bar.value for bar in shown.chart.bars], rel=1e-12)


def _plain(shown: Shown) -> dict[str, Any]:
    import orjson

    told: dict[str, Any] = orjson.loads(orjson.dumps(shown.plain()))
    return told


def _briefing(keys: list[str]) -> Briefing:
    items = tuple(Item(kind="figure", statistic=key) for key in keys)
    return Briefing(id="all", title=Text("全部", "all"), items=items)


def _celled(value: float | str | None) -> float | str:
    """Return a value as a spreadsheet's cell gives it back: a number as a double, nothing as an empty text."""
    if value is None or isinstance(value, bool):
        return "" if value is None else value
    return float(value) if isinstance(value, int | float) else value


@pytest.fixture(scope="module", params=["zh", "en"])
def resolved(request: pytest.FixtureRequest, shelf: FigureShelf) -> Resolved:
    """All bundled statistics as one briefing, without the maps that go with those of coverage."""
    made = resolve(LIBRARY, _briefing(KEYS), language=request.param, software=VERSION, shelf=shelf)
    return replace(made, sections=tuple(one for one in made.sections if one.kind == "figure"))


def test_a_briefing_has_value_sentence_rows_and_kinds_of_the_figure(
    figures: dict[str, Figure], resolved: Resolved
) -> None:
    """What every format writes: the section of a figure says the figure's own headline, order, units and sums."""
    for key, section in zip(KEYS, resolved.sections, strict=True):
        figure, shown = figures[key], brief_figure(figures[key], resolved.language)
        value = "" if figure.value is None and figure.headline is None else shown.value
        assert section.value == value, key
        assert section.sentence == drawable_text(shown.sentence, longest=400), key
        told = shown_table(shown)
        assert section.tables == ((told,) if told.heads and told.rows else ()), key
        assert [list(row) for row in told.rows] == [
            [drawable_text(cell, longest=240) for cell in row.cells] for row in shown.rows
        ], key
        sums = [i for i, row in enumerate(shown.rows) if row.kind in ("total", "of_which")]
        assert list(told.strong) == sums, key


def test_the_slides_draw_what_the_figure_says(figures: dict[str, Figure], resolved: Resolved) -> None:
    language = resolved.language
    slides = Slides(io.BytesIO(write_deck(resolved)))
    shapes = [shape for slide in slides.slides for shape in slide.shapes]
    charts = [shape.chart for shape in shapes if shape.has_chart]
    asked = [(figures[key], chart) for key in KEYS if (chart := brief_figure(figures[key], language).chart)]
    drawn = [chart for _, chart in asked]
    rests = {id(chart): rest_bar(figure, language) for figure, chart in asked}
    few = [len(chart.bars) <= 2 and chart.target is None for chart in drawn]  # in the table or large with its unit
    wanted = [chart for chart, two in zip(drawn, few, strict=True) if not two]
    assert len(charts) == len(wanted) > 0
    headed = [
        (heads, [_spaced(cell.text) for cell in row.cells])
        for shape in shapes
        if shape.has_table
        for heads in [{_spaced(cell.text) for cell in shape.table.rows[0].cells}]
        for row in shape.table.rows
    ]
    words = {_spaced(shape.text_frame.text) for shape in shapes if shape.has_text_frame}
    for chart in (chart for chart, two in zip(drawn, few, strict=True) if two):
        for bar in chart.bars:  # under what they are, with (at least) where they are that
            tabled = any(chart.name in heads and {bar.label, bar.text} <= {*cells} for heads, cells in headed)
            large = any(len(c) == 3 and c[0].startswith(bar.text) and c[1] == bar.label for _, c in headed)
            assert tabled or (large and chart.name in words), bar
    for made, told in zip(charts, wanted, strict=True):
        plot = made.plots[0]
        values = [round(value, 9) for value in plot.series[0].values]
        values = values[::-1] if told.form == "bars" else values  # a bar chart counts from below
        rest = rests[id(told)]  # what the chart leaves out has a bar of its own
        bars = told.bars if rest is None else (*told.bars, rest)
        assert values == [round(bar.value, 9) for bar in bars]
        assert made.has_title == told.name.endswith((")", "）")), "a count alone needs no unit"
        assert not made.has_title or made.chart_title.text_frame.text == told.name
    tables: dict[str, list[list[list[str]]]] = {}
    for shape in shapes:
        if shape.has_table:
            rows = [[_spaced(cell.text) for cell in row.cells] for row in shape.table.rows]
            tables.setdefault(shape.name, []).append(rows)
    said = _squeezed(" ".join(shape.text_frame.text for shape in shapes if shape.has_text_frame))
    for key, section, captioned in zip(KEYS, resolved.sections, number_captions(resolved), strict=True):
        assert _squeezed(section.value) in said, key
        for table, caption in zip(section.tables, captioned.tables, strict=True):
            beside = section.chart
            if caption not in tables:  # the chart has every row of it but the sum
                assert beside is not None
                drawn_rows = set(zip(beside.labels, beside.texts, strict=True))
                assert {row for at, row in enumerate(table.rows) if at not in table.strong} <= drawn_rows, key
                continue
            parts = tables[caption]
            assert all(part[0] == parts[0][0] for part in parts), key  # its heads again on every slide
            held = [parts[0][0]]
            for part in parts:  # the head of a group that goes on stands there again, and says so
                last = next((row[0].partition(" · ")[0] for row in reversed(held[1:]) if not any(row[1:])), "")
                again = {f"{last}（续）", f"{last} (continued)"}
                held += part[2:] if part[1][0] in again else part[1:]
            if section.short is not None and held[0] == list(section.short.heads):
                check_first_levels(figures[key], held, language)
                continue
            alone = beside is None and len(table.rows) == PART_AND_WHOLE  # its share is the value, said large
            due = without_value(table, section.value) if alone else table
            assert held in [[list(one.heads), *map(list, one.rows)] for one in (due, group_rows(due))], key


def check_first_levels(figure: Figure, held: list[list[str]], language: str) -> None:
    """Check a short table of classes by zone: each number is the sum of the figure's own of that first level."""
    unit = next(column.id for column in figure.columns if column.decimals is not None)
    names = {one.code: one.name[language] for scheme in LIBRARY.catalog.classes.values() for one in scheme}
    cells = {row[0]: row[1:] for row in held[1:]}
    zones = [row["zone"][language] for row in figure.rows if row["kind"] == "total"]
    assert zones
    for at, zone in enumerate(zones):
        sums: dict[str, float] = {}
        for row in figure.rows:
            if row["zone"][language] == zone:
                name = names[row["class"][:2]] if row["class"] else row["name"][language]
                sums[name] = sums.get(name, 0.0) + row[unit]
        for name, value in sums.items():
            if value:
                assert cells[name][2 * at] == f"{value:,.2f}", (zone, name)


def test_word_has_the_rows_of_the_table_in_their_order(resolved: Resolved) -> None:
    document = Document(io.BytesIO(write_docx(resolved)))
    tables = list[list[list[str]]]()
    for table in document.tables:  # spaces in numbers and heads are such as no line is broken at
        cells = [[cell.text.replace("\u00a0", " ") for cell in row.cells] for row in table.rows]
        if table._tbl.xpath("./preceding-sibling::*[1][not(.//w:t)]/w:pPr/w:pageBreakBefore"):  # it goes on
            assert cells[0] == tables[-1][0]
            tables[-1] += cells[2:] if cells[1] in tables[-1] else cells[1:]
        else:
            tables.append(cells)
    wanted = [
        (key, paper_table(table, text_room(document.sections[0])[0] / LEAST_LETTERS), _late(one, table))
        for key, one in zip(KEYS, resolved.sections, strict=True)
        for table in one.tables
    ]
    wanted.sort(key=lambda one: one[2])
    assert len(tables) == len(wanted)
    for (key, told, _), held in zip(wanted, tables, strict=True):  # repeated keys are rows that head the others
        rows = [[row[0]] * len(row) if i in told.groups else list(row) for i, row in enumerate(told.rows)]
        assert held == [list(told.heads), *rows], key
    apart = [one.text for one in document.paragraphs if re.search(r"\d [^\W\d_]|[≥≤] \d", one.text)]
    assert not apart, "a line may end between a number and its unit or sign"
    said = {paragraph.text.replace("\u00a0", " ") for paragraph in document.paragraphs}
    first = {one.text.replace("\u00a0", " ") for one in document.paragraphs if one.runs and one.runs[0].bold}
    for key, section in zip(KEYS, resolved.sections, strict=True):
        assert {*section.amounts, section.sentence} - {""} <= said, key
        assert {*section.amounts, section.lead} - {""} <= first, key


def test_the_pdf_has_value_sentence_and_rows_in_their_order(resolved: Resolved) -> None:
    """As a search finds them; a table goes on over sheets, its head again on each."""
    with pypdfium2.PdfDocument(write_paper(resolved)) as found:
        said = _squeezed("".join(page.get_textpage().get_text_range() for page in found))
    at, lines, late = 0, list[tuple[str, str]](), list[tuple[str, str]]()
    for key, section, captioned in zip(KEYS, resolved.sections, number_captions(resolved), strict=True):
        lines += [(key, line) for line in (*section.amounts, section.sentence)]
        for table, caption in zip(section.tables, captioned.tables, strict=True):
            told = paper_table(table, TEXT_WIDE * 72 / SMALL_LETTERS)
            rows = [caption, "".join(told.heads), *("".join(row) for row in told.rows)]
            (late if _late(section, table) else lines).extend((key, row) for row in rows)
    for key, line in lines + late:
        place = said.find(_squeezed(line), at)
        assert place >= 0, f"{key}: {line} is not there, or not after {said[max(at - 60, 0) : at]}"
        at = place + len(_squeezed(line))


def _late(section: BriefingSection, table: Table) -> bool:
    """Return whether a document has a table at its end: a long one, under a chart that says the same."""
    return len(table.rows) > 20 and section.drawn is not None


def _spaced(text: str) -> str:
    """Return text in plain spaces: a head's lines in one, numbers beside their units."""
    return text.replace("\v", " ").replace("\u00a0", " ")


def _squeezed(text: str) -> str:
    """Return text without spaces and line ends, which a format may put anywhere."""
    return re.sub(r"\s", "", text)


def test_every_kind_of_row_is_one_of_five_and_the_headline_stands_in_the_table(figures: dict[str, Figure]) -> None:
    for key, figure in figures.items():
        assert {row["kind"] for row in figure.rows} <= {"part", "rest", "unknown", "of_which", "total"}, key
        column = figure.presentation.headline
        assert column in {one.id for one in figure.columns}, key
        if figure.value is not None:
            held = [row[column] for row in figure.rows if isinstance(row.get(column), int | float)]
            # a shown area is balanced to its decimals: half of the last one
            assert any(abs(value - figure.value) <= 0.00501 for value in held), key
    assert {STATISTICS[key].function for key in KEYS} <= set(FUNCTIONS)
