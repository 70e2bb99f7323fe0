"""The formats with geometry: what each can hold, and what is said where it cannot."""

from __future__ import annotations

import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely

from geo.text import Text
from layers.exports.bundle import Parcel
from layers.exports.fields import cut_texts, flat, renamed
from layers.exports.qgis import add_style
from layers.features.columns import write_content

_CHUNK = 4096
_ZIP_TIME = (2000, 1, 1, 0, 0, 0)  # the same layer gives the same bytes
_SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_DIMENSIONS = {0: ("points", "Point"), 1: ("lines", "LineString"), 2: ("polygons", "Polygon")}
Shapes = np.ndarray[Any, np.dtype[np.object_]]


def write_geojson(parcel: Parcel, out: Path) -> None:
    """Write a FeatureCollection; RFC 7946 where the CRS is WGS 84, else with the older ``crs`` member."""
    content = parcel.content
    head: dict[str, Any] = {"type": "FeatureCollection", "name": parcel.layer.id}
    if parcel.crs != "EPSG:4326":
        code = parcel.crs.removeprefix("EPSG:")
        name = f"urn:ogc:def:crs:EPSG::{code}" if parcel.wkt else parcel.crs
        head["crs"] = {"type": "name", "properties": {"name": name}}
        zh = f"GeoJSON 标准只认 WGS 84；此文件用 crs 成员写明 {parcel.crs}"
        en = f"the GeoJSON standard knows WGS 84 only; this file says {parcel.crs} in a crs member"
        parcel.notes.append(Text(zh, en))
    rows = content.rows()
    with out.open("xb") as file:
        file.write(orjson.dumps(head)[:-1] + b',"planatlas":' + parcel.as_json().encode() + b',"features":[\n')
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


def write_geoparquet(parcel: Parcel, out: Path) -> None:
    """Write GeoParquet 1.1 with every type kept."""
    crs = None if parcel.wkt is None else parcel.crs
    write_content(out, parcel.content, crs=crs, about=parcel.told())


def write_geopackage(parcel: Parcel, out: Path) -> None:
    """Write a GeoPackage: one layer, provenance as metadata, the style as QGIS and others read it."""
    table, _ = _table(parcel, "GPKG")
    free = {name.casefold() for name in table.schema.names}
    fid = next(name for name in ("fid", "fid_", "fid__", "fid___") if name not in free)
    _write(
        table,
        out,
        parcel,
        driver="GPKG",
        kind=_kind(parcel.content.geometry),
        options={"FID": fid, "GEOMETRY_NAME": "geom", "VERSION": "1.3"},
        metadata={"IDENTIFIER": parcel.layer.label.zh, "planatlas": parcel.as_json()},
    )
    add_style(out, parcel)


def write_flatgeobuf(parcel: Parcel, out: Path) -> None:
    """Write FlatGeobuf; features without a place are kept by leaving its spatial index out."""
    missing = bool(shapely.is_missing(parcel.content.geometry).any())
    if missing:
        zh, en = "含未上图要素，故不带空间索引", "it holds features without a place, so it has no spatial index"
        parcel.notes.append(Text(zh, en))
    options = {"SPATIAL_INDEX": "NO" if missing else "YES", "DESCRIPTION": parcel.as_json()}
    _write(
        _table(parcel, "FlatGeobuf")[0],
        out,
        parcel,
        driver="FlatGeobuf",
        kind="Unknown",
        options=options,
        metadata={},
    )


def write_kml(parcel: Parcel, out: Path) -> None:
    """Write KML; values become texts there."""
    parcel.notes.append(Text("KML 中的属性均为文本", "attributes are texts in KML"))
    _write(
        _table(parcel, "LIBKML")[0],
        out,
        parcel,
        driver="LIBKML",
        kind="Unknown",
        options={"DOCUMENT_ID": parcel.layer.id},
        metadata={},
        layer_options={"NAME": parcel.layer.label.zh, "DESCRIPTION": parcel.as_json()},
    )


def write_shapefiles(parcel: Parcel, out: Path) -> None:
    """Write a zip of Shapefiles in UTF-8, one for each kind of geometry, and a text with the provenance."""
    parcel.notes.append(
        Text(
            "Shapefile 字段名最多 10 字节、文本最多 254 字节，不区分空值与空文本",
            "Shapefile names have 10 bytes and texts 254 at most, and null is not told from an empty text",
        )
    )
    table, names = _table(parcel, "ESRI Shapefile", 10)
    table = cut_texts(table, limit=254, notes=parcel.notes)
    shapes = parcel.content.geometry
    kinds = shapely.get_dimensions(shapes)
    held = [d for d in _DIMENSIONS if (kinds == d).any()] or [0]
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for at, dimension in enumerate(held):
            chosen = kinds == dimension
            chosen |= (kinds == -1) & (at == 0)  # those without a place go with the first
            name = parcel.layer.id if len(held) == 1 else f"{parcel.layer.id}-{_DIMENSIONS[dimension][0]}"
            path = Path(folder) / f"{name}.shp"
            _write(
                table.filter(pa.array(chosen)),
                path,
                parcel,
                driver="ESRI Shapefile",
                kind=_shape_kind(shapes[chosen], _DIMENSIONS[dimension][1]),
                options={"ENCODING": "UTF-8"},
                metadata={},
            )
            parts += [p for ending in _SHAPE_PARTS if (p := path.with_suffix(ending)).is_file()]
        lines = parcel.lines() + [(f"字段 / field {new}", old) for old, new in names.items() if old != new]
        with zipfile.ZipFile(out, "x", zipfile.ZIP_DEFLATED) as archive:
            for path in parts:
                archive.writestr(zipfile.ZipInfo(path.name, _ZIP_TIME), path.read_bytes(), zipfile.ZIP_DEFLATED)
            text = "\n".join(f"{name}: {value}" for name, value in lines) + "\n"
            archive.writestr(zipfile.ZipInfo("README.txt", _ZIP_TIME), text)
            archive.writestr(zipfile.ZipInfo("provenance.json", _ZIP_TIME), parcel.as_json())


def _table(parcel: Parcel, driver: str, limit: int | None = None) -> tuple[pa.Table, dict[str, str]]:
    """Return the attributes a file driver can hold, ids first, and the new name of every field."""
    content = parcel.content
    ids = pa.array(content.ids, pa.string())
    table = flat(content.properties if content.names else pa.table({}), parcel.notes)
    taken = {name.casefold() for name in table.schema.names}
    id_name = next(name for name in ("feature_id", "feature_id_", "feature_id__") if name not in taken)
    fields, arrays = [pa.field(id_name, pa.string()), *table.schema], [ids, *table.columns]
    table = pa.table(arrays, schema=pa.schema(fields))
    taken_by_driver = ("geom",) if driver == "GPKG" else ()
    # file drivers look fields up without regard to case, and mix up “Count” with “count”
    return renamed(table, limit=limit, notes=parcel.notes, taken=taken_by_driver)


def _write(
    table: pa.Table,
    out: Path,
    parcel: Parcel,
    *,
    driver: str,
    kind: str,
    options: dict[str, str],
    metadata: dict[str, str],
    layer_options: dict[str, str] | None = None,
) -> None:
    import pyogrio  # noqa: PLC0415 - GDAL only where a file needs it

    shapes = parcel.content.geometry
    if len(shapes) != table.num_rows:  # some of them, by kind
        ids = set(table.column(0).to_pylist())
        shapes = shapes[[i in ids for i in parcel.content.ids]]
    if kind.startswith("Multi"):
        shapes = _promoted(shapes)
    geometry = "wkb_geometry"
    while geometry in table.schema.names:
        geometry += "_"
    whole = table.append_column(geometry, pa.array(shapely.to_wkb(shapes), pa.binary()))
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2000-01-01T00:00:00.000Z"})
    names = {"layer": parcel.layer.id} if driver in ("GPKG", "LIBKML") else {}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="'crs' was not provided")  # shifted coordinates have none
        pyogrio.write_arrow(
            whole,
            out,
            driver=driver,
            geometry_name=geometry,
            geometry_type=kind,
            crs=parcel.wkt,
            **names,
            **({"layer_metadata": metadata} if metadata else {}),
            **(options | (layer_options or {})),
        )


def _kind(shapes: Shapes) -> str:
    kinds = {s.geom_type for s in shapes if s is not None}
    return next(iter(kinds)) if len(kinds) == 1 else "Unknown"


def _shape_kind(shapes: Shapes, single: str) -> str:
    multi = any(s is not None and s.geom_type.startswith("Multi") for s in shapes)
    return f"Multi{single}" if multi and single == "Point" else single


def _promoted(shapes: Shapes) -> Shapes:
    out = shapes.copy()
    for i, shape in enumerate(shapes):
        if shape is not None and shape.geom_type == "Point":
            out[i] = shapely.MultiPoint([shape])
    return out
