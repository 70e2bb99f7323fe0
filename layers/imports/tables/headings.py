"""What headings say: which columns hold coordinates, in which unit, on which datum; in Chinese and English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Family = Literal["lonlat", "plane"]
_WORDS: dict[str, tuple[str, Family]] = {
    **dict.fromkeys(
        [
            "经度",
            "东经",
            "西经",
            "经",
            "lon",
            "lng",
            "long",
            "longitude",
            "longitud",
            "lons",
            "lngt",
            "langengrad",
            "lengtegraad",
            "lengdegrad",
            "langdgrad",
            "pituusaste",
            "longitudine",
            "longitudo",
            "bujur",
            "boylam",
            "долгота",
            "경도",
        ],
        ("x", "lonlat"),
    ),
    **dict.fromkeys(
        [
            *["纬度", "北纬", "南纬", "纬", "lat", "latitude", "latitud", "lats", "breitengrad", "широта", "위도"],
            *[
                "breedtegraad",
                "breddegrad",
                "breddgrad",
                "leveysaste",
                "latitudine",
                "latitudo",
                "lintang",
                "enlem",
            ],
        ],
        ("y", "lonlat"),
    ),
    **dict.fromkeys(
        ["x", "东坐标", "横坐标", "easting", "east", "eastings", "rechtswert", "ostwert", "e", "东", "横"],
        ("x", "plane"),
    ),
    **dict.fromkeys(
        ["y", "北坐标", "纵坐标", "northing", "north", "northings", "hochwert", "nordwert", "n", "北", "纵"],
        ("y", "plane"),
    ),
}
_ENDS = sorted((word for word in _WORDS if not word.isascii() and len(word) > 1), key=len, reverse=True)
_DECORATION = frozenset(
    [
        "point",
        "coord",
        "coords",
        "coordinate",
        "coordinates",
        "coor",
        "gps",
        "geo",
        "map",
        "坐标",
        "坐标值",
        "值",
        "中心",
        "中心点",
        "点",
        "点位",
        "位置",
        "地理",
        "大地",
        "平面",
        "centroid",
        "center",
        "centre",
        "pos",
        "position",
        "wgs",
        "cgcs",
        "gcj",
        "bd",
        "loc",
        "location",
        "shape",
        "geom",
        "of",
        "the",
        "utm",
        "gauss",
        "mc",
        "mercator",
        "墨卡托",
        "高斯",
        "国家",
        "系",
        "坐标系",
    ]
)
_DATUMS = {
    "EPSG:4326": "wgs84 wgs1984 wgs-84 84 4326 epsg4326",
    "EPSG:4490": "cgcs2000 cgcs 2000 国家2000 4490 epsg4490 大地2000 2000国家大地坐标系 国家大地2000",
    "GCJ02": "gcj02 gcj gcj-02 火星 高德 amap gaode 腾讯 国测局",
    "BD09": "bd09 bd bd-09 bd09ll bd09mc bdmc baidu 百度",
    "EPSG:4610": "西安80 西安1980 1980西安 80西安 xian80 xian1980 xa80",
    "EPSG:4214": "北京54 北京1954 1954北京 beijing54 beijing1954 bj54",
}
_DATUM_OF = {word: datum for datum, words in _DATUMS.items() for word in words.split()}
_EPSG = re.compile(r"epsg\s*[:：_\-]*\s*(\d{4,6})(?!\d)", re.IGNORECASE)
_UNITS = {
    **dict.fromkeys(["°", "度", "deg", "degree", "degrees", "dd", "十进制", "十进制度", "decimal"], "degrees"),
    **dict.fromkeys(["m", "米", "meter", "meters", "metre", "metres", "公尺"], "metres"),
    **dict.fromkeys(["dms", "度分秒", "度:分:秒"], "dms"),
}
_PAIRS = {
    **dict.fromkeys(
        [
            "经纬度",
            "经纬",
            "坐标",
            "坐标点",
            "经纬度坐标",
            "地理坐标",
            "位置坐标",
            "lonlat",
            "lnglat",
            "coordinates",
            "coordinate",
            "coords",
            "coord",
            "location",
            "position",
            "xy",
            "gps",
            "gps坐标",
            "gpscoordinates",
            "coordenadas",
            "koordinaten",
            "koordinaatit",
            "定位",
            "坐标位置",
            "地理位置",
            "坐标xy",
        ],
        "x",
    ),
    **dict.fromkeys(["latlon", "latlng", "latlong", "纬经度", "latitudelongitude", "yx"], "y"),
}
_PAIRS["longitudelatitude"] = "x"
_PAIR_ENDS = {
    "经纬度": "x",
    "经纬度坐标": "x",
    "经纬坐标": "x",
    "纬经度": "y",
    "latlon": "y",
    "latlng": "y",
    "latlong": "y",
    "lonlat": "x",
}
GEOMETRY = frozenset(
    [
        "wkt",
        "ewkt",
        "wkb",
        "ewkb",
        "geometry",
        "geom",
        "the_geom",
        "shape",
        "几何",
        "图形",
        "空间数据",
        "几何图形",
        "geojson",
        "wkb_geometry",
        "geo_json",
        "边界",
        "geometria",
        "wkt_geom",
        "geom_wkt",
        "geometry_wkt",
        "wkt_geometry",
        "geometry_",
        "wkt_",
        "wkt__",
    ]
)
_LONGEST = 100
_SIMPLIFIED = str.maketrans("經経緯東橫縱標座度ä", "经经纬东横纵标坐度a")
_PRIMES = str.maketrans({"′": "'", "″": '"', "’": "'", "”": '"'})
_PART_WORDS = (
    ("度", "°", "d", "deg", "degree", "degrees"),
    ("分", "'", "m", "min", "minute", "minutes"),
    ("秒", '"', "s", "sec", "second", "seconds"),
)
_PART = re.compile(
    r"^(?P<of>.+?)[\s_\-/.:]*[(\[【]?\s*(?P<part>度|分|秒|°|'|\"|deg(?:rees?)?|min(?:utes?)?|sec(?:onds?)?"
    r"|(?<![a-z])[dms])\s*[)\]】]?$",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"[(（\[【<《]([^()（）\[\]【】<>《》]*)[)）\]】>》]")
_TOKEN = re.compile(
    r"[A-Za-z]+(?:-?\d+)?|\d+|°|[\u0400-\u04ff]+|[\uac00-\ud7af]+|[\u3400-\u9fff]+(?:\d{2,4}(?=$|[\u3400-\u9fff\s_]))?"
)


@dataclass(frozen=True)
class Heading:
    """What one heading says: axis, family, unit, datum; ``rank`` 0 says it in one word, more in a phrase."""

    axis: Literal["x", "y"]
    family: Family
    unit: str = ""
    datum: str = ""
    rank: int = 0
    prefix: str = ""


def heading_of(name: str) -> Heading | None:
    """Return what a heading says of a coordinate, None when it names none.

    Examples
    --------
    >>> heading_of("经度（WGS84）").datum, heading_of("X坐标(m)").unit, heading_of("lon_wgs84").axis
    ('EPSG:4326', 'metres', 'x')
    >>> heading_of("人口密度") is None
    True
    """
    name = name[:_LONGEST]
    if pair_of(name):
        return None
    text = unicodedata.normalize("NFKC", name).strip().translate(_SIMPLIFIED)
    code = _EPSG.search(text)
    text, unit, datum = _EPSG.sub(" ", text), "", f"EPSG:{code[1]}" if code else ""
    for inside in _BRACKET.findall(text):
        word = inside.strip().lower().replace(" ", "")
        unit, datum = unit or _UNITS.get(word, ""), datum or _datum_in(word)
        if word in _WORDS and not unit and not datum:
            continue
    tokens = [token.lower() for token in _TOKEN.findall(_split_camel(_BRACKET.sub(" ", text)))]
    left: list[str] = []
    for token in tokens:
        if token in _WORDS:
            left.append(token)
        elif token in _DATUM_OF:
            datum = datum or _DATUM_OF[token]
        elif token in _UNITS and len(tokens) > 1:
            unit = unit or _UNITS[token]
        elif token not in _DECORATION:
            left.append(token)
    return _said(left, tokens, unit, datum)


def _said(left: list[str], tokens: list[str], unit: str, datum: str) -> Heading | None:
    words = [token for token in left if token in _WORDS]
    if any(not word.isascii() for word in words):  # 横坐标Y: surveyors call the east axis Y; the word decides
        words = [word for word in words if not word.isascii()]
    known = [_WORDS[word] for word in words]
    other = [token for token in left if token not in _WORDS]
    if known and not other and len(set(known)) == 1:
        axis, family = known[0]
        return Heading("x" if axis == "x" else "y", family, unit, datum, int(len(tokens) > 1))
    if len(other) == 1 and not known:  # 地块经度, 百度经度, xcoord
        word = other[0]
        bare = re.sub(r"^(?:coord|point|geo|gps|pos)|(?:coord|coords|pos)$", "", word)
        if word.isascii() and bare != word and bare in _WORDS:
            axis, family = _WORDS[bare]
            return Heading("x" if axis == "x" else "y", family, unit, datum, 1)
        for end in _ENDS:
            if word.endswith(end):
                axis, family = _WORDS[end]
                before = word.removesuffix(end)
                datum = datum or _datum_in(before)
                rank = 1 if before in _DECORATION or _datum_in(before) else 2
                return Heading("x" if axis == "x" else "y", family, unit, datum, rank, "" if rank == 1 else before)
        return None
    if known and other and len(set(known)) == 1 and known[0][1] == "lonlat":  # site lon, start_longitude
        axis, family = known[0]
        return Heading("x" if axis == "x" else "y", family, unit, datum, 2, " ".join(other))
    return None


def split_angles(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the columns of degrees, minutes and seconds of ``x`` and ``y``, where each has columns of its own.

    Examples
    --------
    >>> split_angles(["名称", "经度_度", "经度_分", "经度_秒", "纬度_度", "纬度_分"])
    {'x': ('经度_度', '经度_分', '经度_秒'), 'y': ('纬度_度', '纬度_分')}
    >>> split_angles(["经度(°)", "纬度(°)"])
    {}
    """
    found: dict[str, dict[int, str]] = {"x": {}, "y": {}}
    for name in names:
        text = unicodedata.normalize("NFKC", name[:_LONGEST].translate(_PRIMES)).translate(_SIMPLIFIED).strip()
        cut = _PART.match(text)
        heading = heading_of(cut["of"]) if cut else None
        if cut is None or heading is None or heading.family != "lonlat":
            continue
        at = next(i for i, words in enumerate(_PART_WORDS) if cut["part"].lower() in words)
        found[heading.axis].setdefault(at, name)
    if any(not {0, 1} <= set(one) for one in found.values()):
        return {}
    return {axis: tuple(one[i] for i in sorted(one)) for axis, one in found.items()}


def pair_of(name: str) -> str:
    """Return which coordinate stands first in a column named so that holds both, empty when it is no such name.

    Examples
    --------
    >>> pair_of("经纬度"), pair_of("Lat/Lon"), pair_of("名称"), pair_of("建设地点经纬度")
    ('x', 'y', '', 'x')
    """
    text = unicodedata.normalize("NFKC", name[:_LONGEST]).lower().translate(_SIMPLIFIED)
    inside = "".join(_BRACKET.findall(text))
    word, order = (re.sub(r"[\W_]+", "", one) for one in (_BRACKET.sub("", text), inside))
    for datum in ("wgs84", "cgcs2000", "gcj02", "bd09"):
        word = word.replace(datum, "")
    if word not in _PAIRS:
        return next((first for end, first in _PAIR_ENDS.items() if word.endswith(end)), "")
    return _PAIRS.get(order) or _PAIRS[word]


def is_geometry(name: str) -> bool:
    """Tell whether a heading names a column of geometries."""
    return unicodedata.normalize("NFKC", name).strip().lower() in GEOMETRY


def has_places(names: Sequence[str]) -> bool:
    """Tell whether headings name coordinates: two axes, a column with both, or a geometry."""
    said = [heading_of(name) for name in names]
    axes = {(one.axis, one.family) for one in said if one}
    both = any({("x", family), ("y", family)} <= axes for family in ("lonlat", "plane"))
    return both or any(pair_of(name) or is_geometry(name) for name in names)


def _datum_in(word: str) -> str:
    if word in _DATUM_OF:
        return _DATUM_OF[word]
    return next((d for w, d in _DATUM_OF.items() if len(w) > 2 and not w.isdigit() and w in word), "")


def _split_camel(text: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text.replace("_", " "))
