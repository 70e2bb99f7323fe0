"""The shortest way round barriers, where there is no road network: over the corners of rivers and railways.

The shortest way between two points among polygons is a chain of straight lines that bends at corners only
(visibility graph). Lines that nobody crosses are given a width of `LINE_M` on either side, which is the accuracy.

References
----------
de Berg et al., Computational Geometry (3rd ed. 2008), chapter 15.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geo.access.geodesic import Globe
from geo.arrays import Bools, Floats, Ints, Shape, Shapes, as_list, as_rows
from geo.errors import NotComputable
from geo.parallel import UNWATCHED, Watch

LINE_M = 0.01
_INSIDE_M = 1e-4  # a way may run along a bank: what is less deep than this inside is along it
_MOST = 4_000  # corners; beyond, the graph takes minutes


@dataclass(frozen=True)
class Barriers:
    """What nobody walks across, in a plane of distances: the ground, its inside, and its corners."""

    inside: Shape
    corners: Shapes

    @classmethod
    def of(cls, walls: Shapes, near: Shape) -> Barriers:
        """Return the barriers of walls (lines and polygons in the plane) that lie near.

        Raises
        ------
        NotComputable
            They have more corners than a way round them can be looked for.
        """
        ground = _ground(walls[shapely.intersects(walls, near)])
        corners = _corners(ground)
        corners = corners[shapely.intersects(near, corners)]
        if len(corners) > _MOST:
            zh = "更少的障碍（当前过于细碎），或沿路网计算（along = network，提供 roads）"
            en = "fewer or simpler barriers, or a way along roads instead (along = network, with roads)"
            raise NotComputable(needs_zh=zh, needs_en=en)
        inside = _inside(ground)
        shapely.prepare(inside)
        return cls(inside, corners)

    def visible(self, links: Shapes) -> Bools:
        """Tell which straight links cross no barrier."""
        seen: Bools = ~shapely.intersects(self.inside, links)
        return seen


def _ground(walls: Shapes) -> Shape:
    """Return what walls stand on; lines are given their width."""
    thin = shapely.get_dimensions(walls) < 2
    grown = walls.copy()
    grown[thin] = shapely.buffer(walls[thin], LINE_M, quad_segs=1, cap_style="square", join_style="mitre")
    return shapely.union_all(grown)


def _inside(ground: Shape) -> Shape:
    return shapely.buffer(ground, -_INSIDE_M, join_style="mitre")


def shut_in(points: Shapes, places: Shapes, walls: Shapes) -> Bools:
    """Tell which points no way leads to from any place, however long: walls shut them in, or they stand on one.

    Parameters
    ----------
    points, places, walls
        In one plane; walls are lines and polygons.

    Examples
    --------
    >>> ring = shapely.LinearRing([(0, 0), (10, 0), (10, 10), (0, 10)])
    >>> shut_in(shapely.points([(5, 5), (15, 5)]), shapely.points([(20, 5)]), np.array([ring])).tolist()
    [True, False]
    """
    every = np.concatenate([points, places, walls])
    west, south, east, north = shapely.total_bounds(every)
    free = shapely.get_parts(
        shapely.box(west - 1, south - 1, east + 1, north + 1).difference(_inside(_ground(walls)))
    )
    tree = shapely.STRtree(free)
    _, open_ = as_rows(tree.query(places, predicate="intersects"))
    point, part = as_rows(tree.query(points, predicate="intersects"))
    out = np.ones(len(points), dtype=bool)
    out[point[np.isin(part, open_)]] = False
    return out


def _corners(ground: Shape) -> Shapes:
    """Return the corners a shortest way may bend at: those where the ground sticks out."""
    polygons = shapely.normalize(shapely.get_parts(ground))  # the ground lies to the right of all its rings
    rings = shapely.get_rings(polygons[shapely.get_type_id(polygons) == 3])
    found = [np.zeros((0, 2))]
    for ring in rings:
        at = shapely.get_coordinates(ring)[:-1]
        before, after = at - np.roll(at, 1, axis=0), np.roll(at, -1, axis=0) - at
        found.append(at[before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0] < 0.0])
    return np.asarray(shapely.points(np.concatenate(found)), dtype=object)


def walks_round_m(
    globe: Globe, points: Shapes, places: Shapes, walls: Shapes, *, radius_m: Floats, watch: Watch = UNWATCHED
) -> Floats:
    """Return how far each point is from the nearest place round the walls, as a share of that place's radius.

    Parameters
    ----------
    globe
        Where the shapes lie: its plane, and geodesic distances on it.
    watch
        May stop it by raising `Cancelled`.
    points, places, walls
        In the globe's plane.
    radius_m
        Of each place, m. What is farther than its radius from every place is infinite.
    """
    scale = float(np.max(globe.scale(shapely.get_coordinates(shapely.centroid(places)), within_m=radius_m)))
    near = shapely.union_all(shapely.buffer(places, radius_m * scale * 1.001))
    barriers = Barriers.of(walls, near)
    corners = barriers.corners
    to_corners = _Sight(globe, barriers, corners, shapely.STRtree(corners))
    to_points = _Sight(globe, barriers, points, shapely.STRtree(points))
    best = np.full(len(points), np.inf)
    widest = float(radius_m.max()) * scale
    between = to_corners.links(corners, np.full(len(corners), widest))
    point, by, rest = to_corners.links(points, np.full(len(points), widest))
    for place, radius in zip(places, as_list(radius_m)):
        watch.stop_if_told()
        one = np.array([place], dtype=object)
        reach = np.array([radius * scale])
        _, direct, metres = to_points.links(one, reach)
        np.minimum.at(best, direct, metres / radius)
        _, corner, metres = to_corners.links(one, reach)
        if not len(corner):
            continue
        away = np.full(len(corners), np.inf)
        np.minimum.at(away, corner, metres)
        away = _relaxed(away, *between)
        np.minimum.at(best, point, (away[by] + rest) / radius)
    return np.where(best <= 1.0, best, np.inf)


def _relaxed(away: Floats, one: Ints, other: Ints, metres: Floats) -> Floats:
    """Return the shortest ways over links, from how far everything is without them."""
    while True:
        nearer = away.copy()
        np.minimum.at(nearer, other, away[one] + metres)
        if (nearer == away).all():
            return nearer
        away = nearer


@dataclass(frozen=True)
class _Sight:
    """Shapes, and which of others see them."""

    globe: Globe
    barriers: Barriers
    shapes: Shapes
    tree: shapely.STRtree

    def links(self, one: Shapes, reach: Floats) -> tuple[Ints, Ints, Floats]:
        """Return pairs (of one, of these) that see each other within a plane distance, and how far apart, m."""
        left, right = as_rows(self.tree.query(one, predicate="dwithin", distance=reach))
        links = shapely.shortest_line(one[left], self.shapes[right])
        seen = self.barriers.visible(links)
        left, right, links = left[seen], right[seen], links[seen]
        ends = [shapely.get_coordinates(shapely.get_point(links, i)) for i in (0, -1)]
        metres = self.globe.distance_m(*(self.globe.unflat(xy) for xy in ends))
        return left.astype(np.int64), right.astype(np.int64), metres
