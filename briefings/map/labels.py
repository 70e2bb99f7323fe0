"""Names on the map: the most important first, none on another, and none on the map's furniture."""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox

from briefings.map.courses import (
    Course,
    Slanted,
    TurnedPlace,
    boxes_meet,
    course_of,
    grounds_touched,
    meets_any,
    pixel_grounds,
    places_along,
    width_beside,
)
from briefings.map.fonts import sized_font, text_outline, width_em
from briefings.map.frame import Frame
from briefings.map.grouping import NamedGroup
from briefings.map.guides import guide_lines
from briefings.map.lettering import break_evenly
from layers.features.snapshot import Feature, Features, Snapshot
from layers.plan.style import declared_style

_MOST = 400  # candidates looked at
_ORDER = 200.0
_WIDE_EM, _LINES = 10.5, 3
_LINE_EM = 1.25
_HALO_PT, _MIDDLE_EM = 2.4, 0.38  # how wide a halo's pen is; the middle of a line above where its letters stand
_GAP_PT, _APART_PT = 5.0, 1.5
_BOLD_PT, _UPRIGHT_EM = 0.7, 1.05
_SAME = 0.9  # of an area, from which a part of it is the same ground
_AGAIN = 0.5  # of a map's width, from which a name stands a second time
_CROWD, _FREE_EM = 40, 1.2  # points with names, from which each name has so much free around it
LAST_RANK, KEPT_RANK = 100, 4  # of names without a rank, and the last that is never left out
_BAND_RANK, _BESIDE_EM = 2, 0.75  # of a band's name; from its edge to the middle of the letters
_CLEAR_EM = 0.4  # between the first names and those along a course: no name goes on in another
_PART_RANK, _PART_SIZE = 6, 1.2  # of the name of an area that lies in another of the first rank
_USUAL_PX, _SIZES = 12.0, (0.9, 2.0)


@dataclass(frozen=True)
class Label:
    """A name at a place of the plane; one of a point stands beside it (``raised``).

    The smaller ``rank`` is set first, of equals the larger ``weight``; ``size`` is a share of the usual one. A
    name of the first ranks is never left out. One of a line or a long area stands along its ``course``;
    that of a ``thin`` one there alone. The name of a ``band`` stands ``beside`` it, so far from its course; the
    first names keep off bands where they can. Names that stand ``together`` stand all, or none does.
    """

    lines: tuple[str, ...]
    x: float
    y: float
    weight: float
    raised: bool
    rank: int = LAST_RANK
    size: float = 1.0
    color: str = "#1f2f3d"
    course: Course = ()
    thin: bool = False
    together: bool = False
    beside: float = 0.0
    band: shapely.Geometry | None = None

    @property
    def kept(self) -> bool:
        """Whether it is never left out."""
        return self.rank <= KEPT_RANK


def labels_of(
    frame: Frame, snapshot: Snapshot, near: Features, *, language: str, zoom: float = math.inf
) -> list[Label]:
    """Return the names of a layer's features near the frame; lines and areas are named inside themselves.

    Parameters
    ----------
    frame
        The ground that is drawn.
    snapshot
        The layer at its version.
    near
        Those of its features that may be seen.
    language
        ``zh`` or ``en``.
    zoom
        Of a web map as large as the paper: names that are declared to stand on larger ones alone are left out.
    """
    if not snapshot.layer.map_labels:
        return []
    wide = frame.region
    out = []
    held = _held(snapshot, near[:_MOST])
    for feature in near[:_MOST]:
        if held.get(feature.id, 0.0) > _SAME:  # two names for one ground: the upper one's stands
            continue
        inside = shapely.intersection(feature.geometry, wide)
        place = frame.plane(shapely.point_on_surface(inside))
        dimension = shapely.get_dimensions(inside)
        weight = snapshot.layer.order + (inside.area * 1e4 if dimension == 2 else inside.length)
        named = feature.own_name(snapshot.layer, language)  # an id is no name on a map
        lines = break_evenly(feature.short_name(snapshot.layer, language) if named else "", _WIDE_EM, lines=_LINES)
        style = declared_style(snapshot.layer, feature.properties)
        if (style.label_zoom or 0) > zoom:
            continue
        size = min(max((style.label_size or _USUAL_PX) / _USUAL_PX, _SIZES[0]), _SIZES[1])
        rank = style.label_rank or LAST_RANK
        if feature.id in held:
            rank, size = _PART_RANK, min(size, _PART_SIZE)
        drawn = frame.bring(np.array([inside], dtype=object))[0] if dimension else None
        course = () if drawn is None else course_of(drawn)
        band = drawn if rank == _BAND_RANK and dimension == 2 else None
        if lines:
            out.append(
                Label(
                    tuple(lines),
                    place.x,
                    place.y,
                    weight,
                    bool(dimension == 0),
                    rank,
                    size,
                    style.label_color or Label.color,
                    course,
                    bool(dimension == 1),
                    beside=0.0 if band is None else width_beside(band, course),
                    band=band,
                )
            )
    return out


def _held(snapshot: Snapshot, near: Sequence[Feature]) -> dict[str, float]:
    """Return which of some areas of the first rank lie in a larger one, and how much of its ground they take."""
    first = [
        one
        for one in near
        if declared_style(snapshot.layer, one.properties).label_rank == 1
        and shapely.get_dimensions(one.geometry) == 2
    ]
    first.sort(key=lambda one: -one.geometry.area)
    held = dict[str, float]()
    for at, one in enumerate(first):
        middle = shapely.point_on_surface(one.geometry)
        around = next((other for other in first[:at] if shapely.contains(other.geometry, middle)), None)
        if around is not None:
            held[one.id] = one.geometry.area / around.geometry.area
    return held


def place_labels(axes: Axes, labels: Iterable[Label], *, points: float, taken: list[Any]) -> int:
    """Write the labels that find room, as text over a halo; returns how many did.

    Parameters
    ----------
    axes
        Where they are drawn.
    labels
        The first find room first.
    points
        Size of the letters.
    taken
        Boxes in pixels that are not to be covered; those of the labels are added.
    """
    pixels = axes.figure.dpi / 72
    labels, halos = list(labels), defaultdict[str, list[Path]](list)
    taken += [_symbol(axes, one, pixels) for one in labels if one.raised]
    placed = _placed(axes, labels, points, taken)
    if len([one for one, _ in placed if one.together]) < sum(one.together for one in labels):
        placed = _placed(axes, [one for one in labels if not one.together], points, taken)
    taken += [place.box for _, place in placed]
    with NamedGroup(axes, "labels", _ORDER):
        for one, place in placed:
            halos[one.color if one.kept else ""] += _write(axes, one, place, points * one.size)
        _halo(axes, [outline for each in halos.values() for outline in each])
        for color in filter(None, halos):  # the first names are set bold: their letters' own edge
            _halo(axes, halos[color], color=color, wide=_BOLD_PT)
    return len(placed)


def _placed(
    axes: Axes, labels: Sequence[Label], points: float, taken: Sequence[Any]
) -> list[tuple[Label, _Place]]:
    """Return the labels that find room beside what is taken and one another, each with its place."""
    pixels, room = axes.figure.dpi / 72, axes.get_window_extent()
    out, full = list[tuple[Label, _Place]](), list(taken)
    said = defaultdict[tuple[str, ...], list[Label]](list)
    many = sum(one.raised for one in labels) > _CROWD
    axles, bands = guide_lines(axes), pixel_grounds(axes, [one.band for one in labels if one.band is not None])
    first = list[Bbox]()  # the first names' boxes
    for one in sorted(labels, key=lambda label: (label.rank, many and label.raised, -label.weight, label.lines)):
        if not one.kept and _is_near(said[one.lines], axes, one, _AGAIN * room.width):
            continue  # the stops of one square, the parts of one street
        places = _places(axes, one, points * one.size, pixels)
        if one.kept:
            places = [place if place.spot else _moved_in(room, pixels, place) for place in places]
        near = () if one.kept else first
        free = (
            place
            for place in places
            if _within(room, place.box) and not meets_any(place.box, full)
            if one.kept or not grounds_touched(place.box, axles)
            if not (place.spot and meets_any(place.box.padded(_CLEAR_EM * points * pixels), near))
            if not (many and one.raised)
            or not any(boxes_meet(place.box.padded(_FREE_EM * points * pixels), other.box) for _, other in out)
        )
        found = sorted(free, key=lambda place: grounds_touched(place.box, bands)) if bands else free
        place = next(iter(found), None)
        if place is None and one.kept:
            place = _least_covered(axes, one, points * one.size, full)
        if place is not None:
            out.append((one, place))
            full.append(place.box)
            first += [place.box] * one.kept
            said[one.lines].append(one)
    return out


def _is_near(others: Sequence[Label], axes: Axes, one: Label, pixels: float) -> bool:
    """Whether one of some labels stands nearer to a label than so many pixels."""
    if not others:
        return False
    (x, y), *there = axes.transData.transform([(label.x, label.y) for label in (one, *others)])
    return any(math.hypot(x - a, y - b) < pixels for a, b in there)


class _Place(NamedTuple):
    """Where a label may stand: right and up from its place in points, its box in pixels, and its turned spot."""

    right: float
    up: float
    box: Bbox
    spot: TurnedPlace | None = None


def _places(axes: Axes, one: Label, letters: float, pixels: float) -> list[_Place]:
    """Return where a label may stand, the best first: along its course, then around its place."""
    out = _along(axes, one, letters, pixels)
    if one.course and one.thin and not one.kept:
        return out  # a road or a river is named along its course or not at all
    width, height = _extent(one, letters)
    return [*out, *_moved(axes, one, letters, _offsets(one, width, height))]


def _extent(one: Label, letters: float) -> tuple[float, float]:
    """Return how wide and high a label's lines are, in points."""
    return max(map(width_em, one.lines)) * letters, _LINE_EM * letters * len(one.lines)


def _moved(axes: Axes, one: Label, letters: float, offsets: Sequence[tuple[float, float]]) -> Iterator[_Place]:
    """Yield the places of a label that lie right and up from its own, in points."""
    (width, height), pixels = _extent(one, letters), axes.figure.dpi / 72
    x, y = axes.transData.transform((one.x, one.y))
    for right, up in offsets:
        box = Bbox.from_bounds(
            x + (right - width / 2 - _APART_PT) * pixels,
            y + (up - height / 2) * pixels,
            (width + 2 * _APART_PT) * pixels,
            height * pixels,
        )
        yield _Place(right, up, box)


def _least_covered(axes: Axes, one: Label, letters: float, full: Sequence[Any]) -> _Place:
    """Return where a label that is never left out stands when its places are taken: on as little as can be."""
    width, height = _extent(one, letters)
    offsets = [(0.25 * step * width, 0.5 * up * height) for step in range(-6, 7) for up in range(-10, 11)]
    offsets.sort(key=lambda place: abs(place[0]) + abs(place[1]))
    parts = [part for other in full for part in (other.parts if isinstance(other, Slanted) else (other,))]
    solid = np.array([part.extents for part in parts]).reshape(-1, 4)

    def covered(place: _Place) -> float:
        wide = np.minimum(solid[:, 2], place.box.x1) - np.maximum(solid[:, 0], place.box.x0)
        high = np.minimum(solid[:, 3], place.box.y1) - np.maximum(solid[:, 1], place.box.y0)
        return float((wide.clip(0) * high.clip(0)).sum())

    room, pixels = axes.get_window_extent(), axes.figure.dpi / 72
    return min((_moved_in(room, pixels, place) for place in _moved(axes, one, letters, offsets)), key=covered)


def _along(axes: Axes, one: Label, letters: float, pixels: float) -> list[_Place]:
    """Return where a label stands along its course."""
    if not one.course:
        return []
    name = _one_line(one)
    (x0, _), (x1, _) = axes.transData.inverted().transform([(0, 0), (1, 0)])
    long = width_em(name) * letters
    wide = all(unicodedata.east_asian_width(c) in "WF" for c in name)
    out, metre = [], x1 - x0
    spots = places_along(one.course, long * pixels * metre, wide_letters=wide)
    if one.beside:
        apart = one.beside + _BESIDE_EM * letters * pixels * metre
        spots = [*(spot.moved(side * apart) for spot in spots for side in (1, -1)), *spots]
    for spot in spots:
        at = axes.transData.transform((spot.x, spot.y))
        turn = np.radians(90 if spot.upright else spot.turn)
        count, side = max(round(long / letters), 1), letters * pixels * 1.1
        steps = ((np.arange(count) + 0.5) / count - 0.5) * long * pixels
        middles = np.column_stack((np.cos(turn) * steps, np.sin(turn) * steps)) + at
        out.append(
            _Place(
                0, 0, Slanted([Bbox.from_bounds(x - side / 2, y - side / 2, side, side) for x, y in middles]), spot
            )
        )
    return out


def _one_line(label: Label) -> str:
    wide = any(unicodedata.east_asian_width(line[-1]) in "WF" for line in label.lines if line)
    return ("" if wide else " ").join(label.lines)


def _within(room: Bbox, box: Bbox) -> bool:
    return bool(room.x0 <= box.x0 and box.x1 <= room.x1 and room.y0 <= box.y0 and box.y1 <= room.y1)


def _moved_in(room: Bbox, pixels: float, place: _Place) -> _Place:
    """Return a place moved into the map by as much as it takes."""
    box = place.box
    across = max(room.x0 - box.x0, 0.0) - max(box.x1 - room.x1, 0.0)
    along = max(room.y0 - box.y0, 0.0) - max(box.y1 - room.y1, 0.0)
    return _Place(place.right + across / pixels, place.up + along / pixels, box.translated(across, along))


def _symbol(axes: Axes, label: Label, pixels: float) -> Bbox:
    """Return the box of a point's symbol, which no name is to cover."""
    x, y = axes.transData.transform((label.x, label.y))
    side = (_GAP_PT - 1) * pixels
    return Bbox.from_bounds(x - side, y - side, 2 * side, 2 * side)


def _offsets(label: Label, width: float, height: float) -> Sequence[tuple[float, float]]:
    """Return where a label's middle may stand from its place, in points, the best first."""
    if label.kept or label.together:
        steps = (0, 1, -1, 2, -2, 3, -3, 4, -4) if label.kept else (0, 1, -1, 2, -2)
        ups = [1.1 * step for step in steps]
        rights = (0.0, 0.6, -0.6, 1.1, -1.1) if label.kept else (0.0, 0.5, -0.5)
        places = [(right * width, up * height) for up in ups for right in rights]
        return sorted(places, key=lambda place: abs(place[0]) + abs(place[1]))
    if not label.raised:
        return ((0, 0), (0, height * 0.6), (0, -height * 0.6))
    beside, above = width / 2 + _GAP_PT + 1, height / 2 + _GAP_PT
    return ((0, above), (beside, 0), (-beside, 0), (0, -above))


def _write(axes: Axes, label: Label, place: _Place, points: float) -> list[Path]:
    """Write a label's lines; returns their outlines in inches of the sheet."""
    spot = place.spot or TurnedPlace(label.x, label.y, 0.0)
    lines = label.lines if place.spot is None else tuple(_one_line(label)) if spot.upright else (_one_line(label),)
    step = _UPRIGHT_EM if spot.upright else _LINE_EM
    inch = axes.transData.transform((spot.x, spot.y)) / axes.figure.dpi
    turn = np.radians(spot.turn)
    outlines = []
    for row, line in enumerate(lines):
        lift = place.up + ((len(lines) - 1) / 2 - row) * step * points - _MIDDLE_EM * points
        across, along = place.right - np.sin(turn) * lift, np.cos(turn) * lift
        axes.annotate(
            line,
            (spot.x, spot.y),
            xytext=(across, along),
            textcoords="offset points",
            ha="center",
            va="baseline",
            rotation=spot.turn,
            rotation_mode="anchor",
            fontproperties=sized_font(points, line),
            color=label.color,
            zorder=_ORDER,
            annotation_clip=True,
        )
        shape = text_outline(line)
        ends = np.asarray(shape.vertices, dtype=float)[:, 0]
        middle = (ends.max() - ends.min()) / 2 if len(ends) else 0.0  # as text is centred: by its width
        moved = Affine2D().translate(-middle, 0).scale(points / 72).rotate(turn).translate(across / 72, along / 72)
        outlines.append(moved.translate(*inch).transform_path(shape))
    return outlines


def _halo(axes: Axes, outlines: Sequence[Path], *, color: str = "white", wide: float = _HALO_PT) -> None:
    """Put one pen stroke around all letters, below them: drawn once, not once a line."""
    if outlines:
        whole, across = Path.make_compound_path(*outlines), axes.figure.dpi_scale_trans
        light = color == "white"
        paint = {"fc": "none", "ec": color, "alpha": 0.9 if light else 1.0, "lw": wide, "joinstyle": "round"}
        axes.add_artist(PathPatch(whole, transform=across, zorder=_ORDER - (0.5 if light else 0.25), **paint))
