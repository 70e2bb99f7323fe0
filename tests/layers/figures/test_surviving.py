"""A geometry nothing can be done with never ends a figure: it is named, left out with its area, the rest is computed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

from layers.figures.answer import answer
from layers.figures.figure import Figure
from layers.figures.question import asked_statistic
from layers.library.library import Library
from tests.question_plan import QUESTIONS, write_question_plan
from tests.small_plan import feature, square, write_layer

BROKEN = 30.0612345  # the latitude of a vertex that GEOS is made to choke on


@pytest.fixture
def plan(tmp_path: Path) -> Library:
    folder = write_question_plan(tmp_path / "plan")
    cursed = square(104.048, BROKEN, 0.016)  # larger than those it lies over: they are held against it
    plots = [
        feature(f"p-{at}", square(104.03 + 0.01 * at, 30.06, 0.012), invested=10.0 * at, land_mu=300, kind="big")
        for at in range(5)
    ]
    plots.insert(2, feature("cursed", cursed, invested=7.0, land_mu=5, kind="small"))
    write_layer(folder, "plots", plots)
    return Library(folder)


@pytest.fixture
def choking(monkeypatch: pytest.MonkeyPatch) -> None:
    """GEOS fails on every cut and union that meets the cursed vertex, as it does on rings rounding has spoilt."""

    def spoilt(*arrays: Any) -> bool:
        xy = [shapely.get_coordinates(one) for one in arrays]
        return any((abs(one[:, 1] - BROKEN) < 1e-12).any() for one in xy)

    for name in ("intersection", "difference", "union", "union_all"):
        own = getattr(shapely, name)

        def failing(*arrays: Any, _own: Any = own, **more: Any) -> Any:
            if spoilt(*arrays):
                raise shapely.GEOSException("TopologyException: side location conflict")
            return _own(*arrays, **more)

        monkeypatch.setattr(shapely, name, failing)


def figure(library: Library, question: dict[str, Any]) -> Figure:
    labels = {layer.id: layer.label for layer in library.layers()}
    return answer(library, lambda _d, _t: None, asked_statistic(question, labels), software="test")


ASKED: dict[str, dict[str, Any]] = {
    "tabulate": {
        "function": "tabulate",
        "by": "kind",
        "inputs": {"classes": {"layer": "plots"}, "zones": {"layer": "zones"}},
    },
    "overlap": {"function": "overlap", "inputs": {"part": {"layer": "plots"}, "constraints": {"layer": "zones"}}},
    "total": {"function": "total", "inputs": {"items": {"layer": "plots"}, "zones": {"layer": "zones"}}},
    "together": {"function": "together", "inputs": {"first": {"layer": "redline"}, "second": {"layer": "plots"}}},
}


@pytest.mark.parametrize("name", ASKED)
def test_the_feature_is_named_with_its_area_and_the_rest_is_computed(
    plan: Library, choking: None, name: str, tmp_path: Path
) -> None:
    found = figure(plan, ASKED[name])
    assert found.state == "computed"
    notes = [note.en for note in found.caveats if "cannot be cut" in note.en]
    assert len(notes) == 1
    assert "“cursed”" in notes[0]
    assert " ha)" in notes[0]
    one: dict[str, Any] = {**ASKED[name], "inputs": {key: dict(use) for key, use in ASKED[name]["inputs"].items()}}
    for use in one["inputs"].values():
        if use["layer"] == "plots":
            use["ids"] = [f"p-{at}" for at in range(5)]
    assert found.value == pytest.approx(figure(plan, one).value, rel=1e-12), "as without the feature"


def test_every_function_answers_where_geos_does(plan: Library) -> None:
    assert {question["function"] for question in QUESTIONS.values()} >= set(ASKED)
