"""One GeoJSON geometry, checked: what can be mended is mended and said, the rest stays off the map and is said."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import shapely

from geo import convert_datum
from geo.arrays import Shape, as_shapes
from geo.measure.seam import cut_at_seam
from layers.features.invalid import reason_words

FAMILIES: dict[str, frozenset[str]] = {
    "point": frozenset({"Point", "MultiPoint"}),
    "line": frozenset({"LineString", "MultiLineString"}),
    "polygon": frozenset({"Polygon", "MultiPolygon"}),
    "mixed": frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}),
}
_HALF_TURN = 180.0
_Shapes = np.ndarray[Any, np.dtype[np.object_]]
_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_SIMPLE_VERTICES, _AT_ONCE, _REPAIR_MEETINGS = 150, 256, 100_000  # about 2 s of mending at the most


@dataclass(frozen=True)
class GeometryProblem:
    """A fault of a geometry and what was done."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class CheckedGeometry:
    """The geometry to use (None: not on the map), its GeoJSON, and what was found."""

    shape: Any
    json: dict[str, Any] | None
    issues: tuple[GeometryProblem, ...]


def checked_geometry(
    given: object, *, families: frozenset[str], datum: str, tangles: bool = False
) -> CheckedGeometry:
    """Check a GeoJSON geometry object.

    Parameters
    ----------
    given
        The parsed object, or None for a feature without a place.
    families
        The geometry types the layer holds.
    datum
        Datum of the coordinates; degrees.
    tangles
        Whether to mend what may take minutes: only where a deadline stops it.

    Returns
    -------
    CheckedGeometry
        Never raises: a geometry that cannot be used becomes None with the reason.
    """
    if given is None:
        return CheckedGeometry(None, None, ())
    if not isinstance(given, dict) or not isinstance(given.get("type"), str) or given["type"] not in families:
        return _unusable("wrong_type", "几何类型与图层声明不符", "its type is not the one the layer declares")
    issues: list[GeometryProblem] = []
    coordinates: Any = given.get("coordinates")
    depth = _DEPTH[given["type"]]
    fault = _fault(coordinates, depth)
    if fault is not None:
        return _unusable(*fault)
    areal = depth >= 2 and "Polygon" in given["type"]
    coordinates, closed = _closed(coordinates, depth) if areal else (coordinates, False)
    if closed:
        issues.append(GeometryProblem("ring_closed", "多边形环未闭合，已闭合", "an open ring was closed"))
    json = {"type": given["type"], "coordinates": coordinates}
    shape = _shape(json)
    if shape is None:
        return _unusable("unreadable", "坐标无法组成几何图形", "the coordinates do not make a geometry")
    if shape.is_empty:
        return _unusable("empty", "几何为空", "the geometry is empty")
    found = _made_sound(shape, json, issues, tangles=tangles)
    if isinstance(found, CheckedGeometry):
        return found
    shape, json = _to_wgs84(*found, datum)
    return CheckedGeometry(shape, json, tuple(issues))


def _made_sound(
    shape: Any,  # noqa: ANN401 - a shapely geometry
    json: dict[str, Any],
    issues: list[GeometryProblem],
    *,
    tangles: bool,
) -> CheckedGeometry | tuple[Any, dict[str, Any]]:
    """Return a geometry within one turn of the Earth and valid, or why it cannot be used."""
    if _turns(shape):
        shape, json = _within_a_turn(shape, json, issues)
        if shape is None:
            return CheckedGeometry(None, None, tuple(issues))
    if shapely.is_valid(shape):
        return shape, json
    reason = reason_words(shapely.is_valid_reason(shape))
    if not tangles and is_tangled(shape):
        zh, en = "几何无效，边相交过多，未修复", "it is invalid, and its edges cross too often to mend"
        return _unusable("too_complex", zh, en)
    mended = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if mended.is_empty:
        return _unusable("invalid", f"几何无效（{reason.zh}）", f"the geometry is invalid ({reason.en})")
    issues.append(GeometryProblem("repaired", f"几何无效（{reason.zh}），已修复", f"mended: {reason.en}"))
    return mended, orjson.loads(shapely.to_geojson(mended))


def _turns(shape: Shape) -> bool:
    """Whether a shape may cross 180 degrees: it reaches beyond, or from one side of the map to the other."""
    west, _, east, _ = shape.bounds
    return bool(east - west > _HALF_TURN or west < -_HALF_TURN or east > _HALF_TURN)


def _within_a_turn(
    shape: Shape, json: dict[str, Any], issues: list[GeometryProblem]
) -> tuple[Shape | None, dict[str, Any]]:
    """Return a shape with longitudes from -180 to 180, an edge of more than half a turn taken the short way.

    None where it runs round a pole. What was done goes to the issues.
    """
    found = cut_at_seam(np.array([shape], dtype=object))
    turned = found.shapes[0]
    if len(found.polar):
        zh, en = "环绕极点，在经纬度中没有内部", "it runs round a pole and has no inside in longitude and latitude"
        issues += _unusable("polar", zh, en).issues
        return None, json
    if turned.equals(shape):  # parts on both sides, as they should be
        return shape, json
    zh, en = "跨越 180 度经线，已在该处分开", "it crosses the 180th meridian and was cut there"
    if len(found.shifted):
        zh, en = "经度超出 ±180，已换为同一地点的经度", "longitudes beyond ±180 were told as those within"
    issues.append(GeometryProblem("antimeridian", zh, en))
    return turned, orjson.loads(shapely.to_geojson(turned))


def is_tangled(shape: Shape) -> bool:
    """Tell whether mending a shape would take too long: not how many vertices count, but how often edges cross."""
    if int(shapely.get_num_coordinates(shape)) <= _SIMPLE_VERTICES:
        return False
    if shape.geom_type == "GeometryCollection":
        return True
    xy, part = shapely.get_coordinates(shapely.get_parts(shapely.boundary(shape)), return_index=True)
    joined = np.flatnonzero(part[1:] == part[:-1])
    edges = as_shapes(shapely.linestrings(np.stack([xy[joined], xy[joined + 1]], axis=1)))
    tree, met_often = shapely.STRtree(edges), 0
    for start in range(0, len(edges), _AT_ONCE):
        some = edges[start : start + _AT_ONCE]
        met_often += tree.query(some).shape[1] - 3 * len(some)  # itself and its two neighbours
        if met_often > _REPAIR_MEETINGS:
            return True
    return False


def _shape(json: dict[str, Any]) -> Shape | None:
    """Return what coordinates make; None when that is nothing."""
    try:
        return shapely.from_geojson(orjson.dumps(json))
    except shapely.GEOSException:
        return None


def _to_wgs84(shape: Shape, json: dict[str, Any], datum: str) -> tuple[Shape, dict[str, Any]]:
    """Move coordinates of an encrypted datum to WGS 84; drawn as they are, they would lie 500 m off."""
    if datum not in ("GCJ02", "BD09"):
        return shape, json

    def move(lonlat: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.column_stack(convert_datum(lonlat[:, 0], lonlat[:, 1], source=datum, target="WGS84"))

    moved = shapely.set_precision(shapely.transform(shape, move), 1e-9, mode="pointwise")
    return moved, orjson.loads(shapely.to_geojson(moved))


def _unusable(code: str, zh: str, en: str) -> CheckedGeometry:
    return CheckedGeometry(None, None, (GeometryProblem(code, f"{zh}；不上图", f"{en}; it is not on the map"),))


def _fault(coordinates: object, depth: int) -> tuple[str, str, str] | None:
    """Return what is wrong with nested coordinates, or None."""
    if not isinstance(coordinates, list) or not coordinates:
        return "coordinates", "坐标缺失或不是列表", "its coordinates are missing or not a list"
    if depth > 0:
        return next((f for f in (_fault(part, depth - 1) for part in coordinates) if f is not None), None)
    if len(coordinates) not in (2, 3) or not all(type(x) in (int, float) for x in coordinates):
        return "position", "坐标不是两个或三个数字", "a position is not two or three numbers"
    if not all(math.isfinite(x) for x in coordinates):
        return "not_finite", "坐标不是有限数", "a coordinate is not finite"
    longitude, latitude = coordinates[:2]
    if abs(latitude) <= 90 and abs(longitude) <= 2 * _HALF_TURN:
        return None
    if abs(latitude) <= 180 and abs(longitude) <= 90:
        return (
            "swapped",
            "经纬度颠倒（先纬度后经度），应先写经度",
            "latitude stands first; swap the two",
        )
    return (
        "not_degrees",
        "坐标不是度（可能是米制平面坐标），请先转换为经纬度",
        "the coordinates are not degrees (plane metres?); convert them to longitude/latitude",
    )


def _closed(coordinates: list[Any], depth: int) -> tuple[list[Any], bool]:
    if depth > 1:
        parts = [_closed(part, depth - 1) for part in coordinates]
        return [part for part, _ in parts], any(changed for _, changed in parts)
    if coordinates[0] == coordinates[-1]:
        return coordinates, False
    return [*coordinates, coordinates[0]], True


def with_xy(shapes: _Shapes, change: Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]) -> _Shapes:
    """Return geometries whose positions are changed and whose heights are kept.

    Parameters
    ----------
    shapes
        Shape (n,), flat ones and ones with heights, None without a place.
    change
        From positions, shape (m, 2), to positions.

    Examples
    --------
    >>> import shapely
    >>> with_xy(np.array([shapely.Point(1, 2, 3)]), lambda xy: xy + 1)[0].wkt
    'POINT Z (2 3 3)'
    """
    out = shapes.copy()
    high = shapely.has_z(shapes)
    out[~high] = shapely.transform(shapes[~high], change)
    if high.any():
        out[high] = shapely.transform(
            shapes[high], lambda xyz: np.column_stack([change(xyz[:, :2]), xyz[:, 2]]), include_z=True
        )
    return out
