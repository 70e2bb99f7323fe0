"""Columns a file format can hold: dates as dates, lists as texts, names that are short and differ, texts cut."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.arrow import ArrowColumn, ArrowField
from layers.exports.bundle import ColumnType, ExportBundle, FileColumn
from layers.messages import say

_DAY = r"^\d{4}-\d{2}-\d{2}$"
_MOMENT = re.compile(r"^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{3})?)?)(Z|[+-]\d{2}:\d{2})?$")
_MOMENTS = _MOMENT.pattern


@dataclass(frozen=True)
class Holds:
    """What a format can hold of attributes.

    ``name_bytes`` and ``text_bytes`` are limits in bytes of ``encoding``; ``taken`` are names the format keeps for
    itself. Without ``zones`` moments of a zone are written in UTC.
    """

    name_bytes: int | None = None
    text_bytes: int | None = None
    encoding: str = "utf-8"
    taken: tuple[str, ...] = ()
    dates: bool = True
    moments: bool = True
    zones: bool = True
    booleans: bool = True
    lists: bool = False
    plain_names: bool = False  # letters, digits and _, no digit first
    any_names: bool = False  # told apart by case


def file_table(bundle: ExportBundle, holds: Holds, *, ids: str = "feature_id") -> pa.Table:
    """Return the attributes as a format holds them, ids first; changes are noted, each column is described."""
    content = bundle.content
    properties = content.properties if content.names else pa.table({})
    arrays: list[ArrowColumn] = [pa.chunked_array([pa.array(content.ids, pa.string())])]
    described: list[tuple[str, ColumnType, str]] = [("", "id", "")]
    lists: list[str] = []
    for field, column in zip(properties.schema, properties.columns, strict=True):
        made, kind, like = _held(field, column, holds, bundle.notes)
        if made.type == pa.string() and pa.types.is_list(field.type):
            lists.append(field.name)
        arrays.append(made)
        described.append((field.name, kind, like))
    if lists:
        words = ", ".join(lists)
        bundle.notes.append(say("export_lists", words=words))
    wanted = [free_name(ids, properties.schema.names), *properties.schema.names]
    names = _names(wanted, holds, bundle.notes)
    bundle.columns[:] = [FileColumn(n, *told) for n, told in zip(names, described, strict=True)]
    table = pa.table(arrays, names=names)
    return table if holds.text_bytes is None else cut_texts(table, holds, bundle.notes)


def describe_columns(bundle: ExportBundle) -> None:
    """Describe the columns of a format that holds the properties as they are, under their own names."""
    content = bundle.content
    for field in content.properties.schema if content.names else ():
        kind: ColumnType = (
            "json"
            if field.metadata
            else "texts"
            if pa.types.is_list(field.type)
            else "boolean"
            if pa.types.is_boolean(field.type)
            else "integer"
            if pa.types.is_integer(field.type)
            else "number"
            if pa.types.is_floating(field.type)
            else "text"
        )
        bundle.columns.append(FileColumn(field.name, field.name, kind))


def with_aliases(
    table: pa.Table, bundle: ExportBundle, *, width_of: Callable[[ArrowColumn], int] | None = None
) -> pa.Table:
    """Return the table with what GDAL is to call its columns, and how long their texts are.

    Parameters
    ----------
    table
        As `file_table` gave it: a column for each of the bundle's.
    bundle
        Whose labels they get, in the language of the export.
    width_of
        Gives the length of a text column; not declared when None.
    """
    fields = []
    for field, column, told in zip(table.schema, table.columns, bundle.columns, strict=True):
        label = bundle.label_of(told.property) if told.property else None
        about: dict[bytes | str, bytes | str] = (
            {"GDAL:OGR:alternative_name": label[bundle.language]} if label else {}
        )
        if width_of is not None and field.type == pa.string():
            about["GDAL:OGR:width"] = str(width_of(column))
        fields.append(field.with_metadata(about) if about else field)
    return pa.table(table.columns, schema=pa.schema(fields))


def free_name(wanted: str, taken: list[str]) -> str:
    """Return a name that differs from those taken without regard to case."""
    low = {name.casefold() for name in taken}
    while wanted.casefold() in low:
        wanted += "_"
    return wanted


def as_days(column: ArrowColumn) -> ArrowColumn | None:
    """Return texts as days when each of them is one; None when a month, a year or something else is among them."""
    known = column.drop_null()
    if not len(known) or not pc.all(pc.match_substring_regex(known, _DAY)).as_py():
        return None
    try:
        return pc.cast(column, pa.date32())
    except pa.ArrowInvalid:  # 2021-02-30
        return None


def as_moments(column: ArrowColumn) -> tuple[list[datetime | None], str, str] | None:
    """Return texts as moments with their pattern and zone when all are written alike; else None."""
    known = column.drop_null()
    if not len(known) or not pc.all(pc.match_substring_regex(known, _MOMENTS)).as_py():
        return None
    parts = [_MOMENT.match(str(text)) for text in pc.unique(known).to_pylist()]
    likes = {(re.sub(r"\d", "0", m[1]), m[2] or "") for m in parts if m}
    if len(likes) != 1:
        return None
    like, zone = next(iter(likes))
    try:
        return [None if v is None else datetime.fromisoformat(v) for v in column.to_pylist()], like, zone
    except ValueError:
        return None


def _held(
    field: ArrowField, column: ArrowColumn, holds: Holds, notes: list[Text]
) -> tuple[ArrowColumn, ColumnType, str]:
    kind = field.type
    if field.metadata:
        return column, "json", ""
    if pa.types.is_list(kind):
        if holds.lists:
            return column, "texts", ""
        values = [None if v is None else orjson.dumps(v).decode() for v in column.to_pylist()]
        return pa.chunked_array([pa.array(values, pa.string())]), "texts", ""
    if pa.types.is_boolean(kind):
        return (column if holds.booleans else column.cast(pa.int32())), "boolean", ""
    if pa.types.is_integer(kind):
        return column, "integer", ""
    if pa.types.is_floating(kind):
        return column, "number", ""
    if not pa.types.is_string(kind):
        return column, "text", ""
    return _text(field.name, column, holds, notes)


def _text(name: str, column: ArrowColumn, holds: Holds, notes: list[Text]) -> tuple[ArrowColumn, ColumnType, str]:
    if holds.dates and (days := as_days(column)) is not None:
        return days, "date", ""
    found = as_moments(column) if holds.moments else None
    if found is None:
        return column, "text", ""
    values, like, zone = found
    if zone and not holds.zones:
        zh = f"字段 {name} 的时刻（{zone}）按协调世界时写出"
        notes.append(Text(zh, f"the moments of {name} ({zone}) are written in UTC"))
    written = "UTC" if zone in ("Z", "+00:00", "-00:00") else zone
    told = f"{'' if holds.zones else 'UTC '}{like}{zone}"
    return pa.chunked_array([pa.array(values, pa.timestamp("ms", written or None))]), "moment", told


def _bare(name: str, holds: Holds) -> str:
    """Return a name without blanks at its ends, which a format of short names does not keep."""
    return name if holds.name_bytes is None else name.strip()


def _names(wanted: list[str], holds: Holds, notes: list[Text]) -> list[str]:
    """Return names that differ without regard to case and fit the format; what changed is noted."""
    if holds.any_names:
        return wanted
    used, names = {name.casefold() for name in holds.taken}, []
    for old in wanted:
        plain = re.sub(r"\W", "_", old) if holds.plain_names else old
        plain = f"f_{plain}" if holds.plain_names and plain[:1].isdigit() else plain
        base = new = _bare(cut(plain, holds.name_bytes, holds.encoding), holds)
        number = 1
        while new.casefold() in used or not new:
            number += 1
            tail = f"_{number}"
            limit = None if holds.name_bytes is None else holds.name_bytes - len(tail)
            new = _bare(cut(base or "field", limit, holds.encoding), holds) + tail
        used.add(new.casefold())
        names.append(new)
    changed = [f"{old} → {new}" for old, new in zip(wanted, names, strict=True) if old != new]
    if changed:
        words = "; ".join(changed[:40]) + ("…" if len(changed) > 40 else "")
        notes.append(say("export_renamed", words=words))
    return names


def cut_texts(table: pa.Table, holds: Holds, notes: list[Text]) -> pa.Table:
    """Return the table with no text longer than the format holds, never cut inside a character."""
    for at, field in enumerate(table.schema):
        if field.type != pa.string():
            continue
        values = table.column(at).to_pylist()
        kept = [None if v is None else cut(v, holds.text_bytes, holds.encoding) for v in values]
        long = sum(a is not None and len(a) != len(b or "") for a, b in zip(values, kept, strict=True))
        if long:
            table = table.set_column(at, field, pa.array(kept, pa.string()))
            zh = f"字段 {field.name} 有 {long} 个文本超过 {holds.text_bytes} 字节，已截短"
            en = f"{long} texts of the field {field.name} are longer than {holds.text_bytes} bytes and were cut"
            notes.append(Text(zh, en))
    return table


def cut(text: str, limit: int | None, encoding: str = "utf-8") -> str:
    """Return the longest beginning of a text that fits into so many bytes.

    Examples
    --------
    >>> cut("用地性质名称", 10), cut("用地性质名称", 10, "gb18030")
    ('用地性', '用地性质名')
    """
    return text if limit is None else text.encode(encoding, "ignore")[:limit].decode(encoding, "ignore")


def day_of(value: Any) -> date | None:  # noqa: ANN401 - a cell of any type
    """Return a day a text names to the day; None for anything else."""
    if not isinstance(value, str) or not re.match(_DAY, value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
