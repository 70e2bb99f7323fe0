"""A facility that stands twice at the very same place counts once, and the figure says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from layers.figures.answer import answer
from layers.figures.figure import Figure
from layers.figures.question import asked_statistic
from layers.library.library import Library
from tests.question_plan import write_question_plan
from tests.small_plan import feature, point, write_layer

SPOTS = [(104.07, 30.06), (104.074, 30.06), (104.07, 30.06)]
NOTE = "1 feature of “Gates” lies exactly where another does: they count once."


@pytest.mark.parametrize("function", ["coverage", "shared_reach"])
def test_a_facility_that_stands_twice_counts_once_and_is_told(tmp_path: Path, function: str) -> None:
    folder = write_question_plan(tmp_path / "plan")
    asking: dict[str, Any] = {
        "function": function,
        "distance_m": 500,
        "inputs": {"facilities": {"layer": "gates"}},
    }
    if function == "coverage":
        asking["inputs"]["demand"] = {"layer": "landuse"}

    def found(count: int) -> Figure:
        write_layer(folder, "gates", [feature(f"g-{at}", point(*SPOTS[at])) for at in range(count)])
        return answer(Library(folder), lambda _d, _t: None, asked_statistic(asking), software="test")

    once, twice = found(2), found(3)
    assert once.value
    assert twice.value == pytest.approx(once.value, rel=1e-12)
    assert NOTE in [one.en for one in twice.caveats]
    assert NOTE not in [one.en for one in once.caveats]
