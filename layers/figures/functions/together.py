"""What several layers cover together: each one's area, what they add up to, and the ground counted once."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

import geo
from geo.measure.area import M2_PER
from geo.result import typed_rows
from geo.text import Text, spaced_zh
from layers.figures.contribution import Contribution
from layers.figures.figure import Column
from layers.figures.functions.entry import AREAS, Function, Slot
from layers.figures.functions.possible import least_of, span_with_all
from layers.figures.inputs import Gathered
from layers.figures.outcome import DrawnRows, Outcome, json_number, notes_of, shown_as
from layers.figures.presentation import ranged_value
from layers.figures.verification.second import on_plane
from layers.figures.verification.sql import Duck, Geos
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text

LAYERS = ("first", "second", "third", "fourth", "fifth", "sixth")
_NAME = Column("name", Text("图层", "Layer"))
_ONCE = Text("地面只计一次", "ground counted once")
_SUM = Text("各图层相加", "layers added up")
_TWICE = Text("重复计入的", "counted more than once")
_WHOLE = Text("总范围", "the whole")
_REST = Text("未覆盖", "covered by none")


class _Together(NamedTuple):
    layer: str
    features: int
    once: float
    plane_once: float


def answer_together(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Areas of up to six layers, their sum and their union, in all or inside a ground (role whole)."""
    roles = {name: gathered.roles[name] for name in LAYERS if name in gathered.roles}
    whole = gathered.roles.get("whole")
    steps.begin(1)
    found = geo.cover_together(
        {name: role.frame for name, role in roles.items()},
        whole=None if whole is None else whole.frame,
        watch=geo.Watch(progress=steps.progress),
    )
    per = M2_PER[statistic.unit]

    def row(kind: str, name: Text, area: float, plane: float, features: int | None = None) -> dict[str, Any]:
        told = {"kind": kind, "name": name, "area": json_number(area / per), "plane": json_number(plane / per)}
        of = {"share": 100 * area / found.whole} if whole is not None else {}
        return {**told, "features": None if features is None else float(features), **of}

    rows = [
        row("part", roles[one.layer].use.label, one.once, one.plane_once, one.features)
        for one in typed_rows(found.table, _Together)
    ]
    rows.append(row("total", _ONCE, found.once, found.plane_once))
    rows.append(row("of_which", _SUM, found.amount, found.plane))
    rows.append(row("of_which", _TWICE, found.twice, found.plane - found.plane_once))
    if whole is not None:
        rows.append(row("rest", _REST, found.whole - found.once, found.plane_whole - found.plane_once))
        rows.append(row("of_which", _WHOLE, found.whole, found.plane_whole))
    span = span_with_all(answer_together, statistic, gathered, found.once / per)
    if span is not None:
        rows.append({"kind": "unknown", "name": say("row_may_belong"), "area": span[1] - span[0]})
    once, added, twice = (
        measured_text(value / per, statistic.unit, statistic.decimals)
        for value in (found.once, found.amount, found.twice)
    )
    bounds = least_of(found.once / per, span, *roles.values())
    once = ranged_value(once, bounds, statistic.unit, statistic.decimals)
    zh = spaced_zh(f"{statistic.label.zh}：共覆盖", once.zh, f"（各图层相加 {added.zh}，重复 {twice.zh}）")
    en = f"{statistic.label.en}: {once.en} of ground (added up {added.en}, {twice.en} more than once)"
    if whole is not None:
        sure = bounds is None or whole.undecided is not None or whole.unplaced or found.share >= 1.0
        ends = None if sure or bounds is None else _of(bounds, per / found.whole)
        share = ranged_value(measured_text(100 * found.share, "%", 2), ends, "%", 2)
        zh, en = (
            spaced_zh(f"{zh}，占{whole.use.label.zh}的", share.zh),
            f"{en}, {share.en} of {whole.use.label.en}",
        )
    plane = Text(f"面积（{found.plane_name} 平面）", f"Area (plane of {found.plane_name})")
    return Outcome(
        value=found.once / per,
        columns=(
            _NAME,
            Column("features", Text("要素", "Features"), "", 0),
            Column("area", Text("面积（椭球）", "Area (ellipsoid)"), statistic.unit, statistic.decimals),
            *((Column("plane", plane, statistic.unit, statistic.decimals),) if found.plane_name else ()),
            *((Column("share", Text("占总范围", "Of the whole"), "%", 2),) if whole is not None else ()),
        ),
        rows=tuple(rows),
        presentation=shown_as(rows, "area", drawn=DrawnRows(kinds=("part", "rest"))),
        method=found.method,
        sentence=Text(f"{zh}。", f"{en}."),
        caveats=notes_of(found),
        span=bounds,
        evidence=pd.concat([role.frame[["geometry"]].assign(layer=role.use.layer) for role in roles.values()]),
        contributions=tuple(
            Contribution(roles[one.layer].use.layer, "", roles[one.layer].use.label, one.once, "m2", None)
            for one in typed_rows(found.table, _Together)
        ),
    )


def _of(span: tuple[float, float | None], one: float) -> tuple[float, float | None]:
    """Return the ends of a span as shares (%) of a whole, of which ``one`` is the share of a unit."""
    return 100 * span[0] * one, None if span[1] is None else 100 * span[1] * one


def _again(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    names = [name for name in (*LAYERS, "whole") if name in gathered.roles]
    brought = dict(zip(names, on_plane(gathered, *names), strict=True))
    whole = brought.pop("whole", None)
    shapes = [shape for one in brought.values() for shape in one]
    area = other.union_area(shapes) if whole is None else other.union_cut(shapes, whole)
    return area / M2_PER[statistic.unit]


_WORDS = {
    "first": Text("图层", "Layer"),
    "second": Text("第二个图层", "Second layer"),
    "third": Text("第三个图层", "Third layer"),
    "fourth": Text("第四个图层", "Fourth layer"),
    "fifth": Text("第五个图层", "Fifth layer"),
    "sixth": Text("第六个图层", "Sixth layer"),
}
FUNCTION = Function(
    id="together",
    order=75,
    name=Text("多图层合计面积", "Layers together"),
    question=Text("多个图层共覆盖多少（相加与去重）", "What several layers cover together (sum and union)"),
    slots=(
        *(
            Slot(name, word, ("polygon",), optional=name not in LAYERS[:2], finer=name in LAYERS[3:])
            for name, word in _WORDS.items()
        ),
        Slot("whole", Text("总范围", "The whole"), ("polygon",), optional=True, drawn=True, usual="zones"),
    ),
    units={"": AREAS},
    additive=Text(
        "各图层相加可多于地面，数值只计一次",
        "Layers may add up to more than the ground; the value counts it once",
    ),
    compute=answer_together,
    recompute=_again,
    revision=4,
)
