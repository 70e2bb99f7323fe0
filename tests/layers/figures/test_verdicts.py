"""Met, not met, not decidable: what is unknown, and what positions leave open, decides nothing by itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geo.access.proximity import Proximity
from geo.access.service import Facilities
from geo.errors import OutlineTooFine
from geo.text import Text
from layers.figures.answer import answer
from layers.figures.figure import Figure
from layers.figures.presentation import value_text
from layers.figures.question import asked_statistic
from layers.figures.verdict import verdict_of
from layers.library.library import Library
from layers.plan.statistics import Threshold
from tests.question_plan import QUESTIONS, write_question_plan
from tests.small_plan import feature, point, square, write_layer


@pytest.mark.parametrize(
    ("value", "spans", "operator", "target", "said"),
    [
        (24.0, (None,), ">=", 20.0, True),
        (24.0, ((24.0, None),), "<", 20.0, False),
        (24.0, ((24.0, None),), ">=", 90.0, None),
        (24.0, ((20.0, 30.0), (15.0, 25.0)), ">=", 16.0, None),
        (24.0, ((20.0, 30.0), (15.0, 25.0)), ">=", 15.0, True),
        (0.0, ((0.0, None),), "=", 0.0, None),
        (3.0, ((2.0, 4.0),), "=", 9.0, False),
        (None, (None,), ">=", 1.0, None),
    ],
)
def test_a_verdict_stands_at_both_ends_of_what_may_be(
    value: float | None, spans: Any, operator: str, target: float, said: bool | None
) -> None:
    assert verdict_of(value, spans, operator, target) is said


def _figure(folder: Path, question: dict[str, Any], operator: str, value: float) -> Figure:
    limit = Threshold(operator, value, Text("测试", "test"))  # type: ignore[arg-type]
    statistic = replace(asked_statistic(question), threshold=limit)
    return answer(Library(folder), lambda _d, _t: None, statistic, software="x")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_question_plan(tmp_path / "p")


REACH = {
    "function": "coverage",
    "distance_m": 600,
    "inputs": {"demand": {"layer": "homes"}, "facilities": {"layer": "gates"}},
}


def _gates(folder: Path, **more: Any) -> None:
    write_layer(folder, "homes", [feature("h", point(104.07, 30.06), people=1)])
    write_layer(folder, "gates", [feature("g", point(104.07, 30.055), **more)])  # 554 m away


def test_a_position_that_may_be_off_leaves_a_target_undecided(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_fine(facilities: Facilities) -> None:
        if facilities.radius_m.max() > 600:
            raise OutlineTooFine(row="g", count=90_000, radius_m="680", tolerance_m="13.6")

    _gates(folder)
    sure = _figure(folder, REACH, ">=", 100)
    assert (sure.value, sure.meets, sure.sway) == (100, True, None)
    _gates(folder, position="approximate", uncertainty_m=20)
    near = _figure(folder, REACH, ">=", 100)
    assert (near.value, near.meets) == (100, True), "20 m are less than the 46 m it has left"
    _gates(folder, position="approximate", uncertainty_m=80)
    far = _figure(folder, REACH, ">=", 100)
    assert (far.value, far.meets, far.sway) == (100, None, (0.0, 100.0))
    assert any("off by 80 m" in one.en and "0% to 100.00%" in one.en for one in far.caveats)
    ground = REACH | {"inputs": {"demand": {"layer": "plots"}, "facilities": {"layer": "gates"}}}
    with monkeypatch.context() as patch:
        patch.setattr(Facilities, "_check_outlines", too_fine)
        fine = _figure(folder, ground, ">=", 100)
    assert fine.value and fine.value == _figure(folder, ground, ">=", 100).value
    assert (fine.meets, fine.sway) == (None, (None, None))
    assert any("whether it meets a target is open: The outline of feature 'g'" in one.en for one in fine.caveats)
    _gates(folder, position="schematic")
    unknown = _figure(folder, REACH, ">=", 100)
    assert unknown.meets is None and any("nor whether it meets a target" in one.en for one in unknown.caveats)


def test_a_bound_that_positions_can_undercut_is_one_of_the_drawing(folder: Path) -> None:
    homes = [feature("h", point(104.07, 30.06), people=1), feature("k", point(104.07, 30.09), people=1)]
    write_layer(folder, "homes", homes)
    gates = [feature("g", point(104.07, 30.055), position="approximate", uncertainty_m=80), feature("f", None)]
    write_layer(folder, "gates", gates)
    found = _figure(folder, REACH, ">=", 100)
    assert (found.value, found.span, found.sway) == (50, (50, None), (0.0, 50))
    assert value_text(found) == Text("图上至少 50.00%", "at least 50.00% as drawn")
    assert "为图上至少 50.00%" in found.sentence.zh and "is at least 50.00% as drawn" in found.sentence.en
    gates[0]["properties"]["uncertainty_m"] = 20  # of the 46 m that are left
    write_layer(folder, "gates", gates)
    assert value_text(_figure(folder, REACH, ">=", 100)) == Text("至少 50.00%", "at least 50.00%")


def test_nothing_on_a_constraint_is_no_verdict_where_one_is_that_near(folder: Path) -> None:
    question = {**QUESTIONS["overlap"], "unit": "m2"}
    plot = {"invested": 1, "land_mu": 1, "kind": "a"}
    for metres, said in ((100, True), (2_000, None)):
        place = feature("p", square(104.10, 30.06, 0.01), position="approximate", uncertainty_m=metres, **plot)
        write_layer(folder, "plots", [place])
        found = _figure(folder, question, "=", 0)
        assert (found.value, found.meets) == (0.0, said), metres


def test_the_nearest_may_be_nearer_or_farther(folder: Path) -> None:
    _gates(folder, position="approximate", uncertainty_m=100)
    question = {"function": "nearest", "inputs": {"part": {"layer": "homes"}, "line": {"layer": "gates"}}}
    found = _figure(folder, question, "<=", 600)
    assert found.sway == (pytest.approx(found.value - 100), pytest.approx(found.value + 100))
    assert found.meets is None
    assert _figure(folder, question, "<=", 700).meets is True


def test_a_band_wider_by_what_positions_are_off_is_measured_but_no_distances_in_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def near(found: Proximity, **how: Any) -> pd.DataFrame:
        asked.append(found.limit_m)
        return told(found, **how)

    told = Proximity.near
    monkeypatch.setattr(Proximity, "near", near)
    _gates(folder, position="approximate", uncertainty_m=80)
    inputs = {"part": {"layer": "homes"}, "line": {"layer": "gates"}}
    question = {"function": "band", "measure": "count", "unit": "count", "distance_m": 600, "inputs": inputs}
    found = _figure(folder, question, ">=", 1)
    assert (found.value, found.meets, found.sway, asked) == (1, None, (0, 1), [600])


def _ground(folder: Path, **more: Any) -> None:
    write_layer(folder, "plots", [feature("p", square(104.05, 30.05, 0.02), **more)])
    write_layer(folder, "redline", [feature("r", square(104.05, 30.05, 0.04))])


PART = {"function": "share", "inputs": {"part": {"layer": "plots"}, "whole": {"layer": "redline"}}}


def test_a_share_of_ground_that_may_be_off_is_a_range(folder: Path) -> None:
    """A quarter of a square; its outline may be 20 m off on the two sides that lie inside."""
    _ground(folder)
    sure = _figure(folder, PART, ">=", 24.9)
    assert (sure.meets, sure.sway) == (True, None)
    _ground(folder, position="approximate", uncertainty_m=20)
    unsure = _figure(folder, PART, ">=", 24.9)
    assert unsure.sway is not None and unsure.sway[0] is not None and unsure.sway[1] is not None
    assert unsure.value == sure.value
    low, high = unsure.sway
    side = 0.02 * 111_000  # m, about
    assert high == pytest.approx(25 * (1 + 20 / side) * (1 + 20 / (side * 0.866)), rel=1e-3)
    assert low == pytest.approx(25 * (1 - 40 / side) * (1 - 40 / (side * 0.866)), rel=1e-3)
    assert unsure.meets is None
    assert _figure(folder, PART, ">=", 20).meets is True
    assert _figure(folder, PART, ">=", 40).meets is False


def test_what_lies_nearer_to_a_border_than_it_is_sure_is_told(folder: Path) -> None:
    def told(function: str, metres: float | None) -> list[str]:
        more = {} if metres is None else {"position": "approximate", "uncertainty_m": metres}
        homes = [
            feature("near", point(104.0501, 30.07), people=1, **more),
            feature("far", point(104.07, 30.07), people=2),
        ]
        write_layer(folder, "homes", homes)
        write_layer(folder, "redline", [feature("r", square(104.05, 30.05, 0.04))])
        inputs = {"items": {"layer": "homes"}, "zones": {"layer": "redline"}}
        question = {"function": function, "inputs": inputs, **({"field": "people"} if function == "sum" else {})}
        figure = answer(Library(folder), lambda _d, _t: None, asked_statistic(question), software="x")
        return [one.en for one in figure.caveats if "undecided" in one.en]

    for function in ("count", "sum"):
        assert told(function, None) == []
        assert told(function, 5.0) == [], "it lies 9.6 m inside"
        assert len(told(function, 20.0)) == 1 and told(function, 20.0)[0].startswith("1 feature ")
