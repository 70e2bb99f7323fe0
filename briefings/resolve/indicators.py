"""A yearly number of the plan's document as a section: its course over the years and what is asked at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from briefings.map.fonts import drawable_text
from briefings.messages import say
from briefings.resolve.blocks import BriefingSection, Chart, Table
from geo.text import Text
from layers.plan.reader import Catalog
from layers.plan.statistics import Indicator
from layers.units import is_plain_number, spoken_amount

_FLAT = 0.05  # of the largest value, within which all others lie: a line of them says nothing


def indicator_section(indicator: Indicator, catalog: Catalog, language: str) -> BriefingSection:
    """Return an indicator with its line over years, the last year's value as the target, and every printed value.

    Parameters
    ----------
    indicator
        The declaration.
    catalog
        For the oddities the document has there.
    language
        ``zh`` or ``en``.
    """
    years = sorted(indicator.values)
    units = indicator.unit_corrected or indicator.unit
    unit, first, last = units[language], years[0], years[-1]
    shown = {year: drawable_text(indicator.raw.get(year) or f"{indicator.values[year]:,g}") for year in years}
    amounts = {year: _amount(indicator, year, units) for year in years}
    sentence = say("indicator_sentence", first=first, was=amounts[first], last=last, asked=amounts[last])
    told = say(
        "indicator_title", name=indicator.name, first=first, was=amounts[first], last=last, asked=amounts[last]
    )
    caveats = [indicator.note] if indicator.note else []
    if indicator.unit_corrected:
        printed, meant = indicator.unit, indicator.unit_corrected
        caveats.insert(
            0,
            say("indicator_misprint", printed=printed, meant=meant),
        )
    caveats += [catalog.anomalies[key].text for key in indicator.anomalies if key in catalog.anomalies]
    lines = ", ".join(map(str, indicator.lines))
    heads = say("indicator_year")[language], say("indicator_value", unit=unit)[language]
    return BriefingSection(
        "indicator",
        drawable_text(indicator.name[language]),
        value=drawable_text(amounts[last][language]),
        sentence=drawable_text(sentence[language], longest=300),
        chart=Chart(
            _course(list(indicator.values.values())),
            drawable_text(f"{indicator.name[language]} ({unit})"),
            tuple(years),
            tuple(indicator.values[year] for year in years),
            max(_decimals(v) for v in indicator.values.values()),
            indicator.values[last],
            say("indicator_target", last=last)[language],
        )
        if len(years) > 1
        else None,
        tables=(Table(tuple(map(drawable_text, heads)), tuple((y, shown[y]) for y in years), (False, True)),),
        caveats=tuple(drawable_text(c[language], longest=300) for c in caveats),
        source=drawable_text(
            f"{say('indicator_lines', lines=lines)[language]} · /indicators#{indicator.id}", longest=200
        ),
        findings=(drawable_text(told[language], longest=200),),
    )


def _course(values: Sequence[float]) -> Literal["columns", "line"]:
    """Return how a course over years is drawn: as a line, but as columns where a line would be flat, or a point.

    Examples
    --------
    >>> _course([701.0, 1000.0]), _course([96.0, 97.0, 97.0]), _course([5.0])
    ('line', 'columns', 'columns')
    """
    largest = max(map(abs, values))
    return "columns" if max(values) - min(values) <= _FLAT * largest else "line"


def _amount(indicator: Indicator, year: str, units: Text) -> Text:
    """Return a year's value as it is read, and how it is printed where that is more than a number."""
    number = f"{indicator.values[year]:,.10g}"
    printed = indicator.raw.get(year) or number
    plain = is_plain_number(printed)
    zh, en = (spoken_amount(printed if plain else number, unit) for unit in (units.zh, units.en))
    if plain:
        return Text(zh, en)
    key = "indicator_cumulative" if indicator.cumulative else "indicator_printed"
    return say(key, amount=Text(zh, en), printed=drawable_text(printed, longest=60))


def _decimals(value: float) -> int:
    return len(f"{value:g}".partition(".")[2])
