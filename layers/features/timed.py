"""A layer as it stands on a day of the plan's time: fields that are states get the state of that day."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa

from geo.text import Text
from layers.features.columns import column_of
from layers.features.snapshot import Features, Snapshot
from layers.messages import say
from layers.plan.catalog import Layer
from layers.plan.schedule import STATES, scheduled_fields, span_of, state_on, states_on

_MONTHLY_YEARS = 40
_IN_BRACKETS = re.compile(r"\s*[（(][^（()）]*[)）]$")


def at_time(snapshot: Snapshot, day: date) -> Snapshot:
    """Return a layer with the states of a day; one without such fields as it is.

    Parameters
    ----------
    snapshot
        The layer.
    day
        The day of the plan's time, not of the data.
    """
    wanted = scheduled_fields(snapshot.layer)
    if not wanted:
        return snapshot
    content = snapshot.content
    content = content.take(np.arange(len(content)))
    table = content.properties
    for field, schedule in wanted.items():
        dates = [name for name in (schedule.start, schedule.end, schedule.done) if name]
        states = states_on(day, schedule, {name: content.values(name) for name in dates})
        column, values = column_of(field, states)
        at = table.schema.get_field_index(field)
        if not table.num_columns:  # features that state nothing: a table without columns has no rows either
            table = pa.table([values], schema=pa.schema([column]))
            continue
        table = table.append_column(column, values) if at < 0 else table.set_column(at, column, values)
    return replace(snapshot, content=replace(content, properties=table))


@dataclass(frozen=True)
class Timeline:
    """How many features are in each state on some days, in order: one count a day for each state that occurs."""

    field: str
    days: tuple[str, ...]
    states: dict[str, tuple[int, ...]]


def count_timeline(layer: Layer, features: Features) -> Timeline:
    """Return counts by state at the end of each month, from the year of the first date to that of the last.

    Of more than forty years the counts are of the ends of the years.

    Parameters
    ----------
    layer
        The declaration; of several fields that are states the first is told, of none nothing.
    features
        Those that are counted.
    """
    field, schedule = next(iter(scheduled_fields(layer).items()), ("", None))
    if schedule is None:
        return Timeline("", (), {})
    done = features.values(schedule.done) if schedule.done else [None] * len(features)
    dates = Counter(zip(features.values(schedule.start), features.values(schedule.end), done, strict=True))
    spans = [span for one in dates for text in one if (span := span_of(text)) is not None]
    if not spans:
        return Timeline(field, (), {})
    first, last = min(one[0].year for one in spans), max(one[1].year for one in spans)
    months = range(1, 13) if last - first < _MONTHLY_YEARS else (12,)
    ends = [span_of(f"{year}-{month:02d}") for year in range(first, last + 1) for month in months]
    days = [end[1] for end in ends if end is not None]
    counts: dict[str, list[int]] = {}
    for at, day in enumerate(days):
        for (start, end, finished), many in dates.items():
            counts.setdefault(state_on(day, start, end, finished), [0] * len(days))[at] += many
    known = {state: tuple(counts[state]) for state in STATES if state in counts}
    return Timeline(field, tuple(day.isoformat() for day in days), known)


def dated_fields(layer: Layer, day: date) -> Layer:
    """Return a layer whose states say in their label of which day they are.

    Parameters
    ----------
    layer
        As it is declared.
    day
        The day its states are told of.
    """
    if not scheduled_fields(layer):
        return layer
    fields = [
        one if one.schedule is None else replace(one, label=_dated_label(one.label, day)) for one in layer.fields
    ]
    return replace(layer, fields=tuple(fields))


def _dated_label(label: Text, day: date) -> Text:
    bare = Text(*(_IN_BRACKETS.sub("", one) for one in (label.zh, label.en)))
    return say("state_of_day", label=bare, day=day.isoformat())
