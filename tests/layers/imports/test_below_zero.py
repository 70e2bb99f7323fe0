"""Numbers below zero as accounts write them: read so where all cells together say so, else text with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import DEGREES, held, library, said, text_file

__all__ = ["library"]


@pytest.mark.parametrize(
    ("name", "cells", "read", "words"),
    [
        ("利润(万元)", ["▲300", "500.5", "1,200"], [-300, 500.5, 1200], "such as ▲300 for -300"),
        ("增减", ["△3", "5", "-"], [-3, 5, None], "1 value of column 增减 is below zero"),
        ("利润", ["(500)", "（1,200.5）", "3"], [-500, -1200.5, 3], "2 values of column 利润 are below zero"),
        ("同比", ["(2.5%)", "3.1%", "0%"], [-2.5, 3.1, 0], "such as (2.5%) for -2.5%"),
        ("v", ["(1,200.50)", "3.25"], [-1200.5, 3.25], "below zero"),
        ("余额", ["1200-", "1,300.5-", "4"], [-1200, -1300.5, 4], "such as 1200- for -1200"),
        ("面积", ["(500)", "1200", "3"], ["(500)", "1200", "3"], "“(500)” may be a number below zero"),
        ("增减", ["▲300", "▼200", "5"], ["▲300", "▼200", "5"], "“▲300” may be a number below zero"),
        ("增减", ["△300", "-200", "5"], ["△300", "-200", "5"], "“△300” may be a number below zero"),
        ("序号", ["(1)", "(2)", "(3)"], ["(1)", "(2)", "(3)"], "stays text"),
        ("备注", ["(1)期", "▲国控", "5"], ["(1)期", "▲国控", "5"], ""),
    ],
)
def test_signs_of_accounts(
    library: Library, tmp_path: Path, name: str, cells: list[str], read: list[Any], words: str
) -> None:
    rows = "".join(f"{104.05 + i / 100};30.05;{cell}\n" for i, cell in enumerate(cells))
    report = bring(library, text_file(tmp_path, f"lon;lat;{name}\n{rows}"), **DEGREES)
    assert held(library).values(name) == read
    assert words in said(report)


def test_where_a_person_says_numbers_brackets_are_below_zero(library: Library, tmp_path: Path) -> None:
    path = text_file(tmp_path, "lon,lat,面积\n104.05,30.05,(500)\n104.06,30.05,1200\n")
    report = bring(library, path, **DEGREES, types={"面积": "number"})
    assert held(library).values("面积") == [-500, 1200]
    assert "such as (500) for -500" in said(report)


def test_dates_with_english_months(library: Library, tmp_path: Path) -> None:
    days = ["5-Mar-2021", "12 March 2021", "Sept 3rd, 2021", "May 2021", "1 May 2021"]
    rows = "".join(f'104.0{i},30.05,"{day}",n May{i} 2021\n' for i, day in enumerate(days))
    report = bring(library, text_file(tmp_path, f"lon,lat,start date,name\n{rows}"), **DEGREES)
    assert held(library).values("start date") == [
        "2021-03-05",
        "2021-03-12",
        "2021-09-03",
        "2021-05",
        "2021-05-01",
    ]
    assert held(library).values("name")[0] == "n May0 2021"
    assert "4 days" in said(report) and "1 month" in said(report)


def test_multiples_without_a_unit(library: Library, tmp_path: Path) -> None:
    report = bring(library, text_file(tmp_path, "lon,lat,投资\n104.05,30.05,3万\n104.06,30.05,20000\n"), **DEGREES)
    assert held(library).values("投资") == [30000, 20000]
    assert "column 投资 holds numbers without a unit, converted from × 10,000, -" in said(report)
