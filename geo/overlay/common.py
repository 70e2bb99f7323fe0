"""The moments of the ground two polygons have in common, by their edges: no shape of it is made.

By Green's theorem they are sums over the edges of each polygon that lie inside the other. Where edges cross is
found for all pairs at once; between two crossings an edge is inside or outside as a whole, and every crossing
changes that. Whether edges cross is a matter of signs; where rounding could turn one (edges that touch or run
along one another), a pair is not decided here, and is cut as a shape.

References
----------
Steger, On the calculation of moments of polygons, Technische Universität München, FGBV-96-04, 1996.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes, as_rows
from geo.measure import sound
from geo.measure.integrals import AreaForm
from geo.measure.measuring import Measures, join_measures, measure
from geo.measure.moments import Moments
from geo.overlay.cells import apart
from geo.overlay.near import areal
from geo.parallel import THREADS, UNWATCHED, Watch, in_threads

ROUNDING = 1e-14  # of the product of two lengths: what a sign may be wrong by, many times over
BLOCK = 400  # pairs at a time: what is computed of them stays in the processor's cache
HEAVY = 20_000  # product of two polygons' vertices from where they are cut as shapes, not edge against edge
MOST = 2_000_000  # of such products, of all pairs taken at a time
SLIVER = 1e-12  # of a polygon's box: less ground than this is cut as a shape


def in_common(
    shapes: Shapes,
    grounds: Shapes,
    form: AreaForm,
    *,
    watch: Watch = UNWATCHED,
    threads: int = THREADS,
) -> Measures:
    """Return ellipsoidal areas and moments of what pairs of polygons that meet have in common.

    Parameters
    ----------
    shapes, grounds
        n valid polygons each.
    form
        The area form of their CRS.
    watch, threads
        As `geo.parallel.in_threads` has them.
    """
    box = shapely.bounds(shapes)
    edges = shapely.get_num_coordinates(shapes).astype(np.int64) * shapely.get_num_coordinates(grounds)
    light = (np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]) <= form.near) & (edges < HEAVY)

    def work(part: slice) -> Measures:
        """Measure pairs by their edges, and the shapes of those that are too large for it or not sure."""
        here, ground = shapes[part], grounds[part]
        found = Moments.zeros(len(here))
        area = np.zeros(len(here))
        few = np.flatnonzero(light[part])
        moments, sure = common_moments(here[few], ground[few])
        _put(found, few, moments)
        area[few] = form.near_m2(moments)
        rest = np.setdiff1d(np.arange(len(here)), few[sure])
        if len(rest):
            cut = measure(in_common_shapes(here[rest], ground[rest]), form)
            _put(found, rest, cut.moments)
            area[rest] = cut.area_m2
        return Measures(area, found)

    parts = _parts(np.where(light, edges, 0))
    return join_measures(in_threads(parts, work, watch=watch, threads=threads))


def _parts(edges: Ints) -> list[slice]:
    """Return slices of few pairs that together have few edges to hold against each other."""
    count = len(edges)
    number = np.cumsum(edges) // MOST + np.arange(count) // BLOCK
    return [slice(*span) for span in pairwise([*np.flatnonzero(np.diff(number, prepend=-1)).tolist(), count])]


def _put(found: Moments, rows: Ints, some: Moments) -> None:
    found.x[rows], found.y[rows], found.values[:, rows] = some.x, some.y, some.values


def in_common_shapes(shapes: Shapes, grounds: Shapes) -> Shapes:
    """Return what pairs of polygons have in common as polygons."""
    return areal(sound.intersection(shapes, grounds))


@dataclass(frozen=True)
class _Edges:
    """Directed edges of polygons: ends, whose they are, of which ring, +1 where the inside is on their left."""

    begin: Floats
    end: Floats
    pair: Ints
    ring: Ints
    sign: Floats

    @classmethod
    def of(cls, shapes: Shapes) -> _Edges:
        """Return the edges of polygons, ring by ring."""
        plain: Bools = (shapely.get_type_id(shapes) == 3) & (shapely.get_num_interior_rings(shapes) == 0)
        if plain.all():
            rings, of, hole = shapes, np.arange(len(shapes)), np.zeros(len(shapes), dtype=bool)
        else:
            parts, whole = shapely.get_parts(shapes, return_index=True)
            rings, part = shapely.get_rings(parts, return_index=True)
            of, hole = whole[part], np.concatenate([[False], part[1:] == part[:-1]])
        xy = shapely.get_coordinates(rings)
        count = shapely.get_num_coordinates(rings).astype(np.int64)
        last = np.cumsum(count) - 1
        ring = np.repeat(np.arange(len(rings)), count - 1)
        begins = np.ones(len(xy), dtype=bool)
        begins[last] = False
        edge = np.flatnonzero(begins)
        begin, end = xy[edge], xy[edge + 1]
        (x0, y0), (x1, y1) = as_rows((begin - xy[last[ring]]).T), as_rows((end - xy[last[ring]]).T)
        sign = np.where(
            (np.bincount(ring, weights=x0 * y1 - x1 * y0, minlength=len(rings)) > 0.0) ^ hole, 1.0, -1.0
        )
        return cls(begin, end, of[ring].astype(np.int64), ring, sign[ring])

    def about(self, origin: Floats) -> _Edges:
        """Return the edges about the origins of their pairs."""
        at = origin[self.pair]
        return _Edges(self.begin - at, self.end - at, self.pair, self.ring, self.sign)

    def __getitem__(self, rows: Ints) -> _Edges:
        return _Edges(self.begin[rows], self.end[rows], self.pair[rows], self.ring[rows], self.sign[rows])

    def __len__(self) -> int:
        return len(self.pair)


@dataclass(frozen=True)
class _Crossings:
    """Where edges of the one (rows ``left``) cross edges of the other (``right``), and which pairs are unsure."""

    left: Ints
    right: Ints
    along_left: Floats
    along_right: Floats
    place: Floats
    unsure: Ints


def common_moments(shapes: Shapes, grounds: Shapes) -> tuple[Moments, Bools]:
    """Return the moments of what pairs of polygons have in common, and for which pairs they are sure.

    Parameters
    ----------
    shapes, grounds
        n valid polygons each. Moments are about the first vertex of ``shapes``; of unsure pairs they mean nothing.

    Examples
    --------
    >>> one, other = shapely.box(0, 0, 10, 10), shapely.Polygon([(-5, 4), (20, 3), (20, 30)])
    >>> found, sure = common_moments(np.array([one]), np.array([other]))
    >>> bool(sure[0]), round(float(found.values[0, 0]), 6), round(one.intersection(other).area, 6)
    (True, 63.692308, 63.692308)
    """
    count = len(shapes)
    box = shapely.bounds(shapes)
    vertices = shapely.get_num_coordinates(shapes)
    origin = shapely.get_coordinates(shapes)[np.cumsum(vertices) - vertices]
    mine = _Edges.of(shapes).about(origin)
    some, near, starts = _around(grounds, origin, box)
    some, box = some.about(origin), box - np.hstack([origin, origin])
    cross = _crossings(mine, some, np.hypot(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]))
    sure = np.ones(count, dtype=bool)
    sure[cross.unsure] = False
    first = np.flatnonzero(np.diff(mine.ring, prepend=-1))
    rings = np.flatnonzero(np.diff(mine.pair[first], prepend=-1) == 0)  # of holes and further parts
    starts = starts[mine.pair[first]]
    if len(rings):
        whose = mine.pair[first[rings]]
        xy = mine.begin[first[rings]] + origin[whose]
        starts[rings] = shapely.contains_xy(grounds[whose], xy[:, 0], xy[:, 1])
    inside = _states(mine, first, starts, cross.left, sure)
    run = np.flatnonzero((np.diff(near, prepend=-2) != 1) | (np.diff(some.ring, prepend=-1) != 0))
    starts = np.zeros(len(run), dtype=bool)
    within = np.flatnonzero(_in_box(some.begin[run], box[some.pair[run]]))
    starts[within] = _holds(mine, some.begin[run[within]], some.pair[run[within]], count)
    held = _states(some, run, starts, cross.right, sure, box=box)
    values = np.zeros((6, count))
    for edges, state, order, row in (
        (mine, inside, np.lexsort([cross.along_left, cross.left]), cross.left),
        (some, held, np.lexsort([cross.along_right, cross.right]), cross.right),
    ):
        _add(values, edges, state, row=row[order], place=cross.place[order])
    least = SLIVER * (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1])
    return Moments(origin[:, 0], origin[:, 1], values), sure & (values[0] > least)


def _around(grounds: Shapes, origin: Floats, box: Floats) -> tuple[_Edges, Ints, Bools]:
    """Return the grounds' edges that come into their pair's box, their numbers, and where origins lie inside.

    Many pairs have the same ground: its edges are taken apart once.
    """
    objects = np.frombuffer(np.ascontiguousarray(grounds).tobytes(), dtype=np.intp)
    _, once, number = np.unique(objects, return_index=True, return_inverse=True)
    edges = _Edges.of(grounds[once])
    count = np.bincount(edges.pair, minlength=len(once))
    pair, edge = apart(count[number])
    edge += (np.cumsum(count) - count)[number][pair]
    low, high = np.minimum(edges.begin, edges.end), np.maximum(edges.begin, edges.end)
    level = np.flatnonzero((low[edge, 1] <= box[pair, 3]) & (high[edge, 1] >= box[pair, 1]))
    pair, edge = pair[level], edge[level]
    x, y = as_rows(origin[pair].T)
    up: Bools = edges.end[edge, 1] > edges.begin[edge, 1]
    passes = np.flatnonzero((edges.begin[edge, 1] > y) != (edges.end[edge, 1] > y))
    (x0, y0), (x1, y1) = as_rows(edges.begin[edge[passes]].T), as_rows(edges.end[edge[passes]].T)
    left: Bools = (x1 - x0) * (y[passes] - y0) - (y1 - y0) * (x[passes] - x0) > 0.0
    inside = np.bincount(pair[passes[left == up[passes]]], minlength=len(grounds)) % 2 == 1
    near = np.flatnonzero((low[edge, 0] <= box[pair, 2]) & (high[edge, 0] >= box[pair, 0]))
    pair, edge = pair[near], edge[near]
    rings = int(edges.ring.max(initial=0)) + 1
    some = _Edges(edges.begin[edge], edges.end[edge], pair, pair * rings + edges.ring[edge], edges.sign[edge])
    return some, level[near], np.asarray(inside, dtype=bool)


def _in_box(xy: Floats, box: Floats) -> Bools:
    return np.asarray(((xy >= box[:, :2]) & (xy <= box[:, 2:])).all(axis=1), dtype=bool)


def _every(count: Ints, pair: Ints) -> tuple[Ints, Ints]:
    """Return for things of pairs every edge of their pair: which thing, which edge (edges lie pair by pair)."""
    owner, place = apart(count[pair])
    begins = np.cumsum(count) - count
    return owner, begins[pair[owner]] + place


def _crossings(mine: _Edges, some: _Edges, extent: Floats) -> _Crossings:
    """Return where the edges of pairs cross."""
    right, left = _every(np.bincount(mine.pair, minlength=len(extent)), some.pair)
    step = some.end - some.begin
    size: Floats = np.abs(step).sum(axis=1)
    slack = np.maximum(ROUNDING * size * (extent[some.pair] + size), 1e-300)
    go_x, go_y = as_rows((step / slack[:, None]).T)
    (at_x, at_y), (begin_x, begin_y) = as_rows(some.begin.T), as_rows(mine.begin.T)
    side = go_x[right]  # the side of the line it lies on, in steps of what that may be wrong by
    side *= begin_y[left]
    side -= go_y[right] * begin_x[left]
    side -= (go_x * at_y - go_y * at_x)[right]
    # the end of an edge is the begin of the next one of its ring
    follows = np.arange(1, len(left) + 1)
    follows[-1:] = 0
    last = np.flatnonzero(np.diff(mine.ring, append=-1) != 0)
    is_last = np.zeros(len(mine), dtype=bool)
    is_last[last] = True
    length = np.diff(last, prepend=-1)
    back = np.zeros(len(mine), dtype=np.int64)
    back[last] = length - 1
    here = np.flatnonzero(is_last[left])
    follows[here] = here - back[left[here]]
    next_side = side[follows]
    above = side > 0.0
    level = np.abs(side) <= 1.0
    maybe = np.flatnonzero((above != above[follows]) | level | level[follows])
    left, right = left[maybe], right[maybe]
    one, next_one, flat = side[maybe], next_side[maybe], level[maybe] | level[follows[maybe]]
    p, q, a, b = mine.begin[left], mine.end[left], some.begin[right], some.end[right]
    go = q - p
    from_a = go[:, 0] * (a[:, 1] - p[:, 1]) - go[:, 1] * (a[:, 0] - p[:, 0])
    from_b = go[:, 0] * (b[:, 1] - p[:, 1]) - go[:, 1] * (b[:, 0] - p[:, 0])
    length_p: Floats = np.abs(go).sum(axis=1)
    slack = ROUNDING * length_p * (length_p + extent[some.pair[right]] + size[right])
    flat |= (np.abs(from_a) <= slack) | (np.abs(from_b) <= slack)
    meet = (np.minimum(p, q) <= np.maximum(a, b)) & (np.maximum(p, q) >= np.minimum(a, b))
    unsure = np.unique(mine.pair[left[flat & meet.all(axis=1)]])
    crossing = np.flatnonzero(((one > 0.0) != (next_one > 0.0)) & ((from_a > 0.0) != (from_b > 0.0)) & ~flat)
    left, right = left[crossing], right[crossing]
    along = one[crossing] / (one[crossing] - next_one[crossing])
    other = from_a[crossing] / (from_a[crossing] - from_b[crossing])
    return _Crossings(left, right, along, other, p[crossing] + along[:, None] * go[crossing], unsure)


def _holds(edges: _Edges, xy: Floats, pair: Ints, count: int) -> Bools:
    """Tell which points lie inside their pair's polygon: an odd number of its edges lies east of them."""
    point, edge = _every(np.bincount(edges.pair, minlength=count), pair)
    (x0, y0), (x1, y1) = as_rows(edges.begin[edge].T), as_rows(edges.end[edge].T)
    x, y = as_rows(xy[point].T)
    up: Bools = y1 > y0
    passes: Bools = (y0 > y) != (y1 > y)
    passes &= ((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0.0) == up
    return np.asarray(np.bincount(point[passes], minlength=len(xy)) % 2 == 1, dtype=bool)


def _states(
    edges: _Edges, first: Ints, starts: Bools, crossed: Ints, sure: Bools, *, box: Floats | None = None
) -> Bools:
    """Tell which edges begin inside the other polygon, chain by chain; chains whose end contradicts it are unsure.

    ``first`` are the edges chains begin with. With boxes, chains are parts of rings, and one that ends outside of
    its box ends outside of the polygon in it.
    """
    times = np.bincount(crossed, minlength=len(edges))
    before = np.cumsum(times) - times
    chain = np.zeros(len(edges), dtype=np.int64)
    chain[first] = 1
    chain = np.cumsum(chain) - 1
    state: Bools = starts[chain] ^ ((before - before[first][chain]) % 2 == 1)
    last = np.append(first[1:], len(edges)) - 1 if len(first) else first
    ends: Bools = state[last] ^ (times[last] % 2 == 1)
    wrong = ends != starts if box is None else ends & ~_in_box(edges.end[last], box[edges.pair[last]])
    sure[edges.pair[last[wrong]]] = False
    return np.asarray(state, dtype=bool)


def _add(values: Floats, edges: _Edges, state: Bools, *, row: Ints, place: Floats) -> None:
    """Add the edges' parts inside to their pairs' moments; crossings come edge by edge, in order along each."""
    times = np.bincount(row, minlength=len(edges))
    plain = np.flatnonzero((times == 0) & state)
    parted = np.flatnonzero(times)
    many = times[parted]
    of, at = apart(many + 1)
    first = (np.cumsum(many) - many)[of]
    keep = np.flatnonzero(state[parted[of]] ^ (at % 2 == 1))
    of, at, first = of[keep], at[keep], first[keep]
    begin, end = edges.begin[parted[of]], edges.end[parted[of]]
    later, before = at > 0, at < many[of]
    begin[later] = place[first[later] + at[later] - 1]
    end[before] = place[first[before] + at[before]]
    whose = np.concatenate([plain, parted[of]])
    x0, y0 = as_rows(np.concatenate([edges.begin[plain], begin]).T)
    x1, y1 = as_rows(np.concatenate([edges.end[plain], end]).T)
    cross: Floats = (x0 * y1 - x1 * y0) * edges.sign[whose]
    pair, count = edges.pair[whose], values.shape[1]
    terms = (
        cross / 2.0,
        cross * (x0 + x1) / 6.0,
        cross * (y0 + y1) / 6.0,
        cross * (x0 * x0 + x0 * x1 + x1 * x1) / 12.0,
        cross * (x0 * y0 + x1 * y1 + 0.5 * (x0 * y1 + x1 * y0)) / 12.0,
        cross * (y0 * y0 + y0 * y1 + y1 * y1) / 12.0,
    )
    for number, term in enumerate(terms):
        values[number] += np.bincount(pair, weights=term, minlength=count)
