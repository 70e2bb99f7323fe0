"""Static maps: same bytes, real text, nothing restricted, hostile names harmless, and the page's own symbols."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import unicodedata
from dataclasses import asdict
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from pyproj import Geod

from briefings.map.answered import site_box
from briefings.map.description import describe_view
from briefings.map.fonts import drawable_text
from briefings.map.frame import ground_frame
from briefings.map.layouts import Options
from briefings.map.lettering import wrap_text
from briefings.map.picture import draw
from briefings.map.presets import BadSize, PictureKind, read_size
from geo.text import Text
from layers.library.library import Library
from layers.plan.looks import LOOKS
from layers.plan.style import GeometryKind, look_of
from layers.plan.views import View, read_view, view_text
from tests.small_plan import LAYERS, feature, square, write_layer, write_plan

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SMALL = read_size("800x500")
HOSTILE = "<script>alert(1)</script>&{{7*7}}$x^2$\u202eabc" + "长" * 10_000


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "p"))


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_plan_gives_the_same_bytes(library: Library, kind: PictureKind, language: str) -> None:
    one, two = (
        draw(library, View(), Options(size=SMALL, language=language, grid=True), kind=kind) for _ in range(2)
    )
    assert one.data == two.data
    assert one.data[:4] in (b"\x89PNG", b"<?xm", b"%PDF")
    assert library.catalog.plan.title[language] in one.alt[language]


def test_svg_holds_real_text_and_named_layers(library: Library) -> None:
    text = draw(library, View(), Options(size=SMALL, language="zh"), kind="svg").data.decode()
    shown = re.sub(r"<[^>]+>", "", text)
    for said in ("河谷园区规划", "审图号：内部工作用图"):
        assert said in shown
    assert library.snapshot(library.layer("zones")).version[:8] not in shown, (
        "versions are for the table beside it"
    )
    assert 'id="layer-zones"' in text
    assert "layer-pipes" not in text


def test_restricted_layers_are_drawn_for_those_who_may_only(library: Library) -> None:
    view = View(layers=("zones", "pipes"))
    assert [row["layer"] for row in draw(library, view, Options(size=SMALL, language="en")).table] == ["zones"]
    assert "pipes" in str(draw(library, view, Options(size=SMALL, language="en")).warnings)
    seen = draw(library, view, Options(size=SMALL, language="en", restricted=True))
    assert {row["layer"] for row in seen.table} == {"zones", "pipes"}


def test_hostile_names_come_out_as_harmless_text(tmp_path: Path) -> None:
    folder = write_plan(
        tmp_path / "p", layers={**LAYERS, "zones": [feature("z", square(104.05, 30.05, 0.1), name_zh=HOSTILE)]}
    )
    catalog = (
        (folder / "catalog.toml")
        .read_text("utf-8")
        .replace('label = {zh = "分区"', "map_labels = true\nlabel_min_zoom = 1\nlabel = {zh = '<b>&'")
    )
    (folder / "catalog.toml").write_text(catalog, "utf-8")
    view = View(title=Text(HOSTILE, HOSTILE))
    text = draw(Library(folder), view, Options(size=SMALL, language="zh"), kind="svg").data.decode()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "\u202e" not in text
    assert "长" * 100 not in text
    assert "&lt;b&gt;&amp;" in text


@given(st.text(max_size=300))
def test_what_is_drawn_is_short_and_has_no_control_characters(text: str) -> None:
    found = drawable_text(text)
    assert len(found) <= 80
    # not `isprintable`: a font may have letters that Python does not know yet, such as U+1FA75
    assert not {unicodedata.category(one) for one in found} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert "".join(wrap_text(found, 10)).replace(" ", "") == found.replace(" ", "")


def test_the_scale_is_the_ellipsoids(library: Library) -> None:
    frame = ground_frame(library.catalog.plan, View(center=(104.1, 30.1), zoom=13), shape=1.5)
    west, south, east, north = frame.bounds
    middle = (south + north) / 2
    lons, lats = frame._to_plane.transform([west, east], [middle, middle], direction="INVERSE")
    true = Geod(ellps="GRS80").line_length(lons, lats)
    assert (east - west) * frame.ground_per_metre == pytest.approx(true, rel=1e-5)
    assert shapely.box(*frame.lonlat).contains(shapely.Point(104.1, 30.1))
    assert (east - west) / (north - south) == pytest.approx(1.5)


@pytest.mark.parametrize(("side", "kept_off"), [(0.1, 1), (0.4, 1), (0.5, 0), (0.9, 0)])  # of the map's sides
def test_names_keep_off_a_drawn_outline_that_is_no_large_part_of_the_map(
    library: Library, side: float, kept_off: int
) -> None:
    frame = ground_frame(library.catalog.plan, View(center=(104.1, 30.1), zoom=13), shape=1.5)
    west, south, east, north = frame.bounds
    axes = Figure(figsize=(6, 4), dpi=100).add_axes((0, 0, 1, 1))
    axes.set(xlim=(west, east), ylim=(south, north))
    xs, ys = ([low, low + side * (high - low)] for low, high in ((west, east), (south, north)))
    lons, lats = frame._to_plane.transform([xs[0], xs[1], xs[1]], [ys[0], ys[0], ys[1]], direction="INVERSE")
    boxes = site_box(axes, frame, list(zip(lons, lats, strict=True)))
    assert len(boxes) == kept_off
    for box in boxes:
        assert [box.width, box.height] == pytest.approx([600 * side, 400 * side], abs=1)


@pytest.mark.parametrize("text", ["0x0", "99999x99999", "12000x12000", "a", "100x100", "-5x9", "1920x1080px"])
def test_senseless_sizes_are_refused(text: str) -> None:
    with pytest.raises(BadSize):
        read_size(text)


VIEWS = [
    View(),
    View(zoom=13, center=(120.31, 31.9), layers=("a", "b"), filters={"a": ("x=1", "y>=2")}, palette="accessible"),
    View(layers=(), base="none", selected="parks/p-1"),
]


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_and_its_address_say_the_same(view: View) -> None:
    assert read_view(view_text(view)) == view


def _node() -> str:
    found = shutil.which("node")
    assert found, "the set-up installs Node.js"
    return found


def test_page_and_address_are_read_alike_by_browser_and_server() -> None:
    texts = [
        "",
        "z=13&c=31.9,120.3&on=parks,rivers&f=parks:kind=x",
        "z=99&c=a,b&on=",
        "c=91,0",
        "pal=accessible&sel=a/b&base=q&z=7.5",
    ]
    script = f"""import {{ parseView }} from {json.dumps((ROOT / "webapp/static/js/state.js").as_uri())};
    console.log(JSON.stringify({json.dumps(texts)}.map(parseView)));"""
    said = subprocess.run(
        [_node(), "--input-type=module", "-e", script], capture_output=True, text=True, check=True
    ).stdout
    for text, browser in zip(texts, json.loads(said), strict=True):
        ours = read_view(text)
        assert browser["zoom"] == ours.zoom, text
        assert browser["center"] == (ours.center and [ours.center[1], ours.center[0]]), text
        assert browser["on"] == (None if ours.layers is None else list(ours.layers)), text
        assert browser["filters"] == {k: list(v) for k, v in ours.filters.items()}, text
        assert (browser["palette"], browser["selected"], browser["base"]) == (
            ours.palette,
            ours.selected,
            ours.base,
        )


def test_every_feature_looks_on_paper_as_on_the_page() -> None:
    from layers.library.listing import describe_catalog

    library = Library(ROOT / "data")
    told = describe_catalog(library, restricted=True)["layers"]
    cases, ours = [], []
    for layer in library.layers(restricted=True):
        snapshot = library.snapshot(layer)
        classes = library.catalog.classes.get(layer.scheme, ())
        for feature_ in list(snapshot.features)[:400]:
            kinds: tuple[GeometryKind, ...] = ("point", "line", "polygon")
            kind: GeometryKind = (
                kinds[int(shapely.get_dimensions(feature_.geometry))]
                if feature_.geometry is not None
                else "polygon"
            )
            for palette in ("official", "accessible"):
                cases.append([layer.id, feature_.properties, palette, kind])
                look = look_of(layer, feature_.properties, kind, classes, palette)
                ours.append(
                    [
                        "feathered" if look.feather else "",
                        look.color,
                        look.width,
                        look.opacity,
                        look.fill,
                        look.fill_opacity if look.fill else None,
                        list(look.dash),
                        look.radius,
                    ]
                )
    script = f"""import {{ pathOptions }} from {json.dumps((ROOT / "webapp/static/js/style.js").as_uri())};
    import {{ useLooks }} from {json.dumps((ROOT / "webapp/static/js/looks.js").as_uri())};
    import {{ readFileSync }} from "node:fs";
    const [layers, cases, looks] = JSON.parse(readFileSync(0, "utf8"));
    useLooks(looks);
    console.log(JSON.stringify(cases.map(([id, known, palette, kind]) => {{
      const o = pathOptions(layers[id], known, {{ palette, opacity: 1 }}, kind);
      return [o.className ?? "", o.color, o.weight, o.opacity, o.fill ? o.fillColor : null, o.fill ? o.fillOpacity : null,
        o.dashArray ? o.dashArray.split(" ").map(Number) : [], o.radius];
    }})));"""
    given_ = json.dumps([told, cases, asdict(LOOKS)])
    said = subprocess.run(
        [_node(), "--input-type=module", "-e", script], input=given_, capture_output=True, text=True, check=True
    ).stdout
    browser = json.loads(said)
    assert len(browser) == len(ours) > 500
    for case, theirs, mine in zip(cases, browser, ours, strict=True):
        assert theirs == pytest.approx(mine) if isinstance(theirs, float) else theirs == mine, (
            case[0],
            theirs,
            mine,
        )


def test_a_moved_feature_changes_the_picture(library: Library) -> None:
    before = draw(library, View(), Options(size=SMALL, language="zh")).data
    write_layer(library.folder, "zones", [feature("z-1", square(104.02, 30.02, 0.03))])
    assert draw(library, View(), Options(size=SMALL, language="zh")).data != before


@pytest.mark.parametrize("asked", ["600x400", "800x500", "600x600"])
def test_a_small_picture_for_a_page_reads_and_its_title_stands_on_nothing(library: Library, asked: str) -> None:
    """Eleven pixels on the map; a line below the title only where both find room."""
    size = read_size(asked)
    assert size.points * size.dpi / 72 >= 11
    view, options = View(title=Text("全图", "All of it")), Options(size, "en")
    svg = draw(library, view, options, kind="svg").data.decode()
    tall = describe_view(library, view, options).layout.title[3] * size.height / size.dpi * 72
    assert ('id="subtitle"' in svg) == (tall >= 3.2 * size.points)
    assert 'id="title"' in svg
