"""Published operations that lead from a datum to WGS 84, with their accuracy: which is taken, which are offered.

One is taken without asking only where EPSG publishes one for the land the data lie on, with an accuracy, and
the datum's owner publishes the relation. Which of several a survey used cannot be seen in coordinates; what is
taken is said, with its accuracy, and kept with the layer.

References
----------
EPSG Geodetic Parameter Dataset, coordinate operations and their areas of use, as PROJ carries it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from pyproj import CRS
from pyproj.transformer import TransformerGroup

from geo.arrays import Floats, as_rows
from geo.measure.shift import HUB
from geo.text import Text
from layers.messages import say

WORST_M = 25.0  # an operation less accurate than that is offered, not taken
# Datums whose relation to today's ellipsoid their owner does not publish (what EPSG lists are oil surveys), and
# datums of many countries, each with an operation of its own: a person chooses.
CHOSEN = (
    "Beijing 1954",
    "New Beijing",
    "Xian 1980",
    "European Datum 1950",
    "Pulkovo 1942",
    "Indian 19",
    "Arc 19",
    "Adindan",
    "Provisional South American",
    "South American Datum 1969",
    "Clarke",
)


@dataclass(frozen=True)
class DatumOperation:
    """An operation of EPSG to WGS 84: code, name, accuracy (m), where it is for, what share of data is there."""

    code: str
    name: str
    accuracy_m: float
    area: str
    covers: float

    @property
    def on_land(self) -> bool:
        """Whether it is for land, not for the sea alone."""
        return "offshore" not in self.area or "onshore" in self.area

    @property
    def written(self) -> Text:
        """How it is told."""
        accuracy, area = f"{self.accuracy_m:g}", self.area[:60]
        return say("operation", code=self.code, name=self.name, accuracy=accuracy, area=area)


def published_operations(crs: CRS, lonlat: Floats) -> tuple[DatumOperation, ...]:
    """Return the operations from a CRS's datum that can be used here, the best for the places first.

    Parameters
    ----------
    crs
        On the old datum.
    lonlat
        Some places of the data, degrees of the old datum, ``(n, 2)``.
    """
    base = crs.geodetic_crs
    if base is None or not len(lonlat):
        return ()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of grids that are not installed; what is used is said
        group = TransformerGroup(base.to_2d(), CRS(HUB), always_xy=True, allow_ballpark=False)
    found = []
    for way in group.transformers:
        steps = [one for one in way.operations or () if "axis order" not in one.name.lower()]
        if len(steps) != 1 or way.accuracy < 0 or way.area_of_use is None:
            continue
        told: dict[str, str | int] = steps[0].to_json_dict().get("id", {})
        if not str(told.get("authority", "")).endswith(("EPSG", "EPSG)")) or "INVERSE" in str(
            told.get("authority")
        ):
            continue
        west, south, east, north = way.area_of_use.bounds
        lon, lat = as_rows(lonlat.T)
        wide = (east - west) % 360.0 or 360.0
        inside = ((lon - west) % 360.0 <= wide) & (lat >= south) & (lat <= north)
        covers = round(float(inside.mean()), 2)
        if covers > 0.0:
            name, area = steps[0].name, way.area_of_use.name
            found.append(DatumOperation(f"EPSG:{told['code']}", name, float(way.accuracy), area, covers))
    return tuple(sorted(found, key=lambda one: (not one.on_land, -one.covers, one.accuracy_m, one.code)))


def chosen_operation(crs: CRS, offered: tuple[DatumOperation, ...]) -> DatumOperation | None:
    """Return the operation that is taken without asking; None where a person has to choose."""
    base = crs.geodetic_crs
    datum = base.datum.name if base is not None and base.datum is not None else ""
    if not offered or datum.startswith(CHOSEN):
        return None
    best = offered[0]
    return best if best.on_land and best.accuracy_m <= WORST_M else None
