"""How much of every target its service areas cover: each point of ground counted once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes
from geo.measure.area import shape_lengths_m
from geo.measure.crs import Bench
from geo.measure.integrals import AreaForm
from geo.measure.measuring import measure
from geo.measure.validity import overlapping_pairs
from geo.overlay.ground import Ground
from geo.overlay.overlay import areal, cut_block
from geo.parallel import Cancel, Progress, blocks, in_threads

BLOCK = 4_000


@dataclass(frozen=True)
class Covered:
    """Per target: its amount, the covered amount (same unit), and the covered part where it is not all.

    ``part`` holds None for targets wholly covered or not covered at all.
    """

    amount: Floats
    covered: Floats
    part: Shapes

    @property
    def whole(self) -> Bools:
        """Targets covered wholly."""
        return np.asarray(shapely.is_missing(self.part) & (self.covered > 0.0), dtype=bool)


def cover_polygons(
    bench: Bench,
    targets: Shapes,
    services: Shapes,
    *,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Covered:
    """Return the ellipsoidal area (m2) of each target polygon under any service area.

    A target inside one service area is whole; otherwise only the service areas that cross it are cut to it and
    dissolved there. Nothing is dissolved over the whole map.
    """
    ground = Ground.of(bench, services, targets)
    parts = blocks(len(targets), size=BLOCK)
    found = in_threads(parts, lambda part: _cover_block(ground, targets[part]), progress=progress, cancel=cancel)
    if not found:
        return Covered(np.zeros(0), np.zeros(0), np.zeros(0, dtype=object))
    return Covered(
        np.concatenate([one.amount for one in found]),
        np.concatenate([one.covered for one in found]),
        np.concatenate([one.part for one in found]),
    )


def _cover_block(ground: Ground, targets: Shapes) -> Covered:
    """Cut and dissolve one block, so that pieces of one block only are held at a time."""
    cut = cut_block(ground, targets, once=True)
    covered = np.zeros(len(targets))
    part = np.full(len(targets), None, dtype=object)
    whole = np.asarray(shapely.is_missing(cut.cut), dtype=bool)
    covered[cut.parcel[whole]] = cut.area_m2[whole]
    rows = np.flatnonzero(~whole)
    rows = rows[np.argsort(cut.parcel[rows], kind="stable")]
    parcel = cut.parcel[rows]
    first = np.flatnonzero(np.diff(parcel, prepend=-1))
    ends = np.append(first[1:], len(parcel))
    alone = ends - first == 1
    single, many = rows[first[alone]], np.flatnonzero(~alone)
    covered[cut.parcel[single]] = cut.area_m2[single]
    part[cut.parcel[single]] = cut.cut[single]
    if len(many):
        spans = zip(first[many].tolist(), ends[many].tolist())
        dissolved = areal(np.array([shapely.union_all(cut.cut[rows[a:b]]) for a, b in spans], dtype=object))
        owner = parcel[first[many]]
        part[owner] = dissolved
        covered[owner] = measure(dissolved, ground.form).area_m2
    return Covered(cut.parcel_area_m2, np.minimum(covered, cut.parcel_area_m2), part)


def cover_lines(bench: Bench, targets: Shapes, services: Shapes, *, cancel: Cancel | None = None) -> Covered:
    """Return the ellipsoidal length (m) of each target line inside any service area."""
    amount = shape_lengths_m(targets, bench.crs)
    tree = shapely.STRtree(services)
    line, service = tree.query(targets, predicate="intersects")
    part = np.full(len(targets), None, dtype=object)
    if cancel is not None:
        cancel()
    order = np.argsort(line, kind="stable")
    rows, first = np.unique(line[order], return_index=True)
    for row, near_rows in zip(rows.tolist(), np.split(service[order], first[1:])):
        near = shapely.union_all(services[near_rows])
        part[row] = shapely.intersection(targets[row], near)
    covered = np.zeros(len(targets))
    hit = np.flatnonzero(~shapely.is_missing(part))
    covered[hit] = shape_lengths_m(part[hit], bench.crs)
    return Covered(amount, np.minimum(covered, amount), part)


def cover_points(targets: Shapes, facilities: Shapes, plane_radius: Floats) -> Bools:
    """Tell which points lie within their facility's radius, by exact distance (no buffer)."""
    tree = shapely.STRtree(targets)
    _, point = tree.query(facilities, predicate="dwithin", distance=plane_radius)
    reached = np.zeros(len(targets), dtype=bool)
    reached[point] = True
    return reached


def once_only(shapes: Shapes, form: AreaForm) -> tuple[Shapes, float, Ints]:
    """Return polygons without mutual overlap (ground goes to the earlier row), the area removed and its rows."""
    left, right = overlapping_pairs(shapes)
    if not len(left):
        return shapes, 0.0, np.zeros(0, dtype=np.int64)
    rows = np.unique(right)
    before = measure(shapes[rows], form).area_m2.sum()
    result = shapes.copy()
    order = np.argsort(right, kind="stable")
    first = np.unique(right[order], return_index=True)[1]
    for row, others in zip(rows.tolist(), np.split(left[order], first[1:])):
        earlier = shapely.union_all(shapes[others])
        result[row] = areal(np.array([shapely.difference(shapes[row], earlier)], dtype=object))[0]
    return result, float(before - measure(result[rows], form).area_m2.sum()), rows.astype(np.int64)
