"""What lies in each zone, by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

import geopandas as gpd
import shapely

from geo.errors import NotComputable
from geo.result import typed_rows
from geo.text import Text, spaced_zh
from layers.figures.contribution import Contribution
from layers.figures.figure import Column, RowKind
from layers.figures.functions.entry import Function, Option, Slot
from layers.figures.functions.groups import coded_text, groups_of
from layers.figures.functions.leeway import between_columns, leeway_of, span_within
from layers.figures.functions.possible import least_of, span_with_all
from layers.figures.functions.sharing import OUTSIDE, UNPLACED, share_in_zones
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import TOTAL, ZONE, DrawnRows, Outcome, shown_as
from layers.figures.presentation import ranged_value
from layers.figures.verification.second import on_plane, share_of
from layers.figures.verification.sql import Duck, Geos
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text

_DRAWN: tuple[RowKind, ...] = ("of_which",)
_MOST_CONTRIBUTING = 500
_MOST_NAMED = 2_000  # rows with a name; what is more is counted
_BLANK = Text("", "")
_NOTHING = 1e-9


class _Share(NamedTuple):
    feature: str
    share: float


def answer_listing(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """The names of what lies in each zone (roles items, zones), and how much of each does; the value counts them.

    A feature that lies in several zones stands in each; the value counts it once.

    Raises
    ------
    NotComputable
        No item has a place.
    """
    items, zones = gathered.roles["items"], gathered.roles["zones"]
    steps.begin(1)
    if not len(items.frame):
        raise NotComputable(needs_zh="已上图的要素", needs_en="features that have a place")
    found = share_in_zones(items.frame, zones.frame)
    ends = leeway_of(items, zones)
    table = found.table[found.table["share"] > _NOTHING]
    by = statistic.by
    groups = _groups_told(items, by) if by else {}
    row = partial(_row, groups)
    named: list[dict[str, Any]] = []
    for zone in found.zones:
        mine = table[table["zone"] == zone].sort_values("share", ascending=False, kind="stable")
        name = zones.name(zone)
        named += [row("part", name, str(r.feature), share=float(r.share)) for r in typed_rows(mine, _Share)]
        shares = dict(zip(map(str, mine["feature"]), mine["share"].tolist(), strict=True))
        total = {"kind": "of_which", "zone": name, "name": TOTAL, "count": float(len(mine))}
        named.append({**total, **(_between(ends.by_zone.get(str(zone), {}), shares) if ends else {})})
    inside = {str(key) for key in table["feature"]}
    outside = [str(key) for key, part in found.outside.items() if part > _NOTHING] if zones.layer else []
    named += [row("rest", OUTSIDE, key, share=float(found.outside[key])) for key in outside]
    unplaced = [str(key) for key in items.features.unplaced.ids]
    named += [row("unknown", UNPLACED, key) for key in unplaced]
    rows = _with_names(items, named[:_MOST_NAMED])
    notes = [*found.notes, *ends.notes(items)]
    if len(named) > _MOST_NAMED:
        left = len(named) - _MOST_NAMED
        notes.append(
            Text(
                f"表中列出前 {_MOST_NAMED} 行，另有 {left} 行未列出；合计包括它们。",
                f"The table lists {_MOST_NAMED} rows; {left} more are not listed, the total counts them.",
            )
        )
    value = float(len(inside))
    once = {str(key): float(part) for key, part in found.once.items() if part > _NOTHING}
    open_ = _between(ends.within, once) if ends else {}
    span = span_with_all(answer_listing, statistic, gathered, value)
    if span is not None:
        rows.append({"kind": "unknown", "zone": say("row_may_belong"), "name": _BLANK, "count": span[1] - value})
    rows.append({"kind": "total", "zone": TOTAL, "name": _BLANK, "count": value, **open_})
    bounds = least_of(value, span, items)
    told = ranged_value(measured_text(value, "count", 0), bounds, "count", 0)
    zh = spaced_zh(f"{statistic.label.zh}：分区内共有", told.zh, "要素")
    things = "feature" if value == 1 and bounds is None else "features"
    en = f"{statistic.label.en}: {told.en} {things} in the zones"
    beyond = sum(key not in inside for key in outside)
    if beyond:
        zh, en = f"{zh}，{beyond} 个完全在分区之外", f"{en}, {beyond} wholly outside them"
        rows.append({"kind": "of_which", "zone": _BEYOND, "name": _BLANK, "count": float(beyond)})
    return Outcome(
        value=value,
        columns=(
            ZONE,
            Column("name", Text("要素", "Feature")),
            *((Column("group", Text("类别", "Kind")),) if groups else ()),
            Column("count", Text("个数", "Count"), "", 0),
            *between_columns(ends, "", 0),
            Column("share", Text("在此的份额", "Share here"), "%", 2),
        ),
        rows=tuple(rows),
        presentation=shown_as(
            rows, "count", drawn=DrawnRows(kinds=_DRAWN, among=lambda one: one["name"] is TOTAL), names=("zone",)
        ),
        method=Text(
            f"{found.method.zh}有任何部分在区内即列出。",
            f"{found.method.en} What has any part in a zone is listed.",
        ),
        sentence=Text(f"{zh}。", f"{en}."),
        caveats=tuple(notes),
        evidence=_evidence(items.frame, inside),
        contributions=tuple(
            Contribution(items.use.layer, key, items.name(key), 1.0, "count", part)
            for key, part in islice(once.items(), _MOST_CONTRIBUTING)
        ),
        decimals=0,
        span=bounds,
        within=span_within(open_),
    )


_BEYOND = Text("完全在分区之外", "wholly outside the zones")


def _row(
    groups: Mapping[str, Text], kind: str, zone: Text, key: str, *, share: float | None = None
) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": kind, "zone": zone, "name": key}
    if groups:
        row["group"] = groups.get(key, _BLANK)
    return row if share is None else {**row, "share": 100.0 * share}


def _groups_told(items: Role, by: str) -> dict[str, Text]:
    """Return the group of each feature in words, each group put into them once."""
    found = groups_of(items, by, items.features.values(by))
    told: dict[str, Text] = {}
    for one in found:
        if repr(one) not in told:
            told[repr(one)] = coded_text(items, by, one)
    return {str(key): told[repr(one)] for key, one in zip(items.features.ids, found, strict=True)}


def _with_names(items: Role, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with the names of their features in the place of ids."""
    mine = [row["name"] for row in rows if isinstance(row["name"], str)]
    names: dict[object, Text] = dict(zip(mine, items.names(mine), strict=True))
    return [{**row, "name": names[row["name"]]} if isinstance(row["name"], str) else row for row in rows]


def _between(swings: Mapping[str, tuple[float, float]], shares: Mapping[str, float]) -> dict[str, float]:
    """Return how many features lie in a zone at least and at most, by the swings and shares of them."""
    least = most = float(len(shares))
    for feature, (less, more) in swings.items():
        share = shares.get(feature, 0.0)
        least -= share > _NOTHING and share - less <= _NOTHING
        most += share <= _NOTHING and more > _NOTHING
    return {"least": least, "most": most}


def _evidence(frame: gpd.GeoDataFrame, inside: set[str]) -> gpd.GeoDataFrame:
    chosen = [key for key in frame.index if str(key) in inside]
    return frame.loc[chosen, ["geometry"]].assign(feature=[str(key) for key in chosen])


def _again(_statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    shapes, zones = on_plane(gathered, "items", "zones")
    ground = shapely.union_all(zones)
    return float(sum(share_of(shape, ground) > _NOTHING for shape in shapes))


FUNCTION = Function(
    id="listing",
    order=105,
    name=Text("分区内的要素", "What lies in each zone"),
    question=Text("各分区内有哪些要素", "What lies in each zone, by name"),
    slots=(
        Slot("items", Text("统计图层", "Items")),
        Slot("zones", Text("分区", "Zones"), ("polygon",), drawn=True, usual="zones"),
    ),
    options=(Option("by", Text("分组", "Groups"), "field", role="items", measures=("code",)),),
    units={"": ("count",)},
    additive=Text(
        "跨分区的要素在各分区都列出，故各分区个数不可相加",
        "A feature in several zones stands in each, so the zones' counts do not add up",
    ),
    decimals=0,
    compute=answer_listing,
    recompute=_again,
    revision=9,
)
