"""What a figure's value and rows are when another engine is asked: each function says how."""

from __future__ import annotations

from dataclasses import replace

from layers.figures.functions import FUNCTIONS
from layers.figures.functions.entry import Cell
from layers.figures.inputs import Gathered
from layers.figures.verification.sql import Duck, Geos
from layers.plan.statistics import Statistic

_MOST_ZONES = 50  # zones recomputed one by one


def recompute_value(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    """Return a statistic's value by another engine; None where there is none."""
    again = FUNCTIONS[statistic.function].recompute
    return None if again is None else again(statistic, gathered, other)


def recount_rows(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> dict[Cell, float]:
    """Return what another engine finds for the rows of a table: by class and zone, or by zone."""
    entry = FUNCTIONS[statistic.function]
    if entry.recount is not None:
        return entry.recount(statistic, gathered, other)
    zoned = entry.zoned
    if zoned is None or zoned.role not in gathered.roles or statistic.by:
        return {}
    zones = gathered.roles[zoned.role]
    out = {}
    for at, zone in enumerate(zones.frame.index[:_MOST_ZONES]):
        alone = replace(
            gathered, roles={**gathered.roles, zoned.role: replace(zones, frame=zones.frame.iloc[[at]])}
        )
        value = recompute_value(statistic, alone, other)
        if value is not None:
            out[Cell(zoned.value, ((zoned.name, zones.name(str(zone)).zh),))] = value
    return out
