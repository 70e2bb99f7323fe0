"""What questions of a layer need to know of its shapes, found before anybody asks."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from geo.measure.area import measure_shapes
from geo.measure.crs import checked_crs, edge_crs, shapes_of
from geo.measure.facts import overlapping_pairs, remember, shape_boxes, shape_kinds, shape_validity
from geo.measure.validity import check, on_edges

POLYGONS = (3, 6)


def find_facts(frame: gpd.GeoDataFrame, *, where: str = "layer") -> None:
    """Find boxes, validity, areas and overlaps of a layer, where its edges are straight.

    They are kept with its shapes, on the shelf of `geo.measure.facts.remember` where they have one, so that a
    question finds them there. Of a layer with something to mend, areas and overlaps are those of the mended one.

    Parameters
    ----------
    frame
        n features of any kind.
    where
        The layer's name in errors.

    Raises
    ------
    MissingCRS, RefusedCRS, RefusedDatum
    """
    own = edge_crs(frame, where=where)
    stored = shapes_of(frame)
    remember(stored)
    shapes = on_edges(stored, checked_crs(frame, where=where), own)
    if not len(shapes) or not np.isin(shape_kinds(shapes), POLYGONS).all():
        shape_boxes(shapes), shape_kinds(shapes)
        return
    mended = check(frame, where=where).edges
    for found in (shapes, mended) if mended is not shapes else (mended,):
        if len(found) and np.isfinite(shape_boxes(found)).all():
            measure_shapes(found, own)
    if not shape_validity(mended).all():
        return  # what cannot be mended is told to whoever asks
    overlapping_pairs(mended)
