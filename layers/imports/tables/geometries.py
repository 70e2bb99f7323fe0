"""Geometries written in cells: WKT, EWKT with an SRID, hexadecimal WKB or EWKB, GeoJSON text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo.text import Text
from layers.features.columns import Objects
from layers.imports.curves import curve_note, is_curve, without_curves

_NESTED = 32
_NUMBER = r"[-+]?\d{1,10}(?:\.\d{1,20})?"
_GAP = r"\s{0,4}"
_PAIR = re.compile(rf"{_GAP}({_NUMBER}){_GAP}[,，\s]{_GAP}({_NUMBER}){_GAP}")
_LIST = re.compile(
    rf"^{_GAP}{_NUMBER}{_GAP}[,，]{_GAP}{_NUMBER}(?:{_GAP}[;；|]{_GAP}{_NUMBER}{_GAP}[,，]{_GAP}{_NUMBER})+[;；|]?$"
)
_LONGEST_LIST = 4_000_000
_WKT = re.compile(
    r"^\s*(?:SRID\s*=\s*(\d{1,7})\s*;)?\s*((?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION|LINEARRING"
    r"|CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE)\b",
    re.IGNORECASE,
)
_HEX = re.compile(r"^\s*(?:\\x|0x)?((?:00|01)[0-9A-Fa-f]{8,})\s*$")
_JSON = re.compile(
    r'^\s*\{.*"type"\s*:\s*"(?:Feature|(?:Multi)?(?:Point|LineString|Polygon)|GeometryCollection)"', re.DOTALL
)


@dataclass(frozen=True)
class Geometries:
    """Shapes of a column's cells, None where there is none; the CRS they name, rows that cannot be read."""

    shapes: Objects
    crs: str | None
    kind: str
    unread: np.ndarray[tuple[int], np.dtype[np.intp]]
    notes: tuple[Text, ...] = ()


def looks_like_geometry(cell: str) -> bool:
    """Tell whether a cell begins as a geometry does.

    Examples
    --------
    >>> looks_like_geometry("SRID=4490;POINT(1 2)"), looks_like_geometry("POINTLESS")
    (True, False)
    """
    return bool(_WKT.match(cell) or _HEX.match(cell) or _JSON.match(cell) or is_list(cell))


def is_list(cell: str) -> bool:
    """Tell whether a cell is a list of two or more coordinate pairs, as services of maps write lines.

    Examples
    --------
    >>> is_list("120.1,31.9;120.2,31.8"), is_list("120.1,31.9"), is_list("1,2,3;4,5,6")
    (True, False, False)
    """
    return len(cell) <= _LONGEST_LIST and "." in cell and bool(_LIST.match(cell.strip()))


def wkt_of_list(cell: str) -> str:
    """Return the WKT of a list of coordinate pairs, or of one pair; empty where it is none.

    Examples
    --------
    >>> wkt_of_list("120.1,31.9;120.2,31.8"), wkt_of_list("120.1,31.9")
    ('LINESTRING(120.1 31.9,120.2 31.8)', 'POINT(120.1 31.9)')
    >>> wkt_of_list("0,0;1,0;1,1;0,0|5,5;6,5;6,6;5,5")
    'MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))'
    """
    if len(cell) > _LONGEST_LIST:
        return ""
    if one := _PAIR.fullmatch(cell.strip()):
        return f"POINT({one[1]} {one[2]})"
    if not _LIST.match(cell.strip()):
        return ""
    parts = [[pair.groups() for pair in _PAIR.finditer(part)] for part in cell.split("|") if part.strip()]
    rings = all(len(part) > 3 and part[0] == part[-1] for part in parts)
    written = [",".join(f"{x} {y}" for x, y in part) for part in parts]
    if rings:
        return f"MULTIPOLYGON({','.join(f'(({part}))' for part in written)})"
    if len(parts) == 1 and len(parts[0]) > 1:
        return f"LINESTRING({written[0]})"
    return (
        "" if any(len(part) < 2 for part in parts) else f"MULTILINESTRING({','.join(f'({p})' for p in written)})"
    )


def read_geometries(cells: Sequence[str]) -> Geometries:
    """Read every cell by what it begins with; words cost nothing but themselves."""
    count = len(cells)
    shapes: Objects = np.full(count, None, dtype=object)
    written, texts, codes, listed = _by_writing(cells)
    curves = [i for i, text in texts.items() if is_curve(text)]
    for i in curves:
        try:
            shapes[i], code = without_curves(texts[i])
        except ValueError:
            continue
        codes.update([code] if code else [])
    bent = set(curves)
    for kind, every in written.items():
        at = [i for i in every if i not in bent]
        if at:
            shapes[at] = _read(kind, np.array([texts[i] for i in at], dtype=object))
    for shape in shapes[[i for i in written["WKB"] if i not in bent]]:
        if shape is not None and (code := int(shapely.get_srid(shape))):
            codes[code] += 1
    if codes:
        shapes = shapely.set_srid(shapes, 0)
    made = sum(shapes[i] is not None for i in curves)
    notes: tuple[Text, ...] = (curve_note(made),) if made else ()
    notes += _of_several(codes)
    if listed:
        zh = "几何列写的是坐标串（如 经度,纬度;经度,纬度）：首尾相同的读作面，其余读作线，只有一对的读作点"
        en = (
            "its geometries are lists of coordinates, such as lon,lat;lon,lat: read as areas where the last is "
            "the first, else as lines, one alone as a point"
        )
        notes = (*notes, Text(zh, en))
    known = np.array([bool(cell) for cell in cells], dtype=bool)
    kinds = " / ".join(kind for kind, at in written.items() if at) or "-"
    unread = np.flatnonzero(known & shapely.is_missing(shapes))
    return Geometries(shapes, f"EPSG:{next(iter(codes))}" if len(codes) == 1 else None, kinds, unread, notes)


def _by_writing(
    cells: Sequence[str],
) -> tuple[dict[str, list[int]], dict[int, str | bytes], Counter[int], bool]:
    """Return the cells of each way of writing, their texts, the SRIDs they name, and whether one is a list."""
    written: dict[str, list[int]] = {"WKT": [], "WKB": [], "GeoJSON": []}
    texts: dict[int, str | bytes] = {}
    codes: Counter[int] = Counter()
    listed = False
    for i, cell in enumerate(cells):
        kind, text, code = _begun(cell) if cell else ("", "", 0)
        if cell and not kind and (text := wkt_of_list(cell)):
            kind, listed = "WKT", True
        if kind:
            written[kind].append(i)
            texts[i] = text
            codes.update([code] if code else [])
    return written, texts, codes, listed


def _of_several(codes: Counter[int]) -> tuple[Text, ...]:
    """Return what to say of geometries that name more than one SRID."""
    if len(codes) < 2:
        return ()
    words = ", ".join(f"{code} × {n}" for code, n in codes.most_common(5))
    zh, en = (
        f"几何列写有不同的 SRID（{words}），未采用",
        f"its geometries name several SRID ({words}); none is used",
    )
    return (Text(zh, en),)


def _begun(cell: str) -> tuple[str, str | bytes, int]:
    """Return what kind of geometry a cell begins as, the geometry, and the SRID it names."""
    if found := _WKT.match(cell):
        if cell.upper().count("COLLECTION") > _NESTED:  # GEOS reads nested ones by recursion
            return "", "", 0
        return ("WKT", cell[cell.index(";") + 1 :], int(found[1])) if found[1] else ("WKT", cell, 0)
    if found := _HEX.match(cell):
        return ("WKB", bytes.fromhex(found[1]), 0) if len(found[1]) % 2 == 0 else ("", "", 0)
    if _JSON.match(cell) and cell.count("[[[[[[") == 0 and cell.count("{") < 40:
        return "GeoJSON", cell, 0
    return "", "", 0


def _read(kind: str, texts: Objects) -> Objects:
    reader = {"WKT": shapely.from_wkt, "WKB": shapely.from_wkb, "GeoJSON": shapely.from_geojson}[kind]
    try:
        made: Objects = reader(texts, on_invalid="ignore")
    except (NotImplementedError, shapely.errors.ShapelyError):  # a curve among them: one at a time
        made = np.array([_one(reader, text) for text in texts], dtype=object)
    return made


def _one(reader: object, text: str | bytes) -> object:
    try:
        return reader(text, on_invalid="ignore")  # type: ignore[operator]
    except (NotImplementedError, shapely.errors.ShapelyError):
        return None
