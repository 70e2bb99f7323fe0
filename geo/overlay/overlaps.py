"""Ground that pieces cover more than once, found exactly where a zone is not tiled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.arrays import Bools, Floats, Ints, Shapes, as_list
from geo.measure import sound
from geo.measure.facts import overlapping_pairs, some_of
from geo.measure.integrals import AreaForm
from geo.measure.measuring import measure
from geo.overlay.overlay import Overlay


@dataclass(frozen=True)
class Doubles:
    """Ground that pieces cover more than once: per zone and label, area beyond the first cover, ellipsoidal m2."""

    by_label_m2: Floats
    by_zone_m2: Floats
    pairs: int


def doubles(result: Overlay, label: Ints, labels: int) -> Doubles:
    """Return what is counted twice in every zone, within each label (class) and altogether.

    Zones that close have none. ``label`` gives each parcel's class number.
    """
    count = len(result.zones)
    by_label, by_zone = np.zeros((labels, count)), np.zeros(count)
    rows = np.flatnonzero(~result.closed[result.zone])
    if not len(rows):
        return Doubles(by_label, by_zone, 0)
    used, inverse = np.unique(result.parcel[rows], return_inverse=True)
    left, right = overlapping_pairs(some_of(result.parcels, used))
    if not len(left):
        return Doubles(by_label, by_zone, 0)
    doubled = np.zeros(len(used), dtype=bool)
    doubled[left] = doubled[right] = True
    rows = rows[doubled[inverse]]
    shapes, zone, kind = result.shapes(rows), result.zone[rows], label[result.parcel[rows]]
    for z in as_list(np.unique(zone)):
        here: Bools = zone == z
        by_zone[z] = _beyond_union(shapes[here], result.area_m2[rows[here]], result.form)
        for k in as_list(np.unique(kind[here])):
            same: Bools = here & (kind == k)
            by_label[k, z] = _beyond_union(shapes[same], result.area_m2[rows[same]], result.form)
    return Doubles(by_label, by_zone, len(left))


def _beyond_union(shapes: Shapes, area_m2: Floats, form: AreaForm) -> float:
    if len(shapes) < 2:
        return 0.0
    union = np.array([sound.union(shapes)], dtype=object)
    return max(0.0, float(area_m2.sum() - measure(union, form).area_m2[0]))
