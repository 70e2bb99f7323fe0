"""Changes of datum by published operations: from an old datum to WGS 84 and back to the same digits.

A CRS of another datum is *bound* (ISO 19111): it carries the operation that leads to WGS 84. Such an operation
works in space and drops the height it makes, so that its inverse misses by up to a millimetre; here the way back
is solved for, so that what goes there and back is what it was (nanometres).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from pyproj import CRS, Transformer
from pyproj.crs import BoundCRS, CoordinateOperation  # type: ignore[attr-defined]  # it is documented there

from geo.arrays import Floats

HUB = "EPSG:4326"
CODE = re.compile(r"EPSG:\d{4,6}")
_CHINA = re.compile(r"^(d_)?(china)?_?(geodetic)?_?(coordinate)?_?(system)?_?(cgcs)?_?(china)?_?2000$")
_CGCS2000_A, _CGCS2000_RF = 6_378_137.0, 298.257222101
_TIMES = 3  # each makes the miss about 1e-5 of what it was


@dataclass(frozen=True)
class Way:
    """A way between two CRS, longitude or easting first; ``back`` walks ``there`` against its direction."""

    there: Transformer
    back: bool = False

    def transform(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return coordinates in the other CRS."""
        if not self.back:
            return _pair(self.there.transform(x, y))
        found_x, found_y = _pair(self.there.transform(x, y, direction="INVERSE"))
        start_x, start_y = found_x, found_y
        for _ in range(_TIMES):
            again = _pair(self.there.transform(found_x, found_y))
            missed = _pair(self.there.transform(*again, direction="INVERSE"))
            found_x, found_y = found_x + (start_x - missed[0]), found_y + (start_y - missed[1])
        return found_x, found_y


@dataclass(frozen=True)
class Ways:
    """Several ways, one after the other."""

    steps: tuple[Way, ...]

    def transform(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return coordinates in the last CRS."""
        for step in self.steps:
            x, y = step.transform(x, y)
        return x, y


def _pair(found: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    return np.asarray(found[0], dtype=float), np.asarray(found[1], dtype=float)


@lru_cache(maxsize=64)
def to_hub(bound: CRS) -> Transformer:
    """Return the way of a bound CRS to longitude and latitude of WGS 84, by its own operation."""
    return Transformer.from_crs(bound, CRS(HUB), always_xy=True)


def bound_by(crs: CRS, operation: str) -> CRS:
    """Return a CRS bound to WGS 84 by an operation of EPSG (``EPSG:1188``), of metres.

    Examples
    --------
    >>> bound_by(CRS("EPSG:26918"), "EPSG:1188").is_bound
    True
    """
    authority, _, code = operation.partition(":")
    return BoundCRS(metric_crs(crs), CRS(HUB), CoordinateOperation.from_authority(authority, code))


def bound_by_parameters(crs: CRS, numbers: tuple[float, ...], *, position_vector: bool) -> CRS:
    """Return a CRS bound to WGS 84 by seven parameters: metres, arc-seconds, ppm.

    WGS 84 and CGCS2000 are taken as one (`geo.measure.crs`), so the parameters may lead to either.
    """
    turn = 1.0 if position_vector else -1.0
    values = [*numbers[:3], *(turn * n for n in numbers[3:6]), numbers[6]]
    axes = [f"{axis}-axis {kind}" for kind in ("translation", "rotation") for axis in "XYZ"]
    arcsec = {"type": "AngularUnit", "name": "arc-second", "conversion_factor": 4.84813681109536e-06}
    ppm = {"type": "ScaleUnit", "name": "parts per million", "conversion_factor": 1e-06}
    names, units = [*axes, "Scale difference"], ["metre"] * 3 + [arcsec] * 3 + [ppm]
    base = crs.geodetic_crs
    operation = {
        "type": "Transformation",
        "name": "parameters of the survey authority",
        "source_crs": base.to_json_dict() if base is not None else None,
        "target_crs": CRS(HUB).to_json_dict(),
        "method": {
            "name": "Position Vector transformation (geog2D domain)",
            "id": {"authority": "EPSG", "code": 9606},
        },
        "parameters": [
            {"name": name, "value": value, "unit": unit, "id": {"authority": "EPSG", "code": 8605 + at}}
            for at, (name, value, unit) in enumerate(zip(names, values, units, strict=True))
        ],
    }
    return BoundCRS(metric_crs(crs), CRS(HUB), CoordinateOperation.from_json_dict(operation))


def metric_crs(crs: CRS) -> CRS:
    """Return the same CRS with metres on its axes; one in degrees, or in metres, as it is.

    Examples
    --------
    >>> metric_crs(CRS("EPSG:2964")).axis_info[0].unit_name
    'metre'
    """
    if not crs.is_projected or all(axis.unit_name == "metre" for axis in crs.axis_info):
        return crs
    described = crs.to_json_dict()
    for axis in described["coordinate_system"]["axis"]:
        axis["unit"] = "metre"
    described.pop("id", None)
    described["name"] = f"{crs.name} (m)"
    return CRS.from_json_dict(described)


def named_rightly(crs: CRS) -> CRS:
    """Return a CRS whose datum is CGCS2000 by its ellipsoid and one of its names with that datum; others as are.

    Examples
    --------
    >>> odd = CRS.from_wkt(CRS("EPSG:4490").to_wkt("WKT1_GDAL").replace('"China_2000"', '"D_CGCS2000"'))
    >>> named_rightly(odd).geodetic_crs.datum.name
    'China 2000'
    """
    base, ellipsoid = crs.geodetic_crs, crs.ellipsoid
    if base is None or base.datum is None or ellipsoid is None or base.datum.name.startswith("China 2000"):
        return crs
    name = re.sub(r"[\s\-]+", "_", base.datum.name.strip().lower())
    flattening = ellipsoid.inverse_flattening or np.inf
    same = abs(ellipsoid.semi_major_metre - _CGCS2000_A) < 1e-3 and abs(flattening - _CGCS2000_RF) < 1e-6
    if not (same and _CHINA.match(name)):
        return crs
    if crs.is_geographic:
        return CRS("EPSG:4490")
    described = crs.to_json_dict()
    described["base_crs"] = CRS("EPSG:4490").to_json_dict()
    described.pop("id", None)
    return CRS.from_json_dict(described)
