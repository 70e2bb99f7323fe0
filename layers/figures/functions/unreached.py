"""What of a demand is out of reach, by name: in which zone it lies, how much of it, how far it is."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

import geo
from geo.result import typed_rows
from geo.text import Text
from layers.figures.contribution import Unreached
from layers.figures.inputs import Role
from layers.figures.outcome import TOTAL, json_number
from layers.messages import say

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
    unit = _UNITS[
        int(shapely.get_dimensions(found.targets).max(initial=0))
    ]  # of the ground, not of who lives there
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
