"""Where longitudes begin again: shapes that cross 180 degrees are cut there, rings round a pole are found.

Stored longitudes lie between -180 and 180 (RFC 7946, 3.1.9). A shape whose edges are straight in a plane is cut
where the plane's edge meets the meridian, and both parts' vertices there are the same point of the plane, so that
`joined_at_seam` gives the shape back.

References
----------
RFC 7946, section 3.1.9, antimeridian cutting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from pyproj import Geod

from geo.arrays import Bools, Floats, Ints, Shape, Shapes, as_list, as_rows

SEAM = 180.0
GEODESIC_SHARE, GEODESIC_M2 = 2e-10, 1e-3  # how much of its area a geodesic polygon may be off, and how much of it
_MOST_VERTICES = 2_000_000
Lonlat = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Cut:
    """Shapes within -180 to 180 degrees; rows that were cut at 180, shifted by whole turns, or round a pole.

    A ring round a pole has no inside in longitude and latitude: its shape is None, unless its edges are straight
    in a plane.
    """

    shapes: Shapes
    cut: Ints
    shifted: Ints
    polar: Ints


def cut_at_seam(
    shapes: Shapes, *, plane: Shapes | None = None, lonlat: Lonlat | None = None, over_pole: bool = False
) -> Cut:
    """Return shapes in degrees with longitudes between -180 and 180.

    Parameters
    ----------
    shapes
        In degrees, whatever turn they are on; an edge longer than half a turn goes the short way, but not one of a
        whole turn (the edge of a world map).
    plane, lonlat
        The same shapes where their edges are straight, and the way from there to degrees; None where edges are
        straight in longitude and latitude.
    over_pole
        Whether a ring round a pole is closed over it: its edges are geodesics, given by their vertices.
    """
    suspects = _suspects(shapes)
    if not len(suspects):
        none = np.zeros(0, dtype=np.int64)
        return Cut(shapes, none, none, none)
    result = shapes.copy()
    found_rows: dict[str, list[int]] = {"cut": [], "shifted": [], "polar": [], "": []}
    for row in as_list(suspects):
        own = plane[row] if plane is not None else None
        found, happened = _one(shapes[row], own, lonlat, over_pole=over_pole)
        result[row] = found
        found_rows[happened].append(row)
    return Cut(result, *(np.array(found_rows[k], dtype=np.int64) for k in ("cut", "shifted", "polar")))


def _suspects(shapes: Shapes) -> Ints:
    """Return the rows with a longitude off -180 to 180, or an edge longer than half a turn."""
    box = shapely.bounds(shapes)
    within = (np.abs(box[:, [0, 2]]) <= SEAM).all(axis=1) & (box[:, 2] - box[:, 0] <= SEAM)
    far = np.flatnonzero(~within & ~shapely.is_missing(shapes))  # no other has such an edge
    return far[_turning(shapes[far])]


def _turning(shapes: Shapes) -> Bools:
    xy, row = shapely.get_coordinates(shapes, return_index=True)
    off = np.zeros(len(shapes), dtype=bool)
    off[row[np.abs(xy[:, 0]) > SEAM]] = True
    step = np.abs(np.diff(xy[:, 0]))
    jump = (row[1:] == row[:-1]) & (step > SEAM) & (step < 2 * SEAM)
    wide = row[1:][jump]
    areal: Bools = shapely.get_dimensions(shapes) >= 1
    off[wide[areal[wide]]] = True
    return off


def _one(shape: Shape, own: Shape | None, lonlat: Lonlat | None, *, over_pole: bool) -> tuple[object, str]:
    """Return one shape within -180 to 180 and what happened to it."""
    dimension = int(shapely.get_dimensions(shape))
    if dimension == 0:
        return shapely.transform(shape, lambda xy: np.column_stack([_turned(xy[:, 0]), xy[:, 1]])), "shifted"
    lines: list[Shape] = []
    happened = "shifted"
    parts = shapely.get_parts(shape)
    owns = shapely.get_parts(own) if own is not None else [None] * len(parts)
    for part, mine in zip(parts, owns, strict=True):
        rings = shapely.get_rings(part) if dimension == 2 else np.array([part], dtype=object)
        own_rings = [None] * len(rings)
        if mine is not None:
            own_rings = list(shapely.get_rings(mine)) if dimension == 2 else [mine]
        traced = [_traced(ring, of, lonlat, straight=over_pole) for ring, of in zip(rings, own_rings, strict=True)]
        round_pole = [abs(xy[-1, 0] - xy[0, 0]) > SEAM for xy in traced] if dimension == 2 else []
        if any(round_pole):
            if own is None and not over_pole:
                return None, "polar"
            traced = [_closed(xy) if polar else xy for xy, polar in zip(traced, round_pole, strict=True)]
            happened = "cut"
        middle = float(traced[0][:, 0].mean())
        traced = [xy - [360.0 * np.round((xy[:, 0].mean() - middle) / 360.0), 0.0] for xy in traced]
        lines.append(shapely.Polygon(traced[0], traced[1:]) if dimension == 2 else shapely.LineString(traced[0]))
    pieces = []
    for one in lines:
        west, _, east, _ = one.bounds
        for turn in range(int(np.floor((west + SEAM) / 360.0)), int(np.ceil((east - SEAM) / 360.0)) + 1):
            window = shapely.box(360.0 * turn - SEAM, -91.0, 360.0 * turn + SEAM, 91.0)
            inside = one if shapely.covers(window, one) else shapely.intersection(_sound(one), window)
            here = [p for p in shapely.get_parts(inside) if shapely.get_dimensions(p) == dimension]
            happened = "cut" if here and inside is not one else happened
            pieces += [_turned_back(p, turn) for p in here]
    if happened == "shifted" and np.abs(shape.bounds[0::2]).max() <= SEAM:
        return shape, ""  # parts on both sides of the seam, as they should be
    if len(pieces) == 1:
        return pieces[0], happened
    return (shapely.multipolygons(pieces) if dimension == 2 else shapely.multilinestrings(pieces)), happened


def _sound(shape: shapely.Geometry) -> shapely.Geometry:
    if shapely.get_dimensions(shape) < 2 or shapely.is_valid(shape):
        return shape
    return shapely.make_valid(shape, method="structure", keep_collapsed=False)


def _turned(lon: Floats) -> Floats:
    """Return longitudes between -180 and 180; what lies there already keeps its digits."""
    turned: Floats = np.where(np.abs(lon) > SEAM, lon - 360.0 * np.round(lon / 360.0), lon)
    return turned


def _traced(
    ring: shapely.Geometry, own: shapely.Geometry | None, lonlat: Lonlat | None, *, straight: bool = False
) -> Floats:
    """Return a line's vertices, longitudes running on; edges of a plane get a vertex on every 180 they pass."""
    xy = shapely.get_coordinates(ring)
    step = np.diff(xy[:, 0])
    short = np.where(np.abs(step) < 360.0, step - 360.0 * np.round(step / 360.0), step)
    lon: Floats = xy[0, 0] + np.concatenate([[0.0], np.cumsum(short)])
    lon = xy[:, 0] + 360.0 * np.round((lon - xy[:, 0]) / 360.0)  # the digits of the file
    traced = np.column_stack([lon, xy[:, 1]])
    if not straight and (own is None or lonlat is None):
        return traced
    at = None if own is None else shapely.get_coordinates(own)
    turns = np.floor((traced[:, 0] - SEAM) / 360.0)
    rows, last = [], 0
    for i in np.flatnonzero(turns[1:] != turns[:-1]).tolist():
        rows.append(traced[last : i + 1])
        last = i + 1
        edge: list[list[float]] = traced[i : i + 2].tolist()
        (x0, y0), (x1, y1) = edge
        for seam in _seams(x0, x1):
            if at is None or lonlat is None:
                lat = y0 + (seam - x0) / (x1 - x0) * (y1 - y0)
            else:
                lat = _latitude_at(seam, at[i], at[i + 1], lonlat)
            rows.append(np.array([[seam, lat]]))
    return np.concatenate([*rows, traced[last:]])


def _seams(begin: float, end: float) -> list[float]:
    """Return the odd multiples of 180 passed between two longitudes, in the order they are passed."""
    low, high = min(begin, end), max(begin, end)
    first = int(np.floor((low - SEAM) / 360.0)) + 1
    found = [SEAM + 360.0 * k for k in range(first, first + 3) if low < SEAM + 360.0 * k < high]
    return found if begin < end else found[::-1]


def _latitude_at(seam: float, begin: Floats, end: Floats, lonlat: Lonlat) -> float:
    """Return the latitude at which the plane's edge meets a meridian."""
    low, high = 0.0, 1.0
    place = lonlat(np.array([begin, end]))
    off = [float((lon - seam + 180.0) % 360.0 - 180.0) for lon in as_list(place[:, 0])]
    for _ in range(60):
        middle = 0.5 * (low + high)
        lon, lat = as_list(lonlat((begin + middle * (end - begin))[None]).ravel())
        side = (lon - seam + 180.0) % 360.0 - 180.0
        if side == 0.0:
            return lat
        low, high = (middle, high) if (side > 0.0) == (off[0] > 0.0) else (low, middle)
    return float(lonlat((begin + 0.5 * (low + high) * (end - begin))[None])[0, 1])


def _closed(xy: Floats) -> Floats:
    """Close a ring that runs once round a pole, over the nearer pole, with the slit on the 180th meridian."""
    pole = 90.0 if xy[:, 1].mean() > 0.0 else -90.0
    turn = 360.0 * np.sign(xy[-1, 0] - xy[0, 0])
    on = np.flatnonzero(np.isclose((xy[:-1, 0] - SEAM) % 360.0, 0.0, atol=1e-9))
    first = int(on[0]) if len(on) else 0
    again = xy[: first + 1] + np.array([turn, 0.0])
    ring = np.concatenate([xy[first:-1], again])
    ends = np.array([[ring[-1, 0], pole], [ring[0, 0], pole], ring[0]])
    return np.concatenate([ring, ends])


def on_seam(shapes: Shapes) -> Bools:
    """Tell which shapes in degrees have vertices on both sides of the seam."""
    west, _, east, _ = as_rows(shapely.bounds(shapes).T)
    found: Bools = (west == -SEAM) & (east == SEAM)
    return found


def one_side(shapes: Shapes) -> Shapes:
    """Return shapes whose vertices on the seam all have the longitude 180, for a projection to join them there."""

    def east(xy: Floats) -> Floats:
        return np.column_stack([np.where(xy[:, 0] == -SEAM, SEAM, xy[:, 0]), xy[:, 1]])

    result: Shapes = shapely.transform(shapes, east)
    return result


def take_outlines(shapes: Shapes) -> Shapes:
    """Return polygons in degrees as their outlines, without the cut on the seam; other shapes as they are.

    Examples
    --------
    >>> halves = [shapely.box(179, 0, 180, 1), shapely.box(-180, 0, -178, 1)]
    >>> lines = take_outlines(np.array([shapely.multipolygons(halves)], dtype=object))
    >>> round(float(shapely.length(lines[0])), 9)
    8.0
    """
    lines = shapes.copy()
    areal: Bools = shapely.get_dimensions(shapes) == 2
    lines[areal] = shapely.boundary(shapes[areal])
    for row in np.flatnonzero(areal & on_seam(shapes)).tolist():
        lines[row] = _uncut(lines[row])
    return lines


def _uncut(outline: Shape) -> Shape:
    """Return an outline without the stretches of the seam that it has on both sides."""
    xy, line = shapely.get_coordinates(shapely.get_parts(outline), return_index=True)
    edges = np.stack([xy[:-1], xy[1:]], axis=1)[line[1:] == line[:-1]]
    sides = [edges[(edges[:, :, 0] == side).all(axis=1)] for side in (-SEAM, SEAM)]
    there = [np.stack([np.full(side.shape[:2], SEAM), side[:, :, 1]], axis=2) for side in sides]
    west, east = (shapely.union_all(shapely.linestrings(side)) for side in there)
    cut = shapely.intersection(west, east)
    both = [cut, shapely.transform(cut, lambda at: at * [-1.0, 1.0])]
    return shapely.difference(outline, shapely.union_all(both))


def joined_at_seam(shapes: Shapes) -> Shapes:
    """Return shapes of a plane that were cut at the seam as they were before."""
    result = shapes.copy()
    areal: Bools = shapely.get_dimensions(shapes) == 2
    result[areal] = shapely.make_valid(shapes[areal], method="structure", keep_collapsed=False)
    result[areal] = [shapely.union_all(shapely.get_parts(shape)) for shape in result[areal]]
    result[~areal] = shapely.line_merge(shapes[~areal])
    return result


def _turned_back(shape: Shape, turns: int) -> Shape:
    return shapely.transform(shape, lambda xy: xy - [360.0 * turns, 0.0])


def along_geodesics(shapes: Shapes, geod: Geod) -> Shapes:
    """Return shapes in degrees with vertices along their geodesic edges, so many that areas are right to 1e-9.

    A geodesic bows from the straight line in longitude and latitude by ``length^2 tan(latitude) / 8 R``; the area
    between them goes with the square of the distance of vertices.
    """
    parts = shapely.get_coordinates(shapes, return_index=True)
    size = np.maximum(np.abs([geod.geometry_area_perimeter(s)[0] if s is not None else 0.0 for s in shapes]), 0.0)
    allowed = np.maximum(GEODESIC_SHARE * size, GEODESIC_M2) / np.maximum(
        np.bincount(parts[1], minlength=len(shapes)), 1
    )
    allowed = np.where(shapely.get_dimensions(shapes) == 2, allowed, np.inf)
    return np.array([_dense(s, geod, float(a)) for s, a in zip(shapes, allowed, strict=True)], dtype=object)


def _dense(shape: Shape | None, geod: Geod, allowed_m2: float) -> Shape | None:
    def along(xy: Floats) -> Floats:
        rows: list[Floats] = []
        ends: list[list[float]] = xy.tolist()
        for (x0, y0), (x1, y1) in pairwise(ends):
            azimuth, _, metres = map(float, geod.inv(x0, y0, x1, y1))
            steep = np.tan(np.radians(min(max(abs(y0), abs(y1), 1.0), 89.9)))
            bow = metres**3 * steep / (12.0 * 6.371e6)
            count = int(np.clip(np.ceil((bow / allowed_m2) ** 0.5), 1, _MOST_VERTICES // max(len(xy), 1)))
            rows.append(np.array([[x0, y0]]))
            if count > 1:
                share = np.arange(1, count) / count * metres
                ones = np.ones(count - 1)
                lon, lat, _ = geod.fwd(ones * x0, ones * y0, ones * azimuth, share)
                rows.append(np.column_stack([lon, lat]))
        rows.append(xy[-1:])
        return np.concatenate(rows)

    def line(one: Shape) -> Floats:
        return along(shapely.get_coordinates(one))

    if isinstance(shape, shapely.LineString):  # and rings
        return shapely.LineString(line(shape))
    if isinstance(shape, shapely.Polygon):
        return shapely.Polygon(line(shape.exterior), [line(ring) for ring in shape.interiors])
    if isinstance(shape, shapely.MultiPolygon | shapely.MultiLineString):
        parts = [_dense(part, geod, allowed_m2) for part in shape.geoms]
        if isinstance(shape, shapely.MultiPolygon):
            return shapely.MultiPolygon([part for part in parts if isinstance(part, shapely.Polygon)])
        return shapely.MultiLineString([part for part in parts if isinstance(part, shapely.LineString)])
    return shape
