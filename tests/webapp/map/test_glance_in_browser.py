"""The map at a glance: the largest block first, jumps, names that do not lie on each other, several under a click."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from layers.library.library import Library
from layers.library.listing import describe_catalog
from tests.small_plan import CATALOG, feature, square, write_layer, write_plan
from tests.waiting import until_on
from tests.webapp.conftest import Running
from tests.webapp.on_map import place_of
from webapp.state import state_of

pytestmark = pytest.mark.slow

BLOCKS = (
    CATALOG.replace(
        'plane_crs = "EPSG:4544"',
        'plane_crs = "EPSG:4544"\nblocks = {layer = "zones", when = {field = "kind", equals = "block"}}',
        1,
    )
    .replace(
        "[[layers.zones.rules]]",
        '[[layers.zones.rules]]\nwhen = {field = "kind", equals = "block"}\nlabel_rank = 1\nlabel_size = 20\nlabel_zoom = 8\n'
        "[[layers.zones.rules]]",
        1,
    )
    .replace("[layers.zones]\n", '[layers.zones]\nusual = ["zones"]\n', 1)
    .replace(
        'visible = true\nstyle = {color = "#334455"',
        'visible = true\nmap_labels = true\nlabel_min_zoom = 8\nstyle = {color = "#334455"',
    )
)
ZONES = [
    feature("small", square(104.02, 30.02, 0.02), name_zh="小块", name_en="Small block", kind="block"),
    feature("large", square(104.08, 30.08, 0.1), name_zh="大块", name_en="Large block", kind="block"),
    feature("inner", square(104.1, 30.1, 0.01), name_zh="内块", name_en="Inner block", kind="block"),
    *(feature(f"a-{i}", square(104.09, 30.09, 0.08), name_zh=f"片区 {i}", name_en=f"Area {i}") for i in range(3)),
    feature("none", None, name_zh="未定", name_en="Unplaced", kind="block"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = write_plan(tmp_path / "blocks", catalog=BLOCKS)
    write_layer(made, "zones", ZONES)
    return made


@pytest.fixture
def blocks(folder: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]) -> Running:
    return serve(make_app(folder))


def test_blocks_are_told_the_largest_first_without_those_inside_another(folder: Path) -> None:
    told = describe_catalog(Library(folder), restricted=False)["blocks"]
    assert [one["feature"] for one in told] == ["large", "small"]
    assert told[0]["bounds"] == pytest.approx([104.08, 30.08, 104.18, 30.18])
    assert told[0]["label"] == {"zh": "大块", "en": "Large block"}


@pytest.mark.parametrize("size", ["200x200", "300x300&dpi=1200", "40x40mm", "3000x200&dpi=600"])
def test_a_sheet_too_small_for_insets_is_drawn_without_them(
    folder: Path, make_app: Callable[..., Flask], size: str
) -> None:
    app = make_app(folder)
    found = app.test_client().get(f"/render/map.svg?size={size}")
    state_of(app).close()
    assert found.status_code == 200, found.text[:300]


def test_an_area_within_another_is_no_hole_in_the_background(folder: Path, make_app: Callable[..., Flask]) -> None:
    tile = make_app(folder).test_client().get("/basemap/11/1616/844.svg").text  # all of the large block
    assert tile.count('fill="#eeeeee"') >= 5, (
        "one path an area: the large block, the inner one, three areas over them"
    )


def test_a_plan_without_blocks_says_none(tmp_path: Path) -> None:
    assert describe_catalog(Library(write_plan(tmp_path / "p")), restricted=False)["blocks"] == []


def test_the_largest_block_fills_the_map_and_the_others_are_a_jump_away(page: Page, blocks: Running) -> None:
    page.goto(f"{blocks.url}/?lang=en")
    page.wait_for_selector("html[data-ready]", state="attached")
    share = "map_plan.getBounds().contains([[30.08, 104.08], [30.18, 104.18]]) && 0.1 / (map_plan.getBounds().getNorth() - map_plan.getBounds().getSouth())"
    until_on(page, lambda: page.evaluate(share) >= 0.4)
    page.locator(".jumps").get_by_role("button", name="Small block").click()
    until_on(page, lambda: page.evaluate("map_plan.getBounds().contains([[30.02, 104.02], [30.04, 104.04]])"))
    page.locator(".jumps").get_by_role("button", name="Whole plan").click()
    until_on(page, lambda: page.evaluate("map_plan.getBounds().contains([[30.02, 104.02], [30.18, 104.18]])"))


def test_names_do_not_lie_on_each_other_and_those_of_blocks_are_always_there(page: Page, blocks: Running) -> None:
    page.goto(f"{blocks.url}/?lang=en")
    page.wait_for_selector("html[data-ready]", state="attached")
    until_on(page, lambda: _names_in_place(page))


def _names_in_place(page: Page) -> bool:
    seen = page.evaluate(
        """[...document.querySelectorAll('.map-label:not(.hidden-label) span')].map((e) => {
             const r = e.getBoundingClientRect(); return [e.textContent, r.left, r.top, r.right, r.bottom]; })"""
    )
    on_another = [
        {name, other}
        for i, (name, left, top, right, bottom) in enumerate(seen)
        for other, *box in seen[:i]
        if not (right <= box[0] or box[2] <= left or bottom <= box[1] or box[3] <= top)
    ]
    there = "Large block" in [one[0] for one in seen] and len(seen) > 2  # moved a little where another stands
    return there and all(names <= {"Large block", "Inner block"} for names in on_another)


def test_a_click_on_several_features_offers_them(page: Page, blocks: Running) -> None:
    page.goto(f"{blocks.url}/?lang=en#z=12&c=30.13,104.13&on=zones")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.mouse.click(*place_of(page, 104.16, 30.16))
    expect(page.locator("#card-title")).to_have_text("3 features lie here: choose one")
    page.locator("#card").get_by_role("button", name="Area 1").click()
    expect(page.locator("#card-title")).to_have_text("Area 1")


def test_no_name_of_a_block_stands_half_under_what_lies_over_the_map(blocks: Running, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(
        f"{blocks.url}/?lang=en#z=16&c=30.15,104.15&on=zones"
    )  # deep in the large block, far from its middle
    expect(page.locator("html[data-ready]")).to_be_attached()
    over = page.evaluate(
        "() => [...document.querySelectorAll('.map-label:not(.hidden-label) span')].filter((name) => {"
        " const a = name.getBoundingClientRect();"
        " return [...document.querySelectorAll('.leaflet-control, .readout, #card')].some((one) => {"
        " const b = one.getBoundingClientRect();"
        " return b.width && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom; }); })"
        ".map((name) => name.textContent)"
    )
    assert page.locator(".map-label:not(.hidden-label)", has_text="Large block").count() == 1
    assert over == []


@pytest.mark.parametrize(("width", "height", "part"), [(683, 384, 1 / 3), (360, 740, 1 / 2), (1280, 800, 1 / 3)])
def test_a_first_view_shows_the_map_and_the_block_fills_it(
    blocks: Running, page: Page, width: int, height: int, part: float
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{blocks.url}/?lang=en")
    expect(page.locator("html[data-ready]")).to_be_attached()
    box = page.locator("#map_plan").bounding_box()
    assert box
    assert box["y"] < height / 3, "what comes before the map leaves it two thirds of the first view"
    assert min(box["height"], height - box["y"]) > height * part
    fills = page.evaluate(
        "() => { const m = window.map_plan, b = m.getContainer().getBoundingClientRect();"
        " const [s, e] = [m.latLngToContainerPoint([30.08, 104.08]), m.latLngToContainerPoint([30.18, 104.18])];"
        " return Math.max((e.x - s.x) / b.width, (s.y - e.y) / b.height); }"
    )
    assert fills > 0.75, "between whole zooms as well"
    handle = page.locator(".sheet-handle")
    assert handle.is_visible() == (width <= 760), "on a small screen the panel is a sheet that is raised"
    if handle.is_visible() and height > 480:
        handle.click()
        until_on(page, lambda: (page.locator("#panel").bounding_box() or box)["height"] > height / 3)
        handle.click()


def test_who_asks_for_what_lies_in_an_area_is_brought_there_with_the_table(blocks: Running, page: Page) -> None:
    page.goto(f"{blocks.url}/?lang=en")
    expect(page.locator("html[data-ready]")).to_be_attached()
    page.locator("#search").fill("zones in the small block")
    page.locator("#search-results [role=option]", has_text="in Small block").click()
    until_on(page, lambda: page.evaluate("map_plan.getBounds().contains([[30.02, 104.02], [30.04, 104.04]])"))
    expect(page.locator("[data-chip-layer=zones]")).to_contain_text("1 / 7")
    expect(page.locator("#table tbody tr:not(.spacer)")).to_have_count(1)
    page.locator("#search").fill("area > 5")  # of a field nobody filled in
    page.locator("#search-results [role=option]", has_text="Area > 5").first.click()
    expect(page.locator("[data-chip-layer=zones]")).to_contain_text("0 / 7")
    expect(page.locator(".table-foot")).to_contain_text("Nothing meets all conditions")
    expect(page.locator("#chart")).to_contain_text("Nothing to draw")
