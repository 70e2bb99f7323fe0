"""Ground that pieces cover more than once, found exactly where a zone is not tiled.

Of parcels that share ground the largest has it, then the next one: what a parcel counts again is its ground under
those before it. That is found parcel by parcel, from the parts of the others that lie about it, and holds for
every zone, so of a whole layer it is found once and kept with it. Where many lie over one another, every parcel
would meet all the others, while what is joined becomes simple: there the pieces of a zone are joined.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geo.arrays import Bools, Floats, Ints, Shape, Shapes, as_list, is_new, number_used
from geo.measure import sound
from geo.measure.area import form_of, measure_shapes
from geo.measure.crs import Bench
from geo.measure.facts import known_facts, overlapping_pairs, some_of
from geo.measure.integrals import AreaForm
from geo.measure.known import Known
from geo.measure.measuring import measure
from geo.measure.row_ground import RowGround
from geo.measure.validity import usable_report
from geo.overlay.intersection import in_common, in_common_shapes
from geo.overlay.near import join_runs, parts_about, trim_shapes
from geo.overlay.overlay import Overlay
from geo.parallel import in_threads, row_blocks

PAIRS = 5_000  # looked at by a thread at a time
SOME = 20_000  # shapes whose ground under others is found at a time
CUTS = 1_000  # made by a thread at a time
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


@dataclass(frozen=True)
class LayerGround:
    """What a whole layer's shapes have under others, and under others of their label; rows of the layer."""

    ground: RowGround
    of_label: RowGround
    rows: Ints


def doubled_areas(result: Overlay, label: Ints, labels: int, *, whole: LayerGround | None = None) -> Doubles:
    """Return what is counted twice in every zone, within each label (class) and altogether.

    Parameters
    ----------
    result
        The overlay of n parcels; zones that close have nothing twice.
    label
        Each parcel's class number, (n,).
    labels
        How many there are.
    whole
        The layer the parcels are of, every one of it that meets a zone; ``rows`` are theirs, (n,).
    """
    count = len(result.zones)
    nothing = Doubles(np.zeros((labels, count)), np.zeros(count), 0)
    rows = np.flatnonzero(~result.closed[result.zone])
    if not len(rows):
        return nothing
    if whole is not None:
        pieces = _Pieces(result, rows, whole.rows[result.parcel[rows]], label)
        return pieces.doubles(whole.ground, whole.of_label, labels)
    known, crs, used = known_facts(result.parcels), result.bench.crs, result.parcel[rows]
    many = 2 * len(rows) >= len(result.parcels)  # as they are at the most
    if known is not None and known.every and (_are_kept(known, crs) or (many and _half(used, result.parcels))):
        kept = _kept_grounds(known, crs, label)
        if kept is not None:
            place = result.parcel if known.rows is None else known.rows[result.parcel]
            return _Pieces(result, rows, place[rows], label).doubles(*kept, labels)
    used, inverse = number_used(used, len(result.parcels))
    shapes, size = some_of(result.parcels, used), result.parcel_area_m2[used]
    left, right = overlapping_pairs(shapes)
    if not len(left):
        return nothing
    doubled = np.zeros(len(used), dtype=bool)
    doubled[left] = doubled[right] = True
    some = np.flatnonzero(doubled[inverse])
    pieces = _Pieces(result, rows[some], inverse[some], label)
    before, after = _in_order(left, right, size)
    every = _Heap.of(shapes, before, after)
    deep = every.deep(pieces)
    flat, heaped = pieces.some(np.flatnonzero(~deep[pieces.zone])), pieces.some(np.flatnonzero(deep[pieces.zone]))
    ground = of_label = every.ground(flat.shape, size, result.form)
    same = label[used[before]] == label[used[after]]
    if not same.all():
        of_label = _Heap.of(shapes, before[same], after[same]).ground(flat.shape, size, result.form)
    found = flat.doubles(ground, of_label, labels)
    heaped.join(found)
    return found


def keep_doubled(shapes: Shapes, crs: CRS, label: Ints) -> None:
    """Find the ground that a layer's polygons cover more than once, and keep it where the layer's facts are kept.

    Parameters
    ----------
    shapes
        n valid polygons, whose edges are straight in ``crs``.
    crs
        Of the shapes.
    label
        The class of each, (n,).
    """
    known = known_facts(shapes)
    if known is not None and known.every:
        _kept_grounds(known, crs, label)


def found_grounds(shapes: Shapes, crs: CRS, label: Ints) -> LayerGround | None:
    """Return what was found of a layer's shapes already (`keep_doubled`); None where it was not.

    Parameters
    ----------
    shapes, crs, label
        As `keep_doubled` has them.
    """
    known = known_facts(shapes)
    if known is None or not known.every or not _are_kept(known, crs):
        return None
    kept = _kept_grounds(known, crs, label)
    rows = np.arange(len(shapes)) if known.rows is None else known.rows
    return None if kept is None else LayerGround(*kept, rows)


def _half(used: Ints, parcels: Shapes) -> bool:
    """Whether so many of the parcels are used that ground is found of all."""
    return 2 * int(np.count_nonzero(np.bincount(used, minlength=len(parcels)))) >= len(parcels)


def _are_kept(known: Known, crs: CRS) -> bool:
    return known.facts.found(f"doubled {crs.srs}")


def _kept_grounds(known: Known, crs: CRS, label: Ints) -> tuple[RowGround, RowGround] | None:
    """Return the ground every shape of a layer has under others, and under others of its label.

    None where so many lie over one another that zones are to be joined.
    """
    every, facts, name = known.facts.shapes, known.facts, f"doubled {crs.srs}"
    labels = np.full(len(every), -1)
    labels[slice(None) if known.rows is None else known.rows] = label

    def heap_of(*, alike: bool) -> _Heap:
        left, right = overlapping_pairs(every)
        pairs = np.flatnonzero(labels[left] == labels[right]) if alike else slice(None)
        return _Heap.of(every, *_in_order(left[pairs], right[pairs], measure_shapes(every, crs).area_m2))

    def ground_of(heap: _Heap) -> RowGround:
        return heap.ground(np.arange(len(every)), measure_shapes(every, crs).area_m2, form_of(crs, every))

    heap = None if facts.found(name) else heap_of(alike=False)
    if heap is not None and len(heap.after) > DEEP * len(np.unique(np.concatenate(overlapping_pairs(every)))):
        return None
    ground = facts.get(name, lambda _: ground_of(heap or heap_of(alike=False)))
    left, right = overlapping_pairs(every)
    if (labels[left] == labels[right]).all():
        return ground, ground
    return ground, facts.get(f"{name} {_digest(labels)}", lambda _: ground_of(heap_of(alike=True)))


def _digest(labels: Ints) -> str:
    """Return one text for all labels that part a layer in the same way."""
    number = labels + 1
    first = np.full(int(number.max(initial=0)) + 1, len(labels))
    first[number[::-1]] = np.arange(len(labels))[::-1]  # of the same label the first one stays
    order = np.argsort(np.argsort(first))
    return hashlib.sha256(order[number].astype(np.int32).tobytes()).hexdigest()[:20]


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

    def ground(self, some: Ints, size: Floats, form: AreaForm) -> RowGround:
        """Return the ground that some shapes have under those before them.

        Parameters
        ----------
        some
            Rows of them.
        size
            Area of every shape, m2, (n,).
        form
            What measures.
        """
        asked = np.zeros(len(self.shapes), dtype=bool)
        asked[some] = True
        held = np.flatnonzero(self.whole & asked)
        under = self.after[is_new(self.after)]
        under = under[asked[under]]

        def parts() -> Iterator[tuple[Ints, Floats, Shapes]]:
            yield held, size[held], np.full(len(held), None, dtype=object)
            for block in row_blocks(len(under), size=SOME):
                rows = under[block]
                ground = self._under(rows)
                area = measure(ground, form).area_m2
                real = np.flatnonzero(area > 0.0)
                yield rows[real], np.minimum(area, size[rows])[real], ground[real]

        return RowGround.of(parts())

    def _under(self, rows: Ints) -> Shapes:
        """Return what shapes, in order and each with some before it, have under these."""
        span = slice(*np.searchsorted(self.after, [rows[0], rows[-1] + 1]).tolist())
        after = self.after[span]
        asked = np.isin(after, rows)
        before, after = self.before[span][asked], after[asked]
        others = join_runs(parts_about(self.shapes, before, after), np.flatnonzero(is_new(after)))
        mine = self.shapes[rows]

        def work(part: slice) -> Shapes:
            return in_common_shapes(mine[part], others[part])

        return np.concatenate(in_threads(row_blocks(len(rows), size=CUTS), work))


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

    def doubles(self, ground: RowGround, of_label: RowGround, labels: int) -> Doubles:
        """Return what is counted twice of them, given what their shapes have under others."""
        under = np.zeros(1 + int(self.shape.max(initial=-1)), dtype=bool)
        for rows in (ground.row, of_label.row):
            under[rows[rows < len(under)]] = True
        if not under[self.shape].all():  # of most there is nothing to find
            return self.some(np.flatnonzero(under[self.shape])).doubles(ground, of_label, labels)
        count = len(self.result.zones)
        again, *others = self._again_m2(ground) if of_label is ground else self._again_m2(ground, of_label)
        same = others[0] if others else again
        by_zone = np.bincount(self.zone, weights=again, minlength=count).astype(float)
        by_label = np.bincount(self.label * count + self.zone, weights=same, minlength=labels * count)
        return Doubles(by_label.astype(float).reshape(labels, count), by_zone, len(ground.row))

    def _again_m2(self, *grounds: RowGround) -> list[Floats]:
        """Return for each of some grounds how much of each piece lies under shapes before its own, m2."""
        area, found, asked = self.result.area_m2[self.rows], [], []
        for ground in grounds:
            at, here = ground.find(self.shape)
            again = np.zeros(len(self.rows))
            again[here] = ground.area_m2[at[here]]
            cut = np.flatnonzero(here & ~shapely.is_missing(self.result.near[self.rows]))
            held = ground.is_whole(at[cut])
            again[cut[held]] = area[cut[held]]
            cut = cut[~held]
            again[cut] = 0.0
            of, number = number_used(at[cut], len(ground.row))
            found.append(again)
            near = shapely.bounds(self.result.near[self.rows[cut]])
            under, _ = trim_shapes(ground.shapes(of), number, near)
            there = np.flatnonzero(~shapely.is_empty(under))  # of many vertices, some have nothing about the piece
            asked.append((cut[there], under[there]))
        rows, shapes = (np.concatenate(side) for side in zip(*asked, strict=True))
        amount = in_common(shapes, self.result.near[self.rows[rows]], self.result.form).area_m2
        for again, (cut, _) in zip(found, asked, strict=True):
            again[cut], amount = amount[: len(cut)], amount[len(cut) :]
        return [np.minimum(again, area) for again in found]

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
