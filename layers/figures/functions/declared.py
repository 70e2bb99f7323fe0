"""The function ``declared``: area or length as the document states it (`geo.stated`) beside what is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import shapely

import geo
from geo.arrays import Bools
from geo.errors import BadField, NotComputable
from geo.measure.area import M2_PER, M2_PER_STATED
from geo.result import typed_rows
from geo.stated import LENGTHS
from geo.text import Text, spaced_zh
from layers.figures.contribution import Contribution
from layers.figures.figure import Column
from layers.figures.functions.entry import LESS, Function, Option, Slot
from layers.figures.functions.possible import span_with_all
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import TOTAL, Outcome, json_number, notes_of, shown_as
from layers.figures.presentation import ranged_value
from layers.figures.verification.second import boundary_of_shape
from layers.figures.verification.sql import Duck, Geos, Plane
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text, unit_word

_PER = {**M2_PER, **LENGTHS}
_STATED = (*M2_PER_STATED, *LENGTHS)


class _Stated(NamedTuple):
    id: str
    stated_m2: float
    measured_m2: float
    plane_m2: float
    relative: float


def _unit_stated(items: Role, statistic: Statistic) -> tuple[str, list[Text]]:
    """Return the unit a field is in: as the question says, the catalog, or the end of its name; never a guess."""
    field_id, asked = statistic.field, statistic.stated_unit
    fields = items.layer.fields if items.layer else ()
    said = next((field.unit for field in fields if field.id == field_id), "")
    word = unit_word(said)
    known = word if word in _STATED else next((u for u in _STATED if field_id.endswith(f"_{u}")), "")
    if not (asked or known):
        zh, en = (f"单位“{said}”不是面积或长度", f"“{said}” is no unit of area or length")
        if not said:
            zh, en = "未说明单位", "it states no unit"
        choices = Text("、".join(_STATED), ", ".join(_STATED))
        zh = f"{zh}；请在提问时说明 stated_unit（{choices.zh}），或在目录中写明 unit"
        en = f"{en}; say stated_unit in the question ({choices.en}), or unit in the catalog"
        raise BadField(where=items.use.layer, field=field_id, why_zh=zh, why_en=en)
    unit = asked or known
    if (unit in LENGTHS) != (statistic.measure == "length"):
        what = ("长度", "lengths") if unit in LENGTHS else ("面积", "areas")
        raise BadField(
            where=items.use.layer,
            field=field_id,
            why_zh=f"它的单位是 {unit}，说的是{what[0]}；请以 measure 和 unit 相应提问",
            why_en=f"its unit is {unit}: it states {what[1]}; ask with the measure and unit of those",
        )
    if asked and known and asked != known:
        label = items.field(field_id).label
        return unit, [
            Text(
                f"字段“{label.zh}”的单位按提问取 {asked}，目录或字段名为 {known}。",
                f"The field “{label.en}” is taken in {asked}, as asked; the catalog or its name says {known}.",
            )
        ]
    return unit, []


def answer_declared(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Stated area (or length) beside the drawn one (role items); the value is what is drawn where it is stated.

    Raises
    ------
    NotComputable
        No feature has a shape of the kind.
    """
    items = gathered.roles["items"]
    steps.begin(1)
    unit, notes = _unit_stated(items, statistic)
    length = statistic.measure == "length"
    drawn = items.frame[_measurable(items, statistic)]
    if not len(drawn):
        raise NotComputable(
            needs_zh="有线或面的要素" if length else "有面的要素",
            needs_en="features that are lines or polygons" if length else "features that are polygons",
        )
    found = geo.compare_stated(
        drawn,
        geo.StatedSize(
            field=statistic.field, less_field=_less(items, statistic, unit), unit=unit, measured=statistic.measure
        ),
    )
    table = found.table[found.table["state"] == "compared"]
    table = table.rename(columns={"stated_m": "stated_m2", "measured_m": "measured_m2", "plane_m": "plane_m2"})
    per = _PER[statistic.unit]
    what = Text("长度", "length") if length else Text("面积", "area")
    lines = {f.id: ", ".join(str(x) for x in f.properties.get("lines") or []) for f in items.features}
    rows = tuple(
        {
            "kind": "part",
            "name": items.name(str(r.id)),
            "stated": r.stated_m2 / per,
            "measured": r.measured_m2 / per,
            "plane": json_number(r.plane_m2 / per),
            "difference": json_number(100 * r.relative),
            "lines": lines.get(str(r.id), ""),
        }
        for r in typed_rows(table, _Stated)
    )
    drawn_m2 = float(table["measured_m2"].sum())
    worst = json_number(100 * np.abs(table["relative"]).max()) if len(table) else None
    value = drawn_m2 / per if len(table) else None
    text, gap = measured_text(value, statistic.unit, statistic.decimals), measured_text(worst, "%", 4)
    span = span_with_all(answer_declared, statistic, gathered, value)
    text = ranged_value(text, span, statistic.unit, statistic.decimals)
    more = (
        [] if span is None else [{"kind": "unknown", "name": say("row_may_belong"), "measured": span[1] - span[0]}]
    )
    stated = float(table["stated_m2"].sum())
    none = int(table["relative"].isna().sum())
    nothing = [say("declared_nothing", count=none)] if none else []
    totals = (
        {
            "kind": "total",
            "name": TOTAL,
            "stated": stated / per,
            "measured": drawn_m2 / per,
            "plane": json_number(float(table["plane_m2"].sum()) / per) if found.plane_name else None,
            "difference": 100 * (drawn_m2 - stated) / stated if stated > 0 else None,
        },
    )[: len(rows)]
    return Outcome(
        value=value,
        columns=(
            Column("name", Text("要素", "Feature")),
            Column("stated", _stated(statistic, items, what), statistic.unit, 2),
            Column("measured", Text(f"图上{what.zh}", "Drawn"), statistic.unit, 2),
            *_plane_column(found.plane_name, statistic.unit, what),
            Column("difference", Text("相差", "Difference"), "%", 4),
            Column("lines", Text("原文行号", "Lines")),
        ),
        rows=(*rows, *more, *totals),
        span=span,
        presentation=shown_as(rows, "measured"),
        method=found.method,
        sentence=Text(
            spaced_zh(
                f"{statistic.label.zh}：图上合计", text.zh, f"，共比较 {len(table)} 个，最大相差 {gap.zh}。"
            ),
            f"{statistic.label.en}: {text.en} drawn, {len(table)} compared, largest gap {gap.en}.",
        ),
        caveats=(*notes, *nothing, *notes_of(found)),
        evidence=items.frame.loc[list(table["id"]), ["geometry"]].assign(feature=list(table["id"])),
        contributions=tuple(
            Contribution(
                items.use.layer,
                str(r.id),
                items.name(str(r.id)),
                float(r.measured_m2),
                "m" if length else "m2",
                1.0,
            )
            for r in typed_rows(table, _Stated)
        ),
    )


def _less(items: Role, statistic: Statistic, unit: str) -> str | None:
    """Return the field that is taken off what is stated, in the same unit (or in none that is known)."""
    if not statistic.less:
        return None
    known = unit_word(items.field(statistic.less).unit)
    if known and known != unit:
        zh, en = f"它的单位是 {known}，不是 {unit}", f"its unit is {known}, not {unit}"
        raise BadField(where=items.use.layer, field=statistic.less, why_zh=zh, why_en=en)
    return statistic.less


def _stated(statistic: Statistic, items: Role, what: Text) -> Text:
    if not statistic.less:
        return Text(f"文本{what.zh}", "Stated")
    less = items.field(statistic.less).label
    return Text(f"文本{what.zh}（减{less.zh}）", f"Stated (less {less.en})")


def _plane_column(name: str, unit: str, what: Text) -> tuple[Column, ...]:
    """Return the column of what is drawn in the plane of the layer's own edges, if they are straight in one."""
    label = Text(f"图上{what.zh}（{name} 平面）", f"Drawn (plane of {name})")
    return (Column("plane", label, unit, 2),) if name else ()


def _measurable(items: Role, statistic: Statistic) -> Bools:
    """Tell which features have what is measured: an area, or a length."""
    kinds = shapely.get_dimensions(items.frame.geometry.to_numpy())
    return np.asarray(kinds >= 1 if statistic.measure == "length" else kinds == 2, dtype=bool)


def _declared(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    items = gathered.roles["items"]
    stated = items.frame[[name for name in (statistic.field, statistic.less) if name]].notna().all(axis=1)
    frame = items.frame[_measurable(items, statistic) & stated]
    if not len(frame):
        return None
    plane = Plane([frame])
    shapes = plane.bring(frame)
    if statistic.measure == "length":
        lines = [boundary_of_shape(one) for one in shapes]
        return plane.length_m(lines) / _PER[statistic.unit]
    return sum(other.areas(shapes)) / _PER[statistic.unit]


def _complete(plain: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the question with what is measured: lengths where the stated unit is one."""
    if plain.get("stated_unit") in LENGTHS and not plain.get("measure"):
        return {**plain, "measure": "length"}
    return plain


FUNCTION = Function(
    id="declared",
    order=130,
    name=Text("文本数值与图上数值", "Stated and drawn"),
    question=Text("文本面积（长度）与图上对照", "Stated area or length beside the drawn one"),
    slots=(Slot("items", Text("统计图层", "Items"), ("line", "polygon")),),
    options=(
        Option(
            "field",
            Text("文本数值字段", "Field of what is stated"),
            "field",
            required=True,
            role="items",
            measures=("area",),
        ),
        Option(
            "stated_unit",
            Text("该字段的单位（目录未说明时）", "Unit of that field (where the catalog says none)"),
            "choice",
            choices=_STATED,
        ),
        Option("less", LESS, "field", role="items", measures=("area",), finer=True),
        Option("measure", Text("量算", "Measure"), "choice", choices=("area", "length"), derived=True),
    ),
    units={"area": ("mu", "m2", "ha", "km2"), "length": ("m", "km")},
    additive=Text("各行可相加（互相重叠者除外）", "Rows add up, but for features that overlap"),
    compute=answer_declared,
    recompute=_declared,
    revision=3,
    complete=_complete,
)
