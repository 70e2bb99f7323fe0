"""What is not known is no class among others: groups, dates told by year, states left open, and what may belong."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.figures.presentation import present
from layers.library.conditions import read_conditions, select_and_tell
from layers.library.distribution import distribution_of
from layers.plan.measures import NotAdditive
from tests.layers.figures.test_unseen_questions import NUMBER, TEXT, Trial, box, place, way
from tests.small_plan import feature

OFF = {"position": "approximate", "uncertainty_m": 50}
WARDS = [feature("z1", box(0, 0, 1000, 1000)), feature("z2", box(1000, 0, 1000, 1000))]
STATES = ["open", "不详", None, "Unknown", "open", "shut"]
DATES = ["2023", "2023-05", "2023-06-01", "2024", None, "2022-12-31"]


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    """Six works of 1 to 6 people, 100 m apart, their states and dates told well or not; ways and plots alike."""
    told = list(enumerate(zip(STATES, DATES, strict=True)))
    works = [
        feature(f"w{n}", place(100 + 100 * n, 500) if n else None, state=state, done=done, people=n + 1)
        for n, (state, done) in told
    ]
    ways = [feature(f"l{n}", way((0, 10 * n), (1000, 10 * n)), state=state) for n, (state, _) in told]
    plots = [feature(f"p{n}", box(100 * n, 0, 100, 100), state=state) for n, (state, _) in told]
    return Trial(
        tmp_path,
        wards=("polygon", {}, WARDS),
        works=("point", {"state": TEXT, "done": 'type = "date"', "people": NUMBER}, works),
        ways=("line", {"state": TEXT}, ways),
        plots=("polygon", {"state": TEXT}, plots),
    )


def test_a_group_of_the_unknown_is_told_apart_in_table_chart_and_sentence(trial: Trial) -> None:
    counted = trial.ask("count", {"items": "works"}, by="state")
    kinds = {row["name"].en: row["kind"] for row in counted.rows}
    assert kinds == {
        "open": "part",
        "shut": "part",
        "Unknown": "unknown",
        "不详": "unknown",
        "not stated": "unknown",
        "total": "total",
    }
    assert counted.sentence.en.endswith("6 in all, of which 3 where “state” is not known.")
    chart = present(counted, "zh").chart
    assert chart is not None and [bar.kind for bar in chart.bars] == ["part"] * 2 + ["unknown"] * 3
    added = trial.ask("sum", {"items": "works"}, field="people", by="state")
    assert "of which 9 where “state” is not known" in added.sentence.en  # 2 + 3 + 4
    length = trial.ask("total", {"items": "ways"}, by="state", unit="m")
    drawn = present(length, "en").chart
    assert drawn is not None
    assert sum(bar.value for bar in drawn.bars) == pytest.approx(length.value, rel=1e-9)  # the bars are the whole
    plots = trial.ask("tabulate", {"classes": "plots", "zones": "wards"}, by="state")
    unknown = [row for row in plots.rows if row["kind"] == "unknown" and row["zone"].en == "all zones"]
    assert sum(row["m2"] for row in unknown) == pytest.approx(30_000, rel=1e-3)
    assert "the class of 1.50% is unknown" in plots.sentence.en
    assert trial.all_the_same(), [one.findings for one in trial.heard().values()]


@pytest.mark.parametrize(
    ("where", "ids", "unknown"),
    [
        ("done<2023-06", "w1 w5", 2),  # 2023 may be before or after; one states none
        ("done<=2023-06", "w1 w2 w5", 2),
        ("done>=2023-06", "w2 w3", 2),
        ("done>2023-05", "w2 w3", 2),
        ("done<2024", "w0 w1 w2 w5", 1),  # any day of 2023 is
        ("done=2023", "w0 w1 w2", 1),
        ("done=2023-05", "w1", 2),
        ("done!=2023-05", "w2 w3 w5", 2),
        ("done=2023-05..2023-12", "w1 w2", 2),
        ("done=2023..<2024", "w0 w1 w2", 1),
        ("done?<2023-06", "w0 w1 w4 w5", 0),
        ("state=open", "w0 w4", 3),
        ("state!=open", "w5", 3),
        ("state=不详", "w1", 0),
        ("state=", "w2", 0),
    ],
)
def test_what_a_filter_cannot_tell_is_the_same_in_table_map_and_figure(
    trial: Trial, where: str, ids: str, unknown: int
) -> None:
    library = trial.library
    layer = library.layer("works")
    conditions = read_conditions(library, layer, [where])
    rows, told = select_and_tell(library.snapshot(layer), conditions)  # map, table and chart
    assert (" ".join(map(str, rows.ids)), told[0]["unknown"]) == (ids, unknown)
    counted = trial.ask("count", {"items": {"layer": "works", "where": [where]}})
    least = len(ids.split())
    assert (counted.value, counted.span) == (least, (least, least + unknown) if unknown else None)
    words = "nobody can tell whether" in counted.caveats[0].en
    assert words == bool(unknown)


def test_conditions_together_leave_open_what_none_of_them_refuses(trial: Trial) -> None:
    where = ["done<2023-06", "state=open"]
    counted = trial.ask("count", {"items": {"layer": "works", "where": where}})
    assert (counted.value, counted.span) == (0, (0, 3))  # w0 and w4 may be early, w1 may be open
    assert present(counted, "en").value == "0 to 3"


def test_a_chart_of_a_layer_draws_words_for_the_unknown_as_unknown(trial: Trial) -> None:
    layer = trial.library.layer("works")
    field = next(one for one in layer.fields if one.id == "state")
    bars = distribution_of(trial.library.snapshot(layer).features, layer, field).bars
    assert [(bar.words.en, bar.kind) for bar in bars][:2] == [("open", "part"), ("shut", "part")]
    assert {bar.kind for bar in bars[2:]} == {"unknown"}


def test_totals_by_zone_and_group_and_grand_totals_say_at_least_and_at_most(tmp_path: Path) -> None:
    trial = Trial(
        tmp_path,
        wards=("polygon", {}, WARDS),
        ways=(
            "line",
            {"state": TEXT},
            [
                feature("a", way((900, 500), (1100, 500)), state="open", **OFF),
                feature("b", way((100, 200), (980, 200)), state="shut", **OFF),
            ],
        ),
        stops=(
            "point",
            {"people": NUMBER},
            [feature("s", place(1980, 500), people=7, **OFF), feature("t", place(500, 500), people=2)],
        ),
    )
    length = trial.ask("total", {"items": "ways", "zones": "wards"}, unit="m", by="state")
    ends = {
        (row["zone"].en, row["name"].en): (row["amount"], row["least"], row["most"])
        for row in length.rows
        if "least" in row
    }
    assert ends == {
        ("z1", "open"): tuple(pytest.approx(one, rel=2e-3) for one in (100, 50, 150)),
        ("z1", "shut"): tuple(pytest.approx(one, rel=2e-3) for one in (880, 850, 880)),
        ("z2", "open"): tuple(pytest.approx(one, rel=2e-3) for one in (100, 50, 150)),
        ("z2", "shut"): (0.0, 0.0, pytest.approx(30, rel=2e-2)),  # none lies there as drawn
    }
    listed = trial.ask("listing", {"items": "stops", "zones": "wards"})
    total = next(row for row in listed.rows if row["kind"] == "total")
    assert (listed.value, total["least"], total["most"], listed.sway) == (2, 1, 2, (1, 2))
    density = trial.ask("density", {"part": "stops", "whole": "wards"}, measure="count")
    total = next(row for row in density.rows if row["kind"] == "total")
    assert (total["least"], total["most"]) == (pytest.approx(0.5, rel=1e-3), pytest.approx(1, rel=1e-3))
    added = trial.ask("sum", {"items": "stops", "zones": "wards"}, field="people")
    assert (added.value, added.sway) == (9, (2, 9))
    assert any("may be 2 to 9" in one.en for one in added.caveats)
    assert trial.all_the_same(), [one.findings for one in trial.heard().values()]


def test_one_unit_spelled_two_ways_is_one_and_no_other(tmp_path: Path) -> None:
    said = [(10, "亩"), (1, "ha"), (2, "公顷"), (0.5, "km2"), (3, "平方公里"), (None, "亩"), (7, None)]
    rows = [feature(f"p{n}", place(n, 0), size=size, unit=unit) for n, (size, unit) in enumerate(said)]
    money = [(100, "万元"), (2, "亿元"), (5, "USD"), (3, "万美元"), (4, "美元"), (1, "万USD")]
    paid = [feature(f"m{n}", place(n, 0), invest=value, ccy=unit) for n, (value, unit) in enumerate(money)]
    trial = Trial(
        tmp_path,
        plots=("point", {"size": NUMBER, "unit": TEXT}, rows),
        money=("point", {"invest": 'type = "number"\nmeasure = "money"', "ccy": TEXT}, paid),
    )
    added = trial.ask("sum", {"items": "plots"}, field="size")
    assert present(added, "zh").value == "3.00 公顷；3.50 平方公里；10.00 亩；7.00（未说明单位）"
    paid_in = trial.ask("sum", {"items": "money"}, field="invest")
    assert present(paid_in, "en").value == "9 USD; 4 × 10,000 USD; 100 × 10,000 CNY; 2 × 100 million CNY"
    assert {row["name"].en for row in paid_in.rows} == {"USD", "× 10,000 USD", "× 10,000 CNY", "× 100 million CNY"}


def test_what_is_no_number_and_what_nobody_states_is_not_taken_for_one(tmp_path: Path) -> None:
    said: list[object] = ["1,200", 5, "12人", 3]
    rows = [feature(f"p{n}", place(500, 500 + n), n=one, none=None, extra=n) for n, one in enumerate(said)]
    kinds = {"n": NUMBER, "none": NUMBER, "pct": 'type = "number"\nunit = "%"'}
    trial = Trial(tmp_path, wards=("polygon", {}, WARDS), works=("point", kinds, rows))
    counted = trial.ask("count", {"items": {"layer": "works", "where": ["n>=5"]}})
    assert (counted.value, counted.span) == (1, (1, 3))
    added = trial.ask("sum", {"items": "works", "zones": "wards"}, field="n")
    assert added.value == 8 and "2 items state none: left out, not 0." in [one.en for one in added.caveats]
    nothing = trial.ask("sum", {"items": "works"}, field="none")
    assert (nothing.state, nothing.sentence.en) == (
        "not_computable",
        "Not computable: needs features that state “none”.",
    )
    over = trial.ask("ratio", {"items": "works"}, field="n", divisor="none")
    assert over.sentence.en == "Not computable: needs features that state both “n” and “none”."
    with pytest.raises(NotAdditive):
        trial.ask("coverage", {"demand": "works", "facilities": "works"}, field="pct", distance_m=10)
    trial.ask("sum", {"items": "works", "zones": "wards"}, field="extra")  # a field no catalog declares
    assert trial.all_the_same(), [one.findings for one in trial.heard().values()]


def test_classes_that_overlap_themselves_are_drawn_by_their_ground(tmp_path: Path) -> None:
    plots = [
        feature("a", box(950, 0, 100, 100), code="0701"),
        feature("b", box(950, 0, 100, 100), code="0701"),
        feature("c", box(1000, 0, 100, 100), code="1001"),
        feature("d", box(3000, 0, 100, 100), code="1001"),
    ]
    trial = Trial(tmp_path, wards=("polygon", {}, WARDS), plots=("polygon", {"code": TEXT}, plots))
    found = trial.ask("total", {"items": "plots"}, by="code", unit="m2")
    by_class = {row["name"].en: (row["amount"], row["once"]) for row in found.rows if row["kind"] == "part"}
    assert by_class == {
        "0701": (pytest.approx(20_000, rel=1e-3), pytest.approx(10_000, rel=1e-3)),
        "1001": (pytest.approx(20_000, rel=1e-3), pytest.approx(20_000, rel=1e-3)),
    }
    chart = present(found, "en").chart
    assert chart is not None and chart.column == "once" and chart.bars[0].label == "1001"
    zoned = trial.ask("total", {"items": "plots", "zones": "wards"}, unit="m2")
    once = {row["zone"].en: row["once"] for row in zoned.rows if row["kind"] in ("part", "rest")}
    assert once == {
        "z1": pytest.approx(5_000, rel=1e-3),
        "z2": pytest.approx(10_000, rel=1e-3),
        "outside the zones": pytest.approx(10_000, rel=1e-3),
    }
    assert trial.all_the_same(), [one.findings for one in trial.heard().values()]


def test_what_may_be_a_facility_or_part_of_the_whole_leaves_a_range(tmp_path: Path) -> None:
    homes = [feature(f"h{n}", place(100 + 100 * n, 500)) for n in range(5)]
    kinds = [(100, 400, "park"), (450, 500, "不详"), (3000, 0, "school")]
    fac = [feature(f"f{n}", place(x, y), kind=kind) for n, (x, y, kind) in enumerate(kinds)]
    wards = [feature("z1", box(0, 0, 1000, 1000), people=5), feature("z2", box(1000, 0, 1000, 1000), people=None)]
    trial = Trial(
        tmp_path,
        homes=("point", {}, homes),
        fac=("point", {"kind": TEXT}, fac),
        wards=("polygon", {"people": NUMBER}, wards),
        plots=("polygon", {}, [feature("a", box(0, 0, 200, 1000))]),
        ways=("line", {}, [feature("w", way((0, 400), (1000, 400))), feature("v", way((100, 400), (100, 500)))]),
    )
    parks = {"layer": "fac", "where": ["kind=park"]}
    covered = trial.ask("coverage", {"demand": "homes", "facilities": parks}, distance_m=150)
    assert (covered.value, covered.span) == (40, (40, None))
    assert any("1 more of “fac” may be of those asked for" in one.en for one in covered.caveats)
    lived_in = {"layer": "wards", "where": ["people>0"]}
    share = trial.ask("share", {"part": "plots", "whole": lived_in})
    assert share.span == (pytest.approx(10, rel=1e-3), pytest.approx(20, rel=1e-3))
    walked = trial.ask("coverage", {"demand": "homes", "facilities": parks, "roads": "ways"}, distance_m=300)
    assert walked.value is not None  # the park stands on the road, but for the last digits of its place
    assert trial.all_the_same(), [one.findings for one in trial.heard().values()]
