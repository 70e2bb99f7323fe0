"""Amounts as people write them: "10亿", "1.5 bn", "US$150m", "1,200"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from layers.plan.catalog import Field
from layers.units import CURRENCIES, MONEY_SCALES, currency_of, is_unit, unit_word

_SIGNS = r"us\$|hk\$|nt\$|[$¥€£]"
_AMOUNT = re.compile(
    rf"({_SIGNS}|[a-z]{{3}}(?=\s*[-+\d]))?\s*([-+]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[-+]?\d+)?)"
    r"\s*((?:十|百|千)?[万亿]|[十百千]|thousand|million|mn|billion|bn|[km](?![a-z]))?\s*(.*)"
)
_CURRENCY_BEFORE = re.compile(rf"({_SIGNS}|[A-Za-z]{{3}}(?=\s*[-+\d]))\s*(.+)", re.DOTALL | re.IGNORECASE)
_CURRENCY_BEHIND = re.compile(rf"^(.*?)\s*({_SIGNS}|[^\W\d_]+)$", re.DOTALL)
_TIMES = {
    **{"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8, "thousand": 1e3, "k": 1e3},
    **{"million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9},
}
_SCALES = "十百千万亿"
_YUAN = ("万", "元", "万元", "亿", "亿元")  # a unit of money that says no other currency


@dataclass(frozen=True)
class SaidAmount:
    """A number in the unit of its field, and the currency somebody wrote beside it; empty where none is."""

    number: float
    currency: str = ""


def read_amount(said: str, field: Field, *, money: bool, apart: bool) -> SaidAmount | None:
    """Return what an amount means in the unit of its field; None where it is none, or of another unit.

    Parameters
    ----------
    said
        As it was written, in any case and width.
    field
        Which amount is asked for.
    money
        Whether the field holds amounts of money.
    apart
        Whether another column tells the currency of each: else the field has one, and no other may be named.

    Examples
    --------
    >>> from geo.text import Text
    >>> cost = Field("cost", Text("总投资", "Investment"), "number", unit="万")
    >>> [read_amount(one, cost, money=True, apart=True) for one in ("10亿元", "US$1.5bn", "1,200", "3 亩")]
    [SaidAmount(number=100000.0, currency='CNY'), SaidAmount(number=150000.0, currency='USD'), \
SaidAmount(number=1200.0, currency=''), None]
    """
    found = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", said).strip().casefold())
    if found is None:
        return None
    before, digits, times, unit = found.groups(default="")
    if not money and times and unit_word(times + unit) == unit_word(field.unit):
        times, unit = "", ""  # "500 m" of a length are metres
    named = {currency_of(word) if word else "" for word in (before, unit)} - {""}
    if len(named) > 1 or (before and not currency_of(before)):
        return None
    currency = named.pop() if named else ""
    if unit and not currency and unit_word(unit) != unit_word(field.unit):
        return None
    if currency and not (money and (apart or currency == _only_currency(field))):
        return None
    number = float(digits.replace(",", ""))
    scale = _TIMES.get(times[:1] if times[-1:] in MONEY_SCALES and len(times) > 1 else times, 1.0)
    scale *= _TIMES[times[-1]] if len(times) > 1 and times[-1] in MONEY_SCALES else 1.0
    number = number * scale / MONEY_SCALES.get(field.unit[:1], 1.0) if times else number
    return SaidAmount(float(f"{number:.15g}"), currency if apart else "")


def _only_currency(field: Field) -> str:
    """Return the currency of a field whose unit says one."""
    stated = [one for one in field.unit.split() if one in CURRENCIES]
    return stated[0] if stated else "CNY" if field.unit in _YUAN else ""


def parted_currency(text: str) -> tuple[str, str]:
    """Return an amount, or two with dots between, without the currency (or other unit) beside it, and that.

    Examples
    --------
    >>> [parted_currency(one) for one in ("100000 CNY", "1亿..5亿美元", "US$5m", "美元", "5亿", "5 亩")]
    [('100000', 'CNY'), ('1亿..5亿', 'USD'), ('5m', 'USD'), ('', 'USD'), ('5亿', ''), ('5', 'mu')]
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if code := currency_of(plain) or (unit_word(plain) if is_unit(plain) else ""):
        return "", code
    before = _CURRENCY_BEFORE.fullmatch(plain)
    if before and currency_of(before[1]):
        return before[2].strip(), currency_of(before[1])
    found = _CURRENCY_BEHIND.fullmatch(plain)
    word = found[2] if found else ""
    whole = word
    while word and not currency_of(word):  # 亿美元: the scale stays with the number
        word = word[1:]
    if word:
        return plain[: -len(word)].strip(), currency_of(word)
    if is_unit(whole) and whole.casefold() not in _TIMES and whole[0] not in _SCALES:
        return plain[: -len(whole)].strip(), unit_word(whole)
    return plain, ""
