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
from geo.overlay.crossings import LONG, RUN, WORTH, DirectedEdges, every_edge, find_edge_crossings
from geo.overlay.near import areal_parts
from geo.parallel import THREADS, UNWATCHED, Watch, in_threads

Sides = list[Floats]  # west, south, east, north of every pair

BLOCK = 800  # pairs at a time: what is computed of them stays in the processor's cache
HEAVY = 16_000_000  # product of two polygons' vertices from where they are cut as shapes, not edge against edge
FEW = 3_000  # vertices of all pairs up to which they are cut as shapes: edges by numpy's calls take longer
MOST = 2_000_000  # of such products, of all pairs taken at a time
MOST_RUNS = 100_000  # of products of runs, and of vertices, the same
SLIVER = 1e-12  # of a polygon's box: less ground than this is cut as a shape


def in_common(
    shapes: Shapes,
    grounds: Shapes,
    form: AreaForm,
    *,
    few: int = FEW,
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
    few
        Vertices of all pairs up to which they are cut as shapes.
    watch, threads
        As `geo.parallel.in_threads` has them.
    """
    box = shapely.bounds(shapes)
    far = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]) > form.near
    mine, others = shapely.get_num_coordinates(shapes).astype(np.int64), shapely.get_num_coordinates(grounds)
    edges = mine * others
    light: Bools = (edges < HEAVY) & (form.by_edges | ~far) & (int((mine + others).sum()) > few)
    found, area = Moments.zeros(len(shapes)), np.zeros(len(shapes))

    def work(rows: Ints) -> None:
        """Measure pairs by their edges, and the shapes of those that are not sure: no two tasks have the same."""
        here, ground = shapes[rows], grounds[rows]
        rest, cut_out = np.arange(len(rows)), in_common_shapes
        if light[rows[0]]:
            common, sure = _common_ground(here, ground)
            _put(found, rows, common.moments)
            area[rows] = common.area_m2(form, far[rows])
            rest, cut_out = np.flatnonzero(~sure), _along_edges
        if len(rest):
            cut = measure(cut_out(here[rest], ground[rest]), form)
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


def _along_edges(shapes: Shapes, grounds: Shapes) -> Shapes:
    """Return the same of pairs with edges that touch: most often a shape lies in the other, or beside it."""
    common = shapes.copy()
    rest = np.flatnonzero(~np.asarray(shapely.covers(grounds, shapes), dtype=bool))
    beside = np.asarray(shapely.touches(grounds[rest], shapes[rest]), dtype=bool)
    common[rest[beside]] = shapely.Polygon()
    cut = rest[~beside]
    common[cut] = in_common_shapes(shapes[cut], grounds[cut])
    return common


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
    mine, x, y = DirectedEdges.about_own(shapes)
    first = np.flatnonzero(is_new(mine.ring))
    some, near, starts = _around(grounds, (x, y), box)
    some = some.about(x, y)
    box = [side - (y if at % 2 else x) for at, side in enumerate(box)]
    wide, high = box[2] - box[0], box[3] - box[1]
    cross = find_edge_crossings(mine, some, np.hypot(wide, high))
    sure = np.ones(count, dtype=bool)
    sure[cross.unsure] = False
    rings = np.flatnonzero(~is_new(mine.pair[first]))  # of holes and further parts
    starts = starts[mine.pair[first]]
    if len(rings):
        at = first[rings]
        pair = mine.pair[at]
        starts[rings] = shapely.contains_xy(grounds[pair], mine.x0[at] + x[pair], mine.y0[at] + y[pair])
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


def _around(grounds: Shapes, origin: tuple[Floats, Floats], box: Sides) -> tuple[DirectedEdges, Ints, Bools]:
    """Return the grounds' edges that come into their pair's box, their numbers, and where origins lie inside.

    Many pairs have the same ground: its edges are taken apart once.
    """
    objects = np.frombuffer(np.ascontiguousarray(grounds), dtype=np.intp)
    _, once, number = np.unique(objects, return_index=True, return_inverse=True)
    edges = DirectedEdges.of(grounds[once])
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
    some = DirectedEdges(x0, y0, x1, y1, pair, pair * rings + edges.ring[edge], edges.sign[edge])
    return some, level[near], np.asarray(inside, dtype=bool)


def _in_box(x: Floats, y: Floats, pair: Ints, box: Sides) -> Bools:
    west, south, east, north = (side[pair] for side in box)
    return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north), dtype=bool)


def _holds(edges: DirectedEdges, others: DirectedEdges, rows: Ints, count: int) -> Bools:
    """Tell where other edges begin inside their pair's polygon: an odd number of its edges lies east of there."""
    pair = others.pair[rows]
    point, edge = every_edge(np.bincount(edges.pair, minlength=count), pair)
    y = others.y0[rows][point]
    passes = np.flatnonzero((edges.y0[edge] > y) != (edges.y1[edge] > y))
    point, edge, y = point[passes], edge[passes], y[passes]
    x0, y0, x1, y1 = (side[edge] for side in (edges.x0, edges.y0, edges.x1, edges.y1))
    east: Bools = ((x1 - x0) * (y - y0) - (y1 - y0) * (others.x0[rows][point] - x0) > 0.0) == (y1 > y0)
    return np.asarray(np.bincount(point[east], minlength=len(rows)) % 2 == 1, dtype=bool)


def _states(
    edges: DirectedEdges, first: Ints, starts: Bools, crossed: Ints, sure: Bools, *, box: Sides | None = None
) -> Bools:
    """Tell which edges begin inside the other polygon, chain by chain; chains whose end contradicts it are unsure.

    ``first`` are the edges chains begin with. With boxes, chains are parts of rings, and one that ends outside of
    its box ends outside of the polygon in it.
    """
    times = np.bincount(crossed, minlength=len(edges))
    before = np.cumsum(times) - times
    last = np.append(first[1:], len(edges)) - 1 if len(first) else first
    state: Bools = np.repeat(starts ^ _odd(before[first]), last + 1 - first)
    state ^= _odd(before)
    ends: Bools = state[last] ^ _odd(times[last])
    wrong = ends != starts
    if box is not None:
        wrong = ends & ~_in_box(edges.x1[last], edges.y1[last], edges.pair[last], box)
    sure[edges.pair[last[wrong]]] = False
    return np.asarray(state, dtype=bool)


def _odd(count: Ints) -> Bools:
    return (count & 1).astype(bool)


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
    def of(cls, edges: DirectedEdges, state: Bools, *, row: Ints, place: tuple[Floats, Floats]) -> _Rim:
        """Return the edges' parts inside; crossings come edge by edge, in order along each."""
        times = np.bincount(row, minlength=len(edges))
        plain = np.flatnonzero((times == 0) & state)
        parted = np.flatnonzero(times)
        many = times[parted]
        of, at = number_each(many + 1)
        first = (np.cumsum(many) - many)[of]
        keep = np.flatnonzero(state[parted[of]] ^ _odd(at))
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
