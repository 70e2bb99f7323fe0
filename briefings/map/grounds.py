"""Which ground a picture shows: its subject fills it, blocks that lie apart come as insets, scales are round."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass, replace

import numpy as np
import shapely

from briefings.map.frame import Frame, ground_frame, plane_transformer, shown_box
from briefings.map.presets import Size
from briefings.messages import say
from geo.text import Text
from layers.features.snapshot import Feature
from layers.library.blocks import blocks_of
from layers.library.library import Library
from layers.plan.catalog import Layer, Plan
from layers.plan.views import View

SCALES = (5, 6, 7.5, 8, 10, 12, 12.5, 15, 20, 25, 30, 40, 45)  # and their tenfolds: what any printed scale may be
_UNUSUAL = (12_000, 12_500)  # of them, what nobody prints
FILLED = 0.6  # of a frame, that its subject fills at least
HELD_FILLED = 0.22  # the same of a sheet of an atlas: around a narrow area its neighbours are to be seen
MOST_INSETS = 3
_MARGIN = 0.04
_HELD = 0.9  # of a block's box, that a view must show to be a view of the block
_WEST = 0.25  # of a frame, what is free in the west of a subject moved east
_SOUTH = 0.065  # of a frame, what stays free below it: the scale bar's place
_KEPT = 0.25  # of what is free beside a subject, that stays free where it moves there
_SEGMENTS = 20  # of a parallel, by which its course in the plane is known
_WINDS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")


@dataclass(frozen=True)
class Inset:
    """A block that lies apart: its ground, its name, and where it lies from the main one, in full and in short."""

    bounds: tuple[float, float, float, float]
    name: Text
    where: Text
    apart: Text


@dataclass(frozen=True)
class Grounds:
    """The main ground and the blocks beside it; ``subject`` is the box, in the plane, that the frame is about.

    ``whole`` is what is to be seen whole where that is no block: the plan's box, or the ground a person chose.
    ``enough`` is the part of the frame that it fills well.
    """

    frame: Frame
    insets: tuple[Inset, ...]
    subject: tuple[float, float, float, float] | None
    whole: tuple[float, float, float, float] | None = None
    enough: float = FILLED

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """What the frame is around: its subject, or what is to be seen whole."""
        return self.subject or self.whole

    @property
    def filled(self) -> float:
        """The part of the frame that it takes."""
        box = self.box
        if box is None:
            return 1.0
        west, south, east, north = self.frame.bounds
        return (box[2] - box[0]) * (box[3] - box[1]) / ((east - west) * (north - south))

    @property
    def whole_inside(self) -> bool:
        """Whether the frame holds all of its subject."""
        box, frame = self.box, self.frame.bounds
        return box is None or all((*map(operator.le, frame[:2], box[:2]), *map(operator.ge, frame[2:], box[2:])))

    def shaped(self, shape: float) -> Grounds:
        """Return the same ground around its subject in a frame of another shape; as it is where there is none."""
        box = self.box
        return self if box is None else replace(self, frame=_around(box, self.frame.crs, shape))

    def at_east(self) -> Grounds:
        """Return the same ground with its subject moved east and south: what lies over the map has room there."""
        box, (west, south, east, north) = self.box, self.frame.bounds
        if box is None:
            return self
        edge = (box[2] - box[0]) * _MARGIN / 2
        spare = (east - west) - (box[2] - box[0]) - 2 * edge
        left = box[0] - edge - min(spare, max(_WEST * (east - west), spare / 2))
        low = max(south, box[1] - _SOUTH * (north - south))
        return self.within(replace(self.frame, bounds=(left, low, left + east - west, low + north - south)))

    def freed(self, share: float) -> Grounds:
        """Return the same ground with a share of its frame free below its subject, as far as there is room.

        With insets, which may stand over its west, it lies in the east.
        """
        box, (west, south, east, north) = self.box, self.frame.bounds
        if box is None:
            return self
        up, right = (max(one, 0.0) * (1 - _KEPT) for one in (north - box[3], east - box[2]))
        down = min(max(share * (north - south) - (box[1] - south), 0.0), up)
        left = right if self.insets else 0.0
        return self.within(replace(self.frame, bounds=(west - left, south - down, east - left, north - down)))

    def within(self, frame: Frame) -> Grounds:
        """Return the same ground in a frame widened around it."""
        return replace(self, frame=frame)


def grounds_of(
    library: Library,
    view: View,
    *,
    shape: float,
    restricted: bool,
    screen: tuple[float, float] | None = None,
) -> Grounds:
    """Return what a view shows on paper of a shape: what a person chose, else the plan's blocks.

    A declared view that shows a whole block is a view of that block; those that lie apart become insets. The
    ground a person chose (an address with centre and zoom) stays as the screen showed it.

    Parameters
    ----------
    library
        The open plan.
    view
        What is shown.
    shape
        Width over height of the map's part of the picture.
    restricted
        Whether the reader may see restricted layers.
    screen
        Width and height in pixels of the map on the page.
    """
    plan = library.catalog.plan
    frame = ground_frame(plan, view, shape=shape, **({"screen": screen} if screen else {}))
    chosen = view.center is not None and view.zoom is not None
    if chosen and (not view.id or screen or view.site):
        return Grounds(frame, (), None, shown_box(plan, view, **({"screen": screen} if screen else {})))
    layer, found = blocks_of(library, restricted=restricted)
    blocks = [(one, _plane_box(plan, one.geometry)) for one in found]
    whole = [one for one in blocks if not chosen or _held(frame, one[1])]
    if layer is None or not whole:
        return Grounds(frame, (), None, shown_box(plan, view) if chosen else _plan_box(plan))
    union = _union([box for _, box in whole])
    together = _around(union, frame.crs, shape)
    filled = sum(map(_area, (box for _, box in whole))) / _area(together.bounds)
    if len(blocks) == 1 or (len(whole) == len(blocks) and filled >= FILLED):
        return Grounds(together, (), union)
    main, box = whole[0]
    others = [one for one in blocks if one[0] is not main][:MOST_INSETS]
    insets = tuple(Inset(other, _name(layer, one), *_where(plan, layer, main, one)) for one, other in others)
    return Grounds(_around(box, frame.crs, shape), insets, box)


def round_scale(frame: Frame, inches: float) -> tuple[Frame, float]:
    """Return a frame widened to the next printed scale, and that scale's denominator.

    Parameters
    ----------
    frame
        The ground.
    inches
        How wide it is on paper.

    Examples
    --------
    >>> frame = Frame((500000.0, 3500000.0, 511111.0, 3510000.0), "EPSG:4549")
    >>> round(round_scale(frame, 10.0)[1])
    45000
    """
    west, south, east, north = frame.bounds
    exact = (east - west) * frame.ground_per_metre / (inches * 0.0254)
    power = 10.0 ** (
        math.floor(math.log10(exact)) - (1 if exact / 10.0 ** math.floor(math.log10(exact)) < 5 else 0)
    )
    steps = [one for one in (*(step * power for step in SCALES), 50 * power) if one not in _UNUSUAL]
    scale = next(step for step in steps if step >= exact * (1 - 1e-9))
    more = scale / exact
    wide, high = (east - west) * more, (north - south) * more
    x, y = (west + east) / 2, (south + north) / 2
    widened = replace(frame, bounds=(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2))
    return widened, scale


def inset_frame(inset: Inset, crs: str, *, shape: float) -> Frame:
    """Return the ground of an inset's own map, of a shape."""
    return _around(inset.bounds, crs, shape)


def paper_scale(frame: Frame, size: Size, width: float) -> tuple[Frame, float | None]:
    """Return a frame as it is drawn at a part of a picture's width: on paper at a round scale, else as it is.

    Parameters
    ----------
    frame
        As for ``round_scale``.
    size
        Of the picture.
    width
        The part of its width.
    """
    if not size.paper:
        return frame, None
    return round_scale(frame, width * size.width / size.dpi)


def _around(box: tuple[float, ...], crs: str, shape: float) -> Frame:
    west, south, east, north = box
    wide, high = (east - west) * (1 + _MARGIN), (north - south) * (1 + _MARGIN)
    wide, high = max(wide, high * shape), max(high, wide / shape)
    x, y = (west + east) / 2, (south + north) / 2
    return Frame((x - wide / 2, y - high / 2, x + wide / 2, y + high / 2), crs)


def _plane_box(plan: Plan, shape: shapely.Geometry) -> tuple[float, float, float, float]:
    to_plane = plane_transformer(plan.plane_crs)
    xy = shapely.get_coordinates(shape)
    x, y = to_plane.transform(xy[:, 0], xy[:, 1])
    return float(np.min(x)), float(np.min(y)), float(np.max(x)), float(np.max(y))


def _plan_box(plan: Plan) -> tuple[float, float, float, float]:
    """Return the box, in the plane, of all the ground a plan is about: its parallels are bent there."""
    west, south, east, north = plan.bounds
    return _plane_box(plan, shapely.segmentize(shapely.box(west, south, east, north), (east - west) / _SEGMENTS))


def _held(frame: Frame, box: tuple[float, float, float, float]) -> bool:
    inside = shapely.box(*box).intersection(shapely.box(*frame.bounds)).area
    return bool(inside >= _HELD * _area(box))


def _area(box: tuple[float, ...]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _union(boxes: list[tuple[float, float, float, float]]) -> tuple[float, float, float, float]:
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _name(layer: Layer, block: Feature) -> Text:
    return Text(block.name(layer, "zh"), block.name(layer, "en"))


def _where(plan: Plan, layer: Layer, main: Feature, block: Feature) -> tuple[Text, Text]:
    """Return where a block lies from the main one (wind, distance), with the main one's name and without."""
    to_plane = plane_transformer(plan.plane_crs)
    here, there = shapely.transform(
        np.array([main.geometry, block.geometry], dtype=object),
        lambda xy: np.column_stack(to_plane.transform(xy[:, 0], xy[:, 1])),
    )
    middles = shapely.get_coordinates(shapely.centroid(shapely.envelope([here, there])))
    east, north = (middles[1] - middles[0]).tolist()
    wind = say(f"wind_{_WINDS[round(math.degrees(math.atan2(east, north)) / 45) % 8]}")
    apart = float(shapely.distance(here, there)) / 1000
    far = f"{apart:.1f}" if apart < 1 else f"{apart:.0f}"
    return say("inset_where", main=_name(layer, main), wind=wind, far=far), say("inset_apart", wind=wind, far=far)
