"""A layer's features as the rows of a table: in order, in groups, with totals of what may be added up."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.text import Text
from layers.errors import BadParameter
from layers.features.filters import NAME, fields_of, values_of
from layers.features.snapshot import Features
from layers.features.units_beside import find_apart_column
from layers.messages import say
from layers.plan.catalog import Field, Layer
from layers.plan.field_lists import read_fields, written_field
from layers.plan.measures import usage_of
from layers.plan.schedule import year_of
from layers.units import unit_word

MOST_GROUPS = 500
LARGEST = 1e300  # of numbers that are added up or drawn: the sum of a million is still a number
_NUMBERS = ("number", "integer")


@dataclass(frozen=True)
class Total:
    """The sum of a field over some rows, of one currency where it is money; ``unknown`` rows state nothing.

    ``said`` is false where nobody said that the field may be added up.
    """

    field: str
    sum: float
    known: int
    unknown: int
    currency: str | None = None
    said: bool = True


@dataclass(frozen=True)
class RowGroup:
    """Rows of one value, which follow each other: how many, their totals, and the condition that names them."""

    value: Any
    words: Text
    count: int
    totals: tuple[Total, ...]
    where: str


@dataclass(frozen=True)
class TableRows:
    """All rows of a table in order, with their totals; ``groups`` in the order of the rows."""

    features: Features
    totals: tuple[Total, ...]
    groups: tuple[RowGroup, ...]


def order_rows(
    features: Features, layer: Layer, *, sort: str = "", group: str = "", language: str = "zh"
) -> TableRows:
    """Return features as the rows of a table.

    Parameters
    ----------
    features
        Those that meet the filters.
    layer
        Whose they are, with what its codes are called.
    sort
        Fields with commas between, each downwards after ``-``; what is not known comes last either way. Money is
        ordered within a currency, the commonest first, since amounts of two are not compared.
    group
        A field whose equal values stand together, dates by year; empty for none.
    language
        Of names and texts that are sorted.

    Raises
    ------
    BadParameter
        A field is not there, or has too many values to group by.
    """
    known = fields_of(layer)
    keys: list[np.ndarray[Any, Any]] = []
    values: list[Any] = []
    if group:
        values = _grouped(features, _field(known, "group", group))
        if len(set(values)) > MOST_GROUPS:
            raise BadParameter(
                name="group",
                why_zh=f"取值多于 {MOST_GROUPS} 个，请换一个字段",
                why_en=f"it has more than {MOST_GROUPS} values; choose another field",
            )
        keys.append(_ranks(values, downwards=False))
    for field, downwards in _sorted_by(known, sort):
        keys += _sort_keys(features, layer, field, downwards=downwards, language=language)
    at = np.lexsort(keys[::-1]) if keys else np.arange(len(features))
    ordered = features.taken(at)
    groups = _groups(ordered, layer, known[group], [values[i] for i in at]) if group else ()
    return TableRows(ordered, totals_of(ordered, layer), groups)


def check_sort(layer: Layer, sort: str) -> None:
    """Check that rows can be sorted so.

    Parameters
    ----------
    layer
        Whose rows they are.
    sort
        As `order_rows` takes it.

    Raises
    ------
    BadParameter
        A field is not there.
    """
    _sorted_by(fields_of(layer), sort)


def _sorted_by(known: dict[str, Field], sort: str) -> list[tuple[Field, bool]]:
    """Return the fields of an order, each with whether it goes downwards."""
    parts = [one for one in sort.split(",") if one]
    names = read_fields(",".join(one.removeprefix("-") for one in parts))
    return [(_field(known, "sort", name), one.startswith("-")) for name, one in zip(names, parts, strict=True)]


def totals_of(features: Features, layer: Layer) -> tuple[Total, ...]:
    """Return the totals of all fields that may be added up, money by currency, the commonest first."""
    out: list[Total] = []
    for field in layer.fields:
        usage = usage_of(field, layer)
        if field.type in _NUMBERS and usage.measure in ("additive", "money"):
            values = features.values(field.id)
            out += sums_of(field.id, values, currencies_of(features, layer, field), said=usage.said)
    return tuple(out)


def currencies_of(features: Features, layer: Layer, field: Field) -> list[str | None]:
    """Return in which currency or unit each feature states a field, one word for each; None where none is said.

    Parameters
    ----------
    features, layer
        Whose they are.
    field
        A field that may be added up.
    """
    apart = find_apart_column(field, layer, features)
    said = features.values(apart) if apart else [None] * len(features)
    return [None if one in (None, "") else unit_word(str(one)) or None for one in said]


def sums_of(field: str, values: Sequence[Any], currencies: Sequence[Any], *, said: bool = True) -> list[Total]:
    """Return the sum of some values by currency; what is not known is counted beside the commonest one.

    Parameters
    ----------
    field
        Its id.
    values
        Of each row, None where unknown.
    currencies
        Of each row, None where there is none.
    said
        Whether somebody said that they may be added up.

    Examples
    --------
    >>> [(one.currency, one.sum, one.unknown) for one in sums_of("cost", [1.0, 2.0, None], ["CNY", "USD", None])]
    [('CNY', 1.0, 1), ('USD', 2.0, 0)]
    """
    held: dict[str | None, list[float]] = {}
    unknown = 0
    for value, currency in zip(values, currencies, strict=True):
        if type(value) in (int, float) and abs(value) <= LARGEST:
            held.setdefault(None if currency in (None, "") else str(currency), []).append(float(value))
        else:
            unknown += 1
    found = sorted(held.items(), key=lambda one: (-len(one[1]), str(one[0]))) or [(None, [])]
    return [
        Total(field, math.fsum(amounts), len(amounts), unknown if at == 0 else 0, currency, said)
        for at, (currency, amounts) in enumerate(found)
    ]


def shown_values(features: Features, layer: Layer, field_id: str) -> list[Any]:
    """Return a column of a table: what features are called in both languages for the name, else the field."""
    field = fields_of(layer)[field_id]
    if field.text is None:
        return features.values(field_id)
    zh, en = (features.values(name) for name in (field.text.zh, field.text.en))
    if field_id == NAME:
        return [
            {"zh": str(a or b or i), "en": str(b or a or i)} for i, a, b in zip(features.ids, zh, en, strict=True)
        ]
    return [
        None if a in (None, "") and b in (None, "") else {"zh": a or "", "en": b or ""}
        for a, b in zip(zh, en, strict=True)
    ]


def _field(known: dict[str, Field], name: str, field_id: str) -> Field:
    found = known.get(field_id)
    if found is None:
        words = ", ".join(known)
        raise BadParameter(
            name=name,
            why_zh=f"没有字段 {field_id[:40]}；可用：{words}",
            why_en=f"there is no field {field_id[:40]}; known: {words}",
        )
    return found


def _sort_keys(
    features: Features, layer: Layer, field: Field, *, downwards: bool, language: str
) -> list[np.ndarray[Any, Any]]:
    if field.text is not None:
        first, second = (field.text.zh, field.text.en) if language == "zh" else (field.text.en, field.text.zh)
        pairs = zip(features.values(first), features.values(second), strict=True)
        return [_ranks([a or b for a, b in pairs], downwards=downwards)]
    values = features.values(field.id)
    currencies = currencies_of(features, layer, field) if usage_of(field, layer).measure == "money" else []
    if not any(currencies):
        return [_ranks(values, downwards=downwards)]
    stated = [c if type(v) in (int, float) else None for v, c in zip(values, currencies, strict=True)]
    common: dict[Any, int] = {}
    for one in stated:
        common[one] = common.get(one, 0) - 1
    return [
        _ranks(stated, downwards=False, key=lambda one: (common[one], str(one))),
        _ranks(values, downwards=downwards),
    ]


def collation_key(value: object) -> tuple[int, Any]:
    """Return what a value is sorted by: numbers as such, Chinese by pinyin (the order of GB 2312)."""
    if isinstance(value, bool):
        return 0, float(value)
    if isinstance(value, int | float):
        return 0, float(value)
    return 1, str(value).casefold().encode("gb18030", "replace")


def _ranks(
    values: Sequence[Any], *, downwards: bool, key: Callable[[Any], Any] = collation_key
) -> np.ndarray[Any, Any]:
    """Return the place of each value among the different ones; what is not known is last either way."""
    plain = ["、".join(map(str, one)) if isinstance(one, list) else one for one in values]
    plain = [str(one) if isinstance(one, dict) else one for one in plain]
    different = sorted({one for one in plain if one is not None and one != ""}, key=key, reverse=downwards)
    place = {one: at for at, one in enumerate(different)}
    return np.array([place.get(one, len(different)) for one in plain], dtype=np.int64)


def _grouped(features: Features, field: Field) -> list[Any]:
    """Return what each feature is grouped by: of a date its year, of what is not stated None."""
    values = values_of(features, field)
    if field.type == "date":
        values = [year_of(one) or one for one in values]
    plain = ["、".join(map(str, one)) if isinstance(one, list) else one for one in values]
    return [None if one == "" else str(one) if isinstance(one, dict) else one for one in plain]


def _groups(features: Features, layer: Layer, field: Field, values: list[Any]) -> tuple[RowGroup, ...]:
    """Return the groups of rows in order; equal values stand together."""
    starts = [at for at, one in enumerate(values) if at == 0 or one != values[at - 1]]
    out = []
    for start, end in zip(starts, [*starts[1:], len(values)], strict=True):
        value, rows = values[start], features[start:end]
        where = f"{written_field(field.id)}={'' if value is None else _plain(value)}"
        if value is not None and field.type == "date" and not year_of(value):
            where = ""  # nothing can be asked of what is no date
        out.append(RowGroup(value, group_words(field, value), end - start, totals_of(rows, layer), where))
    return tuple(out)


def group_words(field: Field, value: object) -> Text:
    """Return how a group reads."""
    if value is None:
        return say("filter_none_stated")
    if field.type == "date" and year_of(value):
        return say("filter_year", year=value)
    if isinstance(value, bool):
        return field.values.get(_plain(value)) or say("yes" if value else "no")
    return field.values.get(str(value)) or Text(str(value), str(value))


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
