"""Reads a layer's file in the plan's folder: strict GeoJSON, no GDAL; what is wrong with a feature is told.

References
----------
RFC 7946, The GeoJSON Format.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import orjson

from layers.errors import FeatureFileError
from layers.features.columns import content_of
from layers.features.geometry import FAMILIES, GeometryProblem, checked_geometry
from layers.features.snapshot import Feature, FeatureProblem, Snapshot
from layers.plan.catalog import Layer

_KNOWN_CRS = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490")


def read_snapshot(folder: Path, layer: Layer) -> Snapshot:
    """Read a layer's GeoJSON file.

    Parameters
    ----------
    folder
        The data folder; the file must lie inside it.
    layer
        The declaration.

    Raises
    ------
    FeatureFileError
        The file is missing, lies outside the folder, is not UTF-8 JSON, not a feature collection, or names
        a coordinate reference system that is not longitude/latitude.
    """
    return snapshot_of_bytes(read_bytes(folder, layer), layer)


def read_bytes(folder: Path, layer: Layer) -> bytes:
    """Return a layer's file as it is.

    Raises
    ------
    FeatureFileError
        The file is missing, or lies outside the folder.
    """
    path = (folder / layer.file).resolve()
    if not path.is_relative_to(folder):
        raise _refused(layer, ("路径在数据目录之外", "the path leaves the data folder"), _A_FILE)
    try:
        return path.read_bytes()
    except OSError as error:
        raise _refused(
            layer, ("文件不存在或无法读取", "the file is missing or cannot be read"), _A_FILE
        ) from error


def version_of_bytes(data: bytes, layer: Layer) -> str:
    """Return the version of a layer's file: the SHA-256 of its bytes and of how its coordinates are meant."""
    return hashlib.sha256(data + f"{layer.datum} {layer.edge_model}".encode()).hexdigest()


def snapshot_of_bytes(data: bytes, layer: Layer) -> Snapshot:
    """Read a layer from the bytes of its file.

    Raises
    ------
    FeatureFileError
        They are not UTF-8 JSON, not a feature collection, or name a CRS that is not longitude/latitude.
    """
    document, loose = _loaded(data.removeprefix(b"\xef\xbb\xbf"), layer)
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise _refused(layer, ("不是 FeatureCollection", "it is not a FeatureCollection"), _A_COLLECTION)
    crs = document.get("crs")
    if crs is not None and not _is_longitude_latitude(crs):
        raise _refused(layer, ("crs 成员不是经纬度坐标系", "its crs member is not longitude/latitude"), _LONLAT)
    problems: list[FeatureProblem] = []
    features = list(_features(layer, document["features"], problems, loose=loose))
    content = content_of(
        [f.id for f in features], [f.geometry for f in features], [f.properties for f in features]
    )
    return Snapshot(layer, version_of_bytes(data, layer), content, tuple(problems))


def _loaded(data: bytes, layer: Layer) -> tuple[object, bool]:
    """Return what a text holds, and whether it writes what is no number (NaN, Infinity), as no JSON may."""
    try:
        return orjson.loads(data), False
    except orjson.JSONDecodeError as error:
        try:
            return json.loads(data), True
        except (ValueError, RecursionError):
            found = (f"不是有效的 UTF-8 JSON（{error}）", f"it is not valid UTF-8 JSON ({error})")
            raise _refused(layer, found, _A_COLLECTION) from error


def holds_nan(value: object) -> bool:
    """Tell whether parsed JSON holds what is no number: NaN, or more than a number can be.

    Examples
    --------
    >>> holds_nan({"a": [1, float("nan")]}), holds_nan({"a": "NaN"})
    (True, False)
    """
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return True
    return False


_A_FILE = ("数据目录内的文件", "a file inside the data folder")
_A_COLLECTION = ("GeoJSON FeatureCollection（UTF-8）", "a GeoJSON FeatureCollection in UTF-8")
_LONLAT = ("WGS 84 或 CGCS2000 经纬度，不写 crs", "WGS 84 or CGCS2000 longitude/latitude and no crs member")


def _refused(layer: Layer, found: tuple[str, str], expected: tuple[str, str]) -> FeatureFileError:
    return FeatureFileError(
        file=layer.file, found_zh=found[0], found_en=found[1], expected_zh=expected[0], expected_en=expected[1]
    )


def _is_longitude_latitude(crs: object) -> bool:
    named = crs.get("properties") if isinstance(crs, dict) and crs.get("type") == "name" else None
    return isinstance(named, dict) and str(named.get("name", "")).endswith(_KNOWN_CRS)


def _features(
    layer: Layer, rows: list[object], problems: list[FeatureProblem], *, loose: bool
) -> Iterator[Feature]:
    seen: set[str] = set()
    for number, row in enumerate(rows):
        if not isinstance(row, dict) or row.get("type") != "Feature":
            problems.append(
                _problem(number, "", "not_a_feature", "不是 Feature，已略过", "not a Feature; left out")
            )
            continue
        feature_id = _feature_id(row.get("id"), number, seen, problems)
        seen.add(feature_id)
        properties = row.get("properties")
        found = checked_geometry(row.get("geometry"), families=FAMILIES[layer.geometry], datum=layer.datum)
        for issue in found.issues:
            problems.append(_geometry_problem(number, feature_id, issue))
        known = properties if isinstance(properties, dict) else {}
        odd = [name for name, value in known.items() if holds_nan(value)] if loose else []
        if odd:
            known = {**known, **dict.fromkeys(odd)}
            problems.append(_nan_problem(number, feature_id, odd))
        yield Feature(feature_id, known, found.shape)


def _feature_id(given: object, number: int, seen: set[str], problems: list[FeatureProblem]) -> str:
    if isinstance(given, str | int) and not isinstance(given, bool) and str(given):
        wanted = str(given)
    else:
        wanted = f"row-{number}"
        problems.append(_problem(number, wanted, "no_id", "没有编号，暂用行号", "no id; its row number is used"))
    unique, copy = wanted, 2
    while unique in seen:
        unique, copy = f"{wanted}-{copy}", copy + 1
    if unique != wanted:
        zh, en = f"编号 {wanted} 重复，改为 {unique}", f"the id {wanted} is taken; read as {unique}"
        problems.append(_problem(number, unique, "duplicate_id", zh, en))
    return unique


def _problem(row: int, feature: str, code: str, zh: str, en: str) -> FeatureProblem:
    return FeatureProblem(row, feature, code, zh, en)


def _nan_problem(row: int, feature: str, fields: list[str]) -> FeatureProblem:
    named = "、".join(fields), ", ".join(fields)
    zh = f"字段 {named[0]} 写的是 NaN 或 Infinity，不是数，按未知"
    return _problem(row, feature, "not_a_number", zh, f"{named[1]}: NaN or Infinity is no number; not known")


def _geometry_problem(row: int, feature: str, issue: GeometryProblem) -> FeatureProblem:
    return FeatureProblem(row, feature, issue.code, issue.zh, issue.en)
