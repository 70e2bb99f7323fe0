"""Ground of a part over ground of the whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import shapely

import geo
from geo.errors import BadRule
from geo.parallel import UNWATCHED, Watch
from geo.text import Text, number_text, spaced_zh
from layers.figures.figure import Column
from layers.figures.functions.contributions import largest_contributions
from layers.figures.functions.entry import Function, Slot
from layers.figures.functions.possible import least_of
from layers.figures.inputs import Gathered, Role, chosen_words
from layers.figures.outcome import DrawnRows, Outcome, area_cells, area_columns, notes_of, shown_as
from layers.figures.positions import moved_alike, worst_m
from layers.figures.presentation import ranged_value
from layers.figures.verification.second import on_plane
from layers.figures.verification.sql import Duck, Geos
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.progress import Steps
from layers.units import measured_text

_CLOSES = 1e-9  # what is less than this share of an area is nothing
_SHARE = Column("share", Text("占比", "Share"), "%", 2)


_UNKNOWN = say("row_may_belong")


def share(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Ground of a part over ground of the whole (roles part, whole), both as unions, never as naive sums.

    Ground whose class is not known may belong to the part, and to the whole: the share then is a range.

    Raises
    ------
    BadRule
        Another measure than area is asked for.
    """
    part, whole = gathered.roles["part"], gathered.roles["whole"]
    if statistic.measure != "area":
        raise BadRule(what="share", found=statistic.measure, known="area")
    steps.begin(1)
    inside = _inside(part.frame, whole.frame, geo.Watch(progress=steps.progress))
    covered, of = float(inside.covered_m2.sum()), inside.total_m2
    value = 100 * covered / of if of > 0 else None
    most, of_most, surely_there = covered, of, covered
    if part.undecided is not None or whole.undecided is not None:
        wide = _inside(part.possible, whole.possible)
        most, of_most = float(wide.covered_m2.sum()), wide.total_m2
        surely_there = float(_inside(part.possible, whole.frame).covered_m2.sum())
    unknown = most - covered > _CLOSES * of or of_most - of > _CLOSES * of
    rows: list[dict[str, Any]] = [
        {"kind": "part", "name": _named(part, statistic), "share": value, **area_cells(covered)}
    ]
    span = None
    if unknown and value is not None:
        # most where of what may be of the whole only that is which may be of the part
        span = (100 * covered / of_most, 100 * most / (of + most - surely_there))
        rows[0]["share"] = span[0]
        rows.append(
            {"kind": "unknown", "name": _UNKNOWN, "share": span[1] - span[0], **area_cells(most - covered)}
        )
    rows.append({"kind": "total", "name": _named(whole, statistic), "share": 100.0, **area_cells(of_most)})
    ends = least_of(value, span, part) if value != 100.0 and not whole.unplaced else span
    naive = float(inside.area_m2.sum())
    notes = list(notes_of(inside))
    if naive - covered > _CLOSES * max(naive, 1.0):
        notes.append(
            Text(
                f"简单相加为 {number_text(naive, 2)} 平方米，并集为 {number_text(covered, 2)} 平方米。",
                f"The naive sum is {number_text(naive, 2)} m2; the union is {number_text(covered, 2)} m2.",
            )
        )
    text = ranged_value(measured_text(value, "%", statistic.decimals), ends, "%", statistic.decimals)
    pieces = inside.pieces()
    return Outcome(
        value=value if span is None else span[0],
        columns=(Column("name", Text("范围", "Ground")), *area_columns(statistic.unit), _SHARE),
        rows=tuple(rows),
        presentation=shown_as(rows, "share", drawn=DrawnRows(kinds=("part", "unknown"), order="rows")),
        method=inside.method,
        sentence=Text(spaced_zh(f"{statistic.label.zh}为", text.zh, "。"), f"{statistic.label.en} is {text.en}."),
        caveats=tuple(notes),
        evidence=pieces,
        contributions=largest_contributions(pieces, part),
        span=ends,
    )


def _inside(part: gpd.GeoDataFrame, whole: gpd.GeoDataFrame, watch: Watch = UNWATCHED) -> geo.Tabulation:
    """Return the ground of a part inside the ground of a whole."""
    return geo.tabulate(
        part.assign(_one="part"),
        whole.assign(_all="whole"),
        class_field="_one",
        zone_field="_all",
        watch=watch,
    )


def _named(role: Role, statistic: Statistic) -> Text:
    """Return what the ground of a role is called: a chosen part as declared, else its layer and choice."""
    label, chosen = role.use.label, chosen_words(role)
    asked = statistic.inputs.get(role.use.role)
    if chosen.zh and asked is not None and asked.label is not None:
        return asked.label
    return Text(f"{label.zh}（{chosen.zh}）", f"{label.en} ({chosen.en})") if chosen.zh else label


def _share(_statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    roles = gathered.roles
    part, whole = on_plane(gathered, "part", "whole")
    may = replace(gathered, roles={**roles, "whole": replace(roles["whole"], frame=roles["whole"].possible)})
    of = other.union_area(on_plane(may, "part", "whole")[1])
    return 100 * other.union_cut(part, whole) / of if of else None


def _sway(_statistic: Statistic, gathered: Gathered, _metres: float) -> tuple[float | None, float | None]:
    """Return the shares when outlines are off by what they may be: less of a larger whole, more of a smaller."""
    part, whole = (shapely.union_all(shapes) for shapes in on_plane(gathered, "part", "whole"))
    roles = [gathered.roles[name] for name in ("part", "whole")]
    off, other = (worst_m(role, alike=moved_alike(*roles)) for role in roles)
    shares = []
    for sign in (-1, 1):
        ground, within = part.buffer(sign * off), whole.buffer(-sign * other)
        of = float(within.area)
        shares.append(min(100 * float(ground.intersection(within).area) / of, 100.0) if of else 100.0)
    return shares[0], shares[1]


FUNCTION = Function(
    id="share",
    order=20,
    name=Text("占比", "Share"),
    question=Text("一类用地占另一类的比例", "Share of one area in another"),
    slots=(
        Slot("part", Text("统计图层", "Layer"), ("polygon",), usual="classes"),
        Slot("whole", Text("总体图层", "Whole"), ("polygon",), drawn=True, usual="classes"),
    ),
    units={"": ("%",)},
    additive=Text("占比不可相加", "Shares do not add up"),
    compute=share,
    recompute=_share,
    sway=_sway,
    revision=6,
)
