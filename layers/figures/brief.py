"""A figure as it is shown where room is scarce: large amounts of money in 亿 (zh) and billions (en)."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from geo.text import Text, number_text
from layers.figures.figure import Figure
from layers.figures.presentation import BarChart, Shown, ShownRow, present
from layers.messages import say
from layers.units import TEN_THOUSAND, spoken_amount

# "6,938,500 wan yuan (693.85 yi yuan)": the part in brackets says it more briefly
_ZH = re.compile(r"[\d,.]+ \u4e07(?=\S)[^（；，。\s]*（([\d,.]+ \u4ebf[^）]+)）")
_ZH_WHOLE = re.compile(r"([\d,.]+) \u4e07(?=\S)[^（；，。\s]*（[\d,.]+ \u4ebf([^）]+)）")
_EN = re.compile(r"([\d,]+(?:\.\d+)?) × 10,000 ([A-Z]{3})\b")
_AREAS = ("ha", "mu", "m2", "km2")
_SIGNED = ("CNY", "USD", "EUR")
_TEN_THOUSANDS = {"zh": 1e4, "en": 1e5}  # in 亿, in a billion


def brief_money(text: str) -> str:
    """Return a text with its amounts of tens of thousands as short as they are read aloud.

    Examples
    --------
    >>> brief_money("6,938,500 万元（693.85 亿元）；3,000 万美元"), brief_money("6,938,500 × 10,000 CNY")
    ('693.85 亿元；3,000 万美元', '¥69.39 bn')
    """

    def billions(found: re.Match[str]) -> str:
        amount = float(found[1].replace(",", "")) * 1e4
        before = say(f"currency_{found[2]}")["en"] if found[2] in _SIGNED else f"{found[2]} "
        if amount >= 1e9:
            return f"{before}{number_text(amount / 1e9, 2)} bn"
        return f"{before}{number_text(amount / 1e6, 2)} m"

    return _EN.sub(billions, _ZH.sub(r"\1", text))


def whole_money(text: str) -> str:
    """Return a text with its amounts of tens of thousands as they are read aloud, to their last digit.

    Examples
    --------
    >>> whole_money("6,938,500 万元（693.85 亿元）；3,000 万美元"), whole_money("6,938,500 × 10,000 CNY")
    ('693.85 亿元；3,000 万美元', 'CNY 69.385 billion')
    >>> whole_money("123,456.78 万元（12.35 亿元）"), whole_money("40 × 10,000 USD; 3 × 10,000 of them")
    ('12.345678 亿元', 'USD 400,000; 3 × 10,000 of them')
    """

    def hundred_millions(found: re.Match[str]) -> str:
        amount = f"{Decimal(found[1].replace(',', '')) / 10_000:,f}"
        return say("money_100m", count=Text(amount, amount), name=Text(found[2], found[2]))["zh"]

    def aloud(found: re.Match[str]) -> str:
        return f"{found[2]} {spoken_amount(found[1], '10,000 ').strip()}"

    return _EN.sub(aloud, _ZH_WHOLE.sub(hundred_millions, text))


def brief_figure(figure: Figure, language: str) -> Shown:
    """Return a figure as it is shown in a language, money in 亿 (zh) or billions (en), areas in one unit.

    Parameters
    ----------
    figure
        The figure; nothing is computed anew.
    language
        ``zh`` or ``en``.
    """
    return _in_one_unit(figure, _in_billions(figure, language))


def _in_billions(figure: Figure, language: str) -> Shown:
    shown = present(figure, language)
    columns = {at for at, one in enumerate(figure.columns) if one.unit.split(" ")[0] == TEN_THOUSAND}
    if not columns:
        return replace(shown, value=brief_money(shown.value), sentence=brief_money(shown.sentence))
    unit = say("unit_billions")[language]

    def head(at: int, text: str) -> str:
        currency = figure.columns[at].unit.partition(" ")[2]
        told = f"{unit} {currency}" if currency and language == "en" else unit
        return f"{figure.columns[at].label[language]} ({told})" if at in columns else text

    def row(one: ShownRow) -> ShownRow:
        cells = tuple(
            _scaled(one.values[at], language)
            if at in columns and isinstance(one.values[at], int | float)
            else text
            for at, text in enumerate(one.cells)
        )
        return replace(one, cells=cells)

    return Shown(
        brief_money(shown.value),
        brief_money(shown.sentence),
        tuple(head(at, text) for at, text in enumerate(shown.heads)),
        shown.numeric,
        tuple(row(one) for one in shown.rows),
        _brief_chart(shown.chart, {figure.columns[at].id for at in columns}, language),
    )


def _in_one_unit(figure: Figure, shown: Shown) -> Shown:
    """Return what is shown without the columns that say an area again in another unit, whose id is that unit."""
    named = [at for at, one in enumerate(figure.columns) if one.unit in _AREAS and one.id == one.unit]
    again = set(named[1:])
    keep = [at for at in range(len(figure.columns)) if at not in again]

    rows = tuple(
        replace(one, cells=tuple(one.cells[at] for at in keep), values=tuple(one.values[at] for at in keep))
        for one in shown.rows
    )
    heads = tuple(shown.heads[at] for at in keep)
    return replace(shown, heads=heads, numeric=tuple(shown.numeric[at] for at in keep), rows=rows)


def _scaled(value: float | str | None, language: str) -> str:
    assert isinstance(value, int | float)  # asked by the caller
    return number_text(value / _TEN_THOUSANDS[language], 2)


def _brief_chart(chart: BarChart | None, columns: set[str], language: str) -> BarChart | None:
    if chart is None or chart.column not in columns:
        return chart
    unit = say("unit_billions")[language]
    bars = tuple(replace(one, text=_scaled(one.value, language)) for one in chart.bars)
    return replace(chart, bars=bars, name=f"{chart.name.partition(' (')[0]} ({unit})")
