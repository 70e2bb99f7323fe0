"""How much of every target its service areas cover: each point of ground counted once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import shapely
from pyproj import CRS

from geo.arrays import Bools, Floats, Ints, Shapes, as_list, as_rows, box_polygons, is_new, own_copies
from geo.measure import sound
from geo.measure.area import finite_bounds, form_of, shape_lengths_m, take_areas
from geo.measure.crs import Bench
from geo.measure.facts import known_facts, layer_extent, overlapping_pairs, remember_changed, shape_boxes
from geo.measure.integrals import area_form
from geo.measure.known import Known
from geo.measure.measuring import Measures, join_measures, measure_all
from geo.measure.row_ground import RowGround
from geo.measure.stored_shapes import replace_rows
from geo.overlay.cells import CoverGrid
from geo.overlay.ground import WINDOW, usual_size
from geo.overlay.intersection import in_common
from geo.overlay.near import (
    areal_parts,
    clip_lines,
    clip_to_boxes,
    gather_windows,
    join_runs,
    near_parts,
    parts_about,
)
from geo.overlay.pairs import cut_out
from geo.parallel import UNWATCHED, Watch, in_threads, row_blocks

CUTS = 1_000  # made at a time
SOME = 5_000  # shapes of which what is left is found at a time
ROUND = 128  # vertices of the usual service area, which is cut to its windows at once
WINDOWS = 64  # dissolved by a thread at a time
MANY = 2  # windows a service area lies in, on the average, from where all are dissolved first
RIM = 1.25  # what the scale of a plane may make of a strip along an outline


@dataclass(frozen=True)
class Covered:
    """Per target: its amount, the covered amount (same unit), and the covered part where it is not all.

    ``ground`` holds what covers a part of a target there, None for targets wholly covered or not covered at all.
    ``deep`` and ``beyond`` tell, where a margin was asked for, which targets surely reach further into the ground
    than the margin, and which surely lie further from it.
    """

    amount: Floats
    covered: Floats
    targets: Shapes
    ground: Shapes
    deep: Bools | None = None
    beyond: Bools | None = None

    @classmethod
    def of_whole(cls, amount: Floats, covered: Floats) -> Covered:
        """Return targets that are covered whole or not at all."""
        nothing = np.full(len(amount), None, dtype=object)
        return cls(amount, covered, nothing, nothing)

    @property
    def whole(self) -> Bools:
        """Targets covered wholly."""
        return np.asarray(shapely.is_missing(self.ground) & (self.covered > 0.0), dtype=bool)

    def part(self, rows: Ints) -> Shapes:
        """Return the covered parts of targets covered in part, None for the others."""
        made = np.full(len(rows), None, dtype=object)
        some = np.flatnonzero(~shapely.is_missing(self.ground[rows]))
        targets, ground = self.targets[rows[some]], self.ground[rows[some]]

        def work(part: slice) -> Shapes:
            cut = sound.intersect_pairs(targets[part], ground[part])
            return areal_parts(cut) if shapely.get_dimensions(targets[part]).max(initial=0) == 2 else cut

        parts = in_threads(row_blocks(len(some), size=CUTS), work)
        if parts:
            made[some] = np.concatenate(parts)
        return made


def cover_polygons(
    bench: Bench,
    targets: Shapes,
    services: Shapes,
    *,
    grid: CoverGrid | None = None,
    margin: float = 0.0,
    watch: Watch = UNWATCHED,
) -> Covered:
    """Return the ellipsoidal area (m2) of each target polygon under any service area.

    A target in ground the service areas cover together is whole. For the others they are dissolved, window by
    window around the targets that need it; nothing is dissolved over the whole map.

    Parameters
    ----------
    bench
        The plane all shapes lie in.
    targets
        n polygons.
    services
        m polygons, which may overlap.
    grid
        Of the services, where it was made before for a layer these targets are of.
    margin
        CRS units of a metric bench; not above a twentieth of a window's side.
    watch
        Is told how far it is in windows, and may stop it by raising `Cancelled`.
    """
    own = take_areas(targets, bench.crs)
    covered, ground = np.zeros(len(targets)), np.full(len(targets), None, dtype=object)
    if not len(targets) or not len(services):
        return Covered(own, covered, targets, ground)
    box = shape_boxes(targets)
    if grid is None:
        grid = CoverGrid.of(services, size=0.5 * usual_size(box), cells=4 * len(targets))
    whole, unsure = grid.sorted(box)
    rows = np.flatnonzero(unsure)
    near = targets[rows]
    seen = _cut(near, services, size=WINDOW * 2.0 * grid.size, margin=margin, watch=watch)
    whole[rows[seen.whole]] = True
    covered[whole] = own[whole]
    some = np.flatnonzero(~shapely.is_missing(seen.around))
    form = area_form(bench.crs, finite_bounds(targets, crs=bench.crs))
    area = in_common(near[some], seen.around[some], form, watch=watch.silent).area_m2
    some, area = some[area > 0.0], area[area > 0.0]
    covered[rows[some]] = np.minimum(area, own[rows[some]])
    ground[rows[some]] = seen.around[some]
    deep, beyond = np.zeros(len(targets), dtype=bool), np.zeros(len(targets), dtype=bool)
    deep[rows] = covered[rows] > seen.rim
    shallow = rows[some][~deep[rows[some]]]
    if margin > 0.0:
        deep[shallow] = covered[shallow] > _rim(ground[shallow], box[shallow], margin)
    beyond[rows] = seen.beyond
    return Covered(own, covered, targets, ground, deep, beyond)


@dataclass(frozen=True)
class _Seen:
    """Of some targets: which are covered whole, the ground around others that meet it, which lie beyond a margin.

    ``rim`` is more than the ground within the margin of its own outline can measure, m2: who has more of it
    reaches deeper.
    """

    whole: Bools
    around: Shapes
    beyond: Bools
    rim: Floats


def _cut(targets: Shapes, services: Shapes, *, size: float, margin: float, watch: Watch) -> _Seen:
    """Tell which targets the service areas cover whole; give the ground around others that meet it, or None."""
    whole, around = np.zeros(len(targets), dtype=bool), np.full(len(targets), None, dtype=object)
    beyond, rim = np.zeros(len(targets), dtype=bool), np.full(len(targets), np.inf)
    nobody = np.zeros(len(targets), dtype=np.int64)
    window, _, frames = gather_windows(shapely.bounds(targets), nobody, size=size)
    place, service = as_rows(shapely.STRtree(services).query(box_polygons(frames)))
    if len(place) > MANY * len(services):  # each would be joined again in so many windows
        services = shapely.get_parts(sound.union(services))
        place, service = as_rows(shapely.STRtree(services).query(box_polygons(frames)))
    order = np.argsort(place, kind="stable")
    place, service = place[order], service[order]
    parts = near_parts(services, service, frames[place], few=ROUND)
    begins = np.searchsorted(place, np.arange(len(frames) + 1))
    rows = np.argsort(window, kind="stable")
    starts = np.searchsorted(window[rows], np.arange(len(frames) + 1))

    def work(block: slice) -> None:
        """Dissolve and cut the windows of a block; what is prepared here no other thread sees."""
        ground = _dissolved(parts, begins[block.start : block.stop + 1], frames[block])
        mine = rows[starts[block.start] : starts[min(block.stop, len(frames))]]
        own = own_copies(ground)
        shapely.prepare(own)
        number = window[mine] - block.start
        whole[mine], met = cut_out(own[number], targets[mine])
        around[mine[met]] = ground[number[met]]
        if margin > 0.0:
            rim[mine] = _strip(ground, margin)[number]
            rest = np.flatnonzero(~whole[mine] & ~met)
            beyond[mine[rest]] = ~np.asarray(
                shapely.dwithin(own[number[rest]], targets[mine[rest]], margin), dtype=bool
            )

    in_threads(row_blocks(len(frames), size=WINDOWS), work, watch=watch)
    return _Seen(whole, around, beyond, rim)


def _strip(outlines: Shapes, margin: float) -> Floats:
    """Return more than the ground within a margin of outlines, on one side, can measure."""
    count = shapely.get_num_coordinates(outlines)
    return np.asarray(RIM * margin * (shapely.length(outlines) + 4.0 * margin * count))


def _rim(grounds: Shapes, box: Floats, margin: float) -> Floats:
    """Return more than can be, of the ground in a box, within the margin of the ground's outline.

    Twice the margin around it, so that no outline is missed that is so near.
    """
    wide = box + 2.0 * margin * np.array([-1.0, -1.0, 1.0, 1.0])
    return _strip(clip_lines(shapely.boundary(grounds), wide), margin)


def _dissolved(parts: Shapes, begins: Ints, frames: Floats) -> Shapes:
    """Return for every window the ground any of its service areas covers there."""
    frame = box_polygons(frames)
    count = np.diff(begins)
    owner = np.repeat(np.arange(len(frame)), count)
    mine = parts[begins[0] : begins[-1]]
    clipped = clip_to_boxes(mine, frames[owner], threads=1)
    full = np.zeros(len(frame), dtype=bool)
    full[owner[shapely.area(clipped) >= shapely.area(frame)[owner]]] = True
    keep = np.flatnonzero(~shapely.is_empty(clipped) & ~full[owner])
    owner, clipped = owner[keep], clipped[keep]
    count = np.bincount(owner, minlength=len(frame))
    start = np.cumsum(count) - count
    ground: Shapes = frame.copy()
    ground[~full] = shapely.Polygon()
    for many in as_list(np.unique(count[count > 0])):
        here = np.flatnonzero(count == many)
        together = clipped[start[here][:, None] + np.arange(many)]
        ground[here] = together[:, 0] if many == 1 else sound.unite_rows(together)
    return ground


def cover_lines(bench: Bench, targets: Shapes, services: Shapes, *, watch: Watch = UNWATCHED) -> Covered:
    """Return the ellipsoidal length (m) of each target line inside any service area.

    Parameters
    ----------
    bench
        The plane all shapes lie in.
    targets
        n lines.
    services
        m polygons, which may overlap.
    watch
        May stop it by raising `Cancelled`.
    """
    amount = shape_lengths_m(targets, bench.crs)
    covered, ground = np.zeros(len(targets)), np.full(len(targets), None, dtype=object)
    services = services[~shapely.is_empty(services)]
    if not len(targets) or not len(services):
        return Covered(amount, covered, targets, ground)
    box = shape_boxes(targets)
    size = usual_size(box)
    whole, unsure = CoverGrid.of(services, size=0.5 * size, cells=4 * len(targets)).sorted(box)
    rows = np.flatnonzero(unsure)
    seen = _cut(targets[rows], services, size=WINDOW * size, margin=0.0, watch=watch)
    whole[rows[seen.whole]] = True
    covered[whole] = amount[whole]
    some = np.flatnonzero(~shapely.is_missing(seen.around))
    met, around = rows[some], seen.around[some]

    def work(part: slice) -> Shapes:
        return sound.intersect_pairs(targets[met[part]], around[part])

    inside = np.concatenate([targets[:0], *in_threads(row_blocks(len(met), size=CUTS), work)])
    length = shape_lengths_m(inside, bench.crs)
    met, around, length = met[length > 0.0], around[length > 0.0], length[length > 0.0]
    covered[met] = np.minimum(length, amount[met])
    ground[met] = around
    return Covered(amount, covered, targets, ground)


def once_only(shapes: Shapes, crs: CRS, *, first_row: bool = False) -> tuple[Shapes, float, Ints]:
    """Return polygons without mutual overlap, the area removed and its rows.

    Ground goes to the larger one, or to the ``first_row``. What is left of a whole layer's polygons is found once
    and kept with them, as their areas are.
    """
    if not len(overlapping_pairs(shapes)[0]):
        return shapes, 0.0, np.zeros(0, dtype=np.int64)
    left = keep_left(shapes, first_row=first_row)
    rows, parts = np.array(left.row), left.shapes(np.arange(len(left.row)))
    result = replace_rows(shapes, rows, parts)
    before = take_areas(shapes, crs, rows)
    name = _name("parted", first_row=first_row)
    remember_changed(result, shapes, rows, _measured_left(shapes, parts, crs, name))
    after = take_areas(result, crs, rows)
    return result, float(before.sum() - after.sum()), rows


def _measured_left(shapes: Shapes, left: Shapes, crs: CRS, name: str) -> dict[str, object]:
    """Return what is measured of what is left of a whole layer's polygons, once as its own areas are."""
    known = _in_order(shapes)
    if known is None:
        return {}
    measures = known.facts.get(f"{name} {crs.srs}", lambda _: measure_all(left, form_of(crs, left)))
    return {f"measures {crs.srs}": measures, f"areas {crs.srs}": measures.area_m2}


def find_left(shapes: Shapes, crs: CRS) -> None:
    """Find what `once_only` asks of a whole layer's polygons, and keep it; it is never held as shapes all at once.

    Parameters
    ----------
    shapes
        n valid polygons.
    crs
        Where their edges are straight.
    """
    known = _in_order(shapes)
    if known is None or not len(overlapping_pairs(shapes)[0]):
        return
    left = keep_left(shapes)

    def find(_every: Shapes) -> Measures:
        blocks = [np.arange(part.start, part.stop) for part in row_blocks(len(left.row), size=SOME)]
        boxes = np.array([layer_extent(left.shapes(block)) for block in blocks]).reshape(-1, 4)
        form = form_of(crs, box_polygons(boxes[np.isfinite(boxes).all(axis=1)]))
        return join_measures([measure_all(left.shapes(block), form) for block in blocks])

    known.facts.get(f"{_name('parted')} {crs.srs}", find)


def _name(fact: str, *, first_row: bool = False) -> str:
    return fact if first_row else f"{fact} larger"


def keep_left(shapes: Shapes, *, first_row: bool = False) -> RowGround:
    """Return what the larger ones, or the earlier rows, leave of those they overlap, kept with a whole layer."""
    known = _in_order(shapes)
    if known is None:
        return _left(shapes, first_row=first_row)
    left = known.facts.get(_name("left", first_row=first_row), lambda every: _left(every, first_row=first_row))
    return left if known.rows is None else replace(left, row=np.searchsorted(known.rows, left.row))


def _in_order(shapes: Shapes) -> Known | None:
    """Return what is known of a whole layer's shapes, where the earlier of two equals is the earlier one there."""
    known = known_facts(shapes)
    if known is None or not known.every or (known.rows is not None and (np.diff(known.rows) < 0).any()):
        return None
    return known


def _left(shapes: Shapes, *, first_row: bool) -> RowGround:
    """Find what is left: where the largest has the ground, most small ones are under it, and little is cut."""
    left, right = overlapping_pairs(shapes)
    if not first_row:
        swap = np.greater(*shapely.area(shapes)[np.stack([right, left])])
        left, right = np.where(swap, right, left), np.where(swap, left, right)
    order = np.argsort(right, kind="stable")
    left, right = left[order], right[order]
    whole = _held_by_largest(shapes, left, right)
    keep = ~whole[left] & ~whole[right]  # who has nothing left takes nothing that the one over it does not take
    left, right = left[keep], right[keep]
    begins = np.flatnonzero(is_new(right))

    def parts() -> Iterator[tuple[Ints, Floats, Shapes]]:
        """Yield what is left of some at a time: the parts of others about all of them are never held together."""
        nothing = np.flatnonzero(whole)
        for block in row_blocks(len(begins), size=SOME):
            first = begins[block]
            pairs = slice(int(first[0]), int(begins[block.stop]) if block.stop < len(begins) else len(right))
            rows = right[first]
            rest = _taken_off(shapes[rows], parts_about(shapes, left[pairs], right[pairs]), first - first[0])
            held, nothing = np.split(nothing, [np.searchsorted(nothing, rows[-1])])
            order = np.argsort(np.concatenate([held, rows]), kind="stable")
            rows, rest = np.concatenate([held, rows]), np.concatenate([_emptied(held), rest])
            yield rows[order], shapely.area(rest[order]), rest[order]
        yield nothing, np.zeros(len(nothing)), _emptied(nothing)

    return RowGround.of(parts())


def _emptied(rows: Ints) -> Shapes:
    return np.full(len(rows), shapely.Polygon(), dtype=object)


def _held_by_largest(shapes: Shapes, left: Ints, right: Ints) -> Bools:
    """Tell which shapes lie wholly under the largest that has their ground; pairs come in order of the shapes."""
    whole, size = np.zeros(len(shapes), dtype=bool), shapely.area(shapes)
    order = np.lexsort([-size[left], right])
    first = order[is_new(right[order])]
    around, under = parts_about(shapes, left[first], right[first]), shapes[right[first]]

    def work(part: slice) -> Bools:
        return np.asarray(shapely.covers(around[part], under[part]), dtype=bool)

    whole[right[first]] = np.concatenate([whole[:0], *in_threads(row_blocks(len(first), size=CUTS), work)])
    return whole


def _taken_off(shapes: Shapes, larger: Shapes, begins: Ints) -> Shapes:
    """Return shapes without the runs of others that lie before them, each run joined first."""
    joined = join_runs(larger, begins)

    def work(part: slice) -> Shapes:
        return areal_parts(sound.subtract_pairs(shapes[part], joined[part]))

    return np.concatenate(in_threads(row_blocks(len(shapes), size=CUTS), work))
