"""The unit a question asks for beside the one a field is in: turned into it, or refused; never only renamed."""

from __future__ import annotations

from geo.measure.area import M2_PER_STATED
from geo.stated import LENGTHS
from geo.text import Text
from layers.figures.functions.entry import bad_question
from layers.messages import say
from layers.plan.catalog import Field
from layers.units import CURRENCIES, MONEY_SCALES, unit_name, unit_word

_TEN_THOUSAND = 1e4
_OF: dict[str, tuple[str, float]] = {
    **{unit: ("area", size) for unit, size in M2_PER_STATED.items()},
    **{unit: ("length", size) for unit, size in LENGTHS.items()},
    "万平方米": ("area", _TEN_THOUSAND),
    "person": ("people", 1.0),
    "人": ("people", 1.0),
    "万人": ("people", _TEN_THOUSAND),
    "千克": ("mass", 1.0),
    "t": ("mass", 1_000.0),
    "吨": ("mass", 1_000.0),
    "万吨": ("mass", 1_000.0 * _TEN_THOUSAND),
}


def unit_factor(one: str, other: str) -> float | None:
    """Return how many of another unit one unit is; None where they measure different things.

    Examples
    --------
    >>> unit_factor("km2", "ha"), unit_factor("亿元", "万元"), unit_factor("亩", "人"), unit_factor("万美元", "元")
    (100.0, 10000.0, None, None)
    """
    first, second = unit_word(one), unit_word(other)
    if first == second:
        return 1.0
    (kind, size), (wanted, per) = _measured(first), _measured(second)
    money = {"money", kind, wanted} <= {"money", *(f"money {code}" for code in CURRENCIES)}
    alike = kind == wanted or (money and "money" in (kind, wanted))
    return size / per if kind and alike else None


def _measured(unit: str) -> tuple[str, float]:
    """Return what a unit measures, and its size; of money with its currency where it is said."""
    if unit in _OF:
        return _OF[unit]
    if unit in CURRENCIES:
        return f"money {unit}", 1.0
    scale, currency = unit[:1], unit[1:].strip()
    if scale in MONEY_SCALES and (currency in ("", "元") or currency in CURRENCIES):
        return f"money {'CNY' if currency == '元' else currency}".strip(), MONEY_SCALES[scale]
    return ("money CNY", 1.0) if unit == "元" else ("", 1.0)


def asked_factor(field: Field, asked: str) -> float:
    """Return what amounts of a field are multiplied by to be in the unit asked for; 1 where nobody says theirs.

    Parameters
    ----------
    field
        The field.
    asked
        The unit of the question; empty for none.

    Raises
    ------
    BadQuestion
        It measures something else than the field does.
    """
    own = field.unit
    if not own or not asked:
        return 1.0
    factor = unit_factor(own, asked)
    if factor is None:
        zh, en = (
            f"“{asked}”，而字段“{field.label.zh}”以“{own}”计",
            f"“{asked}”, but “{field.label.en}” is in “{own}”",
        )
        raise bad_question("unit", (zh, en), ("可由其换算的单位，或不填", "a unit it can be turned into, or none"))
    return factor


def asked_unit_note(field: Field, asked: str) -> tuple[Text, ...]:
    """Say that amounts were turned into the unit asked for, or that nobody says which they are in.

    Parameters
    ----------
    field
        The field.
    asked
        The unit of the question; empty for none.
    """
    own = field.unit
    if not asked or (own and unit_factor(own, asked) == 1.0):
        return ()
    names = {
        key: Text(unit_name(unit, "zh"), unit_name(unit, "en") or unit)
        for key, unit in (("own", own), ("asked", asked))
    }
    return (say("amounts_turned" if own else "amounts_taken", field=field.label, **names),)
