"""A coordinate system in words: as a sheet is signed (no code), and by name and code as notes call it."""

from __future__ import annotations

import re
from functools import lru_cache

from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.measure.crs import crs_name
from geo.text import Text

_DATUMS = {
    "China 2000": Text("2000国家大地坐标系", "China Geodetic Coordinate System 2000"),
    "World Geodetic System 1984": Text("WGS 84 坐标系", "WGS 84"),
    "European Terrestrial Reference System 1989": Text("ETRS89 坐标系", "ETRS89"),
    "North American Datum 1983": Text("NAD83 坐标系", "NAD83"),
    "Xian 1980": Text("1980西安坐标系", "Xian 1980"),
    "Beijing 1954": Text("1954年北京坐标系", "Beijing 1954"),
    "New Beijing": Text("新1954年北京坐标系", "New Beijing"),
    "Hong Kong 1980": Text("香港1980坐标系", "Hong Kong 1980"),
    "Taiwan Datum 1997": Text("TWD97 坐标系", "TWD97"),
    "Pulkovo 1942": Text("1942年普尔科沃坐标系", "Pulkovo 1942"),
    "Japanese Geodetic Datum 2000": Text("JGD2000 坐标系", "JGD2000"),
    "Japanese Geodetic Datum 2011": Text("JGD2011 坐标系", "JGD2011"),
    "Tokyo": Text("东京坐标系", "Tokyo"),
    "North American Datum 1927": Text("NAD27 坐标系", "NAD27"),
    "Ordnance Survey of Great Britain 1936": Text("OSGB36 坐标系", "OSGB36"),
    "Sistema de Referencia Geocentrico para las AmericaS 2000": Text("SIRGAS 2000 坐标系", "SIRGAS 2000"),
    "Geocentric Datum of Australia 1994": Text("GDA94 坐标系", "GDA94"),
    "Geocentric Datum of Australia 2020": Text("GDA2020 坐标系", "GDA2020"),
}
_METHODS = {
    "Lambert Conic Conformal (2SP)": Text("兰勃特投影", "Lambert conformal conic"),
    "Lambert Azimuthal Equal Area": Text("兰勃特等积方位投影", "Lambert azimuthal equal-area"),
    "Albers Equal Area": Text("阿尔伯斯等积投影", "Albers equal-area"),
    "Lambert Conic Conformal (1SP)": Text("兰勃特投影", "Lambert conformal conic"),
    "Popular Visualisation Pseudo Mercator": Text("网络墨卡托投影", "web Mercator"),
    "Mercator (variant A)": Text("墨卡托投影", "Mercator"),
    "Mercator (variant B)": Text("墨卡托投影", "Mercator"),
    "Transverse Mercator (South Orientated)": Text(
        "横轴墨卡托投影（南向）", "transverse Mercator, south orientated"
    ),
    "Oblique Stereographic": Text("斜轴立体投影", "oblique stereographic"),
    "Polar Stereographic (variant A)": Text("极球面投影", "polar stereographic"),
    "Polar Stereographic (variant B)": Text("极球面投影", "polar stereographic"),
    "Hotine Oblique Mercator (variant A)": Text("斜轴墨卡托投影", "oblique Mercator"),
    "Hotine Oblique Mercator (variant B)": Text("斜轴墨卡托投影", "oblique Mercator"),
    "American Polyconic": Text("多圆锥投影", "polyconic"),
    "Cassini-Soldner": Text("卡西尼投影", "Cassini-Soldner"),
}
_ZONE_M = 1_000_000  # eastings of a zone begin with its number
_ZONES = {"3-degree": "3 度带", "3-Degree": "3 度带", "6-degree": "6 度带"}


@lru_cache(maxsize=64)
def crs_words(text: str) -> Text:
    """Return what a sheet says of its coordinate system.

    Parameters
    ----------
    text
        A code or definition that PROJ reads; any other text is returned as it is, cut.

    Examples
    --------
    >>> crs_words("EPSG:4549").zh
    '2000国家大地坐标系，高斯-克吕格投影，中央经线 120°'
    """
    try:
        known = CRS.from_user_input(text)
    except CRSError:
        return Text(text[:60], text[:60])
    name = known.datum.name.removesuffix(" ensemble") if known.datum is not None else known.name
    datum = _DATUMS.get(name, Text(name, name))
    operation = known.coordinate_operation
    if operation is None:
        return datum
    meridian = next((p.value for p in operation.params if "longitude of" in p.name.lower()), None)
    if operation.method_name == "Transverse Mercator":
        method = _transverse(known)
    else:
        method = _METHODS.get(operation.method_name, Text(operation.method_name, operation.method_name))
    if meridian is None:
        return Text(f"{datum.zh}，{method.zh}", f"{datum.en}, {method.en}")
    return Text(
        f"{datum.zh}，{method.zh}，中央经线 {meridian:g}°",
        f"{datum.en}, {method.en}, central meridian {meridian:g}°",
    )


def _transverse(crs: CRS) -> Text:
    """Return which transverse Mercator it is: Gauss-Kruger is the one of scale 1."""
    if "UTM" in crs.name:
        return Text("UTM 投影", "UTM")
    operation = crs.coordinate_operation
    scale = next((p.value for p in operation.params if p.name.startswith("Scale")), 1.0) if operation else 1.0
    if scale == 1.0:
        return Text("高斯-克吕格投影", "Gauss-Kruger")
    return Text("横轴墨卡托投影", "transverse Mercator")


@lru_cache(maxsize=256)
def crs_label(text: str) -> Text:
    """Return what people call a coordinate system, with its code where it has one.

    Parameters
    ----------
    text
        A code or definition that PROJ reads; any other text is returned as it is, cut.

    Examples
    --------
    >>> crs_label("EPSG:4528").zh
    '2000国家大地坐标系，高斯-克吕格投影，中央经线 120°，3 度带第 40 带（EPSG:4528）'
    >>> crs_label("EPSG:4326"), crs_label("GCJ02").zh
    (Text(zh='WGS 84 坐标系（EPSG:4326）', en='WGS 84 (EPSG:4326)'), 'GCJ02')
    """
    called = crs_name(text)
    try:
        known = CRS.from_user_input(text)
    except CRSError:
        return Text(called, called)
    flat = known.sub_crs_list[0] if known.is_compound else known
    code = known.to_authority(min_confidence=100)
    tail = f"（{':'.join(code)}）" if code else ""
    return Text(f"{crs_words(flat.to_wkt()).zh}{_zone(flat)}{tail}", called)


def _zone(crs: CRS) -> str:
    """Return the zone of a plane in Chinese: by the number its eastings begin with, or that of UTM."""
    utm = re.search(r"UTM zone (\d+[NS])", crs.name)
    if utm:
        return f"，{utm[1]} 带"
    operation = crs.coordinate_operation
    easting = next((p.value for p in operation.params if p.name == "False easting"), 0.0) if operation else 0.0
    width = next((zh for word, zh in _ZONES.items() if word in crs.name), "")
    number, rest = divmod(float(easting), _ZONE_M)
    told = f"{width}第 {number:g} 带" if number and rest == _ZONE_M / 2 else width
    return f"，{told}" if told else ""


@lru_cache(maxsize=64)
def is_plane(text: str) -> bool:
    """Tell whether a text names a coordinate system of a plane.

    Examples
    --------
    >>> is_plane("EPSG:4549"), is_plane("EPSG:4490"), is_plane("GCJ02"), is_plane("EPSG:999999")
    (True, False, False, False)
    """
    try:
        return bool(CRS.from_user_input(text).is_projected)
    except CRSError:
        return False
