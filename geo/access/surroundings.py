"""The ground within a distance of shapes where no one plane is true enough: every vertex a geodesic away.

A shape is surrounded in a stereographic plane centred on itself; then each vertex is moved along the geodesic
from the nearest point of the shape, to where that geodesic is as long as the distance. So it holds at any extent,
across 180 degrees and over a pole; what is round still falls short by its chords
(`geo.access.service.radial_error_share`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import CRS

from geo.access.geodesic import PIECE_M, Globe, looked_for
from geo.arrays import Bools, Floats, Ints, Shapes, as_rows, as_shapes, is_new
from geo.measure.area import finite_bounds, form_over
from geo.measure.crs import Bench, base_crs, same_datum_transformer
from geo.measure.seam import cut_at_seam
from geo.parallel import in_threads

IN_PLANE_M = 10_000.0  # up to this distance a conformal plane has a straight way's length to 1e-10, by its scale
SEGMENTS = 16  # of a line's piece
NEARLY = 1e-3  # of a distance: what a plane's scale and the chords may make of it, many times over
ROUNDS, CLOSE = 5, 1e-10  # in which vertices are placed, until they move by no more than a share of the distance


def ground_within(crs: CRS, shapes: Shapes, radius_m: Floats, *, quad_segs: int) -> Shapes:
    """Return the ground within a distance of each shape.

    Parameters
    ----------
    crs
        Where edges of the shapes are straight; degrees or a plane.
    shapes
        n points, lines or polygons.
    radius_m
        Of each, on the ellipsoid.
    quad_segs
        Sides of a quarter circle.

    Returns
    -------
    ndarray
        n polygons of the same CRS, longitudes between -180 and 180.

    Raises
    ------
    ExtentTooLarge
        A shape lies nearly all round the Earth.

    Examples
    --------
    >>> ground = ground_within(CRS(4326), np.array([shapely.Point(179.999, -17)]), np.array([500.0]), quad_segs=72)
    >>> len(shapely.get_parts(ground))
    2
    """
    rows = list(zip(shapes.tolist(), radius_m.tolist(), strict=True))
    found = np.empty(len(shapes), dtype=object)
    conformal = Bench(crs, crs).conformal

    def work(row: tuple[shapely.Geometry, float]) -> shapely.Geometry:
        shape, radius = row
        if conformal and radius <= IN_PLANE_M and not shapely.is_empty(shape):
            return _around_in_plane(crs, shape, radius, quad_segs)
        return _around(crs, shape, radius, quad_segs)

    found[:] = in_threads(rows, work)
    return found if not crs.is_geographic else cut_at_seam(found, over_pole=True).shapes


def _around(crs: CRS, shape: shapely.Geometry, radius_m: float, quad_segs: int) -> shapely.Geometry:
    own = np.array([shape], dtype=object)
    globe = Globe.of(crs, own)
    flat = globe.flattened(own)[0]
    if not shapely.is_valid(flat):  # both sides of 180 degrees, or all of a pole's, are one place here
        flat = shapely.make_valid(flat, method="structure", keep_collapsed=False)
    grown = shapely.buffer(flat, radius_m, quad_segs=quad_segs)
    grown = shapely.segmentize(grown, PIECE_M)
    lonlat = globe.unflat(shapely.get_coordinates(grown))
    links = looked_for(globe, as_shapes(shapely.points(_back(crs, lonlat))), own)
    azimuth = globe.geod.inv(*links.end.T, *lonlat.T)[0]
    lon, lat, _ = globe.geod.fwd(links.end[:, 0], links.end[:, 1], azimuth, np.full(len(lonlat), radius_m))
    placed: shapely.Geometry = shapely.set_coordinates(grown, _back(crs, np.column_stack([lon, lat])))
    if crs.is_geographic or shapely.is_valid(placed):
        return placed
    return shapely.make_valid(placed, method="structure", keep_collapsed=False)


def _around_in_plane(crs: CRS, shape: shapely.Geometry, radius_m: float, quad_segs: int) -> shapely.Geometry:
    """Return the ground within a distance of a shape, its vertices placed in the conformal plane it lies in.

    A straight way there differs from the geodesic by less than 1e-10 of its length; how long it is on the
    ellipsoid is the plane's scale along it, which three places tell (Simpson's rule).
    """
    own = np.array([shape], dtype=object)
    west, south, east, north = finite_bounds(own, crs=crs)
    form = form_over(crs, (west - radius_m, south - radius_m, east + radius_m, north + radius_m))

    def along(begin: Floats, end: Floats) -> Floats:
        """Return how many metres of the ellipsoid a plane's metre is on the way."""
        steps = (begin, 0.5 * (begin + end), end)
        first, middle, last = (1.0 / np.sqrt(form.areal_scale(at[:, 0], at[:, 1])) for at in steps)
        share: Floats = (first + 4.0 * middle + last) / 6.0
        return share

    middle = np.array([[0.5 * (west + east), 0.5 * (south + north)]])
    grown = shapely.buffer(shape, radius_m / along(middle, middle)[0], quad_segs=quad_segs)
    grown = shapely.segmentize(grown, PIECE_M)
    xy = shapely.get_coordinates(grown)
    outline = LinePieces.of(_outline(shape))
    moving = np.arange(len(xy))
    for _ in range(ROUNDS):
        foot = outline.nearest(xy[moving], radius_m)
        way = xy[moving] - foot
        before = np.hypot(way[:, 0], way[:, 1])
        way /= before[:, None]
        length = before
        for _ in range(3):  # the scale at the end depends on where the end is
            length = radius_m / along(foot, foot + way * length[:, None])
        xy[moving] = foot + way * length[:, None]
        off = moving[np.abs(before - length) > CLOSE * length]
        # where the edge turns inwards two parts of the shape may be equally near: once more
        moving = _inward(grown) if len(moving) == len(xy) else off
        if not len(moving):
            break
    placed: shapely.Geometry = shapely.set_coordinates(grown, xy)
    if shapely.is_valid(placed):
        return placed
    return shapely.make_valid(placed, method="structure", keep_collapsed=False)


@dataclass(frozen=True)
class LinePieces:
    """Lines of a few segments each, as a tree and as arrays of segments, one row a line.

    Lines of fewer segments have their last vertex as segments of no length.
    """

    tree: shapely.STRtree
    x: Floats
    y: Floats
    step_x: Floats
    step_y: Floats
    square: Floats

    @classmethod
    def of(cls, lines: Shapes) -> LinePieces:
        """Return n lines, or points, of at most `SEGMENTS` segments."""
        xy = shapely.get_coordinates(lines)
        last = np.cumsum(shapely.get_num_coordinates(lines)) - 1
        first = np.concatenate([[0], last[:-1] + 1])
        at = np.minimum(first[:, None] + np.arange(SEGMENTS + 1), last[:, None])
        x, y = xy[at, 0], xy[at, 1]
        step_x, step_y = np.diff(x, axis=1), np.diff(y, axis=1)
        square: Floats = np.maximum(step_x * step_x + step_y * step_y, np.finfo(float).tiny)
        return cls(shapely.STRtree(lines), x[:, :-1], y[:, :-1], step_x, step_y, square)

    def nearest(self, xy: Floats, about: float) -> Floats:
        """Return the place on a line nearest to each of some places; most lie hardly farther than ``about`` away.

        Parameters
        ----------
        xy
            n places, (n, 2).
        about
            What is looked at first; a place with nothing so near is looked for by the tree.
        """
        points = as_shapes(shapely.points(xy))
        row, line = as_rows(self.tree.query(points, predicate="dwithin", distance=about * (1.0 + NEARLY)))
        found = np.zeros(len(xy), dtype=bool)
        found[row] = True
        rest = np.flatnonzero(~found)
        if len(rest):
            far, nearest = as_rows(self.tree.query_nearest(points[rest], all_matches=False))
            row, line = np.append(row, rest[far]), np.append(line, nearest)
        foot, away = self._feet(xy[row], line)
        order = np.lexsort([line, away, row])
        return foot[order[is_new(row[order])]]

    def _feet(self, xy: Floats, line: Ints) -> tuple[Floats, Floats]:
        """Return the nearest place on each one's line, and the square of how far away it is."""
        x, y, step_x, step_y = (side[line] for side in (self.x, self.y, self.step_x, self.step_y))
        along = (xy[:, :1] - x) * step_x
        along += (xy[:, 1:] - y) * step_y
        along /= self.square[line]
        np.clip(along, 0.0, 1.0, out=along)
        x += along * step_x
        y += along * step_y
        away = (xy[:, :1] - x) ** 2
        away += (xy[:, 1:] - y) ** 2
        best = np.arange(len(line)), away.argmin(axis=1)
        return np.column_stack([x[best], y[best]]), away[best]


def _inward(ground: shapely.Geometry) -> Ints:
    """Return the vertices at which the outline of a ground turns towards it, and the ends of its rings."""
    parts, _ = shapely.get_parts(np.array([ground], dtype=object), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    hole: Bools = np.diff(part, prepend=-1) == 0
    left: Bools = shapely.is_ccw(rings) ^ hole  # on which side the ground is
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    step = np.diff(xy, axis=0)
    turn = step[:-1, 0] * step[1:, 1] - step[:-1, 1] * step[1:, 0]
    inward = np.ones(len(xy), dtype=bool)
    inward[1:-1] = (np.where(left[ring[1:-1]], turn, -turn) <= 0.0) | (ring[2:] != ring[:-2])
    return np.flatnonzero(inward)


def _outline(shape: shapely.Geometry) -> Shapes:
    """Return a shape's points, and its lines and rings in pieces of a few segments."""
    found = []
    for part in shapely.get_parts(shape):
        lines = shapely.get_rings(part) if shapely.get_dimensions(part) == 2 else shapely.get_parts(part)
        for line in lines:
            xy = shapely.get_coordinates(line)
            if len(xy) <= SEGMENTS + 1:
                found.append(line)
                continue
            starts = range(0, len(xy) - 1, SEGMENTS)
            found += [shapely.linestrings(xy[start : start + SEGMENTS + 1]) for start in starts]
    return np.array(found, dtype=object)


def _back(crs: CRS, lonlat: Floats) -> Floats:
    """Return places in longitude and latitude in a CRS."""
    way = same_datum_transformer(base_crs(crs), crs) if crs.is_projected else None
    return lonlat if way is None else np.column_stack(way.transform(lonlat[:, 0], lonlat[:, 1]))
