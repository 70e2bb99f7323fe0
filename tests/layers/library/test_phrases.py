"""Conditions as people say them: what each phrase asks of which layer, and what is no condition at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.library.conditions import read_conditions
from layers.library.library import Library
from layers.library.phrases import read_phrase
from tests.small_plan import CATALOG, PLAN, feature, square, write_layer, write_plan
from tests.timely_plan import write_timely_plan

FIRMS = """
[layers.firms]
file = "geojson/firms.geojson"
group = "sites"
label = {zh = "入驻企业", en = "Resident firms"}
geometry = "point"
source = {zh = "测试", en = "tests"}
licence = {zh = "CC0", en = "CC0"}
visible = true
[[layers.firms.fields]]
id = "invest"
label = {zh = "总投资（万元）", en = "Investment (10,000 yuan)"}
type = "number"
measure = "money"
unit = "万"
[[layers.firms.fields]]
id = "begun"
label = {zh = "开工", en = "Start"}
type = "date"
[[layers.firms.fields]]
id = "state"
label = {zh = "状态", en = "State"}
type = "code"
values = {building = {zh = "在建", en = "under construction"}, done = {zh = "已建成", en = "finished"}}
[[layers.firms.fields]]
id = "owner"
label = {zh = "业主", en = "Owner"}
"""


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory) -> Library:
    catalog = CATALOG.replace("[layers.zones]\n", '[layers.zones]\nusual = ["zones"]\n', 1) + FIRMS
    folder = write_plan(tmp_path_factory.mktemp("phrases") / "valley", catalog=catalog)
    zones = [
        feature("east", square(104.1, 30.1, 0.05), name_zh="东部片区", name_en="Eastern block"),
        feature("west", square(104.0, 30.0, 0.05), name_zh="西部片区", name_en="Western block"),
    ]
    write_layer(folder, "zones", zones)
    write_layer(folder, "firms", [feature("f-1", None, name_zh="甲厂", name_en="Works A", invest=1.0)])
    return Library(folder)


@pytest.mark.parametrize(
    ("phrase", "layer", "where"),
    [
        ("总投资 > 10亿", "firms", ["invest>100000"]),
        ("投资10亿以上", "firms", ["invest>=100000"]),
        ("投资不超过 3,000 万元", "firms", ["invest<=3000"]),
        ("Investment over 1.5 bn", "firms", ["invest>150000"]),
        ("investment at least 500 million CNY", "firms", ["invest>=50000"]),
        ("invest < 20", "firms", ["invest<20"]),
        ("总投资 ≥ ¥10亿", "firms", ["invest>=100000"]),
        ("2021年开工", "firms", ["begun=2021"]),
        ("2021 年 6 月开工", "firms", ["begun=2021-06"]),
        ("2021 年开工", "firms", ["begun=2021"]),
        ("started in 2021", "firms", ["begun=2021"]),
        ("开工晚于 2021年6月", "firms", ["begun>2021-06"]),
        ("在建", "firms", ["state=building"]),
        ("状态为已建成", "firms", ["state=done"]),
        ("业主含长江", "firms", ["owner~长江"]),
        ("面积 ≥ 12.5 亩", "zones", ["land_mu>=12.5"]),
        ("西部片区 企业", "firms", ["@in=zones/west"]),
        ("firms in the eastern block", "firms", ["@in=zones/east"]),
        (
            "总投资>10亿，2021年开工，在东部片区内",
            "firms",
            ["invest>100000", "begun=2021", "@in=zones/east"],
        ),
        ("投资10亿以上 2021 开工 西部", "firms", ["invest>=100000", "begun=2021", "@in=zones/west"]),
        (
            "investment >= 1 bn and started in 2021 in eastern block",
            "firms",
            ["invest>=100000", "begun=2021", "@in=zones/east"],
        ),
    ],
)
def test_a_phrase_is_read_as_conditions_of_one_layer(
    valley: Library, phrase: str, layer: str, where: list[str]
) -> None:
    first = read_phrase(valley, phrase)[0]
    assert (first.layer.id, list(first.where)) == (layer, where)
    assert first.words.zh
    assert first.words.en


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "甲厂",
        "Works A",
        "33",
        "p-06",
        "120.3, 31.9",
        "东部片区",
        "企业",
        "总投资 > 很多",
        "面积 > 3 公顷",
        "预算 > 10亿",
        "总投资 > 1亿美元",
        "片区 企业",
        "> 10",
        "开工 2021-13",
        "x " * 40,
    ],
)
def test_what_is_no_condition_offers_none(valley: Library, phrase: str) -> None:
    assert read_phrase(valley, phrase) == []


def test_a_restricted_layer_is_offered_to_those_who_may_see_it_only(tmp_path: Path) -> None:
    pipes = PLAN + FIRMS.replace("firms", "pipes").replace("visible = true", "visible = true\nrestricted = true")
    folder = write_plan(tmp_path / "p", catalog=pipes)
    write_layer(folder, "pipes", [feature("p-1", None, name_zh="管", name_en="Pipe", invest=1.0)])
    assert read_phrase(Library(folder), "总投资 > 10亿") == []
    (found,) = read_phrase(Library(folder), "总投资 > 10亿", restricted=True)
    assert found.layer.id == "pipes"


@pytest.mark.parametrize(
    ("phrase", "where", "when"),
    [
        ("2023年在建", ["begins<=2023", "ends>=2023"], "2023-06-30"),
        ("2023 年在建项目", ["begins<=2023", "ends>=2023"], "2023-06-30"),
        ("在建 2023-06", ["begins<=2023-06", "ends>=2023-06"], "2023-06-15"),
        ("under construction in 2023", ["begins<=2023", "ends>=2023"], "2023-06-30"),
        ("sites under construction on 2023-06-30", ["begins<=2023-06-30", "ends>=2023-06-30"], "2023-06-30"),
        ("在建", ["state=under_construction"], ""),
        ("2023 年开工", ["begins=2023"], ""),
    ],
)
def test_a_state_and_a_time_are_the_dates_that_make_it_so(
    tmp_path: Path, phrase: str, where: list[str], when: str
) -> None:
    first = read_phrase(Library(write_timely_plan(tmp_path)), phrase)[0]
    assert (first.layer.id, list(first.where), first.when) == ("sites", where, when)


@pytest.mark.parametrize(("when", "zh"), [("", "2024-05-01 状态：在建"), ("2023-06-30", "2023-06-30 状态：在建")])
def test_a_state_says_of_which_day_it_is(tmp_path: Path, when: str, zh: str) -> None:
    library = Library(write_timely_plan(tmp_path)).at_time(when)
    (one,) = read_conditions(library, library.layer("sites"), ["state=under_construction"])
    assert one.words().zh == zh


@pytest.mark.parametrize("phrase", ["2023", "in 2023", "在 2023 年", "on 2023-06-30"])
def test_a_time_alone_is_no_condition(tmp_path: Path, phrase: str) -> None:
    assert read_phrase(Library(write_timely_plan(tmp_path)), phrase) == []
