"""GeoPackages whose tables are not what their lists say: loose cells, no CRS, copied while open, tables alone."""

from __future__ import annotations

import shutil
import sqlite3
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from layers.imports.crs_gate import NeedsCRS
from layers.imports.errors import UnreadableFile
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import held, library, said

__all__ = ["library"]
Statement = str | tuple[str, tuple[Any, ...]]


def package(tmp_path: Path, *statements: Statement, name: str = "a.gpkg") -> Path:
    path = tmp_path / name
    boxes = [shapely.box(104.05 + i / 50, 30.05, 104.06 + i / 50, 30.06) for i in range(2)]
    pyogrio.raw.write(
        path,
        np.array([shapely.to_wkb(one) for one in boxes], dtype=object),
        [np.array(["甲", "乙"], dtype=object), np.array([1, 2], dtype=np.int32), np.array([0.5, 3.5])],
        ["name", "code", "ratio"],
        geometry_type="Polygon",
        crs="EPSG:4490",
        layer="lots",
        driver="GPKG",
    )
    run(path, *statements)
    return path


def run(path: Path, *statements: Statement, wal: bool = False) -> None:
    database = sqlite3.connect(path)
    for function in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY", "ST_IsEmpty"):
        database.create_function(function, 1, lambda _blob: 0)
    if wal:
        database.execute("pragma journal_mode = wal")
        database.execute("pragma wal_autocheckpoint = 0")
    for one in statements:
        database.execute(*((one,) if isinstance(one, str) else one))
    database.commit()
    if wal:
        shutil.copyfile(path, path.with_name("copied.gpkg"))
        shutil.copyfile(f"{path}-wal", path.with_name("copied.gpkg-wal"))
    database.close()


@pytest.mark.parametrize(
    ("statement", "column", "values", "told"),
    [
        ("update lots set ratio = '约12' where fid = 1", "ratio", ["约12", "3.5"], "declared REAL"),
        ("update lots set code = 1.5 where fid = 1", "code", [1.5, 2.0], "such as 1.5"),
        ("update lots set code = 7.0 where fid = 1", "code", [7, 2], ""),
        ("update lots set ratio = 4 where fid = 1", "ratio", [4.0, 3.5], ""),
        (
            ("update lots set name = cast(? as text) where fid = 1", ("滨江".encode("gbk"),)),
            "name",
            ["滨江", "乙"],
            "GBK",
        ),
    ],
)
def test_a_cell_is_read_as_what_it_is(
    library: Library, tmp_path: Path, statement: Statement, column: str, values: list[Any], told: str
) -> None:
    report = bring(library, package(tmp_path, statement))
    assert held(library).values(column) == values
    assert set(held(library).names) == {"name", "code", "ratio"}
    assert told in said(report)
    assert bool(told) == ("declared" in said(report) or "GBK" in said(report))


@pytest.mark.parametrize("number", [-1, 0])
def test_an_undefined_crs_is_none(library: Library, tmp_path: Path, number: int) -> None:
    tables = ("gpkg_contents", "gpkg_geometry_columns")
    path = package(tmp_path, *[f"update {table} set srs_id = {number}" for table in tables])
    with pytest.raises(NeedsCRS, match="EPSG:4490"):
        bring(library, path)
    report = bring(library, path, crs="EPSG:4490")
    assert report.placed == 2
    assert "states that its coordinate reference system is undefined" in said(report)


@pytest.mark.parametrize(
    "statements",
    [["update gpkg_contents set data_type = 'attributes'"], ["delete from gpkg_contents"]],
)
def test_a_layer_its_contents_do_not_list_is_read(
    library: Library, tmp_path: Path, statements: Sequence[str]
) -> None:
    report = bring(library, package(tmp_path, *statements))
    assert report.placed == 2
    assert "do not list lots as layers" in said(report)


def test_a_geometry_nobody_reads_is_told(library: Library, tmp_path: Path) -> None:
    report = bring(library, package(tmp_path, "update lots set geom = x'00112233' where fid = 1"))
    assert report.placed == 1
    assert "a geometry that cannot be read" in said(report)


def test_a_copy_made_while_it_was_open_is_told(library: Library, tmp_path: Path) -> None:
    run(package(tmp_path), "update lots set name = '改' where fid = 1", wal=True)
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copyfile(tmp_path / "copied.gpkg", alone / "a.gpkg")
    report = bring(library, alone / "a.gpkg")
    assert "copied while a program such as QGIS had it open" in said(report)
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        for ending in ("", "-wal"):
            archive.write(tmp_path / f"copied.gpkg{ending}", f"a.gpkg{ending}")
    report = bring(library, tmp_path / "both.zip", layer="both")
    assert held(library, "both").values("name") == ["改", "乙"]
    assert "the changes in the -wal beside it are taken in" in said(report)


def test_tables_alone_and_pictures_are_refused_with_the_reason(library: Library, tmp_path: Path) -> None:
    plain = tmp_path / "plain.gpkg"
    pyogrio.raw.write(
        plain, None, [np.array([1.0])], ["people"], geometry_type=None, crs=None, layer="people", driver="GPKG"
    )
    with pytest.raises(UnreadableFile, match="people is a table without places; join it to a layer"):
        bring(library, plain)
    tiles = package(tmp_path, "update gpkg_contents set data_type = 'tiles'", "delete from gpkg_geometry_columns")
    with pytest.raises(UnreadableFile, match="holds pictures"):
        bring(library, tiles)


def test_titles_and_codes_of_the_schema_are_kept(library: Library, tmp_path: Path) -> None:
    columns = "table_name text, column_name text, name text, title text, constraint_name text"
    limits = "constraint_name text, constraint_type text, value text, description text"
    path = package(
        tmp_path,
        f"create table gpkg_data_columns ({columns})",
        f"create table gpkg_data_column_constraints ({limits})",
        "insert into gpkg_data_columns values ('lots', 'code', '', '用途', 'uses')",
        "insert into gpkg_data_column_constraints values ('uses', 'enum', '1', '住宅'), ('uses', 'enum', '2', '商业')",
        "create table layer_styles (id integer primary key, styleQML text)",
        "insert into gpkg_contents (table_name, data_type) values ('layer_styles', 'attributes')",
    )
    report = bring(library, path)
    field = next(one for one in library.layer("new").fields if one.id == "code")
    assert field.label.zh == "用途"
    assert {code: word.zh for code, word in field.values.items()} == {"1": "住宅", "2": "商业"}
    assert "the domain of code is uses: 1=住宅, 2=商业" in said(report)
    assert "layer_styles" not in said(report)
