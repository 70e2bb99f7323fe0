"""The one overlay: parcels cut by zones, nothing lost, nothing counted in silence.

A parcel whose box meets no boundary edge of a zone is wholly inside or outside it, and one point tells which.
Only parcels on a boundary are intersected, against the nearby part of their zone. Whether the pieces tile a zone
exactly is proved by their moments; zones that are not tiled get an exact search for overlaps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes
from geo.measure.area import measure_shapes
from geo.measure.crs import Bench, geometry_column, move
from geo.measure.facts import shape_boxes, shape_validity, some_of
from geo.measure.integrals import AreaForm
from geo.measure.stored_shapes import replace_rows, take_rows
from geo.overlay.edge_cells import place_boxes
from geo.overlay.ground import WINDOW, Ground, Tally
from geo.overlay.intersection import in_common, in_common_shapes
from geo.overlay.near import trim_shapes
from geo.overlay.pairs import Seen, compare_shapes, cut_out
from geo.parallel import THREADS, UNWATCHED, Watch, begin_beside, in_threads, row_blocks

BLOCK = 16_000
CUTS = 1_000  # made at a time
MANY = 16_000  # pieces whose moments are added up beside what else is done
CLOSES = 1e-9  # what is less than this share of an area is not told


@dataclass(frozen=True)
class Overlay:
    """Pieces: which parcel, which zone, how much, and what cuts the parcel where it is not whole.

    ``near`` holds, for cut pieces, the part of the zone around them, and None for whole parcels; ``closed`` tells
    zones exactly tiled; ``sound`` is false when a parcel on a boundary is invalid, and the pieces are then
    incomplete. Shapes are on the bench; areas are ellipsoidal m2. Rows are ordered by zone, then parcel.
    ``stored`` holds the parcels as their layer stores them, where the caller has them: whole pieces are then given
    back bit for bit.
    """

    bench: Bench
    form: AreaForm
    parcels: Shapes
    zones: Shapes
    parcel: Ints
    zone: Ints
    area_m2: Floats
    near: Shapes
    parcel_area_m2: Floats
    zone_area_m2: Floats
    closed: Bools
    sound: bool
    stored: Shapes | None = None

    @property
    def whole(self) -> Bools:
        """Which pieces are whole parcels."""
        return np.asarray(shapely.is_missing(self.near), dtype=bool)

    @cached_property
    def cut(self) -> Shapes:
        """The shapes of cut pieces, None for whole parcels; made when first asked for."""
        return self._cut(np.arange(len(self.parcel)))

    def _cut(self, rows: Ints) -> Shapes:
        made = np.full(len(rows), None, dtype=object)
        some = np.flatnonzero(~self.whole[rows])
        near = self.near[rows[some]]
        parcels, _ = trim_shapes(self.parcels, self.parcel[rows[some]], shapely.bounds(near))
        parts = in_threads(
            row_blocks(len(some), size=CUTS), lambda part: in_common_shapes(parcels[part], near[part])
        )
        if parts:
            made[some] = np.concatenate(parts)
        return made

    def shapes(self, rows: Ints | None = None) -> Shapes:
        """Return the pieces' shapes on the bench."""
        rows = np.arange(len(self.parcel)) if rows is None else rows
        every = len(rows) == len(self.parcel)
        cut, parcels = self.cut[rows] if every else self._cut(rows), self.parcels[self.parcel[rows]]
        result: Shapes = np.where(shapely.is_missing(cut), parcels, cut)
        return result

    def evidence(self, rows: Ints | None = None) -> gpd.GeoSeries:
        """Return the pieces in the subject layer's stored CRS; whole parcels that are stored stay stored."""
        if self.stored is None:
            return self.bench.give(self.shapes(rows))
        rows = np.arange(len(self.parcel)) if rows is None else rows
        cut = np.flatnonzero(~self.whole[rows])
        made = move(self.shapes(rows[cut]), self.bench.crs, self.bench.source)
        shapes = replace_rows(take_rows(self.stored, self.parcel[rows]), cut, made)
        return gpd.GeoSeries(geometry_column(shapes, self.bench.source))


@dataclass(frozen=True)
class Pieces:
    """Some parcels' pieces; see `Overlay`."""

    parcel: Ints
    zone: Ints
    near: Shapes
    area_m2: Floats
    tallies: tuple[Tally, ...]
    parcel_area_m2: Floats
    sound: bool


def cut_block(
    ground: Ground,
    parcels: Shapes,
    *,
    watch: Watch = UNWATCHED,
    threads: int = 1,
) -> Pieces:
    """Cut parcels by the zones; alone in its thread, or in so many.

    Parameters
    ----------
    ground
        The zones, prepared.
    parcels
        n polygons on the ground's bench.
    watch
        Is told how far it is, and may stop it by raising `Cancelled`.
    threads
        How many work at once.
    """
    nothing = np.zeros(0, dtype=np.int64)
    own = measure_shapes(parcels, ground.bench.crs, form=ground.form)
    if not len(ground.zones) or not len(parcels):
        none = np.zeros(0, dtype=object)
        return Pieces(nothing, nothing, none, np.zeros(0), (), own.area_m2, sound=True)
    parcel, zone, rows, edge = nothing, nothing, np.arange(len(parcels)), parcels
    if ground.grid is not None:
        parcel, zone, rows = place_boxes(ground.grid, ground.zones, shape_boxes(parcels))

    def tally() -> Tally:
        return ground.tally(zone, own.moments, parcel)

    tallied = begin_beside(tally) if len(parcel) > MANY else tally  # while stored shapes are made
    if ground.grid is not None:
        edge = some_of(parcels, rows)
    sound = bool(shape_validity(edge).all())
    if not sound:
        rows, edge = rows[:0], edge[:0]

    def look(around: Shapes, shapes: Shapes, beyond: Bools) -> Seen:
        """Measure what is not whole at once."""
        within, met = cut_out(around, shapes)
        met |= within & beyond
        within &= ~beyond
        return within, met, in_common(shapes[met], around[met], ground.form, threads=1)

    pairs = compare_shapes(
        ground.zones,
        edge,
        look,
        size=WINDOW * ground.size,
        watch=watch,
        threads=threads,
    )
    row, of, inside = pairs.row, pairs.large, pairs.within
    left, part = np.flatnonzero(pairs.met), pairs.taken
    real = part.area_m2 > 0.0
    left = left[real]
    lies_in = rows[row[inside]]
    whole = np.concatenate([parcel, lies_in])
    places = np.concatenate([zone, of[inside], of[left]])
    return Pieces(
        parcel=np.concatenate([whole, rows[row[left]]]),
        zone=places,
        near=np.concatenate([np.full(len(whole), None, dtype=object), pairs.part[left]]),
        area_m2=np.concatenate([own.area_m2[whole], part.area_m2[real]]),
        tallies=(
            tallied(),
            ground.tally(of[inside], own.moments, lies_in),
            ground.tally(of[left], part.moments, np.flatnonzero(real)),
        ),
        parcel_area_m2=own.area_m2,
        sound=sound,
    )


def overlay(
    bench: Bench,
    parcels: Shapes,
    zones: Shapes,
    *,
    watch: Watch = UNWATCHED,
) -> Overlay:
    """Cut valid polygons ``parcels`` by valid polygons ``zones``, all on the bench (`Bench.bring`).

    Parameters
    ----------
    bench
        The plane all shapes lie in.
    parcels, zones
        n and m valid polygons.
    watch
        Is told how far it is in blocks of parcels, and may stop it by raising `Cancelled`.

    Raises
    ------
    ExtentTooLarge
        When the extent cannot be measured exactly in the bench's CRS.
    """
    ground = Ground.of(bench, zones, parcels)
    found = cut_block(ground, parcels, watch=watch, threads=THREADS)
    zone_area, closed = ground.closed(found.tallies)
    order = np.argsort(found.zone * len(parcels) + found.parcel, kind="stable")
    return Overlay(
        bench=bench,
        form=ground.form,
        parcels=parcels,
        zones=zones,
        parcel=found.parcel[order],
        zone=found.zone[order],
        area_m2=found.area_m2[order],
        near=found.near[order],
        parcel_area_m2=found.parcel_area_m2,
        zone_area_m2=zone_area,
        closed=closed,
        sound=found.sound,
    )
