"""Reads a file people bring into columns, and says what it found: format, encoding, CRS, what was left out."""

from __future__ import annotations

import csv
import tempfile
import zipfile
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from layers.declare import Text
from layers.imports.child import read_with_gdal
from layers.imports.draft import Draft, decoded, refused
from layers.imports.geojson import read_geojson
from layers.imports.tabular import read_delimited, read_sheet

_MEMBERS, _INFLATED = 1000, 4_000_000_000
_TEXT = 1_500_000_000  # bytes of GeoJSON or CSV; larger data come as GeoPackage or GeoParquet
_SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_FOREIGN = (
    csv.Error, zipfile.BadZipFile, pa.ArrowException, shapely.errors.ShapelyError, ValueError, KeyError, TypeError,
    IndexError, EOFError, RecursionError, NotImplementedError, RuntimeError,
)  # fmt: skip
_MOJIBAKE = "锟斤拷"


def read_source(path: Path, *, layer: str = "", encoding: str = "") -> Draft:
    """Read a file; what it is, is told by its content.

    Parameters
    ----------
    path
        GeoJSON, CSV or text with coordinate columns, XLSX, zipped Shapefile, GeoPackage, FlatGeobuf, GeoParquet,
        KML or DXF.
    layer
        One layer, or one sheet, of a file with several.
    encoding
        Of its text; found when not said: what the file declares, else strict UTF-8, else GB18030.

    Raises
    ------
    UnreadableFile
        None of these, damaged, or unsafe to open; says why.
    """
    try:
        return _read(path, layer, encoding)
    except _FOREIGN as error:  # whatever a library says of a broken file is the file's fault
        why = str(error).replace(str(path.parent), "")[:120]
        raise refused(path.name, f"文件损坏（{why}）", f"it is damaged ({why})") from error


def _read(path: Path, layer: str, encoding: str) -> Draft:
    with path.open("rb") as file:
        head = file.read(16)
    if head[:4] == b"PAR1":
        return _parquet(path)
    if head[:2] == b"PK":
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if len(names) > _MEMBERS or sum(m.file_size for m in archive.infolist()) > _INFLATED:
                raise refused(path.name, "压缩包解开后过大", "unpacked, the archive is too large")
        return read_sheet(path, layer) if "[Content_Types].xml" in names else _zipped(path, layer, encoding)
    if head.startswith((b"SQLite format 3", b"fgb", b"  0", b"0\r\n", b"0\n")) or path.suffix.lower() in (
        ".dxf",
        ".kml",
    ):
        return _gdal(path, layer, encoding)
    if path.stat().st_size > _TEXT or head.startswith(b"\x00"):
        why = "不是支持的格式，或文本过大", "it is none of the formats taken, or too long a text"
        raise refused(path.name, *why)
    data = path.read_bytes()
    if data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
        return read_geojson(path.name, data)
    if b"<" in head[:2] or b"\x00" in head:
        raise refused(path.name, "不是支持的格式", "it is none of the formats taken")
    return read_delimited(path.name, data, encoding)


def _zipped(path: Path, layer: str, encoding: str) -> Draft:
    """Read the one Shapefile of an archive, taken out under names of our own."""
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        members = [m for m in archive.infolist() if not m.is_dir() and "__MACOSX" not in m.filename]
        stems = [m.filename[:-4] for m in members if m.filename.lower().endswith(".shp") and layer in m.filename]
        if len(stems) != 1:
            why = (
                f"压缩包内应有一个 .shp，找到 {len(stems)} 个",
                f"one .shp is expected in the archive, found {len(stems)}",
            )
            raise refused(path.name, *why)
        held: dict[str, Path] = {}
        for member in members:
            ending = member.filename[-4:].lower()
            if member.filename[:-4] != stems[0] or ending not in _SHAPE_PARTS:
                continue
            held[ending] = Path(folder) / f"layer{ending}"
            with archive.open(member) as source, held[ending].open("wb") as target:
                left = _INFLATED
                while piece := source.read(1 << 20):
                    left -= len(piece)
                    if left < 0:
                        raise refused(path.name, "压缩包过大", "the archive is too large")
                    target.write(piece)
        for needed in (".shp", ".dbf", ".shx"):
            if needed not in held:
                raise refused(path.name, f"压缩包缺少 {needed}", f"the archive lacks the {needed}")
        read_as = encoding
        if not encoding and ".cpg" not in held:
            _, read_as = decoded(held[".dbf"].read_bytes()[32:].replace(b"\x00", b" "))
        return _gdal(held[".shp"], "", read_as)


def _gdal(path: Path, layer: str, encoding: str) -> Draft:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "read.parquet"
        told = read_with_gdal(path.resolve(), out, layer=layer, encoding=encoding)
        table = pq.read_table(out)
    shapes = shapely.force_2d(shapely.from_wkb(table.column("__wkb__").to_numpy()))
    properties = _plain(table.drop_columns(["__wkb__"]))
    notes = [
        Text(
            f"文件有多个图层：{'、'.join(told['layers'])}",
            f"the file has several layers: {', '.join(told['layers'])}",
        )
    ]
    garbled = any(
        _MOJIBAKE in str(v) for n in properties.schema.names for v in properties.column(n).to_pylist()[:200]
    )
    if garbled:
        notes.append(Text("部分文字在上游已损坏（锟斤拷）", "some text was destroyed before it came here"))
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


def _parquet(path: Path) -> Draft:
    schema = pq.read_schema(path)
    about = orjson.loads((schema.metadata or {}).get(b"geo", b"null"))
    if not about:
        raise refused(path.name, "Parquet 没有 GeoParquet 元数据", "the Parquet has no GeoParquet metadata")
    name = about["primary_column"]
    column = about["columns"][name]
    if column["encoding"] != "WKB":
        raise refused(path.name, "几何编码不是 WKB", "its geometry encoding is not WKB")
    table = pq.read_table(path)
    shapes = shapely.force_2d(shapely.from_wkb(table.column(name).to_numpy()))
    crs = column.get("crs", "EPSG:4326")
    known = crs if isinstance(crs, str) or crs is None else orjson.dumps(crs).decode()
    return Draft("GeoParquet", _plain(table.drop_columns([name])), shapes, None, known, "utf-8")


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
