"""The features behind a number, the largest first."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

import geo
from layers.figures.contribution import Contribution
from layers.figures.inputs import Role
from layers.figures.outcome import json_number

MOST_LISTED = 500  # contributing features kept with a figure


def largest_contributions(pieces: gpd.GeoDataFrame, role: Role) -> tuple[Contribution, ...]:
    """Return the features behind an area, the largest first.

    Parameters
    ----------
    pieces
        One row a piece: ``feature``, ``area_m2``, ``share_of_feature``.
    role
        The layer the features are of.
    """
    grouped = pieces.groupby("feature", sort=True)[["area_m2", "share_of_feature"]].sum()
    grouped = grouped.sort_values("area_m2", ascending=False, kind="stable").head(MOST_LISTED)
    names = role.names(str(key) for key in grouped.index)
    return tuple(
        Contribution(
            role.use.layer,
            str(key),
            name,
            float(area_m2),
            "m2",
            json_number(share),
        )
        for name, (key, area_m2, share) in zip(names, grouped.itertuples(name=None), strict=True)
    )


def covered_contributions(found: geo.Coverage, demand: Role) -> tuple[Contribution, ...]:
    """Return how much of each feature of a demand is covered, the most first.

    Parameters
    ----------
    found
        A coverage.
    demand
        The layer it is of.
    """
    table = pd.DataFrame(
        {"feature": found.target_id, "amount": found.cover.amount, "covered": found.cover.covered}
    )
    table = table.groupby("feature", sort=True).sum().sort_values("covered", ascending=False, kind="stable")
    unit, table = found.unit, table.head(MOST_LISTED)
    names = demand.names(str(key) for key in table.index)
    return tuple(
        Contribution(
            demand.use.layer,
            str(key),
            name,
            float(covered),
            unit,
            json_number(covered / amount) if amount else None,
        )
        for name, (key, amount, covered) in zip(names, table.itertuples(name=None), strict=True)
    )
