"""The area of features as they are drawn, as a column of a table beside what the data state."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pyarrow as pa
import shapely

import geo
from geo.measure.crs import lonlat_crs
from layers.features.columns import Content
from layers.features.snapshot import Snapshot
from layers.library.library import EXACT, Library
from layers.messages import say
from layers.plan.catalog import Field, Layer
from layers.plan.edges import edge_plane
from layers.plan.field_lists import read_fields

DRAWN_AREA = "@area"
_M2_OF_HA = 1e4
_BLOCK = 65_536


def asks_drawn_area(columns: Collection[str], sort: str) -> bool:
    """Whether a table shows, or is sorted by, the area as drawn."""
    return DRAWN_AREA in columns or any(one.removeprefix("-") == DRAWN_AREA for one in read_fields(sort))


def measured_layer(layer: Layer) -> Layer:
    """Return the layer with the area as drawn among its fields; one without ground as it is."""
    if layer.geometry not in ("polygon", "mixed") or any(one.id == DRAWN_AREA for one in layer.fields):
        return layer
    field = Field(DRAWN_AREA, say("field_drawn_area"), "number", unit="ha", decimals=4, measure="additive")
    return replace(layer, fields=(*layer.fields, field))


def with_drawn_area(shown: Library, snapshot: Snapshot) -> Snapshot:
    """Return a layer with the ellipsoidal area of each feature, ha; null of what has no place or is no ground.

    Areas are those of the coordinates as they are kept, edges as the layer declares, whatever leaves rounded.

    Parameters
    ----------
    shown
        The plan the snapshot is of.
    snapshot
        The layer as it is shown.
    """
    layer, content = measured_layer(snapshot.layer), snapshot.content
    if layer is snapshot.layer:
        return snapshot
    table = properties_with_area(shown, snapshot)
    return replace(snapshot, layer=layer, content=Content(content.ids, content.geometry, table))


def properties_with_area(shown: Library, snapshot: Snapshot) -> pa.Table:
    """Return what a layer's features state, and the area of each (`with_drawn_area`); no shape is held."""
    layer = snapshot.layer
    exact = shown.rounded(EXACT)
    number = snapshot.number
    kept = exact.snapshot(snapshot.layer) if number is None else exact.snapshot_at(snapshot.layer, number)
    areas = _areas_ha(kept.content, layer, edge_plane(layer, shown.catalog.plan.plane_crs))
    table, column = snapshot.content.properties, pa.array(areas, pa.float64())
    return table.append_column(DRAWN_AREA, column) if table.num_columns else pa.table({DRAWN_AREA: column})


def _areas_ha(content: Content, layer: Layer, plane: str | None) -> list[float | None]:
    out: list[float | None] = []
    for start in range(0, len(content), _BLOCK):
        shapes = content.shapes(np.arange(start, min(start + _BLOCK, len(content))))
        ground = shapely.get_dimensions(shapes) == 2
        placed = gpd.GeoSeries(shapes, crs=lonlat_crs(layer.datum))
        frame = gpd.GeoDataFrame(geometry=placed)
        areas = geo.area_m2(geo.declare_edges(frame, edge_model=layer.edge_model, plane_crs=plane)) / _M2_OF_HA
        out += [area if known else None for area, known in zip(areas.tolist(), ground.tolist(), strict=True)]
    return out
