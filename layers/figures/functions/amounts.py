"""The amounts a field states, by group and currency: what may be added up, and what must stay apart."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd

from geo.errors import BadField, NotComputable
from geo.text import Text
from layers.features.snapshot import Feature
from layers.features.units_beside import find_apart_column
from layers.figures.functions.asked_unit import asked_factor, asked_unit_note
from layers.figures.functions.entry import bad_question
from layers.figures.functions.groups import coded_text, group_kind, group_of
from layers.figures.inputs import Role
from layers.figures.outcome import json_number
from layers.figures.repeats import say_doubled
from layers.messages import say
from layers.plan.catalog import Field
from layers.plan.measures import Usage, field_usage
from layers.plan.statistics import Statistic
from layers.units import CURRENCIES, is_unit, measured_text, scale_of, unit_name, unit_word

_EXACT = 2.0**53  # beyond, not every whole number is a number of the machine's
APART = Text(
    "不同币种或单位不能相加，故无总数。", "Different currencies or units are never added up: there is no total."
)


@dataclass(frozen=True)
class Amount:
    """What one feature states: its value (None: not stated), its group, its currency ("" where there is none)."""

    feature: Feature
    value: float | None
    group: object
    currency: str


@dataclass(frozen=True)
class Amounts:
    """The amounts of a field. ``currency`` names the field of their currencies, ``by`` that of their groups."""

    items: Role
    field: str
    unit: str
    decimals: int
    by: str
    currency: str
    all: tuple[Amount, ...]
    notes: tuple[Text, ...]

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of the stated amounts, in order; one "" where the field has none."""
        return tuple(sorted({one.currency for one in self.all if one.value is not None})) or ("",)

    @property
    def one(self) -> bool:
        """Whether all stated amounts are of one currency, so that they may be added up."""
        return len(self.currencies) == 1

    def unit_of(self, currency: str) -> str:
        """Return the unit of amounts in a currency."""
        if currency in CURRENCIES:
            return f"{scale_of(self.unit)} {currency}".strip()
        if not currency and self.currency:
            return scale_of(self.unit)
        return currency if is_unit(currency) and not self.unit else self.unit

    def shown(self, value: float | None, currency: str) -> Text:
        """Return an amount in words, with its currency's name where it is not in the unit."""
        told = measured_text(value, self.unit_of(currency), self.decimals)
        if not currency or currency in self.unit_of(currency):
            return told
        return Text(f"{currency} {told.zh}", f"{currency} {told.en}")

    def currency_name(self, currency: str) -> Text:
        """Return what a currency or unit is called."""
        declared = self.items.field(self.currency).values
        if currency and currency not in CURRENCIES and currency not in declared and is_unit(currency):
            return Text(unit_name(currency, "zh"), unit_name(currency, "en"))
        return coded_text(self.items, self.currency, currency)

    def called(self, group: object, currency: str) -> Text:
        """Return what a group in a currency is called."""
        named = [coded_text(self.items, self.by, group)] if self.by else []
        named += [self.currency_name(currency)] if self.currency else []
        return Text(" · ".join(one.zh for one in named), " · ".join(one.en for one in named))

    def headline(self, values: Iterable[tuple[str, float | None]]) -> Text:
        """Return amounts of several currencies side by side."""
        told = [
            self.shown(value, currency)
            if currency or not self.currency or value is None
            else say("amount_of_no_unit", amount=self.shown(value, currency))
            for currency, value in values
        ]
        return Text("；".join(one.zh for one in told), "; ".join(one.en for one in told))


def answer_amounts(
    statistic: Statistic, items: Role, field_id: str, features: Iterable[Feature] | None = None, *, unit: str = ""
) -> Amounts:
    """Return the amounts a field states; in the field's own unit if none is said.

    Parameters
    ----------
    statistic
        The question.
    items
        The layer whose field is added up.
    field_id
        The field.
    features
        Some of the layer's features; all when None.
    unit
        What the amounts are turned into; the field's own when empty.

    Raises
    ------
    NotAdditive, BadQuestion
        The field must not be added up; the unit measures something else.
    """
    field = items.field(field_id)
    usage, note = field_usage(field, items.layer)
    less, unsaid = _taken_off(statistic.less, field, usage, items)
    chosen = list(items.features if features is None else features)
    by = statistic.by
    groups = {group_of(items, by, f.properties) for f in chosen} - {None} if by else set()
    currency = find_apart_column(field, items.layer, items.features)
    if by and (by == currency or (groups and groups <= set(CURRENCIES))):
        currency, by = by, ""  # who groups by currency means that currencies stay apart
    if unit and currency and not field.unit:
        _refuse_unit_beside(items, currency, unit)
    factor = asked_factor(field, unit)
    table = tuple(
        Amount(
            one,
            _value(one.properties, field_id, less, factor),
            group_of(items, by, one.properties) if by else None,
            _said_as(one.properties.get(currency)) if currency else "",
        )
        for one in chosen
    )
    whole = all(one.value is None or one.value.is_integer() for one in table)
    asked = statistic.decimals if statistic.id != "asked" or field.decimals is None else field.decimals
    decimals = 0 if whole and statistic.id == "asked" else asked
    notes = (*(one for one in (note, unsaid) if one is not None), *asked_unit_note(field, unit))
    if any(abs(one.value) >= _EXACT for one in table if one.value is not None):
        notes += (say("amounts_rounded", field=field.label),)
    if features is None:
        notes += say_doubled(items)
    return Amounts(items, field_id, unit or field.unit, decimals, by, currency, table, notes)


def _refuse_unit_beside(items: Role, column: str, asked: str) -> None:
    """Refuse one unit for amounts that have each their own beside them; a currency's scale is no such unit."""
    words = {_said_as(one) for one in items.features.values(column)} - {""}
    if words - set(CURRENCIES):
        label = items.field(column).label
        zh, en = f"“{asked}”，而每行的单位见“{label.zh}”", f"“{asked}”, but “{label.en}” says the unit of each row"
        raise bad_question("unit", (zh, en), ("不填", "none"))


def _said_as(given: object) -> str:
    """Return a currency or unit as the rows are kept apart by: one word for each, however it is spelled."""
    return unit_word(str(given or ""))


def _taken_off(field_id: str, of: Field, usage: Usage, items: Role) -> tuple[str, Text | None]:
    """Return the field that is taken off another, "" for none, and what to say of it.

    Raises
    ------
    NotAdditive, BadField
        It must not be added up; it is in another unit or of other currencies.
    """
    if not field_id:
        return "", None
    field = items.field(field_id)
    other, note = field_usage(field, items.layer)
    if field.unit != of.unit or other.currency != usage.currency:
        zh, en = f"与“{of.label.zh}”的单位或币种不同", f"it has another unit or currency than “{of.label.en}”"
        raise BadField(where=items.use.layer, field=field_id, why_zh=zh, why_en=en)
    return field_id, note


def _value(said: Mapping[str, Any], field_id: str, less: str, factor: float) -> float | None:
    """Return what a feature states, less what another field of it states; unknown where one of them is.

    Parameters
    ----------
    said
        Its properties.
    field_id, less
        The fields; ``less`` empty for none.
    factor
        Turns it into the unit asked for.
    """
    value, off = (stated_number(said.get(name)) for name in (field_id, less or field_id))
    if not less or value is None or off is None:
        return None if less or value is None else value * factor
    return (value - off) * factor


def untold_amounts(found: Amounts, counted: Callable[[Amount], float]) -> Text | None:
    """Return how much of a sum is of features whose group is not known; None where none is.

    Parameters
    ----------
    found
        The amounts.
    counted
        Which share of each counts.
    """
    if not found.by:
        return None
    sums: dict[str, float] = defaultdict(float)
    for one in found.all:
        if one.value is not None and group_kind(found.items, found.by, one.group) == "unknown":
            sums[one.currency] += one.value * counted(one)
    return found.headline(sorted(sums.items())) if any(sums.values()) else None


def check_stated(found: Amounts) -> None:
    """Look whether any feature states an amount: where none does the sum is not known, and not 0.

    Raises
    ------
    NotComputable
        None does.
    """
    if all(one.value is None for one in found.all):
        texts = any(isinstance(one.feature.properties.get(found.field), str) for one in found.all)
        needs = say("needs_numbers" if texts else "needs_stated", field=found.items.field(found.field).label)
        raise NotComputable(needs_zh=needs.zh, needs_en=needs.en)


def added_up(values: Iterable[float]) -> float:
    """Return a sum without loss, in whatever order its parts come.

    Raises
    ------
    NotComputable
        It is larger than any number of the machine's.

    Examples
    --------
    >>> added_up([1e16, 1.0, -1e16])
    1.0
    """
    try:
        found = math.fsum(values)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        needs = say("needs_sum_that_fits")
        raise NotComputable(needs_zh=needs.zh, needs_en=needs.en)
    return found


def with_numbers(role: Role, field_id: str) -> Role:
    """Return a role whose frames hold numbers in a field, and what is none as not known."""

    def cleaned(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        out = frame.copy()
        out[field_id] = [stated_number(one) for one in frame[field_id]]
        return out

    more = None if role.undecided is None else cleaned(role.undecided)
    return replace(role, frame=cleaned(role.frame), undecided=more)


def stated_number(stated: object) -> float | None:
    """Return a number as a feature states it; of what is no number, or yes or no, None."""
    return None if isinstance(stated, bool) else json_number(stated)


def check_heads(role: Role, field_id: str) -> None:
    """Look whether a number of people, or another weight, is below 0: nobody counts as less than none.

    Raises
    ------
    NotComputable
        One is; with the feature, and how it is left out.
    """
    values = (stated_number(one) for one in role.features.values(field_id))
    below = [(at, one) for at, one in enumerate(values) if one is not None and one < 0.0]
    if below:
        at, value = below[0]
        words = {"field": role.field(field_id).label, "id": field_id, "count": len(below)}
        needs = say("needs_heads", **words, name=role.name(str(role.features.ids[at])), value=f"{value:g}")
        raise NotComputable(needs_zh=needs.zh, needs_en=needs.en)
