"""Columns read as a person says; what does not read so is left empty, told, and kept beside it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.arrow import ArrowArray, ArrowColumn, fill_null, if_else, is_equal, texts_of
from layers.imports.column import ReadColumn, SeenColumn, stated_unit
from layers.imports.dates import days_of_excel, iso_dates, months_year_first, put_year_first
from layers.imports.numbers import numbers_of
from layers.imports.numeric import as_numbers
from layers.imports.units import NONE, unit_of

_TRUE = ("true", "yes", "y", "t", "1", "是", "√", "对")
_FALSE = ("false", "no", "n", "f", "0", "否", "×", "错")


def as_said(name: str, column: ArrowColumn, seen: SeenColumn | None, said: str) -> ReadColumn:
    """Read a column as a person says; what does not read so is left empty, told, and kept beside it.

    Parameters
    ----------
    name
        The column's.
    column
        Its values as they were read, n rows.
    seen
        What was found in its texts; None when the file has types of its own.
    said
        ``text``, ``number``, ``integer``, ``boolean`` or ``date``.
    """
    types: dict[str, pa.DataType] = {"number": pa.float64(), "integer": pa.int64(), "boolean": pa.bool_()}
    wanted = types.get(said, pa.string())
    if seen is None:
        if pa.types.is_list(column.type) or said == "date":
            return ReadColumn()
        try:
            as_wanted = column.cast(wanted)
        except pa.ArrowInvalid:
            zh = f"列 {name} 含小数，不能作为整数；按数读取"
            return ReadColumn(
                column,
                note=Text(zh, f"column {name} holds fractions and cannot be whole numbers; read as numbers"),
            )
        return ReadColumn(as_wanted, note=_as_told(name, said))
    if said == "text":
        return ReadColumn(note=_as_told(name, said), declared={"type": "text"})
    if said == "date":
        texts, _ = put_year_first(months_year_first(days_of_excel(seen.texts)))
        found = iso_dates(fill_null(texts, ""), dotted="alone", years=True)
        iso = found[0] if found else pa.nulls(len(seen.texts), pa.string())
        bad = pc.and_(seen.texts.is_valid(), iso.is_null())
        kept = if_else(bad, seen.texts, iso)
        return ReadColumn(seen.spread(kept), {"type": "date"}, note=_as_told(name, said, seen, bad, kept=True))
    if said == "boolean":
        words = pc.utf8_lower(seen.texts)
        true, false = (fill_null(pc.is_in(words, pa.array(some)), False) for some in (_TRUE, _FALSE))
        values = if_else(true, True, if_else(false, False, pa.scalar(None, pa.bool_())))
        bad = pc.and_(seen.texts.is_valid(), values.is_null())
        return ReadColumn(
            seen.spread(values), keep_raw=bool(pc.any(bad).as_py()), note=_as_told(name, said, seen, bad)
        )
    numbers = numbers_of(seen.texts, seen.decimal)
    stated = stated_unit(seen)
    units = [unit_of(word) for word in texts_of(pc.unique(fill_null(numbers.unit, "")))]
    if (
        any(unit is not None and unit.unit != NONE for unit in units)
        and (read := as_numbers(seen))
        and read.values is not None
    ):
        return read
    number = if_else(is_equal(numbers.unit, ""), numbers.number, pa.scalar(None, pa.string()))
    whole = said == "integer" and pc.all(pc.invert(pc.match_substring_regex(number, "[.eE]"))).as_py() is not False
    values = pc.cast(number, pa.int64() if whole else pa.float64())
    bad = pc.and_(seen.texts.is_valid(), number.is_null())
    return ReadColumn(
        seen.spread(values),
        {"unit": stated.name} if stated else {},
        bool(pc.any(bad).as_py()),
        _as_told(name, said, seen, bad),
    )


def _as_told(
    name: str, said: str, seen: SeenColumn | None = None, bad: ArrowArray | None = None, *, kept: bool = False
) -> Text:
    zh, en = f"列 {name} 按指定的类型读取（{said}）", f"column {name} is read as said ({said})"
    count = seen.rows(fill_null(bad, False)) if seen is not None and bad is not None else 0
    if count and seen is not None and bad is not None:
        one = seen.example(bad)
        rest = (
            ("原样保留", "they stay as they are")
            if kept
            else ("留空，原文另存一列", "left empty, the text stands in a column beside it")
        )
        zh += f"；{count} 个值不是（如“{one}”），{rest[0]}"
        en += f"; {count} values are none, such as “{one}”; {rest[1]}"
    return Text(zh, en)
