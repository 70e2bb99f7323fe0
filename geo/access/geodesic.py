"""True distances: the shortest geodesic between shapes, at any extent, across 180 degrees and at the poles.

Shapes are taken apart into short pieces of their edges. A stereographic plane centred on all of them, which is
conformal everywhere, finds the few pieces that can be the nearest: within the true distance already found, times
the largest scale there. Between those the geodesic itself is minimised along both edges as their CRS has them
straight (GeographicLib, good to some nanometres).

References
----------
Karney, Algorithms for geodesics, J. Geodesy 87 (2013).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer

from geo.access.edges import least_along, longest_edge, simple_parts
from geo.arrays import Bools, Floats, Ints, Shapes, as_list, as_rows, as_shapes
from geo.errors import ExtentTooLarge
from geo.measure import sound
from geo.measure.crs import base_crs, same_datum_transformer
from geo.measure.shift import Ways
from geo.parallel import row_blocks

PIECE_M, PIECE_DEG = 1_000.0, 0.01
SLACK_M = 0.1  # how far a piece may bend between its CRS, the plane and the geodesic: below 3 cm a kilometre
FAR_M, COARSE = 200_000.0, 20.0  # what is farther apart is looked for with longer pieces
WIDEST = np.radians(150.0)  # from the middle of the data: beyond, the plane's scale is above 15
EARTH_M = 6_371_000.0
APART = 20_000  # shapes taken apart at a time: all their pieces, and pairs of them, are held at once
_STEPS = (0.05, 0.01)  # half widths of the parabolas the minimum is looked for with, as shares of a piece


@dataclass(frozen=True)
class GeodesicPieces:
    """Pieces of edges, or points (both ends the same): ends in the CRS and in the plane, and whose they are."""

    begin: Floats
    end: Floats
    plane_begin: Floats
    plane_end: Floats
    owner: Ints

    @property
    def shapes(self) -> Shapes:
        """The pieces in the plane."""
        lines = as_shapes(shapely.linestrings(np.stack([self.plane_begin, self.plane_end], axis=1)))
        point: Bools = (self.begin == self.end).all(axis=1)
        lines[point] = shapely.points(self.plane_begin[point])
        return lines

    def __getitem__(self, rows: Ints) -> GeodesicPieces:
        return GeodesicPieces(
            self.begin[rows], self.end[rows], self.plane_begin[rows], self.plane_end[rows], self.owner[rows]
        )


@dataclass(frozen=True)
class GeodesicLinks:
    """Per shape: the nearest other, the true distance (m), and the ends of the geodesic (longitude, latitude)."""

    other: Ints
    distance_m: Floats
    begin: Floats
    end: Floats

    def put(self, rows: Ints, found: GeodesicLinks) -> None:
        """Put the links of some shapes in their rows."""
        self.other[rows], self.distance_m[rows] = found.other, found.distance_m
        self.begin[rows], self.end[rows] = found.begin, found.end


@dataclass(frozen=True)
class Globe:
    """One CRS's coordinates on the ellipsoid, and the plane that finds what is near.

    Parameters
    ----------
    crs
        Where edges are straight.
    middle
        Longitude and latitude of the plane's centre.
    """

    crs: CRS
    middle: tuple[float, float]
    geod: Geod
    plane: Transformer
    degrees: Transformer | Ways | None

    @classmethod
    def of(cls, crs: CRS, *arrays: Shapes) -> Globe:
        """Return the globe of some shapes of a CRS.

        Raises
        ------
        ExtentTooLarge
            They lie nearly all round the Earth, so that no plane holds them.
        """
        ellipsoid = base_crs(crs).ellipsoid
        if ellipsoid is None:
            raise ExtentTooLarge(found=crs.to_string())
        degrees = same_datum_transformer(crs, base_crs(crs)) if crs.is_projected else None
        blocks = [shapes[part] for shapes in arrays for part in row_blocks(len(shapes), size=APART)]
        nobody = np.zeros((3, 0))
        towards = np.concatenate([nobody, *(_towards(degrees, shapes) for shapes in blocks)], axis=1)
        if not np.isfinite(towards).all():
            raise ExtentTooLarge(found=crs.to_string())
        box: Floats = 0.5 * (towards.min(axis=1, initial=1.0) + towards.max(axis=1, initial=-1.0))
        size = float(np.linalg.norm(box))
        if size < 1e-9 or (towards.size and float((box @ towards).min()) / size < np.cos(WIDEST)):
            raise ExtentTooLarge(found=crs.to_string())
        x, y, z = as_list(box / size)
        middle = (float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arcsin(z))))
        a_m, b_m = float(ellipsoid.semi_major_metre), float(ellipsoid.semi_minor_metre or 0.0)
        plane = Transformer.from_pipeline(
            "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
            f"+step +proj=stere +lat_0={middle[1]!r} +lon_0={middle[0]!r} +k=1 +a={a_m!r} +b={b_m!r}"
        )
        return cls(crs, middle, Geod(a=a_m, b=b_m), plane, degrees)

    def lonlat(self, xy: Floats) -> Floats:
        """Return CRS coordinates as longitude and latitude, degrees."""
        return _degrees(self.degrees, xy)

    def flat(self, xy: Floats) -> Floats:
        """Return CRS coordinates in the plane."""
        lonlat = self.lonlat(xy)
        return np.column_stack(self.plane.transform(lonlat[:, 0], lonlat[:, 1]))

    def unflat(self, flat: Floats) -> Floats:
        """Return places in the plane as longitude and latitude; a pole, which PROJ finds no longitude of, as 0."""
        lonlat = np.column_stack(self.plane.transform(flat[:, 0], flat[:, 1], direction="INVERSE"))
        for latitude in (90.0, -90.0) if not np.isfinite(lonlat).all() else ():
            pole = np.column_stack(self.plane.transform([0.0], [latitude]))
            at_pole: Bools = np.hypot(*(flat - pole).T) < SLACK_M
            lonlat[at_pole & ~np.isfinite(lonlat).all(axis=1)] = 0.0, latitude
        return lonlat

    def flattened(self, shapes: Shapes, *, coarse: float = 1.0) -> Shapes:
        """Return shapes in the plane, split so that no edge bends there by more than the slack x coarse^2."""
        result: Shapes = shapely.transform(sound.split_edges(shapes, coarse * _step(self.crs)), self.flat)
        return result

    def pieces(self, shapes: Shapes, *, coarse: float = 1.0) -> GeodesicPieces:
        """Take shapes apart; pieces are ``coarse`` times as long as usual."""
        parts, owner = simple_parts(shapes)
        parts = sound.split_edges(parts, coarse * _step(self.crs))
        xy, part = shapely.get_coordinates(parts, return_index=True)
        flat = self.flat(xy)
        joined = np.flatnonzero(part[1:] == part[:-1])
        alone = np.flatnonzero(shapely.get_type_id(parts)[part] == 0)
        begin, end = np.concatenate([joined, alone]), np.concatenate([joined + 1, alone])
        return GeodesicPieces(xy[begin], xy[end], flat[begin], flat[end], owner[part[begin]])

    def scale(self, flat: Floats, *, within_m: Floats | float = 0.0) -> Floats:
        """Return no less than the largest scale of the plane within a true distance of points of it."""
        away = 2.0 * np.arctan(np.hypot(flat[:, 0], flat[:, 1]) / (2.0 * EARTH_M)) * 1.01
        away = np.minimum(away + np.asarray(within_m) / EARTH_M * 1.01, np.radians(179.0))
        scale: Floats = (1.0 + 0.01 * away * away) / np.cos(0.5 * away) ** 2
        return scale

    def distance_m(self, one: Floats, other: Floats) -> Floats:
        """Return the geodesic distances between points in longitude and latitude, m."""
        distance: Floats = np.asarray(
            self.geod.inv(one[:, 0], one[:, 1], other[:, 0], other[:, 1])[2], dtype=float
        )
        return distance

    def shortest(self, one: GeodesicPieces, other: GeodesicPieces) -> tuple[Floats, Floats, Floats]:
        """Return the true distance between pairs of pieces (m), and where it begins and ends, in degrees."""
        s, t = _feet(one, other)
        free_s, free_t = (one.begin != one.end).any(axis=1), (other.begin != other.end).any(axis=1)

        def at(pieces: GeodesicPieces, share: Floats) -> Floats:
            return self.lonlat(pieces.begin + share[:, None] * (pieces.end - pieces.begin))

        def from_one(begin: Floats, share: Floats) -> Floats:
            return self.distance_m(begin, at(other, share))

        def from_other(end: Floats, share: Floats) -> Floats:
            return self.distance_m(at(one, share), end)

        for step in _STEPS:
            t = least_along(partial(from_one, at(one, s)), t, free_t, step)
            s = least_along(partial(from_other, at(other, t)), s, free_s, step)
        begin, end = at(one, s), at(other, t)
        return self.distance_m(begin, end), begin, end


def nearest_links(crs: CRS, mine: Shapes, theirs: Shapes) -> GeodesicLinks:
    """Return for every shape the nearest other shape of the same CRS, by geodesic distance.

    Shapes that meet are 0 m apart. Equally near ones: the first.

    Raises
    ------
    ExtentTooLarge
        The shapes lie nearly all round the Earth.
    """
    globe = Globe.of(crs, mine, theirs)
    count = len(mine)
    links = GeodesicLinks(
        np.zeros(count, dtype=np.int64), np.full(count, np.inf), np.zeros((count, 2)), np.zeros((count, 2))
    )
    row, met = as_rows(shapely.STRtree(theirs).query(mine, predicate="intersects"))
    order = np.lexsort([met, row])
    meeting, first = np.unique(row[order], return_index=True)
    if len(meeting):
        other = met[order][first]
        lines = shapely.shortest_line(mine[meeting], theirs[other])
        at = globe.lonlat(shapely.get_coordinates(shapely.get_point(lines, 0)))
        links.put(meeting, GeodesicLinks(other, np.zeros(len(meeting)), at, at))
    apart = np.flatnonzero(np.isinf(links.distance_m))
    size = max(APART, int(shapely.get_num_coordinates(theirs).sum()))  # theirs are taken apart for each block
    for part in row_blocks(len(apart), size=size):
        links.put(apart[part], _apart(globe, mine[apart[part]], theirs))
    return links


def _apart(globe: Globe, mine: Shapes, theirs: Shapes) -> GeodesicLinks:
    if max(longest_edge(mine), longest_edge(theirs)) <= _step(globe.crs):  # no piece can be longer than usual
        return looked_for(globe, mine, theirs)
    most = _at_most(globe, mine, shapely.STRtree(globe.pieces(theirs, coarse=COARSE).shapes), coarse=COARSE)
    near, far = np.flatnonzero(most < FAR_M), np.flatnonzero(~(most < FAR_M))
    none = np.zeros((len(mine), 2))
    found = GeodesicLinks(np.zeros(len(mine), dtype=np.int64), most.copy(), none, none.copy())
    if len(far):
        found.put(far, looked_for(globe, mine[far], theirs, coarse=COARSE, most=most[far]))
        near = np.concatenate([near, far[found.distance_m[far] < FAR_M]])
    if len(near):
        found.put(near, looked_for(globe, mine[near], theirs))
    return found


def _at_most(globe: Globe, mine: Shapes, there: shapely.STRtree, *, coarse: float) -> Floats:
    """Return what the distance of each shape from the nearest piece there does not exceed, m."""
    here = globe.flattened(mine, coarse=coarse)
    row, near = as_rows(there.query_nearest(here, all_matches=False))
    link = shapely.shortest_line(here, there.geometries[near[np.argsort(row, kind="stable")]])
    ends = [shapely.get_coordinates(shapely.get_point(link, i)) for i in (0, -1)]
    most: Floats = globe.distance_m(*(globe.unflat(xy) for xy in ends)) + 2.0 * SLACK_M * coarse * coarse
    return most


def looked_for(
    globe: Globe, mine: Shapes, theirs: Shapes, *, coarse: float = 1.0, most: Floats | None = None
) -> GeodesicLinks:
    """Return the links of shapes that do not meet.

    Parameters
    ----------
    globe
        Of both.
    mine, theirs
        n and m shapes of its CRS.
    coarse
        How many times as long as usual the pieces are that shapes are taken apart into.
    most
        Distances the nearest is known not to exceed, m.
    """
    there, pieces = globe.pieces(theirs, coarse=coarse), globe.pieces(mine, coarse=coarse)
    slack = SLACK_M * coarse * coarse
    tree = shapely.STRtree(there.shapes)
    most = _at_most(globe, mine, tree, coarse=coarse) if most is None else most + 2.0 * slack
    reach = most[pieces.owner] * globe.scale(outer_ends(pieces), within_m=most[pieces.owner])
    reach += 2.0 * slack * globe.scale(outer_ends(pieces))
    one, other = as_rows(tree.query(pieces.shapes, predicate="dwithin", distance=reach))
    distance, begin, end = globe.shortest(pieces[one], there[other])
    owner, theirs_row = pieces.owner[one], there.owner[other]
    order = np.lexsort([theirs_row, np.round(distance, 9), owner])
    best = order[np.unique(owner[order], return_index=True)[1]]
    return GeodesicLinks(theirs_row[best], distance[best], begin[best], end[best])


def points_within(crs: CRS, points: Shapes, places: Shapes, radius_m: Floats) -> Bools:
    """Tell which points lie within the radius of any place (its own), by geodesic distance.

    Parameters
    ----------
    crs
        Of all the shapes.
    points
        n points.
    places
        m shapes of any kind.
    radius_m
        Of each place, (m,), m.

    Raises
    ------
    ExtentTooLarge
        The shapes lie nearly all round the Earth.
    """
    reached = np.zeros(len(points), dtype=bool)
    if not (len(points) and len(places)):
        return reached
    globe = Globe.of(crs, points, places)
    flat, grounds = globe.flattened(points), globe.flattened(places)
    largest, least = _scales(globe, grounds, radius_m)
    within = (radius_m + SLACK_M) * largest + SLACK_M
    place, point = as_rows(shapely.STRtree(flat).query(grounds, predicate="dwithin", distance=within))
    apart = shapely.distance(grounds[place], flat[point])
    sure = apart <= np.maximum(radius_m - 2.0 * SLACK_M, 0.0)[place] * least[place]
    reached[point[sure]] = True
    unsure = np.flatnonzero(~sure & ~reached[point])
    if len(unsure):
        distance = pair_distances_m(globe, points[point[unsure]], places[place[unsure]])
        reached[point[unsure[distance <= radius_m[place[unsure]]]]] = True
    return reached


def _scales(globe: Globe, grounds: Shapes, radius_m: Floats) -> tuple[Floats, Floats]:
    """Return bounds of the plane's scale within a distance of shapes: no less than the largest, than 1 no more."""
    xy, row = shapely.get_coordinates(grounds, return_index=True)
    away = np.hypot(xy[:, 0], xy[:, 1])
    far = np.zeros(len(grounds))
    np.maximum.at(far, row, away)
    return globe.scale(np.column_stack([far, np.zeros(len(far))]), within_m=radius_m), np.ones(len(grounds))


def pair_distances_m(globe: Globe, mine: Shapes, theirs: Shapes) -> Floats:
    """Return the true distance of each shape from its partner, m."""
    distance = np.zeros(len(mine))
    apart = np.flatnonzero(~shapely.intersects(mine, theirs))
    one, other = globe.pieces(mine[apart]), globe.pieces(theirs[apart])
    begins, counts = _runs(other.owner, len(apart))
    many = counts[one.owner]
    left = np.repeat(np.arange(len(one.owner)), many)
    place = np.arange(len(left)) - np.repeat(np.cumsum(many) - many, many)
    order = np.argsort(other.owner, kind="stable")
    right = order[np.repeat(begins[one.owner], many) + place]
    flat = shapely.distance(one.shapes[left], other.shapes[right])
    owner = one.owner[left]
    scale = globe.scale(outer_ends(one))[left]
    upper = np.full(len(apart), np.inf)
    np.minimum.at(upper, owner, flat)
    reach = globe.scale(outer_ends(one), within_m=upper[one.owner])[left]
    keep = flat <= (upper[owner] + 2.0 * SLACK_M) * np.maximum(reach, scale) + 2.0 * SLACK_M
    found, _, _ = globe.shortest(one[left[keep]], other[right[keep]])
    least = np.full(len(apart), np.inf)
    np.minimum.at(least, owner[keep], found)
    distance[apart] = least
    return distance


def _runs(owner: Ints, count: int) -> tuple[Ints, Ints]:
    """Return where each owner's rows begin once sorted, and how many there are."""
    counts = np.bincount(owner, minlength=count).astype(np.int64)
    return np.cumsum(counts) - counts, counts


def outer_ends(pieces: GeodesicPieces) -> Floats:
    """Return the end of each piece that lies farther from the plane's centre."""
    far = np.hypot(*pieces.plane_end.T) > np.hypot(*pieces.plane_begin.T)
    return np.where(far[:, None], pieces.plane_end, pieces.plane_begin)


def _degrees(transformer: Transformer | Ways | None, xy: Floats) -> Floats:
    return xy if transformer is None else np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))


def _towards(degrees: Transformer | Ways | None, shapes: Shapes) -> Floats:
    """Return the directions of shapes' vertices from the middle of the Earth, (3, n); not finite if it is not."""
    lon, lat = as_rows(np.radians(_degrees(degrees, shapely.get_coordinates(shapes))).T)
    with np.errstate(invalid="ignore"):
        return np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _step(crs: CRS) -> float:
    return PIECE_DEG if crs.is_geographic else PIECE_M


def _feet(one: GeodesicPieces, other: GeodesicPieces) -> tuple[Floats, Floats]:
    """Return how far along both pieces of pairs their nearest points lie in the plane, as shares."""

    def foot(point: Floats, begin: Floats, end: Floats) -> tuple[Floats, Floats]:
        step = end - begin
        square: Floats = (step * step).sum(axis=1)
        share = np.clip(((point - begin) * step).sum(axis=1) / np.where(square > 0.0, square, 1.0), 0.0, 1.0)
        return share, np.hypot(*(begin + share[:, None] * step - point).T)

    zero, unit = np.zeros(len(one.owner)), np.ones(len(one.owner))
    a, b, c, d = one.plane_begin, one.plane_end, other.plane_begin, other.plane_end
    trials = [(zero, *foot(a, c, d)), (unit, *foot(b, c, d))]
    s = np.stack([zero, unit, (first := foot(c, a, b))[0], (second := foot(d, a, b))[0]])
    t = np.stack([trials[0][1], trials[1][1], zero, unit])
    apart = np.stack([trials[0][2], trials[1][2], first[1], second[1]])
    best: Ints = np.argmin(apart, axis=0)
    rows = np.arange(len(best))
    return s[best, rows], t[best, rows]
