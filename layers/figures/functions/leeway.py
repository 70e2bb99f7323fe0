"""What may lie on either side of a border: between what the rows of zones lie when positions are off.

A feature moved by as much as it and the zone may be off together has no less in a zone than what lies in the zone
made smaller by that distance, and no more than what lies in the zone made larger by it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely

from geo.arrays import Floats, Ints, Shapes
from geo.measure import sound
from geo.measure.crs import shapes_of
from geo.measure.facts import shape_boxes
from geo.measure.stored_shapes import BLOCK
from geo.parallel import row_blocks
from geo.text import Text
from layers.figures.figure import Column
from layers.figures.inputs import Gathered, Role
from layers.figures.positions import moved_alike, offs_m, worst_m
from layers.figures.verification.second import common_plane
from layers.figures.verification.sql import Plane
from layers.messages import say

OUTSIDE_ALL = ""  # stands for the zone of what lies in none
_MOST_CORNERS = 400  # of a piece of a strip: what is larger is quartered before parcels are cut by it
_POINT, _LINE = 0, 1
_NOTHING = 1e-6  # of an amount: shares on the plane and on the ellipsoid differ by less
_STRAIGHT_M = 0.001  # what a corner must be off the line of its neighbours to be one
_FEW = BLOCK  # features that are brought to a plane wherever they lie, at once
_NO_SEAM, _NO_POLE = 179.0, 75.0  # degrees: beyond, all are brought
_STEP_M, _MORE = 50.0, 1.01  # steps along a border, and by how much more to look about them: they are chords
_METRES = 110_000.0  # of a degree of latitude, at least
_BEND = 0.05  # of a box's extent squared, degrees: what edges straight in a plane go beyond it, at most
_NONE, _NO_BOXES = np.zeros(0, dtype=np.int64), np.zeros((0, 4))


@dataclass(frozen=True)
class Leeway:
    """By how much the shares of features in zones may be less or more than what the map shows.

    Attributes
    ----------
    by_zone
        Zone -> feature -> (less, more), of features that lie nearer to its border than positions are sure.
    metres
        How far a feature and a zone may be off together, at most.
    unsaid
        How many features are placed roughly and nobody says how far off: they are taken where they are drawn.
    within
        Feature -> (less, more) of its share in all zones together.
    """

    by_zone: Mapping[str, Mapping[str, tuple[float, float]]]
    metres: float = 0.0
    unsaid: int = 0
    within: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is undecided."""
        return bool(self.by_zone)

    def between(self, zone: str, amount: float, weights: Mapping[str, float]) -> dict[str, float]:
        """Return the cells ``least`` and ``most`` of a row.

        Parameters
        ----------
        zone
            Whose row it is.
        amount
            What the row says.
        weights
            What each feature of the row adds where all of it lies in the zone; others add nothing.

        Examples
        --------
        >>> Leeway({"a": {"f": (0.25, 0.5)}}).between("a", 3.0, {"f": 1.0})
        {'least': 2.75, 'most': 3.5}
        """
        return _swing_cells(amount, self.by_zone.get(zone, {}), weights)

    def in_all(self, amount: float, weights: Mapping[str, float]) -> dict[str, float]:
        """Return the cells ``least`` and ``most`` of all zones together, each feature once; as `between`."""
        return _swing_cells(amount, self.within, weights)

    def near(self, zone: str, features: Collection[str]) -> bool:
        """Whether any of some features is undecided at a zone's border."""
        return not self.by_zone.get(zone, {}).keys().isdisjoint(features)

    def notes(self, items: Role) -> tuple[Text, ...]:
        """Say how many features are undecided, and of how many nobody says how far off they are."""
        out = []
        count = len({feature for mine in self.by_zone.values() for feature in mine})
        if count:
            out.append(say("undecided_zones", label=items.use.label, count=count, metres=f"{self.metres:g}"))
        if self.unsaid:
            out.append(say("unsaid_zones", label=items.use.label, count=self.unsaid))
        return tuple(out)


NOTHING_OPEN = Leeway({})


def _swing_cells(
    amount: float, swings: Mapping[str, tuple[float, float]], weights: Mapping[str, float]
) -> dict[str, float]:
    least = most = amount
    for feature, (less, more) in swings.items():
        weight = weights.get(feature, 0.0)
        least -= weight * less if weight > 0 else -weight * more
        most += weight * more if weight > 0 else -weight * less
    nothing = _NOTHING * max(abs(one) for one in (amount, least, most))  # where shares cancel, not all of it does
    return {
        end: 0.0 if abs(there) <= nothing else round(there, 9)  # shares of shapes are good to that
        for end, there in (("least", least), ("most", most))
    }


def span_within(cells: Mapping[str, float]) -> tuple[float, float] | None:
    """Return the ends of a row as a span; None where it has none, or they are one.

    Parameters
    ----------
    cells
        What `Leeway.in_all` gives, or nothing.
    """
    if not cells or cells["least"] == cells["most"]:
        return None
    return cells["least"], cells["most"]


def between_columns(leeway: object, unit: str, decimals: int) -> tuple[Column, ...]:
    """Return the columns that tell between what rows lie; none where nothing is undecided."""
    if not leeway:
        return ()
    return (
        Column("least", say("column_least"), unit, decimals),
        Column("most", say("column_most"), unit, decimals),
    )


def leeway_of(items: Role, zones: Role) -> Leeway:
    """Return by how much the shares of features in zones may differ from what the map shows.

    Parameters
    ----------
    items
        Features of any kinds.
    zones
        Polygons; of a drawn one nothing is asked of what lies outside.
    """
    alike = moved_alike(items, zones)
    told = offs_m(items, alike=alike)
    off, border = np.nan_to_num(told), np.nan_to_num(offs_m(zones, alike=alike))
    unsaid = int(np.isnan(told).sum())
    if not len(off) or not len(border) or not (off.any() or border.any()):
        return Leeway({}, unsaid=unsaid)
    rows, shapes, areas = _brought(items, zones, float(off.max() + border.max()))
    names = [str(key) for key in items.frame.index[rows]]
    keys, worst, off = [str(key) for key in zones.frame.index], off.max(), off[rows]
    tree = shapely.STRtree(shapes)
    out: dict[str, dict[str, tuple[float, float]]] = {}
    for at, key in enumerate(keys):
        found = _swung(tree, off + border[at], areas[at])
        if found:
            mine = out.setdefault(key, {})  # zones may share a name
            mine.update({names[one]: swing for one, swing in found.items()})
    around = _swung(tree, off + border.max(), sound.union(areas))
    within = {names[one]: swing for one, swing in around.items()}
    if zones.layer is not None and within:
        out[OUTSIDE_ALL] = {one: (more, less) for one, (less, more) in within.items()}
    return Leeway(out, float(worst + border.max()), unsaid, within)


def _swung(
    tree: shapely.STRtree,
    off: Floats,
    area: Any,  # noqa: ANN401 - a polygon
) -> dict[int, tuple[float, float]]:
    """Return by how much the shares of shapes near a polygon's border may be less or more in it, by number."""
    border, shapes = shapely.boundary(area), tree.geometries
    shapely.prepare([border, area])
    most = float(off.max(initial=0.0))
    near = np.sort(tree.query(border, predicate="dwithin", distance=most))
    near = near[off[near] > 0]
    out: dict[int, tuple[float, float]] = {}
    for metres in np.unique(off[near]).tolist():
        rows = near[off[near] == metres]
        if metres < most:
            rows = rows[shapely.dwithin(border, shapes[rows], metres)]
        here = _shares(shapes[rows], area)
        less = here - _shares(shapes[rows], _grown(area, -metres))
        more = _shares(shapes[rows], _grown(area, metres)) - here
        point = shapely.get_dimensions(shapes[rows]) == _POINT  # on either side of the border for certain
        less, more = np.where(point, here, less), np.where(point, 1.0 - here, more)
        swings = zip(np.maximum(less, 0.0).tolist(), np.maximum(more, 0.0).tolist(), strict=True)
        out.update(zip(rows.tolist(), swings, strict=True))
    return out


def _brought(items: Role, zones: Role, reach: float) -> tuple[Ints, Shapes, Shapes]:
    """Return features and zones on one plane, zones without the corners that only follow an edge's curve there.

    Of very many features only those are brought that may lie within ``reach`` metres of a border: which ones, and
    their shapes.
    """
    box = shape_boxes(shapes_of(items.frame)) if len(items.frame) > _FEW else _NO_BOXES
    sides = np.concatenate([box, shape_boxes(shapes_of(zones.frame))])
    all_of_them = not len(box) or np.abs(sides[:, ::2]).max() > _NO_SEAM or np.abs(sides[:, 1::2]).max() > _NO_POLE
    frame = items.frame
    if not all_of_them:  # those that lie farthest out give the plane that all of them give
        frame = frame.iloc[np.unique([*box[:, :2].argmin(axis=0), *box[:, 2:].argmax(axis=0)])]
    asked = {"items": replace(items, frame=frame), "zones": zones}
    plane = common_plane(Gathered(asked, (), {}), "items", "zones")
    whole = np.asarray(plane.bring(zones.frame, finely=False), dtype=object)
    areas = np.asarray(shapely.simplify(whole, _STRAIGHT_M), dtype=object)
    rows = np.arange(len(items.frame))
    if not all_of_them:
        rows = _near_borders(box, _in_degrees(shapely.segmentize(areas, max(reach, _STEP_M)), plane), reach)
        frame = items.frame.iloc[rows]
    parts = row_blocks(len(frame), size=BLOCK)
    shapes = np.asarray(
        [one for part in parts for one in plane.bring(frame.iloc[part], finely=False)], dtype=object
    )
    return rows, shapes, areas


def _in_degrees(areas: Shapes, plane: Plane) -> Shapes:
    back = plane.to_lonlat
    return np.asarray(shapely.transform(areas, lambda xy: np.column_stack(back.transform(*xy.T))), dtype=object)


def _near_borders(box: Floats, areas: Shapes, reach: float) -> Ints:
    """Return which boxes, in degrees, may lie within some metres of the border of an area."""
    xy, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(areas)), return_index=True)
    step = np.flatnonzero(ring[1:] == ring[:-1])
    ends = np.stack([xy[step], xy[step + 1]])
    north = (_MORE * reach + 1.0) / _METRES
    east = north / np.cos(np.radians(np.abs(ends[:, :, 1]).max(initial=0.0) + north))
    around = np.array([east, north])
    low, high = ends.min(axis=0) - around, ends.max(axis=0) + around
    tree = shapely.STRtree(shapely.box(*low.T, *high.T))
    near = np.zeros(len(box), dtype=bool)
    for part in row_blocks(len(box), size=BLOCK):
        west, south, right, top = box[part].T
        bend = _BEND * ((right - west) ** 2 + (top - south) ** 2)  # of edges that are straight elsewhere
        boxes = shapely.box(west - bend, south - bend, right + bend, top + bend)
        near[part.start + tree.query(boxes)[0]] = True
    return np.flatnonzero(near)


def _grown(area: Any, metres: float) -> Any:  # noqa: ANN401 - polygons
    grown = area.buffer(metres)
    shapely.prepare(grown)
    return grown


def _shares(shapes: Shapes, area: Any) -> Floats:  # noqa: ANN401 - a polygon
    """Return which share of each shape lies in a polygon; of points, whether they do."""
    kinds = shapely.get_dimensions(shapes)
    out = shapely.intersects(area, shapes).astype(float)
    cut = (kinds > _POINT) & (out > 0)
    cut[cut] = ~shapely.contains_properly(area, shapes[cut])  # what lies whole in it has all of it there
    extended = np.flatnonzero(cut)
    mine = shapes[extended]
    parts = sound.intersect_pairs(mine, area)
    line = kinds[extended] == _LINE
    whole = np.where(line, shapely.length(mine), shapely.area(mine))
    inside = np.where(line, shapely.length(parts), shapely.area(parts))
    out[extended] = np.divide(inside, whole, out=np.ones_like(whole), where=whole > 0)
    return out


@dataclass(frozen=True)
class ClassLeeway:
    """By how much (m2) the area of classes in a zone, and its bare ground, may be less or more.

    ``metres`` is how far the zone's border and what lies at it may be off together.
    """

    by_class: Mapping[str | None, tuple[float, float]]
    bare: tuple[float, float]
    metres: float


def class_leeway(parcels: Role, zones: Role, codes: Sequence[str | None]) -> dict[str, ClassLeeway]:
    """Return what areas by class and zone may differ by: the ground on either side of each border.

    Parameters
    ----------
    parcels
        Polygons.
    zones
        Polygons.
    codes
        The class of each placed parcel.

    Returns
    -------
    dict
        By zone, and under ``OUTSIDE_ALL`` of all zones together; nothing where positions are sure, or the parcels
        sketched throughout.
    """
    alike = moved_alike(parcels, zones)
    off, border = worst_m(parcels, alike=alike), np.nan_to_num(offs_m(zones, alike=alike))
    sketched = parcels.layer is not None and parcels.layer.illustrative
    off = 0.0 if np.isnan(off) else off
    if sketched or not len(border) or off + border.max() <= 0:
        return {}
    rows, shapes, areas = _brought(parcels, zones, float(off + border.max()))
    known = list(dict.fromkeys(codes))
    code = np.array([known.index(codes[row]) for row in rows.tolist()], dtype=np.int64)
    tree = shapely.STRtree(shapes)
    asked = [*zip(map(str, zones.frame.index), areas, border, strict=True)]
    asked.append((OUTSIDE_ALL, sound.union(areas), border.max()))
    out: dict[str, ClassLeeway] = {}
    for key, area, metres in asked:
        reach = off + metres
        inner, outer = sound.subtract_pairs(
            np.array([area, shapely.buffer(area, reach)], dtype=object),
            np.array([shapely.buffer(area, -reach), area], dtype=object),
        )
        less, more = (_by_class(tree, shapes, strip, code, len(known)) for strip in (inner, outer))
        swings = zip(known, less.tolist(), more.tolist(), strict=True)
        bare = (max(0.0, inner.area - float(less.sum())), max(0.0, outer.area - float(more.sum())))
        out[key] = ClassLeeway({one: (low, high) for one, low, high in swings if low + high > 0}, bare, reach)
    return out


def either_side(ends: Mapping[str, ClassLeeway], parcels: Role) -> tuple[Text, ...]:
    """Say that what lies near borders may lie on either side, where it may."""
    if not ends:
        return ()
    metres = max(one.metres for one in ends.values())
    return (say("either_side", label=parcels.use.label, metres=f"{metres:g}"),)


def _by_class(
    tree: shapely.STRtree,
    shapes: Shapes,
    strip: Any,  # noqa: ANN401 - polygons
    code: Ints,
    classes: int,
) -> Floats:
    """Return the area of each class on a strip, cut piece by piece of it.

    Parameters
    ----------
    tree, shapes
        n polygons.
    strip
        What they are cut by.
    code
        The class of each, (n,).
    classes
        How many there are.
    """
    pieces = np.array(_quartered(strip), dtype=object)
    piece, row = tree.query(pieces, predicate="intersects") if len(pieces) else (_NONE, _NONE)
    cut, across = np.zeros(len(row)), np.ones(len(row), dtype=bool)
    if len(row) > _FEW:  # most of so many lie whole in a piece
        shapely.prepare(pieces)
        across = ~shapely.contains_properly(pieces[piece], shapes[row])
        cut[~across] = shapely.area(shapes[row[~across]])
    cut[across] = shapely.area(sound.intersect_pairs(shapes[row[across]], pieces[piece[across]]))
    return np.asarray(np.bincount(code[row], weights=cut, minlength=classes), dtype=np.float64)


def _quartered(shape: Any) -> list[Any]:  # noqa: ANN401 - polygons
    """Return a shape in pieces of few corners."""
    waiting, out = [shape], []
    while waiting:
        one = waiting.pop()
        if one.is_empty:
            continue
        if shapely.get_num_coordinates(one) <= _MOST_CORNERS:
            out.append(one)
            continue
        west, south, east, north = one.bounds
        x, y = (west + east) / 2, (south + north) / 2
        for box in ((west, south, x, y), (x, south, east, y), (west, y, x, north), (x, y, east, north)):
            waiting.append(shapely.intersection(one, shapely.box(*box)))
    return out
