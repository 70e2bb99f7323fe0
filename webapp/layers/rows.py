"""A layer as a table and as a chart: rows that meet the conditions, page by page, their totals, their spread."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from flask import Blueprint, Response, request

from layers.errors import BadParameter, OverLimit
from layers.features.columns import Content
from layers.features.filters import NAME, fields_of
from layers.features.query import FilterCondition
from layers.features.snapshot import Features, Snapshot
from layers.library.conditions import ToldCondition, read_conditions, select_and_tell, with_class_names
from layers.library.distribution import commonest_currency, distribution_of
from layers.library.drawn_area import DRAWN_AREA, asks_drawn_area, measured_layer, properties_with_area
from layers.library.library import Library
from layers.library.ordering import TableRows, order_rows, shown_values
from layers.plan.catalog import Field, Layer
from layers.plan.field_lists import read_fields
from layers.plan.measures import usage_of
from layers.plan.schedule import usual_day
from webapp.accounts.links import AS_OF, read_moment
from webapp.accounts.rights import sees_restricted
from webapp.http.answers import json_answer
from webapp.http.endpoints import Operation, Parameter, declare_operation
from webapp.http.language import current_language
from webapp.layers.timing import WHEN, read_when
from webapp.state import current_library, current_settings, leaving_library

blueprint = Blueprint("rows", __name__)
_LAYER = Parameter("layer", "图层编号", "layer id", path=True, example="projects")
_WHERE = Parameter("where", "筛选，可重复（且）", "filter; repeat for AND", many=True, example="position=exact")
_KEPT = 12  # tables whose order is held, for the pages that follow


@dataclass(frozen=True)
class _Asked:
    """A layer with what is asked of it, read against the plan as it was."""

    shown: Library
    layer: Layer
    snapshot: Snapshot
    conditions: tuple[FilterCondition, ...]
    when: str


@dataclass(frozen=True)
class _Held:
    rows: TableRows
    conditions: list[ToldCondition]
    placed: int
    shared: frozenset[str]  # names that several features have


class _HeldTables:
    """Tables in order, the last asked for: the pages of one come from one sorting."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[object, ...], _Held] = OrderedDict()

    def found(self, key: tuple[object, ...]) -> _Held | None:
        """Return what is held under a key."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: tuple[object, ...], held: _Held) -> None:
        """Hold a table, letting go of the one longest unasked."""
        with self._lock:
            self._held[key] = held
            while len(self._held) > _KEPT:
                self._held.popitem(last=False)


_TABLES = _HeldTables()


def _asked(layer: str) -> _Asked:
    declared = current_library().layer(layer, restricted=sees_restricted())
    written, most = request.args.getlist("where"), current_settings().number("max_filters")
    if len(written) > most:
        raise OverLimit(limit="where", seen=len(written), most=most, setting="max_filters")
    when = read_when()
    shown: Library = leaving_library().as_of(read_moment()).at_time(when)
    conditions = read_conditions(shown, declared, written, restricted=sees_restricted())
    return _Asked(shown, with_class_names(shown, declared), shown.snapshot(declared), conditions, when)


def _told(conditions: Sequence[ToldCondition]) -> list[dict[str, Any]]:
    return [
        {**one, "words": asdict(one["words"]), "currencies": [asdict(each) for each in one["currencies"]]}
        for one in conditions
    ]


@blueprint.get("/api/layers/<layer>/rows")
@declare_operation(
    Operation(
        "图层的表格行：筛选、排序、分组、合计，分页",
        "A layer's rows as a table: filtered, sorted, grouped, with totals, a page at a time",
        "features",
        schema="TableRows",
        parameters=(
            _LAYER,
            _WHERE,
            Parameter(
                "sort", "排序字段，逗号分隔，- 为降序", "fields to sort by, - for downwards", example="-land_mu"
            ),
            Parameter("group", "分组字段", "field to group by", example="category"),
            Parameter("columns", "列，逗号分隔；不写为全部", "columns with commas; all if not said", example=NAME),
            Parameter("offset", "从第几行起", "first row", {"type": "integer", "minimum": 0}, example=0),
            Parameter("limit", "最多行数", "most rows", {"type": "integer", "minimum": 0}, example=50),
            Parameter("feature", "要素编号，告知其所在行", "a feature whose row is to be told", example="p-06"),
            AS_OF,
            WHEN,
        ),
        errors=(400, 404, 413, 503),
    )
)
def table_rows(layer: str) -> Response:
    """Rows with their cells in the order of ``columns``; totals, groups and who is left out are of all rows.

    Raises
    ------
    OverLimit
        More rows are asked for than one answer holds.
    """
    asked = _asked(layer)
    most = current_settings().number("max_rows")
    offset, limit = _count("offset", "0"), _count("limit", str(min(100, most)))
    if limit > most:
        raise OverLimit(limit="limit", seen=limit, most=most, setting="max_rows")
    columns, asked = _columns(asked)
    held = _ordered(asked, sort=request.args.get("sort", ""), group=request.args.get("group", ""))
    page = held.rows.features[offset : offset + limit]
    cells = [shown_values(page, asked.layer, name) for name in columns]
    if NAME in columns and held.shared:
        at = columns.index(NAME)
        cells[at] = [
            _told_apart(name, str(key), held.shared) for name, key in zip(cells[at], page.ids, strict=True)
        ]
    placed = ~asked.snapshot.content.missing[page.positions]
    rows = [
        {"id": str(key), "placed": bool(placed[at]), "cells": [column[at] for column in cells]}
        for at, key in enumerate(page.ids)
    ]
    return json_answer(
        {
            "layer": asked.layer.id,
            "version": asked.snapshot.version,
            "number": asked.snapshot.number,
            "count": len(asked.snapshot.features),
            "matched": len(held.rows.features),
            "placed": held.placed,
            "offset": offset,
            "found": _found(asked.snapshot, held.rows, request.args.get("feature", "")),
            "columns": columns,
            "rows": rows,
            "totals": [asdict(one) for one in held.rows.totals],
            "groups": [asdict(one) for one in held.rows.groups],
            "conditions": _told(held.conditions),
        }
    )


def _found(snapshot: Snapshot, rows: TableRows, feature: str) -> int | None:
    """Return the row a feature stands in; None where it is not among them."""
    position = snapshot.position(feature) if feature else None
    if position is None:
        return None
    at = np.flatnonzero(rows.features.positions == position)
    return int(at[0]) if len(at) else None


def _ordered(asked: _Asked, *, sort: str, group: str) -> _Held:
    snapshot, conditions = asked.snapshot, asked.conditions
    key = (
        repr(asked.layer),  # its measures may be said anew
        snapshot.token,
        asked.when or usual_day(current_library().catalog.plan),
        tuple((one.text, one.rests_on and one.rests_on.version) for one in conditions),
        sort,
        group,
        current_language(),
    )
    held = _TABLES.found(key)
    if held is None:
        chosen, told = select_and_tell(snapshot, conditions)
        if any(one.id == DRAWN_AREA for one in asked.layer.fields):  # held without the shapes it comes from
            shapes = np.full(len(snapshot.content), None, dtype=object)
            table = properties_with_area(asked.shown, snapshot)
            chosen = Features(Content(snapshot.content.ids, shapes, table), chosen.positions)
        rows = order_rows(chosen, asked.layer, sort=sort, group=group, language=current_language())
        placed = int(np.count_nonzero(~snapshot.content.missing[chosen.positions]))
        held = _Held(rows, told, placed, _shared_names(chosen, asked.layer))
        _TABLES.put(key, held)
    return held


def _shared_names(features: Features, layer: Layer) -> frozenset[str]:
    """Return the names that several features have: parcels are called by their class."""
    count = Counter(name["zh"] for name in shown_values(features, layer, NAME))
    return frozenset(name for name, times in count.items() if times > 1)


def _told_apart(name: dict[str, str], key: str, shared: frozenset[str]) -> dict[str, str]:
    """Return a name with the feature's id where others are called so too."""
    if name["zh"] not in shared:
        return name
    return {lang: words if words == key else f"{words} · {key}" for lang, words in name.items()}


def _columns(asked: _Asked) -> tuple[list[str], _Asked]:
    """Return the columns, and what is asked with the area as drawn among the fields where it is one of them."""
    said = request.args.get("columns")
    if said is None:
        return [NAME, *(one.id for one in asked.layer.fields)], asked
    wanted = list(dict.fromkeys(read_fields(said)))
    if asks_drawn_area(wanted, request.args.get("sort", "")):
        asked = replace(asked, layer=measured_layer(asked.layer))
    known = fields_of(asked.layer)
    for one in wanted:
        _known("columns", one, known)
    return wanted, asked


def _known(name: str, wanted: str, known: dict[str, Field]) -> Field:
    if wanted not in known:
        words = ", ".join(known)
        raise BadParameter(
            name=name,
            why_zh=f"没有字段 {wanted[:40]}；可用：{words}",
            why_en=f"there is no field {wanted[:40]}; known: {words}",
        )
    return known[wanted]


def _count(name: str, usual: str) -> int:
    text = request.args.get(name, usual)
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadParameter(name=name, why_zh="应为非负整数", why_en="a whole number from 0 on is expected")
    return int(text)


@blueprint.get("/api/layers/<layer>/distribution")
@declare_operation(
    Operation(
        "字段取值的分布：分类、年月或数值区间，可附合计",
        "How a field is spread: classes, years or months, ranges of numbers, with sums if asked",
        "features",
        schema="Distribution",
        parameters=(
            _LAYER,
            _WHERE,
            Parameter("field", "字段", "field", example="category"),
            Parameter("measure", "相加的字段，不写只计数", "field to add up; only counted if not said"),
            AS_OF,
            WHEN,
        ),
        errors=(400, 404, 413, 503),
    )
)
def distribution(layer: str) -> Response:
    """The bars of a chart, each with the condition it stands for, and the question that asks for the same.

    Raises
    ------
    BadParameter
        The field is not there, or the measure may not be added up.
    """
    asked = _asked(layer)
    known = fields_of(asked.layer)
    field = _known("field", request.args.get("field", ""), known)
    measure = _measure(asked.layer, known, request.args.get("measure", ""))
    chosen, told = select_and_tell(asked.snapshot, asked.conditions)
    found = distribution_of(chosen, asked.layer, field, measure=measure)
    return json_answer(
        {
            "layer": asked.layer.id,
            "field": field.id,
            "measure": measure.id if measure else "",
            "currency": commonest_currency(found.bars),
            "form": found.form,
            "count": len(asked.snapshot.features),
            "matched": len(chosen),
            "bars": [asdict(one) for one in found.bars],
            "conditions": _told(told),
            "question": _question(asked, field, measure),
        }
    )


def _measure(layer: Layer, known: dict[str, Field], wanted: str) -> Field | None:
    if not wanted:
        return None
    field = _known("measure", wanted, known)
    if field.type not in ("number", "integer") or usage_of(field, layer).measure not in ("additive", "money"):
        raise BadParameter(name="measure", why_zh="此字段不能相加", why_en="this field cannot be added up")
    return field


def _question(asked: _Asked, field: Field, measure: Field | None) -> dict[str, Any] | None:
    """Return the question whose figure is the chart's; None where no function tells it apart."""
    if field.type not in ("code", "date"):
        return None
    where = [one.text for one in asked.conditions]
    items: dict[str, object] = {"layer": asked.layer.id} | ({"where": where} if where else {})
    told: dict[str, Any] = {"inputs": {"items": items | ({"when": asked.when} if asked.when else {})}}
    if measure is None:
        return told | {"function": "count", "by": field.id, "unit": "count"}
    return told | {"function": "sum", "by": field.id, "field": measure.id, "unit": measure.unit}
