"""States by year: how many are not begun, under way or ended at the end of each year, by the dates they state."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.errors import NotComputable
from layers.figures.answer import answer
from layers.figures.figure import Figure
from layers.figures.functions import FUNCTIONS
from layers.figures.inputs import gather
from layers.figures.question import asked_statistic
from layers.figures.verification.sql import Geos
from layers.library.library import Library
from tests.small_plan import feature, point, write_layer
from tests.timely_plan import write_timely_plan

# what begins, what ends: a year alone is over at its last day
DATES = [
    ("2023", "2025-06"),
    ("2024-01", "2024-03"),
    ("2024-06-30", "2026"),
    ("2025-01", None),
    (None, "2024-12-31"),
    (None, None),
]
EXPECTED = {
    # of each year's end: not started, under construction, due complete, unknown
    "2023": (3, 1, 0, 2),
    "2024": (1, 2, 2, 1),
    "2025": (0, 2, 3, 1),
    "2026": (0, 1, 4, 1),
}
STATES = ("not_started", "under_construction", "due_complete", "unknown")


def asked(folder: Path, dates: list[tuple[str | None, str | None]], layer: str = "sites", *where: str) -> Figure:
    write_layer(
        folder,
        "sites",
        [feature(f"s-{n}", point(104.06, 30.06), begins=a, ends=b) for n, (a, b) in enumerate(dates)],
    )
    question = asked_statistic(
        {"function": "timeline", "inputs": {"items": {"layer": layer, "where": list(where)}}}
    )
    library = Library(folder)
    found = answer(library, lambda _d, _t: None, question, software="x")
    again = FUNCTIONS["timeline"].recompute
    assert again is not None
    if found.value is not None:
        assert again(question, gather(library, question.inputs, drawn=None), Geos()) == found.value
    return found


def test_every_year_end_counts_every_item_once_in_its_state(tmp_path: Path) -> None:
    found = asked(write_timely_plan(tmp_path), DATES)
    rows = {row["name"].zh: tuple(row[one] for one in STATES) for row in found.rows}
    assert rows == EXPECTED
    assert {sum(row) for row in rows.values()} == {len(DATES)}
    assert [row["during"] for row in found.rows] == [1, 3, 2, 1], "at any day of a year, as a list has it"
    assert (found.value, found.presentation.chart, found.presentation.form) == (2, "under_construction", "columns")
    assert "2024" in found.sentence.zh and "2 个" in found.sentence.zh, "the first of the years with the most"
    assert "2024" in found.sentence.en


def test_who_may_belong_widens_the_value(tmp_path: Path) -> None:
    found = asked(
        write_timely_plan(tmp_path), [("2024", "2026"), (None, "2026"), ("2022", "2023")], "sites", "begins>=2024"
    )
    assert (found.value, found.span) == (1, None), "without a begin it is never known to be under way"


@pytest.mark.parametrize(
    ("layer", "dates", "why"), [("zones", DATES, "schedule"), ("sites", [(None, None)], "dates")]
)
def test_what_has_no_dates_says_what_it_needs(
    tmp_path: Path, layer: str, dates: list[tuple[str | None, str | None]], why: str
) -> None:
    folder = write_timely_plan(tmp_path)
    try:
        found = asked(folder, dates, layer)
    except NotComputable as error:
        assert why in error.message("en")
    else:
        assert found.state == "not_computable" and why in found.sentence.en
