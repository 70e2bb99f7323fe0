"""Exact integrals over polygons whose edges are straight in a plane or in longitude and latitude.

The ellipsoidal area of a polygon is the integral of the area density of its coordinate plane. By Green's
theorem that is a sum over edges of a one-dimensional integral of a smooth function, which Gauss-Legendre
quadrature gives to rounding error: no edge has to be split and no vertex projected. The density is known in
closed form in longitude/latitude, and in a projected CRS it is a polynomial fitted through PROJ once per extent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from numpy.polynomial import chebyshev
from numpy.polynomial.legendre import leggauss
from pyproj import CRS, Transformer

from .errors import ExtentTooLarge

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]
Pair = tuple[float, float]

SMALLEST_HALF_M = 60_000.0  # below this, PROJ's rounding (1e-9 m) would show in the derivative of the fit
DEGREES = (6, 9, 13, 18)
TAIL, TRIM = 1e-11, 3e-13
SMALL_ANGLE = 0.2  # below this the series of sin(q)/q to q^8 is exact to rounding
BLOCK = 4_000  # geometries per pass: coordinate arrays stay in the processor's cache


def authalic_northing_m(latitude_deg: Floats, *, a_m: float, f: float) -> Floats:
    """Return the northing of the cylindrical equal-area projection (with easting a x longitude in radians)."""
    e2 = f * (2.0 - f)
    e = math.sqrt(e2)
    s = np.sin(np.radians(latitude_deg))
    northing: Floats = 0.5 * a_m * (1.0 - e2) * (s / (1.0 - e2 * s * s) + np.arctanh(e * s) / e)
    return northing


@dataclass(frozen=True)
class AreaForm:
    """The primitive whose boundary integral is the ellipsoidal area, for one CRS and extent.

    Parameters
    ----------
    lonlat
        Whether coordinates are longitude and latitude (the primitive is in latitude, integrated over longitude).
    centre, half
        The extent the polynomial was fitted over, in CRS units.
    density
        Power-basis coefficients of the area density in scaled coordinates, ``[i][j]`` for u^i v^j (m2 per unit2).
    nodes
        Gauss-Legendre nodes per edge.
    """

    lonlat: bool
    centre: tuple[float, float]
    half: tuple[float, float]
    density: tuple[tuple[float, ...], ...]
    nodes: int
    a_m: float
    f: float

    def _polynomial(self, rows: list[tuple[float, ...]], u: Floats, v: Floats) -> Floats:
        total = np.zeros_like(u)
        for row in reversed(rows):
            total *= u
            if len(row) == 1:
                total += row[0]
            elif row:
                inner = np.full_like(v, row[-1])
                for coefficient in reversed(row[:-1]):
                    inner *= v
                    inner += coefficient
                total += inner
        return total

    def areal_scale(self, x: Floats, y: Floats) -> Floats:
        """Return plane area over ellipsoidal area at points of a projected CRS (1 where undistorted)."""
        u, v = (x - self.centre[0]) / self.half[0], (y - self.centre[1]) / self.half[1]
        scale: Floats = 1.0 / self._polynomial(list(self.density), u, v)
        return scale

    def edges_m2(self, x: Floats, y: Floats) -> Floats:
        """Return each edge's share of the signed area (counter-clockwise positive), m2."""
        x0, x1, y0, y1 = x[:-1], x[1:], y[:-1], y[1:]
        dx, dy = x1 - x0, y1 - y0
        total = np.zeros_like(dx)
        nodes, weights = leggauss(self.nodes)
        if self.lonlat:
            for node, weight in zip(nodes.tolist(), weights.tolist()):
                t = 0.5 * (1.0 + node)
                total -= (0.5 * weight) * authalic_northing_m(y0 + t * dy, a_m=self.a_m, f=self.f)
            total *= np.radians(dx) * self.a_m
            return total
        rows: list[tuple[float, ...]] = [()]
        rows += [tuple(c / (i + 1) for c in row) for i, row in enumerate(self.density)]
        u0, v0 = (x0 - self.centre[0]) / self.half[0], (y0 - self.centre[1]) / self.half[1]
        du, dv = dx / self.half[0], dy / self.half[1]
        for node, weight in zip(nodes.tolist(), weights.tolist()):
            t = 0.5 * (1.0 + node)
            total += (0.5 * weight * self.half[0]) * self._polynomial(rows, u0 + t * du, v0 + t * dv)
        total *= dy
        return total


def area_form(crs: CRS, bounds: tuple[float, float, float, float]) -> AreaForm:
    """Return the area form of a CRS over an extent.

    Raises
    ------
    ExtentTooLarge
        When the projection cannot be fitted over the extent to 1e-11 (coordinates far outside its zone).
    """
    ellipsoid = crs.ellipsoid
    if ellipsoid is None:
        raise ExtentTooLarge(found=crs.to_string())
    a_m, f = float(ellipsoid.semi_major_metre), 1.0 / float(ellipsoid.inverse_flattening)
    west, south, east, north = bounds
    centre = (0.5 * (west + east), 0.5 * (south + north))
    if crs.is_geographic:
        nodes = 3 if max(east - west, north - south) < 2.0 else 12
        return AreaForm(True, centre, (1.0, 1.0), (), nodes, a_m, f)
    half = (max(0.5 * (east - west), SMALLEST_HALF_M), max(0.5 * (north - south), SMALLEST_HALF_M))
    inverse = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    for degree in DEGREES:
        density = _fitted_density(inverse, centre, half, degree, (a_m, f))
        if density is not None:
            nodes = 2 if max(east - west, north - south) < 80_000.0 else 6
            return AreaForm(False, centre, half, density, nodes, a_m, f)
    raise ExtentTooLarge(found=crs.to_string())


def _fitted_density(
    inverse: Transformer, centre: Pair, half: Pair, degree: int, ellipsoid: Pair
) -> tuple[tuple[float, ...], ...] | None:
    """Fit the Jacobian of plane -> equal-area coordinates; None when the degree is too low."""
    a_m, f = ellipsoid
    count = 4 * degree
    nodes: Floats = chebyshev.chebpts1(count)
    u, v = np.meshgrid(nodes, nodes, indexing="ij")
    lon, lat = inverse.transform((centre[0] + half[0] * u).ravel(), (centre[1] + half[1] * v).ravel())
    if not (np.all(np.isfinite(lon)) and np.all(np.isfinite(lat))):
        return None
    basis = chebyshev.chebvander(nodes, degree + 2)
    weight = np.where(np.arange(degree + 3) == 0, 1.0, 2.0)[:, None] / count

    def fitted(values: Floats) -> Floats:  # the nodes are orthogonal: no system to solve
        fit: Floats = (weight * basis.T) @ values.reshape(count, count) @ (weight * basis.T).T
        return fit

    east, north = fitted(np.radians(lon) * a_m), fitted(authalic_northing_m(lat, a_m=a_m, f=f))
    slope = [chebyshev.chebval2d(u, v, chebyshev.chebder(c, axis=axis)) for c in (east, north) for axis in (0, 1)]
    coefficients = fitted((slope[0] * slope[3] - slope[1] * slope[2]) / (half[0] * half[1]))
    size = abs(coefficients[0, 0])
    tail = np.concatenate([coefficients[degree + 1 :].ravel(), coefficients[:, degree + 1 :].ravel()])
    if np.abs(tail).max() > TAIL * size:
        return None
    coefficients = np.where(np.abs(coefficients) < TRIM * size, 0.0, coefficients)[: degree + 1, : degree + 1]
    power = np.zeros_like(coefficients)
    for i in range(degree + 1):
        for j in range(degree + 1):
            if coefficients[i, j] != 0.0:
                one = np.outer(_power(i), _power(j)) * coefficients[i, j]
                power[: one.shape[0], : one.shape[1]] += one
    return _trimmed(power, TRIM * size)


def _power(degree: int) -> Floats:
    coefficients: Floats = np.atleast_1d(chebyshev.cheb2poly([0.0] * degree + [1.0]))
    return coefficients


def _trimmed(power: Floats, least: float) -> tuple[tuple[float, ...], ...]:
    rows = []
    for row in power:
        keep = np.flatnonzero(np.abs(row) > least)
        rows.append(tuple(row[: keep[-1] + 1].tolist()) if len(keep) else ())
    while len(rows) > 1 and not rows[-1]:
        rows.pop()
    return tuple(rows)


@dataclass(frozen=True)
class Wave:
    """A smooth test function cos(k . p).

    Two sets whose areas and integrals of it agree are the same set: it tells parcels that tile a zone from
    parcels that merely add up to its area.
    """

    kx: float
    ky: float
    x0: float
    y0: float

    @classmethod
    def for_size(cls, size: float, centre: tuple[float, float]) -> Wave:
        """Return a wave some four parcels long in a direction no street grid has."""
        k = 2.0 * math.pi / (4.0 * size)
        return cls(k * math.cos(0.7390851332), k * math.sin(0.7390851332), *centre)

    def edges(self, x: Floats, y: Floats) -> Floats:
        """Return each edge's share of the integral of the wave over the polygon (exact, CRS units squared)."""
        phase = (x - self.x0) * self.kx + (y - self.y0) * self.ky
        middle, quarter = 0.5 * (phase[:-1] + phase[1:]), 0.5 * (phase[1:] - phase[:-1])
        if len(quarter) and max(float(quarter.max()), -float(quarter.min())) > SMALL_ANGLE:
            sinc = np.sinc(quarter / math.pi)
        else:
            q2 = quarter * quarter
            sinc = 1.0 - q2 * (1.0 / 6.0 - q2 * (1.0 / 120.0 - q2 * (1.0 / 5040.0 - q2 / 362880.0)))
        share: Floats = np.sin(middle) * sinc * (y[1:] - y[:-1]) / self.kx
        return share


@dataclass(frozen=True)
class Measures:
    """Per geometry: ellipsoidal area, and the integral of the wave when one was given."""

    area_m2: Floats
    wave: Floats


def measure(shapes: Shapes, form: AreaForm, *, wave: Wave | None = None) -> Measures:
    """Integrate polygons (anything else counts 0). Ring direction does not matter; holes are subtracted."""
    area, marks = np.zeros(len(shapes)), np.zeros(len(shapes))
    for start in range(0, len(shapes), BLOCK):
        block = slice(start, start + BLOCK)
        area[block], marks[block] = _measured_block(shapes[block], form, wave)
    return Measures(area, marks)


def _measured_block(shapes: Shapes, form: AreaForm, wave: Wave | None) -> tuple[Floats, Floats]:
    plain = (shapely.get_type_id(shapes) == 3) & (shapely.get_num_interior_rings(shapes) == 0)
    plain &= ~shapely.is_empty(shapes)
    if plain.all():
        return _ring_integrals(shapes, form, wave)
    area, marks = np.zeros(len(shapes)), np.zeros(len(shapes))
    if plain.any():
        area[plain], marks[plain] = _ring_integrals(shapes[plain], form, wave)
    rest = np.flatnonzero(~plain & (shapely.get_dimensions(shapes) == 2))
    parts, owner = shapely.get_parts(shapes[rest], return_index=True)
    areal = (shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)
    parts, owner = parts[areal], rest[owner[areal]]
    if len(parts):
        rings, part = shapely.get_rings(parts, return_index=True)
        hole = np.concatenate([[False], part[1:] == part[:-1]])
        sign = np.where(hole, -1.0, 1.0)
        ring_area, ring_marks = _ring_integrals(rings, form, wave)
        np.add.at(area, owner[part], sign * ring_area)
        np.add.at(marks, owner[part], sign * ring_marks)
    return area, marks


def _ring_integrals(rings: Shapes, form: AreaForm, wave: Wave | None) -> tuple[Floats, Floats]:
    """Integrate single rings given as rings or as polygons without holes; the result is never negative in area."""
    coordinates = shapely.get_coordinates(rings)
    x, y = np.ascontiguousarray(coordinates[:, 0]), np.ascontiguousarray(coordinates[:, 1])
    starts = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(rings))[:-1]])
    between = starts[1:] - 1  # the "edge" from one ring's end to the next one's start
    shares = form.edges_m2(x, y)
    shares[between] = 0.0
    area = np.add.reduceat(shares, starts)
    marks = np.zeros_like(area)
    if wave is not None:
        shares = wave.edges(x, y)
        shares[between] = 0.0
        marks = np.add.reduceat(shares, starts) * np.sign(area)
    return np.abs(area), marks
