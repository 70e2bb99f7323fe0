"""What ids and codes are called, so that a table shows names beside them: zones, classes, declared values."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.errors import LayerUnavailable
from layers.features.snapshot import Snapshot
from layers.library.library import Library

_MOST = 5000  # different values of a property that is looked up


def names_for(library: Library, snapshot: Snapshot) -> dict[str, Mapping[str, Text]]:
    """Return, for each property that holds codes or ids of features, what each of them is called.

    Classes are called as in the layer's scheme and declared values as the catalog says; a property whose every
    value is the id of a feature of one other layer, that everybody may see, shows that feature's title.
    """
    layer, found = snapshot.layer, {}
    for one in layer.fields:
        if one.values:
            found[one.id] = one.values
    if layer.class_field:
        found[layer.class_field] = {c.code: c.name for c in library.catalog.classes.get(layer.scheme, ())}
    wanted: dict[str, set[str]] = {}
    for name in snapshot.content.names:
        column = snapshot.content.properties.column(name)
        if (
            name not in found
            and pa.types.is_string(column.type)
            and not snapshot.content.properties.field(name).metadata
        ):
            values = pc.unique(column).drop_null()
            if 0 < len(values) <= _MOST:
                wanted[name] = {str(value) for value in values.to_pylist()}
    for name, texts in wanted.items():
        for other in library.layers():
            titles = _titles(library, snapshot if other.id == layer.id else None, other.id)
            if titles and texts <= titles.keys():
                found[name] = {text: titles[text] for text in texts}
                break
    return {name: words for name, words in found.items() if words}


def _titles(library: Library, own: Snapshot | None, layer_id: str) -> dict[str, Text]:
    """Return what a layer's features are called, by id; nothing when it cannot be read or holds too many."""
    try:
        snapshot = own or library.snapshot(library.layer(layer_id))
    except LayerUnavailable:
        return {}
    if len(snapshot.content) > _MOST:
        return {}
    title, ids = snapshot.layer.title, map(str, snapshot.content.ids)
    zh, en = (snapshot.content.values(name) for name in (title.zh, title.en))
    return {i: Text(str(a or b or i), str(b or a or i)) for i, a, b in zip(ids, zh, en, strict=True)}
