"""A field's sum by zone: each feature gives its value times the share of it that lies inside."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

import geo
from geo.errors import NotComputable
from geo.text import Text
from layers.figures.figure import Column, Contribution
from layers.figures.inputs import Gathered
from layers.figures.outcome import TOTAL, Outcome, notes_of, number
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured

_MOST_LISTED = 500
_COLUMNS = ["zone", "feature", "share", "value", "group"]


def by_share(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Sum of value x share by zone (roles items, zones), by group where ``by`` is said; groups are never added."""
    items, zones = gathered.roles["items"], gathered.roles["zones"]
    if not len(items.frame):
        raise NotComputable(needs_zh="已上图的要素", needs_en="features that have a place")
    steps.begin(1)
    kinds = shapely.get_dimensions(items.frame.geometry.to_numpy())
    fields, group = [statistic.field], statistic.by or None
    parted = [items.frame[kinds == kind] for kind in sorted(set(kinds.tolist()))]
    found = [geo.aggregate(one, zones.frame, fields=fields, currency_field=group) for one in parted]
    whole = zones.frame.assign(_all="all")
    united = [geo.aggregate(one, whole, zone_field="_all", fields=fields, currency_field=group) for one in parted]
    table, once = _table(found, statistic.field), _table(united, statistic.field)
    groups = sorted({str(name) for name in table["group"]}) or [""]
    rows = [_row(table, zones.name(zone), table["zone"] == zone, one) for zone in found[0].zones for one in groups]
    totals = [_row(once, TOTAL, once["zone"].notna(), one) for one in groups]
    value = totals[0]["value"] if len(groups) == 1 else None
    told = [(row["group"], measured(row["value"], statistic.unit, statistic.decimals)) for row in totals]
    text = "；".join(f"{name.zh} {amount.zh}" if group else amount.zh for name, amount in told)
    text_en = "; ".join(f"{name.en} {amount.en}" if group else amount.en for name, amount in told)
    notes = [note for one in found for note in notes_of(one)]
    if len(groups) > 1:
        zh = "不同组（如不同币种）不能相加，故无总数。"
        notes.append(Text(zh, "Groups such as currencies are never added: no total."))
    notes += overlapping(found[0], united[0])
    parts = once[once["amount"].notna()].sort_values("amount", ascending=False, kind="stable").head(_MOST_LISTED)
    grouped = (Column("group", Text("组", "Group"), "", None),) if group else ()
    return Outcome(
        value=value,
        columns=(
            Column("name", Text("分区", "Zone")),
            *grouped,
            Column("value", Text("合计", "Sum"), statistic.unit, statistic.decimals),
            Column("known", Text("已说明", "Stated"), "", 0),
            Column("unknown", Text("未说明", "Not stated"), "", 0),
        ),
        rows=(*rows, *totals),
        method=found[0].method,
        sentence=Text(
            f"{statistic.label.zh}：分区内合计 {text}。", f"{statistic.label.en}: {text_en} inside the zones."
        ),
        caveats=tuple(dict.fromkeys(notes)),
        evidence=_evidence(items.frame, table),
        contributions=tuple(
            Contribution(
                items.use.layer, str(r.feature), items.name(str(r.feature)), float(r.amount),
                statistic.unit or statistic.field, number(r.share),
            )
            for r in parts.itertuples()
        ),
    )  # fmt: skip


def _table(found: list[geo.Aggregation], field: str) -> pd.DataFrame:
    table = pd.concat([one.shares for one in found], ignore_index=True)
    table = table.rename(columns={field: "value", "currency": "group"}).reindex(columns=_COLUMNS)
    group = table["group"].astype(object).where(table["group"].notna(), "")
    return table.assign(amount=table["value"] * table["share"], group=group)


def overlapping(by_zone: geo.Aggregation, united: geo.Aggregation) -> list[Text]:
    """Return what to say where zones lie on one another: the total counts their ground once."""
    twice = float(by_zone.zone_area_m2.sum() - united.zone_area_m2.sum())
    if twice <= 1e-9 * float(united.zone_area_m2.sum()):
        return []
    return [
        Text(
            f"分区互相重叠 {twice / 1e6:.3f} 平方公里：各行可重复计入，合计只计一次。",
            f"The zones overlap by {twice / 1e6:.3f} km2: rows may count twice, the total counts once.",
        )
    ]


def _row(table: pd.DataFrame, name: Text, inside: pd.Series, group: str) -> dict[str, Any]:
    here = table[inside & (table["group"] == group)]
    known = here["value"].notna()
    total = float(here["amount"][known].sum()) if known.any() else None
    shown = Text(group, group) if group else Text("未说明", "not stated")
    told, untold = float(known.sum()), float((~known).sum())
    return {"name": name, "group": shown, "value": total, "known": told, "unknown": untold}


def _evidence(frame: gpd.GeoDataFrame, table: pd.DataFrame) -> gpd.GeoDataFrame:
    held = frame.loc[frame.index.isin(set(table["feature"])), ["geometry"]]
    return held.assign(feature=list(held.index))
