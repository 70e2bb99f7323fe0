"""A layer's features with a version: a Snapshot, from a strict GeoJSON file or the store; no GDAL anywhere.

References
----------
RFC 7946, The GeoJSON Format.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, overload

import numpy as np
import orjson
import shapely

from layers.catalog import Layer
from layers.content import Content, Objects, Positions, content_of
from layers.errors import FeatureFileError
from layers.geometry import FAMILIES, GeometryProblem, checked_geometry

_BATCH = 4096
_KNOWN_CRS = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490")


@dataclass(frozen=True)
class FeatureProblem:
    """What was wrong with one feature and what was done about it."""

    row: int
    feature: str
    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Feature:
    """One feature: its id, its properties, its geometry (longitude/latitude) or None."""

    id: str
    properties: dict[str, Any]
    geometry: Any

    @cached_property
    def json(self) -> bytes:
        """The feature as GeoJSON."""
        return next(_written([self]))

    def name(self, layer: Layer, language: str) -> str:
        """Return what the feature is called, in the other language when it has no name in this one."""
        first, second = (layer.title.zh, layer.title.en) if language == "zh" else (layer.title.en, layer.title.zh)
        return str(self.properties.get(first) or self.properties.get(second) or self.id)


class Features(Sequence[Feature]):
    """Some features of a layer, made one by one as they are asked for; a million cost only their columns.

    Parameters
    ----------
    content
        The layer's columns.
    positions
        Which of its rows, in this order; None for all.
    """

    def __init__(self, content: Content, positions: Positions | None = None) -> None:
        self._content = content
        self.positions: Positions = np.arange(len(content)) if positions is None else positions

    def __len__(self) -> int:
        return len(self.positions)

    @overload
    def __getitem__(self, wanted: int) -> Feature: ...
    @overload
    def __getitem__(self, wanted: slice) -> Features: ...
    def __getitem__(self, wanted: int | slice) -> Feature | Features:
        if isinstance(wanted, slice):
            return Features(self._content, self.positions[wanted])
        at = int(self.positions[wanted])
        return Feature(str(self._content.ids[at]), self._content.row(at), self._content.geometry[at])

    def __iter__(self) -> Iterator[Feature]:
        for start in range(0, len(self), _BATCH):
            at = self.positions[start : start + _BATCH]
            part = self._content.take(at)
            for feature_id, shape, row in zip(part.ids, part.geometry, part.rows(), strict=True):
                yield Feature(str(feature_id), row, shape)

    @property
    def ids(self) -> Objects:
        """The features' ids."""
        return self._content.ids[self.positions]

    @property
    def geometry(self) -> Objects:
        """The features' geometries, None where the place is not known."""
        return self._content.geometry[self.positions]

    def values(self, name: str) -> list[Any]:
        """Return one property of each feature, None where unknown."""
        found = self._content.values(name)
        return found if len(self) == len(found) else [found[at] for at in self.positions]

    def where(self, admitted: Sequence[bool] | np.ndarray[Any, np.dtype[np.bool_]]) -> Features:
        """Return those of the features for which ``admitted`` (one a feature) is true."""
        return Features(self._content, self.positions[np.asarray(admitted, dtype=bool)])

    def json(self) -> Iterator[bytes]:
        """Yield each feature as GeoJSON."""
        for start in range(0, len(self), _BATCH):
            yield from _written(list(self[start : start + _BATCH]))


def _written(features: list[Feature]) -> Iterator[bytes]:
    shapes = np.empty(len(features), dtype=object)
    shapes[:] = [f.geometry for f in features]
    for feature, shape in zip(features, shapely.to_geojson(shapes), strict=True):
        geometry = None if shape is None else orjson.Fragment(shape)
        body = {"type": "Feature", "id": feature.id, "geometry": geometry, "properties": feature.properties}
        yield orjson.dumps(body, default=str)


@dataclass(frozen=True)
class Snapshot:
    """A layer's features with a version: the SHA-256 of what they were read from."""

    layer: Layer
    version: str
    content: Content
    problems: tuple[FeatureProblem, ...] = ()
    number: int | None = None  # of the stored version; None for a file

    @cached_property
    def features(self) -> Features:
        """All features in order."""
        return Features(self.content)

    @property
    def geometry(self) -> Objects:
        """Geometries in feature order, shape (n,), degrees WGS 84, None where the place is not known."""
        return self.content.geometry

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The spatial index over ``geometry``; positions without a geometry are never found."""
        return shapely.STRtree(self.geometry)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {str(feature_id): at for at, feature_id in enumerate(self.content.ids)}

    def find(self, feature_id: str) -> Feature | None:
        """Return the feature of that id."""
        at = self._positions.get(feature_id)
        return None if at is None else self.features[at]

    @cached_property
    def placed(self) -> int:
        """How many features have a geometry."""
        return int(np.count_nonzero(~shapely.is_missing(self.geometry)))

    @cached_property
    def bounds(self) -> tuple[float, ...] | None:
        """West, south, east, north of all features in degrees; None when nothing is placed."""
        box = shapely.total_bounds(self.geometry)
        return None if np.isnan(box).any() else tuple(float(x) for x in box)

    @cached_property
    def extents(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Width plus height of every feature's box in degrees, below any for those without a place."""
        box = shapely.bounds(self.geometry)
        sizes: np.ndarray[Any, np.dtype[np.float64]] = box[:, 2] - box[:, 0] + box[:, 3] - box[:, 1]
        return np.where(np.isnan(sizes), -1.0, sizes)

    @cached_property
    def searchable(self) -> list[tuple[str, ...]]:
        """The declared search fields of every feature, case folded."""
        columns = [[str(v or "").casefold() for v in self.content.values(name)] for name in self.layer.search]
        return list(zip(*columns, strict=True))

    @cached_property
    def used(self) -> dict[str, frozenset[Any]]:
        """The different values of the class field and of ``position`` among placed features."""
        placed = ~shapely.is_missing(self.geometry)
        names = [name for name in (self.layer.class_field, "position") if name]
        return {
            name: frozenset(v for v, on in zip(self.content.values(name), placed, strict=True) if on and _plain(v))
            for name in names
        }


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float)


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
    path = (folder / layer.file).resolve()
    if not path.is_relative_to(folder):
        raise _refused(layer, ("路径在数据目录之外", "the path leaves the data folder"), _A_FILE)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _refused(
            layer, ("文件不存在或无法读取", "the file is missing or cannot be read"), _A_FILE
        ) from error
    try:
        document = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        found = (f"不是有效的 UTF-8 JSON（{error}）", f"it is not valid UTF-8 JSON ({error})")
        raise _refused(layer, found, _A_COLLECTION) from error
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise _refused(layer, ("不是 FeatureCollection", "it is not a FeatureCollection"), _A_COLLECTION)
    crs = document.get("crs")
    if crs is not None and not _is_longitude_latitude(crs):
        raise _refused(layer, ("crs 成员不是经纬度坐标系", "its crs member is not longitude/latitude"), _LONLAT)
    problems: list[FeatureProblem] = []
    features = list(_features(layer, document["features"], problems))
    content = content_of(
        [f.id for f in features], [f.geometry for f in features], [f.properties for f in features]
    )
    digest = hashlib.sha256(data + f"{layer.datum} {layer.edge_model}".encode())
    return Snapshot(layer, digest.hexdigest(), content, tuple(problems))


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


def _features(layer: Layer, rows: list[object], problems: list[FeatureProblem]) -> Iterator[Feature]:
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


def _geometry_problem(row: int, feature: str, issue: GeometryProblem) -> FeatureProblem:
    return FeatureProblem(row, feature, issue.code, issue.zh, issue.en)
