"""What an analyst's own tables bring: units and currencies beside the amounts, rows entered twice, text for numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pyproj
import pytest
import shapely

from layers.figures.answer import answer
from layers.figures.figure import Figure
from layers.figures.inputs import gather
from layers.figures.question import asked_statistic
from layers.figures.verification.second_engine import recompute_value
from layers.figures.verification.sql import Geos
from layers.library.library import Library
from layers.places.polygon import question_of
from layers.plan.measures import NotAdditive, NotNumbers
from tests.layers.imports.bringing import bring
from tests.small_plan import write_plan


class Table:
    """A CSV of points brought into a small plan."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = Library(write_plan(folder / "plan"))
        self.layer = ""
        self.notes: list[str] = []

    def holds(self, head: str, *rows: str, twice: bool = False) -> Table:
        lines = [f"lon,lat,{head}"]
        lines += [f"{104.05 if twice else 104.05 + 0.01 * i:.2f},30.06,{row}" for i, row in enumerate(rows)]
        self.layer = f"t{len(self.library.layers())}"
        path = self.folder / f"{self.layer}.csv"
        path.write_text("\n".join(lines), "utf-8")
        report = bring(self.library, path, self.layer, crs="EPSG:4490")
        self.notes = [note.en for note in report.notes]
        return self

    def ask(self, function: str, **more: str) -> Figure:
        question = asked_statistic({"function": function, "inputs": {"items": {"layer": self.layer}}, **more})
        figure = answer(self.library, lambda _d, _t: None, question, software="x")
        again = recompute_value(question, gather(self.library, question.inputs, drawn=None), Geos())
        assert again == (None if figure.value is None else pytest.approx(figure.value)), "a second engine agrees"
        return figure


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path)


@pytest.mark.parametrize(
    ("head", "field", "rows", "apart"),
    [
        ("名称,面积,单位", "面积", ("甲,10,亩", "乙,2,公顷", "丙,500,平方米"), ("10 mu", "2 ha", "500 m²")),
        ("name,invest,cur", "invest", ("x,100,RMB", "y,20,US$", "z,3,人民币"), ("103 CNY", "20 USD")),
        ("企业,投资总额,货币", "投资总额", ("x,100,人民币", "y,20,美元"), ("100 CNY", "20 USD")),
        ("name,cost,cost_ccy,people", "cost", ("x,1,EUR,7", "y,2,GBP,8"), ("1 EUR", "2 GBP")),
        ("name,产量,产量单位,户数", "产量", ("x,5,吨,1", "y,700,千克,2"), ("5 t", "700 kg")),
    ],
)
def test_what_has_its_unit_beside_it_is_added_up_within_it(
    table: Table, head: str, field: str, rows: tuple[str, ...], apart: tuple[str, ...]
) -> None:
    figure = table.holds(head, *rows).ask("sum", field=field)
    assert figure.value is None, "nothing is added up across units"
    assert all(one in figure.sentence.en for one in apart), figure.sentence.en
    assert any("never added up" in one.en for one in figure.caveats)


def test_one_unit_for_all_is_the_unit_of_the_sum(table: Table) -> None:
    figure = table.holds("name,面积,单位", "甲,10,亩", "乙,2,亩").ask("sum", field="面积")
    assert (figure.value, figure.unit) == (12.0, "mu")


def test_a_column_of_units_of_another_field_does_not_split_this_one(table: Table) -> None:
    figure = table.holds("name,cost,cost_ccy,people", "x,1,EUR,7", "y,2,GBP,8").ask("sum", field="people")
    assert figure.value == 15.0


def test_a_ratio_keeps_apart_what_it_is_divided_by(table: Table) -> None:
    figure = table.holds("企业,投资,用地,用地单位", "x,100,10,亩", "y,20,2,公顷")
    found = figure.ask("ratio", field="投资", divisor="用地")
    assert found.value is None
    assert "亩" in found.sentence.zh and "公顷" in found.sentence.zh


@pytest.mark.parametrize("unit", ["万港元", "万英镑", "亿日元", "万美元"])
def test_a_currency_in_the_heading_is_the_unit(table: Table, unit: str) -> None:
    assert table.holds(f"企业,投资（{unit}）", "x,100", "y,20").ask("sum", field=f"投资（{unit}）").unit == unit


def test_rows_that_stand_twice_are_told(table: Table) -> None:
    table.holds("name,people", "a,10", "a,10", "b,5", twice=True)
    for figure in (table.ask("sum", field="people"), table.ask("count")):
        assert any("1 feature " in one.en and "twice" in one.en for one in figure.caveats)
    other = table.holds("name,people", "a,10", "a,11", twice=True).ask("count")
    assert not any("twice" in one.en for one in other.caveats), "another value is another feature"


@pytest.mark.parametrize("value", ["100-200", "约30", "30 左右"])
def test_text_is_refused_as_text(table: Table, value: str) -> None:
    table.holds("name,people", f"x,{value}", "y,50", "z,60")
    with pytest.raises(NotNumbers, match="holds text"):
        table.ask("sum", field="people")


def test_days_are_refused_as_days(table: Table) -> None:
    with pytest.raises(NotNumbers, match="holds dates"):
        table.holds("name,开工", "x,2021-03-04", "y,2022-05-06").ask("sum", field="开工")


@pytest.mark.parametrize("field", ["FAR", "容积率", "popDensity", "比重", "年份"])
def test_what_is_no_quantity_is_refused_as_such(table: Table, field: str) -> None:
    with pytest.raises(NotAdditive):
        table.holds(f"name,{field}", "x,1.5", "y,2.5").ask("sum", field=field)


def test_a_percentage_over_a_hundred_stays_one(table: Table) -> None:
    with pytest.raises(NotAdditive):
        table.holds("name,完成", "x,120%", "y,250%").ask("sum", field="完成")


def test_digits_that_a_number_would_lose_are_told(table: Table) -> None:
    table.holds("name,amount", "x,9007199254740993", "y,12")
    assert any("amount" in one and "more digits" in one for one in table.notes), table.notes


def test_features_are_called_by_the_column_of_names(table: Table) -> None:
    table.holds("编码,企业名称,用地", "a1,甲厂,3", "a2,乙厂,4")
    assert table.library.layer(table.layer).title.zh == "企业名称"
    table.holds("类别,企业,用地", "工业,甲厂,3", "工业,乙厂,4", "工业,丙厂,5")
    assert table.library.layer(table.layer).title.zh == "企业", "the first text that tells them apart"


def test_a_count_of_shares_in_zones_is_a_whole_number_in_words(table: Table) -> None:
    table.holds("name,people", "a,10", "b,5")
    question = asked_statistic(
        {"function": "count", "inputs": {"items": {"layer": table.layer}, "zones": {"layer": "zones"}}}
    )
    figure = answer(table.library, lambda _d, _t: None, question, software="x")
    assert "2 in all" in figure.sentence.en


def _collection(folder: Path, *shapes: shapely.Geometry) -> Path:
    features = [
        {"type": "Feature", "properties": {"n": str(i)}, "geometry": json.loads(shapely.to_geojson(shape))}
        for i, shape in enumerate(shapes)
    ]
    path = folder / "mixed.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


LINE = shapely.LineString([(104.05, 30.06), (104.05, 30.08)])
GROUND = shapely.box(104.05, 30.05, 104.06, 30.06)


def test_what_is_measured_follows_the_layer_where_nobody_says_it(tmp_path: Path) -> None:
    """Two lines of 0.02 degrees of a meridian; the geodesic is the oracle."""
    library = Library(write_plan(tmp_path / "plan"))
    bring(library, _collection(tmp_path, LINE, LINE), "lines", crs="EPSG:4490")
    question, _ = question_of(
        {"function": "total", "inputs": {"items": {"layer": "lines"}}}, library.layers(), None
    )
    figure = answer(library, lambda _d, _t: None, question, software="x")
    geodesic = pyproj.Geod(ellps="GRS80").line_length(*LINE.xy)
    assert (figure.unit, figure.value) == ("km", pytest.approx(2 * geodesic / 1000, rel=1e-6))


@pytest.mark.parametrize(("measure", "left"), [("area", 2), ("length", 2)])
def test_a_layer_of_several_kinds_is_measured_by_what_has_the_measure(
    tmp_path: Path, measure: str, left: int
) -> None:
    library = Library(write_plan(tmp_path / "plan"))
    bring(library, _collection(tmp_path, LINE, GROUND, shapely.Point(104.05, 30.06)), "mixed", crs="EPSG:4490")
    asked_of = {"items": {"layer": "mixed"}}
    question = asked_statistic({"function": "total", "measure": measure, "inputs": asked_of})
    figure = answer(library, lambda _d, _t: None, question, software="x")
    geod = pyproj.Geod(ellps="GRS80")
    area, length = abs(geod.geometry_area_perimeter(GROUND)[0]) / 1e4, geod.line_length(*LINE.xy) / 1e3
    assert figure.value == pytest.approx(area if measure == "area" else length, rel=1e-5)
    assert any(f"{left} features" in one.en for one in figure.caveats), figure.caveats
    again = recompute_value(question, gather(library, question.inputs, drawn=None), Geos())
    assert again == pytest.approx(figure.value, rel=1e-6)


@pytest.mark.parametrize(
    ("rows", "totals"),
    [
        # two currencies, and one that states neither: of no currency, but not forgotten
        (
            ("甲,10,CNY", "乙,2,USD", "丙,,"),
            [("CNY", 10.0, 1.0, 0.0), ("USD", 2.0, 1.0, 0.0), ("金额和币种都未说明", None, 0.0, 1.0)],
        ),
        # of one that says its currency and no amount, the currency is known
        (("甲,10,CNY", "乙,2,USD", "丙,,USD"), [("CNY", 10.0, 1.0, 0.0), ("USD", 2.0, 1.0, 1.0)]),
        # one currency: what states nothing stands beside its sum, also when it comes first
        (("丙,,", "甲,10,CNY", "乙,2,CNY"), [("合计", 12.0, 2.0, 1.0)]),
    ],
)
def test_every_row_is_told_in_a_sum_whether_it_states_an_amount_or_not(
    table: Table, rows: tuple[str, ...], totals: list[tuple[str, float | None, float, float]]
) -> None:
    figure = table.holds("名称,投资,币种", *rows).ask("sum", field="投资")
    found = [
        (row["name"]["zh"] if isinstance(row["name"], dict) else row["name"].zh, row["value"], row["known"], row["unknown"])
        for row in figure.rows
    ]  # fmt: skip
    assert found == totals and sum(known + unknown for *_, known, unknown in found) == len(rows)
