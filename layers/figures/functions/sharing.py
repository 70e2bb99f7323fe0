"""How much of each feature lies in each zone, and in any: what counting and adding by zone stand on."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

import geo
from geo.access.demand import frame_dimensions
from geo.text import Text, number_text
from layers.figures.outcome import notes_of

OUTSIDE, UNPLACED = Text("分区之外", "outside the zones"), Text("尚未上图", "not on the map yet")
_NOTHING = 1e-9  # a share that is less is none


@dataclass(frozen=True)
class Sharing:
    """The shares of features in zones.

    ``table`` has a row for every zone and feature that meet: zone, feature, share (0 to 1). ``once`` is each
    placed feature's share that lies in any zone. Areas are ellipsoidal m2, by zone and of all zones together.
    """

    table: pd.DataFrame
    once: pd.Series
    zones: tuple[str, ...]
    zone_area_m2: np.ndarray[tuple[int], np.dtype[np.float64]]
    ground_m2: float
    method: Text
    notes: tuple[Text, ...]

    @property
    def outside(self) -> pd.Series:
        """Each placed feature's share that lies in no zone; what is nothing is 0."""
        rest = 1.0 - self.once
        return rest.where(rest > _NOTHING, 0.0)


def share_in_zones(items: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> Sharing:
    """Return how the placed features of a layer, of any kinds, share in zones.

    Raises
    ------
    NoSuchField, BadField, EmptyLayer, BadGeometry, WrongGeometryType, MissingCRS, RefusedCRS
    """
    kinds = frame_dimensions(items)
    parts = [items[kinds == kind] for kind in np.unique(kinds)]
    by_zone = [geo.aggregate(part, zones) for part in parts]
    whole = zones.assign(_all="all")
    united = [geo.aggregate(part, whole, zone_field="_all") for part in parts]
    table = pd.concat([found.shares for found in by_zone], ignore_index=True)[["zone", "feature", "share"]]
    inside = pd.concat([found.shares for found in united], ignore_index=True).groupby("feature")["share"].sum()
    once = inside.reindex(list(items.index), fill_value=0.0).clip(upper=1.0)
    notes = [note for found in by_zone for note in notes_of(found)]
    return Sharing(
        table,
        once,
        by_zone[0].zones,
        by_zone[0].zone_area_m2,
        float(united[0].zone_area_m2.sum()),
        by_zone[0].method,
        (*dict.fromkeys(notes), *overlap_notes(by_zone[0], united[0])),
    )


def overlap_notes(by_zone: geo.Aggregation, united: geo.Aggregation) -> list[Text]:
    """Return what to say where zones lie on one another: the total counts their ground once."""
    twice = float(by_zone.zone_area_m2.sum() - united.zone_area_m2.sum())
    if twice <= 1e-9 * float(united.zone_area_m2.sum()):
        return []
    size = number_text(twice / 1e6, 3)
    return [
        Text(
            f"分区互相重叠 {size} 平方公里：各行可重复计入，合计只计一次。",
            f"The zones overlap by {size} km2: rows may count twice, the total counts once.",
        )
    ]
