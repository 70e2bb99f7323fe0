"""Conditions in one way of writing: ranges, dates, texts, unknown, zones, distances, drawn outlines, in words."""

import geopandas as gpd
import pytest
import shapely
from pyproj import Geod

from layers.errors import BadFilter
from layers.features.query import select
from layers.library.conditions import read_conditions, select_and_tell, words_of
from layers.library.library import Library
from tests.small_plan import CATALOG, LAYERS, feature, point, write_plan

FIELDS = """
[[layers.sites.fields]]
id = "cost"
label = {zh = "总投资（万，按原币种）", en = "Investment (× 10,000)"}
type = "number"
unit = "万"
measure = "money"

[[layers.sites.fields]]
id = "size"
label = {zh = "面积", en = "Size"}
type = "number"

[[layers.sites.fields]]
id = "size_unit"
label = {zh = "面积单位", en = "Unit of the size"}

[[layers.sites.fields]]
id = "start"
label = {zh = "开工", en = "Start"}
type = "date"

[[layers.sites.fields]]
id = "what"
label = {zh = "内容", en = "Content"}
text = {zh = "what_zh", en = "what_en"}
"""
SITES = [
    feature(
        "a", point(104.07, 30.07), name_zh="甲厂", name_en="Alpha", cost=100_000.0, start="2021", what_zh="芯片"
    ),
    feature(
        "b", point(104.12, 30.06), name_zh="乙厂", name_en="Beta", cost=90_000.0, start="2021-06", what_en="chip"
    ),
    feature("c", point(104.02, 30.02), name_zh="丙厂", name_en="Gamma", cost=None, start=None),
    feature("d", None, name_zh="丁厂", name_en="Delta", cost=250_000.0, start="2020-12-31", what_zh="物流"),
]

SIZES = {"a": (10.0, "公顷"), "b": (20.0, "亩"), "d": (30.0, "亩")}
for _one in SITES:
    _one["properties"] |= dict(zip(("size", "size_unit"), SIZES.get(_one["id"], (None, None)), strict=True))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("plan") / "p"
    catalog = CATALOG.replace("[layers.pipes]", FIELDS + "\n[layers.pipes]")
    return Library(write_plan(folder, catalog=catalog, layers={**LAYERS, "sites": SITES}))


def _met(library: Library, *texts: str) -> str:
    layer = library.layer("sites")
    chosen = select(library.snapshot(layer), filters=read_conditions(library, layer, texts))
    return "".join(str(one) for one in chosen.ids)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("cost>=100000", "ad"),
        ("cost?>=100000", "acd"),  # or not stated
        ("cost=90000..100000", "ab"),
        ("cost=90000..<100000", "b"),
        ("cost=..<100000", "b"),
        ("cost=", "c"),
        ("cost!=", "abd"),
        ("start=2021", "ab"),  # within the year, told to the month or not
        ("start=2021-06", "b"),
        ("start=2021..2021", "ab"),
        ("start=2020-12..<2021", "d"),
        ("start?=2021", "abc"),
        ("@name~厂", "abcd"),
        ("@name~alPHA", "a"),
        ("what~芯片", "a"),  # a text in two languages is looked at in both
        ("what~CHIP", "b"),
        ("what=", "c"),
        ("@in=zones/z-1", "a"),
        ("@in=zones", "ab"),
        ("@in?=zones/z-1", "ad"),  # or not on the map
        ("@outline=30.01,104.01;30.01,104.03;30.03,104.03;30.03,104.01", "c"),
    ],
)
def test_what_meets_a_condition(library: Library, text: str, ids: str) -> None:
    assert _met(library, text) == ids


def test_within_a_distance_is_by_the_geodesic(library: Library) -> None:
    zone = shapely.box(104.05, 30.05, 104.09, 30.09)  # z-1; c lies southwest of its corner
    _, _, metres = Geod(ellps="WGS84").inv(104.02, 30.02, 104.05, 30.05)
    assert zone.distance(shapely.Point(104.02, 30.02)) == zone.exterior.distance(shapely.Point(104.02, 30.02)) > 0
    assert _met(library, f"@near(zones/z-1)<={metres + 0.01:.3f}") == "abc"
    assert _met(library, f"@near(zones/z-1)<={metres - 0.01:.3f}") == "ab"
    assert _met(library, f"@near(zones/z-1)>{metres - 0.01:.3f}") == "c"  # d has no place: not said to be far
    assert _met(library, "@near?(zones/z-1)<=10") == "ad"
    river = gpd.GeoSeries([shapely.LineString([(104.0, 30.1), (104.2, 30.12)])], crs=4326).to_crs(4544)
    far = river.distance(gpd.GeoSeries([shapely.Point(104.07, 30.07)], crs=4326).to_crs(4544)).iloc[0]
    assert _met(library, f"@near(rivers)<={far + 5:.0f}") == "a"
    assert _met(library, f"@near(rivers)<={far - 5:.0f}") == ""


@pytest.mark.parametrize(
    "text",
    [
        "@in=zones/none",
        "@in=nowhere",
        "@in=pipes",  # restricted: as if there were none
        "@near(pipes)<=5",
        "@in=rivers",
        "@near(zones)<=0",
        "@near(zones)<=1e9",
        "@near()<=5",
        "@outline=1,2;3,4",
        "@outline=30,104;30.1,104.1;30,104.1;30.1,104",  # crosses itself
        "@outline=30,104;x,y;31,105",
        "@outline=nan,104;30,104;31,105",
        "@colour=red",
        "cost?=",
        "cost=..<",
        "what>a",
    ],
)
def test_what_means_nothing_is_refused(library: Library, text: str) -> None:
    with pytest.raises(BadFilter):
        read_conditions(library, library.layer("sites"), [text])


def test_in_words(library: Library) -> None:
    layer = library.layer("sites")

    def words(text: str) -> tuple[str, str]:
        told = words_of(read_conditions(library, layer, [text]))
        return told.zh, told.en

    assert words("cost>=100000") == ("总投资 ≥ 10 亿", "Investment ≥ 1 bn")
    assert words("cost?<4854") == ("总投资 < 4,854 万，或未说明", "Investment < 48.54 m, or not stated")
    assert words("cost=..<5") == ("总投资 < 5 万", "Investment < 0.05 m")
    assert words("start=2021") == ("开工：2021 年", "Start: 2021")
    assert words("start=2021-01..2021-06") == ("开工 2021-01 至 2021-06", "Start 2021-01 to 2021-06")
    assert words("@in=zones/z-1") == ("在“东区”内", "in East")
    assert words("@near(rivers)<=1500") == ("距“河流”1,500 米以内", "within 1,500 m of Rivers")
    assert words("@near?(rivers)>5")[1] == "more than 5 m from Rivers, or not on the map"


def test_amounts_of_two_units_are_told_apart(library: Library) -> None:
    layer = library.layer("sites")
    _, (one,) = select_and_tell(library.snapshot(layer), read_conditions(library, layer, ["size>=15"]))
    (apart,) = one["currencies"]
    assert (apart.currency, apart.words.zh, apart.met, apart.left) == ("ha", "公顷", 0, 1)
    assert (_met(library, "size>=15"), _met(library, apart.where)) == ("bd", "abd")
    assert _met(library, "size>=25 亩|5 公顷") == "ad"


def test_who_is_left_out_for_not_being_known(library: Library) -> None:
    layer = library.layer("sites")
    conditions = read_conditions(library, layer, ["cost>=100000", "@in=zones", "cost!="])
    _, told = select_and_tell(library.snapshot(layer), conditions)
    assert [(one["where"], one["unknown"]) for one in told] == [
        ("cost>=100000", 0),
        ("@in=zones", 1),
        ("cost!=", 0),
    ]
    chosen, (one,) = select_and_tell(library.snapshot(layer), read_conditions(library, layer, ["cost>=100000"]))
    assert chosen.ids.tolist() == ["a", "d"]
    assert one["unknown"] == 1 and one["words"].zh == "总投资 ≥ 10 亿"
