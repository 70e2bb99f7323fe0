"""What the formats that GDAL writes have in common."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from geo.text import Text
from layers.exports.columns import free_name

Shapes = np.ndarray[Any, np.dtype[np.object_]]
# the same layer gives the same bytes
SAME_BYTES = {
    "OGR_CURRENT_DATE": "2000-01-01T00:00:00.000Z",
    "OPENFILEGDB_REPRODUCIBLE_UUID": "YES",
}
# KML is written in degrees: an area that is valid in its own plane may touch itself there, and is no less written;
# nor are multi geometries of one part made single ones
_AS_IT_IS = {"LIBKML_STRICT_COMPLIANCE": "NO"}
DIMENSIONS = {0: ("points", "Point"), 1: ("lines", "LineString"), 2: ("polygons", "Polygon")}


@dataclass(frozen=True, kw_only=True)
class OgrLayer:
    """A layer as GDAL writes it.

    Attributes
    ----------
    driver, kind
        GDAL's name of the driver and of the geometry type.
    wkt
        The CRS; None where none has a name.
    name
        Its name in the file, where files have several.
    options
        Of the driver, for file and layer.
    metadata
        Of the layer.
    append
        Whether the file exists and gets one more layer.
    encoding
        Of its texts, where the format has several.
    """

    driver: str
    kind: str
    wkt: str | None
    name: str = ""
    options: Mapping[str, str] | None = None
    metadata: Mapping[str, str] | None = None
    append: bool = False
    encoding: str | None = None


def write_ogr(table: pa.Table, shapes: Shapes, out: Path, layer: OgrLayer) -> None:
    """Write attributes and shapes, both of length n, with a driver of GDAL.

    Parameters
    ----------
    out
        The file.
    table
        The attributes; metadata of its fields tell GDAL of aliases and lengths.
    shapes
        Geometries in the CRS of the layer, None without a place.
    layer
        Driver, kind of geometry, CRS and what else the format is told.
    """
    import pyogrio  # noqa: PLC0415 - GDAL only where a file needs it

    if layer.kind.startswith("Multi"):
        shapes = _promoted(shapes)
    geometry = free_name("wkb_geometry", table.schema.names)
    whole = table.append_column(geometry, pa.array(shapely.to_wkb(shapes), pa.binary()))
    pyogrio.set_gdal_config_options({**SAME_BYTES, **_AS_IT_IS})
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="'crs' was not provided")  # shifted coordinates have none
        pyogrio.write_arrow(
            whole,
            out,
            driver=layer.driver,
            geometry_name=geometry,
            geometry_type=layer.kind,
            crs=layer.wkt,
            append=layer.append,
            encoding=layer.encoding,
            layer=layer.name or None,
            layer_metadata=dict(layer.metadata) if layer.metadata else None,
            **dict[str, Any](layer.options or {}),
        )


def kind_of(shapes: Shapes) -> str:
    """Return the one type all shapes have, with heights when all have them; ``Unknown`` when they differ."""
    kinds = {(str(s.geom_type), bool(s.has_z)) for s in shapes if s is not None}
    if len(kinds) != 1:
        return "Unknown"
    name, high = next(iter(kinds))
    return f"{name} Z" if high else name


def single_kind(shapes: Shapes, single: str) -> str:
    """Return the type that holds shapes of one dimension in formats where parts do not matter but for points."""
    multi = any(s is not None and s.geom_type == "MultiPoint" for s in shapes)
    high = any(s is not None and s.has_z for s in shapes)
    return f"{'Multi' if multi else ''}{single}{' Z' if high else ''}"


def by_dimension(shapes: Shapes) -> list[tuple[str, str, np.ndarray[Any, np.dtype[np.bool_]]]]:
    """Return, for each dimension held, its word, type and shapes; what has no place goes with the first."""
    dimensions = shapely.get_dimensions(shapes)
    held = [d for d in DIMENSIONS if (dimensions == d).any()] or [0]
    return [(*DIMENSIONS[d], (dimensions == d) | ((dimensions == -1) & (at == 0))) for at, d in enumerate(held)]


ONE_PART = Text(
    "只有一个部分的多部件几何与单部件不再区分", "multi geometries of one part are no longer told from single ones"
)


def note_single_parts(shapes: Shapes, notes: list[Text]) -> None:
    """Say how many shapes of one part lose that they are multi geometries."""
    alone = int(sum(s is not None and s.geom_type.startswith("Multi") and len(s.geoms) == 1 for s in shapes))
    if alone:
        notes.append(Text(f"{alone} 个{ONE_PART.zh}", f"{alone} {ONE_PART.en}"))


def note_heights(shapes: Shapes, notes: list[Text]) -> None:
    """Say where some shapes have heights and some have none, and the format knows one for all."""
    placed = shapes[~shapely.is_missing(shapes)]
    high = shapely.has_z(placed)
    if high.any() and not high.all():
        count = int((~high).sum())
        zh = f"{count} 个要素没有高程，此格式中记为 0"
        notes.append(Text(zh, f"{count} features have no height; this format gives them 0"))


def _promoted(shapes: Shapes) -> Shapes:
    out = shapes.copy()
    for i, shape in enumerate(shapes):
        if shape is not None and shape.geom_type == "Point":
            out[i] = shapely.MultiPoint([shape])
    return out
