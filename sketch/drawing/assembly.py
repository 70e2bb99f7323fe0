"""The whole drawing put together and turned into placements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from sketch.drawing.base import Ground, ground
from sketch.drawing.frame import to_degrees
from sketch.drawing.parcels import Parcel, parcels
from sketch.drawing.placement import Origin, Placement, origin_of
from sketch.drawing.places import communities, gateways, known_uses, points
from sketch.drawing.sites import sites
from sketch.drawing.sketch import Entry, Sketch
from sketch.drawing.zones import zones

# What a stored outline looks like on the map: vertices closer than this to a straight line are left out (metres).
OUTLINE_STEP_M = 2.0


@dataclass(frozen=True)
class Drawing:
    """Everything drawn: plane shapes by layer and id, and the parcels in degrees."""

    sketch: Sketch
    ground: Ground
    shapes: Mapping[str, Mapping[str, BaseGeometry]]
    parcels: tuple[Parcel, ...]

    @classmethod
    def of(cls, sketch: Sketch) -> Drawing:
        """Draw everything the tables ask for."""
        base = ground(sketch)
        areas = zones(sketch, base)
        land = sites(sketch, base, areas)
        shapes: dict[str, dict[str, BaseGeometry]] = {
            "zones": dict(areas),
            "parks": dict(base.parks),
            "rivers": dict(base.rivers),
            "hills": dict(base.hills),
            "roads": dict(base.roads),
            "rail": dict(base.rail),
            "gateways": gateways(sketch, base),
            "communities": communities(sketch, base),
            "projects": dict(land),
        }
        for layer, found in points(sketch, base, shapes).items():
            shapes.setdefault(layer, {}).update(found)
        laid = parcels(sketch, base, areas, land, uses=known_uses(sketch, shapes))
        return cls(sketch, base, shapes, tuple(laid))

    def block_outlines(self) -> dict[str, BaseGeometry]:
        """The blocks as the union of their parcels, in degrees: the same vertices as the parcels."""
        outlines = {}
        for key in self.ground.blocks:
            own = [shape for _, block, shape in self.parcels if block == key]
            outlines[key] = _wound(shapely.coverage_union_all(own))
        return outlines

    def placements(self) -> dict[str, dict[str, Placement]]:
        """Every item with its geometry in degrees and its origin."""
        tables = self.sketch.tables
        frames, green, places = tables["frames"], tables["green"], tables["places"]
        city, bank, strip = frames["outlines"]["boundary"], frames["outlines"]["bank"], frames["river_strip"]
        block_origin = origin_of(tables["zones"]["blocks"], default=_layer_origin(tables["zones"]["layer"]))
        found: dict[str, dict[str, Placement]] = {
            city["layer"]: {city["id"]: self._entry(city, self.ground.outline.simplify(OUTLINE_STEP_M))},
            bank["layer"]: {bank["id"]: self._entry(bank, self.ground.bank.simplify(OUTLINE_STEP_M))},
            "zones": {key: block_origin.placed(shape) for key, shape in self.block_outlines().items()},
            "rivers": {strip["id"]: self._entry(strip, self.ground.strip)},
        }
        rows: tuple[tuple[str, Entry, Iterable[Entry]], ...] = (
            ("zones", tables["zones"]["layer"], tables["zones"]["zones"]),
            ("parks", green["layers"]["parks"], green["parks"]),
            ("rivers", tables["water"]["layer"], tables["water"]["rivers"]),
            ("hills", green["layers"]["hills"], green["hills"]),
            ("roads", tables["roads"]["layer"], tables["roads"]["roads"]),
            ("rail", tables["rail"]["layer"], tables["rail"]["rail"]),
            ("gateways", places["layers"]["gateways"], places["gateways"]),
            ("community_rooms", places["layers"]["community_rooms"], places["community_rooms"]),
            ("communities", places["layers"]["communities"], [{"id": key} for key in self.shapes["communities"]]),
            ("facilities", places["layers"]["facilities"], places["facilities"]),
            ("projects", tables["sites"]["layer"], [*tables["sites"]["sites"], *tables["sites"]["points"]]),
        )
        for layer, default, entries in rows:
            origin = _layer_origin(default)
            own = found.setdefault(layer, {})
            for entry in entries:
                own[entry["id"]] = self._entry(entry, self.shapes[layer][entry["id"]], default=origin)
        return found

    def _entry(self, entry: Entry, shape: BaseGeometry, *, default: Origin | None = None) -> Placement:
        origin = _layer_origin(entry) if default is None else origin_of(entry, default=default)
        return origin.placed(_wound(to_degrees(shape)))


def _wound(shape: BaseGeometry) -> BaseGeometry:
    """Outer rings counterclockwise (RFC 7946), repeated points left out, single parts plain.

    Raises
    ------
    ValueError
        Rounding to 7 decimals made the shape invalid.
    """
    clean = shapely.remove_repeated_points(shape)
    if not clean.is_valid:
        raise ValueError(f"invalid after rounding: {shapely.is_valid_reason(clean)}")
    if isinstance(clean, shapely.Polygon):
        return orient(clean)
    if isinstance(clean, shapely.MultiPolygon):
        return shapely.MultiPolygon([orient(part) for part in clean.geoms])
    return clean


def _layer_origin(entry: Entry) -> Origin:
    return Origin(entry["position"], float(entry["uncertainty_m"]), entry["source_zh"], entry["source_en"])
