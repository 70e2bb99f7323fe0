"""Exact integrals over polygons whose edges are straight in a plane or in longitude and latitude.

The ellipsoidal area of a polygon is the integral of the area density of its coordinate plane. The density is
known in closed form in longitude/latitude, and in a projected CRS it is a polynomial fitted through PROJ once
per extent. Over a ring no larger than ``NEAR`` it is its Taylor series to the second order, integrated by the
ring's moments: what is left out is below 1e-12 of the area. Over a larger ring the integral is, by Green's
theorem, a sum over edges of a one-dimensional integral of a smooth function, which Gauss-Legendre quadrature
gives to rounding error. No edge has to be split and no vertex projected.

References
----------
Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395, 1987: authalic latitude (3-12).
Golub and Welsch, Calculation of Gauss quadrature rules, Mathematics of Computation 23, 1969.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.polynomial import chebyshev
from numpy.polynomial.legendre import leggauss
from pyproj import CRS, Transformer

from geo.arrays import Floats, Ints, as_rows
from geo.errors import ExtentTooLarge
from geo.measure.crs import base_crs, same_datum_transformer
from geo.measure.moments import Moments
from geo.measure.shift import Ways

Pair = tuple[float, float]

SMALLEST_HALF_M = 60_000.0  # below this, PROJ's rounding (1e-9 m) would show in the derivative of the fit
DEGREES = (6, 9, 13, 18)
TAIL, TRIM = 1e-11, 3e-13
NEAR_M, NEAR_DEG = 1_000.0, 0.01  # (1 km / earth radius)^3 is 4e-12, of which the third derivative takes a tenth
FEW = 120  # places up to which a polynomial's derivatives are worked out together
FURTHEST_NORTH = 80.0  # beyond, the density of degrees bends too fast


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
    near
        Up to this extent, in CRS units, a ring is integrated by its moments (`near_m2`).
    """

    lonlat: bool
    centre: tuple[float, float]
    half: tuple[float, float]
    density: tuple[tuple[float, ...], ...]
    nodes: int
    near: float
    a_m: float
    f: float

    @property
    def by_edges(self) -> bool:
        """Whether an edge has a share of its own (`edge_shares_m2`), whatever ring it is of."""
        return True

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

    def near_m2(self, moments: Moments) -> Floats:
        """Return the areas of polygons that lie near the origin of their moments, m2."""
        area, mx, my, mxx, mxy, myy = as_rows(moments.values)
        if self.lonlat:
            at, north, north2 = self._density_deg(moments.y)
            total: Floats = at * area + north * my + 0.5 * north2 * myy
            return total
        u, v = (moments.x - self.centre[0]) / self.half[0], (moments.y - self.centre[1]) / self.half[1]
        at, east, north, east2, both, north2 = self._densities(u, v)
        total = at * area
        total += east * (mx / self.half[0])
        total += north * (my / self.half[1])
        total += east2 * (0.5 * mxx / self.half[0] ** 2)
        total += both * (mxy / (self.half[0] * self.half[1]))
        total += north2 * (0.5 * myy / self.half[1] ** 2)
        return total

    def _densities(self, u: Floats, v: Floats) -> list[Floats]:
        """Return the density and its derivatives; of few places all at once, for calls cost more than numbers."""
        if len(u) > FEW:
            return [self._polynomial(rows, u, v) for rows in self._slopes.values()]
        return as_rows(_polynomials(self._stacked, u, v))

    @cached_property
    def _stacked(self) -> Floats:
        """The same in one array: by order in v, derivative and order in u."""
        many = max(map(len, self.density))
        table = np.zeros((many, len(self._slopes), len(self.density), 1))
        for number, rows in enumerate(self._slopes.values()):
            for order, row in enumerate(rows):
                table[: len(row), number, order, 0] = row
        return table

    @cached_property
    def _slopes(self) -> Mapping[tuple[int, int], list[tuple[float, ...]]]:
        """The density's derivatives in scaled coordinates, by order in u and in v."""
        rows = list(self.density)
        east, north = _along_u(rows), _along_v(rows)
        return {
            (0, 0): rows,
            (1, 0): east,
            (0, 1): north,
            (2, 0): _along_u(east),
            (1, 1): _along_v(east),
            (0, 2): _along_v(north),
        }

    def _density_deg(self, latitude: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the area of a square degree at latitudes (m2), and its first two derivatives by degree north.

        With s = sin and c = cos of the latitude: K c / w^2, w = 1 - e2 s^2.
        """
        e2, degree = self.f * (2.0 - self.f), math.pi / 180.0
        s, c = np.sin(np.radians(latitude)), np.cos(np.radians(latitude))
        w = 1.0 - e2 * s * s
        at = (self.a_m * degree) ** 2 * (1.0 - e2) * c / (w * w)
        slope = -s / c + 4.0 * e2 * s * c / w  # of the logarithm
        bend = -1.0 / (c * c) + 4.0 * e2 * ((c * c - s * s) / w + 2.0 * e2 * s * s * c * c / (w * w))
        return at, at * slope * degree, at * (slope * slope + bend) * degree * degree

    def rings_m2(self, x: Floats, y: Floats, starts: Ints) -> Floats:
        """Return the areas of closed rings, all of their vertices one after the other, m2."""
        shares = self.edges_m2(x, y)
        shares[starts[1:] - 1] = 0.0  # from one ring's end to the next one's start is no edge
        found: Floats = np.abs(np.add.reduceat(shares, starts))
        return found

    def edges_m2(self, x: Floats, y: Floats) -> Floats:
        """Return each edge's share of the signed area (counter-clockwise positive), m2."""
        return self.edge_shares_m2(x[:-1], y[:-1], x[1:], y[1:])

    def edge_shares_m2(self, x0: Floats, y0: Floats, x1: Floats, y1: Floats) -> Floats:
        """Return the share of edges from some places to others, whatever rings they are of, m2.

        Parameters
        ----------
        x0, y0, x1, y1
            Where n edges begin and end.
        """
        dx, dy = x1 - x0, y1 - y0
        total = np.zeros_like(dx)
        nodes, weights = _gauss(self.nodes)
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


def _polynomials(table: Floats, u: Floats, v: Floats) -> Floats:
    """Return several polynomials at some places, digit by digit as one after the other (`_stacked`)."""
    inner = np.zeros((*table.shape[1:3], len(v)))
    for coefficients in table[::-1]:
        inner *= v
        inner += coefficients
    total = np.zeros((len(inner), len(u)))
    for order in range(inner.shape[1])[::-1]:
        total *= u
        total += inner[:, order]
    return total


@lru_cache(maxsize=32)
def _gauss(count: int) -> tuple[Floats, Floats]:
    """Return the nodes and weights of so many places, worked out once."""
    return leggauss(count)


def _along_u(rows: list[tuple[float, ...]]) -> list[tuple[float, ...]]:
    return [tuple(i * c for c in row) for i, row in enumerate(rows)][1:] or [()]


def _along_v(rows: list[tuple[float, ...]]) -> list[tuple[float, ...]]:
    return [tuple(j * c for j, c in enumerate(row))[1:] for row in rows]


def area_form(crs: CRS, bounds: tuple[float, float, float, float]) -> AreaForm:
    """Return the area form of a CRS over an extent.

    Raises
    ------
    ExtentTooLarge
        When the projection cannot be fitted over the extent to 1e-11 (coordinates far outside its zone).
    """
    return _area_form(crs.srs, bounds)


@lru_cache(maxsize=64)
def _area_form(srs: str, bounds: tuple[float, float, float, float]) -> AreaForm:
    crs = CRS.from_user_input(srs)
    ellipsoid = base_crs(crs).ellipsoid
    if ellipsoid is None:
        raise ExtentTooLarge(found=crs.to_string())
    a_m, f = float(ellipsoid.semi_major_metre), 1.0 / float(ellipsoid.inverse_flattening)
    west, south, east, north = bounds
    centre = (0.5 * (west + east), 0.5 * (south + north))
    if crs.is_geographic:
        nodes = 3 if max(east - west, north - south) < 2.0 else 12
        near = NEAR_DEG if max(-south, north) < FURTHEST_NORTH else 0.0
        return AreaForm(True, centre, (1.0, 1.0), (), nodes, near, a_m, f)
    half = (max(0.5 * (east - west), SMALLEST_HALF_M), max(0.5 * (north - south), SMALLEST_HALF_M))
    inverse = same_datum_transformer(crs, base_crs(crs))
    if inverse is None:
        raise ExtentTooLarge(found=crs.to_string())
    for degree in DEGREES:
        density = _fitted_density(inverse, centre, half, degree, (a_m, f))
        if density is not None:
            nodes = 2 if max(east - west, north - south) < 80_000.0 else 6
            return AreaForm(False, centre, half, density, nodes, NEAR_M, a_m, f)
    raise ExtentTooLarge(found=crs.to_string())


def _fitted_density(
    inverse: Transformer | Ways, centre: Pair, half: Pair, degree: int, ellipsoid: Pair
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
    size: float = abs(coefficients[0, 0])
    tail = np.concatenate([coefficients[degree + 1 :].ravel(), coefficients[:, degree + 1 :].ravel()])
    if np.abs(tail).max() > TAIL * size:
        return None
    coefficients = np.where(np.abs(coefficients) < TRIM * size, 0.0, coefficients)[: degree + 1, : degree + 1]
    power = np.zeros_like(coefficients)
    for i in range(degree + 1):
        for j in range(degree + 1):
            if coefficients[i, j] != 0.0:
                one: Floats = np.outer(_power(i), _power(j)) * coefficients[i, j]
                power[: one.shape[0], : one.shape[1]] += one
    return _trimmed(power, TRIM * size)


@lru_cache(maxsize=64)
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
