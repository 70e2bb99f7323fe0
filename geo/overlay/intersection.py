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

from geo.arrays import Bools, Floats, Ints, Shapes, is_new, split_columns
from geo.measure import sound
from geo.measure.integrals import AreaForm
from geo.measure.measuring import Measures, measure
from geo.measure.moments import Moments
from geo.overlay.cells import number_each
from geo.overlay.near import areal_parts
from geo.parallel import THREADS, UNWATCHED, Watch, in_threads

Sides = list[Floats]  # west, south, east, north of every pair

ROUNDING = 1e-14  # of the product of two lengths: what a sign may be wrong by, many times over
BLOCK = 800  # pairs at a time: what is computed of them stays in the processor's cache
RUN = 8  # edges that follow one another, whose common box is looked at before they are
LONG = 4_000  # product of two polygons' vertices from where runs of edges are held against one another first
HEAVY = 16_000_000  # the same from where polygons are cut as shapes
MOST = 2_000_000  # of such products, of all pairs taken at a time
MOST_RUNS = 100_000  # of products of runs, and of vertices, the same
WORTH = 100_000  # product of all pairs' vertices from where looking at runs first, and a second thread, pay
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
    far = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]) > form.near
    mine, others = shapely.get_num_coordinates(shapes).astype(np.int64), shapely.get_num_coordinates(grounds)
    edges = mine * others
    light: Bools = (edges < HEAVY) & (form.by_edges | ~far)
    found, area = Moments.zeros(len(shapes)), np.zeros(len(shapes))

    def work(rows: Ints) -> None:
        """Measure pairs by their edges, and the shapes of those that are not sure: no two tasks have the same."""
        here, ground = shapes[rows], grounds[rows]
        rest = np.arange(len(rows))
        if light[rows[0]]:
            common, sure = _common_ground(here, ground)
            _put(found, rows, common.moments)
            area[rows] = common.area_m2(form, far[rows])
            rest = np.flatnonzero(~sure)
        if len(rest):
            cut = measure(in_common_shapes(here[rest], ground[rest]), form)
            _put(found, rows[rest], cut.moments)
            area[rows[rest]] = cut.area_m2

    long: Bools = light & (edges >= LONG)
    if int(edges[long].sum()) < WORTH:
        long[:] = False
    tasks = [
        *_parts(light & ~long, edges, most=MOST),
        *_parts(long, edges // RUN**2 + mine + others, most=MOST_RUNS),
        *_parts(~light, mine + others, most=MOST_RUNS),
    ]
    in_threads(tasks, work, watch=watch, threads=threads if int(edges.sum()) >= WORTH else 1)
    return Measures(area, found)


def _parts(which: Bools, size: Ints, *, most: int) -> list[Ints]:
    """Return some pairs, few at a time, that together have few edges to hold against each other."""
    rows = np.flatnonzero(which)
    number = np.cumsum(size[rows]) // most + np.arange(len(rows)) // BLOCK
    begins = [*np.flatnonzero(is_new(number)).tolist(), len(rows)]
    return [rows[slice(*span)] for span in pairwise(begins)]


def _put(found: Moments, rows: Ints, some: Moments) -> None:
    found.x[rows], found.y[rows], found.values[:, rows] = some.x, some.y, some.values


def in_common_shapes(shapes: Shapes, grounds: Shapes) -> Shapes:
    """Return what pairs of polygons have in common as polygons."""
    return areal_parts(sound.intersect_pairs(shapes, grounds))


@dataclass(frozen=True)
class _Edges:
    """Directed edges of polygons: ends, whose they are, of which ring, +1 where the inside is on their left.

    Every coordinate is an array of its own: rows of two are slow to take.
    """

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
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
        x, y = split_columns(shapely.get_coordinates(rings))
        count = shapely.get_num_coordinates(rings).astype(np.int64)
        last = np.cumsum(count) - 1
        ring = np.repeat(np.arange(len(rings)), count - 1)
        begins = np.ones(len(x), dtype=bool)
        begins[last] = False
        edge = np.flatnonzero(begins)
        x0, y0 = x[edge], y[edge]
        edge += 1
        x1, y1 = x[edge], y[edge]
        of_x, of_y = x[last][ring], y[last][ring]
        cross = (x0 - of_x) * (y1 - of_y)
        cross -= (x1 - of_x) * (y0 - of_y)
        left: Bools = np.bincount(ring, weights=cross, minlength=len(rings)) > 0.0
        sign = np.where(left ^ hole, 1.0, -1.0)
        return cls(x0, y0, x1, y1, of[ring].astype(np.int64), ring, sign[ring])

    def about(self, x: Floats, y: Floats) -> _Edges:
        """Return the edges about the origins of their pairs."""
        x, y = x[self.pair], y[self.pair]
        return _Edges(self.x0 - x, self.y0 - y, self.x1 - x, self.y1 - y, self.pair, self.ring, self.sign)

    def runs(self) -> tuple[Ints, _Edges]:
        """Return the first edge of every run of `RUN` edges of a ring, and the runs' boxes, two corners each."""
        begins = is_new(self.ring)
        first = np.flatnonzero(begins)
        place = np.arange(len(self)) - np.repeat(first, np.diff(first, append=len(self)))
        first = np.flatnonzero(place % RUN == 0)
        low_x, high_x = np.minimum(self.x0, self.x1), np.maximum(self.x0, self.x1)
        low_y, high_y = np.minimum(self.y0, self.y1), np.maximum(self.y0, self.y1)
        west, south = (np.minimum.reduceat(low, first) for low in (low_x, low_y))
        east, north = (np.maximum.reduceat(high, first) for high in (high_x, high_y))
        return first, _Edges(west, south, east, north, self.pair[first], self.ring[first], self.sign[first])

    def __len__(self) -> int:
        return len(self.pair)


@dataclass(frozen=True)
class _Crossings:
    """Where edges of the one (rows ``left``) cross edges of the other (``right``), and which pairs are unsure."""

    left: Ints
    right: Ints
    along_left: Floats
    along_right: Floats
    x: Floats
    y: Floats
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
    common, sure = _common_ground(shapes, grounds)
    return common.moments, sure


def _common_ground(shapes: Shapes, grounds: Shapes) -> tuple[_Common, Bools]:
    """Return what pairs of polygons have in common, by its edges, and for which pairs that is sure."""
    count = len(shapes)
    box = split_columns(shapely.bounds(shapes))
    edges = _Edges.of(shapes)
    first = np.flatnonzero(is_new(edges.ring))
    of_pair = is_new(edges.pair[first])
    begins = first[of_pair]
    x, y = edges.x0[begins], edges.y0[begins]
    mine = edges.about(x, y)
    some, near, starts = _around(grounds, (x, y), box)
    some = some.about(x, y)
    box = [side - (y if at % 2 else x) for at, side in enumerate(box)]
    wide, high = box[2] - box[0], box[3] - box[1]
    cross = _crossings(mine, some, np.hypot(wide, high))
    sure = np.ones(count, dtype=bool)
    sure[cross.unsure] = False
    rings = np.flatnonzero(~of_pair)  # of holes and further parts
    starts = starts[mine.pair[first]]
    if len(rings):
        at = first[rings]
        starts[rings] = shapely.contains_xy(grounds[mine.pair[at]], edges.x0[at], edges.y0[at])
    inside = _states(mine, first, starts, cross.left, sure)
    run = np.flatnonzero(is_new(near - np.arange(len(near))) | is_new(some.ring))
    starts = np.zeros(len(run), dtype=bool)
    within = np.flatnonzero(_in_box(some.x0[run], some.y0[run], some.pair[run], box))
    starts[within] = _holds(mine, some, run[within], count)
    held = _states(some, run, starts, cross.right, sure, box=box)
    values, around = np.zeros((6, count)), []
    for chain, state, order, row in (
        (mine, inside, np.lexsort([cross.along_left, cross.left]), cross.left),
        (some, held, np.lexsort([cross.along_right, cross.right]), cross.right),
    ):
        rim = _Rim.of(chain, state, row=row[order], place=(cross.x[order], cross.y[order]))
        rim.add(values)
        around.append(rim)
    nothing = sum(np.bincount(rim.pair, minlength=count) for rim in around) == 0
    sure &= nothing | (values[0] > SLIVER * wide * high)
    return _Common(Moments(x, y, values), tuple(around)), sure


def _around(grounds: Shapes, origin: tuple[Floats, Floats], box: Sides) -> tuple[_Edges, Ints, Bools]:
    """Return the grounds' edges that come into their pair's box, their numbers, and where origins lie inside.

    Many pairs have the same ground: its edges are taken apart once.
    """
    objects = np.frombuffer(np.ascontiguousarray(grounds), dtype=np.intp)
    _, once, number = np.unique(objects, return_index=True, return_inverse=True)
    edges = _Edges.of(grounds[once])
    count = np.bincount(edges.pair, minlength=len(once))
    pair, edge = number_each(count[number])
    edge += (np.cumsum(count) - count)[number][pair]
    low, high = np.minimum(edges.y0, edges.y1), np.maximum(edges.y0, edges.y1)
    level = np.flatnonzero((low[edge] <= box[3][pair]) & (high[edge] >= box[1][pair]))
    pair, edge = pair[level], edge[level]
    x, y = origin[0][pair], origin[1][pair]
    passes = np.flatnonzero((edges.y0[edge] > y) != (edges.y1[edge] > y))
    which = edge[passes]
    x0, y0, x1, y1 = (side[which] for side in (edges.x0, edges.y0, edges.x1, edges.y1))
    left: Bools = (x1 - x0) * (y[passes] - y0) - (y1 - y0) * (x[passes] - x0) > 0.0
    inside = np.bincount(pair[passes[left == (y1 > y0)]], minlength=len(grounds)) % 2 == 1
    low, high = np.minimum(edges.x0, edges.x1), np.maximum(edges.x0, edges.x1)
    near = np.flatnonzero((low[edge] <= box[2][pair]) & (high[edge] >= box[0][pair]))
    pair, edge = pair[near], edge[near]
    rings = int(edges.ring.max(initial=0)) + 1
    x0, y0, x1, y1 = (side[edge] for side in (edges.x0, edges.y0, edges.x1, edges.y1))
    some = _Edges(x0, y0, x1, y1, pair, pair * rings + edges.ring[edge], edges.sign[edge])
    return some, level[near], np.asarray(inside, dtype=bool)


def _in_box(x: Floats, y: Floats, pair: Ints, box: Sides) -> Bools:
    west, south, east, north = (side[pair] for side in box)
    return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north), dtype=bool)


def _every(count: Ints, pair: Ints) -> tuple[Ints, Ints]:
    """Return for things of pairs every edge of their pair: which thing, which edge (edges lie pair by pair)."""
    owner, place = number_each(count[pair])
    begins = np.cumsum(count) - count
    return owner, begins[pair[owner]] + place


def _meeting(mine: _Edges, some: _Edges, count: int) -> tuple[Ints, Ints]:
    """Return edges of the one and the other of a pair that may meet: those of runs whose boxes do."""
    first, run = mine.runs()
    other_first, other = some.runs()
    of, at = _every(np.bincount(run.pair, minlength=count), other.pair)
    meet = np.flatnonzero(
        (run.x0[at] <= other.x1[of])
        & (run.x1[at] >= other.x0[of])
        & (run.y0[at] <= other.y1[of])
        & (run.y1[at] >= other.y0[of])
    )
    of, at = of[meet], at[meet]
    long = np.diff(first, append=len(mine))[at]
    owner, place = number_each(long * np.diff(other_first, append=len(some))[of])
    place, step = np.divmod(place, long[owner])
    return first[at][owner] + step, other_first[of][owner] + place


def _candidates(mine: _Edges, some: _Edges, lines: _Lines, count: int) -> tuple[Ints, Ints, Floats, Floats]:
    """Return edges of the one and the other of a pair that may meet, and the sides both ends of the one lie on."""
    of_mine = np.bincount(mine.pair, minlength=count)
    products = of_mine * np.bincount(some.pair, minlength=count)
    if int(products.max(initial=0)) >= LONG and int(products.sum()) >= WORTH:
        left, right = _meeting(mine, some, count)
        return left, right, lines.sides(mine.x0, mine.y0, left, right), lines.sides(mine.x1, mine.y1, left, right)
    right, left = _every(of_mine, some.pair)
    side = lines.sides(mine.x0, mine.y0, left, right)
    # the end of an edge is the begin of the next one of its ring
    follows = np.arange(1, len(left) + 1)
    follows[-1:] = 0
    last = np.flatnonzero(np.diff(mine.ring, append=-1) != 0)
    is_last = np.zeros(len(mine), dtype=bool)
    is_last[last] = True
    back = np.zeros(len(mine), dtype=np.int64)
    back[last] = np.diff(last, prepend=-1) - 1
    here = np.flatnonzero(is_last[left])
    follows[here] = here - back[left[here]]
    return left, right, side, side[follows]


@dataclass(frozen=True)
class _Lines:
    """The lines edges lie on, their steps in units of what a side may be wrong by."""

    x: Floats
    y: Floats
    level: Floats

    @classmethod
    def of(cls, edges: _Edges, size: Floats, extent: Floats) -> _Lines:
        """Return the lines of edges so long, in so large surroundings."""
        slack = np.maximum(ROUNDING * size * (extent[edges.pair] + size), 1e-300)
        x, y = (edges.x1 - edges.x0) / slack, (edges.y1 - edges.y0) / slack
        return cls(x, y, x * edges.y0 - y * edges.x0)

    def sides(self, x: Floats, y: Floats, left: Ints, right: Ints) -> Floats:
        """Return on which side of the lines ``right`` the places ``left`` lie: within 1 it is not sure."""
        side = self.x[right]
        side *= y[left]
        part = self.y[right]
        part *= x[left]
        side -= part
        side -= self.level[right]
        return side


def _crossings(mine: _Edges, some: _Edges, extent: Floats) -> _Crossings:
    """Return where the edges of pairs cross."""
    size: Floats = np.abs(some.x1 - some.x0) + np.abs(some.y1 - some.y0)
    left, right, side, next_side = _candidates(mine, some, _Lines.of(some, size, extent), len(extent))
    level = np.abs(side) <= 1.0
    level |= np.abs(next_side) <= 1.0
    maybe = np.flatnonzero(((side > 0.0) != (next_side > 0.0)) | level)
    left, right = left[maybe], right[maybe]
    one, next_one, flat = side[maybe], next_side[maybe], level[maybe]
    p_x, p_y, a_x, a_y = mine.x0[left], mine.y0[left], some.x0[right], some.y0[right]
    q_x, q_y, b_x, b_y = mine.x1[left], mine.y1[left], some.x1[right], some.y1[right]
    go_x, go_y = q_x - p_x, q_y - p_y
    from_a = go_x * (a_y - p_y) - go_y * (a_x - p_x)
    from_b = go_x * (b_y - p_y) - go_y * (b_x - p_x)
    length_p: Floats = np.abs(go_x) + np.abs(go_y)
    slack = ROUNDING * length_p * (length_p + extent[some.pair[right]] + size[right])
    flat |= (np.abs(from_a) <= slack) | (np.abs(from_b) <= slack)
    meet = (np.minimum(p_x, q_x) <= np.maximum(a_x, b_x)) & (np.maximum(p_x, q_x) >= np.minimum(a_x, b_x))
    meet &= (np.minimum(p_y, q_y) <= np.maximum(a_y, b_y)) & (np.maximum(p_y, q_y) >= np.minimum(a_y, b_y))
    unsure = np.unique(mine.pair[left[flat & meet]])
    crossing = np.flatnonzero(((one > 0.0) != (next_one > 0.0)) & ((from_a > 0.0) != (from_b > 0.0)) & ~flat)
    along = one[crossing] / (one[crossing] - next_one[crossing])
    other = from_a[crossing] / (from_a[crossing] - from_b[crossing])
    x, y = p_x[crossing] + along * go_x[crossing], p_y[crossing] + along * go_y[crossing]
    return _Crossings(left[crossing], right[crossing], along, other, x, y, unsure)


def _holds(edges: _Edges, others: _Edges, rows: Ints, count: int) -> Bools:
    """Tell where other edges begin inside their pair's polygon: an odd number of its edges lies east of there."""
    pair = others.pair[rows]
    point, edge = _every(np.bincount(edges.pair, minlength=count), pair)
    y = others.y0[rows][point]
    passes = np.flatnonzero((edges.y0[edge] > y) != (edges.y1[edge] > y))
    point, edge, y = point[passes], edge[passes], y[passes]
    x0, y0, x1, y1 = (side[edge] for side in (edges.x0, edges.y0, edges.x1, edges.y1))
    east: Bools = ((x1 - x0) * (y - y0) - (y1 - y0) * (others.x0[rows][point] - x0) > 0.0) == (y1 > y0)
    return np.asarray(np.bincount(point[east], minlength=len(rows)) % 2 == 1, dtype=bool)


def _states(
    edges: _Edges, first: Ints, starts: Bools, crossed: Ints, sure: Bools, *, box: Sides | None = None
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
    wrong = ends != starts
    if box is not None:
        wrong = ends & ~_in_box(edges.x1[last], edges.y1[last], edges.pair[last], box)
    sure[edges.pair[last[wrong]]] = False
    return np.asarray(state, dtype=bool)


@dataclass(frozen=True)
class _Rim:
    """Edges around what pairs have in common, about their pairs' origins; +1 where the inside is on their left."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    pair: Ints
    sign: Floats

    @classmethod
    def of(cls, edges: _Edges, state: Bools, *, row: Ints, place: tuple[Floats, Floats]) -> _Rim:
        """Return the edges' parts inside; crossings come edge by edge, in order along each."""
        times = np.bincount(row, minlength=len(edges))
        plain = np.flatnonzero((times == 0) & state)
        parted = np.flatnonzero(times)
        many = times[parted]
        of, at = number_each(many + 1)
        first = (np.cumsum(many) - many)[of]
        keep = np.flatnonzero(state[parted[of]] ^ (at % 2 == 1))
        of, at, first = of[keep], at[keep], first[keep]
        whose = np.concatenate([plain, parted[of]])
        later, before = np.flatnonzero(at > 0), np.flatnonzero(at < many[of])
        came, goes = first[later] + at[later] - 1, first[before] + at[before]
        x0, y0, x1, y1 = edges.x0[whose], edges.y0[whose], edges.x1[whose], edges.y1[whose]
        later, before = later + len(plain), before + len(plain)
        x0[later], y0[later] = place[0][came], place[1][came]
        x1[before], y1[before] = place[0][goes], place[1][goes]
        return cls(x0, y0, x1, y1, edges.pair[whose], edges.sign[whose])

    def add(self, values: Floats) -> None:
        """Add the moments of what they are around."""
        x0, y0, x1, y1 = self.x0, self.y0, self.x1, self.y1
        cross = x0 * y1
        cross -= x1 * y0
        cross *= self.sign
        count = values.shape[1]
        sum_x, sum_y = x0 + x1, y0 + y1
        terms = (
            cross / 2.0,
            cross * sum_x / 6.0,
            cross * sum_y / 6.0,
            cross * (x0 * x0 + x1 * sum_x) / 12.0,
            cross * (x0 * y0 + x1 * y1 + sum_x * sum_y) / 24.0,
            cross * (y0 * y0 + y1 * sum_y) / 12.0,
        )
        for number, term in enumerate(terms):
            values[number] += np.bincount(self.pair, weights=term, minlength=count)


@dataclass(frozen=True)
class _Common:
    """What n pairs have in common: its moments, and its edges of the one and of the other polygon."""

    moments: Moments
    around: tuple[_Rim, ...]

    def area_m2(self, form: AreaForm, far: Bools) -> Floats:
        """Return ellipsoidal areas: by moments, and of what is too ``far`` across for these by the edges."""
        if not far.any():
            return form.near_m2(self.moments)
        area = form.near_m2(self.moments) if not far.all() else self.moments.values[0]
        by_edges = np.zeros(len(far))
        for rim in self.around:
            rows = np.flatnonzero(far[rim.pair])
            pair = rim.pair[rows]
            x, y = self.moments.x[pair], self.moments.y[pair]
            share = form.edge_shares_m2(rim.x0[rows] + x, rim.y0[rows] + y, rim.x1[rows] + x, rim.y1[rows] + y)
            by_edges += np.bincount(pair, weights=rim.sign[rows] * share, minlength=len(far))
        return np.where(far, by_edges, area)
