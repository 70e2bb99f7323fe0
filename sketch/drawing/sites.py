"""Project sites: quadrilaterals along the street grid with exactly the stated land.

A site goes to the free place of its zone nearest to the table's mark. Free means: inside the zone, and clear of
roads, water, railways, parks, hills and the sites placed before it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely
from shapely import Point, Polygon
from shapely.geometry.base import BaseGeometry

from sketch.drawing.base import Ground, scaled_to
from sketch.drawing.frame import Frame, area_m2, to_degrees, to_plane
from sketch.drawing.sketch import Entry, Sketch

M2_PER_MU = 2000 / 3


class NoRoom(ValueError):
    """A site does not fit into its zone; the table must give it another zone or mark."""


def sites(sketch: Sketch, ground: Ground, zones: Mapping[str, Polygon]) -> dict[str, Polygon]:
    """Every project site by id, EPSG:4549 metres.

    Raises
    ------
    NoRoom
        A zone is too full for its sites.
    """
    table = sketch.tables["sites"]
    gap = float(table["rule"]["gap_m"])
    fixed = [ground.strip_of(key) for key in (*ground.roads, *ground.rail, *ground.rivers)]
    fixed += [*ground.parks.values(), *ground.hills.values()]
    taken = shapely.union_all(fixed).buffer(gap, quad_segs=2)
    frames = {entry["id"]: entry["frame"] for entry in sketch.tables["zones"]["zones"]}
    placed: dict[str, Polygon] = {}
    for entry in table["sites"]:
        zone = zones[entry["zone"]]
        avoid = [zones[key] for key in entry.get("avoid", [])]
        blocked = shapely.union_all([taken.intersection(zone.envelope), *avoid])
        frame = sketch.frames[frames[entry["zone"]]]
        site = _settled(entry, frame, zone, blocked, step=float(table["rule"]["step"]))
        placed[entry["id"]] = site
        taken = taken.union(site.buffer(gap, join_style="mitre"))
    return placed


def _settled(entry: Entry, frame: Frame, zone: Polygon, blocked: BaseGeometry, *, step: float) -> Polygon:
    area = float(entry["mu"]) * M2_PER_MU
    corners = _percentages(frame, zone)
    low, high = corners.min(axis=0), corners.max(axis=0)
    toward = np.array(entry.get("toward", low), dtype=float)
    across, up = np.meshgrid(np.arange(low[0], high[0], step), np.arange(low[1], high[1], step), indexing="ij")
    middles = np.column_stack([across.ravel(), up.ravel()])
    metres = frame.plane(middles)
    order = np.lexsort((middles[:, 1], middles[:, 0], np.hypot(*(metres - frame.plane([toward])).T).round(3)))
    shapely.prepare(zone)
    shapely.prepare(blocked)
    inside = shapely.contains_xy(zone, metres) & ~shapely.contains_xy(blocked, metres)
    held = to_plane(Point(entry["holds"])) if "holds" in entry else None
    for number in order[inside[order]]:
        site = _quadrilateral(frame, middles[number], metres[number], area=area, aspect=float(entry["aspect"]))
        if held is not None and not site.contains(held):
            continue
        if zone.contains(site) and not blocked.intersects(site):
            return scaled_to(site, area=area, anchor=0)
    raise NoRoom(f"{entry['id']}: no room for {area:.0f} m2 in {entry['zone']}")


def _quadrilateral(frame: Frame, middle: np.ndarray, metres: np.ndarray, *, area: float, aspect: float) -> Polygon:
    along, square = frame.directions(middle)
    ends = frame.plane([(middle[0], middle[1] - 1), (middle[0], middle[1] + 1)])
    up = (ends[1] - ends[0]) / np.hypot(*(ends[1] - ends[0]))
    length = (area * aspect) ** 0.5
    depth = area / length / float(up @ square)
    half, rise = along * length / 2, up * depth / 2
    return Polygon([metres - half - rise, metres + half - rise, metres + half + rise, metres - half + rise])


def _percentages(frame: Frame, shape: Polygon) -> np.ndarray:
    """A shape's vertices in the frame's percentages, by a few Newton steps from the middle of the frame."""
    wanted: np.ndarray = shapely.get_coordinates(shape.simplify(20.0))
    guess: np.ndarray = np.full_like(wanted, 50.0)
    for _ in range(12):
        here = frame.plane(guess)
        east = frame.plane(guess + np.array([0.01, 0.0])) - here
        north = frame.plane(guess + np.array([0.0, 0.01])) - here
        off = wanted - here
        det = east[:, 0] * north[:, 1] - east[:, 1] * north[:, 0]
        guess = guess + 0.01 * np.column_stack(
            [
                (off[:, 0] * north[:, 1] - off[:, 1] * north[:, 0]) / det,
                (east[:, 0] * off[:, 1] - east[:, 1] * off[:, 0]) / det,
            ]
        )
    return guess


def area_error(site: Polygon, *, mu: float) -> float:
    """Relative difference between a site's area on the ellipsoid (as it will be written) and the stated land."""
    return abs(float(area_m2(to_degrees(site))) / (mu * M2_PER_MU) - 1)
