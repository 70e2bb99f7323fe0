"""KML for Google Earth: longitude/latitude of WGS 84, values as texts.

References
----------
OGC 12-007r2, KML 2.3.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geo.text import Text
from layers.arrow import ArrowColumn
from layers.exports.bundle import ExportBundle, FileColumn
from layers.exports.columns import Holds, file_table
from layers.exports.coordinates import grid_note
from layers.exports.ogr import OgrLayer, write_ogr
from layers.exports.registry import ExportFormat

# what the driver writes into the placemark itself instead of its attributes
_PLACEMARK = (
    "id",
    "name",
    "description",
    "timestamp",
    "begin",
    "end",
    "altitudemode",
    "tessellate",
    "extrude",
    "visibility",
    "draworder",
    "icon",
    "heading",
    "tilt",
    "roll",
    "longitude",
    "latitude",
    "altitude",
    "phonenumber",
    "address",
    "snippet",
    "open",
    "scale",
    "x",
    "y",
    "z",
    "model",
    "networklink",
    "photooverlay",
    "screenoverlay",
    "camera_longitude",
    "camera_latitude",
    "camera_altitude",
    "camera_altitudemode",
)


_DIGITS = 15  # of a coordinate, as GDAL writes it


def write_kml(bundle: ExportBundle, out: Path) -> None:
    """Write KML: a placemark a feature, called by its title."""
    zh = "KML 中的属性均为文本，坐标保留 15 位有效数字"
    bundle.notes.append(Text(zh, "attributes are texts in KML, coordinates keep 15 digits"))
    table = file_table(bundle, Holds(taken=_PLACEMARK, dates=False, moments=False))
    spaced = sum(
        v != v.strip()
        for f in table.schema
        if f.type == pa.string()
        for v in table.column(f.name).to_pylist()
        if v
    )
    if spaced:
        zh, en = f"{spaced} 个文本首尾的空白会丢失", f"{spaced} texts lose the blanks at their ends"
        bundle.notes.append(Text(zh, en))
    columns = [column if column.type == pa.string() else _texts(column) for column in table.columns]
    table = pa.table(columns, names=table.schema.names)
    titles = [None if v is None else str(v) for v in bundle.content.values(bundle.layer.title.zh)]
    table = table.append_column("Name", pa.array(titles, pa.string()))
    bundle.columns.append(FileColumn("Name", "", "label"))
    shapes = bundle.content.geometry
    before = len(str(int(np.nanmax(np.abs(shapely.bounds(shapes)), initial=0))))
    if note := grid_note(shapes, _DIGITS - before):
        bundle.notes.append(note)
    if shapely.has_z(shapes).any():
        mode = pa.array(["absolute" if high else None for high in shapely.has_z(shapes)], pa.string())
        table = table.append_column("altitudeMode", mode)
        bundle.columns.append(FileColumn("altitudeMode", "", "label"))
    write_ogr(
        table,
        shapes,
        out,
        OgrLayer(
            driver="LIBKML",
            kind="Unknown",
            wkt=bundle.wkt,
            name=bundle.layer.id,
            options={
                "DOCUMENT_ID": bundle.layer.id,
                "NAME": bundle.layer.label.zh,
                "DESCRIPTION": bundle.as_json(),
            },
        ),
    )


def _texts(column: ArrowColumn) -> ArrowColumn:
    """Return values as texts that give the same numbers again."""
    if pa.types.is_floating(column.type):
        values = [None if v is None else repr(v) for v in column.to_pylist()]
        return pa.chunked_array([pa.array(values, pa.string())])
    return pc.cast(column, pa.string())


FORMAT = ExportFormat(
    id="kml",
    ending="kml",
    label=Text("KML（Google Earth）", "KML (Google Earth)"),
    media_type="application/vnd.google-earth.kml+xml",
    write=write_kml,
    cannot=(
        Text("仅 WGS 84 经纬度", "WGS 84 longitude/latitude only"),
        Text("属性均为文本", "attributes are texts"),
        Text("坐标保留 15 位有效数字", "coordinates keep 15 digits"),
    ),
    lonlat_only=True,
    order=60,
)
