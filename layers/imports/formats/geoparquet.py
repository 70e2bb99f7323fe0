"""GeoParquet: WKB or native geometry, Parquet's own geometry type, covering boxes, decimals, dates.

References
----------
GeoParquet 1.1, https://geoparquet.org; Parquet logical types GEOMETRY and GEOGRAPHY.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from geo.text import Text
from layers.arrow import ArrowColumn, text_lengths
from layers.features.columns import Objects
from layers.imports.curves import curve_note, is_curve, without_curves
from layers.imports.draft import Draft, Found, refuse_file
from layers.imports.formats.parquet_bounds import kept_bytes, refuse_swollen_parquet
from layers.imports.formats.registry import ImportFormat, Source
from layers.imports.tables import Sheet, read_table
from layers.imports.tables.headings import has_places, is_geometry
from layers.imports.telling import Progress

_BATCH, _BATCH_BYTES = 65_536, 32_000_000  # features whose WKB is held at once, and about how much of it
_BUFFER = 4 << 20  # bytes read at once: a column of a million features is otherwise read whole
_NATIVE = {
    "point": (shapely.GeometryType.POINT, 0),
    "linestring": (shapely.GeometryType.LINESTRING, 1),
    "polygon": (shapely.GeometryType.POLYGON, 2),
    "multipoint": (shapely.GeometryType.MULTIPOINT, 1),
    "multilinestring": (shapely.GeometryType.MULTILINESTRING, 2),
    "multipolygon": (shapely.GeometryType.MULTIPOLYGON, 3),
}
_DOUBLE_DIGITS = 15


def read_geoparquet(source: Source) -> Draft:
    """Read a GeoParquet, or a Parquet whose columns say where its rows lie."""
    with pq.ParquetFile(source.path, buffer_size=_BUFFER) as file:
        refuse_swollen_parquet(source.path, file, source.name)
        schema = file.schema_arrow
        about = orjson.loads((schema.metadata or {}).get(b"geo", b"null"))
        if not isinstance(about, dict):
            about = _told_by_types(file, schema) or _bare_wkb(file, schema, source.options.geometry_column)
        if about is None:
            return _plain_table(source, file)
        names = list(about["columns"])
        primary = str(about.get("primary_column") or names[0])
        if source.options.geometry_column and source.options.geometry_column in names:
            primary = source.options.geometry_column
        column: dict[str, Any] = about["columns"][primary]
        notes: list[Text] = []
        found: list[Found] = []
        gone = _coverings(about)
        others = [name for name in names if name != primary and name in schema.names]
        if others:
            zh = f"其他几何列未导入：{'、'.join(others)}"
            notes.append(Text(zh, f"other columns of geometry are left out: {', '.join(others)}"))
        kept = [name for name in schema.names if name not in {primary, *gone, *others}]
        properties = plain_columns(file.read(kept), notes)
        if column["encoding"] == "WKB":
            shapes = wkb_shapes(file, primary, source.progress, found)
            notes += _curves(file, primary)
        elif column["encoding"] in _NATIVE:
            shapes = _native(file.read([primary]).column(0), str(column["encoding"]))
        else:
            kind = str(column["encoding"])[:40]
            raise refuse_file(
                source.name, f"几何编码 {kind} 不受支持", f"its geometry is encoded as {kind}, which is not read"
            )
    if "bare" in column:
        zh, en = f"几何取自列 {primary}（WKB）", f"geometry taken from column {primary} (WKB)"
        notes.append(Text(f"{zh}，文件没有 GeoParquet 元数据", f"{en}; it has no GeoParquet metadata"))
    crs = column.get("crs", "EPSG:4326")
    known = crs if isinstance(crs, str) or crs is None else orjson.dumps(crs).decode()
    return Draft(
        "GeoParquet",
        properties,
        shapes,
        None,
        known,
        "utf-8",
        tuple(notes),
        found=tuple(found),
        kind=_kind(column.get("geometry_types")),
    )


def wkb_shapes(file: pq.ParquetFile, column: str, progress: Progress, found: list[Found]) -> Objects:
    """Return the geometry of a file, read a batch at a time: its WKB is never all in memory.

    Parameters
    ----------
    file
        The open file.
    column
        Of the geometry, as well-known binary.
    progress
        ``progress(done, total)`` in rows.
    found
        Gets a note of the rows that cannot be read.
    """
    parts: list[Objects] = []
    odd: list[int] = []
    at = 0
    for batch in file.iter_batches(_batch(file, column), columns=[column]):
        held = batch.column(0)
        held = held.storage if isinstance(held, pa.ExtensionArray) else held
        made, bad = _shapes(held.to_numpy(zero_copy_only=False))
        odd += [at + i for i in bad]
        at += len(made)
        parts.append(made)
        progress(at, file.metadata.num_rows)
    if odd:
        found.append(
            Found("unreadable", "几何无法读取", "the geometry cannot be read", "left unplaced", tuple(odd))
        )
    return np.concatenate(parts) if parts else np.empty(0, dtype=object)


def _batch(file: pq.ParquetFile, column: str) -> int:
    """Return how many features to read at once: few of a file whose features are large."""
    return max(min(_BATCH, _BATCH_BYTES * file.metadata.num_rows // max(kept_bytes(file, column), 1)), 1)


def _curves(file: pq.ParquetFile, column: str) -> list[Text]:
    """Return what is said of curves, which `wkb_shapes` makes into segments."""
    count = 0
    for batch in file.iter_batches(_batch(file, column), columns=[column]):
        held = batch.column(0)
        held = held.storage if isinstance(held, pa.ExtensionArray) else held
        heads: Any = pc.value_counts(pc.binary_slice(held.cast(pa.binary()), 0, 5))
        count += sum(one["counts"] for one in heads.to_pylist() if one["values"] and is_curve(one["values"]))
    return [curve_note(count)] if count else []


def _shapes(wkb: Objects) -> tuple[Objects, list[int]]:
    """Return shapes of WKB and the places of those that no library reads; each costs only itself."""
    try:
        made: Objects = shapely.from_wkb(wkb)
    except (NotImplementedError, shapely.errors.ShapelyError):
        made = np.array([_one(one) for one in wkb], dtype=object)
        return made, [i for i, one in enumerate(wkb) if one is not None and made[i] is None]
    return made, []


def _one(wkb: bytes | None) -> object:
    try:
        if wkb is not None and is_curve(wkb):
            return without_curves(wkb)[0]
        return shapely.from_wkb(wkb)
    except (NotImplementedError, ValueError, shapely.errors.ShapelyError):
        return None


def _coverings(about: dict[str, Any]) -> set[str]:
    """Return the columns that only repeat where a feature's box is."""
    boxes = (one.get("covering", {}).get("bbox", {}) for one in about["columns"].values())
    return {
        str(path[0])
        for box in boxes
        if isinstance(box, dict)
        for path in box.values()
        if isinstance(path, list) and path
    }


def _told_by_types(file: pq.ParquetFile, schema: pa.Schema) -> dict[str, Any] | None:
    """Return what Parquet's own geometry types or GeoArrow's names of columns say, as GeoParquet says it."""
    columns: dict[str, Any] = {}
    for i, field in enumerate(schema):
        extension = (field.metadata or {}).get(b"ARROW:extension:name", b"").decode() or getattr(
            field.type, "extension_name", ""
        )
        logical = str(file.schema.column(i).logical_type) if i < len(file.schema.names) else ""
        told: dict[str, Any] = {}
        if extension.startswith("geoarrow."):
            kind = extension.removeprefix("geoarrow.")
            told["encoding"] = "WKB" if kind == "wkb" else kind
            inside = orjson.loads((field.metadata or {}).get(b"ARROW:extension:metadata", b"{}") or b"{}")
            told["crs"] = inside.get("crs")
        elif logical.startswith(("Geometry", "Geography")):
            told["encoding"] = "WKB"
            told["crs"] = (
                None
                if "crs=" in logical and "crs=)" not in logical and "OGC:CRS84" not in logical
                else "EPSG:4326"
            )
        if told:
            columns[field.name] = told
    return {"columns": columns, "primary_column": next(iter(columns))} if columns else None


def _bare_wkb(file: pq.ParquetFile, schema: pa.Schema, said: str) -> dict[str, Any] | None:
    """Return what GeoParquet would say of a column of WKB that says nothing of itself, by name or as is said."""
    binary = [one.name for one in schema if pa.types.is_binary(one.type) or pa.types.is_large_binary(one.type)]
    name = said if said in binary else next((one for one in binary if is_geometry(one)), "")
    if not name:
        return None
    first = next((v for b in file.iter_batches(100, columns=[name]) for v in b.column(0).to_pylist() if v), None)
    if first is None or _one(first) is None:
        return None
    return {"columns": {name: {"encoding": "WKB", "crs": None, "bare": True}}, "primary_column": name}


def _plain_table(source: Source, file: pq.ParquetFile) -> Draft:
    names = file.schema_arrow.names
    if not has_places(names) and not any(map(is_geometry, names)) and not source.options.x_column:
        raise refuse_file(
            source.name,
            "Parquet 没有 GeoParquet 元数据，也没有坐标列",
            "the Parquet has no GeoParquet metadata and no coordinate columns",
        )
    notes: list[Text] = []
    columns = [
        ["" if v is None else _cell(v) for v in column.to_pylist()]
        for column in plain_columns(file.read(), notes).columns
    ]
    rows = [list(names), *map(list, zip(*columns, strict=True))]
    draft = read_table(source.name, Sheet(rows, "CSV", notes=tuple(notes)), source.options, source.progress)
    return replace(draft, format="GeoParquet", properties=_as_typed(draft.properties, file, notes))


def _as_typed(table: pa.Table, file: pq.ParquetFile, notes: list[Text]) -> pa.Table:
    """Return a table's columns as the file types them; every row of it became one."""
    typed = plain_columns(file.read(), notes)
    if len(typed) != len(table):
        return table
    for at, field in enumerate(table.schema):
        if field.name in typed.schema.names:
            own = typed.schema.field(field.name)
            table = table.set_column(at, own, typed.column(field.name))
    return table


def _cell(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _native(column: ArrowColumn, encoding: str) -> Objects:
    """Return shapes of GeoArrow's nested coordinates."""
    kind, depth = _NATIVE[encoding]
    held = column.combine_chunks()
    held = held.storage if isinstance(held, pa.ExtensionArray) else held
    missing = np.asarray(held.is_null())
    offsets: list[Any] = []
    inner: Any = held  # a list's values are of another type at each depth
    for _ in range(depth):
        offsets.insert(0, np.asarray(inner.offsets).astype(np.int64))
        inner = inner.values
    if pa.types.is_struct(inner.type):
        names = [name for name in ("x", "y", "z") if inner.type.get_field_index(name) >= 0]
        xy = np.column_stack([np.asarray(inner.field(name), dtype=np.float64) for name in names])
    else:
        size = inner.type.list_size
        xy = np.asarray(inner.flatten() if not inner.null_count else pc.list_flatten(inner), dtype=float).reshape(
            -1, size
        )
    made: Objects = shapely.from_ragged_array(kind, xy, tuple(offsets) or None)
    made = np.array(made, dtype=object)
    made[missing] = None
    return made


def plain_columns(table: pa.Table, notes: list[Text]) -> pa.Table:
    """Return a table whose columns are text, number, boolean or lists of text; dates and times become ISO text.

    Decimals become numbers where a double keeps every digit of them, else text; nested values become JSON. What
    could not stay what it was is said.
    """
    columns, fields = [], []
    for field, column in zip(table.schema, table.columns, strict=True):
        made, declared = _plain(field.name, column, notes)
        if made is None:
            continue
        columns.append(made)
        fields.append(pa.field(field.name, made.type, metadata=declared))
    return pa.table(columns, schema=pa.schema(fields)) if fields else pa.table({})


def _plain(
    name: str, column: ArrowColumn, notes: list[Text]
) -> tuple[ArrowColumn | None, dict[bytes, bytes] | None]:
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        chunks: Any = column.chunks  # of whatever type the extension stores
        stored: ArrowColumn = pa.chunked_array([one.storage for one in chunks], cast("Any", kind.storage_type))
        return _plain(name, stored, notes)
    if pa.types.is_dictionary(kind):
        return _plain(name, column.cast(kind.value_type), notes)
    simple = next((make for fits, make in _SIMPLE if fits(kind)), None)
    if simple is not None:
        return simple(name, column, notes), None
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        notes.append(Text(f"列 {name} 是二进制数据，未导入", f"column {name} holds binary data; left out"))
        return None, None
    if (pa.types.is_list(kind) or pa.types.is_large_list(kind)) and pa.types.is_string(kind.value_type):
        return column.cast(pa.list_(pa.string())), None
    zh, en = f"列 {name} 含嵌套的值，按 JSON 文本保存", f"column {name} holds nested values; kept as JSON text"
    notes.append(Text(zh, en))
    texts = [None if v is None else orjson.dumps(v, default=str).decode() for v in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())]), {b"planatlas": b"json"}


def _integers(name: str, column: ArrowColumn, notes: list[Text]) -> ArrowColumn:
    if pa.types.is_uint64(column.type) and (pc.max(column).as_py() or 0) >= 2**63:
        zh = f"列 {name} 的整数过长，按文本保存"
        notes.append(Text(zh, f"column {name} holds whole numbers beyond 64 bits; kept as text"))
        return column.cast(pa.string())
    return column.cast(pa.int64())


def _iso(column: ArrowColumn) -> ArrowColumn:
    def written(value: Any) -> str | None:  # noqa: ANN401 - date, time, datetime or duration
        if value is None:
            return None
        return value.isoformat() if hasattr(value, "isoformat") else str(value)

    return pa.chunked_array([pa.array([written(v) for v in column.to_pylist()], pa.string())])


def _decimals(name: str, column: ArrowColumn, notes: list[Text]) -> ArrowColumn:
    texts = column.cast(pa.string())
    digits = text_lengths(pc.replace_substring_regex(texts, r"^[-+]?(?:0\.0*|0)?|\.|(?:\.0+|(?:(\.\d*?)0+))$", ""))
    most = pc.max(digits).as_py() or 0
    if most <= _DOUBLE_DIGITS:
        whole = pc.all(pc.invert(pc.match_substring_regex(texts, r"\.\d*[1-9]"))).as_py()
        if whole and column.type.scale <= 0:
            return column.cast(pa.int64())
        return texts.cast(pa.float64())
    notes.append(
        Text(
            f"列 {name} 的数有 {most} 位数字，按文本保存以保留全部",
            f"column {name} holds numbers of {most} digits; kept as text with every one",
        )
    )
    return texts


_SIMPLE: tuple[tuple[Callable[[pa.DataType], bool], Callable[..., ArrowColumn]], ...] = (
    (pa.types.is_integer, _integers),
    # by its text, a 0.1 of single precision stays 0.1
    (pa.types.is_float32, lambda _n, column, _t: column.cast(pa.string()).cast(pa.float64())),
    (pa.types.is_floating, lambda _n, column, _t: column.cast(pa.float64())),
    (pa.types.is_boolean, lambda _n, column, _t: column),
    (pa.types.is_string, lambda _n, column, _t: column),
    (pa.types.is_large_string, lambda _n, column, _t: column.cast(pa.string())),
    (pa.types.is_string_view, lambda _n, column, _t: column.cast(pa.string())),
    (pa.types.is_null, lambda _n, column, _t: column.cast(pa.string())),
    (pa.types.is_decimal, _decimals),
    (pa.types.is_temporal, lambda _n, column, _t: _iso(column)),
)


def _kind(types: object) -> str:
    words = {str(one).split(" ")[0].removeprefix("Multi") for one in types} if isinstance(types, list) else set()
    known = {"Point": "point", "LineString": "line", "Polygon": "polygon"}
    return known.get(next(iter(words)), "") if len(words) == 1 else ""


FORMAT = ImportFormat(
    "GeoParquet",
    Text("GeoParquet", "GeoParquet"),
    ("parquet", "geoparquet"),
    lambda source: source.head[:4] == b"PAR1",
    read_geoparquet,
    rank=10,
)
