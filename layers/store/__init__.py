"""Where layers' versions are kept: in a folder, with no server; or in a PostGIS database."""

from __future__ import annotations

from pathlib import Path

from layers.store.address import schema_of
from layers.store.files import VersionFiles
from layers.store.history import History
from layers.store.journal import SqliteJournal
from layers.store.version import (
    Change,
    DamagedStore,
    EditConflict,
    NoDriver,
    Store,
    StoreError,
    StoreUnavailable,
    UnknownVersion,
    Version,
)

__all__ = [
    "Change",
    "DamagedStore",
    "EditConflict",
    "NoDriver",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "UnknownVersion",
    "Version",
    "open_store",
    "schema_of",
]


def open_store(folder: Path, address: str = "") -> Store:
    """Return a plan's store; nothing is made before the first write.

    Parameters
    ----------
    folder
        Of the embedded store, the default.
    address
        ``postgresql://...`` of a PostGIS database to use instead.

    Raises
    ------
    NoDriver
        PostgreSQL's driver is not installed.
    """
    if not address:
        return History(SqliteJournal(folder / "store.sqlite"), VersionFiles(folder / "versions"))
    try:
        from layers.store.database import Database  # noqa: PLC0415 - the driver is an extra
        from layers.store.postgis import PostGISContents  # noqa: PLC0415
    except ImportError as error:
        raise NoDriver from error
    database = Database(address)
    return History(database, PostGISContents(database))
