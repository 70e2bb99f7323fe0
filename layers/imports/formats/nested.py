"""Features where GeoJSON does not have them: bare geometries, and collections pasted among features."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from geo.text import Text

_DEEPEST = 50


def flatten_collections(rows: list[Any], notes: list[Text]) -> list[Any]:
    """Return features in the order of the file, those of collections among them included.

    Parameters
    ----------
    rows
        The members of a collection, parsed JSON.
    notes
        Get what is to be told.
    """
    inner = [row for row in rows if _is_collection(row)]
    if not inner:
        return rows
    out = list(_features(rows, 0))
    count = len(out) - (len(rows) - len(inner))
    zh = f"要素之间有 {len(inner)} 个要素集合，其中的 {count} 个要素已逐个读取"
    en = f"{len(inner)} collections of features stand among the features; their {count} features are read"
    notes.append(Text(zh, en))
    return out


def _is_collection(row: object) -> bool:
    return isinstance(row, dict) and isinstance(row.get("features"), list) and "geometry" not in row


def _features(rows: list[Any], depth: int) -> Iterator[Any]:
    for row in rows:
        if _is_collection(row) and depth < _DEEPEST:
            yield from _features(row["features"], depth + 1)
        else:
            yield row


def bare_feature(geometry: object) -> dict[str, Any]:
    """Return a geometry as a feature without properties."""
    return {"type": "Feature", "geometry": geometry, "properties": {}}


def bare_note(count: int) -> Text:
    """Return what is said of a file that holds geometries alone."""
    return Text(
        f"文件只有几何、没有属性，{count} 个", f"the file holds bare geometries without properties: {count}"
    )
