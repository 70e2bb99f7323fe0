"""Where the edges of pairs of polygons cross, for all pairs at once.

Whether edges cross is a matter of signs; where rounding could turn one (edges that touch or run along one
another), a pair is told to be unsure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes, is_new, split_columns
from geo.overlay.cells import number_each

ROUNDING = 1e-14  # of the product of two lengths: what a sign may be wrong by, many times over
RUN = 8  # edges that follow one another, whose common box is looked at before they are
LONG = 4_000  # product of two polygons' vertices from where runs of edges are held against one another first
WORTH = 100_000  # product of all pairs' vertices from where looking at runs first, and a second thread, pay


@dataclass(frozen=True)
class DirectedEdges:
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
    def of(cls, shapes: Shapes) -> DirectedEdges:
        """Return the edges of polygons, ring by ring."""
        rings, of, hole = _rings(shapes)
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

    @classmethod
    def about_own(cls, shapes: Shapes) -> tuple[DirectedEdges, Floats, Floats]:
        """Return the edges of polygons about the first vertex of each, and these vertices."""
        if not _plain(shapes).all():
            edges = cls.of(shapes)
            first = np.flatnonzero(is_new(edges.pair))
            x, y = edges.x0[first], edges.y0[first]
            return edges.about(x, y), x, y
        x, y = split_columns(shapely.get_coordinates(shapes))
        count = shapely.get_num_coordinates(shapes).astype(np.int64)
        end = np.cumsum(count)
        own_x, own_y = x[end - count], y[end - count]
        x -= np.repeat(own_x, count)
        y -= np.repeat(own_y, count)
        begins = np.ones(len(x), dtype=bool)
        begins[end - 1] = False
        edge = np.flatnonzero(begins)
        x0, y0 = x[edge], y[edge]
        edge += 1
        x1, y1 = x[edge], y[edge]
        ring = np.repeat(np.arange(len(shapes)), count - 1)
        cross = x0 * y1
        cross -= x1 * y0
        left = np.bincount(ring, weights=cross, minlength=len(shapes)) > 0.0
        return cls(x0, y0, x1, y1, ring, ring, np.where(left, 1.0, -1.0)[ring]), own_x, own_y

    def about(self, x: Floats, y: Floats) -> DirectedEdges:
        """Return the edges about the origins of their pairs."""
        x, y = x[self.pair], y[self.pair]
        return DirectedEdges(self.x0 - x, self.y0 - y, self.x1 - x, self.y1 - y, self.pair, self.ring, self.sign)

    def runs(self) -> tuple[Ints, DirectedEdges]:
        """Return the first edge of every run of `RUN` edges of a ring, and the runs' boxes, two corners each."""
        begins = is_new(self.ring)
        first = np.flatnonzero(begins)
        place = np.arange(len(self)) - np.repeat(first, np.diff(first, append=len(self)))
        first = np.flatnonzero(place % RUN == 0)
        low_x, high_x = np.minimum(self.x0, self.x1), np.maximum(self.x0, self.x1)
        low_y, high_y = np.minimum(self.y0, self.y1), np.maximum(self.y0, self.y1)
        west, south = (np.minimum.reduceat(low, first) for low in (low_x, low_y))
        east, north = (np.maximum.reduceat(high, first) for high in (high_x, high_y))
        return first, DirectedEdges(west, south, east, north, self.pair[first], self.ring[first], self.sign[first])

    def __len__(self) -> int:
        return len(self.pair)


def _plain(shapes: Shapes) -> Bools:
    """Tell which polygons have one ring."""
    one: Bools = (shapely.get_type_id(shapes) == 3) & (shapely.get_num_interior_rings(shapes) == 0)
    return one


def _rings(shapes: Shapes) -> tuple[Shapes, Ints, Bools]:
    """Return the rings of polygons (a polygon itself where it has but one), whose each is, and which are holes."""
    plain = _plain(shapes)
    whole, rest = np.flatnonzero(plain), np.flatnonzero(~plain)
    if not len(rest):
        return shapes, whole, ~plain
    parts, of = shapely.get_parts(shapes[rest], return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    of, every = np.append(whole, rest[of[part]]), np.append(shapes[whole], rings)
    hole = np.append(~plain[whole], ~is_new(part))
    order = np.argsort(of, kind="stable")
    return every[order], of[order], hole[order]


@dataclass(frozen=True)
class EdgeCrossings:
    """Where edges of the one (rows ``left``) cross edges of the other (``right``), and which pairs are unsure."""

    left: Ints
    right: Ints
    along_left: Floats
    along_right: Floats
    x: Floats
    y: Floats
    unsure: Ints


def every_edge(count: Ints, pair: Ints) -> tuple[Ints, Ints]:
    """Return for things of pairs every edge of their pair: which thing, which edge (edges lie pair by pair)."""
    owner, place = number_each(count[pair])
    begins = np.cumsum(count) - count
    return owner, begins[pair[owner]] + place


def _meeting(mine: DirectedEdges, some: DirectedEdges, count: int) -> tuple[Ints, Ints]:
    """Return edges of the one and the other of a pair that may meet: those of runs whose boxes do."""
    first, run = mine.runs()
    other_first, other = some.runs()
    of, at = every_edge(np.bincount(run.pair, minlength=count), other.pair)
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


def _candidates(
    mine: DirectedEdges, some: DirectedEdges, lines: _Lines, count: int
) -> tuple[Ints, Ints, Floats, Floats]:
    """Return edges of the one and the other of a pair that may cross, and the sides the ends of the one lie on."""
    of_mine = np.bincount(mine.pair, minlength=count)
    products = of_mine * np.bincount(some.pair, minlength=count)
    if int(products.max(initial=0)) >= LONG and int(products.sum()) >= WORTH:
        left, right = _meeting(mine, some, count)
        side, end = (lines.sides(x, y, left, right) for x, y in ((mine.x0, mine.y0), (mine.x1, mine.y1)))
        maybe = np.flatnonzero(((side > 0.0) != (end > 0.0)) | (np.abs(side) <= 1.0) | (np.abs(end) <= 1.0))
        return left[maybe], right[maybe], side[maybe], end[maybe]
    right, left = every_edge(of_mine, some.pair)
    side = lines.sides(mine.x0, mine.y0, left, right)
    # the end of an edge is the begin of the next one of its ring
    last = np.flatnonzero(is_new(mine.ring)[1:])
    last = np.append(last, len(mine) - 1)[: len(mine)]
    is_last = np.zeros(len(mine), dtype=bool)
    is_last[last] = True
    back = np.full(len(mine), -1)
    back[last] = np.diff(last, prepend=-1) - 1
    here = np.flatnonzero(is_last[left])
    first = here - back[left[here]]

    def turns(told: Bools) -> Bools:
        """Tell where what is told of the begin of an edge is not so of its end."""
        found = np.empty(len(told), dtype=bool)
        np.not_equal(told[1:], told[:-1], out=found[:-1])
        found[here] = told[here] != told[first]
        return found

    level = np.abs(side) <= 1.0
    maybe = np.flatnonzero(turns(side > 0.0) | level | turns(level))  # where both ends are level, the begin is
    end = side[maybe - back[left[maybe]]]
    return left[maybe], right[maybe], side[maybe], end


@dataclass(frozen=True)
class _Lines:
    """The lines edges lie on, their steps in units of what a side may be wrong by."""

    x: Floats
    y: Floats
    level: Floats

    @classmethod
    def of(cls, edges: DirectedEdges, size: Floats, extent: Floats) -> _Lines:
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


def find_edge_crossings(mine: DirectedEdges, some: DirectedEdges, extent: Floats) -> EdgeCrossings:
    """Return where the edges of pairs cross."""
    size: Floats = np.abs(some.x1 - some.x0) + np.abs(some.y1 - some.y0)
    left, right, one, next_one = _candidates(mine, some, _Lines.of(some, size, extent), len(extent))
    flat: Bools = (np.abs(one) <= 1.0) | (np.abs(next_one) <= 1.0)
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
    return EdgeCrossings(left[crossing], right[crossing], along, other, x, y, unsure)
