"""How the values of a field are spread over features: classes, times, ranges of numbers, and the unknown."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from geo.text import Text
from layers.features.filters import amount_text, values_of
from layers.features.snapshot import Features
from layers.library.ordering import LARGEST, Total, collation_key, currencies_of, group_words, sums_of
from layers.messages import say
from layers.plan.catalog import Field, Layer
from layers.plan.field_lists import written_field
from layers.plan.measures import usage_of
from layers.plan.schedule import year_of
from layers.plan.unstated import is_unstated

_MOST_BARS = 24
_BARS = 10
_STEPS = (1.0, 2.0, 5.0)
_SPREAD = 100.0  # largest over least: from here on ranges grow 1, 2, 5, 10 instead of being equally wide
BarKind = Literal["part", "rest", "unknown", "coarse"]


@dataclass(frozen=True)
class DistributionBar:
    """One class, range or time: how many features, what they add up to, and the condition that names them.

    ``kind`` is ``part``, ``rest`` for all further values, ``coarse`` for dates told to the year only, ``unknown``
    where nothing is stated; without a condition ``where`` is empty.
    """

    kind: BarKind
    words: Text
    where: str
    count: int
    sums: tuple[Total, ...] = ()
    value: Any = None


@dataclass(frozen=True)
class Distribution:
    """The bars of a chart in the order they are drawn."""

    form: Literal["classes", "times", "ranges"]
    bars: tuple[DistributionBar, ...]


@dataclass(frozen=True)
class _Bin:
    words: Text
    where: str
    rows: list[int]
    kind: BarKind = "part"
    value: Any = None


def distribution_of(
    features: Features, layer: Layer, field: Field, *, measure: Field | None = None
) -> Distribution:
    """Return how a field's values are spread.

    Parameters
    ----------
    features
        Those that meet the filters.
    layer
        Whose they are.
    field
        Whose values are told apart: numbers by range, dates by year (by month within one), all else by value.
    measure
        A field that is added up for every bar, by currency where it is money; None to count only.
    """
    values = values_of(features, field)
    if field.text is not None:  # one text in two languages is one value
        values = [one[0] if one else None for one in values]
    known = [at for at, one in enumerate(values) if one is not None and one not in ("", [])]
    form: Literal["classes", "times", "ranges"] = "classes"
    if field.type in ("number", "integer") and usage_of(field, layer).measure not in ("code", "identifier"):
        form, bins = "ranges", _ranges(field, layer, values, known)
    elif field.type == "date":
        form, bins = "times", _times(field, values, known)
    else:
        bins = _classes(field, values, known)
    here = set(known)
    lost = [at for at in range(len(values)) if at not in here]
    if lost:
        bins.append(_Bin(say("filter_none_stated"), f"{written_field(field.id)}=", lost, "unknown"))
    held, apart = _measured(features, layer, measure)
    return Distribution(form, tuple(_bar(one, measure, held, apart) for one in bins))


def _measured(features: Features, layer: Layer, measure: Field | None) -> tuple[list[Any], list[Any]]:
    if measure is None:
        return [], []
    return features.values(measure.id), currencies_of(features, layer, measure)


def _bar(one: _Bin, measure: Field | None, held: Sequence[Any], apart: Sequence[Any]) -> DistributionBar:
    sums: tuple[Total, ...] = ()
    if measure is not None:
        sums = tuple(sums_of(measure.id, [held[at] for at in one.rows], [apart[at] for at in one.rows]))
    return DistributionBar(one.kind, one.words, one.where, len(one.rows), sums, one.value)


def _classes(field: Field, values: Sequence[Any], known: Sequence[int]) -> list[_Bin]:
    """Return the commonest values, the most first; of a list each part counts."""
    rows: dict[Any, list[int]] = {}
    for at in known:
        one = values[at]
        parts = one if isinstance(one, list) else [str(one) if isinstance(one, dict) else one]
        for part in dict.fromkeys(parts):
            rows.setdefault(part, []).append(at)
    unstated = {one for one in rows if is_unstated(one, field)}
    order = sorted(rows, key=lambda one: (one in unstated, -len(rows[one]), collation_key(one)))
    shown = order if len(order) <= _MOST_BARS else order[: _MOST_BARS - 1]
    bins = [
        _Bin(
            group_words(field, one),
            f"{written_field(field.id)}={_written(one)}",
            rows[one],
            "unknown" if one in unstated else "part",
            value=one,
        )
        for one in shown
    ]
    rest = sorted({at for one in order[len(shown) :] for at in rows[one]})
    if rest:
        bins.append(_Bin(say("distribution_rest", count=len(order) - len(shown)), "", rest, "rest"))
    return bins


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _times(field: Field, values: Sequence[Any], known: Sequence[int]) -> list[_Bin]:
    """Return the years in order; where all lie in one, its months, and what tells the year only."""
    odd = [at for at in known if not year_of(values[at])]
    known = [at for at in known if year_of(values[at])]
    bins = _dated(field, values, known) if known else []
    return [*bins, *([_Bin(say("distribution_no_date"), "", odd, "unknown")] if odd else [])]


def _dated(field: Field, values: Sequence[Any], known: Sequence[int]) -> list[_Bin]:
    years = sorted({year_of(values[at]) for at in known})
    if len(years) != 1:
        rows = {year: [at for at in known if year_of(values[at]) == year] for year in years}
        return [
            _Bin(say("filter_year", year=y), f"{written_field(field.id)}={y}", rows[y], value=y) for y in years
        ]
    months: dict[str, list[int]] = {}
    for at in known:
        months.setdefault(str(values[at])[:7], []).append(at)
    told = sorted(one for one in months if len(one) == len("2021-01"))
    bins = [_Bin(Text(one, one), f"{written_field(field.id)}={one}", months[one], value=one) for one in told]
    coarse = [at for one, found in months.items() if one not in told for at in found]
    if coarse and not bins:
        return [
            _Bin(
                say("filter_year", year=years[0]), f"{written_field(field.id)}={years[0]}", coarse, value=years[0]
            )
        ]
    return [*bins, *([_Bin(say("distribution_year_only"), "", coarse, "coarse")] if coarse else [])]


def _ranges(field: Field, layer: Layer, values: Sequence[Any], known: Sequence[int]) -> list[_Bin]:
    """Return ranges from the least to the largest number, each without its upper end."""
    numbers = {
        at: _told(values[at]) for at in known if type(values[at]) in (int, float) and abs(values[at]) <= LARGEST
    }
    odd = [at for at in known if at not in numbers]
    if not numbers:
        return [_Bin(say("distribution_rest", count=len(odd)), "", odd, "rest")] if odd else []
    edges = range_edges(min(numbers.values()), max(numbers.values()), whole=field.type == "integer")
    money = usage_of(field, layer).measure == "money"
    bins = []
    for low, high in itertools.pairwise(edges):
        rows = [at for at, one in numbers.items() if low <= one < high]
        ends = (amount_text(low, field, money=money), amount_text(high, field, money=money))
        words = Text(f"{ends[0].zh} – {ends[1].zh}", f"{ends[0].en} – {ends[1].en}")
        bins.append(_Bin(words, f"{written_field(field.id)}={low:.12g}..<{high:.12g}", rows, value=low))
    return bins + ([_Bin(say("distribution_rest", count=len(odd)), "", odd, "rest")] if odd else [])


def _told(value: float) -> float:
    """Return a number as a range holds it: what is next to nothing is nothing."""
    return float(value) if abs(value) >= 1 / LARGEST else 0.0


def range_edges(least: float, most: float, *, whole: bool = False) -> list[float]:
    """Return round ends of ranges that hold all numbers from ``least`` to ``most``, the last one beyond it.

    Parameters
    ----------
    least, most
        The least and the largest number.
    whole
        Whether there are whole numbers only.

    Examples
    --------
    >>> range_edges(3.0, 47.0)
    [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0]
    >>> range_edges(30.0, 9000.0)
    [20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0]
    """
    if least > 0.0 and most / least >= _SPREAD:
        decades = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 2)
        ends = [float(f"{step * 10.0**decade:.6g}") for decade in decades for step in _STEPS]
        first = max(at for at, one in enumerate(ends) if one <= least)
        last = min(at for at, one in enumerate(ends) if one > most)
        return ends[first : last + 1]
    step = _round_step((most - least) / _BARS or abs(most) / _BARS or 1.0)
    step = max(step, 1.0) if whole else step
    first_step = math.floor(least / step)
    count = math.floor(most / step) - first_step + 1
    return [float(f"{(first_step + at) * step:.12g}") for at in range(count + 1)]


def _round_step(step: float) -> float:
    decade: float = 10.0 ** math.floor(math.log10(step))
    return next((one * decade for one in _STEPS if one * decade >= step * (1 - 1e-9)), 10.0 * decade)


def commonest_currency(bars: Sequence[DistributionBar]) -> str | None:
    """Return the currency most amounts are in; None where there is none."""
    found: Counter[str] = Counter()
    for bar in bars:
        for one in bar.sums:
            if one.currency:
                found[one.currency] += one.known
    return found.most_common(1)[0][0] if found else None
