"""Where lines cross."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import shapely

import geo
from geo.errors import BadRule
from geo.result import typed_rows
from geo.text import Text, count_words
from layers.figures.contribution import Contribution
from layers.figures.figure import Column
from layers.figures.functions.entry import Function, Slot
from layers.figures.functions.itself import is_itself
from layers.figures.functions.possible import least_of, span_with_all
from layers.figures.inputs import Gathered
from layers.figures.outcome import TOTAL, Outcome, shown_as
from layers.figures.verification.second import POLYGON, edges_as_written, on_plane
from layers.figures.verification.sql import Duck, Geos
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.progress import Steps

_MOST_LISTED = 500
_BORDER_M = 1e-3
_CORNER_M = 1e-6  # what goes no farther into a polygon passes by its corner: that much is rounding


_BLANK = Text("", "")
_NAME = Column("name", Text("要素", "Feature"))


_OTHER = Column("other", Text("参照要素", "Reference feature"))


class _Crossed(NamedTuple):
    line: str
    reference: str


def crossing(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Where lines cross reference lines or polygons (roles part, line); the value counts pairs that cross.

    Raises
    ------
    BadRule
        The part is not made of lines.
    """
    part, line = gathered.roles["part"], gathered.roles["line"]
    if not (shapely.get_dimensions(part.frame.geometry.to_numpy()) == 1).all():
        raise BadRule(what="crossing: part", found=part.use.layer, known="line layers / 线图层")
    steps.begin(1)
    found = geo.find_crossings(part.frame, line.frame)
    if is_itself(part, line):
        once = _each_pair_once(zip(found["line"], found["reference"], strict=True))
        found = found[np.array(once, dtype=bool)]
    lengths = geo.length_m(found) if len(found) else np.zeros(0)
    through = (lengths == 0.0) | (lengths > _CORNER_M)
    found, lengths = found[through], lengths[through]
    value = float(len(found))
    places = shapely.get_num_geometries(found.geometry.to_numpy())
    rows = [
        {
            "kind": "part",
            "name": part.name(str(r.line)),
            "other": line.name(str(r.reference)),
            "places": float(n),
            "length_m": m,
        }
        for r, n, m in zip(typed_rows(found, _Crossed), places.tolist(), lengths.tolist(), strict=True)
    ]
    total = {
        "kind": "total",
        "name": TOTAL,
        "other": _BLANK,
        "pairs": value,
        "places": float(places.sum()),
        "length_m": float(lengths.sum()),
    }
    listed = rows[:_MOST_LISTED]
    span = span_with_all(crossing, statistic, gathered, value)
    may: list[dict[str, Any]] = []
    told = count_words(int(value), "pair crosses", "pairs cross")
    if span is not None:
        may = [{"kind": "unknown", "name": say("row_may_belong"), "other": _BLANK, "pairs": span[1] - value}]
        told = f"{value:g} to {span[1]:g} pairs cross"
    pairs_zh = f"{value:g}" if span is None else f"{value:g} 至 {span[1]:g}"
    bounds = least_of(value, span, part, line)
    if bounds is not None and bounds[1] is None:
        pairs_zh, told = f"至少 {value:g}", f"at least {value:g} pairs cross"
    return Outcome(
        value=value,
        columns=(
            _NAME,
            _OTHER,
            Column("pairs", Text("对数", "Pairs"), "", 0),
            Column("places", Text("处数", "Places"), "", 0),
            Column("length_m", Text("穿过长度", "Length inside"), "m", 1),
        ),
        rows=(*listed, *may, total),
        span=bounds,
        presentation=shown_as(listed, "pairs", chart="places", names=("name", "other")),
        method=Text(
            "线在中途与另一线的中途相交于一点（相触也计），或穿入又穿出一个面，才算交叉；端点相接或重合不算。",
            "A line crosses where it meets another in a point, both between their ends (a touch too), or goes "
            "into and out of a polygon; meeting at an end or running along is no crossing.",
        ),
        sentence=Text(
            f"{statistic.label.zh}：{pairs_zh} 对要素交叉，共 {places.sum():g} 处。",
            f"{statistic.label.en}: {told}, in {count_words(int(places.sum()), 'place', 'places')}.",
        ),
        evidence=found,
        contributions=tuple(
            Contribution(part.use.layer, str(r.line), part.name(str(r.line)), float(n), "count", None)
            for r, n in zip(typed_rows(found.head(_MOST_LISTED), _Crossed), places.tolist(), strict=False)
        ),
    )


def _each_pair_once(pairs: Iterable[tuple[object, object]]) -> list[bool]:
    """Tell which pairs of features of one layer are no earlier one the other way round."""
    seen: set[tuple[object, object]] = set()
    out = []
    for one, other in pairs:
        out.append((other, one) not in seen)
        seen.add((one, other))
    return out


def _crossing(_statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    part, line = on_plane(gathered, "part", "line")
    written = [edges_as_written(gathered.roles[name].frame) for name in ("part", "line")]
    areal = shapely.get_dimensions(line) == POLYGON
    if not areal.any() and written[0].crs == written[1].crs:  # what runs along, or only meets, does so there alone
        part, line = (list(one) for one in written)
    pairs = other.crossing(part, line)
    if areal.any():  # what runs along a border goes in and out of it by less than the plane is true
        smaller, larger = (shapely.buffer(line, by) for by in (-_BORDER_M, _BORDER_M))
        deep = other.crossing(part, list(smaller)) & other.crossing(part, list(larger))
        pairs = {(i, j) for i, j in pairs if not areal[j] or (i, j) in deep}
    ids = [[str(key) for key in gathered.roles[name].frame.index] for name in ("part", "line")]
    named = {(ids[0][i], ids[1][j]) for i, j in pairs}
    if not is_itself(gathered.roles["part"], gathered.roles["line"]):
        return float(len(pairs))
    return float(sum(_each_pair_once(sorted(named))))


FUNCTION = Function(
    id="crossing",
    order=60,
    name=Text("交叉", "Crossings"),
    question=Text("线与参照图层的交叉", "Where lines cross"),
    slots=(
        Slot("part", Text("统计图层", "Layer"), ("line",)),
        Slot("line", Text("参照图层", "Reference layer"), ("line", "polygon")),
    ),
    units={"": ("count",)},
    additive=Text("处数与长度可相加", "Places and lengths add up"),
    decimals=0,
    compute=crossing,
    recompute=_crossing,
    revision=4,
)
