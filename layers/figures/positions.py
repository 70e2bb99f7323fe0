"""How sure the places of features are."""

from __future__ import annotations

import math

import numpy as np

from geo.arrays import Floats
from layers.figures.inputs import Gathered, Role

_SURE = (None, "", "exact")


def unsure_m(gathered: Gathered) -> float | None:
    """Return how far positions of the features of a question may be off from one another, m; None: nobody says."""
    alike = moved_alike(*gathered.roles.values())
    worst = [worst_m(role, alike=alike) for role in gathered.roles.values()]
    return None if any(math.isnan(one) for one in worst) else sum(worst)


def worst_m(role: Role, *, alike: bool = False) -> float:
    """Return how far a position of a role's features may be off at most, m; NaN where nobody says.

    Sketched data of a layer that is illustrative throughout are not judged: the figure says what they are.
    """
    off = offs_m(role, alike=alike)
    return float(off.max()) if len(off) else 0.0


def moved_alike(*roles: Role) -> bool:
    """Whether all layers came from one plane by one operation: they lie to one another as they were measured."""
    layers = [role.layer for role in roles]
    ways = {("", "") if one is None else (one.plane_crs, one.datum_operation) for one in layers}
    return len(ways) == 1 and all(next(iter(ways)))


def offs_m(role: Role, *, alike: bool = False) -> Floats:
    """Return how far each placed feature of a role may be off, m; NaN where nobody says.

    ``alike`` leaves out how well its datum was moved, as between layers that were moved together (`moved_alike`).
    Of sketched data of a layer that is illustrative throughout there is nothing to say: no row.
    """
    if role.layer is None or role.layer.illustrative:
        return np.zeros(len(role.frame) if role.layer is None else 0)
    placed = role.features.placed
    accuracy = 0.0 if alike else role.layer.datum_accuracy_m or 0.0
    out = np.full(len(placed), accuracy)
    for at, (position, off) in enumerate(
        zip(placed.values("position"), placed.values("uncertainty_m"), strict=True)
    ):
        if position not in _SURE:
            known = isinstance(off, int | float) and math.isfinite(off)
            out[at] += float(off) if known else math.nan
    return out
