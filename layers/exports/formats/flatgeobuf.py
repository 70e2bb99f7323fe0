"""FlatGeobuf: features without a place are kept by leaving its spatial index out."""

from __future__ import annotations

from pathlib import Path

import shapely

from geo.text import Text
from layers.exports.bundle import ExportBundle
from layers.exports.columns import Holds, file_table
from layers.exports.ogr import OgrLayer, kind_of, write_ogr
from layers.exports.registry import ExportFormat


def write_flatgeobuf(bundle: ExportBundle, out: Path) -> None:
    """Write FlatGeobuf; it has an index where every feature has a place."""
    shapes = bundle.content.geometry
    missing = bool(shapely.is_missing(shapes).any())
    if missing:
        zh, en = "含未上图要素，故不带空间索引", "it holds features without a place, so it has no spatial index"
        bundle.notes.append(Text(zh, en))
    table = file_table(bundle, Holds())
    options = {"SPATIAL_INDEX": "NO" if missing else "YES", "DESCRIPTION": bundle.as_json()}
    kind = kind_of(shapes)
    if kind == "Unknown" and shapely.has_z(shapes).any():
        zh, en = (
            "几何种类混合时 FlatGeobuf 不存高程",
            "FlatGeobuf holds no heights where kinds of shapes are mixed",
        )
        bundle.notes.append(Text(zh, en))
    write_ogr(table, shapes, out, OgrLayer(driver="FlatGeobuf", kind=kind, wkt=bundle.wkt, options=options))


_FLAT = Text("几何种类混合时不存高程", "heights are left out where kinds of shapes are mixed")
FORMAT = ExportFormat(
    id="flatgeobuf",
    ending="fgb",
    label=Text("FlatGeobuf", "FlatGeobuf"),
    media_type="application/octet-stream",
    write=write_flatgeobuf,
    cannot=(
        Text("列表写为 JSON 文本", "lists become JSON texts"),
        Text("有未上图要素时不带空间索引", "no spatial index where features have no place"),
        _FLAT,
    ),
    order=40,
)
