"""Ground of a part over ground of the whole."""

from __future__ import annotations

import geo
from geo.errors import BadRule
from geo.text import Text
from layers.figures.figure import Column
from layers.figures.functions.contributions import largest
from layers.figures.functions.entry import Function, Slot
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import Outcome, area_cells, area_columns, notes_of, shown_as
from layers.figures.verification.second import on_plane
from layers.figures.verification.sql import Duck, Geos
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured

_SHARE = Column("share", Text("占比", "Share"), "%", 2)


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
        {"kind": "part", "name": _chosen(part), "share": value, **area_cells(covered)},
        {"kind": "total", "name": _chosen(whole), "share": 100.0, **area_cells(of)},
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
        presentation=shown_as(rows, "share", kinds=("part", "total"), order="rows"),
        method=inside.method,
        sentence=Text(f"{statistic.label.zh}为 {text.zh}。", f"{statistic.label.en} is {text.en}."),
        caveats=tuple(notes),
        evidence=pieces,
        contributions=largest(pieces, part),
    )


def _chosen(role: Role) -> Text:
    """Return a layer's label with what was chosen of it."""
    label, chosen = role.use.label, ", ".join(role.use.filters)
    return Text(f"{label.zh}（{chosen}）", f"{label.en} ({chosen})") if chosen else label


def _share(_statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    part, whole = on_plane(gathered, "part", "whole")
    of = other.union_area(whole)
    return 100 * other.union_cut(part, whole) / of if of else None


FUNCTION = Function(
    id="share",
    order=20,
    name=Text("占比", "Share"),
    question=Text("一类用地占另一类的比例", "Share of one area in another"),
    slots=(
        Slot("part", Text("统计图层", "Layer"), ("polygon",), usual="classes"),
        Slot("whole", Text("总体图层", "Whole"), ("polygon",), drawn=True, usual="classes"),
    ),
    units={"": ("%",)},
    additive=Text("占比不可相加", "Shares do not add up"),
    compute=share,
    recompute=_share,
)
