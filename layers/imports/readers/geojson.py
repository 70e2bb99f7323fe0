"""GeoJSON people bring: a collection, one feature, or features line by line.

References
----------
RFC 7946, The GeoJSON Format; RFC 8142, GeoJSON Text Sequences.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import shapely

from geo.text import Text
from layers.features.columns import table_of
from layers.features.geometry import FAMILIES
from layers.imports.draft import Draft, Found, refused
from layers.imports.telling import Progress, counted


def read_geojson(file: str, data: bytes, progress: Progress) -> Draft:
    """Read a FeatureCollection, one Feature, or features line by line (RFC 8142 with or without separators).

    ``progress`` is told the features whose geometry is read.
    """
    if data.count(b"[[[[[[") or data.count(b"{" * 40):
        raise refused(file, "嵌套过深", "it is nested too deeply")
    notes: list[Text] = []
    found: list[Found] = []
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        document = _by_lines(data, notes, found)
        if document is None:
            why = f"不是有效的 UTF-8 JSON（{error}）", f"it is not valid UTF-8 JSON ({error})"
            raise refused(file, *why) from error
    if isinstance(document, dict) and document.get("type") == "Feature":
        document = {"features": [document]}
    rows = document.get("features") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        raise refused(file, "不是 GeoJSON FeatureCollection", "it is not a GeoJSON FeatureCollection")
    crs = document.get("crs")
    named = crs.get("properties", {}).get("name") if isinstance(crs, dict) and crs.get("type") == "name" else None
    if crs is not None and named is None:
        raise refused(file, "crs 成员不是名称", "its crs member is not a name")
    shapes = np.empty(len(rows), dtype=object)
    bad = []
    for i, row in enumerate(counted(rows, progress)):
        given = row.get("geometry")
        if given is None:
            continue
        try:
            kind = given["type"] if isinstance(given, dict) else None
            shapes[i] = shapely.from_geojson(orjson.dumps(given)) if kind in FAMILIES["mixed"] else None
        except shapely.GEOSException:
            shapes[i] = None
        if shapes[i] is None:
            bad.append(i)
    if bad:
        notes.append(
            Text(
                f"{len(bad)} 个要素的几何无法读取，作为未上图保留",
                f"{len(bad)} geometries cannot be read; kept unplaced",
            )
        )
        found.append(
            Found("unreadable", "几何无法读取", "the geometry cannot be read", "left unplaced", tuple(bad))
        )
    properties = table_of([r.get("properties") if isinstance(r.get("properties"), dict) else {} for r in rows])
    ids = tuple(str(r["id"]) if isinstance(r.get("id"), str | int) else "" for r in rows)
    return Draft(
        "GeoJSON", properties, shapes, ids, str(named or "EPSG:4326"), "utf-8", tuple(notes), found=tuple(found)
    )


def _by_lines(data: bytes, notes: list[Text], found: list[Found]) -> dict[str, Any] | None:
    """Return features written one a line; None when the first line is none. Lines that cannot be read are said."""
    rows, bad = [], []
    for number, line in enumerate(data.split(b"\n"), 1):
        text = line.strip(b"\x1e \r\t")
        if not text:
            continue
        try:
            row = orjson.loads(text)
        except orjson.JSONDecodeError:
            row = None
        if isinstance(row, dict) and row.get("type") == "Feature":
            rows.append(row)
        elif not rows:
            return None
        else:
            bad.append(number)
    if bad:
        words = ", ".join(map(str, bad[:8])) + ("…" if len(bad) > 8 else "")
        zh, en = (
            f"{len(bad)} 行无法读取，已略过（{words}）",
            f"{len(bad)} lines cannot be read; left out ({words})",
        )
        notes.append(Text(zh, en))
        found.append(
            Found("unreadable_line", "行无法读取", "the line cannot be read", "left out", lines=tuple(bad))
        )
    return {"features": rows} if rows else None
