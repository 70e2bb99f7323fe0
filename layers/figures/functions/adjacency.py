"""What touches another layer, or lies within a distance of it, and how long their edges run together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import geopandas as gpd
import shapely

import geo
from geo.result import typed_rows
from geo.text import Text, number_text
from layers.figures.contribution import Contribution
from layers.figures.figure import Column, RowKind
from layers.figures.functions.entry import DISTANCE, Function, Geometry, Slot
from layers.figures.functions.possible import least_of, span_with_all
from layers.figures.inputs import Gathered
from layers.figures.outcome import TOTAL, DrawnRows, Outcome, notes_of, shown_as
from layers.figures.presentation import ranged_value
from layers.figures.verification.second import common_plane
from layers.figures.verification.sql import Duck, Geos
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text

_DRAWN: tuple[RowKind, ...] = ("part",)
_MOST_LISTED = 500
_TOUCH_M = 0.01  # the rule of `geo.adjacency`
_EACH = Text("每段只计一次", "each stretch once")


class _Neighbours(NamedTuple):
    feature: str
    reference: str
    distance_m: float
    shared_m: float


def answer_adjacency(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Which features touch, or lie within a distance of, another layer's (roles part, line), and how many."""
    part, line = gathered.roles["part"], gathered.roles["line"]
    steps.begin(1)
    within = statistic.distance_m or 0.0
    found = geo.find_adjacency(part.frame, line.frame, within_m=within, apart=_same(gathered))
    table = found.table.sort_values(["shared_m", "distance_m"], ascending=[False, True], kind="stable")
    touching = table[table["distance_m"] == 0.0]
    value, met = float(table["feature"].nunique()), int(touching["feature"].nunique())
    rows: list[dict[str, Any]] = [
        {
            "kind": "part",
            "name": part.name(str(r.feature)),
            "other": line.name(str(r.reference)),
            "distance_m": float(r.distance_m),
            "shared_m": float(r.shared_m),
        }
        for r in typed_rows(table.head(_MOST_LISTED), _Neighbours)
    ]
    shared = found.together_m
    blank = Text("", "")
    if len(table) > _MOST_LISTED:
        rest = table.iloc[_MOST_LISTED:]
        zh, en = f"另有 {len(rest)} 对", f"{len(rest)} more pairs"
        rows.append({"kind": "part", "name": Text(zh, en), "other": blank})
    span = span_with_all(answer_adjacency, statistic, gathered, value)
    if span is not None:
        rows.append(
            {"kind": "unknown", "name": say("row_may_belong"), "other": blank, "features": span[1] - value}
        )
    rows.append({"kind": "total", "name": TOTAL, "other": _EACH, "features": value, "shared_m": shared})
    if within:
        name = Text("其中相接", "of which touching")
        rows.append({"kind": "of_which", "name": name, "other": blank, "features": float(met)})
    rows.append(
        {
            "kind": "rest",
            "name": Text("其余要素", "the others"),
            "other": blank,
            "features": float(len(part.frame) - value),
        }
    )
    near = Text(f" {within:g} 米之内或相接", f"within {within:g} m of") if within else Text("相接", "touch")
    bounds = least_of(value, span, part, line)
    told = ranged_value(measured_text(value, "count", 0), bounds, "count", 0)
    of = Text(f"{len(part.frame)} 个要素中 ", f"of {len(part.frame)} ") if bounds is None else Text("", "")
    sentence = Text(
        f"{statistic.label.zh}：{of.zh}{told.zh}{'要素' if bounds else ''}与{line.use.label.zh}"
        + (f"相距不超过 {within:g} 米，其中 {met} 个相接" if within else near.zh)
        + f"；共用边长 {number_text(shared, 1)} 米。",
        f"{statistic.label.en}: {told.en} {of.en}features "
        + (f"lie {near.en}" if within else near.en)
        + f" {line.use.label.en}"
        + (f", {met} of them touch it" if within else "")
        + f"; {number_text(shared, 1)} m of edge are shared.",
    )
    return Outcome(
        value=value,
        columns=(
            Column("name", Text("要素", "Feature")),
            Column("other", Text("参照要素", "Reference feature")),
            Column("features", Text("要素数", "Features"), "", 0),
            Column("distance_m", Text("距离", "Distance"), "m", 1),
            Column("shared_m", Text("共用边长", "Shared length"), "m", 1),
        ),
        rows=tuple(rows),
        presentation=shown_as(
            rows, "features", drawn=DrawnRows(kinds=_DRAWN), chart="shared_m", names=("name", "other")
        ),
        method=found.method,
        sentence=sentence,
        caveats=notes_of(found),
        evidence=_evidence(part.frame, [str(f) for f in dict.fromkeys(table["feature"])]),
        contributions=tuple(
            Contribution(part.use.layer, str(key), part.name(str(key)), float(metres), "m", None)
            for key, metres in touching.groupby("feature", sort=True)["shared_m"].sum().head(_MOST_LISTED).items()
        ),
        decimals=0,
        span=bounds,
    )


def _same(gathered: Gathered) -> bool:
    """Whether a layer is held against itself: no feature then is its own neighbour."""
    part, line = gathered.roles["part"].use, gathered.roles["line"].use
    return part.layer == line.layer and part.version == line.version


def _evidence(frame: gpd.GeoDataFrame, chosen: list[str]) -> gpd.GeoDataFrame:
    return frame.loc[chosen, ["geometry"]].assign(feature=chosen)


def _again(statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    limit = max(_TOUCH_M, statistic.distance_m or 0.0)
    plane = common_plane(gathered, "part", "line")
    part, line = (plane.bring(gathered.roles[name].frame) for name in ("part", "line"))
    ids = [list(map(str, gathered.roles[name].frame.index)) for name in ("part", "line")]
    tree, same, found = shapely.STRtree(line), _same(gathered), 0
    for name, shape in zip(ids[0], part, strict=True):
        near = tree.query(shape, predicate="dwithin", distance=limit * 1.001 + _TOUCH_M)
        others = [at for at in near.tolist() if not (same and ids[1][at] == name)]
        found += any(plane.geodesic_m(shapely.shortest_line(shape, line[at])) <= limit for at in others)
    return float(found)


_ANY: tuple[Geometry, ...] = ("point", "line", "polygon")
FUNCTION = Function(
    id="adjacency",
    order=65,
    name=Text("相邻", "Adjacency"),
    question=Text("与参照图层相接或相邻的要素", "What touches or adjoins another layer"),
    slots=(
        Slot("part", Text("统计图层", "Layer"), _ANY, usual="classes"),
        Slot("line", Text("参照图层", "Reference layer"), _ANY),
    ),
    options=(
        replace(
            DISTANCE,
            label=Text("距离（米；不填为相接）", "Distance (m; empty: they touch)"),
            required=False,
            default=None,
        ),
    ),
    units={"": ("count",)},
    additive=Text(
        "一个要素可与多个参照要素相邻，故各行不可相加；合计中每段边只计一次",
        "A feature may adjoin several, so rows do not add up; the total counts each stretch of edge once",
    ),
    decimals=0,
    compute=answer_adjacency,
    recompute=_again,
    revision=5,
)
