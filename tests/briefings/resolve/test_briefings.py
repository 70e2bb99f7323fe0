"""Briefings as slides and documents: the figures' own digits, alt text everywhere, harmless text, what moved is said."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree
from openxml_audit import OpenXmlValidator
from pptx import Presentation
from pptx.util import Emu

from briefings.resolve.blocks import Resolved, Table
from briefings.resolve.computing import shown_figure
from briefings.resolve.conclusions import without_conclusions
from briefings.resolve.declaration import (
    Briefing,
    Item,
    UnboundNumber,
    UnknownBriefing,
    briefing_text,
    read_briefing,
    read_text,
)
from briefings.resolve.edition import EditionRun, resolve
from briefings.resolve.folding import paper_table
from briefings.resolve.indicators import indicator_section
from briefings.resolve.tables import shown_table
from briefings.write.docx import write_docx
from briefings.write.html import write_webpage
from briefings.write.paper_flow import SMALL_LETTERS, TEXT_WIDE
from briefings.write.pdf import write_paper, write_pictures
from briefings.write.pptx import write_deck
from briefings.write.pptx_layouts import east_asian, template_findings
from geo.text import Text
from layers.errors import DeclarationError, UnknownLayer
from layers.figures.brief import brief_figure
from layers.figures.figure import FigureShelf
from layers.figures.presentation import present
from layers.library.library import Library
from layers.plan.statistics import Indicator
from layers.plan.views import UnknownView
from tests.briefings.write.page_structure import language_of, structure_of
from tests.landuse_plan import write_landuse_plan
from tests.small_plan import feature, layer_table, point, square, write_layer
from webapp import create_app
from webapp.cli.main import main
from webapp.settings import read_settings
from webapp.state import state_of

pytestmark = pytest.mark.slow

HOSTILE = '=cmd|"/c calc"!A1<script>alert(1)</script>\u202e' + "长" * 10_000
VIEW = '\n[views.all]\ntitle = {zh = "全图", en = "All"}\nlayers = ["zones", "pipes"]\n'
DECLARED = """
[briefing]
title = {zh = "简报", en = "Briefing"}
subtitle = {zh = "副题", en = "Subtitle"}
[[briefing.items]]
kind = "map"
view = "all"
[[briefing.items]]
kind = "figure"
statistic = "structure"
[[briefing.items]]
kind = "text"
title = {zh = "要点", en = "In short"}
text = [{zh = "住宅占比 {homes}。", en = "Homes: {homes}."}, {zh = "公交 {bus}。", en = "Bus: {bus}."}]
"""


DUMMY = Briefing("x", Text("题", "title"))


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    folder = write_landuse_plan(tmp_path / "p")
    catalog = folder / "catalog.toml"
    catalog.write_text(catalog.read_text("utf-8") + VIEW, "utf-8")
    (folder / "briefings").mkdir()
    (folder / "briefings" / "small.toml").write_text(DECLARED, "utf-8")
    return folder


def texts(data: bytes) -> str:
    """Return all text of an Office file, every part well-formed and every relation with its target."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        names = set(file.namelist())
        said = []
        for name in names:
            if name.endswith((".xml", ".rels")):
                root = etree.fromstring(file.read(name), etree.XMLParser(resolve_entities=False))
                said.append(" ".join(map(str, root.itertext())))
                for link in root.iter(
                    "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
                ):
                    assert link.get("TargetMode") != "External", link.get("Target")
                    base = Path(name).parent.parent
                    target = link.get("Target")
                    path = target.lstrip("/") if target.startswith("/") else str((base / target).as_posix())
                    assert str(Path(re.sub(r"[^/]+/\.\./", "", path)).as_posix()) in names, (name, target)
        return " ".join(said).replace("\u00a0", " ")


def in_words(found: Resolved) -> dict[str, str]:
    """Return the text of a briefing as a reader of each format gets it."""
    page = re.sub(
        r"<[^>]+>", " ", re.sub(r"<(script|style).*?</\1>", "", write_webpage(found, DUMMY).decode(), flags=re.S)
    )
    with zipfile.ZipFile(io.BytesIO(write_pictures(found))) as file:
        listed = file.read("texts.txt").decode()
    return {
        "pptx": texts(write_deck(found)),
        "docx": texts(write_docx(found)),
        "html": html.unescape(page),
        "zip": listed,
        "pdf": pdf_text(write_paper(found)),
    }


def pdf_text(data: bytes) -> str:
    """Return what a search in the PDF finds, by the library of a browser."""
    with pypdfium2.PdfDocument(data) as found:
        return "\n".join(page.get_textpage().get_text_range() for page in found)


def squeezed(text: str) -> str:
    """Return text without spaces and line ends, which a format may put anywhere."""
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_figure_in_a_briefing_is_the_figures_page_to_the_last_digit(
    plan: Path, tmp_path: Path, language: str
) -> None:
    library = Library(plan)
    found = resolve(library, read_briefing(plan, "small"), language=language, software="t")
    app = create_app(read_settings({}, {"data": str(plan), "instance": str(tmp_path / "i")}))
    shelf: FigureShelf = state_of(app).shelf
    client = app.test_client()
    slides, pages = texts(write_deck(found)), texts(write_docx(found))
    shown_figures = [section.figure for section in found.sections]
    every = {name: squeezed(said) for name, said in in_words(found).items()}
    for figure in found.figures:
        shelf.publish(figure)
        page = re.sub(
            r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(f"/figures/{figure.id}?lang={language}").text)
        )
        if figure.value is not None:
            assert shown_figure(figure)[language] in page
            assert shown_figure(figure)[language] in slides
            assert shown_figure(figure)[language] in pages
            for name, said in every.items():
                assert squeezed(shown_figure(figure)[language]) in said, name
        for row in shown_table(present(figure, language)).rows:
            assert all(cell in page or cell == "—" for cell in row)
        for row in shown_table(brief_figure(figure, language)).rows:  # each area in one unit
            for cell in row:
                for name, said in every.items() if figure in shown_figures else ():
                    assert squeezed(cell) in said, (name, cell)
        assert figure.id in slides


def test_not_computable_is_said_and_never_a_number(plan: Path) -> None:
    found = resolve(Library(plan), read_briefing(plan, "small"), language="en", software="t")
    assert re.search(r"Bus: Not computable: needs .*bus stops", found.sections[2].paragraphs[1])


def test_the_pdf_is_read_in_its_order_with_headings_tables_and_sentences_for_pictures(plan: Path) -> None:
    found = resolve(Library(plan), read_briefing(plan, "small"), language="zh", software="t")
    data = write_paper(found)
    assert language_of(data) == "zh-CN"
    told = [one for page in structure_of(data) for one in page]
    heads = [(one.role, "".join(one.words)) for one in told if one.role in ("H1", "H2")]
    assert heads[0] == ("H1", found.title) and told[1].role == "H1"
    named = [name for role, name in heads if role == "H2"]
    below = [one.title for one in without_conclusions(found).sections]  # conclusions stand first
    assert [one for one in named if one in {s.title for s in found.sections}] == below == ["全图", "用地结构"]
    assert {one.path[0] for one in told} == {"Document"}
    charts = [section.sentence for section in found.sections if section.drawn is not None]
    maps = [found.alt(section) for section in found.sections if section.picture is not None]
    assert [one.alt for one in told if one.role == "Figure"] == maps + charts and maps and charts
    (wide,) = [table for section in found.sections for table in section.tables]
    table = paper_table(wide, TEXT_WIDE * 72 / SMALL_LETTERS)
    cells = [squeezed("".join(one.words)) for one in told if one.role in ("TH", "TD")]
    assert cells == [squeezed(cell) for row in (table.heads, *table.rows) for cell in row if cell]
    assert sum(one.role == "TH" for one in told) == len(table.heads) + len(table.groups)


def test_pictures_tables_and_charts_have_alt_text_and_east_asian_type(plan: Path) -> None:
    found = resolve(Library(plan), read_briefing(plan, "small"), language="zh", software="t")
    show = Presentation(io.BytesIO(write_deck(found)))
    shapes = [shape for slide in show.slides for shape in slide.shapes]
    graphics = [s for s in shapes if s.shape_type is not None and not s.has_text_frame]
    assert {"PICTURE", "CHART", "TABLE"} <= {s.shape_type.name for s in graphics}
    for one in graphics:
        assert one._element.xpath(".//p:cNvPr")[0].get("descr")
    runs = [run for s in shapes if s.has_text_frame for p in s.text_frame.paragraphs for run in p.runs]
    assert {run._r.get_or_add_rPr().get("lang") for run in runs if run.text} == {"zh-CN"}
    assert east_asian(show) == "Microsoft YaHei", "of the theme, for all text alike"
    made = Document(io.BytesIO(write_docx(found)))
    assert made.inline_shapes[0]._inline.docPr.get("descr")
    assert made.tables


def test_what_is_restricted_leaves_in_no_format(plan: Path) -> None:
    hidden = Briefing("x", Text("a", "a"), items=(Item("map", view="all"), Item("figure", statistic="secret")))
    found = resolve(Library(plan), hidden, language="en", software="t")
    assert found.figures[0].value is None
    assert "pipes" not in found.versions
    for name, said in in_words(found).items():
        assert "p-1" not in said, name
    with pytest.raises(UnknownLayer):
        one = Item("dossier", feature="pipes/p-1")
        resolve(Library(plan), Briefing("x", Text("a", "a"), items=(one,)), language="en", software="t")


def test_office_files_follow_the_schema(plan: Path, tmp_path: Path) -> None:
    items = (
        Item("chapter", Text("现状", "Today")),
        Item("map", view="all"),
        Item("figure", statistic="structure"),
        Item("indicator", indicator="i-1"),
        Item("dossier", feature="zones/z-1"),
        Item("text", text=(Text("一", "one"),)),
    )
    for language in ("zh", "en"):
        found = resolve(
            Library(plan), Briefing("x", Text("题", "t"), items=items), language=language, software="t"
        )
        for name, data in (("a.pptx", write_deck(found, shapes=True)), ("a.docx", write_docx(found))):
            (tmp_path / name).write_bytes(data)
            told = OpenXmlValidator().validate(tmp_path / name)
            assert not told.errors, [f"{e.part_uri} {e.path} {e.description}" for e in told.errors]


def test_an_indicator_is_told_as_it_is_read_aloud_and_as_it_is_printed(plan: Path) -> None:
    nothing, catalog = Text("", ""), Library(plan).catalog
    for unit, values, raw, cumulative, zh, en in (
        (Text("亿元", "100 million yuan"), {"2025": 1000.0}, "1000", False, "1000 亿元", "100 billion yuan"),
        (Text("%", "%"), {"2025": 85.0}, "85以上", False, "85%（原文印作“85以上”）", "85% (printed as “85以上”)"),
        (Text("家", "firms"), {"2025": 15.0}, "[15]", True, "15 家（累计，", "15 firms (cumulative,"),
    ):
        one = Indicator("i", 1, nothing, nothing, unit, values, {"2025": raw}, (), cumulative=cumulative)
        for language, said in (("zh", zh), ("en", en)):
            section = indicator_section(one, catalog, language)
            assert section.value.startswith(said) and section.value in section.sentence


def test_a_briefing_written_is_the_briefing_read(plan: Path) -> None:
    read = read_briefing(plan, "small")
    found = resolve(Library(plan), read, language="en", software="t")
    kept = replace(read, numbers=found.numbers)
    again = read_text(briefing_text(kept))
    assert (again.title, again.items, again.numbers) == (kept.title, kept.items, kept.numbers)
    moved = {
        k: replace(n, shown=Text("1", "23.41 ha"), computed_at="2026-06-03T00:00:00")
        for k, n in again.numbers.items()
    }
    found = resolve(Library(plan), read, run=EditionRun(before=moved), language="en", software="t")
    assert len(found.since.lines) == len(found.figures)
    for name, said in in_words(found).items():
        assert "was23.41haon2026-06-03,now" in squeezed(said), name


def test_hostile_text_is_harmless(plan: Path) -> None:
    write_layer(plan, "zones", [feature("z", square(104.05, 30.05, 0.04), name_zh=HOSTILE, name_en=HOSTILE)])
    hostile = Text(HOSTILE, HOSTILE)
    briefing = Briefing(
        "x",
        hostile,
        hostile,
        (Item("figure", hostile, statistic="structure"), Item("text", hostile, text=(hostile,))),
    )
    found = resolve(Library(plan), briefing, language="zh", software="t")
    page = write_webpage(found, DUMMY).decode()
    assert "<script>alert" not in page
    assert all("\u202e" not in said and "长" * 1500 not in said for said in in_words(found).values())
    for data in (write_deck(found), write_docx(found)):
        said = texts(data)
        assert "\u202e" not in said
        assert "长" * 1500 not in said
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            for name in file.namelist():
                if name.endswith(".xlsx"):
                    with zipfile.ZipFile(io.BytesIO(file.read(name))) as book:
                        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_a_number_that_moved_is_said(
    plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLANATLAS_INSTANCE", str(tmp_path / "i"))
    target = tmp_path / "b.pptx"
    arguments = ["briefing", "small", "--data", str(plan), "--lang", "en", "-o", str(target)]
    assert main(arguments) == 0
    assert capsys.readouterr().out == ""
    parcels = json.loads((plan / "geojson" / "landuse.geojson").read_text("utf-8"))
    parcels["features"][1]["properties"]["class"] = "0701"
    (plan / "geojson" / "landuse.geojson").write_text(json.dumps(parcels), "utf-8")
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert re.search(r"Homes share: was 25\.0\d% on \d{4}-\d\d-\d\d, now 5\d|4\d", said)
    shown = texts(target.read_bytes())
    moves = re.findall(r"([\d,.]+(?:%| \S+)) → ([\d,.]+(?:%| \S+)) \(([+−][^)]+)\)", said)
    assert len(moves) > 10
    assert all(cell in shown for move in moves for cell in move), "the deck has the same numbers in a table"
    lines = said.strip().splitlines()
    # every row that moved, with before, after and difference; the sentence; the layer, its versions, the feature
    assert any(re.match(r"Homes share: .*ha → .*\([+−][\d,.]+ ha\)", line) for line in lines), lines
    assert any(re.match(r"“Homes share is 25.*” is now “Homes share is ", line) for line in lines), lines
    identity = parcels["features"][1]["id"]
    cause = f"version [0-9a-f]{{8}} → [0-9a-f]{{8}}: 1 feature changed \\(class\\): {identity}"
    assert any(line.startswith("Cause: “Land use”") and re.search(cause, line) for line in lines), lines
    structure = [line for line in lines if line.startswith("Structure: ") or "structure" in line[:30].lower()]
    assert structure, lines
    assert main(arguments) == 0
    assert capsys.readouterr().out == ""


def test_own_template_is_kept(plan: Path, tmp_path: Path) -> None:
    own = Presentation()
    own.slide_width, own.slide_height = Emu(9_000_000), Emu(6_000_000)
    own.slides.add_slide(own.slide_layouts[0]).shapes.title.text = "old"
    own.save(str(tmp_path / "own.pptx"))
    found = resolve(Library(plan), read_briefing(plan, "small"), language="en", software="t")
    made = Presentation(io.BytesIO(write_deck(found, template=tmp_path / "own.pptx")))
    assert made.slide_width == 9_000_000
    assert "old" not in [s.text_frame.text for slide in made.slides for s in slide.shapes if s.has_text_frame]


@pytest.mark.parametrize(
    ("item", "error"),
    [
        (Item("map", view="nowhere"), UnknownView),
        (Item("figure", statistic="nothing"), UnboundNumber),
        (Item("text", text=(Text("{nothing}", "{nothing}"),)), UnboundNumber),
    ],
)
def test_what_is_not_declared_is_told(plan: Path, item: Item, error: type[Exception]) -> None:
    with pytest.raises(error):
        resolve(Library(plan), Briefing("x", Text("a", "a"), Text("", ""), (item,)), language="zh", software="t")


def test_a_wrong_declaration_names_its_line(plan: Path) -> None:
    (plan / "briefings" / "bad.toml").write_text(DECLARED.replace('view = "all"', 'veiw = "all"'), "utf-8")
    with pytest.raises(DeclarationError, match=r"line 7.*view"):
        read_briefing(plan, "bad")
    with pytest.raises(UnknownBriefing, match="small"):
        read_briefing(plan, "none")


def test_a_table_too_wide_for_an_upright_page_lies_on_its_side(plan: Path) -> None:
    found = resolve(Library(plan), read_briefing(plan, "small"), language="zh", software="t")
    wide = Table(
        tuple(f"第{n}列" for n in range(14)), (tuple(f"{10.0**9:,.2f}" for _ in range(14)),), (True,) * 14
    )
    sections = tuple(replace(one, chart=None, tables=(wide,)) if one.tables else one for one in found.sections)
    book = Document(io.BytesIO(write_docx(replace(found, sections=sections))))
    sizes = [(int(one.page_width or 0), int(one.page_height or 0)) for one in book.sections]
    assert [across > down for across, down in sizes] == [False, True, False]
    assert len({tuple(sorted(size)) for size in sizes}) == 1, "the paper is the same"


def test_contents_name_each_heading_and_its_page(plan: Path) -> None:
    items = tuple(Item("text", Text(f"第{n}节", f"Part {n}"), text=(Text("文", "Words"),)) for n in range(1, 6))
    found = resolve(Library(plan), replace(DUMMY, items=items), language="en", software="t")
    book = Document(io.BytesIO(write_docx(found)))
    marks = {one.get(qn("w:name")) for one in book.element.iter(qn("w:bookmarkStart"))}
    asked = " ".join(one.text or "" for one in book.element.iter(qn("w:instrText"))).split()
    listed = [tuple(one.text.split("\t")) for one in book.paragraphs if "\t" in one.text]
    assert listed == [(f"Part {n}", "1") for n in range(1, 6)]
    assert {word for word in asked if word.startswith("_Toc")} == marks
    assert asked[:2] == ["TOC", "\\o"], "one field, which Word makes again"


def test_a_chapter_has_a_page_of_its_own_and_heads_its_items(plan: Path) -> None:
    words = (Text("文", "Words"),)
    items = (
        Item("text", Text("总", "Before"), text=words),
        Item("chapter", Text("一", "First")),
        Item("figure", Text("甲", "Homes & more"), statistic="structure"),
        Item("text", Text("乙", "Words of it"), text=words),
        Item("chapter", Text("二", "Second")),
        Item("text", Text("丙", "Last"), text=words),
        Item("chapter", Text("三", "Third")),
        Item("text", Text("三", "Third"), text=words),
    )
    briefing = Briefing("x", Text("题", "t"), items=items)
    assert read_text(briefing_text(briefing)).items == items
    found = resolve(Library(plan), briefing, language="en", software="t")
    slides = Presentation(io.BytesIO(write_deck(found))).slides
    pages = [one for one in slides if one.slide_layout._element.get("type") == "secHead"]
    told = [(one.shapes.title.text_frame.text, one.placeholders[1].text_frame.text) for one in pages]
    assert told == [("First", "Homes & more\nWords of it"), ("Second", "Last"), ("Third", "Third")]
    heads = [("Before", 1), ("First", 1), ("Homes & more", 2), ("Words of it", 2), ("Second", 1), ("Last", 2)]
    heads += [("Third", 1), ("Third", 2)]
    book = Document(io.BytesIO(write_docx(found)))
    titles = {title for title, _ in heads}
    assert [(p.text, int(str(p.style and p.style.name)[-1])) for p in book.paragraphs if p.text in titles] == heads
    listed = [
        (p.text.split("\t")[0], int(str(p.style and p.style.name)[-1])) for p in book.paragraphs if "\t" in p.text
    ]
    assert listed[: len(heads)] == heads, "as Word makes them of the headings"
    page = write_webpage(found, DUMMY).decode()
    assert [
        (html.unescape(t), int(n) - 1) for n, t in re.findall(r"<section data-part[^>]*><h([23])>(.*?)</h", page)
    ][: len(heads)] == heads
    leads = re.findall(r'<a href="#(.*?)">(.*?)</a>', page)
    assert [html.unescape(title) for _, title in leads] == [title for title, _ in heads]
    assert all(f'id="{target}"' in page for target, _ in leads), "each leads to its section"
    roles = [one for sheet in structure_of(write_paper(found)) for one in sheet if one.role in ("H2", "H3")]
    assert [("".join(one.words), int(one.role[1]) - 1) for one in roles if "".join(one.words) in titles] == heads
    bare = Presentation(io.BytesIO(write_deck(found)))
    layout = next(one for one in bare.slide_layouts if one._element.get("type") == "secHead")
    layout._element.set("type", "obj")
    assert any("section header" in one.en for one in template_findings(bare))


def test_a_map_says_what_is_most_on_it_or_what_is_near(plan: Path) -> None:
    """Four equal parcels, two industrial: half; of four stones two lie within 200 m of a park's edge."""
    catalog = (plan / "catalog.toml").read_text("utf-8")
    stones = layer_table("stones", "石", "Stones", geometry="point")
    (plan / "catalog.toml").write_text(f"{catalog}\n{stones}", "utf-8")
    lons = (104.0715, 104.0685, 104.06, 104.052)  # on the park, 145 m west of it, 960 m, 1.7 km
    write_layer(plan, "stones", [feature(f"s{at}", point(lon, 30.052)) for at, lon in enumerate(lons)])
    library = Library(plan)

    def said(state: str, *more: Item, language: str = "en") -> tuple[str, ...]:
        items = (Item("map", state=state), *more)
        return (
            resolve(library, Briefing("b", DUMMY.title, items=items), language=language, software="t")
            .sections[0]
            .findings
        )

    assert said("on=landuse")[:2] == (
        "Industrial takes 50.00% of the area drawn, Urban residential 25.00%",
        "Industrial takes most of the area drawn: 50.00%",
    )
    figure = Item("figure", statistic="structure")
    shares = said("on=landuse", figure)
    whole = (
        resolve(library, Briefing("b", DUMMY.title, items=(figure,)), language="en", software="t")
        .sections[0]
        .sentence
    )
    share = re.search(r"largest class is Industrial with ([\d.]+%)", whole)
    assert share is not None
    assert shares[0].startswith(f"Industrial takes {share[1]} of the whole, "), "the figure's own digits"
    assert share[1] != "50.00%", "of the zones, not of the parcels"
    zones = [
        feature(key, square(at, 30.05, 0.02), kind=kind)
        for key, at, kind in (("z1", 104.05, "core"), ("z2", 104.07, "core"), ("z3", 104.09, "edge"))
    ]
    write_layer(plan, "zones", zones)
    library = Library(plan)
    assert said("on=zones")[:2] == ("Zones: 3; most of them: Core (2)", "Zones: 2 of 3 are Core")
    near = "Stones: 4; 2 within 200 m of Parks (straight line, as drawn)"
    assert said("on=parks,stones")[0] == near
    assert said("on=parks,stones", language="zh")[0] == "石 4 个，2 个距公园 200 米以内（图上直线）"
    assert said("on=rivers,stones") == ("Stones: 4; Rivers: 1", "Stones: 4"), "nothing to compare with"
