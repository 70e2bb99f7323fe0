"""Columns of Arrow, whatever they hold, and the functions whose stubs know no plain values beside columns."""

from __future__ import annotations

from typing import Any, TypeAlias, TypeVar, cast

import pyarrow as pa
import pyarrow.compute as pc

ArrowArray: TypeAlias = "pa.Array[Any]"
ArrowColumn: TypeAlias = "pa.ChunkedArray[Any]"
ArrowField: TypeAlias = "pa.Field[Any]"
Coded: TypeAlias = "pa.DictionaryArray[Any, Any]"
_Column = TypeVar("_Column", "pa.Array[Any]", "pa.ChunkedArray[Any]")

_pc: Any = pc


def is_equal(values: _Column, value: object) -> _Column:
    """Whether each is equal to a value, or to the one of another column."""
    return cast("_Column", _pc.equal(values, value))


def not_equal(values: _Column, value: object) -> _Column:
    """Whether each differs from a value, or from the one of another column."""
    return cast("_Column", _pc.not_equal(values, value))


def is_greater(values: _Column, value: float) -> _Column:
    """Whether each is greater than a number."""
    return cast("_Column", _pc.greater(values, value))


def fill_null(values: _Column, value: object) -> _Column:
    """Return a column with a value where there is none."""
    return cast("_Column", _pc.fill_null(values, value))


def if_else(chosen: _Column, one: object, other: object) -> _Column:
    """Return one where it is chosen, else the other: columns, or plain values."""
    return cast("_Column", _pc.if_else(chosen, one, other))


def encode_texts(texts: ArrowArray) -> Coded:
    """Return the distinct texts and where each stands."""
    return cast("Coded", _pc.dictionary_encode(texts))


_DASHED = r"^[\x{2010}-\x{2015}\x{2212}]\s?([.,]?\d)"  # U+2212 minus, en dash and their like


def normalize_texts(texts: ArrowArray) -> ArrowArray:
    """Return texts trimmed and in NFKC form; a dash before a number, of whatever length, is its minus."""
    plain = _pc.utf8_trim_whitespace(_pc.utf8_normalize(texts, form="NFKC"))
    return cast("ArrowArray", _pc.replace_substring_regex(plain, _DASHED, r"-\1"))


def texts_of(values: ArrowArray) -> list[str]:
    """Return texts as a list; none of them is null."""
    return cast("list[str]", values.to_pylist())


def text_lengths(texts: _Column) -> _Column:
    """Return how many characters each text has."""
    return cast("_Column", _pc.utf8_length(texts))
