"""A sum by another engine: shares of features in zones cut on one plane."""

from __future__ import annotations

import math
from collections import defaultdict

import shapely

from layers.figures.functions.amounts import answer_amounts
from layers.figures.functions.asked_unit import asked_factor
from layers.figures.functions.entry import Cell
from layers.figures.inputs import Gathered
from layers.figures.verification.second import (
    along_borders,
    common_plane,
    extent_of,
    on_plane,
    parts_by_zone,
    placed_numbers,
    share_of,
)
from layers.figures.verification.sql import Duck, Geos
from layers.plan.statistics import Statistic


def recompute_sum(statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    """Return the sum; None where there are several currencies, or nothing is stated."""
    items, zones = gathered.roles["items"], gathered.roles.get("zones")
    shares = {f.id: 1.0 for f in items.features}
    fields = tuple(name for name in (statistic.field, statistic.less) if name)
    if zones is not None:
        shares = _shares(gathered)
    rows = [(shares.get(f.id, 0.0), f.properties) for f in items.features]
    stated = [
        (part, one) for part, one in rows if part > 0 and all(type(one.get(n)) in (int, float) for n in fields)
    ]
    apart = answer_amounts(statistic, items, statistic.field).currency
    if apart and len({one.get(apart) for _, one in stated}) > 1:
        return None
    less = statistic.less
    values = [part * (one[statistic.field] - (one[less] if less else 0)) for part, one in stated]
    return math.fsum(values) * asked_factor(items.field(statistic.field), statistic.unit) if stated else None


def _shares(gathered: Gathered) -> dict[str, float]:
    """Return how much of each placed item lies in the zones together."""
    shapes, zones = on_plane(gathered, "items", "zones")
    zone, ids = shapely.union_all(zones), gathered.roles["items"].frame.index
    pairs = zip(ids, shapes, strict=True)
    return {str(key): share_of(shape, zone) for key, shape in pairs}


def recount_sum(statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> dict[Cell, float]:
    """Return the sum of each zone."""
    items, zones = gathered.roles["items"], gathered.roles.get("zones")
    found = answer_amounts(statistic, items, statistic.field)
    if zones is None or found.by or found.currency:
        return {}
    factor = asked_factor(items.field(statistic.field), statistic.unit)
    shapes, areas = on_plane(gathered, "items", "zones")
    stated = placed_numbers(items, statistic.field)
    if statistic.less:
        stated = [one - off for one, off in zip(stated, placed_numbers(items, statistic.less), strict=True)]
    out: dict[Cell, float] = {}
    shares: dict[tuple[int, int], float] = defaultdict(float)
    for item, zone, part in parts_by_zone(
        shapes, areas, along_borders(common_plane(gathered, "items", "zones"), items.frame, zones.frame)
    ):
        shares[item, zone] += extent_of(part) / extent_of(shapes[item])
    for at, key in enumerate(zones.frame.index):
        known = [
            stated[item] * share
            for (item, zone), share in shares.items()
            if zone == at and not math.isnan(stated[item]) and share > 0
        ]
        if known:
            out[Cell("value", (("name", zones.name(str(key)).zh),))] = math.fsum(known) * factor
    return out
