"""A dossier derives anew what follows from other fields and layers, and names what moved since it was last made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from briefings.resolve.blocks import Resolved
from briefings.resolve.declaration import Briefing, Item, briefing_text, read_text
from briefings.resolve.edition import resolve
from geo.text import Text
from layers.figures.figure import FigureShelf
from layers.library.editing import Edit, edit
from layers.library.library import Library
from layers.places.derived import derived_values
from layers.places.dossier import collect_dossier
from tests.question_plan import write_question_plan
from tests.small_plan import feature, square, write_layer

BRIEFING = Briefing("d", Text("档案", "Dossiers"), items=(Item(kind="dossier", feature="plots/p-1"),))


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    folder = write_question_plan(tmp_path / "p")
    catalog = folder / "catalog.toml"
    derived = "\n".join(
        f'[[layers.plots.fields]]\nid = "{name}"\nlabel = {{zh = "{name}", en = "{name}"}}\ntype = "number"\n{more}'
        for name, more in (
            ("land_m2", 'unit = "m2"\ndecimals = 0\nderived = {of = "land_mu"}\n'),
            ("intensity", 'derived = {of = "invested", over = "land_mu"}\n'),
        )
    )
    text = catalog.read_text("utf-8").replace('id = "land_mu"', 'id = "land_mu"\nunit = "mu"')
    catalog.write_text(f"{text}\n{derived}", "utf-8")
    _plot(folder, land_mu=300, land_m2=200_000, intensity=0.33)
    return folder


def _plot(folder: Path, *, size: float = 0.04, **values: float) -> None:
    write_layer(folder, "plots", [feature("p-1", square(104.03, 30.06, size), invested=100, **values)])


def _made(plan: Path, briefing: Briefing, language: str = "en") -> Resolved:
    shelf = FigureShelf(plan.parent / "shelf")
    return resolve(Library(plan), briefing, language=language, software="t", shelf=shelf)


def test_what_follows_from_other_fields_is_worked_out_anew(plan: Path) -> None:
    found = collect_dossier(Library(plan), "plots", "p-1")
    assert {one.field.id: (one.value, one.stale) for one in found.derived} == {
        "land_m2": (pytest.approx(200_000), False),
        "intensity": (pytest.approx(1 / 3), False),
    }
    _plot(plan, land_mu=600, land_m2=200_000, intensity=0.33)
    section = _made(plan, BRIEFING).sections[0]
    cells = {row[0]: row[1] for row in section.tables[0].rows}
    assert cells["land_m2"].startswith("400,000"), "the stored value is of before"
    assert any("land_m2 is stored as 200,000" in text and "it is 400,000" in text for text in section.caveats)
    assert any("intensity is stored as 0.33" in text for text in section.caveats)


def test_nothing_is_derived_where_its_source_is_not_stated(plan: Path) -> None:
    layer = Library(plan).layer("plots")
    assert derived_values(layer, {"invested": 100}) == ()
    assert derived_values(layer, {"invested": 100, "land_mu": 0})[0].value == 0  # and nothing over nothing


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_moved_is_named_with_before_after_and_cause(plan: Path, language: str) -> None:
    first = _made(plan, BRIEFING, language)
    kept = read_text(briefing_text(replace(BRIEFING, numbers=first.numbers, dossiers=first.dossiers)))
    assert kept.dossiers.keys() == {"plots/p-1"}
    assert _made(plan, kept, language).since.lines == (), "nothing moved"
    _plot(plan, size=0.03, land_mu=600, land_m2=400_000, intensity=0.17)
    lines = "\n".join(_made(plan, kept, language).since.lines)
    words = {
        "zh": ("不再有 红线 · r-1（原为", "land_m2：原为 200,000，现为 400,000 (+200,000)", "原因：“地块”版本"),
        "en": ("no longer Red line · r-1 (was", "land_m2: was 200,000, now 400,000 (+200,000)", "Cause: “Plots”"),
    }
    for word in words[language]:
        assert word in lines, lines


def test_the_features_behind_it_are_named_where_the_older_version_is_kept(plan: Path) -> None:
    library = Library(plan)
    layer = library.layer("redline")
    made = edit(library, layer, [Edit("r-2", properties={"name_zh": "二"})], who="li", why="", expected=None)
    first = _made(plan, BRIEFING)
    kept = replace(BRIEFING, dossiers=first.dossiers)
    edit(Library(plan), layer, [Edit("r-1", gone=True)], who="li", why="", expected=made.number)
    lines = "\n".join(_made(plan, kept).since.lines)
    assert "no longer Red line · r-1" in lines
    assert "Cause: “Red line”, version " in lines and "1 feature removed: r-1" in lines
