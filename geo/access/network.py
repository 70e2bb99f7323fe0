"""The walk network: roads joined where they meet, barriers crossed only along a road, distances from entrances."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from shapely.ops import substring

from geo.access.service import QUAD_SEGS, checked_distance_m
from geo.arrays import Bools, Floats, Ints, Shape, Shapes, as_list, as_rows
from geo.errors import NotComputable
from geo.measure import sound
from geo.measure.area import distance_plane, shape_lengths_m
from geo.measure.crs import SPLIT_M, Bench, move
from geo.measure.validity import Report, usable_report

SNAP_M = 200.0
JOIN_M = 1e-6
EXACT, _ROUNDS = 1e-10, 20  # how true a place on a road is, as a share of the way to it: two digits a round
_SHORT_M = 2_000.0
MEET_M = 0.05  # a road whose end is this near to another meets it


@dataclass(frozen=True)
class Entry:
    """A way onto the network: an edge, from where to where along it, and what it costs to get there (m).

    A place that a road runs through is on the road all the way: the two ends then differ.
    """

    edge: int
    along_m: float
    until_m: float
    cost_m: float


@dataclass(frozen=True)
class WalkNetwork:
    """A planar walk network in a plane of distances.

    Attributes
    ----------
    edges, length_m
        Road pieces between junctions and their ellipsoidal lengths.
    start, end, nodes
        Node numbers of each edge's ends; how many nodes there are.
    barrier
        Rivers and railways nobody walks across off the network; None without barriers.
    snap_m
        How far an entrance or a demand point may be from the nearest road it can reach.
    """

    plane: CRS
    edges: Shapes
    length_m: Floats
    start: Ints
    end: Ints
    nodes: int
    barrier: Shape | None
    snap_m: float
    report: Report

    @classmethod
    def build(
        cls,
        roads: gpd.GeoDataFrame,
        *,
        barriers: gpd.GeoDataFrame | None = None,
        snap_m: float = SNAP_M,
    ) -> WalkNetwork:
        """Join road lines into a network: every crossing is a junction (grade separation is not known).

        A road that ends on another meets it, whether or not the other has a vertex there.

        A road that crosses a river or railway is the crossing; off the roads nothing crosses a barrier.

        Raises
        ------
        EmptyLayer, WrongGeometryType, BadGeometry, BadDistance
        """
        checked_distance_m(snap_m)
        report = usable_report(roads, where="roads", kind="line")
        bench = Bench.of(report.frame, where="roads")
        shapes = report.on(bench)
        per_m = 1.0 / 111_000.0 if bench.crs.is_geographic else 1.0
        shapes = _meeting(shapes, MEET_M * per_m)
        plane = distance_plane(bench, shapes)
        if plane != bench.crs:
            shapes = move(sound.split_edges(shapes, SPLIT_M * per_m), bench.crs, plane)
        noded = shapely.node(shapely.union_all(shapes))
        edges = shapely.get_parts(noded)
        edges = edges[shapely.length(edges) > 0.0]
        ends = np.stack([shapely.get_coordinates(shapely.get_point(edges, i)) for i in (0, -1)], axis=1)
        keys = np.round(ends.reshape(-1, 2) / JOIN_M).astype(np.int64)
        unique, number = np.unique(keys, axis=0, return_inverse=True)
        number = number.reshape(-1, 2).astype(np.int64)
        barrier = None
        if barriers is not None and len(barriers):
            walls = usable_report(barriers, where="barriers", kind="any")
            barrier = shapely.union_all(walls.on(Bench(plane, plane)))
            shapely.prepare(barrier)
        return cls(
            plane=plane,
            edges=edges,
            length_m=shape_lengths_m(edges, plane),
            start=number[:, 0],
            end=number[:, 1],
            nodes=len(unique),
            barrier=barrier,
            snap_m=float(snap_m),
            report=report,
        )

    def entries(self, places: Shapes) -> list[list[Entry]]:
        """Return each place's ways onto the network: the nearest reachable point of every edge within the snap.

        Only the nearest edge counts, unless the place (a park) is met by several edges itself. A way that would
        cross a barrier does not count. ``cost_m`` is the straight distance to the edge.
        """
        tree = shapely.STRtree(self.edges)
        stretch = float((shapely.length(self.edges) / self.length_m).max(initial=1.0)) * 1.001
        place, edge = as_rows(tree.query(places, predicate="dwithin", distance=self.snap_m * stretch))
        links = shapely.shortest_line(places[place], self.edges[edge])
        cost = shape_lengths_m(links, self.plane)
        near = np.flatnonzero(cost <= self.snap_m)
        place, edge, links, cost = place[near], edge[near], links[near], cost[near]
        keep = np.ones(len(place), dtype=bool)
        if self.barrier is not None:
            keep = ~shapely.intersects(self.barrier, links) | (cost == 0.0)
        found: list[list[Entry]] = [[] for _ in places]
        order = np.lexsort([edge, cost])
        for row in as_list(order[keep[order]]):
            mine = found[int(place[row])]
            if mine and cost[row] > 0.0:
                continue
            line, number = self.edges[edge[row]], int(edge[row])
            on_it = line.intersection(places[place[row]]) if cost[row] == 0.0 else shapely.Point()
            met = [one for one in shapely.get_parts(on_it) if not one.is_empty]
            apart = not met  # also what lies on the edge but for the last digits
            for foot in [links[row]] if apart else met:
                ends = [shapely.get_point(foot, -1)] if apart else shapely.points(foot.coords)
                along = self._along_m(line, np.asarray(ends, dtype=object))
                mine.append(Entry(number, float(along.min()), float(along.max()), float(cost[row])))
        return found

    def _along_m(self, line: shapely.LineString, places: Shapes) -> Floats:
        """Return how far along an edge places of it lie, on the ellipsoid: a plane's scale changes on the way."""
        at: Floats = np.atleast_1d(shapely.line_locate_point(line, places))
        return self._begun_m([line] * len(at), at)

    def _begun_m(self, lines: Iterable[shapely.LineString], at: Floats) -> Floats:
        begun = [substring(line, 0.0, end) for line, end in zip(lines, at.tolist(), strict=True)]
        return shape_lengths_m(np.array(begun, dtype=np.object_), self.plane)

    def _spots(self, edge: Ints, metres: Floats) -> Floats:
        """Return where on edges, in the plane, so many metres of each are walked."""
        lines, whole_m = self.edges[edge], self.length_m[edge]
        scale = shapely.length(lines) / whole_m
        at: Floats = metres * scale
        rows = np.flatnonzero((metres > 0.0) & (metres < whole_m))
        for _ in range(_ROUNDS):
            off = metres[rows] - self._begun_m(lines[rows], at[rows])
            at[rows] = np.clip(at[rows] + off * scale[rows], 0.0, whole_m[rows] * scale[rows])
            rows = rows[np.abs(off) > EXACT * metres[rows]]
            if not len(rows):
                break
        return at

    def distances_m(self, sources: list[Entry], *, limit_m: float = math.inf) -> Floats:
        """Return every node's walking distance from the nearest source (infinite beyond the limit)."""
        best = np.full(self.nodes, np.inf)
        near: list[list[tuple[int, float]]] = [[] for _ in range(self.nodes)]
        ends = zip(as_list(self.start), as_list(self.end), as_list(self.length_m))
        for a, b, length in ends:
            near[a].append((b, length))
            near[b].append((a, length))
        queue: list[tuple[float, int]] = []
        for entry in sources:
            rest = float(self.length_m[entry.edge]) - entry.until_m
            queue.append((entry.cost_m + entry.along_m, int(self.start[entry.edge])))
            queue.append((entry.cost_m + rest, int(self.end[entry.edge])))
        heapq.heapify(queue)
        while queue:
            distance, node = heapq.heappop(queue)
            if distance >= best[node] or distance > limit_m:
                continue
            best[node] = distance
            for other, length in near[node]:
                if distance + length < best[other]:
                    heapq.heappush(queue, (distance + length, other))
        return best

    def nearest_m(self, places: Shapes, sources: list[Entry]) -> Floats:
        """Return each place's walking distance to the nearest source, the way to the road included.

        Infinite where no road is within the snap distance or no way exists.
        """
        node = self.distances_m(sources)
        by_edge: dict[int, list[Entry]] = {}
        for entry in sources:
            by_edge.setdefault(entry.edge, []).append(entry)
        result = np.full(len(places), np.inf)
        for row, ways in enumerate(self.entries(places)):
            for way in ways:
                rest = float(self.length_m[way.edge]) - way.until_m
                walk = min(node[self.start[way.edge]] + way.along_m, node[self.end[way.edge]] + rest)
                for entry in by_edge.get(way.edge, []):
                    gap = max(0.0, entry.along_m - way.until_m, way.along_m - entry.until_m)
                    walk = min(walk, entry.cost_m + gap)
                result[row] = min(result[row], way.cost_m + walk)
        return result

    def reached(self, sources: list[Entry], *, radius_m: float) -> Shapes:
        """Return the pieces of road within the walking distance of a source."""
        node = self.distances_m(sources, limit_m=radius_m)
        spans: dict[int, list[tuple[float, float]]] = {}
        for edge in np.flatnonzero(np.isfinite(node[self.start]) | np.isfinite(node[self.end])).tolist():
            length = float(self.length_m[edge])
            ahead, back = radius_m - node[self.start[edge]], radius_m - node[self.end[edge]]
            spans.setdefault(edge, []).extend([(0.0, min(length, ahead)), (max(0.0, length - back), length)])
        for entry in sources:
            left, length = radius_m - entry.cost_m, float(self.length_m[entry.edge])
            span = (
                (max(0.0, entry.along_m - left), min(length, entry.until_m + left)) if left > 0.0 else (0.0, 0.0)
            )
            spans.setdefault(entry.edge, []).append(span)
        walked = [(edge, low, high) for edge, found in spans.items() for low, high in _joined(found)]
        if not walked:
            return np.zeros(0, dtype=object)
        edges = np.array([edge for edge, _, _ in walked], dtype=np.int64)
        begin, end = (self._spots(edges, np.array(metres)) for metres in list(zip(*walked, strict=True))[1:])
        cuts = zip(self.edges[edges], begin.tolist(), end.tolist(), strict=True)
        return np.array([substring(*cut) for cut in cuts], dtype=object)

    def service_area(
        self, sources: list[Entry], *, radius_m: float, off_street_m: float, quad_segs: int = QUAD_SEGS
    ) -> Shapes:
        """Return the ground within ``off_street_m`` of the reached road pieces, on their side of every barrier.

        Parameters
        ----------
        sources
            Where walks begin: places on the network, each with what was walked to it already.
        radius_m
            Length of a walk, m.
        off_street_m
            How far beside a reached road ground still counts as reached, m.
        quad_segs
            Segments of a quarter circle.
        """
        pieces = _short(self.reached(sources, radius_m=checked_distance_m(radius_m)))
        if not len(pieces):
            return np.zeros(0, dtype=object)
        scale = shapely.length(pieces) / np.maximum(shape_lengths_m(pieces, self.plane), 1e-12)
        scale[scale <= 0.0] = 1.0  # a place, not a piece
        grown = shapely.buffer(pieces, checked_distance_m(off_street_m) * scale, quad_segs=quad_segs)
        if self.barrier is None:
            return np.asarray(grown, dtype=object)
        cut = shapely.difference(grown, self.barrier.buffer(0.05) if _thin(self.barrier) else self.barrier)
        parts, owner = shapely.get_parts(cut, return_index=True)
        beside: Bools = shapely.intersects(parts, pieces[owner])
        return np.asarray(parts[beside], dtype=object)

    def sources(self, facilities: Shapes) -> tuple[list[Entry], int]:
        """Return the entries of all facilities, and how many facilities have none.

        Raises
        ------
        NotComputable
            When no facility is within the snap distance of a road.
        """
        ways = self.entries(facilities)
        entries = [entry for mine in ways for entry in mine]
        if not entries:
            needs_en = f"a facility within {self.snap_m:g} m of a road"
            raise NotComputable(needs_zh=f"道路 {self.snap_m:g} 米内的设施", needs_en=needs_en)
        return entries, sum(1 for mine in ways if not mine)


def _meeting(roads: Shapes, within: float) -> Shapes:
    """Return roads in single parts, with a vertex wherever another road ends on them, and the gaps between."""
    parts = shapely.get_parts(roads)
    ends = np.concatenate([shapely.get_point(parts, 0), shapely.get_point(parts, -1)])
    end, road = as_rows(shapely.STRtree(parts).query(ends, predicate="dwithin", distance=within))
    other: Bools = end % len(parts) != road
    end, road = end[other], road[other]
    new = shapely.distance(ends[end], shapely.extract_unique_points(parts[road])) > 0.0
    end, road = end[new], road[new]
    gaps = []
    for number in as_list(np.unique(road)):
        line, tips = parts[number], ends[end[road == number]]
        vertices = shapely.points(shapely.get_coordinates(line))
        lengths = np.hypot(*np.diff(shapely.get_coordinates(line), axis=0).T)
        where = shapely.line_locate_point(line, tips)
        feet = shapely.line_interpolate_point(line, where)
        along = np.concatenate([[0.0], np.cumsum(lengths), where])
        parts[number] = shapely.LineString(np.concatenate([vertices, feet])[np.argsort(along, kind="stable")])
        gaps += [shapely.LineString(pair) for pair in zip(feet, tips, strict=True) if pair[0] != pair[1]]
    return np.concatenate([parts, np.array(gaps, dtype=object)])


def _short(pieces: Shapes) -> Shapes:
    """Return pieces of road cut where they are long: beside each the plane's scale is taken to be one."""
    long: Bools = shapely.length(pieces) > _SHORT_M
    if not long.any():
        return pieces
    cut = []
    for line in as_list(pieces[long]):
        ends = np.linspace(0.0, line.length, math.ceil(line.length / _SHORT_M) + 1).tolist()
        cut += [substring(line, low, high) for low, high in pairwise(ends)]
    return np.concatenate([pieces[~long], np.array(cut, dtype=object)])


def _thin(barrier: shapely.Geometry) -> bool:
    """Tell whether a barrier has lines, which have to be given a width before they can part anything."""
    return bool((shapely.get_dimensions(shapely.get_parts(barrier)) < 2).any())


def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return spans merged where they meet; empty ones are dropped."""
    result: list[tuple[float, float]] = []
    for low, high in sorted(span for span in spans if span[1] > span[0]):
        if result and low <= result[-1][1]:
            result[-1] = (result[-1][0], max(high, result[-1][1]))
        else:
            result.append((low, high))
    return result
