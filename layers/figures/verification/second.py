"""What every function's second computation shares: shapes on a plane, what they amount to, plain rows.

No code is shared with ``geo``; the engines themselves are in ``sql``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.figures.inputs import Gathered, Role
from layers.figures.verification.sql import Plane
from layers.plan.statistics import Statistic

POLYGON = 2
_SEAM = 180.0
_BORDER_M = 1e-3  # what is nearer to a zone's border lies on it
_MEETS_M = 1e-5  # what is nearer to another meets it: on a plane they are no longer quite where they were


def on_plane(gathered: Gathered, *roles: str) -> list[list[Any]]:
    """Return the shapes of some roles on one local equal-area plane, metres."""
    plane = common_plane(gathered, *roles)
    return [plane.bring(gathered.roles[name].frame) for name in roles]


def common_plane(gathered: Gathered, *roles: str) -> Plane:
    """Return the local plane that `on_plane` brings these roles to."""
    return Plane([gathered.roles[name].frame for name in roles])


def edges_as_written(frame: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return a frame's shapes in the CRS their edges are straight in, what is invalid rebuilt."""
    plane = frame.attrs.get("plane_crs") if frame.attrs.get("edge_model") == "plane" else None
    placed = frame.to_crs(plane) if plane else frame
    return placed.geometry.make_valid(method="structure", keep_collapsed=False)


def extent_of(shape: BaseGeometry) -> float:
    """Return what a shape amounts to: its area, its length, or one for a place."""
    return float(shape.area or shape.length or shapely.get_num_geometries(shape) * (not shape.is_empty))


def part_of(shape: BaseGeometry, ground: BaseGeometry) -> float:
    """Return how much of a shape lies on some ground, as it is measured itself: what only touches has no area."""
    if not shapely.get_dimensions(shape):  # places, many as one feature perhaps
        return float(shapely.dwithin(shapely.get_parts(shape), ground, _BORDER_M).sum())
    inside = shape.intersection(ground)
    return float(inside.area if shape.area else inside.length)


def boundary_of_shape(shape: BaseGeometry) -> BaseGeometry:
    """Return a polygon's outline, without the cut between parts that lie edge to edge; a line as it is."""
    if shapely.get_dimensions(shape) != POLYGON:
        return shape
    parts = shapely.get_parts(shape)
    met = shapely.STRtree(parts).query(parts, predicate="dwithin", distance=_BORDER_M)
    if met.shape[1] == len(parts):
        return shapely.boundary(shape)
    grown = shapely.union_all(shapely.buffer(parts, _BORDER_M, join_style="mitre"))
    return shapely.boundary(shapely.buffer(grown, -_BORDER_M, join_style="mitre"))


Borders = Mapping[int, "_Parts"]


def along_borders(plane: Plane, lines: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> Borders:
    """Return of the lines that run along a zone's border, by number, what of them lies in each zone, on the plane.

    They are cut as their corners are written: on a plane a border and what runs along it are no longer the same.
    A line on the 180th meridian, which may be written as 180 and as -180, is held against zones on either side.
    """
    shapes, grounds, count = lines.geometry.to_numpy(), zones.geometry.to_numpy(), len(zones)
    west, _, east, _ = shapely.bounds(shapes).T
    turned = (np.abs(west) == _SEAM) & (west == east)
    if turned.any():
        grounds = np.append(grounds, shapely.transform(grounds, lambda xy: xy * [-1.0, 1.0]))
    at, zone = shapely.STRtree(grounds).query(shapes, predicate="intersects")
    rows = np.flatnonzero((shapely.get_dimensions(shapes)[at] == 1) & (turned[at] | (zone < count)))
    at, zone = at[rows], zone[rows]
    runs = shapely.length(shapely.intersection(shapes[at], shapely.boundary(grounds)[zone])) > 0.0
    out: dict[int, _Parts] = {}
    for line in np.unique(at[runs]).tolist():
        taken: BaseGeometry = shapely.LineString()
        mine: _Parts = []
        for one in sorted(zone[at == line].tolist(), key=lambda number: number % count):
            border = shapely.boundary(grounds[one])  # what runs inside is in it, whoever else has it as a border
            inside = shapely.intersection(shapes[line], grounds[one])
            part = shapely.difference(inside, shapely.intersection(taken, border))
            taken = shapely.union(taken, shapely.intersection(part, border))
            piece = gpd.GeoDataFrame(geometry=[part], crs=lines.crs)
            piece.attrs.update(lines.attrs)
            mine += [(one % count, plane.bring(piece)[0])] if part.length > 0 else []
        out[line] = mine
    return out


def parts_by_zone(shapes: list[Any], zones: list[Any], along: Borders) -> list[tuple[int, int, BaseGeometry]]:
    """Return what of each shape lies in each zone: numbers of shape and zone, and the part.

    What runs or lies along a border belongs to the first zone that has it, as everything here means it. ``along``
    says which lines do (`along_borders`).
    """
    tree = shapely.STRtree(zones)
    out = []
    for at, shape in enumerate(shapes):
        met = np.sort(tree.query(shape, predicate="dwithin", distance=_BORDER_M)).tolist()
        near = [(one, zones[one]) for one in met]
        if shapely.get_dimensions(shape) == 0:
            shared = _places_by_zone(shape, near)
        elif at in along:
            shared = along[at]
        else:
            parts = [(one, shape.intersection(zone)) for one, zone in near]
            shared = [
                (one, part) for one, part in parts if (part.area if shape.area else part.length > _MEETS_M)
            ]  # no mere wall
        out += [(at, zone, part) for zone, part in shared]
    return out


def parts_in_any(
    plane: Plane, shapes: list[Any], frame: gpd.GeoDataFrame, zones: gpd.GeoDataFrame
) -> list[tuple[int, BaseGeometry]]:
    """Return what of each shape lies in any zone, the outer border with it: numbers of the shapes, and the parts.

    Parameters
    ----------
    plane
        Where they are measured.
    shapes, frame
        The shapes on the plane, and as they are written.
    zones
        As they are written.
    """
    written = shapely.make_valid(zones.geometry.to_numpy(), method="structure", keep_collapsed=False)
    ground = gpd.GeoDataFrame(geometry=[shapely.union_all(written)], crs=zones.crs)
    ground.attrs.update(zones.attrs)
    along = along_borders(plane, frame, ground)
    return [(at, part) for at, _, part in parts_by_zone(shapes, [shapely.union_all(plane.bring(zones))], along)]


_Parts = list[tuple[int, BaseGeometry]]


def _places_by_zone(shape: BaseGeometry, met: _Parts) -> _Parts:
    out: _Parts = []
    for point in shapely.get_parts(shape):
        near = [(at, zone) for at, zone in met if zone.distance(point) <= _BORDER_M]
        inside = [at for at, zone in near if zone.contains(point) and zone.boundary.distance(point) > _BORDER_M]
        out += [(at, point) for at in inside or [at for at, _ in near[:1]]]
    return out


def share_of(shape: BaseGeometry, ground: BaseGeometry) -> float:
    """Return which share of a shape lies on some ground."""
    whole = extent_of(shape)
    return part_of(shape, ground) / whole if whole else 0.0


def geodesic_distances(gathered: Gathered) -> list[float]:
    """Return each feature's geodesic distance (m) to the nearest reference feature (roles part, line)."""
    frames = [gathered.roles[name].frame for name in ("part", "line")]
    plane = Plane(frames)
    part, line = (plane.bring(frame) for frame in frames)
    whole = shapely.union_all(line)
    metres = [plane.geodesic_m(shapely.shortest_line(shape, whole)) for shape in part]
    return [0.0 if one < _MEETS_M else one for one in metres]


def placed_numbers(role: Role, field: str) -> list[float]:
    """Return the numbers that the placed features of a role state, in the frame's order; NaN for none."""
    placed = role.features.placed
    said = dict(zip(map(str, placed.ids), placed.values(field), strict=True))
    values = (said.get(str(key)) for key in role.frame.index)
    return [
        float(one) if isinstance(one, int | float) and not isinstance(one, bool) else math.nan for one in values
    ]


def stated_values(statistic: Statistic, gathered: Gathered, *fields: str) -> list[tuple[float, ...]]:
    """Return the numbers of the items that state all of some fields."""
    rows = [[f.properties.get(name) for name in fields] for f in gathered.roles["items"].features]
    return [
        tuple(float(v) for v in row if v is not None) for row in rows if all(type(v) in (int, float) for v in row)
    ]
