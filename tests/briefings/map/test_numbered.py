"""Numbers on the map with a list at the side; palettes for printing; names along what they name."""

from __future__ import annotations

import io
import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import shapely
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from PIL import Image

from briefings.map.block_ground import plane_blocks
from briefings.map.courses import Slanted, boxes_meet, course_of, places_along
from briefings.map.description import describe_view
from briefings.map.grey_patterns import grey_patterns
from briefings.map.grounds import SCALES
from briefings.map.insets import place_insets
from briefings.map.layouts import Options
from briefings.map.list_pages import list_parts
from briefings.map.listing import ListedGroup, ListedRow, Listing, listing_of
from briefings.map.numbering import draw_listing
from briefings.map.picture import draw, draw_sheet, sheet_legend
from briefings.map.presets import read_size
from briefings.map.sheet import SheetDrawn
from layers.library.library import Library
from layers.plan.palettes import PALETTES, class_color, lab_of
from layers.plan.style import Look, class_patterns, legend_of
from layers.plan.views import View

BUNDLED = Library(Path(__file__).parents[3] / "data")


def test_every_project_is_in_the_list_once_with_its_state_and_amount() -> None:
    snapshot = BUNDLED.snapshot(BUNDLED.catalog.layers["projects"])
    listing = listing_of(snapshot, snapshot.features, language="zh")
    assert listing is not None
    rows = [row for group in listing.groups for row in group.rows]
    assert sorted(row.feature for row in rows) == sorted(str(one.id) for one in snapshot.features)
    assert sum(row.placed for row in rows) == sum(one.geometry is not None for one in snapshot.features)
    assert len({row.number for row in rows}) == len(rows), "a number that is there twice has a letter"
    assert {"1a", "1b"} <= {row.number for row in rows}
    assert all(group.rows == tuple(sorted(group.rows, key=lambda row: not row.placed)) for group in listing.groups)
    printed = listing_of(snapshot, snapshot.features, language="zh", palette="grey")
    assert printed is not None
    assert len({group.mark for group in printed.groups}) == len(printed.groups) > 2, "a state, a shape in grey"
    amounts = {row.name: row.amount for row in rows}
    assert amounts["星河国际社区"] == "78", "780,000 万元, in 亿"
    assert {one for one in amounts.values() if "美元" in one}, "dollars are named, never added"


@pytest.mark.parametrize("size", ["a4-landscape", "a4-portrait", "a3-landscape"])
def test_a_sheet_has_a_number_on_the_map_and_a_name_in_the_list_for_each(size: str) -> None:
    view, options = BUNDLED.catalog.views["projects"], Options(read_size(size), "zh")
    said = describe_view(BUNDLED, view, options)
    assert said.listing is not None
    made = draw(BUNDLED, view, options, kind="svg")
    svg = "".join(one.decode() for one in (made.data, *made.more))
    assert len(made.more) == (size == "a4-portrait"), "a list too long for its place goes on on a page of its own"
    written = re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", svg))
    names = [row.name for group in said.listing.groups for row in group.rows]
    assert [one for one in names if re.sub(r"\s+", "", one)[:6] not in written] == []
    for number, _ in said.listing.colors.values():
        assert len(re.findall(rf">{number}<", svg)) >= 2, f"{number} stands on the map and in the list"
    main, *insets = (
        int(one.replace(",", "")) for one in (f"{said.scale:.0f}", *re.findall(r"（1:([\d,]+)）", svg))
    )
    assert insets and min(insets) >= main, "no inset is larger in scale than its map"
    assert {f"{one:g}".rstrip("0") for one in (main, *insets)} <= {f"{one * 1e4:g}".rstrip("0") for one in SCALES}
    assert max(insets) <= 3 * main, "nor a spot"
    sheet = SheetDrawn(BUNDLED, view, said, options, None)
    page = Figure(figsize=(options.size.width / options.size.dpi, options.size.height / options.size.dpi))
    placing, west, south, east, north = (
        place_insets(page, said.layout, sheet, sheet_legend(sheet)),
        *said.frame.bounds,
    )
    assert placing.insets is not None
    (x, y, wide, high), (left, low, across, up) = placing.insets, placing.layout.map
    part = [(x - left) / across, (y - low) / up, (x + wide - left) / across, (y + high - low) / up]
    corners = np.array([west, south, west, south]) + np.array(part) * np.tile([east - west, north - south], 2)
    _, blocks = plane_blocks(BUNDLED, said.frame, restricted=False)
    assert blocks
    hidden = sum(shapely.area(shapely.clip_by_rect(one, *corners)) for one in blocks)
    assert hidden <= 0.002 * wide * high / across / up * (east - west) * (north - south), (
        "nothing of a block below"
    )
    if size == "a4-portrait":
        assert said.layout.map[2] > 0.9, "the map takes the whole width"
        assert said.layout.map[2] * said.layout.map[3] >= 0.5
        assert said.filled >= 0.6
        pdf = pypdfium2.PdfDocument(draw(BUNDLED, view, options, kind="pdf").data)
        assert all(
            f"第{n}页，共2页" in re.sub(r"\s", "", pdf[n - 1].get_textpage().get_text_range()) for n in (1, 2)
        )
    clusters = {"滨江总部经济组团", "临江制造业组团", "科教中心", "南部绿色生活组团", "南部制造业组团"}
    assert len([one for one in clusters if one in svg]) in (0, len(clusters)), "all stand, or none"


@pytest.mark.parametrize("columns", [2, 3])
def test_no_row_of_a_group_goes_on_alone_in_the_next_column(columns: int) -> None:
    for first in range(2, 22):
        sheet, rows = (
            Figure(figsize=(1.9 * columns, 5.4 / columns)),
            [ListedRow(str(n), "7", "row", "1", True) for n in range(24)],
        )
        groups = tuple(ListedGroup("group", "#123456", tuple(part)) for part in (rows[:first], rows[first:]))
        draw_listing(sheet, (0, 0, 1, 1), Listing("a", groups, "", "en"), points=7.0, least=6.5)
        told = [text.get_text() for text in sheet.axes[0].texts]
        assert told.count("row") == len(rows)
        again = [at for at, text in enumerate(told) if "continued" in text]
        ends = [at for at, text in enumerate(told) if "group" in text] + [len(told)]
        assert all(told[at : min(e for e in ends if e > at)].count("row") > 1 for at in again), (first, told)


def test_a_slide_has_numbers_and_a_layer_without_them_has_no_list() -> None:
    """All numbers are on the slide, the first names beside them; the others follow, each name once."""
    view, options = BUNDLED.catalog.views["projects"], Options(read_size("slide"))
    sheet = SheetDrawn(BUNDLED, view, describe_view(BUNDLED, view, options), options, None)
    parts = list_parts(sheet)
    assert len(parts) > 1
    told = [row.name for listing, _ in parts for group in listing.groups for row in group.rows]
    assert sorted(told) == sorted(
        one.short_name(BUNDLED.catalog.layers["projects"], "zh")
        for one in BUNDLED.snapshot(BUNDLED.catalog.layers["projects"]).features
    )
    assert all(row.placed for group in parts[0][0].groups for row in group.rows)
    keys = {(one.color, one.counted) for listing, _ in parts for one in listing.groups if one.counted[1]}
    assert {(one.color, one.counted) for one in parts[0][0].groups} == keys, "each colour on the map has its words"
    (main,) = (axes for axes in draw_sheet(sheet).axes if axes.get_gid() == "map")
    drawn = {one.get_text() for one in main.texts}
    assert not drawn & set(told), "no name stands over its site"
    assert {row.number for group in parts[0][0].groups for row in group.rows} <= drawn
    view = BUNDLED.catalog.views["landuse"]
    assert describe_view(BUNDLED, view, Options(read_size("a4-landscape"))).listing is None


def test_classes_differ_in_grey_by_lightness_or_pattern() -> None:
    layer = BUNDLED.catalog.layers["landuse"]
    there = BUNDLED.snapshot(layer).used["class"]
    used = [one for one in BUNDLED.catalog.classes[layer.scheme] if one.code in there]
    patterns = class_patterns(used, "grey")
    looks = [(class_color(one, "grey"), patterns.get(one.code, "")) for one in used]
    assert len(used) > 20
    assert len(set(looks)) == len(looks)
    shades = sorted({round(lab_of(color)[0]) for color, _ in looks})
    assert min(np.diff(shades)) >= 8, "one can tell neighbours in lightness"
    assert max(Counter(patterns.values()).values()) <= 3, "no pattern is the sign of many classes"


@pytest.mark.parametrize("plan", ["data", "examples/helsinki"])
@pytest.mark.parametrize("palette", ["official", "calm", "accessible"])
def test_classes_of_nearly_one_colour_differ_by_pattern(plan: str, palette: str) -> None:
    library = Library(Path(__file__).parents[3] / plan)
    layer = library.catalog.layers["landuse"]
    there = library.snapshot(layer).used[layer.class_field]
    used = [one for one in library.catalog.classes[layer.scheme] if one.code in there]
    patterns = class_patterns(used, palette)
    near = set[str]()
    for one, other in combinations(used, 2):
        apart = np.subtract(lab_of(class_color(one, palette)), lab_of(class_color(other, palette)))
        if np.hypot.reduce(apart) < 10:
            near |= {one.code, other.code}
            assert patterns.get(one.code) != patterns.get(other.code), (one, other)
    assert patterns and set(patterns) <= near, "a pattern is for what needs it"


def _tone(look: Look) -> float:
    """Return how light a symbol is on white."""
    if look.fill is None:
        return lab_of(look.color)[0]
    return 100 - (100 - lab_of(look.fill)[0]) * look.fill_opacity


def test_what_a_layer_declares_differs_in_grey_by_tone_pattern_dash_or_width() -> None:
    told = 0
    for layer in BUNDLED.catalog.layers.values():
        looks = [one.look for one in legend_of(layer, (), "grey", met=range(len(layer.rules))).entries]
        for one, other in combinations(looks, 2):
            same = (one.pattern, one.dash, one.width) == (other.pattern, other.dash, other.width)
            assert not same or abs(_tone(one) - _tone(other)) >= 7.5, layer.id
            told += 1
    assert told > 30


@pytest.mark.parametrize("plan", ["data", "examples/helsinki"])
def test_areas_of_different_layers_differ_in_grey_by_tone_or_pattern(plan: str) -> None:
    catalog = Library(Path(__file__).parents[3] / plan).catalog
    marks = grey_patterns(catalog, "grey")
    looks = [
        (one.id, entry.look)
        for one in catalog.layers.values()
        for entry in legend_of(one, (), "grey").entries
        if one.geometry == "polygon" and not one.class_field and (one.id in marks or not one.rules)
        if entry.look.fill is not None and entry.look.fill_opacity >= 0.1
    ]
    assert len(looks) >= 3
    for (layer, look), (other, beside) in combinations(looks, 2):
        assert marks.get(layer) != marks.get(other) or abs(_tone(look) - _tone(beside)) >= 7, (layer, other)
    assert grey_patterns(catalog, "official") == {}


def test_a_grey_sheet_has_no_colour_at_all() -> None:
    view = View(layers=("zones", "projects", "rivers"), palette="grey")
    data = draw(BUNDLED, view, Options(read_size("700x500"))).data
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    assert (pixels.max(axis=2) - pixels.min(axis=2)).max() <= 2
    assert set(PALETTES) == {"official", "accessible", "calm", "grey"}


def test_a_name_stands_along_a_line_and_upright_on_a_steep_one() -> None:
    level = course_of(shapely.LineString([(0, 0), (50, 2), (100, 0)]))
    spots = places_along(level, 40, wide_letters=True)
    assert spots
    assert all(abs(one.turn) < 5 and not one.upright for one in spots)
    steep = places_along(course_of(shapely.LineString([(0, 0), (5, 100)])), 40, wide_letters=True)
    assert steep[0].upright
    assert abs(places_along(((0, 0), (5, 100)), 40, wide_letters=False)[0].turn) > 80
    assert places_along(((0, 0), (10, 0)), 40, wide_letters=False) == [], "too short for its name"
    assert course_of(shapely.box(0, 0, 100, 10)) != (), "a long area is named along its middle"
    parted = shapely.MultiPolygon([shapely.box(0, 0, 20, 5), shapely.box(80, 0, 100, 5)])
    assert {y for _, y in course_of(parted)} == {2.5}, "a gap in the middle is passed over"


def test_a_turned_name_leaves_the_ground_beside_it_free() -> None:
    turned = Slanted([Bbox.from_bounds(10 * i, 10 * i, 10, 10) for i in range(5)])
    beside = Bbox.from_bounds(30, 0, 10, 10)
    assert not boxes_meet(turned, beside)
    assert not boxes_meet(beside, turned)
    assert boxes_meet(Bbox.from_bounds(22, 22, 4, 4), turned)
