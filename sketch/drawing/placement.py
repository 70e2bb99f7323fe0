"""What the drawing hands over for one item of the plan.

References
----------
RFC 7946 (positions are longitude, latitude).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Placement:
    """Where an item is drawn and how far the place can be trusted.

    Attributes
    ----------
    geometry
        Longitude, latitude in degrees (WGS 84), rounded to 7 decimals.
    position
        ``exact``, ``approximate``, ``locality`` or ``schematic``.
    uncertainty_m
        How far off the true place may be, in metres; ``None`` where nobody knows.
    source_zh, source_en
        Where the geometry comes from or how it was drawn.
    """

    geometry: BaseGeometry
    position: str
    uncertainty_m: float | None
    source_zh: str
    source_en: str


@dataclass(frozen=True)
class Origin:
    """How a layer, or one item of it, came to be drawn: a placement without the geometry."""

    position: str
    uncertainty_m: float | None
    source_zh: str
    source_en: str

    def placed(self, geometry: BaseGeometry) -> Placement:
        """The geometry (degrees, already rounded) with this origin."""
        return Placement(geometry, self.position, self.uncertainty_m, self.source_zh, self.source_en)


def origin_of(entry: Mapping[str, object], *, default: Origin) -> Origin:
    """Origin of one drawn item: its own words where the table has them, else the layer's."""
    uncertainty = entry.get("uncertainty_m", default.uncertainty_m)
    if uncertainty is not None and not isinstance(uncertainty, int | float):
        raise TypeError(f"uncertainty_m must be a number of metres, found {uncertainty!r}")
    return Origin(
        str(entry.get("position", default.position)),
        None if uncertainty is None else float(uncertainty),
        str(entry.get("source_zh", default.source_zh)),
        str(entry.get("source_en", default.source_en)),
    )
