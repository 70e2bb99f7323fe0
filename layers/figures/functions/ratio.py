"""A sum over a sum."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from geo.errors import NotComputable
from geo.text import Text, count_words, spaced_zh
from layers.figures.contribution import Contribution
from layers.figures.figure import Column
from layers.figures.functions.amounts import APART, Amount, added_up, answer_amounts
from layers.figures.functions.asked_unit import unit_factor
from layers.figures.functions.entry import Function, Option, Slot, bad_question
from layers.figures.functions.groups import coded_text, group_kind
from layers.figures.functions.possible import lowest_share
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import TOTAL, Outcome, shown_as
from layers.figures.presentation import ranged_value
from layers.figures.verification.second import stated_values
from layers.figures.verification.sql import Duck, Geos
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text, unit_name

_MOST_LISTED = 500


_NAME = Column("name", Text("分组", "Group"))
_UNIT = "unit"  # of a total, while it is made


def ratio(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """The sum of a field over the sum of another, over the items that state both; currencies stay apart.

    Raises
    ------
    NotComputable
        No item states both, or what is divided by adds up to nothing.
    """
    items = gathered.roles["items"]
    steps.begin(1)
    above, below = (answer_amounts(statistic, items, field) for field in (statistic.field, statistic.divisor))
    both = [(top, bottom) for top, bottom in zip(above.all, below.all, strict=True)]
    used = [
        (_with_units(top, bottom), a, b)
        for top, bottom in both
        if (a := top.value) is not None and (b := bottom.value) is not None
    ]
    if not used:
        both_of = [items.field(key).label for key in (statistic.field, statistic.divisor)]
        needs = say("needs_both", field=both_of[0], other=both_of[1])
        raise NotComputable(needs_zh=needs.zh, needs_en=needs.en)
    keys = sorted(
        {(top.group, top.currency) for top, _, _ in used},
        key=lambda one: (one[0] is None, str(one[0]), one[1]),
    )
    fields = [items.field(key) for key in (statistic.field, statistic.divisor)]
    totals: list[dict[str, Any]] = []
    times: dict[tuple[object, str], float] = {}
    for key in keys:
        mine = [(a, b) for top, a, b in used if (top.group, top.currency) == key]
        over, under = added_up(a for a, _ in mine), added_up(b for _, b in mine)
        named = [coded_text(items, above.by, key[0])] if above.by else []
        named += [above.currency_name(key[1])] if len({c for _, c in keys}) > 1 else []
        name = Text(" · ".join(n.zh for n in named), " · ".join(n.en for n in named)) if named else TOTAL
        first, _, other = key[1].partition("/")
        own = _over(above.unit_of(first), below.unit_of(other or (first if below.currency else "")))
        factor, amounts = _in_asked(own, statistic.unit), statistic.unit or own
        share = factor * over / under if under > 0 else None
        times[key] = factor
        kind = "unknown" if above.by and group_kind(items, above.by, key[0]) == "unknown" else "total"
        totals.append({"kind": kind, "name": name, "top": over, "bottom": under, "ratio": share, _UNIT: amounts})
    if not any(row["bottom"] for row in totals):
        of = items.field(statistic.divisor).label
        raise NotComputable(needs_zh=f"不为 0 的“{of.zh}”", needs_en=f"“{of.en}” that does not add up to 0")
    value = totals[0]["ratio"] if len(totals) == 1 else None
    lacking = len(both) - len(used)
    notes = [*above.notes, *below.notes]
    if lacking:
        notes.append(
            Text(
                f"{lacking} 行缺少其中一项，未计入。",
                f"{count_words(lacking, 'row lacks', 'rows lack')} one of the two: left out.",
            )
        )
    if len({currency for _, currency in keys}) > 1:
        notes.append(APART)
    names = items.names(top.feature.id for top, _, _ in used)
    rows = [
        {
            "kind": "part",
            "name": name,
            "top": a,
            "bottom": b,
            "ratio": times[top.group, top.currency] * a / b if b else None,
        }
        for name, (top, a, b) in zip(names, used, strict=True)
    ]
    units = [above.unit_of(above.currencies[0]) if above.one else fields[0].unit, fields[1].unit]
    unit = statistic.unit or (_over(*units) if above.one else "")
    several = len(totals) > 1
    span = _span(statistic, items, totals[0], times[keys[0]]) if value is not None else None
    told = [_total_words(row, row.pop(_UNIT), statistic, named=several, grouped=bool(above.by)) for row in totals]
    text = Text("；".join(one.zh for one in told), "; ".join(one.en for one in told))
    text = ranged_value(text, span, unit, statistic.decimals)
    return Outcome(
        value=value,
        columns=(
            _NAME,
            Column("top", fields[0].label, units[0], 2),
            Column("bottom", fields[1].label, units[1], 2),
            Column("ratio", Text("比值", "Ratio"), unit, statistic.decimals),
        ),
        rows=(*rows, *totals),
        presentation=shown_as(rows, "ratio", chart="" if value is None else "ratio"),
        method=Text("总和之比，不是比值的平均。", "Sum over sum, not a mean of ratios."),
        sentence=Text(
            spaced_zh(f"{statistic.label.zh}为", text.zh, f"（共 {len(used)} 项）。"),
            f"{statistic.label.en} is {text.en} ({count_words(len(used), 'item', 'items')}).",
        ),
        caveats=tuple(dict.fromkeys(notes)),
        evidence=items.frame[["geometry"]].assign(feature=items.frame.index.to_numpy()),
        contributions=tuple(
            Contribution(items.use.layer, top.feature.id, items.name(top.feature.id), a, units[0], None)
            for top, a, _ in used[:_MOST_LISTED]
        ),
        headline=text if len(told) > 1 else None,
        unit=unit,
        span=span,
    )


def _span(
    statistic: Statistic, items: Role, total: Mapping[str, Any], factor: float
) -> tuple[float, float] | None:
    """Return between what a ratio lies for features that may belong to the items; None where none may.

    Parameters
    ----------
    statistic, items
        The question.
    total
        The row of what is known.
    factor
        Turns it into the unit asked for.
    """
    if items.open is None:
        return None
    above, below = (
        answer_amounts(statistic, items, one, items.open) for one in (statistic.field, statistic.divisor)
    )
    both = zip((one.value for one in above.all), (one.value for one in below.all), strict=True)
    may = [(under, over) for over, under in both if over is not None and under is not None]
    least = lowest_share(total["top"], total["bottom"], may)
    most = -lowest_share(-total["top"], total["bottom"], [(under, -over) for under, over in may])
    return (factor * least, factor * most) if least < most else None


def _total_words(row: Mapping[str, Any], unit: str, statistic: Statistic, *, named: bool, grouped: bool) -> Text:
    """Return a total in words, with the name of its group or currency where its unit does not say it."""
    text = measured_text(row["ratio"], unit, statistic.decimals)
    name = row["name"]
    if not named or (not grouped and row["ratio"] is not None and name.en.partition("/")[0] in unit):
        return text
    return Text(f"{name.zh} {text.zh}", f"{name.en} {text.en}")


def _in_asked(own: str, asked: str) -> float:
    """Return what a ratio is multiplied by to be in the unit asked for; 1 where nobody says its own.

    Raises
    ------
    BadQuestion
        It measures something else.
    """
    if not asked or not own:
        return 1.0
    (over, _, under), (top, _, bottom) = own.partition("/"), asked.partition("/")
    factor, per = unit_factor(over, top), unit_factor(under, bottom) if under else 1.0
    if factor is None or per is None:
        expected = unit_name(own, "zh"), unit_name(own, "en")
        raise bad_question("unit", (asked, asked), (f"{expected[0]}，或不填", f"{expected[1]}, or none"))
    return factor / per


def _over(top: str, bottom: str) -> str:
    """Return the unit of one over another; that of the first where the other has none."""
    if top == bottom or not top:
        return ""
    return f"{top}/{bottom}" if bottom else top


def _with_units(top: Amount, bottom: Amount) -> Amount:
    """Return an amount that keeps apart what it is divided by, too, where that is of several units."""
    if not bottom.currency or bottom.currency == top.currency:
        return top
    return replace(top, currency=f"{top.currency}/{bottom.currency}".strip("/"))


def _ratio(statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    said = [f.properties for f in gathered.roles["items"].features]
    both = [row for row in said if all(row.get(name) is not None for name in (statistic.field, statistic.divisor))]
    asked = (statistic.field, statistic.divisor)
    amounts = [answer_amounts(statistic, gathered.roles["items"], one) for one in asked]
    apart = [*(one.currency for one in amounts), statistic.by]
    if any(name and len({row.get(name) for row in both}) > 1 for name in apart):
        return None
    rows = stated_values(statistic, gathered, statistic.field, statistic.divisor)
    bottom = math.fsum(row[1] for row in rows)
    own = _over(*(one.unit_of(one.currencies[0]) for one in amounts))
    return _in_asked(own, statistic.unit) * math.fsum(row[0] for row in rows) / bottom if bottom else None


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
    revision=5,
)
