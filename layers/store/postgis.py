"""What versions hold, in PostGIS: a table a bulk version, and a view a layer of its newest.

The tables, with geometry and jsonb, are what is read. What jsonb cannot hold to the bit (a NaN, an infinity, a
negative zero, the character U+0000) goes along in ``exact``, as one Arrow row, for the few rows that have such.
"""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import psycopg
import pyarrow as pa
from psycopg import sql

from layers.features.columns import Content, StoredRows, crs_of
from layers.files import discard
from layers.store.database import Database, DatabaseConnection
from layers.store.loading import write_rows
from layers.store.records import Connection
from layers.store.rows import read_rows
from layers.store.version import DamagedStore

_NAME_BYTES = 63  # the longest name PostgreSQL has
_TYPES = {"int64": "bigint", "double": "double precision", "bool": "boolean"}
_FLAT = sql.SQL("geometry(Geometry, {})")  # a column of any shapes, none of them with heights
_VIEW = """
CREATE VIEW {view} AS
WITH newest AS (SELECT folds FROM version WHERE layer = {layer} ORDER BY number DESC LIMIT 1),
last AS MATERIALIZED (
    SELECT DISTINCT ON (c.feature) c.feature,
        regexp_replace(c.after, '(?<!\\\\)((?:\\\\\\\\)*)\\\\u0000', '\\1', 'g')::jsonb AS after
    FROM change c, newest n
    WHERE c.layer = {layer} AND c.number IN (SELECT jsonb_array_elements_text(n.folds::jsonb)::int)
    ORDER BY c.feature, c.number DESC
),
joined AS (
    SELECT id, {geometry} AS geometry, properties FROM {table} b
    WHERE NOT EXISTS (SELECT FROM last WHERE last.feature = b.id)
    UNION ALL
    SELECT feature, ST_Force2D(ST_SetSRID(ST_GeomFromGeoJSON(nullif(after->'geometry', 'null')::text), {srid}))
        ::geometry(Geometry, {srid}), after->'properties' FROM last WHERE after IS NOT NULL
)
SELECT id, geometry, {columns} properties FROM joined
"""


class PostGISContents:
    """The tables and views of a schema.

    Parameters
    ----------
    database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def taken(self, source: Path) -> Iterator[Path]:
        """Take a file over; it is gone afterwards."""
        try:
            yield source
        finally:
            discard(source)

    def part(self) -> Path:
        """Return a passing name for a new file."""
        return Path(tempfile.gettempdir()) / f"planatlas-{secrets.token_hex(16)}.parquet"

    def settle(self, connection: Connection, part: Path, digest: str) -> None:
        """Write a file's features to a table of their own, unless it is there already."""
        raw = cast(DatabaseConnection, connection).raw
        if raw.execute("SELECT 1 FROM base WHERE digest = %s", (digest,)).fetchone():
            return
        crs, rows = crs_of(part), StoredRows(part)
        columns = rows.schema.serialize().to_pybytes()
        raw.execute("INSERT INTO base VALUES (%s, %s, %s, %s)", (digest, rows.count, crs, columns))
        table = sql.Identifier(_table(digest))
        kind = _FLAT.format(sql.Literal(_srid(crs))) if rows.flat() else sql.SQL("geometry")
        raw.execute(
            sql.SQL(
                "CREATE TABLE {} (position integer NOT NULL, id text NOT NULL, geometry {}, "
                "properties jsonb NOT NULL, exact bytea)"
            ).format(table, kind)
        )
        write_rows(raw, table, rows, _srid(crs))
        raw.execute(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY (position)").format(table))
        raw.execute(sql.SQL("CREATE UNIQUE INDEX ON {} (id)").format(table))
        raw.execute(sql.SQL("CREATE INDEX ON {} USING gist (geometry)").format(table))
        raw.execute(sql.SQL("ANALYZE {}").format(table))

    def known_to(self, connection: Connection, layer: str, base: str) -> None:
        """Make the layer's view over a table and the edits since: what QGIS opens."""
        raw = cast(DatabaseConnection, connection).raw
        crs, columns, _ = _described(raw, base)
        view, schema = sql.Identifier(_view(layer)), pa.ipc.read_schema(pa.py_buffer(columns))
        typed = raw.execute(
            "SELECT atttypmod FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attname = 'geometry'",
            (_table(base),),
        ).fetchone()
        srid = sql.Literal(_srid(crs))
        flat = sql.SQL("ST_Force2D(geometry)::") + _FLAT.format(srid)
        raw.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(view))
        raw.execute(
            sql.SQL(_VIEW).format(
                view=view,
                layer=sql.Literal(layer),
                table=sql.Identifier(_table(base)),
                geometry=sql.SQL("geometry") if typed and typed[0] > 0 else flat,
                srid=srid,
                columns=_expanded(schema),
            )
        )

    def read(self, base: str) -> Content:
        """Return what a table holds.

        Raises
        ------
        DamagedStore
            It is missing, or not all of it is there.
        """
        with self._database.reading() as connection:
            try:
                _, columns, count = _described(connection.raw, base)
                schema = pa.ipc.read_schema(pa.py_buffer(columns))
                found = read_rows(connection.raw, sql.Identifier(_table(base)), count, schema)
            except psycopg.errors.UndefinedTable:
                raise DamagedStore(file=_table(base)) from None
        if found is None:
            raise DamagedStore(file=_table(base))
        return found

    def prepare(self, base: str) -> None:
        """Nothing to do: the database has it ready."""

    def crs(self, base: str) -> str:
        """Return the CRS of a table."""
        with self._database.reading() as connection:
            return _described(connection.raw, base)[0]

    def dropped(self, connection: Connection, layer: str, bases: Set[str]) -> None:
        """Drop the tables of what nothing begins with any more, and the view of a layer that has gone."""
        raw = cast(DatabaseConnection, connection).raw
        if layer:
            raw.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(sql.Identifier(_view(layer))))
        for base in bases:
            raw.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(_table(base))))
            raw.execute("DELETE FROM base WHERE digest = %s", (base,))

    def sweep(self, known: Set[str]) -> None:
        """Nothing to do: an interrupted transaction leaves nothing."""


def _table(digest: str) -> str:
    return f"features_{digest[:24]}"


def _view(layer: str) -> str:
    name = f"layer_{layer}"
    if len(name.encode()) <= _NAME_BYTES:
        return name
    return f"layer_{hashlib.sha256(layer.encode()).hexdigest()[:24]}"


def _srid(crs: str) -> int:
    return int(crs.rsplit(":", 1)[1])


def _described(raw: psycopg.Connection[Any], base: str) -> tuple[str, bytes, int]:
    found = raw.execute("SELECT crs, columns, features FROM base WHERE digest = %s", (base,)).fetchone()
    if found is None:
        raise DamagedStore(file=_table(base))
    return found[0], bytes(found[1]), found[2]


def _expanded(schema: pa.Schema) -> sql.Composable:
    """Return the properties as columns of the view, by their names as far as PostgreSQL has room."""
    taken, columns = {"id", "geometry", "properties"}, []
    for place, field in enumerate(schema):
        plain = field.name.replace("\x00", "")
        name = plain.encode()[:_NAME_BYTES].decode("utf-8", "ignore")
        if not name or name in taken:
            name = f"{plain.encode()[:50].decode('utf-8', 'ignore')}_{place + 1}"
        taken.add(name)
        kind = _TYPES.get(str(field.type), "text")
        columns.append(
            sql.SQL("({})::{} AS {}, ").format(_picked(plain, kind), sql.SQL(kind), sql.Identifier(name))
        )
    return sql.Composed(columns)


def _picked(name: str, kind: str) -> sql.Composable:
    """Return a property; in a row where an edit gave a number column something else, nothing."""
    value = sql.SQL("properties->>{}").format(sql.Literal(name))
    if kind == "text":
        return value
    wanted = "boolean" if kind == "boolean" else "number"
    whole = " AND properties->>{name} ~ '^-?[0-9]{{1,18}}$'" if kind == "bigint" else ""
    return sql.SQL("CASE WHEN jsonb_typeof(properties->{name}) = {wanted}" + whole + " THEN {value} END").format(
        name=sql.Literal(name), wanted=sql.Literal(wanted), value=value
    )
