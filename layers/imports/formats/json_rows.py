"""Rows as a service of maps answers with them: a list of plain objects, wherever in a JSON it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from geo.text import Text
from layers.imports.tables.headings import has_places

_DEEP, _LOOKED = 3, 200
_KINDS = ("Feature", "FeatureCollection", "Topology")


def answered_rows(document: Any, notes: list[Text]) -> Any:  # noqa: ANN401 - parsed JSON
    """Return the collection or the rows that stand in the answer of a service; any other document as it is.

    Parameters
    ----------
    document
        Parsed JSON.
    notes
        Gets where they stood.

    Examples
    --------
    >>> answered_rows({"status": "1", "pois": [{"name": "a", "location": "120.2,31.8"}]}, [])
    [{'name': 'a', 'location': '120.2,31.8'}]
    >>> answered_rows({"a": {"b": 1}}, [])
    {'a': {'b': 1}}
    """
    if not isinstance(document, dict) or "type" in document or "features" in document or "objects" in document:
        return document
    found = list(_within(document, "", 0))
    collections = [one for one in found if isinstance(one[1], dict)]
    placed = [one for one in found if isinstance(one[1], list) and has_places(_names(one[1]))]
    chosen = (collections or placed or found)[:1]
    if not chosen or (len(found) > 1 and not (len(collections) == 1 or len(placed) == 1)):
        return document
    name, value = chosen[0]
    what = ("要素", "features") if isinstance(value, dict) else ("各行", "rows")
    notes.append(Text(f"{what[0]}取自成员 {name[:40]}", f"{what[1]} are taken from the member {name[:40]}"))
    return value


def _within(value: dict[str, Any], path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield the collections and the lists of plain objects that stand in an object, with their names."""
    for name, inner in value.items():
        at = f"{path}.{name}" if path else str(name)
        if isinstance(inner, dict) and inner.get("type") == "FeatureCollection":
            yield at, inner
        elif isinstance(inner, dict) and depth < _DEEP:
            yield from _within(inner, at, depth + 1)
        elif is_rows(inner):
            yield at, inner


def is_rows(value: object) -> bool:
    """Tell whether a value is a list of plain objects, such as a table has rows."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(row, dict) and row.get("type") not in _KINDS for row in value)
    )


def flat_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row in which an object of plain values is a column for each: ``location.lat``, ``location.lng``.

    Examples
    --------
    >>> flat_row({"name": "a", "location": {"lat": 31.8, "lng": 120.2}, "tags": [1]})
    {'name': 'a', 'location.lat': 31.8, 'location.lng': 120.2, 'tags': [1]}
    """
    out: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict) and value and not any(isinstance(one, dict | list) for one in value.values()):
            out |= {f"{name}.{key}": one for key, one in value.items()}
        else:
            out[str(name)] = value
    return out


def _names(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(str(name) for row in rows[:_LOOKED] for name in flat_row(row)))
