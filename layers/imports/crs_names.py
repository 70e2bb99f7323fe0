"""What a declared CRS is, by its ellipsoid, the name of its datum in any spelling, and its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.crs import Datum  # type: ignore[attr-defined]
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import CRSError

from geo.errors import PlanAtlasError
from geo.measure.crs import ALLOWED_DATUMS, CGCS2000, WGS84
from geo.text import Text

_ELLIPSOIDS = {"CGCS2000": (6378137.0, 298.257222101), "WGS84": (6378137.0, 298.257223563)}
_SPELT = {
    "CGCS2000": re.compile(
        r"cgcs_?2000|cgs_?2000|china_?2000|china_geodetic_coordinate_system_2000|chinese_?2000|国家.*2000|2000.*国家|中国.*2000|new_beijing_2000"
    ),
    "WGS84": re.compile(r"wgs_?(19)?84|world_geodetic_system_(19)?84|worldgeodeticsystem1984"),
    "Xian 1980": re.compile(r"xian_?(19)?80|西安.*80|xi_an_?(19)?80"),
    "Beijing 1954": re.compile(r"beijing_?(19)?54|北京.*54|pulkovo_1942_?beijing"),
}
_SELDOM = ("World Geodetic System 1972", "WGS 72", "New Beijing")
_WIDEST = 40.0  # degrees of longitude: planes of whole continents are no planner's
_EPSG = {"CGCS2000": CGCS2000, "WGS84": WGS84, "Xian 1980": "EPSG:4610", "Beijing 1954": "EPSG:4214"}
_PLANES = {
    "CGCS2000": range(4491, 4555),
    "WGS84": (*range(32601, 32661), *range(32701, 32761)),
    "Xian 1980": range(2327, 2391),
    "Beijing 1954": (*range(2401, 2443), *range(21413, 21424), *range(21453, 21464)),
}


class UnknownDatum(PlanAtlasError):
    """The CRS names a datum nobody knows; its ellipsoid alone does not say which it is."""

    code = "unknown_datum"
    zh = (
        "{file} 的坐标系“{crs}”的基准名“{found}”不认识（椭球 {ellipsoid}）。若它是 CGCS2000 或 WGS 84，"
        "请用 datum 选项说明；若是其他坐标系，请用 crs 选项指定。"
    )
    en = (
        "The CRS “{crs}” of {file} names the datum “{found}”, which is not known (ellipsoid {ellipsoid}). Say "
        "with the option datum if it is CGCS2000 or WGS 84, or say the CRS with the option crs."
    )


@dataclass(frozen=True)
class Recognised:
    """A CRS by a name PROJ knows the datum of, and what is to be said of how it was recognised."""

    crs: str
    note: Text | None = None


def recognise_crs(text: str, *, datum: str = "", file: str = "-") -> Recognised:
    """Return a declared or chosen CRS with its datum as PROJ knows it.

    Parameters
    ----------
    text
        ``EPSG:...``, WKT, PROJJSON, ``GCJ02`` or ``BD09``; what cannot be read is returned as it is.
    datum
        What a person says its datum is, where its name is not known: ``CGCS2000`` or ``WGS84``.
    file
        For messages.

    Raises
    ------
    UnknownDatum
        Its ellipsoid is that of CGCS2000 or WGS 84, but its datum's name says nothing, and neither does a person.

    Examples
    --------
    >>> recognise_crs('GEOGCS["x",DATUM["D_CGCS2000",SPHEROID["s",6378137,298.257222101]],'
    ...               'PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]]').crs
    'EPSG:4490'
    """
    try:
        known = CRS.from_user_input(text)
    except CRSError:
        return Recognised(text)
    plain = _horizontal(known)
    base = plain.geodetic_crs
    if base is None or base.datum is None or base.ellipsoid is None:
        return Recognised(text)
    name = str(base.datum.name)
    if name.startswith(ALLOWED_DATUMS):
        return Recognised(text if plain is known else _written(plain))
    by_name = _by_name(name, str(base.name))
    by_ellipsoid = _by_ellipsoid(base)
    found = by_name or (datum if by_ellipsoid or datum else "")
    if not found:
        anonymous = re.search(r"unknown|not_specified|unnamed|undefined|user|^d?_?$", _plain(name))
        if by_ellipsoid and (anonymous or not _is_listed(name)):
            ellipsoid = str(base.ellipsoid.name)
            raise UnknownDatum(file=file, crs=str(known.name)[:60], found=name[:60], ellipsoid=ellipsoid)
        return Recognised(text)
    if found in ("Xian 1980", "Beijing 1954"):
        return Recognised(_rebased(plain, found))
    made = _rebased(plain, found)
    said = datum if not by_name else ""
    zh = f"坐标系的基准“{name}”{'按指定' if said else '按名称和椭球'}识别为 {found}"
    en = f"the datum of the CRS, “{name}”, is {found}, {'as said' if said else 'by its name and ellipsoid'}"
    return Recognised(made, Text(zh, en))


def sibling_crs(
    text: str, x: float, y: float, center: tuple[float, ...], *, km: float
) -> Iterator[tuple[str, float, float]]:
    """Yield CRS of the same datum that put a place near a centre: other central meridians, with zone or without.

    Parameters
    ----------
    text
        The declared CRS.
    x, y
        The place, in its units.
    center
        Longitude and latitude, degrees.
    km
        How near.
    """
    try:
        known = _horizontal(CRS.from_user_input(text))
    except CRSError:
        return
    base = known.geodetic_crs
    if base is None or base.datum is None or not known.is_projected:
        return
    for code in _of_datum(str(base.datum.name), round(center[0]), round(center[1])):
        lon, lat = map(float, to_degrees(f"EPSG:{code}").transform(x, y))
        if np.isfinite([lon, lat]).all() and abs(lon - center[0]) * 95 < km and abs(lat - center[1]) * 111 < km:
            yield f"EPSG:{code}", lon, lat


@lru_cache(maxsize=64)
def _of_datum(name: str, lon: int, lat: int) -> tuple[str, ...]:
    area = AreaOfInterest(lon - 1.0, lat - 1.0, lon + 1.0, lat + 1.0)
    found = query_crs_info(auth_name="EPSG", pj_types=PJType.PROJECTED_CRS, area_of_interest=area, contains=False)
    words = {
        "China 2000": "CGCS2000",
        "Xian 1980": "Xian 1980",
        "Beijing 1954": "Beijing 1954",
        "World Geodetic System 1984": "WGS 84 / UTM",
    }
    word = next((w for n, w in words.items() if name.startswith(n)), name)
    named = (one for one in found if one.name.startswith(word) and _width(one.area_of_use) < _WIDEST)
    return tuple(one.code for one in named)[:60]


@lru_cache(maxsize=512)
def to_degrees(crs: str) -> Transformer:
    """Return the way from a plane to the degrees of its own datum."""
    known = CRS.from_user_input(crs)
    return Transformer.from_crs(known, known.geodetic_crs, always_xy=True)


@lru_cache(maxsize=1)
def _area_of_cgcs2000() -> tuple[float, float, float, float]:
    area = CRS.from_user_input(CGCS2000).area_of_use
    return area.bounds if area is not None else (0.0, 0.0, 0.0, 0.0)


def is_where_cgcs2000_is(lon: float, lat: float) -> bool:
    """Tell whether a place lies where CGCS2000, and the shifted datums of maps there, are in use."""
    west, south, east, north = _area_of_cgcs2000()
    return west <= lon <= east and south <= lat <= north


@lru_cache(maxsize=16)
def planes_near(lon: float, lat: float) -> tuple[tuple[str, str], ...]:
    """Return the planes in use about a place, each with the name of its datum; those of CGCS2000 first.

    Where CGCS2000 is in use all its zones are: the wrong central meridian is common.

    Parameters
    ----------
    lon, lat
        Degrees.
    """
    area = AreaOfInterest(lon - 1.0, max(lat - 1.0, -90.0), lon + 1.0, min(lat + 1.0, 90.0))
    there = query_crs_info(auth_name="EPSG", pj_types=PJType.PROJECTED_CRS, area_of_interest=area, contains=False)
    chinese = [f"EPSG:{code}" for code in (*range(4513, 4555), *range(4491, 4513))]
    first = chinese if is_where_cgcs2000_is(lon, lat) else []
    narrow = sorted(there, key=lambda one: _width(one.area_of_use))  # zones of 3 degrees before those of 6
    local = [f"EPSG:{one.code}" for one in narrow if _width(one.area_of_use) < _WIDEST]
    found = [(code, datum_of(code)) for code in dict.fromkeys([*first, *local])]
    found = [one for one in found if not one[1].startswith(_SELDOM)]
    return tuple(sorted(found, key=lambda one: not one[1].startswith(ALLOWED_DATUMS)))


def _width(area: Any) -> float:  # noqa: ANN401 - of pyproj
    return ((area.east - area.west) % 360.0 or 360.0) if area is not None else 360.0


@lru_cache(maxsize=1024)
def datum_of(crs: str) -> str:
    """Return the name of a CRS's datum, as PROJ writes it."""
    base = CRS.from_user_input(crs).geodetic_crs
    return str(base.datum.name) if base is not None and base.datum is not None else ""


def _horizontal(crs: CRS) -> CRS:
    """Return a CRS without heights and without a transformation bound to it."""
    if crs.is_bound and crs.source_crs is not None:
        return _horizontal(crs.source_crs)
    if crs.is_compound and crs.sub_crs_list:
        return _horizontal(crs.sub_crs_list[0])
    return crs.to_2d() if len(crs.axis_info) == 3 and not crs.is_geocentric else crs


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9\u3400-\u9fff]+", "_", name.lower()).strip("_")


def _by_name(*names: str) -> str:
    words = [_plain(name) for name in names]
    return next((one for word in words for one, spelt in _SPELT.items() if spelt.search(word)), "")


def _by_ellipsoid(base: CRS) -> str:
    ellipsoid = base.ellipsoid
    if ellipsoid is None:
        return ""
    for name, (axis, flattening) in _ELLIPSOIDS.items():
        if abs(ellipsoid.semi_major_metre - axis) < 1e-3 and abs(ellipsoid.inverse_flattening - flattening) < 5e-7:
            return name
    return ""


def _is_listed(name: str) -> bool:
    """Tell whether PROJ knows a datum of that name: then it is another one, not a misspelt one."""
    try:
        Datum.from_name(name)
    except CRSError:
        return False
    return True


def _rebased(crs: CRS, datum: str) -> str:
    """Return a CRS with its projection on the datum as EPSG names it; by its code where it has one."""
    target = CRS.from_user_input(_EPSG[datum])
    if not crs.is_projected:
        return _EPSG[datum]
    described: dict[str, Any] = crs.to_json_dict()
    described["base_crs"] = target.to_json_dict()
    described.pop("id", None)
    return _written(CRS.from_json_dict(described), _PLANES[datum])


def _written(crs: CRS, planes: Iterable[int] = ()) -> str:
    """Return a CRS by its EPSG code where its parameters are those of one, else as PROJJSON."""
    own = _parameters(crs)
    same = next((code for code in planes if own is not None and own == _of_code(code)), None)
    same = same or crs.to_epsg(min_confidence=90)
    return f"EPSG:{same}" if same else crs.to_json()


def _parameters(crs: CRS) -> tuple[object, ...] | None:
    """Return what a projection is: its datum, method and numbers; None where it is none."""
    operation, base = crs.coordinate_operation, crs.geodetic_crs
    if (
        operation is None
        or base is None
        or base.datum is None
        or any(a.unit_conversion_factor != 1.0 for a in crs.axis_info)
    ):
        return None
    values = tuple(
        sorted(
            (p.name.lower().replace("natural origin", "origin"), round(float(p.value), 9))
            for p in operation.params
        )
    )
    return (str(base.datum.name).split(" ensemble")[0], operation.method_name.lower(), values)


@lru_cache(maxsize=512)
def _of_code(code: int) -> tuple[object, ...] | None:
    try:
        return _parameters(CRS.from_epsg(code))
    except CRSError:
        return None
