"""The one overlay: parcels cut by zones, nothing lost, nothing counted in silence.

A parcel whose box meets no boundary edge of a zone is wholly inside or outside it, and one point tells which.
Only parcels on a boundary are intersected, against the nearby part of their zone. Whether the pieces tile a zone
exactly is proved by integrals (area and a wave); zones that are not tiled get an exact search for overlaps.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from .area import finite_bounds
from .crs import Bench
from .integrals import AreaForm, Bools, Floats, Ints, Measures, Shapes, Wave, area_form, measure
from .parallel import Cancel, Progress, blocks, in_threads

BLOCK = 16_000
CUT_BLOCK = 2_000
CLOSES = 1e-9  # a zone closes when its pieces give its area and wave to this share of the area


@dataclass(frozen=True)
class Overlay:
    """Pieces: which parcel, which zone, how much, and the cut shape where the parcel is not whole.

    ``cut`` holds a shape for cut pieces and None for whole parcels; ``closed`` tells zones exactly tiled.
    Shapes are on the bench; areas are ellipsoidal m2. Rows are ordered by zone, then parcel.
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
        return self.bench.give(self.shapes(rows))


class _Zones:
    """Zones as every thread may use them: each thread prepares its own copies.

    The boundary is indexed as boxes around runs of consecutive edges about as long as a parcel.
    """

    def __init__(self, zones: Shapes, *, size: float) -> None:
        self.shapes = zones
        self.tree = shapely.STRtree(zones)
        rings, owner = _boundary_rings(zones)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        edges = np.flatnonzero(ring[1:] == ring[:-1])
        start, end, ring = xy[edges], xy[edges + 1], ring[edges]
        longest = np.abs(end - start).max(axis=1)
        several = int(np.clip(size / max(float(np.median(longest)), 1e-12), 1, 64)) if len(edges) else 1
        place = np.arange(len(edges)) - np.searchsorted(ring, ring)
        run = np.flatnonzero((place % several) == 0)
        low, high = np.minimum(start, end), np.maximum(start, end)
        if len(run):
            low, high = np.minimum.reduceat(low, run, axis=0), np.maximum.reduceat(high, run, axis=0)
        self.edges = shapely.STRtree(shapely.box(*low.T, *high.T))
        self.edge_zone: Ints = owner[ring[run]]
        self._own = threading.local()

    def prepared(self) -> Shapes:
        """Return this thread's prepared copies (a prepared geometry must never be shared)."""
        if not hasattr(self._own, "zones"):
            self._own.zones = shapely.from_wkb(shapely.to_wkb(self.shapes))
            shapely.prepare(self._own.zones)
        zones: Shapes = self._own.zones
        return zones


def _boundary_rings(zones: Shapes) -> tuple[Shapes, Ints]:
    parts, owner = shapely.get_parts(zones, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    return rings, owner[part]


@dataclass(frozen=True)
class _Found:
    """One block's answer: whole pairs, pairs to cut, and the measures of its parcels."""

    whole: tuple[Ints, Ints]
    cross: tuple[Ints, Ints]
    measures: Measures


def _sort_block(parcels: Shapes, part: slice, zones: _Zones, form: AreaForm, wave: Wave) -> _Found:
    shapes, count = parcels[part], len(zones.shapes)
    measures = measure(shapes, form, wave=wave)
    if not count:
        nothing = np.zeros(0, dtype=np.int64)
        return _Found((nothing, nothing), (nothing, nothing), measures)
    row, edge = zones.edges.query(shapes)
    touched = np.unique(row * count + zones.edge_zone[edge])
    row, zone = zones.tree.query(shapes)
    boxed = row * count + zone
    boxed = boxed[~np.isin(boxed, touched)]
    prepared = zones.prepared()
    box = shapely.bounds(shapes[boxed // count])
    middle_x, middle_y = 0.5 * (box[:, 0] + box[:, 2]), 0.5 * (box[:, 1] + box[:, 3])
    inside = boxed[shapely.contains_xy(prepared[boxed % count], middle_x, middle_y)]
    touched = touched[shapely.intersects(prepared[touched % count], shapes[touched // count])]
    within = shapely.contains_properly(prepared[touched % count], shapes[touched // count])
    whole, cross = np.concatenate([inside, touched[within]]), touched[~within]
    start = part.start
    return _Found((whole // count + start, whole % count), (cross // count + start, cross % count), measures)


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


def _cut(
    parcels: Shapes, zones: Shapes, cross: tuple[Ints, Ints], size: float, *, cancel: Cancel | None
) -> Shapes:
    """Intersect boundary parcels with the nearby part of their zones, in two threads, in the order given."""
    parcel, zone = cross
    if not len(parcel):
        return np.zeros(0, dtype=object)
    window, boxes = _window_keys(parcels, parcel, zone, size)
    order = np.argsort(window, kind="stable")
    pieces = np.empty(len(parcel), dtype=object)

    def work(part: slice) -> Shapes:
        rows = order[part]
        here, inverse = np.unique(window[rows], return_inverse=True)
        one_zone = zone[rows[np.unique(inverse, return_index=True)[1]]]
        large = shapely.get_num_coordinates(zones[one_zone]) > 64
        near = zones[one_zone].copy()
        near[large] = shapely.intersection(near[large], shapely.box(*boxes[here[large]].T))
        return areal(shapely.intersection(parcels[parcel[rows]], near[inverse]))

    parts = blocks(len(parcel), size=CUT_BLOCK)
    for part, answer in zip(parts, in_threads(parts, work, cancel=cancel)):
        pieces[order[part]] = answer
    return pieces


def overlay(
    bench: Bench,
    parcels: Shapes,
    zones: Shapes,
    *,
    once: bool = False,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Overlay:
    """Cut valid polygons ``parcels`` by valid polygons ``zones``, all on the bench (`Bench.bring`).

    Parameters
    ----------
    once
        Leave out what adds nothing to the ground covered: a parcel whole in one zone is given for that zone only.
    progress, cancel
        ``progress(done, total)`` in blocks of parcels; ``cancel()`` raises to stop.

    Raises
    ------
    ExtentTooLarge
        When the extent cannot be measured exactly in the bench's CRS.
    """
    bounds = finite_bounds(parcels, zones, crs=bench.crs)
    form = area_form(bench.crs, bounds)
    extent = shapely.bounds(parcels[~shapely.is_empty(parcels)])
    size = max(float(np.median(extent[:, 2:] - extent[:, :2])), 1e-9) if len(extent) else 1.0
    wave = Wave.for_size(size, (0.5 * (bounds[0] + bounds[2]), 0.5 * (bounds[1] + bounds[3])))
    ready = _Zones(zones, size=size)
    found = in_threads(
        blocks(len(parcels), size=BLOCK),
        lambda part: _sort_block(parcels, part, ready, form, wave),
        progress=progress,
        cancel=cancel,
    )
    nothing = [np.zeros(0, dtype=np.int64)]
    whole = [np.concatenate(nothing + [answer.whole[i] for answer in found]) for i in (0, 1)]
    cross = [np.concatenate(nothing + [answer.cross[i] for answer in found]) for i in (0, 1)]
    own = Measures(
        np.concatenate([np.zeros(0)] + [answer.measures.area_m2 for answer in found]),
        np.concatenate([np.zeros(0)] + [answer.measures.wave for answer in found]),
    )
    if once:
        whole[0], first = np.unique(whole[0], return_index=True)
        whole[1] = whole[1][first]
        open_ = ~np.isin(cross[0], whole[0])
        cross = [part[open_] for part in cross]
    pieces = _cut(parcels, zones, (cross[0], cross[1]), 12.0 * size, cancel=cancel)
    cut = measure(pieces, form, wave=wave)
    real = cut.area_m2 > 0.0
    parcel, zone = np.concatenate([whole[0], cross[0][real]]), np.concatenate([whole[1], cross[1][real]])
    area = np.concatenate([own.area_m2[whole[0]], cut.area_m2[real]])
    waves = np.concatenate([own.wave[whole[0]], cut.wave[real]])
    shapes = np.concatenate([np.full(len(whole[0]), None, dtype=object), pieces[real]])
    target = measure(zones, form, wave=wave)
    order = np.lexsort([parcel, zone])
    return Overlay(
        bench=bench,
        form=form,
        parcels=parcels,
        zones=zones,
        parcel=parcel[order],
        zone=zone[order],
        area_m2=area[order],
        cut=shapes[order],
        parcel_area_m2=own.area_m2,
        zone_area_m2=target.area_m2,
        closed=_closed(zone, area, waves, target, shapely.area(zones)),
    )


def _closed(zone: Ints, area_m2: Floats, wave: Floats, target: Measures, plane: Floats) -> Bools:
    count = len(plane)
    missing = np.abs(np.bincount(zone, weights=area_m2, minlength=count) - target.area_m2)
    change = np.abs(np.bincount(zone, weights=wave, minlength=count) - target.wave)
    return np.asarray((missing <= CLOSES * target.area_m2) & (change <= CLOSES * plane), dtype=bool)
