"""How many items are in which state at the end of each year, from the dates they state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from geo.errors import NotComputable
from geo.text import Text
from layers.figures.contribution import Contribution
from layers.figures.figure import Column
from layers.figures.functions.entry import Function, Slot
from layers.figures.functions.groups import coded_text
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import DrawnRows, Outcome, shown_as
from layers.figures.presentation import ranged_value
from layers.figures.repeats import say_doubled
from layers.figures.verification.sql import Duck, Geos
from layers.messages import say
from layers.plan.catalog import Schedule
from layers.plan.schedule import STATES, scheduled_fields, span_of, state_on
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text

_GOING, _DURING = "under_construction", "during"
_MOST_YEARS, _MOST_LISTED = 60, 500
_METHOD = Text(
    "每年 12 月 31 日的状态，由各自所写的起止时间推定；不是验收结果。末列为开工不晚于、完工不早于该年的个数，"
    "即该年内任一天可能在建的。",
    "The states on 31 December of each year, from the dates as stated: no record of what was finished. The last "
    "column counts what begins in that year or before and ends in it or after: under way at any day of the year.",
)


def count_states(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """How many items are not begun, under way or ended at the end of each year that their dates reach.

    The value is the most that are under way at the end of one year.

    Raises
    ------
    NotComputable
        The layer declares no state that follows from dates, or states none.
    """
    items = gathered.roles["items"]
    steps.begin(1)
    field, schedule = _schedule_of(items)
    stated = _dates(schedule, (one.properties for one in items.features))
    may = _dates(schedule, (one.properties for one in items.open or ()))
    reached = _years(stated)
    counts = {year: _counted(stated, year) for year in reached}
    peak = max(reached, key=lambda year: (counts[year][_GOING], -year))
    years = _listed_years(reached, peak)
    counts |= {year: _counted(stated, year) for year in years if year not in counts}
    states = [one for one in STATES if any(one in counts[year] for year in years)]
    rows = [
        {
            "kind": "part",
            "name": Text(str(year), str(year)),
            **{one: float(counts[year][one]) for one in states},
            _DURING: float(_during(stated, year)),
        }
        for year in years
    ]
    value = float(counts[peak][_GOING])
    most = max(float(counts[year][_GOING] + _counted(may, year)[_GOING]) for year in reached)
    span = (value, most) if most > value else None
    going = coded_text(items, field, _GOING)
    told = ranged_value(measured_text(value, "count", 0), span, "count", 0)
    listed = [str(one) for one in items.features[:_MOST_LISTED].ids]
    return Outcome(
        value=value,
        columns=(
            Column("name", Text("12 月 31 日", "On 31 Dec")),
            *(Column(one, coded_text(items, field, one), "", 0) for one in states),
            Column(_DURING, say("timeline_during", state=going), "", 0),
        ),
        rows=tuple(rows),
        presentation=shown_as(rows, _GOING, drawn=DrawnRows(order="rows"), form="columns"),
        method=_METHOD,
        sentence=(
            say("timeline_most", label=statistic.label, state=going, year=peak, told=told)
            if most
            else say("timeline_none", label=statistic.label, state=going)
        ),
        caveats=(*_notes(stated, reached, years), *say_doubled(items)),
        evidence=items.frame[["geometry"]].assign(feature=items.frame.index.to_numpy()),
        contributions=tuple(
            Contribution(items.use.layer, one, name, 1.0, "count", None)
            for one, name in zip(listed, items.names(listed), strict=True)
        ),
        decimals=0,
        span=span,
    )


def _schedule_of(items: Role) -> tuple[str, Schedule]:
    found = next(iter(scheduled_fields(items.layer).items()), None) if items.layer is not None else None
    if found is None:
        raise NotComputable(
            needs_zh="按起止时间推定状态的字段（目录中的 schedule）",
            needs_en="a field that is a state by dates (schedule in the catalog)",
        )
    return found


def _dates(schedule: Schedule, known: Iterable[Mapping[str, Any]]) -> Counter[tuple[str, str, str]]:
    names = (schedule.start, schedule.end, schedule.done)
    return Counter(
        (
            str(one.get(names[0]) or ""),
            str(one.get(names[1]) or ""),
            str(one.get(names[2]) or "") if names[2] else "",
        )
        for one in known
    )


def _years(stated: Iterable[tuple[str, str, str]]) -> list[int]:
    """Return the years that are stated, in order: from one to the next the states of year ends stay the same."""
    years = {day.year for one in stated for text in one for day in span_of(text) or ()}
    if not years:
        raise NotComputable(needs_zh="写明的起止时间", needs_en="dates of begin or end that are stated")
    return sorted(years)


def _listed_years(reached: list[int], peak: int) -> list[int]:
    """Return the years of the table: all that are reached, the last ones and the peak where they are many."""
    first, last = reached[0], reached[-1]
    years = list(range(max(first, last - _MOST_YEARS + 1), last + 1))
    return years if peak in years else [peak, *years]


def _notes(stated: Counter[tuple[str, str, str]], reached: list[int], years: list[int]) -> list[Text]:
    """Return which years the table leaves out, and how many items end before they begin."""
    notes = [say("timeline_cut", first=reached[0], since=years[-1] - _MOST_YEARS + 1)]
    turned = 0
    for (start, end, _), many in stated.items():
        begins, ends = span_of(start), span_of(end)
        turned += many if begins is not None and ends is not None and ends[1] < begins[0] else 0
    return [
        *(notes if reached[0] < years[-1] - _MOST_YEARS + 1 else []),
        *([say("timeline_turned", count=turned)] if turned else []),
    ]


def _counted(stated: Counter[tuple[str, str, str]], year: int) -> Counter[str]:
    day = date(year, 12, 31)
    found: Counter[str] = Counter()
    for (start, end, done), many in stated.items():
        found[state_on(day, start or None, end or None, done or None)] += many
    return found


def _during(stated: Counter[tuple[str, str, str]], year: int) -> int:
    """Return how many begin in a year or before, and end in it or after."""
    found = 0
    for (start, end, _), many in stated.items():
        begins, ends = span_of(start), span_of(end)
        if begins is not None and ends is not None and begins[0].year <= year <= ends[1].year:
            found += many
    return found


def _again(_statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    """Return the most that are under way at the end of a year, by the years alone."""
    items = gathered.roles["items"]
    _, schedule = _schedule_of(items)
    ends = [name for name in (schedule.end, schedule.done) if name]
    going: Counter[str] = Counter()
    for one in items.features:
        begins = _year(one.properties.get(schedule.start))
        ended = [_year(one.properties.get(name)) for name in ends]
        last = min((year for year in ended if year), default="9999")
        if begins:
            for year in range(int(begins), min(int(last), _last_year(gathered, schedule) + 1)):
                going[str(year)] += 1
    return float(max(going.values(), default=0))


def _last_year(gathered: Gathered, schedule: Schedule) -> int:
    names = [name for name in (schedule.start, schedule.end, schedule.done) if name]
    known = (_year(one.properties.get(name)) for one in gathered.roles["items"].features for name in names)
    return max((int(year) for year in known if year), default=0)


def _year(text: object) -> str:
    """Return the year of a date that is one, as `span_of` has it; else nothing."""
    return "" if span_of(text) is None else str(text)[:4]


FUNCTION = Function(
    id="timeline",
    order=105,
    name=Text("逐年状态", "States by year"),
    question=Text("逐年年末各状态个数", "States at the end of each year"),
    slots=(Slot("items", Text("统计图层（有按时间推定的状态）", "Items (with a state by dates)")),),
    units={"": ("count",)},
    additive=Text("同一年各状态可相加；不同年份不可相加", "States of a year add up; years do not"),
    decimals=0,
    compute=count_states,
    recompute=_again,
    revision=3,
)
