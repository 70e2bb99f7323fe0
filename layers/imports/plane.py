"""In which plane an imported layer's edges are straight: there it is checked, mended and measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Geod

import geo
from geo.arrays import Ints
from geo.measure.crs import base_crs, lonlat_crs, move, same_datum_transformer
from geo.measure.seam import Cut, along_geodesics, cut_at_seam
from geo.parallel import row_blocks
from layers.features.columns import Objects
from layers.imports.crs_gate import Admitted
from layers.imports.heights import moved_flat
from layers.plan.catalog import Layer, Plan
from layers.plan.edges import edge_plane, plane_of

Edges = Literal["lonlat", "plane"]
GEODESIC = "geodesic"  # asked for at import: vertices are added along geodesics, and edges are then lonlat
_EARTH = Geod(ellps="WGS84")
_AT_ONCE = 20_000  # shapes that are moved together


@dataclass(frozen=True)
class EdgePlane:
    """Where edges are straight, and the way between there and the degrees a layer is stored in.

    ``plane`` is the plane as `geo` takes it, None for degrees.
    """

    model: Edges
    plane: str | None
    stored: CRS
    whole: bool

    @classmethod
    def of(cls, plan: Plan, asked: str, known: Layer | None, came: Admitted) -> EdgePlane:
        """Return where edges are straight: as the layer has it, as a person says, else where the file's are.

        Parameters
        ----------
        plan
            What the plan declares, its plane among it.
        asked
            The edge model a person says; empty when nobody does.
        known
            The layer as it is declared; None when it is new.
        came
            How the file's coordinates came to the plan's datum.
        """
        stored = CRS.from_user_input(lonlat_crs(came.datum))
        own = plane_of(came.plane_crs, came.operation) if came.plane_crs else None
        if known is not None:
            plane = edge_plane(known, plan.plane_crs)
            return cls(known.edge_model, plane, stored, plane is not None and plane == own)
        model = edges_of(asked, came)
        plane = (own or plane_of(plan.plane_crs, "")) if model == "plane" else None
        return cls(model, plane, stored, own is not None)

    def edges(self, came: Admitted) -> Objects:
        """Return what came where its edges are straight."""
        if self.plane is None:
            return np.asarray(came.shapes, dtype=object)
        if self.whole and came.plane is not None:
            return np.asarray(came.plane, dtype=object)
        return _moved(np.asarray(came.shapes, dtype=object), self.stored, CRS.from_user_input(self.plane))

    def degrees(self, shapes: Objects) -> Objects:
        """Return the vertices of shapes in longitude and latitude."""
        return shapes if self.plane is None else _moved(shapes, CRS.from_user_input(self.plane), self.stored)

    def cut(self, shapes: Objects, *, geodesic: bool = False, spent: Sequence[Objects] = ()) -> Cut:
        """Return mended shapes as they are stored: in degrees, cut at 180.

        What comes from a plane is made block by block, and ``spent``, arrays of as many shapes that nobody needs
        any more, are emptied on the way: a million shapes are held once.
        """
        if self.plane is None:
            if geodesic:
                return cut_at_seam(along_geodesics(shapes, _EARTH), over_pole=True)
            return cut_at_seam(shapes)
        crs = CRS.from_user_input(self.plane)
        way = same_datum_transformer(crs, base_crs(crs))

        def lonlat(xy: Any) -> Any:  # noqa: ANN401 - arrays of coordinates
            return xy if way is None else np.column_stack(way.transform(xy[:, 0], xy[:, 1]))

        out: Objects = np.empty(len(shapes), dtype=object)
        rows: list[tuple[Ints, ...]] = [(np.zeros(0, dtype=np.int64),) * 3]
        for part in row_blocks(len(shapes), size=_AT_ONCE):
            here = shapes[part].copy()
            cut = cut_at_seam(self.degrees(here), plane=here, lonlat=lonlat)
            out[part] = cut.shapes
            rows.append(tuple(part.start + of for of in (cut.cut, cut.shifted, cut.polar)))
            for held in spent:
                held[part] = None
        return Cut(out, *(np.concatenate(of) for of in zip(*rows, strict=True)))

    def frame(self, shapes: Objects) -> gpd.GeoDataFrame:
        """Return stored shapes as a frame whose edges are straight where they are."""
        series = gpd.GeoSeries(shapes, crs=self.stored)
        return geo.declare_edges(gpd.GeoDataFrame(geometry=series), edge_model=self.model, plane_crs=self.plane)

    def measured(self, shapes: Objects) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return the ellipsoidal areas of shapes given where their edges are straight, m2."""
        return geo.area_m2(self.frame(self.degrees(shapes)))


def _moved(shapes: Objects, source: CRS, target: CRS) -> Objects:
    """Return shapes with their vertices in another CRS, heights as they are."""
    raised = np.flatnonzero(shapely.has_z(shapes))
    out = move(shapes, source, target)
    way = same_datum_transformer(source, target)
    if len(raised) and way is not None:
        out = out.copy()
        out[raised] = moved_flat(shapes[raised], lambda xy: np.column_stack(way.transform(xy[:, 0], xy[:, 1])))
    return out


def edges_of(asked: str, came: Admitted) -> Edges:
    """Return where a new layer's edges are straight: as a person says, else in the CRS its coordinates came in."""
    plane = asked == "plane" if asked else bool(came.plane_crs)
    return "plane" if plane else "lonlat"
