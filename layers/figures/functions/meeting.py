"""Answers about how two layers meet: how far the nearest is, where they cross, what of one lies on the other."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

import geo
from geo.errors import BadRule
from geo.text import Text
from layers.figures.figure import Column, Contribution
from layers.figures.inputs import Gathered
from layers.figures.outcome import M2_PER, TOTAL, Outcome, area_cells, area_columns, notes_of
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured

_MOST_LISTED = 500
_NAME = Column("name", Text("要素", "Feature"))
_OTHER = Column("other", Text("参照要素", "Reference feature"))


def nearest(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """How far each feature's nearest reference feature is (roles part, line); the value is the largest."""
    part, line = gathered.roles["part"], gathered.roles["line"]
    steps.begin(1)
    table = geo.nearest(part.frame, line.frame).sort_values("distance_m", kind="stable")
    per = 1000.0 if statistic.unit == "km" else 1.0
    value = float(table["distance_m"].max()) / per
    text = measured(value, statistic.unit, statistic.decimals)
    last = table.iloc[_MOST_LISTED - 1 :].tail(1)  # the farthest, whose distance is the value
    listed = [*table.head(_MOST_LISTED - 1).itertuples(), *last.itertuples()]
    closest = measured(float(table["distance_m"].min()) / per, statistic.unit, statistic.decimals)
    return Outcome(
        value=value,
        columns=(_NAME, _OTHER, Column("distance_m", Text("距离", "Distance"), "m", 1)),
        rows=tuple(
            {
                "name": part.name(str(r.feature)),
                "other": line.name(str(r.nearest)),
                "distance_m": float(r.distance_m),
            }
            for r in listed
        ),
        method=Text(
            "到最近要素的真实距离（两形状间最短连线，相接为 0）；数值取其中最大者。",
            "True distance to the nearest feature (shortest link, 0 where they meet); the value is the largest.",
        ),
        sentence=Text(
            f"{statistic.label.zh}：{len(table)} 个要素中最近的 {closest.zh}，最远的 {text.zh}。",
            f"{statistic.label.en}: {closest.en} to the nearest, {text.en} to the farthest of {len(table)}.",
        ),
        evidence=_links(part.frame, line.frame, [(str(r.feature), str(r.nearest)) for r in listed]),
        contributions=tuple(
            Contribution(part.use.layer, str(r.feature), part.name(str(r.feature)), float(r.distance_m), "m", None)
            for r in listed
        ),
    )


def _links(part: gpd.GeoDataFrame, line: gpd.GeoDataFrame, pairs: list[tuple[str, str]]) -> gpd.GeoDataFrame:
    """Return the links between features and their nearest, for the map."""
    one = part.geometry.loc[[a for a, _ in pairs]].to_numpy()
    other = line.to_crs(part.crs).geometry.loc[[b for _, b in pairs]].to_numpy()
    table = {"feature": [a for a, _ in pairs], "nearest": [b for _, b in pairs]}
    return gpd.GeoDataFrame(table, geometry=shapely.shortest_line(one, other), crs=part.crs)


def crossing(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Where lines cross reference lines or polygons (roles part, line); the value counts pairs that cross."""
    part, line = gathered.roles["part"], gathered.roles["line"]
    if not (shapely.get_dimensions(part.frame.geometry.to_numpy()) == 1).all():
        raise BadRule(what="crossing: part", found=part.use.layer, known="line layers / 线图层")
    steps.begin(1)
    found = geo.crossings(part.frame, line.frame)
    lengths = geo.length_m(found) if len(found) else np.zeros(0)
    places = shapely.get_num_geometries(found.geometry.to_numpy())
    rows = [
        {"name": part.name(str(r.line)), "other": line.name(str(r.reference)), "places": float(n), "length_m": m}
        for r, n, m in zip(found.itertuples(), places.tolist(), lengths.tolist(), strict=True)
    ]
    total = {"name": TOTAL, "other": Text("", ""), "places": float(places.sum()), "length_m": float(lengths.sum())}
    value = float(len(found))
    return Outcome(
        value=value,
        columns=(
            _NAME,
            _OTHER,
            Column("places", Text("处数", "Places"), "", 0),
            Column("length_m", Text("穿过长度", "Length inside"), "m", 1),
        ),
        rows=(*rows[:_MOST_LISTED], total),
        method=Text(
            "只计真正穿过的；仅相接或重合的线不算交叉。",
            "Only proper crossings; lines that touch or run along do not cross.",
        ),
        sentence=Text(
            f"{statistic.label.zh}：{value:g} 对要素交叉，共 {places.sum():g} 处。",
            f"{statistic.label.en}: {value:g} pairs cross, in {places.sum():g} places.",
        ),
        evidence=found,
        contributions=tuple(
            Contribution(part.use.layer, str(r.line), part.name(str(r.line)), float(n), "count", None)
            for r, n in zip(found.itertuples(), places.tolist(), strict=True)
        )[:_MOST_LISTED],
    )


def _without_area(rest: gpd.GeoDataFrame, constraints: gpd.GeoDataFrame) -> list[Text]:
    """Return what to say of points and lines: they have no area, and some lie on constraint ground."""
    if rest.empty:
        return []
    places, ground = rest.geometry.to_numpy(), constraints.to_crs(rest.crs).geometry.to_numpy()
    on = len(np.unique(shapely.STRtree(ground).query(places, predicate="intersects")[0]))
    zh = f"{len(rest)} 个要素是点或线，没有面积；其中 {on} 个位于约束图层之上。"
    return [
        Text(zh, f"{len(rest)} features are points or lines without area; {on} of them lie on the constraints.")
    ]


def overlap(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """What of a layer lies on constraint polygons (roles part, constraints); ground counts once in the value."""
    part, constraints = gathered.roles["part"], gathered.roles["constraints"]
    steps.begin(1)
    areal = shapely.get_dimensions(part.frame.geometry.to_numpy()) == 2
    if not areal.any():
        raise BadRule(what="overlap: part", found=part.use.layer, known="polygon layers / 面图层")
    polygons = part.frame[areal]
    found = geo.constraint_overlap(polygons, constraints.frame).sort_values("overlap_m2", ascending=False)
    once = geo.tabulate(
        polygons.assign(_one="part"),
        constraints.frame.assign(_all="all"),
        class_field="_one",
        zone_field="_all",
        progress=steps.progress,
    )
    ground, naive = float(once.covered_m2.sum()), float(found["overlap_m2"].sum())
    value = ground / M2_PER[statistic.unit]
    text = measured(value, statistic.unit, statistic.decimals)
    notes = [*notes_of(once), *_without_area(part.frame[~areal], constraints.frame)]
    if naive - ground > 1e-9 * max(naive, 1.0):
        pairs = measured(naive / M2_PER[statistic.unit], statistic.unit, statistic.decimals)
        zh = f"各对重叠相加为 {pairs.zh}，地面只计一次为 {text.zh}。"
        notes.append(Text(zh, f"The pairs add up to {pairs.en}; ground counted once is {text.en}."))
    named = int(found["feature"].nunique())
    rows = [
        {
            "name": part.name(str(r.feature)),
            "other": constraints.name(str(r.constraint)),
            "share": 100 * float(r.share),
            **area_cells(float(r.overlap_m2)),
        }
        for r in found.head(_MOST_LISTED).itertuples()
    ]
    return Outcome(
        value=value,
        columns=(
            _NAME,
            Column("other", Text("约束要素", "Constraint")),
            *area_columns(),
            Column("share", Text("占该要素", "Share of the feature"), "%", 2),
        ),
        rows=tuple(rows),
        method=once.method,
        sentence=Text(
            f"{statistic.label.zh}：{named} 个要素与{constraints.use.label.zh}重叠，共 {text.zh}。",
            f"{statistic.label.en}: {named} features overlap {constraints.use.label.en}, {text.en} in all.",
        ),
        caveats=tuple(notes),
        evidence=found[["feature", "constraint", "overlap_m2", "geometry"]],
        contributions=tuple(
            Contribution(
                part.use.layer,
                str(r.feature),
                part.name(str(r.feature)),
                float(r.overlap_m2),
                "m2",
                float(r.share),
            )
            for r in found.head(_MOST_LISTED).itertuples()
        ),
    )
