"""Change of land use between two layers, or two versions of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import geo
from geo.errors import NoSuchField
from geo.measure.area import M2_PER
from geo.text import Text, spaced_zh
from layers.figures.contribution import Contribution
from layers.figures.figure import Column, RowKind
from layers.figures.functions.entry import AREAS, Function, Slot
from layers.figures.functions.possible import span_with_all
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import (
    TOTAL,
    DrawnRows,
    Outcome,
    area_cells,
    area_column,
    area_columns,
    notes_of,
    raw_if_nothing,
    shown_as,
)
from layers.figures.presentation import ranged_value
from layers.figures.verification.second import on_plane
from layers.figures.verification.sql import Duck, Geos
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.plan.unstated import is_unstated
from layers.progress import Steps
from layers.units import measured_text

_CLASS = "_class"


_MOST_PIECES = 20_000  # kept as evidence with unchanged ground; beyond, changed ground only


_NEW, _GONE = Text("（此前未覆盖）", "(not covered before)"), Text("（此后未覆盖）", "(not covered after)")


_CHANGED = Text("已知类别之间改变的", "changed from one known class to another")
_BECAME = Text("类别变为已知或变为未知的", "whose class became known or unknown")
_ODD = Text("其中原或现代码不在分类方案内的", "of which from or to a code outside the scheme")
_UNSURE = Text("两次类别都未知的", "of unknown class both times")
_KEPT = Text("类别不变的", "of the same class")


def answer_transition(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """From-class by to-class areas (roles before, after); the value is the ground that changed its known class.

    Ground whose class is not known before or after has not changed for all that is known: it is told apart, and so
    is ground that only one of the two covers.
    """
    before, after = gathered.roles["before"], gathered.roles["after"]
    found = geo.transition_matrix(
        _classed(before), _classed(after), class_field=_CLASS, watch=geo.Watch(progress=steps.progress)
    )
    matrix = found.matrix_m2
    cells = [(int(i), int(j)) for i, j in np.argwhere(matrix > 0)]
    shown = {
        unit: geo.balance_parts(
            [float(matrix[i, j]) / M2_PER[unit] for i, j in cells],
            decimals=decimals,
            total=float(matrix.sum()) / M2_PER[unit],
        )
        for unit, decimals in (("ha", 2), ("mu", 1))
    }
    rows: list[dict[str, Any]] = []
    parts: dict[Text, float] = {}
    for (i, j), ha, mu in zip(cells, shown["ha"], shown["mu"], strict=True):
        old, new = _kind(gathered, found.from_classes, i, _NEW), _kind(gathered, found.to_classes, j, _GONE)
        m2 = float(matrix[i, j])
        kind, part = _told(gathered, found, i, j)
        parts[part] = parts.get(part, 0.0) + m2
        if kind == "part" and _is_odd(gathered, found, i, j):
            parts[_ODD] = parts.get(_ODD, 0.0) + m2
        rounded = {unit: raw_if_nothing(float(one), m2 / M2_PER[unit]) for unit, one in (("ha", ha), ("mu", mu))}
        values = {**rounded, "km2": m2 / M2_PER["km2"], "m2": m2}
        rows.append({"kind": kind, "from": old[0], "from_name": old[1], "to": new[0], "to_name": new[1], **values})
    column, moved = area_column(statistic.unit), {id(row) for row in rows if row["from_name"] != row["to_name"]}
    drawn = shown_as(
        rows,
        column,
        drawn=DrawnRows(kinds=("part", "unknown"), among=lambda row: id(row) in moved),
        names=("from_name", "to_name"),
    )
    aside = [(part, parts[part]) for part in (_BECAME, _UNSURE, _NEW, _GONE) if part in parts]
    apart = [
        {"kind": "of_which", "from": "", "from_name": part, "to": "", "to_name": TOTAL, **area_cells(m2)}
        for part, m2 in [(_CHANGED, parts.get(_CHANGED, 0.0)), (_ODD, parts.get(_ODD, 0.0)), *aside]
        if part in (_CHANGED, _BECAME, _UNSURE) or (part is _ODD and m2)
    ]

    def amount(m2: float) -> Text:
        return measured_text(m2 / M2_PER[statistic.unit], statistic.unit, statistic.decimals)

    value = parts.get(_CHANGED, 0.0) / M2_PER[statistic.unit]
    span = span_with_all(answer_transition, statistic, gathered, value)
    if span is not None:
        may = {"kind": "unknown", "from": "", "from_name": say("row_may_belong"), "to": "", "to_name": TOTAL}
        apart.append({**may, **area_cells((span[1] - value) * M2_PER[statistic.unit])})
    whole, changed = amount(float(matrix.sum())), amount(parts.get(_CHANGED, 0.0))
    changed = ranged_value(changed, span, statistic.unit, statistic.decimals)
    zh, en = (
        spaced_zh(f"共 {whole.zh}，已知类别之间改变", changed.zh),
        f"{whole.en} in all, {changed.en} changed class",
    )
    for part, m2 in aside:
        told = amount(m2)
        if part in (_NEW, _GONE):  # the table has their total, a sum of shown cells
            side = "from_name" if part is _NEW else "to_name"
            size = _summed((row for row in rows if row[side] is part), column)
            told = measured_text(size, column, statistic.decimals)
        zh, en = f"{zh}；{part.zh} {told.zh}", f"{en}; {told.en} {part.en}"
    pieces, cut = _pieces(found)
    return Outcome(
        value=value,
        columns=(
            Column("from", Text("原代码", "From code")),
            Column("from_name", Text("原类别", "From")),
            Column("to", Text("现代码", "To code")),
            Column("to_name", Text("现类别", "To")),
            *area_columns(statistic.unit),
        ),
        rows=(*rows, *_totals(rows), *apart),
        presentation=drawn,
        method=found.method,
        sentence=Text(f"{statistic.label.zh}：{zh}。", f"{statistic.label.en}: {en}."),
        caveats=(*notes_of(found), *_odd_codes(parts, statistic), *cut),
        evidence=pieces,
        contributions=_largest(pieces, before),
        span=span,
    )


def _told(gathered: Gathered, found: geo.Transition, i: int, j: int) -> tuple[RowKind, Text]:
    """Return what a cell is: changed, kept, of unknown class, or ground that only one of the two covers."""
    if i == len(found.from_classes):
        return "rest", _NEW
    if j == len(found.to_classes):
        return "rest", _GONE
    old, new = found.from_classes[i], found.to_classes[j]
    known = [_is_known(gathered, name, kind) for name, kind in (("before", old), ("after", new))]
    if not all(known):
        return "unknown", _BECAME if any(known) else _UNSURE
    return ("rest", _KEPT) if old == new else ("part", _CHANGED)


def _is_odd(gathered: Gathered, found: geo.Transition, i: int, j: int) -> bool:
    """Whether one of a cell's classes is a stated code that the layer's scheme does not have."""
    sides = (("before", found.from_classes[i]), ("after", found.to_classes[j]))
    return any(
        kind not in gathered.classes
        for name, kind in sides
        if (layer := gathered.roles[name].layer) is not None and layer.scheme
    )


def _odd_codes(parts: Mapping[Text, float], statistic: Statistic) -> tuple[Text, ...]:
    """Return what to say of change from or to codes outside the scheme: the land may be the same."""
    if not parts.get(_ODD):
        return ()
    return (
        say(
            "transition_odd",
            size=measured_text(parts[_ODD] / M2_PER[statistic.unit], statistic.unit, statistic.decimals),
        ),
    )


def _is_known(gathered: Gathered, name: str, kind: str | None) -> bool:
    """Whether a class of one of the two layers is stated."""
    role = gathered.roles[name]
    return not is_unstated(kind, role.field(role.layer.class_field if role.layer else ""))


def _classed(role: Role) -> gpd.GeoDataFrame:
    field = role.layer.class_field if role.layer else ""
    if not field or field not in role.frame:
        known = ", ".join(str(c) for c in role.frame.columns if c != "geometry")
        raise NoSuchField(where=role.use.layer, field="class_field", known=known)
    return role.frame.assign(**{_CLASS: role.frame[field]})


def _kind(gathered: Gathered, kinds: tuple[str | None, ...], at: int, none: Text) -> tuple[str, Text]:
    if at == len(kinds):
        return "", none
    kind = kinds[at]
    if kind is None:
        return "", Text("未注明", "not stated")
    known = gathered.classes.get(kind)
    if known is None and gathered.classes:
        return kind, Text(f"{kind}（不在分类方案内）", f"{kind} (not in the scheme)")
    return kind, known.name if known else Text(kind, kind)


def _summed(rows: Iterable[dict[str, Any]], unit: str) -> float:
    whole = sum(float(row[unit]) for row in rows)
    return raw_if_nothing(round(whole, 6), whole)


def _totals(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return row totals, column totals and the whole: sums of the shown cells, so that what is shown closes."""

    def summed(of: list[dict[str, Any]]) -> dict[str, float]:
        return {unit: _summed(of, unit) for unit in ("ha", "mu", "km2", "m2")}

    out: list[dict[str, Any]] = []
    for code, name, blank in (("from", "from_name", "to"), ("to", "to_name", "from")):
        for key in dict.fromkeys((row[code], row[name]) for row in rows):
            mine = [row for row in rows if (row[code], row[name]) == key]
            out.append(
                {"kind": "total", code: key[0], name: key[1], blank: "", f"{blank}_name": TOTAL, **summed(mine)}
            )
    return [*out, {"kind": "total", "from": "", "from_name": TOTAL, "to": "", "to_name": TOTAL, **summed(rows)}]


def _pieces(found: geo.Transition) -> tuple[gpd.GeoDataFrame, tuple[Text, ...]]:
    """Return the polygons behind the cells, each with its from and to class."""
    cut = found.overlay
    old, new = found.from_number[cut.parcel], found.to_number[cut.zone]
    names_old, names_new = np.array(found.from_classes, object), np.array(found.to_classes, object)
    at = np.arange(len(cut.parcel))
    notes: tuple[Text, ...] = ()
    if len(at) > _MOST_PIECES:
        at = np.flatnonzero(names_old[old] != names_new[new])[:_MOST_PIECES]
        zh = f"图斑过多，证据图形只含改变了类别的前 {_MOST_PIECES} 个。"
        notes = (Text(zh, f"The evidence holds changed ground only, at most {_MOST_PIECES} pieces."),)
    frame = gpd.GeoDataFrame(
        {
            "from": names_old[old[at]],
            "to": names_new[new[at]],
            "from_feature": [found.from_id[i] for i in cut.parcel[at]],
            "to_feature": [found.to_id[i] for i in cut.zone[at]],
            "area_m2": cut.area_m2[at],
        },
        geometry=cut.evidence(at).to_numpy(),
        crs=cut.bench.source,
    )
    return frame, notes


def _largest(pieces: gpd.GeoDataFrame, before: Role) -> tuple[Contribution, ...]:
    changed = pieces[pieces["from"] != pieces["to"]].nlargest(500, "area_m2")
    return tuple(
        Contribution(before.use.layer, str(f), before.name(str(f)), float(m2), "m2", None)
        for f, m2 in zip(changed["from_feature"], changed["area_m2"], strict=True)
    )


def _transition(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    before, after = on_plane(gathered, "before", "after")
    known = []
    for name, shapes in (("before", before), ("after", after)):
        role = gathered.roles[name]
        stated = [None] * len(shapes) if role.layer is None else list(role.frame[role.layer.class_field])
        sides = zip(_each_once(shapes), stated, strict=True)
        told = [(shape, None if pd.isna(kind) else str(kind).strip()) for shape, kind in sides]
        known.append([(shape, kind) for shape, kind in told if _is_known(gathered, name, kind)])
    kept = 0.0
    for kind in {kind for _, kind in known[0]} & {kind for _, kind in known[1]}:
        kept += other.union_cut(*([shape for shape, mine in side if mine == kind] for side in known))
    both = other.union_cut(*([shape for shape, _ in side] for side in known))
    return max(0.0, both - kept) / M2_PER.get(statistic.unit, 1.0)


def _each_once(shapes: list[Any]) -> list[Any]:
    """Return shapes without what earlier ones have: ground shared by rows is the earlier one's."""
    tree, out = shapely.STRtree(shapes), list(shapes)
    for at, shape in enumerate(shapes):
        met = [one for one in tree.query(shape, predicate="intersects").tolist() if one < at]
        met = [one for one in met if shape.intersection(shapes[one]).area > 0]
        if met:
            out[at] = shape.difference(shapely.union_all([shapes[one] for one in met]))
    return out


FUNCTION = Function(
    id="transition",
    order=90,
    name=Text("用地转移矩阵", "Land-use transition matrix"),
    question=Text("用地转移矩阵", "Land-use transition matrix"),
    slots=(
        Slot("before", Text("先前图层", "Before"), ("polygon",), classed=True, usual="classes"),
        Slot("after", Text("现在图层", "After"), ("polygon",), classed=True, usual="classes"),
    ),
    units={"": AREAS},
    additive=Text("矩阵行、列之和等于合计", "Rows and columns of the matrix add up to its totals"),
    compute=answer_transition,
    recompute=_transition,
    revision=7,
)
