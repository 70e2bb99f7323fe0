"""Where layers' versions are kept: in a folder, with no server."""

from __future__ import annotations

from pathlib import Path

from layers.store.embedded import EmbeddedStore
from layers.store.version import (
    Change,
    DamagedStore,
    EditConflict,
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
    "Store",
    "StoreError",
    "StoreUnavailable",
    "UnknownVersion",
    "Version",
    "open_store",
]


def open_store(folder: Path) -> Store:
    """Return the store in a folder; nothing is made before the first write."""
    return EmbeddedStore(folder)
