"""Heights and measures of imported geometry: kept, made an attribute or left out, as a person says; told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely

from geo.arrays import Bools, Floats
from geo.text import Text
from layers.features.columns import Objects, Positions
from layers.imports.draft import Found

_AT_ONCE = 20_000  # shapes whose vertices are moved together
HEIGHT, MEASURE = "height_m", "m_value"


@dataclass(frozen=True)
class Settled:
    """Geometry with its heights settled, and the properties with what became an attribute."""

    shapes: Objects
    properties: pa.Table
    notes: tuple[Text, ...] = ()
    found: tuple[Found, ...] = ()


def settle_heights(shapes: Objects, properties: pa.Table, *, wanted: str) -> Settled:
    """Return geometry without M and with or without Z.

    Parameters
    ----------
    shapes
        As read; None without a place.
    properties
        Of the same features.
    wanted
        ``keep`` (also when empty), ``attribute`` or ``drop``. As an attribute a point has its height, anything
        else its mean height. Points' M become an attribute; of lines and areas they are counted and left out.
    """
    notes: list[Text] = []
    found: list[Found] = []
    shapes, properties = _measures(shapes, properties, notes, found)
    raised = np.flatnonzero(shapely.has_z(shapes))
    if not len(raised):
        return Settled(shapes, properties, tuple(notes), tuple(found))
    z, owner = shapely.get_coordinates(shapes[raised], include_z=True, return_index=True)
    heights = z[:, 2]
    known = np.isfinite(heights)
    low, high = (float(heights[known].min()), float(heights[known].max())) if known.any() else (0.0, 0.0)
    if not known.any() or (low == high == 0.0):
        flat = shapes.copy()
        flat[raised] = shapely.force_2d(shapes[raised])
        notes.append(
            Text(
                f"{len(raised)} 个要素的高程全为 0，未保留",
                f"all heights of {len(raised)} features are 0; not kept",
            )
        )
        return Settled(flat, properties, tuple(notes), tuple(found))
    said = (
        f"{len(raised)} 个要素有高程（{low:g} 至 {high:g}）",
        f"{len(raised)} features have heights ({low:g} to {high:g})",
    )
    if wanted in ("attribute", "drop"):
        flat = shapes.copy()
        flat[raised] = shapely.force_2d(shapes[raised])
        if wanted == "drop":
            notes.append(Text(f"{said[0]}，按要求未保留", f"{said[1]}, left out as said"))
            return Settled(flat, properties, tuple(notes), tuple(found))
        count = np.bincount(owner[known], minlength=len(raised))
        with np.errstate(invalid="ignore"):
            mean = np.bincount(owner[known], heights[known], minlength=len(raised)) / count
        properties, name = _added(properties, HEIGHT, len(shapes), raised, mean)
        notes.append(
            Text(f"{said[0]}，平均值记入字段 {name}", f"{said[1]}; their mean stands in the field {name}")
        )
        return Settled(flat, properties, tuple(notes), tuple(found))
    some = np.unique(owner[~known])
    if len(some):
        notes.append(Text(f"其中 {len(some)} 个有顶点没有高程", f"{len(some)} of them have vertices without one"))
    notes.append(Text(f"{said[0]}，随坐标保留", f"{said[1]}, kept with their coordinates"))
    return Settled(shapes, properties, tuple(notes), tuple(found))


def _measures(
    shapes: Objects, properties: pa.Table, notes: list[Text], found: list[Found]
) -> tuple[Objects, pa.Table]:
    measured = np.flatnonzero(shapely.has_m(shapes))
    if not len(measured):
        return shapes, properties
    out = shapes.copy()
    values = shapely.get_coordinates(shapes[measured], include_m=True)
    m = values[:, 2]
    finite = m[np.isfinite(m)]
    span = (f"{finite.min():g}", f"{finite.max():g}") if len(finite) else ("-", "-")
    points: Bools = shapely.get_type_id(shapes[measured]) == 0
    raised = shapely.has_z(shapes[measured])
    out[measured[~raised]] = shapely.force_2d(shapes[measured[~raised]])
    out[measured[raised]] = shapely.from_wkb(shapely.to_wkb(shapes[measured[raised]], output_dimension=3))
    if points.any():
        at = measured[points]
        properties, name = _added(properties, MEASURE, len(shapes), at, shapely.get_m(shapes[at]))
        notes.append(
            Text(
                f"{len(at)} 个点的 M 值记入字段 {name}", f"M values of {len(at)} points stand in the field {name}"
            )
        )
    rest = measured[~points]
    if len(rest):
        zh = f"{len(rest)} 个要素的 M 值（{span[0]} 至 {span[1]}）没有保留"
        notes.append(Text(zh, f"M values of {len(rest)} features ({span[0]} to {span[1]}) are not kept"))
        found.append(Found("measures", "M 值未保留", "M values not kept", "left out", tuple(map(int, rest))))
    return out, properties


def _added(
    properties: pa.Table,
    wanted: str,
    count: int,
    rows: Positions,
    values: Floats,
) -> tuple[pa.Table, str]:
    name = wanted
    while name in properties.schema.names:
        name += "_"
    column = np.full(count, np.nan)
    column[rows] = values
    made = pa.array(column, pa.float64(), from_pandas=True)
    if not properties.schema.names:
        return pa.table({name: made}), name
    return properties.append_column(name, made), name


def moved_flat(shapes: Objects, move: Callable[[Floats], Floats]) -> Objects:
    """Return shapes with their places moved in plan and their heights as they were."""
    parts = [slice(start, start + _AT_ONCE) for start in range(0, len(shapes), _AT_ONCE)]
    out: Objects = np.empty(len(shapes), dtype=object)
    for part in parts:  # so that the vertices of a million shapes are never all held
        out[part] = shapely.transform(shapes[part], move)
    raised = np.flatnonzero(shapely.has_z(shapes))
    if len(raised):
        out[raised] = shapely.transform(
            shapes[raised], lambda xyz: np.column_stack([move(xyz[:, :2]), xyz[:, 2]]), include_z=True
        )
    return out


def infinite_rows(shapes: Objects) -> Positions:
    """Return the rows with a coordinate that is not finite; never holding all vertices."""
    found = [np.zeros(0, dtype=np.intp)]
    for start in range(0, len(shapes), _AT_ONCE):
        xy, row = shapely.get_coordinates(shapes[start : start + _AT_ONCE], return_index=True)
        found.append(start + np.unique(row[~np.isfinite(xy).all(axis=1)]))
    return np.concatenate(found)
