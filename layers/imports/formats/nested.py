"""Features where GeoJSON does not have them: bare geometries, and collections pasted among features."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from geo.text import Text
from layers.imports.tables.geometries import looks_like_geometry

_DEEPEST = 50
_MEMBERS = ("type", "id", "geometry", "properties", "bbox")
_LOOKED, _FEW = 1000, 5


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


def one_collection(document: Any, notes: list[Text]) -> Any:  # noqa: ANN401 - parsed JSON
    """Return an array of collections as one of all their features; anything else as it is."""
    if not isinstance(document, list) or not document or not all(map(_is_collection, document)):
        return document
    zh, en = f"{len(document)} 个要素集合合为一个", f"{len(document)} collections of features are read as one"
    notes.append(Text(zh, en))
    named = next((one["crs"] for one in document if one.get("crs")), None)
    features = [row for one in document for row in one["features"]]
    return {"type": "FeatureCollection", "crs": named, "features": features}


def foreign_members(rows: Sequence[Mapping[str, Any]]) -> list[Text]:
    """Say which members beside the properties of features are not read.

    Examples
    --------
    >>> foreign_members([{"type": "Feature", "geometry": None, "properties": {}, "style": "red"}])[0].en
    'features have members beside their properties that are not read: style'
    """
    names = dict.fromkeys(
        str(name) for row in rows[:_LOOKED] for name, value in row.items() if not _is_shape(value)
    )
    foreign = [name for name in names if name not in _MEMBERS]
    if not foreign:
        return []
    some = [name[:40] for name in foreign[:_FEW]]
    zh = f"要素在 properties 之外还有成员 {'、'.join(some)}，未读取"
    return [Text(zh, f"features have members beside their properties that are not read: {', '.join(some)}")]


def _is_shape(value: object) -> bool:
    """Tell whether a member is a geometry, which is read where a feature has none under its own name."""
    return (isinstance(value, dict) and "coordinates" in value) or (
        isinstance(value, str) and looks_like_geometry(value)
    )
