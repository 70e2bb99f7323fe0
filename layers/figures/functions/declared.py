"""Stated area beside drawn area."""

from __future__ import annotations

import numpy as np
import shapely

import geo
from geo.errors import BadField
from geo.text import Text
from layers.figures.figure import Column, Contribution
from layers.figures.functions.entry import Function, Option, Slot
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import M2_PER, TOTAL, Outcome, notes_of, shown_as
from layers.figures.verification.sql import Duck, Geos, Plane
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured


def _unit_stated(items: Role, field_id: str) -> str:
    """Return the unit a field of areas is in: as the catalog says, else as its name ends; never a guess."""
    fields = items.layer.fields if items.layer else ()
    said = next((field.unit for field in fields if field.id == field_id), "")
    unit = said if said in M2_PER else next((u for u in M2_PER if field_id.endswith(f"_{u}")), "")
    if not unit:
        zh = "未说明面积单位；请在目录中写明 unit（m2、ha、km2、mu），或以 _m2、_ha、_km2、_mu 结尾"
        en = "it states no unit of area; say unit in the catalog (m2, ha, km2, mu) or end its name in one of them"
        raise BadField(where=items.use.layer, field=field_id, why_zh=zh, why_en=en)
    return unit


def answer_declared(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Stated area beside drawn area (role items); the value is the drawn area where one is stated."""
    items = gathered.roles["items"]
    steps.begin(1)
    unit = _unit_stated(items, statistic.field)
    drawn = items.frame[shapely.get_dimensions(items.frame.geometry.to_numpy()) == 2]
    found = geo.declared(drawn, stated_field=statistic.field, unit=unit, keep=())
    table = found.table[found.table["state"] == "compared"]
    per = M2_PER[statistic.unit]
    lines = {f.id: ", ".join(str(x) for x in f.properties.get("lines") or []) for f in items.features}
    rows = tuple(
        {
            "kind": "part",
            "name": items.name(str(r.id)),
            "stated": r.stated_m2 / per,
            "measured": r.measured_m2 / per,
            "difference": 100 * r.relative,
            "lines": lines.get(str(r.id), ""),
        }
        for r in table.itertuples()
    )
    drawn_m2 = float(table["measured_m2"].sum())
    worst = 100 * float(np.abs(table["relative"]).max()) if len(table) else None
    value = drawn_m2 / per if len(table) else None
    text, gap = measured(value, statistic.unit, statistic.decimals), measured(worst, "%", 4)
    stated = float(table["stated_m2"].sum())
    totals = (
        {
            "kind": "total",
            "name": TOTAL,
            "stated": stated / per,
            "measured": drawn_m2 / per,
            "difference": 100 * (drawn_m2 - stated) / stated if stated else None,
        },
    )[: len(rows)]
    return Outcome(
        value=value,
        columns=(
            Column("name", Text("要素", "Feature")),
            Column("stated", Text("文本面积", "Stated"), statistic.unit, 2),
            Column("measured", Text("图上面积", "Drawn"), statistic.unit, 2),
            Column("difference", Text("相差", "Difference"), "%", 4),
            Column("lines", Text("原文行号", "Lines")),
        ),
        rows=(*rows, *totals),
        presentation=shown_as(rows, "measured"),
        method=found.method,
        sentence=Text(
            f"{statistic.label.zh}：图上合计 {text.zh}，共比较 {len(table)} 个，最大相差 {gap.zh}。",
            f"{statistic.label.en}: {text.en} drawn, {len(table)} compared, largest gap {gap.en}.",
        ),
        caveats=notes_of(found),
        evidence=items.frame.loc[list(table["id"]), ["geometry"]].assign(feature=list(table["id"])),
        contributions=tuple(
            Contribution(items.use.layer, str(r.id), items.name(str(r.id)), float(r.measured_m2), "m2", 1.0)
            for r in table.itertuples()
        ),
    )


def _declared(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    items = gathered.roles["items"]
    frame = items.frame[(shapely.area(items.frame.geometry.to_numpy()) > 0) & items.frame[statistic.field].notna()]
    return sum(other.areas(Plane([frame]).bring(frame))) / M2_PER[statistic.unit] if len(frame) else None


FUNCTION = Function(
    id="declared",
    order=130,
    name=Text("文本面积与图上面积", "Stated and drawn area"),
    question=Text("文本面积与图上面积对照", "Stated area beside drawn area"),
    slots=(Slot("items", Text("统计图层", "Items"), ("polygon",)),),
    options=(
        Option(
            "field",
            Text("文本面积字段", "Field of the stated area"),
            "field",
            required=True,
            role="items",
            measures=("area",),
        ),
    ),
    units={"": ("mu", "m2", "ha", "km2")},
    additive=Text("各行可相加（互相重叠者除外）", "Rows add up, but for features that overlap"),
    compute=answer_declared,
    recompute=_declared,
)
