"""Briefings of plans unlike the bundled one: nothing overflows, is cut or covered, and two names stay two."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pptx import Presentation

from briefings.map.layouts import Options
from briefings.map.picture import draw
from briefings.map.presets import PRESETS
from briefings.resolve.blocks import Resolved
from briefings.resolve.declaration import Briefing, Item
from briefings.resolve.edition import resolve
from briefings.write.docx import write_docx
from briefings.write.pptx import write_deck
from geo.text import Text
from layers.library.library import Library
from layers.plan.views import View
from tests.briefings.blank_pictures import blank_pictures
from tests.briefings.write.page_measures import pages_of
from tests.briefings.write.test_pages import check_deck, check_paper
from tests.odd_plans import KINDS, LONG_EN, write_odd_plan

pytestmark = pytest.mark.slow

ITEMS = (
    Item("map", Text("全图", "All of it"), state="on=zones,landuse,sites,parks"),
    *(Item("figure", statistic=key) for key in ("structure", "homes", "reach")),
    Item("indicator", indicator="i-1"),
)
WHOLE = View(title=Text("全图", "All of it"), layers=("zones", "landuse", "sites", "parks"))


def resolved_of(folder: Path, kind: str, language: str) -> tuple[Library, Resolved]:
    library = Library(write_odd_plan(folder / "p", kind))
    return library, resolve(
        library, Briefing("odd", Text("汇报", "Report"), items=ITEMS), language=language, software="t"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_overflows_or_is_cut(kind: str, tmp_path: Path) -> None:
    language = ("zh", "en")[KINDS.index(kind) % 2]
    library, found = resolved_of(tmp_path, kind, language)
    check_paper(found)
    with blank_pictures():
        check_deck(write_deck(found))
        assert write_docx(found)
    made = draw(library, WHOLE, Options(PRESETS["a4-landscape"], language), kind="pdf")
    (page,) = pages_of(made.data, foot=0)
    assert not page.cut
    assert not page.overlapping
    assert min(page.sizes) >= 7.0 - 0.1


def test_zones_whose_long_names_begin_alike_stay_two_and_an_inset_says_how_far(tmp_path: Path) -> None:
    library, found = resolved_of(tmp_path, "long names", "en")
    show = Presentation(io.BytesIO(write_deck(found)))
    heads = [
        row.cells[0].text.replace("\u00a0", " ")
        for slide in show.slides
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        if row.cells[0].is_merge_origin
    ]
    assert {f"{LONG_EN} 0", f"{LONG_EN} 1"} <= set(heads)
    made = draw(library, WHOLE, Options(PRESETS["a4-landscape"], "en"), kind="pdf")
    (page,) = pages_of(made.data, foot=0)
    assert "east, about 2 km" in " ".join(page.text.split())


def test_a_coverage_that_covers_nothing_says_so_in_its_legend(tmp_path: Path) -> None:
    _, found = resolved_of(tmp_path, "many classes", "en")
    answered = next(one.answered for one in found.sections if one.answered is not None)
    assert answered.legend.label.en == "Park coverage: not covered"
