"""Map sheets: nothing covers anything, all of the legend is there, names are text, paper has a scale, one query."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox, TransformedBbox
from pyproj import Geod

import briefings.map.picture as drawing
from briefings.map.block_ground import plane_blocks
from briefings.map.courses import boxes_meet
from briefings.map.description import describe_view
from briefings.map.fonts import width_em
from briefings.map.frame import Frame, bar_m, ground_frame
from briefings.map.grounds import FILLED
from briefings.map.guides import guide_boxes, guide_lines
from briefings.map.layouts import Arrangement, Options, foot_of_plate
from briefings.map.legend import Legend, draw_legend, legend_rows
from briefings.map.lettering import break_evenly, fit_line
from briefings.map.picture import draw, draw_kinds, draw_late
from briefings.map.presets import PRESETS, BadDpi, BadSize, Size, read_size
from briefings.map.running_legend import running_lines
from geo.text import Text
from layers.library.library import Library
from layers.plan.style import LegendEntry, LegendSection, Look, declared_style
from layers.plan.views import View
from tests.briefings.write.page_measures import pages_of
from tests.small_plan import LAYERS, feature, square, write_plan

pytestmark = pytest.mark.slow

SVG = "{http://www.w3.org/2000/svg}"
INKSCAPE = "{http://www.inkscape.org/namespaces/inkscape}"
BUNDLED = Library(Path(__file__).parents[3] / "data")
HELSINKI = Library(Path(__file__).parents[3] / "examples" / "helsinki")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "p"))


def _parts(view: View, **asked: Any) -> ET.Element:
    data = draw(BUNDLED, view, Options(size=read_size("900x600"), **asked), kind="svg").data
    return ET.fromstring(data)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_names_are_text_and_layers_are_named_groups(language: str) -> None:
    root = _parts(BUNDLED.catalog.views["structure"], language=language, grid=True)
    ids = Counter(e.get("id") for e in root.iter() if e.get("id"))
    assert not [name for name, count in ids.items() if count > 1]
    groups = {e.get("id"): e for e in root.iter(f"{SVG}g")}
    for layer in ("zones", "rivers", "hills", "parks"):
        assert groups[f"layer-{layer}"].get(f"{INKSCAPE}label") == BUNDLED.catalog.layers[layer].label[language]
    assert {"labels", "graticule", "scale-bar", "north-arrow", "legend", "background"} <= set(groups)
    names = " ".join("".join(t.itertext()) for t in groups["labels"].iter(f"{SVG}text"))
    known = [
        f.name(BUNDLED.catalog.layers["hills"], language)
        for f in BUNDLED.snapshot(BUNDLED.catalog.layers["hills"]).features
    ]
    assert any(name in names for name in known)
    assert root.find(f"{SVG}desc") is not None
    assert root.findtext(f"{SVG}title") == BUNDLED.catalog.views["structure"].title[language]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", ["slide", "a4-portrait", "social"])
def test_no_name_covers_another_or_the_furniture(
    monkeypatch: pytest.MonkeyPatch, size: str, language: str
) -> None:
    seen: dict[str, Any] = {}
    place, legend = vars(drawing)["place_labels"], vars(drawing)["draw_legend"]

    def placed(axes: Any, labels: Any, **asked: Any) -> int:
        seen["before"], seen["taken"] = len(asked["taken"]), asked["taken"]
        raised = sum(one.raised for one in labels)
        seen["placed"] = place(axes, labels, **asked)
        seen["names"] = seen["taken"][seen["before"] + raised :]
        return int(seen["placed"])

    def drawn(*given: Any, **asked: Any) -> int:
        seen["left_out"] = legend(*given, **asked)
        return int(seen["left_out"])

    monkeypatch.setattr(drawing, "place_labels", placed)
    monkeypatch.setattr(drawing, "draw_legend", drawn)
    for view in BUNDLED.catalog.views.values():
        draw(BUNDLED, view, Options(size=read_size(size), language=language, grid=True))
        assert len(seen["names"]) == seen["placed"] >= 3, "those of a numbered layer are in its list"
        for one, other in combinations(seen["names"], 2):
            assert not boxes_meet(one, other)
        for name in seen["names"]:
            assert not any(boxes_meet(name, box) for box in seen["taken"][: seen["before"]])
        assert seen["left_out"] == 0, "the whole legend of the bundled plan finds room on every sheet"
        said = describe_view(BUNDLED, view, Options(read_size(size), language))
        frame, (_, blocks) = shapely.box(*said.frame.bounds), plane_blocks(BUNDLED, said.frame, restricted=False)
        inside = shapely.area(shapely.intersection(np.array(blocks), frame)).sum() / frame.area
        assert inside > 0.6, "by outline, not by box"
        assert said.layout.map[2] * said.layout.map[3] > (0.5 if size == "a4-portrait" else 0.63)


@pytest.mark.parametrize("arrangement", ["plate", "bare"])
def test_a_slides_legend_is_whole(arrangement: Arrangement) -> None:
    """All classes, no word cut, in letters of 10 points at least, on wide slides and on a bureau's of 4:3."""
    inches, letters = {"plate": ((13.333, 7.19), 1.45), "bare": ((9.75, 4.86), 12 / 7)}[arrangement]
    size = Size(round(inches[0] * 150), round(inches[1] * 150), 150, paper=True, letters=letters)
    asked = (
        (BUNDLED, "structure", 23),
        (BUNDLED, "landuse", 36),
        (HELSINKI, "landuse", 32),
    )  # its codes are flat: no class heads another
    for (library, view, least), language in product(asked, ("zh", "en")):
        options = Options(size, language, arrangement)
        picture = draw_late(library, library.catalog.views[view], options)
        figure, layout = picture.figure, picture.sheet.said.layout
        if arrangement == "plate":
            (axes,) = (one for one in figure.axes if one.get_gid() == "map")
            foot = TransformedBbox(Bbox.from_bounds(*foot_of_plate(layout)), figure.transFigure)
            bar = [one.get_window_extent() for one in axes.patches if isinstance(one, Rectangle)]
            assert len(bar) == 4 and not any(foot.overlaps(one) for one in bar), "the scale bar, above the foot"
        (legend,) = (one for one in figure.axes if one.get_gid() == "legend")
        words = " ".join(one.get_text() for one in legend.texts)
        assert not re.search(r"…|另有 \d|\d more", words), (view, language, words)
        assert len({one.get_label() for one in legend.texts}) >= least, "its rows"
        assert min(float(one.get_fontsize()) for one in legend.texts) >= 10 - 1e-6


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axes_have_heads_and_a_ring_and_their_names_stand_beside_the_bands(language: str) -> None:
    figure = draw_late(
        BUNDLED, BUNDLED.catalog.views["structure"], Options(PRESETS["a4-landscape"], language)
    ).figure
    (axes,) = (one for one in figure.axes if one.get_gid() == "map")
    signs = guide_boxes(axes)
    assert len(signs) == 2 * 2 + 1, "two heads an axis, and where they cross a ring"
    layer = BUNDLED.catalog.layers["zones"]
    bands = {
        one.short_name(layer, language): one.geometry
        for one in BUNDLED.snapshot(layer).features
        if declared_style(layer, one.properties).label_rank == 2
    }
    named: dict[str, Any] = {text.get_text(): text for text in axes.texts}
    frame = describe_view(
        BUNDLED, BUNDLED.catalog.views["structure"], Options(PRESETS["a4-landscape"], language)
    ).frame
    assert len(bands) == 2
    for name, band in bands.items():
        (drawn,) = frame.plane(np.array([band], dtype=object))
        places = [named[one].xy for one in (name, name[0]) if one in named]  # whole, or letter below letter
        assert places and not any(shapely.intersects_xy(drawn, *place) for place in places), name
        assert not [one for one in signs if name in named and named[name].get_window_extent().overlaps(one)]
        ground = shapely.transform(drawn, axes.transData.transform)
        for text in axes.texts:
            if float(text.get_fontsize()) >= 1.2 * PRESETS["a4-landscape"].points and not text.get_rotation():
                assert not shapely.intersects(ground, shapely.box(*text.get_window_extent().extents)), text
    words = [shapely.box(*one.get_window_extent().extents) for one in axes.texts if not one.get_rotation()]
    assert len(words) > 20
    assert not any(shapely.intersects(line, words).any() for line in guide_lines(axes)), (
        "lesser names keep off too"
    )
    (river,) = (one for one in BUNDLED.catalog.layers["rivers"].rules if one.fades_at)
    ends = BUNDLED.snapshot(BUNDLED.catalog.layers[str(river.fades_at)]).features.geometry
    lines: list[Any] = [one for one in axes.collections if isinstance(one, LineCollection)]
    banks = [one for one in lines if one.get_linewidth()[0] < 1.1 and to_hex(one.get_color()[0]) == "#8db4cc"]
    drawn = shapely.union_all([shapely.LineString(line) for one in banks for line in one.get_segments()])
    assert shapely.length(drawn) > 5_000, "water is told from land by its bank, in grey too"
    assert shapely.distance(drawn, shapely.boundary(frame.plane(ends)[0])) > 50, "none where its data end"


def test_the_bar_is_as_long_as_it_says() -> None:
    for zoom, shape in ((9, 1.4), (13, 1.5), (17, 0.7)):
        view = View(center=BUNDLED.catalog.plan.center, zoom=zoom)
        frame = ground_frame(BUNDLED.catalog.plan, view, shape=shape)
        said = bar_m(frame)
        y = (frame.bounds[1] + frame.bounds[3]) / 2
        x = (frame.bounds[0] + frame.bounds[2]) / 2 - said / frame.ground_per_metre / 2
        lons, lats = frame._to_plane.transform([x, x + said / frame.ground_per_metre], [y, y], direction="INVERSE")
        assert Geod(ellps="GRS80").line_length(lons, lats) == pytest.approx(said, rel=1e-5)
        assert str(said / 10.0 ** np.floor(np.log10(said)))[0] in "125"


def test_the_picture_shows_all_that_the_screen_showed() -> None:
    view = View(center=(120.3, 31.9), zoom=14)
    for screen in ((1600.0, 900.0), (390.0, 700.0)):
        west, south, east, north = ground_frame(BUNDLED.catalog.plan, view, shape=1.3, screen=screen).lonlat
        degrees = 360.0 * screen[0] / (256 * 2**14)
        assert west <= 120.3 - degrees / 2
        assert east >= 120.3 + degrees / 2
        assert north - south >= 360.0 * screen[1] / (256 * 2**14) * np.cos(np.radians(31.9)) * 0.99


def test_what_is_said_is_what_is_drawn(library: Library) -> None:
    view, size = View(), read_size("700x500")
    said, made = (
        describe_view(library, view, Options(size=size, restricted=False)),
        draw(library, view, Options(size=size, language="zh")),
    )
    assert said.table == made.table
    assert said.alt == made.alt
    assert sum(row["inside"] for row in said.table) > 0


def test_paper_has_a_scale_and_as_many_pixels_as_asked(library: Library) -> None:
    fine = read_size("a4-landscape", "300")
    assert (fine.width, fine.height) == (3508, 2480) or abs(fine.width - 3508) <= 1
    for text, paper in (("a4-landscape", True), ("297x210mm", True), ("slide", False)):
        said = describe_view(library, View(), Options(size=read_size(text), restricted=False))
        assert (said.scale is not None) == paper
    usual = describe_view(library, View(), Options(size=read_size("a4-landscape"), restricted=False)).scale
    assert describe_view(library, View(), Options(size=fine, restricted=False)).scale == pytest.approx(
        usual, rel=1e-3
    )
    for wrong in ("0", "49", "1201", "x", "-96", "٣٠٠"):
        with pytest.raises(BadDpi):
            read_size("slide", wrong)
    with pytest.raises(BadSize):
        read_size("9000x9000mm", "300")
    with pytest.raises(BadSize):
        read_size("a3-landscape", "1200")
    assert all(read_size(name) for name in PRESETS)


def test_what_lies_beyond_the_picture_is_not_in_its_file(tmp_path: Path) -> None:
    far = feature("z-far", square(105.5, 31.5, 0.01), name_zh="远方")
    wide = feature("z-wide", square(104.0, 30.0, 0.9), name_zh="大片")
    folder = write_plan(tmp_path / "p", layers={**LAYERS, "zones": [far, wide]})
    view = View(layers=("zones",), center=(104.3, 30.3), zoom=14)
    root = ET.fromstring(
        draw(Library(folder), view, Options(size=read_size("800x500"), language="zh"), kind="svg").data
    )
    drawn = next(e for e in root.iter(f"{SVG}g") if e.get("id") == "layer-zones")
    numbers = [
        float(n)
        for p in drawn.iter(f"{SVG}path")
        for n in p.get("d", "").replace("\n", " ").split()
        if n not in "MLzCQ"
    ]
    assert numbers
    assert max(map(abs, numbers)) < 720, "cut a little outside the frame"


def test_lines_break_where_words_do_and_say_what_was_cut() -> None:
    assert fit_line("生物医药创新港项目（一期）", 10, lines=2) == ["生物医药创新港项目", "（一期）"]
    assert break_evenly("Industrial area west of the harbour", 10, lines=2)[1].endswith("harbour")
    assert fit_line("x" * 400, 10)[0].endswith("…")
    assert fit_line("", 10) == []


@pytest.mark.parametrize(
    ("language", "note"), [("zh", "另有 {} 项，见网页图例"), ("en", "{} more: see the web legend")]
)
def test_what_a_legend_has_no_room_for_is_said_in_whole_words(language: str, note: str) -> None:
    look = Look("#37474f", 2, 1, "#90a4ae", 0.5)
    entries = tuple(LegendEntry(look, "polygon", Text("很长的名称" * 9, "a long name " * 9)) for _ in range(60))
    section = LegendSection("one", Text("图层", "Layer"), False, entries)
    figure = Figure(figsize=(10, 5))
    box = (0.8, 0.05, 0.16, 0.9)  # two columns in which the note takes two lines
    left_out = draw_legend(figure, box, Legend((section,), {}, (), language, 9, 4.5), columns=2)
    drawn = [one.get_text() for one in figure.axes[0].texts]
    assert 0 < left_out < 60
    assert note.format(left_out).replace(" ", "") in "".join(drawn).replace(" ", "")
    assert max(one.get_position()[1] for one in figure.axes[0].texts) < 0.9 * 5, "inside the box"


def test_names_in_running_lines_are_drawable_and_within_their_line() -> None:
    look = Look("#37474f", 2, 1, "#90a4ae", 0.5)
    names = [Text("甲\u202egpj\u2028\x00", ""), Text("长" * 200, "")]
    sections = [LegendSection(one.zh, one, False, (LegendEntry(look, "polygon", one),)) for one in names]
    rows = [row for line in running_lines(Legend(tuple(sections), {}, (), "zh", 9, 4.5), 5.0) for row, _ in line]
    assert [row.text[:4] for row in rows] == ["甲gpj", "长长长长"]
    assert rows[0].text == "甲gpj"
    assert rows[1].text.endswith("…")
    assert (width_em(rows[1].text) + 3) * 9 / 72 <= 5.0


def test_a_long_name_in_the_legend_goes_on_in_the_next_line() -> None:
    name = "滨江国际社区与滨江公园之间的规划居住用地（含幼儿园、社区服务中心及配套停车场，第二期第三批次调整）"
    english = "Planned housing between the Riverside International Community and Riverside Park, second phase"
    look = Look("#37474f", 2, 1, "#90a4ae", 0.5)
    sections = [
        LegendSection(str(i), Text(name, english), False, (LegendEntry(look, "polygon", Text(name, english)),) * 2)
        for i in range(3)
    ]
    for language, text in (("zh", name), ("en", english)):
        figure = Figure(figsize=(10, 7))
        left_out = draw_legend(
            figure, (0.7, 0.05, 0.28, 0.9), Legend(tuple(sections), {}, (), language, 9, 4.5), columns=1
        )
        drawn = [one.get_text() for one in figure.axes[0].texts]
        assert left_out == 0
        assert not [line for line in drawn if line.endswith("…")]
        assert min(map(len, drawn)) >= 8, "no last line of a character or two"
        assert "".join(drawn).replace(" ", "").count(text.replace(" ", "")) == 9
        right = 0.98 * figure.bbox.width
        boxes = [one.get_window_extent(FigureCanvasAgg(figure).get_renderer()) for one in figure.axes[0].texts]
        assert max(box.x1 for box in boxes) <= right + 1, "within its box"
        tops = sorted(boxes, key=lambda box: -box.y1)
        assert all(a.y0 >= b.y1 - 1.5 for a, b in pairwise(tops)), "no line over another"
    figure = Figure(figsize=(10, 2))
    left_out = draw_legend(
        figure, (0.7, 0.05, 0.28, 0.9), Legend(tuple(sections), {}, (), "zh", 9, 4.5), columns=1
    )
    last = figure.axes[0].texts[-1].get_text()
    assert left_out and str(left_out) in last, "what finds no room is counted"
    one, other = (LegendEntry(look, "polygon", Text(code, code)) for code in ("0101", "0201"))
    levels = {"1": ((Text("01", "01"), (one, one)), (Text("02", "02"), (other,)))}
    section = LegendSection("1", Text("地", "land"), False, (one, one, other))
    rows = [(row.text, row.head, row.inside) for row in legend_rows([section], (), "en", levels=levels)]
    inside = [("0101", False, True)] * 2
    assert rows == [("land", False, False), ("01", False, False), *inside, ("02", True, False)], "no child of 01"


SHAPES = {"needle": 104.06, "tall": 104.12, "square": 104.23, "wide": 104.5, "strip": 104.8}

# A whole slide, and the room between title and foot of one, in pixels.
SLIDES: tuple[tuple[str, Arrangement, int, int], ...] = (
    ("16:9 plate", "plate", 2000, 1125),
    ("16:9", "bare", 1950, 800),
    ("4:3", "bare", 1462, 885),
)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_plan_of_any_shape_fills_its_frame_on_every_sheet(shape: str, tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "p")
    catalog = (folder / "catalog.toml").read_text("utf-8")
    bounds = f"bounds = [104.0, 30.0, {SHAPES[shape]}, 30.2]"
    (folder / "catalog.toml").write_text(catalog.replace("bounds = [104.0, 30.0, 104.2, 30.2]", bounds), "utf-8")
    library = Library(folder)
    for preset in ("slide", "a4-landscape", "a4-portrait", "a3-landscape", "a3-portrait"):
        for arrangement in ("sheet", "untitled"):
            said = describe_view(library, View(), Options(PRESETS[preset], "en", arrangement))
            assert said.filled >= FILLED, (preset, arrangement, said.filled)
            parts = [box for box in (said.layout.map, said.layout.legend, said.layout.footer) if box[2] and box[3]]
            parts += [said.layout.title] if arrangement == "sheet" else []
            assert all(
                box[0] >= 0 and box[0] + box[2] <= 1.001 and box[1] >= 0 and box[1] + box[3] <= 1.001
                for box in parts
            )
            for one, other in combinations(parts, 2):
                apart = one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0]
                assert apart or one[1] + one[3] <= other[1] or other[1] + other[3] <= one[1]
        chosen = describe_view(library, View(center=(104.1, 30.1), zoom=12), Options(PRESETS[preset], "en"))
        assert chosen.filled >= FILLED, ("a ground that a person chose", preset, chosen.filled)
    slides = {
        name: describe_view(library, View(), Options(Size(wide, high, 150.0, paper=True, letters=1.7), "en", kind))
        for name, kind, wide, high in SLIDES
    }
    assert slides["16:9"].filled >= FILLED
    assert slides["4:3"].filled >= FILLED
    for said in slides.values():
        assert said.layout.free or shape not in ("needle", "tall"), "the slide says something beside a narrow map"
        for one, other in combinations((said.layout.map, said.layout.legend, said.layout.free or (2, 2, 0, 0)), 2):
            apart = one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0]
            assert apart or one[1] + one[3] <= other[1] or other[1] + other[3] <= one[1]
    numbered, a4 = View(sheet_number="07"), Options(PRESETS["a4-landscape"], "en")
    told = draw_kinds(library, numbered, a4, kinds=("pdf", "svg"))
    (page,) = pages_of(told["pdf"].data, foot=0)
    assert not page.cut
    assert not page.overlapping
    assert all(
        one in page.text for one in ("Sheet 07", "Scale 1:", "central meridian", "Plan of", "Map review no.")
    )
    assert all(f'id="{one}"' in told["svg"].data.decode() for one in ("neat-line", "title-block"))


def test_a_sheet_across_180_degrees_has_what_lies_on_both_sides() -> None:
    region = Frame((-2_500_000.0, 300_000.0, 1_600_000.0, 2_500_000.0), "EPSG:3338").region
    held = shapely.contains_xy(region, [179.5, -175.0, -150.0, 100.0, 0.0], [53.0, 55.0, 65.0, 60.0, 60.0])
    assert held.tolist() == [True, True, True, False, False]


_STRIP = shapely.segmentize(shapely.box(117.0, 60.0, 117.36, 60.001), 0.01)  # 20 km along a parallel


@given(
    st.sampled_from([(117.0, 60.0), (117.0, 0.5), (115.0, 38.0), (119.5, -45.0)]), st.floats(0.3, 40.0), st.data()
)
def test_a_drawn_outline_lies_as_near_to_the_true_one_as_is_said(
    at: tuple[float, float], exact_m: float, data: st.DataObject
) -> None:
    size = data.draw(st.floats(0.0005, 0.3))
    far = np.array(data.draw(st.lists(st.floats(0.5, 1.0), min_size=40, max_size=40)))
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    star = shapely.Polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * (far * size)[:, None] + at)
    frame = Frame((-2e6, -6e6, 3e6, 8e6), "EPSG:32650" if at[1] > 0 else "EPSG:32750")
    shapes = np.array([star, _STRIP if at[1] == 60.0 else star], dtype=object)
    drawn = frame.bring(shapes, exact_m=exact_m)
    assert (shapely.hausdorff_distance(frame.plane(shapes), drawn) <= exact_m * 1.03).all()
