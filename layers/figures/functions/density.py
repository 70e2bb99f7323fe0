"""Length or count of a part over the area of the whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd

import geo
from geo.access.demand import frame_dimensions
from geo.errors import BadRule
from geo.measure.area import M2_PER
from geo.result import typed_rows
from geo.text import Text, spaced_zh
from layers.figures.contribution import Contribution
from layers.figures.figure import Column
from layers.figures.functions.entry import Cell, Function, Option, Slot
from layers.figures.functions.leeway import between_columns, leeway_of, span_within
from layers.figures.functions.per_head import people_field, per_head
from layers.figures.functions.possible import least_of
from layers.figures.functions.sharing import OUTSIDE, overlap_notes
from layers.figures.inputs import Gathered
from layers.figures.outcome import TOTAL, DrawnRows, Outcome, json_number, notes_of, shown_as
from layers.figures.presentation import ranged_value
from layers.figures.verification.second import (
    along_borders,
    common_plane,
    extent_of,
    on_plane,
    parts_by_zone,
    parts_in_any,
)
from layers.figures.verification.sql import Duck, Geos
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text

_MOST_LISTED = 500


_NAME = Column("name", Text("分组", "Group"))


class _Inside(NamedTuple):
    feature: str
    amount: float
    share: float


def density(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Length or count of a part over the area of the whole (roles part, whole), by zone.

    Raises
    ------
    BadRule
        The part has no length to be measured.
    """
    part, whole = gathered.roles["part"], gathered.roles["whole"]
    if statistic.unit.endswith("/person"):  # a density over people is what there is per head
        field = statistic.field or people_field(whole)
        asked = replace(statistic, function="per_head", field=field)
        return per_head(asked, replace(gathered, roles={"part": part, "people": whole}), steps)
    steps.begin(1)
    counted = statistic.measure == "count"
    if not counted and not (frame_dimensions(part.frame) == 1).all():
        raise BadRule(what="measure", found=statistic.measure, known="count")
    found = geo.aggregate(part.frame, whole.frame)
    united = geo.aggregate(part.frame, whole.frame.assign(_all="all"), zone_field="_all")
    lengths = None if counted else dict(zip(part.frame.index, geo.length_m(part.frame) / 1000.0, strict=True))
    inside, once = (_amounts(one, lengths) for one in (found, united))
    by_zone = inside.groupby("zone")["amount"].sum()
    ends = leeway_of(part, whole)
    weights = {str(key): 1.0 if lengths is None else float(lengths[key]) for key in part.frame.index}
    rows: list[dict[str, Any]] = []
    for zone, area in zip(found.zones, found.zone_area_m2, strict=True):
        amount, km2 = float(by_zone.get(zone, 0.0)), float(area) / M2_PER["km2"]
        row = {"kind": "part", "name": whole.name(zone), "amount": amount, "km2": km2, "density": amount / km2}
        swings = ends.between(zone, amount, weights) if ends else {}
        rows.append({**row, **{end: there / km2 for end, there in swings.items()}})
    amount, km2 = float(once["amount"].sum()), float(united.zone_area_m2.sum()) / M2_PER["km2"]
    value = amount / km2
    outside = (len(part.frame) if lengths is None else float(sum(lengths.values()))) - amount
    outside = outside if whole.layer is not None and outside > 1e-6 * (amount + outside) else 0.0
    near = {end: there / km2 for end, there in ends.in_all(amount, weights).items()} if ends else {}
    rows.append({"kind": "total", "name": TOTAL, "amount": amount, "km2": km2, "density": value, **near})
    if outside:
        rows.append({"kind": "rest", "name": OUTSIDE, "amount": outside})
    span = None
    if part.undecided is not None:
        most = _within(part.possible, whole.frame, counted=counted) / (amount / value if value else km2)
        span = (value, most) if most > value * (1 + 1e-9) else None
    bounds = least_of(value, span, part)
    known = measured_text(value, statistic.unit, statistic.decimals)
    text = ranged_value(known, bounds, statistic.unit, statistic.decimals)
    unit = "" if counted else "km"
    decimals = 0 if counted and all(float(row["amount"]).is_integer() for row in rows) else 2
    return Outcome(
        value=value,
        columns=(
            _NAME,
            Column("amount", Text("个数", "Count") if counted else Text("长度", "Length"), unit, decimals),
            Column("km2", Text("面积", "Area"), "km2", 3),
            Column("density", Text("密度", "Density"), statistic.unit, 2),
            *between_columns(ends, statistic.unit, 2),
        ),
        rows=tuple(rows),
        presentation=shown_as(rows, "density", drawn=DrawnRows(order="rows")),
        method=found.method,
        sentence=Text(spaced_zh(f"{statistic.label.zh}为", text.zh, "。"), f"{statistic.label.en} is {text.en}."),
        caveats=(*notes_of(found), *overlap_notes(found, united), *ends.notes(part)),
        evidence=part.frame[["geometry"]].assign(feature=part.frame.index.to_numpy()),
        contributions=tuple(
            Contribution(
                part.use.layer,
                str(r.feature),
                part.name(str(r.feature)),
                float(r.amount),
                unit,
                json_number(r.share),
            )
            for r in typed_rows(once.head(_MOST_LISTED), _Inside)
        ),
        span=bounds,
        within=span_within(near),
    )


def _within(part: gpd.GeoDataFrame, whole: gpd.GeoDataFrame, *, counted: bool) -> float:
    """Return how many features, or how much of their length (km), lie in any of some zones."""
    numbered = part.reset_index(drop=True)
    found = geo.aggregate(numbered, whole.assign(_all="all"), zone_field="_all")
    lengths = None if counted else dict(enumerate((geo.length_m(numbered) / 1000.0).tolist()))
    return float(_amounts(found, lengths)["amount"].sum())


def _amounts(found: geo.Aggregation, lengths: dict[Any, float] | None) -> pd.DataFrame:
    """Return each feature's share inside with what it amounts to: its length, or one."""
    shares = found.shares
    each = [1.0 if lengths is None else lengths[feature] for feature in shares["feature"]]
    return shares.assign(amount=shares["share"] * each)


def _density(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    if statistic.unit.endswith("/person"):
        return None
    part, whole = on_plane(gathered, "part", "whole")
    plane, km2 = common_plane(gathered, "part", "whole"), other.union_area(whole) / M2_PER["km2"]
    inside = parts_in_any(plane, part, gathered.roles["part"].frame, gathered.roles["whole"].frame)
    if statistic.measure == "length":
        return plane.length_m([one for _, one in inside]) / 1000.0 / km2
    return sum(extent_of(one) / extent_of(part[at]) for at, one in inside) / km2


def _by_zone_again(statistic: Statistic, gathered: Gathered, _other: Duck | Geos) -> dict[Cell, float]:
    """Return the densities of the zones by another engine; what lies along a border is of one zone."""
    if statistic.unit.endswith("/person"):
        return {}
    part, whole = on_plane(gathered, "part", "whole")
    plane, role = common_plane(gathered, "part", "whole"), gathered.roles["whole"]
    amounts = [0.0] * len(whole)
    for item, zone, inside in parts_by_zone(
        part, whole, along_borders(plane, gathered.roles["part"].frame, role.frame)
    ):
        counted = statistic.measure == "count"
        amounts[zone] += (
            extent_of(inside) / extent_of(part[item]) if counted else plane.length_m([inside]) / 1000.0
        )
    return {
        Cell("density", (("name", role.name(str(key)).zh),)): amount / (area.area / M2_PER["km2"])
        for key, amount, area in zip(role.frame.index, amounts, whole, strict=True)
    }


FUNCTION = Function(
    id="density",
    order=80,
    name=Text("密度", "Density"),
    question=Text("分区线密度", "Density of lines by zone"),
    slots=(
        Slot("part", Text("统计图层", "Layer"), ("point", "line", "polygon"), usual="roads"),
        Slot("whole", Text("总体图层", "Whole"), ("polygon",), drawn=True, usual="zones"),
    ),
    options=(Option("measure", Text("计量", "Measured by"), "choice", choices=("length", "count"), derived=True),),
    units={"length": ("km/km2",), "count": ("/km2",)},
    additive=Text(
        "数量与面积可按不重叠的分区相加，密度不可",
        "Amounts and areas add up over zones that do not overlap, densities do not",
    ),
    compute=density,
    recompute=_density,
    revision=7,
    recount=_by_zone_again,
)
