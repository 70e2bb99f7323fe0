"""A plan of another zone, small and named here only: what the tests serve, and proof that data alone decides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PLAN = """
[plan]
id = "valley"
title = {zh = "河谷园区规划", en = "Valley zone plan"}
subtitle = {zh = "测试用", en = "for tests"}
document = {zh = "河谷园区五年规划", en = "Five-year plan of the valley zone"}
document_no = "V-1"
document_date = "2024-05-01"
bounds = [104.0, 30.0, 104.2, 30.2]
center = [104.1, 30.1]
zoom = 13
plane_crs = "EPSG:4544"
notice = {zh = "示意", en = "Schematic"}

[groups.space]
label = {zh = "空间", en = "Space"}

[groups.sites]
label = {zh = "项目", en = "Sites"}

[basemaps.own]
label = {zh = "自带底图", en = "Own background"}
kind = "background"
datum = "WGS84"
attribution = {zh = "自绘", en = "own drawing"}
default = true

[basemaps.shifted]
label = {zh = "偏移底图", en = "Shifted tiles"}
kind = "tiles"
url = "https://tiles.example.invalid/{z}/{x}/{y}.png"
datum = "GCJ02"
attribution = {zh = "例", en = "example"}
"""
_BLOCKS = """
[background]
layers = [{layer = "zones", fill = "#eeeeee"}, {layer = "rivers", stroke = "#88aacc", width = 2.0}]

[layers.zones]
file = "geojson/zones.geojson"
group = "space"
label = {zh = "分区", en = "Zones"}
geometry = "polygon"
source = {zh = "测试", en = "tests"}
licence = {zh = "CC0", en = "CC0"}
visible = true
style = {color = "#334455", fill = "#aabbcc", fill_opacity = 0.3}

[[layers.zones.fields]]
id = "kind"
label = {zh = "类别", en = "Kind"}
filter = true
values = {core = {zh = "核心", en = "core"}}

[[layers.zones.fields]]
id = "land_mu"
label = {zh = "面积", en = "Area"}
type = "number"
unit = "mu"
decimals = 1
filter = true

[[layers.zones.rules]]
when = {field = "kind", equals = "core"}
label = {zh = "核心区", en = "Core"}
fill = "#cc6644"

[layers.rivers]
file = "geojson/rivers.geojson"
group = "space"
label = {zh = "河流", en = "Rivers"}
geometry = "line"
source = {zh = "测试", en = "tests"}
licence = {zh = "CC0", en = "CC0"}
visible = true
"""
SITES = """
[layers.sites]
file = "geojson/sites.geojson"
group = "sites"
label = {zh = "项目", en = "Sites"}
geometry = "point"
source = {zh = "测试", en = "tests"}
licence = {zh = "CC0", en = "CC0"}
visible = true

[[layers.sites.fields]]
id = "phases"
label = {zh = "阶段", en = "Phases"}
type = "list"
filter = true

[[layers.sites.fields]]
id = "open"
label = {zh = "开放", en = "Open"}
type = "boolean"
filter = true
"""
_PIPES = """
[layers.pipes]
file = "geojson/pipes.geojson"
group = "sites"
label = {zh = "管网", en = "Pipes"}
geometry = "line"
source = {zh = "测试", en = "tests"}
licence = {zh = "内部", en = "internal"}
restricted = true
visible = true
"""
CATALOG = PLAN + _BLOCKS + SITES + _PIPES
ANOMALIES = """
[anomalies.X1]
kind_zh = "单位"
kind_en = "units"
lines = [3]
text_zh = "单位不明"
text_en = "The unit is not clear"
"""


def layer_table(name: str, zh: str, en: str, *, geometry: str, more: str = "") -> str:
    """Return the catalog's table of a layer among the sites."""
    head = f'file = "geojson/{name}.geojson"\ngroup = "sites"\ngeometry = "{geometry}"\n'
    texts = f'label = {{zh = "{zh}", en = "{en}"}}\nsource = {{zh = "测试", en = "tests"}}\n'
    return f'\n[layers.{name}]\n{head}{texts}licence = {{zh = "CC0", en = "CC0"}}\n{more}\n'


def feature(feature_id: str, geometry: dict[str, Any] | None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": feature_id, "geometry": geometry, "properties": properties}


def square(west: float, south: float, side: float) -> dict[str, Any]:
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def point(longitude: float, latitude: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [longitude, latitude]}


def line(*positions: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [list(p) for p in positions]}


LAYERS: dict[str, list[dict[str, Any]]] = {
    "zones": [
        feature(
            "z-1",
            square(104.05, 30.05, 0.04),
            name_zh="东区",
            name_en="East",
            kind="core",
            land_mu=120.5,
            position="schematic",
            uncertainty_m=500,
            lines=[3],
            quote="东区",
            anomalies=["X1"],
        ),
        feature(
            "z-2",
            square(104.11, 30.05, 0.04),
            name_zh="西区",
            name_en="West",
            kind="edge",
            land_mu=None,
            position="exact",
            uncertainty_m=5,
        ),
    ],
    "rivers": [
        feature(
            "r-1", line((104.0, 30.1), (104.2, 30.12)), name_zh="白河", name_en="White River", position="exact"
        )
    ],
    "sites": [
        feature(
            "s-1",
            point(104.07, 30.07),
            name_zh="一号厂房",
            name_en="Plant One",
            phases=["a", "b"],
            open=True,
            position="approximate",
        ),
        feature(
            "s-2",
            None,
            name_zh="二号厂房",
            name_en="Plant Two",
            phases=[],
            open=None,
            position="unplaced",
            unplaced_reason_zh="原文未写位置",
            unplaced_reason_en="The document states no place",
        ),
    ],
    "pipes": [feature("w-1", line((104.06, 30.06), (104.08, 30.06)), name_zh="绝密干管", name_en="Secret main")],
}


def write_plan(
    folder: Path, *, catalog: str = CATALOG, layers: dict[str, list[dict[str, Any]]] | None = None
) -> Path:
    """Write the plan's folder and return it."""
    (folder / "geojson").mkdir(parents=True)
    (folder / "catalog.toml").write_text(catalog, "utf-8")
    (folder / "anomalies.toml").write_text(ANOMALIES, "utf-8")
    for name, features in (LAYERS if layers is None else layers).items():
        write_layer(folder, name, features)
    return folder


def write_layer(folder: Path, name: str, features: list[dict[str, Any]]) -> None:
    document = {"type": "FeatureCollection", "features": features}
    (folder / "geojson" / f"{name}.geojson").write_text(json.dumps(document, ensure_ascii=False), "utf-8")
