"""Between what a coverage lies, and what it cannot reach: ground once, weights of their own, walls that shut in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from layers.figures.presentation import present
from tests.layers.figures.test_unseen_questions import NUMBER, TEXT, Trial, box, place, way
from tests.small_plan import feature

FACILITY = ("polygon", {}, [feature("f", box(-100, -100, 149, 1200))])  # with 1 m serves all that is west of 50 m
PLOTS = [
    feature("near", box(-50, 0, 100, 100), code="0701"),
    feature("far", box(500, 0, 100, 100), code="0701"),
    feature("near again", box(-50, 0, 100, 100), code=None),  # adds no ground
    feature("maybe near", box(-50, 300, 100, 100), code=None),
    feature("maybe near again", box(-50, 300, 100, 100), code=None),  # its ground counts once
    feature("maybe far", box(550, 0, 100, 100), code=None),  # half of it is known ground
    feature("maybe both", box(0, 600, 100, 100), code=None),
    feature("half of it", box(0, 600, 50, 100), code=None),
]


def test_ground_that_may_be_demand_counts_once(tmp_path: Path) -> None:
    """Known 1 of 2 ha. Most: with 1 ha and half a ha near, 2.5 of 3.5. Least: half a ha far and half a ha far, 1 of 3."""
    trial = Trial(tmp_path, plots=("polygon", {"code": TEXT}, PLOTS), halls=FACILITY)
    inputs = {"demand": {"layer": "plots", "classes": ["0701"]}, "facilities": "halls"}
    figure = trial.ask("coverage", inputs, distance_m=1)
    assert figure.value == pytest.approx(50, rel=1e-3)
    assert figure.span == (pytest.approx(100 / 3, rel=1e-3), pytest.approx(250 / 3.5, rel=1e-3))
    (row,) = (row for row in figure.rows if row["kind"] == "unknown")
    assert (row["total"], row["covered"]) == (pytest.approx(2.5, rel=1e-3), pytest.approx(1.5, rel=1e-3))
    assert any(one.en.startswith("Of 5 features") for one in figure.caveats), "the one that adds nothing is none"
    assert trial.all_the_same()


def test_people_are_of_their_own_house_whatever_lies_over_it(tmp_path: Path) -> None:
    """Half of a is near: 5 of its 10; b is far; c is a again with 20: 15 of 60."""
    homes = [
        feature("b", box(50, 0, 100, 100), people=30),
        feature("a", box(0, 0, 100, 100), people=10),
        feature("c", box(0, 0, 100, 100), people=20),
    ]
    trial = Trial(tmp_path, homes=("polygon", {"people": NUMBER}, homes), halls=FACILITY)
    figure = trial.ask("coverage", {"demand": "homes", "facilities": "halls"}, distance_m=1, field="people")
    total = figure.rows[0]
    assert (total["total"], total["covered"]) == (60, pytest.approx(15, rel=1e-3))
    assert figure.value == pytest.approx(25, rel=1e-3)
    assert any("each feature's own weight counts" in one.en for one in figure.caveats)
    (heard,) = trial.heard().values()
    assert (heard.state, heard.second) == ("same", pytest.approx(25, rel=1e-3))


def test_weights_unknown_on_both_sides_leave_any_share_open(tmp_path: Path) -> None:
    homes = [
        feature("a", place(0, 0), people=30),
        feature("b", place(900, 0), people=10),
        feature("c", place(10, 0), people=None),
        feature("d", place(910, 0), people=None),
    ]
    trial = Trial(tmp_path, homes=("point", {"people": NUMBER}, homes), halls=FACILITY)
    figure = trial.ask("coverage", {"demand": "homes", "facilities": "halls"}, distance_m=1, field="people")
    assert (figure.value, figure.span) == (75, (0, 100))
    shown = present(figure, "zh")
    assert shown.value == "0.00% 至 100.00%" and shown.value in shown.sentence
    assert any("75.00% of what is known" in one.en for one in figure.caveats)
    assert any("权重已知的部分为 75.00%" in one.zh for one in figure.caveats)
    assert trial.all_the_same()


RING = way((-50, -50), (150, -50), (150, 150), (-50, 150), (-50, -50))


@pytest.mark.parametrize(
    ("walls", "facility", "lost"),
    [
        ([RING], (100, 0), {"out", "far"}),  # the hall is shut in: nobody outside gets there
        ([RING], (600, 0), {"in", "edge"}),  # whoever is inside is shut in
        ([box(-10, -10, 20, 20)], (600, 0), {"in"}),  # stands in a lake
        ([way((300, -500), (300, 500))], (600, 0), set()),  # a river has ends
        ([way((-50, -50), (150, -50), (150, 150))], (600, 0), set()),
    ],
)
def test_who_is_shut_in_is_not_reachable_and_not_too_far(
    tmp_path: Path, walls: list[dict[str, Any]], facility: tuple[float, float], lost: set[str]
) -> None:
    people = {"in": 1, "edge": 2, "out": 4, "far": 8}
    spots = {"in": (0, 0), "edge": (140, 140), "out": (400, 0), "far": (2500, 0)}
    homes = [feature(key, place(*spots[key]), people=people[key]) for key in people]
    trial = Trial(
        tmp_path,
        homes=("point", {"people": NUMBER}, homes),
        halls=("point", {}, [feature("h", place(*facility))]),
        walls=("polygon" if walls[0]["type"] == "Polygon" else "line", {}, [feature("w", one) for one in walls]),
    )
    inputs = {"demand": "homes", "facilities": "halls", "barriers": "walls"}
    figure = trial.ask("coverage", inputs, distance_m=1000, field="people")
    rows = [row for row in figure.rows if row["kind"] == "of_which"]
    assert [row["total"] for row in rows] == ([sum(people[key] for key in lost)] if lost else [])
    assert all(row["zone"].en == "of which not reachable" and row["covered"] == 0 for row in rows)
    told = [one.en for one in figure.caveats if "not reachable" in one.en]
    assert [one.startswith(f"Of the demand {len(lost)} ") for one in told] == ([True] if lost else [])
    assert trial.all_the_same()


def test_people_of_nested_places_are_not_added_up(tmp_path: Path) -> None:
    parks = ("polygon", {}, [feature("p", box(100, 100, 100, 100))])
    city = feature("city", box(0, 0, 2000, 1000), people=900)
    west = feature("west", box(0, 0, 1000, 1000), people=400)
    east = feature("east", box(998, 0, 1002, 1000), people=500)  # 2 m over its neighbour: drawn twice
    trial = Trial(tmp_path, parks=parks, places=("polygon", {"people": NUMBER}, [city, west, east]))
    every = trial.ask("per_head", {"part": "parks", "people": "places"}, field="people")
    assert (every.state, every.value) == ("not_computable", None)
    assert "“city” and “west” share ground (100.0% of the smaller)" in every.sentence.en
    assert "请筛选到同一层级" in every.sentence.zh
    level = {"layer": "places", "ids": ["west", "east"]}
    parted = trial.ask("per_head", {"part": "parks", "people": level}, field="people")
    assert parted.value == pytest.approx(10_000 / 900, rel=1e-3)
    assert any("overlap" in one.en for one in parted.caveats)
