"""A layer's features with a version: a Snapshot, from a file of the plan or the store."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np
import orjson
import shapely

from geo.arrays import Shape, as_rows
from geo.text import Text
from layers.errors import UnknownFeature
from layers.features.columns import Content, Objects, Positions
from layers.features.names import NameIndex
from layers.plan.catalog import Layer

_MOST_ODD, _LONG_CODE = 8, 8  # codes outside a scheme that the legend names; letters of one it does not

_BATCH = 4096


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
        """Return what the feature is called, in the other language where it has no name in this; else its id."""
        return self.own_name(layer, language) or self.id

    def own_name(self, layer: Layer, language: str) -> str:
        """Return the feature's name in this language or the other; empty where it has none."""
        first, second = (layer.title.zh, layer.title.en) if language == "zh" else (layer.title.en, layer.title.zh)
        return str(self.properties.get(first) or self.properties.get(second) or "")

    def short_name(self, layer: Layer, language: str) -> str:
        """Return the name as it stands on a map: the short one where there is one."""
        known = None if layer.short is None else self.properties.get(layer.short[language])
        return str(known) if known else self.name(layer, language)


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
        self._whole = positions is None
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
        (shape,) = self._content.shapes(np.array([at]))
        return Feature(self._content.id_at(at), self._content.row(at), shape)

    def __iter__(self) -> Iterator[Feature]:
        for start in range(0, len(self), _BATCH):
            at = self.positions[start : start + _BATCH]
            part = self._content.take(at)
            for feature_id, shape, row in zip(part.ids, part.geometry, part.rows(), strict=True):
                yield Feature(str(feature_id), row, shape)

    @property
    def ids(self) -> Objects:
        """The features' ids."""
        return self._content.ids_at(self.positions)

    @property
    def geometry(self) -> Objects:
        """The features' geometries, None where the place is not known."""
        return self._content.shapes(self.positions)

    @property
    def stored(self) -> Objects:
        """The same for a question, which looks at few of a large layer's shapes: they are made when asked for."""
        return self._content.stored(self.positions)

    @property
    def placed(self) -> Features:
        """Those of the features that have a place."""
        return self.where(~self._content.missing[self.positions])

    @property
    def unplaced(self) -> Features:
        """Those of the features that have no place."""
        return self.where(self._content.missing[self.positions])

    def named(self, ids: Collection[str]) -> Features:
        """Return those of the features that have one of these ids."""
        there = np.zeros(len(self._content), dtype=bool)
        there[self._content.positions_of(ids)] = True
        return self.where(there[self.positions])

    def called(self, layer: Layer, language: str) -> list[str]:
        """Return what each feature is called, as `Feature.name` does."""
        first, second = (layer.title.zh, layer.title.en) if language == "zh" else (layer.title.en, layer.title.zh)
        named = zip(self.values(first), self.values(second), self.ids, strict=True)
        return [str(one or other or "") or str(feature_id) for one, other, feature_id in named]

    def values(self, name: str) -> list[Any]:
        """Return one property of each feature, None where unknown."""
        return self._content.values(name, None if self._whole else self.positions)

    def counted(self, name: str) -> list[tuple[Any, int]]:
        """Return the different known values of one property, and how many of the features have each."""
        return self._content.counted(name, None if self._whole else self.positions)

    def meeting(self, shape: Shape) -> Features:
        """Return those of the features that meet a shape in longitude/latitude degrees."""
        met = np.zeros(len(self._content), dtype=bool)
        met[self._content.meeting(shape)] = True
        return self.where(met[self.positions])

    def where(self, admitted: Sequence[bool] | np.ndarray[Any, np.dtype[np.bool_]]) -> Features:
        """Return those of the features for which ``admitted`` (one a feature) is true."""
        return Features(self._content, self.positions[np.asarray(admitted, dtype=bool)])

    def taken(self, order: Positions) -> Features:
        """Return the features at some places among these, in that order."""
        return Features(self._content, self.positions[order])

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
    came: Text | None = None  # how the import it rests on was read; None for a file of the plan

    @cached_property
    def token(self) -> object:
        """What stands for exactly this snapshot in a key, and holds none of it."""
        return object()

    @cached_property
    def features(self) -> Features:
        """All features in order."""
        return Features(self.content)

    @property
    def geometry(self) -> Objects:
        """Geometries in feature order, shape (n,), degrees WGS 84, None where the place is not known."""
        return self.content.geometry

    def position(self, feature_id: str) -> int | None:
        """Return the row of the feature of that id."""
        return self.content.position_of(feature_id)

    def find(self, feature_id: str) -> Feature | None:
        """Return the feature of that id."""
        at = self.position(feature_id)
        return None if at is None else self.features[at]

    def row_of(self, feature_id: str) -> int:
        """Return the row of the feature of that id, which must be there.

        Raises
        ------
        UnknownFeature
            The layer has none of that id.
        """
        at = self.position(feature_id)
        if at is None:
            raise UnknownFeature(layer=self.layer.id, feature=feature_id[:60])
        return at

    @cached_property
    def placed(self) -> int:
        """How many features have a geometry."""
        return int(np.count_nonzero(~self.content.missing))

    @cached_property
    def bounds(self) -> tuple[float, ...] | None:
        """West, south, east, north of all features in degrees; None when nothing is placed."""
        return self.content.bounds if self.placed else None

    @cached_property
    def extents(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Width plus height of every feature's box in degrees, below any for those without a place."""
        west, south, east, north = as_rows(self.content.boxes)
        sizes: np.ndarray[Any, np.dtype[np.float64]] = east - west + north - south
        return np.where(np.isnan(sizes), -1.0, sizes)

    @cached_property
    def names(self) -> NameIndex:
        """What its features are called."""
        return NameIndex(self.layer, self.content)

    @cached_property
    def used(self) -> dict[str, frozenset[Any]]:
        """The different values of the class field and of ``position`` among placed features."""
        placed = ~self.content.missing
        names = [name for name in (self.layer.class_field, "position") if name]
        return {name: frozenset(filter(_plain, self.content.different(name, placed))) for name in names}

    @cached_property
    def unclassed(self) -> bool:
        """Whether a placed feature states no class, where features have classes."""
        name = self.layer.class_field
        values = self.content.different(name, ~self.content.missing) if name else []
        return any(value is None or value == "" or str(value).isspace() for value in values)


def other_classes(snapshot: Snapshot, codes: Collection[str]) -> tuple[Text, ...]:
    """Return what the legend says of placed features of no class, and of codes outside the layer's scheme.

    Parameters
    ----------
    snapshot
        A layer whose features have classes; of any other nothing is said.
    codes
        The codes of its scheme.
    """
    name = snapshot.layer.class_field
    if not name or not codes:
        return ()
    odd = sorted(str(v) for v in snapshot.used.get(name, ()) if str(v).strip() and str(v) not in codes)
    named = [code for code in odd if len(code) <= _LONG_CODE][:_MOST_ODD]
    told = [Text(f"{code}（不在分类标准中）", f"{code} (not in the scheme)") for code in named]
    if more := len(odd) - len(named):  # a code of many letters says nothing in a legend
        other = ("另有", " more") if named else ("有", "")
        codes = "code" if more == 1 else "codes"
        told.append(Text(f"{other[0]} {more} 个代码不在分类标准中", f"{more}{other[1]} {codes} not in the scheme"))
    return (*told, *((Text("未注明地类", "no class stated"),) if snapshot.unclassed else ()))


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float)
