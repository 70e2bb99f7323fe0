"""Decks by rules a director would hold them to: measured on the slides that come out, with our look and another's."""

from __future__ import annotations

import io
import math
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pptx import Presentation
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import MSO_SHAPE, PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.shapes.autoshape import CT_Shape
from pptx.util import Emu, Inches, Pt

from briefings.map.description import ShownLayer
from briefings.map.fonts import width_em
from briefings.map.picture import LatePicture
from briefings.messages import say
from briefings.resolve.blocks import BoundNumber, BriefingSection, Chart, Resolved, Table
from briefings.resolve.conclusions import brief_sentence, without_brackets
from briefings.resolve.declaration import Briefing, Item
from briefings.resolve.edition import resolve
from briefings.resolve.map_findings import map_foot
from briefings.resolve.tables import group_rows
from briefings.write.docx import write_docx
from briefings.write.pptx import write_deck
from briefings.write.pptx_charts import add_chart
from briefings.write.pptx_layouts import Layouts, template_findings, template_uses
from briefings.write.pptx_look import new_presentation
from briefings.write.pptx_titles import even_title
from briefings.write.pptx_words import WordsWriter
from briefings.write.template import template_lacks
from geo.text import Text
from layers.library.library import Library
from tests.briefings.write.test_pages import check_deck, is_picture
from tests.landuse_plan import write_landuse_plan
from tests.small_plan import write_plan

pytestmark = pytest.mark.slow

LEAST, COUNTED = Pt(12), "Features on the map"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


@pytest.fixture(scope="module", params=["zh", "en"])
def resolved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Resolved:
    library = Library(write_landuse_plan(tmp_path_factory.mktemp("deck") / "p"))
    items = (
        Item("map", Text("全图", "All of it"), view="", state="on=zones,landuse"),
        Item("figure", statistic="structure"),
        Item("figure", statistic="homes"),
        Item(
            "text",
            Text("要点", "In short"),
            text=tuple(Text(f"第{i}点，说明若干。", f"Point {i}, explained.") for i in range(30)),
        ),
    )
    return resolve(
        library, Briefing("d", Text("汇报", "Report"), items=items), language=request.param, software="t"
    )


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bureau's template: 4:3, a red band, serif letters, white titles."""
    show = Presentation()
    theme = show.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    blob = re.sub(rb'<a:ea typeface="[^"]*"', '<a:ea typeface="宋体"'.encode(), theme.blob)
    theme._blob = re.sub(
        rb"(<a:accent1>).*?(</a:accent1>)", rb'\g<1><a:srgbClr val="A3161D"/>\g<2>', blob, flags=re.S
    )
    for place in show.slide_master.placeholders:
        if place.placeholder_format.type == PP_PLACEHOLDER.TITLE:
            place.left, place.top, place.width, place.height = (Inches(x) for x in (0.4, 0.1, 9.2, 0.9))
    show.slides.add_slide(show.slide_layouts[0]).shapes.title.text = "an old slide"
    path = tmp_path_factory.mktemp("bureau") / "bureau.pptx"
    show.save(str(path))
    return path


def title_of(slide: Any) -> str:
    """Return a slide's title in plain spaces."""
    return plain(slide.shapes.title)


def plain(shape: Any) -> str:
    """Return the words of a shape, a cell or a paragraph in plain spaces: those of numbers do not break a line."""
    text = shape.text if not hasattr(shape, "text_frame") else shape.text_frame.text
    return str(text).replace("\u00a0", " ").replace("\v", "")  # lines of a title


def opened(resolved: Resolved, template: Path | None) -> Any:
    return Presentation(io.BytesIO(write_deck(resolved, template=template)))


def test_sources_that_find_no_room_are_counted(resolved: Resolved) -> None:
    """Of four sources all stand whole, all short, or the first short ones with how many more there are."""
    plan_map = next(one for one in resolved.sections if one.kind == "map" and one.answered is None)
    assert isinstance(plan_map.picture, LatePicture)
    said = plan_map.picture.sheet.said
    shown = next(one for one in said.layers if one.inside)

    def sourced(number: int) -> ShownLayer:
        name = f"Land office of the district {number}; drawn by hand"
        layer = replace(shown.snapshot.layer, source=Text(name, name))
        return replace(shown, snapshot=replace(shown.snapshot, layer=layer))

    four = replace(said, layers=tuple(map(sourced, (4, 3, 2, 1))))

    def foot(line: int, most: int = 1) -> str:
        return map_foot(four, plan_map, "en", lines_of=lambda text: math.ceil(len(text) / line), most=most)

    office = "Land office of the district"
    assert foot(600).count("; drawn by hand") == 4
    assert f"{office} 1; {office} 2; {office} 3; {office} 4 · " in foot(160)
    assert foot(160, 2) == foot(160), "one line before all words of the coordinate system"
    assert foot(125, 2).count("; drawn by hand") == 4
    assert f"{office} 1; {office} 2 and 2 more (all in the appendix) · " in foot(125)
    assert f"{office} 1 and 3 more (all in the appendix) · " in foot(9)


@given(
    st.lists(st.sampled_from(("规划", "用地，", "53\u00a0个", "land ", "of ", "Parks; ", "公里 ")), max_size=12),
    st.floats(2, 20),
)
def test_lines_of_a_title_are_the_title_and_none_is_too_wide(words: list[str], ems: float) -> None:
    text = "".join(words).strip()
    blame, lines = even_title(text, ems, 4)
    assert "".join(lines) == text
    if blame < math.inf and len(lines) > 1:
        assert len(lines) <= 4
        assert max(width_em(line.rstrip(), among=text) for line in lines) <= ems
        assert not any(line.endswith("\u00a0") for line in lines), "no number apart from its unit"


@pytest.mark.parametrize(
    ("text", "ems", "lines"),
    [
        ("高新区“十四五”规划要图要数", 9.2, ["高新区“十四五”", "规划要图要数"]),
        ("高新区《十四五》规划要图要数", 9.2, ["高新区《十四五》", "规划要图要数"]),
        ("高新区规划“十四五”", 9.2, ["高新区规划", "“十四五”"]),
        ("产城融合（示范片）发展带", 8.0, ["产城融合", "（示范片）发展带"]),
        ('The city\'s "Green heart" in maps', 13.0, ["The city's ", '"Green heart" ', "in maps"]),
        ("The city’s “Green heart” in maps", 13.0, ["The city’s ", "“Green heart” ", "in maps"]),
        (
            "重大产业项目 53\u00a0个，在建最多，32\u00a0个",
            10.4,
            ["重大产业项目 53\u00a0个，", "在建最多，32\u00a0个"],
        ),
    ],
)
def test_lines_of_a_title_part_nothing_short_in_marks_and_are_as_few_as_find_room(
    text: str, ems: float, lines: list[str]
) -> None:
    assert list(even_title(text, ems, 4)[1]) == lines


def test_a_number_is_as_small_as_its_line_needs(resolved: Resolved) -> None:
    """An amount is one word: one wider than its room was written large, over its edge and what is below it."""
    writer = WordsWriter(new_presentation(None), resolved, shapes=False)
    for amount in ("30.29 亿美元", "1,234,567.89 hectares", "6 %"):
        ems = width_em(amount.replace(" ", "\u00a0"))
        for inches in (1, 2, 4, 8):
            size = writer.line_size(amount, 60.0, Inches(inches))
            unbroken = writer.unbroken_points(amount, 60.0, Inches(inches))
            room = inches * 72 - 14.4  # between the margins
            assert size == unbroken == 12 or max(size, unbroken) * ems <= room, (amount, inches)
            assert inches < 8 or size >= 36


@pytest.mark.parametrize("own", [False, True])
def test_titles_stand_in_the_layouts_title_place(resolved: Resolved, bureau: Path, own: bool) -> None:
    show = opened(resolved, bureau if own else None)
    for slide in show.slides:
        title = slide.shapes.title
        assert title is not None
        assert title.text_frame.text
        assert title._element.spPr.xfrm is None, "where the layout has it, not where we put it"
    assert "an old slide" not in [title_of(slide) for slide in show.slides]


@pytest.mark.parametrize("own", [False, True])
def test_no_text_is_small_and_nothing_leaves_the_slide(resolved: Resolved, bureau: Path, own: bool) -> None:
    show = opened(resolved, bureau if own else None)
    for slide in show.slides:
        sizes = [int(v) * 127 for v in slide._element.xpath(".//a:rPr/@sz")]
        assert all(size >= LEAST for size in sizes)
        for shape in slide.shapes:
            if shape.is_placeholder and not shape._element.xpath("./p:spPr/a:xfrm | ./p:xfrm"):
                continue
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= show.slide_width + Emu(10)
            assert shape.top + shape.height <= show.slide_height, (slide.shapes.title.text_frame.text, shape.name)


def test_a_deck_says_what_it_is_and_nothing_of_the_library(resolved: Resolved, bureau: Path) -> None:
    """Also a document, and one in a template: whose words of itself are of another document."""
    made = [write_deck(resolved), write_deck(resolved, template=bureau), write_docx(resolved)]
    for data in made:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            told = (parts.read("docProps/core.xml") + parts.read("docProps/app.xml")).decode()
        assert not re.search("python-|Steve Canny|Macintosh|>2013", told)
        known = (Presentation if b"ppt/" in data else Document)(io.BytesIO(data)).core_properties
        assert (known.title, known.author, known.last_modified_by) == (resolved.title, *[resolved.author] * 2)
        assert known.language == {"zh": "zh-CN", "en": "en-GB"}[resolved.language]
        assert known.created is not None
        assert known.created.year >= 2024
    assert resolved.author


def test_conclusions_of_a_text_stand_first_with_what_is_asked(resolved: Resolved) -> None:
    """A text at an end whose every line has a number has no slide of its own; another one has."""
    homes = next(one for one in resolved.sections if one.figure and one.figure.statistic.id == "homes")
    line, number = f"So: {homes.value}.", BoundNumber("homes", homes.value)
    ends = BriefingSection("text", "Ends", paragraphs=(line,), bound=((number,),))
    asked = replace(homes, paragraphs=("met: at least 5",))
    told = replace(resolved, sections=(*resolved.sections[:2], asked, ends))
    titles, rows = front_of(told)
    assert titles[1] == {"zh": f"先说结论：{line[:-1]}", "en": f"Findings first: {line[:-1]}"}[resolved.language]
    assert "Ends" not in titles
    assert rows[0][:2] == [homes.value, f"{line}\nmet: at least 5"]
    assert len(rows) == 2, "the figure of the line is not said again"
    written = [plain(one) for one in Document(io.BytesIO(write_docx(told))).paragraphs]
    assert [one for one in written if line in one] == [f"{line} met: at least 5"], (
        "as on the deck, its number once"
    )
    assert "Ends" not in written
    titles, _ = front_of(replace(told, sections=(*told.sections[:3], replace(ends, bound=((number,), ())))))
    assert "Ends" in titles
    many = tuple(replace(homes, title=f"Homes {n}") for n in range(9))
    assert len(front_of(replace(resolved, sections=many))[1]) == 6


def front_of(resolved: Resolved) -> tuple[list[str], list[list[str]]]:
    """Return the titles of a deck's slides, and the rows of its findings."""
    show = opened(resolved, None)
    findings = next(s for s in show.slides[1].shapes if s.has_table).table
    rows = [[plain(cell) for cell in row.cells] for row in findings.rows]
    return [title_of(slide) for slide in show.slides], rows


def test_findings_come_first_and_name_their_pages(resolved: Resolved) -> None:
    show = opened(resolved, None)
    findings = next(s for s in show.slides[1].shapes if s.has_table).table
    rows = [[plain(cell) for cell in row.cells] for row in findings.rows]
    assert [row[0] for row in rows] == [one.value for one in resolved.sections if one.value]
    words = {"zh": "达标 ≥ 20.00%：规范", "en": "met ≥ 20.00%: norm"}[resolved.language]
    assert any(row[1].endswith(f"\n{words}") for row in rows), "the verdict as on the dashboard"
    cover = "\n".join(plain(s) for s in show.slides[0].shapes if s.has_text_frame)
    assert rows[0][1].rstrip("。.") in cover, "the first conclusion is the cover's sub-title"
    years = Chart("columns", "个数", ("2020", "2021", "2022"), (1.0, 2.0, 0.0), decimals=0, texts=("1", "2", "0"))
    counted = BriefingSection("figure", "项目", value="3 个", sentence="项目：共 3 个。", chart=years)
    assert brief_sentence(counted) == "项目：共 3 个，2021 年最多，2。", "not its name alone"
    for value, _, page in rows:
        slide = show.slides[int(re.search(r"\d+", page)[0]) - 1]
        assert value in title_of(slide) or value in [plain(s) for s in slide.shapes if s.has_text_frame]


def test_a_figures_sentence_is_the_title_and_its_page_is_numbered(resolved: Resolved) -> None:
    show = opened(resolved, None)
    titles = [title_of(slide) for slide in show.slides]
    homes = next(one for one in resolved.sections if one.figure and one.figure.statistic.id == "homes")
    assert homes.sentence.rstrip("。.") in titles
    (value,) = (s for s in show.slides[titles.index(homes.sentence.rstrip("。."))].shapes if s.name == "value")
    assert value.text_frame.paragraphs[0].runs[0].font.size.pt >= 54, "a number alone is large"
    for slide in list(show.slides)[1:]:
        assert slide._element.xpath(".//a:fld[@type='slidenum']")


def test_a_foot_is_whole_or_left_out(resolved: Resolved, bureau: Path) -> None:
    """In the date's place too, which no slide fills; what a template says in its foot stays."""
    title = "A title of forty letters and some words"
    for told, path, wanted in ((title, bureau, title), (title * 4, bureau, ""), (title, None, title)):
        show = opened(replace(resolved, title=told), path)
        (feet,) = (
            {s.text_frame.text for s in slide.placeholders if s.placeholder_format.type == PP_PLACEHOLDER.FOOTER}
            for slide in [show.slides[1]]
        )
        assert feet == ({wanted} - {""})
    show = Presentation(str(bureau))
    for layout in show.slide_layouts:
        for place in layout.placeholders:  # type: ignore[misc]  # the stub's iterator takes no self
            if place.placeholder_format.type == PP_PLACEHOLDER.FOOTER:
                place.text_frame.text = "Bureau of planning"
    own = bureau.with_name("own.pptx")
    show.save(str(own))
    slide = opened(resolved, own).slides[1]
    assert "Bureau of planning" in [place.text_frame.text for place in slide.placeholders]


def test_rows_with_an_empty_cell_are_no_higher(resolved: Resolved) -> None:
    """An office program takes 18 points for a cell that says no size."""
    show = opened(resolved, None)
    cells = [
        cell
        for slide in show.slides
        for s in slide.shapes
        if s.has_table
        for row in s.table.rows
        for cell in row.cells
        if not cell.text and not cell.is_spanned
    ]
    assert cells
    assert all(cell._tc.xpath(".//a:endParaRPr/@sz") for cell in cells)
    assert all(int(cell._tc.xpath(".//a:endParaRPr/@sz")[0]) < 1800 for cell in cells)


def test_a_title_leaves_what_brackets_explain_to_its_slide(resolved: Resolved, bureau: Path) -> None:
    """In one line or two of a band; the whole sentence stands on the slide."""
    homes = next(one for one in resolved.sections if one.figure and one.figure.statistic.id == "homes")
    told = {
        "zh": "（自设施边界沿路网五百米，离路五十米内，接入距离不超过二百米）",
        "en": " (five hundred metres along the network from the edges of facilities)",
    }
    said = homes.sentence.rstrip("。.") + told[resolved.language]
    changed = replace(resolved, sections=(replace(homes, sentence=said + "."),))
    slide = opened(changed, bureau).slides[1]
    assert title_of(slide) == without_brackets(said) != said
    assert any(said in plain(s) for s in slide.shapes if s.has_text_frame)


def test_the_map_is_the_slide_and_has_a_vector_twin(resolved: Resolved) -> None:
    show = opened(resolved, None)
    found = [
        (slide, s)
        for slide in list(show.slides)[1:]  # the cover's map stands beside the title
        for s in slide.shapes
        if s.shape_type is not None and s.shape_type.name == "PICTURE"
    ]
    assert found
    (plan_map,) = (one for one in resolved.sections if one.kind == "map" and one.answered is None)
    for slide, picture in found:
        (foot,) = (plain(one) for one in slide.shapes if one.name == "foot of the map")
        assert re.search(r" · 1:\d", foot), "the scale, the system and the day in one line"
        assert "…" not in foot
        assert picture.width * picture.height > 0.7 * show.slide_width * show.slide_height
        twin = picture._element.xpath(".//*[local-name()='svgBlip']")[0]
        key = next(v for k, v in twin.attrib.items() if k.endswith("embed"))
        assert slide.part.related_part(key).blob.lstrip().startswith(b"<?xml")
        assert f"{plan_map.sources} · " in foot
    listed = [one for one in show.slides if title_of(one) == say("fixed_mapped")[resolved.language]]
    (table,) = (one.table for one in listed[0].shapes if one.has_table)
    cells = [[plain(cell) for cell in row.cells] for row in table.rows]
    assert [plan_map.title, plan_map.sources] in cells, "whole, wherever the map's foot has no room"
    assert title_of(found[0][0]) == plan_map.title, "a person's own"
    unnamed = replace(resolved, sections=(replace(plan_map, named=False),))
    shown = opened(unnamed, None).slides[1]
    assert title_of(shown) in plan_map.findings, "how much is shown"
    assert all(re.search(r"\d", title) for title in plan_map.findings)
    assert any(plan_map.title in plain(one) for one in shown.placeholders)


@pytest.mark.parametrize("own", [False, True])
def test_a_tall_map_stands_beside_what_it_says_and_a_low_one_below_its_title(
    tmp_path: Path, bureau: Path, own: bool
) -> None:
    """What it says: the number of features of each layer; in a template its sentence too."""
    folder = write_plan(tmp_path / "p")
    catalog = (folder / "catalog.toml").read_text("utf-8")
    for east, low in ((104.1, False), (104.9, True)):
        told = catalog.replace("[104.0, 30.0, 104.2, 30.2]", f"[104.0, 30.0, {east}, 30.2]")
        view = (
            '[views.all]\ntitle = {zh = "全图", en = "All of it"}\ndescription = {zh = "说明", en = "Explained"}\n'
        )
        (folder / "catalog.toml").write_text(f"{told}\n{view}", "utf-8")
        library = Library(folder)
        asked = Briefing("d", Text("汇报", "Report"), items=(Item("map", view="all"),))
        data = write_deck(resolve(library, asked, language="en", software="t"), template=bureau if own else None)
        check_deck(data)
        slide = Presentation(io.BytesIO(data)).slides[1]
        assert slide.shapes.title._element.spPr.xfrm is None
        assert (slide.slide_layout.name == "Tall map and column") == (not own and not low)
        counts = [s for s in slide.shapes if s.has_table and s._element.xpath(".//p:cNvPr/@descr")[0] == COUNTED]
        layers = [library.snapshot(one) for one in library.layers(restricted=False) if one.visible]
        wanted = {one.layer.label.en: one.placed for one in layers if one.placed}
        shown = {row.cells[1].text: int(row.cells[0].text) for s in counts for row in s.table.rows}
        assert shown.keys() == wanted.keys() or low
        assert all(0 < count <= wanted[label] for label, count in shown.items()), "of what lies in the picture"
        assert "Explained" in " ".join(s.text_frame.text for s in slide.shapes if s.has_text_frame) or low


def test_a_long_list_goes_on_without_a_few_lines_alone(resolved: Resolved) -> None:
    show = opened(resolved, None)
    points = [
        [
            p.text
            for s in slide.placeholders
            if s.placeholder_format.type == PP_PLACEHOLDER.OBJECT and s.has_text_frame
            for p in s.text_frame.paragraphs
        ]
        for slide in show.slides
    ]
    pages = [page for page in points if page]
    assert sum(len(page) for page in pages) == 30
    assert len(pages) > 1
    assert min(len(page) for page in pages) >= 3


def test_bars_of_land_use_have_the_classes_colours(resolved: Resolved) -> None:
    show = opened(resolved, None)
    structure = next(one for one in resolved.sections if one.chart is not None and any(one.chart.colors))
    chart = next(
        s.chart for slide in show.slides for s in slide.shapes if s.has_chart and s.name.endswith(structure.title)
    )
    drawn = set(chart._chartSpace.xpath(".//c:dPt//a:srgbClr/@val"))
    assert drawn == {color.lstrip("#").upper() for color in structure.chart.colors if color}


def test_the_bar_a_title_names_is_marked_and_the_rest_recedes() -> None:
    """Of bars without colours the others are paler; of classes it has an outline; shares stand beside values."""
    show = new_presentation(None)
    slide = show.slides.add_slide(Layouts(show).titled)
    place = (Emu(0), Emu(0), Emu(Inches(5)), Emu(Inches(4)))
    plain = Chart("columns", "Count", ("2020", "2021", "2022"), (1.0, 5.0, 0.0), 0, texts=("1", "5", "0"))
    classed = Chart(
        "bars",
        "Area (ha)",
        ("Homes", "Works", "the other 3"),
        (6.0, 2.0, 1.0),
        colors=("#ffff2d", "#aa8866", ""),
        texts=("6.00", "2.00", "1.00"),
        rest=True,
        shares=("60.00%", "20.00%", ""),
    )
    add_chart(slide, plain, place, alt="a", marked=1)
    add_chart(slide, classed, place, alt="b", marked=0)
    first, second = (shape.chart for shape in slide.shapes if shape.has_chart)
    assert [one.get("val") for one in first._chartSpace.xpath(".//c:dPt/c:idx")] == ["0", "2"], (
        "but not the marked"
    )
    assert list(first.plots[0].series[0].values) == [1.0, 5.0, 0.0]
    assert first.value_axis.minimum_scale == 0, "bars begin at nought, however alike they are"
    points = {one.xpath("./c:idx/@val")[0]: one for one in second._chartSpace.xpath(".//c:dPt")}
    fills = [points[at].xpath("./c:spPr/a:solidFill//@val")[0] for at in "210"]  # bars count from below
    assert fills == ["FFFF2D", "AA8866", "B8C0C8"]
    assert [at for at, one in points.items() if one.xpath("./c:spPr/a:ln")] == ["2"]
    told = ["".join(one.xpath(".//a:t/text()")) for one in second._chartSpace.xpath(".//c:dLbl")]
    assert told == ["2.00\u00a0·\u00a020.00%", "6.00\u00a0·\u00a060.00%"]


def house_template(path: Path, kind: str) -> Path:
    """A template with layouts of its own: as the library has them, of Chinese names in 16:9, its titles at the foot.

    Places of the Chinese one are numbered as an office program numbers those a person adds; its layouts do not say
    of what kind they are, and the one for text has a small place for a source.
    """
    show: Any = Presentation()
    layouts = {one._element.get("type"): one for one in show.slide_layouts}
    boxes: dict[str, dict[int, tuple[float, float, float, float]]] = {"stock": {}}
    boxes["chinese"] = {0: (0.4, 0.2, 12.4, 0.8), 1: (0.3, 1.2, 9.3, 5.6), 2: (9.8, 1.2, 3.2, 5.5)}
    boxes["foot"] = {0: (0.5, 6.2, 9.0, 0.7), 1: (0.0, 0.0, 10.0, 5.4), 2: (0.5, 5.5, 9.0, 0.65)}
    if kind == "chinese":
        for sheet in (show.slide_master, *show.slide_layouts):
            for place in (one for one in sheet.placeholders if one._element.xpath(".//a:xfrm")):
                place.left, place.width = Emu(int(place.left * 4 / 3)), Emu(int(place.width * 4 / 3))
        show.slide_width = Inches(13.333)
        for told in show.slide_master._element.xpath("./p:txStyles/p:titleStyle/a:lvl1pPr/a:defRPr"):
            told.set("sz", "2600")
    for place in layouts["picTx"].placeholders:
        box = boxes[kind].get(place.placeholder_format.idx)
        if box is not None:
            place.left, place.top, place.width, place.height = (Inches(one) for one in box)
    if kind == "foot":
        places = {one.placeholder_format.type: one for one in show.slide_master.placeholders}
        for which, box in ((PP_PLACEHOLDER.TITLE, boxes[kind][0]), (PP_PLACEHOLDER.BODY, (0.5, 0.4, 9.0, 5.6))):
            places[which].left, places[which].top, places[which].width, places[which].height = map(Inches, box)
        for place, left in zip(list(layouts["twoObj"].placeholders)[1:3], (0.5, 5.1), strict=True):
            place.left, place.top, place.width, place.height = (Inches(one) for one in (left, 0.4, 4.4, 5.5))
    if kind == "chinese":
        names = {
            "obj": "标题与正文",
            "titleOnly": "仅标题",
            "twoObj": "图文并排",
            "picTx": "图片页",
            "secHead": "章节",
        }
        for key, name in names.items():
            layouts[key].name = name
            if key != "secHead":
                layouts[key]._element.set("type", "cust")
            for place in layouts[key]._element.xpath(".//p:ph[@idx='1' or @idx='2']"):
                place.set("idx", str(int(place.get("idx")) + 20))
        source = next(one for one in layouts["picTx"].placeholders if one.placeholder_format.idx == 22)
        small = parse_xml(etree.tostring(source._element))
        small.xpath(".//p:ph")[0].set("idx", "31")
        layouts["obj"].shapes._spTree.append(small)
        made = next(one for one in layouts["obj"].placeholders if one.placeholder_format.idx == 31)
        made.left, made.top, made.width, made.height = (Inches(one) for one in (0.6, 6.5, 5.0, 0.35))
    show.save(str(path))
    return path


@pytest.mark.parametrize("kind", ["stock", "chinese", "foot"])
def test_a_templates_own_places_are_filled(resolved: Resolved, tmp_path: Path, kind: str) -> None:
    """A map fills its picture, words and chart the two places beside each other, a chart alone the one of text."""
    path = house_template(tmp_path / "t.pptx", kind)
    assert template_findings(Presentation(str(path))) == []
    plan_map = next(one for one in resolved.sections if one.kind == "map" and one.answered is None)
    bars = Chart("bars", "ha", ("Parks", "Homes", "Works"), (5.0, 3.0, 1.0), texts=("5", "3", "1"))
    rows = tuple((name, "1", "2") for name in ("Parks", "Homes", "Works"))
    told = Table(("Kind", "ha", "mu"), rows, (False, True, True))
    words = BriefingSection("figure", "Named", "9 ha", "Parks are 5 ha.", named=True, chart=bars, tables=(told,))
    alone = replace(words, title="Alone", tables=())
    data = write_deck(replace(resolved, sections=(replace(plan_map, named=False), words, alone)), template=path)
    check_deck(data)
    show = Presentation(io.BytesIO(data))
    slides = {title_of(slide): slide for slide in show.slides}
    mapped = next(slide for title, slide in slides.items() if title in plan_map.findings)
    (drawn,) = (one for one in mapped.shapes if is_picture(one))
    assert drawn._element.xpath(".//p:nvPr/p:ph/@type") == ["pic"]
    assert drawn.width * drawn.height > 0.45 * show.slide_width * show.slide_height, "the map is the slide"
    crop = (drawn.crop_left, drawn.crop_right, drawn.crop_top, drawn.crop_bottom)
    assert max(map(abs, crop)) < 0.001
    beside, single = slides["Named"], slides["Alone"]
    (chart,) = (one for one in beside.placeholders if one.has_chart)
    texts = (PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.BODY)
    (said,) = (one for one in beside.placeholders if one.has_text_frame and one.placeholder_format.type in texts)
    assert [plain(one) for one in said.text_frame.paragraphs] == ["9 ha", "Parks are 5 ha."]
    assert said.placeholder_format.idx != chart.placeholder_format.idx
    assert said.left + said.width <= chart.left
    assert not [one for one in beside.shapes if one._element.xpath(".//p:cNvSpPr/@txBox")], "no loose words"
    assert [one for one in single.placeholders if one.has_chart]


def test_no_map_covers_a_band_of_the_template(tmp_path: Path) -> None:
    path = house_template(tmp_path / "t.pptx", "stock")
    place = next(one for one in Layouts(Presentation(str(path))).picture.placeholders if is_picture_place(one))
    middle = int(place.top) + int(place.height) // 2
    for covered in (False, True):  # a ground behind the whole of it; a band across its upper half
        show = Presentation(str(path))
        high = middle if covered else int(show.slide_height)
        shapes = show.slides.add_slide(show.slide_layouts[0]).shapes
        mark = shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, show.slide_width, high)
        show.slide_master.shapes._spTree.append(mark._element)
        assert (Layouts(show).picture is None) is covered


def is_picture_place(shape: Any) -> bool:
    """Whether a shape is a layout's place of a picture."""
    return bool(shape.placeholder_format.type == PP_PLACEHOLDER.PICTURE)


def test_what_a_template_lacks_is_said(bureau: Path, tmp_path: Path) -> None:
    """And which of its layouts was taken for what."""
    assert template_findings(Presentation(str(bureau))) == []
    taken = template_uses(Presentation(str(bureau)))
    assert "cover “Title Slide”" in taken.en
    assert "地图用“Picture with Caption”" in taken.zh
    show = Presentation()
    theme = show.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = re.sub(rb'<a:font script="Hans"[^>]*>', b"", theme.blob)
    assert [found.en for found in template_findings(show)] == [
        "the theme has no East-Asian font: Microsoft YaHei is used"
    ]
    for layout in list(show.slide_layouts):
        if layout.name != "Blank":
            show.slide_layouts.remove(layout)
    said = " ".join(found.en for found in template_findings(show))
    assert "no title placeholder" in said
    assert "title only" in said
    assert Layouts(new_presentation(None)).title_only is not None


def test_a_title_that_cannot_be_read_on_its_layout_is_said_and_written_in_ink(
    resolved: Resolved, tmp_path: Path
) -> None:
    """White titles for a band, and a cover without one."""
    show = Presentation()
    master = show.slide_master
    band = master.shapes._spTree.insert_element_before  # shapes of a master have no maker of their own
    made = CT_Shape.new_autoshape_sp(900, "band", "rect", 0, 0, show.slide_width, Inches(1.6))
    made.spPr.append(parse_xml(f'<a:solidFill xmlns:a="{DRAWING}"><a:srgbClr val="A3161D"/></a:solidFill>'))
    band(made, "p:sp")
    for told in master._element.xpath("./p:txStyles/p:titleStyle/a:lvl1pPr/a:defRPr/a:solidFill"):
        told[0].getparent().replace(told[0], parse_xml(f'<a:srgbClr xmlns:a="{DRAWING}" val="FFFFFF"/>'))
    path = tmp_path / "white.pptx"
    show.save(str(path))
    (said,) = template_lacks(path, "pptx")
    assert "Title Slide" in said.en
    assert "1.0" in said.en
    slides = Presentation(io.BytesIO(write_deck(resolved, template=path))).slides
    inks = [slide.shapes.title.text_frame.paragraphs[0].runs[0].font.color for slide in slides]
    assert inks[0].theme_color == MSO_THEME_COLOR.TEXT_1
    assert inks[1].type is None, "on the band they stay white"


def test_repeated_keys_become_rows_that_head_the_others() -> None:
    flat = Table(
        ("Zone", "Class", "ha"), tuple((z, c, "1") for z in "AB" for c in "xyz"), (False, False, True), strong=(5,)
    )
    found = group_rows(flat)
    assert [found.rows[i][0] for i in found.groups] == ["A", "B"]
    assert [found.rows[i] for i in found.strong] == [("z", "1")]
    assert group_rows(Table(("Zone", "ha"), (("A", "1"), ("A", "2"), ("A", "3")), (False, True))).groups == ()
