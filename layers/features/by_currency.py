"""Conditions on amounts of several currencies: each is compared within its own, and nothing is converted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from geo.text import Text
from layers.features.amounts import parted_currency
from layers.features.filters import Filter, bad_filter, parse_filter, parted_condition, values_of
from layers.features.snapshot import Features
from layers.messages import say
from layers.plan.catalog import Field, Layer
from layers.plan.field_lists import written_field
from layers.plan.unstated import is_unstated
from layers.units import unit_name, unit_word

OR = "|"  # between the amounts of two currencies


def currency_name(code: str) -> Text:
    """Return what a currency is called by itself: 元 alone may be of several."""
    return Text("人民币" if code == "CNY" else unit_name(code, "zh"), code)


@dataclass(frozen=True)
class AmountFilter:
    """A condition on amounts by currency: each is compared within its own, and nothing is converted.

    ``limits`` holds a condition a currency; None takes every amount stated in it. What is stated in a currency
    that is not named neither meets it nor fails it. ``apart`` is the column that tells the currency.
    """

    field: Field
    limits: tuple[tuple[str, Filter | None], ...]
    apart: str
    text: str
    or_unknown: bool = False

    @property
    def rests_on(self) -> None:
        """On no other layer."""

    @property
    def asks_unknown(self) -> bool:
        """Whether nobody is left out for not being known: never, for other currencies are."""
        return False

    def words(self) -> Text:
        """Return the condition in words."""
        told = [self._told(code, limit) for code, limit in self.limits]
        whole = Text("，或".join(one.zh for one in told), ", or ".join(one.en for one in told))
        return say("filter_or_not_stated", condition=whole) if self.or_unknown else whole

    def _told(self, code: str, limit: Filter | None) -> Text:
        if limit is None:
            return say("filter_any_amount", currency=currency_name(code))
        said = limit.words()
        return Text(f"{said.zh}{unit_name(code, 'zh')}", f"{said.en} {code}")

    def mask(self, features: Features) -> list[bool]:
        """Tell which of some features meet the condition, in their order."""
        return [self.or_unknown if met is None else met for met in self._met(features, elsewhere=False)]

    def unknown(self, features: Features) -> list[bool]:
        """Tell of which of some features it is not known whether they meet it, in their order."""
        return [met is None for met in self._met(features, elsewhere=None)]

    def _met(self, features: Features, *, elsewhere: bool | None) -> list[bool | None]:
        """Return whether each meets its currency's limit; ``elsewhere`` where that currency has none."""
        known = dict(self.limits)
        amounts = values_of(features, self.field)
        out: list[bool | None] = []
        for amount, code in zip(amounts, currencies_told(features, self.apart), strict=True):
            if is_unstated(amount, self.field) or type(amount) not in (int, float) or not code:
                out.append(None)
            elif code not in known:
                out.append(elsewhere)
            else:
                limit = known[code]
                out.append(True if limit is None else limit.admits(amount))
        return out


@dataclass(frozen=True)
class CurrencyApart:
    """What a condition does with the amounts of a currency that it does not name, ``told`` in a sentence.

    ``met`` of them meet it, compared as bare numbers; ``left`` do not, though they meet all other conditions;
    ``where`` is the condition that takes them all. ``words`` is what the currency is called.
    """

    currency: str
    words: Text
    met: int
    left: int
    where: str
    told: Text


def currencies_told(features: Features, apart: str) -> list[str]:
    """Return the currency (or other unit) a column states of each feature, one word for each; else empty."""
    return [unit_word(str(one)) if one not in (None, "") else "" for one in features.values(apart)]


def told_currencies(
    one: Filter | AmountFilter, features: Features, met: Sequence[bool], *, apart: str
) -> list[CurrencyApart]:
    """Return the currencies that a condition does not name, of the features that meet all the others.

    Parameters
    ----------
    one
        The condition.
    features
        Those that meet all other conditions.
    met
        Which of them meet it.
    apart
        The column that tells their currencies.
    """
    amounts = values_of(features, one.field)
    codes = currencies_told(features, apart)
    found = [(c, bool(m)) for c, a, m in zip(codes, amounts, met, strict=True) if c and type(a) in (int, float)]
    count = Counter(code for code, _ in found)
    order = sorted(count, key=lambda code: (-count[code], code))
    named = {code for code, _ in one.limits} if isinstance(one, AmountFilter) else set(order[:1])
    inside = Counter(code for code, hit in found if hit)
    return [
        _told(one, code, inside[code], count[code], _taking(one, code, order))
        for code in order
        if code not in named
    ]


def _told(one: Filter | AmountFilter, code: str, met: int, count: int, where: str) -> CurrencyApart:
    key = "filter_elsewhere" if isinstance(one, AmountFilter) else "filter_as_numbers"
    name = currency_name(code)
    told = say(key, condition=one.words(), currency=name, met=met, left=count - met)
    return CurrencyApart(code, name, met, count - met, where, told)


def _taking(one: Filter | AmountFilter, code: str, known: Sequence[str]) -> str:
    """Return a condition with every amount of one currency taken as well, as the address writes it."""
    if isinstance(one, AmountFilter):
        return f"{one.text}{OR}{code}"
    name, sign, value = parted_condition(one.text)
    return (
        f"{written_field(name)}{sign}{OR.join([*(f'{value} {other}' for other in known if other != code), code])}"
    )


def names_currency(text: str) -> bool:
    """Whether a condition names a currency, or amounts of several."""
    _, sign, value = parted_condition(text)
    return bool(sign) and (OR in value or parted_currency(value)[1] != "")


def parse_amounts(text: str, layer: Layer, field: Field, *, apart: str) -> AmountFilter:
    """Read ``field>=amount CUR|amount CUR|CUR``: a limit a currency, or without an amount all stated in it.

    Parameters
    ----------
    text
        The condition.
    layer
        Whose field it is on.
    field
        The field.
    apart
        The column that tells the currency of each amount.

    Raises
    ------
    BadFilter
        A part names no currency, one is named twice, or none has an amount.
    """
    name, sign, value = parted_condition(text)
    limits: dict[str, Filter | None] = {}
    for part in value.split(OR):
        amount, code = parted_currency(part)
        if not code or code in limits:
            raise bad_filter(
                text,
                layer,
                f"“{part.strip()}”应写明币种或单位，每种一次，如 100000 CNY{OR}15000 USD",
                f"“{part.strip()}” should name a currency or unit, each once, such as 100000 CNY{OR}15000 USD",
            )
        limits[code] = parse_filter(f"{written_field(field.id)}{sign}{amount}", layer) if amount else None
    if sign == "~" or not any(limits.values()):
        raise bad_filter(text, layer, "没有可比较的金额", "it compares with no amount")
    return AmountFilter(field, tuple(limits.items()), apart, text, name != field.id)
