"""Cells of tables people read: what stands in a cell, and what cannot be told from it afterwards."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pyarrow as pa
import shapely

from layers.arrow import ArrowField
from layers.features.columns import Content

_GUARDED = re.compile(r"^'*[=+\-@\t\r\n＝＋－＠]")  # the wide ones too: East Asian spreadsheets take them alike
SEPARATOR = "；"
MOST_DIGITS = 10**15  # Excel shows 15 digits and keeps no more


def harmless_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers.

    Examples
    --------
    >>> harmless_cell("=1+1"), harmless_cell("'=1+1"), harmless_cell(-2.5)
    ("'=1+1", "''=1+1", -2.5)
    """
    return f"'{value}" if isinstance(value, str) and _GUARDED.match(value) else value


def unguarded_text(text: str) -> str:
    """Return a cell's text without the apostrophe `harmless_cell` put before it.

    Examples
    --------
    >>> unguarded_text("'=1+1"), unguarded_text("''=1+1"), unguarded_text("'quoted'")
    ('=1+1', "'=1+1", "'quoted'")
    """
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text


def shown_cell(value: object) -> Any:  # noqa: ANN401 - a text, number or boolean
    """Return a value as a person reads it in a cell: no JSON, lists by their parts.

    Examples
    --------
    >>> shown_cell(["甲", "乙"]), shown_cell({"a": 1, "b": [1, 2]}), shown_cell(10**17), shown_cell(0.1 + 0.2)
    ('甲；乙', 'a: 1；b: 1、2', '100000000000000000', 0.3)
    """
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if abs(value) < MOST_DIGITS else str(value)
    if isinstance(value, float):
        return float(f"{value:.16G}")
    if isinstance(value, dict):
        return SEPARATOR.join(f"{key}: {_part(one)}" for key, one in value.items())
    if isinstance(value, list):
        return SEPARATOR.join(_part(one) for one in value)
    return str(value)


def unmistaken_cell(value: object) -> object:
    """Return a value of a column of mixed kinds so that a text is not taken for the number it looks like.

    Examples
    --------
    >>> unmistaken_cell("1"), unmistaken_cell(1), unmistaken_cell("一")
    ('"1"', 1, '一')
    """
    if not isinstance(value, str):
        return value
    try:
        orjson.loads(value)
    except ValueError:
        return value
    return orjson.dumps(value).decode()


def exact_text(value: object) -> str | None:
    """Return a value as a text that gives it again where its cell does not; None where the cell does.

    Examples
    --------
    >>> exact_text("甲"), exact_text(0.1 + 0.2), exact_text(["甲"]), exact_text([])
    (None, '0.30000000000000004', None, '[]')
    """
    if value is None or isinstance(value, bool | int):
        return None
    if isinstance(value, str):
        return '""' if value == "" else None
    if isinstance(value, float):
        return None if shown_cell(value) == value else repr(value)
    if isinstance(value, list) and value and all(isinstance(v, str) and v and SEPARATOR not in v for v in value):
        return None
    return orjson.dumps(value, default=str).decode()


def _part(value: object) -> str:
    if isinstance(value, list):
        return "、".join(map(_part, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_part(one)}" for key, one in value.items())
    return "—" if value is None else str(value)


def shapes_wkt(shape: Any) -> str | None:  # noqa: ANN401 - a shapely geometry
    """Return a shape as WKT with every digit and its heights; None for none."""
    return None if shape is None else str(shapely.to_wkt(shape, rounding_precision=-1, output_dimension=3))


def type_of(field: ArrowField) -> str:
    """Return what a property is of, in the words of the file's description."""
    if field.metadata:
        return "json"
    kind = field.type
    if pa.types.is_list(kind):
        return "texts"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "integer"
    return "number" if pa.types.is_floating(kind) else "text"


def point_coordinates(content: Content) -> tuple[list[float | None], list[float | None]] | None:
    """Return x and y of every feature where all that have a place are points; else None."""
    placed = [shape for shape in content.geometry if shape is not None]
    if not placed or any(shape.geom_type != "Point" or shape.is_empty for shape in placed):
        return None
    x = [None if s is None else float(s.x) for s in content.geometry]
    y = [None if s is None else float(s.y) for s in content.geometry]
    return x, y
