"""What a computation hands over before it becomes a figure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd

from geo.result import Result
from geo.text import Text
from layers.figures.figure import Column, Contribution

M2_PER = {"m2": 1.0, "ha": 10_000.0, "km2": 1_000_000.0, "mu": 2000.0 / 3.0}
ZONE = Column("zone", Text("分区", "Zone"))
TOTAL = Text("合计", "total")
LAND, WATER = Text("其中陆域", "of which land"), Text("其中水域", "of which water")
SUMS = frozenset({TOTAL.en, LAND.en, WATER.en})  # rows that repeat what others say


@dataclass(frozen=True)
class Outcome:
    """The number, its table and its evidence; ``value`` None means not computable."""

    value: float | None
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]
    method: Text
    sentence: Text
    caveats: tuple[Text, ...] = ()
    evidence: gpd.GeoDataFrame | None = None
    contributions: tuple[Contribution, ...] = field(default=())


def number(value: object) -> float | None:
    """Return a number that JSON can hold; what is not known becomes None, never 0."""
    if value is None or isinstance(value, str):
        return None
    found = float(value)  # type: ignore[arg-type]
    return found if math.isfinite(found) else None


def area_columns() -> tuple[Column, ...]:
    """Return the columns every area is told in."""
    return (
        Column("ha", Text("面积", "Area"), "ha", 2),
        Column("mu", Text("面积", "Area"), "mu", 1),
        Column("m2", Text("面积（原值）", "Area (raw)"), "m2", 2),
    )


def area_cells(area_m2: float) -> dict[str, float]:
    """Return an area in the units of ``area_columns``."""
    return {"ha": area_m2 / M2_PER["ha"], "mu": area_m2 / M2_PER["mu"], "m2": area_m2}


def notes_of(result: Result) -> tuple[Text, ...]:
    """Return a result's caveats and repairs as texts of the plan."""
    notes = list(result.caveats)
    notes += [Text(f"{where}：{p.zh}", f"{where}: {p.en}") for where, p in result.repairs[:20]]
    return tuple(notes)
