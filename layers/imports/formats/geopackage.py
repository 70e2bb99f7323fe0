"""GeoPackage: one of its layers, curves as segments; nothing in it is run."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import replace

from geo.text import Text
from layers.imports.draft import Draft, refused
from layers.imports.formats.registry import ImportFormat, Source, register_format
from layers.imports.formats.vector import named_layer, read_vector


def read_geopackage(source: Source) -> Draft:
    """Read one layer; a list of contents that names tables which are not there is told."""
    notes = _checked(source)
    draft = named_layer(read_vector(source), "GPKG")
    return replace(draft, notes=(*draft.notes, *notes))


def _checked(source: Source) -> tuple[Text, ...]:
    """Raise UnreadableFile when a layer is a view: opening it would run what somebody wrote."""
    uri = f"{source.path.resolve().as_uri()}?mode=ro&immutable=1"
    asked = "select m.name from sqlite_master m join gpkg_contents c on lower(c.table_name) = lower(m.name)"
    gone = (
        "select c.table_name from gpkg_contents c where lower(c.table_name) not in"
        " (select lower(name) from sqlite_master)"
    )
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as database:
        database.execute("pragma trusted_schema = off")
        tables = {str(row[0]).lower() for row in database.execute("select name from sqlite_master")}
        if "gpkg_contents" not in tables:
            zh = "是 SQLite 数据库，但不是 GeoPackage（没有 gpkg_contents）"
            raise refused(source.name, zh, "it is an SQLite database but no GeoPackage (it has no gpkg_contents)")
        views = [str(row[0]) for row in database.execute(f"{asked} where m.type = 'view'")]
        missing = [str(row[0]) for row in database.execute(gone)]
    if views:
        words = ", ".join(views)[:80]
        zh = f"图层 {words} 是视图，打开会执行其中的语句；请导出为表"
        raise refused(
            source.name, zh, f"the layer {words} is a view, which runs a statement; export it as a table"
        )
    if not missing:
        return ()
    zh, en = (
        f"目录列出的表不存在：{'、'.join(missing)[:120]}",
        f"its contents name tables that are not there: {', '.join(missing)[:120]}",
    )
    return (Text(zh, en),)


FORMAT = register_format(
    ImportFormat(
        "GPKG",
        Text("GeoPackage", "GeoPackage"),
        ("gpkg",),
        lambda source: source.head.startswith(b"SQLite"),
        read_geopackage,
        rank=15,
    )
)
