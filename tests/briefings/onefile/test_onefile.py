"""The one-file map: same bytes, nothing restricted, hostile text harmless, and it opens with the network off."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect

from briefings.map.presets import BadDecimals, read_decimals
from briefings.onefile.onefile import MapPage, MissingLeaflet, one_file
from briefings.onefile.packed import packed_shapes
from geo.text import Text
from layers.errors import BadFilter
from layers.features.field_values import shown_number, shown_value
from layers.library.library import Library
from layers.plan.catalog import Field
from layers.plan.views import View, read_view
from tests.chromium import REPORT_VIOLATIONS
from tests.hostile_plan import TEXTS, write_hostile_plan
from tests.small_plan import CATALOG, LAYERS, feature, square, write_layer, write_plan
from tests.waiting import LONGEST_S, steady, until_on

pytestmark = pytest.mark.slow

HERE = Path(__file__).parents[3]
PACKAGES = HERE / "node_modules"
HOSTILE = "</script><img src=x onerror=window.__x=1>\u2028&lt;b&gt;"
POLICY = "default-src 'none'; script-src 'sha256-"


def _made(folder: Path, view: View | None = None, **options: Any) -> str:
    restricted = options.pop("restricted", False)
    page = MapPage(packages=PACKAGES, **{"language": "en", **options})
    return one_file(Library(folder), view or View(), page, restricted=restricted).data.decode()


def _data(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page)
    assert found
    held: dict[str, Any] = json.loads(found.group(1))
    return held


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return write_plan(tmp_path / "p")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_plan_gives_the_same_bytes(plan: Path, language: str) -> None:
    one = _made(plan, language=language)
    assert one == _made(plan, language=language)
    assert POLICY in one
    assert not re.search(r"url\((?!data:)|sourceMappingURL|<link(?![^>]*data:)|\ssrc=", one.split("<script")[0])
    assert "sourceMappingURL" not in one
    assert ("internal working map" if language == "en" else "内部工作用图") in one
    for snapshot in Library(plan).readable():
        assert snapshot.version in one


def test_only_what_is_declared_goes_out(plan: Path) -> None:
    zones = _data(_made(plan))["layers"][0]
    assert zones["fields"] == ["Kind", "Area"]
    assert [zones["texts"][i][zones["values"][i][0]] for i in (0, 1)] == ["core", "120.5 mu"]
    assert zones["values"][1][1] == -1, "unknown stays unknown"
    assert "quote" not in json.dumps(zones)
    assert {one["dashArray"] for one in zones["looks"]} == {None}, "how sure a place is shows in its edge"
    assert zones["looks"][0]["fillColor"] == "#cc6644"


def test_a_restricted_layer_is_absent_unless_the_reader_may_see_it(plan: Path) -> None:
    asked = View(layers=("zones", "pipes"), selected="pipes/w-1")
    for page in (_made(plan), _made(plan, View(layers=("zones", "pipes")))):
        assert not any(word in page for word in ("pipes", "Pipes", "Secret main", "绝密干管"))
    told = one_file(Library(plan), asked, MapPage(packages=PACKAGES, language="en"))
    assert "pipes" in told.warnings[0].en
    assert list(told.counts) == ["zones"]
    assert "Secret main" in _made(plan, asked, restricted=True)


def test_a_restricted_background_layer_never_goes_out(tmp_path: Path) -> None:
    catalog = CATALOG.replace('{layer = "rivers", stroke', '{layer = "pipes", stroke')
    page = _made(write_plan(tmp_path / "b", catalog=catalog), View(layers=("zones",)), restricted=True)
    assert [one["shapes"] for one in _data(page)["background"]] == [0]
    narrowed = _data(_made(tmp_path / "b", read_view("on=zones&f=zones:kind=core")))["background"]
    assert len(narrowed[0]["shapes"]) == 2, "the background is whole whatever the filter"


def test_filters_narrow_the_file_and_are_told(plan: Path) -> None:
    page = _made(plan, read_view("on=zones&f=zones:kind=core"))
    assert _data(page)["layers"][0]["names"] == ["East"]
    assert "<dd>1 / 2</dd>" in page
    assert "<dt>Only where</dt><dd>Kind: core</dd>" in page
    with pytest.raises(BadFilter):
        _made(plan, read_view("on=zones&f=zones:nothing=1"))


def test_what_cannot_be_made_is_told(plan: Path, tmp_path: Path) -> None:
    with pytest.raises(BadDecimals):
        _made(plan, decimals=2)
    for text in ("x", "", "-3", "10", "6.0", "٦"):
        with pytest.raises(BadDecimals):
            read_decimals(text)
    with pytest.raises(MissingLeaflet):
        one_file(Library(plan), View(), MapPage(packages=tmp_path, language="en"))


def _unpacked(chain: list[int], decimals: int) -> list[tuple[float, float]]:
    steps = np.array(chain).reshape(-1, 2).cumsum(axis=0) / 10**decimals
    return [(float(x), float(y)) for x, y in steps]


@given(
    st.lists(st.tuples(st.floats(-179, 179), st.floats(-89, 89)), min_size=2, max_size=6),
    st.integers(3, 9),
)
def test_shapes_come_back_within_half_a_last_decimal(at: list[tuple[float, float]], decimals: int) -> None:
    shapes = np.array([shapely.LineString(at), None, shapely.MultiPoint(at), shapely.Polygon()], dtype=object)
    line, missing, points, empty = packed_shapes(shapes, decimals)
    assert missing is None
    assert empty is None
    kept = _unpacked(line[0], decimals)
    for x, y in at:
        assert any(abs(x - a) + abs(y - b) <= 1.01 * 10.0**-decimals for a, b in kept)
    assert len(points) <= 2 * len(at)


def test_holes_and_parts_stay_apart() -> None:
    holed = shapely.Polygon(shapely.box(0, 0, 3, 3).exterior, [shapely.box(1, 1, 2, 2).exterior.coords])
    both = shapely.MultiPolygon([holed, shapely.box(5, 5, 6, 6)])
    lines = shapely.MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]])
    shapes = np.array([both, lines, shapely.Point(1, 2)], dtype=object)
    parts, chains, point = packed_shapes(shapes, 3)
    assert [len(part) for part in parts] == [2, 1]
    assert shapely.Polygon(_unpacked(parts[0][0], 3), [_unpacked(parts[0][1], 3)]).equals(holed)
    assert [_unpacked(one, 3) for one in chains] == [[(0, 0), (1, 1)], [(2, 2), (3, 3)]]
    assert point == [1000, 2000]
    assert packed_shapes(np.array([], dtype=object), 6) == []


def test_values_read_as_on_the_page() -> None:
    coded = {"a": Text("甲", "A"), "true": Text("有", "has"), "1": Text("一", "one")}
    field = Field("v", Text("值", "Value"), values=coded, raw="raw")
    for value, en in (("a", "A"), (["a", "b"], "A, b"), (True, "has"), (False, "no"), (1.0, "one"), (None, None)):
        assert shown_value(field, {"v": value}, "en") == en
    assert shown_value(field, {"v": ["a", "b"]}, "zh") == "甲、b"
    assert shown_value(field, {"v": "a", "raw": "about a"}, "en") == "A (as printed: about a)"
    number = Field("v", Text("", ""), type="number", unit="ha")
    assert shown_value(number, {"v": float("nan")}, "en") is None
    assert shown_value(number, {"v": 0}, "en") == "0 ha"
    assert shown_number(1.005, "", 2, "en") == "1.01", "rounded as a browser rounds"
    tiny = {0.0004: "0.00040", -0.004: "-0.0040", 3e-12: "3.0e-12", 0.0: "0"}
    assert {value: shown_number(value, "", None, "zh") for value in tiny} == tiny, "not zero never reads as one"
    assert len(shown_number(1e300, "m", 0, "en")) > 300


def test_hostile_text_stays_text_in_the_file(tmp_path: Path) -> None:
    page = _made(write_hostile_plan(tmp_path / "h"), View(layers=("zones", "sites")))
    assert page.count("<script") == page.count("</script") == 3
    assert "<img" not in page
    assert "<svg onload" not in page
    assert "\u2028" not in page[page.index('id="data"') :]
    assert any(TEXTS[1] in name for name in _data(page)["layers"][0]["names"])


@pytest.fixture
def offline(browser: Browser, tmp_path: Path) -> Iterator[Callable[[str], Page]]:
    """Open a page from the disk with the network cut off; it may ask for nothing but itself, and may not fail."""
    fresh = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    fresh.set_default_timeout(LONGEST_S * 1000)
    fresh.add_init_script(REPORT_VIOLATIONS)
    asked, faults, opened = list[str](), list[str](), list[str]()

    def start(text: str) -> Page:
        path = tmp_path / f"map-{len(opened)}.html"
        path.write_text(text, "utf-8")
        page = fresh.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        opened.append(path.as_uri())
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready]", state="attached")
        return page

    yield start
    fresh.close()
    assert not faults
    assert asked == opened


def test_it_opens_from_the_disk_and_answers(plan: Path, offline: Callable[[str], Page]) -> None:
    named = {**LAYERS["zones"][1], "properties": {**LAYERS["zones"][1]["properties"], "name_en": HOSTILE}}
    write_layer(plan, "zones", [LAYERS["zones"][0], named])
    page = offline(_made(plan))
    expect(page.locator("section.layer")).to_have_count(3)
    expect(page.locator("#panel")).to_contain_text("Core")
    expect(page.locator("#credit")).to_contain_text("internal working map")
    page.keyboard.press("/")
    page.keyboard.insert_text("EA")
    expect(page.locator("#status")).to_have_text("1 found")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    popup = page.locator(".leaflet-popup-content")
    expect(popup.locator("h3")).to_have_text("East")
    expect(popup.locator("h3")).to_be_focused()
    expect(popup).to_contain_text("120.5 mu")
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    expect(page.locator("#results button")).to_be_focused()
    page.fill("#search", "onerror")
    page.keyboard.press("Enter")
    expect(popup.locator("h3")).to_have_text(HOSTILE)
    expect(popup).to_contain_text("not stated")
    assert page.locator("img[src=x]").count() == 0
    assert page.evaluate("window.__x") is None


def test_layers_are_switched_and_stay_in_order(plan: Path, offline: Callable[[str], Page]) -> None:
    page = offline(_made(plan))
    box = page.locator("section.layer", has_text="Zones").locator("input")
    middle = page.locator("#map").bounding_box()
    assert middle is not None
    page.fill("#search", "plant one")
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup-content h3")).to_have_text("Plant One")
    page.keyboard.press("Escape")
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    at = (middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    steady(page, lambda: page.locator(".leaflet-map-pane").get_attribute("style"))
    box.uncheck()
    page.mouse.click(at[0] + 60, at[1] + 60)
    steady(page, lambda: page.locator("#map").inner_html())
    expect(page.locator(".leaflet-popup-content")).to_have_count(0)
    box.check()
    page.mouse.click(at[0] + 60, at[1] + 60)
    expect(page.locator(".leaflet-popup-content h3")).to_have_text("East")
    page.keyboard.press("Escape")


def test_a_feature_chosen_at_once_is_brought_into_a_view_of_its_own(
    plan: Path, offline: Callable[[str], Page]
) -> None:
    page = offline(_made(plan, View(center=(104.11, 30.1), zoom=14)))
    page.fill("#search", "plant one")
    page.keyboard.press("Enter")
    place = page.locator("#map").bounding_box()
    assert place

    def in_the_middle() -> bool:
        popup = page.locator(".leaflet-popup-tip-container").bounding_box()
        assert popup
        aside = popup["x"] + popup["width"] / 2 - place["x"] - place["width"] / 2
        return abs(aside) < 20 and 0 < popup["y"] < 800

    until_on(page, in_the_middle)


def test_what_has_no_place_is_told_beside_the_map(plan: Path, offline: Callable[[str], Page]) -> None:
    page = offline(_made(plan, View(selected="sites/s-1")))
    expect(page.locator(".leaflet-popup-content h3")).to_have_text("Plant One")
    page.locator("section.layer", has_text="Sites").get_by_role("button").click()
    page.locator("#results button", has_text="Plant Two").click()
    expect(page.locator("#card")).to_contain_text("The document states no place")
    expect(page.locator(".leaflet-popup-content")).to_have_count(0)


def test_nothing_runs_that_came_as_text(tmp_path: Path, offline: Callable[[str], Page]) -> None:
    folder = write_hostile_plan(tmp_path / "h")
    for language in ("en", "zh"):
        page = offline(_made(folder, language=language))
        page.fill("#search", "plant" if language == "en" else "区")
        page.keyboard.press("Enter")
        until_on(page, lambda page=page: TEXTS[0] in page.locator("body").inner_text())  # type: ignore[misc]
        steady(page, lambda page=page: page.locator("body").inner_text())  # type: ignore[misc]
        assert page.evaluate("window.__x") is None
        assert page.locator("img[src=x], svg[onload]").count() == 0


def test_without_a_script_the_sources_are_read(plan: Path, browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "m.html"
    path.write_text(_made(plan), "utf-8")
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    assert "The map needs JavaScript" in page.locator("body").inner_text()
    page.locator("summary").click()
    assert "CC0" in page.locator("#about").inner_text()
    context.close()


def test_many_features_stay_small(tmp_path: Path) -> None:
    many = [
        feature(f"z{i}", square(104 + i % 50 * 0.002, 30 + i // 50 * 0.002, 0.0015), name_zh=f"地{i}", kind="core")
        for i in range(2000)
    ]
    page = _made(
        write_plan(tmp_path / "m", layers={**LAYERS, "zones": many}), View(layers=("zones",), base="none")
    )
    assert len(page) < 230_000 + 2000 * 100
    assert _data(page)["background"][0]["shapes"] == 0, "the zones are not written a second time"


def test_a_framed_map_lets_the_page_scroll_past(tmp_path: Path, offline: Callable[[str], Page]) -> None:
    named = CATALOG.replace('label = {zh = "分区"', 'map_labels = true\nlabel_min_zoom = 1\nlabel = {zh = "分区"')
    page = offline(_made(write_plan(tmp_path / "p", catalog=named), controls=False))
    expect(page.locator("#key li").first).to_be_visible()  # where there is room the legend is open
    expect(page.locator("#title")).to_be_visible()
    apart = "() => { const [a, b, c] = ['#key', '.leaflet-control-scale-line', '#title'].map((s) => document.querySelector(s).getBoundingClientRect());"
    apart += " return a.bottom <= b.top && c.left >= 40 }"
    assert page.evaluate(apart), "an open legend leaves the scale to be read, the title the buttons"
    page.set_viewport_size({"width": 280, "height": 320})
    assert page.evaluate(apart)
    expect(page.locator("#key li").first).to_be_hidden()
    expect(page.locator("#names span").first).to_be_attached()
    wide, room = page.locator("html").evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert wide <= room, "it fits a frame of 280 pixels"
    scale = page.locator(".leaflet-control-scale-line").first
    page.locator(".places button").first.click()  # the first view of a frame of this size
    page.wait_for_function("() => !document.querySelector('.leaflet-zoom-anim')")
    before = scale.text_content() or ""
    page.mouse.move(140, 160)
    taken = (
        "e => { const w = new WheelEvent('wheel', {deltaY: -300, cancelable: true, bubbles: true, ctrlKey: %s});"
        + (" e.dispatchEvent(w); return w.defaultPrevented; }")
    )
    frame = page.locator("#map")
    assert frame.evaluate(taken % "false") is False, "the page around it scrolls"
    expect(page.locator("#how")).to_contain_text("Ctrl")
    expect(scale).to_have_text(before)
    for _ in range(3):
        assert frame.evaluate(taken % "true") is True
    expect(scale).not_to_have_text(before)
    page.locator(".places button").first.click()
    expect(scale).to_have_text(before)
    page.locator("#key summary").click()
    expect(page.locator("#key li").first).to_be_visible()


def test_axes_are_drawn_as_on_sheets_and_first_names_keep_off_them(offline: Callable[[str], Page]) -> None:
    view = Library(HERE / "data").catalog.views["structure"]
    for language, north in (("zh", "北"), ("en", "N")):
        page = offline(_made(HERE / "data", view, language=language, controls=False))
        expect(page.locator(".north")).to_have_text(north)
        for width, height in ((320, 300), (800, 500), (1200, 700)):
            page.set_viewport_size({"width": width, "height": height})
            page.locator(".places button").first.click()
            expect(page.locator(".sign path")).to_have_count(2 * 2)  # a head at each end
            expect(page.locator(".sign circle")).to_have_count(1)  # where they cross
            heads = _boxes(page, ".sign path[fill='#c4680f']")
            (ring,) = _boxes(page, ".sign circle")
            axis = shapely.LineString([one.centroid for one in heads])
            assert shapely.distance(axis, ring.centroid) < 6, "the belt's axis is all but straight"
            names = _boxes(page, "#names span[style*='font-weight: 700']")
            assert len(names) >= 9
            crossed = sum(shapely.intersects(axis, one) for one in names)
            assert crossed <= (width < 800), "where there is room for none; a small frame may cut one"
            assert not [one for one in names for sign in _boxes(page, ".sign") if shapely.intersects(one, sign)]


def _boxes(page: Page, found: str) -> list[shapely.Polygon]:
    script = "all => all.map((e) => e.getBoundingClientRect()).map((b) => [b.left, b.top, b.right, b.bottom])"
    return [shapely.box(*one) for one in page.locator(found).evaluate_all(script)]
