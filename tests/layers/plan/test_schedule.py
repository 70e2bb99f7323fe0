"""States on a day: worked out of dates no finer than they are stated; what nobody can tell is not told."""

import json
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.plan.reader import read_catalog
from layers.plan.schedule import STATES, read_day, span_of, state_on, usual_day

BUNDLED = Path(__file__).parents[3] / "data"
RANK = {"not_started": 0, "under_construction": 1, "due_complete": 2}
DATES = st.one_of(
    st.integers(2018, 2021).map(str),
    st.tuples(st.integers(2018, 2021), st.integers(1, 12)).map(lambda ym: f"{ym[0]}-{ym[1]:02d}"),
    st.dates(date(2018, 1, 1), date(2021, 12, 31)).map(date.isoformat),
)


def plainly(day: date, start: date, end: date) -> str:
    """The state where both dates are known to the day."""
    return "due_complete" if day >= end else "under_construction" if day >= start else "not_started"


@settings(deadline=None)
@given(DATES, DATES, st.dates(date(2017, 6, 1), date(2022, 6, 1)))
def test_a_state_is_told_where_all_days_the_dates_may_mean_agree(start: str, end: str, day: date) -> None:
    (s0, s1), (e0, e1) = span_of(start) or (day, day), span_of(end) or (day, day)
    near = {day - timedelta(1), day, day + timedelta(1)}
    starts = {one for one in {s0, s1, *near} if s0 <= one <= s1}
    ends = {one for one in {e0, e1, *near} if e0 <= one <= e1}
    possible = {plainly(day, s, e) for s, e in product(starts, ends) if s <= e}
    found = state_on(day, start, end)
    assert found in STATES
    if possible:
        assert (found in ("year_only", "month_only")) == (len(possible) > 1)
        assert len(possible) > 1 or possible == {found}


@settings(deadline=None)
@given(DATES, DATES)
def test_states_follow_one_another(start: str, end: str) -> None:
    days = (date(2017, 12, 1) + timedelta(15 * step) for step in range(110))
    told = [RANK[one] for one in (state_on(day, start, end) for day in days) if one in RANK]
    assert told == sorted(told) or (span_of(end) or (date.max,))[0] < (span_of(start) or (date.min,))[0]


@pytest.mark.parametrize(
    ("start", "end", "done", "day", "state"),
    [
        ("2021", "2022-12", None, "2021-08-31", "year_only"),
        ("2021", "2022-12", None, "2022-01-01", "under_construction"),
        ("2021-08", "2022", None, "2021-08-15", "month_only"),
        ("2021-08", "2022", None, "2021-08-31", "under_construction"),
        ("2020", "2021", None, "2021-12-31", "due_complete"),
        ("2020", "2021", "2021-11-05", "2021-11-05", "finished"),
        ("2020", "2021-06", None, "2021-08-31", "due_complete"),
        ("2020", None, None, "2030-01-01", "under_construction"),
        (None, None, None, "2021-08-31", "unknown"),
        (None, "2022", None, "2021-08-31", "unknown"),
        ("soon", "2021-13", None, "2021-08-31", "unknown"),
    ],
)
def test_states(start: str | None, end: str | None, done: str | None, day: str, state: str) -> None:
    assert state_on(date.fromisoformat(day), start, end, done) == state


def test_a_day_is_a_day_of_the_calendar() -> None:
    assert read_day("2021-02-28") == date(2021, 2, 28)
    assert [read_day(one) for one in ("2021-02-30", "2021-02", "", "2021-08-31T00", "x")] == [None] * 5


def test_the_bundled_states_are_those_of_the_plans_day() -> None:
    day = usual_day(read_catalog(BUNDLED).plan)
    features = json.loads((BUNDLED / "geojson" / "projects.geojson").read_text("utf-8"))["features"]
    told = [one["properties"] for one in features]
    assert day == date(2021, 8, 31)
    assert [state_on(day, one["start_iso"], one["end_iso"]) for one in told] == [
        one["schedule_state"] for one in told
    ]
