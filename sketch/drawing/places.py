"""Communities, gateways, rooms and facilities: cells and points, EPSG:4549 metres."""

from __future__ import annotations

from collections.abc import Mapping

import shapely
from shapely import MultiPoint, Point, STRtree
from shapely.geometry.base import BaseGeometry

from sketch.drawing.base import Ground
from sketch.drawing.frame import to_plane
from sketch.drawing.parcels import streets
from sketch.drawing.sketch import Entry, Sketch, largest, seeded

Shapes = dict[str, BaseGeometry]
TRIES = 400
CLOSED = ("projects", "parks", "hills")


def communities(sketch: Sketch, ground: Ground) -> Shapes:
    """Cells of the block nearest to each assumed centre: a partition of the block."""
    table = sketch.tables["places"]["communities"]
    block = ground.blocks[table["block"]].buffer(-0.05)
    keys = list(table["centres"])
    centres = [Point(sketch.points(table["frame"], [at])[0]) for at in table["centres"].values()]
    cells = shapely.voronoi_polygons(MultiPoint(centres), extend_to=block)
    tree = STRtree(list(cells.geoms))
    found: Shapes = {}
    for key, centre in zip(keys, centres):
        cell = cells.geoms[int(tree.query(centre, predicate="intersects")[0])]
        found[key] = largest(cell.intersection(block))
    return found


def gateways(sketch: Sketch, ground: Ground) -> Shapes:
    """Gateways exactly where the two roads they name cross.

    Raises
    ------
    ValueError
        The two roads do not cross in one point.
    """
    found: Shapes = {}
    for entry in sketch.tables["places"]["gateways"]:
        first, second = entry["roads"]
        crossing = ground.roads[first].intersection(ground.roads[second])
        if not isinstance(crossing, Point):
            kind = crossing.geom_type
            raise ValueError(f"{entry['id']}: {first} and {second} cross in {kind}, not in one point")
        found[entry["id"]] = crossing
    return found


def points(sketch: Sketch, ground: Ground, placed: Mapping[str, Mapping[str, BaseGeometry]]) -> dict[str, Shapes]:
    """Rooms, facilities and known works as points; several places make a MultiPoint.

    Parameters
    ----------
    sketch, ground
        The tables and what is drawn already.
    placed
        Shapes by layer and id that ``inside = "layer.id"`` may name.
    """
    rule = sketch.tables["places"]["rule"]
    lines = (*ground.roads, *ground.rivers, *(key for key in ground.rail if ground.widths[key] > 0))
    strips = [ground.strip_of(key, beside_m=sketch.verges.get(key, 0.0)) for key in lines]
    busy = shapely.union_all([*strips, *streets(sketch, ground)]).buffer(float(rule["clear_m"]), quad_segs=2)
    closed = shapely.union_all([shape for layer in CLOSED for shape in placed[layer].values()])
    shapely.prepare(busy)
    used: list[Point] = []
    found: dict[str, Shapes] = {}
    for layer, rows in (
        ("community_rooms", sketch.tables["places"]["community_rooms"]),
        ("projects", sketch.tables["sites"]["points"]),
        ("facilities", sketch.tables["places"]["facilities"]),
    ):
        found[layer] = {}
        for entry in rows:
            spots = [_known(sketch, entry)] if "inside" not in entry else []
            inside = entry.get("inside", [])
            for number, name in enumerate([inside] if isinstance(inside, str) else inside):
                area, _, key = name.partition(".")
                # only what belongs to a site, park or hill stands on one
                shape = placed[area][key] if area in CLOSED else placed[area][key].difference(closed)
                spots.append(_spot(f"{entry['id']}/{number}", shape, busy, used + spots, rule))
            used += spots
            found[layer][entry["id"]] = spots[0] if len(spots) == 1 else MultiPoint(spots)
    return found


def known_uses(sketch: Sketch, shapes: Mapping[str, Mapping[str, BaseGeometry]]) -> dict[str, list[Point]]:
    """Points by the land-use class of what stands on them, where the table states one."""
    found: dict[str, list[Point]] = {}
    for layer in ("facilities", "community_rooms"):
        for entry in sketch.tables["places"][layer]:
            if "class" in entry:
                shape = shapes[layer][entry["id"]]
                found.setdefault(entry["class"], []).extend(getattr(shape, "geoms", [shape]))
    return found


def _known(sketch: Sketch, entry: Entry) -> Point:
    if "ll" in entry:
        return Point(shapely.get_coordinates(to_plane(Point(entry["ll"])))[0])
    return Point(sketch.points(entry["frame"], [entry["at"]])[0])


def _spot(word: str, shape: BaseGeometry, busy: BaseGeometry, used: list[Point], rule: Entry) -> Point:
    """A seeded point well inside a shape, clear of roads and water and apart from earlier points if it can be."""
    room = shape.buffer(-float(rule["edge_m"]))
    room = shape if room.is_empty else room
    west, south, east, north = room.bounds
    dice = seeded(word)
    for attempt in range(TRIES):
        spot = Point(dice.uniform(west, east), dice.uniform(south, north))
        apart = float(rule["apart_m"]) * (1 - attempt / TRIES)
        if room.contains(spot) and not busy.intersects(spot) and all(spot.distance(one) >= apart for one in used):
            return spot
    return Point(room.representative_point())
