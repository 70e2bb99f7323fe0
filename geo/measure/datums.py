"""GCJ-02 and BD-09, the shifted coordinates of Chinese web maps, forward and back, vectorised.

The forward formula is the published reverse-engineered one; the inverse is a fixed point of it. Good to well under
a millimetre against that formula, and to about a metre against the secret original: not for legal boundaries.

References
----------
https://github.com/googollee/eviltransform: the published formula of GCJ-02.
https://en.wikipedia.org/wiki/Restrictions_on_geographic_data_in_China: GCJ-02 and BD-09.
"""

from __future__ import annotations

import numpy as np

from geo.arrays import Floats
from geo.errors import BadRule

KRASOVSKY_A, KRASOVSKY_E2 = 6378245.0, 0.00669342162296594323
BD_TURN = np.pi * 3000.0 / 180.0
CHINA_BOX = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north: the formula's own box
DATUMS = ("WGS84", "CGCS2000", "GCJ02", "BD09")


def outside_china(lon: Floats, lat: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Tell where the shift does not apply: coordinates there are returned unchanged."""
    west, south, east, north = CHINA_BOX
    return (lon < west) | (lon > east) | (lat < south) | (lat > north)


def _shift_deg(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    common = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)

    def series(t: Floats, terms: tuple[tuple[float, float], ...]) -> Floats:
        total = common.copy()
        for weight, period in terms:
            total = total + weight * np.sin(t * np.pi / period)
        return total * 2.0 / 3.0

    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north = north + series(y, ((20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0)))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east = east + series(x, ((20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0)))
    phi = np.radians(lat)
    w2 = 1.0 - KRASOVSKY_E2 * np.sin(phi) ** 2
    meridian_m = KRASOVSKY_A * (1.0 - KRASOVSKY_E2) / (w2 * np.sqrt(w2))
    parallel_m = KRASOVSKY_A / np.sqrt(w2) * np.cos(phi)
    return np.degrees(east / parallel_m), np.degrees(north / meridian_m)


def _wgs84_to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    east, north = _shift_deg(lon, lat)
    out = outside_china(lon, lat)
    return np.where(out, lon, lon + east), np.where(out, lat, lat + north)


def _gcj02_to_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon, lat
    for _ in range(8):
        forward_x, forward_y = _wgs84_to_gcj02(x, y)
        x, y = x + (lon - forward_x), y + (lat - forward_y)
    out = outside_china(lon, lat)
    return np.where(out, lon, x), np.where(out, lat, y)


def _gcj02_to_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BD_TURN)
    out = outside_china(lon, lat)
    return (
        np.where(out, lon, radius * np.cos(angle) + 0.0065),
        np.where(out, lat, radius * np.sin(angle) + 0.006),
    )


def _bd09_to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 0.0065, lat - 0.006
    for _ in range(8):
        forward_x, forward_y = _gcj02_to_bd09(x, y)
        x, y = x + (lon - forward_x), y + (lat - forward_y)
    out = outside_china(lon, lat)
    return np.where(out, lon, x), np.where(out, lat, y)


def convert_datum(lon: Floats, lat: Floats, *, source: str, target: str) -> tuple[Floats, Floats]:
    """Convert coordinates (degrees) between ``WGS84``/``CGCS2000``, ``GCJ02`` and ``BD09``.

    Points outside the formula's China box come back unchanged (ask `outside_china`).

    Parameters
    ----------
    lon, lat
        Degrees, both of length n.
    source, target
        Names of the two datums.

    Raises
    ------
    BadRule
        For a datum that is not one of the four.

    Examples
    --------
    >>> lon, lat = convert_datum(np.array([120.3]), np.array([31.9]), source="WGS84", target="GCJ02")
    >>> f"{lon[0]:.8f} {lat[0]:.8f}"
    '120.30462841 31.89806645'
    """
    for datum in (source, target):
        if datum not in DATUMS:
            raise BadRule(what="datum / 坐标基准", found=datum, known=", ".join(DATUMS))
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    steps = {"WGS84": 0, "CGCS2000": 0, "GCJ02": 1, "BD09": 2}
    here, there = steps[source], steps[target]
    if here == 2 and there < 2:
        x, y, here = *_bd09_to_gcj02(x, y), 1
    if here == 1 and there == 0:
        x, y, here = *_gcj02_to_wgs84(x, y), 0
    if here == 0 and there > 0:
        x, y, here = *_wgs84_to_gcj02(x, y), 1
    if here == 1 and there == 2:
        x, y = _gcj02_to_bd09(x, y)
    return x, y
