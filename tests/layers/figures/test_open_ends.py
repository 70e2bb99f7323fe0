"""Between what a coverage lies, and what it cannot reach: ground once, weights of their own, walls that shut in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geo.access.service import Facilities
from geo.errors import OutlineTooFine
from layers.figures.functions.entry import BadQuestion
from layers.figures.inputs import gather
from layers.figures.presentation import present
from layers.figures.verification.second_answer import SecondAnswer
from layers.figures.verification.sql import Geos
from tests.layers.figures.test_unseen_questions import NUMBER, TEXT, Trial, box, place, way
from tests.small_plan import feature

Layer = tuple[str, dict[str, str], list[dict[str, Any]]]
FACILITY: Layer = (
    "polygon",
    {},
    [feature("f", box(-100, -100, 149, 1200))],
)  # with 1 m serves all that is west of 50 m


def near(*ends: float) -> Any:
    """Return the ends of a range as they come out on the ellipsoid, to 2e-3."""
    return tuple(pytest.approx(one, rel=2e-3) for one in ends)


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
    assert figure.span == near(100 / 3, 250 / 3.5)
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
    assert heard.state == "same" and heard.second == pytest.approx(25, rel=1e-3)


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
    assert shown.value == "0% 至 100.00%" and shown.value in shown.sentence
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
    parks: Layer = ("polygon", {}, [feature("p", box(100, 100, 100, 100))])
    city = feature("city", box(0, 0, 2000, 1000), people=900)
    west = feature("west", box(0, 0, 1000, 1000), people=400)
    east = feature("east", box(998, 0, 1002, 1000), people=500)  # 2 m over its neighbour: drawn twice
    trial = Trial(tmp_path, parks=parks, places=("polygon", {"people": NUMBER}, [city, west, east]))
    every = trial.ask("per_head", {"part": "parks", "people": "places"}, field="people")
    assert (every.state, every.value) == ("not_computable", None)
    assert "“city” and “west” of “places” share ground (100.0% of the smaller)" in every.sentence.en
    assert "请筛选到同一层级" in every.sentence.zh
    added = trial.ask("sum", {"items": "places"}, field="people")
    assert added.value == 1800
    assert any("2 pairs of “places” share ground" in one.en and "counts twice" in one.en for one in added.caveats)
    level = {"layer": "places", "ids": ["west", "east"]}
    assert not any("pair" in one.en for one in trial.ask("sum", {"items": level}, field="people").caveats)
    parted = trial.ask("per_head", {"part": "parks", "people": level}, field="people")
    assert parted.value == pytest.approx(10_000 / 900, rel=1e-3)
    assert any("overlap" in one.en for one in parted.caveats)


M2 = 'type = "number"\nunit = "m2"\nmeasure = "additive"'


@pytest.fixture
def open_plan(tmp_path: Path) -> Trial:
    """Two plots of 1 ha side by side with a block, of which one may belong; both state 9,000 m2."""
    plots = [
        feature("a", box(100, 100, 100, 100), code="0701", v=1, said=9000),
        feature("b", box(300, 100, 100, 100), code=None, v=2, said=9000),
        feature("c", box(1500, 100, 100, 100), code="1001", v=4, said=9000),
    ]
    return Trial(
        tmp_path,
        wards=("polygon", {}, [feature("z1", box(0, 0, 1000, 1000)), feature("z2", box(1000, 0, 1000, 1000))]),
        plots=("polygon", {"code": TEXT, "v": NUMBER, "said": M2}, plots),
        blocks=("polygon", {}, [feature("x", box(200, 100, 50, 50)), feature("y", box(400, 100, 50, 50))]),
    )


HOMES = {"layer": "plots", "classes": ["0701"]}


@pytest.mark.parametrize(
    ("function", "inputs", "more", "span", "row"),
    [
        ("adjacency", {"part": HOMES, "line": "blocks"}, {}, (1, 2), {"features": 1}),
        ("adjacency", {"part": "blocks", "line": HOMES}, {}, (1, 2), {"features": 1}),
        ("listing", {"items": HOMES, "zones": "wards"}, {}, (1, 2), {"count": 1}),
        ("declared", {"items": HOMES}, {"field": "said", "unit": "ha"}, (1, 2), {"measured": 1}),
        ("ratio", {"items": HOMES}, {"field": "v", "divisor": "said"}, (1 / 9000, 3 / 18000), {}),
    ],
)
def test_what_may_belong_is_a_range_everywhere(
    open_plan: Trial,
    function: str,
    inputs: dict[str, Any],
    more: dict[str, Any],
    span: tuple[float, float],
    row: dict[str, float],
) -> None:
    figure = open_plan.ask(function, inputs, **more)
    assert figure.span == near(*span)
    unknown = [one for one in figure.rows if one["kind"] == "unknown"]
    assert [{key: one[key] for key in row} for one in unknown] == [pytest.approx(row, rel=2e-3)] * bool(row)
    for language in ("zh", "en"):
        shown = present(figure, language)
        assert shown.value in shown.sentence, (shown.value, shown.sentence)
        assert figure.span is not None and figure.span[0] == figure.value
    assert open_plan.all_the_same()


def test_ground_that_may_be_of_a_class_is_told_zone_by_zone(open_plan: Trial) -> None:
    figure = open_plan.ask("tabulate", {"classes": HOMES, "zones": "wards"})
    may = [(row["zone"].en, row["ha"]) for row in figure.rows if row["name"].en == "not known: may belong"]
    assert may == [("z1", pytest.approx(1, rel=2e-3)), ("all zones", pytest.approx(1, rel=2e-3))]


MU, TENS = (
    'type = "number"\nunit = "mu"\nmeasure = "additive"',
    'type = "number"\nunit = "万元"\nmeasure = "additive"',
)


@pytest.mark.parametrize(
    ("function", "asked", "value", "told"),
    [
        ("sum", {"field": "land"}, 45, ""),
        ("sum", {"field": "land", "unit": "亩"}, 45, ""),
        ("sum", {"field": "land", "unit": "ha"}, 3, "turned into “ha”"),
        ("sum", {"field": "cost", "unit": "亿元"}, 0.03, "turned into"),
        ("sum", {"field": "v", "unit": "t"}, 3, "taken to be “t”"),
        ("ratio", {"field": "cost", "divisor": "land"}, 300 / 45, ""),
        ("ratio", {"field": "cost", "divisor": "land", "unit": "万元/亩"}, 300 / 45, ""),
        ("ratio", {"field": "cost", "divisor": "land", "unit": "万元/ha"}, 100, ""),
        ("ratio", {"field": "cost", "divisor": "land", "unit": "元/m2"}, 100, ""),
    ],
)
def test_a_unit_that_is_asked_for_is_turned_into_and_never_only_written_beside(
    tmp_path: Path, function: str, asked: dict[str, str], value: float, told: str
) -> None:
    """30 and 15 mu are 3 ha; 100 and 200 × 10,000 yuan."""
    trial = _priced(tmp_path)
    figure = trial.ask(function, {"items": "plots"}, **asked)
    assert figure.value == pytest.approx(value, rel=1e-12)
    assert figure.unit == asked.get("unit", figure.unit)
    notes = " ".join(one.en for one in figure.caveats)
    assert (told in notes) if told else "turned into" not in notes and "taken to be" not in notes
    by_zone = trial.ask("sum", {"items": "plots", "zones": "wards"}, field="land", unit="ha")
    assert by_zone.value == pytest.approx(3, rel=1e-12)
    assert trial.all_the_same(), [one.findings for one in trial.heard().values()]


@pytest.mark.parametrize(
    ("function", "asked"),
    [
        ("sum", {"field": "land", "unit": "人"}),
        ("sum", {"field": "cost", "unit": "万美元"}),
        ("sum", {"field": "mass", "unit": "t"}),
        ("ratio", {"field": "cost", "divisor": "land", "unit": "人/亩"}),
        ("ratio", {"field": "cost", "divisor": "land", "unit": "万元"}),
    ],
)
def test_a_unit_of_something_else_is_refused(tmp_path: Path, function: str, asked: dict[str, str]) -> None:
    with pytest.raises(BadQuestion) as refused:
        _priced(tmp_path).ask(function, {"items": "plots"}, **asked)
    assert refused.value.params["key"] == "unit"


def _priced(folder: Path) -> Trial:
    plots = [
        feature("a", box(0, 0, 100, 200), land=30, cost=100, v=1, mass=5, mass_unit="吨"),
        feature("b", box(300, 0, 100, 100), land=15, cost=200, v=2, mass=700, mass_unit="千克"),
    ]
    fields = {"land": MU, "cost": TENS, "v": NUMBER, "mass": NUMBER, "mass_unit": TEXT}
    wards: Layer = ("polygon", {}, [feature("z", box(-10, -10, 900, 900))])
    return Trial(folder, plots=("polygon", fields, plots), wards=wards)


@pytest.mark.parametrize(
    ("function", "inputs", "more", "least"),
    [
        ("share", {"part": "parks", "whole": "wards"}, {}, 1.0),
        ("per_head", {"part": "parks", "people": "wards"}, {"field": "people"}, 100.0),
        ("density", {"part": "stops", "whole": "wards"}, {"measure": "count"}, 1.0),
    ],
)
def test_what_nobody_placed_yet_makes_a_share_at_least(
    tmp_path: Path, function: str, inputs: dict[str, Any], more: dict[str, str], least: float
) -> None:
    """1 ha of park for 100 people in 100 ha, and a stop; another park and another stop have no place."""
    parks = [feature("p", box(100, 100, 100, 100)), feature("q", None)]
    stops = [feature("s", place(100, 100)), feature("t", None)]
    wards = [feature("w", box(0, 0, 1000, 1000), people=100)]
    trial = Trial(
        tmp_path,
        parks=("polygon", {}, parks),
        stops=("point", {}, stops),
        wards=("polygon", {"people": NUMBER}, wards),
    )
    figure = trial.ask(function, inputs, **more)
    assert figure.span is not None and figure.span[1] is None
    assert figure.span[0] == pytest.approx(least, rel=2e-3)
    for language, said in (("zh", "至少"), ("en", "at least")):
        shown = present(figure, language)
        assert shown.value.startswith(said) and shown.value in shown.sentence
    assert trial.all_the_same()


@pytest.mark.parametrize(
    ("function", "inputs", "unit"),
    [
        ("band", {"part": "ground", "line": {"layer": "pools", "classes": ["0701"]}}, "m2"),
        ("shared_reach", {"facilities": {"layer": "pools", "classes": ["0701"]}, "others": "ground"}, "m2"),
    ],
)
def test_one_that_may_belong_and_is_too_jagged_leaves_the_end_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, inputs: dict[str, Any], unit: str
) -> None:
    """Of what is known the value is as without it; one that does belong is refused."""

    def too_fine(facilities: Facilities) -> None:
        if ("comb",) in facilities.ids:
            raise OutlineTooFine(row="comb", count=90_000, radius_m="90", tolerance_m="2")

    pools = [
        feature("known", box(0, 0, 10, 10), code="0701"),
        feature("maybe", box(2000, 0, 10, 10), code=None),
        feature("comb", box(4000, 0, 10, 10), code=None),
    ]
    ground: Layer = ("polygon", {}, [feature("g", box(-500, -500, 6000, 1000))])
    trial = Trial(tmp_path, pools=("polygon", {"code": TEXT}, pools), ground=ground)
    sound = trial.ask(function, inputs, distance_m=90, unit=unit)
    assert sound.span is not None and sound.span[1] == pytest.approx(3 * (sound.value or 0.0), rel=1e-3)
    monkeypatch.setattr(Facilities, "_check_outlines", too_fine)
    figure = trial.ask(function, inputs, distance_m=90, unit=unit)
    assert figure.value == sound.value and figure.span == (figure.value, None)
    (row,) = (row for row in figure.rows if row["kind"] == "unknown")
    assert any(isinstance(one, float) and one > 0.0 for one in row.values())
    (note,) = (one for one in figure.caveats if "comb" in one.en)
    assert "left out" in note.en and "未计入" in note.zh
    pools[2]["properties"]["code"] = "0701"
    trial = Trial(tmp_path / "again", pools=("polygon", {"code": TEXT}, pools), ground=ground)
    with pytest.raises(OutlineTooFine):
        trial.ask(function, inputs, distance_m=90, unit=unit)


GRAZING = [
    ("band", {"part": "ways", "line": "stops"}, {"distance_m": 500, "unit": "m", "measure": "length"}),
    ("shared_reach", {"facilities": "stops", "others": "gates"}, {"distance_m": 500, "unit": "m2"}),
]


def grazing(folder: Path) -> Trial:
    """A way 5 cm inside the edge of what lies within 500 m, and two areas of service that overlap by 10 cm."""
    ways = [feature("w", way((-400, 499.95), (400, 499.95)))]
    gates = [feature("g", place(999.9, 0))]
    stops = [feature("s", place(0, 0))]
    return Trial(folder, ways=("line", {}, ways), stops=("point", {}, stops), gates=("point", {}, gates))


@pytest.mark.parametrize(("function", "inputs", "more"), GRAZING)
def test_what_grazes_an_arc_is_no_drift(
    tmp_path: Path, function: str, inputs: dict[str, str], more: dict[str, Any]
) -> None:
    """Sides of arcs are 3 cm short of 500 m: two engines find other lengths, which both say how far off they are."""
    trial = grazing(tmp_path)
    assert (trial.ask(function, inputs, **more).value or 0.0) > 0
    (heard,) = trial.heard().values()
    assert heard.state == "same" and heard.second and heard.ours, heard.findings
    assert abs(heard.second - heard.ours) > 5e-4 * heard.ours, "more than arcs differ by anywhere else"


def test_what_an_arc_does_not_explain_is_drift(tmp_path: Path) -> None:
    trial = grazing(tmp_path)
    figure = trial.ask("band", {"part": "ways", "line": "stops"}, distance_m=600, unit="m", measure="length")
    gathered = gather(trial.library, figure.statistic.inputs, drawn=None)
    answered = SecondAnswer.of(figure.statistic, gathered, Geos())
    assert not list(answered.differs(figure)) and figure.value
    (told,) = replace(answered, value=figure.value * 1.002).differs(
        replace(figure, value=figure.value * 1.002 * 1.002)
    )
    assert "GEOS" in told.en
