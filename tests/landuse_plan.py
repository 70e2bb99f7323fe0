"""The small plan with land use, statistics and a restricted layer: exact squares whose numbers can be worked out."""

from __future__ import annotations

from pathlib import Path

from tests.small_plan import CATALOG, LAYERS, feature, point, square, write_layer, write_plan

CLASSES = """scheme,code,level,parent,name_zh,name_en,color,accessible
S,0701,2,07,城镇住宅用地,Urban residential,#ffff2d,#ffd23f
S,1001,2,10,工业用地,Industrial,#bb9674,#8c6d5a
S,1401,2,14,公园绿地,Park,#00ff00,#2fa36b
"""
LAYER = """
[layers.landuse]
file = "geojson/landuse.geojson"
group = "space"
label = {zh = "用地", en = "Land use"}
geometry = "polygon"
source = {zh = "测试", en = "tests"}
licence = {zh = "CC0", en = "CC0"}
class_field = "class"
scheme = "S"
illustrative = true

[layers.parks]
file = "geojson/parks.geojson"
group = "space"
label = {zh = "公园", en = "Parks"}
geometry = "polygon"
source = {zh = "测试", en = "tests"}
licence = {zh = "CC0", en = "CC0"}
"""
_TEXTS = """
label = {{zh = "{zh}", en = "{en}"}}
family = {{zh = "测试", en = "Tests"}}
definition = {{zh = "定义", en = "definition"}}
formula = {{zh = "公式", en = "formula"}}
source = {{zh = "依据", en = "source"}}
"""


def _statistic(key: str, zh: str, en: str, rest: str) -> str:
    return f"\n[statistics.{key}]{_TEXTS.format(zh=zh, en=en)}{rest}\n"


STATISTICS = (
    _statistic(
        "structure",
        "用地结构",
        "Structure",
        'function = "tabulate"\nunit = "ha"\ninputs.classes = {layer = "landuse"}\ninputs.zones = {layer = "zones"}',
    )
    + _statistic(
        "homes",
        "住宅占比",
        "Homes share",
        'function = "share"\nunit = "%"\nthreshold = {operator = ">=", value = 20, source = {zh = "规范", en = "norm"}}\ninputs.part = {layer = "landuse", classes = ["07"]}\ninputs.whole = {layer = "landuse"}',
    )
    + _statistic(
        "reach",
        "公园覆盖率",
        "Park coverage",
        'function = "coverage"\nunit = "%"\ndistance_m = 500\ninputs.demand = {layer = "landuse", classes = ["0701"]}\ninputs.facilities = {layer = "parks"}',
    )
    + _statistic(
        "bus",
        "公交覆盖率",
        "Bus coverage",
        'function = "coverage"\nunit = "%"\ndistance_m = 300\ninputs.demand = {layer = "landuse"}\ninputs.facilities = {layer = "stops", label = {zh = "公交站点", en = "bus stops"}}',
    )
    + _statistic(
        "secret",
        "管网密度",
        "Pipe density",
        'function = "density"\nunit = "km/km2"\nmeasure = "length"\ninputs.part = {layer = "pipes"}\ninputs.whole = {layer = "zones"}',
    )
)
INDICATORS = """
[indicators.i-1]
number = 1
group = {zh = "经济", en = "Economy"}
name = {zh = "产值", en = "Output"}
unit = {zh = "亿元", en = "100 million CNY"}
values = {"2020" = 7, "2025" = 10}
raw = {"2020" = "7", "2025" = "10以上"}
lines = [3]
anomalies = ["X1"]

[targets.t-1]
name = {zh = "公交全覆盖", en = "Bus for all"}
unit = {zh = "%", en = "%"}
raw = "100%"
value = 100
year = 2025
kind = {zh = "覆盖", en = "coverage"}
computation = {zh = "未写分母", en = "no denominator stated"}
lines = [4]
statistic = "bus"
"""


def write_landuse_plan(folder: Path) -> Path:
    """Write the plan: zone z-1 (0.04 degrees wide) holds four equal parcels; zone z-2 holds none."""
    west, south, half = 104.05, 30.05, 0.02
    codes = {"a": "0701", "b": "1001", "c": "1001", "d": "1401"}
    spots = {"a": (0, 0), "b": (1, 0), "c": (0, 1), "d": (1, 1)}
    parcels = [
        feature(k, square(west + x * half, south + y * half, half), **{"class": codes[k]})
        for k, (x, y) in spots.items()
    ]
    layers = {**LAYERS, "landuse": parcels, "parks": [feature("p", square(104.07, 30.05, 0.005), name_en="Park")]}
    layers["stones"] = [feature("s", point(104, 30))]
    write_plan(folder, catalog=CATALOG + LAYER, layers=layers)
    (folder / "landuse_classes.csv").write_text(CLASSES, "utf-8")
    (folder / "statistics.toml").write_text(STATISTICS, "utf-8")
    (folder / "indicators.toml").write_text(INDICATORS, "utf-8")
    return folder


def write_jagged_park(folder: Path) -> None:
    """Give the plan a park with 10,000 teeth of 44 m, ten centimetres apart: too jagged for a distance of 300 m."""
    teeth = [[104.07 + n * 1e-6, 30.05 + 4e-4 * (n % 2)] for n in range(10_000)]
    ring = [*teeth, [104.08, 30.049], [104.07, 30.049], teeth[0]]
    write_layer(folder, "parks", [feature("comb", {"type": "Polygon", "coordinates": [ring]}, name_en="Comb")])
