"""Which tables and views with a geometry a connection may read, and which columns one of them has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from layers.imports.database.faults import NoGeometry, NoRight, UnknownTable
from layers.imports.database.origin import Named, SpatialTable
from layers.imports.database.session import read_session

_SECONDS, _MOST = 15, 10_000
_TABLES = """
SELECT g.s, g.t, g.c, g.kind, g.srid, g.dimensions, g.round,
    CASE WHEN c.relkind IN ('r', 'm', 'p') AND c.reltuples > 0 THEN c.reltuples::bigint END
FROM (
    SELECT f_table_schema::text AS s, f_table_name::text AS t, f_geometry_column::text AS c, type::text AS kind,
        srid, coord_dimension AS dimensions, false AS round FROM {p}.geometry_columns
    UNION ALL
    SELECT f_table_schema::text, f_table_name::text, f_geography_column::text, type::text, srid, coord_dimension,
        true FROM {p}.geography_columns
) g
JOIN pg_namespace n ON n.nspname = g.s JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = g.t
WHERE has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
ORDER BY 1, 2, 3 LIMIT {most}
"""
_COLUMNS = """
WITH RECURSIVE held AS (
    SELECT attnum, attname::text AS name, atttypid AS type, atttypmod AS modifier FROM pg_attribute
    WHERE attrelid = (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %s AND c.relname = %s) AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT h.attnum, h.name, t.typbasetype, greatest(t.typtypmod, h.modifier) FROM held h
    JOIN pg_type t ON t.oid = h.type WHERE t.typtype = 'd'
)
SELECT h.name, t.typname::text, t.typcategory::text, t.typtype::text, h.modifier, coalesce(e.typname::text, '')
FROM held h JOIN pg_type t ON t.oid = h.type
LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
WHERE t.typtype <> 'd' ORDER BY h.attnum
"""
_KEY = """
SELECT a.attname::text FROM pg_index i
CROSS JOIN unnest(i.indkey::int[]) WITH ORDINALITY AS k(attnum, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indisprimary AND i.indrelid = (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relname = %s) ORDER BY k.place
"""
_THERE = """
SELECT has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname || '.' || c.relname = %s AND c.relkind IN ('r', 'v', 'm', 'f', 'p')
"""


@dataclass(frozen=True)
class TableColumn:
    """A column beside the geometry: its type and category as PostgreSQL names them, domains resolved."""

    name: str
    type: str
    category: str
    composite: bool
    modifier: int
    element: str


def list_tables(named: Named) -> tuple[SpatialTable, ...]:
    """Return what a connection may read; see `layers.imports.database.spatial_tables`."""
    with read_session(named, seconds=_SECONDS) as (raw, postgis):
        return tables_of(raw, postgis)


def tables_of(raw: psycopg.Connection[Any], postgis: str) -> tuple[SpatialTable, ...]:
    """Return the geometry columns that the role of an open connection may read."""
    asked = sql.SQL(_TABLES).format(p=sql.Identifier(postgis), most=sql.Literal(_MOST))
    return tuple(
        SpatialTable(schema, table, column, str(kind).upper(), int(srid), int(dimensions), rows, bool(geography))
        for schema, table, column, kind, srid, dimensions, geography, rows in raw.execute(asked)
    )


def find_table(
    raw: psycopg.Connection[Any], postgis: str, named: Named, table: str, geometry: str
) -> SpatialTable:
    """Return one of them by ``schema.table`` and, where there are several, its geometry column.

    Parameters
    ----------
    raw
        An open, read-only connection.
    postgis
        The schema that PostGIS is installed in.
    named
        The connection as the setting names it.
    table
        ``schema.table``.
    geometry
        Its geometry column; empty where it has only one.

    Raises
    ------
    UnknownTable, NoRight, NoGeometry
        It is not there, not to be read, or has no such geometry.
    """
    known = [one for one in tables_of(raw, postgis) if one.name == table]
    chosen = [one for one in known if not geometry or one.geometry == geometry]
    if len(chosen) == 1:
        return chosen[0]
    there = raw.execute(_THERE, (table.replace("\x00", ""),)).fetchone()
    if there is None:
        raise UnknownTable(database=named.name, table=table)
    if not there[0]:
        raise NoRight(database=named.name, table=table)
    raise NoGeometry(table=table, columns="、".join(one.geometry for one in known) or "-")


def columns_of(raw: psycopg.Connection[Any], table: SpatialTable) -> tuple[TableColumn, ...]:
    """Return the columns of a table beside the geometry chosen."""
    rows = raw.execute(_COLUMNS, (table.schema, table.table))
    return tuple(
        TableColumn(name, kind, category, typtype == "c", modifier, element)
        for name, kind, category, typtype, modifier, element in rows
        if name != table.geometry
    )


def key_of(raw: psycopg.Connection[Any], table: SpatialTable) -> tuple[str, ...]:
    """Return the columns of its primary key."""
    return tuple(str(row[0]) for row in raw.execute(_KEY, (table.schema, table.table)))
