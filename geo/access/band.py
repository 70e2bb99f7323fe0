"""What lies within a distance: held against the band first, asked for its exact distance near the band's edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.access.demand import POINT, POLYGON, shape_dimensions
from geo.access.links import Links
from geo.arrays import Bools, Floats, Ints, Shapes, as_list
from geo.measure.area import take_areas
from geo.measure.crs import Bench
from geo.measure.facts import shape_boxes, some_of
from geo.overlay.cells import CoverGrid
from geo.overlay.covering import cover_lines, cover_polygons
from geo.overlay.ground import usual_size
from geo.parallel import Watch

METRES_A_DEGREE = 110_000.0  # at least, along a meridian or the equator
NORTHERNMOST = 89.999  # beyond, a degree of longitude is taken to be no shorter than there


@dataclass(frozen=True)
class Band:
    """The ground within a distance of the reference, as polygons, and the exact distance beside it."""

    areas: Shapes
    links: Links
    limit_m: float

    def sorted(self, bench: Bench, mine: Shapes) -> tuple[CoverGrid, Bools, Bools, float]:
        """Return its cells, what lies within the distance for sure, what may, and how far off its edge may be."""
        box = shape_boxes(mine)
        pad = self.limit_m * (self.links.unsure_m(mine) + 2e-4) + 1e-3  # what the band's edge may be off by, m
        if bench.crs.is_geographic:
            furthest = float(np.nanmax(np.abs(box[:, [1, 3]])))
            pad = pad / (METRES_A_DEGREE * np.cos(np.radians(min(furthest, NORTHERNMOST))))
        grid = CoverGrid.of(self.areas, size=0.5 * usual_size(box), cells=4 * len(mine))
        within, unsure = grid.sorted(box, pad=pad)
        return grid, within, unsure, pad


def within_band(bench: Bench, mine: Shapes, band: Band) -> Bools:
    """Tell which of n shapes lie within the distance; by exact distance near the band's edge."""
    _, within, unsure, _ = band.sorted(bench, mine)
    rows = np.flatnonzero(unsure)
    within[rows] = band.links.within(some_of(mine, rows), band.limit_m)
    return within


def measured_band(bench: Bench, mine: Shapes, band: Band, watch: Watch) -> tuple[Bools, Floats]:
    """Tell what lies within the distance, and how much of everything is inside the band.

    Polygons are held against the band first: of what reaches deeper into it, or stays further away, than its edge
    may be off, no distance is asked.

    Parameters
    ----------
    bench
        The plane all shapes lie in.
    mine
        n shapes of any kind.
    band
        The ground within the distance, and the exact distance.
    watch
        May stop it by raising `Cancelled`.

    Returns
    -------
    within, inside
        Of each; and its area (m2), length (m) or 1 inside the band.
    """
    grid, within, unsure, pad = band.sorted(bench, mine)
    inside = np.zeros(len(mine))
    for kind, every in by_kind(mine):
        rows = every[(within | unsure)[every]]  # what may meet the band at all
        if kind == POLYGON:  # of what lies inside for sure the area is known, and no shape is looked at
            sure = every[within[every]]
            inside[sure] = take_areas(mine, bench.crs, sure)
            rows = every[unsure[every]]
        shapes = some_of(mine, rows)
        open_ = unsure[rows]
        if kind == POLYGON and len(rows):
            known = band.links.plane == bench.crs and pad <= 0.5 * grid.size
            margin = pad if known else 0.0
            cover = cover_polygons(bench, shapes, band.areas, grid=grid, margin=margin, watch=watch.silent)
            inside[rows] = cover.covered
            if known and cover.deep is not None and cover.beyond is not None:
                within[rows[open_ & cover.deep]] = True
                open_ &= ~(cover.deep | cover.beyond)
        some = np.flatnonzero(open_)
        within[rows[some]] = band.links.within(some_of(shapes, some), band.limit_m)
        if kind != POLYGON:
            inside[rows] = _inside(bench, shapes, band.areas, kind, near=within[rows], watch=watch.silent)
    return within, inside


def by_kind(shapes: Shapes) -> list[tuple[int, Ints]]:
    """Return points, lines and polygons apart: the dimension, and the rows of it."""
    kinds = shape_dimensions(shapes)
    return [(kind, np.flatnonzero(kinds == kind)) for kind in as_list(np.unique(kinds))]


def _inside(
    bench: Bench,
    shapes: Shapes,
    band: Shapes,
    kind: int,
    *,
    near: Bools,
    watch: Watch,
) -> Floats:
    """Return how many points, or metres of lines, are inside the band."""
    if kind == POINT:
        return near.astype(float)
    return cover_lines(bench, shapes, band, watch=watch.silent).covered
