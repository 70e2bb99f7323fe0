"""Who or what lies within reach of facilities, under which rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, Protocol

import geopandas as gpd
import pandas as pd

import geo
from geo.errors import NotComputable
from geo.parallel import UNWATCHED
from geo.result import typed_rows
from geo.text import Text, spaced_zh
from layers.figures.figure import Column, RowKind
from layers.figures.functions.amounts import check_heads, with_numbers
from layers.figures.functions.barriers import on_barriers, walls_of
from layers.figures.functions.contributions import covered_contributions
from layers.figures.functions.coverage_again import recompute_coverage, recount_coverage
from layers.figures.functions.coverage_ends import (
    coverage_span,
    find_demand_ends,
    may_belong_rows,
    unplaced_demand,
)
from layers.figures.functions.entry import DISTANCE, Function, Geometry, Option, Slot, bad_question
from layers.figures.functions.unreached import unreachable_demand, unreachable_row, unreached_demand
from layers.figures.inputs import Gathered
from layers.figures.outcome import TOTAL, ZONE, DrawnRows, Outcome, json_number, notes_of, shown_as
from layers.figures.presentation import ranged_value
from layers.figures.repeats import without_repeats
from layers.messages import say
from layers.plan.measures import field_usage
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text

_DRAWN: tuple[RowKind, ...] = ("part",)
_OUTSIDE, _UNPLACED = Text("分区之外", "outside the zones"), Text("尚未上图", "not on the map yet")
_PER = {"m2": (10_000.0, "ha"), "m": (1_000.0, "km"), "count": (1.0, "")}


class _Way(NamedTuple):
    start: str
    way: str
    weight: str
    share: float
    difference: float


class _Measure(Protocol):
    def __call__(
        self, target: gpd.GeoDataFrame, *, once: bool = False, watch: geo.Watch = UNWATCHED
    ) -> geo.Coverage: ...


def answer_coverage(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Share of a target within reach of facilities (roles demand, facilities; zones, roads, barriers if any).

    Raises
    ------
    NotComputable
        There is no demand, neither inside the zones nor outside.
    """
    gathered, unsaid = _weighted(statistic, gathered)
    roles = gathered.roles
    demand, facilities = roles["demand"], roles["facilities"]
    zones = roles.get("zones")
    steps.begin(1)
    network = _network(gathered) if statistic.along == "network" else None
    measured = _measure(statistic, gathered, network)
    found = measured(demand.frame, watch=geo.Watch(progress=steps.progress))
    ends = find_demand_ends(demand, _weight(statistic), found, partial(measured, once=True))
    if not found.total_once and not found.outside:
        said = demand.use.label
        raise NotComputable(
            needs_zh=f"“{said.zh}”中不为 0 的需求", needs_en=f"demand of “{said.en}” that does not add up to 0"
        )
    per, unit = _PER.get(found.unit, (1.0, found.unit))
    named = [zones.name(z) if zones else TOTAL for z in found.zones]
    rows: list[dict[str, Any]] = [
        {
            "kind": "part" if zones else "total",
            "zone": name,
            "total": float(t) / per,
            "covered": float(c) / per,
            "uncovered": float(t - c) / per,
            "share": json_number(100 * s),
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
                "share": json_number(100 * found.overall),
            }
        )
    notes = [*notes_of(found), *without_repeats(roles.get("entrances", facilities))[1]]
    notes += [unsaid] if unsaid is not None else []
    if network is None:
        notes += on_barriers(gathered)
        rows += [unreachable_row(found.cut_off)] if found.cut_off_places else []
        notes += [say("coverage_cut_off", count=found.cut_off_places)] if found.cut_off_places else []
    if network is not None and found.unit not in ("m2", "m"):
        row, note = unreachable_demand(statistic, gathered, network, {str(key) for key in found.target_id})
        rows += row
        notes += note
    if zones is not None and zones.layer is not None and found.outside > 1e-9 * (total + found.outside):
        rows.append({"kind": "rest", "zone": _OUTSIDE, "total": found.outside / per})
    if demand.unplaced and found.unit not in ("m2", "m"):
        rows.append({"kind": "unknown", "zone": _UNPLACED, "total": unplaced_demand(demand, statistic)})
    rows += may_belong_rows(ends, per)
    unreached, unlisted = unreached_demand(found, demand, roles.get("entrances", facilities).frame, zones)
    notes += unlisted
    value = json_number(100 * found.overall)
    span, more = coverage_span(statistic, gathered, ends, found)
    notes += more
    text = ranged_value(measured_text(value, "%", statistic.decimals), span, "%", statistic.decimals)
    amounts = [row.get(key) for row in rows for key in ("total", "covered")]
    whole = found.unit not in ("m2", "m") and all(one is None or float(one).is_integer() for one in amounts)
    least = Text("覆盖率", "Coverage")
    if span is not None:
        least = say("coverage_least" if span == (value, None) else "coverage_known")
    return Outcome(
        value=value,
        columns=(
            ZONE,
            Column("total", Text("总量", "Total"), unit, 0 if whole else 2),
            Column("covered", Text("已覆盖", "Covered"), unit, 0 if whole else 2),
            Column("uncovered", Text("未覆盖", "Not covered"), unit, 0 if whole else 2),
            Column("share", least, "%", max(2, statistic.decimals)),
        ),
        rows=tuple(rows),
        presentation=shown_as(rows, "share", drawn=DrawnRows(kinds=_DRAWN, order="rows"), names=("zone",)),
        method=Text(f"{found.rule.zh}。{found.method.zh}", f"{found.rule.en}. {found.method.en}"),
        sentence=Text(
            spaced_zh(f"{statistic.label.zh}为", text.zh, f"（{found.rule.zh}）。"),
            f"{statistic.label.en} is {text.en} ({found.rule.en}).",
        ),
        caveats=tuple(notes),
        evidence=_evidence(found),
        contributions=covered_contributions(found, demand),
        span=span,
        unreached=unreached,
    )


def _weight(statistic: Statistic) -> str:
    """Return the field that weighs a demand, empty where none does."""
    return statistic.field if statistic.measure == "weight" else ""


def _weighted(statistic: Statistic, gathered: Gathered) -> tuple[Gathered, Text | None]:
    """Return the layers with the demand's weights as numbers, and what is not said of them."""
    demand, weighted = gathered.roles["demand"], _weight(statistic)
    if not weighted:
        return gathered, None
    unsaid = field_usage(demand.field(weighted), demand.layer)[1]
    check_heads(demand, weighted)
    return replace(gathered, roles={**gathered.roles, "demand": with_numbers(demand, weighted)}), unsaid


def _measure(statistic: Statistic, gathered: Gathered, network: geo.WalkNetwork | None) -> _Measure:
    """Return what measures the coverage of a demand; ``once``: zones that overlap are one ground."""
    roles, zones = gathered.roles, gathered.roles.get("zones")
    walk = geo.WalkRule(
        entrances=roles["entrances"].frame if "entrances" in roles else None,
        network=network,
        barriers=walls_of(gathered) if statistic.along == "straight" else None,
    )
    rule = geo.CountRule(zones=zones.frame if zones else None, weight_field=_weight(statistic) or None)

    def measured(target: gpd.GeoDataFrame, *, once: bool = False, watch: geo.Watch = UNWATCHED) -> geo.Coverage:
        count = rule
        if once and zones is not None:
            count = replace(rule, zones=zones.frame.assign(_all="all"), zone_field="_all")
        places, service = roles["facilities"].frame, _service(statistic)
        return geo.measure_coverage(target, places, service, walk=walk, count=count, watch=watch)

    return measured


def _service(statistic: Statistic) -> geo.ServiceRule:
    """Return how far the facilities of a statistic serve."""
    rules = [
        (r.min_m2, r.max_m2 if r.max_m2 is not None else float("inf"), r.distance_m) for r in statistic.size_rules
    ]
    return geo.ServiceRule(
        radius_m=None if rules else statistic.radii or statistic.distance_m,
        size_rules=rules or None,
        class_field=statistic.by if statistic.radii else None,
    )


def _network(gathered: Gathered) -> geo.WalkNetwork:
    """Return the walk network of the roads; every role named ``barriers...`` is walked round."""
    return geo.WalkNetwork.build(gathered.roles["roads"].frame, barriers=walls_of(gathered))


def _evidence(found: geo.Coverage) -> gpd.GeoDataFrame:
    parts = [found.covered_parts().assign(state="covered"), found.uncovered_parts().assign(state="not covered")]
    filled = [part for part in parts if len(part)]
    if not filled:
        return parts[0]
    return gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), crs=parts[0].crs)


def coverage_alternatives(statistic: Statistic, gathered: Gathered) -> list[dict[str, object]]:
    """Answer a coverage statistic under every other legitimate rule for which the plan has data.

    Returns
    -------
    list
        Rows with start (edge or entrance), way (straight or network), weight, share (%), difference (points).
    """
    roles = gathered.roles
    zones = roles.get("zones")
    found = geo.compare_service_rules(
        roles["demand"].frame,
        roles["facilities"].frame,
        _service(statistic),
        walk=geo.WalkRule(
            entrances=roles["entrances"].frame if "entrances" in roles else None,
            network=_network(gathered) if "roads" in roles and len(roles["roads"].frame) else None,
        ),
        count=geo.CountRule(zones=zones.frame if zones else None, weight_field=statistic.field or None),
    )
    rows: list[dict[str, object]] = [
        {
            "start": r.start,
            "way": r.way,
            "weight": r.weight,
            "share": json_number(100 * r.share),
            "difference": json_number(100 * r.difference),
        }
        for r in typed_rows(found.to_frame(), _Way)
    ]
    rows += [{"missing": {"zh": m.zh, "en": m.en}} for m in found.missing]
    return rows


def _sway(statistic: Statistic, gathered: Gathered, metres: float) -> tuple[float | None, float | None]:
    """Return the coverage by distances so much shorter, and so much longer: the share alone, nothing beside it."""
    gathered, _ = _weighted(statistic, gathered)
    network = _network(gathered) if statistic.along == "network" else None

    def share(by: float) -> float | None:
        changed = replace(
            statistic,
            distance_m=None if statistic.distance_m is None else statistic.distance_m + by,
            size_rules=tuple(replace(one, distance_m=one.distance_m + by) for one in statistic.size_rules),
            radii={kind: reach + by for kind, reach in statistic.radii.items()},
        )
        reaches = [changed.distance_m, *(one.distance_m for one in changed.size_rules), *changed.radii.values()]
        if any(one is not None and one <= 0.0 for one in reaches):
            return 0.0
        found = _measure(changed, gathered, network)(gathered.roles["demand"].frame)
        return json_number(100 * found.overall)

    return share(-metres), share(metres)


def _check(statistic: Statistic) -> None:
    given = sum((statistic.distance_m is not None, bool(statistic.size_rules), bool(statistic.radii)))
    if given > 1:
        zh, en = "distance_m、size_rules 与 radii 只能给一种", "more than one of distance_m, size_rules and radii"
        raise bad_question("distance_m", (zh, en), ("其中一种", "one of them"))
    if not given:
        raise bad_question("distance_m", ("未给出", "it is missing"), ("以米为单位的距离", "a distance in metres"))
    if statistic.radii and not statistic.by:
        raise bad_question("by", ("未给出", "it is missing"), ("设施的类别字段", "the facilities' class field"))
    if statistic.along == "network" and "roads" not in statistic.inputs:
        raise bad_question("inputs", ("缺少 roads", "roads is missing"), ("道路图层", "a layer of roads"))
    if statistic.measure == "weight" and not statistic.field:
        raise bad_question("field", ("未给出", "it is missing"), ("权重字段", "the field of the weight"))


def _complete(plain: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the question with what its layers and fields mean: roads are walked along, a field is a weight."""
    meant: dict[str, Any] = {}
    if "roads" in plain["inputs"]:
        meant["along"] = "network"
    if plain.get("field"):
        meant["measure"] = "weight"
    return {**meant, **{key: value for key, value in plain.items() if value or value == 0}}


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
        Option(
            "radii",
            Text("按设施类别的半径（米）", "Radius by facility class (m)"),
            "radii",
            finer=True,
            derived=True,
        ),
        Option(
            "by",
            Text("设施的类别字段", "The facilities' class field"),
            "field",
            role="facilities",
            measures=("code",),
            finer=True,
            derived=True,
        ),
        Option(
            "along",
            Text("距离", "Distance"),
            "choice",
            default="straight",
            choices=("straight", "network"),
            finer=True,
            derived=True,
        ),
        Option(
            "measure", Text("计量", "Measured by"), "choice", choices=("area", "weight"), finer=True, derived=True
        ),
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
    arcs=True,
    sway=_sway,
    compute=answer_coverage,
    recompute=recompute_coverage,
    recount=recount_coverage,
    check=_check,
    complete=_complete,
    revision=11,
)
