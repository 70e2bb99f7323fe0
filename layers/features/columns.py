"""What a layer holds, by columns: ids, geometry, properties; and its file, a GeoParquet anybody can open.

References
----------
GeoParquet 1.1, https://geoparquet.org
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from geo.arrays import Shape, as_rows
from layers.arrow import ArrowArray, ArrowField, if_else, is_equal
from layers.features.geometry import with_xy

Objects = np.ndarray[Any, np.dtype[np.object_]]
Positions = np.ndarray[Any, np.dtype[np.intp]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]
Boxes = np.ndarray[Any, np.dtype[np.float64]]
JSON_COLUMN = {b"planatlas": b"json"}  # marks a column of values no single type holds, written as JSON texts
_BATCH = 65_536
_SHAPES = 16_384  # made at a time


@dataclass(frozen=True)
class Content:
    """A layer's features by columns, all of length n.

    ``ids`` are unique texts; ``geometry`` shapely objects in longitude/latitude degrees, None where the
    place is not known; ``properties`` one column a property, null where unknown.
    """

    ids: Objects
    geometry: Objects
    properties: pa.Table

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The properties' names."""
        return tuple(self.properties.schema.names)

    @cached_property
    def boxes(self) -> Boxes:
        """West, south, east, north of every feature in degrees, shape (4, n); NaN without a place."""
        return np.ascontiguousarray(shapely.bounds(self.geometry).T)

    @cached_property
    def missing(self) -> Bools:
        """Which features have no place."""
        return np.asarray(shapely.is_missing(self.geometry), dtype=bool)

    @property
    def vertices(self) -> int:
        """How many vertices all shapes have."""
        return int(shapely.get_num_coordinates(self.geometry).sum())

    @property
    def bounds(self) -> tuple[float, ...]:
        """West, south, east, north of all features in degrees; NaN when nothing is placed."""
        return tuple(float(x) for x in shapely.total_bounds(self.geometry))

    def rounded(self, decimals: int) -> Content:
        """Return the features with so many decimals of a degree; heights stay as they are."""
        return Content(self.ids, rounded_shapes(self.geometry, decimals), self.properties)

    def shapes(self, positions: Positions) -> Objects:
        """Return the shapes at some positions."""
        return self.geometry[positions]

    def stored(self, positions: Positions) -> Objects:
        """Return the shapes at some positions to who may look at few of them."""
        return self.shapes(positions)

    def near(self, box: Sequence[float]) -> Positions:
        """Return the features whose boxes meet a box (west, south, east, north in degrees), in order."""
        west, south, east, north = as_rows(self.boxes)
        met = (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
        found: Positions = np.flatnonzero(met)
        return found

    def meeting(self, shape: Shape) -> Positions:
        """Return the features that meet a shape in longitude/latitude degrees, in order."""
        if shapely.is_empty(shape):
            return np.zeros(0, dtype=np.intp)
        found = self.near(shapely.bounds(shape).tolist())
        hit = self._within(found, shape)  # these meet it whatever they look like: no shape is made
        shapely.prepare(shape)
        hit[~hit] = shapely.intersects(self.shapes(found[~hit]), shape)
        return found[hit]

    @property
    def slack(self) -> float:
        """By how many degrees a feature may reach out of its box."""
        return 0.0

    def _within(self, found: Positions, shape: Shape) -> Bools:
        """Return which features' boxes lie in an upright rectangle that is a part of a shape."""
        inside = np.zeros(len(found), dtype=bool)
        for part in shapely.get_parts(shape):
            bounds = shapely.bounds(part)
            if shapely.equals(part, shapely.box(*bounds)):
                west, south, east, north = bounds + self.slack * np.array([1, 1, -1, -1])
                boxes = as_rows(self.boxes[:, found])
                inside |= (boxes[0] >= west) & (boxes[1] >= south) & (boxes[2] <= east) & (boxes[3] <= north)
        return inside

    def id_at(self, position: int) -> str:
        """Return the id of the feature at a position."""
        return str(self.ids[position])

    def ids_at(self, positions: Positions) -> Objects:
        """Return the ids at some positions."""
        return self.ids[positions]

    def position_of(self, feature_id: str) -> int | None:
        """Return where the feature of that id is; None when there is none."""
        return self._positions.get(feature_id)

    def positions_of(self, ids: Collection[str]) -> Positions:
        """Return where the features of these ids are, in any order; of what is not there, nothing."""
        found = (self.position_of(one) for one in ids)
        return np.array([at for at in found if at is not None], dtype=np.intp)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {str(feature_id): at for at, feature_id in enumerate(self.ids)}

    def take(self, positions: Positions) -> Content:
        """Return some of the features, in the order of ``positions``."""
        properties = self.properties.take(positions) if self.names else self.properties
        return Content(self.ids_at(positions), self.shapes(positions), properties)

    def row(self, position: int) -> dict[str, Any]:
        """Return the properties of the feature at a position."""
        found: dict[str, Any] = self.properties.slice(position, 1).to_pylist()[0] if self.names else {}
        return self._decoded(found)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the properties of every feature in order."""
        if not self.names:
            yield from ({} for _ in self.ids)
        for batch in self.properties.to_batches(max_chunksize=_BATCH):
            for found in batch.to_pylist():
                yield self._decoded(found)

    def values(self, name: str, positions: Positions | None = None) -> list[Any]:
        """Return one property of every feature, or of some; None throughout when there is no such property."""
        if name not in self.names:
            return [None] * len(self if positions is None else positions)
        column = self.properties.column(name)
        if positions is not None:
            column = column.take(positions)
        text = column.type == pa.string()
        found: list[Any] = list(column.to_numpy()) if text else column.to_pylist()
        return [None if v is None else orjson.loads(v) for v in found] if name in self._as_json else found

    def counted(self, name: str, positions: Positions | None = None) -> list[tuple[Any, int]]:
        """Return known values of a property and how many features, or of some, have each; texts come once each."""
        column = self.properties.column(name) if name in self.names and name not in self._as_json else None
        if column is None or column.type != pa.string():
            return [(value, 1) for value in self.values(name, positions) if value is not None]
        found = pc.value_counts(column if positions is None else column.take(positions))
        counts = found.field("counts").to_numpy(zero_copy_only=False).tolist()
        return [one for one in zip(found.field("values").to_pylist(), counts, strict=True) if one[0] is not None]

    def different(self, name: str, among: Bools) -> list[Any]:
        """Return the different values of a property among some features; lists and objects are left out."""
        if name not in self.names or name in self._as_json:
            values = zip(self.values(name), among, strict=True)
            return [value for value, on in values if on and not isinstance(value, list | dict)]
        if pa.types.is_list(self.properties.schema.field(name).type):
            return []
        column = self.properties.column(name)
        found: list[Any] = pc.unique(column if among.all() else column.filter(pa.array(among))).to_pylist()
        return found

    def commonest(self, name: str, most: int) -> tuple[list[tuple[Any, int]], int]:
        """Return a property's commonest values with how many features have each, and how many values differ.

        Of a list each part counts; None is no value. As many have it, as early it comes.
        """
        plain = name in self.names and name not in self._as_json
        if plain and not pa.types.is_list(self.properties.schema.field(name).type):
            column = self.properties.column(name)
            if pa.types.is_string(column.type):  # an empty text says as little as none
                column = if_else(is_equal(column, ""), pa.scalar(None, column.type), column)
            counted = pc.value_counts(column)
            counts = counted.field("counts").to_numpy(zero_copy_only=False)
            first = np.argsort(-counts, kind="stable")[:most]
            values = counted.field("values").take(first).to_pylist()
            return list(zip(values, counts[first].tolist(), strict=True)), len(counts)
        found: Counter[Any] = Counter()
        for value in self.values(name):
            parts = value if isinstance(value, list) and value else [None if value == [] else value]
            found.update(None if one == "" else str(one) if isinstance(one, dict | list) else one for one in parts)
        return found.most_common(most), len(found)

    @cached_property
    def _as_json(self) -> frozenset[str]:
        return frozenset(
            f.name for f in self.properties.schema if f.metadata and f.metadata.items() >= JSON_COLUMN.items()
        )

    def _decoded(self, row: dict[str, Any]) -> dict[str, Any]:
        for name in self._as_json:
            if row[name] is not None:
                row[name] = orjson.loads(row[name])
        return row


def rounded_shapes(shapes: Objects, decimals: int) -> Objects:
    """Return shapes with so many decimals of longitude and latitude."""
    return with_xy(shapes, lambda xy: np.round(xy, decimals))


def content_of(
    ids: Sequence[str], geometry: Sequence[Any] | Objects, rows: Sequence[Mapping[str, Any]]
) -> Content:
    """Return content from features given one by one; a missing property is null."""
    return Content(_objects(ids), _objects(geometry), table_of(rows))


def _objects(values: Sequence[Any] | Objects) -> Objects:
    out: Objects = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def table_of(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Return rows as a table; a column that mixes types, or holds objects, is kept as JSON texts.

    Examples
    --------
    >>> table_of([{"a": 1}, {"a": "x", "b": [1, 2]}]).schema.names
    ['a', 'b']
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = [column_of(name, [row.get(name) for row in rows]) for name in names]
    arrays: list[ArrowArray] = [c for _, c in columns]
    return pa.table(arrays, schema=pa.schema([f for f, _ in columns]))


def column_of(name: str, values: Sequence[Any]) -> tuple[ArrowField, ArrowArray]:
    """Return values as a column with its field: text, number, boolean, list of texts, or JSON texts."""
    kinds = {type(v) for v in values if v is not None}
    if kinds == {int, float}:
        values, kinds = [None if v is None else float(v) for v in values], {float}
    if kinds <= {str} or kinds <= {bool} or kinds <= {int} or kinds <= {float}:
        wanted = {str: pa.string(), bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
        kind = wanted[next(iter(kinds))] if kinds else pa.string()
        try:
            return pa.field(name, kind), pa.array(values, kind)
        except (pa.ArrowInvalid, OverflowError):
            pass  # a whole number beyond 64 bits, or half a surrogate pair
    if kinds == {list} and all(type(x) is str for v in values if v is not None for x in v):
        kind = pa.list_(pa.string())
        return pa.field(name, kind), pa.array(values, kind)
    texts = [None if v is None else orjson.dumps(v, default=str).decode() for v in values]
    return pa.field(name, pa.string(), metadata=JSON_COLUMN), pa.array(texts, pa.string())


def write_content(
    path: Path, content: Content, *, crs: str | None, about: Mapping[str, Any] | None = None
) -> None:
    """Write content as GeoParquet, flushed to the disk before it returns; ``path`` must not exist.

    Parameters
    ----------
    path
        The file.
    content
        The features, by columns.
    crs
        ``EPSG:4326`` or ``EPSG:4490`` for what the store keeps; any in an export, None where none has a name.
    about
        What goes along inside: an export's provenance.
    """
    names = content.names
    id_name, geometry_name = _free("feature_id", names), _free("geometry", names)
    table = content.properties if names else pa.table({})
    fields = [pa.field(id_name, pa.string()), *table.schema, pa.field(geometry_name, pa.binary())]
    inside: dict[bytes | str, bytes | str] = {
        b"geo": orjson.dumps(_geo(geometry_name, content, crs)),
        b"planatlas": orjson.dumps({"id": id_name, "geometry": geometry_name} | dict(about or {})),
    }
    schema, shapes = pa.schema(fields, metadata=inside), content.geometry
    with path.open("xb") as file:
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            for start in range(0, len(content), _BATCH):  # the binary of a million shapes is never all held
                part = slice(start, start + _BATCH)
                columns = [table.column(name).slice(start, _BATCH) for name in names]
                wkb = pa.array(shapely.to_wkb(shapes[part]), pa.binary())
                writer.write_table(
                    pa.table([pa.array(content.ids[part], pa.string()), *columns, wkb], schema=schema)
                )
        file.flush()
        os.fsync(file.fileno())


def read_content(path: Path) -> Content:
    """Read what ``write_content`` wrote, shapes batch by batch: their binary is never held whole."""
    with pq.ParquetFile(path) as file:
        about: dict[str, str] = orjson.loads(file.schema_arrow.metadata[b"planatlas"])
        id_name, geometry_name = about["id"], about["geometry"]
        shapes: Objects = np.empty(file.metadata.num_rows, dtype=object)
        at = 0
        for batch in file.iter_batches(_SHAPES, columns=[geometry_name]):
            shapes[at : at + len(batch)] = shapely.from_wkb(batch.column(0).to_numpy(zero_copy_only=False))
            at += len(batch)
        names = [name for name in file.schema_arrow.names if name not in (id_name, geometry_name)]
        whole = file.read([id_name, *names])
    ids = _objects(whole.column(id_name).to_pylist())
    return Content(ids, shapes, whole.drop_columns([id_name]).replace_schema_metadata())


class StoredRows:
    """The rows of what ``write_content`` wrote, a batch at a time, geometry as it is stored.

    Parameters
    ----------
    path
        The file; open until the last batch is read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        whole = pq.read_schema(path)
        about: dict[str, str] = orjson.loads(whole.metadata[b"planatlas"])
        self._id, self._geometry = about["id"], about["geometry"]
        self.schema = pa.schema([field for field in whole if field.name not in (self._id, self._geometry)])
        self.count = int(pq.read_metadata(path).num_rows)

    def batches(self, size: int) -> Iterator[tuple[list[str], list[bytes | None], pa.Table]]:
        """Yield ids, WKB (None without a place) and properties."""
        with pq.ParquetFile(self._path) as file:
            for batch in file.iter_batches(size):
                ids, shapes = (batch.column(name).to_pylist() for name in (self._id, self._geometry))
                yield [str(one) for one in ids], shapes, pa.Table.from_batches([batch]).select(self.schema.names)

    def flat(self) -> bool:
        """Whether no geometry has heights or M."""
        with pq.ParquetFile(self._path) as file:
            for batch in file.iter_batches(_BATCH, columns=[self._geometry]):
                if any(shape is not None and _raised(shape) for shape in batch.column(0).to_pylist()):
                    return False
        return True


def _raised(wkb: bytes) -> bool:
    kind = int.from_bytes(wkb[1:5], "little" if wkb[0] == 1 else "big")
    return bool(kind & 0xC0000000) or kind % 0x10000000 >= 1000  # PostGIS's flags, or ISO's thousands


def crs_of(path: Path) -> str:
    """Return the CRS of a file of ``write_content``: ``EPSG:4326`` or ``EPSG:4490``."""
    about = orjson.loads(pq.read_schema(path).metadata[b"geo"])
    known: dict[str, str | int] = about["columns"][about["primary_column"]]["crs"]["id"]
    return f"{known['authority']}:{known['code']}"


def _free(wanted: str, taken: tuple[str, ...]) -> str:
    while wanted in taken:
        wanted += "_"
    return wanted


def _geo(column: str, content: Content, crs: str | None) -> dict[str, Any]:
    import pyproj  # noqa: PLC0415 - only when writing

    coded = np.where(
        content.missing, -2, 2 * shapely.get_type_id(content.geometry) + shapely.has_z(content.geometry)
    )
    samples = (content.geometry[at] for at in np.unique(coded, return_index=True)[1] if coded[at] >= 0)
    kinds = sorted(str(s.geom_type) + " Z" * bool(s.has_z) for s in samples)
    box = shapely.total_bounds(content.geometry) if len(content) else np.full(4, np.nan)
    about: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": kinds,
        "crs": pyproj.CRS.from_user_input(crs).to_json_dict() if crs else None,
        "edges": "planar",
    }
    if not np.isnan(box).any():
        about["bbox"] = [float(x) for x in box]
    return {"version": "1.1.0", "primary_column": column, "columns": {column: about}}
