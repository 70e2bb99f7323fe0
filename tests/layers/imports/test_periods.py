"""Places that stand in a table once a year are asked about; eastings written two ways are told by row."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.imports.errors import OpenReading, UnreadableFile
from layers.imports.preview import preview
from layers.library.library import Library
from tests.layers.imports.bringing import bring, wanted
from tests.layers.imports.test_everyday_files import DEGREES, held, library, said, text_file

__all__ = ["library"]
YEARS = "名称,经度,纬度,{},人口\n" + "".join(
    f"{n},104.0{n},30.05,{{}},{n}{y}\n" for n in (1, 2, 3) for y in (1, 2)
)


def yearly(tmp_path: Path, name: str, first: str, second: str) -> Path:
    return text_file(tmp_path, YEARS.format(name, *[first, second] * 3))


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("年份", "2022", "2023"),
        ("统计时间", "2022年", "2023年"),
        ("q", "2023年第1季度", "2023年第2季度"),
        ("month", "01/2022", "01/2023"),
        ("期次", "一期", "二期"),
    ],
)
def test_a_place_with_a_row_a_year_is_asked_about(
    library: Library, tmp_path: Path, name: str, first: str, second: str
) -> None:
    path = yearly(tmp_path, name, first, second)
    with pytest.raises(OpenReading, match="3 places have several rows each, told apart by the column"):
        bring(library, path, **DEGREES)
    (asked,) = [
        one for one in preview(library, path, wanted(**DEGREES))["questions"] if one["option"] == "rows_of"
    ]
    assert asked["choices"] == [first, second, "all"]
    report = bring(library, path, **DEGREES, rows_of=second)
    assert held(library).values("人口") == [12, 22, 32]
    assert f"the 3 of 6 rows whose {name} is {second} are taken" in said(report)
    bring(library, path, layer="every", **DEGREES, rows_of="all")
    assert len(held(library, "every")) == 6


def test_a_period_that_is_not_there_is_refused(library: Library, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="none of its rows is of the period 2031"):
        bring(library, yearly(tmp_path, "年份", "2022", "2023"), **DEGREES, rows_of="2031")


def test_the_next_version_with_a_year_more_is_asked_about_again(library: Library, tmp_path: Path) -> None:
    bring(library, yearly(tmp_path, "年份", "2022", "2023"), **DEGREES, rows_of="2023")
    later = yearly(tmp_path, "年份", "2024", "2025")
    with pytest.raises(OpenReading, match="2024, 2025"):
        bring(library, later, new_version=True)
    bring(library, later, new_version=True, rows_of="2025")
    assert [str(year) for year in held(library).values("年份")] == ["2025"] * 3


@pytest.mark.parametrize(
    "text",
    [
        "名称,经度,纬度,年份\n甲,104.05,30.05,2020\n乙,104.05,30.05,2021\n丙,104.06,30.05,2020\n丁,104.07,30.05,2022\n戊,104.08,30.05,2019\n",
        "名称,经度,纬度,年份\n" + "".join(f"{i},104.0{i},30.05,20{i}0\n" for i in range(1, 9)),
        "名称,经度,纬度,户型\n" + "".join(f"{n},104.0{n},30.05,{t}\n" for n in (1, 2) for t in ("一室", "两室")),
    ],
)
def test_things_at_one_place_are_no_years_of_one(library: Library, tmp_path: Path, text: str) -> None:
    bring(library, text_file(tmp_path, text), **DEGREES)
    assert len(held(library)) == text.count("\n") - 1


PLANE = "名称,x,y\n甲,{0}404000.25,3328000.5\n乙,404100.25,3328100.5\n丙,404200.25,3328200.5\n"


@pytest.mark.parametrize("crs", ["", "EPSG:4523", "EPSG:4544"])
@pytest.mark.parametrize("swapped", [False, True])
def test_eastings_with_and_without_zone_are_told_by_row(
    library: Library, tmp_path: Path, crs: str, swapped: bool
) -> None:
    path = text_file(tmp_path, PLANE.format("35"))
    columns = {"x_column": "y" if swapped else "x", "y_column": "x" if swapped else "y"}
    with pytest.raises(UnreadableFile, match="features 1 have it, such as 35404000"):
        bring(library, path, crs=crs, **columns)
    seen = preview(library, path, wanted(**columns))
    assert seen["places"] == []
    assert any("第 1 个要素带（如 35404000.25）" in note["zh"] for note in seen["notes"])


def test_eastings_all_one_way_are_as_before(library: Library, tmp_path: Path) -> None:
    assert bring(library, text_file(tmp_path, PLANE.format("")), crs="EPSG:4544").placed == 3
