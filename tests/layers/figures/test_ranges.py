"""What is unsure is a range: rows of zones by position, values by classes that are not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.figures.presentation import present
from tests.layers.figures.test_unseen_questions import TEXT, Trial, box, place, way
from tests.small_plan import feature

OFF = {"position": "approximate", "uncertainty_m": 50}
WARDS = [feature("z1", box(0, 0, 1000, 1000)), feature("z2", box(1000, 0, 1000, 1000))]


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    """Places 20 m from the border of two wards and from the outer one; a line and a plot across the border."""
    codes = {"code": TEXT}
    return Trial(
        tmp_path,
        wards=("polygon", {}, WARDS),
        stops=(
            "point",
            codes,
            [
                feature("a", place(980, 500), code="0701", **OFF),
                feature("b", place(1030, 500), code=None, **OFF),
                feature("c", place(500, 500), code="0701", **OFF),
                feature("d", place(1980, 500), code="1001", **OFF),
                feature("e", place(2020, 500), code="0701", **OFF),
            ],
        ),
        ways=("line", {}, [feature("l", way((900, 500), (1100, 500)), **OFF)]),
        plots=(
            "polygon",
            codes,
            [
                feature("x", box(900, 100, 200, 100), code="0701", **OFF),
                feature("y", box(100, 100, 100, 100), code=None),
                feature("w", box(100, 300, 100, 100), code="1001"),
            ],
        ),
    )


def test_counts_by_name_and_densities_say_at_least_and_at_most(trial: Trial) -> None:
    listed = trial.ask("listing", {"items": "stops", "zones": "wards"})
    zones = [row for row in listed.rows if row["kind"] == "of_which"][:2]
    assert [(row["count"], row["least"], row["most"]) for row in zones] == [(2, 1, 3), (2, 0, 4)]
    density = trial.ask("density", {"part": "stops", "whole": "wards"}, measure="count")
    assert [(row["least"], row["most"]) for row in density.rows[:2]] == [
        (pytest.approx(1, rel=1e-3), pytest.approx(3, rel=1e-3)),
        (pytest.approx(0), pytest.approx(4, rel=1e-3)),
    ]
    assert trial.all_the_same()


def test_totals_by_zone_say_at_least_and_at_most(trial: Trial) -> None:
    length = trial.ask("total", {"items": "ways", "zones": "wards"}, unit="m")
    assert [(row["amount"], row["least"], row["most"]) for row in length.rows[:2]] == [
        tuple(pytest.approx(one, rel=2e-3) for one in (100, 50, 150))
    ] * 2
    area = trial.ask("total", {"items": "plots", "zones": "wards"}, unit="m2")
    assert [(row["least"], row["most"]) for row in area.rows[:2]] == [
        tuple(pytest.approx(one, rel=2e-3) for one in ends) for ends in ((25_000, 35_000), (5_000, 15_000))
    ]
    assert trial.all_the_same()


def test_what_may_be_of_a_class_is_a_range_of_the_value(trial: Trial) -> None:
    counted = trial.ask("count", {"items": {"layer": "stops", "classes": ["0701"]}})
    assert (counted.value, counted.span) == (3, (3, 4))
    assert present(counted, "en").value == "3 to 4" and "3 to 4 in all" in counted.sentence.en
    area = trial.ask("total", {"items": {"layer": "plots", "classes": ["0701"]}}, unit="m2")
    assert area.span == (pytest.approx(20_000, rel=1e-3), pytest.approx(30_000, rel=1e-3))
    density = trial.ask(
        "density", {"part": {"layer": "stops", "classes": ["0701"]}, "whole": "wards"}, measure="count"
    )
    assert density.span == (pytest.approx(1, rel=1e-3), pytest.approx(1.5, rel=1e-3))
    assert trial.all_the_same()
