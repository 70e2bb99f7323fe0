"""Where two service areas meet or overlap."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import geopandas as gpd
import shapely

import geo
from geo.arrays import as_rows
from geo.measure.area import M2_PER
from geo.result import typed_rows
from geo.text import Text, count_words, spaced_zh
from layers.figures.contribution import Contribution
from layers.figures.figure import Column, RowKind
from layers.figures.functions.entry import AREAS, DISTANCE, Function, Geometry, Option, Slot
from layers.figures.functions.possible import span_of_measurable
from layers.figures.inputs import Gathered, Role, chosen_words
from layers.figures.outcome import (
    DrawnRows,
    Outcome,
    area_cells,
    area_column,
    area_columns,
    notes_of,
    shown_as,
)
from layers.figures.presentation import ranged_value
from layers.figures.repeats import without_repeats
from layers.figures.verification.second import on_plane
from layers.figures.verification.sql import Duck, Geos
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text

_DRAWN: tuple[RowKind, ...] = ("part",)
_MOST_LISTED = 500
_NOTHING_M2 = 1e-6  # what two areas that just meet share by rounding
_BLANK = Text("", "")
_MEETS, _OVERLAPS = Text("相接", "meet"), Text("重叠", "overlap")


class _Pair(NamedTuple):
    feature: str
    other: str
    distance_m: float
    overlap_m2: float


def answer_shared_reach(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Ground that two layers of facilities both serve (roles facilities, others), or one layer more than once."""
    first, second = gathered.roles["facilities"], gathered.roles.get("others")
    steps.begin(1)
    radius = statistic.distance_m or 0.0
    further = statistic.other_distance_m or radius
    mine, repeated = without_repeats(first)
    theirs, more = (None, ()) if second is None else without_repeats(second)
    found = geo.shared_reach(
        mine,
        theirs,
        radius_m=radius,
        other_radius_m=further,
    )
    other = first if second is None else second
    per = M2_PER[statistic.unit]
    table = found.table.sort_values(["overlap_m2", "distance_m"], ascending=[False, True], kind="stable")
    rows: list[dict[str, Any]] = [
        {
            "kind": "part",
            "name": first.name(str(r.feature)),
            "other": other.name(str(r.other)),
            "how": _OVERLAPS if r.overlap_m2 > _NOTHING_M2 else _MEETS,
            "distance_m": float(r.distance_m),
            **area_cells(_shared(r)),
        }
        for r in typed_rows(table.head(_MOST_LISTED), _Pair)
    ]
    pairs, meeting = len(table), int((table["overlap_m2"] <= _NOTHING_M2).sum())
    both = Text("两者都服务的", "served by both") if second else Text("由两个以上服务的", "served by two or more")
    both_m2 = found.both_m2 if found.both_m2 > _NOTHING_M2 else 0.0
    rows.append({"kind": "total", "name": both, "other": _BLANK, "how": _BLANK, **area_cells(both_m2)})
    only = [(_called(first, second), found.first_m2)]
    if second is not None and found.second_m2 is not None:
        only.append((_called(second, first), found.second_m2))
    for label, area in only:
        zh, en = (
            (f"只由“{label.zh}”服务的", f"served by {label.en} only")
            if second
            else ("只由一个服务的", "served by one only")
        )
        rest = {"kind": "rest", "name": Text(zh, en), "other": _BLANK, "how": _BLANK}
        rows.append({**rest, **area_cells(max(area - both_m2, 0.0))})
    value = both_m2 / per
    span, jagged = span_of_measurable(answer_shared_reach, statistic, gathered, value, ("facilities", "others"))
    if span is not None:
        more_m2 = area_cells((span[1] - value) * per)
        rows.append({"kind": "unknown", "name": say("row_may_belong"), "other": _BLANK, "how": _BLANK, **more_m2})
    text = measured_text(value, statistic.unit, statistic.decimals)
    bounds = (value, None) if jagged else span
    text = ranged_value(text, bounds, statistic.unit, statistic.decimals)
    reach = f"{radius:g}" if further == radius or second is None else f"{radius:g} / {further:g}"
    zh = spaced_zh(f"{statistic.label.zh}（{reach} 米）：{both.zh}地面", text.zh)
    zh += f"；{pairs - meeting} 对服务范围重叠"
    en = f"{statistic.label.en} ({reach} m): {text.en} {both.en}; "
    en += count_words(pairs - meeting, "pair of service areas overlaps", "pairs of service areas overlap")
    if meeting:
        zh, en = f"{zh}，{meeting} 对恰好相接", f"{en}, {meeting} just meet"
    column = area_column(statistic.unit)
    return Outcome(
        value=value,
        columns=(
            Column("name", Text("设施", "Facility")),
            Column("other", Text("另一设施", "Other facility")),
            Column("how", Text("关系", "How")),
            Column("distance_m", Text("距离", "Distance"), "m", 1),
            *area_columns(statistic.unit),
        ),
        rows=tuple(rows),
        span=bounds,
        presentation=shown_as(rows, column, drawn=DrawnRows(kinds=_DRAWN), names=("name", "other")),
        method=found.method,
        sentence=Text(f"{zh}。", f"{en}."),
        caveats=(*repeated, *more, *notes_of(found), *jagged, *_listed(pairs)),
        evidence=gpd.GeoDataFrame({"feature": ["both"]}, geometry=found.ground.to_numpy(), crs=found.ground.crs)
        if both_m2 > 0
        else None,
        contributions=tuple(
            Contribution(first.use.layer, str(key), first.name(str(key)), float(area), "m2", None)
            for key, area in table.groupby("feature", sort=True)["overlap_m2"].max().head(_MOST_LISTED).items()
        ),
    )


def _shared(pair: _Pair) -> float:
    return float(pair.overlap_m2) if pair.overlap_m2 > _NOTHING_M2 else 0.0


def _called(role: Role, beside: Role | None) -> Text:
    """Return what a layer is called, with what was chosen of it where the other is the same layer."""
    chosen = chosen_words(role)
    if beside is None or beside.use.layer != role.use.layer or not chosen.en:
        return role.use.label
    return Text(f"{role.use.label.zh}（{chosen.zh}）", f"{role.use.label.en} ({chosen.en})")


def _listed(pairs: int) -> list[Text]:
    if pairs <= _MOST_LISTED:
        return []
    left = pairs - _MOST_LISTED
    zh = f"表中列出重叠最大的 {_MOST_LISTED} 对，另有 {left} 对未列出。"
    return [Text(zh, f"The table lists the {_MOST_LISTED} pairs that overlap most; {left} are not listed.")]


def _again(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    radius = statistic.distance_m or 0.0
    if "others" in gathered.roles:
        one, two = on_plane(gathered, "facilities", "others")
        areas, further = other.buffers(one, radius), other.buffers(two, statistic.other_distance_m or radius)
        return other.union_cut(areas, further) / M2_PER[statistic.unit]
    (one,) = on_plane(gathered, "facilities")
    one = list({shapely.normalize(shape).wkb: shape for shape in one}.values())
    areas = other.buffers(one, radius)
    left, right = as_rows(shapely.STRtree(areas).query(areas, predicate="intersects"))
    common = [areas[i].intersection(areas[j]) for i, j in zip(left.tolist(), right.tolist(), strict=True) if i < j]
    ground = [one for one in common if not one.is_empty and one.area > 0]
    return (other.union_area(ground) if ground else 0.0) / M2_PER[statistic.unit]


_ANY: tuple[Geometry, ...] = ("point", "line", "polygon")
FUNCTION = Function(
    id="shared_reach",
    order=35,
    name=Text("服务范围的交叠", "Shared reach"),
    question=Text("两类设施的服务范围在哪里相接或重叠", "Where two service areas meet or overlap"),
    slots=(
        Slot("facilities", Text("设施", "Facilities"), _ANY, usual="facilities"),
        Slot(
            "others",
            Text("另一类设施（不选：同一图层之间）", "Other facilities (none: among themselves)"),
            _ANY,
            optional=True,
        ),
    ),
    options=(
        replace(DISTANCE, label=Text("服务距离（米）", "Service distance (m)")),
        Option(
            "other_distance_m",
            Text("另一类的服务距离（米；不填同上）", "The others' distance (m; empty: the same)"),
            "number",
            unit="m",
        ),
    ),
    units={"": AREAS},
    additive=Text(
        "各对重叠相加可多于地面；合计每处只计一次",
        "Pairs may add up to more than the ground; the total counts it once",
    ),
    arcs=True,
    compute=answer_shared_reach,
    recompute=_again,
    revision=4,
)
