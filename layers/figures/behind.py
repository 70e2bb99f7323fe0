"""Which features stand behind a figure and each of its rows: a layer, and conditions that say the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from geo.text import Text
from layers.features.filters import parted_condition
from layers.figures.figure import Figure
from layers.figures.functions.groups import NOT_STATED
from layers.messages import say
from layers.plan.catalog import Field, LandClass, Layer
from layers.plan.field_lists import written_field
from layers.plan.statistics import Input, Statistic
from layers.plan.style import declared_style

_MEASURED = ("tabulate", "share", "coverage", "band")  # by the ground their subject covers
_SUBJECTS = ("items", "classes", "demand", "part")
FindZone = Callable[[str, Text], str]


@dataclass(frozen=True)
class Behind:
    """Features of a layer that meet all of some conditions, on a day of the plan's time (empty: its own).

    ``wider``: more than the row counts, for those outside the zones are with them. ``measured``: the figure adds
    up their areas as drawn.
    """

    layer: str
    filters: tuple[str, ...] = ()
    when: str = ""
    wider: bool = False
    measured: bool = False


def figure_features(figure: Figure, layers: Mapping[str, Layer]) -> Behind | None:
    """Return the features a figure is of; None where no conditions say which they are.

    Parameters
    ----------
    figure
        The answer.
    layers
        Those the reader may see, by id.
    """
    found = _subject(figure.statistic, layers)
    if found is None:
        return None
    asked, layer = found
    chosen = (asked.ids, asked.classes, asked.as_of, asked.version)
    measured = figure.statistic.function in _MEASURED and layer.geometry in ("polygon", "mixed")
    measured = measured and figure.statistic.measure == "area"
    return None if any(chosen) else Behind(layer.id, asked.where, asked.when, measured=measured)


def row_features(figure: Figure, layers: Mapping[str, Layer], find_zone: FindZone) -> tuple[Behind | None, ...]:
    """Return the features behind each row of a figure's table, in the rows' order; None where nothing says which.

    Parameters
    ----------
    figure
        The answer.
    layers
        Those the reader may see, by id.
    find_zone
        Returns the id of the feature of a layer that alone has a name; empty where there is none.
    """
    whole = figure_features(figure, layers)
    of = _ROWS.get(figure.statistic.function)
    if whole is None or of is None:
        return (None,) * len(figure.rows)
    layer = layers[whole.layer]
    zones = figure.statistic.inputs.get("zones")

    def found(row: Mapping[str, Any]) -> Behind | None:
        if row["kind"] not in ("part", "unknown", "total"):
            return None
        conditions = of(figure.statistic, layer, row)
        if conditions is None:
            return None
        if zones is not None:
            place = _zone_of(figure, zones, row, find_zone)
            if place is None and figure.statistic.function != "tabulate":
                return None
            if place is None:  # of all zones together
                return replace(whole, filters=(*whole.filters, *conditions), wider=True)
            conditions = (*conditions, *place)
        day = f"{row['name'].zh}-12-31" if figure.statistic.function == "timeline" else whole.when
        return replace(whole, filters=(*whole.filters, *conditions), when=day)

    return tuple(map(found, figure.rows))


def behind_color(found: Behind, layer: Layer, classes: Sequence[LandClass]) -> str:
    """Return the colour features have on the map by the class or state that all of them share; else empty."""
    for text in reversed(found.filters):
        field, sign, value = parted_condition(text)
        if sign == "=" and field == layer.class_field:
            return next((one.color for one in classes if one.code == value), "")
        if sign == "=" and any(rule.when.field == field for rule in layer.rules):
            return declared_style(layer, {field: value}).fill or ""
    return ""


def _subject(statistic: Statistic, layers: Mapping[str, Layer]) -> tuple[Input, Layer] | None:
    asked = next((statistic.inputs[one] for one in _SUBJECTS if one in statistic.inputs), None)
    return None if asked is None or asked.layer not in layers else (asked, layers[asked.layer])


def _class_of(statistic: Statistic, layer: Layer, row: Mapping[str, Any]) -> tuple[str, ...] | None:
    field, code = statistic.by or layer.class_field, row.get("class")
    return (
        (f"{written_field(field)}={code}",)
        if field and isinstance(code, str) and code and row["kind"] == "part"
        else None
    )


def _group_in(statistic: Statistic, layer: Layer, row: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the condition that puts a feature into a row's group; none where rows are of no groups."""
    if row["kind"] == "total" or not statistic.by:
        return () if row["kind"] != "unknown" else None
    name = row["group"] if "zones" in statistic.inputs else row["name"]
    field = next((one for one in layer.fields if one.id == statistic.by), None)
    value = None if field is None or not isinstance(name, Text) else _value_called(field, name)
    return None if value is None else (f"{written_field(statistic.by)}={value}",)


def _value_called(field: Field, name: Text) -> str | None:
    """Return which value of a field has a name; empty for what is not stated, None where nothing says it."""
    if name == NOT_STATED:
        return ""
    for value, words in field.values.items():
        if words == name:
            return value
    if field.type == "boolean":
        return next((one for one, word in (("true", say("yes")), ("false", say("no"))) if word == name), None)
    return name.zh if name.zh == name.en else None


def _zone_of(figure: Figure, zones: Input, row: Mapping[str, Any], find_zone: FindZone) -> tuple[str, ...] | None:
    """Return the condition that puts a feature into a row's zone; None where no feature is its zone."""
    if len(zones.ids) == 1 and row["kind"] != "unknown":
        return (f"@in={zones.layer}/{zones.ids[0]}",)
    name = row.get("zone", row.get("name"))
    found = find_zone(zones.layer, name) if isinstance(name, Text) and row["kind"] == "part" else ""
    return (f"@in={zones.layer}/{found}",) if found else None


_ROWS: Mapping[str, Callable[[Statistic, Layer, Mapping[str, Any]], tuple[str, ...] | None]] = {
    "tabulate": _class_of,
    "count": _group_in,
    "sum": _group_in,
    "timeline": lambda _statistic, _layer, _row: (),
}
