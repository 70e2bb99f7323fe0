"""How many."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import shapely

import geo
from geo.text import Text
from layers.figures.figure import Column, Contribution
from layers.figures.functions.entry import Function, Option, Slot
from layers.figures.functions.groups import coded, dated, group_of
from layers.figures.functions.sharing import overlapping
from layers.figures.inputs import Gathered
from layers.figures.outcome import M2_PER, TOTAL, Outcome, notes_of, shown_as
from layers.figures.verification.sql import Duck, Geos
from layers.plan.statistics import Statistic
from layers.progress import Steps

_MOST_LISTED = 500


_UNPLACED = Text("尚未上图", "not on the map yet")


_NAME = Column("name", Text("分组", "Group"))


def count(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """How many items, by zone (placed ones) or by a field (all of them)."""
    items, zones = gathered.roles["items"], gathered.roles.get("zones")
    steps.begin(1)
    rows: list[dict[str, Any]] = []
    notes: tuple[Text, ...] = ()
    method = Text("逐个计数。", "Counted one by one.")
    if zones is not None and len(items.frame):
        kinds = shapely.get_dimensions(items.frame.geometry.to_numpy())
        parts = [geo.aggregate(items.frame[kinds == kind], zones.frame) for kind in np.unique(kinds)]
        whole = zones.frame.assign(_all="all")
        united = [geo.aggregate(items.frame[kinds == k], whole, zone_field="_all") for k in np.unique(kinds)]
        counts, found = np.sum([part.count for part in parts], axis=0), parts[0]
        density = counts / found.zone_area_m2 * M2_PER["km2"]
        for i, zone in enumerate(found.zones):
            rows.append(
                {"kind": "part", "name": zones.name(zone), "count": float(counts[i]), "density": float(density[i])}
            )
        outside = len(items.frame) - float(np.sum([part.count for part in united]))
        if outside > 1e-6:
            rows.append({"kind": "rest", "name": Text("分区之外", "outside the zones"), "count": outside})
        notes, method = (*notes_of(found), *overlapping(found, united[0])), found.method
        if items.unplaced:
            rows.append({"kind": "unknown", "name": _UNPLACED, "count": float(items.unplaced)})
    elif statistic.by:
        groups: dict[object, int] = defaultdict(int)
        for feature in items.features:
            groups[group_of(items, statistic.by, feature.properties)] += 1
        for value in sorted(groups, key=lambda v: (v is None, str(v))):
            kind = "part" if value not in (None, "") else "unknown"
            rows.append({"kind": kind, "name": coded(items, statistic.by, value), "count": float(groups[value])})
    value = float(len(items.features))
    rows.append({"kind": "total", "name": TOTAL, "count": value})
    timely = bool(statistic.by) and zones is None and dated(items, statistic.by)
    return Outcome(
        value=value,
        columns=(
            _NAME,
            Column(
                "count",
                Text("个数", "Count"),
                "",
                0 if all(float(row["count"]).is_integer() for row in rows) else 2,
            ),
            *((Column("density", Text("密度", "Density"), "/km2", 2),) if zones else ()),
        ),
        rows=tuple(rows),
        presentation=shown_as(
            rows, "count", form="columns" if timely else "bars", order="rows" if timely else "largest"
        ),
        method=method,
        sentence=Text(f"{statistic.label.zh}：共 {value:g} 个。", f"{statistic.label.en}: {value:g} in all."),
        caveats=notes,
        evidence=items.frame[["geometry"]].assign(feature=list(items.frame.index)),
        contributions=tuple(
            Contribution(items.use.layer, f.id, items.name(f.id), 1.0, "count", None) for f in items.features
        )[:_MOST_LISTED],
    )


def _count(_statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> float | None:
    return float(len(gathered.roles["items"].features))


FUNCTION = Function(
    id="count",
    order=100,
    name=Text("个数", "Count"),
    question=Text("各分区个数", "Count by zone"),
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
)
