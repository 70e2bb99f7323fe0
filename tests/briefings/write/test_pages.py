"""Pages measured as they come out: the bundled briefing, and briefings of random items.

Subject over 60 % of the map's frame; no text too small, cut, on another or pale; no glyph missing; no few rows of a
table alone; no page half empty but the last.
"""

from __future__ import annotations

import io
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pypdfium2
import pytest
import shapely
from docx import Document
from docx.shared import Cm
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text as Drawn
from pptx import Presentation

from briefings.map.answered import Answered
from briefings.map.description import Description, describe_view
from briefings.map.layouts import Arrangement, Options
from briefings.map.picture import LatePicture, draw_sheet
from briefings.map.presets import PRESETS, Size
from briefings.map.sheet import SheetDrawn
from briefings.resolve.blocks import BriefingSection, Chart, Resolved
from briefings.resolve.declaration import Briefing, Item, read_briefing
from briefings.resolve.document_maps import redraw_for_document
from briefings.resolve.edition import resolve
from briefings.write.docx import write_docx
from briefings.write.pdf import write_paper
from briefings.write.pptx import write_deck
from geo.text import Text
from layers.figures.question import read_questions
from layers.library.blocks import blocks_of
from layers.library.library import Library
from layers.plan.looks import LOOKS
from tests.briefings.blank_pictures import blank_pictures
from tests.briefings.write.page_measures import pages_of
from tests.landuse_plan import write_landuse_plan

pytestmark = pytest.mark.slow  # the bundled briefing alone takes more than 3 s to draw

DATA = Path(__file__).parents[3] / "data"
BUNDLED = Library(DATA)
FILLED, LEAST_PAPER, LEAST_SLIDE = 0.6, 7.0, 12.0
_PDF_IMAGE = 3  # a page's object of that kind, as PDFium numbers them
EMPTY, LYING = 0.41, 0.455  # of a page, of one that lies, from below, that may be white at most
BOUND = 4.5  # contrast of text with its ground (WCAG AA)


@pytest.fixture(scope="module", params=["zh", "en"])
def bundled(request: pytest.FixtureRequest) -> Resolved:
    return resolve(BUNDLED, read_briefing(DATA, "overview"), language=request.param, software="t")


@pytest.fixture(scope="module")
def deck(bundled: Resolved) -> bytes:
    """Its slides, written once."""
    return write_deck(bundled)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(write_landuse_plan(tmp_path_factory.mktemp("pages") / "p"))


def by_chance(library: Library, seed: int) -> Briefing:
    """Return a briefing of random items; the same for the same seed."""
    chance = random.Random(seed)
    promises = read_questions(library.folder)
    kinds: list[Item] = [Item("figure", statistic=key) for key in promises.statistics]
    kinds += [Item("indicator", indicator=key) for key in promises.indicators]
    kinds += [Item("map", Text(f"图{n}", f"Map {n}"), state=f"z={11 + n}&c=30.05,104.05") for n in range(2)]
    lines = [Text(f"第{n}点，" + "说明" * n, f"Point {n}, " + "explained " * n) for n in range(1, 25)]
    kinds += [Item("text", Text("要点", "In short"), text=tuple(lines[: chance.randint(1, 24)]))]
    items = tuple(chance.choice(kinds) for _ in range(chance.randint(2, 5)))
    return Briefing("chance", Text("抽样", "By chance"), items=items)


def filled_maps(write: Callable[[], bytes]) -> bytes:
    """Return the document that is written; the subject of each of its maps fills that map's frame."""
    shown: list[Description] = []

    def kept(picture: LatePicture, wide: float, high: float) -> LatePicture:
        made = redraw_for_document(picture, wide, high)
        shown.append(made.sheet.said)
        return made

    with (
        patch("briefings.write.pdf.redraw_for_document", kept),
        patch("briefings.write.docx.redraw_for_document", kept),
    ):
        data = write()
    assert all(one.filled >= FILLED for one in shown), [(one.alt.en[:40], one.filled) for one in shown]
    return data


def check_paper(found: Resolved) -> None:
    with blank_pictures():  # maps are pictures in it; what stands in them is measured on sheets
        sheets = list(pages_of(filled_maps(lambda: write_paper(found))))
    for number, page in enumerate(sheets, 1):
        assert not page.cut, (number, page.cut[:2])
        assert not page.overlapping, (number, page.overlapping[:2])
        assert min(page.sizes) >= LEAST_PAPER - 0.1, number
        assert min(page.contrasts) >= BOUND, number
        assert "\ufffd" not in page.text
        assert not re.search(r"另有 \d+ 项，|\d+ more: see", page.text), "a map is as high as its legend needs"
        if number < len(sheets):
            assert page.lowest < page.high * EMPTY, f"sheet {number} is half empty"


def check_deck(data: bytes) -> None:
    show = Presentation(io.BytesIO(data))
    for slide in show.slides:
        title = slide.shapes.title.text_frame.text
        assert title
        assert all(int(v) >= LEAST_SLIDE * 100 for v in slide._element.xpath(".//a:rPr/@sz")), title
        apart = [one.text for one in slide._element.xpath(".//a:t") if re.search(r"\d [^\W\d_]", one.text)]
        assert not apart, "a line may end between a number and its unit"
        boxes = [(s.left, s.top, s.left + s.width, s.top + s.height, s) for s in slide.shapes if not back(s, show)]
        for left, top, right, bottom, shape in boxes:
            assert left >= 0, (title, shape.name)
            assert top >= 0, (title, shape.name)
            assert right <= show.slide_width + 10, (title, shape.name)
            assert bottom <= show.slide_height + 10, (title, shape.name)
        for i, one in enumerate(boxes):
            for other in boxes[i + 1 :]:
                wide, high = (
                    min(one[2], other[2]) - max(one[0], other[0]),
                    min(one[3], other[3]) - max(one[1], other[1]),
                )
                assert wide <= 20_000 or high <= 40_000, (title, one[4].name, other[4].name)
        for shape in slide.shapes:
            if shape.has_table:
                assert all(row.height >= tall_as_its_letters(row) for row in shape.table.rows), (
                    f"{title}: rows grow"
                )
            if shape.has_table and len(slide.shapes) > 1 and ("（续）" in title or "(continued)" in title):
                assert len(shape.table.rows) >= 4, f"{title}: few rows alone"


def tall_as_its_letters(row: Any) -> int:
    """Return how high (EMU) a row of one line gets in Noto Sans CJK: an office program makes a lower one grow."""
    runs = [run for cell in row.cells for run in cell.text_frame.paragraphs[0].runs]
    wide = [run for run in runs if any(ord(letter) > 0x2E80 for letter in run.text)]
    cell = row.cells[0]
    return (
        int(max((run.font.size or 0) * 1.448 for run in wide) + cell.margin_top + cell.margin_bottom)
        if wide
        else 0
    )


def back(shape: Any, show: Any) -> bool:
    """Whether a shape is the ground of its slide: a map that bleeds to its edges."""
    return is_picture(shape) and shape.width * shape.height > 0.49 * show.slide_width * show.slide_height


def is_picture(shape: Any) -> bool:
    """Whether a shape is a picture, in a layout's place or beside it."""
    return bool(shape._element.xpath("self::p:pic"))


def test_faults_of_a_page_are_seen() -> None:
    sheet, out = Figure(figsize=(8, 10)), io.BytesIO()
    faults = (("covered", 0.1, 0.5, 12, "black"), ("another", 0.12, 0.503, 12, "black"))
    for words, x, y, size, color in (*faults, ("small, pale and cut off", 0.95, 0.7, 5, "#bbbbbb")):
        sheet.text(x, y, words, fontsize=size, color=color)
    sheet.savefig(out, format="pdf")
    (page,) = pages_of(out.getvalue())
    assert page.overlapping
    assert page.cut
    assert min(page.sizes) == pytest.approx(5, abs=0.1)
    assert min(page.contrasts) < 2
    assert page.lowest > page.high * 0.45


def test_the_bundled_briefing_on_paper(bundled: Resolved) -> None:
    check_paper(bundled)
    with pypdfium2.PdfDocument(write_paper(bundled)) as book:
        kinds = {one.type for page in book for one in page.get_objects(max_depth=2)}
        assert _PDF_IMAGE not in kinds, "maps are lines and words"
        said = "".join(page.get_textpage().get_text_range() for page in book)
    assert bundled.sections[0].picture is not None
    place = {"zh": "高新区本部", "en": "Main area"}[bundled.language]
    assert place in said, "a name on a map is found"
    assert "/figures/" not in said
    assert "view=" not in said


def test_the_bundled_briefing_on_slides(bundled: Resolved, deck: bytes) -> None:
    check_deck(deck)
    show = Presentation(io.BytesIO(deck))
    maps = [one for one in bundled.sections if one.kind == "map"]
    plates = [slide for slide in show.slides if slide.slide_layout.name == "Map and column"]
    assert len(plates) == len(maps), "each map is a slide"
    whole = [slide for slide in show.slides if slide.shapes.title.text_frame.text[:2] in ("附表", "Fu")]
    assert len(whole) == 1, "31 classes in two zones stand by first levels on one slide"
    money = next(
        one for one in bundled.sections if one.figure and one.figure.statistic.id == "projects_investment"
    )
    assert money.value == {"zh": "693.85 亿元；30.29 亿美元", "en": "¥69.39 bn; US$3.03 bn"}[bundled.language]
    assert money.value.replace("; ", "；").split("；")[0] in money.sentence
    whole_amount = {"zh": "= 693.85 亿元；", "en": "= CNY 69.385 billion; USD "}[bundled.language]
    assert any(whole_amount in head for head, _ in bundled.computed()), "the appendix has every digit"
    numbered = BUNDLED.snapshot(BUNDLED.layer("projects"))
    listed = [
        (row.cells[0].text, row.cells[1].text.replace("\u00a0", " "))
        for slide in show.slides
        for shape in slide.shapes
        if shape.has_table and shape.table.rows[0].cells[0].text in ("编号", "No.")
        for row in list(shape.table.rows)[1:]
        if not row.cells[0].is_merge_origin
    ]
    assert len(listed) == len(set(listed)) == len(numbered.features), "the list of the numbers on the map, whole"
    assert sum(number.startswith("(") for number, _ in listed) == sum(
        f.geometry is None for f in numbered.features
    )
    grouped = [shape.table for slide in show.slides for shape in slide.shapes if shape.has_table]
    grouped = [one for one in grouped if one.rows[0].cells[0].text in ("编号", "No.")]
    assert len(grouped) > 3
    assert all(one.rows[1].cells[0].is_merge_origin for one in grouped), "a group that goes on has its head again"
    ends = list(show.slides)[-1]
    (sources,) = (shape.table for shape in ends.shapes if shape.has_table)
    ids = [figure.id for figure in bundled.figures]
    assert [row.cells[2].text for row in list(sources.rows)[1:]] == [one[:8] for one in ids], "one compact slide"
    assert all(f"python run.py figure {one}" in ends.notes_slide.notes_text_frame.text for one in ids), "the whole"
    _, *findings = show.slides[1].shapes
    pages = [list(row.cells)[-1].text for shape in findings if shape.has_table for row in shape.table.rows]
    assert all(re.search(r"\d", one) for one in pages), "each conclusion has its page, the appendix's at least"
    (table,) = next(one.tables for one in maps if one.view is not None and one.view.id == "projects")
    beside = {row[:2] for row in table.rows if row[1]}
    assert beside == set(listed), "documents have the same list below the map"


@pytest.mark.parametrize("seed", range(5))
def test_briefings_of_random_items(small: Library, seed: int) -> None:
    found = resolve(small, by_chance(small, seed), language=("zh", "en")[seed % 2], software="t")
    check_paper(found)
    check_deck(write_deck(found))


def test_a_map_that_stands_alone_on_its_sheet_is_drawn_higher(small: Library) -> None:
    asked = Briefing("chance", Text("抽样", "By chance"), items=(Item("map", state="z=11&c=30.05,104.05"),))
    found = resolve(small, asked, language="en", software="t")
    labels = tuple(f"{n}: a name that takes two lines beside its bar, {n}" for n in range(14))
    bars = BriefingSection("figure", "Bars", "14", chart=Chart("bars", "Bars", labels, (1.0,) * 14))
    check_paper(replace(found, sections=(bars, *found.sections, bars)))


@pytest.mark.parametrize("preset", ["a4-landscape", "a4-portrait", "a3-landscape", "a3-portrait", "slide"])
def test_the_subject_fills_its_frame_at_a_round_scale(preset: str) -> None:
    size = PRESETS[preset]
    for view in BUNDLED.catalog.views.values():
        said = describe_view(BUNDLED, view, Options(size=size, restricted=False))
        assert said.filled >= FILLED, (view.id, said.filled)
        assert len(said.insets) == 1, "the block that lies apart is not lost"
        if size.paper:
            assert said.scale is not None
            assert said.scale % 1000 == 0, said.scale
            shown = (said.frame.bounds[2] - said.frame.bounds[0]) * said.frame.ground_per_metre
            assert shown > 0


def test_no_letter_of_a_sheet_is_too_small() -> None:
    view, options = BUNDLED.catalog.views["projects"], Options(PRESETS["a4-landscape"], "en")
    listed = draw_sheet(SheetDrawn(BUNDLED, view, describe_view(BUNDLED, view, options), options, None))
    assert min(float(one.get_fontsize()) for one in listed.findobj(Drawn) if one.get_text()) >= LEAST_PAPER - 0.01
    view = BUNDLED.catalog.views["landuse"]
    for preset in ("a4-landscape", "a4-portrait"):
        size = PRESETS[preset]
        said = describe_view(BUNDLED, view, Options(size=size, restricted=False))
        figure = draw_sheet(SheetDrawn(BUNDLED, view, said, Options(size, "en"), None))
        sizes = [float(one.get_fontsize()) for one in figure.findobj(Drawn) if one.get_text().strip()]
        assert min(sizes) >= LEAST_PAPER - 0.01
        (scale,) = re.findall(r"\(1:([\d,]+)\)", " ".join(one.get_text() for one in figure.texts))
        assert said.scale is not None
        assert float(scale.replace(",", "")) <= 3 * said.scale, (
            "an inset that reads, before a legend of all classes"
        )
        words = " ".join(one.get_text() for one in figure.findobj(Drawn))
        assert "EPSG" not in words
        assert said.layers[0].snapshot.version[:8] not in words


@pytest.mark.parametrize(("preset", "arrangement"), [("a3-landscape", "sheet"), (None, "plate"), (None, "bare")])
def test_sites_have_numbers_on_sheets_and_slides(preset: str | None, arrangement: Arrangement) -> None:
    width, height = (1462, 885) if arrangement == "bare" else (2000, 1125)
    size = PRESETS[preset] if preset else Size(width, height, 150.0, paper=True, letters=1.45)
    view, options = BUNDLED.catalog.views["projects"], Options(size, "en", arrangement)
    said = describe_view(BUNDLED, view, options)
    assert said.filled >= FILLED
    assert said.listing is not None
    figure = draw_sheet(SheetDrawn(BUNDLED, view, said, options, None))
    maps = [one for one in figure.axes if one.get_gid() == "map" or str(one.get_gid()).startswith("inset")]
    drawn = {text.get_text() for axes in maps for text in axes.texts}
    assert {number for number, _ in said.listing.colors.values()} <= drawn
    legend = [one.get_text() for axes in figure.axes if axes.get_gid() == "legend" for one in axes.texts]
    assert ("Not started" in legend) == (arrangement != "sheet"), "a list beside the map is the legend"


@pytest.mark.parametrize("view", ["landuse", "projects"])
def test_the_legend_of_a_slide_is_whole_and_insets_cover_no_name(view: str) -> None:
    shown, size = BUNDLED.catalog.views[view], Size(2667, 1500, 200.0, paper=True, letters=1.45)
    options = Options(size, "en", "plate")
    said = describe_view(BUNDLED, shown, options)
    figure = draw_sheet(SheetDrawn(BUNDLED, shown, said, options, None))
    (told,) = (axes for axes in figure.axes if axes.get_gid() == "legend")
    words = " ".join(one.get_text() for one in told.texts)
    for layer in said.layers:
        classes = [entry.label.en for entry in layer.legend.entries[1:]]
        levels = [name.en for name, _ in layer.levels] or classes
        assert any(all(name in words for name in names) for names in (levels, classes)), words
    (inset,) = (axes.get_window_extent() for axes in figure.axes if str(axes.get_gid()).startswith("inset"))
    (main,) = (axes for axes in figure.axes if axes.get_gid() == "map")
    figure.canvas.draw()
    lettered = [one for one in main.texts if one.get_visible() and one.get_text().strip()]
    assert lettered
    assert not [one.get_text() for one in lettered if one.get_window_extent().overlaps(inset)]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("view", ["landuse", "projects", "structure"])
def test_the_legend_stands_below_the_map_of_a_slide_of_4_by_3(view: str, language: str) -> None:
    size = Size(1462, 885, 150.0, paper=True, letters=LEAST_SLIDE / LEAST_PAPER)
    options = Options(size, language, "bare")
    said = describe_view(BUNDLED, BUNDLED.catalog.views[view], options)
    assert said.filled >= FILLED
    figure = draw_sheet(SheetDrawn(BUNDLED, BUNDLED.catalog.views[view], said, options, None))
    boxes = {str(axes.get_gid()): axes.get_position() for axes in figure.axes}
    band = boxes["map"].height * size.width * size.height / (1500 * 1125)
    assert band >= 0.57, "map and insets side by side are the slide"
    above = boxes["map" if boxes["legend"].x0 < boxes["map"].x1 else "inset-1"]
    assert boxes["legend"].y1 <= above.y0, "below both, or below the insets beside a map that is larger so"
    assert boxes["inset-1"].x0 >= boxes["map"].x1
    (told,) = (axes for axes in figure.axes if axes.get_gid() == "legend")
    words = [one.get_text() for one in told.texts]
    assert not [one for one in words if one.endswith("…")], "it is whole"
    for layer in said.layers:
        names = [name[language] for name, _ in layer.levels] or [e.label[language] for e in layer.legend.entries]
        pieces = [next((one for one in words if one.startswith(name)), "") for name in names if len(names) > 1]
        assert all(pieces), "each name is in one piece, with how many classes it holds"
    assert min(float(one.get_fontsize()) for one in told.texts) >= LEAST_SLIDE - 0.01


def test_no_two_classes_of_a_sheet_look_alike() -> None:
    options = Options(PRESETS["a3-landscape"], "zh")
    said = describe_view(BUNDLED, BUNDLED.catalog.views["landuse"], options)
    (uses,) = (one for one in said.layers if one.snapshot.layer.id == "landuse")
    looks = [(entry.look.fill, entry.look.pattern) for entry in uses.legend.entries]
    assert len(looks) == len(set(looks)) > 25
    figure = draw_sheet(SheetDrawn(BUNDLED, BUNDLED.catalog.views["landuse"], said, options, None))
    maps = [axes for axes in figure.axes if axes.get_gid() != "legend"]  # some classes lie in the inset alone
    drawn = {one.get_hatch() for axes in maps for one in axes.collections if one.get_hatch()}
    assert drawn == {mark for _, mark in looks if mark}


def test_a_figure_lies_below_names_and_in_insets_and_a_legend_says_what_belongs_to_what() -> None:
    """Names and scale bar are last; an inset fills its frame; a layer of one entry is no member of the one above."""
    view, options = BUNDLED.catalog.views["structure"], Options(PRESETS["a4-landscape"], "zh")
    _, blocks = blocks_of(BUNDLED, restricted=False)
    pieces = tuple(("not covered", bytes(shapely.to_wkb(one.geometry.centroid.buffer(0.004)))) for one in blocks)
    answered = Answered(Text("覆盖", "Cover"), Text("说明。", "Told."), pieces)
    said = describe_view(BUNDLED, view, options, answered=answered)
    figure = draw_sheet(SheetDrawn(BUNDLED, view, said, options, answered))
    drawn = {str(axes.get_gid()): axes for axes in figure.axes}
    paint = to_rgba(LOOKS.answers["not covered"])[:3]
    for name in ("map", "inset-1"):
        evidence = [
            one
            for one in drawn[name].collections
            if paint in {tuple(c[:3]) for c in np.asarray(one.get_facecolor()).tolist()}
        ]
        assert evidence, "what a figure shows is in the inset too"
        names = [one for one in drawn[name].texts if one.get_text()]
        assert max(one.get_zorder() for one in evidence) < min(one.get_zorder() for one in names)
        assert all(float(np.asarray(one.get_edgecolor())[0, :3].min()) > 0.9 for one in evidence), (
            "no dark outlines"
        )
    (west, east), (south, north) = drawn["inset-1"].get_xlim(), drawn["inset-1"].get_ylim()
    (block,) = said.insets
    box = block.bounds
    assert (box[2] - box[0]) * (box[3] - box[1]) >= FILLED * (east - west) * (north - south)
    sizes = {one.get_text(): float(one.get_fontsize()) for one in drawn["inset-1"].texts}
    assert "青阳园区" not in sizes, "its name stands above it"
    assert max(sizes.values()) <= 1.3 * options.size.points, "a part of a block is no block"
    rows = {one.get_text(): (one.get_position()[0], -one.get_position()[1]) for one in drawn["legend"].texts}
    half = drawn["legend"].get_xlim()[1] / 2
    in_order = sorted(rows, key=lambda text: (rows[text][0] > half, -rows[text][1]))
    assert in_order[0] == "覆盖：未覆盖"
    assert in_order.index("一带") < in_order.index("公园绿地") < in_order.index("长江")
    assert len({round(rows[one][0] % half, 6) for one in ("公园绿地", "一带", "长江")}) == 1, "one below the other"
    bold = {one.get_text() for one in figure.artists if isinstance(one, Drawn)}
    assert {"公园绿地", "河流水系"} <= bold, "a layer of one entry is its own head"
    assert not {"一带", "长江"} & bold


def test_in_an_office_program_nothing_is_cut_or_covered(
    bundled: Resolved, deck: bytes, small: Library, tmp_path: Path
) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not here: sudo apt-get install libreoffice-impress")
    path, book, lying = (tmp_path / name for name in ("deck.pptx", "book.docx", "lying.docx"))
    path.write_bytes(deck)
    book.write_bytes(filled_maps(lambda: write_docx(bundled)))
    own = Document()
    own.sections[0].page_width, own.sections[0].page_height = Cm(29.7), Cm(21)
    own.save(str(tmp_path / "own.docx"))
    lying.write_bytes(filled_maps(lambda: write_docx(bundled, template=tmp_path / "own.docx")))
    lies = [lying]
    for seed in range(["zh", "en"].index(bundled.language), 5, 2):  # of five random ones, in either language
        lies.append(tmp_path / f"lying-{seed}.docx")
        found = resolve(small, by_chance(small, seed), language=bundled.language, software="t")
        lies[-1].write_bytes(filled_maps(partial(write_docx, found, template=tmp_path / "own.docx")))
    home = f"-env:UserInstallation={(tmp_path / 'own').as_uri()}"
    asked = [
        office,
        home,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        *map(str, (tmp_path, path, book, *lies)),
    ]
    subprocess.run(asked, check=True, capture_output=True, timeout=400)
    slides = list(pages_of((tmp_path / "deck.pdf").read_bytes()))
    assert len(slides) == len(Presentation(str(path)).slides)
    for number, page in enumerate(slides, 1):
        assert not page.cut, (number, page.cut[:2])
        assert not page.overlapping, (number, page.overlapping[:2])
        assert min(page.sizes) >= LEAST_SLIDE - 0.6, number
    for name, white in (*((one.stem, LYING) for one in lies), ("book", EMPTY)):
        sheets = list(pages_of((tmp_path / f"{name}.pdf").read_bytes(), foot=60.0))
        for number, page in enumerate(sheets, 1):
            assert not page.cut, (name, number, page.cut[:2])
            assert not page.overlapping, (name, number, page.overlapping[:2])
            if number < len(sheets):
                # rows that Word keeps together stand a page earlier here: LibreOffice parts a table anywhere
                assert page.lowest < page.high * white, f"{name}: page {number} is half empty"
    words = [re.sub(r"\s", "", page.text) for page in sheets]
    for entry in (one.text for one in Document(str(book)).paragraphs if "\t" in one.text):
        title, _, page_number = entry.partition("\t")
        assert re.sub(r"\s", "", title) in words[int(page_number) - 1], (
            f"the contents send to another page: {entry}"
        )
