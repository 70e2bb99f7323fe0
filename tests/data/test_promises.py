"""The bundled statistics, indicators and targets: whole, true to the printed numbers, and consistent."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from layers.figures.functions import FUNCTIONS
from layers.plan.statistics import Promises, Statistic, Target, read_promises

DATA = Path(__file__).resolve().parents[2] / "data"
YEARS = ["2020", "2021", "2022", "2023", "2024", "2025"]
# The bundled layers; an input that names another one is a statistic the plan cannot answer.
BUNDLED = {
    *("boundary", "zones", "parks", "rivers", "hills", "roads", "rail", "gateways", "community_rooms"),
    *("communities", "facilities", "projects", "landuse", "yangtze_bank", "axes"),
}


@pytest.fixture(scope="module")
def promises() -> Promises:
    return read_promises(DATA)


def _number(printed: str) -> float:
    found = re.search(r"\d+(?:\.\d+)?", printed)
    assert found, printed
    return float(found[0])


def _lacking(statistic: Statistic) -> set[str]:
    return {one.layer for one in statistic.inputs.values()} - BUNDLED


def test_every_table_is_read(promises: Promises) -> None:
    assert promises.problems == ()
    assert list(promises.indicators) == [f"i-{n:02d}" for n in range(1, 26)]
    assert list(promises.targets) == [f"t-{n:02d}" for n in range(1, 24)]
    assert [one.number for one in promises.indicators.values()] == list(range(1, 26))
    for key in (*promises.statistics, *promises.indicators, *promises.targets):
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", key)


def test_every_yearly_value_is_the_printed_number(promises: Promises) -> None:
    for one in promises.indicators.values():
        assert list(one.values) == list(one.raw) == YEARS
        assert {year: _number(text) for year, text in one.raw.items()} == one.values, one.id
        assert one.cumulative == all(text.startswith("[") for text in one.raw.values()), one.id


def test_wrongly_printed_units_are_kept_and_corrected(promises: Promises) -> None:
    corrected = {
        one.number: (one.unit["zh"], one.unit_corrected["zh"], one.anomalies)
        for one in promises.indicators.values()
        if one.unit_corrected
    }
    assert corrected == {
        3: ("万元", "亿元", ("A01",)),
        14: ("万元", "万元/亩", ("A02",)),
        22: ("吨标准煤", "吨标准煤/万元", ("A03",)),
    }


def test_only_energy_use_is_better_when_less(promises: Promises) -> None:
    assert [one.number for one in promises.indicators.values() if one.better == "less"] == [22]


def test_a_target_without_a_number_has_none(promises: Promises) -> None:
    assert [one.id for one in promises.targets.values() if one.value is None] == ["t-13"]


def test_targets_and_indicators_name_statistics_that_exist(promises: Promises) -> None:
    named = {one.statistic for one in promises.targets.values()}
    named |= {one.statistic for one in promises.indicators.values()}
    assert named - {""} <= set(promises.statistics)


def test_what_cannot_be_computed_says_what_is_needed(promises: Promises) -> None:
    for one in promises.targets.values():
        statistic = promises.statistics.get(one.statistic)
        assert one.needs or (statistic and not _lacking(statistic)), one.id
    for statistic in promises.statistics.values():
        for role, given in statistic.inputs.items():
            needed = given.layer not in BUNDLED
            chosen = bool(given.classes or given.where or given.ids)  # a part of a layer, which a label names
            assert given.label is not None if needed else given.label is None or chosen, f"{statistic.id}.{role}"
            assert not given.label or (given.label["zh"] and given.label["en"]), f"{statistic.id}.{role}"


def test_there_are_enough_of_both_kinds(promises: Promises) -> None:
    lacking = [one for one in promises.statistics.values() if _lacking(one)]
    assert len(promises.statistics) - len(lacking) >= 15
    assert len(lacking) >= 6


def test_every_statistic_has_what_its_function_needs(promises: Promises) -> None:
    for one in promises.statistics.values():
        assert set(one.inputs) >= set(FUNCTIONS[one.function].needed), one.id
        if one.function == "coverage":
            assert (one.distance_m is None) == bool(one.size_rules), one.id
            assert one.demand_rule["zh"] and one.distance_rule["en"], one.id
            assert one.along == "straight" or "roads" in one.inputs, one.id
        if one.function == "band":
            assert one.distance_m, one.id
        if one.function == "ratio":
            assert one.field and one.divisor, one.id
        for text in (one.label, one.family, one.definition, one.formula, one.source, one.confidence):
            assert text["zh"] and text["en"], one.id


def test_size_rules_do_not_overlap(promises: Promises) -> None:
    for one in promises.statistics.values():
        rules = sorted(one.size_rules, key=lambda rule: rule.min_m2)
        for small, large in pairwise(rules):
            assert small.max_m2 == large.min_m2, one.id
            assert small.distance_m <= large.distance_m, one.id


def test_a_target_and_its_statistic_agree_where_their_units_do(promises: Promises) -> None:
    def agrees(target: Target, statistic: Statistic) -> bool:
        threshold = statistic.threshold
        return threshold is None or threshold.value == target.value

    for one in promises.targets.values():
        statistic = promises.statistics.get(one.statistic)
        if statistic and statistic.unit in (one.unit["zh"], one.unit["en"]):
            assert agrees(one, statistic), one.id


def test_anomalies_exist(promises: Promises) -> None:
    named = {name for one in promises.targets.values() for name in one.anomalies}
    named |= {name for one in promises.indicators.values() for name in one.anomalies}
    assert all(re.fullmatch(r"A\d{2}", name) for name in named)
    listed = DATA / "anomalies.toml"
    if listed.is_file():
        assert named <= set(tomllib.loads(listed.read_text("utf-8"))["anomalies"])
