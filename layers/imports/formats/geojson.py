"""GeoJSON people bring: a collection, one feature, bare geometries, a list, or features line by line.

References
----------
RFC 7946, The GeoJSON Format; RFC 8142, GeoJSON Text Sequences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import orjson
import shapely

from geo.text import Text
from layers.imports.draft import Draft, Found, refuse_file
from layers.imports.formats.json_rows import answered_rows, flat_row, is_rows
from layers.imports.formats.json_text import Loaded, is_script, load_json
from layers.imports.formats.nested import (
    bare_feature,
    bare_note,
    flatten_collections,
    foreign_members,
    one_collection,
)
from layers.imports.formats.registry import ImportFormat, Source
from layers.imports.mixed import mixed_exactly, mixed_table
from layers.imports.tables import Sheet, read_table
from layers.imports.tables.geometries import looks_like_geometry, read_geometries
from layers.imports.tables.grid import refuse_many_columns
from layers.imports.tables.headings import has_places, is_geometry
from layers.imports.telling import counted_rows

_MOST = 1_500_000_000  # bytes
_SIMPLE = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})
_GEOMETRIES = _SIMPLE | {"GeometryCollection"}
_OTHERS = {
    "esri": ("是 Esri JSON，请导出为 GeoJSON", "it is Esri JSON; export it as GeoJSON"),
    "link": ("crs 成员不是名称", "its crs member is not a name"),
}


@dataclass
class _Met:
    """What is met on the way through the features: rows of each kind of oddity."""

    unread: list[int] = field(default_factory=list)
    collections: list[int] = field(default_factory=list)
    properties: list[int] = field(default_factory=list)
    elsewhere: dict[str, list[int]] = field(default_factory=dict)
    long: list[int] = field(default_factory=list)
    unclosed: list[int] = field(default_factory=list)
    texts: list[int] = field(default_factory=list)


def read_geojson(source: Source) -> Draft:
    """Read GeoJSON of any of its shapes; what is not as the standard says is read where it is clear, and told.

    Raises
    ------
    UnreadableFile
        It is no GeoJSON, or cut off; says why and where.
    """
    if source.path.stat().st_size > _MOST:
        raise refuse_file(
            source.name,
            "文本过大，请改用 GeoPackage 或 GeoParquet",
            "it is too long a text; use GeoPackage or GeoParquet",
        )
    return read_document(source, load_json(source.path.read_bytes(), source.options.encoding, file=source.name))


def read_document(source: Source, loaded: Loaded) -> Draft:
    """Read what a JSON text holds, or what another format says in its words.

    Raises
    ------
    UnreadableFile
        It holds no features.
    """
    notes, found = list(loaded.notes), list(loaded.found)
    document = one_collection(answered_rows(loaded.document, notes), notes)
    table = _as_table(source, document, loaded, tuple(notes))
    if table is not None:
        return table
    rows, crs = _features(source.name, document, notes, found)
    met = _Met()
    shapes = np.full(len(rows), None, dtype=object)
    for i, row in enumerate(counted_rows(rows, source.progress)):
        shapes[i] = _shape(row, i, met)
    _tell(met, notes, found)
    held = [r["properties"] if isinstance(r.get("properties"), dict) else {} for r in rows]
    notes += foreign_members(rows)
    refuse_many_columns(source.name, len({name for one in held for name in one}))
    properties, more = mixed_table(held)
    ids = tuple(str(r["id"]) if isinstance(r.get("id"), str | int) else "" for r in rows)
    read = {"encoding": loaded.encoding} if loaded.encoding != "utf-8" else {}
    return Draft(
        "GeoJSON",
        properties,
        shapes,
        ids,
        crs,
        loaded.encoding,
        (*notes, *more),
        found=tuple(found),
        questions=loaded.questions,
        reading=read,
        exact=mixed_exactly(held, properties),
    )


def _as_table(source: Source, document: Any, loaded: Loaded, notes: tuple[Text, ...]) -> Draft | None:  # noqa: ANN401
    """Return a list of plain objects with coordinates among their members as a table; None when it is none."""
    if not is_rows(document) or any("geometry" in row or row.get("type") in _GEOMETRIES for row in document):
        return None
    document = [flat_row(row) for row in document]
    names = list(dict.fromkeys(name for row in document for name in row))
    if not has_places(names) and not source.options.x_column:
        return None
    cells = [["" if (v := row.get(name)) in (None, [], {}) else _cell(v) for name in names] for row in document]
    sheet = Sheet([names, *cells], "CSV", loaded.encoding, notes=notes)
    return replace(read_table(source.name, sheet, source.options, source.progress), questions=loaded.questions)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else str(value)


def _features(
    file: str,
    document: Any,  # noqa: ANN401 - parsed JSON
    notes: list[Text],
    found: list[Found],
) -> tuple[list[dict[str, Any]], str | None]:
    """Return the features of a document and the CRS it names."""
    crs: object = None
    if isinstance(document, dict):
        kind = document.get("type")
        if "geometryType" in document or "spatialReference" in document:
            raise refuse_file(file, *_OTHERS["esri"])
        crs = document.get("crs")
        if kind == "Feature":
            rows: Any = [document]
        elif kind == "GeometryCollection" and isinstance(document.get("geometries"), list):
            rows = [bare_feature(one) for one in document["geometries"]]
            notes.append(bare_note(len(rows)))
        elif kind in _SIMPLE:
            rows = [bare_feature(document)]
            notes.append(bare_note(1))
        else:
            rows = document.get("features")
    else:
        rows = document
        if (
            isinstance(rows, list)
            and all(isinstance(r, dict) and r.get("type") in _GEOMETRIES for r in rows)
            and rows
        ):
            notes.append(bare_note(len(rows)))
            rows = [bare_feature(one) for one in rows]
    if not isinstance(rows, list) or (not isinstance(document, dict) and not any(_is_feature(r) for r in rows)):
        zh = "不是 GeoJSON：没有要素，也没有一组带坐标的行；请导出为 GeoJSON，或另存为 CSV"
        en = "it is not GeoJSON: it has no features, and no one list of rows with coordinates; "
        raise refuse_file(file, zh, f"{en}export it as GeoJSON, or save the rows as CSV")
    rows = flatten_collections(rows, notes)
    gone = [i + 1 for i, row in enumerate(rows) if not isinstance(row, dict)]
    if gone:
        if len(gone) == len(rows):
            raise refuse_file(file, "不是 GeoJSON FeatureCollection", "it is not a GeoJSON FeatureCollection")
        few = ", ".join(map(str, gone[:8]))
        notes.append(
            Text(
                f"{len(gone)} 个成员不是要素（第 {few} 个），已略过",
                f"{len(gone)} members are no features (number {few}); left out",
            )
        )
        found.append(Found("no_feature", "不是要素", "no feature", "left out", lines=tuple(gone)))
        rows = [row for row in rows if isinstance(row, dict)]
    return rows, _named_crs(file, crs)


def _is_feature(row: object) -> bool:
    return isinstance(row, dict) and (row.get("type") == "Feature" or "geometry" in row)


def _named_crs(file: str, crs: object) -> str:
    if crs is None:
        return "EPSG:4326"
    inside = crs.get("properties") if isinstance(crs, dict) and crs.get("type") in ("name", "EPSG") else None
    name = (inside.get("name") or inside.get("code")) if isinstance(inside, dict) else None
    if not name:
        raise refuse_file(file, *_OTHERS["link"])
    return f"EPSG:{name}" if isinstance(name, int) or str(name).isdigit() else str(name)


def _shape(row: Mapping[str, Any], at: int, met: _Met) -> Any:  # noqa: ANN401 - a shapely geometry
    """Return the geometry of a feature, under whatever name it stands; None where there is none to be read."""
    properties = row.get("properties")
    if properties is not None and not isinstance(properties, dict):
        met.properties.append(at)
    given = row.get("geometry")
    if given is None:
        name, given = _elsewhere(row)
        if given is None:
            return None
        met.elsewhere.setdefault(name, []).append(at)
    if isinstance(given, str):
        if not looks_like_geometry(given):
            met.unread.append(at)
            return None
        shape = read_geometries([given]).shapes[0]
    else:
        shape = _from_json(given, at, met)
    if shape is None and (not met.collections or met.collections[-1] != at):
        met.unread.append(at)
    return shape


def _elsewhere(row: Mapping[str, Any]) -> tuple[str, Any]:
    for name, value in row.items():
        if name in ("type", "id", "properties", "bbox", "geometry"):
            continue
        if isinstance(value, dict) and value.get("type") in _GEOMETRIES:
            return str(name), value
        if isinstance(value, str) and is_geometry(str(name)) and looks_like_geometry(value):
            return str(name), value
    properties = row.get("properties")
    if "geometry" not in row and isinstance(properties, dict):
        for name, value in properties.items():
            if isinstance(value, dict) and value.get("type") in _GEOMETRIES:
                return f"properties.{name}", value
    return "", None


def _from_json(given: object, at: int, met: _Met) -> Any:  # noqa: ANN401 - a shapely geometry
    kind = given.get("type") if isinstance(given, dict) else None
    if not isinstance(given, dict) or kind not in _GEOMETRIES:
        return None
    if _positions(given) > 3:
        met.long.append(at)
        given = {**given, "coordinates": _three(given.get("coordinates"))}
    written = orjson.dumps(given)
    if written.count(b"GeometryCollection") > 1:
        met.collections.append(at)
        return None
    try:
        shape = shapely.from_geojson(written)
    except shapely.GEOSException:
        return _mended(given, kind, at, met)
    return shape


def _three(held: object) -> object:
    """Return coordinates with at most three numbers a position."""
    if not isinstance(held, list):
        return held
    return [_three(one) for one in held] if held and isinstance(held[0], list) else held[:3]


def _mended(given: Mapping[str, Any], kind: object, at: int, met: _Met) -> Any:  # noqa: ANN401 - a shapely geometry
    """Return a geometry whose rings are not closed, or whose numbers are texts; None where that is not all."""
    try:
        held = _numbers(given.get("coordinates"))
        depth = {"Polygon": 1, "MultiPolygon": 2}.get(str(kind), 0)
        closed = _closed(held, depth) if depth else held
        shape = shapely.from_geojson(orjson.dumps({"type": kind, "coordinates": closed}))
    except (ValueError, TypeError, IndexError, shapely.GEOSException):
        return None
    (met.texts if held != given.get("coordinates") else met.unclosed).append(at)
    return shape


def _numbers(held: Any) -> Any:  # noqa: ANN401 - parsed JSON
    return (
        [_numbers(one) for one in held]
        if isinstance(held, list)
        else float(held)
        if isinstance(held, str)
        else held
    )


def _closed(held: Any, depth: int) -> Any:  # noqa: ANN401 - parsed JSON
    """Return rings that end where they begin."""
    if depth > 1:
        return [_closed(one, depth - 1) for one in held]
    return [ring if not ring or ring[0] == ring[-1] else [*ring, ring[0]] for ring in held]


def _positions(given: Mapping[str, Any]) -> int:
    """Return how many numbers the first position has."""
    at = given.get("coordinates")
    while isinstance(at, list) and at and isinstance(at[0], list):
        at = at[0]
    return len(at) if isinstance(at, list) else 0


def _tell(met: _Met, notes: list[Text], found: list[Found]) -> None:
    if met.unread:
        notes.append(
            Text(
                f"{len(met.unread)} 个要素的几何无法读取，作为未上图保留",
                f"{len(met.unread)} geometries cannot be read; kept unplaced",
            )
        )
        found.append(
            Found("unreadable", "几何无法读取", "the geometry cannot be read", "left unplaced", tuple(met.unread))
        )
    if met.collections:
        notes.append(
            Text(
                f"{len(met.collections)} 个嵌套的几何集合未上图",
                f"{len(met.collections)} nested geometry collections are left unplaced",
            )
        )
        found.append(
            Found(
                "collection",
                "嵌套的几何集合",
                "nested geometry collection",
                "left unplaced",
                tuple(met.collections),
            )
        )
    for rows, kind, told in (
        (met.unclosed, "unclosed_ring", ("环没有闭合，已闭合", "a ring is not closed; closed")),
        (met.texts, "text_coordinates", ("坐标写成了文本，已读作数", "coordinates are texts; read as numbers")),
    ):
        if rows:
            notes.append(Text(f"{len(rows)} 个要素的{told[0]}", f"{len(rows)} features: {told[1]}"))
            found.append(Found(kind, *told, "mended", tuple(rows)))
    for name, rows in met.elsewhere.items():
        shown = name[:40]
        notes.append(
            Text(
                f"{len(rows)} 个要素的几何取自成员 {shown}",
                f"the geometry of {len(rows)} features stands in the member {shown}",
            )
        )
    if met.properties:
        notes.append(
            Text(
                f"{len(met.properties)} 个要素的 properties 不是对象，没有属性可读",
                f"properties of {len(met.properties)} features are no object; nothing is read of them",
            )
        )
        found.append(
            Found(
                "no_properties",
                "properties 不是对象",
                "properties are no object",
                "left out",
                tuple(met.properties),
            )
        )
    if met.long:
        notes.append(
            Text(
                f"{len(met.long)} 个要素的坐标多于三个数，只读前三个",
                f"positions of {len(met.long)} features have more than three numbers; three are read",
            )
        )


def is_json(source: Source) -> bool:
    """Tell whether a file begins as JSON does."""
    start = source.head.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    start = start.replace(b"\x00", b"").lstrip(b" \t\r\n\x1e")
    return start[:1] == b"{" or is_script(start) or (start[:1] == b"[" and start[1:].lstrip()[:1] in (b"{", b"]"))


FORMAT = ImportFormat(
    "GeoJSON",
    Text("GeoJSON", "GeoJSON"),
    ("geojson", "json", "geojsonl", "ndjson"),
    is_json,
    read_geojson,
    rank=80,
)
