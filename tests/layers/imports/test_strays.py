"""One row with wrong coordinates costs itself, or is told; it never costs the file and never goes in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.imports.crs_gate import ImplausibleCRS
from layers.imports.importer import ImportReport
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.small_plan import write_plan

GOOD = "".join(f"点{i},104.0{i},30.05\n" for i in range(5))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "plan"))


def brought(library: Library, tmp_path: Path, text: str, *, crs: str, swapped: bool | None = None) -> ImportReport:
    path = tmp_path / "a.csv"
    path.write_text("名称,x,y\n" + text, "utf-8")
    return bring(library, path, x_column="x", y_column="y", crs=crs, swapped=swapped)


def english(report: ImportReport) -> str:
    return " ".join(note.en for note in report.notes)


@pytest.mark.parametrize("row", ["乙,30.06,104.06\n", "乙,104.06,3006\n", "乙,10406,30.06\n"])
def test_a_point_that_is_nowhere_costs_itself(library: Library, tmp_path: Path, row: str) -> None:
    report = brought(library, tmp_path, GOOD + row, crs="EPSG:4490")
    assert report.placed == 5
    assert "of 1 feature are nowhere on the Earth" in english(report)
    assert "rows 6" in english(report)
    assert library.snapshot(library.layer("new")).content.geometry[5] is None


def test_of_axes_the_other_way_round_too(library: Library, tmp_path: Path) -> None:
    rows = "".join(f"点{i},30.05,104.0{i}\n" for i in range(5))
    report = brought(library, tmp_path, rows + "乙,104.06,30.06\n", crs="EPSG:4490", swapped=True)
    assert report.placed == 5


def test_where_most_are_nowhere_the_crs_is_wrong(library: Library, tmp_path: Path) -> None:
    with pytest.raises(ImplausibleCRS):
        brought(library, tmp_path, "甲,104.05,30.05\n乙,30.06,104.06\n丙,30.07,104.07\n", crs="EPSG:4490")


@pytest.mark.parametrize(
    ("text", "crs", "row"),
    [
        (GOOD + "乙,14.06,30.06\n", "EPSG:4490", 6),
        ("甲,404000.2,3328000.5\n乙,104.05,30.05\n丙,404200.2,3328200.5\n", "EPSG:4544", 2),
        ("甲,404000.2,3328000.5\n乙,404100.2,3328100.5\n丙,3328200.5,404200.2\n", "EPSG:4544", 3),
    ],
)
def test_a_point_far_from_all_others_is_told(
    library: Library, tmp_path: Path, text: str, crs: str, row: int
) -> None:
    report = brought(library, tmp_path, text, crs=crs)
    assert report.placed == text.count("\n")
    assert "1 feature lies far from all others" in english(report)
    assert f"(row {row})" in english(report)


def test_what_lies_over_a_country_is_not_called_far(library: Library, tmp_path: Path) -> None:
    text = "".join(f"城{i},{75 + 6 * i},{20 + 3 * i}\n" for i in range(9))
    assert "far from all others" not in english(brought(library, tmp_path, text, crs="EPSG:4490"))
