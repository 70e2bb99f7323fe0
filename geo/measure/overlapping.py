"""Which polygons overlap, without comparing those that merely share their borders.

Count for every point of ground how many polygons hold it. Where that count steps from two or more to less there
is an edge of one polygon with another polygon's inside beside it: an edge that no neighbour has in the other
direction (where both have it, one begins where the other ends, and the count stays). So where polygons overlap at
all, an edge of its own is met by another polygon, and from there every overlap that hangs together is reached by
going on to neighbours. Parcels that share their borders vertex by vertex have such edges on the rim only.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import shapely

from geo.arrays import Bools, Floats, Integers, Ints, Shapes, as_rows, box_polygons, is_new
from geo.parallel import in_threads, row_blocks

Bits = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int32]

PAIRS = 20_000  # compared at a time
SOME = 10_000  # polygons whose edges are matched at a time
MATCHED = 2_000_000  # edges left over that are matched at a time
ROWS = 50_000  # polygons whose neighbours are looked up at a time
_ONE, _APART = np.uint64(1), 1 << 32


def find_overlapping(shapes: Shapes, box: Floats) -> tuple[Ints, Ints]:
    """Return the pairs (i < j) of valid polygons whose insides meet."""
    own = _own_edges(shapes, box)
    seeds = np.flatnonzero(~np.isnan(own[:, 0]))
    nothing = np.zeros(0, dtype=np.int64)
    if not len(seeds):
        return nothing, nothing
    tree = shapely.STRtree(shapes)
    asked = nothing
    for part in row_blocks(len(seeds), size=ROWS):
        near, other = as_rows(tree.query(box_polygons(own[seeds[part]])))
        left, right = _ordered(seeds[part][near], other)
        asked = np.concatenate([asked, left * _APART + right])
    asked = np.unique(asked)
    left, right = asked // _APART, asked % _APART
    met = _met(shapes, left, right)
    found = [(left[met], right[met])]
    reached, held = np.zeros(len(shapes), dtype=bool), np.zeros(len(shapes), dtype=bool)
    front = np.unique(np.concatenate(found[0]))
    while len(front):  # go on to everything that touches what overlaps
        reached[front] = True
        around = np.zeros(len(shapes), dtype=bool)
        for part in row_blocks(len(front), size=ROWS):
            around[tree.query(shapes[front[part]])[1]] = True
        rows, first = np.flatnonzero(around & ~held), len(found)
        for part in row_blocks(len(rows), size=ROWS):
            row, other = as_rows(tree.query(shapes[rows[part]]))
            new = ~held[other]  # who was held against all others was held against these
            left, right = _ordered(rows[part][row[new]], other[new])
            new = ~_in_order(left * _APART + right, asked)
            left, right = left[new], right[new]
            met = _met(shapes, left, right)
            found.append((left[met], right[met]))
            held[rows[part]] = True
        front = np.unique(np.concatenate([nothing, *(side for pair in found[first:] for side in pair)]))
        front = front[~reached[front]]
    left, right = (np.concatenate(side) for side in zip(*found, strict=True))
    order = np.lexsort([right, left])
    return left[order], right[order]


def overlapping_with(shapes: Shapes, rows: Ints) -> tuple[Ints, Ints]:
    """Return the pairs (i < j) of valid polygons whose insides meet and of which one is among some rows."""
    near, other = as_rows(shapely.STRtree(shapes).query(shapes[rows]))
    left, right = _ordered(rows[near], other)
    met = _met(shapes, left, right)
    return left[met], right[met]


def still_overlapping(pairs: tuple[Ints, Ints], rows: Ints, shapes: Shapes) -> tuple[Ints, Ints]:
    """Return the pairs of a layer that overlap, given those of the layer it was."""
    place = np.full(1 + max([int(rows.max(initial=0)), *(int(side.max(initial=0)) for side in pairs)]), -1)
    here = np.flatnonzero(rows >= 0)
    place[rows[here]] = here
    one, other = (place[side] for side in pairs)
    both = (one >= 0) & (other >= 0)
    new = overlapping_with(shapes, np.flatnonzero(rows < 0))
    one, other = np.concatenate([one[both], new[0]]), np.concatenate([other[both], new[1]])
    low, high = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort([high, low])
    return low[order], high[order]


def unshared_rows(shapes: Shapes, box: Floats) -> Ints:
    """Return the polygons with an edge that no other has in the other direction: on a rim, or beside a fault."""
    return np.flatnonzero(~np.isnan(_own_edges(shapes, box)[:, 0]))


def _ordered(row: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Return pairs once, the smaller number first."""
    low, high = np.minimum(row, other), np.maximum(row, other)
    pairs = np.sort(low[low != high] * _APART + high[low != high])
    pairs = pairs[is_new(pairs)]
    return pairs // _APART, pairs % _APART


def _met(shapes: Shapes, left: Ints, right: Ints) -> Bools:
    """Tell, in two threads, which pairs share ground; copies do, and GEOS takes long to tell of them."""

    def work(part: slice) -> Bools:
        one, other = shapes[left[part]], shapes[right[part]]
        found: Bools = shapely.get_num_coordinates(one) == shapely.get_num_coordinates(other)
        some = np.flatnonzero(found)
        found[some] = shapely.equals_identical(one[some], other[some])
        rest = np.flatnonzero(~found)
        found[rest] = shapely.relate_pattern(one[rest], other[rest], "T********")
        return found

    parts = in_threads(row_blocks(len(left), size=PAIRS), work)
    return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)


def _own_edges(shapes: Shapes, box: Floats) -> Floats:
    """Return for every polygon the box of its edges that no other has in the other direction; NaN without any.

    The box may hold edges that some polygon further off has: of a layer most of whose edges are their own, what is
    kept of each edge decides how much memory this takes.
    """
    result = np.full((len(shapes), 4), np.nan)

    def work(rows: Ints) -> tuple[Bits, Counts]:
        """Match the edges of some polygons: no two tasks write to the same place."""
        key, at, xy, starts, owner = _edges(shapes[rows])
        left = _unmatched(key)
        at = at[left]
        whose = owner[np.searchsorted(starts, at, side="right") - 1]
        order = np.argsort(whose, kind="stable")
        at, whose = at[order], whose[order]
        if len(whose):
            one, other = xy[at], xy[at + 1]
            first = np.flatnonzero(is_new(whose))
            low = np.minimum.reduceat(np.minimum(one, other), first, axis=0)
            high = np.maximum.reduceat(np.maximum(one, other), first, axis=0)
            result[rows[whose[first]]] = np.hstack([low, high])
        return key[left[order]], rows[whose].astype(np.int32)

    order = _along(box)
    found = in_threads([order[part] for part in row_blocks(len(order), size=SOME)], work)
    if len(found) > 1:
        key, owner = (np.concatenate(values) for values in zip(*found, strict=True))
        del found
        own = np.zeros(len(shapes), dtype=bool)
        for here in _by_first_bits(key):
            own[owner[here[_unmatched(key[here])]]] = True
        result[~own] = np.nan
    return result


def _by_first_bits(key: Bits) -> Iterator[Ints]:
    """Yield places of numbers, some at a time, all of an edge together."""
    bits = (len(key) // MATCHED).bit_length()
    first = key >> np.uint64(64 - bits) if bits else np.zeros(len(key), dtype=np.uint64)
    for number in range(2**bits):
        yield np.flatnonzero(first == np.uint64(number))


def _along(box: Floats) -> Ints:
    """Return the rows so that neighbours are near one another: strips of strips."""
    x, y = box[:, 0] + box[:, 2], box[:, 1] + box[:, 3]
    here = np.flatnonzero(np.isfinite(x))
    strips = max(1, round((len(here) / SOME) ** 0.5))
    rank = np.empty(len(here), dtype=np.int64)
    rank[np.argsort(x[here], kind="stable")] = np.arange(len(here))
    return here[np.lexsort([y[here], rank * strips // max(len(here), 1)])].astype(np.int64)


def _edges(shapes: Shapes) -> tuple[Bits, Ints, Floats, Ints, Ints]:
    """Return every edge as a number whose last bit is its direction, and the vertex it begins with.

    The number is the sum of both ends', each a mixture of all 128 bits of its place: two different edges have the
    same one in one of 1e19. Then follow all vertices, ring by ring, where each ring begins, and whose it is.
    """
    plain: Bools = (shapely.get_type_id(shapes) == 3) & (shapely.get_num_interior_rings(shapes) == 0)
    rings, owner, hole = shapes, np.arange(len(shapes)), np.zeros(len(shapes), dtype=bool)
    if not plain.all():  # only of the others is every ring made a shape of its own
        few = np.flatnonzero(~plain)
        parts, of = shapely.get_parts(shapes[few], return_index=True)
        own, part = shapely.get_rings(parts, return_index=True)
        rings, owner = np.concatenate([shapes[plain], own]), np.concatenate([owner[plain], few[of[part]]])
        hole = np.concatenate([hole[plain], [False] * min(1, len(part)), part[1:] == part[:-1]])
    xy = shapely.get_coordinates(rings)
    xy += 0.0  # one zero, not two
    count = shapely.get_num_coordinates(rings)
    starts = np.cumsum(count) - count
    point = _mixed(xy.view(np.uint64))
    begin, end = point[:-1], point[1:]
    key = begin + end  # the same in both directions
    forward = (begin < end) ^ np.repeat(_clockwise(xy, starts, count) ^ hole, count)[:-1]
    key &= ~_ONE
    key |= forward
    edge: Bools = begin != end
    edge[starts[1:] - 1] = False  # from one ring's end to the next one's start is no edge
    at = np.flatnonzero(edge)
    return key[at], at, xy, starts, owner


def _clockwise(xy: Floats, starts: Ints, count: Integers) -> Bools:
    """Tell which rings have their inside on the right; areas are taken about each ring's first vertex."""
    x, y = (np.ascontiguousarray(xy[:, axis]) for axis in (0, 1))
    x, y = x - np.repeat(x[starts], count), y - np.repeat(y[starts], count)
    cross = x[:-1] * y[1:]
    cross -= x[1:] * y[:-1]
    cross[starts[1:] - 1] = 0.0
    return np.asarray(np.add.reduceat(cross, starts) < 0.0, dtype=bool)


def _mixed(bits: Bits) -> Bits:
    """Return 64 bits mixed of every row of two."""
    mixed = _stirred(bits[:, 0].copy())
    mixed += bits[:, 1]
    return _stirred(mixed)


def _stirred(bits: Bits) -> Bits:
    """Mix bits in place (Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014)."""
    bits += np.uint64(0x9E3779B97F4A7C15)
    part = bits >> np.uint64(30)
    bits ^= part
    bits *= np.uint64(0xBF58476D1CE4E5B9)
    np.right_shift(bits, np.uint64(27), out=part)
    bits ^= part
    bits *= np.uint64(0x94D049BB133111EB)
    np.right_shift(bits, np.uint64(31), out=part)
    bits ^= part
    return bits


def _unmatched(key: Bits) -> Ints:
    """Return which edges are not there exactly once in each direction; once in a blue moon one more.

    Numbers are put in order with their places in their last bits, which is far quicker than to order places.
    """
    last = (_ONE << np.uint64(len(key).bit_length())) - _ONE
    order = key & ~last
    order |= np.arange(len(key), dtype=np.uint64)
    order.sort()
    order &= last
    place = order.view(np.int64)
    every = key[place]
    again = every >> _ONE == np.roll(every, 1) >> _ONE  # whether an edge is that of the one before
    again[:1] = False
    follows = np.append(again[1:], False)
    pair: Bools = follows & ~again & (every != np.roll(every, -1))
    pair[:-1] &= ~follows[1:]
    pair[1:] |= pair[:-1]
    return np.sort(place[~pair])


def _in_order(values: Integers, order: Integers) -> Bools:
    """Tell which values are among others that are in order (numpy's own way is slow for millions)."""
    if not len(order):
        return np.zeros(len(values), dtype=bool)
    at = np.minimum(np.searchsorted(order, values), len(order) - 1)
    return np.asarray(order[at] == values, dtype=bool)
