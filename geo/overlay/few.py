"""A few parcels cut by one polygon: each is held against all of it, and everything is measured at once.

Cells, windows and threads spare work where there is much of it. Of some dozen parcels under a polygon drawn on the
map, to begin with them takes longer than the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shape, Shapes, as_list, own_copies
from geo.measure import sound
from geo.measure.crs import Bench
from geo.measure.integrals import AreaForm
from geo.measure.measuring import Measures, join_measures, measure
from geo.measure.moments import ORDER, join_moments
from geo.measure.row_ground import RowGround
from geo.overlay.ground import ROUNDING, TILES, are_closed
from geo.overlay.intersection import in_common
from geo.overlay.near import areal_parts
from geo.overlay.overlaps import Doubles, LayerGround
from geo.overlay.overlay import Overlay

FEW = 1_000  # parcels
CORNERS = 300  # of the polygon
ALL_CORNERS = 40_000  # of the parcels
BY_EDGES = 2_000  # vertices of all pairs, from where to measure edges is quicker than to cut shapes


def are_few(parcels: Shapes, zone: Shape) -> bool:
    """Tell whether parcels and their vertices are so few that each is held against all of a polygon."""
    if len(parcels) > FEW or shapely.get_num_coordinates(zone) > CORNERS:
        return False
    return int(shapely.get_num_coordinates(parcels).sum()) <= ALL_CORNERS


@dataclass(frozen=True)
class FewParcels:
    """n parcels, valid and on the bench, what is known of each, and what measures what is cut of them.

    ``label`` is the class of each, one of so many ``labels``; ``whole`` tells what of each lies under others.
    """

    bench: Bench
    form: AreaForm
    shapes: Shapes
    own: Measures
    label: Ints
    labels: int
    whole: LayerGround

    def cut(self, zone: Shape) -> tuple[Overlay, Doubles]:
        """Return the parcels cut by a valid polygon, and what is counted twice of the pieces."""
        alone = np.array([zone], dtype=object)
        around = own_copies(alone)  # what is prepared here no other thread sees
        shapely.prepare(around)
        within = np.asarray(shapely.contains_properly(around, self.shapes), dtype=bool)
        met = np.flatnonzero(~within)
        met = met[np.asarray(shapely.intersects(around, self.shapes[met]), dtype=bool)]
        grounds = [self.whole.ground]
        if self.whole.of_label is not self.whole.ground:
            grounds.append(self.whole.of_label)
        under = [_Under.of(ground.find(self.whole.rows), ground, met) for ground in grounds]
        asked = np.concatenate([self.shapes[met], *(one.shapes for one in under)])
        found = self._measured(alone, asked)
        area = self.own.area_m2.copy()
        area[met] = found.area_m2[1 : 1 + len(met)]
        held = within.copy()
        held[met] = area[met] > 0.0
        parcel = np.flatnonzero(held)
        near = np.full(len(parcel), None, dtype=object)
        near[~within[parcel]] = zone
        cut = Overlay(
            bench=self.bench,
            form=self.form,
            parcels=self.shapes,
            zones=alone,
            parcel=parcel,
            zone=np.zeros(len(parcel), dtype=np.int64),
            area_m2=area[parcel],
            near=near,
            parcel_area_m2=self.own.area_m2,
            zone_area_m2=found.area_m2[:1],
            closed=self._closed(alone, found, met, np.flatnonzero(within)),
            sound=True,
        )
        rest, again = found.area_m2[1 + len(met) :], []
        for one in under:
            again.append(np.minimum(one.area_m2(rest), area)[parcel])
            rest = rest[len(one.shapes) :]
        return cut, self._doubles(cut, again[0], again[-1])

    def _measured(self, alone: Shapes, asked: Shapes) -> Measures:
        """Return the measures of the polygon, then those of what it has of each that was asked."""
        corners = shapely.get_num_coordinates(asked).sum() + len(asked) * shapely.get_num_coordinates(alone[0])
        if corners <= BY_EDGES:
            return measure(np.append(alone, areal_parts(sound.intersect_pairs(asked, alone[0]))), self.form)
        pieces = in_common(asked, np.repeat(alone, len(asked)), self.form, few=BY_EDGES, threads=1)
        return join_measures([measure(alone, self.form), pieces])

    def _closed(self, alone: Shapes, found: Measures, met: Ints, within: Ints) -> Bools:
        """Tell whether the pieces tile the polygon; where their sum is far off, nothing else is looked at."""
        box = shapely.bounds(alone)
        west, south, east, north = as_list(box[0])
        extent = max(east - west, north - south)
        every = join_moments([found.moments[: 1 + len(met)], self.own.moments[within]])
        area = every.values[0]
        miss = abs(float(2.0 * area[0] - area.sum()))
        if miss > 2.0 * (TILES * float(area[0]) + ROUNDING * float(np.spacing(np.abs(box).max())) * extent):
            return np.zeros(1, dtype=bool)
        values = every.about(0.5 * (west + east), 0.5 * (south + north)) / extent ** (2.0 + ORDER[:, None])
        return are_closed(values[:, :1] - values[:, 1:].sum(axis=1, keepdims=True), values[0, :1], box)

    def _doubles(self, cut: Overlay, again: Floats, of_label: Floats) -> Doubles:
        if cut.closed[0]:
            return Doubles(np.zeros((self.labels, 1)), np.zeros(1), 0)
        by_label = np.bincount(self.label[cut.parcel], weights=of_label, minlength=self.labels).astype(float)
        return Doubles(by_label.reshape(-1, 1), np.array([again.sum()]), int((again > 0.0).sum()))


@dataclass(frozen=True)
class _Under:
    """What parcels have under others, and the shapes of some rows to be cut; of other rows it is all there is."""

    known_m2: Floats
    rows: Ints
    shapes: Shapes

    @classmethod
    def of(cls, found: tuple[Ints, Bools], ground: RowGround, met: Ints) -> _Under:
        """Take what is known of parcels, of which those that were ``met`` are cut."""
        at, here = found
        known = np.zeros(len(here))
        known[here] = ground.area_m2[at[here]]
        some = met[here[met]]
        some = some[~ground.is_whole(at[some])]
        return cls(known, some, ground.shapes(at[some]))

    def area_m2(self, cut_m2: Floats) -> Floats:
        """Return how much of every piece lies under others, at the most, given the areas of what was cut."""
        self.known_m2[self.rows] = cut_m2[: len(self.rows)]
        return self.known_m2
