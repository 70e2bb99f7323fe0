"""Columns a file format can hold: lists as JSON texts, names that are short and differ, texts that are cut."""

from __future__ import annotations

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text


def flat(table: pa.Table, notes: list[Text]) -> pa.Table:
    """Return the table with every list as a JSON text."""
    lists = [f.name for f in table.schema if pa.types.is_list(f.type)]
    for name in lists:
        values = [None if v is None else orjson.dumps(v).decode() for v in table.column(name).to_pylist()]
        at = table.schema.get_field_index(name)
        table = table.set_column(at, pa.field(name, pa.string()), pa.array(values, pa.string()))
    if lists:
        words = ", ".join(lists)
        notes.append(Text(f"列表写为 JSON 文本：{words}", f"lists are written as JSON texts: {words}"))
    return table.replace_schema_metadata()


def renamed(
    table: pa.Table, *, limit: int | None, notes: list[Text], taken: tuple[str, ...] = ()
) -> tuple[pa.Table, dict[str, str]]:
    """Return the table with names that differ without regard to case and fit ``limit`` bytes of UTF-8.

    The second value is the new name of every old one.
    """
    used, names = {name.casefold() for name in taken}, {}
    for old in table.schema.names:
        base = new = _cut(old, limit)
        number = 1
        while new.casefold() in used or not new:
            number += 1
            tail = f"_{number}"
            new = _cut(base or "field", None if limit is None else limit - len(tail)) + tail
        used.add(new.casefold())
        names[old] = new
    changed = [f"{old} → {new}" for old, new in names.items() if old != new]
    if changed:
        words = "; ".join(changed[:40]) + ("…" if len(changed) > 40 else "")
        notes.append(Text(f"字段改名：{words}", f"fields renamed: {words}"))
    return table.rename_columns(list(names.values())), names


def cut_texts(table: pa.Table, *, limit: int, notes: list[Text]) -> pa.Table:
    """Return the table with no text longer than ``limit`` bytes of UTF-8, never cut inside a character."""
    for at, field in enumerate(table.schema):
        if field.type != pa.string():
            continue
        column = table.column(at)
        long = int(pc.sum(pc.greater(pc.binary_length(column), limit)).as_py() or 0)
        if long:
            values = [None if v is None else _cut(v, limit) for v in column.to_pylist()]
            table = table.set_column(at, field, pa.array(values, pa.string()))
            zh = f"字段 {field.name} 有 {long} 个文本超过 {limit} 字节，已截短"
            en = f"{long} texts of the field {field.name} are longer than {limit} bytes and were cut"
            notes.append(Text(zh, en))
    return table


def _cut(text: str, limit: int | None) -> str:
    """Return the longest beginning of a text that fits.

    Examples
    --------
    >>> _cut("用地性质名称", 10)
    '用地性'
    """
    return text if limit is None else text.encode("utf-8", "ignore")[:limit].decode("utf-8", "ignore")
