"""The zones parcels are cut by: which parcels a boundary may meet, and whether pieces tile a zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes
from geo.measure.area import finite_bounds, form_over
from geo.measure.crs import Bench
from geo.measure.facts import shape_boxes
from geo.measure.integrals import AreaForm
from geo.measure.measuring import Measures, measure
from geo.measure.moments import COUNT, ORDER, Moments
from geo.overlay.cells import ZoneGrid
from geo.parallel import row_blocks

BLOCK = 20_000  # pieces whose moments are added up at a time
SAMPLE = 10_000  # parcels that tell how large a parcel usually is
TILES, ROUNDING = 1e-11, 16.0  # see `Ground.closed`
WINDOW = 6.0  # usual parcels along a window's side
FEW = 100  # parcels up to which each is held against the zones themselves: cells cost more than they spare


@dataclass(frozen=True)
class Tally:
    """Moments of pieces summed by zone: the zones, and ``COUNT`` rows of sums."""

    zones: Ints
    sums: Floats


def usual_size(box: Floats) -> float:
    """Return how large the things in some boxes usually are, CRS units."""
    some = box[:: max(1, len(box) // SAMPLE)]
    size = np.nanmedian(some[:, 2:] - some[:, :2]) if np.isfinite(some).any() else 1.0
    return max(float(size), 1e-9)


@dataclass(frozen=True)
class Ground:
    """What every block of parcels is cut with: the zones, the area form, a parcel's usual size.

    There is no grid where there are no zones, or too few parcels for one.
    """

    bench: Bench
    zones: Shapes
    grid: ZoneGrid | None
    form: AreaForm
    size: float

    @classmethod
    def of(cls, bench: Bench, zones: Shapes, parcels: Shapes, *, times: int = 1) -> Ground:
        """Prepare zones for parcels like those given, ``times`` as many in all.

        Parameters
        ----------
        bench
            The plane all shapes lie in.
        zones
            n polygons.
        parcels
            Some of the parcels that will come: their usual size decides the cells.
        times
            How many times as many will come in all.
        """
        bounds = finite_bounds(parcels, zones, crs=bench.crs)
        size = usual_size(shape_boxes(parcels))
        count = times * len(parcels)
        grid = ZoneGrid.of(zones, size=0.5 * size, cells=4 * count) if len(zones) and count > FEW else None
        return cls(bench, zones, grid, form_over(bench.crs, bounds), size)

    def tally(self, zone: Ints, moments: Moments, rows: Ints | None = None) -> Tally:
        """Return the sums of pieces' moments by zone, about the zone's centre and in units of its extent.

        Parameters
        ----------
        zone
            Of n pieces.
        moments
            Of the pieces, or of shapes whose ``rows`` the pieces are, (n,): they are taken a few at a time.
        """
        zones = np.flatnonzero(np.bincount(zone, minlength=len(self.zones)))
        number = np.zeros(len(self.zones), dtype=np.int64)
        number[zones] = np.arange(len(zones))
        box = shapely.bounds(self.zones[zones])
        x, y = 0.5 * (box[:, 0] + box[:, 2]), 0.5 * (box[:, 1] + box[:, 3])
        extent = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
        sums = np.zeros((COUNT, len(zones)))
        for part in row_blocks(len(zone), size=BLOCK):
            here = number[zone[part]]
            values = moments[part if rows is None else rows[part]].about(x[here], y[here])
            sums += [np.bincount(here, weights=row, minlength=len(zones)) for row in values]
        return Tally(zones, sums / extent ** (2.0 + ORDER[:, None]))

    def closed(self, tallies: Sequence[Tally], *, target: Measures | None = None) -> tuple[Floats, Bools]:
        """Return the zones' areas, and which of them the pieces tallied tile exactly; ``target`` measured them.

        Moments are sums over the same edges whether taken over pieces or over the zone, so they differ by rounding
        only: ``TILES`` of the area, and for the cut vertices ``ROUNDING`` steps of a coordinate along an extent.
        """
        target = measure(self.zones, self.form) if target is None else target
        whole = self.tally(np.arange(len(self.zones)), target.moments).sums
        miss = whole.copy()
        for tally in tallies:
            miss[:, tally.zones] -= tally.sums
        return target.area_m2, are_closed(miss, whole[0], shapely.bounds(self.zones))


def are_closed(miss: Floats, area: Floats, box: Floats) -> Bools:
    """Tell of which zones pieces miss nothing but what rounding may take (`Ground.closed`).

    Parameters
    ----------
    miss
        Moments of zones less those of their pieces, ``(COUNT, n)``, as `Ground.tally` has them.
    area, box
        Of the zones: the first of the same moments, (n,), and their sides, ``(n, 4)``.
    """
    extent = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
    limit: Floats = TILES * area + ROUNDING * np.spacing(np.abs(box).max(axis=1)) / extent
    return np.asarray((np.abs(miss) <= limit).all(axis=0), dtype=bool)
