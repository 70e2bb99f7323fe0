"""The state of what begins and ends, on a day: from the dates as stated, no finer than they are stated."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from layers.plan.catalog import Layer, Plan, Schedule

STATES = (
    "not_started",
    "under_construction",
    "finished",
    "due_complete",
    "year_only",
    "month_only",
    "unknown",
)
UNTOLD = ("year_only", "month_only", "unknown")  # states that say what nobody can tell
_WITH_DAY = 10  # characters of a date to its day
_DATE = re.compile(r"([1-9]\d{3})(?:-(\d{2})(?:-(\d{2}))?)?")


def span_of(text: object) -> tuple[date, date] | None:
    """Return the first and the last day a stated date may be; None where none is stated.

    Parameters
    ----------
    text
        ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

    Examples
    --------
    >>> [str(day) for day in span_of("2021")], [str(day) for day in span_of("2020-02")]
    (['2021-01-01', '2021-12-31'], ['2020-02-01', '2020-02-29'])
    """
    found = _DATE.fullmatch(str(text or ""))
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None  # the pattern has it
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is None:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return date(year, month, day), date(year, month, day)
    except (ValueError, calendar.IllegalMonthError):
        return None


def year_of(text: object) -> str:
    """Return the year of a stated date, whatever its precision; empty for what is no date.

    Parameters
    ----------
    text
        ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; a time of day may stand behind.

    Examples
    --------
    >>> [year_of(one) for one in ("2021-05", "2021-05-03T08:00", "2021-13", "circa 1998", None)]
    ['2021', '2021', '', '', '']
    """
    span = span_of(str(text or "").strip()[:_WITH_DAY])
    return f"{span[0].year:04d}" if span else ""


def state_on(day: date, start: object, end: object, done: object = None) -> str:
    """Return the state on a day of what begins and ends on stated dates, one of `STATES`.

    What is said of the end is the plan's: ``due_complete`` is not yet ``finished``, which asks for ``done``, when
    it was. A state is that of the end of the day. Where the day lies within a date that is told by its year or
    month only, nobody can tell.

    Parameters
    ----------
    day
        The day.
    start, end, done
        Dates as stated: by year, month or day; None where not stated.

    Examples
    --------
    >>> state_on(date(2021, 8, 31), "2021", "2022-12"), state_on(date(2022, 1, 1), "2021", "2022-12")
    ('year_only', 'under_construction')
    """
    begun = span_of(start)
    earliest = begun[0] if begun else date.min  # nothing ends before it begins
    for text, reached in ((done, "finished"), (end, "due_complete"), (start, "under_construction")):
        span = span_of(text)
        if span is None or day < span[0] or (day < earliest and day < span[1]):
            continue
        return reached if day >= span[1] else "year_only" if len(str(text)) == 4 else "month_only"
    return "unknown" if begun is None else "not_started"


def read_day(text: str) -> date | None:
    """Return a day of the calendar written ``YYYY-MM-DD``; None for anything else."""
    span = span_of(text) if len(text) == 10 else None
    return span[0] if span else None


def usual_day(plan: Plan) -> date:
    """Return the day states are told of unless another is asked for: that of the plan's document, else today."""
    span = span_of(plan.document_date)
    return span[1] if span else date.today()


def scheduled_fields(layer: Layer) -> Mapping[str, Schedule]:
    """Return the fields of a layer that are states on a day."""
    return {one.id: one.schedule for one in layer.fields if one.schedule is not None}


def states_on(day: date, schedule: Schedule, values: Mapping[str, list[Any]]) -> list[str]:
    """Return the states of many features on a day.

    Parameters
    ----------
    day
        The day.
    schedule
        Which fields hold the dates.
    values
        Of each of these fields, one value a feature.
    """
    start, end = values[schedule.start], values[schedule.end]
    done = values[schedule.done] if schedule.done else [None] * len(start)
    return [state_on(day, *dates) for dates in zip(start, end, done, strict=True)]
