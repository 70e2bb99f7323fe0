"""Answers by counting and adding: how many, how much, per what. Unknown is never 0; currencies are never added."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
import shapely

import geo
from geo.errors import BadRule
from geo.text import Text
from layers.figures.figure import Column, Contribution
from layers.figures.functions.sharing import by_share, overlapping
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import M2_PER, TOTAL, Outcome, notes_of, number
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured

_MOST_LISTED = 500
_NOT_STATED = Text("未说明", "not stated")
_APART = Text("不同组（如不同币种）不能相加，故无总数。", "Groups such as currencies are never added: no total.")
_UNPLACED = Text("尚未上图", "not on the map yet")
_NAME = Column("name", Text("分组", "Group"))


def _group(statistic: Statistic, known: dict[str, Any]) -> object:
    value = known.get(statistic.by)
    if isinstance(value, str) and statistic.by.endswith("_iso"):
        return value[:4]
    return value


def _coded(role: Role, field_id: str, value: object) -> Text:
    """Return how a group reads: a coded value's words, else the value itself."""
    if value is None or value == "":
        return _NOT_STATED
    return role.field(field_id).values.get(str(value)) or Text(str(value), str(value))


def count(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """How many items, by zone (placed ones) or by a field (all of them)."""
    items, zones = gathered.roles["items"], gathered.roles.get("zones")
    steps.begin(1)
    rows: list[dict[str, Any]] = []
    notes: tuple[Text, ...] = ()
    method = Text("逐个计数。", "Counted one by one.")
    if zones is not None and len(items.frame):
        kinds = shapely.get_dimensions(items.frame.geometry.to_numpy())
        parts = [geo.aggregate(items.frame[kinds == kind], zones.frame) for kind in np.unique(kinds)]
        whole = zones.frame.assign(_all="all")
        united = [geo.aggregate(items.frame[kinds == k], whole, zone_field="_all") for k in np.unique(kinds)]
        counts, found = np.sum([part.count for part in parts], axis=0), parts[0]
        density = counts / found.zone_area_m2 * M2_PER["km2"]
        for i, zone in enumerate(found.zones):
            rows.append({"name": zones.name(zone), "count": float(counts[i]), "density": float(density[i])})
        outside = len(items.frame) - float(np.sum([part.count for part in united]))
        if outside > 1e-6:
            rows.append({"name": Text("分区之外", "outside the zones"), "count": outside})
        notes, method = (*notes_of(found), *overlapping(found, united[0])), found.method
        if items.unplaced:
            rows.append({"name": _UNPLACED, "count": float(items.unplaced)})
    elif statistic.by:
        groups: dict[object, int] = defaultdict(int)
        for feature in items.features:
            groups[_group(statistic, feature.properties)] += 1
        for value in sorted(groups, key=lambda v: (v is None, str(v))):
            rows.append({"name": _coded(items, statistic.by, value), "count": float(groups[value])})
    value = float(len(items.features))
    rows.append({"name": TOTAL, "count": value})
    return Outcome(
        value=value,
        columns=(
            _NAME,
            Column("count", Text("个数", "Count"), "", 0 if zones is None else 2),
            *((Column("density", Text("密度", "Density"), "/km2", 2),) if zones else ()),
        ),
        rows=tuple(rows),
        method=method,
        sentence=Text(f"{statistic.label.zh}：共 {value:g} 个。", f"{statistic.label.en}: {value:g} in all."),
        caveats=notes,
        evidence=items.frame[["geometry"]].assign(feature=list(items.frame.index)),
        contributions=tuple(
            Contribution(items.use.layer, f.id, items.name(f.id), 1.0, "count", None) for f in items.features
        )[:_MOST_LISTED],
    )


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
        group = _group(statistic, feature.properties) if statistic.by else None
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
            "name": _coded(items, statistic.by, g) if statistic.by else TOTAL,
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
        notes.append(_APART)
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
        method=Text("逐行相加；未说明的不计。", "Rows added; those that state nothing are left out."),
        sentence=Text(f"{statistic.label.zh}：{listed_zh}。", f"{statistic.label.en}: {listed_en}."),
        caveats=tuple(notes),
        evidence=items.frame[["geometry"]].assign(feature=list(items.frame.index)),
        contributions=tuple(parts[:_MOST_LISTED]),
    )


def ratio(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """The sum of a field over the sum of another, over the items that state both; groups are never added."""
    items = gathered.roles["items"]
    steps.begin(1)
    both = [
        (f, number(f.properties.get(statistic.field)), number(f.properties.get(statistic.divisor)))
        for f in items.features
    ]
    used = [(f, a, b) for f, a, b in both if a is not None and b is not None]
    kinds = {_group(statistic, f.properties) if statistic.by else None for f, _, _ in used} or {None}
    totals: list[dict[str, Any]] = []
    for kind in sorted(kinds, key=lambda v: (v is None, str(v))):
        mine = [(a, b) for f, a, b in used if not statistic.by or _group(statistic, f.properties) == kind]
        top, bottom = sum(a for a, _ in mine), sum(b for _, b in mine)
        name = _coded(items, statistic.by, kind) if statistic.by else TOTAL
        totals.append({"name": name, "top": top, "bottom": bottom, "ratio": top / bottom if bottom > 0 else None})
    value = totals[0]["ratio"] if len(totals) == 1 else None
    lacking = len(both) - len(used)
    notes = []
    if lacking:
        notes.append(Text(f"{lacking} 行缺少其中一项，未计入。", f"{lacking} rows lack one of the two: left out."))
    if len(totals) > 1:
        notes.append(_APART)
    above, below = items.field(statistic.field), items.field(statistic.divisor)
    rows = tuple(
        {"name": items.name(f.id), "top": a, "bottom": b, "ratio": a / b if b else None} for f, a, b in used
    )
    told = [(row["name"], measured(row["ratio"], statistic.unit, statistic.decimals)) for row in totals]
    if len(told) > 1:
        text = Text("；".join(f"{n.zh} {t.zh}" for n, t in told), "; ".join(f"{n.en} {t.en}" for n, t in told))
    else:
        text = told[0][1]
    return Outcome(
        value=value,
        columns=(
            _NAME,
            Column("top", above.label, above.unit, 2),
            Column("bottom", below.label, below.unit, 2),
            Column("ratio", statistic.label, statistic.unit, statistic.decimals),
        ),
        rows=(*rows, *totals),
        method=Text("总和之比，不是比值的平均。", "Sum over sum, not a mean of ratios."),
        sentence=Text(
            f"{statistic.label.zh}为 {text.zh}（{len(used)} 行）。",
            f"{statistic.label.en} is {text.en} (rows: {len(used)}).",
        ),
        caveats=tuple(notes),
        evidence=items.frame[["geometry"]].assign(feature=list(items.frame.index)),
        contributions=tuple(
            Contribution(items.use.layer, f.id, items.name(f.id), a, above.unit, None) for f, a, _ in used
        )[:_MOST_LISTED],
    )


def _amounts(found: geo.Aggregation, lengths: dict[Any, float] | None) -> pd.DataFrame:
    """Return each feature's share inside with what it amounts to: its length, or one."""
    shares = found.shares
    each = [1.0 if lengths is None else lengths[feature] for feature in shares["feature"]]
    return shares.assign(amount=shares["share"] * each)


def density(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Length or count of a part over the area of the whole (roles part, whole), by zone."""
    part, whole = gathered.roles["part"], gathered.roles["whole"]
    steps.begin(1)
    counted = statistic.measure == "count"
    if not counted and not (shapely.get_dimensions(part.frame.geometry.to_numpy()) == 1).all():
        raise BadRule(what="measure", found=statistic.measure, known="count")
    found = geo.aggregate(part.frame, whole.frame)
    united = geo.aggregate(part.frame, whole.frame.assign(_all="all"), zone_field="_all")
    lengths = dict(zip(part.frame.index, geo.length_m(part.frame) / 1000.0, strict=True))
    inside, once = (_amounts(one, None if counted else lengths) for one in (found, united))
    by_zone = inside.groupby("zone")["amount"].sum()
    rows = []
    for zone, area in zip(found.zones, found.zone_area_m2, strict=True):
        amount, km2 = float(by_zone.get(zone, 0.0)), float(area) / M2_PER["km2"]
        rows.append({"name": whole.name(zone), "amount": amount, "km2": km2, "density": amount / km2})
    amount, km2 = float(once["amount"].sum()), float(united.zone_area_m2.sum()) / M2_PER["km2"]
    value = amount / km2
    rows.append({"name": TOTAL, "amount": amount, "km2": km2, "density": value})
    text = measured(value, statistic.unit, statistic.decimals)
    unit = "" if counted else "km"
    return Outcome(
        value=value,
        columns=(
            _NAME,
            Column("amount", Text("数量", "Amount"), unit, 2),
            Column("km2", Text("面积", "Area"), "km2", 3),
            Column("density", Text("密度", "Density"), statistic.unit, 2),
        ),
        rows=tuple(rows),
        method=found.method,
        sentence=Text(f"{statistic.label.zh}为 {text.zh}。", f"{statistic.label.en} is {text.en}."),
        caveats=(*notes_of(found), *overlapping(found, united)),
        evidence=part.frame[["geometry"]].assign(feature=list(part.frame.index)),
        contributions=tuple(
            Contribution(
                part.use.layer, str(r.feature), part.name(str(r.feature)), float(r.amount), unit, number(r.share)
            )
            for r in once.itertuples()
        )[:_MOST_LISTED],
    )
