"""The illustrative land-use coverage: every square metre of the blocks in exactly one parcel.

What lies on the ground is laid down in order of priority, the rest is cut into parcels; then all edges are noded
on one grid, faces made from them and given back to the piece they lie in, so that neighbours share vertices and
rounding to degrees moves both alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import shapely
from shapely import LineString, Point, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from sketch.drawing.base import Ground
from sketch.drawing.blocks import Piece, pieces, themes
from sketch.drawing.frame import to_degrees
from sketch.drawing.sketch import Entry, Sketch

Parcel = tuple[str, str, Polygon]


class BrokenCoverage(ValueError):
    """The parcels overlap or leave gaps after rounding; the drawing has to be changed where it says."""


def parcels(
    sketch: Sketch,
    ground: Ground,
    zones: Mapping[str, Polygon],
    sites: Mapping[str, Polygon],
    *,
    uses: Mapping[str, Sequence[Point]],
) -> list[Parcel]:
    """All parcels as (class code, block id, polygon in degrees), ordered from north to south by block.

    Parameters
    ----------
    sketch, ground, zones, sites
        What is drawn already.
    uses
        Points by class code whose parcel takes that class, because the plan names what stands there.

    Raises
    ------
    BrokenCoverage
        The rounded parcels are not a valid coverage.
    """
    found: list[Parcel] = []
    for key, block in ground.blocks.items():
        laid = _laid(sketch, ground, zones, sites, block=block, uses=uses)
        faces = _faces(laid, block, rule=sketch.tables["landuse"]["rule"])
        rounded = to_degrees(shapely.GeometryCollection([shape for _, shape in faces]))
        shapes = list(rounded.geoms)
        if not (shapely.coverage_is_valid(shapes) and all(shapely.is_valid(shapes))):
            raise BrokenCoverage(f"{key}: {_first_fault(shapes)}")
        order = sorted(range(len(shapes)), key=lambda number: shapes[number].bounds[::-1], reverse=True)
        found += [(faces[number][0], key, shapes[number]) for number in order]
    return found


def _first_fault(shapes: list[Polygon]) -> str:
    edges = [edge for edge in shapely.coverage_invalid_edges(shapes) if not edge.is_empty]
    broken = [shapely.is_valid_reason(shape) for shape in shapes if not shape.is_valid]
    return str([*broken, *(edge.wkt for edge in edges)][0])


def _laid(
    sketch: Sketch,
    ground: Ground,
    zones: Mapping[str, Polygon],
    sites: Mapping[str, Polygon],
    *,
    block: Polygon,
    uses: Mapping[str, Sequence[Point]],
) -> list[Piece]:
    """Pieces of one block, disjoint up to rounding."""
    table = sketch.tables["landuse"]
    code = table["classes"]
    site_class = {entry["id"]: entry["class"] for entry in sketch.tables["sites"]["sites"]}
    wanted: list[tuple[str, BaseGeometry]] = [(site_class[key], shape) for key, shape in sites.items()]
    wanted += [(code["river"], ground.strip_of(key)) for key in ground.rivers]
    wanted += [(code["road"], ground.strip_of(key)) for key in ground.roads]
    wanted += [(code["rail"], ground.strip_of(key)) for key in ground.rail if ground.widths[key] > 0]
    wanted += [(code["park"], shape) for shape in ground.parks.values()]
    wanted += [(code["hill"], shape) for shape in ground.hills.values()]
    wanted += [(code["verge"], ground.strip_of(key, beside_m=beside)) for key, beside in sketch.verges.items()]
    wanted += [(code["street"], street) for street in streets(sketch, ground)]
    found: list[Piece] = []
    taken: BaseGeometry = Polygon()
    for one, shape in wanted:
        if not shape.intersects(block):
            continue
        room = shape.intersection(block).difference(taken)
        found += [Piece(one, part) for part in _polygons(room, least=0.5)]
        taken = taken.union(shape)
    chosen = themes(sketch, ground, zones)
    rest = sorted(_polygons(block.difference(taken), least=0.5), key=lambda part: part.bounds)
    for part in rest:
        found += [_used(piece, uses) for piece in pieces(part, table["rule"], thin=code["thin"], chosen=chosen)]
    return found


def _used(piece: Piece, uses: Mapping[str, Sequence[Point]]) -> Piece:
    for code, spots in uses.items():
        if any(piece.shape.contains(spot) for spot in spots):
            return Piece(code, piece.shape)
    return piece


def streets(sketch: Sketch, ground: Ground) -> Iterable[BaseGeometry]:
    """Local streets without a name, kept clear of hills."""
    table = sketch.tables["landuse"]
    clear = float(table["rule"]["hill_clear_m"])
    hills = shapely.union_all([hill.buffer(clear) for hill in ground.hills.values()])
    for entry in table["streets"]:
        low, high = entry["span"]
        for at in entry["at"]:
            ends = [(at, low), (at, high)] if entry["lines"] == "x" else [(low, at), (high, at)]
            line = LineString(sketch.frames[entry["frame"]].plane(ends))
            yield line.buffer(float(entry["width_m"]) / 2, cap_style="flat").difference(hills)


def _polygons(shape: BaseGeometry, *, least: float) -> list[Polygon]:
    parts = getattr(shape, "geoms", [shape])
    return [part for part in parts if isinstance(part, Polygon) and part.area > least]


def _faces(laid: list[Piece], block: Polygon, *, rule: Entry) -> list[tuple[str, Polygon]]:
    """Faces of all edges together, joined again piece by piece, slivers given to a neighbour."""
    edges = shapely.union_all(
        [block.boundary, *(piece.shape.boundary for piece in laid)], grid_size=float(rule["grid_m"])
    )
    faces = list(shapely.polygonize([edges]).geoms)
    tree = STRtree([piece.shape for piece in laid])
    inner = [face.representative_point() for face in faces]
    owners = np.full(len(faces), -1)
    points, holders = tree.query(inner, predicate="intersects")
    for face, holder in sorted(zip(points.tolist(), holders.tolist()), reverse=True):
        owners[face] = holder
    left = [number for number in range(len(faces)) if owners[number] < 0]
    holding = shapely.prepared.prep(block)
    left_inside = [number for number in left if holding.contains(inner[number])]
    grouped: dict[int, list[Polygon]] = {}
    for number, owner in enumerate(owners.tolist()):
        if owner >= 0:
            grouped.setdefault(owner, []).append(faces[number])
    joined = [
        (laid[owner].code, part)
        for owner, group in sorted(grouped.items())
        for part in _polygons(shapely.coverage_union_all(group), least=0.0)
    ]
    joined += [("", faces[number]) for number in left_inside]
    return _without_slivers(joined, least=float(rule["sliver_m2"]))


def _without_slivers(faces: list[tuple[str, Polygon]], *, least: float) -> list[tuple[str, Polygon]]:
    """Faces smaller than `least` m2, or that belong to no piece, merged where the common edge is longest."""
    while True:
        small = [number for number, (code, face) in enumerate(faces) if face.area < least or not code]
        if not small:
            return faces
        tree = STRtree([face for _, face in faces])
        gone: set[int] = set()
        changed: set[int] = set()
        for number in small:
            if number in changed:
                continue
            sliver = faces[number][1]
            near = [
                other
                for other in sorted(tree.query(sliver, predicate="intersects").tolist())
                if other != number and other not in gone and faces[other][0]
            ]
            shared = [sliver.boundary.intersection(faces[other][1].boundary).length for other in near]
            best = near[int(np.argmax(shared))]
            merged = shapely.coverage_union_all([faces[best][1], sliver])
            faces[best] = (faces[best][0], merged if isinstance(merged, Polygon) else merged.geoms[0])
            gone.add(number)
            changed.add(best)
        faces = [face for number, face in enumerate(faces) if number not in gone]
