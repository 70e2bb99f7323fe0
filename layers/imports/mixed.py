"""Columns from rows whose values are of any kind: numbers keep their digits, mixtures become text, all is said."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from geo.text import Text
from layers.arrow import ArrowArray, ArrowField
from layers.features.columns import column_of

_LONG, _EXACT = 2**63, 2**53
_SCALARS = {str, bool, int, float}


def mixed_table(rows: Sequence[Mapping[str, Any]]) -> tuple[pa.Table, tuple[Text, ...]]:
    """Return rows as a table, a missing value null, and what was decided of columns that are not of one kind.

    Examples
    --------
    >>> table, notes = mixed_table([{"v": 1}, {"v": "二"}, {"v": 2.5}])
    >>> table.column("v").to_pylist(), len(notes)
    (['1', '二', '2.5'], 1)
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    fields, columns, notes = [], [], list[Text]()
    for name in names:
        field, column = _column(str(name), [row.get(name) for row in rows], notes)
        fields.append(field)
        columns.append(column)
    return pa.table(columns, schema=pa.schema(fields)), tuple(notes)


def mixed_exactly(rows: Sequence[Mapping[str, Any]], table: pa.Table) -> dict[str, ArrowArray]:
    """Return the values of columns that became text for mixing kinds, each as JSON: ``1`` and ``"1"`` are two.

    Examples
    --------
    >>> rows = [{"v": 1}, {"v": "1"}]
    >>> mixed_exactly(rows, mixed_table(rows)[0])["v"].to_pylist()
    ['1', '"1"']
    """
    found: dict[str, ArrowArray] = {}
    for one in table.schema:
        values = [row.get(one.name) for row in rows] if one.type == pa.string() and not one.metadata else []
        if len({type(v) for v in values} - {type(None)}) > 1:
            texts = [None if v is None else json.dumps(v, ensure_ascii=False) for v in values]
            found[one.name] = pa.array(texts, pa.string())
    return found


def _column(name: str, values: list[Any], notes: list[Text]) -> tuple[ArrowField, ArrowArray]:
    kinds = {type(v) for v in values if v is not None}
    if not kinds <= _SCALARS:
        if kinds != {list} or any(type(x) is not str for v in values if v is not None for x in v):
            zh = f"列 {name} 含对象或列表，按 JSON 文本保存"
            notes.append(Text(zh, f"column {name} holds objects or lists; kept as JSON text"))
        return column_of(name, values)
    if kinds in ({int}, {int, float}):
        most = max((abs(v) for v in values if type(v) is int), default=0)
        if most >= _LONG or (most > _EXACT and float in kinds):
            zh = f"列 {name} 的整数过长（如 {most}），按文本保存以保留全部数字"
            notes.append(
                Text(zh, f"column {name} holds whole numbers as long as {most}; kept as text with every digit")
            )
            return column_of(name, [None if v is None else _written(v) for v in values])
        return column_of(name, values)
    if len(kinds) > 1:
        first = {type(v): v for v in reversed(values) if v is not None}
        order = list(dict.fromkeys(type(v) for v in values if v is not None))
        shown = [_written(first[kind]) for kind in order]
        zh = f"列 {name} 混有不同类型的值（如 {'、'.join(shown)}），按文本读取"
        notes.append(Text(zh, f"column {name} mixes kinds of values, such as {', '.join(shown)}; read as text"))
        return column_of(name, [None if v is None else _written(v) for v in values])
    return column_of(name, values)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return repr(value)
    return str(value)
