"""What a computation hands over before it becomes a figure."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import geopandas as gpd

from geo.measure.area import M2_PER
from geo.result import Result
from geo.text import Text
from layers.figures.contribution import Contribution, Unreached
from layers.figures.figure import Column, Presentation, RowKind
from layers.messages import say

MOST_DRAWN = 12  # bars that can be read on a slide, and so everywhere
ZONE = Column("zone", say("column_zone"))
TOTAL = say("row_total")
LAND, WATER = say("row_land"), say("row_water")


@dataclass(frozen=True)
class Outcome:
    """The number, its table and its evidence; ``value`` None means not computable, or several that stay apart.

    ``unit`` and ``decimals`` are the statistic's if not said; ``span``, ``headline``, ``unreached`` as in
    `Figure`. ``within`` is what the value lies between as what is at the outer border of zones may lie on either
    side of it.
    """

    value: float | None
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]
    method: Text
    sentence: Text
    caveats: tuple[Text, ...] = ()
    evidence: gpd.GeoDataFrame | None = None
    contributions: tuple[Contribution, ...] = field(default=())
    presentation: Presentation = field(default_factory=Presentation)
    unit: str = ""
    decimals: int | None = None
    span: tuple[float | None, float | None] | None = None
    headline: Text | None = None
    within: tuple[float, float] | None = None
    unreached: tuple[Unreached, ...] = ()


def json_number(value: object) -> float | None:
    """Return a number that JSON can hold; what is not known becomes None, never 0."""
    if value is None or isinstance(value, str):
        return None
    found = float(value)  # type: ignore[arg-type]
    return found if math.isfinite(found) else None


def area_columns(unit: str = "ha") -> tuple[Column, ...]:
    """Return the columns every area is told in; square kilometres where they are asked for."""
    asked = (Column("km2", say("column_area"), "km2", 2),) if unit == "km2" else ()
    return (
        *asked,
        Column("ha", say("column_area"), "ha", 2),
        Column("mu", say("column_area"), "mu", 1),
        Column("m2", say("column_area_raw"), "m2", 2),
    )


def area_column(unit: str) -> str:
    """Return which of ``area_columns`` tells an area in a unit: its own, else hectares."""
    return unit if unit in M2_PER else "ha"


def area_cells(area_m2: float) -> dict[str, float]:
    """Return an area in the units of ``area_columns``."""
    return {unit: area_m2 / M2_PER[unit] for unit in ("ha", "mu", "km2", "m2")}


def notes_of(result: Result) -> tuple[Text, ...]:
    """Return a result's caveats and repairs as texts of the plan."""
    notes = list(result.caveats)
    notes += [Text(f"{where}：{p.zh}", f"{where}: {p.en}") for where, p in result.repairs[:20]]
    return tuple(notes)


@dataclass(frozen=True, kw_only=True)
class DrawnRows:
    """Which rows of a table are drawn, and in which order.

    Attributes
    ----------
    kinds
        The kinds of rows that are drawn, where they have a number above 0.
    order
        The largest part first and what is left or unknown after them, or the table's own order.
    among
        Which rows are drawn at all.
    """

    kinds: Collection[RowKind] = ("part", "rest", "unknown")
    order: Literal["largest", "rows"] = "largest"
    among: Callable[[Mapping[str, Any]], bool] = lambda _row: True


PARTS = DrawnRows()
_PART: RowKind = "part"
ONLY_PARTS = DrawnRows(kinds=(_PART,))


def shown_as(
    rows: Sequence[Mapping[str, Any]],
    headline: str,
    *,
    chart: str | None = None,
    names: tuple[str, ...] = ("name",),
    form: Literal["bars", "columns"] = "bars",
    drawn: DrawnRows = PARTS,
) -> Presentation:
    """Return how a table is shown: which of its rows are drawn, and in which order.

    Parameters
    ----------
    rows
        The table.
    headline, chart
        The columns the value is of and that is drawn, the same one if not said.
    names
        The columns that name a drawn row.
    form
        Bars, or columns.
    drawn
        Which rows are drawn, and in which order.
    """
    column = headline if chart is None else chart
    fit = [
        at
        for at, row in enumerate(rows)
        if row["kind"] in drawn.kinds and drawn.among(row) and _drawn(row.get(column), drawn.order)
    ]
    below = (row.get(column) for row in rows if row["kind"] in drawn.kinds and drawn.among(row))
    if any(isinstance(one, int | float) and one < 0.0 for one in below):
        fit = []  # bars without those below 0 would show more than there is
    if drawn.order == "largest":
        fit.sort(key=lambda at: (rows[at]["kind"] in ("rest", "unknown"), -float(rows[at][column])))
    return Presentation(headline, column, names, form, tuple(fit[:MOST_DRAWN]), max(0, len(fit) - MOST_DRAWN))


def _drawn(value: object, order: str) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value > 0 or (order == "rows" and value == 0)


def raw_if_nothing(shown: float, raw: float) -> float:
    """Return a rounded number, or the raw one where rounding would make it nothing."""
    return raw if shown == 0.0 else shown
