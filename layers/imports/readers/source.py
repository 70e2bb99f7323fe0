"""Reads a file people bring into columns, and says what it found: format, encoding, CRS, what was left out."""

from __future__ import annotations

import contextlib
import csv
import sqlite3
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo.text import Text
from layers.features.columns import Objects
from layers.imports.database import Origin
from layers.imports.draft import Draft, refused
from layers.imports.readers.archive import refuse_far_cells, refuse_swollen, taken_out
from layers.imports.readers.dxf import placed, read_drawing
from layers.imports.readers.gdal import DISK_FAILS, read_with_gdal
from layers.imports.readers.geojson import read_geojson
from layers.imports.readers.tables import read_delimited, read_sheet
from layers.imports.telling import Progress, quiet
from layers.store import StoreUnavailable

_TEXT = 1_500_000_000  # bytes of GeoJSON or CSV; larger data come as GeoPackage or GeoParquet
_BATCH = 65_536  # features whose WKB is held at once
# What the readers' libraries raise on a broken file, each seen on one of the bad files of the tests or named in
# their documentation (zipfile: NotImplementedError, RuntimeError; deep nesting: RecursionError).
_FOREIGN = (
    csv.Error, sqlite3.Error, zipfile.BadZipFile, pa.ArrowException, shapely.errors.ShapelyError, ValueError,
    KeyError, TypeError, IndexError, EOFError, RecursionError, NotImplementedError, RuntimeError,
)  # fmt: skip


def read_source(
    path: Path, *, layer: str = "", encoding: str = "", unit: str = "", progress: Progress = quiet,
    origin: Origin | None = None,
) -> Draft:  # fmt: skip
    """Read a file; what it is, is told by its content.

    Parameters
    ----------
    path
        GeoJSON, CSV or text with coordinate columns, XLSX, zipped Shapefile, GeoPackage, FlatGeobuf, GeoParquet,
        KML, KMZ or DXF.
    layer
        One layer, or one sheet, of a file with several.
    encoding
        Of its text; found when not said: what the file declares, else strict UTF-8, else GB18030.
    unit
        Of a drawing (DXF), against what it says itself: one of `layers.imports.readers.dxf.UNITS`.
    progress
        Is told the features read and how many there are.
    origin
        Of a file that was taken from a database: what the database knew.

    Raises
    ------
    UnreadableFile
        None of these, damaged, or unsafe to open; says why.
    StoreUnavailable
        The disk for what is read on the way is full or fails.
    """
    try:
        return _table(path, origin, progress) if origin else _read(path, layer, encoding, unit, progress)
    except OSError as error:
        if error.errno in DISK_FAILS:
            raise StoreUnavailable(why=error.strerror or "I/O") from error
        if error.errno is None:  # what pyarrow says of a file that ends too early
            raise refused(path.name, "文件损坏", "it is damaged") from error
        why = error.strerror or "I/O"
        raise refused(path.name, f"打不开（{why}）", f"it cannot be opened ({why})") from error
    except _FOREIGN as error:  # whatever a library says of a broken file is the file's fault
        why = str(error).replace(str(path.parent), "")[:120]
        raise refused(path.name, f"文件损坏（{why}）", f"it is damaged ({why})") from error


def _read(path: Path, layer: str, encoding: str, unit: str, progress: Progress) -> Draft:
    with path.open("rb") as file:
        head = file.read(22)
    if head[:4] == b"PAR1":
        return _parquet(path, progress)
    if head[:2] == b"PK":
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            refuse_swollen(archive, path.name)
            if "[Content_Types].xml" in names:
                refuse_far_cells(archive, path.name)
        if "[Content_Types].xml" in names:
            return read_sheet(path, layer, progress)
        return _zipped(path, layer, encoding, progress)
    if head.startswith((b"  0", b"0\r\n", b"0\n", b"AutoCAD Binary DXF")) or path.suffix.lower() == ".dxf":
        if head.startswith(b"AutoCAD"):
            raise refused(
                path.name, "是二进制 DXF，请另存为 ASCII DXF", "it is a binary DXF; save it as ASCII DXF"
            )
        drawing = read_drawing(path)
        return placed(_gdal(path, layer, encoding, progress), drawing, path.name, unit)
    if head.startswith(b"SQLite"):
        _refuse_views(path)
    if head.startswith((b"SQLite format 3", b"fgb")) or path.suffix.lower() == ".kml":
        return _gdal(path, layer, encoding, progress)
    if path.stat().st_size > _TEXT or head.startswith(b"\x00"):
        why = "不是支持的格式，或文本过大", "it is none of the formats taken, or too long a text"
        raise refused(path.name, *why)
    data = path.read_bytes()
    if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
        return read_geojson(path.name, data, progress)
    if b"<" in head[:2] or b"\x00" in head:
        raise refused(path.name, "不是支持的格式", "it is none of the formats taken")
    return read_delimited(path.name, data, encoding, progress)


def _refuse_views(path: Path) -> None:
    """Raise UnreadableFile when a layer of a GeoPackage is a view: opening it would run what somebody wrote."""
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    asked = "select m.name from sqlite_master m join gpkg_contents c on lower(c.table_name) = lower(m.name)"
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as database:
        database.execute("pragma trusted_schema = off")
        views = [str(row[0]) for row in database.execute(f"{asked} where m.type = 'view'")]
    if views:
        named = ", ".join(views)[:80]
        zh = f"图层 {named} 是视图，打开会执行其中的语句；请导出为表"
        raise refused(path.name, zh, f"the layer {named} is a view, which runs a statement; export it as a table")


def _zipped(path: Path, layer: str, encoding: str, progress: Progress) -> Draft:
    """Read one Shapefile or KML of an archive, taken out under a name of our own."""
    with tempfile.TemporaryDirectory() as folder:
        one = taken_out(path, Path(folder), layer, encoding)
        draft = _gdal(one.file, one.layer, one.encoding, progress)
    notes = draft.notes
    if len(one.names) > 1:
        zh = f"压缩包有多个图层：{'、'.join(one.names)}；读取了 {one.chosen}"
        en = f"the archive holds several layers: {', '.join(one.names)}; {one.chosen} was read"
        notes = (*notes, Text(zh, en))
    layers = one.names if len(one.names) > 1 else draft.layers
    return replace(draft, format="KMZ" if one.file.suffix == ".kml" else draft.format, layers=layers, notes=notes)


def _gdal(path: Path, layer: str, encoding: str, progress: Progress) -> Draft:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "read.parquet"
        told = read_with_gdal(path.resolve(), out, layer=layer, encoding=encoding, progress=progress)
        with pq.ParquetFile(out) as file:
            names = [name for name in file.schema_arrow.names if name != "__wkb__"]
            properties, shapes = _plain(file.read(names)), _shapes(file, "__wkb__", quiet)
    notes = [
        Text(
            f"文件有多个图层：{'、'.join(told['layers'])}",
            f"the file has several layers: {', '.join(told['layers'])}",
        )
    ]
    return Draft(
        told["driver"],
        properties,
        shapes,
        None,
        told["crs"],
        encoding or "utf-8",
        tuple(notes[len(told["layers"]) < 2 :]),
        tuple(told["layers"]),
    )


def _shapes(file: pq.ParquetFile, column: str, progress: Progress) -> Objects:
    """Return the geometry of a file, read a batch at a time: its WKB is never all in memory."""
    parts: list[Objects] = []
    for batch in file.iter_batches(_BATCH, columns=[column]):
        parts.append(shapely.force_2d(shapely.from_wkb(batch.column(0).to_numpy(zero_copy_only=False))))
        progress(sum(map(len, parts)), file.metadata.num_rows)
    return np.concatenate(parts) if parts else np.empty(0, dtype=object)


def _parquet(path: Path, progress: Progress) -> Draft:
    schema = pq.read_schema(path)
    about = orjson.loads((schema.metadata or {}).get(b"geo", b"null"))
    if not about:
        raise refused(path.name, "Parquet 没有 GeoParquet 元数据", "the Parquet has no GeoParquet metadata")
    name = about["primary_column"]
    column = about["columns"][name]
    if column["encoding"] != "WKB":
        raise refused(path.name, "几何编码不是 WKB", "its geometry encoding is not WKB")
    with pq.ParquetFile(path) as file:
        properties = _plain(file.read([other for other in schema.names if other != name]))
        shapes = _shapes(file, name, progress)
    crs = column.get("crs", "EPSG:4326")
    known = crs if isinstance(crs, str) or crs is None else orjson.dumps(crs).decode()
    return Draft("GeoParquet", properties, shapes, None, known, "utf-8")


def _table(path: Path, origin: Origin, progress: Progress) -> Draft:
    """Read a table taken from a database; a primary key of one column gives the ids."""
    draft = _parquet(path, progress)
    ids = tuple(map(str, draft.properties.column(origin.id_field).to_pylist())) if origin.id_field else None
    properties, notes = origin.settled(draft.properties)
    return replace(
        draft, format="PostGIS", properties=properties, ids=ids, crs=origin.crs, encoding=origin.encoding,
        notes=(*origin.notes, *notes), origin=origin.told,
    )  # fmt: skip


def _plain(table: pa.Table) -> pa.Table:
    """Return a table whose columns are text, number, boolean or lists of text; dates and times become ISO text."""
    columns, fields = [], []
    for field, column in zip(table.schema, table.columns, strict=True):
        kind = field.type
        if pa.types.is_integer(kind):
            made = column.cast(pa.int64())
        elif pa.types.is_floating(kind):
            made = column.cast(pa.float64())
        elif pa.types.is_boolean(kind) or pa.types.is_string(kind):
            made = column
        elif pa.types.is_list(kind) and pa.types.is_string(kind.value_type):
            made = column.cast(pa.list_(pa.string()))
        else:
            made = pa.chunked_array(
                [pa.array([None if v is None else str(v) for v in column.to_pylist()], pa.string())]
            )
        columns.append(made)
        fields.append(pa.field(field.name, made.type))
    return pa.table(columns, schema=pa.schema(fields)) if fields else pa.table({})
