"""How much there is of a layer: area, length or perimeter, by class and zone, with the plane figure beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

import geo
from geo.access.demand import frame_dimensions
from geo.arrays import Bools
from geo.errors import NotComputable
from geo.measure.area import M2_PER
from geo.result import typed_rows
from geo.text import Text
from layers.figures.contribution import Contribution
from layers.figures.figure import Column
from layers.figures.functions.entry import AREAS, Cell, Function, Option, Slot
from layers.figures.functions.ground import GROUP_COLUMN, Ground, ground_by_group, whole_amount
from layers.figures.functions.groups import (
    coded_text,
    group_kind,
    groups_of,
    in_order,
    unknown_groups,
    with_untold,
)
from layers.figures.functions.leeway import NOTHING_OPEN, OUTSIDE_ALL, Leeway, between_columns, leeway_of
from layers.figures.functions.possible import least_of
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import TOTAL, DrawnRows, Outcome, json_number, notes_of, shown_as
from layers.figures.presentation import ranged_value
from layers.figures.verification.second import (
    along_borders,
    boundary_of_shape,
    common_plane,
    on_plane,
    parts_by_zone,
)
from layers.figures.verification.sql import Duck, Geos
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text

_MOST_LISTED = 500
_PER = {**M2_PER, "m": 1.0, "km": 1_000.0}
_Sizes = dict[str | None, dict[str, float]]  # by group: of each feature
_KEY = "_key"  # which zone and group a row is of while it is made
_ONCE = Text("地面只计一次", "Ground counted once")
_OUTSIDE = Text("分区之外", "outside the zones")
_UNPLACED = Text("尚未上图", "not on the map yet")


class _Amount(NamedTuple):
    zone: str | None
    kind: str | None
    features: int
    amount: float
    plane: float


def _naming(statistic: Statistic, *, by_zone: bool) -> list[Column]:
    """Return the columns that say what a row is of."""
    if by_zone and statistic.by:
        return [Column("zone", Text("分区", "Zone")), Column("name", Text("分组", "Group"))]
    if by_zone or statistic.by:
        return [Column("name" if statistic.by else "zone", Text("分组", "Group"))]
    return [Column("name", Text("项目", "Item"))]


def answer_total(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Area of polygons, length of lines, perimeter of polygons (roles items; zones if any), by a field if named.

    The headline is the ground covered once for areas, and every line at its length for lines; what features add up
    to, and what is covered twice, stand beside it.

    Raises
    ------
    NotComputable
        There are points only.
    """
    zones, extent = gathered.roles.get("zones"), gathered.roles["items"].frame.geometry
    if len(extent) and not frame_dimensions(gathered.roles["items"].frame).any():
        needs = say("needs_extent", label=gathered.roles["items"].use.label)
        raise NotComputable(needs_zh=needs.zh, needs_en=needs.en)
    items, left_out = _of_the_kind(gathered.roles["items"], statistic.measure)
    steps.begin(1)
    frame, groups = items.frame, _groups_of(items, statistic.by) if statistic.by else []
    if statistic.by:
        frame = frame.assign(_group=pd.Series(groups, index=frame.index, dtype=object))
    found = geo.measure_totals(
        frame,
        measured=statistic.measure,
        class_field=GROUP_COLUMN if statistic.by else None,
        zones=None if zones is None else zones.frame,
    )
    per = _PER[statistic.unit]
    areal = statistic.measure == "area"
    ends, sizes = _ends(items, zones, statistic, groups)
    rows: list[dict[str, Any]] = []
    if zones is not None or statistic.by:
        rows = _rows((items, zones), statistic, found, ends, sizes)
    untold = _untold(items, statistic, groups)
    if items.unplaced:
        rows.append({"kind": "unknown", "count": float(items.unplaced), _first(statistic, gathered): _UNPLACED})
    once = json_number(found.once / per)
    value = once if areal else found.amount / per
    known, sum_text = (measured_text(v, statistic.unit, statistic.decimals) for v in (value, found.amount / per))
    span = _span(statistic, items, value)
    bounds = least_of(value, span, items)
    text = ranged_value(known, bounds, statistic.unit, statistic.decimals)
    if span is not None and value is not None:
        may = {"kind": "unknown", _first(statistic, gathered): say("row_may_belong"), "amount": span[1] - value}
        rows.append({**may, "count": float(len(items.undecided if items.undecided is not None else ()))})
    rows.append(
        {
            "kind": "total",
            _first(statistic, gathered): TOTAL,
            "count": float(found.features),
            "amount": value,
            "plane": json_number(found.plane / per),
        }
    )
    twice = once is not None and found.amount / per - once > 1e-9 * found.amount / per
    apart = twice and areal and any(row["kind"] in ("part", "rest") for row in rows)
    if apart:
        ground = ground_by_group(frame, zones, groups)
        rows = [_with_ground(row, ground, per, once) for row in rows]
    if twice:
        kind = (
            Text("各要素之和", "features added up") if areal else Text("不计重合", "without what is covered twice")
        )
        other = found.amount / per if areal else once
        rows.append({"kind": "of_which", _first(statistic, gathered): kind, "amount": other})
    if found.shared:
        kind = Text("同时计入两个以上分区", "counted in more than one zone")
        rows.append({"kind": "of_which", _first(statistic, gathered): kind, "amount": found.shared / per})
    said_zh, said_en = f"{statistic.label.zh}：{text.zh}", f"{statistic.label.en}: {text.en}"
    if twice and areal:
        said_zh, said_en = (
            f"{said_zh}（各要素之和 {sum_text.zh}）",
            f"{said_en} ({sum_text.en} as features add up)",
        )
    said = with_untold(Text(said_zh, said_en), items, statistic.by, untold)
    columns = _naming(statistic, by_zone=zones is not None)
    head = Text("面积", "Area") if areal else Text("长度", "Length")
    plane = Text(f"{head.zh}（{found.plane_name} 平面）", f"{head.en} (plane of {found.plane_name})")
    return Outcome(
        value=value,
        columns=(
            *columns,
            Column("count", Text("要素", "Features"), "", 0),
            Column(
                "amount", Text(f"{head.zh}（椭球）", f"{head.en} (ellipsoid)"), statistic.unit, statistic.decimals
            ),
            *between_columns(ends, statistic.unit, statistic.decimals),
            *((Column("once", _ONCE, statistic.unit, statistic.decimals),) if apart else ()),
            *((Column("plane", plane, statistic.unit, statistic.decimals),) if found.plane_name else ()),
        ),
        rows=tuple({key: cell for key, cell in row.items() if key != _KEY} for row in rows),
        presentation=shown_as(
            rows,
            "amount",
            chart="once" if apart else "amount",
            drawn=DrawnRows(among=_is_group),
            names=tuple(one.id for one in columns),
        ),
        method=found.method,
        sentence=Text(f"{said.zh}。", f"{said.en}."),
        caveats=(*notes_of(found), *left_out, *ends.notes(items)),
        evidence=items.frame[["geometry"]].assign(feature=items.frame.index.to_numpy()),
        contributions=_largest(items, found),
        span=bounds,
    )


def _groups_of(items: Role, by: str) -> list[str | None]:
    """Return the group of each placed feature, in words; of a date its year."""
    stated = items.features.placed.values(by)
    if len(stated) != len(items.frame):  # of features of several kinds those that have the measure
        said = dict(zip(map(str, items.features.placed.ids), stated, strict=True))
        stated = [said.get(str(key)) for key in items.frame.index]
    return [None if one is None else str(one) for one in groups_of(items, by, stated)]


def _rows(
    layers: tuple[Role, Role | None], statistic: Statistic, found: geo.Totals, ends: Leeway, sizes: _Sizes
) -> list[dict[str, Any]]:
    """Return a row a zone and group that has anything, or may have."""
    (items, zones), per = layers, _PER[statistic.unit]
    table = found.table.rename(columns={"class": "kind", "count": "features"})
    told = {(one.zone, one.kind): one for one in typed_rows(table, _Amount)}
    places: list[str | None] = [None]
    if zones is not None:
        places = [*map(str, zones.frame.index), None]
    kinds = sorted(sizes or {kind for _, kind in told}, key=lambda one: in_order(items, statistic.by, one))
    rows = []
    for place in places:
        key = OUTSIDE_ALL if place is None else place
        for kind in kinds:
            one, weights = told.get((place, kind)), sizes.get(kind, {})
            if one is None and not ends.near(key, weights):
                continue
            outside = zones is not None and place is None
            amount = 0.0 if one is None else one.amount / per
            row: dict[str, Any] = {
                "kind": "rest" if outside else "part",
                "count": 0.0 if one is None else float(one.features),
                "amount": amount,
                "plane": 0.0 if one is None else json_number(one.plane / per),
            }
            if zones is not None:
                row["zone"] = _OUTSIDE if place is None else zones.name(place)
            if statistic.by:
                row["name"] = coded_text(items, statistic.by, kind)
                unknown = group_kind(items, statistic.by, kind) == "unknown"
                row["kind"] = "unknown" if unknown else row["kind"]
            rows.append({_KEY: (place, kind), **row, **(ends.between(key, amount, weights) if ends else {})})
    return rows


def _with_ground(row: dict[str, Any], ground: Ground, per: float, whole: float | None) -> dict[str, Any]:
    """Return a row with the ground it is of, each point once."""
    if row["kind"] == "total":
        return {**row, "once": whole}
    return {**row, "once": max(0.0, ground[row[_KEY]] / per)} if _KEY in row else row


def _is_group(row: Mapping[str, Any]) -> bool:
    """Whether a row is of a group or a zone: what may belong is beyond the total that bars are parts of."""
    return row["kind"] in ("part", "rest") or "plane" in row


def _untold(items: Role, statistic: Statistic, groups: Sequence[str | None]) -> Text | None:
    """Return how much there is whose group is not known; None where every group is."""
    unknown = unknown_groups(items, statistic.by, groups)
    if not unknown:
        return None
    frame = items.frame[[one in unknown for one in groups]]
    amount = whole_amount(frame, statistic.measure)
    return measured_text(json_number(amount / _PER[statistic.unit]), statistic.unit, statistic.decimals)


def _ends(
    items: Role, zones: Role | None, statistic: Statistic, groups: Sequence[str | None]
) -> tuple[Leeway, _Sizes]:
    """Return by how much rows of zones may differ where positions are unsure, and sizes of features by group.

    Parameters
    ----------
    items, zones
        What is measured, and by what it is cut.
    statistic
        The question.
    groups
        The group of each placed feature; empty where none is asked for.
    """
    ends = NOTHING_OPEN if zones is None else leeway_of(items, zones)
    if not ends:
        return ends, {}
    per = _PER[statistic.unit]
    sizes = geo.area_m2(items.frame) if statistic.measure == "area" else geo.length_m(items.frame)
    kinds = groups or [None] * len(sizes)
    out: dict[str | None, dict[str, float]] = {}
    for key, kind, size in zip(map(str, items.frame.index), kinds, (sizes / per).tolist(), strict=True):
        out.setdefault(kind, {})[key] = size
    return ends, out


def _span(statistic: Statistic, items: Role, value: float | None) -> tuple[float, float] | None:
    """Return what there is at least and at most where the class of some features is not known; else None."""
    if items.undecided is None or value is None:
        return None
    most = json_number(whole_amount(items.possible, statistic.measure) / _PER[statistic.unit])
    return None if most is None or most <= value * (1 + 1e-9) else (value, most)


def _of_the_kind(items: Role, measure: str) -> tuple[Role, tuple[Text, ...]]:
    """Return the features of a layer of several kinds that have the measure, and what to say of the others.

    A layer of one kind stays whole: polygons then have a perimeter, and what has no measure is refused as such.
    """
    kinds = frame_dimensions(items.frame)
    wanted: Bools = kinds == (2 if measure == "area" else 1)
    if wanted.all() or not wanted.any():
        return items, ()
    count = int((~wanted).sum())
    note = say("total_other_kinds_area" if measure == "area" else "total_other_kinds_length", count=count)
    return replace(items, frame=items.frame[wanted]), (note,)


def _first(statistic: Statistic, gathered: Gathered) -> str:
    """Return the column that names a row which is of no group and no zone."""
    return "zone" if "zones" in gathered.roles else "name"


def _largest(items: Role, found: geo.Totals) -> tuple[Contribution, ...]:
    sizes = geo.area_m2(items.frame) if found.unit == "m2" else geo.length_m(items.frame)
    order = np.argsort(-sizes, kind="stable")[:_MOST_LISTED]
    ids = [str(items.frame.index[row]) for row in order.tolist()]
    return tuple(
        Contribution(items.use.layer, one, name, float(size), found.unit, None)
        for one, name, size in zip(ids, items.names(ids), sizes[order].tolist(), strict=True)
    )


def _total(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    """Return the ground covered once, or the length of all lines, by another engine."""
    items, _ = _of_the_kind(gathered.roles["items"], statistic.measure)
    gathered = replace(gathered, roles={**gathered.roles, "items": items})
    (shapes,) = on_plane(gathered, "items")
    if statistic.measure == "area":
        return other.union_area(shapes) / _PER[statistic.unit]
    return common_plane(gathered, "items").length_m(_outlines(shapes)) / _PER[statistic.unit]


def _outlines(shapes: list[Any]) -> list[Any]:
    return [boundary_of_shape(one) for one in shapes]


def _rows_again(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> dict[Cell, float]:
    """Return what lies in each zone and of each group by another engine: rows add features up."""
    items, zones = gathered.roles["items"], gathered.roles.get("zones")
    if zones is None and not statistic.by:
        return {}
    shapes, *areas = on_plane(gathered, "items", *(("zones",) if zones else ()))
    plane = common_plane(gathered, "items", *(("zones",) if zones else ()))
    groups = [
        coded_text(items, statistic.by, one).zh
        for one in (_groups_of(items, statistic.by) if statistic.by else [])
    ]
    pieces: list[tuple[int, int | None, float]] = []
    length = statistic.measure == "length"
    if not areas:
        sizes = [plane.length_m([one]) for one in _outlines(shapes)] if length else other.areas(shapes)
        pieces = [(at, None, size) for at, size in enumerate(sizes)]
    elif length and zones is not None:
        along = along_borders(plane, items.frame, zones.frame)
        pieces = [(at, zone, plane.length_m([part])) for at, zone, part in parts_by_zone(shapes, areas[0], along)]
    else:
        pieces = [(at, zone, area) for (at, zone), area in other.cut(shapes, areas[0]).items()]
    out: dict[Cell, float] = defaultdict(float)
    for at, zone, size in pieces:
        named = [] if zone is None or zones is None else [("zone", zones.name(str(zones.frame.index[zone])).zh)]
        named += [("name", groups[at])] if groups else []
        if size > 0.0:
            out[Cell("amount", tuple(named))] += size / _PER[statistic.unit]
    return dict(out)


FUNCTION = Function(
    id="total",
    order=90,
    name=Text("总量", "Total"),
    question=Text("图层总面积、总长", "Total area, length or perimeter of a layer"),
    slots=(
        Slot("items", Text("统计图层", "Items"), ("line", "polygon")),
        Slot("zones", Text("分区", "Zones"), ("polygon",), optional=True, drawn=True, usual="zones"),
    ),
    options=(
        Option(
            "measure",
            Text("量算", "Measure"),
            "choice",
            choices=("area", "length"),
            words=(Text("面积", "area"), Text("长度（面：周长）", "length (polygons: perimeter)")),
        ),
        Option("by", Text("分组", "Groups"), "field", role="items", measures=("code",)),
    ),
    units={"area": AREAS, "length": ("km", "m")},
    additive=Text("分区不重叠时各行可相加", "Rows add up over zones that do not overlap"),
    compute=answer_total,
    recompute=_total,
    recount=_rows_again,
    revision=9,
)
