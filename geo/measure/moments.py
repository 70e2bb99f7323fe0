"""Plane moments of polygons, each about a point of its own.

The integrals of 1, x, y, x2, xy, y2 over a polygon are sums over its edges. Taken about one of the ring's own
vertices they are free of cancellation. They are additive: two sets of polygons that cover the same ground the
same number of times have the same moments about any point, which is how pieces are proved to tile a zone; and a
smooth density is integrated over a small polygon by its Taylor series.

References
----------
Steger, On the calculation of moments of polygons, Technische Universität München, FGBV-96-04, 1996.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.arrays import Bools, Floats, Ints, as_rows

ORDER = np.array([0.0, 1.0, 1.0, 2.0, 2.0, 2.0])  # of each moment
COUNT = len(ORDER)


@dataclass(frozen=True)
class Moments:
    """Moments per geometry about ``(x, y)``.

    ``values`` has ``COUNT`` rows: the integrals of 1, x, y, x2, xy and y2, in CRS units to the power 2 to 4; the
    area is positive whatever the direction of the rings.
    """

    x: Floats
    y: Floats
    values: Floats

    @classmethod
    def zeros(cls, count: int) -> Moments:
        """Return the moments of so many geometries without area."""
        return cls(np.zeros(count), np.zeros(count), np.zeros((COUNT, count)))

    def __getitem__(self, rows: Ints | Bools | slice) -> Moments:
        return Moments(self.x[rows], self.y[rows], self.values[:, rows])

    def about(self, x: Floats | float, y: Floats | float) -> Floats:
        """Return the values about other points (parallel axes)."""
        dx, dy = self.x - x, self.y - y
        area, mx, my, mxx, mxy, myy = as_rows(self.values)
        return np.array(
            [
                area,
                mx + dx * area,
                my + dy * area,
                mxx + dx * (2.0 * mx + dx * area),
                mxy + dx * my + dy * mx + dx * dy * area,
                myy + dy * (2.0 * my + dy * area),
            ]
        )


def join_moments(parts: list[Moments]) -> Moments:
    """Return the moments of all parts, one after the other."""
    return Moments(
        np.concatenate([part.x for part in parts]),
        np.concatenate([part.y for part in parts]),
        np.concatenate([part.values for part in parts], axis=1),
    )


def ring_moments(x: Floats, y: Floats, starts: Ints) -> tuple[Moments, float]:
    """Return the moments of closed rings about their first vertices, and how far any vertex lies from its first.

    Parameters
    ----------
    x, y
        Vertices of all rings, one ring after the other, first vertex repeated as last.
    starts
        Where each ring begins; none is empty.
    """
    length = np.append(starts[1:], len(x)) - starts
    own_x, own_y = x[starts], y[starts]
    x, y = x - np.repeat(own_x, length), y - np.repeat(own_y, length)
    cross = x[:-1] * y[1:]
    cross -= x[1:] * y[:-1]
    cross[starts[1:] - 1] = 0.0  # from one ring's end to the next one's start is no edge
    sum_x, sum_y = x[:-1] + x[1:], y[:-1] + y[1:]
    cross_x, cross_y = cross * sum_x, cross * sum_y

    def second(crossed: Floats, sums: Floats, product: Floats) -> Floats:
        share = product[:-1] + product[1:]
        share *= cross
        share += crossed * sums
        total: Floats = np.add.reduceat(share, starts) / 24.0
        return total

    xx, yy = x * x, y * y
    values = np.array(
        [
            np.add.reduceat(cross, starts) / 2.0,
            np.add.reduceat(cross_x, starts) / 6.0,
            np.add.reduceat(cross_y, starts) / 6.0,
            second(cross_x, sum_x, xx),
            second(cross_x, sum_y, x * y),
            second(cross_y, sum_y, yy),
        ]
    )
    values *= np.where(values[0] < 0.0, -1.0, 1.0)
    reach = max(float(xx.max()), float(yy.max())) ** 0.5
    return Moments(own_x, own_y, values), reach
