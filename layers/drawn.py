"""What lies in a polygon a person drew: land use, coverage, projects and constraints, all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

import geo
from layers.compute import answer
from layers.declare import Text
from layers.features import Snapshot
from layers.figures import Figure
from layers.inputs import DRAWN
from layers.library import Library
from layers.statistics import Input, Statistic
from layers.units import measured

_MOST_LISTED = 200


@dataclass(frozen=True)
class Inside:
    """The figures of a drawn polygon, and by layer the features it meets."""

    figures: tuple[Figure, ...]
    rows: tuple[dict[str, Any], ...]


def inside(
    library: Library,
    progress: Callable[[float, float], None],
    declared: tuple[Statistic, ...],
    *,
    drawn: gpd.GeoDataFrame,
    software: str,
    restricted: bool = False,
) -> Inside:
    """Answer everything the plan can say of a polygon.

    Parameters
    ----------
    library
        The open plan.
    progress
        Called with done and total.
    declared
        The plan's statistics; those of coverage in a straight line are asked for the polygon.
    drawn
        The polygon, EPSG:4326.
    software
        Version written into the figures.
    restricted
        Whether restricted layers may be used.
    """
    snapshots = list(library.readable(restricted=restricted))
    questions = [_land_use(s) for s in snapshots if s.layer.class_field and s.layer.geometry == "polygon"]
    zone = {"zones": Input(DRAWN)}
    questions += [
        replace(s, id="asked", inputs={**s.inputs, **zone}, threshold=None)
        for s in declared
        if s.function == "coverage" and s.along == "straight"
    ]
    figures = []
    for number, question in enumerate(questions):
        progress(number, len(questions) + 1)
        figures.append(answer(library, _quiet, question, software=software, drawn=drawn, restricted=restricted))
    rows = [_row(s, drawn) for s in snapshots if not s.layer.class_field and s.placed]
    progress(1, 1)
    computed = tuple(f for f in figures if f.state == "computed")
    return Inside(computed, tuple(row for row in rows if row["features"]))


def _quiet(_done: float, _total: float) -> None:
    """Take no note: the polygon's own progress counts whole questions."""


def _land_use(snapshot: Snapshot) -> Statistic:
    label = Text(f"绘制范围内的{snapshot.layer.label.zh}", f"{snapshot.layer.label.en} in the drawn polygon")
    formula = Text("Σ 图斑 ∩ 范围（按类别）", "Σ parcel ∩ polygon, by class")
    return Statistic(
        id="asked",
        label=label,
        family=Text("绘制范围", "drawn polygon"),
        definition=label,
        formula=formula,
        source=Text("使用者提问", "asked by the user"),
        function="tabulate",
        unit="ha",
        inputs={"classes": Input(snapshot.layer.id), "zones": Input(DRAWN)},
    )


def _row(snapshot: Snapshot, drawn: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the features of a layer that the polygon meets, and how much of each lies inside."""
    polygon = drawn.geometry.iloc[0]
    hits = np.sort(snapshot.tree.query(polygon, predicate="intersects"))[:_MOST_LISTED]
    cut = shapely.intersection(snapshot.geometry[hits], polygon)
    parts = gpd.GeoSeries(cut, crs="EPSG:4326")
    area, length = geo.area_m2(parts), geo.length_m(parts)
    features = []
    for i, hit in enumerate(hits):
        dimension = shapely.get_dimensions(snapshot.geometry[hit])
        inside_cut = shapely.get_dimensions(cut[i])
        if inside_cut < dimension:
            continue  # it only touches
        found = snapshot.features[hit]
        note = Text("在范围内", "inside")
        if dimension == 2:
            note = measured(float(area[i]) / 10_000.0, "ha", 2)
        elif dimension == 1:
            note = measured(float(length[i]) / 1000.0, "km", 2)
        name = Text(found.name(snapshot.layer, "zh"), found.name(snapshot.layer, "en"))
        features.append({"id": found.id, "name": vars_of(name), "note": vars_of(note)})
    return {"layer": snapshot.layer.id, "label": vars_of(snapshot.layer.label), "features": features}


def vars_of(text: Text) -> dict[str, str]:
    """Return a text as plain values."""
    return {"zh": text.zh, "en": text.en}
