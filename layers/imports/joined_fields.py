"""Fields that joined tables gave a layer go along into its next version, by the keys they came by."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.features.columns import Content
from layers.library.library import Library
from layers.plan.catalog import Layer


def carry_joined(library: Library, layer: Layer | None, content: Content, notes: list[Text]) -> Content:
    """Return a new version's content with the fields that tables gave the version before, by the same keys.

    Parameters
    ----------
    library
        The plan.
    layer
        As it is declared; None when it is new.
    content
        The new version's features.
    notes
        Get what is to be told.
    """
    tables = {one.table for one in layer.fields if one.table} if layer else set()
    if layer is None or not tables or library.store.newest(layer.id) is None:
        return content
    before = library.snapshot(layer).content
    joins = {v.about["table"]: v.about for v in reversed(library.store.versions(layer.id)) if v.kind == "join"}
    for table in sorted(tables & joins.keys()):
        names = [one.id for one in layer.fields if one.table == table and one.id in before.names]
        layer_key = str(joins[table].get("layer_key", ""))
        if (layer_key and not has_key(content.names, layer_key)) or not names:
            continue
        at = {key: i for i, key in enumerate(layer_keys(before, layer_key))}
        rows = pa.array([at.get(key) for key in layer_keys(content, layer_key)], pa.int64())
        properties = content.properties if content.names else pa.table({})
        for name in names:
            if name not in content.names:
                field = before.properties.schema.field(name)
                properties = properties.append_column(field, pc.take(before.properties.column(name), rows))
        content = Content(content.ids, content.geometry, properties)
        lost = rows.null_count
        zh = f"表 {table} 的字段按键带到新版本" + (f"，{lost} 个要素没有对应值" if lost else "")
        en = f"the fields of the table {table} go along by its key" + (
            f"; {lost} features get none" if lost else ""
        )
        notes.append(Text(zh, en))
    return content


def key_texts(values: Sequence[Any]) -> list[str]:
    """Return values as keys: texts without blanks at their ends, full-width letters as plain ones, 12.0 as 12."""
    found = []
    for value in values:
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # noqa: PLW2901
        text = "" if value is None or isinstance(value, list) else str(value)
        found.append(unicodedata.normalize("NFKC", text).strip())
    return found


def layer_keys(content: Content, field: str) -> list[str]:
    """Return the keys of a layer's features: a field, several (``a+b``), or their ids."""
    if not field or field in content.names:
        return key_texts(content.values(field) if field else list(content.ids))
    return put_together([key_texts(content.values(one)) for one in parts_of_key(field)])


def parts_of_key(key: str) -> list[str]:
    """Return the names of the fields a key is put together from."""
    return [one.strip() for one in unicodedata.normalize("NFKC", key).split("+")]


def has_key(names: Collection[str], key: str) -> bool:
    """Tell whether a key is a field, or put together from fields that are there."""
    return key in names or ("+" in key and all(one in names for one in parts_of_key(key)))


def put_together(columns: Sequence[Sequence[str]]) -> list[str]:
    """Return the keys several columns give together, empty where one of them is."""
    return ["".join(row) if all(row) else "" for row in zip(*columns, strict=True)]
