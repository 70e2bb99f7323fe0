"""Shapefiles as they come: parts missing, tables that hold what their columns are not, names cut to ten bytes."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from layers.imports.errors import OpenReading
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import held, library, said

__all__ = ["library"]
Cell = bytes
FIELDS = (("NAME", "C", 20), ("AREA", "N", 8), ("DAY", "D", 8), ("OK", "L", 1))
ROWS: tuple[tuple[Cell, ...], ...] = (
    ("滨江社区".encode(), b"   11.25", b"20210305", b"T"),
    ("新桥社区".encode(), b"   22.25", b"20210306", b"F"),
)


def table(
    rows: Sequence[Sequence[Cell]], fields: Sequence[tuple[str, str, int]] = FIELDS, enc: str = "utf-8"
) -> bytes:
    """Write a dBASE III table, byte for byte as it is said."""
    length = 1 + sum(width for _, _, width in fields)
    head = struct.pack("<BBBBIHH20x", 3, 121, 3, 5, len(rows), 33 + 32 * len(fields), length)
    for name, kind, width in fields:
        decimals = 2 if kind == "N" else 0
        head += (
            name.encode(enc)[:10].ljust(11, b"\0")
            + kind.encode()
            + bytes(4)
            + bytes((width, decimals))
            + bytes(14)
        )
    body = b"".join(
        b" " + b"".join(cell.ljust(width)[:width] for cell, (_, _, width) in zip(row, fields, strict=True))
        for row in rows
    )
    return head + b"\r" + body + b"\x1a"


def zipped(
    tmp_path: Path,
    dbf: bytes | None,
    change: Callable[[dict[str, bytes]], None] = lambda _parts: None,
    *,
    shapes: int = 2,
) -> Path:
    folder = tmp_path / "shape"
    folder.mkdir()
    boxes = [shapely.box(104.05 + i / 50, 30.05, 104.06 + i / 50, 30.06) for i in range(shapes)]
    pyogrio.raw.write(
        folder / "a.shp",
        np.array([shapely.to_wkb(one) for one in boxes], dtype=object),
        [np.arange(shapes)],
        ["n"],
        geometry_type="Polygon",
        crs="EPSG:4490",
        driver="ESRI Shapefile",
    )
    parts = {one.name: one.read_bytes() for one in folder.iterdir() if one.suffix != ".cpg"}
    parts.pop("a.dbf")
    if dbf is not None:
        parts["a.dbf"] = dbf
    change(parts)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def rows_with(**cells: Cell) -> list[list[Cell]]:
    rows = [list(row) for row in ROWS]
    for name, cell in cells.items():
        rows[1][[one[0] for one in FIELDS].index(name)] = cell
    return rows


@pytest.mark.parametrize(
    ("cells", "column", "value", "told"),
    [
        (
            {"AREA": b"   22,25"},
            "AREA",
            22.25,
            "1 value of AREA has a comma as decimal sign and is read so: 22,25",
        ),
        ({"AREA": b"********"}, "AREA", None, "has asterisks only (no value, or one too long); unknown: ********"),
        ({"AREA": "约22".encode("gbk")}, "AREA", None, "1 value of AREA is no number; unknown"),
        ({"AREA": b"  -2.5e3"}, "AREA", -2500.0, ""),
        ({"AREA": b""}, "AREA", None, ""),
        ({"DAY": b"20211345"}, "DAY", None, "1 value of DAY is no date; unknown: 20211345"),
        ({"DAY": b"2021/3/5"}, "DAY", None, "1 value of DAY is no date; unknown: 2021/3/5"),
        ({"DAY": b"00000000"}, "DAY", None, ""),
        ({"OK": b" "}, "OK", None, ""),
        ({"OK": b"?"}, "OK", None, ""),
        ({"OK": b"y"}, "OK", True, ""),
    ],
)
def test_a_cell_is_read_as_what_it_is_or_is_unknown(
    library: Library, tmp_path: Path, cells: dict[str, Cell], column: str, value: Any, told: str
) -> None:
    report = bring(library, zipped(tmp_path, table(rows_with(**cells))))
    assert held(library).values(column)[1] == value
    assert held(library).values("NAME") == ["滨江社区", "新桥社区"]
    words = said(report)
    assert told in words
    assert bool(told) == (f"of {column} " in words)


@pytest.mark.parametrize(("missing", "names"), [(".dbf", None), (".shx", ["滨江社区", "新桥社区"])])
def test_a_part_that_lacks_costs_only_itself(
    library: Library, tmp_path: Path, missing: str, names: list[str] | None
) -> None:
    report = bring(library, zipped(tmp_path, table(ROWS), lambda parts: parts.__delitem__(f"a{missing}")))
    content = held(library)
    assert report.placed == 2
    assert (content.values("NAME") if names else list(content.names)) == (names or [])
    assert f"the archive lacks the {missing}" in said(report)


def test_a_row_marked_as_deleted_is_left_out_and_told(library: Library, tmp_path: Path) -> None:
    dbf = bytearray(table(ROWS))
    dbf[33 + 32 * len(FIELDS)] = 0x2A
    report = bring(library, zipped(tmp_path, bytes(dbf)))
    assert held(library).values("NAME") == ["新桥社区"]
    assert "1 row of the .dbf is marked as deleted; left out" in said(report)


@pytest.mark.parametrize(
    ("rows", "names", "told"),
    [
        (ROWS[:1], ["滨江社区", None], "they come without attributes"),
        ((*ROWS, ROWS[0]), ["滨江社区", "新桥社区"], "more than the .shp has shapes; left out"),
    ],
)
def test_rows_and_shapes_that_are_not_as_many_are_told(
    library: Library, tmp_path: Path, rows: Sequence[Sequence[Cell]], names: list[str | None], told: str
) -> None:
    report = bring(library, zipped(tmp_path, table(rows)))
    assert held(library).values("NAME") == names
    assert held(library).values("OK") == [True, False if names[1] else None]
    assert told in said(report)


def test_names_cut_to_the_same_ten_bytes_are_told_apart(library: Library, tmp_path: Path) -> None:
    fields = (("规划用地面积合", "N", 10), ("规划用地面积平", "N", 10), ("名称", "C", 20))
    rows = [(b"1", b"2", "滨江社区".encode("gbk")), (b"3", b"4", "新桥社区".encode("gbk"))]
    report = bring(library, zipped(tmp_path, table(rows, fields, "gbk")))
    assert held(library).values("规划用地面") == [1.0, 3.0]
    assert held(library).values("规划用地_2") == [2.0, 4.0]
    assert "规划用地面 → 规划用地_2" in said(report)


def test_big5_is_asked_and_never_read_as_gb18030(library: Library, tmp_path: Path) -> None:
    fields = (("名稱", "C", 20),)
    path = zipped(tmp_path, table([("濱江社區".encode("big5"),), ("新橋國小".encode("big5"),)], fields, "big5"))
    with pytest.raises(OpenReading, match="big5: 名稱"):
        bring(library, path)
    bring(library, path, encoding="big5")
    assert held(library).values("名稱") == ["濱江社區", "新橋國小"]


def test_a_text_cut_within_a_character_is_read_to_there(library: Library, tmp_path: Path) -> None:
    cut = ("说明" * 43).encode()[:254]
    report = bring(library, zipped(tmp_path, table([(cut,), ("短".encode(),)], (("BZ", "C", 254),))))
    assert held(library).values("BZ") == ["说明" * 42, "短"]
    assert "cut within a character" in said(report)


def test_names_differ_in_case_and_macos_adds_its_own(library: Library, tmp_path: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        parts["A.SHP"] = parts.pop("a.shp")
        parts |= {"._A.SHP": b"x", "a.sbn": b"x", "a.shp.xml": b"<x/>"}

    assert bring(library, zipped(tmp_path, table(ROWS), change)).placed == 2


def test_faces_of_a_surface_are_polygons() -> None:
    from layers.imports.formats.gdal_rows import as_multipolygon

    ring = struct.pack("<II12d", 1, 4, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 0, 1)
    triangle = b"\x01" + struct.pack("<I", 1017) + ring
    tin = b"\x01" + struct.pack("<II", 1016, 2) + triangle * 2
    read = shapely.from_wkb(as_multipolygon(tin))
    assert read.geom_type == "MultiPolygon"
    assert shapely.area(shapely.get_parts(read)).tolist() == [0.5, 0.5]
    assert read.has_z
    assert shapely.from_wkb(as_multipolygon(triangle)).geom_type == "Polygon"
