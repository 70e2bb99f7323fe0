"""A layer's style inside a GeoPackage, as QGIS reads it on opening.

References
----------
QGIS table ``layer_styles`` and its QML renderer ``RuleRenderer``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from lxml.etree import Element, SubElement, tostring

from layers.exports.bundle import Parcel
from layers.plan.catalog import Condition, Layer, Scalar
from layers.plan.style import Kind, Look, look_of

_PX_MM = 25.4 / 96  # a CSS pixel
_TABLE = """CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"""
_WHEN = "2000-01-01T00:00:00.000Z"


def add_style(path: Path, parcel: Parcel) -> None:
    """Put the layer's style into its GeoPackage as the default one."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(_TABLE)
        db.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) VALUES (?, ?, ?, ?)",
            ("layer_styles", "attributes", "layer_styles", _WHEN),
        )
        db.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
            "styleName, styleQML, useAsDefault, owner, update_time) VALUES ('', '', ?, 'geom', ?, ?, 1, '', ?)",
            (parcel.layer.id, "PlanAtlas", qml_of(parcel), _WHEN),
        )


def qml_of(parcel: Parcel) -> str:
    """Return the style as QML: a rule for each class or declared rule, the first that fits wins."""
    layer = parcel.layer
    kind: Kind = "polygon" if layer.geometry == "mixed" else layer.geometry
    root = Element("qgis", version="3.22.0", styleCategories="Symbology|Labeling|Fields")
    renderer = SubElement(root, "renderer-v2", type="RuleRenderer", symbollevels="0", enableorderby="0")
    rules = SubElement(renderer, "rules", key="root")
    symbols = SubElement(renderer, "symbols")
    for number, (label, condition, look) in enumerate(_rules(parcel, kind)):
        SubElement(rules, "rule", key=f"r{number}", symbol=str(number), label=_clean(label), filter=condition)
        _symbol(symbols, str(number), kind, look)
    aliases = SubElement(root, "aliases")
    for field in layer.fields:  # what the columns are called, in both languages
        label = " ".join(dict.fromkeys((field.label.zh, field.label.en)))
        SubElement(aliases, "alias", field=_clean(field.id), name=_clean(label))
    return f"<!DOCTYPE qgis>\n{tostring(root, encoding='unicode')}"


def _rules(parcel: Parcel, kind: Kind) -> Iterator[tuple[str, str, Look]]:
    layer, classes = parcel.layer, parcel.classes
    if layer.class_field and classes:
        held = set(parcel.content.values(layer.class_field))
        for one in classes:
            if one.code in held:
                look = look_of(layer, {layer.class_field: one.code}, kind, classes, "official")
                condition = f"{_name(layer.class_field)} = {_value(one.code)}"
                yield f"{one.code} {one.name.zh} {one.name.en}", condition, look
    before: list[str] = []
    for rule in layer.rules:
        written = _condition(rule.when)
        condition = " AND ".join([written, *(f"NOT {other}" for other in before)])
        before.append(written)
        label = f"{rule.label.zh} {rule.label.en}" if rule.label else ""
        yield label, condition, look_of(layer, _example(rule.when), kind, (), "official")
    yield f"{layer.label.zh} {layer.label.en}", "ELSE", look_of(_plain(layer), {}, kind, (), "official")


def _clean(text: str) -> str:
    """Return a text without the characters XML cannot hold."""
    return "".join(c for c in text if c >= " ")


def _plain(layer: Layer) -> Layer:
    return replace(layer, rules=())


def _example(when: Condition) -> dict[str, Scalar | None]:
    value = when.in_[0] if when.in_ else when.equals
    if when.null is not None:
        value = None if when.null else "-"
    return {when.field: value}


def _condition(when: Condition) -> str:
    name = _name(when.field)
    if when.null is not None:
        return f"({name} IS NULL)" if when.null else f"({name} IS NOT NULL)"
    values = when.in_ or ((when.equals,) if when.equals is not None else ())
    return f"coalesce({name} IN ({', '.join(_value(v) for v in values)}), false)"


def _name(field: str) -> str:
    return '"' + field.replace('"', '""') + '"'


def _value(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else "'" + value.replace("'", "''") + "'"


def _symbol(place: Any, name: str, kind: Kind, look: Look) -> None:  # noqa: ANN401 - an lxml element
    types = {
        "polygon": ("fill", "SimpleFill"),
        "line": ("line", "SimpleLine"),
        "point": ("marker", "SimpleMarker"),
    }
    symbol = SubElement(place, "symbol", type=types[kind][0], name=name, alpha="1", clip_to_extent="1")
    drawn = SubElement(symbol, "layer", {"class": types[kind][1], "enabled": "1", "locked": "0"})
    width, line = f"{look.width * _PX_MM:.3f}", _color(look.color, look.opacity)
    fill = _color(look.fill or look.color, look.fill_opacity)
    dash = "dash" if look.dash else "solid"
    options: dict[str, str] = {
        "polygon": {"color": fill, "style": "solid", "outline_color": line, "outline_style": dash,
                    "outline_width": width, "outline_width_unit": "MM"},
        "line": {"line_color": line, "line_style": dash, "line_width": width, "line_width_unit": "MM"},
        "point": {"name": "circle", "color": fill, "outline_color": line, "outline_style": "solid",
                  "outline_width": width, "size": f"{2 * look.radius * _PX_MM:.3f}", "size_unit": "MM"},
    }[kind]  # fmt: skip
    place = SubElement(drawn, "Option", type="Map")
    for key, value in options.items():
        SubElement(place, "Option", name=key, type="QString", value=value)


def _color(text: str, opacity: float) -> str:
    red, green, blue = (int(text[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},{round(opacity * 255)}"
