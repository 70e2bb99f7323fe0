"""Cells of zones kept with them, as their other facts are: who asks again finds them made."""

from __future__ import annotations

import shapely

from geo.arrays import Shapes
from geo.measure.facts import known_facts
from geo.overlay.cells import ZoneGrid

A_VERTEX = 4  # cells


def keep_zone_cells(zones: Shapes) -> None:
    """Find cells of zones as fine as their outlines, and keep them where the zones' other facts are kept.

    Parameters
    ----------
    zones
        n valid polygons.
    """
    known = known_facts(zones)
    if known is not None and known.rows is None:
        cells = A_VERTEX * int(shapely.get_num_coordinates(zones).sum())
        known.facts.get("cells", lambda every: ZoneGrid.of(every, size=0.0, cells=cells).pack())


def kept_zone_cells(zones: Shapes) -> ZoneGrid | None:
    """Return the cells that are kept with zones, all of them and in their order; None where there are none."""
    known = known_facts(zones, "cells")
    if known is None or known.rows is not None or not known.facts.found("cells"):
        return None
    return ZoneGrid.unpack(known.facts.get("cells", lambda _: ()))
