"""Walking distances for a second opinion: straight pieces of road, a queue, and nothing of ``geo``.

Lengths are geodesics. A road's chain (what lies between two meetings) is entered at its nearest point, unless a
barrier lies between; a place that roads run into is entered wherever they do.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

Node = int
Place = tuple[float, ...]
_SAME_M, _EXACT_M = 0.05, 1e-6  # a road that ends this close to another meets it; two places are one
_WIDTH_M = 0.05  # what a barrier drawn as a line is wide


@dataclass(frozen=True)
class Piece:
    """A straight piece of road on the plane, its chain, its ends and its geodesic length."""

    line: shapely.LineString
    chain: int
    start: Node
    end: Node
    metres: float


@dataclass
class Footways:
    """Roads cut where they meet, with what nobody walks through."""

    pieces: list[Piece]
    barrier: BaseGeometry | None
    reach_m: float
    to_lonlat: pyproj.Transformer
    beside: dict[Node, list[tuple[Node, float]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for piece in self.pieces:
            self.beside[piece.start].append((piece.end, piece.metres))
            self.beside[piece.end].append((piece.start, piece.metres))
        self._tree = shapely.STRtree([piece.line for piece in self.pieces])

    def ways_in(self, place: BaseGeometry) -> list[tuple[int, float, float, float]]:
        """Return how a place is left for the roads: piece, from and to (shares of it), metres to get there."""
        near: list[int] = self._tree.query(place, predicate="dwithin", distance=self.reach_m).tolist()
        met = [at for at in near if self.pieces[at].line.intersects(place)]
        out = []
        for at in met:
            line = self.pieces[at].line
            for part in shapely.get_parts(line.intersection(place)):
                along = [self._share(at, xy) for xy in part.coords]
                out.append((at, min(along), max(along), 0.0))
        if out:
            return out
        chains: dict[int, tuple[float, int]] = {}
        for at in near:
            far = self.pieces[at].line.distance(place)
            chain = self.pieces[at].chain
            chains[chain] = min(chains.get(chain, (far, at)), (far, at))
        for _, at in sorted(chains.values()):
            link = shapely.shortest_line(place, self.pieces[at].line)
            if self.barrier is None or not self.barrier.intersects(link):
                entry = self._share(at, link.coords[-1])
                return [(at, entry, entry, _geodesic_m(link, self.to_lonlat))]
        return []

    def _share(self, at: int, xy: tuple[float, ...]) -> float:
        """Return the share of a piece before a place on it: of the geodesic, not of the plane's length."""
        piece = self.pieces[at]
        along = piece.line.project(shapely.Point(xy))
        if not 0.0 < along < piece.line.length:
            return float(along > 0.0)
        before = shapely.LineString([piece.line.coords[0], piece.line.interpolate(along).coords[0]])
        return _geodesic_m(before, self.to_lonlat) / piece.metres

    def walked(self, places: Sequence[BaseGeometry]) -> Walk:
        """Return how far every point of the roads is from the nearest of some places."""
        entries = [way for place in places for way in self.ways_in(place)]
        queue: list[tuple[float, Node]] = []
        for at, low, high, cost in entries:
            piece = self.pieces[at]
            queue += [(cost + low * piece.metres, piece.start), (cost + (1 - high) * piece.metres, piece.end)]
        heapq.heapify(queue)
        metres: dict[Node, float] = {}
        while queue:
            far, node = heapq.heappop(queue)
            if node in metres:
                continue
            metres[node] = far
            for other, length in self.beside[node]:
                if other not in metres:
                    heapq.heappush(queue, (far + length, other))
        return Walk(self, entries, metres)


@dataclass(frozen=True)
class Walk:
    """Distances from some places: of every node, and of the ways in."""

    ways: Footways
    entries: list[tuple[int, float, float, float]]
    metres: dict[Node, float]

    def to(self, place: BaseGeometry) -> float:
        """Return the walk to a point, infinite when there is none."""
        best = float("inf")
        for at, low, high, cost in self.ways.ways_in(place):
            piece = self.ways.pieces[at]
            best = min(best, cost + self._to_start(piece) + low * piece.metres)
            best = min(best, cost + self._to_end(piece) + (1 - high) * piece.metres)
            for other, first, last, extra in self.entries:
                if other == at:
                    gap = max(0.0, first - high, low - last)
                    best = min(best, cost + extra + gap * piece.metres)
        return best

    def _to_start(self, piece: Piece) -> float:
        return self.metres.get(piece.start, float("inf"))

    def _to_end(self, piece: Piece) -> float:
        return self.metres.get(piece.end, float("inf"))

    def reached(self, metres: float) -> list[shapely.LineString]:
        """Return the pieces of road within a walk."""
        spans = []
        for at, piece in enumerate(self.ways.pieces):
            spans.append((at, 0.0, (metres - self._to_start(piece)) / piece.metres))
            spans.append((at, 1.0 - (metres - self._to_end(piece)) / piece.metres, 1.0))
        for at, low, high, cost in self.entries:
            left = (metres - cost) / self.ways.pieces[at].metres
            spans.append((at, low - left, high + left) if left > 0 else (at, 1.0, 0.0))
        out = []
        for at, first, last in spans:
            low, high, line = max(0.0, first), min(1.0, last), self.ways.pieces[at].line
            if high > low:
                out.append(shapely.LineString([line.interpolate(share, normalized=True) for share in (low, high)]))
        return out

    def ground(self, metres: float, off_street_m: float, *, segments: int) -> list[BaseGeometry]:
        """Return the ground beside the roads within a walk, on their side of every barrier."""
        out: list[BaseGeometry] = []
        wall = None if self.ways.barrier is None else _widened(self.ways.barrier)
        for road in self.reached(metres):
            grown = road.buffer(off_street_m, quad_segs=segments)
            parts = [grown] if wall is None else shapely.get_parts(grown.difference(wall)).tolist()
            out += [part for part in parts if part.intersects(road)]
        return out


def _widened(barrier: BaseGeometry) -> BaseGeometry:
    """Return a barrier whose lines have a width: a line parts no ground, also where it lies beside polygons."""
    parts = shapely.get_parts(barrier)
    thin = shapely.get_dimensions(parts) < 2
    return shapely.union_all([*parts[~thin], *shapely.buffer(parts[thin], _WIDTH_M)])


def cut_footways(
    roads: Sequence[BaseGeometry],
    barriers: Sequence[BaseGeometry],
    to_lonlat: pyproj.Transformer,
    *,
    reach_m: float,
) -> Footways:
    """Cut roads (on a plane) where they meet.

    Parameters
    ----------
    roads, barriers
        Lines on one plane; lines or polygons on it.
    to_lonlat
        From the plane to degrees (WGS 84).
    reach_m
        How far from an end the nearest way is looked for, m.
    """
    straight = [
        (road, shapely.LineString(pair))
        for road, line in enumerate(shapely.get_parts(list(roads)))
        for pair in pairwise(line.coords)
        if pair[0] != pair[1]
    ]
    tree = shapely.STRtree([line for _, line in straight])
    tips = {line.coords[at] for line in shapely.get_parts(list(roads)) for at in (0, -1)}
    chain, last = 0, -1
    cut: list[tuple[shapely.LineString, int, float]] = []
    for at, (road, line) in enumerate(straight):
        near: list[int] = tree.query(line, predicate="dwithin", distance=_SAME_M).tolist()
        others = [n for n in near if n != at and not (straight[n][0] == road and abs(n - at) == 1)]
        meetings = {share: xy for other in others for share, xy in _meetings(line, straight[other][1], tips)}
        if road != last or 0.0 in meetings:
            chain += 1
        cuts = {0.0: line.coords[0], 1.0: line.coords[-1]} | meetings
        for low, high in pairwise(sorted(cuts)):
            piece = shapely.LineString([cuts[low], cuts[high]])
            if low > 0.0:
                chain += 1
            cut.append((piece, chain, _geodesic_m(piece, to_lonlat)))
        last = -1 if 1.0 in meetings else road
    for gap in _links(straight, tree, tips):
        chain += 1
        cut.append((gap, chain, _geodesic_m(gap, to_lonlat)))
    node = _nodes([xy for line, _, _ in cut for xy in line.coords])
    pieces = [
        Piece(line, of, node[2 * at], node[2 * at + 1], metres)
        for at, (line, of, metres) in enumerate(cut)
        if metres
    ]
    wall = shapely.union_all(list(barriers)) if len(barriers) else None
    return Footways(pieces, wall, reach_m, to_lonlat)


def _geodesic_m(line: BaseGeometry, to_lonlat: pyproj.Transformer) -> float:
    """Return the sum of the geodesics between a line's vertices."""
    x, y = shapely.get_coordinates(line).T
    return float(pyproj.Geod(ellps="WGS84").line_length(*to_lonlat.transform(x, y)))


def _meetings(line: shapely.LineString, other: shapely.LineString, tips: set[Place]) -> list[tuple[float, Place]]:
    """Return where a straight piece meets another: the share of its length (its very ends 0 and 1) and the place.

    The tips of roads need not quite touch: the place is then the foot on the piece.
    """
    places = [xy for part in shapely.get_parts(line.intersection(other)) for xy in part.coords]
    near = [xy for xy in other.coords if xy in tips and line.distance(shapely.Point(xy)) <= _SAME_M]
    places += [line.interpolate(line.project(shapely.Point(xy))).coords[0] for xy in near]
    places += [xy for xy in line.coords if xy in tips and other.distance(shapely.Point(xy)) <= _SAME_M]
    return [(_share(line, xy, _EXACT_M), xy) for xy in places]


def _links(
    straight: list[tuple[int, shapely.LineString]], tree: shapely.STRtree, tips: set[Place]
) -> list[shapely.LineString]:
    """Return the gaps between the tips of roads and the roads they meet, as pieces to walk."""
    out = []
    for xy in tips:
        tip = shapely.Point(xy)
        for at in tree.query(tip, predicate="dwithin", distance=_SAME_M).tolist():
            foot = straight[at][1].interpolate(straight[at][1].project(tip))
            if foot.distance(tip) > 0.0:
                out.append(shapely.LineString([foot, tip]))
    return out


def _share(line: shapely.LineString, xy: Place, near_m: float) -> float:
    along = line.project(shapely.Point(xy))
    return 0.0 if along <= near_m else 1.0 if along >= line.length - near_m else along / line.length


def _nodes(ends: list[tuple[float, ...]]) -> list[Node]:
    """Return a number for every end; ends that are the same place have the same one."""
    points = shapely.points([xy[:2] for xy in ends])
    number = list(range(len(ends)))

    def first(at: int) -> int:
        while number[at] != at:
            number[at] = number[number[at]]
            at = number[at]
        return at

    for one, other in zip(
        *shapely.STRtree(points).query(points, predicate="dwithin", distance=_EXACT_M), strict=True
    ):
        number[first(int(one))] = first(int(other))
    return [first(at) for at in range(len(ends))]
