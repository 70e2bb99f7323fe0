"""The ground the sketch stands on: outline, bank, river strip, blocks, and the lines, hills and parks on them.

All geometry here is in EPSG:4549 metres.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Polygon
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, split

from sketch.drawing.frame import area_m2, chaikin, to_degrees, to_plane
from sketch.drawing.sketch import Entry, Sketch, largest

River = dict[str, BaseGeometry]


@dataclass(frozen=True)
class Ground:
    """What everything else is drawn on, by inventory id, in EPSG:4549 metres.

    Attributes
    ----------
    outline, bank, strip
        The city, the bank line and the water between them.
    blocks
        The two blocks, before parcels refine their edges.
    roads, rail, rivers
        Centre lines; `widths` holds the width of each one's land.
    hills, parks
        Polygons.
    """

    outline: Polygon
    bank: LineString
    strip: Polygon
    blocks: Mapping[str, Polygon]
    roads: Mapping[str, BaseGeometry]
    rail: Mapping[str, BaseGeometry]
    rivers: Mapping[str, BaseGeometry]
    hills: Mapping[str, Polygon]
    parks: Mapping[str, BaseGeometry]
    widths: Mapping[str, float]

    @property
    def block_area(self) -> BaseGeometry:
        """Both blocks together."""
        return shapely.union_all(list(self.blocks.values()))

    def strip_of(self, key: str, *, beside_m: float = 0.0) -> BaseGeometry:
        """The land of a road, railway or river: its line widened to both sides, flat at the ends."""
        line = self.roads.get(key) or self.rail.get(key) or self.rivers[key]
        return line.buffer(self.widths[key] / 2 + beside_m, cap_style="flat", join_style="round", quad_segs=3)


def ground(sketch: Sketch) -> Ground:
    """Draw the ground from the tables."""
    frames = sketch.tables["frames"]
    outline = to_plane(Polygon(sketch.rows["boundary"]))
    rule = frames["outlines"]["bank"]
    stairs = to_plane(LineString(sketch.rows["bank"])).simplify(float(rule["simplify_m"]))
    bank = LineString(chaikin(shapely.get_coordinates(stairs), rounds=int(rule["rounds"]), closed=False))
    strip = _river_strip(sketch, outline, bank)
    # opened by a metre: a difference along a shared edge leaves spikes of no width
    dry = outline.difference(strip).buffer(-1, join_style="mitre").buffer(1, join_style="mitre")
    blocks = {block["id"]: largest(_window(block).intersection(dry)) for block in frames["blocks"]}
    area = shapely.union_all(list(blocks.values()))
    roads, widths = _lines(sketch, "roads", "roads", area, outline)
    rail, rail_widths = _lines(sketch, "rail", "rail", area, outline)
    rivers, river_widths = _lines(sketch, "water", "rivers", area, outline)
    widths |= rail_widths | river_widths
    rows = sketch.tables["green"]["hills"]
    hills = {hill["id"]: largest(sketch.blob(hill).intersection(outline)) for hill in rows}
    wet = shapely.union_all([line.buffer(widths[key] / 2, quad_segs=3) for key, line in rivers.items()])
    parks = _parks(sketch, bank, rivers, area.difference(wet))
    return Ground(outline, bank, strip, blocks, roads, rail, rivers, hills, parks, widths)


def _window(block: Entry) -> Polygon:
    return to_plane(shapely.segmentize(Polygon(block["window"]), 0.005))


def _river_strip(sketch: Sketch, outline: Polygon, bank: LineString) -> Polygon:
    rule = sketch.tables["frames"]["river_strip"]
    south = min(lat for _, lat in sketch.rows["bank"]) - 0.05
    north = max(lat for _, lat in sketch.rows["boundary"])
    window = to_plane(shapely.segmentize(shapely.box(rule["west"], south, rule["east"], north), 0.01))
    pieces = split(outline.intersection(window), bank)
    return max(pieces.geoms, key=lambda piece: piece.representative_point().y if piece.area > 1e6 else 0.0)


def _lines(
    sketch: Sketch, table: str, key: str, area: BaseGeometry, outline: Polygon
) -> tuple[dict[str, BaseGeometry], dict[str, float]]:
    bend = 3 if key == "rivers" else 0
    lines: dict[str, BaseGeometry] = {}
    widths: dict[str, float] = {}
    for entry in sketch.tables[table][key]:
        line = sketch.line(entry, bend=bend)
        lines[entry["id"]] = _joined(line.intersection(outline if entry.get("clip") == "outline" else area))
        widths[entry["id"]] = float(entry["width_m"])
    return lines, widths


def _joined(line: BaseGeometry) -> BaseGeometry:
    merged = linemerge(line) if isinstance(line, MultiLineString) else line
    return largest(merged) if isinstance(merged, MultiLineString) else merged


def _parks(sketch: Sketch, bank: LineString, rivers: River, free: BaseGeometry) -> dict[str, BaseGeometry]:
    parks: dict[str, BaseGeometry] = {}
    for park in sketch.tables["green"]["parks"]:
        if "bank_m" in park:
            near, far = park["bank_m"]
            shape = bank.buffer(far, quad_segs=4).difference(bank.buffer(near, quad_segs=4))
        elif "along" in park:
            shape = rivers[park["along"]].buffer(park["half_width_m"], quad_segs=4)
        elif "area_m2" in park:
            shape = scaled_to(sketch.polygon(park), area=float(park["area_m2"]), anchor=0)
        else:
            shape = sketch.polygon(park)
        if "within" in park:
            shape = shape.intersection(sketch.polygon(park, key="within"))
        taken = shapely.union_all([other.buffer(8, quad_segs=2) for other in parks.values()])
        # a park with a stated area keeps it; water inside it stays part of it
        room = free if "area_m2" not in park else shape
        shape = shape.intersection(room).difference(taken)
        pieces = [piece for piece in getattr(shape, "geoms", [shape]) if piece.area > 2000]
        parks[park["id"]] = shapely.MultiPolygon(pieces) if len(pieces) > 1 else pieces[0]
    return parks


def scaled_to(shape: Polygon, *, area: float, anchor: int) -> Polygon:
    """The shape scaled about one of its vertices until its ellipsoidal area, in rounded degrees, is `area` m2.

    Rounding to 7 decimals moves corners by up to 6 mm, so after the scale has settled nearby scales are tried
    and the best kept.

    Parameters
    ----------
    shape
        Any polygon in EPSG:4549 metres.
    area
        Wanted area on the ellipsoid, m2.
    anchor
        Number of the vertex that stays in place.
    """
    x, y = shape.exterior.coords[anchor][:2]

    def at(scale: float) -> Polygon:
        return affine_transform(shape, [scale, 0, 0, scale, x * (1 - scale), y * (1 - scale)])

    scale = 1.0
    for _ in range(8):
        scale *= (area / area_m2(to_degrees(at(scale)))) ** 0.5
    step = 0.002 / area**0.5
    tries = [scale + step * number for number in range(-12, 13)]
    return at(min(tries, key=lambda one: (abs(area_m2(to_degrees(at(one))) - area), one)))


def bounds_degrees(shape: BaseGeometry) -> np.ndarray:
    """West, south, east, north in degrees."""
    return np.array(to_degrees(shape).bounds)
