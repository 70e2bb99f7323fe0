"""A site's A4 sheet: nothing is cut or only counted, nothing lies on anything, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from briefings.write.site_sheet import rules_with_room, site_sheet
from geo.text import Text
from layers.library.library import Library
from layers.places.check import RuleCheck, Verdict, rules_of
from layers.places.finding import Finding, State
from layers.places.site_facts import SiteDossier, site_dossier
from layers.places.subject import subject_of_feature
from layers.plan.rules import SiteRule
from tests.briefings.write.page_measures import pages_of
from tests.briefings.write.page_structure import structure_of

pytestmark = pytest.mark.slow  # the whole bundled plan is asked, and a map is drawn
DATA = Path(__file__).parents[3] / "data"


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(DATA)


@pytest.fixture(scope="module")
def dossier(library: Library) -> Callable[[str], SiteDossier]:
    rules = rules_of(library, restricted=True)

    def of(project: str) -> SiteDossier:
        return site_dossier(library, rules, subject_of_feature(library, rules, "projects", project))

    return of


@pytest.mark.parametrize(("project", "language"), [("p-06", "zh"), ("p-34", "en")])
def test_a_sheet_names_every_rule_and_cuts_nothing(
    library: Library, dossier: Callable[[str], SiteDossier], project: str, language: str
) -> None:
    found, address = dossier(project), "/sites/@drawn/" + ";".join(["31.9012345,120.3012345"] * 5)
    data = site_sheet(library, found, kind="pdf", language=language, address=address)
    (page,) = pages_of(data)
    plain = "".join(page.text.split())
    asked = [one for one in found.check.checks if one.verdict != "not_applicable"]
    assert [r.rule.id for r in asked if "".join(r.rule.label[language].split()) not in plain] == []
    facts = [one.value[language] for one in found.where] + [one.name[language] for one in found.nearest]
    assert [one for one in facts if "".join(one.split()) not in plain] == []
    assert address in plain and "…" not in plain
    assert not page.cut and not page.overlapping
    assert min(page.sizes) > 6.7
    (told,) = structure_of(data)
    (head,) = ["".join(one.words) for one in told if one.role == "H1"]
    assert head == found.subject.name[language]
    assert [one.role for one in told if one.role in ("H2", "Table", "Figure")][:3] == ["Figure", "H2", "Table"]
    facts = [one.value[language] for one in found.where[:9]]  # the others are running words
    cells = ["".join("".join(one.words).split()) for one in told if one.role == "TD"]
    heads = ["".join("".join(one.words).split()) for one in told if one.role == "TH"]
    assert ["".join(one.split()) for one in facts] == cells[: len(facts)]
    labels = [one.label[language] for one in found.where[:9]]
    assert ["".join(one.split()) for one in labels] == heads[: len(facts)], "the first cell heads its row"
    assert [one for one in told if one.role == "LBody" and one.words], "the legend is a list"


def test_what_the_site_stands_on_is_told_with_its_numbers_before_what_it_may_stand_on() -> None:
    def held(name: str, verdict: Verdict, state: State, drawn_m: float | None) -> RuleCheck:
        text = Text(name, name)
        rule = SiteRule(name, text, text, text, "no_overlap", "condition")
        return RuleCheck(rule, verdict, Finding(state, text, drawn_m=drawn_m))

    near = [held(f"near {i}", "undecided", "undecided", 100.0 + i) for i in range(4)]
    asked = [
        held("on, not sure", "undecided", "undecided", -12.0),
        *near,
        held("on, sure", "conditional", "broken", -3.0),
        held("a note of what it is on", "noted", "broken", -3.0),
        held("lacking", "needs_layer", "needs_layer", None),
        held("kept", "allowed", "kept", 900.0),
    ]
    on = {"on, not sure", "on, sure", "a note of what it is on"}
    assert rules_with_room(asked, 3) == on
    assert rules_with_room(asked, 5) == on | {"near 0", "near 1"}
    assert rules_with_room(asked, 14) == on | {one.rule.id for one in near} | {"kept"}
