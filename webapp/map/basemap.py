"""The own light background: SVG tiles drawn from the plan's layers, so that a map needs no network.

Tiles follow the usual web scheme (z, x, y; 256 pixels, spherical Mercator for the picture only; nothing is
measured in it).

References
----------
IOGP Geomatics Guidance Note 7-2, EPSG:1024 Popular Visualisation Pseudo Mercator.
"""

from __future__ import annotations

import hashlib
import math
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
import shapely
from flask import Blueprint, Response, abort

from layers.errors import LayerUnavailable, UnknownLayer
from layers.features.snapshot import Snapshot
from layers.plan.catalog import BackgroundLayer
from webapp.http.answers import bytes_answer
from webapp.http.endpoints import Operation, Parameter, declare_operation
from webapp.state import current_library, leaving_library

blueprint = Blueprint("basemap", __name__)
_SIDE, _MARGIN, _MAX_ZOOM = 256, 8, 19
_PAPER = "#ece8dd"
_INTEGER = {"type": "integer", "minimum": 0}
_TILE = tuple(
    Parameter(n, zh, en, _INTEGER, path=True, example=e)
    for n, zh, en, e in (("z", "缩放级别", "zoom", 12), ("x", "列", "column", 3416), ("y", "行", "row", 1664))
)


@blueprint.get("/basemap/<int:z>/<int:x>/<int:y>.svg")
@declare_operation(
    Operation(
        "自带底图瓦片（SVG）", "A tile of the own background (SVG)", "map", "image/svg+xml", "", _TILE, (404,)
    )
)
def tile(z: int, x: int, y: int) -> Response:
    """One background tile."""
    if z > _MAX_ZOOM or x >= 2**z or y >= 2**z:
        abort(404)
    drawn = tuple(_drawn())
    versions = hashlib.sha256(repr([(b, s.version) for b, s in drawn]).encode()).hexdigest()[:24]
    return bytes_answer(_tile(versions, z, x, y).encode(), "image/svg+xml", tag=f"{versions}-{z}-{x}-{y}")


def _drawn() -> list[tuple[BackgroundLayer, Snapshot]]:
    """Return the background's layers that can be read and that everybody may see."""
    out = []
    for entry in current_library().catalog.background:
        try:
            out.append((entry, leaving_library().snapshot(current_library().layer(entry.layer))))
        except (UnknownLayer, LayerUnavailable):
            continue
    return out


@lru_cache(maxsize=4096)
def _tile(_versions: str, z: int, x: int, y: int) -> str:
    west, north = _corner(z, x, y)
    east, south = _corner(z, x + 1, y + 1)
    pad_x, pad_y = (east - west) * _MARGIN / _SIDE, (north - south) * _MARGIN / _SIDE
    frame = (west - pad_x, south - pad_y, east + pad_x, north + pad_y)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_SIDE}" height="{_SIDE}" viewBox="0 0 {_SIDE} {_SIDE}">',
        f'<rect width="{_SIDE}" height="{_SIDE}" fill="{_PAPER}"/>',
    ]
    for entry, snapshot in _drawn():
        if z < entry.min_zoom:
            continue
        shapes = shapely.clip_by_rect(snapshot.content.shapes(snapshot.content.near(frame)), *frame)
        shapes = shapes[~shapely.is_empty(shapes) & (shapely.get_dimensions(shapes) > 0)]
        for dimension in (2, 1):  # a line must not be filled
            chosen = shapes[shapely.get_dimensions(shapes) == dimension]
            paths = [_path(_pixels(s, z, x, y)) for s in chosen]
            drawn = paths if dimension == 2 else ["".join(paths)]  # areas may lie in one another
            look = _look(entry, filled=dimension == 2)
            parts += [f'<path d="{path}" {look}/>' for path in drawn if path]
    return "".join([*parts, "</svg>"])


def _corner(z: int, x: int, y: int) -> tuple[float, float]:
    """Return longitude, latitude of a tile's north-west corner."""
    return x / 2**z * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / 2**z))))


def _pixels(shape: Any, z: int, x: int, y: int) -> Any:  # noqa: ANN401 - shapely geometries
    def project(lonlat: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        column = (lonlat[:, 0] + 180) / 360 * 2**z - x
        row = (1 - np.arcsinh(np.tan(np.radians(lonlat[:, 1]))) / math.pi) / 2 * 2**z - y
        return np.column_stack((column, row)) * _SIDE

    return shapely.simplify(shapely.transform(shape, project), 0.4)


def _path(shape: Any) -> str:  # noqa: ANN401
    out = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            rings = shapely.get_rings(part)
            out += [_line(ring, close=True) for ring in rings]
        elif part.geom_type in ("LineString", "LinearRing"):
            out.append(_line(part, close=False))
    return "".join(out)


def _line(line: Any, *, close: bool) -> str:  # noqa: ANN401
    points = [f"{px:.1f} {py:.1f}" for px, py in shapely.get_coordinates(line)]
    return "M" + "L".join(points) + ("Z" if close else "")


def _look(entry: BackgroundLayer, *, filled: bool) -> str:
    fill = entry.fill if entry.fill and filled else "none"
    look = f'fill={quoteattr(fill)} fill-rule="evenodd"'
    if entry.stroke:
        look += f' stroke={quoteattr(entry.stroke)} stroke-width="{entry.width:g}"'
        look += ' stroke-linejoin="round" stroke-linecap="round"'
    return look
