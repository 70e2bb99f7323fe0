"""Which features touch, or lie within a distance of, those of another layer, and how long edges run together."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.access.geodesic import SLACK_M, Globe, outer_ends
from geo.access.service import LARGEST_RADIUS_M, checked_distance_m
from geo.arrays import Floats, Ints, Shapes, as_rows, as_shapes
from geo.measure.area import shape_lengths_m
from geo.measure.crs import Bench
from geo.measure.seam import SEAM, take_outlines
from geo.measure.validity import usable_report
from geo.parallel import row_blocks
from geo.result import Result, repairs_of, text_labels
from geo.text import Text

TOUCH_M = 0.01  # stored coordinates are no surer: what is nearer touches, and edges that are nearer run together
_PARALLEL = 0.2  # edges whose distance changes faster than this cross and do not run together
_DEGREE_M, _ON_SEAM = 111_320.0, 1e-7  # degrees: a centimetre
_BLOCK = 20_000


@dataclass(frozen=True, kw_only=True)
class Adjacency(Result):
    """Pairs of features that touch or lie within a distance of one another.

    Attributes
    ----------
    table
        One row a pair: feature, reference, distance_m (0 where they touch), shared_m (how long their edges run
        together, on the ellipsoid).
    shared_once
        By feature of the first layer: how much of its edge runs along any of the others, each stretch once (m).
    together_m
        Of all features; where both layers are the same, a stretch between two of them once.
    """

    table: pd.DataFrame
    shared_once: pd.Series
    together_m: float
    within_m: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row a pair."""
        return self.table


@dataclass(frozen=True)
class _Edges:
    """Straight pieces of lines and outlines on the bench, and whose they are."""

    begin: Floats
    end: Floats
    owner: Ints

    @classmethod
    def of(cls, shapes: Shapes) -> _Edges:
        lines, owner = shapely.get_parts(_linework(shapes), return_index=True)
        xy, line = shapely.get_coordinates(lines, return_index=True)
        joined = np.flatnonzero((line[1:] == line[:-1]) & (xy[1:] != xy[:-1]).any(axis=1))
        return cls(xy[joined], xy[joined + 1], owner[line[joined]])

    def also_across(self) -> _Edges:
        """Return the edges, and those on the seam once more as they are seen from its other side."""
        near = np.flatnonzero((np.abs(np.abs([self.begin[:, 0], self.end[:, 0]]) - SEAM) < _ON_SEAM).all(axis=0))
        begin, end = (one[near] - np.sign(one[near]) * [2.0 * SEAM, 0.0] for one in (self.begin, self.end))
        return _Edges(
            np.concatenate([self.begin, begin]),
            np.concatenate([self.end, end]),
            np.concatenate([self.owner, self.owner[near]]),
        )

    @property
    def shapes(self) -> Shapes:
        return as_shapes(shapely.linestrings(np.stack([self.begin, self.end], axis=1)))


def find_adjacency(
    features: gpd.GeoDataFrame,
    reference: gpd.GeoDataFrame,
    *,
    within_m: float = 0.0,
    feature_field: str | None = None,
    reference_field: str | None = None,
    apart: bool = False,
) -> Adjacency:
    """Return which features touch, or lie within a distance of, features of another layer.

    What is nearer than a centimetre touches: stored coordinates are no surer than that.

    Parameters
    ----------
    features, reference
        n and m rows of any kind, in any CRS that may be measured in.
    feature_field, reference_field
        Fields of the names rows are told by; the index when None.
    within_m
        How far apart they may be (geodesic distance); 0: they touch.
    apart
        Whether features of one label are no pair: both layers are the same.

    Raises
    ------
    BadDistance, EmptyLayer, BadGeometry, MissingCRS, RefusedCRS, RefusedDatum, NoSuchField, ExtentTooLarge

    Examples
    --------
    >>> plots = gpd.GeoDataFrame({"id": ["a", "b"]}, crs=4549, geometry=[
    ...     shapely.box(5e5, 35e5, 5e5 + 30, 35e5 + 40), shapely.box(5e5 + 30, 35e5 + 10, 5e5 + 90, 35e5 + 90)])
    >>> found = find_adjacency(plots, plots, feature_field="id", reference_field="id", apart=True).table
    >>> found.feature.tolist(), found.shared_m.round(2).tolist()
    (['a', 'b'], [30.0, 30.0])
    """
    limit = max(TOUCH_M, 0.0 if within_m == 0 else checked_distance_m(within_m, limit_m=LARGEST_RADIUS_M))
    left, right = (
        usable_report(one, where=where, kind="any")
        for one, where in ((features, "features"), (reference, "reference"))
    )
    bench = Bench.of(left.frame, where="features")
    mine, theirs = left.on(bench), right.on(bench)
    names = text_labels(left.frame, feature_field, where="features")
    known = text_labels(right.frame, reference_field, where="reference")
    row, other, distance = pairs_within(bench.crs, mine, theirs, limit)
    if apart:
        kept = np.array([names[i] != known[j] for i, j in zip(row, other, strict=True)], dtype=bool)
        row, other, distance = row[kept], other[kept], distance[kept]
    distance = np.where(distance <= TOUCH_M, 0.0, distance)
    touching = np.flatnonzero(distance == 0.0)
    shared = np.zeros(len(row))
    shared[touching], once = _side_by_side(bench.crs, mine, theirs, row[touching], other[touching])
    together = once
    if apart:  # of two features that stand in both layers the stretch is the earlier one's
        first = {name: at for at, name in reversed(list(enumerate(names)))}
        known_rows = [first.get(known[j], -1) for j in other[touching].tolist()]
        own = {known[j] for j in range(len(known))}
        ahead = [
            at < 0 or i < at or names[i] not in own
            for i, at in zip(row[touching].tolist(), known_rows, strict=True)
        ]
        kept_rows = touching[np.array(ahead, dtype=bool)]
        _, together = _side_by_side(bench.crs, mine, theirs, row[kept_rows], other[kept_rows])
    table = pd.DataFrame(
        {
            "feature": [names[i] for i in row.tolist()],
            "reference": [known[j] for j in other.tolist()],
            "distance_m": distance,
            "shared_m": shared,
        }
    )
    return Adjacency(
        method=_method(within_m),
        repairs=repairs_of(left, right),
        table=table,
        shared_once=pd.Series({names[i]: metres for i, metres in once.items()}, dtype=float),
        together_m=float(sum(together.values())),
        within_m=float(within_m),
    )


def pairs_within(crs: CRS, mine: Shapes, theirs: Shapes, limit_m: float) -> tuple[Ints, Ints, Floats]:
    """Return the pairs of two arrays that are at most so far apart, in order, and their geodesic distance (m).

    Parameters
    ----------
    crs
        Of all the shapes.
    mine, theirs
        n and m shapes of any kind.
    limit_m
        How far apart a pair may be, m.

    Raises
    ------
    ExtentTooLarge
        The shapes lie nearly all round the Earth.
    """
    globe = Globe.of(crs, mine, theirs)
    met = shapely.STRtree(theirs).query(mine, predicate="intersects")
    there, pieces = globe.pieces(theirs), globe.pieces(mine)
    tree = shapely.STRtree(there.shapes)
    found = [met[0] * len(theirs) + met[1]]
    far = [np.zeros(met.shape[1])]
    for part in row_blocks(len(pieces.owner), size=_BLOCK):
        some = pieces[np.arange(part.start, part.stop)]
        reach = limit_m * globe.scale(outer_ends(some), within_m=limit_m)
        reach += 2.0 * SLACK_M * globe.scale(outer_ends(some))
        one, other = as_rows(tree.query(some.shapes, predicate="dwithin", distance=reach))
        pair = some.owner[one] * len(theirs) + there.owner[other]
        open_ = np.flatnonzero(~np.isin(pair, found[0]))
        metres, _, _ = globe.shortest(some[one[open_]], there[other[open_]])
        found.append(pair[open_][metres <= limit_m])
        far.append(metres[metres <= limit_m])
    pair, distance = np.concatenate(found), np.concatenate(far)
    order = np.lexsort([distance, pair])
    pair, distance = pair[order], distance[order]
    first = np.flatnonzero(np.diff(pair, prepend=-1))
    return pair[first] // len(theirs), pair[first] % len(theirs), distance[first]


def _linework(shapes: Shapes) -> Shapes:
    """Return the outlines of polygons and the lines of lines; points have none."""
    lines = take_outlines(shapes)
    kinds = shapely.get_dimensions(shapes)
    lines[kinds < 1] = shapely.linestrings(np.zeros((0, 2)))
    return lines


def _side_by_side(
    crs: CRS, mine: Shapes, theirs: Shapes, row: Ints, other: Ints
) -> tuple[Floats, dict[int, float]]:
    """Return how long the edges of pairs run together, and by feature of mine how long its edge does in all."""
    if not len(row):
        return np.zeros(0), {}
    wanted, rows = np.unique(row, return_inverse=True)
    others, at = np.unique(other, return_inverse=True)
    one, two = _Edges.of(mine[wanted]), _Edges.of(theirs[others])
    if crs.is_geographic:
        two = two.also_across()
    pair_of = {key: number for number, key in enumerate(zip(rows.tolist(), at.tolist(), strict=True))}
    left, right, low, high = _together(crs, one, two)
    pairs = [pair_of.get(key, -1) for key in zip(one.owner[left].tolist(), two.owner[right].tolist(), strict=True)]
    kept = np.flatnonzero(np.array(pairs, dtype=np.int64) >= 0)
    left, low, high = left[kept], low[kept], high[kept]
    pair = np.array(pairs, dtype=np.int64)[kept]
    shared = _lengths(crs, one, pair, left, (low, high), count=len(row))
    once = _lengths(crs, one, one.owner[left], left, (low, high), count=len(wanted))
    return shared, {int(wanted[i]): metres for i, metres in enumerate(once.tolist()) if metres > 0.0}


def _together(crs: CRS, one: _Edges, two: _Edges) -> tuple[Ints, Ints, Floats, Floats]:
    """Return edges that run together, and from where to where along the first (shares of it)."""
    reach = TOUCH_M * 1.01
    if crs.is_geographic:
        furthest = float(np.abs(one.begin[:, 1]).max()) if len(one.owner) else 0.0
        reach = reach / (_DEGREE_M * np.cos(np.radians(min(furthest, 89.9))))
    left, right = as_rows(shapely.STRtree(two.shapes).query(one.shapes, predicate="dwithin", distance=reach))
    metres = np.ones((len(left), 2))
    if crs.is_geographic:
        metres = _DEGREE_M * np.column_stack([np.cos(np.radians(one.begin[left, 1])), np.ones(len(left))])
    along = (one.end[left] - one.begin[left]) * metres
    square: Floats = (along * along).sum(axis=1)
    ends = [(xy[right] - one.begin[left]) * metres for xy in (two.begin, two.end)]
    share = [(end * along).sum(axis=1) / square for end in ends]
    off = [(end[:, 1] * along[:, 0] - end[:, 0] * along[:, 1]) / np.sqrt(square) for end in ends]
    low, high = np.maximum(0.0, np.minimum(*share)), np.minimum(1.0, np.maximum(*share))
    span = np.where(share[1] == share[0], 1.0, share[1] - share[0])
    slope = (off[1] - off[0]) / span
    at_ends = np.stack([off[0] + slope * (end - share[0]) for end in (low, high)])
    runs = (high > low) & (np.abs(at_ends) <= TOUCH_M).all(axis=0)
    runs &= np.abs(slope) <= _PARALLEL * np.sqrt(square)
    return left[runs], right[runs], low[runs], high[runs]


def _lengths(crs: CRS, edges: _Edges, key: Ints, edge: Ints, ends: tuple[Floats, Floats], *, count: int) -> Floats:
    """Return by key the length of stretches of edges, what several cover once (m)."""
    low, high = ends
    order = np.lexsort([low, edge, key])
    key, edge, low, high = key[order], edge[order], low[order], high[order]
    group = np.cumsum((np.diff(key, prepend=-1) != 0) | (np.diff(edge, prepend=-1) != 0))
    furthest = np.maximum.accumulate(high + 2.0 * group)  # shares are at most 1: groups stay apart
    first = np.flatnonzero(np.r_[True, low[1:] + 2.0 * group[1:] > furthest[:-1]][: len(low)])
    if not len(first):
        return np.zeros(count)
    until, along = np.maximum.reduceat(high, first), (edges.end - edges.begin)[edge[first]]
    begin = edges.begin[edge[first]] + low[first][:, None] * along
    end = edges.begin[edge[first]] + until[:, None] * along
    lines = as_shapes(shapely.linestrings(np.stack([begin, end], axis=1)))
    total: Floats = np.bincount(key[first], weights=shape_lengths_m(lines, crs), minlength=count).astype(float)
    return total


def _method(within_m: float) -> Text:
    zh, en = "相接：相距不超过 1 厘米", "Touching: no more than a centimetre apart"
    if within_m:
        zh = f"相距不超过 {within_m:g} 米（测地线距离）；{zh}"
        en = f"No more than {within_m:g} m apart (geodesic); {en[0].lower()}{en[1:]}"
    return Text(
        f"{zh}；共用边长为两者边线重合部分的椭球长度。",
        f"{en}. The shared length is that of the edges which run together, on the ellipsoid.",
    )
