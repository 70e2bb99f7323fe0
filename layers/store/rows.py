"""Reads the rows of a table of the PostGIS store: many at once, far faster than row by row."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import psycopg
import pyarrow as pa
import pyarrow.json as pj
import shapely
from psycopg import sql

from geo.arrays import as_list
from layers.features.columns import Content, Objects

_READ_AT_ONCE = 10_000
_POSITIONS = -(2**31), 2**31 - 1
_RANGE = """
SELECT count(*), json_agg(id)::text, coalesce(string_agg(wkb, ''), ''),
    string_agg(int4send(coalesce(octet_length(wkb), -1)), ''), string_agg(row, E'\\n'), count(exact)
FROM (SELECT id, ST_AsBinary(geometry) AS wkb, properties::text AS row, exact FROM {}
    WHERE position BETWEEN %s AND %s - 1 ORDER BY position) held
"""
_ODD = "SELECT position, exact FROM {} WHERE exact IS NOT NULL ORDER BY position"


def read_rows(
    raw: psycopg.Connection[Any], table: sql.Identifier, count: int, schema: pa.Schema
) -> Content | None:
    """Return the ``count`` rows of a table of the store; None when some are not there, or others are.

    A range of positions comes as few large values, and the next one is on its way while one is parsed.

    Parameters
    ----------
    raw
        An open connection.
    table
        The table of a version.
    count
        How many rows it must have.
    schema
        Of the properties' columns.
    """
    starts = range(0, max(count, 1), _READ_AT_ONCE)
    parts: list[_Part] = []
    with ThreadPoolExecutor(1) as ahead:
        asked = ahead.submit(_ranged, raw, table, *_range(0, count))
        for start in starts:
            rows = asked.result()
            if start + _READ_AT_ONCE < count:
                asked = ahead.submit(_ranged, raw, table, *_range(start + _READ_AT_ONCE, count))
            if sum(row[0] for row in rows) != min(_READ_AT_ONCE, count - start):
                return None
            parts += [_part(row, schema) for row in rows if row[0]]
    ids = np.concatenate([np.empty(0, dtype=object), *(part.ids for part in parts)])
    shapes = np.concatenate([np.empty(0, dtype=object), *(part.geometry for part in parts)])
    properties = pa.concat_tables([schema.empty_table(), *(part.properties for part in parts)])
    if schema.names and any(part.odd for part in parts):
        properties = _exactly(properties, raw.execute(sql.SQL(_ODD).format(table)).fetchall(), schema)
    return Content(ids, shapes, properties.replace_schema_metadata())


def _range(start: int, count: int) -> tuple[int, int]:
    """Return a range of positions; the first and the last are open, so that rows too many are noticed."""
    last = start + _READ_AT_ONCE >= count
    return (start if start else _POSITIONS[0], _POSITIONS[1] if last else start + _READ_AT_ONCE)


def _ranged(raw: psycopg.Connection[Any], table: sql.Identifier, start: int, end: int) -> list[tuple[Any, ...]]:
    """Return the rows of a range; in halves where one is larger than a value of PostgreSQL may be."""
    try:
        with raw.transaction():
            found = raw.execute(sql.SQL(_RANGE).format(table), (start, end), binary=True).fetchone()
        return [found] if found else []
    except psycopg.errors.ProgramLimitExceeded:
        middle = (max(start, 0) + min(end, max(start, 0) + _READ_AT_ONCE)) // 2
        if not start < middle < end:
            raise
    return [*_ranged(raw, table, start, middle), *_ranged(raw, table, middle, end)]


@dataclass(frozen=True)
class _Part:
    ids: Objects
    geometry: Objects
    properties: pa.Table
    odd: bool


def _part(row: tuple[int, str, bytes, bytes, str, int], schema: pa.Schema) -> _Part:
    count, ids, shapes, lengths, properties, odd = row
    held, wkb = np.empty(count, dtype=object), np.empty(count, dtype=object)
    held[:] = orjson.loads(ids)
    sizes = np.frombuffer(lengths, dtype=">i4").astype(np.int64)
    ends = as_list(np.cumsum(np.maximum(sizes, 0)))
    wkb[:] = [
        None if size < 0 else shapes[end - size : end] for size, end in zip(as_list(sizes), ends, strict=True)
    ]
    table = _table_of(properties.encode(), schema) if schema.names else pa.table({})
    return _Part(held, shapely.from_wkb(wkb), table, bool(odd))


def _exactly(properties: pa.Table, odd: list[tuple[int, bytes]], schema: pa.Schema) -> pa.Table:
    """Return properties with the rows in their place that jsonb could not hold."""
    order = np.arange(len(properties))
    order[[place for place, _ in odd]] = len(properties) + np.arange(len(odd))
    known = [pa.ipc.open_stream(row).read_all().cast(schema) for _, row in odd]
    return pa.concat_tables([properties, *known]).take(order)


def _table_of(lines: bytes, schema: pa.Schema) -> pa.Table:
    read = pj.ReadOptions(block_size=len(lines) + 1)
    parse = pj.ParseOptions(explicit_schema=pa.schema(list(schema)), unexpected_field_behavior="ignore")
    found = pj.read_json(io.BytesIO(lines), read_options=read, parse_options=parse)
    return found.select(schema.names).cast(schema)
