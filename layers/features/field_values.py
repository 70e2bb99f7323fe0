"""A property as people read it: with its unit, a code in words, and the printed text where it adds something."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import orjson

from geo.text import number_text
from layers.messages import say
from layers.plan.catalog import Field
from layers.units import unit_name

_DECIMALS = {"mu": 1, "m2": 2, "ha": 2, "km2": 3, "m": 0, "km": 2}
_YES = {True: say("yes"), False: say("no")}
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)  # any double, written out


def shown_value(field: Field, known: Mapping[str, Any], language: str) -> str | None:
    """Return a property as the page shows it, with its unit and, where it adds something, the printed text.

    Parameters
    ----------
    field
        The declaration.
    known
        The feature's properties.
    language
        ``zh`` or ``en``.

    Returns
    -------
    str or None
        None when the plan does not say.
    """
    value = known.get(field.text[language] if field.text else field.id)
    raw = known.get(field.raw) if field.raw else None
    if value is None or value in ("", []) or (isinstance(value, float) and not math.isfinite(value)):
        shown = None
    elif isinstance(value, list):
        shown = say("comma")[language].join(_coded(field, one, language) for one in value)
    elif isinstance(value, int | float) and not isinstance(value, bool) and field.type in ("number", "integer"):
        shown = shown_number(value, field.unit, 0 if field.type == "integer" else field.decimals, language)
    else:
        shown = _coded(field, value, language)
    if raw is None or raw == "" or str(raw) == shown:
        return shown
    if shown is None and str(raw) == "—":
        return str(raw)
    return (shown or "—") + say("as_printed", text=_plain(raw))[language]


def shown_number(value: float, unit: str, decimals: int | None, language: str) -> str:
    """Return a number as the page shows it.

    Parameters
    ----------
    value
        The number.
    unit
        Its unit; empty for none.
    decimals
        How many to show; None for what the number needs.
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> shown_number(1234.56, "mu", None, "en"), shown_number(2.5, "%", 0, "zh"), shown_number(3, "m", 1, "en")
    ('1,234.6 mu', '3%', '3.0 m')
    """
    most = _DECIMALS.get(unit, 2) if decimals is None else decimals
    number = f"{Decimal(repr(value)).quantize(Decimal(1).scaleb(-most), context=_EXACT):,f}"
    if value and not Decimal(number.replace(",", "")):
        number = number_text(value, most)
    elif decimals is None and "." in number:
        number = number.rstrip("0").rstrip(".")
    if unit == "%":
        return f"{number}%"
    return f"{number} {unit_name(unit, language)}".strip()


def _coded(field: Field, value: object, language: str) -> str:
    text = _plain(value)
    if text in field.values:
        return field.values[text][language]
    return _YES[value][language] if isinstance(value, bool) else text


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return orjson.dumps(value, default=str).decode()
