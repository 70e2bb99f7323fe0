"""The sum of a field."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import shapely

from geo.text import Text
from layers.figures.figure import Column, Contribution
from layers.figures.functions.entry import Function, Option, Slot, Zoned
from layers.figures.functions.groups import APART, coded, group_of
from layers.figures.functions.sharing import by_share
from layers.figures.inputs import Gathered
from layers.figures.outcome import TOTAL, Outcome, number, shown_as
from layers.figures.verification.second import extent_of, on_plane, stated_values
from layers.figures.verification.sql import Duck, Geos
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured

_MOST_LISTED = 500


_NAME = Column("name", Text("分组", "Group"))


def total(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """The sum of a field over all items, by group; currencies stay apart and have no grand total."""
    items = gathered.roles["items"]
    if "zones" in gathered.roles:
        return by_share(statistic, gathered, steps)
    steps.begin(1)
    sums: dict[object, float] = defaultdict(float)
    known: dict[object, int] = defaultdict(int)
    unknown: dict[object, int] = defaultdict(int)
    parts: list[Contribution] = []
    for feature in items.features:
        group = group_of(items, statistic.by, feature.properties) if statistic.by else None
        amount = feature.properties.get(statistic.field)
        if isinstance(amount, int | float) and not isinstance(amount, bool):
            sums[group] += amount
            known[group] += 1
            unit = statistic.unit if not statistic.by else f"{statistic.unit} {group}"
            parts.append(
                Contribution(items.use.layer, feature.id, items.name(feature.id), float(amount), unit, None)
            )
        else:
            unknown[group] += 1
    groups = sorted({*known, *unknown}, key=lambda v: (v is None, str(v)))
    rows: list[dict[str, Any]] = [
        {
            "kind": "total" if not statistic.by else "part" if g not in (None, "") else "unknown",
            "name": coded(items, statistic.by, g) if statistic.by else TOTAL,
            "value": sums[g] if known[g] else None,
            "known": float(known[g]),
            "unknown": float(unknown[g]),
        }
        for g in groups
    ]
    value = sums[groups[0]] if len(groups) == 1 and known[groups[0]] else None
    lacking = sum(unknown.values())
    notes = (
        [Text(f"{lacking} 行未说明，未计入（不是 0）。", f"{lacking} rows state none: left out, not 0.")]
        if lacking
        else []
    )
    if len(groups) > 1:
        notes.append(APART)
    told = [(row["name"], measured(number(row["value"]), statistic.unit, statistic.decimals)) for row in rows]
    listed_zh = "；".join(f"{name.zh} {amount.zh}" for name, amount in told)
    listed_en = "; ".join(f"{name.en} {amount.en}" for name, amount in told)
    parts.sort(key=lambda p: -p.amount)
    return Outcome(
        value=value,
        columns=(
            _NAME,
            Column("value", Text("合计", "Sum"), statistic.unit, statistic.decimals),
            Column("known", Text("已说明", "Stated"), "", 0),
            Column("unknown", Text("未说明", "Not stated"), "", 0),
        ),
        rows=tuple(rows),
        presentation=shown_as(rows, "value", chart="" if value is None else "value"),
        method=Text("逐行相加；未说明的不计。", "Rows added; those that state nothing are left out."),
        sentence=Text(f"{statistic.label.zh}：{listed_zh}。", f"{statistic.label.en}: {listed_en}."),
        caveats=tuple(notes),
        evidence=items.frame[["geometry"]].assign(feature=list(items.frame.index)),
        contributions=tuple(parts[:_MOST_LISTED]),
    )


def _sum(statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    items = gathered.roles["items"]
    if "zones" not in gathered.roles:
        groups = {f.properties.get(statistic.by) for f in items.features} if statistic.by else {""}
        return (
            sum(row[0] for row in stated_values(statistic, gathered, statistic.field))
            if len(groups) == 1
            else None
        )
    shapes, zones = on_plane(gathered, "items", "zones")
    zone = shapely.union_all(zones)
    shares = [extent_of(shape.intersection(zone)) / extent_of(shape) for shape in shapes]
    inside = items.frame.assign(_share=shares)[lambda one: one["_share"] > 0]
    if statistic.by and inside[statistic.by].nunique(dropna=False) > 1:
        return None
    return float((inside[statistic.field].astype(float) * inside["_share"]).sum())


FUNCTION = Function(
    id="sum",
    order=110,
    name=Text("合计", "Sum"),
    question=Text("分区求和（按份额）", "Sum by zone (by share)"),
    slots=(
        Slot("items", Text("统计图层", "Items")),
        Slot("zones", Text("分区", "Zones"), ("polygon",), optional=True, drawn=True, usual="zones"),
    ),
    options=(
        Option(
            "field",
            Text("求和字段", "Field to sum"),
            "field",
            required=True,
            role="items",
            measures=("additive", "money"),
        ),
        Option(
            "by",
            Text("分组（不同币种不相加）", "Groups (currencies stay apart)"),
            "field",
            role="items",
            measures=("code",),
        ),
    ),
    units={},
    additive=Text(
        "同一币种内可相加；分区重叠时不可相加", "Add up within a currency, over zones that do not overlap"
    ),
    compute=total,
    recompute=_sum,
    zoned=Zoned("zones", "name", "value"),
)
