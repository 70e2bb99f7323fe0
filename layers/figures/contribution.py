"""The features behind a figure: which took part in it, and of a demand which are out of reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.text import Text


@dataclass(frozen=True)
class Contribution:
    """A feature that took part and by how much (``amount`` in the figure's measuring unit)."""

    layer: str
    feature: str
    name: Text
    amount: float
    unit: str
    share: float | None


@dataclass(frozen=True)
class Unreached:
    """A feature of a demand that is not, or not all, within reach: in which zone, how much of it, how far it is.

    ``amount`` is what lies out of reach, in ``unit``, ``share`` the part of the feature's there; ``distance_m`` is
    straight to the nearest facility.
    """

    layer: str
    feature: str
    name: Text
    zone: Text
    amount: float
    unit: str
    share: float | None
    distance_m: float | None


def unreached_of(plain: Mapping[str, Any]) -> Unreached:
    """Return a feature out of reach from the plain values the shelf keeps."""
    return Unreached(**{**plain, "name": Text(**plain["name"]), "zone": Text(**plain["zone"])})
