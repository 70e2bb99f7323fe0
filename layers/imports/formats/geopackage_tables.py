"""What a GeoPackage says of its tables, and a copy in which GDAL reads every cell as what it is.

SQLite keeps any value in any column: GDAL reads "about 12" in a REAL column as 0, 1.5 in an INTEGER column as 1.

References
----------
OGC GeoPackage 1.3 (12-128r17): ``gpkg_contents``, ``gpkg_geometry_columns``; F.9 Schema (``gpkg_data_columns``).
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.text import Text

_HEAD, _WAL = 20, 2  # bytes 18 and 19 of a database are 2 where changes go to a file beside it
_WHOLE = ("INTEGER", "INT", "MEDIUMINT", "SMALLINT", "TINYINT")
_REAL = ("REAL", "DOUBLE", "FLOAT")
_SHOWN, _CODES = 12, 2000
_STEPS, _LONGEST = 5000, 500_000_000  # millions of steps of SQLite's machine, about a minute; bytes


@dataclass(frozen=True)
class Loose:
    """A column whose cells are not all what it is declared as: how many, one of them, and what holds them all."""

    column: str
    declared: str
    count: int
    example: str
    holds: str


def quote_name(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def open_readonly(path: Path) -> sqlite3.Connection:
    """Return a database opened to be looked at: nothing of it is run, nothing beside it is read."""
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    database.execute("pragma trusted_schema = off")
    database.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return _bounded(database)


def _bounded(database: sqlite3.Connection) -> sqlite3.Connection:
    """Return a stranger's database that may work for so many steps, with values so long, and no more."""
    left = iter(range(_STEPS))
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    database.set_progress_handler(lambda: next(left, None) is None, 1_000_000)
    return database


def find_unwritten(path: Path) -> tuple[Text, ...]:
    """Say of a file copied while a program had it open that its last changes may not be in it.

    Parameters
    ----------
    path
        The GeoPackage.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head[18:20] != bytes((_WAL, _WAL)):
        return ()
    zh = "文件是在被其他程序（如 QGIS）打开时复制的，尚未写入的修改（-wal）可能不在其中；请关闭该程序后重新复制"
    en = "it was copied while a program such as QGIS had it open; changes not yet written (-wal) may be missing: "
    return (Text(zh, f"{en}close the program and copy it again"),)


def fold_in(path: Path) -> None:
    """Write the changes of the ``-wal`` that came beside our own copy into it.

    Parameters
    ----------
    path
        The copy.
    """
    with contextlib.closing(_bounded(sqlite3.connect(path))) as database:
        database.execute("pragma trusted_schema = off")
        database.execute("pragma wal_checkpoint(truncate)")
        database.execute("pragma journal_mode = delete")


def find_unlisted(database: sqlite3.Connection) -> list[str]:
    """Return tables with geometry that the list of contents lacks, or lists as something else."""
    asked = (
        "select m.name from sqlite_master m join gpkg_geometry_columns g on lower(g.table_name) = lower(m.name)"
        " left join gpkg_contents c on lower(c.table_name) = lower(m.name)"
        " where m.type = 'table' and (c.table_name is null or c.data_type <> 'features')"
    )
    try:
        return [str(row[0]) for row in database.execute(asked)]
    except sqlite3.OperationalError:  # it has no list of geometries: a table of attributes alone
        return []


def list_in_contents(path: Path, tables: Sequence[str]) -> None:
    """Put tables with geometry into the list of contents of our own copy.

    Parameters
    ----------
    path
        The copy.
    tables
        Their names.
    """
    with contextlib.closing(_bounded(sqlite3.connect(path))) as database:
        database.execute("pragma trusted_schema = off")
        for one in tables:
            database.execute("delete from gpkg_contents where lower(table_name) = lower(?)", (one,))
            database.execute(
                "insert into gpkg_contents (table_name, data_type, identifier, srs_id)"
                " select table_name, 'features', table_name, srs_id from gpkg_geometry_columns"
                " where lower(table_name) = lower(?)",
                (one,),
            )
        database.commit()


def loose_columns(database: sqlite3.Connection, table: str) -> list[Loose]:
    """Return the columns of numbers with cells that are none, or that are no whole ones.

    Parameters
    ----------
    database
        The GeoPackage.
    table
        The one that is read.
    """
    tests = {}
    for _, name, declared, *_rest in database.execute(f"pragma table_info({quote_name(table)})").fetchall():
        kind = str(declared).upper().split("(")[0].strip()
        if kind in _WHOLE:
            tests[str(name)] = (kind, f"typeof({quote_name(name)}) in ('text', 'blob', 'real')")
        elif kind in _REAL:
            tests[str(name)] = (kind, f"typeof({quote_name(name)}) in ('text', 'blob')")
    if not tests:
        return []
    sums = ", ".join(f"sum({test})" for _, test in tests.values())
    asked = f"select {sums} from {quote_name(table)}"  # noqa: S608 - names are quoted  # nosec B608
    counts = database.execute(asked).fetchone()
    found = []
    for (name, (kind, test)), count in zip(tests.items(), counts, strict=True):
        if count:
            rows = f"from {quote_name(table)} where"
            asked = f"select cast({quote_name(name)} as text) {rows} {test} limit 1"
            texts = f"select 1 {rows} typeof({quote_name(name)}) in ('text', 'blob') limit 1"
            holds = "TEXT" if database.execute(texts).fetchone() else "REAL"
            example = str(database.execute(asked).fetchone()[0])[:20]
            found.append(Loose(name, kind, int(count), example, holds))
    return found


def loosen_columns(path: Path, copy: Path, table: str, columns: Sequence[Loose]) -> tuple[Text, ...]:
    """Write a copy whose columns are declared as what their cells are; returns what there is to tell.

    Parameters
    ----------
    path, copy
        The GeoPackage, and where its copy goes.
    table
        The one that is read.
    columns
        Of it.
    """
    shutil.copyfile(path, copy)
    notes = []
    with contextlib.closing(_bounded(sqlite3.connect(copy))) as database:
        database.execute("pragma trusted_schema = off")
        hooks = database.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        for (name,) in hooks:  # they call functions that only GDAL has
            database.execute(f"drop trigger {quote_name(str(name))}")
        for number, one in enumerate(columns):
            old, new = quote_name(one.column), quote_name(f"__{number}__")
            database.execute(f"alter table {quote_name(table)} add column {new} {one.holds}")
            copied = f"update {quote_name(table)} set {new} = {old}"  # noqa: S608 - names are quoted  # nosec B608
            database.execute(copied)
            database.execute(
                f"alter table {quote_name(table)} rename column {old} to {quote_name(f'__was_{number}__')}"
            )
            database.execute(f"alter table {quote_name(table)} rename column {new} to {old}")
            zh = (
                f"列 {one.column} 声明为 {one.declared}，有 {one.count:,} 个值不是（如 {one.example}），按内容读取"
            )
            en = (
                f"column {one.column} is declared {one.declared} and {one.count:,} of its values are not, such as "
            )
            notes.append(Text(zh, f"{en}{one.example}; it is read by what they are"))
        database.commit()
    return tuple(notes)


def dropped_columns(count: int) -> set[str]:
    """Return the names that `loosen_columns` left the old columns under."""
    return {f"__was_{number}__" for number in range(count)}


def described_columns(
    database: sqlite3.Connection, table: str
) -> tuple[dict[str, dict[str, Any]], tuple[Text, ...]]:
    """Return what columns are called and what their codes stand for, as the catalog declares it, with notes.

    Parameters
    ----------
    database
        The GeoPackage.
    table
        The one that is read.
    """
    names = {str(row[0]) for row in database.execute("select name from sqlite_master")}
    if "gpkg_data_columns" not in names:
        return {}, ()
    asked = (
        "select column_name, coalesce(nullif(title, ''), nullif(name, '')), constraint_name"
        " from gpkg_data_columns where lower(table_name) = lower(?)"
    )
    declared: dict[str, dict[str, Any]] = {}
    notes = []
    for column, title, constraint in database.execute(asked, (table,)).fetchall():
        if title and title != column:
            declared[column] = {"label": {"zh": title, "en": title}}
        words = _words(database, str(constraint)) if constraint and _CONSTRAINTS in names else {}
        if words:
            declared.setdefault(column, {})["values"] = {
                code: {"zh": word or code, "en": word or code} for code, word in words.items()
            }
            pairs = [f"{code}={word}" for code, word in words.items()]
            listed = ", ".join(pairs[:_SHOWN]) + ("…" if len(pairs) > _SHOWN else "")
            notes.append(
                Text(
                    f"字段 {column} 的值域 {constraint}：{listed}",
                    f"the domain of {column} is {constraint}: {listed}",
                )
            )
    called = [f"{name}={about['label']['zh']}" for name, about in declared.items() if "label" in about]
    if called:
        listed = ", ".join(called[:_SHOWN]) + ("…" if len(called) > _SHOWN else "")
        notes.insert(0, Text(f"字段别名作为名称：{listed}", f"fields are called by their aliases: {listed}"))
    return declared, tuple(notes)


_CONSTRAINTS = "gpkg_data_column_constraints"


def _words(database: sqlite3.Connection, constraint: str) -> dict[str, str]:
    asked = (
        "select value, description from gpkg_data_column_constraints"
        " where constraint_name = ? and constraint_type = 'enum' limit ?"
    )
    found = database.execute(asked, (constraint, _CODES))
    return {str(value): str(word or "") for value, word in found if value is not None}
