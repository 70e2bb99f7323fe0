"""A coordinate system in the words a sheet is signed with: datum, projection, central meridian; no code."""

from __future__ import annotations

from functools import lru_cache

from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.text import Text

_DATUMS = {
    "China 2000": Text("2000国家大地坐标系", "China Geodetic Coordinate System 2000"),
    "World Geodetic System 1984": Text("WGS 84 坐标系", "WGS 84"),
    "European Terrestrial Reference System 1989": Text("ETRS89 坐标系", "ETRS89"),
    "North American Datum 1983": Text("NAD83 坐标系", "NAD83"),
    "Xian 1980": Text("1980西安坐标系", "Xian 1980"),
    "Beijing 1954": Text("1954年北京坐标系", "Beijing 1954"),
}
_METHODS = {
    "Lambert Conic Conformal (2SP)": Text("兰勃特投影", "Lambert conformal conic"),
    "Lambert Azimuthal Equal Area": Text("兰勃特等积方位投影", "Lambert azimuthal equal-area"),
    "Albers Equal Area": Text("阿尔伯斯等积投影", "Albers equal-area"),
}


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
        utm = "UTM" in known.name
        method = Text("UTM 投影", "UTM") if utm else Text("高斯-克吕格投影", "Gauss-Kruger")
    else:
        method = _METHODS.get(operation.method_name, Text(operation.method_name, operation.method_name))
    if meridian is None:
        return Text(f"{datum.zh}，{method.zh}", f"{datum.en}, {method.en}")
    return Text(
        f"{datum.zh}，{method.zh}，中央经线 {meridian:g}°",
        f"{datum.en}, {method.en}, central meridian {meridian:g}°",
    )
