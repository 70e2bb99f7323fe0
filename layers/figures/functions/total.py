"""How much there is of a layer: area, length or perimeter, by class and zone, with the plane figure beside it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

import geo
from geo.arrays import Bools
from geo.errors import NotComputable
from geo.result import typed_rows
from geo.text import Text
from layers.figures.figure import Column, Contribution
from layers.figures.functions.entry import AREAS, Cell, Function, Option, Slot
from layers.figures.functions.groups import coded_text
from layers.figures.functions.leeway import NOTHING_OPEN, OUTSIDE_ALL, Leeway, between_columns, leeway_of
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import M2_PER, TOTAL, DrawnRows, Outcome, json_number, notes_of, shown_as
from layers.figures.presentation import ranged_value
from layers.figures.verification.second import along_borders, common_plane, on_plane, parts_by_zone
from layers.figures.verification.sql import Duck, Geos
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text

_MOST_LISTED = 500
_PER = {**M2_PER, "m": 1.0, "km": 1_000.0}
Span = tuple[float | None, float | None]
_OUTSIDE = Text("分区之外", "outside the zones")
_UNPLACED = Text("尚未上图", "not on the map yet")


class _Amount(NamedTuple):
    zone: object
    kind: object
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
    if len(extent) and not shapely.get_dimensions(extent.to_numpy()).any():
        needs = say("needs_extent", label=gathered.roles["items"].use.label)
        raise NotComputable(needs_zh=needs.zh, needs_en=needs.en)
    items, left_out = _of_the_kind(gathered.roles["items"], statistic.measure)
    steps.begin(1)
    found = geo.measure_totals(
        items.frame,
        measured=statistic.measure,
        class_field=statistic.by or None,
        zones=None if zones is None else zones.frame,
    )
    per = _PER[statistic.unit]
    areal = statistic.measure == "area"
    rows: list[dict[str, Any]] = []
    ends, sizes = _ends(items, zones, statistic, per)
    if zones is not None or statistic.by:
        for one in typed_rows(found.table.rename(columns={"class": "kind", "count": "features"}), _Amount):
            outside = zones is not None and one.zone is None
            row: dict[str, Any] = {"kind": "rest" if outside else "part", "count": float(one.features)}
            if zones is not None:
                row["zone"] = _OUTSIDE if outside else zones.name(str(one.zone))
            if statistic.by:
                value = one.kind
                row["name"] = coded_text(items, statistic.by, value)
                row["kind"] = "unknown" if value is None else row["kind"]
            row |= {"amount": one.amount / per, "plane": json_number(one.plane / per)}
            if ends:
                row |= ends.between(OUTSIDE_ALL if outside else str(one.zone), one.amount / per, sizes)
            rows.append(row)
    if items.unplaced:
        rows.append({"kind": "unknown", "count": float(items.unplaced), _first(statistic, gathered): _UNPLACED})
    once = json_number(found.once / per)
    value = once if areal else found.amount / per
    known, sum_text = (measured_text(v, statistic.unit, statistic.decimals) for v in (value, found.amount / per))
    span = _span(statistic, items, value)
    text = ranged_value(known, span, statistic.unit, statistic.decimals)
    if span is not None and span[1] is not None and value is not None:
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
            *((Column("plane", plane, statistic.unit, statistic.decimals),) if found.plane_name else ()),
        ),
        rows=tuple(rows),
        presentation=shown_as(
            rows, "amount", drawn=DrawnRows(kinds=("part", "rest")), names=tuple(one.id for one in columns)
        ),
        method=found.method,
        sentence=Text(f"{said_zh}。", f"{said_en}."),
        caveats=(*notes_of(found), *left_out, *ends.notes(items)),
        evidence=items.frame[["geometry"]].assign(feature=list(items.frame.index)),
        contributions=_largest(items, found),
        span=span,
    )


def _ends(items: Role, zones: Role | None, statistic: Statistic, per: float) -> tuple[Leeway, dict[str, float]]:
    """Return by how much the rows of zones may differ where positions are unsure, and the size of each feature."""
    if zones is None or statistic.by:
        return NOTHING_OPEN, {}
    ends = leeway_of(items, zones)
    if not ends:
        return ends, {}
    sizes = geo.area_m2(items.frame) if statistic.measure == "area" else geo.length_m(items.frame)
    return ends, dict(zip(map(str, items.frame.index), (sizes / per).tolist(), strict=True))


def _span(statistic: Statistic, items: Role, value: float | None) -> Span | None:
    """Return what there is at least and at most where the class of some features is not known; else None."""
    if items.undecided is None or value is None:
        return None
    found = geo.measure_totals(items.possible, measured=statistic.measure)
    most = json_number((found.once if statistic.measure == "area" else found.amount) / _PER[statistic.unit])
    return None if most is None or most <= value * (1 + 1e-9) else (value, most)


def _of_the_kind(items: Role, measure: str) -> tuple[Role, tuple[Text, ...]]:
    """Return the features of a layer of several kinds that have the measure, and what to say of the others.

    A layer of one kind stays whole: polygons then have a perimeter, and what has no measure is refused as such.
    """
    kinds = shapely.get_dimensions(items.frame.geometry.to_numpy())
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
        Contribution(items.use.layer, one, items.name(one), float(size), found.unit, None)
        for one, size in zip(ids, sizes[order].tolist(), strict=True)
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
    return [shapely.boundary(one) if shapely.get_dimensions(one) == 2 else one for one in shapes]


def _rows_again(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> dict[Cell, float]:
    """Return what lies in each zone and of each group by another engine: rows add features up."""
    items, zones = gathered.roles["items"], gathered.roles.get("zones")
    if zones is None and not statistic.by:
        return {}
    shapes, *areas = on_plane(gathered, "items", *(("zones",) if zones else ()))
    plane = common_plane(gathered, "items", *(("zones",) if zones else ()))
    groups = [
        coded_text(items, statistic.by, None if pd.isna(one) else str(one)).zh
        for one in (items.frame[statistic.by] if statistic.by else [])
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
    revision=2,
)
