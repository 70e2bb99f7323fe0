"""Units as people read them, in both languages."""

from __future__ import annotations

from geo.text import Text

UNITS = {
    "m2": Text("平方米", "m²"),
    "ha": Text("公顷", "ha"),
    "km2": Text("平方公里", "km²"),
    "mu": Text("亩", "mu"),
    "m": Text("米", "m"),
    "km": Text("公里", "km"),
    "count": Text("个", ""),
    "km/km2": Text("公里/平方公里", "km/km²"),
    "/km2": Text("个/平方公里", "per km²"),
    "万元/亩": Text("万元/亩", "10,000 CNY/mu"),
    "万": Text("万", "× 10,000"),
}


def unit_name(unit: str, language: str) -> str:
    """Return a unit as written in a language; of one over another each side, and what is not known as it is.

    Examples
    --------
    >>> unit_name("km2", "zh"), unit_name("mu/km2", "zh"), unit_name("t/mu", "en")
    ('平方公里', '亩/平方公里', 't/mu')
    """
    if unit in UNITS:
        return UNITS[unit][language]
    top, over, bottom = unit.partition("/")
    return f"{unit_name(top, language)}/{unit_name(bottom, language)}" if over and top and bottom else unit


def measured(value: float | None, unit: str, decimals: int) -> Text:
    """Return a number with its unit in both languages; what is not known is a dash.

    Examples
    --------
    >>> measured(1234.5, "ha", 1).en, measured(0.5, "%", 1).zh
    ('1,234.5 ha', '0.5%')
    """
    if value is None:
        return Text("—", "—")
    number = f"{value:,.{decimals}f}"
    if unit == "%":
        return Text(f"{number}%", f"{number}%")
    return Text(f"{number} {unit_name(unit, 'zh')}".strip(), f"{number} {unit_name(unit, 'en')}".strip())
