"""What nobody walks across: the barriers of a coverage question."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from geo.arrays import Bools
from geo.text import Text
from layers.figures.inputs import Gathered
from layers.messages import say

_ON_DEG = 1e-7  # a centimetre


def walls_of(gathered: Gathered) -> gpd.GeoDataFrame | None:
    """Return what nobody walks across: every role named ``barriers...``; None where there is none.

    Parameters
    ----------
    gathered
        The layers of a coverage question.
    """
    walls = [role.frame[["geometry"]] for name, role in gathered.roles.items() if name.startswith("barriers")]
    return gpd.GeoDataFrame(pd.concat(walls), crs=walls[0].crs) if walls else None


def on_barriers(gathered: Gathered) -> list[Text]:
    """Say how many facilities stand on what nobody walks across: no way leads from them.

    Parameters
    ----------
    gathered
        The layers of a coverage question.
    """
    walls, start = walls_of(gathered), gathered.roles.get("entrances", gathered.roles["facilities"]).frame
    if walls is None or start.crs is None:
        return []
    ground = shapely.union_all(walls.to_crs(start.crs).geometry.to_numpy())
    count = int(shapely.dwithin(start.geometry.to_numpy()[_points(start)], ground, _ON_DEG).sum())
    return [say("facilities_on_barriers", count=count)] if count else []


def _points(frame: gpd.GeoDataFrame) -> Bools:
    kinds: Bools = shapely.get_dimensions(frame.geometry.to_numpy()) == 0
    return kinds
