"""A connection that can only read: one read-only transaction with a deadline, and failures in words of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from layers.imports.database.faults import (
    DatabaseFault,
    DatabaseUnreachable,
    NoPostGIS,
    NoRight,
    ReadTooLong,
    SignInRefusedByDatabase,
    TableError,
    UnknownTable,
    WriteRefused,
)
from layers.imports.database.origin import Named

_CONNECT_S, _LOCK_S = 5, 10
# A server that answers says its severity first, in its own language; what else is said comes from the driver.
_ANSWERED = re.compile(r"failed: [^:\n]{2,20}:  |password|authentication", re.IGNORECASE)
_NOT_NOW = re.compile(r"starting up|shutting down|too many|slots are reserved", re.IGNORECASE)
_KINDS: dict[str, type[TableError]] = {
    "42P01": UnknownTable,
    "3F000": UnknownTable,
    "42703": UnknownTable,
    "42501": NoRight,
    "57014": ReadTooLong,
    "55P03": ReadTooLong,
    "25006": WriteRefused,
    "57P01": DatabaseUnreachable,
    "57P02": DatabaseUnreachable,
    "57P03": DatabaseUnreachable,
    "53300": DatabaseUnreachable,
    "28000": SignInRefusedByDatabase,
    "28P01": SignInRefusedByDatabase,
    "3D000": SignInRefusedByDatabase,
}


@contextmanager
def read_session(named: Named, *, seconds: int, table: str = "-") -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """Give a connection inside a read-only transaction, and the schema that PostGIS is in.

    Parameters
    ----------
    named
        The connection.
    seconds
        The longest one statement may take.
    table
        What is read, for messages.

    Raises
    ------
    TableError
        The kind that fits; it repeats nothing the server said.
    """
    with _told(named.name, table, seconds):
        raw = psycopg.connect(
            named.address,
            autocommit=True,
            connect_timeout=_CONNECT_S,
            client_encoding="utf8",
            application_name="planatlas import",
            keepalives_idle=5,
            keepalives_interval=5,
            keepalives_count=3,
            tcp_user_timeout=20_000,
            prepare_threshold=None,
        )
        with raw:
            raw.read_only, raw.isolation_level = True, psycopg.IsolationLevel.REPEATABLE_READ
            with raw.transaction():
                _bounded(raw, seconds)
                yield raw, _postgis(raw, named.name)


def _bounded(raw: psycopg.Connection[Any], seconds: int) -> None:
    settings = {
        "search_path": "pg_catalog",
        "statement_timeout": f"{seconds}s",
        "lock_timeout": f"{_LOCK_S}s",
        "idle_in_transaction_session_timeout": f"{seconds}s",
        "datestyle": "ISO",
        "intervalstyle": "iso_8601",
        "timezone": "UTC",
        "bytea_output": "hex",
        "extra_float_digits": "1",
        "synchronize_seqscans": "off",
        "max_parallel_workers_per_gather": "0",
        "jit": "off",
    }
    if raw.info.server_version >= 140_000:
        settings["client_connection_check_interval"] = "2s"  # a cancelled import ends the server's work too
    for name, value in settings.items():
        raw.execute("SELECT pg_catalog.set_config(%s, %s, true)", (name, value))


def _postgis(raw: psycopg.Connection[Any], name: str) -> str:
    found = raw.execute(
        "SELECT n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
        "WHERE e.extname = 'postgis'"
    ).fetchone()
    if found is None:
        raise NoPostGIS(database=name)
    path = sql.SQL("SET LOCAL search_path TO pg_catalog, {}, pg_temp").format(sql.Identifier(found[0]))
    raw.execute(path)
    return str(found[0])


@contextmanager
def _told(name: str, table: str, seconds: int) -> Iterator[None]:
    """Turn the driver's errors into ours; its texts may hold the host, the user or parts of the address."""
    try:
        yield
    except psycopg.Error as error:
        kind = _KINDS.get(error.sqlstate or "")
        if kind is None and (error.sqlstate or "08").startswith("08"):
            refused = _ANSWERED.search(str(error)) and not _NOT_NOW.search(str(error))
            kind = SignInRefusedByDatabase if refused else DatabaseUnreachable
        state = error.sqlstate or type(error).__name__
        raise (kind or DatabaseFault)(database=name, table=table, seconds=seconds, state=state) from None
    except UnicodeError:
        raise DatabaseFault(database=name, table=table, state="22021") from None
