"""Where layers' versions are kept: embedded in a folder, or in PostGIS."""

from __future__ import annotations

from pathlib import Path

from layers.store.version import (
    Change,
    DamagedStore,
    EditConflict,
    Entry,
    Kept,
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
    "Entry",
    "Kept",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "UnknownVersion",
    "Version",
    "open_store",
]


def open_store(folder: Path, setting: str = "") -> Store:
    """Return the store that a setting names: nothing for the folder, ``postgresql://...`` for PostGIS."""
    if setting:
        from layers.store.postgis import PostgisStore  # noqa: PLC0415 - psycopg is needed only here

        return PostgisStore(setting)
    from layers.store.embedded import EmbeddedStore  # noqa: PLC0415

    return EmbeddedStore(folder)
