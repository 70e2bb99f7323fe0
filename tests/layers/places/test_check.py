"""A site held against rules: over 300 cases whose truth is known because they were made so, each to the millimetre."""

from __future__ import annotations

from collections import Counter

import pytest

from layers.library.library import Library
from layers.places.check import check_site
from layers.places.subject import subject_of_shape
from layers.plan.rules import Rules
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
