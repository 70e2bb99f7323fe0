"""The ground that features cover, each point once: by zone and group, and as a whole."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np

import geo
from layers.figures.inputs import Role

GROUP_COLUMN = "_group"
Ground = dict[tuple[str | None, str | None], float]  # by zone and group, m2


def ground_by_group(frame: gpd.GeoDataFrame, zones: Role | None, groups: Sequence[str | None]) -> Ground:
    """Return the ground (m2) of each zone (None: outside all) and group, each point once.

    Parameters
    ----------
    frame
        What is measured, with the column of its groups where there are any.
    zones
        What it is cut by.
    groups
        The group of each row; empty where none is asked for.
    """
    out: Ground = {}
    if groups:
        kinds = list(dict.fromkeys(groups))
        place = {kind: at for at, kind in enumerate(kinds)}
        number = np.array([place[one] for one in groups])
        for at, kind in enumerate(kinds):
            out[None, kind] = geo.ground_m2(frame[number == at])
    else:
        out[None, None] = geo.ground_m2(frame)
    if zones is None:
        return out
    by = bool(groups)
    frame = frame if by else frame.assign(_group="*")
    within = geo.tabulate(frame, zones.frame.assign(_all="all"), class_field=GROUP_COLUMN, zone_field="_all")
    for c, kind in enumerate(within.classes):
        out[None, kind if by else None] -= float(within.union_m2[c].sum())
    found = geo.tabulate(frame, zones.frame, class_field=GROUP_COLUMN)
    for c, kind in enumerate(found.classes):
        for z, zone in enumerate(found.zones):
            out[str(zone), kind if by else None] = float(found.union_m2[c, z])
    return out


def whole_amount(frame: gpd.GeoDataFrame, measure: str) -> float:
    """Return the ground that features cover, each point once (m2), or the length of all (m)."""
    return geo.ground_m2(frame) if measure == "area" else float(geo.measure_totals(frame, measured=measure).amount)
