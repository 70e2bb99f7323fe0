"""How each column of a table is asked for and what it becomes: number, boolean, text, or left out and said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql

from geo.text import Text
from layers.arrow import ArrowArray, ArrowField, fill_null, if_else
from layers.imports.database.listing import TableColumn

Loose = Literal["", "number", "list"]
_LEFT_OUT = ("bytea", "geometry", "geography", "raster", "topogeometry", "tsvector", "tsquery", "box2d", "box3d")
_DATES = ("date", "timestamp", "timestamptz")
_ARROW = {"int8": pa.int64(), "float8": pa.float64(), "bool": pa.bool_(), "bytea": pa.string()}


@dataclass(frozen=True)
class ColumnQuery:
    """A column as it is selected: the expression, the type it has on the wire, and how it is settled later.

    Text travels as ``bytea``, undecoded: a database in SQL_ASCII holds whatever bytes were put in.
    """

    name: str
    expression: sql.Composable
    wire: str
    loose: Loose = ""
    date: bool = False

    @property
    def arrow(self) -> ArrowField:
        """The column of the file."""
        return pa.field(self.name, _ARROW[self.wire])


def asked_for(columns: Sequence[TableColumn]) -> tuple[tuple[ColumnQuery, ...], tuple[Text, ...]]:
    """Return how columns are selected from ``t``, and which are left out."""
    kept = [column for column in columns if not _left_out(column)]
    gone = [column for column in columns if _left_out(column)]
    notes = []
    if gone:
        named = ", ".join(f"{column.name} ({column.type})" for column in gone)
        notes.append(
            Text(f"不是属性值的列未导入：{named}", f"columns that hold no plain values are left out: {named}")
        )
    return tuple(map(_asked, kept)), tuple(notes)


def _left_out(column: TableColumn) -> bool:
    return column.type in _LEFT_OUT or column.element in _LEFT_OUT


def _asked(column: TableColumn) -> ColumnQuery:
    at, kind = sql.SQL("t.{}").format(sql.Identifier(column.name)), column.type
    if kind in ("int2", "int4", "int8", "oid"):
        return ColumnQuery(column.name, sql.SQL("{}::int8").format(at), "int8")
    if kind == "bool":
        return ColumnQuery(column.name, at, "bool")
    if kind in ("float4", "float8"):  # by its text, a 0.1 of single precision stays 0.1
        return ColumnQuery(
            column.name, sql.SQL("{}::text::float8" if kind == "float4" else "{}").format(at), "float8"
        )
    if kind == "numeric" and _fits(column.modifier):
        return ColumnQuery(column.name, sql.SQL("{}::float8").format(at), "float8")
    if kind in _DATES:
        zoned = "replace({}::text, '+00', '+00:00')" if kind == "timestamptz" else "{}::text"
        return ColumnQuery(column.name, sql.SQL(zoned).format(at), "bytea", date=True)
    if column.category == "A" or column.composite:
        loose: Loose = "list" if column.category == "A" else ""
        return ColumnQuery(column.name, sql.SQL("to_json({})::text").format(at), "bytea", loose)
    return ColumnQuery(column.name, sql.SQL("{}::text").format(at), "bytea", "number" if kind == "numeric" else "")


def _fits(modifier: int) -> bool:
    """Whether every value of a ``numeric(p, s)`` with decimals is exact in a double."""
    precision, scale = (modifier - 4) >> 16 & 0xFFFF, (modifier - 4) & 0x7FF
    return modifier >= 4 and 0 < scale <= precision <= 15


class Values:
    """Makes columns of the file from rows, and counts what had to be changed."""

    def __init__(self, asked: Sequence[ColumnQuery]) -> None:
        self._asked = asked
        self._odd: Counter[tuple[str, str]] = Counter()
        self.encoding = "utf-8"

    def batch(self, columns: Sequence[Sequence[Any]]) -> list[ArrowArray]:
        """Return Arrow columns of one batch."""
        return [self._made(one, column) for one, column in zip(self._asked, columns, strict=True)]

    def _made(self, one: ColumnQuery, values: Sequence[Any]) -> ArrowArray:
        if one.wire != "bytea":
            made = pa.array(values, one.arrow.type)
            return self._emptied(one, made, pc.is_finite(made), "number") if one.wire == "float8" else made
        made = self._decoded(values)
        if one.date:
            return self._emptied(one, made, pc.invert(pc.match_substring(made, "infinity")), "date")
        if one.loose == "number":
            return self._emptied(one, made, pc.invert(pc.match_substring_regex(made, "NaN|Infinity")), "number")
        return made

    def _emptied(self, one: ColumnQuery, made: ArrowArray, finite: ArrowArray, kind: str) -> ArrowArray:
        odd = int(np.count_nonzero(~np.asarray(fill_null(finite, True))))
        if not odd:
            return made
        self._odd[one.name, kind] += odd
        return if_else(finite, made, pa.scalar(None, made.type))

    def _decoded(self, values: Sequence[bytes | None]) -> ArrowArray:
        try:
            return pa.array(values, pa.binary()).cast(pa.string())
        except pa.ArrowInvalid:
            self.encoding = "gb18030"
            return pa.array([None if value is None else _text(value) for value in values], pa.string())

    def notes(self) -> tuple[Text, ...]:
        """Say what was changed."""
        told = [Text("数据库编码不是 UTF-8，文字按 GB18030 读取", "text that is not UTF-8 was read as GB18030")]
        for (name, kind), count in self._odd.items():
            words = ("不是有限数", "not finite") if kind == "number" else ("无穷日期", "infinite")
            told.append(
                Text(
                    f"字段 {name} 有 {count} 个值是{words[0]}，留空"
                    if kind == "date"
                    else f"字段 {name} 有 {count} 个值{words[0]}，留空",
                    f"{count} values of {name} are {words[1]}; left empty",
                )
            )
        return tuple(told[self.encoding == "utf-8" :])


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("gb18030", "replace")
