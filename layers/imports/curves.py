"""Curves written as WKT or WKB, which GEOS does not read: made into segments, of how many degrees is told.

References
----------
OGC 06-103r4, Simple feature access, 7 and 8; ISO/IEC 13249-3, circular strings, compound curves, curve polygons.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterator, Sequence
from typing import Any

import shapely

from geo.text import Text
from layers.imports.formats.gdal import ARC_DEGREES

Position = tuple[float, ...]  # x, y and z where there is one
_WORDS = re.compile(r"\b(?:CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE)\b", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z]+|[(),]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_LINE, _POLYGON, _CIRCULAR, _COMPOUND, _CURVE_POLYGON, _MULTI_CURVE, _MULTI_SURFACE = 2, 3, 8, 9, 10, 11, 12
_KINDS = {
    "LINESTRING": _LINE,
    "POLYGON": _POLYGON,
    "CIRCULARSTRING": _CIRCULAR,
    "COMPOUNDCURVE": _COMPOUND,
    "CURVEPOLYGON": _CURVE_POLYGON,
    "MULTICURVE": _MULTI_CURVE,
    "MULTISURFACE": _MULTI_SURFACE,
}
_CURVES = range(_CIRCULAR, _MULTI_SURFACE + 1)
# what each kind is made of; a part that names no kind is of the first
_PARTS = {
    _COMPOUND: (_LINE, _CIRCULAR),
    _CURVE_POLYGON: (_LINE, _CIRCULAR, _COMPOUND),
    _MULTI_CURVE: (_LINE, _CIRCULAR, _COMPOUND),
    _MULTI_SURFACE: (_POLYGON, _CURVE_POLYGON),
}
_Z, _M, _SRID = 0x80000000, 0x40000000, 0x20000000


def curve_note(count: int) -> Text:
    """Return what is said of features whose curves became segments."""
    share = 1 - math.cos(math.radians(ARC_DEGREES / 2))
    return Text(
        f"{count} 个要素含曲线，已化为折线（每段 {ARC_DEGREES:g}°，偏离弧线不超过半径的 {share:.4%}）",
        f"{count} features hold curves, made into segments of {ARC_DEGREES:g} degrees each "
        f"(at most {share:.4%} of the radius beside the arc)",
    )


def is_curve(written: str | bytes) -> bool:
    """Tell whether a WKT or WKB is of a curve.

    Examples
    --------
    >>> is_curve("CIRCULARSTRING(0 0,1 1,2 0)"), is_curve("LINESTRING(0 0,1 1)")
    (True, False)
    """
    if isinstance(written, str):
        return bool(_WORDS.search(written[:60]))
    if len(written) < 5:
        return False
    code = struct.unpack_from("<I" if written[0] == 1 else ">I", written, 1)[0]
    return (code & 0x0FFFFFFF) % 1000 in _CURVES


def without_curves(written: str | bytes) -> tuple[shapely.Geometry, int]:
    """Return a curve as straight segments, and the SRID that EWKB names (0 where none is).

    Raises
    ------
    ValueError
        It is not written as it should be.

    Examples
    --------
    >>> half, _ = without_curves("CIRCULARSTRING(0 0,1 1,2 0)")
    >>> round(half.length, 4), half.coords[0], half.coords[-1]
    (3.1416, (0.0, 0.0), (2.0, 0.0))
    """
    try:
        if isinstance(written, str):
            return _Wkt(written).geometry(), 0
        reader = _Wkb(written)
        return reader.geometry(), reader.srid
    except (struct.error, IndexError, StopIteration, shapely.errors.ShapelyError) as error:
        raise ValueError from error


def _made(kind: int, parts: Sequence[Any]) -> shapely.Geometry:
    """Return a geometry of its parts: positions, lines as positions, or polygons."""
    if kind in (_MULTI_CURVE, _MULTI_SURFACE):
        many = shapely.MultiLineString if kind == _MULTI_CURVE else shapely.MultiPolygon
        some: list[Any] = [part for part in parts if not isinstance(part, list) or part]
        return many(some)
    if kind in (_POLYGON, _CURVE_POLYGON):
        return shapely.Polygon(parts[0], parts[1:]) if parts else shapely.Polygon()
    return shapely.LineString(parts)


def _joined(lines: Sequence[list[Position]]) -> list[Position]:
    out: list[Position] = []
    for line in lines:
        out += line[1:] if out and line and out[-1] == line[0] else line
    return out


def _bent(points: Sequence[Position]) -> list[Position]:
    """Return the arcs of a circular string as segments; every given position stays."""
    if len(points) < 3 or len(points) % 2 == 0:
        raise ValueError(len(points))
    out = [points[0]]
    for at in range(0, len(points) - 2, 2):
        out += _arc(points[at], points[at + 1], points[at + 2])
    return out


def _arc(begin: Position, middle: Position, end: Position) -> list[Position]:
    """Return an arc through three positions without its first; where it ends as it begins, a whole circle."""
    (x0, y0), (x1, y1), (x2, y2) = begin[:2], middle[:2], end[:2]
    whole = (x0, y0) == (x2, y2)
    if whole:
        cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    else:  # relative to the first: eastings of millions keep their digits
        ax, ay, bx, by = x1 - x0, y1 - y0, x2 - x0, y2 - y0
        double = 2 * (ax * by - ay * bx)
        if abs(double) <= 1e-12 * (math.hypot(ax, ay) * math.hypot(bx, by) or 1.0):
            return [middle, end]
        cx = x0 + (by * (ax * ax + ay * ay) - ay * (bx * bx + by * by)) / double
        cy = y0 + (ax * (bx * bx + by * by) - bx * (ax * ax + ay * ay)) / double
    radius = math.hypot(x0 - cx, y0 - cy)
    angles = [math.atan2(y - cy, x - cx) for x, y in ((x0, y0), (x1, y1), (x2, y2))]
    first, second = angles[1] - angles[0], angles[2] - angles[1]
    left = whole or (ax * by - ay * bx) > 0
    turn = 2 * math.pi if left else -2 * math.pi
    first, second = (one if one * turn > 0 else one + turn for one in (first, second))
    out: list[Position] = []
    for angle, sweep, low, high in ((angles[0], first, begin, middle), (angles[1], second, middle, end)):
        steps = max(math.ceil(abs(math.degrees(sweep)) / ARC_DEGREES), 1)
        for i in range(1, steps):
            at = angle + sweep * i / steps
            z = (low[2] + (high[2] - low[2]) * i / steps,) if len(low) > 2 else ()
            out.append((cx + radius * math.cos(at), cy + radius * math.sin(at), *z))
        out.append(high)
    return out


class _Wkt:
    """Reads WKT of curves, word by word."""

    def __init__(self, text: str) -> None:
        self._words: Iterator[str] = (found[0] for found in _TOKEN.finditer(text))
        self._next = next(self._words)
        self._measured = False

    def geometry(self) -> shapely.Geometry:
        kind = self._kind()
        made = self._part(kind)
        return made if isinstance(made, shapely.Geometry) else shapely.LineString(made)

    def _take(self) -> str:
        word, self._next = self._next, next(self._words, "")
        return word

    def _kind(self) -> int:
        kind = _KINDS[self._word()]
        while self._next.upper() in ("Z", "M", "ZM"):
            self._measured = self._take().upper() == "M"
        return kind

    def _word(self) -> str:
        word = self._take().upper()
        for end in ("ZM", "Z", "M"):
            if word not in _KINDS and word.removesuffix(end) in _KINDS:
                self._measured = end == "M"
                return word.removesuffix(end)
        if word not in _KINDS:
            raise ValueError(word)
        return word

    def _part(self, kind: int) -> list[Position] | shapely.Geometry:
        if self._next.upper() == "EMPTY":
            self._take()
            return [] if kind in (_LINE, _CIRCULAR, _COMPOUND) else _made(kind, [])
        self._open()
        if kind in (_LINE, _CIRCULAR):
            points = self._positions()
            return _bent(points) if kind == _CIRCULAR else points
        parts: list[Any] = []
        while True:
            own = self._kind() if self._next[:1].isalpha() else (_LINE if kind == _POLYGON else _PARTS[kind][0])
            if kind != _POLYGON and own not in _PARTS[kind]:
                raise ValueError(own)
            parts.append(self._part(own))
            if self._take() != ",":
                break
        return _joined(parts) if kind == _COMPOUND else _made(kind, parts)

    def _open(self) -> None:
        if self._take() != "(":
            raise ValueError("(")

    def _positions(self) -> list[Position]:
        points: list[Position] = []
        numbers: list[float] = []
        while True:
            word = self._take()
            if word in (",", ")"):
                points.append(tuple(numbers[:2] if self._measured or len(numbers) == 2 else numbers[:3]))
                numbers = []
                if word == ")":
                    return points
            else:
                numbers.append(float(word))


class _Wkb:
    """Reads WKB and EWKB of curves."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at, self.srid = data, 0, 0

    def geometry(self) -> shapely.Geometry:
        made = self._part(tuple(_CURVES))
        return made if isinstance(made, shapely.Geometry) else shapely.LineString(made)

    def _number(self, order: str) -> int:
        value = int(struct.unpack_from(f"{order}I", self._data, self._at)[0])
        self._at += 4
        return value

    def _part(self, kinds: Sequence[int]) -> list[Position] | shapely.Geometry:
        order = "<" if self._data[self._at] == 1 else ">"
        self._at += 1
        code = self._number(order)
        plain = code & 0x0FFFFFFF
        kind, more = plain % 1000, plain // 1000
        raised, measured = bool(code & _Z) or more in (1, 3), bool(code & _M) or more in (2, 3)
        if code & _SRID:
            self.srid = self._number(order)
        if kind not in kinds:
            raise ValueError(kind)
        if kind in (_LINE, _CIRCULAR):
            points = self._positions(order, raised=raised, measured=measured)
            return _bent(points) if kind == _CIRCULAR and points else points
        count = self._number(order)
        if count * 4 > len(self._data):
            raise ValueError(count)
        if kind == _POLYGON:
            return _made(kind, [self._positions(order, raised=raised, measured=measured) for _ in range(count)])
        parts: list[Any] = [self._part(_PARTS[kind]) for _ in range(count)]
        return _joined(parts) if kind == _COMPOUND else _made(kind, parts)

    def _positions(self, order: str, *, raised: bool, measured: bool) -> list[Position]:
        count, width = self._number(order), 2 + raised + measured
        if count * width * 8 > len(self._data) - self._at:
            raise ValueError(count)
        values = struct.unpack_from(f"{order}{count * width}d", self._data, self._at)
        self._at += count * width * 8
        return [tuple(values[i * width : i * width + 2 + raised]) for i in range(count)]
