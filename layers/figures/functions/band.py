"""What lies within a distance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import shapely

import geo
from geo.access.demand import frame_dimensions
from geo.errors import BadRule
from geo.measure.area import M2_PER
from geo.result import typed_rows
from geo.text import Text, count_words, spaced_zh
from layers.figures.contribution import Contribution
from layers.figures.figure import Column
from layers.figures.functions.entry import AREAS, DISTANCE, Function, Geometry, Option, Slot
from layers.figures.functions.itself import refuse_itself
from layers.figures.functions.possible import least_of, span_of_measurable
from layers.figures.inputs import Gathered
from layers.figures.outcome import ONLY_PARTS, TOTAL, Outcome, json_number, notes_of, shown_as
from layers.figures.presentation import ranged_value
from layers.figures.verification.second import common_plane, geodesic_distances, on_plane
from layers.figures.verification.sql import Duck, Geos
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text

_MOST_LISTED = 500  # contributing features kept with a figure, the largest first
_MOST_DISTANCES = 20_000  # features whose distance is told; of more, the nearest


_FITTING = {0: "count", 1: "length, count", 2: "area, count"}  # what can be measured of points, lines, polygons


class _Within(NamedTuple):
    """How much lies within the distance: as its features add up, as ground counts once, and that in the unit."""

    found: geo.Proximity
    added: float
    amount: float
    value: float


class _Near(NamedTuple):
    feature: str
    distance_m: float
    amount: float
    whole: float


def band(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """What lies within a distance of a line or polygon (roles part, line).

    Raises
    ------
    NotComputable
        Features are held against themselves.
    BadRule
        The part has no such measure.
    """
    part, line = gathered.roles["part"], gathered.roles["line"]
    refuse_itself(part, line)
    found, added, amount, value = _within(statistic, gathered, steps)
    near = found.near(asked=_MOST_DISTANCES).rename(columns={"amount": "whole", "within_amount": "amount"})
    amount_unit = {"area": "m2", "length": "m", "count": ""}[statistic.measure]
    counted = statistic.measure == "count"
    per = _per(statistic)
    nearest = list(typed_rows(near.sort_values("distance_m", kind="stable").head(_MOST_LISTED), _Near))
    rows: list[dict[str, Any]] = [
        {
            "kind": "part",
            "name": name,
            "distance_m": json_number(r.distance_m),
            "amount": 1.0 if counted else json_number(r.amount / per),
        }
        for name, r in zip(part.names(str(r.feature) for r in nearest), nearest, strict=True)
    ]
    span, jagged = span_of_measurable(_within, statistic, gathered, value, ("line",))
    if span is not None:
        rows.append({"kind": "unknown", "name": say("row_may_belong"), "amount": span[1] - value})
    rows.append({"kind": "total", "name": TOTAL, "amount": value})
    notes, said = [*notes_of(found), *jagged], Text("", "")
    if near["distance_m"].isna().any():
        notes.append(say("band_nearest_told", count=f"{_MOST_DISTANCES:,}"))
    if added - amount > 1e-9 * added:
        rows.append({"kind": "of_which", "name": say("row_added_up"), "amount": added / per})
        said = say("band_added_up", amount=measured_text(added / per, statistic.unit, statistic.decimals))
        over = measured_text((added - amount) / per, statistic.unit, statistic.decimals)
        notes.append(say("features_overlap", amount=over))
    evidence = part.frame[["geometry"]].iloc[part.frame.index.get_indexer(near.index)]
    evidence = evidence.assign(feature=near["feature"].array, distance_m=near["distance_m"].to_numpy())
    unit = "count" if counted else statistic.unit
    bounds = (value, None) if jagged else least_of(value, span, part)
    text = ranged_value(measured_text(value, unit, statistic.decimals), bounds, unit, statistic.decimals)
    distance = f"{statistic.distance_m:g}"
    first = list(typed_rows(near.head(_MOST_LISTED), _Near))
    return Outcome(
        value=value,
        columns=(
            Column("name", Text("要素", "Feature")),
            Column("distance_m", Text("距离", "Distance"), "m", 1),
            Column("amount", Text("范围内", "Inside"), "" if counted else statistic.unit, statistic.decimals),
        ),
        rows=tuple(rows),
        presentation=shown_as(rows, "amount", chart="" if counted else "amount", drawn=ONLY_PARTS),
        method=found.method,
        sentence=Text(
            spaced_zh(
                f"{statistic.label.zh}：{line.use.label.zh} {distance} 米内有",
                text.zh,
                f"{said.zh}（{len(near)} 个要素）。",
            ),
            f"{statistic.label.en}: {text.en}{said.en} within {distance} m of {line.use.label.en} "
            f"({count_words(len(near), 'feature', 'features')}).",
        ),
        caveats=tuple(notes),
        span=bounds,
        evidence=evidence,
        contributions=tuple(
            Contribution(
                part.use.layer,
                str(r.feature),
                name,
                float(r.amount),
                amount_unit or "count",
                json_number(r.amount / r.whole) if r.whole else None,
            )
            for name, r in zip(part.names(str(r.feature) for r in first), first, strict=True)
        ),
    )


def _per(statistic: Statistic) -> float:
    """Return how many m2, m or features one of the unit is."""
    return 1000.0 if statistic.unit == "km" else M2_PER.get(statistic.unit, 1.0)


def _within(statistic: Statistic, gathered: Gathered, steps: Steps) -> _Within:
    """Return how much lies within the distance; how far off each feature is, is not asked.

    Raises
    ------
    BadRule
        The part has no such measure.
    """
    steps.begin(1)
    part, line = gathered.roles["part"], gathered.roles["line"]
    found = geo.measure_proximity(part.frame, line.frame, within_m=statistic.distance_m or 0.0)
    if statistic.measure == "count":
        count = float(np.count_nonzero(found.within))
        return _Within(found, count, count, count)
    dimensions = frame_dimensions(part.frame)
    measured_as = {"area": 2, "length": 1}[statistic.measure]
    if not (dimensions == measured_as).all():
        raise BadRule(what="measure", found=statistic.measure, known=_FITTING[int(dimensions.min())])
    added = float(found.within_amount[found.within].sum())
    amount = found.within_once if measured_as == 2 else added
    return _Within(found, added, amount, amount / _per(statistic))


def _band(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    part, line = on_plane(gathered, "part", "line")
    distance = statistic.distance_m or 0.0
    if statistic.measure == "count":
        return float(sum(metres <= distance for metres in geodesic_distances(gathered)))
    band = shapely.union_all(other.buffers(line, distance))
    if statistic.measure == "length":
        inside = common_plane(gathered, "part", "line").length_m(other.common(part, [band]))
        return inside / (1000.0 if statistic.unit == "km" else 1.0)
    return other.union_cut(part, [band]) / M2_PER.get(statistic.unit, 1.0)


def _sway(statistic: Statistic, gathered: Gathered, metres: float) -> tuple[float | None, float | None]:
    """Return what lies within a distance so much shorter, and so much longer."""
    reach = statistic.distance_m or 0.0

    def within(distance: float) -> float:
        steps = Steps(lambda _done, _total: None)
        return _within(replace(statistic, distance_m=distance), gathered, steps).value if distance > 0.0 else 0.0

    return within(reach - metres), within(reach + metres)


_ANY: tuple[Geometry, ...] = ("point", "line", "polygon")
FUNCTION = Function(
    id="band",
    order=40,
    name=Text("一定距离之内", "Within a distance"),
    question=Text("某距离之内有什么", "What lies within a distance"),
    slots=(
        Slot("part", Text("统计图层", "Layer"), _ANY, usual="classes"),
        Slot("line", Text("参照图层", "Reference layer"), _ANY),
    ),
    options=(
        replace(DISTANCE, default=1000.0),
        Option(
            "measure", Text("计量", "Measured by"), "choice", choices=("area", "length", "count"), derived=True
        ),
    ),
    units={"area": AREAS, "length": ("km", "m"), "count": ("count",)},
    additive=Text(
        "互相重叠的要素各计一行，故各行之和可大于地面面积；数值中地面只计一次",
        "Features that overlap each count, so rows may add up to more than the ground; the value counts it once",
    ),
    arcs=True,
    sway=_sway,
    revision=7,
    compute=band,
    recompute=_band,
)
