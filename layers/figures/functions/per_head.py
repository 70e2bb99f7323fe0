"""What there is for each of the people: area, length or number of one layer over the people of another."""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

import geo
from geo.arrays import Bools
from geo.errors import BadRule, NotComputable
from geo.result import typed_rows
from geo.text import Text, count_words, spaced_zh
from layers.figures.contribution import Contribution
from layers.figures.figure import Column
from layers.figures.functions.amounts import check_heads, stated_number
from layers.figures.functions.entry import Function, Option, Slot
from layers.figures.functions.nested import find_nested
from layers.figures.functions.possible import least_of
from layers.figures.functions.sharing import OUTSIDE, overlap_notes
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import TOTAL, Outcome, notes_of, shown_as
from layers.figures.presentation import ranged_value
from layers.figures.verification.second import (
    POLYGON,
    common_plane,
    extent_of,
    on_plane,
    parts_in_any,
    placed_numbers,
)
from layers.figures.verification.sql import Duck, Geos
from layers.plan.measures import field_usage
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text

_MOST_LISTED = 500
_OF = {"area": (2, "m2"), "length": (1, "m"), "count": (0, "")}
_FITTING = {0: "count", 1: "length, count", 2: "area, count"}  # what can be measured of points, lines, polygons
_NO_PEOPLE = Text("人口未知处的", "where the people are unknown")


class _Share(NamedTuple):
    zone: str
    feature: str
    share: float


def per_head(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Area, length or count of a layer over the people of another (roles part, people), by the people's places.

    Ground counts once. Places whose people are unknown take no part in the value and are told apart, never as 0.

    Raises
    ------
    BadRule
        The part has no such measure, or the people no polygons.
    NotComputable
        The people are unknown everywhere, or nobody lives there; or their places lie in one another.
    """
    part, people = gathered.roles["part"], gathered.roles["people"]
    steps.begin(1)
    _, note = field_usage(people.field(statistic.field), people.layer)
    dimension, unit = _OF[statistic.measure]
    least = int(shapely.get_dimensions(part.frame.geometry.to_numpy()).min())
    if statistic.measure != "count" and least != dimension:
        raise BadRule(what="measure", found=statistic.measure, known=_FITTING[least])
    if not (shapely.get_dimensions(people.frame.geometry.to_numpy()) == POLYGON).all():
        raise BadRule(what="per_head: people", found=people.use.layer, known="polygon layers / 面图层")
    _refuse_nested(people)
    check_heads(people, statistic.field)
    heads = {str(f.id): stated_number(f.properties.get(statistic.field)) for f in people.features}
    known = people.frame[[heads[str(key)] is not None for key in people.frame.index]]
    by_place, notes, method = _amounts(part.frame, people.frame, statistic.measure)
    rows: list[dict[str, Any]] = []
    for key, amount in by_place.items():
        here = heads[key]
        each = None if here is None or here <= 0 else amount / here
        kind = "unknown" if here is None else "part"
        rows.append({"kind": kind, "name": people.name(key), "amount": amount, "people": here, "each": each})
    total = float(sum(one for key in known.index if (one := heads[str(key)]) is not None))
    if total <= 0:
        said = people.use.label
        zh, en = f"“{said.zh}”中人口已知且不为 0 的地方", f"places of “{said.en}” whose people are known and not 0"
        raise NotComputable(needs_zh=zh, needs_en=en)
    inside = _once(part.frame, known, statistic.measure)
    everywhere = _once(part.frame, people.frame, statistic.measure)
    whole = _whole(part.frame, statistic.measure)
    value = inside / total
    rows.append({"kind": "total", "name": TOTAL, "amount": inside, "people": total, "each": value})
    lost, outside = everywhere - inside, whole - everywhere
    if len(known) < len(people.frame):
        rows.append({"kind": "unknown", "name": _NO_PEOPLE, "amount": max(lost, 0.0)})
        count = len(people.frame) - len(known)
        zh, en = (
            f"{count} 处的人口未知，未计入（不是 0）。",
            f"The people of {count_words(count, 'place', 'places')} are unknown: left out, not 0.",
        )
        notes.append(Text(zh, en))
    if people.layer is not None and outside > 1e-6 * whole:
        rows.append({"kind": "rest", "name": OUTSIDE, "amount": outside})
    span = None
    if part.undecided is not None:
        most = _once(part.possible, known, statistic.measure) / total
        span = (value, most) if most > value * (1 + 1e-9) else None
    ends = least_of(value, span, part)
    text = ranged_value(
        measured_text(value, statistic.unit, statistic.decimals), ends, statistic.unit, statistic.decimals
    )
    have = measured_text(inside, unit, 0 if statistic.measure == "count" else 2)
    whole_people = all(one is None or one.is_integer() for one in heads.values())
    shown_people = measured_text(total, "person", 0 if whole_people else 2)
    return Outcome(
        value=value,
        columns=(
            Column("name", Text("人口所在", "Place")),
            Column("people", people.field(statistic.field).label, "person", 0 if whole_people else 2),
            Column("amount", part.use.label, unit, 0 if statistic.measure == "count" else 2),
            Column("each", Text("人均", "Per head"), statistic.unit, statistic.decimals),
        ),
        rows=tuple(rows),
        presentation=shown_as(rows, "each"),
        method=method,
        sentence=Text(
            spaced_zh(f"{statistic.label.zh}为", text.zh, f"（{have.zh} ÷ {shown_people.zh}）。"),
            f"{statistic.label.en} is {text.en} ({have.en} / {shown_people.en}).",
        ),
        caveats=tuple(dict.fromkeys([*([note] if note else []), *notes])),
        evidence=part.frame[["geometry"]].assign(feature=part.frame.index.to_numpy()),
        contributions=tuple(
            Contribution(people.use.layer, key, people.name(key), amount, unit or "count", None)
            for key, amount in sorted(by_place.items(), key=lambda one: -one[1])[:_MOST_LISTED]
        ),
        span=ends,
    )


def _refuse_nested(people: Role) -> None:
    """Refuse places that lie in one another: nobody can tell whose people stand in both.

    Raises
    ------
    NotComputable
        Two places share more ground than outlines drawn twice do.
    """
    found = find_nested(people)
    if found is None:
        return
    label, one, other, share = people.use.label, found.one, found.other, found.share
    raise NotComputable(
        needs_zh=f"互不重叠的人口分区：“{label.zh}”中“{one.zh}”与“{other.zh}”重叠（占较小者的 {share}%），"
        "人口会重复计入；请筛选到同一层级",
        needs_en=f"places of people that do not overlap: “{one.en}” and “{other.en}” of “{label.en}” share ground "
        f"({share}% of the smaller), and people would count twice; filter to places of one level",
    )


def _amounts(
    part: gpd.GeoDataFrame, places: gpd.GeoDataFrame, measure: str
) -> tuple[dict[str, float], list[Text], Text]:
    """Return what lies in each place, ground once; with what to say, and how it was taken."""
    if measure == "area":
        found = geo.tabulate(part.assign(_one="part"), places, class_field="_one")
        return dict(zip(found.zones, found.covered_m2.tolist(), strict=True)), list(notes_of(found)), found.method
    shared = geo.aggregate(part, places)
    united = geo.aggregate(part, places.assign(_all="all"), zone_field="_all")
    amounts = _each(part, measure)
    sums = dict.fromkeys(shared.zones, 0.0)
    for row in typed_rows(shared.shares, _Share):
        sums[str(row.zone)] += float(row.share) * amounts[str(row.feature)]
    return sums, [*notes_of(shared), *overlap_notes(shared, united)], shared.method


def _each(part: gpd.GeoDataFrame, measure: str) -> dict[str, float]:
    lengths = geo.length_m(part) if measure == "length" else np.ones(len(part))
    return dict(zip(map(str, part.index), np.asarray(lengths, dtype=float).tolist(), strict=True))


def _once(part: gpd.GeoDataFrame, places: gpd.GeoDataFrame, measure: str) -> float:
    """Return what lies in any of some places, each point of the ground once."""
    together = places.assign(_all="all")
    if measure == "area":
        found = geo.tabulate(part.assign(_one="part"), together, class_field="_one", zone_field="_all")
        return float(found.covered_m2.sum())
    amounts = _each(part, measure)
    shares = geo.aggregate(part, together, zone_field="_all").shares
    return sum((row.share * amounts[str(row.feature)] for row in typed_rows(shares, _Share)), 0.0)


def _whole(part: gpd.GeoDataFrame, measure: str) -> float:
    """Return how much of a layer there is, in or out of any place; ground once."""
    if measure == "area":
        return _once(part, part, measure)
    return float(sum(_each(part, measure).values()))


def _per_head(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    part, people = on_plane(gathered, "part", "people")
    values = np.array(placed_numbers(gathered.roles["people"], statistic.field))
    known: Bools = ~np.isnan(values)
    total = float(values[known].sum())
    if not total:
        return None
    if statistic.measure == "area":
        return other.union_cut(part, [shape for shape, one in zip(people, known, strict=True) if one]) / total
    plane, places = common_plane(gathered, "part", "people"), gathered.roles["people"].frame[known]
    inside = parts_in_any(plane, part, gathered.roles["part"].frame, places)
    if statistic.measure == "length":
        return plane.length_m([one for _, one in inside]) / total
    return sum(extent_of(one) / extent_of(part[at]) for at, one in inside) / total


def people_field(people: Role) -> str:
    """Return the one field of a layer that can hold its people; empty where there is none, or more than one."""
    fields = people.layer.fields if people.layer is not None else ()
    known = [one.id for one in fields if one.type in ("number", "integer") and one.measure in ("", "additive")]
    named = [
        one
        for one in known
        if any(word in one.lower() for word in ("people", "pop", "person", "resident", "人口", "居民"))
    ]
    return named[0] if len(named) == 1 else known[0] if len(known) == 1 else ""


FUNCTION = Function(
    id="per_head",
    order=85,
    name=Text("人均", "Per head"),
    question=Text("人均拥有（如人均公园绿地）", "Per head (such as park green)"),
    slots=(
        Slot("part", Text("统计图层", "Layer"), ("point", "line", "polygon"), usual="classes"),
        Slot(
            "people",
            Text("人口图层（社区或网格）", "Layer of people (communities or a grid)"),
            ("polygon",),
            usual="people",
        ),
    ),
    options=(
        Option(
            "field",
            Text("人口字段", "Field of the people"),
            "field",
            required=True,
            role="people",
            measures=("additive",),
        ),
        Option(
            "measure", Text("计量", "Measured by"), "choice", choices=("area", "length", "count"), derived=True
        ),
    ),
    units={"area": ("m2/person",), "length": ("m/person",), "count": ("/person",)},
    additive=Text(
        "数量与人口可按不重叠的地方相加，人均不可",
        "Amounts and people add up over places that do not overlap, the rest does not",
    ),
    compute=per_head,
    recompute=_per_head,
    revision=5,
)
