"""Zones and class labels, checked and numbered."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.arrays import Ints, Shapes
from geo.errors import BadField
from geo.measure import sound
from geo.measure.crs import Bench
from geo.measure.validity import Report, usable_report
from geo.result import distinct_labels, text_labels


def code_labels(frame: pd.DataFrame, field: str | None, *, where: str) -> tuple[tuple[str | None, ...], Ints]:
    """Return a column's sorted labels (None last: null or blank) and each row's number among them."""
    code, found = distinct_labels(frame, field, where=where)
    known: list[str | None] = [*sorted({label for label in found if label is not None})]
    if None in found:
        known.append(None)
    position = np.array([known.index(label) for label in found], dtype=np.int64)
    return tuple(known), position[code] if len(code) else code


@dataclass(frozen=True)
class ZoneSet:
    """Zones on the bench, one shape a label."""

    labels: tuple[str, ...]
    shapes: Shapes
    report: Report


def zone_set(zones: gpd.GeoDataFrame, bench: Bench, *, zone_field: str | None, where: str = "zones") -> ZoneSet:
    """Check zones and bring them to the bench; rows of one label are one zone.

    Parameters
    ----------
    zones
        n polygons.
    bench
        The plane they are brought to.
    zone_field
        Field of their labels; the index when None.
    where
        Their name in errors.

    Raises
    ------
    BadField
        When a zone has no label.
    """
    report = usable_report(zones, where=where)
    names = text_labels(report.frame, zone_field, where=where)
    if None in names:
        row = names.index(None)
        text = {"why_zh": f"第 {row} 行没有名称。", "why_en": f"row {row} is null: every zone needs a label."}
        raise BadField(where=where, field=zone_field, **text)
    shapes = report.on(bench)
    order = tuple(dict.fromkeys(name for name in names if name is not None))
    if len(order) < len(names):
        rows = {label: [i for i, name in enumerate(names) if name == label] for label in order}
        shapes = np.array([sound.union(shapes[rows[label]]) for label in order], dtype=object)
    return ZoneSet(order, shapes, report)
