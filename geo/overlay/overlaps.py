"""Ground that pieces cover more than once, found exactly where a zone is not tiled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.arrays import Floats, Ints, Shape, Shapes, as_list
from geo.measure import sound
from geo.measure.facts import overlapping_pairs, some_of
from geo.measure.integrals import AreaForm
from geo.measure.measuring import measure
from geo.overlay.overlay import Overlay
from geo.parallel import in_threads


@dataclass(frozen=True)
class Doubles:
    """Ground that pieces cover more than once: per zone and label, area beyond the first cover, ellipsoidal m2."""

    by_label_m2: Floats
    by_zone_m2: Floats
    pairs: int


def doubled_areas(result: Overlay, label: Ints, labels: int) -> Doubles:
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
    shapes, area = result.shapes(rows), result.area_m2[rows]
    zone, kind = result.zone[rows], label[result.parcel[rows]]

    def work(z: int) -> None:
        """Join the shapes of each label, then what came of it: no two zones write to the same place."""
        here = np.flatnonzero(zone == z)
        grounds = []
        for k in as_list(np.unique(kind[here])):
            same = here[kind[here] == k]
            ground, by_label[k, z] = _together(shapes[same], area[same], result.form)
            grounds.append(ground)
        if len(grounds) == 1:
            by_zone[z] = by_label[kind[here[0]], z]
        else:
            _, by_zone[z] = _together(np.array(grounds, dtype=object), area[here], result.form)

    in_threads(as_list(np.unique(zone)), work)
    return Doubles(by_label, by_zone, len(left))


def _together(shapes: Shapes, area_m2: Floats, form: AreaForm) -> tuple[Shape, float]:
    """Return the ground shapes cover together, and by how much areas (of their parts) exceed it, m2."""
    if len(area_m2) < 2:
        return shapes[0], 0.0
    union = sound.union(shapes)
    whole = np.array([union], dtype=object)
    return union, max(0.0, float(area_m2.sum() - measure(whole, form).area_m2[0]))
