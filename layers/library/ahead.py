"""What questions of a large layer's newest version need to know, found when it has come in."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import geopandas as gpd
import numpy as np

import geo
from geo.errors import PlanAtlasError
from geo.measure.ahead import moved_ahead
from geo.measure.crs import edge_crs, lonlat_crs
from geo.measure.facts import shape_kinds
from layers.features.opened import OpenedContent
from layers.library.library import Library
from layers.plan.edges import edge_plane


def _nobody() -> None:
    """Tell nobody."""


def find_ahead(library: Library, layer_id: str, *, progress: Callable[[], None] = _nobody) -> None:
    """Find what is known of a layer's shapes and keep it with its version, for all processes.

    Parameters
    ----------
    library
        The open plan.
    layer_id
        A layer that was just brought in; of a small one, whose facts are found at once, nothing is kept.
    progress
        Is called when there is something to find.
    """
    with contextlib.suppress(PlanAtlasError):  # what cannot be asked has been told; the layer is in
        _find(library, layer_id, progress)


def _find(library: Library, layer_id: str, progress: Callable[[], None]) -> None:
    layer = library.layer(layer_id, restricted=True)
    content = library.snapshot(layer).content
    if not isinstance(content, OpenedContent):
        return
    progress()
    crs = lonlat_crs(layer.datum)
    plane = edge_plane(layer, library.catalog.plan.plane_crs)
    declared = geo.declare_edges(
        gpd.GeoDataFrame(geometry=[], crs=crs), edge_model=layer.edge_model, plane_crs=plane
    )
    moved = moved_ahead(declared, content.shelf, content.blocks(), count=len(content), where=layer_id)
    placed = ~content.missing
    shape_kinds(content.stored(np.arange(len(content))))  # what points, lines and polygons are, without making any
    if moved is not None:  # the shapes as they are stored need not be held beside them
        own = edge_crs(declared, where=layer_id)
        frame = gpd.GeoDataFrame(geometry=moved[placed], crs=own)
    else:
        stored = gpd.GeoDataFrame(geometry=content.geometry[placed], crs=crs)
        frame = geo.declare_edges(stored, edge_model=layer.edge_model, plane_crs=plane)
    geo.find_facts(frame, where=layer_id)
    if layer.class_field:
        frame[layer.class_field] = np.array(content.values(layer.class_field), dtype=object)[placed]
        geo.find_ground_once(frame, class_field=layer.class_field, where=layer_id)
    if "demand" in layer.usual:
        geo.find_ground_once(frame, where=layer_id)
    if "zones" in layer.usual:
        geo.find_zone_facts(frame, where=layer_id)
