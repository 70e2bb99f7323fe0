"""A sum over a sum."""

from __future__ import annotations

from typing import Any

from geo.text import Text
from layers.figures.figure import Column, Contribution
from layers.figures.functions.entry import Function, Option, Slot
from layers.figures.functions.groups import APART, coded, group_of
from layers.figures.inputs import Gathered
from layers.figures.outcome import TOTAL, Outcome, number, shown_as
from layers.figures.verification.second import stated_values
from layers.figures.verification.sql import Duck, Geos
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured

_MOST_LISTED = 500


_NAME = Column("name", Text("分组", "Group"))


def ratio(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """The sum of a field over the sum of another, over the items that state both; groups are never added."""
    items = gathered.roles["items"]
    steps.begin(1)
    both = [
        (f, number(f.properties.get(statistic.field)), number(f.properties.get(statistic.divisor)))
        for f in items.features
    ]
    used = [(f, a, b) for f, a, b in both if a is not None and b is not None]
    kinds = {group_of(items, statistic.by, f.properties) if statistic.by else None for f, _, _ in used} or {None}
    totals: list[dict[str, Any]] = []
    for kind in sorted(kinds, key=lambda v: (v is None, str(v))):
        mine = [
            (a, b) for f, a, b in used if not statistic.by or group_of(items, statistic.by, f.properties) == kind
        ]
        top, bottom = sum(a for a, _ in mine), sum(b for _, b in mine)
        name = coded(items, statistic.by, kind) if statistic.by else TOTAL
        totals.append(
            {
                "kind": "total",
                "name": name,
                "top": top,
                "bottom": bottom,
                "ratio": top / bottom if bottom > 0 else None,
            }
        )
    value = totals[0]["ratio"] if len(totals) == 1 else None
    lacking = len(both) - len(used)
    notes = []
    if lacking:
        notes.append(Text(f"{lacking} 行缺少其中一项，未计入。", f"{lacking} rows lack one of the two: left out."))
    if len(totals) > 1:
        notes.append(APART)
    above, below = items.field(statistic.field), items.field(statistic.divisor)
    rows = tuple(
        {"kind": "part", "name": items.name(f.id), "top": a, "bottom": b, "ratio": a / b if b else None}
        for f, a, b in used
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
        presentation=shown_as(rows, "ratio", chart="" if value is None else "ratio"),
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


def _ratio(statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    said = [f.properties for f in gathered.roles["items"].features]
    both = [row for row in said if all(row.get(name) is not None for name in (statistic.field, statistic.divisor))]
    if statistic.by and len({row.get(statistic.by) for row in both}) > 1:
        return None
    rows = stated_values(statistic, gathered, statistic.field, statistic.divisor)
    bottom = sum(row[1] for row in rows)
    return sum(row[0] for row in rows) / bottom if bottom else None


FUNCTION = Function(
    id="ratio",
    order=120,
    name=Text("比值", "Ratio"),
    question=Text("两字段之比（如每亩投资）", "One field over another (such as investment per mu)"),
    slots=(Slot("items", Text("统计图层", "Items")),),
    options=(
        Option(
            "field",
            Text("分子字段", "Numerator"),
            "field",
            required=True,
            role="items",
            measures=("additive", "money"),
        ),
        Option(
            "divisor",
            Text("分母字段", "Denominator"),
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
    additive=Text("比值不可相加，也不可平均", "Ratios neither add up nor average"),
    compute=ratio,
    recompute=_ratio,
)
