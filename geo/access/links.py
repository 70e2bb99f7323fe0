"""The shortest way from features to the nearest of others, and its true length."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from pyproj import CRS

from geo.access.geodesic import nearest_links
from geo.arrays import Bools, Floats, Ints, Shapes, as_list, as_rows, as_shapes, box_polygons, own_copies
from geo.errors import ExtentTooLarge
from geo.measure import sound
from geo.measure.area import distance_plane, finite_bounds, form_over
from geo.measure.crs import SPLIT_DEG, SPLIT_M, Bench, move
from geo.measure.facts import layer_extent, shape_boxes
from geo.measure.integrals import AreaForm
from geo.overlay.cells import number_each
from geo.parallel import in_threads, row_blocks

SEGMENTS = 16  # of a line's piece
DOUBT = 1e-4  # of a distance: nearer to a limit than this it is measured as a geodesic
BLOCK = 5_000
GEODESICS = 500  # features whose geodesics are taken at a time
FIRST_M, FURTHEST_M = 16.0, 1e5  # the reaches the nearest few are looked for in; further off all are asked
SHORT_M = 500.0  # the plane's scale in the middle of a link stands for all of it to (link / earth radius)^2 / 24


@dataclass(frozen=True)
class Links:
    """Ways to the nearest reference feature, asked for the features that need one.

    ``pieces`` are the references in the distance plane, long lines and outlines in short pieces; ``owner`` says
    whose each piece is. The nearest point lies on one of them, so only the few near a feature are looked at. What
    lies inside one of ``grounds``, the polygons with such outlines, is at no distance from it.
    """

    bench: Bench
    reference: Shapes
    plane: CRS
    form: AreaForm
    pieces: Shapes
    owner: Ints
    tree: shapely.STRtree
    grounds: Shapes
    ground_owner: Ints
    ground_tree: shapely.STRtree

    @classmethod
    def of(cls, bench: Bench, features: Shapes, reference: Shapes) -> Links:
        """Prepare references (lines, points or polygons on the bench)."""
        plane = distance_plane(bench, features, reference)
        moved = _in_plane(bench, plane, reference)
        bounds = finite_bounds(features, reference, crs=bench.crs)
        if plane != bench.crs:
            bounds = finite_bounds(_in_plane(bench, plane, _corners(features)), moved, crs=plane)
        pieces, owner = _pieces(moved)
        large = np.flatnonzero(_long(moved) & (shapely.get_dimensions(moved) == 2))
        form, trees = form_over(plane, bounds), (shapely.STRtree(pieces), shapely.STRtree(moved[large]))
        return cls(bench, reference, plane, form, pieces, owner, trees[0], moved[large], large, trees[1])

    def nearest(self, features: Shapes) -> tuple[Ints, Floats]:
        """Return for every feature the nearest reference and the true distance, m (0 where they meet).

        Up to ``SHORT_M`` a conformal plane that edges are straight in has it to 3e-10; else the geodesic is taken.
        """
        if self.plane != self.bench.crs:
            links = nearest_links(self.bench.crs, features, self.reference)
            return links.other, links.distance_m
        other, distance = self._in_the_plane(features)
        far = np.flatnonzero(distance > SHORT_M)
        if len(far):
            links = nearest_links(self.bench.crs, features[far], self.reference)
            other[far], distance[far] = links.other, links.distance_m
        return other, distance

    def nearest_few(self, features: Shapes, count: int) -> tuple[Ints, Floats]:
        """Return rows of n features, the ``count`` nearest among them, and their true distances, m.

        Of a million few are listed: only what lies within a reach that holds enough is asked for its distance.
        Rows of others about as near come with them.
        """
        try:
            most = self._scales_over(features)[1]
        except ExtentTooLarge:
            most = np.inf
        middle, radius = self._middles(features)
        reach = FIRST_M
        while np.isfinite(most) and reach < FURTHEST_M:
            rows = self._about(middle, reach + radius)
            if count <= len(rows) < len(features):
                distance = self.nearest(features[rows])[1]
                if np.count_nonzero(distance * most <= reach) >= count:
                    return rows, distance
            reach *= 2.0
        return np.arange(len(features)), self.nearest(features[:])[1]

    def _middles(self, features: Shapes) -> tuple[Floats, Floats]:
        """Return the middles of features in the plane, (n, 2), and how far from it each may reach, m."""
        box = shape_boxes(features)
        if self.plane != self.bench.crs:
            parts = row_blocks(len(box), size=BLOCK)
            boxes = [shapely.bounds(_in_plane(self.bench, self.plane, box_polygons(box[part]))) for part in parts]
            box = np.concatenate([np.zeros((0, 4)), *boxes])
        half = 0.5 * (box[:, 2:] - box[:, :2])
        return box[:, :2] + half, np.hypot(half[:, 0], half[:, 1]) + 1.0

    def _about(self, middle: Floats, reach_m: Floats) -> Ints:
        """Return which points of the plane lie so near to a piece, each its own distance, or inside a polygon."""
        met = np.zeros(len(middle), dtype=bool)
        for part in row_blocks(len(middle), size=10 * BLOCK):
            points = as_shapes(shapely.points(middle[part]))
            near = self.tree.query(points, predicate="dwithin", distance=reach_m[part])[0]
            met[part.start + near] = True
            met[part.start + self.ground_tree.query(points, predicate="intersects")[0]] = True
        return np.flatnonzero(met)

    def within(self, features: Shapes, limit_m: float) -> Bools:
        """Tell which features lie within a distance, as `find_nearest` has it.

        A conformal plane is true within 1e-5 at the largest distance asked for, so that a geodesic is taken only
        of what lies so near to the limit.
        """
        if self.plane != self.bench.crs:
            return np.asarray(self.nearest(features)[1] <= limit_m, dtype=bool)
        within, unsure = self._clearly(features, limit_m)
        rows = np.flatnonzero(unsure)
        _, distance = self._in_the_plane(features[rows])
        doubt = np.flatnonzero(np.abs(distance - limit_m) <= DOUBT * limit_m)
        if len(doubt):
            distance[doubt] = self._geodesic_m(features[rows[doubt]], limit_m)
        within[rows] = distance <= limit_m
        return within

    def _clearly(self, features: Shapes, limit_m: float) -> tuple[Bools, Bools]:
        """Tell what lies within a distance whatever the plane's scale there, and what may or may not.

        Between a feature and what is so near to it the scale is no less and no more than over the feature's box
        and the distance around it; the margins are for that, and for what a plane is off by.
        """
        box = shape_boxes(features)
        west, south, east, north = as_rows((box + np.array([-1.0, -1.0, 1.0, 1.0]) * 1.1 * limit_m).T)
        middle = (0.5 * (west + east), 0.5 * (south + north))
        at = [(x, y) for x in (west, middle[0], east) for y in (south, middle[1], north)]
        scale = np.sqrt([self.form.areal_scale(x, y) for x, y in at])
        least, most = limit_m * scale.min(axis=0) * (1.0 - DOUBT), limit_m * scale.max(axis=0) * (1.0 + DOUBT)
        row, piece = as_rows(self.tree.query(box_polygons(np.column_stack([west, south, east, north]))))
        pairs = np.unique(row * len(self.reference) + self.owner[piece])
        row, other = pairs // len(self.reference), pairs % len(self.reference)

        def work(part: slice) -> tuple[Bools, Bools]:
            here, there = row[part], other[part]
            some, number = np.unique(there, return_inverse=True)
            own = own_copies(self.reference[some])  # prepared for this thread alone
            shapely.prepare(own)
            near = np.asarray(shapely.dwithin(own[number], features[here], least[here]), dtype=bool)
            rest = np.flatnonzero(~near)
            maybe = np.zeros(len(near), dtype=bool)
            maybe[rest] = shapely.dwithin(own[number[rest]], features[here[rest]], most[here[rest]])
            return near, maybe

        within, unsure = np.zeros(len(features), dtype=bool), np.zeros(len(features), dtype=bool)
        order = np.argsort(other, kind="stable")
        row, other = row[order], other[order]
        parts = row_blocks(len(row), size=BLOCK)
        for part, (near, maybe) in zip(parts, in_threads(parts, work), strict=True):
            within[row[part][near]] = True
            unsure[row[part][maybe]] = True
        return within, unsure & ~within

    def _geodesic_m(self, features: Shapes, limit_m: float) -> Floats:
        """Return true distances of features nearly ``limit_m`` away: to the pieces about so near, to no others."""
        scale = np.sqrt(self.form.areal_scale(*shapely.bounds(features)[:, :2].T)) * (
            1.0 + self.unsure_m(features)
        )
        reach = limit_m * scale * (1.0 + 2.0 * DOUBT)
        near: Ints = self.tree.query(features, predicate="dwithin", distance=reach)[1]
        if not len(near):
            return self.nearest(features)[1]
        pieces = self.pieces[np.unique(near)]

        def work(part: slice) -> Floats:
            return nearest_links(self.bench.crs, features[part], pieces).distance_m

        return np.concatenate(in_threads(row_blocks(len(features), size=GEODESICS), work))

    def _in_the_plane(self, features: Shapes) -> tuple[Ints, Floats]:

        def work(part: slice) -> tuple[Ints, Floats]:
            here = _in_plane(self.bench, self.plane, features[part])
            row, piece = as_rows(self.tree.query_nearest(here, all_matches=False))
            piece = piece[np.argsort(row, kind="stable")]
            link = shapely.shortest_line(here, self.pieces[piece])
            middle = shapely.get_coordinates(shapely.line_interpolate_point(link, 0.5, normalized=True))
            scale = np.sqrt(self.form.areal_scale(middle[:, 0], middle[:, 1]))
            other, distance = self.owner[piece], np.asarray(shapely.length(link) / scale)
            if len(self.grounds):
                self._inside(here, other, distance)
            return other, distance

        found = in_threads(row_blocks(len(features), size=BLOCK), work)
        nobody = (np.zeros(0, dtype=np.int64), np.zeros(0))
        other, distance = (np.concatenate(values) for values in zip(nobody, *found, strict=True))
        return other, distance

    def _inside(self, here: Shapes, other: Ints, distance: Floats) -> None:
        """Set what lies inside a polygon: its outline is not met, and any one of its vertices is inside."""
        off = np.flatnonzero(distance > 0.0)
        xy, row = shapely.get_coordinates(here[off], return_index=True)
        first = xy[np.flatnonzero(np.diff(row, prepend=-1))]
        at, ground = as_rows(self.ground_tree.query(shapely.points(first)))
        own = own_copies(self.grounds)  # what is prepared here no other thread sees
        shapely.prepare(own)
        met = np.flatnonzero(shapely.contains_xy(own[ground], first[at, 0], first[at, 1]))
        distance[off[at[met]]] = 0.0
        other[off[at[met]]] = self.ground_owner[ground[met]]

    def unsure_m(self, features: Shapes) -> float:
        """Return how much the plane's scale changes over the features, as a share of it (1 over a pole)."""
        try:
            least, most = self._scales_over(features)
        except ExtentTooLarge:
            return 1.0
        return most / least - 1.0

    def _scales_over(self, features: Shapes) -> tuple[float, float]:
        """Return the least and the largest scale over the features and the pieces."""
        corners = shapely.get_coordinates(_in_plane(self.bench, self.plane, _corners(features)))
        scale = np.sqrt(self.form.areal_scale(corners[:, 0], corners[:, 1]))
        least, most = self._scales
        return min(float(scale.min()), least), max(float(scale.max()), most)

    @cached_property
    def _scales(self) -> tuple[float, float]:
        """The least and the largest scale at the corners of the pieces' boxes."""
        west, south, east, north = as_rows(shapely.bounds(self.pieces).T)
        x, y = np.concatenate([west, west, east, east]), np.concatenate([south, north, south, north])
        scale = np.sqrt(self.form.areal_scale(x, y))
        return float(scale.min()), float(scale.max())


def _corners(features: Shapes) -> Shapes:
    """Return points over the extent of features, or of the layer they are of, edges included."""
    west, south, east, north = as_list(layer_extent(features))
    x, y = np.meshgrid(np.linspace(west, east, 9), np.linspace(south, north, 9))
    return as_shapes(shapely.points(x.ravel(), y.ravel()))


def _in_plane(bench: Bench, plane: CRS, shapes: Shapes) -> Shapes:
    if plane == bench.crs:
        return shapes
    return move(sound.split_edges(shapes, SPLIT_DEG if bench.crs.is_geographic else SPLIT_M), bench.crs, plane)


def _long(shapes: Shapes) -> Bools:
    return np.asarray(shapely.get_num_coordinates(shapes) > 2 * SEGMENTS, dtype=bool)


def _pieces(shapes: Shapes) -> tuple[Shapes, Ints]:
    """Return long lines and outlines in pieces of a few segments, everything else as it is, with whose each is."""
    cuttable = _long(shapes) & (shapely.get_dimensions(shapes) > 0)
    whole = np.flatnonzero(~cuttable)
    if not cuttable.any():
        return shapes[whole], whole
    lines = shapes[cuttable]
    grounds: Bools = shapely.get_dimensions(lines) == 2
    lines[grounds] = shapely.boundary(lines[grounds])
    parts, of = shapely.get_parts(lines, return_index=True)
    some = shapely.get_num_coordinates(parts) > 1
    parts, of = parts[some], np.flatnonzero(cuttable)[of[some]]
    count = shapely.get_num_coordinates(parts)
    xy = shapely.get_coordinates(parts)
    start = np.cumsum(count) - count
    line, place = number_each(-(-(count - 1) // SEGMENTS))
    begin = start[line] + place * SEGMENTS
    piece, at = number_each(np.minimum(begin + SEGMENTS + 1, (start + count)[line]) - begin)
    cut = shapely.linestrings(xy[begin[piece] + at], indices=piece)
    return np.concatenate([shapes[whole], cut]), np.concatenate([whole, of[line]]).astype(np.int64)
