"""Maps as shapes on a slide: one group a layer, numbered apart, harmless names, no more decimals than may leave."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from pptx import Presentation

from briefings.resolve.declaration import Briefing, Item
from briefings.resolve.edition import EditionRun, resolve
from briefings.write.pptx import write_deck
from briefings.write.pptx_freeforms import Drawn, group_element
from geo.text import Text
from layers.library.library import EXACT, Library
from layers.plan.style import Look
from tests.landuse_plan import write_landuse_plan
from tests.small_plan import feature, square, write_layer

pytestmark = pytest.mark.slow

VIEW = '\n[views.all]\ntitle = {zh = "全图", en = "All"}\nlayers = ["zones", "landuse", "sites"]\n'
LOOK = Look("#14324a", width=2.0, opacity=0.9, fill="#ffeecc", fill_opacity=0.5, dash=(4, 2))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    folder = write_landuse_plan(tmp_path / "p")
    catalog = folder / "catalog.toml"
    catalog.write_text(catalog.read_text("utf-8") + VIEW, "utf-8")
    return Library(folder)


def _slides(library: Library, *, decimals: int = EXACT) -> bytes:
    asked = Briefing("x", Text("题", "t"), items=(Item("map", view="all"), Item("figure", statistic="structure")))
    return write_deck(
        resolve(library, asked, run=EditionRun(decimals=decimals), language="en", software="t"), shapes=True
    )


def test_a_group_is_as_large_as_what_is_in_it_and_its_names_are_text() -> None:
    name = "\"/><a:evil xmlns:a='x'/>&'"
    square = Drawn(name, LOOK, (((10, 20), (110, 20), (110, 220), (10, 20)),), closed=True)
    dot = Drawn("dot", LOOK, circle=(300, 50, 25))
    group = group_element(name, [square, dot], first=7)
    assert [int(i) for i in group.xpath(".//p:cNvPr/@id")] == [7, 8, 9]
    assert group.xpath(".//p:cNvPr/@name") == [name, name, "dot"]
    assert [dict(one.attrib) for one in group.xpath("./p:grpSpPr/a:xfrm/*")] == [
        {"x": "10", "y": "20"},
        {"cx": "315", "cy": "200"},
        {"x": "10", "y": "20"},
        {"cx": "315", "cy": "200"},
    ]
    assert len(group.xpath(".//a:path/a:close")) == 1
    assert group.xpath(".//a:fill | .//*[local-name()='evil']") == []


def test_shapes_of_a_deck_are_numbered_apart(library: Library) -> None:
    show = Presentation(io.BytesIO(_slides(library)))
    many = 0
    for slide in show.slides:
        numbers = slide.shapes._spTree.xpath("//p:cNvPr/@id")
        assert len(numbers) == len(set(numbers))
        many = max(many, len(numbers))
    assert many > 4


def test_axes_of_charts_are_numbered_as_readers_expect(library: Library) -> None:
    with zipfile.ZipFile(io.BytesIO(_slides(library))) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("ppt/charts/chart")]
    numbers = [int(n) for chart in charts for n in re.findall(r'<c:(?:axId|crossAx) val="(-?\d+)"', chart)]
    assert numbers
    assert all(0 < n < 2**31 for n in numbers)


def test_shapes_leave_with_the_decimals_that_may_leave(library: Library) -> None:
    write_layer(library.folder, "zones", [feature("z-1", square(104.0612345, 30.0612345, 0.0212345))])

    def size(decimals: int) -> tuple[str, str]:
        show = Presentation(io.BytesIO(_slides(library, decimals=decimals)))
        ((wide, high),) = {
            (one.get("cx"), one.get("cy"))
            for slide in show.slides
            for one in slide.shapes._spTree.xpath(".//p:cNvPr[@name='z-1']/../../p:spPr/a:xfrm/a:ext")
        }
        return wide, high

    assert size(EXACT) == size(8) != size(3)
