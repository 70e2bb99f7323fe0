"""How far the nearest is."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely

import geo
from geo.result import typed_rows
from geo.text import Text, spaced_zh
from layers.figures.contribution import Contribution
from layers.figures.figure import Column
from layers.figures.functions.entry import Function, Geometry, Slot
from layers.figures.functions.itself import refuse_itself
from layers.figures.functions.possible import value_with_all
from layers.figures.inputs import Gathered
from layers.figures.outcome import DrawnRows, Outcome, shown_as
from layers.figures.presentation import ranged_value
from layers.figures.verification.second import geodesic_distances
from layers.figures.verification.sql import Duck, Geos
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text

_MOST_LISTED = 500


_NAME = Column("name", Text("要素", "Feature"))


_OTHER = Column("other", Text("参照要素", "Reference feature"))


class _Link(NamedTuple):
    feature: str
    nearest: str
    distance_m: float


def answer_nearest(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """How far each feature's nearest reference feature is (roles part, line); the value is the largest.

    Raises
    ------
    NotComputable
        Features are asked for their nearest among themselves.
    """
    part, line = gathered.roles["part"], gathered.roles["line"]
    refuse_itself(part, line)
    steps.begin(1)
    table = geo.find_nearest(part.frame, line.frame).sort_values("distance_m", kind="stable")
    per = 1000.0 if statistic.unit == "km" else 1.0
    value = float(table["distance_m"].max()) / per
    span = _open_span(statistic, gathered, value)
    text = ranged_value(
        measured_text(value, statistic.unit, statistic.decimals), span, statistic.unit, statistic.decimals
    )
    last = table.iloc[_MOST_LISTED - 1 :].tail(1)  # the farthest, whose distance is the value
    listed = [*typed_rows(table.head(_MOST_LISTED - 1), _Link), *typed_rows(last, _Link)]
    closest = measured_text(float(table["distance_m"].min()) / per, statistic.unit, statistic.decimals)
    column = f"distance_{statistic.unit}"
    rows = tuple(
        {
            "kind": "part",
            "name": part.name(str(r.feature)),
            "other": line.name(str(r.nearest)),
            column: float(r.distance_m) / per,
        }
        for r in listed
    )
    return Outcome(
        value=value,
        columns=(_NAME, _OTHER, Column(column, Text("距离", "Distance"), statistic.unit, statistic.decimals)),
        rows=rows,
        presentation=shown_as(rows, column, drawn=DrawnRows(order="rows"), names=("name", "other")),
        method=Text(
            "到最近要素的真实距离（两形状间最短连线，相接为 0）；数值取其中最大者。",
            "True distance to the nearest feature (shortest link, 0 where they meet); the value is the largest.",
        ),
        sentence=Text(
            spaced_zh(f"{statistic.label.zh}：{len(table)} 个要素中最近的 {closest.zh}，最远的", text.zh, "。"),
            f"{statistic.label.en}: {closest.en} to the nearest, {text.en} to the farthest of {len(table)}.",
        ),
        span=span,
        evidence=_links(part.frame, line.frame, [(str(r.feature), str(r.nearest)) for r in listed]),
        contributions=tuple(
            Contribution(part.use.layer, str(r.feature), part.name(str(r.feature)), float(r.distance_m), "m", None)
            for r in listed
        ),
    )


def _open_span(statistic: Statistic, gathered: Gathered, value: float) -> tuple[float, float] | None:
    """Return between what the largest distance lies, with all that may be near and with all that may be far."""
    ends = [value_with_all(answer_nearest, statistic, gathered, (role,)) for role in ("line", "part")]
    least, most = (value if end is None else end for end in ends)
    return (min(least, value), max(most, value)) if least < value or most > value else None


def _links(part: gpd.GeoDataFrame, line: gpd.GeoDataFrame, pairs: list[tuple[str, str]]) -> gpd.GeoDataFrame:
    """Return the links between features and their nearest, for the map."""
    one = np.asarray(part.geometry.loc[[a for a, _ in pairs]], dtype=object)
    other = np.asarray(
        line.to_crs(geo.checked_crs(part, where="part")).geometry.loc[[b for _, b in pairs]], dtype=object
    )
    table = {"feature": [a for a, _ in pairs], "nearest": [b for _, b in pairs]}
    return gpd.GeoDataFrame(table, geometry=shapely.shortest_line(one, other), crs=part.crs)


def _nearest(statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    return max(geodesic_distances(gathered)) / (1000.0 if statistic.unit == "km" else 1.0)


def _sway(statistic: Statistic, gathered: Gathered, metres: float) -> tuple[float | None, float | None]:
    """Return the largest distance less and more by what positions may be off."""
    steps = Steps(lambda _done, _total: None)
    value = answer_nearest(statistic, gathered, steps).value or 0.0
    off = metres / (1000.0 if statistic.unit == "km" else 1.0)
    return max(value - off, 0.0), value + off


_ANY: tuple[Geometry, ...] = ("point", "line", "polygon")
FUNCTION = Function(
    id="nearest",
    order=50,
    name=Text("最近距离", "Distance to the nearest"),
    question=Text("到最近要素的距离", "Distance to the nearest"),
    slots=(
        Slot("part", Text("统计图层", "Layer"), _ANY, usual="classes"),
        Slot("line", Text("参照图层", "Reference layer"), _ANY),
    ),
    units={"": ("m", "km")},
    additive=Text("距离不可相加", "Distances do not add up"),
    compute=answer_nearest,
    recompute=_nearest,
    sway=_sway,
    revision=4,
)
