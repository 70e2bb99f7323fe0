"""The one overlay: parcels cut by zones, nothing lost, nothing counted in silence.

A parcel whose box meets no boundary edge of a zone is wholly inside or outside it, and one point tells which.
Only parcels on a boundary are intersected, against the nearby part of their zone. Whether the pieces tile a zone
exactly is proved by their moments; zones that are not tiled get an exact search for overlaps.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes
from geo.measure.crs import Bench, move
from geo.measure.integrals import AreaForm
from geo.measure.measuring import measure
from geo.measure.moments import joined
from geo.overlay.ground import NO_TALLY, Ground, Tally
from geo.parallel import Cancel, Progress, blocks, in_threads

BLOCK = 16_000
LARGE, HUGE = 64, 4_000  # vertices above which a zone is first cut to the parcels' neighbourhood
CLOSES = 1e-9  # what is less than this share of an area is not told


@dataclass(frozen=True)
class Overlay:
    """Pieces: which parcel, which zone, how much, and the cut shape where the parcel is not whole.

    ``cut`` holds a shape for cut pieces and None for whole parcels; ``closed`` tells zones exactly tiled;
    ``sound`` is false when a parcel on a boundary is invalid, and the pieces are then incomplete.
    Shapes are on the bench; areas are ellipsoidal m2. Rows are ordered by zone, then parcel. ``stored`` holds the
    parcels as their layer stores them, where the caller has them: whole pieces are then given back bit for bit.
    """

    bench: Bench
    form: AreaForm
    parcels: Shapes
    zones: Shapes
    parcel: Ints
    zone: Ints
    area_m2: Floats
    cut: Shapes
    parcel_area_m2: Floats
    zone_area_m2: Floats
    closed: Bools
    sound: bool
    stored: Shapes | None = None

    @property
    def whole(self) -> Bools:
        """Which pieces are whole parcels."""
        return np.asarray(shapely.is_missing(self.cut), dtype=bool)

    def shapes(self, rows: Ints | None = None) -> Shapes:
        """Return the pieces' shapes on the bench."""
        rows = np.arange(len(self.parcel)) if rows is None else rows
        cut, parcels = self.cut[rows], self.parcels[self.parcel[rows]]
        result: Shapes = np.where(shapely.is_missing(cut), parcels, cut)
        return result

    def evidence(self, rows: Ints | None = None) -> gpd.GeoSeries:
        """Return the pieces in the subject layer's stored CRS."""
        if self.stored is None:
            return self.bench.give(self.shapes(rows))
        rows = np.arange(len(self.parcel)) if rows is None else rows
        shapes = self.stored[self.parcel[rows]]
        cut = ~self.whole[rows]
        shapes[cut] = move(self.cut[rows[cut]], self.bench.crs, self.bench.source)
        return gpd.GeoSeries(shapes, crs=self.bench.source)


@dataclass(frozen=True)
class Pieces:
    """One block's pieces, numbered within the block; see `Overlay`."""

    parcel: Ints
    zone: Ints
    cut: Shapes
    area_m2: Floats
    tally: Tally
    parcel_area_m2: Floats
    sound: bool


def cut_block(ground: Ground, parcels: Shapes, *, once: bool = False) -> Pieces:
    """Cut one block of parcels; runs in any thread.

    ``once`` leaves out what adds nothing to the ground covered (a parcel whole in one zone is given for that zone
    only), and the tally with it.
    """
    own = measure(parcels, ground.form)
    inside, crossing = ground.pairs(parcels)
    count = max(len(ground.zones.shapes), 1)
    if once:
        inside = inside[np.unique(inside // count, return_index=True)[1]]
        crossing = crossing[~np.isin(crossing // count, inside // count)]
    parcel, zone = crossing // count, crossing % count
    sound = bool(shapely.is_valid(parcels[np.unique(parcel)]).all())
    if not sound:
        parcel, zone = parcel[:0], zone[:0]
    shapes = _cut(parcels, ground.zones.shapes, parcel, zone, 12.0 * ground.size)
    part = measure(shapes, ground.form)
    real = part.area_m2 > 0.0
    whole = inside // count
    places = np.concatenate([inside % count, zone[real]])
    return Pieces(
        parcel=np.concatenate([whole, parcel[real]]),
        zone=places,
        cut=np.concatenate([np.full(len(whole), None, dtype=object), shapes[real]]),
        area_m2=np.concatenate([own.area_m2[whole], part.area_m2[real]]),
        tally=ground.tally(places, joined([own.moments[whole], part.moments[real]])) if not once else NO_TALLY,
        parcel_area_m2=own.area_m2,
        sound=sound,
    )


def _window_keys(parcels: Shapes, parcel: Ints, zone: Ints, size: float) -> tuple[Ints, Floats]:
    """Return for every pair the number of its window, and the windows' boxes (pairs of one zone and cell)."""
    box = shapely.bounds(parcels[parcel])
    cell = np.floor(0.5 * (box[:, :2] + box[:, 2:]) / size).astype(np.int64)
    _, window = np.unique(np.column_stack([zone, cell]), axis=0, return_inverse=True)
    order = np.argsort(window, kind="stable")
    first = np.flatnonzero(np.diff(window[order], prepend=-1))
    low = np.minimum.reduceat(box[order][:, :2], first, axis=0)
    high = np.maximum.reduceat(box[order][:, 2:], first, axis=0)
    margin = 0.05 * size
    return window.astype(np.int64), np.hstack([low - margin, high + margin])


def areal(shapes: Shapes) -> Shapes:
    """Return only the polygon parts of intersections (touching lines and points have no area)."""
    types = shapely.get_type_id(shapes)
    mixed = np.flatnonzero(types == 7)
    if len(mixed):
        shapes = shapes.copy()
    for row in mixed.tolist():
        parts = shapely.get_parts(shapes[row])
        parts = shapely.get_parts(parts[shapely.get_dimensions(parts) == 2])
        shapes[row] = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    return shapes


def _cut(parcels: Shapes, zones: Shapes, parcel: Ints, zone: Ints, size: float) -> Shapes:
    """Intersect boundary parcels with the nearby part of their zones, in the order given."""
    if not len(parcel):
        return np.zeros(0, dtype=object)
    window, boxes = _window_keys(parcels, parcel, zone, size)
    here, first = np.unique(window, return_index=True)
    near = zones[zone[first]]
    large = shapely.get_num_coordinates(near) > LARGE
    if 3 * len(here) <= len(parcel) or bool((shapely.get_num_coordinates(near) > HUGE).any()):
        near[large] = shapely.intersection(near[large], shapely.box(*boxes[here[large]].T))
    return areal(shapely.intersection(parcels[parcel], near[window]))


def overlay(
    bench: Bench,
    parcels: Shapes,
    zones: Shapes,
    *,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Overlay:
    """Cut valid polygons ``parcels`` by valid polygons ``zones``, all on the bench (`Bench.bring`).

    Parameters
    ----------
    progress, cancel
        ``progress(done, total)`` in blocks of parcels; ``cancel()`` raises to stop.

    Raises
    ------
    ExtentTooLarge
        When the extent cannot be measured exactly in the bench's CRS.
    """
    ground = Ground.of(bench, zones, parcels)
    parts = blocks(len(parcels), size=BLOCK)
    found = in_threads(parts, lambda part: cut_block(ground, parcels[part]), progress=progress, cancel=cancel)
    if not found:
        found, parts = [cut_block(ground, parcels)], [slice(0, 0)]
    parcel = np.concatenate([piece.parcel + part.start for piece, part in zip(found, parts)])
    zone = np.concatenate([piece.zone for piece in found])
    area = np.concatenate([piece.area_m2 for piece in found])
    zone_area, closed = ground.closed([piece.tally for piece in found])
    order = np.lexsort([parcel, zone])
    return Overlay(
        bench=bench,
        form=ground.form,
        parcels=parcels,
        zones=zones,
        parcel=parcel[order],
        zone=zone[order],
        area_m2=area[order],
        cut=np.concatenate([piece.cut for piece in found])[order],
        parcel_area_m2=np.concatenate([piece.parcel_area_m2 for piece in found]),
        zone_area_m2=zone_area,
        closed=closed,
        sound=all(piece.sound for piece in found),
    )
