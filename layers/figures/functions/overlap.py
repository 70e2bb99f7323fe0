"""What of a layer lies on constraint polygons."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely

import geo
from geo.access.demand import frame_dimensions
from geo.arrays import Bools
from geo.errors import BadRule
from geo.measure.area import M2_PER
from geo.result import typed_rows
from geo.text import Text, count_words, spaced_zh
from layers.figures.contribution import Contribution
from layers.figures.figure import Column
from layers.figures.functions.entry import AREAS, Function, Slot
from layers.figures.functions.itself import refuse_itself
from layers.figures.functions.possible import least_of, span_with_all
from layers.figures.inputs import Gathered
from layers.figures.outcome import (
    ONLY_PARTS,
    TOTAL,
    Outcome,
    area_cells,
    area_column,
    area_columns,
    notes_of,
    shown_as,
)
from layers.figures.presentation import ranged_value
from layers.figures.verification.second import on_plane
from layers.figures.verification.sql import Duck, Geos
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text

_MOST_LISTED = 500
_NOTHING_M2 = 1e-4  # a square centimetre: of edges that run along one another and whose corners are rounded


_NAME = Column("name", Text("要素", "Feature"))
_ONCE = Text("地面只计一次", "ground counted once")


class _Overlap(NamedTuple):
    feature: str
    constraint: str
    overlap_m2: float
    share: float


def overlap(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """What of a layer lies on constraint polygons (roles part, constraints); ground counts once in the value.

    Raises
    ------
    NotComputable
        Features are held against themselves.
    BadRule
        The part has no polygons.
    """
    part, constraints = gathered.roles["part"], gathered.roles["constraints"]
    refuse_itself(part, constraints)
    steps.begin(1)
    areal: Bools = frame_dimensions(part.frame) == 2
    if not areal.any():
        raise BadRule(what="overlap: part", found=part.use.layer, known="polygon layers / 面图层")
    polygons = part.frame[areal]
    found = geo.constraint_overlap(polygons, constraints.frame).sort_values("overlap_m2", ascending=False)
    found = found[found["overlap_m2"] > _NOTHING_M2]
    once = geo.tabulate(
        polygons.assign(_one="part"),
        constraints.frame.assign(_all="all"),
        class_field="_one",
        zone_field="_all",
        watch=geo.Watch(progress=steps.progress),
    )
    ground, naive = float(once.covered_m2.sum()), float(found["overlap_m2"].sum())
    value = ground / M2_PER[statistic.unit]
    span = span_with_all(overlap, statistic, gathered, value)
    text = measured_text(value, statistic.unit, statistic.decimals)
    notes = [*notes_of(once), *_without_area(part.frame[~areal], constraints.frame)]
    if naive - ground > 1e-9 * max(naive, 1.0):
        pairs = measured_text(naive / M2_PER[statistic.unit], statistic.unit, statistic.decimals)
        zh = f"各对重叠相加为 {pairs.zh}，地面只计一次为 {text.zh}。"
        notes.append(Text(zh, f"The pairs add up to {pairs.en}; ground counted once is {text.en}."))
    bounds = least_of(value, span, part, constraints)
    text = ranged_value(text, bounds, statistic.unit, statistic.decimals)
    named = int(found["feature"].nunique())
    rows = [
        {
            "kind": "part",
            "name": part.name(str(r.feature)),
            "other": constraints.name(str(r.constraint)),
            "share": 100 * float(r.share),
            **area_cells(float(r.overlap_m2)),
        }
        for r in typed_rows(found.head(_MOST_LISTED), _Overlap)
    ]
    if span is not None:
        more = area_cells((span[1] - span[0]) * M2_PER[statistic.unit])
        rows.append({"kind": "unknown", "name": say("row_may_belong"), "other": Text("", ""), **more})
    rows.append({"kind": "total", "name": TOTAL, "other": _ONCE, **area_cells(ground)})
    return Outcome(
        value=value,
        columns=(
            _NAME,
            Column("other", Text("约束要素", "Constraint")),
            *area_columns(statistic.unit),
            Column("share", Text("占该要素", "Share of the feature"), "%", 2),
        ),
        rows=tuple(rows),
        presentation=shown_as(rows, area_column(statistic.unit), names=("name", "other"), drawn=ONLY_PARTS),
        method=once.method,
        sentence=Text(
            spaced_zh(f"{statistic.label.zh}：{named} 个要素与{constraints.use.label.zh}重叠，共", text.zh, "。"),
            f"{statistic.label.en}: {count_words(named, 'feature overlaps', 'features overlap')} "
            f"{constraints.use.label.en}, {text.en} in all.",
        ),
        caveats=tuple(notes),
        span=bounds,
        evidence=found[["feature", "constraint", "overlap_m2", "geometry"]],
        contributions=tuple(
            Contribution(
                part.use.layer,
                str(r.feature),
                part.name(str(r.feature)),
                float(r.overlap_m2),
                "m2",
                float(r.share),
            )
            for r in typed_rows(found.head(_MOST_LISTED), _Overlap)
        ),
    )


def _without_area(rest: gpd.GeoDataFrame, constraints: gpd.GeoDataFrame) -> list[Text]:
    """Return what to say of points and lines: they have no area, and some lie on constraint ground."""
    if rest.empty:
        return []
    places, ground = (
        rest.geometry.to_numpy(),
        constraints.to_crs(geo.checked_crs(rest, where="part")).geometry.to_numpy(),
    )
    on = len(np.unique(shapely.STRtree(ground).query(places, predicate="intersects")[0]))
    zh = f"{len(rest)} 个要素是点或线，没有面积；其中 {on} 个位于约束图层之上。"
    told = count_words(len(rest), "point or line has", "points or lines have")
    return [Text(zh, f"{told} no area; {on} of them on the constraints.")]


def _overlap(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    part, constraints = on_plane(gathered, "part", "constraints")
    return other.union_cut(part, constraints) / M2_PER[statistic.unit]


def _sway(_statistic: Statistic, gathered: Gathered, metres: float) -> tuple[float | None, float | None]:
    """Return that nothing may overlap, and more than is drawn may where a constraint is that near."""
    part, constraints = gathered.roles["part"], gathered.roles["constraints"]
    near = geo.find_adjacency(part.frame, constraints.frame, within_m=min(metres, 100_000.0)).table
    return 0.0, None if len(near) else 0.0


FUNCTION = Function(
    id="overlap",
    order=70,
    name=Text("与约束图层的重叠", "Overlap with constraints"),
    question=Text("与约束图层的重叠", "Overlap with constraints"),
    slots=(
        Slot("part", Text("统计图层", "Layer"), ("polygon",), drawn=True, usual="classes"),
        Slot("constraints", Text("约束图层", "Constraint layer"), ("polygon",), usual="constraints"),
    ),
    units={"": AREAS},
    additive=Text(
        "各对重叠相加可多于地面，数值只计一次",
        "Pairs may add up to more than the ground; the value counts it once",
    ),
    compute=overlap,
    recompute=_overlap,
    sway=_sway,
    revision=5,
)
