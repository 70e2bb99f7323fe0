"""A layer's style inside a GeoPackage, as QGIS reads it on opening.

References
----------
QGIS table ``layer_styles`` and its QML renderer ``RuleRenderer``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import shapely
from lxml.etree import Element, SubElement, tostring

from layers.exports.bundle import ExportBundle
from layers.plan.catalog import Condition, Scalar
from layers.plan.looks import LOOKS
from layers.plan.style import GeometryKind, Look, look_of, mark_unsure

_PX_MM = 25.4 / 96  # a CSS pixel
_TABLE = """CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"""
_WHEN = "2000-01-01T00:00:00.000Z"


def add_style(path: Path, bundle: ExportBundle) -> None:
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
            (bundle.layer.id, "PlanAtlas", qml_of(bundle), _WHEN),
        )


def qml_of(bundle: ExportBundle) -> str:
    """Return the style as QML: a rule for each look and kind of geometry, the first that fits wins.

    QGIS draws nothing where a layer of several kinds has a symbol of one, so each kind has rules of its own.
    """
    root = Element("qgis", version="3.22.0", styleCategories="Symbology|Labeling|Fields")
    renderer = SubElement(root, "renderer-v2", type="RuleRenderer", symbollevels="0", enableorderby="0")
    rules = SubElement(renderer, "rules", key="root")
    symbols = SubElement(renderer, "symbols")
    for number, rule in enumerate(_rules(bundle)):
        told = {"key": f"r{number}", "symbol": str(number), "label": _clean(rule.label)}
        SubElement(rules, "rule", dict(told, filter=rule.condition))
        _symbol(symbols, str(number), rule.kind, rule.look)
    aliases = SubElement(root, "aliases")
    for column in bundle.columns:  # what the columns are called, in both languages
        label = bundle.label_of(column.property) if column.property else None
        if label:
            words = " ".join(dict.fromkeys((label.zh, label.en)))
            SubElement(aliases, "alias", field=_clean(column.name), name=_clean(words))
    return f"<!DOCTYPE qgis>\n{tostring(root, encoding='unicode')}"


@dataclass(frozen=True)
class _Rule:
    label: str
    condition: str
    kind: GeometryKind
    look: Look


_NAMED: dict[GeometryKind, str] = {"point": "Point", "line": "Line", "polygon": "Polygon"}


def _rules(bundle: ExportBundle) -> Iterator[_Rule]:
    """Yield a rule for each kind of geometry held, sureness of position held, and class or declared rule."""
    layer = bundle.layer
    kinds = _kinds(bundle)
    columns = {column.property: _name(column.name) for column in bundle.columns if column.property}
    held = {str(v) for v in bundle.content.values("position")}
    unsure = [one for one in LOOKS.unsure if one in held and not layer.illustrative and "position" in columns]
    for kind in kinds:
        which = [f"geometry_type($geometry) = '{_NAMED[kind]}'"] if len(kinds) > 1 else []
        for position in (*unsure, ""):
            at = list(which)
            if position:
                at.append(f"{columns['position']} = {_value(position)}")
            elif unsure:
                words = ", ".join(map(_value, unsure))
                at.append(f"coalesce({columns['position']} NOT IN ({words}), true)")
            for label, condition, look in _looks(bundle, kind, columns):
                whole = " AND ".join([*at, *([condition] if condition else [])])
                yield _Rule(label, whole or "true", kind, mark_unsure(look, position, kind))


def _kinds(bundle: ExportBundle) -> list[GeometryKind]:
    """Return the kinds of geometry the layer holds or may hold, points last so that they lie on top."""
    if bundle.layer.geometry != "mixed":
        return [bundle.layer.geometry]
    held = {int(d) for d in shapely.get_dimensions(bundle.content.geometry)}
    order: list[tuple[int, GeometryKind]] = [(2, "polygon"), (1, "line"), (0, "point")]
    return [kind for dimension, kind in order if dimension in held] or ["polygon"]


def _looks(bundle: ExportBundle, kind: GeometryKind, columns: dict[str, str]) -> Iterator[tuple[str, str, Look]]:
    """Yield label, condition and look of each class, then of each declared rule, then of the rest."""
    layer, classes = bundle.layer, bundle.classes
    plain = replace(layer, illustrative=True)  # sureness is added by the caller
    before: list[str] = []
    if layer.class_field in columns and classes:
        held = set(bundle.content.values(layer.class_field))
        for one in classes:
            if one.code in held:
                look = look_of(replace(plain, rules=()), {layer.class_field: one.code}, kind, classes, "official")
                before.append(f"coalesce({columns[layer.class_field]} = {_value(one.code)}, false)")
                yield f"{one.code} {one.name.zh} {one.name.en}", before[-1], look
    for rule in layer.rules:
        if rule.when.field not in columns and rule.when.null is not True:
            continue
        written = _condition(rule.when, columns)
        condition = " AND ".join([written, *(f"NOT {other}" for other in before)])
        before.append(written)
        label = f"{rule.label.zh} {rule.label.en}" if rule.label else ""
        yield label, condition, look_of(plain, _example(rule.when), kind, (), "official")
    rest = " AND ".join(f"NOT {other}" for other in before)
    yield f"{layer.label.zh} {layer.label.en}", rest, look_of(replace(plain, rules=()), {}, kind, (), "official")


def _clean(text: str) -> str:
    """Return a text without the characters XML cannot hold."""
    return "".join(c for c in text if c >= " ")


def _example(when: Condition) -> dict[str, Scalar | None]:
    value = when.in_[0] if when.in_ else when.equals
    if when.null is not None:
        value = None if when.null else "-"
    return {when.field: value}


def _condition(when: Condition, columns: dict[str, str]) -> str:
    if when.field not in columns:  # no such column: unknown throughout
        return "true"
    name = columns[when.field]
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


def _symbol(place: Any, name: str, kind: GeometryKind, look: Look) -> None:  # noqa: ANN401 - an lxml element
    types = {"polygon": "fill", "line": "line", "point": "marker"}
    symbol = SubElement(place, "symbol", type=types[kind], name=name, alpha="1", clip_to_extent="1")
    width, line = f"{look.width * _PX_MM:.3f}", _color(look.color, look.opacity)
    fill = _color(look.fill or look.color, look.fill_opacity)
    dashes = ";".join(f"{part * _PX_MM:.3f}" for part in look.dash)
    stroke = {
        "line_color": line,
        "line_style": "solid",
        "line_width": width,
        "line_width_unit": "MM",
        "capstyle": "flat" if dashes else "round",
        "joinstyle": "round",
    }
    if dashes:
        stroke |= {"use_custom_dash": "1", "customdash": dashes, "customdash_unit": "MM"}
    if kind == "polygon":
        _symbol_layer(symbol, "SimpleFill", {"color": fill, "style": "solid", "outline_style": "no"})
    if kind in ("polygon", "line"):
        if look.width:  # to QGIS a width of 0 is a hairline
            _symbol_layer(symbol, "SimpleLine", stroke)
        return
    _symbol_layer(
        symbol,
        "SimpleMarker",
        {
            "name": "circle",
            "color": fill,
            "outline_color": line,
            "outline_style": "dash" if dashes else "solid",
            "outline_width": width,
            "outline_width_unit": "MM",
            "size": f"{2 * look.radius * _PX_MM:.3f}",
            "size_unit": "MM",
        },
    )


def _symbol_layer(symbol: Any, kind: str, options: dict[str, str]) -> None:  # noqa: ANN401 - an lxml element
    drawn = SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0"})
    drawn.set("pass", "0")
    place = SubElement(drawn, "Option", type="Map")
    for key, value in options.items():
        SubElement(place, "Option", name=key, type="QString", value=value)


def _color(text: str, opacity: float) -> str:
    red, green, blue = (int(text[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},{round(opacity * 255)}"
