"""A stored version as a snapshot: its features, and how the import it rests on was read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from layers.features.snapshot import Snapshot
from layers.library.provenance import came_in, import_of
from layers.plan.catalog import Layer
from layers.store import Store, Version


def version_digest(layer: Layer, version: Version) -> str:
    """Return the version of a snapshot that a stored version gives."""
    return hashlib.sha256(f"{version.digest} {layer.datum} {layer.edge_model}".encode()).hexdigest()


def stored_snapshot(store: Store, layer: Layer, version: Version, versions: Sequence[Version]) -> Snapshot:
    """Return a stored version's features; ``versions`` are all of the layer.

    Parameters
    ----------
    store
        Where the version lies.
    layer
        Its declaration.
    version
        The version wanted.
    versions
        All versions of the layer, oldest first.
    """
    digest = version_digest(layer, version)
    rests_on = import_of(versions, version.number)
    came = came_in(rests_on.about) if rests_on else None
    return Snapshot(layer, digest, store.read(layer.id, version.number), number=version.number, came=came)
