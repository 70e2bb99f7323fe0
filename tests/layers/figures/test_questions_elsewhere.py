"""Questions asked of plans in other units, currencies and calendars: each value worked by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from layers.figures.figure import Figure
from layers.figures.presentation import present
from layers.library.distribution import distribution_of
from layers.library.ordering import order_rows, totals_of
from layers.plan.measures import NotAdditive
from tests.layers.figures.test_unseen_questions import (
    EAST_M,
    NORTH_M,
    NUMBER,
    TEXT,
    Trial,
    box,
    ground,
    place,
    way,
)
from tests.small_plan import feature

BARE, DATE = 'type = "number"', 'type = "date"'


def _groups(figure: Figure, column: str = "count") -> list[tuple[str, str, float]]:
    return [(row["kind"], row["name"].en, row[column]) for row in figure.rows if row["kind"] != "total"]


def test_what_is_no_date_has_no_year(tmp_path: Path) -> None:
    said = ["2019", "2020-06", "2020-06-15", "2021-13", "circa 1998", None]
    rows = [feature(f"h{at}", place(at, 0), built=one) for at, one in enumerate(said)]
    trial = Trial(tmp_path, homes=("point", {"built": DATE}, rows))
    figure = trial.ask("count", {"items": "homes"}, by="built")
    assert _groups(figure) == [
        ("part", "2019", 1),
        ("part", "2020", 2),
        ("unknown", "2021-13", 1),
        ("unknown", "circa 1998", 1),
        ("unknown", "not stated", 1),
    ]
    assert "of which 3 where “built” is not known" in figure.sentence.en
    library = trial.library
    layer = library.layer("homes")
    features = library.snapshot(layer).features
    bars = distribution_of(features, layer, layer.fields[0]).bars
    assert [(one.kind, one.words.en, one.count, one.where) for one in bars] == [
        ("part", "2019", 1, "built=2019"),
        ("part", "2020", 2, "built=2020"),
        ("unknown", "No date", 2, ""),
        ("unknown", "not stated", 1, "built="),
    ]
    groups = order_rows(features, layer, group="built").groups
    assert [(one.words.en, one.count, one.where) for one in groups][2:4] == [
        ("2021-13", 1, ""),
        ("circa 1998", 1, ""),
    ]


def test_currencies_of_any_country_stay_apart_in_figure_and_table(tmp_path: Path) -> None:
    said = [(100, "USD"), (50, "usd"), (80, "US$"), (10, "MXN"), (7, "CLP")]
    rows = [feature(f"h{at}", place(at, 0), units=2, val=one, cur=cur) for at, (one, cur) in enumerate(said)]
    trial = Trial(tmp_path, homes=("point", {"units": NUMBER, "val": BARE, "cur": TEXT}, rows))
    figure = trial.ask("sum", {"items": "homes"}, field="val")
    assert (figure.value, present(figure, "en").value) == (None, "7 CLP; 10 MXN; 230 USD")
    assert present(figure, "zh").value == "7 智利比索；10 墨西哥比索；230 美元"
    each = trial.ask("ratio", {"items": "homes"}, field="val", divisor="units")
    assert each.value is None and "5.00 MXN" in each.sentence.en
    assert trial.ask("sum", {"items": "homes"}, field="units").value == 10
    layer = trial.library.layer("homes")
    told = totals_of(trial.library.snapshot(layer).features, layer)
    assert {(one.field, one.currency, one.sum) for one in told} == {
        ("units", None, 10),
        ("val", "USD", 230),
        ("val", "MXN", 10),
        ("val", "CLP", 7),
    }


@pytest.mark.parametrize("field", ["apn", "zoning", "phase", "floors", "GEOID", "stage", "land_status"])
def test_numbers_that_name_or_rank_are_not_added_up(tmp_path: Path, field: str) -> None:
    rows = [feature(f"p{at}", place(at, 0), **{field: at}) for at in range(3)]
    with pytest.raises(NotAdditive):
        Trial(tmp_path, plots=("point", {field: BARE}, rows)).ask("sum", {"items": "plots"}, field=field)


def test_acres_and_feet_are_held_against_what_is_drawn(tmp_path: Path) -> None:
    rows = [feature("p", box(0, 0, 200, 200), acres=9.884215, sqft=430556.4, front=656.168)]
    fields = {
        "acres": f'{BARE}\nunit = "acre"',
        "sqft": f'{BARE}\nunit = "sq ft"',
        "front": f'{BARE}\nunit = "ft"',
    }
    trial = Trial(tmp_path, plots=("polygon", fields, rows))
    for field in ("acres", "sqft"):
        row = trial.ask("declared", {"items": "plots"}, field=field, unit="m2").rows[0]
        assert row["stated"] == pytest.approx(40_000, rel=1e-6)
    feet = trial.ask("declared", {"items": "plots"}, field="front", measure="length", unit="m")
    assert feet.rows[0]["stated"] == pytest.approx(200, rel=1e-6)
    each = trial.ask("ratio", {"items": "plots"}, field="sqft", divisor="acres")
    assert "43,560.00 sq ft/acres" in each.sentence.en


def test_what_lies_in_a_band_counts_its_ground_once(tmp_path: Path) -> None:
    """Two plots of 100 by 100 m lie on one another by half, all of them within the band."""
    plots = [feature("a", box(0, 0, 100, 100)), feature("b", box(50, 0, 100, 100))]
    bank = [feature("l", box(-20, -20, 5, 5))]
    trial = Trial(tmp_path, plots=("polygon", {}, plots), bank=("polygon", {}, bank))
    figure = trial.ask("band", {"part": "plots", "line": "bank"}, distance_m=900, unit="m2")
    assert figure.value == pytest.approx(15_000, rel=1e-3)
    assert {row["kind"]: row["amount"] for row in figure.rows[2:]} == {
        "total": figure.value,
        "of_which": pytest.approx(20_000, rel=1e-3),
    }
    assert "as features add up" in figure.sentence.en
    assert trial.all_the_same()


def test_a_sliver_that_rounding_made_is_no_overlap(tmp_path: Path) -> None:
    """A corner of one plot lies on the other's slanting edge but for a ten thousandth of a millimetre."""
    plots = [feature("p", ground((0, 0), (300, 100), (300, 300), (0, 300)))]
    along = [(0.0, 0.0), (150.0, 50.0 + 1e-7), (300.0, 100.0)]
    flood = [feature("f", ground(*along, (300, -100), (0, -100)))]
    trial = Trial(tmp_path, plots=("polygon", {}, plots), flood=("polygon", {}, flood))
    figure = trial.ask("overlap", {"part": "plots", "constraints": "flood"}, unit="m2")
    assert figure.value == pytest.approx(0, abs=1e-4)
    assert [row["kind"] for row in figure.rows] == ["total"]


def test_codes_that_became_numbers_are_read_without_decimals(tmp_path: Path) -> None:
    said = [701, 1001, None, 701]
    rows = [feature(f"n{at}", box(100 * at, 0, 100, 100), code=one) for at, one in enumerate(said)]
    wards = [feature("w", box(0, 0, 400, 100))]
    trial = Trial(tmp_path, land=("polygon", {"code": BARE}, rows), wards=("polygon", {}, wards))
    figure = trial.ask("tabulate", {"classes": "land", "zones": "wards"})
    told = {row["class"]: (row["kind"], row["share"]) for row in figure.rows if row["kind"] in ("part", "unknown")}
    assert told == {
        "1001": ("part", pytest.approx(25, abs=0.01)),
        "701": ("unknown", pytest.approx(50, abs=0.01)),
        "": ("unknown", pytest.approx(25, abs=0.01)),
    }
    assert any("0701 is: it may have lost its 0" in one.en for one in figure.caveats)
    total = trial.ask("total", {"items": "land"}, by="code")
    assert [name for _, name, _ in _groups(total, "amount")] == ["1001", "701", "not stated"]


def test_blanks_around_a_class_make_no_other_class(tmp_path: Path) -> None:
    rows = [feature(f"n{at}", box(100 * at, 0, 100, 100), code=one) for at, one in enumerate(["0701", " 0701 "])]
    trial = Trial(tmp_path, land=("polygon", {"code": TEXT}, rows))
    figure = trial.ask("tabulate", {"classes": "land", "zones": "land"})
    last = [row for row in figure.rows if row["zone"].en == "all zones" and row["class"]]
    assert [(row["class"], row["kind"], row["share"]) for row in last] == [("0701", "part", 100)]


def test_a_class_outside_the_scheme_is_told_as_such_among_changes(tmp_path: Path) -> None:
    before = [feature("b", box(0, 0, 100, 100), code="8888")]
    after = [feature("n", box(0, 0, 100, 100), code="1001")]
    fields = {"code": TEXT}
    trial = Trial(tmp_path, before=("polygon", fields, before), after=("polygon", fields, after))
    figure = trial.ask("transition", {"before": "before", "after": "after"}, unit="m2")
    assert figure.rows[0]["from_name"].en == "8888 (not in the scheme)"
    assert figure.value == pytest.approx(10_000, rel=1e-3)


def test_a_ratio_of_several_currencies_says_of_what_each_is(tmp_path: Path) -> None:
    said = [(30, "CNY"), (20, "USD")]
    rows = [feature(f"p{at}", place(at, 0), cost=one, ccy=ccy, land=10) for at, (one, ccy) in enumerate(said)]
    fields = {"cost": f'{BARE}\nunit = "万"', "ccy": TEXT, "land": f'{BARE}\nunit = "mu"'}
    figure = Trial(tmp_path, plots=("point", fields, rows)).ask(
        "ratio", {"items": "plots"}, field="cost", divisor="land"
    )
    assert present(figure, "zh").value == "3.00 万元/亩；2.00 万美元/亩"


def test_zones_that_overlap_by_next_to_nothing_do_not_read_as_by_nothing(tmp_path: Path) -> None:
    wards = [feature("a", box(0, 0, 1000, 1000)), feature("b", box(999.99, 0, 1000, 1000))]
    homes = [feature("h", place(500, 500))]
    trial = Trial(tmp_path, wards=("polygon", {}, wards), homes=("point", {}, homes))
    inputs = {"classes": "wards", "zones": "wards"}
    assert "zones add up" not in trial.ask("tabulate", inputs).sentence.en  # to the same digits
    counted = trial.ask("count", {"items": "homes", "zones": "wards"})
    assert any(re.search(r"overlap by 0\.0000\d*[1-9]", one.en) for one in counted.caveats)


def test_the_currency_of_an_amount_does_not_part_the_heads_beside_it(tmp_path: Path) -> None:
    said = [(3, "FJD", 12.5), (0, "AUD", 10.0), (1, "FJD", 2.0)]
    rows = [feature(f"c{at}", place(at, 0), staff=n, ccy=ccy, cost=cost) for at, (n, ccy, cost) in enumerate(said)]
    fields = {"staff": BARE, "ccy": TEXT, "cost": f'{BARE}\nunit = "万"'}
    trial = Trial(tmp_path, clinics=("point", fields, rows))
    assert trial.ask("sum", {"items": "clinics"}, field="staff").value == 4
    each = trial.ask("ratio", {"items": "clinics"}, field="cost", divisor="staff")
    assert present(each, "zh").value == "AUD —；3.62 万FJD"
    alike = trial.ask("ratio", {"items": "clinics"}, field="cost", divisor="cost")
    assert present(alike, "en").value == "AUD 1.00; FJD 1.00"


def test_what_crosses_180_degrees_is_no_ground_right_round_the_earth(tmp_path: Path) -> None:
    east, west = 179.99, -179.99
    ring = [[east, 30.0], [west, 30.0], [west, 30.01], [east, 30.01], [east, 30.0]]
    beyond = [[east, 30.0], [180.01, 30.0], [180.01, 30.01], [east, 30.01], [east, 30.0]]
    plots = [
        feature("jumps", {"type": "Polygon", "coordinates": [ring]}),
        feature("beyond", {"type": "Polygon", "coordinates": [beyond]}),
    ]
    road = [feature("r", {"type": "LineString", "coordinates": [[east, 30.0], [west, 30.0]]})]
    trial = Trial(tmp_path, plots=("polygon", {}, plots), road=("line", {}, road))
    area = trial.ask("total", {"items": "plots"}, unit="m2")
    metres = (0.02 / EAST_M) * (0.01 / NORTH_M)
    assert area.value == pytest.approx(metres, rel=1e-3)  # both are the same ground
    assert trial.ask("total", {"items": "road"}, unit="m").value == pytest.approx(0.02 / EAST_M, rel=1e-3)
    layer = trial.library.layer("plots")
    assert [one.code for one in trial.library.snapshot(layer).problems] == ["antimeridian", "antimeridian"]


def test_lines_of_one_layer_cross_each_other_once(tmp_path: Path) -> None:
    lines = [feature("a", way((0, 0), (100, 0))), feature("b", way((50, -50), (50, 50), (70, -50)))]
    lines.append(feature("c", way((10, -50), (10, 50))))
    trial = Trial(tmp_path, lines=("line", {}, lines))
    figure = trial.ask("crossing", {"part": "lines", "line": "lines"})
    assert (figure.value, figure.rows[-1]["places"]) == (2, 3)
    some = trial.ask("crossing", {"part": {"layer": "lines", "ids": ["a"]}, "line": "lines"})
    assert some.value == 2
    assert trial.all_the_same()


@pytest.mark.parametrize(("function", "other"), [("overlap", "constraints"), ("band", "line")])
def test_features_are_not_held_against_themselves(tmp_path: Path, function: str, other: str) -> None:
    trial = Trial(
        tmp_path, plots=("polygon", {}, [feature("p", box(0, 0, 10, 10)), feature("q", box(5, 0, 10, 10))])
    )
    more = {"distance_m": 10} if function == "band" else {}
    figure = trial.ask(function, {"part": "plots", other: "plots"}, **more)
    assert figure.state == "not_computable" and "filters that part the features" in figure.sentence.en
    apart = {"part": {"layer": "plots", "ids": ["p"]}, other: {"layer": "plots", "ids": ["q"]}}
    assert trial.ask(function, apart, unit="m2", **more).value == pytest.approx(50 if not more else 100, rel=1e-3)


def test_a_coverage_is_a_range_where_it_is_not_known_who_is_to_be_covered(tmp_path: Path) -> None:
    """Two of three are covered for sure; one near and one far may belong, one more has no place."""
    kinds = {"a": 0, "b": 10, "c": 5000, "near": 20, "far": 6000}
    rows = [feature(k, place(x, 0), use=None if k in ("near", "far") else "home") for k, x in kinds.items()]
    rows.append(feature("lost", None, use="home"))
    trial = Trial(
        tmp_path, homes=("point", {"use": TEXT}, rows), clinic=("point", {}, [feature("k", place(0, 5))])
    )
    inputs = {"demand": {"layer": "homes", "where": ["use=home"]}, "facilities": "clinic"}
    figure = trial.ask("coverage", inputs, distance_m=100)
    assert figure.value == pytest.approx(200 / 3)
    assert figure.span is not None and list(figure.span) == pytest.approx([100 * 2 / 5, 100 * 4 / 5])
    assert "is 40.00% to 80.00%" in figure.sentence.en
    may = next(row for row in figure.rows if row["zone"].en == "not known: may belong")
    assert (may["kind"], may["total"], may["covered"]) == ("unknown", 2, 1)
    assert trial.all_the_same()


def test_a_coverage_of_people_is_open_where_some_are_not_counted(tmp_path: Path) -> None:
    rows = [feature("a", place(0, 0), people=30), feature("b", place(5000, 0), people=None)]
    places = [feature("k", place(0, 5))]
    trial = Trial(tmp_path, homes=("point", {"people": NUMBER}, rows), clinic=("point", {}, places))
    figure = trial.ask("coverage", {"demand": "homes", "facilities": "clinic"}, distance_m=100, field="people")
    assert (figure.value, figure.span) == (100, (None, 100))
    assert present(figure, "en").value == "at most 100.00%"
    near = {"demand": {"layer": "homes", "ids": ["b"]}, "facilities": "clinic"}
    assert trial.ask("coverage", near, distance_m=100, field="people").state == "not_computable"


def test_ground_that_may_be_demand_leaves_a_range_of_its_coverage(tmp_path: Path) -> None:
    """Homes of 1 ha covered and 1 ha not; 1 ha of no class far away, 1 ha of no class near."""
    rows = [
        feature("near", box(0, 0, 100, 100), code="0701"),
        feature("far", box(5000, 0, 100, 100), code="0701"),
        feature("may_near", box(100, 0, 100, 100), code=None),
        feature("may_far", box(6000, 0, 100, 100), code=None),
    ]
    places = [feature("k", place(100, 50))]
    trial = Trial(tmp_path, land=("polygon", {"code": TEXT}, rows), clinic=("point", {}, places))
    homes = {"layer": "land", "classes": ["07"]}
    figure = trial.ask("coverage", {"demand": homes, "facilities": "clinic"}, distance_m=500)
    assert figure.span is not None and list(figure.span) == pytest.approx([100 / 3, 200 / 3], rel=1e-4)


def _span(figure: Figure) -> list[float | None]:
    assert figure.span is not None
    assert " to " in present(figure, "en").value and " to " in figure.sentence.en
    return list(figure.span)


def test_what_may_belong_leaves_a_range_whatever_is_asked(tmp_path: Path) -> None:
    """Of three plots of 1 ha one is of the kind, one of none stated, one of another; a road runs past them all."""
    plots = [
        feature("yes", box(0, 0, 100, 100), kind="mill", cost=30),
        feature("may", box(200, 0, 100, 100), kind=None, cost=5),
        feature("no", box(400, 0, 100, 100), kind="farm", cost=100),
    ]
    trial = Trial(
        tmp_path,
        plots=("polygon", {"kind": TEXT, "cost": NUMBER}, plots),
        road=("line", {}, [feature("r", way((-50, -20), (900, -20)))]),
        wood=("polygon", {}, [feature("w", box(0, 50, 900, 100))]),
        home=("point", {}, [feature("h", place(350, 50)), feature("g", place(-10, 50))]),
    )
    mills = {"layer": "plots", "where": ["kind=mill"]}
    near = pytest.approx([10_000, 20_000], rel=1e-3)
    added = trial.ask("sum", {"items": mills}, field="cost")
    assert _span(added) == [30, 35] and present(added, "en").chart is None  # nothing of it is what is asked for
    zoned = trial.ask("sum", {"items": mills, "zones": "wood"}, field="cost")
    assert _span(zoned) == pytest.approx([15, 17.5], rel=1e-4)
    assert [row["value"] for row in zoned.rows if row["name"].en == "not known: may belong"] == [
        pytest.approx(2.5, rel=1e-4)
    ]
    assert _span(trial.ask("band", {"part": mills, "line": "road"}, distance_m=500, unit="m2")) == near
    counted = trial.ask("band", {"part": mills, "line": "road"}, distance_m=500, measure="count")
    assert _span(counted) == [1, 2] and counted.rows[-2]["amount"] == 1
    half = pytest.approx([5_000, 10_000], rel=1e-3)
    assert _span(trial.ask("overlap", {"part": mills, "constraints": "wood"}, unit="m2")) == half
    assert _span(trial.ask("overlap", {"part": "wood", "constraints": mills}, unit="m2")) == half
    both = trial.ask("together", {"first": mills, "second": "wood"}, unit="m2")
    assert _span(both) == pytest.approx([95_000, 100_000], rel=1e-3)
    assert _span(trial.ask("nearest", {"part": "home", "line": mills})) == pytest.approx([50, 250], rel=1e-3)
    assert _span(trial.ask("nearest", {"part": mills, "line": "home"})) == pytest.approx([10, 50], rel=1e-3)
    ground = trial.ask("tabulate", {"classes": "wood", "zones": mills}, unit="m2")
    assert _span(ground) == near
    table = trial.ask("tabulate", {"classes": mills, "zones": "wood"}, unit="m2")
    assert table.span is None
    may = next(row for row in table.rows if row["name"].en == "not known: may belong")
    assert (may["kind"], may["m2"]) == ("of_which", pytest.approx(5_000, rel=1e-3))
    assert trial.all_the_same(), [one.findings for one in trial.heard().values()]


def test_a_change_that_may_be_part_of_what_is_asked_is_a_range(tmp_path: Path) -> None:
    before = [feature(k, box(200 * at, 0, 100, 100), code="0701", kind=k) for at, k in enumerate(["a", "b"])]
    before[1]["properties"]["kind"] = None
    after = [feature("n", box(0, 0, 900, 100), code="1001")]
    fields = {"code": TEXT, "kind": TEXT}
    trial = Trial(tmp_path, before=("polygon", fields, before), after=("polygon", {"code": TEXT}, after))
    inputs = {"before": {"layer": "before", "where": ["kind=a"]}, "after": "after"}
    assert _span(trial.ask("transition", inputs, unit="m2")) == pytest.approx([10_000, 20_000], rel=1e-3)


def test_a_group_of_the_unstated_has_its_row_in_each_zone_and_zones_of_one_name_are_told_apart(
    tmp_path: Path,
) -> None:
    wards = [feature(one, box(1000 * at, 0, 1000, 100), name_en="Karori") for at, one in enumerate(["s1", "s2"])]
    stops = [
        feature("a", place(10, 50), kind="bus"),
        feature("b", place(20, 50), kind=None),
        feature("c", place(1500, 50), kind=None),
    ]
    trial = Trial(tmp_path, wards=("polygon", {}, wards), stops=("point", {"kind": TEXT}, stops))
    figure = trial.ask("count", {"items": "stops", "zones": "wards"}, by="kind")
    told = [(row["kind"], row["name"].en, row["group"].en, row["count"]) for row in figure.rows[:-1]]
    assert told == [
        ("part", "Karori (s1)", "bus", 1),
        ("unknown", "Karori (s1)", "not stated", 1),
        ("unknown", "Karori (s2)", "not stated", 1),
    ]
    assert trial.all_the_same()


def test_a_facility_of_no_class_may_serve_further_than_is_known(tmp_path: Path) -> None:
    stops = [feature("a", place(0, 0), kind="bus"), feature("b", place(1000, 0), kind=None)]
    homes = [feature("h", place(0, 50)), feature("g", place(1000, 50))]
    trial = Trial(tmp_path, stops=("point", {"kind": TEXT}, stops), homes=("point", {}, homes))
    inputs = {"demand": "homes", "facilities": "stops"}
    figure = trial.ask("coverage", inputs, by="kind", radii={"bus": 100, "rail": 200})
    assert (figure.value, figure.span) == (50, (50, None))


def test_what_may_be_a_line_or_a_facility_leaves_a_range_of_what_crosses_and_is_shared(tmp_path: Path) -> None:
    lines = [feature("a", way((0, 0), (100, 0)), kind="x"), feature("b", way((0, 5), (100, 5)), kind=None)]
    road = [feature("r", way((50, -50), (50, 50)))]
    stops = [
        feature(k, place(100 * at, 0), kind=k[0] if k != "m" else None) for at, k in enumerate(["x1", "x2", "m"])
    ]
    trial = Trial(
        tmp_path,
        lines=("line", {"kind": TEXT}, lines),
        road=("line", {}, road),
        stops=("point", {"kind": TEXT}, stops),
    )
    chosen = {"layer": "lines", "where": ["kind=x"]}
    assert _span(trial.ask("crossing", {"part": chosen, "line": "road"})) == [1, 2]
    shared = trial.ask(
        "shared_reach", {"facilities": {"layer": "stops", "where": ["kind=x"]}}, distance_m=100, unit="m2"
    )
    assert _span(shared)[0] == shared.value and (shared.span or (0, 0))[1] == pytest.approx(31_000, rel=0.3)
