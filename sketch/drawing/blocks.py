"""Land between streets, cut into parcels and given an illustrative class.

Cuts run square to the longer side, a little off the middle; every draw is seeded by the place of the block, so one
changed road does not redraw the other end of the map.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from sketch.drawing.base import Ground
from sketch.drawing.sketch import Entry, Sketch, seeded

M2_PER_HA = 10_000.0


@dataclass(frozen=True)
class Piece:
    """One piece of the sketch before noding: its class and its extent in EPSG:4549 metres."""

    code: str
    shape: Polygon


@dataclass(frozen=True)
class Themes:
    """What the land at a point is sketched as.

    Attributes
    ----------
    areas
        (extent, theme) in order of precedence; the first that holds a point decides.
    rules
        Theme name to its row of the table.
    """

    areas: Sequence[tuple[BaseGeometry, str]]
    rules: Mapping[str, Entry]

    def at(self, point: BaseGeometry) -> Entry:
        """The rule at a point."""
        for area, theme in self.areas:
            if area.covers(point):
                return self.rules[theme]
        raise LookupError(f"no theme covers {point.wkt}")


def themes(sketch: Sketch, ground: Ground, zones: Mapping[str, Polygon]) -> Themes:
    """Themes of the zones (small before large), then the table's areas, then each block's own."""
    table = sketch.tables["landuse"]
    rows = {entry["id"]: entry["theme"] for entry in sketch.tables["zones"]["zones"] if "theme" in entry}
    ordered = sorted(rows, key=lambda key: (zones[key].area, key))
    areas: list[tuple[BaseGeometry, str]] = [(zones[key], rows[key]) for key in ordered]
    areas += [(sketch.polygon(entry), entry["theme"]) for entry in table["areas"]]
    areas += [(ground.blocks[key].buffer(1), theme) for key, theme in table["default"].items()]
    for area, _ in areas:
        shapely.prepare(area)
    return Themes(areas, table["themes"])


def pieces(block: Polygon, rule: Entry, *, thin: str, chosen: Themes) -> Iterator[Piece]:
    """A block cut into parcels of about its theme's size, each with a class drawn by the theme's weights."""
    if 2 * block.area / block.length < float(rule["thin_m"]):
        yield Piece(thin, block)
        return
    middle = block.centroid
    dice = seeded(f"{middle.x:.0f} {middle.y:.0f}")
    theme = chosen.at(block.representative_point())
    main = _drawn(theme, dice, power=2.0)
    target = float(theme["target_ha"]) * M2_PER_HA
    for parcel in _cut(block, target=target, jitter=float(rule["cut_jitter"]), dice=dice):
        if 2 * parcel.area / parcel.length < float(rule["thin_m"]) * 0.8:
            yield Piece(thin, parcel)
            continue
        own = chosen.at(parcel.representative_point())
        keep = own is theme and dice.random() < float(rule["main_share"])
        yield Piece(main if keep else _drawn(own, dice), parcel)


def _drawn(theme: Entry, dice: np.random.Generator, *, power: float = 1.0) -> str:
    """A class by weight; a power above one keeps rare classes from filling a whole block."""
    codes = [code for code, _ in theme["weights"]]
    weights = np.array([weight for _, weight in theme["weights"]], dtype=float) ** power
    return str(codes[int(np.searchsorted(np.cumsum(weights / weights.sum()), dice.random()))])


def _cut(shape: Polygon, *, target: float, jitter: float, dice: np.random.Generator) -> Iterator[Polygon]:
    if shape.area < target * 1.45:
        yield shape
        return
    box = shapely.get_coordinates(shape.minimum_rotated_rectangle)
    sides = np.hypot(*(box[1:3] - box[0:2]).T)
    first = 0 if sides[0] >= sides[1] else 1
    start, long, short = box[first], box[first + 1] - box[first], box[first + 2] - box[first + 1]
    at = start + long * (0.5 + jitter * float(dice.uniform(-1, 1)))
    # cuts end well outside the box, where they cannot graze a corner
    halves = split(shape, LineString([at - 0.2 * short, at + 1.2 * short]))
    parts = [part for part in halves.geoms if part.area > 1.0]
    if len(parts) < 2:
        yield shape
        return
    parts.sort(key=lambda part: (round(part.centroid.x), round(part.centroid.y)))
    for part in parts:
        yield from _cut(part, target=target, jitter=jitter, dice=dice)
