"""The PostgreSQL database of a store: connections, transactions, and the journal's tables in their own schema."""

from __future__ import annotations

import os
import re
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from layers.store.address import part_address
from layers.store.records import Cursor
from layers.store.version import StoreUnavailable

_READ_S, _WRITE_S, _LOCK_S, _CONNECT_S = 120, 600, 60, 10
_IDLE_KEPT = 8  # open connections kept for the next who asks
_SCHEMA = 1
_TABLES = """
CREATE TABLE about (schema INTEGER NOT NULL);
INSERT INTO about VALUES (1);
CREATE TABLE version (
    layer TEXT NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, digest TEXT NOT NULL, parent INTEGER,
    base TEXT NOT NULL, folds TEXT NOT NULL, features INTEGER NOT NULL, made_at TEXT NOT NULL, who TEXT NOT NULL,
    why TEXT NOT NULL, about TEXT NOT NULL, PRIMARY KEY (layer, number)
);
CREATE TABLE change (
    layer TEXT NOT NULL, number INTEGER NOT NULL, feature TEXT NOT NULL, before TEXT, after TEXT,
    PRIMARY KEY (layer, number, feature)
);
CREATE TABLE base (
    digest TEXT PRIMARY KEY, features INTEGER NOT NULL, crs TEXT NOT NULL, columns BYTEA NOT NULL
);
"""


class DatabaseUnavailable(StoreUnavailable):
    """The database cannot be reached or refused; nothing was changed."""

    zh = "数据库暂不可用（{why}），没有改动任何数据。请检查数据库是否运行、地址与权限，然后重试。"
    en = "The database is not available ({why}); nothing was changed. Check that it runs, its address and rights."


class DatabaseConnection:
    """A connection as the journal asks it: ``?`` stands for a value."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw

    def execute(self, text: str, values: Sequence[Any] = (), /) -> Cursor:
        """Run a statement of the journal's."""
        return self.raw.execute(text.replace("?", "%s").encode(), tuple(map(_kept, values)))

    def executemany(self, text: str, values: Sequence[Sequence[Any]], /) -> None:
        """Run a statement for every row of values."""
        with self.raw.cursor() as cursor:
            cursor.executemany(text.replace("?", "%s").encode(), [tuple(map(_kept, row)) for row in values])


def _kept(value: object) -> object:
    """Return a text without the one character PostgreSQL has none for."""
    return value.replace("\x00", "\ufffd") if isinstance(value, str) else value


class Database:
    """A PostgreSQL database, asked over a few connections that any thread may take in turn.

    Parameters
    ----------
    address
        ``postgresql://user:password@host/name``; ``?schema=name`` where several plans share a database.
    """

    def __init__(self, address: str) -> None:
        self._address, self.schema = part_address(address)
        self._idle: list[psycopg.Connection[Any]] = []
        self._lock, self._process = threading.Lock(), os.getpid()
        self._made = False
        weakref.finalize(self, _close, self._idle)

    @property
    def exists(self) -> bool:
        """Whether anything was ever written."""
        if not self._made:
            with self._transaction(_READ_S) as raw:
                found = raw.execute("SELECT to_regclass(%s)", (f'"{self.schema}".version',)).fetchone()
                self._made = found is not None and found[0] is not None
        return self._made

    @contextmanager
    def reading(self) -> Iterator[DatabaseConnection]:
        """Give a connection that sees one consistent state.

        Raises
        ------
        DatabaseUnavailable
            The database cannot be reached, or refused.
        """
        with self._transaction(_READ_S, "ISOLATION LEVEL REPEATABLE READ READ ONLY") as raw:
            yield DatabaseConnection(raw)

    @contextmanager
    def writing(self, layer: str) -> Iterator[DatabaseConnection]:
        """Give a connection inside a transaction that alone writes that layer; an error undoes it all.

        Raises
        ------
        DatabaseUnavailable
            The database cannot be reached, or refused.
        """
        self._make()
        with self._transaction(_WRITE_S) as raw:
            raw.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"{self.schema} {layer}",))
            yield DatabaseConnection(raw)

    def _make(self) -> None:
        if self.exists:
            return
        with self._transaction(_WRITE_S) as raw:
            raw.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (self.schema,))
            there = raw.execute("SELECT to_regclass(%s)", (f'"{self.schema}".version',)).fetchone()
            if there is None or there[0] is None:
                if raw.execute("SELECT 1 FROM pg_extension WHERE extname='postgis'").fetchone() is None:
                    raw.execute("CREATE EXTENSION postgis")
                raw.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(self.schema)))
                raw.execute(_TABLES.encode())

    @contextmanager
    def _transaction(self, most_s: int, kind: str = "") -> Iterator[psycopg.Connection[Any]]:
        with store_errors(self._address):
            raw = self._taken()
            try:
                with raw.transaction():
                    if kind:
                        raw.execute(f"SET TRANSACTION {kind}".encode())
                    raw.execute(f"SET LOCAL statement_timeout = '{most_s}s'".encode())
                    yield raw
            finally:
                self._give_back(raw)

    def _taken(self) -> psycopg.Connection[Any]:
        with self._lock:
            if self._process != os.getpid():  # a child process never speaks on its parent's connections
                self._idle.clear()
                self._process = os.getpid()
            while self._idle:
                raw = self._idle.pop()
                if not raw.closed and _alive(raw):
                    return raw
        raw = psycopg.connect(self._address, autocommit=True, connect_timeout=_CONNECT_S)
        try:
            path = sql.SQL("SET search_path TO {}, public").format(sql.Identifier(self.schema))
            raw.execute(path)
            raw.execute(f"SET lock_timeout = '{_LOCK_S}s'".encode())
            self._refuse_newer(raw)
        except BaseException:
            raw.close()
            raise
        return raw

    def _refuse_newer(self, raw: psycopg.Connection[Any]) -> None:
        there = raw.execute("SELECT to_regclass(%s)", (f'"{self.schema}".about',)).fetchone()
        if there is None or there[0] is None:
            return
        found = raw.execute("SELECT schema FROM about").fetchone()
        if found is None or found[0] != _SCHEMA:
            raise DatabaseUnavailable(why=f"schema {found and found[0]}, not {_SCHEMA}")

    def _give_back(self, raw: psycopg.Connection[Any]) -> None:
        with self._lock:
            if not raw.closed and not raw.broken and len(self._idle) < _IDLE_KEPT:
                self._idle.append(raw)
                return
        raw.close()


def _alive(raw: psycopg.Connection[Any]) -> bool:
    try:
        raw.execute("SELECT 1")
    except psycopg.Error:
        raw.close()
        return False
    return True


def _close(idle: list[psycopg.Connection[Any]]) -> None:
    for raw in idle:
        with suppress(psycopg.Error):
            raw.close()


@contextmanager
def store_errors(address: str) -> Iterator[None]:
    """Turn failures of the database into the store's own error, which names no address and no password.

    Raises
    ------
    DatabaseUnavailable
        The database fails or is not reached.
    """
    try:
        yield
    except psycopg.Error as error:
        raise DatabaseUnavailable(why=_why(error, address)) from None


def _why(error: psycopg.Error, address: str) -> str:
    """Return the database's own words; of a failed connection only what comes after the address."""
    text = error.diag.message_primary or (str(error).strip().splitlines() or [type(error).__name__])[0]
    text = re.split(r"failed: ", text)[-1]
    password = urlsplit(address).password
    for secret in {password, unquote(password)} if password else ():
        text = text.replace(secret, "…")
    return text[:160]
