"""Published figures computed again by engines that share no code with the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from layers.figures.verification.recompute import verify
    from layers.figures.verification.second import (
        common_plane,
        extent_of,
        geodesic_distances,
        on_plane,
        part_of,
        share_of,
        stated_values,
    )
    from layers.figures.verification.sql import Duck, Geos, Plane
    from layers.figures.verification.walking import cut_footways

__all__ = [
    "Duck",
    "Geos",
    "Plane",
    "common_plane",
    "cut_footways",
    "extent_of",
    "geodesic_distances",
    "on_plane",
    "part_of",
    "share_of",
    "stated_values",
    "verify",
]

__getattr__ = lazy_face(__name__)
