"""The ground that several shapes of one layer hold: found once for a layer, as its other facts are."""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import CRS

from geo.arrays import Floats, Shapes, box_polygons, is_new
from geo.measure import sound
from geo.measure.area import form_of
from geo.measure.facts import known_facts, overlapping_pairs, shape_boxes
from geo.measure.measuring import measure
from geo.overlay.near import areal_parts, join_runs, parts_about

DEEP = 32  # boxes over each, on the average, from where joining all shapes costs less than to look at every pair
SOME = 500  # boxes that tell it
NOISE = 1e-12  # of an area: what is left of it by less came of the last digits of what was added


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
    box = shape_boxes(shapes)
    if len(shapes) > 2 * DEEP and _boxes_over(box) > DEEP:  # each would be held against so many others
        form = form_of(crs, shapes)
        area = float(measure(shapes, form).area_m2.sum())
        twice_m2 = area - float(measure(np.array([sound.union(shapes)], dtype=object), form).area_m2[0])
        return twice_m2 if twice_m2 > NOISE * area else 0.0
    left, right = overlapping_pairs(shapes)
    if not len(left):
        return 0.0
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


def _boxes_over(box: Floats) -> float:
    """Return how many boxes meet each box, itself included, on the average of some of them."""
    frames = box_polygons(box)
    some = frames[:: max(1, len(frames) // SOME)]
    return len(shapely.STRtree(frames).query(some)[0]) / len(some)
