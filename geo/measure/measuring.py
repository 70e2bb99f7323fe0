"""Polygons measured: ellipsoidal areas and plane moments, block by block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes
from geo.measure.integrals import AreaForm
from geo.measure.moments import Moments, join_moments, ring_moments
from geo.parallel import in_threads, row_blocks

FEW = 200  # geometries
BLOCK = 1_000  # geometries per pass: coordinate arrays stay in the processor's cache


@dataclass(frozen=True)
class Measures:
    """Per geometry: ellipsoidal area, and plane moments."""

    area_m2: Floats
    moments: Moments

    def __getitem__(self, rows: Ints) -> Measures:
        return Measures(self.area_m2[rows], self.moments[rows])


def measure(shapes: Shapes, form: AreaForm) -> Measures:
    """Integrate polygons (anything else counts 0). Ring direction does not matter; holes are subtracted."""
    return join_measures([_measured_block(shapes[part], form) for part in row_blocks(len(shapes), size=BLOCK)])


def measure_all(shapes: Shapes, form: AreaForm) -> Measures:
    """Integrate polygons in two threads."""
    parts = row_blocks(len(shapes), size=BLOCK)
    return join_measures(in_threads(parts, lambda part: _measured_block(shapes[part], form)))


def join_measures(found: list[Measures]) -> Measures:
    """Return what several blocks measured, one after the other."""
    if not found:
        return Measures(np.zeros(0), Moments.zeros(0))
    return Measures(np.concatenate([one.area_m2 for one in found]), join_moments([one.moments for one in found]))


def _measured_block(shapes: Shapes, form: AreaForm) -> Measures:
    plain: Bools = (shapely.get_type_id(shapes) == 3) & (shapely.get_num_interior_rings(shapes) == 0)
    plain &= ~shapely.is_empty(shapes)
    if plain.all():
        return measured_rings(*_vertices(shapes), form)
    area, moments = np.zeros(len(shapes)), Moments.zeros(len(shapes))
    if len(shapes) <= FEW:
        plain[:] = False  # all at once: of few shapes every pass takes as long as of one
    if plain.any():
        found = measured_rings(*_vertices(shapes[plain]), form)
        area[plain] = found.area_m2
        moments.x[plain], moments.y[plain], moments.values[:, plain] = _columns(found.moments)
    rest = np.flatnonzero(~plain & (shapely.get_dimensions(shapes) == 2))
    parts, owner = shapely.get_parts(shapes[rest], return_index=True)
    areal: Bools = (shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)
    parts, owner = parts[areal], rest[owner[areal]]
    if len(parts):
        rings, part = shapely.get_rings(parts, return_index=True)
        hole = np.concatenate([[False], part[1:] == part[:-1]])
        sign, owner = np.where(hole, -1.0, 1.0), owner[part]
        found = measured_rings(*_vertices(rings), form)
        np.add.at(area, owner, sign * found.area_m2)
        first = np.unique(owner, return_index=True)
        moments.x[first[0]], moments.y[first[0]] = found.moments.x[first[1]], found.moments.y[first[1]]
        shifted = sign * found.moments.about(moments.x[owner], moments.y[owner])
        np.add.at(moments.values.T, owner, shifted.T)
    return Measures(area, moments)


def _columns(moments: Moments) -> tuple[Floats, Floats, Floats]:
    return moments.x, moments.y, moments.values


def _vertices(rings: Shapes) -> tuple[Floats, Floats, Ints]:
    """Return the vertices of rings, or of polygons without holes, and where each ring begins."""
    coordinates = shapely.get_coordinates(rings)
    starts = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(rings))[:-1]])
    return np.ascontiguousarray(coordinates[:, 0]), np.ascontiguousarray(coordinates[:, 1]), starts


def measured_rings(x: Floats, y: Floats, starts: Ints, form: AreaForm) -> Measures:
    """Integrate closed rings, all of their vertices one after the other; no area is negative.

    Parameters
    ----------
    x, y
        Coordinates of all vertices, both (n,), in the units of the form's CRS.
    starts
        The first vertex of each ring, (m,).
    form
        What turns moments into ellipsoidal m2.
    """
    moments, reach = ring_moments(x, y, starts)
    area = form.near_m2(moments)
    if reach <= form.near:
        return Measures(area, moments)
    wide = np.maximum.reduceat(x, starts) - np.minimum.reduceat(x, starts)
    high = np.maximum.reduceat(y, starts) - np.minimum.reduceat(y, starts)
    far = np.maximum(wide, high) > form.near
    if far.any():
        length = np.diff(starts, append=len(x))
        vertices = np.repeat(far, length)
        first = np.concatenate([[0], np.cumsum(length[far])[:-1]])
        area[far] = form.rings_m2(x[vertices], y[vertices], first)
    return Measures(area, moments)
