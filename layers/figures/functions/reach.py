"""Answers about reach: who or what lies within a distance of facilities, under which rule."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

import geo
from geo.text import Text
from layers.figures.figure import Column, Contribution
from layers.figures.inputs import Gathered
from layers.figures.outcome import TOTAL, ZONE, Outcome, notes_of, number
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
        zones=zones.frame if zones else None,
        weight_field=statistic.field if statistic.measure == "weight" and statistic.field else None,
        progress=steps.progress,
    )
    per, unit = _PER.get(found.unit, (1.0, found.unit))
    named = [zones.name(z) if zones else TOTAL for z in found.zones]
    rows = [
        {
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
    walls = [role.frame[["geometry"]] for name, role in gathered.roles.items() if name.startswith("barriers")]
    barriers = gpd.GeoDataFrame(pd.concat(walls), crs=walls[0].crs) if walls else None
    return geo.WalkNetwork.build(gathered.roles["roads"].frame, barriers=barriers)


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
