"""Conditions on a layer's fields, in the one way of writing them: address, API, command line, briefing."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import unquote

from geo.text import Text
from layers.errors import BadFilter
from layers.features.amounts import read_amount
from layers.features.snapshot import Features
from layers.messages import say
from layers.plan.catalog import Field, Layer
from layers.plan.measures import usage_of
from layers.plan.schedule import span_of
from layers.plan.unstated import is_unstated
from layers.units import unit_name

NAME = "@name"  # stands for what a feature is called, in both languages
_WRITTEN = re.compile(r"^([^=!<>~]+)(!=|>=|<=|=|>|<|~)(.*)$", re.DOTALL)
_DAY = len("2020-06-30")
_UNIT_IN_LABEL = re.compile(r"\s*[（(][^（()）]*[)）]$")
_NO_ORDER = (
    "此字段是文本，没有大小：用 =、!= 或 ~；若应为数字或日期，请在目录中说明类型",
    "the field holds text, which has no order: take =, != or ~, or declare it as number or date",
)
_RANGED = ("number", "integer", "date")
_YI, _WAN, _BILLION, _MILLION = 1e8, 1e4, 1e9, 1e6
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True)
class Filter:
    """A condition on a declared field, as ``text`` writes it.

    An unknown value meets only ``field=`` (nothing after the sign), and what says so: ``field?>=10`` is met where
    nothing is stated as well. The sign ``~`` asks whether a text holds another, whatever the case; ``..`` whether
    a number or a date lies between two, both in, ``..<`` without the upper one (either may be open). A date told
    by its year or month may be any day of it: 2020 meets ``<2021``; whether it meets ``<2020-06`` nobody can tell,
    and so it is unknown, as are words that say so ("不详") and states that the dates leave open.
    """

    field: Field
    sign: str
    value: str | float | bool | tuple[Any, Any] | None
    text: str = ""
    or_unknown: bool = False
    money: bool = False

    @property
    def rests_on(self) -> None:
        """On no other layer."""

    @property
    def asks_unknown(self) -> bool:
        """Whether it asks for what is stated, or is not: nobody is left out for not being known."""
        return self.value is None or self.or_unknown

    def words(self) -> Text:
        """Return the condition in words: the field's label, the sign, and what a coded value means."""
        said = self._said()
        key = "filter_or_not_known" if self.field.type == "date" else "filter_or_not_stated"
        return say(key, condition=said) if self.or_unknown else said

    def _said(self) -> Text:
        label = self.field.label
        if self.value is None:
            stated = say("filter_not_stated" if self.sign == "=" else "filter_stated")
            return Text(f"{label.zh}{stated.zh}", f"{label.en} {stated.en}")
        if isinstance(self.value, tuple):
            return self._between(*self.value)
        if self.sign == "~":
            return say("filter_holds", label=label, value=self.value)
        if self.sign in ("=", "!="):
            key = "filter_is" if self.sign == "=" else "filter_is_not"
            return say(key, label=self._label(), value=self._shown(self.value))
        return self._compared(self.sign, self.value)

    def _between(self, low: object, high: object) -> Text:
        open_high = self.sign == "..<"
        if low is None or high is None:
            upper = "<" if open_high else "<="
            return self._compared(upper if low is None else ">=", high if low is None else low)
        key = "filter_from" if open_high else "filter_between"
        return say(key, label=self._label(), ends=self._shown(low), ends2=self._shown(high))

    def _compared(self, sign: str, value: object) -> Text:
        label, shown = self._label(), self._shown(value)
        sign = {">=": "≥", "<=": "≤"}.get(sign, sign)
        return Text(f"{label.zh} {sign} {shown.zh}", f"{label.en} {sign} {shown.en}")

    def _label(self) -> Text:
        """Return the field's label, without a unit in brackets where the value says it."""
        if self.field.unit:
            return Text(*(_UNIT_IN_LABEL.sub("", text) for text in (self.field.label.zh, self.field.label.en)))
        return self.field.label

    def _shown(self, value: object) -> Text:
        if isinstance(value, bool):
            return self.field.values.get(str(value).lower()) or say("yes" if value else "no")
        if isinstance(value, float):
            return amount_text(value, self.field, money=self.money)
        text = str(value)
        if self.field.type == "date":
            return say("filter_year", year=text) if len(text) == 4 else Text(text, text)
        return self.field.values.get(text, Text(text, text))

    def mask(self, features: Features) -> list[bool]:
        """Tell which of some features meet the condition, in their order."""
        return [self.admits(value) for value in values_of(features, self.field)]

    def unknown(self, features: Features) -> list[bool]:
        """Tell of which of some features it is not known whether they meet it, in their order."""
        return [self._meets(value) is None for value in values_of(features, self.field)]

    def admits(self, found: Any) -> bool:  # noqa: ANN401 - a property as the layer gives it
        """Whether a value of the field meets the condition."""
        met = self._meets(found)
        return self.or_unknown if met is None else met

    def _meets(self, found: Any) -> bool | None:  # noqa: ANN401 - a property as the layer gives it
        """Return whether a value meets the condition; None where nobody can tell."""
        if self.value is None:
            return (_unknown(found) or found == []) == (self.sign == "=")
        if is_unstated(found, self.field) and not is_unstated(self.value, self.field):
            return None
        if _unknown(found):  # who asks for a word that says nothing asks for that word
            return False
        if self.field.type in ("number", "integer") and type(found) not in (int, float):
            return None  # a text where a number is asked for: how much it means nobody can tell
        if self.field.type == "date":
            return _meets_date(str(found), self.sign, self.value)
        return self._admits(found)

    def _admits(self, found: Any) -> bool:  # noqa: ANN401 - a property as the layer gives it
        if isinstance(self.value, tuple):
            return _between(found, self.value, upper=operator.lt if self.sign == "..<" else operator.le)
        if self.sign == "~":
            return any(str(self.value).casefold() in str(one).casefold() for one in _each(found))
        test = _OPERATORS[self.sign]
        if isinstance(found, list):
            hit = any(str(one) == self.value for one in found)
            return hit if self.sign == "=" else not hit
        if isinstance(self.value, float):
            return test(float(found), self.value)
        if isinstance(self.value, bool):
            return type(found) is bool and test(found, self.value)
        return test(str(found).strip(), str(self.value).strip())  # as groups are told apart


def amount_text(value: float, field: Field, *, money: bool) -> Text:
    """Return a number of a field as it is read in a sentence: with its unit, money of ten thousands in 亿 or bn.

    Examples
    --------
    >>> invested = Field("cost", Text("总投资", "Investment"), "number", unit="万")
    >>> amount_text(100000.0, invested, money=True), amount_text(4854.0, invested, money=True).en
    (Text(zh='10 亿', en='1 bn'), '48.54 m')
    """
    if money and field.unit == "万" and value:
        whole = value * _WAN
        zh = f"{whole / _YI:,.10g} 亿" if abs(whole) >= _YI else f"{value:,.10g} 万"
        en = f"{whole / _BILLION:,.10g} bn" if abs(whole) >= _BILLION else f"{whole / _MILLION:,.10g} m"
        return Text(zh, en)
    shown = f"{value:,.10g}"
    return Text(*(f"{shown} {unit_name(field.unit, language)}".strip() for language in ("zh", "en")))


def values_of(features: Features, field: Field) -> list[Any]:
    """Return a field of each feature, None where unknown; of a text in two languages both."""
    if field.text is None:
        return features.values(field.id)
    both = (features.values(name) for name in dict.fromkeys((field.text.zh, field.text.en)))
    told = ([one for one in each if one not in (None, "")] for each in zip(*both, strict=True))
    return [each or None for each in told]


def _unknown(found: object) -> bool:
    return found is None or (isinstance(found, str) and not found.strip())


def _each(found: object) -> list[Any]:
    return found if isinstance(found, list) else [found]


def _meets_date(found: str, sign: str, asked: object) -> bool | None:
    """Return whether a date meets a condition, whatever day of its year or month it is; None where it depends.

    Examples
    --------
    >>> [_meets_date("2023", "<", day) for day in ("2023-06", "2024", "2023-01")]
    [None, True, False]
    """
    span = span_of(found[:_DAY])
    if span is None:
        return None
    if isinstance(asked, tuple):
        upper = "<" if sign == "..<" else "<="
        parts = [
            _ordered(span, one, end) for one, end in zip((">=", upper), asked, strict=True) if end is not None
        ]
        return False if False in parts else None if None in parts else True
    if sign in (">", ">=", "<", "<="):
        return _ordered(span, sign, asked)
    parts = [_ordered(span, one, asked) for one in (">=", "<=")]
    within = False if False in parts else None if None in parts else True
    return within if sign == "=" or within is None else not within


def _ordered(span: tuple[date, date], sign: str, asked: object) -> bool | None:
    """Return whether all days (True) or none (False) of a span are before, or after, what is asked; else None."""
    limits = span_of(asked)
    assert limits is not None  # conditions are read with dates that are
    limit = limits[0] if sign in ("<", ">=") else limits[1]
    ends = {_OPERATORS[sign](day, limit) for day in span}
    return ends.pop() if len(ends) == 1 else None


def _between(found: object, ends: tuple[Any, Any], *, upper: Callable[[Any, Any], bool]) -> bool:
    """Whether a number lies between two ends; an end that is None is open."""
    low, high = ends
    number = float(found)  # type: ignore[arg-type]  # only numbers come here
    return (low is None or number >= low) and (high is None or upper(number, high))


def fields_of(layer: Layer) -> dict[str, Field]:
    """Return the fields a condition may name: those declared, and what features are called."""
    known = {one.id: one for one in layer.fields}
    return known | {NAME: Field(NAME, say("filter_name"), text=layer.title)}


def parted_condition(text: str) -> tuple[str, str, str]:
    """Return what is asked of, the sign, and the value of a condition as it is written; no sign where it is none.

    Examples
    --------
    >>> parted_condition("land_mu?>= 40"), parted_condition("land_mu"), parted_condition("1%7E2层=3")
    (('land_mu?', '>=', '40'), ('', '', ''), ('1~2层', '=', '3'))
    """
    written = _WRITTEN.match(text)
    return (unquote(written[1].strip()), written[2], written[3].strip()) if written else ("", "", "")


def field_asked(layer: Layer, name: str) -> Field | None:
    """Return the field a condition is on; its name may end in ``?``."""
    known = fields_of(layer)
    return known.get(name) or known.get(name.removesuffix("?"))


def parse_filter(text: str, layer: Layer) -> Filter:
    """Read ``field=value`` against the layer's declared fields.

    Raises
    ------
    BadFilter
        No operator, no such field, or a value that does not fit the field's type.

    Examples
    --------
    >>> from layers.plan.catalog import Layer
    >>> mu = Field("land_mu", Text("面积", "Area"), "number", unit="mu")
    >>> zones = Layer("zones", "", Text("分区", "Zones"), "polygon", Text("", ""), Text("", ""), fields=(mu,))
    >>> parse_filter("land_mu?>=40", zones).words().en
    'Area ≥ 40 mu, or not stated'
    """
    name, sign, value = parted_condition(text)
    if not sign:
        raise bad_filter(text, layer, "没有运算符", "it has no operator")
    field = field_asked(layer, name)
    if field is None:
        raise bad_filter(text, layer, f"没有声明字段 {name}", f"no field {name} is declared")
    or_unknown = field.id != name
    if value == "":
        if sign not in ("=", "!=") or or_unknown:
            raise bad_filter(text, layer, "缺少比较值", "it compares with nothing")
        return Filter(field, sign, None, text)
    sign, read = _condition(text, layer, field, sign=sign, value=value)
    money = field.unit == "万" and usage_of(field, layer).measure == "money"
    return Filter(field, sign, read, text, or_unknown, money)


def _condition(text: str, layer: Layer, field: Field, *, sign: str, value: str) -> tuple[str, Any]:
    """Return the sign and the value of a condition, checked against the field's type."""
    if sign == "~":
        if field.type not in ("text", "code", "list"):
            raise bad_filter(text, layer, "只有文本能用 ~", "only texts take ~")
        return sign, value
    if sign == "=" and ".." in value and field.type in _RANGED:
        return _ends(text, layer, field, value)
    if field.type == "date" and span_of(value) is None:
        raise bad_filter(text, layer, f"{value} 不是日期（如 2020-06）", f"{value} is no date such as 2020-06")
    if field.type in ("number", "integer"):
        return sign, _number(text, layer, field, value)
    if field.type == "boolean":
        if value not in ("true", "false"):
            raise bad_filter(text, layer, "应为 true 或 false", "it is neither true nor false")
        return sign, value == "true"
    if field.type == "text" and field.text is None and sign not in ("=", "!="):
        raise bad_filter(text, layer, *_NO_ORDER)
    if (field.type == "list" or field.text is not None) and sign not in ("=", "!="):
        raise bad_filter(text, layer, "此字段只能用 = 或 !=", "this field takes = or != only")
    return sign, value


def _number(text: str, layer: Layer, field: Field, value: str) -> float:
    """Return a number as it is written, or as people write amounts: 10亿, 1.5 bn, in the field's unit."""
    try:
        number = float(value)
    except ValueError:
        said = read_amount(value, field, money=usage_of(field, layer).measure == "money", apart=False)
        if said is None:
            raise bad_filter(text, layer, f"{value} 不是数字", f"{value} is not a number") from None
        number = said.number
    if not math.isfinite(number):
        raise bad_filter(text, layer, f"{value} 不是有限数", f"{value} is not finite")
    return number


def _ends(text: str, layer: Layer, field: Field, value: str) -> tuple[str, tuple[Any, Any]]:
    """Return the sign and the two ends of a range: ``10..50``, ``10..<50``, ``..50``, ``2020-01..2020-06``."""
    low, _, high = (part.strip() for part in value.partition(".."))
    sign = "..<" if high.startswith("<") else ".."
    high = high.removeprefix("<").strip()
    if not low and not high:
        raise bad_filter(text, layer, "范围没有端点", "the range has no ends")
    if field.type == "date":
        if not all(span_of(one) for one in (low, high) if one):
            raise bad_filter(text, layer, f"{value} 不是日期范围", f"{value} is no range of dates")
        first, last = span_of(low), span_of(high)
        if first and last and first[0] > last[1]:
            raise _turned_range(text, layer, low, high)
        return sign, (low or None, high or None)
    ends = [_number(text, layer, field, one) if one else None for one in (low, high)]
    if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
        raise _turned_range(text, layer, low, high)
    return sign, (ends[0], ends[1])


def _turned_range(text: str, layer: Layer, low: str, high: str) -> BadFilter:
    """Return the error of a range that nothing can lie in, as it ends before it begins."""
    zh, en = f"范围的终点小于起点，应写 {high}..{low}", f"the range ends before it begins; write {high}..{low}"
    return bad_filter(text, layer, zh, en)


def bad_filter(text: str, layer: Layer, why_zh: str, why_en: str) -> BadFilter:
    """Return the error that says why a condition means nothing, and which fields there are.

    Parameters
    ----------
    text
        The condition as it was written.
    layer
        Whose fields are named.
    why_zh, why_en
        What is wrong with it.
    """
    fields = ", ".join(f.id for f in layer.fields)
    return BadFilter(found=text[:80], why_zh=why_zh[:120], why_en=why_en[:120], fields=fields)
