"""Ellipsoidal area at any extent of a plane: along the edges themselves, where no polynomial holds all of it.

By Green's theorem the area is the integral of the authalic northing over longitude along the edges. Of every
piece of an edge longitude and northing are known at five points, exactly where the projection has them; through
them goes a polynomial of the fourth degree, whose integral is a fixed sum of products. A piece of 5 km is off by
(5 km / earth radius)^5. A ring that runs once round a pole is measured from the pole.

References
----------
Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395, 1987: authalic latitude (3-12).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial import Polynomial
from pyproj import CRS

from geo.arrays import Floats, Ints
from geo.errors import ExtentTooLarge
from geo.measure.crs import base_crs, same_datum_transformer
from geo.measure.integrals import AreaForm, authalic_northing_m
from geo.measure.moments import Moments

PIECE_M = 5_000.0
NEAREST_POLE_DEG = 0.05  # an edge that passes nearer turns through too much longitude at once
_AT = np.array([0.0, 0.5 * (1.0 - np.sqrt(3.0 / 7.0)), 0.5, 0.5 * (1.0 + np.sqrt(3.0 / 7.0)), 1.0])  # Lobatto
_BLOCK = 200_000


@lru_cache(maxsize=1)
def _products() -> Floats:
    """Return the sums that integrate northing over longitude: ``northing @ products @ longitude``."""
    bases = []
    for i in range(len(_AT)):
        rest = np.delete(_AT, i)
        bases.append(Polynomial.fromroots(rest) / np.prod(_AT[i] - rest))
    table = np.array([[(a * b.deriv()).integ()(1.0) for b in bases] for a in bases])
    table = 0.5 * (table - table.T)  # as it is but for rounding; the ends' squares are a half
    table[0, 0], table[-1, -1] = -0.5, 0.5
    return np.asarray(table, dtype=float)


@dataclass(frozen=True)
class EdgewiseForm(AreaForm):
    """The area form of a plane's edges one by one; slower than the fitted one, and true at any extent."""

    crs: CRS | None = None

    @classmethod
    def of(cls, crs: CRS) -> EdgewiseForm:
        """Return the form of a CRS.

        Raises
        ------
        ExtentTooLarge
            The CRS has no ellipsoid.
        """
        ellipsoid = base_crs(crs).ellipsoid
        if ellipsoid is None:
            raise ExtentTooLarge(found=crs.name)
        a_m, f = float(ellipsoid.semi_major_metre), 1.0 / float(ellipsoid.inverse_flattening)
        return cls(False, (0.0, 0.0), (1.0, 1.0), (), 0, -1.0, a_m, f, crs)

    @property
    def by_edges(self) -> bool:
        """No: longitudes run on along a ring."""
        return False

    def near_m2(self, moments: Moments) -> Floats:
        """Return nothing: every ring goes by its edges."""
        return np.zeros(len(moments.x))

    def areal_scale(self, x: Floats, y: Floats) -> Floats:
        """Return plane area over ellipsoidal area at points, from a square of 2 km around each (1e-7)."""
        side = np.array([-1_000.0, 1_000.0])
        corners_x = np.stack([x + side[0], x + side[1], x + side[1], x + side[0], x + side[0]], axis=1)
        corners_y = np.stack([y + side[0], y + side[0], y + side[1], y + side[1], y + side[0]], axis=1)
        starts = np.arange(len(x)) * 5
        found: Floats = 4e6 / self.rings_m2(corners_x.ravel(), corners_y.ravel(), starts)
        return found

    def rings_m2(self, x: Floats, y: Floats, starts: Ints) -> Floats:
        """Return the areas of closed rings, all of their vertices one after the other, m2.

        Raises
        ------
        ExtentTooLarge
            An edge passes within `NEAREST_POLE_DEG` of a pole.
        """
        edge = np.ones(len(x) - 1, dtype=bool)
        edge[starts[1:] - 1] = False
        begin = np.flatnonzero(edge)
        ring = np.searchsorted(starts, begin, side="right") - 1
        length = np.hypot(x[begin + 1] - x[begin], y[begin + 1] - y[begin])
        count = np.maximum(np.ceil(length / PIECE_M), 1.0).astype(np.int64)
        area, turned, pole = np.zeros(len(starts)), np.zeros(len(starts)), np.zeros(len(starts))
        own = self._placed(x[starts][:, None], y[starts][:, None])[1][:, 0]  # what is far from 0 loses digits
        for low in range(0, len(begin), _BLOCK):
            rows = slice(low, low + _BLOCK)
            many = count[rows]
            of = np.repeat(np.arange(len(many)), many)
            first = (np.arange(len(of)) - np.repeat(np.cumsum(many) - many, many)) / many[of]
            share = first[:, None] + _AT[None] / many[of][:, None]
            x0, y0 = x[begin[rows]][of, None], y[begin[rows]][of, None]
            x1, y1 = x[begin[rows] + 1][of, None], y[begin[rows] + 1][of, None]
            lon, northing, sign = self._placed(x0 + share * (x1 - x0), y0 + share * (y1 - y0))
            owner = ring[rows][of]
            rise, run = northing - own[owner][:, None], lon - lon[:, :1]
            level = rise[:, 0]
            share_m = np.einsum("ni,ij,nj->n", rise - level[:, None], _products(), run) + level * run[:, -1]
            np.add.at(area, owner, share_m)
            np.add.at(turned, owner, lon[:, -1] - lon[:, 0])
            np.add.at(pole, owner, sign)
        caps = authalic_northing_m(np.full(len(starts), 90.0), a_m=self.a_m, f=self.f) * np.sign(pole)
        round_pole = np.abs(turned) > 1.0
        area = np.where(round_pole, area - (caps - own) * turned, area)
        result: Floats = np.abs(area) * self.a_m
        return result

    def _placed(self, x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
        """Return longitudes in radians that run on from each row's first, northings (m), and the hemisphere."""
        if self.crs is None:
            raise ExtentTooLarge(found="")
        way = same_datum_transformer(self.crs, base_crs(self.crs))
        lon, lat = (x, y) if way is None else way.transform(x.ravel(), y.ravel())
        lon, lat = np.reshape(lon, x.shape), np.reshape(lat, x.shape)
        if not np.isfinite(lat).all() or np.abs(lat).max(initial=0.0) > 90.0 - NEAREST_POLE_DEG:
            raise ExtentTooLarge(found=self.crs.name)
        off = lon - lon[:, :1]
        lon = lon[:, :1] + off - 360.0 * np.round(off / 360.0)
        northing = authalic_northing_m(lat, a_m=self.a_m, f=self.f)
        return np.radians(lon), northing, lat.mean(axis=1)
