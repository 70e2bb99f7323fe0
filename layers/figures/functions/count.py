"""How many."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import shapely

from geo.measure.area import M2_PER
from geo.text import Text, spaced_zh
from layers.figures.contribution import Contribution
from layers.figures.figure import Column
from layers.figures.functions.entry import Function, Option, Slot
from layers.figures.functions.groups import (
    coded_text,
    group_kind,
    groups_of,
    has_dates,
    in_order,
    unknown_groups,
    with_untold,
    years_between,
)
from layers.figures.functions.leeway import (
    NOTHING_OPEN,
    OUTSIDE_ALL,
    Leeway,
    between_columns,
    leeway_of,
    span_within,
)
from layers.figures.functions.sharing import OUTSIDE, UNPLACED, Sharing, share_in_zones
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import TOTAL, DrawnRows, Outcome, shown_as
from layers.figures.presentation import ranged_value
from layers.figures.repeats import say_doubled
from layers.figures.verification.second import on_plane, share_of
from layers.figures.verification.sql import Duck, Geos
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text

_MOST_LISTED = 500
_NOTHING = 1e-9  # of a feature: the last digits of shares that add up to whole ones


_NAME = Column("name", Text("分组", "Group"))
_GROUP = Column("group", Text("类别", "Kind"))
_BLANK = Text("", "")


def count(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """How many items, by zone, by a field, or by both; what lies in no zone or is not on the map has its rows.

    The value counts all items; of a drawn polygon those inside.
    """
    items, zones = gathered.roles["items"], gathered.roles.get("zones")
    steps.begin(1)
    by = statistic.by
    ids = list(map(str, items.features.ids))
    groups = dict(zip(ids, groups_of(items, by, items.features.values(by)), strict=True)) if by else {}
    notes, method = tuple[Text, ...](), Text("逐个计数。", "Counted one by one.")
    value, rows, open_ends = float(len(items.features)), list[dict[str, Any]](), NOTHING_OPEN
    drawn_in = zones is not None and zones.layer is None
    if zones is not None and len(items.frame):
        found, open_ends = share_in_zones(items.frame, zones.frame), leeway_of(items, zones)
        rows, value = _by_zone((items, zones), found, by, groups, open_ends)
        notes, method = (*found.notes, *open_ends.notes(items)), found.method
    elif by:
        counted = Counter(groups.values())
        counted.update(dict.fromkeys(years_between(items, by, counted), 0))
        rows = [
            {
                "kind": group_kind(items, by, key),
                "group": key,
                "name": coded_text(items, by, key),
                "count": float(n),
            }
            for key, n in sorted(counted.items(), key=lambda one: in_order(items, by, one[0]))
        ]
    untold = sum(row["count"] for row in rows if by and group_kind(items, by, row["group"]) == "unknown")
    if zones is not None and not drawn_in:  # a feature in several zones is one
        untold = float(_stating_nothing(items, by, groups))
    for row in rows if by else ():
        row["group"] = coded_text(items, by, row["group"])
    may = _may_belong(items, zones)
    if may > 0:
        rows.append({"kind": "unknown", "name": say("row_may_belong"), "group": _BLANK, "count": may})
    ends = open_ends.in_all(value, dict.fromkeys(ids, 1.0)) if drawn_in and open_ends else {}
    rows.append({"kind": "total", "name": TOTAL, "group": _BLANK, "count": value, **ends})
    timely = bool(by) and zones is None and has_dates(items, by)
    grouped = bool(by) and zones is not None
    counts = [float(row[key]) for row in rows for key in ("count", "least", "most") if key in row]
    parted = not all(one.is_integer() for one in counts)  # a feature across a border counts in parts
    decimals = 2 if parted else 0
    span = (value, value + may) if may > 0 else None
    digits = 0 if value.is_integer() else decimals
    shown = ranged_value(measured_text(value, "count", digits), span, "count", digits)
    said = Text(spaced_zh(f"{statistic.label.zh}：共", shown.zh), f"{statistic.label.en}: {shown.en} in all")
    said = with_untold(said, items, by, measured_text(untold, "count", digits) if untold > 0 else None)
    listed = [str(one) for one in items.features[:_MOST_LISTED].ids]
    return Outcome(
        value=value,
        columns=(
            _NAME,
            *((_GROUP,) if grouped else ()),
            Column("count", say("count_column_shared" if parted else "count_column"), "", decimals),
            *between_columns(open_ends, "", decimals),
            *((Column("density", Text("密度", "Density"), "/km2", 2),) if zones and not grouped else ()),
        ),
        rows=tuple(rows),
        presentation=shown_as(
            rows,
            "count",
            drawn=DrawnRows(order="rows" if timely else "largest"),
            names=("name", "group") if grouped else ("name",),
            form="columns" if timely else "bars",
        ),
        method=method,
        sentence=Text(f"{said.zh}。", f"{said.en}."),
        caveats=(*notes, *say_doubled(items)),
        evidence=items.frame[["geometry"]].assign(feature=items.frame.index.to_numpy()),
        contributions=tuple(
            Contribution(items.use.layer, one, name, 1.0, "count", None)
            for one, name in zip(listed, items.names(listed), strict=True)
        ),
        decimals=digits,
        span=span,
        within=span_within(ends),
    )


def _stating_nothing(items: Role, by: str, groups: Mapping[str, object]) -> int:
    """Return of how many features the group is not known."""
    unknown = unknown_groups(items, by, groups.values())
    return sum(one in unknown for one in groups.values())


def _may_belong(items: Role, zones: Role | None) -> float:
    """Return how many more features may be of those counted; of a drawn polygon those of them inside."""
    if zones is None or zones.layer is not None:
        return float(len(items.open or ()))
    return 0.0 if items.undecided is None else _counted(share_in_zones(items.undecided, zones.frame).once)


def _by_zone(
    layers: tuple[Role, Role], found: Sharing, by: str, groups: Mapping[str, object], open_ends: Leeway
) -> tuple[list[dict[str, Any]], float]:
    """Return rows by zone (and group), what lies in no zone and what has no place; and how many in all."""
    items, zones = layers
    zone_of, share_of_it = found.table["zone"].tolist(), found.table["share"].tolist()
    groups_of = [groups.get(str(key)) for key in found.table["feature"]]
    here: dict[tuple[str, object], list[float]] = defaultdict(list)
    for zone, kind, share in zip(zone_of, groups_of, share_of_it, strict=True):
        here[str(zone), kind].append(share)
    rows: list[dict[str, Any]] = []
    kinds = sorted(set(groups.values()), key=lambda one: in_order(items, by, one)) or [None]
    each: dict[object, dict[str, float]] = defaultdict(dict)
    for key in map(str, items.features.ids) if open_ends else ():
        each[groups.get(key)][key] = 1.0

    def row(kind: str, name: Text, group: object, zone: str, amount: float) -> dict[str, Any]:
        told = {"kind": kind, "name": name, "group": group, "count": amount}
        return {**told, **(open_ends.between(zone, amount, each[group]) if open_ends else {})}

    for zone, area in zip(found.zones, found.zone_area_m2, strict=True):
        for kind in kinds:
            told = row(
                group_kind(items, by, kind) if by else "part",
                zones.name(zone),
                kind,
                zone,
                _counted(here.get((str(zone), kind), ())),
            )
            if told["count"] > 0 or told.get("most", 0) > 0 or not groups:
                rows.append({**told, "density": told["count"] / float(area) * M2_PER["km2"]})
    if zones.layer is None:
        return rows, _counted(found.once)
    beyond = _by_group(found.outside, groups)
    for kind in kinds:
        outside = _counted(beyond[kind])
        told = row("rest", OUTSIDE, kind, OUTSIDE_ALL, outside)
        if outside > 0 or told.get("most", 0) > 0:
            rows.append(told)
    return [*rows, *_unplaced_rows(items, kinds, groups)], float(len(items.features))


def _by_group(shares: pd.Series, groups: Mapping[str, object]) -> Mapping[object, list[float]]:
    """Return the shares of features by their group."""
    out: dict[object, list[float]] = defaultdict(list)
    for key, part in zip(map(str, shares.index), shares.tolist(), strict=True):
        out[groups.get(key)].append(part)
    return out


def _unplaced_rows(items: Role, kinds: Iterable[object], groups: Mapping[str, object]) -> list[dict[str, Any]]:
    """Return a row for each group that has features without a place."""
    lost = Counter(groups.get(str(key)) for key in items.features.unplaced.ids)
    return [
        {"kind": "unknown", "name": UNPLACED, "group": kind, "count": float(lost[kind])}
        for kind in kinds
        if lost[kind]
    ]


def _counted(shares: Iterable[float]) -> float:
    """Return shares added up: what is a whole number but for the last digits is one."""
    added = math.fsum(shares)
    whole = float(round(added))
    return whole if abs(added - whole) <= _NOTHING else added


def _count(_statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    if "zones" in gathered.roles and gathered.roles["zones"].layer is None:
        shapes, zones = on_plane(gathered, "items", "zones")
        zone = shapely.union_all(zones)
        return sum(share_of(shape, zone) for shape in shapes)
    return float(len(gathered.roles["items"].features))


FUNCTION = Function(
    id="count",
    order=100,
    name=Text("个数", "Count"),
    question=Text("个数（全部或各分区）", "Count, in all or by zone"),
    slots=(
        Slot("items", Text("统计图层", "Items")),
        Slot("zones", Text("分区", "Zones"), ("polygon",), optional=True, drawn=True, usual="zones"),
    ),
    options=(Option("by", Text("分组", "Groups"), "field", role="items", measures=("code",)),),
    units={"": ("count",)},
    additive=Text("分区不重叠时各行可相加", "Rows add up over zones that do not overlap"),
    decimals=0,
    compute=count,
    recompute=_count,
    revision=11,
)
