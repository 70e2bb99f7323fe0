"""Going back to an old version: its content, and the types that its fields had."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

from layers.library.entry import update_layer
from layers.library.library import Library
from layers.library.provenance import import_of
from layers.plan.catalog import Layer
from layers.store.version import Version


def restore_version(library: Library, layer: Layer, number: int, *, who: str, why: str) -> Version:
    """Add a version equal to an old one; a layer that came by import gets the types its fields had then.

    Parameters
    ----------
    library
        Of the data folder.
    layer
        The layer as the catalog declares it.
    number
        The old version's.
    who, why
        The person and the reason, as the history shows them.

    Raises
    ------
    UnknownVersion
        There is none of that number.
    CatalogReadOnly
        The version is there, but the catalog cannot be written.
    """
    types = {} if layer.file else _types_at(library, layer.id, number)
    version = library.store.restore(layer.id, number, who=who, why=why)
    if any(types.get(field.id, field.type) != field.type for field in layer.fields):
        update_layer(library.folder, layer.id, lambda table: _retype(table, types))
    return version


def _types_at(library: Library, layer: str, number: int) -> Mapping[str, str]:
    """Return the types of the import that a version rests on; none where imports did not keep them yet."""
    came = import_of(library.store.versions(layer), number)
    types: Mapping[str, str] = came.about.get("types", {}) if came else {}
    return types


def _retype(table: MutableMapping[str, Any], types: Mapping[str, str]) -> None:
    for field in table.get("fields", []):
        if field["id"] in types:
            field["type"] = types[field["id"]]
