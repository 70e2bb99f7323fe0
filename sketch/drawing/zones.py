"""Zones and areas of the plan, drawn by their rules in EPSG:4549 metres."""

from __future__ import annotations

from collections.abc import Mapping

import shapely
from shapely import Polygon

from sketch.drawing.base import Ground, scaled_to
from sketch.drawing.sketch import Entry, Sketch, largest

# A zone keeps this far inside its block, so that rounding never carries it across the edge (metres).
INSIDE_M = 0.05


def zones(sketch: Sketch, ground: Ground) -> Mapping[str, Polygon]:
    """Every zone of the table by id, the blocks left out."""
    return {entry["id"]: _zone(sketch, ground, entry) for entry in sketch.tables["zones"]["zones"]}


def _zone(sketch: Sketch, ground: Ground, entry: Entry) -> Polygon:
    if "along" in entry:
        layer, _, key = str(entry["along"]).partition(".")
        line = getattr(ground, layer)[key]
        shape = line.buffer(float(entry["half_width_m"]), cap_style="flat", quad_segs=6)
    elif "area_m2" in entry:
        # a stated area is kept: the table must place it inside its block, which the tests check
        return scaled_to(shapely.segmentize(sketch.polygon(entry), 1500.0), area=float(entry["area_m2"]), anchor=0)
    else:
        shape = sketch.polygon(entry)
    if "within" in entry:
        shape = shape.intersection(sketch.polygon(entry, key="within"))
    return largest(shape.intersection(ground.blocks[entry["inside"]].buffer(-INSIDE_M)))
