"""Plans unlike the bundled one: one zone, long names, many classes, nothing placed, south of the equator, far apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.landuse_plan import write_landuse_plan

BLOCKS = 'plane_crs = "EPSG:4544"\nblocks = {layer = "zones", when = {field = "kind", in = ["core", "edge"]}}'
LONG_ZH = "国家级高新技术产业开发区先进制造与现代服务业融合发展示范片区（二期及远期控制用地）"
LONG_EN = (
    "National demonstration district for the integration of advanced manufacturing and modern services, phase two"
)
KINDS = ("one zone", "long names", "many classes", "nothing placed", "south", "far apart")


def _layer(folder: Path, name: str) -> Any:
    return json.loads((folder / "geojson" / f"{name}.geojson").read_text("utf-8"))


def _put(folder: Path, name: str, document: Any) -> None:
    (folder / "geojson" / f"{name}.geojson").write_text(json.dumps(document, ensure_ascii=False), "utf-8")


def _moved(value: Any, east: float, north: float) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], int | float):
        return [value[0] + east, value[1] + north]
    return [_moved(one, east, north) for one in value]


def _each(folder: Path) -> list[str]:
    return [path.stem for path in sorted((folder / "geojson").glob("*.geojson"))]


def _catalog(folder: Path, *changes: tuple[str, str]) -> None:
    path = folder / "catalog.toml"
    said = path.read_text("utf-8")
    for old, new in changes:
        assert old in said, old
        said = said.replace(old, new)
    path.write_text(said, "utf-8")


def write_odd_plan(folder: Path, kind: str) -> Path:
    """Write the small plan with land use in one of ``KINDS``; its zones are its blocks."""
    write_landuse_plan(folder)
    _catalog(folder, ('plane_crs = "EPSG:4544"', BLOCKS))
    {
        "one zone": _one_zone,
        "long names": _long_names,
        "many classes": _many_classes,
        "nothing placed": _nothing_placed,
        "south": _south,
        "far apart": _far_apart,
    }[kind](folder)
    return folder


def _one_zone(folder: Path) -> None:
    found = _layer(folder, "zones")
    _put(folder, "zones", {**found, "features": found["features"][:1]})


def _long_names(folder: Path) -> None:
    for name in ("zones", "sites", "rivers", "parks"):
        found = _layer(folder, name)
        for at, one in enumerate(found["features"]):
            one["properties"] |= {"name_zh": f"{LONG_ZH}{at}", "name_en": f"{LONG_EN} {at}"}
        _put(folder, name, found)
    _catalog(
        folder,
        ("河谷园区规划", LONG_ZH),
        ("Valley zone plan", LONG_EN),
        ('zh = "用地", en = "Land use"', f'zh = "{LONG_ZH}用地", en = "Land use of the {LONG_EN}"'),
    )


def _many_classes(folder: Path) -> None:
    """Forty classes of ten first levels; each has a parcel of the first zone."""
    rows, parcels = ["scheme,code,level,parent,name_zh,name_en,color,accessible"], []
    for first in range(10):
        rows.append(
            f"S,{first + 1:02d},1,,第{first}类用地及其附属设施,First level {first} with its annexes,#aabbcc,#aabbcc"
        )
    for at in range(40):
        code, color = (
            f"{at // 4 + 1:02d}{at % 4 + 1:02d}",
            f"#{(37 * at) % 256:02x}{(91 * at) % 256:02x}{(151 * at) % 256:02x}",
        )
        rows.append(f"S,{code},2,{code[:2]},第{at}种城镇用地,Urban land of kind {at},{color},{color}")
        west, south = 104.05 + at % 8 * 0.005, 30.05 + at // 8 * 0.008
        ring = [
            [west, south],
            [west + 0.005, south],
            [west + 0.005, south + 0.008],
            [west, south + 0.008],
            [west, south],
        ]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        parcels.append({"type": "Feature", "id": str(at), "geometry": geometry, "properties": {"class": code}})
    (folder / "landuse_classes.csv").write_text("\n".join(rows) + "\n", "utf-8")
    _put(folder, "landuse", {"type": "FeatureCollection", "features": parcels})
    path = folder / "statistics.toml"
    said = path.read_text("utf-8").replace('classes = ["0701"]', 'classes = ["0101"]')
    path.write_text(said.replace('classes = ["07"]', 'classes = ["01"]'), "utf-8")


def _nothing_placed(folder: Path) -> None:
    for name in ("sites", "parks"):
        found = _layer(folder, name)
        for one in found["features"]:
            one["geometry"] = None
            one["properties"] |= {"position": "unplaced"}
        _put(folder, name, found)


def _south(folder: Path) -> None:
    for name in _each(folder):
        found = _layer(folder, name)
        for one in found["features"]:
            if one["geometry"]:
                one["geometry"]["coordinates"] = _moved(one["geometry"]["coordinates"], 47.0, -64.0)
        _put(folder, name, found)
    _catalog(
        folder,
        ("[104.0, 30.0, 104.2, 30.2]", "[151.0, -34.0, 151.2, -33.8]"),
        ("[104.1, 30.1]", "[151.1, -33.9]"),
        ("EPSG:4544", "EPSG:7856"),
    )


def _far_apart(folder: Path) -> None:
    """Two zones of 4 km, 130 km from each other, and a third between them."""
    found = _layer(folder, "zones")
    other = found["features"][1]
    third = json.loads(json.dumps(other)) | {"id": "z-3"}
    third["properties"] |= {"name_zh": "中区", "name_en": "Middle"}
    third["geometry"]["coordinates"] = _moved(third["geometry"]["coordinates"], 0.6, 0.3)
    other["geometry"]["coordinates"] = _moved(other["geometry"]["coordinates"], 1.3, 0.5)
    _put(folder, "zones", {**found, "features": [*found["features"], third]})
    _catalog(folder, ("[104.0, 30.0, 104.2, 30.2]", "[103.9, 29.9, 105.6, 30.8]"))
