"""Sums by share, zones that overlap, and how two layers meet: numbers that can be worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyproj import Geod

from geo.errors import PlanAtlasError
from layers.figures.answer import answer
from layers.figures.figure import Figure
from layers.figures.functions.entry import BadQuestion
from layers.figures.question import asked_statistic
from layers.library.library import Library
from tests.question_plan import QUESTIONS, write_question_plan
from tests.small_plan import feature, line, point, square, write_layer


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_question_plan(tmp_path / "p"))


def _figure(library: Library, question: dict[str, Any], **more: Any) -> Figure:
    return answer(library, lambda _done, _total: None, asked_statistic({**question, **more}), software="test")


def _overlapping(library: Library) -> None:
    """Two zones of which the second repeats a part of the first."""
    zones = [feature("z-1", square(104.05, 30.05, 0.04)), feature("z-2", square(104.06, 30.06, 0.02))]
    write_layer(library.folder, "zones", zones)


def test_ten_sources_of_which_a_third_lies_inside_give_their_share(library: Library) -> None:
    sources = [feature(f"p-{i}", square(104.04, 30.06, 0.02), invested=100, land_mu=1) for i in range(10)]
    write_layer(library.folder, "plots", [*sources, feature("touch", square(104.09, 30.05, 0.01), invested=9)])
    found = _figure(library, QUESTIONS["sum by zone"])
    assert found.value == pytest.approx(500, rel=1e-6)
    assert [(row["name"].en, row["value"]) for row in found.rows] == [
        ("East", pytest.approx(500, rel=1e-6)),
        ("West", None),
        ("total", found.value),
        ("outside the zones", pytest.approx(509, rel=1e-6)),
        ("everything, in the zones or not", 1009),
    ]


def test_currencies_stay_apart_by_zone(library: Library) -> None:
    found = _figure(
        library, {**QUESTIONS["sum"], "inputs": {"items": {"layer": "homes"}, "zones": {"layer": "zones"}}}
    )
    assert found.value is None
    totals = {row["group"].en: row["value"] for row in found.rows if row["name"].en == "total"}
    assert totals == {"CNY": 10.5, "USD": 1.25}
    unknown = next(r for r in found.rows if r["name"].en == "West" and r["group"].en == "USD")
    assert (unknown["value"], unknown["unknown"]) == (None, 1)


@pytest.mark.parametrize("name", ["sum by zone", "density of length", "density of count", "count", "overlap"])
def test_ground_in_two_zones_counts_once_in_the_total_and_is_told(library: Library, name: str) -> None:
    once = dict(QUESTIONS[name])
    role = {"density of length": "whole", "density of count": "whole", "overlap": "constraints"}.get(name, "zones")
    once["inputs"] = {**once["inputs"], role: {"layer": "zones", "ids": ["z-1"]}}
    twice = {**once, "inputs": {**once["inputs"], role: {"layer": "zones"}}}
    before = _figure(library, once)
    _overlapping(library)
    after = _figure(library, twice)
    assert after.value == pytest.approx(before.value, rel=1e-9)
    told = " ".join(c.en for c in after.caveats)
    assert "overlap by" in told or "counted once" in told
    if name == "count":
        outside = {r["name"].en: r["count"] for r in after.rows}["outside the zones"]
        assert outside == pytest.approx({r["name"].en: r["count"] for r in before.rows}["outside the zones"])


def test_the_nearest_is_as_far_as_the_geodesic(library: Library) -> None:
    write_layer(library.folder, "gates", [feature("g", point(104.07, 30.05))])
    write_layer(library.folder, "homes", [feature("h", point(104.08, 30.06)), feature("i", point(104.07, 30.05))])
    question = {**QUESTIONS["nearest"], "inputs": {"part": {"layer": "homes"}, "line": {"layer": "gates"}}}
    far = Geod(ellps="WGS84").inv(104.08, 30.06, 104.07, 30.05)[2]
    found = _figure(library, question)
    assert found.value == pytest.approx(far, rel=1e-7)
    assert [r["distance_m"] for r in found.rows] == [0.0, found.value]
    assert _figure(library, question, unit="km").value == pytest.approx(far / 1000, rel=1e-7)


def test_a_line_that_only_touches_does_not_cross(library: Library) -> None:
    streets = [
        feature("through", line((104.055, 30.065), (104.08, 30.065))),
        feature("twice", line((104.0745, 30.055), (104.0745, 30.09))),
        feature("beside", line((104.06, 30.05), (104.06, 30.09))),
    ]
    write_layer(library.folder, "streets", streets)
    write_layer(library.folder, "redline", [feature("r", square(104.06, 30.06, 0.013))])
    found = _figure(library, QUESTIONS["crossing"])
    assert found.value == 1
    assert [r["name"].en for r in found.rows] == ["through", "total"]
    inside = Geod(ellps="WGS84").inv(104.06, 30.065, 104.073, 30.065)[2]
    assert found.rows[0]["length_m"] == pytest.approx(inside, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("nearest", {"unit": "ha"}, "m, km"),
        ("crossing", {"unit": "m"}, "count"),
        ("band by area", {"measure": "length"}, "km, m"),
        ("band by area", {"measure": "weight"}, "weight"),
        ("share", {"unit": "ha"}, "%"),
        ("coverage", {"radii": {"a": 5}}, "more than one"),
        ("coverage by class", {"by": ""}, "by"),
        ("coverage by class", {"radii": {"big": "far"}}, "radii.big"),
        ("coverage by class", {"radii": [5]}, "classes with metres"),
        ("coverage of people", {"field": ""}, "field"),
    ],
)
def test_what_does_not_fit_is_refused(name: str, more: dict[str, Any], said: str) -> None:
    with pytest.raises(BadQuestion, match=said) as caught:
        asked_statistic({**QUESTIONS[name], **more})
    assert caught.value.message("zh") != caught.value.message("en")


@pytest.mark.parametrize(
    ("name", "role", "layer"),
    [("crossing", "part", "plots"), ("density of length", "part", "plots"), ("band by length", "part", "plots")],
)
def test_what_cannot_be_measured_so_is_refused(library: Library, name: str, role: str, layer: str) -> None:
    question = {**QUESTIONS[name], "inputs": {**QUESTIONS[name]["inputs"], role: {"layer": layer}}}
    with pytest.raises(PlanAtlasError) as caught:
        _figure(library, question)
    assert caught.value.message("zh") != caught.value.message("en")


def test_the_same_question_in_another_order_has_the_same_address(library: Library) -> None:
    question = QUESTIONS["coverage from entrances"]
    turned = {**question, "inputs": dict(reversed(question["inputs"].items()))}
    assert _figure(library, turned).id == _figure(library, question).id
