"""The ground that several shapes of one layer hold: found once for a layer, as its other facts are."""

from __future__ import annotations

import numpy as np
from pyproj import CRS

from geo.arrays import Floats, Shapes, is_new
from geo.measure import sound
from geo.measure.area import form_of
from geo.measure.facts import known_facts, overlapping_pairs, shape_boxes
from geo.measure.measuring import measure
from geo.overlay.near import areal_parts, join_runs, parts_about


def held_twice_m2(shapes: Shapes, crs: CRS) -> float:
    """Return the ground that lies in more than one shape, ellipsoidal m2: areas beyond that of the union.

    Of every shape it is what the larger ones have of it together, which only their parts about it can tell.

    Parameters
    ----------
    shapes
        n valid polygons.
    crs
        Where their edges are straight.
    """
    if len(shapes) < 2:
        return 0.0

    def find(every: Shapes) -> Floats:
        return np.array([_held_twice(every, crs)])

    name = f"twice {crs.srs}"
    found = known_facts(shapes, name)
    whole = found is not None and found.rows is None
    return float((found.facts.get(name, find) if found is not None and whole else find(shapes))[0])


def _held_twice(shapes: Shapes, crs: CRS) -> float:
    left, right = overlapping_pairs(shapes)
    if not len(left):
        return 0.0
    box = shape_boxes(shapes)
    size = (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1])
    later = size[left] >= size[right]  # the right one of a pair is held against the left one
    large, small = np.where(later, left, right), np.where(later, right, left)
    order = np.argsort(small, kind="stable")
    large, small = large[order], small[order]
    begins = np.flatnonzero(is_new(small))
    rows = small[begins]
    larger = join_runs(parts_about(shapes, large, small), begins)
    twice = areal_parts(sound.intersect_pairs(shapes[rows], larger))
    return float(measure(twice, form_of(crs, shapes)).area_m2.sum())
