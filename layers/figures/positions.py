"""How sure the places of features are, and what that leaves open: which zone they lie in."""

from __future__ import annotations

import math

import numpy as np
import shapely

from geo.arrays import Floats
from geo.text import Text
from layers.figures.inputs import Gathered, Role
from layers.figures.verification.second import on_plane
from layers.messages import say

_SURE = (None, "", "exact")


def unsure_m(gathered: Gathered) -> float | None:
    """Return how far positions of the features of a question may be off from one another, m; None: nobody says."""
    worst = [worst_m(role) for role in gathered.roles.values()]
    return None if any(math.isnan(one) for one in worst) else sum(worst)


def worst_m(role: Role) -> float:
    """Return how far a position of a role's features may be off at most, m; NaN where nobody says.

    Sketched data of a layer that is illustrative throughout are not judged: the figure says what they are.
    """
    off = _offs(role)
    return float(off.max()) if len(off) else 0.0


def undecided_zones(items: Role, zones: Role) -> tuple[Text, ...]:
    """Say how many placed features lie nearer to a zone's border than their position is sure.

    Parameters
    ----------
    items
        What is counted or added up by zone.
    zones
        The zones; how far theirs may be off adds to each feature's.
    """
    beside = worst_m(zones)
    off = _offs(items) + (0.0 if math.isnan(beside) else beside)
    if not len(off) or not (off > 0).any() or not len(zones.frame):
        return ()
    shapes, areas = on_plane(Gathered({"items": items, "zones": zones}, (), {}), "items", "zones")
    borders = shapely.STRtree(shapely.boundary(np.asarray(areas, dtype=object)))
    unsure = np.flatnonzero(off > 0)  # NaN is not
    found = borders.query(np.asarray(shapes, dtype=object)[unsure], predicate="dwithin", distance=off[unsure])[0]
    count = len(np.unique(found))
    if not count:
        return ()
    return (say("undecided_zones", label=items.use.label, count=count, metres=f"{np.nanmax(off):g}"),)


def _offs(role: Role) -> Floats:
    """Return how far each placed feature of a role may be off, m; NaN where nobody says."""
    if role.layer is None or role.layer.illustrative:
        return np.zeros(len(role.frame) if role.layer is None else 0)
    placed = role.features.placed
    accuracy = role.layer.datum_accuracy_m or 0.0
    out = np.full(len(placed), accuracy)
    for at, (position, off) in enumerate(
        zip(placed.values("position"), placed.values("uncertainty_m"), strict=True)
    ):
        if position not in _SURE:
            known = isinstance(off, int | float) and math.isfinite(off)
            out[at] += float(off) if known else math.nan
    return out
