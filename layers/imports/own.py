"""Files this service wrote come back as they left: what their columns are stands in them.

What a person added or changed on the way is read as in any file; a column that no longer fits what is said of it
is read like a stranger's, and told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import orjson
import pyarrow as pa
import shapely

from geo.text import Text
from layers.arrow import ArrowArray, ArrowColumn, ArrowField
from layers.features.columns import JSON_COLUMN, Objects
from layers.imports.draft import Draft

_COLUMNS, _LONGEST = 20_000, 500
_HELPERS = ("label", "x", "y", "name", "wkt")
# what GDAL adds to every KML
_KML = frozenset(
    {
        "id",
        "Name",
        "description",
        "timestamp",
        "begin",
        "end",
        "altitudeMode",
        "tessellate",
        "extrude",
        "visibility",
        "drawOrder",
        "icon",
    }
)
_MANY = {"MultiPoint": "Point", "MultiLineString": "LineString", "MultiPolygon": "Polygon"}


@dataclass(frozen=True)
class OwnColumn:
    """A column as the file describes it."""

    name: str
    property: str
    type: str
    like: str = ""
    declared: Mapping[str, Any] = field(default_factory=dict)


def own_columns(told: object) -> tuple[OwnColumn, ...]:
    """Return what a file says of its columns, from the provenance inside; nothing where it does not read as such.

    Examples
    --------
    >>> own_columns({"columns": [{"name": "a_1", "property": "A 1", "type": "integer"}]})[0].property
    'A 1'
    >>> own_columns({"columns": "x"}), own_columns(None)
    ((), ())
    """
    listed = told.get("columns") if isinstance(told, dict) else None
    if not isinstance(listed, list) or len(listed) > _COLUMNS:
        return ()
    found = []
    for one in listed:
        if not isinstance(one, dict):
            return ()
        texts = [one.get(key, "") for key in ("name", "property", "type", "like")]
        if not all(isinstance(text, str) and len(text) <= _LONGEST for text in texts) or not texts[0]:
            return ()
        name, target, kind, like = texts
        found.append(OwnColumn(name, target, kind, like, _declared(one, kind)))
    names = [one.property for one in found if one.property and one.type not in _HELPERS]
    return tuple(found) if len(set(names)) == len(names) else ()


def _declared(one: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return what the catalog of a new layer may take over: label, unit, decimals, type."""
    told: dict[str, Any] = {}
    label = one.get("label")
    if isinstance(label, dict) and all(
        isinstance(label.get(k), str) and 0 < len(label[k]) <= _LONGEST for k in ("zh", "en")
    ):
        told["label"] = {"zh": label["zh"], "en": label["en"]}
    unit, decimals = one.get("unit"), one.get("decimals")
    if isinstance(unit, str) and 0 < len(unit) < 40:
        told["unit"] = unit
    if type(decimals) is int and 0 <= decimals < 16:
        told["decimals"] = decimals
    if kind in ("date",):
        told["type"] = "date"
    if kind == "texts":
        told["type"] = "list"
    return told


def came_home(draft: Draft, columns: Sequence[OwnColumn], *, unwrap: bool = False) -> Draft:
    """Return a draft with properties, ids and types as they left.

    Parameters
    ----------
    draft
        As a reader gave it.
    columns
        What the file says of its columns.
    unwrap
        Whether geometries of one part are single ones, where the format knows only multi geometries.
    """
    if not columns:
        return draft
    table = draft.properties
    known = {one.name: one for one in columns}
    fields: list[ArrowField] = []
    arrays: list[ArrowArray | ArrowColumn] = []
    ids, failed, settled = draft.ids, [], set()
    declared = dict(draft.declared)
    for name in table.schema.names:
        one, column = known.get(name), table.column(name)
        if one is None and draft.format in ("LIBKML", "KML", "KMZ") and name in _KML:
            continue
        if one is None:
            fields.append(table.schema.field(name))
            arrays.append(column)
        elif one.type == "id":
            ids = tuple("" if v is None else str(v) for v in column.to_pylist())
        elif one.type not in _HELPERS:
            target = one.property or name
            known_exactly = draft.exact.get(name) if one.type == "json" else None
            made = _restored(column if known_exactly is None else pa.chunked_array([known_exactly]), one)
            if made is None:
                failed.append(name)
                made = pa.field(target, column.type), column
            else:
                settled.add(target)
                declared |= {target: one.declared} if one.declared else {}
            fields.append(made[0].with_name(target))
            arrays.append(made[1])
    if len({f.name for f in fields}) != len(fields):  # a column somebody added has the name of one that came home
        return draft
    notes = list(draft.notes)
    if failed:
        zh, en = "、".join(failed), ", ".join(failed)
        zh = f"列 {zh} 与文件所述类型不符，按一般文件读取"
        notes.append(Text(zh, f"the columns {en} are not of the type the file says; read as in any file"))
    properties = pa.table(arrays, schema=pa.schema(fields)) if fields else pa.table({})
    return replace(
        draft,
        properties=properties,
        ids=ids,
        notes=tuple(notes),
        declared=declared,
        settled=frozenset(settled),
        geometry=_single(draft.geometry) if unwrap else draft.geometry,
    )


def _single(shapes: Objects) -> Objects:
    out = shapes.copy()
    for i, shape in enumerate(shapes):
        if shape is not None and shape.geom_type in _MANY and len(shape.geoms) == 1:
            out[i] = shapely.get_geometry(shape, 0)
    return out


def _restored(column: ArrowColumn, one: OwnColumn) -> tuple[ArrowField, ArrowArray | ArrowColumn] | None:
    """Return a column with values as they left; None where one of them does not fit."""
    makes = {
        "text": (pa.string(), _text),
        "integer": (pa.int64(), _integer),
        "number": (pa.float64(), _number),
        "boolean": (pa.bool_(), _boolean),
        "texts": (pa.list_(pa.string()), _texts),
        "json": (pa.string(), _json),
        "date": (pa.string(), _day),
        "moment": (pa.string(), lambda value: _moment(value, one.like)),
    }
    if one.type not in makes:
        return None
    kind, make = makes[one.type]
    if column.type == kind and one.type in ("text", "integer", "number", "boolean", "texts"):
        return pa.field(one.property, kind), column
    try:
        values = [None if v is None else make(v) for v in column.to_pylist()]
        metadata = JSON_COLUMN if one.type == "json" else None
        return pa.field(one.property, kind, metadata=metadata), pa.array(values, kind)
    except (ValueError, TypeError, OverflowError, pa.ArrowException):
        return None


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError


def _integer(value: object) -> int | None:
    if isinstance(value, str):
        return int(value) if value.strip() else None
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    return int(value)  # type: ignore[call-overload, no-any-return]


def _number(value: object) -> float | None:
    if isinstance(value, str):
        return float(value) if value.strip() else None
    return float(value)  # type: ignore[arg-type]


def _boolean(value: object) -> bool | None:
    words = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False, "": None}
    if isinstance(value, bool):
        return value
    key = str(value).strip().lower()
    if key not in words:
        raise ValueError
    return words[key]


def _texts(value: object) -> list[str] | None:
    if value == "":
        return None
    found = value if isinstance(value, list) else orjson.loads(str(value))
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ValueError
    return found


def _json(value: object) -> str | None:
    text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
    if text == "":
        return None
    try:
        orjson.loads(text)
    except ValueError:  # a text among numbers, as a reader gives it
        return orjson.dumps(text).decode()
    return text


def _day(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return date.fromisoformat(text[:10].replace("/", "-")).isoformat() if text else None


def _moment(value: object, like: str) -> str | None:
    """Return a moment as it was written: with seconds or without, in its zone."""
    if value == "":
        return None
    if isinstance(value, str):
        value = datetime.fromisoformat(value.replace("/", "-"))
    if not isinstance(value, datetime):
        raise TypeError
    like, utc = like.removeprefix("UTC "), like.startswith("UTC ")
    pattern, zone = like[: like.rfind("0") + 1], ""
    for mark in ("Z", "+", "-"):
        at = like.find(mark, 11)
        if at > 0:
            pattern, zone = like[:at], like[at:]
            break
    if zone:
        value = value if value.tzinfo else value.replace(tzinfo=UTC if utc else _zone(zone))
        value = value.astimezone(_zone(zone))
    form = "%Y-%m-%d" + pattern[10:11] + ("%H:%M:%S" if pattern.count(":") > 1 else "%H:%M")
    text = value.strftime(form)
    return text + (f".{value.microsecond // 1000:03d}" if "." in pattern else "") + zone


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
