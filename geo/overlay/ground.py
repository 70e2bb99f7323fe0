"""The zones parcels are cut by: which parcels a boundary may meet, and whether pieces tile a zone."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes
from geo.measure.area import finite_bounds
from geo.measure.crs import Bench
from geo.measure.integrals import AreaForm, area_form
from geo.measure.measuring import measure
from geo.measure.moments import COUNT, ORDER, Moments
from geo.overlay.cells import ZoneGrid

SAMPLE = 10_000  # parcels that tell how large a parcel usually is
TILES, ROUNDING = 1e-11, 16.0  # see `Ground.closed`


class ReadyZones:
    """Zones as every thread may use them: each thread prepares its own copies."""

    def __init__(self, zones: Shapes) -> None:
        self.shapes = zones
        self.tree = shapely.STRtree(zones)
        self._own = threading.local()

    def prepared(self) -> Shapes:
        """Return this thread's prepared copies (a prepared geometry must never be shared)."""
        if not hasattr(self._own, "zones"):
            self._own.zones = shapely.from_wkb(shapely.to_wkb(self.shapes))
            shapely.prepare(self._own.zones)
        zones: Shapes = self._own.zones
        return zones


@dataclass(frozen=True)
class Tally:
    """Moments of pieces summed by zone: the zones, and ``COUNT`` rows of sums."""

    zones: Ints
    sums: Floats


NO_TALLY = Tally(np.zeros(0, dtype=np.int64), np.zeros((COUNT, 0)))


@dataclass(frozen=True)
class Ground:
    """What every block of parcels is cut with: the zones, the area form, a parcel's usual size."""

    zones: ReadyZones
    grid: ZoneGrid | None
    form: AreaForm
    size: float

    @classmethod
    def of(cls, bench: Bench, zones: Shapes, parcels: Shapes, *, times: int = 1) -> Ground:
        """Prepare zones for parcels like those given, ``times`` as many in all."""
        bounds = finite_bounds(parcels, zones, crs=bench.crs)
        extent = shapely.bounds(parcels[:: max(1, len(parcels) // SAMPLE)])
        size = np.nanmedian(extent[:, 2:] - extent[:, :2]) if np.isfinite(extent).any() else 1.0
        size = max(float(size), 1e-9)
        ready = ReadyZones(zones)
        grid = (
            ZoneGrid.of(zones, ready.tree, size=0.5 * size, cells=4 * times * len(parcels)) if len(zones) else None
        )
        return cls(ready, grid, area_form(bench.crs, bounds), size)

    def tally(self, zone: Ints, moments: Moments) -> Tally:
        """Return the sums of pieces' moments by zone, about the zone's centre and in units of its extent."""
        zones, number = np.unique(zone, return_inverse=True)
        box = shapely.bounds(self.zones.shapes[zones])
        x, y = 0.5 * (box[:, 0] + box[:, 2]), 0.5 * (box[:, 1] + box[:, 3])
        extent = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
        values = moments.about(x[number], y[number])
        sums = np.array([np.bincount(number, weights=row, minlength=len(zones)) for row in values])
        return Tally(zones, sums / extent ** (2.0 + ORDER[:, None]))

    def closed(self, tallies: Sequence[Tally]) -> tuple[Floats, Bools]:
        """Return the zones' areas, and which of them the pieces tallied tile exactly.

        Moments are sums over the same edges whether taken over pieces or over the zone, so they differ by rounding
        only: ``TILES`` of the area, and for the cut vertices ``ROUNDING`` steps of a coordinate along an extent.
        """
        zones = self.zones.shapes
        target = measure(zones, self.form)
        whole = self.tally(np.arange(len(zones)), target.moments).sums
        miss = whole.copy()
        for tally in tallies:
            miss[:, tally.zones] -= tally.sums
        box = shapely.bounds(zones)
        extent = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
        limit = TILES * whole[0] + ROUNDING * np.spacing(np.abs(box).max(axis=1)) / extent
        return target.area_m2, np.asarray((np.abs(miss) <= limit).all(axis=0), dtype=bool)

    def pairs(self, parcels: Shapes) -> tuple[Ints, Ints]:
        """Return pairs (parcel x zones + zone): parcels wholly inside, and parcels that cross the boundary."""
        count = len(self.zones.shapes)
        if self.grid is None or not len(parcels):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        parcel, zone, unsure = self.grid.sorted(shapely.bounds(parcels))
        near = np.flatnonzero(unsure)
        inside, crossing = _near_pairs(self.zones, parcels[near])
        rows = near[inside // count] * count + inside % count
        return (
            np.concatenate([parcel * count + zone, rows]),
            near[crossing // count] * count + crossing % count,
        )


def _near_pairs(zones: ReadyZones, parcels: Shapes) -> tuple[Ints, Ints]:
    """Return the same pairs of parcels near a boundary."""
    count = len(zones.shapes)
    row, zone = zones.tree.query(parcels)
    near, prepared = parcels[row], zones.prepared()[zone]
    within = shapely.contains_properly(prepared, near)
    crossing = ~within
    crossing[crossing] = shapely.intersects(prepared[crossing], near[crossing])
    pair = row * count + zone
    return pair[within], pair[crossing]
