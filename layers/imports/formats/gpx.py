"""GPX: waypoints, routes and tracks of a receiver, on WGS 84, with their heights.

References
----------
GPX 1.1 Schema Documentation: wptType, rteType, trkType; ``ele`` is in metres.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree

from geo.text import Text
from layers.imports.charset import wide_name
from layers.imports.draft import Draft, refuse_file
from layers.imports.formats.geojson import read_document
from layers.imports.formats.json_text import Loaded
from layers.imports.formats.registry import ImportFormat, Source
from layers.imports.library_words import words_of_library

_GPX = re.compile(rb"<gpx\b", re.IGNORECASE)
_LARGEST, _MOST_POINTS = 200_000_000, 300_000  # bytes; points of waypoints, routes and tracks
_POINT = re.compile(rb"<(?:\w{1,20}:)?(?:wpt|rtept|trkpt)\b")
_KINDS = {"wpt": "waypoint", "rte": "route", "trk": "track"}
_PARTS = {"trkseg", "trkpt", "rtept", "ele", "extensions"}


def read_gpx(source: Source) -> Draft:
    """Read waypoints, routes and tracks as features, which of them each is in the field ``kind``."""
    if source.path.stat().st_size > _LARGEST:
        raise refuse_file(source.name, "文本过大，请改用 GeoPackage", "it is too long a text; use GeoPackage")
    data = source.path.read_bytes()
    points = sum(1 for _ in _POINT.finditer(data))
    if points > _MOST_POINTS:
        zh = f"有 {points:,} 个点，最多 {_MOST_POINTS:,}；请按航迹拆成几个文件，或改用 GeoPackage"
        en = f"it has {points:,} points, where {_MOST_POINTS:,} is the most; split it by tracks, or use GeoPackage"
        raise refuse_file(source.name, zh, en)
    said = wide_name(source.options.encoding) or source.options.encoding or None
    try:
        parser = etree.XMLParser(
            encoding=said, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, LookupError) as error:
        why = words_of_library(str(error))
        raise refuse_file(source.name, f"文件损坏（{why.zh}）", f"it is damaged ({why.en})") from error
    lost: Counter[str] = Counter()
    rows = [_feature(one, _local(one), lost) for one in root if _local(one) in _KINDS]
    loaded = Loaded({"type": "FeatureCollection", "features": rows}, "utf-8", tuple(_notes(lost)))
    return replace(read_document(source, loaded), format="GPX")


def _feature(one: etree._Element, kind: str, lost: Counter[str]) -> dict[str, Any]:
    if kind == "wpt":
        (place,) = _positions([one], lost)
        geometry: dict[str, Any] = {"type": "Point", "coordinates": place}
    elif kind == "rte":
        geometry = {"type": "LineString", "coordinates": _positions(_of(one, "rtept"), lost)}
    else:
        parts = [_positions(_of(part, "trkpt"), lost) for part in _of(one, "trkseg")]
        lines = [part for part in parts if len(part) > 1]
        lost["segments"] += len(parts) - len(lines)
        several = len(lines) != 1
        geometry = {
            "type": "MultiLineString" if several else "LineString",
            "coordinates": lines if several else lines[0],
        }
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": _KINDS[kind], **_properties(one)}}


def _positions(points: list[etree._Element], lost: Counter[str]) -> list[list[float]]:
    """Return longitude, latitude and, where every point has one, height."""
    heights = [_text(one, "ele") for one in points]
    known = sum(bool(one) for one in heights)
    raised = known == len(points)
    lost["heights"] += 0 if raised else known
    lost["times"] += sum(bool(_text(one, "time")) for one in points if _local(one) != "wpt")
    return [
        [_number(one.get("lon")), _number(one.get("lat")), *([_number(height)] if raised else [])]
        for one, height in zip(points, heights, strict=True)
    ]


def _properties(one: etree._Element) -> dict[str, str | None]:
    """Return what is said of a feature beside its place; what stands in extensions, by its own name."""
    found: dict[str, str | None] = {}
    for child in _leaves(one):
        name, text = _local(child), (child.text or child.get("href") or "").strip()
        if text:
            found[name] = f"{found[name]}; {text}" if found.get(name) else text
    return found


def _leaves(one: etree._Element) -> Iterator[etree._Element]:
    for child in one:
        if _local(child) == "extensions":
            yield from (leaf for leaf in child.iter(etree.Element) if not len(leaf))
        elif _local(child) and _local(child) not in _PARTS:
            yield child


def _notes(lost: Counter[str]) -> Iterator[Text]:
    if lost["heights"]:
        n = lost["heights"]
        yield Text(
            f"线上只有部分点有高程，{n} 个高程未保留", f"only some points of a line have heights; {n} are not kept"
        )
    if lost["times"]:
        n = lost["times"]
        yield Text(f"线上各点的时刻未保留（{n} 个）", f"the times of a line's points are not kept ({n})")
    if lost["segments"]:
        n = lost["segments"]
        yield Text(f"{n} 段轨迹不足两点，已略过", f"{n} segments of a track have fewer than two points; left out")


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan


def _of(one: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in one if _local(child) == name]


def _text(one: etree._Element, name: str) -> str:
    return next(((child.text or "").strip() for child in one if _local(child) == name), "")


def _local(one: etree._Element) -> str:
    """Return an element's name without its namespace; "" of comments."""
    return etree.QName(one).localname if isinstance(one.tag, str) else ""


FORMAT = ImportFormat(
    "GPX",
    Text("GPX", "GPX"),
    ("gpx",),
    lambda source: not source.archive and bool(_GPX.search(source.head)),
    read_gpx,
    rank=31,
)
