"""What of a demand is out of reach, by name: in which zone it lies, how much of it, how far it is."""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

import geo
from geo.access.demand import shape_dimensions
from geo.result import typed_rows
from geo.text import Text, count_words
from layers.figures.contribution import Unreached
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import TOTAL, json_number
from layers.messages import say
from layers.plan.statistics import Statistic

_UNREACHABLE = Text("其中不可达", "of which not reachable")
_MOST = 1_000  # pieces that a figure names
_UNITS = ("count", "m", "m2")
_NOTHING = 1e-9  # of a feature: less is the noise of sums


class _Piece(NamedTuple):
    feature: str
    zone: int
    amount: float
    missed: float


class _Way(NamedTuple):
    feature: str
    distance_m: float


def unreached_demand(
    found: geo.Coverage, demand: Role, places: gpd.GeoDataFrame, zones: Role | None
) -> tuple[tuple[Unreached, ...], tuple[Text, ...]]:
    """Return the features that are not, or not all, within reach, zone by zone, and what to say of them.

    The largest part stands first in a zone; a feature that lies in several stands once for each.

    Parameters
    ----------
    found
        A coverage.
    demand
        The layer it is of.
    places
        The facilities, or the entrances, that distances are taken to.
    zones
        The layer of its zones; None without any.
    """
    cover = found.cover
    table = pd.DataFrame({"feature": [str(key) for key in found.target_id], "zone": found.target_zone})
    table = table.assign(amount=cover.amount, missed=cover.amount - cover.covered)
    table = table.groupby(["feature", "zone"], sort=True, as_index=False)[["amount", "missed"]].sum()
    table = table[table["missed"] > _NOTHING * table["amount"]]
    largest = table.sort_values("missed", ascending=False, kind="stable").head(_MOST)
    pieces = list(typed_rows(largest.sort_values("zone", kind="stable"), _Piece))  # zone by zone, in their order
    apart = _distances(demand.frame, places, {one.feature for one in pieces})
    unit = _UNITS[int(shape_dimensions(found.targets).max(initial=0))]  # of the ground, not of who lives there
    names = demand.names(one.feature for one in pieces)
    where = zones.names(found.zones[int(one.zone)] for one in pieces) if zones else [TOTAL] * len(pieces)
    listed = tuple(
        Unreached(
            demand.use.layer,
            one.feature,
            name,
            zone,
            float(one.missed),
            unit,
            json_number(one.missed / one.amount),
            apart.get(one.feature),
        )
        for one, name, zone in zip(pieces, names, where, strict=True)
    )
    left = len(table) > len(listed)
    return listed, (say("unreached_more", listed=len(listed), count=len(table)),) if left else ()


def _distances(demand: gpd.GeoDataFrame, places: gpd.GeoDataFrame, wanted: set[str]) -> dict[str, float]:
    """Return how far features are from the nearest place, in metres."""
    if not wanted or not len(places):
        return {}
    mine = demand[[str(key) in wanted for key in demand.index]]
    ways = geo.find_nearest(mine, places)[["feature", "distance_m"]]
    return {one.feature: float(one.distance_m) for one in typed_rows(ways, _Way)}


def unreachable_demand(
    statistic: Statistic, gathered: Gathered, network: geo.WalkNetwork, counted: set[str]
) -> tuple[list[dict[str, Any]], list[Text]]:
    """Return the row of the demand that no road leads to from any facility, and what to say of it.

    Parameters
    ----------
    statistic
        A coverage along a network.
    gathered
        Its layers.
    network
        Of its roads.
    counted
        The features of the demand that were measured.
    """
    roles = gathered.roles
    demand, start = roles["demand"].frame, roles.get("entrances", roles["facilities"]).frame
    places = demand.to_crs(network.plane).geometry.to_numpy()
    sources, _ = network.sources(start.to_crs(network.plane).geometry.to_numpy())
    here = np.array([str(key) in counted for key in demand.index], dtype=bool)
    lost = here & ~np.isfinite(network.nearest_m(places, sources))
    if not lost.any():
        return [], []
    off = int(sum(not ways for ways, gone in zip(network.entries(places), lost.tolist(), strict=True) if gone))
    away = int(lost.sum()) - off
    zh = f"需求中 {off} 个附近没有道路，{away} 个所在的道路不通往任何设施：不可达，与“太远”不同。"
    near, on = count_words(off, "has", "have"), count_words(away, "lies", "lie")
    en = f"Of the demand {near} no road near and {on} on roads that lead to no facility: not reachable."
    amount = float(lost.sum())
    if statistic.measure == "weight":
        amount = float(np.nansum(demand[statistic.field].to_numpy(dtype=float)[lost]))
    return [unreachable_row(amount)], [Text(zh, en)]


def unreachable_row(amount: float) -> dict[str, Any]:
    """Return the row of so much demand that no way leads to."""
    return {"kind": "of_which", "zone": _UNREACHABLE, "total": amount, "covered": 0.0, "uncovered": amount}
