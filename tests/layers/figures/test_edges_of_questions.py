"""Questions at their edges: nothing to divide by, nothing that fits, a distance of nothing, blanks for classes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.access.clearance import measure_margin
from geo.errors import BadDistance
from geo.text import Text, number_text
from layers.errors import BadFilter, LayerUnavailable
from layers.figures.answer import answer
from layers.figures.figure import Column, Figure
from layers.figures.presentation import cell_text, present
from layers.figures.question import asked_statistic
from layers.library.library import Library
from layers.places.key_numbers import money_text
from layers.units import measured_text
from tests.layers.figures.test_unseen_questions import Trial, box, place, way
from tests.question_plan import write_question_plan
from tests.small_plan import feature, point, square, write_layer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_question_plan(tmp_path / "p")


def ask(folder: Path, function: str, inputs: dict[str, Any], **more: Any) -> Figure:
    told = {role: one if isinstance(one, dict) else {"layer": one} for role, one in inputs.items()}
    question = asked_statistic({"function": function, "inputs": told, **more})
    return answer(Library(folder), lambda _d, _t: None, question, software="x")


def plots(folder: Path, *rows: dict[str, Any]) -> None:
    write_layer(
        folder,
        "plots",
        [feature(f"p{at}", square(104.05 + 0.004 * at, 30.05, 0.004), **row) for at, row in enumerate(rows)],
    )


def test_a_ratio_to_nothing_is_not_computable(folder: Path) -> None:
    plots(folder, {"invested": 5, "land_mu": 0, "kind": "a"}, {"invested": 1, "land_mu": 0, "kind": "a"})
    figure = ask(folder, "ratio", {"items": "plots"}, field="invested", divisor="land_mu")
    assert (figure.state, figure.value) == ("not_computable", None)
    assert "“land_mu” that does not add up to 0" in figure.sentence.en


@given(st.floats(allow_nan=False, allow_infinity=False).filter(lambda one: abs(one) > 1e-290), st.integers(0, 4))
def test_what_is_not_zero_never_reads_as_one(value: float, decimals: int) -> None:
    column = Column("c", Text("", ""), "ha", decimals)
    told = [measured_text(value, unit, decimals) for unit in ("ha", "%", "万 CNY", "")] + [
        money_text(value, "CNY")
    ]
    for text in [
        number_text(value, decimals),
        cell_text(value, column, "zh"),
        *(one[i] for one in told for i in ("zh", "en")),
    ]:
        digits = re.search(r"-?[\d,]+(?:\.\d+)?(?:e-\d+)?", text)
        assert digits and float(digits[0].replace(",", "")) != 0.0, text


def test_a_tiny_sum_reads_as_what_it_is_wherever_it_stands(folder: Path) -> None:
    plots(folder, {"invested": 1e-12, "kind": "a"}, {"invested": 2e-12, "kind": "b"})
    figure = ask(folder, "sum", {"items": "plots"}, field="invested", by="kind")
    for language in ("zh", "en"):
        shown = present(figure, language)
        assert "3.0e-12" in shown.value and "3.0e-12" in shown.sentence
        assert shown.chart is not None and {bar.text for bar in shown.chart.bars} == {"1.0e-12", "2.0e-12"}
        assert {"1.0e-12", "2.0e-12"} <= {cell for row in shown.rows for cell in row.cells}


def test_nan_in_one_feature_leaves_the_others_to_be_asked(folder: Path) -> None:
    """Python and R write NaN where a value is missing; a place of it is no place, a value of it is not known."""
    rows = [{"invested": 5, "kind": "a"}, {"invested": float("nan"), "kind": "a"}, {"invested": 2, "kind": "b"}]
    plots(folder, *rows)
    path = folder / "geojson" / "plots.geojson"
    told = json.loads(path.read_text("utf-8"))
    told["features"][2]["geometry"]["coordinates"][0][1][0] = float("-inf")
    path.write_text(json.dumps(told), "utf-8")
    library = Library(folder)
    problems = library.snapshot(library.layer("plots")).problems
    assert [(one.feature, one.code) for one in problems] == [("p1", "not_a_number"), ("p2", "not_finite")]
    assert "invested" in problems[0].zh and "invested" in problems[0].en
    assert ask(folder, "sum", {"items": "plots"}, field="invested", by="kind").value == 7.0
    path.write_text(json.dumps(told)[:-9], "utf-8")
    with pytest.raises(LayerUnavailable, match="not valid"):
        library.snapshot(library.layer("plots"))


def test_coverage_of_nobody_is_not_computable(folder: Path) -> None:
    write_layer(folder, "homes", [feature("h", point(104.07, 30.06), people=0)])
    inputs = {"demand": "homes", "facilities": "gates"}
    figure = ask(folder, "coverage", inputs, distance_m=500, field="people")
    assert figure.state == "not_computable" and "does not add up to 0" in figure.sentence.en


@pytest.mark.parametrize("metres", [0, -5, 1e9])
def test_a_distance_that_reaches_nothing_or_everything_is_refused_as_what_it_is(
    folder: Path, metres: float
) -> None:
    with pytest.raises(BadDistance, match="above 0"):
        ask(folder, "coverage", {"demand": "homes", "facilities": "gates"}, distance_m=metres)


def test_what_a_filter_leaves_nothing_of_is_named(folder: Path) -> None:
    figure = ask(folder, "total", {"items": {"layer": "plots", "where": ["invested>1e9"]}})
    assert figure.sentence.en == "Not computable: needs placed features of “Plots” (none fits)."


def test_features_are_not_asked_for_the_nearest_among_themselves(folder: Path) -> None:
    figure = ask(folder, "nearest", {"part": "homes", "line": "homes"})
    assert figure.state == "not_computable" and "held against themselves" in figure.sentence.en
    parted = {
        "part": {"layer": "homes", "where": ["people>100"]},
        "line": {"layer": "homes", "where": ["people<100"]},
    }
    assert (ask(folder, "nearest", parted).value or 0.0) > 100


def test_a_class_of_blanks_is_not_stated(folder: Path) -> None:
    kinds = ("a", " ", "", None, "\u3000")
    plots(folder, *({"invested": 1, "land_mu": 1, "kind": kind} for kind in kinds))
    for function, column, more in (("count", "count", {}), ("sum", "value", {"field": "invested"})):
        figure = ask(folder, function, {"items": "plots"}, by="kind", **more)
        found = {row["name"].en: (row["kind"], row[column]) for row in figure.rows}
        assert found == {"a": ("part", 1), "not stated": ("unknown", 4), "total": ("total", 5)}, function


def test_parcels_that_only_touch_have_no_row_of_overlap(folder: Path) -> None:
    plots(folder, *({"invested": 1, "land_mu": 1, "kind": "ab"[at % 2]} for at in range(6)))
    figure = ask(folder, "tabulate", {"classes": "plots", "zones": "zones"}, by="kind")
    assert not any("overlap" in row["name"].en for row in figure.rows)


def test_shares_that_add_up_to_a_whole_feature_are_counted_as_one(folder: Path) -> None:
    """A plot in two parts, whole in one zone: its share is 1 but for the last digits."""
    write_layer(folder, "redline", [feature("r", square(104.03, 30.03, 0.05))])
    places = [[104.05, 30.05], [104.0533, 30.0531], [104.0563, 30.0511], [104.0571, 30.0577], [104.05, 30.05]]
    plot = {"type": "Polygon", "coordinates": [places]}
    write_layer(folder, "plots", [feature("p", plot, invested=1, land_mu=1, kind="a")])
    figure = ask(folder, "count", {"items": "plots", "zones": "redline"})
    assert (present(figure, "en").value, figure.rows[0]["count"]) == ("1", 1)


def test_stated_nothing_has_no_difference_in_percent(folder: Path) -> None:
    plots(folder, *({"invested": 1, "land_mu": mu, "kind": "a"} for mu in (0, -5, 100)))
    figure = ask(folder, "declared", {"items": "plots"}, field="land_mu", stated_unit="mu")
    assert [row["difference"] is None for row in figure.rows] == [True, True, False, False]
    assert "nan" not in " ".join(cell for row in present(figure, "en").rows for cell in row.cells)
    assert any("2 features state 0 or less" in one.en for one in figure.caveats)


@pytest.mark.parametrize("more", [{"field": "Invested"}, {"field": "invested", "by": "knd"}])
def test_a_field_that_no_feature_has_is_not_taken_for_one_that_is_not_stated(
    folder: Path, more: dict[str, str]
) -> None:
    figure = ask(folder, "sum", {"items": "plots"}, **more)
    assert figure.state == "not_computable"
    assert "(its fields: invested, land_mu, kind)" in figure.sentence.en


def test_points_have_no_total_and_plots_without_classes_do_not_change(folder: Path) -> None:
    assert "ask how many" in ask(folder, "total", {"items": "homes"}).sentence.en
    figure = ask(folder, "transition", {"before": "plots", "after": "plots"})
    assert "names no class field" in figure.sentence.en


@pytest.mark.parametrize("text", ["kind>a", "kind<=10", "kind?>=2024"])
def test_text_is_not_compared_by_size(folder: Path, text: str) -> None:
    with pytest.raises(BadFilter, match="no order"):
        ask(folder, "count", {"items": {"layer": "plots", "where": [text]}})


def test_blanks_are_found_as_not_stated(folder: Path) -> None:
    plots(folder, *({"invested": 1, "land_mu": 1, "kind": kind} for kind in ("a", " ", None)))
    assert ask(folder, "count", {"items": {"layer": "plots", "where": ["kind="]}}).value == 2
    assert ask(folder, "count", {"items": {"layer": "plots", "where": ["kind!=a"]}}).value == 0


def test_an_amount_of_no_stated_currency_says_so(folder: Path) -> None:
    homes = [("CNY", 100.0), ("USD", 20.0), (None, 5.0)]
    write_layer(
        folder,
        "homes",
        [
            feature(f"h{at}", point(104.05 + 0.01 * at, 30.06), people=1, tax=tax, money=money)
            for at, (money, tax) in enumerate(homes)
        ],
    )
    catalog = folder / "catalog.toml"
    said = 'id = "tax"\nmeasure = "money"\ncurrency = "money"'
    catalog.write_text(catalog.read_text("utf-8").replace('id = "tax"', said), "utf-8")
    figure = ask(folder, "sum", {"items": "homes"}, field="tax")
    assert figure.value is None and "5 (of no stated unit)" in figure.sentence.en.replace(".00", "")


def test_where_parcels_overlap_the_chart_is_of_the_ground(folder: Path) -> None:
    """The same parcel of class a three times, and one of class b that is twice its size."""
    one = feature("p0", square(104.052, 30.055, 0.002), invested=1, land_mu=1, kind="a")
    more = [feature(f"p{at}", square(104.052, 30.055, 0.002), invested=1, land_mu=1, kind="a") for at in (1, 2)]
    other = {
        "type": "Polygon",
        "coordinates": [
            [[104.055, 30.055], [104.059, 30.055], [104.059, 30.057], [104.055, 30.057], [104.055, 30.055]]
        ],
    }
    write_layer(folder, "plots", [one, *more, feature("p3", other, invested=1, land_mu=1, kind="b")])
    figure = ask(folder, "tabulate", {"classes": "plots", "zones": {"layer": "zones", "ids": ["z-1"]}}, by="kind")
    chart = present(figure, "en").chart
    assert chart is not None and chart.unit == "%"
    bars = {bar.label: bar.value for bar in chart.bars}
    assert bars["b"] == pytest.approx(2 * bars["a"], rel=2e-2)
    assert "the largest class is b" in figure.sentence.en


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Numbers, dates and words that ought not to be there, and features that nobody placed."""
    number, date = 'type = "number"\nmeasure = "additive"', 'type = "date"'
    values: list[dict[str, Any]] = [
        {
            "v": 1e308,
            "w": 1e16,
            "heads": 100,
            "flag": True,
            "begins": "1901",
            "ends": "1903",
            "told": "1,200",
            "mixed": True,
            "words": "a",
        },
        {
            "v": 1e308,
            "w": 1,
            "heads": -9999,
            "flag": False,
            "begins": "1902",
            "ends": "1904",
            "told": 4,
            "mixed": 7,
        },
        {
            "v": 1,
            "w": -1e16,
            "heads": 3,
            "flag": None,
            "begins": "2019",
            "ends": "2017",
            "told": "few",
            "mixed": "7",
        },
    ]
    fields = {
        "v": number,
        "w": number,
        "heads": number,
        "told": number,
        "mixed": number,
        "words": number,
        "flag": 'type = "boolean"',
    }
    dated = {"begins": date, "ends": date, "state": 'type = "code"\nschedule = {start = "begins", end = "ends"}'}
    rows = [feature(f"f{at}", box(200 * at, 0, 100, 100), **one) for at, one in enumerate(values)]
    places = [feature(f"p{at}", place(200 * at + 50, 50), **one) for at, one in enumerate(values)]
    return Trial(
        tmp_path_factory.mktemp("odd"),
        fields=("polygon", fields | dated, rows),
        places=("point", fields, places),
        lots=(
            "polygon",
            {"code": 'type = "text"'},
            [feature("l", box(0, 0, 50, 50), code="0701"), feature("m", None)],
        ),
        zones=("polygon", {}, [feature("z", box(-10, -10, 1000, 200))]),
        beside=("polygon", {}, [feature("b", box(100, 0, 150, 100))]),
        ways=("line", {}, [feature("w", way((-50, 25), (500, 25))), feature("x", None)]),
    )


@pytest.mark.parametrize(
    ("function", "inputs", "more", "said"),
    [
        ("sum", {"items": "fields"}, {"field": "v"}, "add up to less than 1.8e308"),
        ("sum", {"items": "fields"}, {"field": "words"}, "numbers in “words”, which holds text"),
        ("sum", {"items": "fields"}, {"field": "w"}, "beyond 2 to the 53rd"),
        ("per_head", {"part": "ways", "people": "fields"}, {"field": "heads"}, "filter heads>=0"),
        (
            "coverage",
            {"demand": "places", "facilities": "lots"},
            {"distance_m": 9, "measure": "weight", "field": "heads"},
            "(as -9999 of “p1”)",
        ),
        (
            "coverage",
            {"demand": "places", "facilities": "fields"},
            {"distance_m": 9, "measure": "weight", "field": "told"},
            "is 100.00% (",
        ),
        (
            "per_head",
            {"part": "ways", "people": "fields"},
            {"field": "mixed"},
            "The people of 2 places are unknown",
        ),
        ("total", {"items": "lott"}, {}, "which there is not (did you mean lots?)"),
        ("total", {"items": {"layer": "fields", "ids": ["f0", "F1", "f9"]}}, {}, "has no features “F1”, “f9”"),
        ("total", {"items": {"layer": "lots", "classes": ["07", "88"]}}, {}, "begins with “88”"),
        ("timeline", {"items": "fields"}, {}, "2 “under_construction” at the end of 1902 is the most"),
        ("timeline", {"items": "fields"}, {}, "reach back to 1901; the table lists the years from 1960"),
        ("timeline", {"items": "fields"}, {}, "1 feature ends before it begins"),
        ("timeline", {"items": {"layer": "fields", "ids": ["f2"]}}, {}, "none is “under_construction” at the end"),
        ("total", {"items": "lots"}, {"unit": "ha"}, "at least 0.25 ha"),
        ("total", {"items": "ways"}, {"unit": "m"}, "at least 5"),
        ("band", {"part": "lots", "line": "zones"}, {"distance_m": 10, "unit": "ha"}, "at least 0.25 ha"),
        ("overlap", {"part": "lots", "constraints": "zones"}, {"unit": "ha"}, "at least 0.25 ha"),
        ("overlap", {"part": "zones", "constraints": "lots"}, {"unit": "ha"}, "at least 0.25 ha"),
        ("together", {"first": "lots", "second": "fields"}, {"unit": "ha"}, "at least 3.00 ha"),
        ("adjacency", {"part": "lots", "line": "fields"}, {}, "at least 1 features touch"),
        ("crossing", {"part": "ways", "line": "lots"}, {}, "at least 1 pairs cross"),
        ("listing", {"items": "lots", "zones": "zones"}, {}, "at least 1 features in the zones"),
    ],
)
def test_what_ought_not_to_be_there_is_told(
    odd: Trial, function: str, inputs: dict[str, Any], more: dict[str, Any], said: str
) -> None:
    figure = odd.ask(function, inputs, **more)
    assert said in "\n".join([figure.sentence.en, *(one.en for one in figure.caveats)])
    if "at least" in said:
        assert figure.span == (figure.value, None) and "至少" in figure.sentence.zh
    if said.startswith("beyond"):
        assert figure.value == 1, "large numbers that cancel leave what is small"


def test_groups_of_yes_and_no_are_words(odd: Trial) -> None:
    for function, inputs, more in (
        ("count", {"items": "fields"}, {}),
        ("total", {"items": "fields"}, {}),
        ("sum", {"items": "fields"}, {"field": "w"}),
        ("tabulate", {"classes": "fields", "zones": "zones"}, {}),
    ):
        figure = odd.ask(function, inputs, by="flag", **more)
        assert {("yes", "是"), ("no", "否")} <= {(row["name"].en, row["name"].zh) for row in figure.rows}, function


@pytest.mark.parametrize("text", ["w=5..2", "begins=2021..2019", "begins=2021-06..<2021-05-31"])
def test_a_range_that_ends_before_it_begins_is_refused(odd: Trial, text: str) -> None:
    low, _, high = text.partition("=")[2].replace("<", "").partition("..")
    with pytest.raises(BadFilter, match=rf"write {high}\.\.{low}"):
        odd.ask("count", {"items": {"layer": "fields", "where": [text]}})


def test_the_witness_says_the_same_of_them(odd: Trial) -> None:
    """Of a field that only touches the zone too: half of the second lies in it, nothing of the first."""
    assert odd.ask("sum", {"items": "fields", "zones": "beside"}, field="w").value == pytest.approx(0.5, rel=1e-3)
    states = {row.state for row in odd.heard().values()}
    assert states == {"same"}


def test_the_cut_at_180_degrees_is_no_edge_and_a_border_there_is_one(tmp_path: Path) -> None:
    """A square across 180 at 17 S, and two that meet there: 1,106.67 m of meridian, 0.01 degrees of two parallels."""

    def block(west: float, east: float) -> list[list[list[float]]]:
        return [[[west, -16.8], [east, -16.8], [east, -16.79], [west, -16.79], [west, -16.8]]]

    across = {"type": "MultiPolygon", "coordinates": [block(179.995, 180), block(-180, -179.995)]}
    halves = [{"type": "Polygon", "coordinates": block(*ends)} for ends in ((179.99, 180), (-180, -179.99))]
    ends = [{"type": "Point", "coordinates": [lon, -16.79]} for lon in (180, -180)]
    walls = [{"type": "LineString", "coordinates": [[lon, -16.8], [lon, -16.79]]} for lon in (180, -180)]
    trial = Trial(
        tmp_path,
        square=("polygon", {}, [feature("s", across)]),
        halves=("polygon", {}, [feature(f"h{at}", one) for at, one in enumerate(halves)]),
        turned=("polygon", {}, [feature(f"h{at}", halves[at]) for at in (1, 0)]),
        east=("polygon", {}, [feature("h1", halves[1])]),
        ends=("point", {}, [feature(f"e{at}", one) for at, one in enumerate(ends)]),
        walls=("line", {}, [feature(f"w{at}", one) for at, one in enumerate(walls)]),
    )
    tall, wide = 1106.6704, Geod(ellps="WGS84").inv(0, -16.795, 0.01, -16.795)[2]
    total = trial.ask("total", {"items": "square"}, measure="length", unit="m")
    assert total.value == pytest.approx(2 * (tall + wide), rel=1e-6)
    meeting = trial.ask("adjacency", {"part": "halves", "line": "halves"})
    assert meeting.rows[-2]["shared_m"] == pytest.approx(tall, rel=1e-7), meeting.sentence.en
    over = trial.ask("adjacency", {"part": "square", "line": "halves"})
    assert over.rows[-2]["shared_m"] == pytest.approx(2 * wide, rel=1e-6), "along both parallels, not the cut"
    reach = trial.ask("shared_reach", {"facilities": "ends"}, distance_m=10)
    site = shapely.box(179.999, -16.796, 179.9995, -16.795)
    margin = measure_margin(site, np.array([shapely.from_geojson(json.dumps(across))], dtype=object)).margin_m
    assert margin == pytest.approx(0.4 * wide, rel=1e-4), "to the western edge, not to the cut"
    for zones, first in (("halves", "h0"), ("turned", "h1"), ("east", "h1")):  # whichever side it is written on
        there = (
            trial.ask("count", {"items": "ends", "zones": zones}),
            trial.ask("total", {"items": "walls", "zones": zones}, unit="m"),
        )
        assert [figure.value for figure in there] == [2, pytest.approx(2 * tall, rel=1e-6)], there
        held = [[row for row in one.rows if row["kind"] == "part" and row["count"]] for one in there]
        assert all(len(rows) == 1 and first in str(rows[0]) for rows in held), held
    assert reach.value == 0 and any("exactly where another does" in one.en for one in reach.caveats)
    assert trial.all_the_same(), {key: one.findings for key, one in trial.heard().items()}
