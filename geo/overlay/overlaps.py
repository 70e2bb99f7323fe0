"""Ground that pieces cover more than once, found exactly where a zone is not tiled.

Of parcels that share ground the largest has it, then the next one: what a parcel counts again is its ground under
those before it. That is found parcel by parcel, from the parts of the others that lie about it, and holds for
every zone. Where many lie over one another, every parcel would meet all the others, while what is joined becomes
simple: there the pieces of a zone are joined.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shape, Shapes, as_list, is_new
from geo.measure import sound
from geo.measure.area import form_of
from geo.measure.crs import Bench
from geo.measure.facts import overlapping_pairs, some_of
from geo.measure.integrals import AreaForm
from geo.measure.measuring import measure
from geo.measure.validity import usable_report
from geo.overlay.intersection import in_common, in_common_shapes
from geo.overlay.near import join_runs, parts_about
from geo.overlay.overlay import Overlay
from geo.parallel import in_threads, row_blocks

PAIRS = 5_000  # looked at by a thread at a time
DEEP = 5.0  # others before a piece, on the average of its zone, from where joining the zone costs less


@dataclass(frozen=True)
class Doubles:
    """Ground that pieces cover more than once: per zone and label, area beyond the first cover, ellipsoidal m2."""

    by_label_m2: Floats
    by_zone_m2: Floats
    pairs: int


@dataclass(frozen=True)
class SharedGround:
    """Two polygons (rows) that share ground: its ellipsoidal area, and its share of the smaller of them."""

    one: int
    other: int
    area_m2: float
    share: float


def shared_ground(frame: gpd.GeoDataFrame, *, where: str) -> list[SharedGround]:
    """Return the pairs of polygons that share ground, the largest share first.

    Parameters
    ----------
    frame
        n polygons.
    where
        Their name in errors.
    """
    report = usable_report(frame, where=where)
    bench = Bench.of(report.frame, where=where)
    shapes = report.on(bench)
    left, right = overlapping_pairs(shapes)
    if not len(left):
        return []
    form = form_of(bench.crs, shapes)
    size = measure(shapes, form).area_m2
    area = measure(sound.intersect_pairs(shapes[left], shapes[right]), form).area_m2
    share = area / np.minimum(size[left], size[right])
    rows = frame.index.get_indexer(report.frame.index)
    order = np.argsort(-share, kind="stable").tolist()
    return [
        SharedGround(int(rows[left[at]]), int(rows[right[at]]), float(area[at]), float(share[at])) for at in order
    ]


def doubled_areas(result: Overlay, label: Ints, labels: int) -> Doubles:
    """Return what is counted twice in every zone, within each label (class) and altogether.

    Zones that close have none. ``label`` gives each parcel's class number.
    """
    count = len(result.zones)
    nothing = Doubles(np.zeros((labels, count)), np.zeros(count), 0)
    rows = np.flatnonzero(~result.closed[result.zone])
    if not len(rows):
        return nothing
    used, inverse = np.unique(result.parcel[rows], return_inverse=True)
    shapes = some_of(result.parcels, used)
    left, right = overlapping_pairs(shapes)
    if not len(left):
        return nothing
    doubled = np.zeros(len(used), dtype=bool)
    doubled[left] = doubled[right] = True
    some = np.flatnonzero(doubled[inverse])
    pieces = _Pieces(result, rows[some], inverse[some], label)
    before, after = _in_order(left, right, result.parcel_area_m2[used])
    every = _Heap.of(shapes, before, after)
    deep = every.deep(pieces)
    flat, heaped = pieces.some(np.flatnonzero(~deep[pieces.zone])), pieces.some(np.flatnonzero(deep[pieces.zone]))
    again = of_label = flat.again_m2(every)
    same = label[used[before]] == label[used[after]]
    if not same.all():
        of_label = flat.again_m2(_Heap.of(shapes, before[same], after[same]))
    by_zone = np.bincount(flat.zone, weights=again, minlength=count).astype(float)
    by_label = np.bincount(flat.label * count + flat.zone, weights=of_label, minlength=labels * count)
    found = Doubles(by_label.astype(float).reshape(labels, count), by_zone, len(left))
    heaped.join(found)
    return found


def _in_order(left: Ints, right: Ints, size: Floats) -> tuple[Ints, Ints]:
    """Return pairs as the one before (the larger) and the one after, by the one after, its largest first."""
    swap = size[right] > size[left]
    before, after = np.where(swap, right, left), np.where(swap, left, right)
    order = np.lexsort([before, -size[before], after])
    return before[order], after[order]


@dataclass(frozen=True)
class _Heap:
    """What of other shapes lies over each.

    Who lies wholly under one before it is ``whole``, and has no pairs: it has nothing that the other has not.
    """

    shapes: Shapes
    before: Ints
    after: Ints
    whole: Bools

    @classmethod
    def of(cls, shapes: Shapes, before: Ints, after: Ints) -> _Heap:
        """Look whether the largest over each shape holds it."""
        whole = np.zeros(len(shapes), dtype=bool)
        first = np.flatnonzero(is_new(after))
        near, under = parts_about(shapes, before[first], after[first]), shapes[after[first]]

        def work(part: slice) -> Bools:
            return np.asarray(shapely.covers(near[part], under[part]), dtype=bool)

        held = in_threads(row_blocks(len(first), size=PAIRS), work)
        whole[after[first]] = np.concatenate([np.zeros(0, dtype=bool), *held])
        keep = ~whole[before] & ~whole[after]
        return cls(shapes, before[keep], after[keep], whole)

    def deep(self, pieces: _Pieces) -> Bools:
        """Tell in which zones so many lie over one another that it costs less to join them."""
        zones = len(pieces.result.zones)
        over = np.bincount(self.after, minlength=len(self.shapes))[pieces.shape]
        many = np.bincount(pieces.zone, weights=over, minlength=zones)
        return np.asarray(many > DEEP * np.bincount(pieces.zone, minlength=zones), dtype=bool)

    def over(self, some: Ints) -> Shapes:
        """Return the ground of those over each shape asked about, as it is there; None where nobody is."""
        asked = np.zeros(len(self.shapes), dtype=bool)
        asked[some] = True
        rows = np.flatnonzero(asked[self.after])
        others = np.full(len(self.shapes), None, dtype=object)
        after = self.after[rows]
        begins = np.flatnonzero(is_new(after))
        near = parts_about(self.shapes, self.before[rows], after)
        others[after[begins]] = join_runs(near, begins)
        return others


@dataclass(frozen=True)
class _Pieces:
    """Some ``rows`` of an overlay, and which of the shapes that overlap each is of."""

    result: Overlay
    rows: Ints
    shape: Ints
    labels: Ints

    @property
    def zone(self) -> Ints:
        """Of each."""
        return self.result.zone[self.rows]

    @property
    def label(self) -> Ints:
        """Of each."""
        return self.labels[self.result.parcel[self.rows]]

    def some(self, which: Ints) -> _Pieces:
        """Return some of them."""
        return _Pieces(self.result, self.rows[which], self.shape[which], self.labels)

    def again_m2(self, heap: _Heap) -> Floats:
        """Return how much of each lies under shapes before its own, m2."""
        result, area = self.result, self.result.area_m2[self.rows]
        again = np.where(heap.whole[self.shape], area, 0.0)
        over = heap.over(self.shape)
        some = ~shapely.is_missing(over[self.shape])
        whole = result.whole[self.rows]
        at = np.flatnonzero(some & whole)
        of, number = np.unique(self.shape[at], return_inverse=True)
        again[at] = in_common(heap.shapes[of], over[of], result.form).area_m2[number]
        at = np.flatnonzero(some & ~whole)
        of, number = np.unique(self.shape[at], return_inverse=True)
        ground = in_common_shapes(heap.shapes[of], over[of])
        again[at] = in_common(ground[number], result.near[self.rows[at]], result.form).area_m2
        return np.minimum(again, area)

    def join(self, found: Doubles) -> None:
        """Join the shapes of each label, then what came of it, zone by zone; put down what is counted twice."""
        shapes, area = self.result.shapes(self.rows), self.result.area_m2[self.rows]
        zone, kind = self.zone, self.label

        def work(z: int) -> None:
            """No two zones write to the same place."""
            here = np.flatnonzero(zone == z)
            grounds = []
            for k in as_list(np.unique(kind[here])):
                same = here[kind[here] == k]
                ground, found.by_label_m2[k, z] = _together(shapes[same], area[same], self.result.form)
                grounds.append(ground)
            if len(grounds) == 1:
                found.by_zone_m2[z] = found.by_label_m2[kind[here[0]], z]
            else:
                _, found.by_zone_m2[z] = _together(np.array(grounds, dtype=object), area[here], self.result.form)

        in_threads(as_list(np.unique(zone)), work)


def _together(shapes: Shapes, area_m2: Floats, form: AreaForm) -> tuple[Shape, float]:
    """Return the ground shapes cover together, and by how much areas (of their parts) exceed it, m2."""
    if len(area_m2) < 2:
        return shapes[0], 0.0
    union = sound.union(shapes)
    whole = np.array([union], dtype=object)
    return union, max(0.0, float(area_m2.sum() - measure(whole, form).area_m2[0]))
