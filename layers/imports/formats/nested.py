"""Collections of features among features: GeoJSON does not know them, and people paste one into another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from geo.text import Text

_DEEPEST = 50


def flattened(rows: list[Any], notes: list[Text]) -> list[Any]:
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
