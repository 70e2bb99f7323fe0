"""A layer's table in a briefing, as it was seen under the map: its filters, order, groups and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from briefings.map.fonts import drawable_text
from briefings.messages import say
from briefings.resolve.blocks import BriefingSection, Table
from briefings.resolve.tables import without_empty_columns
from geo.text import Text
from layers.features.field_values import shown_number, shown_value
from layers.features.filters import fields_of
from layers.features.timed import dated_fields
from layers.library.conditions import left_out_words, read_conditions, select_and_tell, with_class_names, words_of
from layers.library.drawn_area import asks_drawn_area, measured_layer, with_drawn_area
from layers.library.library import Library
from layers.library.ordering import RowGroup, TableRows, Total, order_rows, shown_values
from layers.plan.catalog import Field, Layer
from layers.plan.field_lists import read_fields
from layers.plan.measures import usage_of
from layers.plan.views import read_view
from layers.units import unit_name

MOST_ROWS = 200  # of one table in a document; a file of the layer has all
_USUAL = 8  # columns where none are named


@dataclass(frozen=True)
class _Seen:
    """What the address says of a table: layer, order, columns and groups."""

    layer: str
    sort: str
    columns: tuple[str, ...]
    group: str


def table_section(library: Library, state: str, language: str) -> BriefingSection:
    """Return the table that a map's address names, as a section.

    Parameters
    ----------
    library
        The plan on one state of its data.
    state
        What the address says after ``#``: of the table layer, order, columns and groups, and the filters.
    language
        ``zh`` or ``en``.

    Raises
    ------
    UnknownLayer, LayerUnavailable
        The layer is not there, or may not be seen by all.
    BadFilter, BadParameter
        A field it names is not there.
    """
    view = read_view(state)
    library = library.as_of(view.date) if view.date else library
    library = library.at_time(view.when) if view.when else library
    parts = [*view.table.split(";"), "", "", ""]
    group = next(iter(read_fields(parts[3])), "")
    seen = _Seen(parts[0], parts[1], tuple(read_fields(parts[2])), group)
    declared = library.layer(seen.layer)
    conditions = read_conditions(library, declared, view.filters.get(declared.id, ()))
    layer = dated_fields(with_class_names(library, declared), library.day)
    snapshot = library.snapshot(declared)
    if asks_drawn_area(seen.columns, seen.sort):
        snapshot, layer = with_drawn_area(library, snapshot), measured_layer(layer)
    chosen, left_out = select_and_tell(snapshot, conditions)
    rows = order_rows(chosen, layer, sort=seen.sort, group=seen.group, language=language)
    columns = _columns(layer, seen.columns)
    left = len(rows.features) - MOST_ROWS
    table, empty = without_empty_columns(_table(rows, layer, columns, language))
    notes = [say("table_rows_left", count=left, most=MOST_ROWS)] if left > 0 else []
    named = {one.id: one.label for one in columns if _heading(one, language) not in empty}
    notes += [
        say("table_unstated", field=named[one.field], count=one.unknown)
        for one in rows.totals
        if one.field in named and one.unknown
    ]
    if empty:
        comma = say("listed")
        notes.append(say("table_empty_columns", heads=Text(comma.zh.join(empty), comma.en.join(empty))))
    notes += left_out_words(left_out)
    told = say("table_rows", count=len(chosen), of=len(snapshot.content))[language]
    asked = words_of(conditions)[language]
    return BriefingSection(
        "table",
        drawable_text(layer.label[language]),
        sentence=drawable_text(say("table_of", told=told, asked=asked)[language] if asked else told, longest=400),
        tables=(table,) if len(chosen) else (),
        caveats=tuple(drawable_text(one[language], longest=300) for one in notes),
        source=drawable_text(f"{layer.source[language]} · {snapshot.version[:12]}", longest=260),
    )


def _columns(layer: Layer, named: tuple[str, ...]) -> list[Field]:
    """Return the fields shown; beside money its currency, as amounts of two are not told apart otherwise."""
    known = fields_of(layer)
    wanted = [known[one] for one in named if one in known] or list(known.values())[-1:] + list(layer.fields)[
        :_USUAL
    ]
    out: list[Field] = []
    for one in wanted:
        currency = usage_of(one, layer).currency
        beside = [known[currency]] if currency in known and known[currency] not in wanted else []
        out += [one, *(other for other in beside if other not in out)]
    return out


def _table(rows: TableRows, layer: Layer, columns: list[Field], language: str) -> Table:
    features = rows.features[:MOST_ROWS]
    cells = [[_cell(field, one, language) for one in shown_values(features, layer, field.id)] for field in columns]
    lines: list[tuple[str, ...]] = [tuple(column[at] for column in cells) for at in range(len(features))]
    strong, groups = list[int](), list[int]()
    begins = dict(zip(accumulate((one.count for one in rows.groups), initial=0), rows.groups, strict=False))
    out = list[tuple[str, ...]]()
    for at, line in enumerate(lines):
        if at in begins:
            groups.append(len(out))
            out.append((_head(begins[at], language), *[""] * (len(columns) - 1)))
        out.append(line)
    sums = _sums(rows.totals, columns, language)
    if any(sums):
        strong.append(len(out))
        out.append((sums[0] or say("table_total")[language], *sums[1:]))
    heads = tuple(_heading(one, language) for one in columns)
    return Table(heads, tuple(out), tuple(map(_numeric, columns)), tuple(strong), tuple(groups))


def _head(group: RowGroup, language: str) -> str:
    return drawable_text(say("table_group", name=group.words, count=group.count)[language])


def _heading(field: Field, language: str) -> str:
    measured = field.unit and _numeric(field)
    unit = say("in_brackets", text=unit_name(field.unit, language))[language] if measured else ""
    return drawable_text(field.label[language] + unit)


def _numeric(field: Field) -> bool:
    return field.type in ("number", "integer") and field.measure != "identifier"


def _cell(field: Field, value: Any, language: str) -> str:  # noqa: ANN401 - a value of a feature
    if isinstance(value, Mapping):
        return drawable_text(value[language] or value["zh"] or value["en"])
    bare = replace(field, unit="", text=None, raw="")
    return drawable_text(shown_value(bare, {field.id: value}, language) or "\u2014")


def _sums(totals: tuple[Total, ...], columns: list[Field], language: str) -> list[str]:
    """Return the sum of each column that has one and one currency; never a mixed sum."""
    out = []
    for field in columns:
        found = [one for one in totals if one.field == field.id and one.known and one.said]
        alone = len(found) == 1
        decimals = 0 if field.type == "integer" else field.decimals
        out.append(shown_number(found[0].sum, "", decimals, language) if alone else "")
    return out
