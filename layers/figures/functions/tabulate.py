"""Area by class and zone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np

import geo
from geo.arrays import Floats
from geo.measure.area import M2_PER
from geo.overlay.tabulation import table_caveats
from geo.result import text_labels
from geo.text import Text, number_text, spaced_zh
from layers.figures.figure import Column, RowKind
from layers.figures.functions.contributions import largest_contributions
from layers.figures.functions.entry import AREAS, Cell, Function, Option, Slot
from layers.figures.functions.groups import coded_values
from layers.figures.functions.leeway import OUTSIDE_ALL, ClassLeeway, between_columns, class_leeway, either_side
from layers.figures.functions.possible import span_with_all
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import (
    LAND,
    TOTAL,
    WATER,
    ZONE,
    DrawnRows,
    Outcome,
    area_cells,
    area_column,
    area_columns,
    notes_of,
    raw_if_nothing,
    shown_as,
)
from layers.figures.presentation import ranged_value
from layers.figures.verification.second import on_plane
from layers.figures.verification.sql import Duck, Geos
from layers.messages import say
from layers.plan.catalog import Field
from layers.plan.statistics import Statistic
from layers.plan.unstated import is_unstated
from layers.progress import Steps
from layers.units import measured_text

_SHARE = Column("share", Text("占比", "Share"), "%", 2)
_CLOSES = 1e-9  # what is less than this share of an area is nothing
_SWING = "swing"  # of a row while it is made: by how much (m2) it may be less and more
_WHOLE = "*"  # the class of a layer without classes
_ALL, _OUTSIDE = Text("全部分区", "all zones"), Text("分区之外", "outside the zones")
_UNCLASSIFIED, _TWICE = Text("未分类", "unclassified"), Text("重叠（减）", "overlap (subtracted)")
_UNKNOWN = Text("其中未知", "of which unknown")
_SUMMED = Text("各分区相加（重叠部分重复计入）", "zones added up (what overlaps counts again)")


@dataclass(frozen=True)
class _Block:
    """The areas (m2) of one zone, or of all zones together: by class, on no parcel, counted twice.

    ``ends`` says by how much they may be less or more when positions are off; None where they are sure.
    """

    zone: Text
    whole: float
    by_class: tuple[tuple[str | None, float, float], ...]  # class, sum of its pieces, ground they cover
    rest: float
    twice: float
    ends: ClassLeeway | None


def answer_tabulate(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Area per class and zone (roles classes, zones); the value is the ground of all zones, each point once."""
    classes, zones = gathered.roles["classes"], gathered.roles["zones"]
    field = statistic.by or (classes.layer.class_field if classes.layer and classes.layer.class_field else "")
    frame = classes.frame if field else classes.frame.assign(_one=_WHOLE)
    found = geo.tabulate(frame, zones.frame, class_field=field or "_one", watch=geo.Watch(progress=steps.progress))
    once, held, shared = found, found, found.zone_overlap_m2
    if shared > _CLOSES * found.total_m2:
        once = geo.tabulate(frame, zones.frame.assign(_all="all"), class_field=field or "_one", zone_field="_all")
        held = replace(found, caveats=tuple(table_caveats(once.classes, once.area_m2, once.overlap_m2, shared)))
    names = _Names.of(classes, field, gathered)
    ends = class_leeway(classes, zones, text_labels(frame, field or "_one", where="classes"))
    blocks = [_block(found, [z], zones.name(one), ends.get(one)) for z, one in enumerate(found.zones)]
    rows = [row for block in blocks for row in _zone_rows(block, names)]
    if len(blocks) > 1:
        blocks.append(_block(once, list(range(len(once.zones))), _ALL, ends.get(OUTSIDE_ALL)))
        rows += _zone_rows(blocks[-1], names)
    last = blocks[-1]
    if once is not found:
        rows.append({"kind": "of_which", "zone": _ALL, "class": "", "name": _SUMMED, **area_cells(found.total_m2)})
    outside = _outside_m2(once) if zones.layer is not None else 0.0
    if outside > 0.0:
        told = {"kind": "rest", "zone": _OUTSIDE, "class": "", "name": classes.use.label, **area_cells(outside)}
        rows.append({**told, **_turned(last.ends)})
    rows += _may_belong(classes, zones, blocks)
    rows = [_between(row, M2_PER[statistic.unit]) for row in rows]
    value = last.whole / M2_PER[statistic.unit]
    span = span_with_all(answer_tabulate, statistic, _of_zones(gathered), value)
    column = area_column(statistic.unit)
    drawn = DrawnRows(among=lambda row: row["zone"] is last.zone)
    shown = shown_as(rows, column, chart=_compared(last, column), drawn=drawn, names=("name",))
    pieces = found.pieces()
    return Outcome(
        value=value,
        columns=(
            ZONE,
            Column("class", Text("代码", "Code")),
            Column("name", Text("类别", "Class")),
            *area_columns(statistic.unit),
            *between_columns(ends, statistic.unit, 1 if statistic.unit == "mu" else 2),
            _SHARE,
        ),
        rows=tuple(rows),
        presentation=shown,
        method=found.method,
        sentence=_sentence(statistic, found, last, rows, span),
        caveats=(*_caveats(held, last, names, statistic), *either_side(ends, classes)),
        evidence=pieces,
        contributions=largest_contributions(pieces, classes),
        span=span,
    )


def _of_zones(gathered: Gathered) -> Gathered:
    """Return the layers of a question with nothing open but zones: the value is their ground."""
    classes = replace(gathered.roles["classes"], undecided=None, open=None)
    return replace(gathered, roles={**gathered.roles, "classes": classes})


def _may_belong(classes: Role, zones: Role, blocks: list[_Block]) -> list[dict[str, Any]]:
    """Return the rows of ground that may belong to what is tabulated, of what stands as unclassified, by zone."""
    if classes.undecided is None:
        return []
    sure, possible = (
        _covered(one, zones.frame, several=len(blocks) > 1) for one in (classes.frame, classes.possible)
    )
    rows = []
    for block, more in zip(blocks, (possible - sure).tolist(), strict=True):
        if more > _CLOSES * block.whole:
            told = {"kind": "of_which", "zone": block.zone, "class": "", "name": say("row_may_belong")}
            rows.append({**told, **area_cells(more), "share": 100 * more / block.whole})
    return rows


def _covered(parcels: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, *, several: bool) -> Floats:
    """Return the ground that parcels cover in each zone (m2), and behind it that in all where they are several."""
    one = parcels.assign(_one=_WHOLE)
    covered: Floats = geo.tabulate(one, zones, class_field="_one").covered_m2
    if not several:
        return covered
    every = geo.tabulate(one, zones.assign(_all="all"), class_field="_one", zone_field="_all")
    return np.concatenate([covered, every.covered_m2])


@dataclass(frozen=True)
class _Names:
    """What classes are called; a code that the layer's scheme does not have is told as such."""

    field: Field
    scheme: str
    known: Mapping[str, Text]
    surfaces: Mapping[str, str]

    @classmethod
    def of(cls, role: Role, field: str, gathered: Gathered) -> _Names:
        coded = coded_values(role, field)
        coded = coded if field else {_WHOLE: role.use.label}
        of_scheme = role.layer is not None and field == role.layer.class_field and bool(role.layer.scheme)
        named = {code: one.name for code, one in gathered.classes.items()} if of_scheme else {}
        surfaces = {code: one.surface for code, one in gathered.classes.items()} if of_scheme else {}
        scheme = role.layer.scheme if role.layer is not None and named else ""
        return cls(role.field(field), scheme, {**coded, **named}, surfaces)

    def told(self, code: str | None) -> tuple[RowKind, Text]:
        """Return what a class is to the others, and its name."""
        if code is None:
            return "unknown", Text("未注明", "not stated")
        name = self.known.get(code)
        if is_unstated(code, self.field):
            return "unknown", name or Text(code, code)
        if name is None and self.scheme:
            return "unknown", Text(f"{code}（不在分类方案内）", f"{code} (not in the scheme)")
        return "part", name or Text(code, code)


def _block(found: geo.Tabulation, at: list[int], zone: Text, ends: ClassLeeway | None) -> _Block:
    """Return some zones of a table as one; they must not overlap."""
    area, union = found.area_m2[:, at].sum(axis=1), found.union_m2[:, at].sum(axis=1)
    near = {} if ends is None else ends.by_class
    here = [c for c, code in enumerate(found.classes) if area[c] > 0 or code in near]
    return _Block(
        zone,
        float(found.zone_area_m2[at].sum()),
        tuple((found.classes[c], float(area[c]), float(union[c])) for c in here),
        float(found.unclassified_m2[at].sum()),
        float(found.overlap_m2[at].sum()),
        ends,
    )


def _zone_rows(block: _Block, names: _Names) -> list[dict[str, Any]]:
    """Return a zone's rows: shown areas and shares add up to the shown total; ``m2`` keeps the raw value."""
    parts: list[tuple[RowKind, str, Text, float, float]] = [
        (*_kind_code(names, code), names.told(code)[1], area, union) for code, area, union in block.by_class
    ]
    parts.append(("rest", "", _UNCLASSIFIED, block.rest, block.rest))
    if block.twice > _CLOSES * block.whole:
        parts.append(("rest", "", _TWICE, -block.twice, 0.0))
    raw = [m2 for *_, m2, _ in parts]
    swings = (
        []
        if block.ends is None
        else [*(block.ends.by_class.get(code, (0.0, 0.0)) for code, *_ in block.by_class), block.ends.bare]
    )
    shown = {
        unit: geo.balance_parts(
            [m2 / M2_PER[unit] for m2 in raw], decimals=digits, total=block.whole / M2_PER[unit]
        )
        for unit, digits in (("ha", 2), ("mu", 1))
    }
    ground = [100 * union / block.whole for *_, union in parts]
    shares = (
        ground
        if block.twice > _CLOSES * block.whole
        else [float(x) for x in geo.balance_parts(ground, decimals=2, total=100.0)]
    )
    rows: list[dict[str, Any]] = [
        {
            "kind": kind,
            "zone": block.zone,
            "class": code,
            "name": name,
            **{unit: raw_if_nothing(float(shown[unit][at]), m2 / M2_PER[unit]) for unit in shown},
            "km2": m2 / M2_PER["km2"],
            "m2": m2,
            "share": raw_if_nothing(shares[at], ground[at]),
            **({_SWING: swings[at]} if at < len(swings) else {}),
        }
        for at, (kind, code, name, m2, _) in enumerate(parts)
    ]
    total = {unit: raw_if_nothing(float(sum(shown[unit])), block.whole / M2_PER[unit]) for unit in shown}
    whole = {**total, "km2": block.whole / M2_PER["km2"], "m2": block.whole, "share": 100.0}
    return [
        *rows,
        {"kind": "total", "zone": block.zone, "class": "", "name": TOTAL, **whole},
        *_of_which(rows, names, block),
    ]


def _kind_code(names: _Names, code: str | None) -> tuple[RowKind, str]:
    return names.told(code)[0], "" if code in (None, _WHOLE) else str(code)


def _of_which(rows: list[dict[str, Any]], names: _Names, block: _Block) -> list[dict[str, Any]]:
    """Return land and water apart, where the scheme tells them apart, and what is unknown; sums of shown rows."""
    parts: list[tuple[Text, list[dict[str, Any]]]] = [
        (name, [row for row in rows if row["kind"] == "part" and names.surfaces.get(row["class"]) == surface])
        for surface, name in (("land", LAND), ("water", WATER))
    ]
    parts.append((_UNKNOWN, [row for row in rows if row["kind"] == "unknown"]))
    out: list[dict[str, Any]] = []
    for name, mine in parts:
        if mine:
            summed = {unit: float(sum(row[unit] for row in mine)) for unit in ("ha", "mu", "km2", "m2", "share")}
            swing = (
                {}
                if block.ends is None
                else {_SWING: tuple(map(sum, zip(*(row[_SWING] for row in mine), strict=True)))}
            )
            out.append({"kind": "of_which", "zone": block.zone, "class": "", "name": name, **summed, **swing})
    return out


def _turned(ends: ClassLeeway | None) -> dict[str, Any]:
    """Return by how much what lies outside may be less or more: what zones have more of is less of it."""
    if ends is None:
        return {}
    return {_SWING: tuple(sum(swing[at] for swing in ends.by_class.values()) for at in (1, 0))}


def _between(row: dict[str, Any], per: float) -> dict[str, Any]:
    """Return a row that says between what its area lies, where it may be less or more."""
    swing = row.pop(_SWING, None)
    if swing is None:
        return row
    return {**row, "least": max(0.0, row["m2"] - swing[0]) / per, "most": (row["m2"] + swing[1]) / per}


def _outside_m2(found: geo.Tabulation) -> float:
    """Return the area of parcels that lies in no zone; what is less than a part in 10^9 is nothing."""
    cut = found.overlay
    whole = float(cut.parcel_area_m2.sum())
    outside = whole - float(cut.area_m2.sum())
    return outside if outside > _CLOSES * whole else 0.0


def _sentence(
    statistic: Statistic,
    found: geo.Tabulation,
    last: _Block,
    rows: list[dict[str, Any]],
    span: tuple[float, float] | None,
) -> Text:
    """Return the ground, its largest class, and what is unknown or counted again: numbers of the table."""
    column, unit, decimals = area_column(statistic.unit), statistic.unit, statistic.decimals
    mine = [row for row in rows if row["zone"] is last.zone]
    total = measured_text(last.whole / M2_PER[unit], unit, decimals)
    whole = ranged_value(total, span, unit, decimals)
    zh, en = spaced_zh(f"{statistic.label.zh}：共", whole.zh), f"{statistic.label.en}: {whole.en} in all"
    parts = [row for row in mine if row["kind"] == "part"]
    if parts and any(row["class"] for row in parts):
        by = _compared(last, column)
        lead = max(parts, key=lambda row: float(row[by]))
        share = number_text(lead["share"], 2)
        zh = spaced_zh(f"{zh}，面积最大的类别是", f"{lead['name'].zh}，占 {share}%")
        en += f"; the largest class is {lead['name'].en} with {share}%"
    unknown = next((row for row in mine if row["name"] is _UNKNOWN), None)
    if unknown is not None:
        share = number_text(unknown["share"], 2)
        zh, en = f"{zh}；类别未知的占 {share}%", f"{en}; the class of {share}% is unknown"
    summed = measured_text(found.total_m2 / M2_PER[unit], unit, decimals)
    if summed != total and any(row["name"] is _SUMMED for row in mine):
        zh += f"；各分区相加为 {summed.zh}（重叠部分重复计入）"
        en += f"; the zones add up to {summed.en}, which counts what overlaps again"
    return Text(f"{zh}。", f"{en}.")


def _compared(block: _Block, column: str) -> str:
    """Return the column classes are compared by: where parcels overlap the share, which counts ground once."""
    return "share" if block.twice > _CLOSES * block.whole else column


def _caveats(found: geo.Tabulation, last: _Block, names: _Names, statistic: Statistic) -> list[Text]:
    """Return what to beware of, codes outside the scheme by name and area."""
    notes = list(notes_of(found))
    for code, area, _ in last.by_class:
        if code is not None and names.scheme and names.told(code)[0] == "unknown":
            size = measured_text(area / M2_PER[statistic.unit], statistic.unit, statistic.decimals)
            meant = next((one for one in names.known if one != code and one.lstrip("0") == code.lstrip("0")), "")
            zh = f"代码“{code}”不在分类方案 {names.scheme} 内：{size.zh}，计为未知"
            en = f"The code “{code}” is not in the scheme {names.scheme}: {size.en}, unknown"
            if meant:
                zh, en = (
                    f"{zh}（方案中有 {meant}：可能丢了开头的 0）",
                    f"{en} ({meant} is: it may have lost its 0)",
                )
            notes.append(Text(f"{zh}。", f"{en}."))
    return notes


def _tabulate(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> float | None:
    (zones,) = on_plane(gathered, "zones")
    return other.union_area(zones) / M2_PER.get(statistic.unit, 1.0)


def _by_class(statistic: Statistic, gathered: Gathered, other: Duck | Geos) -> dict[Cell, float]:
    classes, zones = gathered.roles["classes"], gathered.roles["zones"]
    field = statistic.by or (classes.layer.class_field if classes.layer else "")
    if not field or classes.frame[field].isna().any():
        return {}
    shapes, areas = on_plane(gathered, "classes", "zones")
    kinds = [str(kind) for kind in classes.frame[field]]
    names = [zones.name(str(zone)).zh for zone in zones.frame.index]
    out: dict[Cell, float] = defaultdict(float)
    for (one, zone), area in other.cut(shapes, areas).items():
        if area > 0.0:
            out[Cell("m2", (("zone", names[zone]), ("class", kinds[one])))] += area
    return dict(out)


FUNCTION = Function(
    id="tabulate",
    order=10,
    name=Text("各分区各类面积", "Area by class and zone"),
    question=Text("各分区各类面积", "Area by class and zone"),
    slots=(
        Slot("classes", Text("统计图层", "Layer to tabulate"), ("polygon",), usual="classes"),
        Slot("zones", Text("分区", "Zones"), ("polygon",), drawn=True, usual="zones"),
    ),
    options=(
        Option("by", Text("类别字段", "Class field"), "field", role="classes", measures=("code",), finer=True),
    ),
    units={"": AREAS},
    additive=Text(
        "同一分区内各行之和等于合计；分区重叠时各分区合计不可相加",
        "Rows of a zone add up to its total; totals of zones that overlap do not add up",
    ),
    compute=answer_tabulate,
    recompute=_tabulate,
    recount=_by_class,
    revision=9,
)
