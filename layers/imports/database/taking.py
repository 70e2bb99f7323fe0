"""A table becomes a GeoParquet file: streamed by COPY in batches, so memory does not grow with the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, cast

import numpy as np
import orjson
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from psycopg import sql
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.text import Text
from layers.arrow import ArrowArray
from layers.imports.database.columns import ColumnQuery, Values, asked_for
from layers.imports.database.faults import EmptyTable, MixedSRID, TableTooLarge
from layers.imports.database.listing import columns_of, find_table, key_of
from layers.imports.database.origin import Named, Origin, SpatialTable, TakeBounds
from layers.imports.database.session import read_session

_BATCH, _BATCH_BYTES, _STEP = 20_000, 64_000_000, 500  # rows, or bytes of text and shapes, held at once
_SWELLS = 4  # how many times the file's size its columns may be in memory
_PLAIN = ("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON")
_HEIGHTS, _CURVE, _SURFACE = 1, 2, 4
_ARC_PIECES = 256  # of a quarter circle: 5 mm off at a radius of 1 km
_CURVES = ("ST_CircularString", "ST_CompoundCurve", "ST_CurvePolygon", "ST_MultiCurve", "ST_MultiSurface")
_SURFACES = ("ST_Tin", "ST_PolyhedralSurface", "ST_Triangle")
_SHAPE = """CASE WHEN {p}.ST_GeometryType({g}) IN ({surfaces}) THEN (
    SELECT {p}.ST_Multi({p}.ST_Collect(CASE WHEN {p}.ST_GeometryType(d.geom) = 'ST_Triangle'
        THEN {p}.ST_MakePolygon({p}.ST_ExteriorRing(d.geom)) ELSE d.geom END)) FROM {p}.ST_Dump({g}) AS d)
WHEN {p}.ST_GeometryType({g}) IN ({curves}) OR {p}.ST_HasArc({g}) THEN {p}.ST_CurveToLine({g}, {pieces})
ELSE {g} END
"""
_KIND = """(CASE WHEN {p}.ST_Zmflag({g}) > 0 THEN 1 ELSE 0 END
+ CASE WHEN {p}.ST_GeometryType({g}) IN ({surfaces}) THEN 4
WHEN {p}.ST_GeometryType({g}) IN ({curves}) OR {p}.ST_HasArc({g}) THEN 2 ELSE 0 END)::int2
"""

Progress = Callable[[float, float], None]


def read_into(
    named: Named, table: str, out: Path, *, geometry: str, bounds: TakeBounds, progress: Progress
) -> Origin:
    """Read a table into a file; see `layers.imports.database.take_table`.

    Parameters
    ----------
    named, table
        A connection of the setting, and ``schema.table`` in it.
    out
        The GeoParquet file to write.
    geometry
        The geometry column; empty where there is only one.
    bounds
        The deadline of the whole read, and the largest the file may become.
    progress
        Told how far the read is.

    Raises
    ------
    EmptyTable
        It has no row with a geometry.
    """
    with read_session(named, seconds=bounds.seconds, table=table) as (raw, postgis):
        chosen = find_table(raw, postgis, named, table, geometry)
        asked, notes = asked_for(columns_of(raw, chosen))
        key = key_of(raw, chosen)
        statement = _select(chosen, asked, key, postgis)
        expected = raw.execute(sql.SQL("EXPLAIN (FORMAT JSON) {}").format(statement)).fetchone()
        of = max(float(expected[0][0]["Plan"]["Plan Rows"]), 1.0) if expected else 1.0
        reading = _Reading(raw, statement, asked, most=bounds.most, table=table, plain=chosen.kind in _PLAIN)
        reading.write(out, lambda rows: progress(min(rows, of), of))
        if not reading.rows:
            raise EmptyTable(table=table)
        srid = _one_srid(reading.srids, table)
        crs, unknown = _crs(raw, postgis, srid)
    own = key[0] if len(key) == 1 and any(one.name == key[0] for one in asked) else ""
    named_key = [Text(f"编号取自主键 {own}", f"ids are the primary key {own}")] if own else []
    return Origin(
        named.name,
        chosen.name,
        chosen.geometry,
        srid,
        reading.rows,
        datetime.now(UTC).isoformat(timespec="seconds"),
        reading.values.encoding,
        crs,
        own,
        {one.name: one.loose for one in asked if one.loose},
        (*named_key, *unknown, *reading.notes(), *reading.values.notes(), *notes),
    )


def _select(table: SpatialTable, asked: Sequence[ColumnQuery], key: Sequence[str], postgis: str) -> sql.Composed:
    """Return the one statement that reads a table, ordered by its primary key where it has one."""
    p, g = sql.Identifier(postgis), sql.SQL("t.{}").format(sql.Identifier(table.geometry))
    if table.geography:
        g = sql.SQL("{}::{}.geometry").format(g, p)
    plain = table.kind in _PLAIN
    kinds = {"surfaces": _listed(_SURFACES), "curves": _listed(_CURVES)}
    parts = {"p": p, "g": g, "pieces": sql.Literal(_ARC_PIECES), **kinds}
    shape = g if plain else sql.SQL(_SHAPE).format(**parts)
    flat = plain and table.dimensions == 2
    kind = sql.SQL("0::int2" if flat else _KIND).format(**parts)
    srid = sql.SQL("{p}.ST_SRID({g})" if table.srid <= 0 else "{srid}::int4")
    columns = [
        *(one.expression for one in asked),
        sql.SQL("{p}.ST_AsBinary({shape})").format(p=p, shape=shape),
        kind,
        srid.format(p=p, g=g, srid=sql.Literal(table.srid)),
    ]
    order = sql.SQL(", ").join(sql.SQL("t.{}").format(sql.Identifier(name)) for name in key)
    return sql.SQL("SELECT {} FROM {} AS t{}{}").format(
        sql.SQL(", ").join(columns),
        sql.Identifier(table.schema, table.table),
        sql.SQL(" ORDER BY " if key else ""),
        order,
    )


def _listed(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join([sql.Literal(name) for name in names])


class _Reading:
    """Streams rows into a file, counting what is met."""

    def __init__(
        self,
        raw: psycopg.Connection[Any],
        statement: sql.Composed,
        asked: Sequence[ColumnQuery],
        *,
        most: int,
        table: str,
        plain: bool,
    ) -> None:
        self._raw, self._statement, self._asked, self._most, self._table = raw, statement, asked, most, table
        self._plain = plain
        self.values = Values(asked)
        self.rows, self._bytes = 0, 0
        self.srids: set[int] = set()
        self._met: Counter[int] = Counter()
        self._unreadable = 0
        self._geometry = "geometry"
        while any(one.name == self._geometry for one in asked):
            self._geometry += "_"

    def write(self, out: Path, told: Callable[[int], None]) -> None:
        """Write the file; ``told`` gets the rows read so far."""
        about = {
            "version": "1.1.0",
            "primary_column": self._geometry,
            "columns": {self._geometry: {"encoding": "WKB", "geometry_types": [], "crs": None}},
        }
        fields = [*(one.arrow for one in self._asked), pa.field(self._geometry, pa.binary())]
        schema = pa.schema(fields, metadata={"geo": orjson.dumps(about)})
        text = [one.name for one in self._asked if one.wire == "bytea"]
        with pq.ParquetWriter(
            out, schema, use_dictionary=cast("bool", text), compression="snappy"
        ) as writer:  # its stub knows no names
            for columns in self._batches():
                batch = pa.record_batch(self._made(columns), schema=schema)
                writer.write_batch(batch)
                self.rows += batch.num_rows
                self._bytes += batch.nbytes
                if out.stat().st_size > self._most or self._bytes > _SWELLS * self._most:
                    raise TableTooLarge(table=self._table, most=self._most)
                told(self.rows)

    def _batches(self) -> Iterator[list[tuple[Any, ...]]]:
        wire = [*(one.wire for one in self._asked), "bytea", "int2", "int4"]
        wide = [place for place, kind in enumerate(wire) if kind == "bytea"]
        asked = sql.SQL("COPY ({}) TO STDOUT (FORMAT BINARY)").format(self._statement)
        with self._raw.cursor() as cursor, cursor.copy(asked) as copy:
            copy.set_types(wire)
            rows, held, size = copy.rows(), [], 0
            while some := list(zip(*islice(rows, _STEP), strict=True)):
                size += sum(sum(map(len, filter(None, some[place]))) for place in wide)
                held.append(some)
                if len(held) * _STEP >= _BATCH or size >= _BATCH_BYTES:
                    yield _joined(held)
                    held, size = [], 0
            if held:
                yield _joined(held)

    def _made(self, columns: list[tuple[Any, ...]]) -> list[ArrowArray]:
        *values, shapes, kinds, srids = columns
        self.srids |= {srid for srid in set(srids) if srid is not None}
        self._met.update(kinds)
        return [
            *self.values.batch(values),
            pa.array(shapes if self._plain else self._readable(shapes), pa.binary()),
        ]

    def _readable(self, shapes: tuple[bytes | None, ...]) -> tuple[bytes | None, ...]:
        """Return the shapes without those that cannot be read: one of them never costs the layer."""
        missing = shapely.is_missing(_parsed(shapes))
        self._unreadable += sum(shape is not None for shape, gone in zip(shapes, missing, strict=True) if gone)
        return tuple(None if gone else shape for shape, gone in zip(shapes, missing, strict=True))

    def notes(self) -> tuple[Text, ...]:
        """Say what was met in the geometry."""
        counts = {bit: sum(n for kind, n in self._met.items() if kind & bit) for bit in (_CURVE, _SURFACE)}
        said = (
            (
                counts[_CURVE],
                "个曲线几何化为折线（每四分之一圆 256 段）",
                "curves became lines (256 a quarter circle)",
            ),
            (counts[_SURFACE], "个 TIN 或多面体化为多边形", "TIN or polyhedral surfaces became polygons"),
            (self._unreadable, "个几何无法读取，作为未上图保留", "geometries cannot be read; kept unplaced"),
        )
        return tuple(Text(f"{count} {zh}", f"{count} {en}") for count, zh, en in said if count)


def _joined(held: list[list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    return [tuple(chain.from_iterable(pieces)) for pieces in zip(*held, strict=True)]


def _parsed(shapes: Sequence[bytes | None]) -> Any:  # noqa: ANN401 - an array of shapely geometries
    wkb = np.empty(len(shapes), dtype=object)
    wkb[:] = shapes
    return shapely.from_wkb(wkb, on_invalid="ignore")


def _one_srid(srids: set[int], table: str) -> int:
    if len(srids) > 1:
        raise MixedSRID(table=table, srids=", ".join(map(str, sorted(srids)[:8])))
    return max(next(iter(srids), 0), 0)


def _crs(raw: psycopg.Connection[Any], postgis: str, srid: int) -> tuple[str | None, list[Text]]:
    """Return the CRS of an SRID as PostGIS reads it: by its authority, else by its definition; 0 has none."""
    if srid == 0:
        return None, []
    asked = sql.SQL("SELECT auth_name, auth_srid, srtext FROM {}.spatial_ref_sys WHERE srid = %s")
    row = raw.execute(asked.format(sql.Identifier(postgis)), (srid,)).fetchone()
    written = [] if row is None else [f"EPSG:{row[1]}"] if row[0] == "EPSG" else []
    for text in [*written, *([row[2]] if row and row[2] else [])]:
        try:
            return text if text in written else str(CRS.from_wkt(text).to_wkt()), []
        except CRSError:
            continue
    zh = f"SRID {srid} 在数据库中没有定义，按没有声明坐标系处理"
    return None, [Text(zh, f"SRID {srid} is not defined in the database; taken as no declared CRS")]
