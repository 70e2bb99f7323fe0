"""In which plane a layer's edges are straight: its own, kept with it, else the plan's."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from pyproj import CRS

from geo.measure.crs import ALLOWED_DATUMS
from geo.measure.shift import CODE, bound_by, bound_by_parameters, metric_crs, named_rightly
from layers.plan.catalog import Layer
from layers.plan.operations import chosen_operation, published_operations


def edge_plane(layer: Layer, plan_plane: str) -> str | None:
    """Return the plane of a layer's edges as `geo` takes it; None where they are straight in degrees."""
    if layer.edge_model != "plane":
        return None
    return plane_of(layer.plane_crs or plan_plane, layer.datum_operation)


@lru_cache(maxsize=256)
def plane_of(plane_crs: str, operation: str) -> str:
    """Return a plane with metres on its axes, bound to WGS 84 where it is on another datum.

    Parameters
    ----------
    plane_crs
        A code, or WKT.
    operation
        A code of EPSG; or the seven parameters and their convention as `DatumParameters.written` has them; or
        nothing: of a plane on another datum the operation for its own area is then taken (`operations.taken`).

    Examples
    --------
    >>> plane_of("EPSG:4549", "")
    'EPSG:4549'
    """
    crs = named_rightly(CRS.from_user_input(plane_crs).to_2d())
    if CODE.fullmatch(operation):
        return str(bound_by(crs, operation).to_wkt())
    if operation:
        *numbers, last = operation.replace(",", " ").split()
        turned = [float(n) for n in numbers]
        if len(turned) < 7:
            turned, last = [*turned, float(last)], ""
        return str(bound_by_parameters(crs, tuple(turned), position_vector=last == "position_vector").to_wkt())
    area, base = crs.area_of_use, crs.geodetic_crs
    if area is not None and base is not None and base.datum is not None:
        middle = np.array([[0.5 * (area.west + area.east), 0.5 * (area.south + area.north)]])
        allowed = base.datum.name.startswith(ALLOWED_DATUMS)
        usual = None if allowed else chosen_operation(crs, published_operations(crs, middle))
        if usual is not None:
            return str(bound_by(crs, usual.code).to_wkt())
    plain = metric_crs(crs)
    return plane_crs if plain is crs and crs == CRS.from_user_input(plane_crs) else str(plain.to_wkt())
