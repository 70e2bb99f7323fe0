"""GeoJSON: RFC 7946 where the CRS is WGS 84, else with the older ``crs`` member."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import shapely

from geo.text import Text
from layers.exports.bundle import ExportBundle
from layers.exports.columns import describe_columns
from layers.exports.registry import ExportFormat

_CHUNK = 4096


def write_geojson(bundle: ExportBundle, out: Path) -> None:
    """Write a FeatureCollection, a batch of features at a time."""
    content = bundle.content
    describe_columns(bundle)
    head: dict[str, Any] = {"type": "FeatureCollection", "name": bundle.layer.id}
    if bundle.crs != "EPSG:4326":
        code = bundle.crs.removeprefix("EPSG:")
        name = f"urn:ogc:def:crs:EPSG::{code}" if bundle.wkt else bundle.crs
        head["crs"] = {"type": "name", "properties": {"name": name}}
        zh = f"GeoJSON 标准只认 WGS 84；此文件用 crs 成员写明 {bundle.crs}"
        en = f"the GeoJSON standard knows WGS 84 only; this file says {bundle.crs} in a crs member"
        bundle.notes.append(Text(zh, en))
    rows = content.rows()
    with out.open("xb") as file:
        file.write(orjson.dumps(head)[:-1] + b',"planatlas":' + bundle.as_json().encode() + b',"features":[\n')
        for start in range(0, len(content), _CHUNK):
            shapes = shapely.to_geojson(content.geometry[start : start + _CHUNK])
            ids = content.ids[start : start + _CHUNK]
            lines = []
            for feature_id, shape, row in zip(ids, shapes, rows, strict=False):
                geometry = None if shape is None else orjson.Fragment(shape)
                feature = {"type": "Feature", "id": feature_id, "geometry": geometry, "properties": row}
                lines.append(orjson.dumps(feature, default=str))
            file.write((b",\n" if start else b"") + b",\n".join(lines))
        file.write(b"\n]}\n")


FORMAT = ExportFormat(
    id="geojson",
    ending="geojson",
    label=Text("GeoJSON", "GeoJSON"),
    media_type="application/geo+json",
    write=write_geojson,
    cannot=(Text("日期写为 ISO 文本", "dates are ISO texts"),),
    order=20,
)
