"""No sentence, caveat or chart contradicts its table: all figures of both plans and of two messy ones, zh and en."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geo.text import Text
from layers.figures.answer import answer
from layers.figures.difference import change_rows, figure_difference
from layers.figures.figure import Figure
from layers.figures.inputs import gather
from layers.figures.presentation import Shown, present
from layers.figures.question import asked_statistic, read_questions
from layers.library.library import Library
from layers.units import measured_text
from tests.answered import answered
from tests.question_plan import QUESTIONS, write_question_plan

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
PLANS = ("bundled", "helsinki", "cases", "questions")
_FIGURES: dict[str, list[tuple[Figure, dict[str, int]]]] = {}


@pytest.fixture
def figures(plan: str, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Figure, dict[str, int]]]:
    """Every computed figure of a plan, with how many features each role chose; computed once."""
    if plan not in _FIGURES:
        _FIGURES[plan] = list(_computed(plan, tmp_path_factory.mktemp("wording") / "plan"))
    return _FIGURES[plan]


def _computed(plan: str, folder: Path) -> Iterator[tuple[Figure, dict[str, int]]]:
    if plan == "questions":
        library = Library(write_question_plan(folder))
        labels = {layer.id: layer.label for layer in library.layers()}
        asks = [asked_statistic(one, labels) for one in QUESTIONS.values() if "polygon" not in one]
    else:
        if plan == "cases":
            shutil.copytree(ROOT / "tests" / "cases_plan", folder)
            for name in ("landuse_classes.csv", "landuse_crosswalk.csv"):
                shutil.copy(ROOT / "data" / name, folder / name)
        library = Library({"bundled": ROOT / "data", "helsinki": ROOT / "examples" / "helsinki"}.get(plan, folder))
        asks = list(read_questions(library.folder).statistics.values())
    for statistic in asks:
        if plan in ("bundled", "helsinki"):
            found = answered(library, statistic)
        else:
            found = answer(library, lambda _d, _t: None, statistic, software="test")
        if found.state == "computed":
            roles = gather(library, statistic.inputs, drawn=None).roles
            yield found, {name: len(role.everything or role.features) for name, role in roles.items()}


def numbers(text: str) -> list[str]:
    """Return the numbers of a text; what a unit, a code or a name of a CRS holds is none of them."""
    plain = re.sub(r"EPSG:\d+|10\^\d+|[A-Za-z]+[-_]?\d+[\w-]*", " ", text)
    return re.findall(r"\d[\d,]*(?:\.\d+)?", plain)


def _cells(shown: Shown) -> str:
    return " ".join([shown.value, *(cell for row in shown.rows for cell in row.cells)])


def _asked(found: Figure, language: str) -> str:
    """Return what a question itself says: its words, distances and filters."""
    one = found.statistic
    texts = [found.method, one.label, *(use.label for use in found.layers)]
    reach = [one.distance_m, one.other_distance_m, *one.radii.values(), *(r.distance_m for r in one.size_rules)]
    words = [text[language] for text in texts] + [f"{metres:g}" for metres in reach if metres]
    return " ".join([*words, *(text for use in found.layers for text in use.filters)])


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_number_of_a_sentence_stands_in_its_table(
    figures: list[tuple[Figure, dict[str, int]]], language: str
) -> None:
    for found, counts in figures:
        shown = present(found, language)
        known = {*numbers(_cells(shown)), *numbers(_asked(found, language))}
        parts = sum(row["kind"] == "part" for row in found.rows)
        known |= {str(n) for n in (len(found.rows), parts, len(found.contributions), *counts.values())}
        known |= {str(use.features) for use in found.layers}
        pairs = sum(getattr(row.get("how"), "en", "") == "overlap" for row in found.rows)
        known |= {str(pairs), str(parts - pairs)}
        known |= {str(_placed(found, row)) for row in (0,)}
        said = set(numbers(shown.sentence.replace(found.statistic.label[language], "")))
        assert said <= known, (found.statistic.id, found.statistic.function, said - known, shown.sentence)


def _placed(found: Figure, _row: int) -> int:
    return len({one.feature for one in found.contributions})


@pytest.mark.parametrize("plan", PLANS)
def test_both_languages_say_the_same_numbers(figures: list[tuple[Figure, dict[str, int]]]) -> None:
    for found, _ in figures:
        texts = [found.sentence, *found.caveats, *([found.headline] if found.headline else [])]
        for text in texts:
            zh = re.sub(r"（[\d,.]+ 亿[^）]*）", "", text.zh)
            en = text.en.replace("× 10,000", "")
            assert sorted(numbers(zh)) == sorted(numbers(en)), (found.statistic.id, text)


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_chart_is_rows_of_the_table_and_the_largest_named_is_the_longest(
    figures: list[tuple[Figure, dict[str, int]]], language: str
) -> None:
    for found, _ in figures:
        shown = present(found, language)
        if shown.chart is None:
            continue
        at = next(i for i, column in enumerate(found.columns) if column.id == shown.chart.column)
        cells = [(row.values[at], row.cells[at]) for row in shown.rows]
        for bar in shown.chart.bars:
            assert (bar.value, bar.text) in cells, (found.statistic.id, bar)
        named = re.search(r"面积最大的类别是 ?(.+?)，占|largest class is (.+?) with", shown.sentence)
        if named:
            longest = max(shown.chart.bars, key=lambda bar: bar.value if bar.kind == "part" else -1.0)
            assert longest.label == next(filter(None, named.groups())), found.statistic.id


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_a_bound_or_a_range_reads_as_one_everywhere(
    figures: list[tuple[Figure, dict[str, int]]], language: str
) -> None:
    least = {"zh": "至少", "en": "at least"}[language]
    for found, _ in figures:
        shown = present(found, language)
        open_ = found.span is not None and found.span[1] is None
        assert (least in shown.value) == open_, found.statistic.id
        if found.span is not None and found.span[0] is not None and found.sway is not None:
            undercut = found.sway[0] is None or found.sway[0] < found.span[0]
            drawn = {"zh": "图上", "en": "as drawn"}[language]
            assert drawn in shown.value or not undercut, (found.statistic.id, shown.value, found.sway)
        if found.value is not None and found.span is not None and found.span[0] != found.span[1]:
            assert shown.value in shown.sentence, (found.statistic.id, shown.value, shown.sentence)
        if found.value is not None and found.unit != "count":  # pairs and places are counted in words of their own
            assert shown.value in shown.sentence, (found.statistic.id, shown.value, shown.sentence)


@pytest.mark.parametrize("plan", PLANS)
def test_no_space_stands_between_two_chinese_words(figures: list[tuple[Figure, dict[str, int]]]) -> None:
    for found, _ in figures:
        cells = [cell for row in present(found, "zh").rows for cell in row.cells]
        said = [present(found, "zh").value, found.sentence.zh, found.method.zh, *(one.zh for one in found.caveats)]
        for text in [*said, *cells]:
            assert not re.search("[\u4e00-\u9fff] [\u4e00-\u9fff]", text), (found.statistic.id, text)


@pytest.mark.parametrize("plan", PLANS)
def test_caveats_stand_once_and_count_features_there_are(figures: list[tuple[Figure, dict[str, int]]]) -> None:
    for found, counts in figures:
        assert len(set(found.caveats)) == len(found.caveats), found.statistic.id
        labels = {use.label.en: counts[use.role] for use in found.layers}
        for caveat in found.caveats:
            for count, label in re.findall(r"(\d+) features of “(.+?)”", caveat.en):
                assert 0 < int(count) <= labels[label], (found.statistic.id, caveat.en)


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_counts_are_counts_and_nothing_that_is_there_reads_as_nothing(
    figures: list[tuple[Figure, dict[str, int]]], language: str
) -> None:
    for found, _ in figures:
        said = [present(found, language).value, found.sentence[language], _cells(present(found, language))]
        assert not re.search(r"\de-\d\d", " ".join(said)), (found.statistic.id, "the noise of a sum is nothing")
        for row, shown in zip(found.rows, present(found, language).rows, strict=True):
            for column, cell in zip(found.columns, shown.cells, strict=True):
                value = row.get(column.id)
                if not isinstance(value, float):
                    continue
                assert value == 0.0 or re.search("[1-9]", cell), (found.statistic.id, column.id, value, cell)
                if not column.unit and value.is_integer():
                    assert "." not in cell, (found.statistic.id, column.id, cell)


@pytest.mark.parametrize("plan", PLANS)
def test_a_number_stands_with_its_definition_and_what_it_leaves_out(
    figures: list[tuple[Figure, dict[str, int]]],
) -> None:
    for found, counts in figures:
        assert found.statistic.definition.zh and found.statistic.definition.en and found.method.zh, (
            found.statistic.id
        )
        for use in found.layers:
            if use.features < counts[use.role] and any(
                "=" in one for one in use.filters if not one.startswith("id=")
            ):
                told = " ".join(one.en for one in found.caveats) + found.sentence.en + _cells(present(found, "en"))
                assert use.label.en in told, (found.statistic.id, use)


def test_amounts_read_as_chinese_readers_expect() -> None:
    assert measured_text(1.2e8, "person", 0).zh == "120,000,000 人（1.20 亿人）"
    assert measured_text(250_000, "万 CNY", 0) == Text("250,000 万元（25.00 亿元）", "250,000 × 10,000 CNY")
    assert "亿" not in measured_text(9_999, "万 CNY", 0).zh
    assert measured_text(-2.5, "pp", 1).zh == "-2.5 个百分点"


def test_a_small_change_does_not_read_as_none() -> None:
    column = {"id": "a", "label": {"zh": "面积", "en": "Area"}, "decimals": 2}
    row = {"a": {"before": 5.0, "after": 5.0004, "change": 0.0004}}
    moved: Any = {"columns": [column], "rows": [row]}
    assert change_rows(moved, "en")[1] == [("5.00", True), ("5.00", True), ("+0.00040", True)]
    row["a"]["change"] = -1234.5
    assert change_rows(moved, "zh")[1][2] == ("-1,234.50", True)


def test_rounding_that_closes_a_sum_is_no_change_of_a_row() -> None:
    """Both classes keep their area; that of one is shown as 8.5 mu before and as 8.6 after, when another moved."""

    def figure(key: str, *rows: tuple[str, float, float]) -> Any:
        columns = [
            {"id": "name", "label": {"zh": "类别", "en": "Class"}, "decimals": None},
            {"id": "mu", "label": {"zh": "面积", "en": "Area"}, "decimals": 1},
            {"id": "m2", "label": {"zh": "原值", "en": "Raw"}, "decimals": 2},
        ]
        statistic = {"function": "tabulate", "unit": "mu", "decimals": 1, "label": {"zh": "用地", "en": "Land"}}
        told = [{"name": name, "mu": mu, "m2": m2} for name, mu, m2 in rows]
        return {"id": key, "value": 1.0, "statistic": statistic, "columns": columns, "rows": told} | {
            "layers": [],
            "sentence": {"zh": "", "en": ""},
            "unit": "mu",
            "decimals": 1,
        }

    found = figure_difference(
        figure("a", ("shops", 8.5, 5_705.41), ("grass", 82.8, 55_172.74), ("yards", 0.3, 0.3)),
        figure("b", ("shops", 8.6, 5_705.41), ("grass", 77.0, 51_366.17), ("yards", 0.1 + 0.2, 3e-12)),
    )
    rows = {row["name"]: row["mu"] for row in found["rows"]}
    assert rows["yards"]["change"] == 0.0, "the last digits of a sum are no change"
    assert rows["shops"] == {"before": 8.5, "after": 8.5, "change": 0.0}
    assert rows["grass"] == {"before": 82.8, "after": 77.0, "change": pytest.approx(-5.8)}
