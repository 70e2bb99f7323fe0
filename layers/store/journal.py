"""The embedded store's SQLite file: what versions there are, and their changes."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from layers.files import discard
from layers.store.version import DamagedStore, StoreUnavailable

_SCHEMA = 1
_BUSY_S = 10.0
_DISK = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN)
STILL = "mode=ro&immutable=1"  # read as it lies: nothing beside it is made or looked at
_TABLES = """
CREATE TABLE version (
    layer TEXT NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, digest TEXT NOT NULL, parent INTEGER,
    base TEXT NOT NULL, folds TEXT NOT NULL, features INTEGER NOT NULL, made_at TEXT NOT NULL, who TEXT NOT NULL,
    why TEXT NOT NULL, about TEXT NOT NULL, PRIMARY KEY (layer, number)
) WITHOUT ROWID;
CREATE TABLE change (
    layer TEXT NOT NULL, number INTEGER NOT NULL, feature TEXT NOT NULL, before TEXT, after TEXT,
    PRIMARY KEY (layer, number, feature)
) WITHOUT ROWID;
"""


class SqliteJournal:
    """The file, opened once a thread; made, with its folder, by the first write.

    Parameters
    ----------
    path
        Where it is or will be; on a local disk.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened = threading.local()

    @property
    def exists(self) -> bool:
        """Whether anything was ever written."""
        return self.path.is_file()

    def _connection(self) -> sqlite3.Connection:
        known: sqlite3.Connection | None = getattr(self._opened, "connection", None)
        if known is None:
            known = self._opened.connection = self._open("mode=rw")
        return known

    def _open(self, query: str) -> sqlite3.Connection:
        address = f"{self.path.resolve().as_uri()}?{query}"
        made = sqlite3.connect(address, uri=True, timeout=_BUSY_S, isolation_level=None)
        try:
            made.execute("PRAGMA synchronous=FULL")
            made.execute("PRAGMA trusted_schema=OFF")
            (schema,) = made.execute("PRAGMA user_version").fetchone()
            if schema != _SCHEMA:
                raise StoreUnavailable(why=f"{self.path.name}: schema {schema}, not {_SCHEMA}")
        except BaseException:
            made.close()
            raise
        return made

    def _readable(self) -> tuple[sqlite3.Connection, bool]:
        """Return a connection to read with, and whether it is for once.

        Where nothing may be written, or the disk is too full for the file that SQLite shares between processes,
        nobody else has it open: unless something waits beside it, the file is whole as it lies. A connection
        opened while nothing may be written is never kept: SQLite would refuse to write, for the whole process, as
        long as it is open.
        """
        if not self._writable:
            return self._open("mode=rw" if waits_beside(self.path) else STILL), True
        try:
            return self._connection(), False
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _DISK or waits_beside(self.path):
                raise
            return self._open(STILL), True

    @property
    def _writable(self) -> bool:
        return os.access(self.path.parent, os.W_OK) and os.access(self.path, os.W_OK)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for reading one consistent state.

        Raises
        ------
        StoreUnavailable, DamagedStore
            The file cannot be read.
        """
        with _told(self.path.name):
            connection, once = self._readable()
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")
                if once:
                    connection.close()

    @contextmanager
    def writing(self, _layer: str) -> Iterator[sqlite3.Connection]:
        """Give the connection inside a transaction nobody else writes in; an error undoes it all.

        Raises
        ------
        StoreUnavailable, DamagedStore
            The file cannot be written.
        """
        with _told(self.path.name):
            self._make()
            # Opened anew each time: to a file that was open when a disk failed, the system tells it again later.
            with closing(self._open("mode=rw")) as connection:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise

    def _make(self) -> None:
        if self.exists:
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self.path.with_name(f".tmp-{os.getpid()}-{threading.get_ident()}")
        new = sqlite3.connect(part, isolation_level=None)
        new.execute("PRAGMA journal_mode=WAL")
        new.executescript(f"BEGIN; {_TABLES} PRAGMA user_version={_SCHEMA}; COMMIT;")
        new.close()
        try:
            os.link(part, self.path)  # fails where another process was quicker
        except FileExistsError:
            pass
        except OSError:
            if not self.exists:
                part.replace(self.path)
        discard(part)


def waits_beside(path: Path) -> bool:
    """Whether a transaction waits in a log beside a file, done or to be undone: the file alone is not whole."""
    logs = (path.with_name(f"{path.name}{ending}") for ending in ("-wal", "-journal"))
    return any(log.is_file() and log.stat().st_size > 0 for log in logs)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Turn failures of disk and database into the store's own errors."""
    try:
        yield
    except (sqlite3.OperationalError, OSError) as error:
        raise StoreUnavailable(why=_why(error)) from error
    except sqlite3.DatabaseError as error:
        raise DamagedStore(file=name) from error


def _why(error: Exception) -> str:
    """Return the system's own words without any path."""
    return error.strerror or "I/O" if isinstance(error, OSError) else str(error)
