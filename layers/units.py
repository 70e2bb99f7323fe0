"""Units as people read them, in both languages."""

from __future__ import annotations

from layers.declare import Text

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
    """Return a unit as written in a language; one that is not known stays as it is."""
    return UNITS[unit][language] if unit in UNITS else unit


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
