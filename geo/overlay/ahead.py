"""What questions of a layer need to know of the ground its polygons share, found before anybody asks."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from geo.measure.crs import Bench
from geo.measure.facts import shape_kinds
from geo.measure.validity import usable_report
from geo.overlay.covering import keep_left
from geo.overlay.overlaps import keep_doubled
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
        left of each when ground goes to the earlier row, as a target of service areas is asked for.
    where
        The layer's name in errors.

    Raises
    ------
    MissingCRS, RefusedCRS, RefusedDatum, BadGeometry, EmptyLayer, NoSuchField
    """
    if not len(frame) or not np.isin(shape_kinds(frame.geometry.to_numpy()), POLYGONS).all():
        return
    report = usable_report(frame, where=where)
    bench = Bench.of(report.frame, where=where)
    shapes = report.on(bench)
    if class_field is None:
        keep_left(shapes)
    else:
        keep_doubled(shapes, bench.crs, code_labels(report.frame, class_field, where=where)[1])
