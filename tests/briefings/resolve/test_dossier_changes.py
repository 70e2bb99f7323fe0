"""A dossier derives anew what follows from other fields and layers, and names what moved since it was last made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from briefings.resolve.blocks import Resolved
from briefings.resolve.declaration import Briefing, Item, briefing_text, read_text
from briefings.resolve.dossiers import NoDossier
from briefings.resolve.edition import resolve
from briefings.resolve.tables import group_rows
from geo.text import Text
from layers.errors import BadParameter
from layers.figures.figure import FigureShelf
from layers.library.editing import Edit, edit
from layers.library.library import Library
from layers.places.check import rules_of
from layers.places.derived import derived_values
from layers.places.site_facts import site_dossier
from layers.places.subject import subject_of_feature
from layers.places.told import told_dossier
from tests.briefings.write.test_numerals import read
from tests.question_plan import write_question_plan
from tests.small_plan import feature, square, write_layer

BRIEFING = Briefing("d", Text("档案", "Dossiers"), items=(Item(kind="dossier", feature="plots/p-1"),))

RULES = """
[sites]
layers = ["plots"]
""" + "".join(
    f"""
[rules.{name}]
label = {{zh = "规则{name}", en = "Rule {name}"}}
text = {{zh = "不压红线", en = "not on the red line"}}
source = {{zh = "第 {line} 行", en = "line {line}"}}
read = "read"
lines = [{line}]
kind = "no_overlap"
severity = "forbids"
layers = {{of = {{layer = "{layer}"}}}}
"""
    for name, line, layer in (("a", 4, "redline"), ("b", 7, "streets"))
)


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
    _plot(plan, land_mu=600, land_m2=200_000, intensity=0.33)
    section = _made(plan, BRIEFING).sections[0]
    cells = {row[0]: row[1] for row in section.tables[0].rows}
    assert cells["land_m2"].startswith("400,000"), "the stored value is of before"
    assert any("land_m2 is stored as 200,000 m²; it follows as 400,000 m²" in text for text in section.caveats)
    assert any("intensity is stored as 0.33; it follows as 0.17" in text for text in section.caveats)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_briefing_s_dossier_says_all_that_its_page_says(plan: Path, language: str) -> None:
    (plan / "rules.toml").write_text(RULES, "utf-8")
    plots = [
        feature("p-1", square(104.03, 30.06, 0.04), land_mu=300),
        feature("p-9", square(104.071, 30.06, 0.001)),
    ]
    write_layer(plan, "plots", plots)
    library = Library(plan)
    rules = rules_of(library)
    page = told_dossier(site_dossier(library, rules, subject_of_feature(library, rules, "plots", "p-1")))
    made = resolve(library, BRIEFING, language=language, software="t")
    section = made.sections[0]
    texts = [section.title, section.sentence, *section.paragraphs, *section.caveats, section.source]
    texts += [cell for table in section.tables for row in group_rows(table).rows for cell in row]
    said = "\n".join(texts)
    asked = [one for one in page["check"]["rules"] if one["verdict"] != "not_applicable"]
    near = [*page["within"], *page["nearest"], *page["neighbours"]]
    expected = [
        *(one[part] for one in (*page["keys"], *page["where"]) for part in ("label", "value")),
        *(one[part] for one in near for part in ("layer_label", "name", "told")),
        *(one[part] for one in asked for part in ("verdict_label", "told")),
        *(one["rule"][part] for one in asked for part in ("label", "source")),
        page["check"]["said"],
        *page["watch"],
    ]
    assert [text[language] for text in expected if text[language] not in said] == []
    assert len(asked) == 2 and page["within"] and page["nearest"] and page["neighbours"]
    shared = next(one["told"][language] for one in page["within"])
    assert all(unit in shared for unit in {"zh": ("亩", "公顷"), "en": ("mu", "ha")}[language]), shared
    for name, words in read(made, BRIEFING).items():
        plain = "".join(words.split())
        lacking = [text[language] for text in expected if "".join(text[language].split()) not in plain]
        assert lacking == [], name


def test_a_drawn_site_has_its_dossier_in_a_briefing_and_one_without_a_site_is_refused(plan: Path) -> None:
    (plan / "rules.toml").write_text(RULES, "utf-8")
    corners = "30.06,104.03;30.06,104.07;30.1,104.07;30.1,104.03"
    drawn = Item("dossier", Text("候选 A", "候选 A"), state=f"z=12&site={corners}")
    briefing = read_text(briefing_text(replace(BRIEFING, items=(drawn,))))
    made = _made(plan, briefing)
    (section,) = made.sections
    assert section.title == "候选 A" and section.picture is not None
    assert section.sentence.startswith("Drawn site; Zone"), section.sentence
    assert any(text.startswith("Check (rules of ") and "Rule a" in text for text in section.paragraphs)
    assert {"Area (drawn)", "Perimeter"} <= {row[0] for row in section.tables[0].rows}
    assert not made.dossiers, "it is not followed from run to run"
    for wrong in ("z=12", "site=30.06,104.03;30.1,104.07", "site=x"):
        with pytest.raises(NoDossier, match="site="):
            _made(plan, replace(BRIEFING, items=(Item("dossier", state=wrong),)))
    flat = Item("dossier", state="site=30.06,104.03;30.06,104.04;30.06,104.05")
    with pytest.raises(BadParameter):
        _made(plan, replace(BRIEFING, items=(flat,)))


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
        "zh": (
            "红线 · r-1：原为 2,084.3 亩（138.95 公顷），占 8.1%，现为 相接或穿过",
            "land_m2：原为 200,000，现为 400,000 (+200,000)",
            "原因：“地块”版本",
        ),
        "en": (
            "Red line · r-1: was 2,084.3 mu (138.95 ha), 8.1%, now touches or crosses",
            "land_m2: was 200,000, now 400,000 (+200,000)",
            "Cause: “Plots”",
        ),
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
