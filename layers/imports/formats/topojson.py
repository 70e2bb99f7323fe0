"""TopoJSON: features whose borders are arcs that neighbours share; each object of the file is a layer.

References
----------
The TopoJSON Format Specification 1.0.0: 2.1.2 (transform), 2.1.4 (arcs, an index below zero is the arc reversed).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import accumulate
from typing import Any

from geo.text import Text
from layers.imports.draft import Draft, refuse_file
from layers.imports.formats.archive import choose_member
from layers.imports.formats.geojson import is_json, read_document
from layers.imports.formats.json_text import load_json
from layers.imports.formats.registry import ImportFormat, Source

_TOPOLOGY = re.compile(rb'"type"\s{0,99}:\s{0,99}"Topology"')
_LARGEST = 400_000_000  # bytes of the text
_MOST = 30_000_000  # positions of all features: arcs that many features share are written out for each

Position = list[float]


class _Arcs:
    """The arcs of a topology, their positions unpacked; counts those handed out."""

    def __init__(self, topology: Mapping[str, Any], file: str) -> None:
        told = topology.get("transform")
        self._steps: list[tuple[float, float]] = []  # of each axis: the size of a step, and where they begin
        if isinstance(told, dict):
            self._steps = list(zip(told["scale"], told["translate"], strict=True))
        self._file, self._given = file, 0
        self._arcs = [self._unpacked(arc) for arc in topology.get("arcs") or ()]

    def _unpacked(self, arc: list[Position]) -> list[Position]:
        if not self._steps:
            return [list(one) for one in arc]
        sums = accumulate(arc, lambda so_far, step: [so_far[0] + step[0], so_far[1] + step[1], *step[2:]])
        return [self.placed(one) for one in sums]

    def placed(self, position: Position) -> Position:
        """Return a position of the file in its coordinates."""
        if not self._steps:
            return list(position)
        plane = [n * by + off for n, (by, off) in zip(position[:2], self._steps, strict=True)]
        return [*plane, *position[2:]]

    def line(self, indices: list[int]) -> list[Position]:
        """Return the positions of arcs one after another; where one begins the last has ended."""
        out: list[Position] = []
        for index in indices:
            arc = self._arcs[index] if index >= 0 else self._arcs[~index][::-1]
            out += arc[1:] if out else arc
        self._given += len(out)
        if self._given > _MOST:
            zh = f"展开后超过 {_MOST:,} 个坐标，请改用 GeoPackage"
            raise refuse_file(self._file, zh, f"unpacked it has more than {_MOST:,} positions; use GeoPackage")
        return out


_SHAPES: dict[str, Callable[[Any, _Arcs], Any]] = {
    "LineString": lambda arcs, held: held.line(arcs),
    "MultiLineString": lambda arcs, held: [held.line(one) for one in arcs],
    "Polygon": lambda arcs, held: [held.line(one) for one in arcs],
    "MultiPolygon": lambda arcs, held: [[held.line(ring) for ring in one] for one in arcs],
}


def read_topojson(source: Source) -> Draft:
    """Read one object of a topology, the first where none is said."""
    if source.path.stat().st_size > _LARGEST:
        raise refuse_file(source.name, "文本过大，请改用 GeoPackage", "it is too long a text; use GeoPackage")
    loaded = load_json(source.path.read_bytes(), source.options.encoding, file=source.name)
    topology: Any = loaded.document
    objects = topology.get("objects") if isinstance(topology, dict) else None
    if not isinstance(objects, dict) or not objects:
        raise refuse_file(source.name, "TopoJSON 没有 objects", "it is TopoJSON without objects")
    chosen = choose_member(source.name, {str(name): str(name) for name in objects}, source.options.sublayer)
    one = objects[chosen]
    if not isinstance(one, dict):
        raise refuse_file(source.name, f"{chosen} 不是图层", f"its object {chosen} is no layer")
    arcs = _Arcs(topology, source.name)
    rows = one.get("geometries") if one.get("type") == "GeometryCollection" else [one]
    collection: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [_feature(row, arcs) if isinstance(row, dict) else row for row in rows or ()],
    }
    if "crs" in topology:
        collection["crs"] = topology["crs"]
    notes = list(loaded.notes)
    if len(objects) > 1:
        names = [str(name) for name in objects]
        notes.insert(
            0,
            Text(
                f"文件有多个图层：{'、'.join(names)}；读取了 {chosen}",
                f"the file has several layers: {', '.join(names)}; {chosen} was read",
            ),
        )
    draft = replace(
        read_document(source, replace(loaded, document=collection, notes=tuple(notes))), format="TopoJSON"
    )
    if len(objects) == 1:
        return draft
    return replace(draft, layers=tuple(map(str, objects)), reading={**draft.reading, "sublayer": chosen})


def _feature(row: Mapping[str, Any], arcs: _Arcs) -> dict[str, Any]:
    """Return an object as a feature; what its arcs do not make stays a geometry that cannot be read."""
    made: dict[str, Any] = {"type": "Feature", "geometry": None, "properties": row.get("properties")}
    if row.get("type") is not None:
        made["geometry"] = _geometry(row, arcs)
    return {"id": row["id"], **made} if "id" in row else made


def _geometry(row: Mapping[str, Any], arcs: _Arcs) -> dict[str, Any]:
    kind = str(row.get("type"))
    if kind == "GeometryCollection":
        parts = [_geometry(one, arcs) for one in row.get("geometries") or () if isinstance(one, dict)]
        return {"type": kind, "geometries": parts}
    try:
        if kind == "Point":
            return {"type": kind, "coordinates": arcs.placed(row["coordinates"])}
        if kind == "MultiPoint":
            return {"type": kind, "coordinates": [arcs.placed(one) for one in row["coordinates"]]}
        return {"type": kind, "coordinates": _SHAPES[kind](row["arcs"], arcs)}
    except (IndexError, KeyError, TypeError, ValueError):
        return {"type": kind, "coordinates": None}


FORMAT = ImportFormat(
    "TopoJSON",
    Text("TopoJSON", "TopoJSON"),
    ("topojson",),
    lambda source: is_json(source) and bool(_TOPOLOGY.search(source.head)),
    read_topojson,
    rank=79,
)
