"""Questions of everyday work with their right answers: zones that overlap, codes nobody knows, money, filters."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from briefings.map.description import shown_layers
from geo.text import Text
from layers.figures.answer import answer
from layers.figures.figure import Figure, figure_of
from layers.figures.presentation import present
from layers.figures.question import asked_statistic, read_questions
from layers.library.library import Library
from layers.library.listing import describe_layer
from layers.plan.measures import NotAdditive
from layers.plan.statistics import Statistic
from layers.plan.views import View
from tests.answered import answered

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
DATA = ROOT / "data"


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("cases") / "plan"
    shutil.copytree(ROOT / "tests" / "cases_plan", folder)
    for name in ("landuse_classes.csv", "landuse_crosswalk.csv"):
        shutil.copy(DATA / name, folder / name)
    return Library(folder)


@pytest.fixture(scope="module")
def bundled() -> Library:
    return Library(DATA)


def figure(library: Library, **question: Any) -> Figure:
    labels = {layer.id: layer.label for layer in library.layers()}
    return answer(library, lambda _d, _t: None, asked_statistic(question, labels), software="test")


def of(layer: str, **more: Any) -> dict[str, Any]:
    return {"layer": layer, **more}


def named(found: Figure, name: str, column: str = "name", **more: str) -> dict[str, Any]:
    rows = [
        row
        for row in found.rows
        if row[column].en == name
        and all(getattr(row[key], "en", row[key]) == value for key, value in more.items())
    ]
    assert len(rows) == 1, [row[column].en for row in found.rows]
    return dict(rows[0])


def texts(found: Figure) -> str:
    """Everything a reader sees of a figure."""
    told = [present(found, language) for language in ("zh", "en")]
    cells = [cell for one in told for row in one.rows for cell in row.cells]
    notes = [text for caveat in found.caveats for text in (caveat.zh, caveat.en)]
    return "\n".join([*(one.value for one in told), *(one.sentence for one in told), *cells, *notes])


def test_the_way_round_the_river_decides_whether_a_home_is_reached(cases: Library) -> None:
    found = figure(
        cases,
        function="coverage",
        distance_m=850,
        inputs={"demand": of("homes"), "facilities": of("fac", ids=["f1"]), "barriers": of("river")},
    )
    assert found.value == pytest.approx(100 * 2 / 7)


def test_change_is_of_known_classes_and_what_became_known_stands_apart(cases: Library) -> None:
    found = figure(cases, function="transition", unit="mu", inputs={"before": of("land"), "after": of("land2")})
    assert found.value == pytest.approx(1400.52 - 1100.41, abs=0.02)
    became = named(found, "whose class became known or unknown", "from_name")
    assert became["mu"] == pytest.approx(1100.4, abs=0.05)
    assert "1,100.41" in found.sentence.zh


def test_a_zone_of_unknown_classes_is_told_by_code_and_area_and_a_share_is_a_range(cases: Library) -> None:
    found = figure(cases, function="tabulate", inputs={"classes": of("land"), "zones": of("zones", ids=["z2"])})
    assert named(found, "of which land")["share"] == pytest.approx(20, abs=0.01)
    assert named(found, "of which unknown")["share"] == pytest.approx(80, abs=0.01)
    assert named(found, "99XX (not in the scheme)")["kind"] == "unknown"
    assert any("99XX" in caveat.en and "20.01 ha" in caveat.en for caveat in found.caveats)
    share = figure(
        cases,
        function="share",
        inputs={"part": of("land", classes=["14"]), "whole": of("zones", ids=["z2"])},
    )
    assert share.span == (pytest.approx(20, abs=1e-4), pytest.approx(100, abs=1e-6))
    assert present(share, "en").value == "20.00% to 100.00%"


def test_ground_in_two_zones_counts_once_and_the_sum_over_zones_is_a_second_number(cases: Library) -> None:
    found = figure(
        cases, function="tabulate", inputs={"classes": of("land"), "zones": of("zones", ids=["z1", "z2"])}
    )
    assert found.value == pytest.approx(180.07, abs=0.01)
    assert named(found, "zones added up (what overlaps counts again)")["ha"] == pytest.approx(200.07, abs=0.01)
    shown = present(found, "en")
    assert shown.sentence.index("180.07 ha") < shown.sentence.index("200.07 ha")
    assert shown.chart is not None
    assert sum(bar.value for bar in shown.chart.bars) == pytest.approx(180.07, abs=0.02)


def test_homes_no_road_leads_to_are_apart_from_those_too_far(cases: Library) -> None:
    found = figure(
        cases,
        function="coverage",
        distance_m=500,
        inputs={"demand": of("homes"), "facilities": of("fac"), "roads": of("roads")},
    )
    assert named(found, "of which not reachable", "zone")["total"] == 4
    assert any("2 have no road near and 2 lie on roads that lead to no facility" in c.en for c in found.caveats)
    assert any("1 facility has no road" in c.en for c in found.caveats)


def test_park_green_per_head_leaves_out_places_of_unknown_people(cases: Library) -> None:
    statistic = read_questions(cases.folder).statistics["green_per_capita"]
    found = answer(cases, lambda _d, _t: None, statistic, software="test")
    assert found.value == pytest.approx(333_458.97 / 50_000, rel=1e-6)
    assert found.span is not None, "two parcels without a class may be parks"
    path = cases.folder / "geojson" / "population.geojson"
    before = path.read_text("utf-8")
    path.write_text(before.replace("8000", "null"), "utf-8")
    try:
        lacking = answer(Library(cases.folder), lambda _d, _t: None, statistic, software="test")
    finally:
        path.write_text(before, "utf-8")
    assert lacking.value == pytest.approx(100_037.41 / 42_000, rel=1e-6)
    assert named(lacking, "Community 1")["each"] is None
    assert named(lacking, "where the people are unknown")["amount"] == pytest.approx(233_421.56, abs=0.01)


def test_one_unknown_home_in_two_zones_is_one_home(cases: Library) -> None:
    found = figure(
        cases, function="sum", field="pop", inputs={"items": of("homes"), "zones": of("zones", ids=["z1", "z2"])}
    )
    assert found.value == 1050
    assert [c.en for c in found.caveats if "states none" in c.en] == ["1 item states none: left out, not 0."]
    assert not any("“pop”有" in c.zh for c in found.caveats)


def test_currencies_stay_apart_at_every_default(bundled: Library) -> None:
    found = figure(bundled, function="sum", field="investment_value", inputs={"items": of("projects")})
    assert found.value is None
    assert "6,938,500 万元" in present(found, "zh").value
    assert "302,900 万美元" in present(found, "zh").value
    zoned = figure(
        bundled, function="sum", field="investment_value", inputs={"items": of("projects"), "zones": of("zones")}
    )
    assert "6,938,500 万元" in zoned.sentence.zh
    for one in (found, zoned):
        assert "7,241,400" not in texts(one)
        assert one.presentation.chart == "", "amounts of different currencies are not drawn together"


@pytest.mark.parametrize("field", ["number", "intensity_value", "uncertainty_m"])
def test_what_is_not_a_quantity_is_never_added_up(bundled: Library, field: str) -> None:
    with pytest.raises(NotAdditive, match="cannot be added up"):
        figure(bundled, function="sum", field=field, inputs={"items": of("projects")})


def test_the_first_question_of_the_panel_counts_ground_once(bundled: Library) -> None:
    found = figure(bundled, function="tabulate", inputs={"classes": of("landuse"), "zones": of("zones")})
    assert present(found, "en").value == "11,594.26 ha"
    assert "21,666.00 ha" in found.sentence.en.partition("add up to")[2]


def test_a_filter_holds_and_is_told_in_words(bundled: Library) -> None:
    found = figure(
        bundled,
        function="count",
        inputs={"items": of("projects", where=["category=续建"]), "zones": of("zones", ids=["z-hq", "z-qy"])},
    )
    assert present(found, "zh").value == "9 个"
    assert any("“类别：续建”筛选：53 个要素中计入 9 个" in c.zh for c in found.caveats)


def test_the_class_named_largest_is_the_longest_bar(bundled: Library) -> None:
    statistic = read_questions(DATA).statistics["land_structure"]
    found = answered(bundled, statistic)
    for language in ("zh", "en"):
        shown = present(found, language)
        assert shown.chart is not None
        longest = max(shown.chart.bars, key=lambda bar: bar.value)
        assert longest is shown.chart.bars[0]
        assert longest.label in shown.sentence


def test_projects_land_tells_both_sums_with_the_reason(bundled: Library) -> None:
    statistic = read_questions(DATA).statistics["projects_land"]
    found = answered(bundled, statistic)
    assert found.value == pytest.approx(4976.0)
    for text in ("4,976.0", "5,017.7", "45", "9"):
        assert text in found.sentence.zh
        assert text in found.sentence.en
    assert "Likely leased floor space" in found.sentence.en


def test_a_coverage_is_at_least_while_facilities_are_not_on_the_map(bundled: Library) -> None:
    found = figure(
        bundled,
        function="coverage",
        distance_m=500,
        inputs={
            "demand": of("landuse", classes=["07"]),
            "facilities": of("parks"),
            "zones": of("zones", ids=["z-qy"]),
        },
    )
    assert found.span is not None
    assert found.span[1] is None
    assert present(found, "en").value == "at least 0% and not known above"
    assert present(found, "zh").sentence.count("为至少 0%，上限不明（") == 1
    assert found.meets is None
    listed = present(found, "zh").unreached
    assert listed is not None and listed.heads[:3] == ("要素", "编号", "分区"), "each is named with its zone"
    (zone,) = (row for row in found.rows if row["kind"] == "part")
    assert sum(one.amount for one in found.unreached) / 10_000 == pytest.approx(zone["uncovered"])
    assert all(one.distance_m is not None and one.distance_m > 500 for one in found.unreached if one.share == 1)
    assert figure_of(found.plain()).unreached == found.unreached


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_sentence_says_a_number_its_table_does_not(bundled: Library, cases: Library, language: str) -> None:
    """Every number of a sentence stands in the table, in the headline, or in the question itself."""
    for library in (bundled, cases):
        for key, statistic in read_questions(library.folder).statistics.items():
            found = computed(library, statistic)
            if found.state != "computed":
                continue
            shown = present(found, language)
            known = numbers(" ".join([shown.value, *(cell for row in shown.rows for cell in row.cells)]))
            rule = [found.method, statistic.label, *(use.label for use in found.layers)]
            known |= numbers(" ".join(text[language] for text in rule))
            known |= numbers(f"{statistic.distance_m:g}" if statistic.distance_m else "")
            known |= {str(len(found.rows)), str(len(found.rows) - 1), str(len(found.contributions))}
            said = numbers(without_label(shown.sentence, statistic.label[language]))
            assert said <= known, (key, said - known, shown.sentence)


_COMPUTED: dict[str, Figure] = {}


def computed(library: Library, statistic: Statistic) -> Figure:
    """A declared statistic's figure, computed once for all tests of this file."""
    if library.folder == DATA:
        return answered(library, statistic)
    if statistic.id not in _COMPUTED:
        _COMPUTED[statistic.id] = answer(library, lambda _d, _t: None, statistic, software="test")
    return _COMPUTED[statistic.id]


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d[\d,]*(?:\.\d+)?", text))


def without_label(sentence: str, label: str) -> str:
    return sentence.replace(label, "")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_that_is_there_reads_as_nothing(bundled: Library, cases: Library, language: str) -> None:
    for library in (bundled, cases):
        for key, statistic in read_questions(library.folder).statistics.items():
            found = computed(library, statistic)
            for row, shown in zip(found.rows, present(found, language).rows, strict=True):
                for column, cell in zip(found.columns, shown.cells, strict=True):
                    value = row.get(column.id)
                    if isinstance(value, float) and abs(value) > 1e-9:
                        assert re.search("[1-9]", cell), (key, column.id, value, cell)


def test_counts_read_as_counts(bundled: Library) -> None:
    found = figure(bundled, function="count", inputs={"items": of("projects"), "zones": of("zones")})
    shown = present(found, "en")
    assert [row.cells[1] for row in shown.rows if row.kind == "total"] == ["53"]
    assert not any(row.cells[1].endswith(".00") for row in shown.rows)


def test_a_zone_without_any_feature_gives_no_row_by_group(bundled: Library) -> None:
    found = figure(bundled, function="count", by="kind", inputs={"items": of("facilities"), "zones": of("zones")})
    zones = {row["name"].en for row in found.rows if row["kind"] == "part"}
    assert found.value == len(bundled.snapshot(bundled.layer("facilities")).features)
    assert 0 < len(zones) < len(bundled.snapshot(bundled.layer("zones")).features)
    assert all(row["count"] > 0 or row["most"] > 0 for row in found.rows)


def test_the_legend_has_rows_for_no_class_and_for_codes_outside_the_scheme(cases: Library) -> None:
    told = describe_layer(cases, cases.layer("land"))["other_classes"]
    assert [one["en"] for one in told] == ["99XX (not in the scheme)", "no class stated"]
    view = View(id="all", title=Text("全图", "all"), layers=("land",))
    shown, _ = shown_layers(cases, view, restricted=False)
    labels = [entry.label.en for entry in shown[0].legend.entries]
    assert labels[-2:] == ["99XX (not in the scheme)", "no class stated"]
    assert len(labels) > 2
