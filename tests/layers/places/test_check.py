"""A site held against rules: over 300 cases whose truth is known because they were made so, each to the millimetre."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import shapely

from geo.text import Text
from layers.library.library import Library
from layers.places.check import RuleCheck, check_site, rules_of
from layers.places.finding import Finding, State
from layers.places.subject import subject_of_feature, subject_of_shape
from layers.places.told import drawn_label, verdict_words
from layers.plan.rules import Rules, SiteRule
from tests.layers.places.made_sites import SITE, Made, made_cases, write_made


@pytest.fixture(scope="module")
def cases() -> list[Made]:
    return made_cases()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, cases: list[Made]) -> Library:
    return Library(write_made(tmp_path_factory.mktemp("made") / "data", cases))


def verdict_of(library: Library, case: Made) -> str:
    rules = Rules({case.rule.id: case.rule}, declared=True)
    return str(check_site(library, rules, subject_of_shape(SITE)).verdict)


@pytest.mark.slow  # over 300 sites are checked, some 10 ms each
def test_precision_and_recall_are_one(made: Library, cases: list[Made]) -> None:
    assert len(cases) >= 300
    truth = Counter(case.truth for case in cases)
    assert min(truth[one] for one in ("allowed", "conflict", "undecided")) >= 60
    found = {case.id: verdict_of(made, case) for case in cases}
    wrong = {case.id: (case.truth, found[case.id]) for case in cases if found[case.id] != case.truth}
    assert wrong == {}


def test_what_is_met_stands_before_what_is_near_touched_or_only_of_some_industry() -> None:
    def held(
        name: str, state: State, drawn_m: float, *, share: float = 0.0, severity: str = "forbids"
    ) -> RuleCheck:
        told = Text(name, name)
        rule = SiteRule(name, told, told, told, "no_overlap", severity)  # type: ignore[arg-type]
        finding = Finding(state, told, drawn_m=drawn_m, drawn_share=share)
        return RuleCheck(rule, "undecided", finding, supposed=name == "of an industry")

    given = [
        held("touched", "undecided", -0.007),
        held("of an industry", "undecided", -300.0, share=1.0),
        held("near", "undecided", 49.5),
        held("another project", "undecided", -194.0, share=1.0, severity="notes"),
        held("met a little", "undecided", -3.0, share=0.01),
        held("met", "undecided", -9.0, share=0.4),
    ]
    told = [one.rule.id for one in sorted(given, key=lambda one: one.rank)]
    assert told == ["met", "met a little", "another project", "near", "touched", "of an industry"]
    drawn = {
        "met": "conflict",
        "met a little": "conflict",
        "another project": "noted",
        "of an industry": "conditional",
    }
    assert {one.rule.id: one.drawn for one in given} == {**drawn, "near": "allowed", "touched": "allowed"}
    assert [drawn_label(one).en for one in given[-2:]] == ["Conflict as drawn", "Conflict as drawn"]


def test_an_undecided_site_is_told_first_what_it_is_as_drawn() -> None:
    """In a hill as drawn, whose place is 3 km off: the hill comes first, and that it is not certain after it."""
    library = Library(Path(__file__).parents[3] / "data")
    known = rules_of(library)
    hill = subject_of_feature(library, known, "hills", "h-2")
    found = check_site(library, known, subject_of_shape(hill.shape.representative_point()))
    assert (found.verdict, found.drawn) == ("undecided", "conflict")
    assert found.said.en.startswith("“Not on the hills” is not met: Ding Hill: inside, ")
    assert "Not certain, because positions are ±3,000 m" in found.said.en
    assert verdict_words(found).zh == "按图冲突（待定）"
    assert sum(found.counts.values()) == len(found.checks)


def test_a_site_on_a_projects_land_is_told_so_first() -> None:
    library = Library(Path(__file__).parents[3] / "data")
    shape = shapely.box(120.3705, 31.8865, 120.3725, 31.8885)
    found = check_site(library, rules_of(library), subject_of_shape(shape))
    first = found.checks[0]
    assert first.rule.id == "other_projects" and first.finding.drawn_share == pytest.approx(1.0)
    assert "联东 U 谷" in first.finding.told.zh
    assert "另请留意不与其他项目重叠：联东 U 谷" in found.said.zh and "Liandong U Valley" in found.said.en
