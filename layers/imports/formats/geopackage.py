"""GeoPackage: one of its layers, curves as segments; nothing in it is run."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from dataclasses import replace
from pathlib import Path

from geo.text import Text
from layers.imports.draft import Draft, refuse_file
from layers.imports.formats.registry import ImportFormat, Source, register_format
from layers.imports.formats.vector import named_layer, read_vector


def read_geopackage(source: Source) -> Draft:
    """Read one layer; a list of contents that names tables which are not there is told, and views are left out."""
    views, notes = _checked(source)
    if not views:
        return _read(source, notes)
    wanted = source.options.sublayer
    tables = _tables(source.path) - {one.lower() for one in views}
    if not tables or (wanted and wanted.lower() not in tables):
        words = ", ".join(views)[:80]
        zh = f"图层 {words} 是视图，打开会执行其中的语句；请导出为表"
        raise refuse_file(
            source.name, zh, f"the layer {words} is a view, which runs a statement; export it as a table"
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.gpkg"
        shutil.copyfile(source.path, path)
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute("pragma trusted_schema = off")
            for one in views:  # a view is taken away without being run
                database.execute(f'drop view "{one.replace(chr(34), chr(34) * 2)}"')
            database.commit()
        zh, en = "、".join(views)[:120], ", ".join(views)[:120]
        told = Text(f"图层 {zh} 是视图，未读取", f"the layers {en} are views, which run statements: left out")
        return _read(replace(source, path=path), (told,))


def _read(source: Source, notes: tuple[Text, ...]) -> Draft:
    draft = named_layer(read_vector(source), "GPKG")
    return replace(draft, notes=(*draft.notes, *notes))


def _tables(path: Path) -> set[str]:
    """Return the names of the tables with features, in small letters."""
    asked = (
        "select lower(m.name) from sqlite_master m join gpkg_contents c on lower(c.table_name) = lower(m.name)"
        " where m.type = 'table' and c.data_type = 'features'"
    )
    with contextlib.closing(_opened(path)) as database:
        return {str(row[0]) for row in database.execute(asked)}


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    database.execute("pragma trusted_schema = off")
    return database


def _checked(source: Source) -> tuple[list[str], tuple[Text, ...]]:
    """Return the layers that are views, opening which would run what somebody wrote, and what is to be said.

    Raises
    ------
    UnreadableFile
        It is a database, and no GeoPackage.
    """
    asked = "select m.name from sqlite_master m join gpkg_contents c on lower(c.table_name) = lower(m.name)"
    gone = (
        "select c.table_name from gpkg_contents c where lower(c.table_name) not in"
        " (select lower(name) from sqlite_master)"
    )
    with contextlib.closing(_opened(source.path)) as database:
        tables = {str(row[0]).lower() for row in database.execute("select name from sqlite_master")}
        if "gpkg_contents" not in tables:
            zh = "是 SQLite 数据库，但不是 GeoPackage（没有 gpkg_contents）"
            raise refuse_file(
                source.name, zh, "it is an SQLite database but no GeoPackage (it has no gpkg_contents)"
            )
        views = [str(row[0]) for row in database.execute(f"{asked} where m.type = 'view'")]
        missing = [str(row[0]) for row in database.execute(gone)]
    if not missing:
        return views, ()
    zh, en = (
        f"目录列出的表不存在：{'、'.join(missing)[:120]}",
        f"its contents name tables that are not there: {', '.join(missing)[:120]}",
    )
    return views, (Text(zh, en),)


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
