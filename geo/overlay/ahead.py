"""What questions of a layer need to know of the ground its polygons share, found before anybody asks."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from geo.arrays import Shapes
from geo.measure.crs import Bench
from geo.measure.facts import shape_kinds
from geo.measure.validity import Report, usable_report
from geo.overlay.covering import find_left
from geo.overlay.overlaps import keep_doubled
from geo.overlay.twice import held_twice_m2
from geo.overlay.zone_cells import kept_zone_cells
from geo.overlay.zones import code_labels

POLYGONS = (3, 6)


def find_ground_once(frame: gpd.GeoDataFrame, *, class_field: str | None = None, where: str = "layer") -> None:
    """Find what ground a layer's polygons cover more than once, and keep it where its other facts are kept.

    Parameters
    ----------
    frame
        n features of any kind; of others than polygons nothing is found.
    class_field
        Their class: what lies under others of its class is found beside what lies under any. None finds what is
        left of each when ground goes to the larger one, as a target of service areas is asked for.
    where
        The layer's name in errors.

    Raises
    ------
    MissingCRS, RefusedCRS, RefusedDatum, BadGeometry, EmptyLayer, NoSuchField
    """
    shapes, report = _polygons(frame, where)
    if report is None:
        return
    crs = Bench.of(report.frame, where=where).crs
    if class_field is None:
        find_left(shapes, crs)
    else:
        keep_doubled(shapes, crs, code_labels(report.frame, class_field, where=where)[1])


def find_zone_facts(frame: gpd.GeoDataFrame, *, where: str = "layer") -> None:
    """Find how much ground several of a layer's polygons hold, and the cells things are looked up in; keep both.

    Parameters
    ----------
    frame
        n features of any kind; of others than polygons nothing is found.
    where
        The layer's name in errors.

    Raises
    ------
    MissingCRS, RefusedCRS, RefusedDatum, BadGeometry, EmptyLayer
    """
    shapes, report = _polygons(frame, where)
    if report is not None:
        held_twice_m2(shapes, Bench.of(report.frame, where=where).crs)
        kept_zone_cells(shapes, find=True)


def _polygons(frame: gpd.GeoDataFrame, where: str) -> tuple[Shapes, Report | None]:
    """Return a layer's polygons where their edges are straight, and its report; None for any other layer."""
    shapes = frame.geometry.to_numpy()
    if not len(frame) or not np.isin(shape_kinds(shapes), POLYGONS).all():
        return shapes, None
    report = usable_report(frame, where=where)
    return report.on(Bench.of(report.frame, where=where)), report
