"""What a report says: rows by the number they have in the file, one thing as one, text that looks like numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.library.library import Library
from layers.library.provenance import came_in
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import DEGREES, held, library, said, text_file

__all__ = ["library"]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("名称,经度,纬度\n\n甲,104.05,30.05\n\n乙,坏,30.06\n", 5),
        ("sep=,\n名称,经度,纬度\n甲,104.05,30.05\n乙,坏,30.06\n", 4),
        ("\n\n名称\t经度\t纬度\n甲\t104.05\t30.05\n\t\t\n乙\t坏\t30.06\n\n\n", 6),
        ("名称,经度,纬度\n甲,104.05,30.05\n乙,坏,30.06\n", 3),
    ],
)
def test_rows_are_named_by_their_number_in_the_file(library: Library, tmp_path: Path, text: str, row: int) -> None:
    report = bring(library, text_file(tmp_path, text), **DEGREES)
    assert len(held(library)) == 2
    assert f"1 row has coordinates that cannot be read, such as “坏 30.06” (row {row})" in said(report)
    assert "title" not in said(report)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["1/2", "3/4", "1/3"], "a fraction, such as “1/2”"),
        (["3F", "12F", "B1F"], "a number of floors, such as “3F”"),
        (["8:30", "9:00", "18:45"], "a time of day, such as “8:30”"),
        (["8:30-11:30", "9:00-12:00"], "a time of day"),
        (["甲", "1/2", "乙"], ""),
    ],
)
def test_a_column_that_looks_like_numbers_says_why_it_is_text(
    library: Library, tmp_path: Path, cells: list[str], told: str
) -> None:
    rows = "".join(f"n{i},{104.05 + i / 100},30.05,{cell}\n" for i, cell in enumerate(cells))
    report = bring(library, text_file(tmp_path, f"名称,经度,纬度,v\n{rows}"), **DEGREES)
    assert held(library).values("v") == cells
    assert ("column v stays text" in said(report)) == bool(told)
    assert told in said(report)


def test_names_of_the_file_are_not_put_into_number(library: Library, tmp_path: Path) -> None:
    text = "名称,经度,纬度,1 rows,areas are\n甲,104.05,30.05,5,6\n乙,坏,30.06,7,8\n"
    report = bring(library, text_file(tmp_path, text), **DEGREES)
    assert "columns read as numbers: 纬度, 1 rows, areas are" in said(report)
    assert "1 row has no usable coordinates" in said(report)


def test_units_are_called_in_the_language_of_the_note(library: Library, tmp_path: Path) -> None:
    text = "名称,经度,纬度,面积（亩）,用地\n甲,104.05,30.05,5,3公顷\n乙,104.06,30.06,7,4公顷\n"
    notes = bring(library, text_file(tmp_path, text), **DEGREES).notes
    zh, en = (" ".join(note.zh for note in notes), " ".join(note.en for note in notes))
    assert "单位取自表头：亩" in zh
    assert "单位 公顷" in zh
    assert "in its heading: mu" in en
    assert "numbers in ha" in en


@pytest.mark.parametrize(
    ("crs", "zh"),
    [
        ("EPSG:4528", "2000国家大地坐标系，高斯-克吕格投影，中央经线 120°，3 度带第 40 带（EPSG:4528）"),
        ("EPSG:2383", "1980西安坐标系，高斯-克吕格投影，中央经线 114°，3 度带（EPSG:2383）"),
        ("EPSG:32651", "WGS 84 坐标系，UTM 投影，中央经线 123°，51N 带（EPSG:32651）"),
        ("EPSG:3067", "ETRS89 坐标系，横轴墨卡托投影，中央经线 27°（EPSG:3067）"),
        ("EPSG:5880", "SIRGAS 2000 坐标系，多圆锥投影，中央经线 -54°（EPSG:5880）"),  # 5,000,000 m is no zone
    ],
)
def test_how_a_version_came_in_names_its_crs_in_the_language_of_the_page(crs: str, zh: str) -> None:
    came = came_in({"file": "a.csv", "format": "CSV", "used_crs": crs})
    assert came.zh == f"a.csv（CSV）；按 {zh} 读取，导入时指定"
    assert f"({crs})" in came.en
    assert came.en.isascii()
