"""Small shapes held against large ones, each with the part around it only; copies are held once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
import shapely

from geo.arrays import Bools, Ints, Shapes, as_rows, is_new, own_copies
from geo.measure.facts import shape_boxes
from geo.measure.measuring import Measures, join_measures
from geo.overlay.cells import number_each
from geo.overlay.near import FEW, gather_windows, near_parts, trim_shapes
from geo.parallel import THREADS, UNWATCHED, Watch, in_threads

Seen = tuple[Bools, Bools, Measures]
Look = Callable[[Shapes, Shapes, Bools], Seen]

TASK = 1_000  # pairs looked at by a thread at a time
COPIES = 16  # pairs for each shape, on the average, from where it is looked which shapes are copies of others


@dataclass(frozen=True)
class Compared:
    """Pairs of a small shape and a large one: whether it lies within, else meets it, and the part around it.

    ``taken`` is what was measured of those that meet, one after the other.
    """

    row: Ints
    large: Ints
    within: Bools
    met: Bools
    part: Shapes
    taken: Measures

    def of_copies(self, large: Ints, small: Ints) -> Compared:
        """Return the pairs of all shapes, given those of one of each kind and which kind every shape is of.

        Parameters
        ----------
        large, small
            The number of each shape's kind, (n,) and (m,).
        """
        many = np.bincount(small)[self.row], np.bincount(large)[self.large]
        pair, at = number_each(many[0] * many[1])
        mine, others = np.divmod(at, many[1][pair])
        met = np.cumsum(self.met) - 1
        return Compared(
            row=_member(small, self.row[pair], mine),
            large=_member(large, self.large[pair], others),
            within=self.within[pair],
            met=self.met[pair],
            part=self.part[pair],
            taken=self.taken[met[pair[self.met[pair]]]],
        )


def _member(kind: Ints, which: Ints, at: Ints) -> Ints:
    """Return of some kinds the first, second, ... row of each."""
    order = np.argsort(kind, kind="stable")
    begins = np.searchsorted(kind[order], which)
    result: Ints = order[begins + at]
    return result


def _kinds(shapes: Shapes) -> tuple[Ints, Ints]:
    """Return which shapes are the first of their kind, and each one's kind: copies have the same, to the bit."""
    kind = pd.factorize(shapely.to_wkb(shapes))[0].astype(np.int64)
    return np.unique(kind, return_index=True)[1], kind


def compare_shapes(
    large: Shapes,
    small: Shapes,
    look: Look,
    *,
    size: float,
    watch: Watch = UNWATCHED,
    threads: int = THREADS,
) -> Compared:
    """Compare small shapes with the large ones whose boxes they meet, each with the part around it only.

    Parameters
    ----------
    large, small
        n and m shapes in one plane.
    watch
        Is told how far it is in blocks of small shapes, and may stop it by raising `Cancelled`.
    threads
        How many work at once.
    look
        Is given prepared parts and shapes, pair by pair, and which of these are only the part of one that reaches
        beyond; it tells which shapes lie within, and which others meet; these it may measure: one thread does so
        while another one looks, GEOS and the interpreter both at work.
    size
        Of the windows parts are taken in, CRS units.
    """
    row, of = as_rows(shapely.STRtree(large).query(small))
    if not len(row):
        nobody = np.zeros(0, dtype=bool)
        return Compared(row, of, nobody, nobody, large[:0], join_measures([]))
    if len(row) > COPIES * (len(large) + len(small)):
        (one, mine), (other, theirs) = _kinds(large), _kinds(small)
        if 2 * len(one) * len(other) <= len(large) * len(small):
            kinds = compare_shapes(large[one], small[other], look, size=size, watch=watch, threads=threads)
            return kinds.of_copies(mine, theirs)
    if len(row) <= TASK and (shapely.get_num_coordinates(large) <= FEW).all():
        window, parts = of, large  # few vertices, and one thread: nothing to take parts of
    else:
        window, owner, frames = gather_windows(shape_boxes(small)[row], of, size=size)
        parts = near_parts(large, owner, frames)
    order = np.argsort(window, kind="stable")
    row, of, window = row[order], of[order], window[order]
    about, beyond = trim_shapes(small, row, shapely.bounds(large)[of])
    first = np.flatnonzero(is_new(window))
    begins = first[np.searchsorted(first, np.arange(0, len(row), TASK), side="right") - 1]
    bounds = [*begins[np.diff(begins, prepend=-1) > 0].tolist(), len(row)]

    def work(span: tuple[int, int]) -> Seen:
        """Look at whole windows: what is prepared here no other thread sees."""
        mine = slice(*span)
        own = own_copies(parts[window[span[0]] : window[span[1] - 1] + 1])
        shapely.prepare(own)
        return look(own[window[mine] - window[span[0]]], about[mine], beyond[mine])

    spans = list(pairwise(bounds))
    found = in_threads(spans, work, watch=watch, threads=threads)
    nobody = np.zeros(0, dtype=bool)
    within, met = (np.concatenate([nobody, *flags]) for flags in zip(*(one[:2] for one in found), strict=True))
    return Compared(row, of, within, met, parts[window], join_measures([one[2] for one in found]))


def cut_out(around: Shapes, shape: Shapes) -> tuple[Bools, Bools]:
    """Tell which polygons lie wholly inside, and which of the others meet it."""
    return _told(np.asarray(shapely.contains_properly(around, shape), dtype=bool), around, shape)


def _told(within: Bools, around: Shapes, shape: Shapes) -> tuple[Bools, Bools]:
    met = ~within
    others = np.flatnonzero(met)
    met[others] = shapely.intersects(around[others], shape[others])
    return within, met
