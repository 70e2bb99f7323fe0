"""In which plane an imported layer's edges are straight, and its areas are taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import geopandas as gpd
from pyproj import CRS

import geo
from geo.errors import PlanAtlasError
from layers.features.columns import Objects
from layers.imports.crs_gate import SHIFTED
from layers.plan.catalog import Layer, Plan

Edges = Literal["lonlat", "plane"]


def _measurable(crs: str) -> bool:
    """Tell whether areas may be taken in a plane: not in web Mercator."""
    try:
        geo.checked_crs(crs, where="file")
    except PlanAtlasError:
        return False
    return True


def _projected(crs: str) -> bool:
    return crs not in SHIFTED and bool(CRS.from_user_input(crs).is_projected)


def edges_of(asked: str, crs: str) -> Edges:
    """Return where a new layer's edges are straight: as a person says, else in the CRS its coordinates came in."""
    plane = asked == "plane" if asked else _projected(crs)
    return "plane" if plane else "lonlat"


def frames(
    plan: Plan, asked: str, known: Layer | None, crs: str, datum: str
) -> Callable[[Objects], gpd.GeoDataFrame]:
    """Return what makes a frame of shapes: in degrees, edges straight in the file's own plane if it has one."""
    projected = _projected(crs)
    plane = crs if projected and _measurable(crs) else plan.plane_crs
    model = known.edge_model if known else edges_of(asked, crs)
    degrees = "EPSG:4490" if datum == "CGCS2000" else "EPSG:4326"

    def frame(shapes: Objects) -> gpd.GeoDataFrame:
        return geo.declare_edges(
            gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, crs=degrees)),
            edge_model=model,
            plane_crs=plane if model == "plane" else None,
        )

    return frame
