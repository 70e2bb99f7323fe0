"""GeoPackage: one of its layers, curves as segments; nothing in it is run."""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
import tempfile
from dataclasses import replace
from pathlib import Path

import shapely

from geo.text import Text
from layers.imports.draft import Draft, Found, refuse_file
from layers.imports.formats.geopackage_tables import (
    described_columns,
    dropped_columns,
    find_unlisted,
    find_unwritten,
    list_in_contents,
    loose_columns,
    loosen_columns,
    open_readonly,
    quote_name,
)
from layers.imports.formats.registry import ImportFormat, Source
from layers.imports.formats.vector import named_layer, read_vector

_UNDEFINED = re.compile(r"undefined (?:geographic|cartesian)? ?SRS", re.IGNORECASE)
_PICTURES = {"tiles", "2d-gridded-coverage"}


def read_geopackage(source: Source) -> Draft:
    """Read one layer; a list of contents that names tables which are not there is told, and views are left out."""
    views, notes = _checked(source)
    notes += find_unwritten(source.path)
    with contextlib.closing(open_readonly(source.path)) as database:
        hidden = find_unlisted(database)
    if not views and not hidden:
        return _read(source, notes)
    wanted = source.options.sublayer
    tables = (_tables(source.path) | {one.lower() for one in hidden}) - {one.lower() for one in views}
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
                database.execute(f"drop view {quote_name(one)}")
            database.commit()
        if views:
            zh, en = "、".join(views)[:120], ", ".join(views)[:120]
            notes += (
                Text(f"图层 {zh} 是视图，未读取", f"the layers {en} are views, which run statements: left out"),
            )
        if hidden:
            list_in_contents(path, hidden)
            zh, en = "、".join(hidden)[:120], ", ".join(hidden)[:120]
            told = Text(
                f"目录没有把 {zh} 列为图层，按几何列读取",
                f"its contents do not list {en} as layers; read by their geometry",
            )
            notes += (told,)
        return _read(replace(source, path=path), notes)


def _read(source: Source, notes: tuple[Text, ...]) -> Draft:
    """Read a layer; columns whose cells are not what they are declared as are read by what the cells are."""
    draft = read_vector(source)
    table = str(draft.reading.get("sublayer") or (draft.layers[0] if draft.layers else ""))
    with contextlib.closing(open_readonly(source.path)) as database:
        loose = loose_columns(database, table)
        declared, more = described_columns(database, table)
        shapes = _shapes(database, table)
    if loose:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "copy.gpkg"
            more += loosen_columns(source.path, copy, table, loose)
            draft = read_vector(replace(source, path=copy))
        draft = replace(
            draft,
            properties=draft.properties.drop_columns(
                [name for name in draft.properties.schema.names if name in dropped_columns(len(loose))]
            ),
        )
    found = draft.found
    lost = shapes - int((~shapely.is_missing(draft.geometry)).sum()) - sum(len(one.rows) for one in found)
    if lost > 0:
        found += (Found("unreadable", "几何无法读取", "the geometry cannot be read", "left unplaced", count=lost),)
        zh, en = f"{lost:,} 个要素的几何无法读取，未定位", f"{lost:,} features have a geometry that cannot be read"
        more += (Text(zh, f"{en}; kept unplaced"),)
    crs = draft.crs
    if crs and _UNDEFINED.search(crs[:200]):
        crs = None
        more += (Text("文件写明其坐标系未定义", "it states that its coordinate reference system is undefined"),)
    about = {name: one for name, one in declared.items() if name in draft.properties.schema.names}
    return replace(
        named_layer(draft, "GPKG"), crs=crs, declared=about, found=found, notes=(*draft.notes, *more, *notes)
    )


def _shapes(database: sqlite3.Connection, table: str) -> int:
    """Return how many rows of a table have a geometry."""
    asked = "select column_name from gpkg_geometry_columns where lower(table_name) = lower(?)"
    try:
        column = database.execute(asked, (table,)).fetchone()
    except sqlite3.OperationalError:
        return 0
    if column is None:
        return 0
    counted, rows = quote_name(str(column[0])), quote_name(table)
    asked = f"select count({counted}) from {rows}"  # noqa: S608 - names are quoted  # nosec B608
    return int(database.execute(asked).fetchone()[0])


def _tables(path: Path) -> set[str]:
    """Return the names of the tables with features, in small letters."""
    asked = (
        "select lower(m.name) from sqlite_master m join gpkg_contents c on lower(c.table_name) = lower(m.name)"
        " where m.type = 'table' and c.data_type = 'features'"
    )
    with contextlib.closing(open_readonly(path)) as database:
        return {str(row[0]) for row in database.execute(asked)}


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
    with contextlib.closing(open_readonly(source.path)) as database:
        tables = {str(row[0]).lower() for row in database.execute("select name from sqlite_master")}
        if "gpkg_contents" not in tables:
            zh = "是 SQLite 数据库（如 SpatiaLite），不是 GeoPackage（没有 gpkg_contents）；请用 QGIS 导出"
            en = "it is an SQLite database (such as SpatiaLite) but no GeoPackage (it has no gpkg_contents)"
            raise refuse_file(source.name, zh, f"{en}; export it as GeoPackage with QGIS")
        kinds = {str(row[0]) for row in database.execute("select distinct data_type from gpkg_contents")}
        if kinds and kinds <= _PICTURES and not find_unlisted(database):
            zh = "其中只有影像（瓦片），没有要素；请导入矢量数据"
            raise refuse_file(source.name, zh, "it holds pictures (tiles) and no features; bring vector data")
        views = [str(row[0]) for row in database.execute(f"{asked} where m.type = 'view'")]
        missing = [str(row[0]) for row in database.execute(gone)]
    if not missing:
        return views, ()
    zh, en = (
        f"目录列出的表不存在：{'、'.join(missing)[:120]}",
        f"its contents name tables that are not there: {', '.join(missing)[:120]}",
    )
    return views, (Text(zh, en),)


FORMAT = ImportFormat(
    "GPKG",
    Text("GeoPackage", "GeoPackage"),
    ("gpkg",),
    lambda source: source.head.startswith(b"SQLite"),
    read_geopackage,
    rank=15,
)
