"""Writes the rows of a file of a version into a table of the PostGIS store, batch by batch, as binary COPY."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import orjson
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql

from layers.arrow import fill_null
from layers.features.columns import StoredRows

_BATCH = 20_000
_HAS_SRID = 0x20000000  # of a WKB's type, as PostGIS writes it
_JSONB = b"\x01"  # the version that stands before a jsonb on the wire


def write_rows(raw: psycopg.Connection[Any], table: sql.Identifier, rows: StoredRows, srid: int) -> None:
    """Copy the rows of a file into a table of the store.

    Parameters
    ----------
    raw
        An open connection inside its transaction.
    table
        The table, made before.
    rows
        The file's rows, batch by batch: position, id, geometry (WKB), properties (JSON).
    srid
        EPSG code of the geometry, 0 where the store has none.
    """
    statement = sql.SQL("COPY {} (position, id, geometry, properties, exact) FROM STDIN (FORMAT BINARY)")
    position = 0
    with raw.cursor() as cursor, cursor.copy(statement.format(table)) as copy:
        copy.set_types(["int4", "text", "bytea", "bytea", "bytea"])
        for ids, shapes, properties in rows.batches(_BATCH):
            values, exact = _rows(properties, len(ids))
            for place, (key, shape, value) in enumerate(zip(ids, shapes, values, strict=True)):
                located = None if shape is None else _located(shape, srid)
                copy.write_row((position + place, key, located, _JSONB + orjson.dumps(value), exact.get(place)))
            position += len(ids)


def _located(wkb: bytes, srid: int) -> bytes:
    """Return WKB with an SRID: a flag in its type, and the number after it."""
    order = "<" if wkb[0] == 1 else ">"
    (kind,) = struct.unpack_from(f"{order}I", wkb, 1)
    return wkb[:1] + struct.pack(f"{order}II", kind | _HAS_SRID, srid) + wkb[5:]


def _rows(properties: pa.Table, count: int) -> tuple[list[dict[str, Any]], dict[int, bytes]]:
    """Return the rows as jsonb holds them, and those it cannot hold to the bit as Arrow."""
    if not properties.column_names:
        return [{}] * count, {}
    rows: list[dict[str, Any]] = properties.to_pylist()
    odd = _odd(properties, count)
    for place in odd:
        rows[place] = {name.replace("\x00", ""): _held(value) for name, value in rows[place].items()}
    return rows, {place: _packed(properties.slice(place, 1)) for place in odd}


def _odd(properties: pa.Table, count: int) -> list[int]:
    found = np.zeros(count, dtype=bool)
    for name, column in zip(properties.column_names, properties.columns, strict=True):
        if "\x00" in name:
            return list(range(count))
        if pa.types.is_floating(column.type):
            values = fill_null(column, 1.0).to_numpy()
            found |= ~np.isfinite(values) | ((values == 0) & np.signbit(values))
        elif pa.types.is_string(column.type):
            found |= fill_null(pc.match_substring(column, "\x00"), False).to_numpy(zero_copy_only=False)
        elif pa.types.is_list(column.type):
            found |= np.array(["\x00" in "".join(v or "" for v in value or ()) for value in column.to_pylist()])
    return [int(place) for place in np.flatnonzero(found)]


def _held(value: Any) -> Any:  # noqa: ANN401 - a value of a row
    if isinstance(value, str):
        return value.replace("\x00", "")
    return [_held(one) for one in value] if isinstance(value, list) else value


def _packed(row: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, row.schema) as writer:
        writer.write_table(row.combine_chunks())
    return bytes(sink.getvalue())
