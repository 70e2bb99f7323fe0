"""Area by class and zone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import geo
from geo.text import Text
from layers.figures.figure import Column, Kind
from layers.figures.functions.contributions import largest
from layers.figures.functions.entry import AREAS, Cell, Function, Option, Slot
from layers.figures.inputs import Gathered
from layers.figures.outcome import (
    LAND,
    M2_PER,
    TOTAL,
    WATER,
    ZONE,
    Outcome,
    area_column,
    area_columns,
    notes_of,
    shown_as,
)
from layers.figures.verification.second import on_plane
from layers.figures.verification.sql import Duck, Geos
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured

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
        presentation=shown_as(rows, area_column(statistic.unit), names=("zone", "name")[len(found.zones) < 2 :]),
        method=found.method,
        sentence=Text(
            f"{statistic.label.zh}：共 {total.zh}，面积最大的类别是{lead.zh}，占 {share:.1f}%。",
            f"{statistic.label.en}: {total.en} in all; the largest class is {lead.en} with {share:.1f}%.",
        ),
        caveats=notes_of(found),
        evidence=pieces,
        contributions=largest(pieces, classes),
    )


def _zone_rows(
    gathered: Gathered, found: geo.Tabulation, z: int, coded: Mapping[str, Text]
) -> list[dict[str, Any]]:
    """Return a zone's rows: shown areas and shares add up to the shown total; ``m2`` keeps the raw value."""
    whole, twice = float(found.zone_area_m2[z]), float(found.overlap_m2[z])
    parts: list[tuple[Kind, str, Text, float, float]] = [
        (
            "part" if code else "unknown",
            code or "",
            _class_name(gathered, code, coded),
            float(found.area_m2[c, z]),
            float(found.union_m2[c, z]),
        )
        for c, code in enumerate(found.classes)
        if found.area_m2[c, z] > 0
    ]
    rest = float(found.unclassified_m2[z])
    parts.append(("rest", "", Text("未分类", "unclassified"), rest, rest))
    if twice > 0:
        parts.append(("rest", "", Text("重叠（减）", "overlap (subtracted)"), -twice, 0.0))
    raw = [m2 for *_, m2, _ in parts]
    ha = geo.balanced([m2 / M2_PER["ha"] for m2 in raw], decimals=2, total=whole / M2_PER["ha"])
    mu = geo.balanced([m2 / M2_PER["mu"] for m2 in raw], decimals=1, total=whole / M2_PER["mu"])
    ground = [100 * union / whole for *_, union in parts]
    shares = ground if twice > 0 else [float(x) for x in geo.balanced(ground, decimals=2, total=100.0)]
    zone = gathered.roles["zones"].name(found.zones[z])
    rows: list[dict[str, Any]] = [
        {
            "kind": kind,
            "zone": zone,
            "class": code,
            "name": name,
            "ha": float(a),
            "mu": float(b),
            "m2": m2,
            "share": share,
        }
        for (kind, code, name, m2, _), a, b, share in zip(parts, ha, mu, shares, strict=True)
    ]
    total = {"ha": float(sum(ha)), "mu": float(sum(mu)), "m2": whole, "share": 100.0}
    return [
        *rows,
        {"kind": "total", "zone": zone, "class": "", "name": TOTAL, **total},
        *_surfaces(gathered, rows, zone),
    ]


def _surfaces(gathered: Gathered, rows: list[dict[str, Any]], zone: Text) -> list[dict[str, Any]]:
    """Return land and water apart, where the scheme tells them apart; sums of the rows shown."""
    of = {row["class"]: known.surface for row in rows if (known := gathered.classes.get(row["class"]))}
    out: list[dict[str, Any]] = []
    for surface, name in (("land", LAND), ("water", WATER)):
        mine = [row for row in rows if of.get(row["class"]) == surface]
        if mine:
            summed = {unit: float(sum(row[unit] for row in mine)) for unit in ("ha", "mu", "m2", "share")}
            out.append({"kind": "of_which", "zone": zone, "class": "", "name": name, **summed})
    return out


def _class_name(gathered: Gathered, kind: str | None, coded: Mapping[str, Text]) -> Text:
    if kind is None:
        return Text("未注明", "not stated")
    known = gathered.classes.get(kind)
    return known.name if known else coded.get(kind, Text(kind, kind))


def _tabulate(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    (zones,) = on_plane(gathered, "zones")
    return sum(other.areas(zones)) / M2_PER.get(statistic.unit, 1.0)


def _by_class(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> dict[Cell, float]:
    classes, zones = gathered.roles["classes"], gathered.roles["zones"]
    field = statistic.by or (classes.layer.class_field if classes.layer else "")
    if not field or classes.frame[field].isna().any():
        return {}
    shapes, areas = on_plane(gathered, "classes", "zones")
    kinds = [str(kind) for kind in classes.frame[field]]
    names = [zones.name(str(zone)).zh for zone in zones.frame.index]
    out: dict[Cell, float] = defaultdict(float)
    for (one, zone), area in other.cut(shapes, areas).items():
        if area > 0.0:
            out[Cell("m2", (("zone", names[zone]), ("class", kinds[one])))] += area
    return dict(out)


FUNCTION = Function(
    id="tabulate",
    order=10,
    name=Text("各分区各类面积", "Area by class and zone"),
    question=Text("各分区各类面积", "Area by class and zone"),
    slots=(
        Slot("classes", Text("统计图层", "Layer to tabulate"), ("polygon",), usual="classes"),
        Slot("zones", Text("分区", "Zones"), ("polygon",), drawn=True, usual="zones"),
    ),
    options=(
        Option("by", Text("类别字段", "Class field"), "field", role="classes", measures=("code",), finer=True),
    ),
    units={"": AREAS},
    additive=Text(
        "同一分区内各行之和等于合计；分区重叠时各分区合计不可相加",
        "Rows of a zone add up to its total; totals of zones that overlap do not add up",
    ),
    compute=tabulate,
    recompute=_tabulate,
    recount=_by_class,
)
