"""Answers about area: land use by zone, shares, land near a line, stated against drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import geo
from geo.errors import BadField, BadRule
from geo.text import Text
from layers.figures.figure import Column, Contribution
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import (
    LAND,
    M2_PER,
    TOTAL,
    WATER,
    ZONE,
    Outcome,
    area_cells,
    area_columns,
    notes_of,
    number,
)
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured

_MOST_LISTED = 500  # contributing features kept with a figure, the largest first
_FITTING = {0: "count", 1: "length, count", 2: "area, count"}  # what can be measured of points, lines, polygons
_SHARE = Column("share", Text("占比", "Share"), "%", 2)


def tabulate(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Area per class and zone (roles classes, zones); the value is the zones' whole area."""
    classes, zones = gathered.roles["classes"], gathered.roles["zones"]
    field = statistic.by or (classes.layer.class_field if classes.layer and classes.layer.class_field else "")
    coded = next((f.values for f in classes.layer.fields if f.id == field), {}) if classes.layer else {}
    frame = classes.frame if field else classes.frame.assign(_one="")
    found = geo.tabulate(frame, zones.frame, class_field=field or "_one", progress=steps.progress)
    rows = [row for z in range(len(found.zones)) for row in _zone_rows(gathered, found, z, coded)]
    pieces = found.pieces()
    value = found.total_m2 / M2_PER.get(statistic.unit, 1.0)
    biggest = max(range(len(found.classes)), key=lambda c: float(found.area_m2[c].sum()), default=None)
    lead = Text("—", "—") if biggest is None else _class_name(gathered, found.classes[biggest], coded)
    share = 0.0 if biggest is None else 100 * float(found.union_m2[biggest].sum()) / found.total_m2
    total = measured(value, statistic.unit, statistic.decimals)
    return Outcome(
        value=value,
        columns=(
            ZONE,
            Column("class", Text("代码", "Code")),
            Column("name", Text("类别", "Class")),
            *area_columns(),
            _SHARE,
        ),
        rows=tuple(rows),
        method=found.method,
        sentence=Text(
            f"{statistic.label.zh}：共 {total.zh}，面积最大的类别是{lead.zh}，占 {share:.1f}%。",
            f"{statistic.label.en}: {total.en} in all; the largest class is {lead.en} with {share:.1f}%.",
        ),
        caveats=notes_of(found),
        evidence=pieces,
        contributions=_largest(pieces, classes),
    )


def _zone_rows(
    gathered: Gathered, found: geo.Tabulation, z: int, coded: Mapping[str, Text]
) -> list[dict[str, Any]]:
    """Return a zone's rows: shown areas and shares add up to the shown total; ``m2`` keeps the raw value."""
    whole, twice = float(found.zone_area_m2[z]), float(found.overlap_m2[z])
    parts = [
        (kind or "", _class_name(gathered, kind, coded), float(found.area_m2[c, z]), float(found.union_m2[c, z]))
        for c, kind in enumerate(found.classes)
        if found.area_m2[c, z] > 0
    ]
    rest = float(found.unclassified_m2[z])
    parts.append(("", Text("未分类", "unclassified"), rest, rest))
    if twice > 0:
        parts.append(("", Text("重叠（减）", "overlap (subtracted)"), -twice, 0.0))
    raw = [m2 for _, _, m2, _ in parts]
    ha = geo.balanced([m2 / M2_PER["ha"] for m2 in raw], decimals=2, total=whole / M2_PER["ha"])
    mu = geo.balanced([m2 / M2_PER["mu"] for m2 in raw], decimals=1, total=whole / M2_PER["mu"])
    ground = [100 * union / whole for _, _, _, union in parts]
    shares = ground if twice > 0 else [float(x) for x in geo.balanced(ground, decimals=2, total=100.0)]
    zone = gathered.roles["zones"].name(found.zones[z])
    rows: list[dict[str, Any]] = [
        {"zone": zone, "class": code, "name": name, "ha": float(a), "mu": float(b), "m2": m2, "share": share}
        for (code, name, m2, _), a, b, share in zip(parts, ha, mu, shares, strict=True)
    ]
    total = {"ha": float(sum(ha)), "mu": float(sum(mu)), "m2": whole, "share": 100.0}
    return [*rows, {"zone": zone, "class": "", "name": TOTAL, **total}, *_surfaces(gathered, rows, zone)]


def _surfaces(gathered: Gathered, rows: list[dict[str, Any]], zone: Text) -> list[dict[str, Any]]:
    """Return land and water apart, where the scheme tells them apart; sums of the rows shown."""
    of = {row["class"]: known.surface for row in rows if (known := gathered.classes.get(row["class"]))}
    out: list[dict[str, Any]] = []
    for surface, name in (("land", LAND), ("water", WATER)):
        mine = [row for row in rows if of.get(row["class"]) == surface]
        if mine:
            summed = {unit: float(sum(row[unit] for row in mine)) for unit in ("ha", "mu", "m2", "share")}
            out.append({"zone": zone, "class": "", "name": name, **summed})
    return out


def _class_name(gathered: Gathered, kind: str | None, coded: Mapping[str, Text]) -> Text:
    if kind is None:
        return Text("未注明", "not stated")
    known = gathered.classes.get(kind)
    return known.name if known else coded.get(kind, Text(kind, kind))


def _chosen(role: Role) -> Text:
    """Return a layer's label with what was chosen of it."""
    label, chosen = role.use.label, ", ".join(role.use.filters)
    return Text(f"{label.zh}（{chosen}）", f"{label.en} ({chosen})") if chosen else label


def share(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Ground of a part over ground of the whole (roles part, whole), both as unions, never as naive sums."""
    part, whole = gathered.roles["part"], gathered.roles["whole"]
    if statistic.measure != "area":
        raise BadRule(what="share", found=statistic.measure, known="area")
    steps.begin(1)
    inside = geo.tabulate(
        part.frame.assign(_one="part"),
        whole.frame.assign(_all="whole"),
        class_field="_one",
        zone_field="_all",
        progress=steps.progress,
    )
    covered, of = float(inside.covered_m2.sum()), inside.total_m2
    value = 100 * covered / of if of > 0 else None
    rows = (
        {"name": _chosen(part), "share": value, **area_cells(covered)},
        {"name": _chosen(whole), "share": 100.0, **area_cells(of)},
    )
    naive = float(inside.area_m2.sum())
    notes = list(notes_of(inside))
    if naive - covered > 1e-9 * max(naive, 1.0):
        notes.append(
            Text(
                f"简单相加为 {naive:,.2f} 平方米，并集为 {covered:,.2f} 平方米。",
                f"The naive sum is {naive:,.2f} m2; the union is {covered:,.2f} m2.",
            )
        )
    text = measured(value, "%", statistic.decimals)
    pieces = inside.pieces()
    return Outcome(
        value=value,
        columns=(Column("name", Text("范围", "Ground")), *area_columns(), _SHARE),
        rows=rows,
        method=inside.method,
        sentence=Text(f"{statistic.label.zh}为 {text.zh}。", f"{statistic.label.en} is {text.en}."),
        caveats=tuple(notes),
        evidence=pieces,
        contributions=_largest(pieces, part),
    )


def band(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """What lies within a distance of a line or polygon (roles part, line)."""
    part, line = gathered.roles["part"], gathered.roles["line"]
    steps.begin(1)
    found = geo.proximity(part.frame, line.frame, within_m=statistic.distance_m or 0.0)
    table = pd.DataFrame(
        {
            "feature": found.feature,
            "distance_m": found.distance_m,
            "within": found.within,
            "amount": found.within_amount,
            "whole": found.amount,
        }
    )
    near = table[table["within"]]
    amount_unit = {"area": "m2", "length": "m", "count": ""}[statistic.measure]
    counted = statistic.measure == "count"
    dimensions = shapely.get_dimensions(part.frame.geometry.to_numpy())
    measured_as = {"area": 2, "length": 1, "count": 0}[statistic.measure]
    if not counted and not (dimensions == measured_as).all():
        raise BadRule(what="measure", found=statistic.measure, known=_FITTING[int(dimensions.min())])
    amount = float(len(near)) if counted else float(near["amount"].sum())
    per = 1000.0 if statistic.unit == "km" else M2_PER.get(statistic.unit, 1.0)
    value = amount if counted else amount / per
    rows = tuple(
        {
            "name": part.name(str(r.feature)),
            "distance_m": number(r.distance_m),
            "amount": 1.0 if counted else number(r.amount),
        }
        for r in near.sort_values("distance_m").itertuples()
    )[:_MOST_LISTED]
    evidence = part.frame.loc[[str(f) for f in near["feature"]], ["geometry"]].assign(
        feature=list(near["feature"]), distance_m=list(near["distance_m"])
    )
    text = measured(value, "" if counted else statistic.unit, statistic.decimals)
    distance = f"{statistic.distance_m:g}"
    return Outcome(
        value=value,
        columns=(
            Column("name", Text("要素", "Feature")),
            Column("distance_m", Text("距离", "Distance"), "m", 1),
            Column("amount", Text("范围内", "Inside"), amount_unit, 0 if counted else 2),
        ),
        rows=rows,
        method=found.method,
        sentence=Text(
            f"{statistic.label.zh}：{line.use.label.zh} {distance} 米内有 {text.zh}（{len(near)} 个要素）。",
            f"{statistic.label.en}: {text.en} within {distance} m of {line.use.label.en} ({len(near)} features).",
        ),
        caveats=notes_of(found),
        evidence=evidence,
        contributions=tuple(
            Contribution(
                part.use.layer,
                str(r.feature),
                part.name(str(r.feature)),
                float(r.amount),
                amount_unit or "count",
                number(r.amount / r.whole) if r.whole else None,
            )
            for r in near.itertuples()
        )[:_MOST_LISTED],
    )


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


def declared(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
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
    return Outcome(
        value=value,
        columns=(
            Column("name", Text("要素", "Feature")),
            Column("stated", Text("文本面积", "Stated"), statistic.unit, 2),
            Column("measured", Text("图上面积", "Drawn"), statistic.unit, 2),
            Column("difference", Text("相差", "Difference"), "%", 4),
            Column("lines", Text("原文行号", "Lines")),
        ),
        rows=rows,
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


def _largest(pieces: gpd.GeoDataFrame, role: Role) -> tuple[Contribution, ...]:
    """Return the features behind an area, the largest first."""
    grouped = pieces.groupby("feature", sort=True)[["area_m2", "share_of_feature"]].sum()
    grouped = grouped.sort_values("area_m2", ascending=False, kind="stable").head(_MOST_LISTED)
    return tuple(
        Contribution(
            role.use.layer, str(key), role.name(str(key)), float(row.area_m2), "m2", number(row.share_of_feature)
        )
        for key, row in grouped.iterrows()
    )
