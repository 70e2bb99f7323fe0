"""Who or what lies within reach of facilities, under which rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

import geo
from geo.text import Text
from layers.figures.figure import Column, Contribution
from layers.figures.functions.entry import DISTANCE, Function, Geometry, Option, Slot, Zoned, bad
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import TOTAL, ZONE, Outcome, notes_of, number, shown_as
from layers.figures.verification.second import POLYGON, extent_of, on_plane
from layers.figures.verification.sql import Duck, Geos, Plane
from layers.figures.verification.walking import footways
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured

_MOST_LISTED = 500


_PER = {"m2": (10_000.0, "ha"), "m": (1_000.0, "km"), "count": (1.0, "")}


def coverage(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Share of a target within reach of facilities (roles demand, facilities; zones, roads, barriers if any)."""
    roles = gathered.roles
    demand, facilities = roles["demand"], roles["facilities"]
    zones = roles.get("zones")
    steps.begin(1)
    rules = [
        (r.min_m2, r.max_m2 if r.max_m2 is not None else float("inf"), r.distance_m) for r in statistic.size_rules
    ]
    radii = statistic.radii or statistic.distance_m
    found = geo.coverage(
        demand.frame,
        facilities.frame,
        radius_m=None if rules else radii,
        size_rules=rules or None,
        facility_class_field=statistic.by if statistic.radii else None,
        entrances=roles["entrances"].frame if "entrances" in roles else None,
        network=_network(gathered) if statistic.along == "network" else None,
        barriers=_walls(gathered) if statistic.along == "straight" else None,
        zones=zones.frame if zones else None,
        weight_field=statistic.field if statistic.measure == "weight" and statistic.field else None,
        progress=steps.progress,
    )
    per, unit = _PER.get(found.unit, (1.0, found.unit))
    named = [zones.name(z) if zones else TOTAL for z in found.zones]
    rows = [
        {
            "kind": "part" if zones else "total",
            "zone": name,
            "total": float(t) / per,
            "covered": float(c) / per,
            "uncovered": float(t - c) / per,
            "share": number(100 * s),
        }
        for name, t, c, s in zip(named, found.total, found.covered, found.share, strict=True)
    ]
    total, covered = found.total_once, found.covered_once
    if len(rows) > 1:
        rows.append(
            {
                "kind": "total",
                "zone": TOTAL,
                "total": total / per,
                "covered": covered / per,
                "uncovered": (total - covered) / per,
                "share": number(100 * found.overall),
            }
        )
    value = number(100 * found.overall)
    text = measured(value, "%", statistic.decimals)
    decimals = 0 if found.unit == "count" else 2
    return Outcome(
        value=value,
        columns=(
            ZONE,
            Column("total", Text("总量", "Total"), unit, decimals),
            Column("covered", Text("已覆盖", "Covered"), unit, decimals),
            Column("uncovered", Text("未覆盖", "Not covered"), unit, decimals),
            Column("share", Text("覆盖率", "Coverage"), "%", 2),
        ),
        rows=tuple(rows),
        presentation=shown_as(rows, "share", names=("zone",), order="rows"),
        method=Text(f"{found.rule.zh}。{found.method.zh}", f"{found.rule.en}. {found.method.en}"),
        sentence=Text(
            f"{statistic.label.zh}为 {text.zh}（{found.rule.zh}）。",
            f"{statistic.label.en} is {text.en} ({found.rule.en}).",
        ),
        caveats=notes_of(found),
        evidence=_evidence(found),
        contributions=_contributions(gathered, found),
    )


def _network(gathered: Gathered) -> geo.WalkNetwork:
    """Return the walk network of the roads; every role named ``barriers...`` is walked round."""
    return geo.WalkNetwork.build(gathered.roles["roads"].frame, barriers=_walls(gathered))


def _walls(gathered: Gathered) -> gpd.GeoDataFrame | None:
    """Return what nobody walks across: every role named ``barriers...``."""
    walls = [role.frame[["geometry"]] for name, role in gathered.roles.items() if name.startswith("barriers")]
    return gpd.GeoDataFrame(pd.concat(walls), crs=walls[0].crs) if walls else None


def _evidence(found: geo.Coverage) -> gpd.GeoDataFrame:
    parts = [found.covered_parts().assign(state="covered"), found.uncovered_parts().assign(state="not covered")]
    filled = [part for part in parts if len(part)]
    if not filled:
        return parts[0]
    return gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), crs=parts[0].crs)


def _contributions(gathered: Gathered, found: geo.Coverage) -> tuple[Contribution, ...]:
    demand = gathered.roles["demand"]
    table = pd.DataFrame(
        {"feature": found.target_id, "amount": found.cover.amount, "covered": found.cover.covered}
    )
    table = table.groupby("feature", sort=True).sum().sort_values("covered", ascending=False, kind="stable")
    unit = found.unit
    return tuple(
        Contribution(
            demand.use.layer,
            str(key),
            demand.name(str(key)),
            float(row["covered"]),
            unit,
            number(row["covered"] / row["amount"]) if row["amount"] else None,
        )
        for key, row in table.head(_MOST_LISTED).iterrows()
    )


def alternatives(statistic: Statistic, gathered: Gathered) -> list[dict[str, object]]:
    """Answer a coverage statistic under every other legitimate rule for which the plan has data.

    Returns
    -------
    list
        Rows with start (edge or entrance), way (straight or network), weight, share (%), difference (points).
    """
    roles = gathered.roles
    zones = roles.get("zones")
    rules = [
        (r.min_m2, r.max_m2 if r.max_m2 is not None else float("inf"), r.distance_m) for r in statistic.size_rules
    ]
    found = geo.alternatives(
        roles["demand"].frame,
        roles["facilities"].frame,
        radius_m=None if rules else statistic.radii or statistic.distance_m,
        size_rules=rules or None,
        facility_class_field=statistic.by if statistic.radii else None,
        network=_network(gathered) if "roads" in roles and len(roles["roads"].frame) else None,
        zones=zones.frame if zones else None,
        entrances=roles["entrances"].frame if "entrances" in roles else None,
        weight_field=statistic.field or None,
    )
    rows: list[dict[str, object]] = [
        {
            "start": r.start,
            "way": r.way,
            "weight": r.weight,
            "share": number(100 * r.share),
            "difference": number(100 * r.difference),
        }
        for r in found.to_frame().itertuples()
    ]
    rows += [{"missing": {"zh": m.zh, "en": m.en}} for m in found.missing]
    return rows


_SNAP_M, _OFF_STREET_M = 200.0, 50.0  # the walking rule: to reach a road, and beside one


def _coverage(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    roles = gathered.roles
    start = "entrances" if "entrances" in roles else "facilities"
    whole, facilities, *rest = on_plane(gathered, "demand", start, *_zones(roles))
    zone = shapely.union_all(rest[0]) if rest else None
    demand = whole if zone is None else [one.intersection(zone) for one in whole]
    served = _served(statistic, roles[start], facilities)
    if statistic.along == "network":
        areas = _walked(gathered, served, whole)
    else:
        areas = [area for shape, metres in served for area in other.buffers([shape], metres)]
    if not areas:
        return None
    if statistic.measure != "weight" and shapely.get_dimensions(whole).max() == POLYGON:
        total = other.union_area([one for one in demand if not one.is_empty])
        return 100 * other.union_cut(demand, areas) / total if total else None
    reach = shapely.union_all(areas)
    each: list[float] = [1.0] * len(whole)
    if statistic.measure == "weight":
        held = roles["demand"].frame[statistic.field].tolist()
        each = [
            float(w or 0.0) / extent_of(shape) if extent_of(shape) else 0.0
            for w, shape in zip(held, whole, strict=True)
        ]
    total = sum(extent_of(shape) * w for shape, w in zip(demand, each, strict=True))
    covered = sum(extent_of(shape.intersection(reach)) * w for shape, w in zip(demand, each, strict=True))
    return 100 * covered / total if total else None


def _zones(roles: Mapping[str, Any]) -> list[str]:
    return ["zones"] if "zones" in roles else []


def _served(statistic: Statistic, facilities: Role, shapes: list[Any]) -> list[tuple[Any, float]]:
    """Return facilities with how far each serves under the statistic's own rule; the others are left out."""
    if statistic.size_rules:
        sized = [(shape, _sized(statistic, shape.area)) for shape in _adjoining(shapes)]
    elif statistic.radii:
        kinds = [str(kind) for kind in facilities.frame[statistic.by]]
        sized = [(shape, statistic.radii.get(kind, 0.0)) for shape, kind in zip(shapes, kinds, strict=True)]
    else:
        sized = [(shape, statistic.distance_m or 0.0) for shape in shapes]
    return [(shape, metres) for shape, metres in sized if metres]


def _walked(gathered: Gathered, served: list[tuple[Any, float]], demand: list[Any]) -> list[Any]:
    """Return what is within a walk of facilities: the points themselves, or the ground beside the roads."""
    frames = {name: role.frame for name, role in gathered.roles.items()}
    start = "entrances" if "entrances" in frames else "facilities"
    plane = Plane([frames[name] for name in ("demand", start, *_zones(frames))])
    walls = [shape for name in frames if name.startswith("barriers") for shape in plane.bring(frames[name])]
    ways = footways(plane.bring(frames["roads"]), walls, plane.to_lonlat, reach_m=_SNAP_M)
    out: list[Any] = []
    for metres in sorted({radius for _, radius in served}):
        walk = ways.walked([shape for shape, radius in served if radius == metres])
        if shapely.get_dimensions(demand).max() == 0:
            out += [shape for shape in demand if walk.to(shape) <= metres]
        else:
            out += walk.ground(metres, _OFF_STREET_M, segments=16)
    return out or [shapely.Point()]


def _sized(statistic: Statistic, area_m2: float) -> float:
    for rule in statistic.size_rules:
        if rule.min_m2 <= area_m2 < (rule.max_m2 if rule.max_m2 is not None else float("inf")):
            return rule.distance_m
    return 0.0


def _adjoining(facilities: list[Any]) -> list[Any]:
    """Return facilities with those they touch made one: a park cut in two by a path is one park."""
    groups: list[Any] = []
    for shape in facilities:
        met = [group for group in groups if group.intersects(shape)]
        groups = [group for group in groups if group not in met] + [shapely.union_all([shape, *met])]
    return groups


def _check(statistic: Statistic) -> None:
    given = sum((statistic.distance_m is not None, bool(statistic.size_rules), bool(statistic.radii)))
    if given > 1:
        zh, en = "distance_m、size_rules 与 radii 只能给一种", "more than one of distance_m, size_rules and radii"
        raise bad("distance_m", (zh, en), ("其中一种", "one of them"))
    if not given:
        raise bad("distance_m", ("未给出", "it is missing"), ("以米为单位的距离", "a distance in metres"))
    if statistic.radii and not statistic.by:
        raise bad("by", ("未给出", "it is missing"), ("设施的类别字段", "the facilities' class field"))
    if statistic.along == "network" and "roads" not in statistic.inputs:
        raise bad("inputs", ("缺少 roads", "roads is missing"), ("道路图层", "a layer of roads"))
    if statistic.measure == "weight" and not statistic.field:
        raise bad("field", ("未给出", "it is missing"), ("权重字段", "the field of the weight"))


def _complete(plain: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the question with what its layers and fields mean: roads are walked along, a field is a weight."""
    meant: dict[str, Any] = {}
    if "roads" in plain["inputs"]:
        meant["along"] = "network"
    if plain.get("field"):
        meant["measure"] = "weight"
    return {**meant, **{key: value for key, value in plain.items() if value}}


_ANY: tuple[Geometry, ...] = ("point", "line", "polygon")
FUNCTION = Function(
    id="coverage",
    order=30,
    name=Text("覆盖率", "Coverage"),
    question=Text("设施覆盖率", "Coverage by facilities"),
    slots=(
        Slot("demand", Text("需求（如住宅用地）", "Demand (such as homes)"), _ANY, usual="demand"),
        Slot("facilities", Text("设施", "Facilities"), _ANY, usual="facilities"),
        Slot("zones", Text("分区", "Zones"), ("polygon",), optional=True, drawn=True, usual="zones"),
        Slot(
            "entrances",
            Text("自入口起算（入口图层）", "From entrances (a layer of them)"),
            ("point",),
            optional=True,
            finer=True,
        ),
        Slot("roads", Text("沿路网（道路图层）", "Along the roads of"), ("line",), optional=True, finer=True),
        Slot(
            "barriers",
            Text("步行不可穿越（如河流）", "Not crossed on foot (rivers)"),
            ("line", "polygon"),
            optional=True,
            finer=True,
        ),
        Slot(
            "barriers_rail",
            Text("步行不可穿越（如铁路）", "Not crossed on foot (railways)"),
            ("line", "polygon"),
            optional=True,
            finer=True,
        ),
    ),
    options=(
        replace(DISTANCE, required=False),
        Option(
            "size_rules",
            Text("按设施面积的半径（平方米: 米）", "Radius by facility size (m²: m)"),
            "sizes",
            finer=True,
        ),
        Option("radii", Text("按设施类别的半径（米）", "Radius by facility class (m)"), "radii", finer=True),
        Option(
            "by",
            Text("设施的类别字段", "The facilities' class field"),
            "field",
            role="facilities",
            measures=("code",),
            finer=True,
        ),
        Option(
            "along",
            Text("距离", "Distance"),
            "choice",
            default="straight",
            choices=("straight", "network"),
            finer=True,
        ),
        Option("measure", Text("计量", "Measured by"), "choice", choices=("area", "weight"), finer=True),
        Option(
            "field",
            Text("权重字段（如人口）", "A weight such as people"),
            "field",
            role="demand",
            measures=("additive",),
            finer=True,
        ),
    ),
    units={"": ("%",)},
    additive=Text(
        "总量与已覆盖可按不重叠的分区相加，覆盖率不可相加",
        "Totals and what is covered add up over zones that do not overlap; shares do not",
    ),
    compute=coverage,
    recompute=_coverage,
    zoned=Zoned("zones", "zone", "share"),
    check=_check,
    complete=_complete,
)
