"""Files of other programs and countries: moments with AM and PM, ids cut by Excel, lines of WKT, logs named."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.imports.errors import UnreadableFile
from layers.imports.preview import preview
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import DEGREES, held, library, points, said, text_file

__all__ = ["library"]
ROWS = "名称,经度,纬度,{}\na,104.05,30.05,{}\nb,104.06,30.06,{}\n"


def column(library: Library, tmp_path: Path, name: str, *cells: str) -> tuple[list[object], str]:
    report = bring(library, text_file(tmp_path, ROWS.format(name, *cells)), **DEGREES)
    return held(library).values(name), said(report)


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (("3/5/2021 8:05:11 AM", "13/5/2021 1:05:11 PM"), ["2021-05-03T08:05:11", "2021-05-13T13:05:11"]),
        (("5/13/2021 12:00 PM", "5/14/2021 12:30 am"), ["2021-05-13T12:00", "2021-05-14T00:30"]),
        (("2021/3/5 上午 8:05:11", "2021/3/5 下午8:05:11"), ["2021-03-05T08:05:11", "2021-03-05T20:05:11"]),
        (("2021-03-05 11:05 p.m.", "2021-03-06 00:05"), ["2021-03-05T23:05", "2021-03-06T00:05"]),
    ],
)
def test_moments_by_halves_of_the_day(
    library: Library, tmp_path: Path, cells: tuple[str, str], read: list[str]
) -> None:
    assert column(library, tmp_path, "CreationDate", *cells)[0] == read


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (('"1,23,456"', '"12,34,567"'), [123456, 1234567]),
        (('"1,23,456.5"', "7"), [123456.5, 7]),
        (('"12,34"', '"1,2,3"'), ["12,34", "1,2,3"]),
    ],
)
def test_digits_in_twos_are_thousands_of_india(
    library: Library, tmp_path: Path, cells: tuple[str, str], read: list[object]
) -> None:
    assert column(library, tmp_path, "cost", *cells)[0] == read


def test_ids_that_excel_cut_are_told(library: Library, tmp_path: Path) -> None:
    values, told = column(library, tmp_path, "宗地编号", "3.20281E+17", "3.20282E+17")
    assert values == ["3.20281E+17", "3.20282E+17"] and "2 values are long ids that Excel wrote as" in told
    assert "last digits are lost" in told


@pytest.mark.parametrize(
    ("name", "unit"), [("规模_亩", "mu"), ("area_ha", "ha"), ("面积_m2", "m2"), ("checked_in", ""), ("a_x", "")]
)
def test_a_unit_behind_an_underscore(library: Library, tmp_path: Path, name: str, unit: str) -> None:
    column(library, tmp_path, name, "20", "30")
    assert next(one.unit for one in library.layer("new").fields if one.id == name) == unit


def test_a_starred_line_under_a_table_is_a_note(library: Library, tmp_path: Path) -> None:
    table = ROWS.format("面积", "10", "20") + "总计,,,30\n*含代征地\n※ 数据为初步成果\n"
    report = bring(library, text_file(tmp_path, table), **DEGREES)
    assert held(library).values("面积") == [10, 20]
    assert "2 lines under the table are notes; left out (*含代征地)" in said(report)


def test_a_thing_with_a_star_and_a_place_stays(library: Library, tmp_path: Path) -> None:
    bring(library, text_file(tmp_path, "名称,经度,纬度\n*甲园,104.05,30.05\n乙,104.06,30.06\n"), **DEGREES)
    assert held(library).values("名称") == ["*甲园", "乙"]


@pytest.mark.parametrize(
    "line", ["POINT (104.0{} 30.05)", '"POINT(104.0{} 30.05)"', "SRID=4490;POINT(104.0{} 30.05);"]
)
def test_lines_of_wkt_are_shapes(library: Library, tmp_path: Path, line: str) -> None:
    path = text_file(tmp_path, "\n".join([line.format(5), "", line.format(6)]) + "\n", "a.txt")
    bring(library, path, **DEGREES)
    assert points(library) == [(104.05, 30.05), (104.06, 30.05)]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.txt", "$GPGGA,080000,3003.0,N,10403.0,E,1,08,0.9,490.1,M,,,,*47\n", "NMEA.*GPX"),
        ("a.log", "$GNRMC,080000,A,3003.0,N,10403.0,E,0,0,010121,,*47\n", "NMEA.*GPX"),
        (
            "a.tcx",
            '<?xml version="1.0"?><TrainingCenterDatabase xmlns="x"></TrainingCenterDatabase>',
            "export it as GPX",
        ),
        (
            "a.xls",
            '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "Excel 2003 as XML.*save it as xlsx",
        ),
        ("a.xml", '<?xml version="1.0"?><LandXML xmlns="http://www.landxml.org/x"/>', "LandXML; export it"),
    ],
)
def test_logs_and_other_markup_are_named(
    library: Library, tmp_path: Path, name: str, text: str, told: str
) -> None:
    with pytest.raises(UnreadableFile, match=told):
        bring(library, text_file(tmp_path, text, name), **DEGREES)


def test_corner_points_of_a_datum_without_a_zone_say_so(library: Library, tmp_path: Path) -> None:
    head = "[属性描述]\n坐标系=1980西安坐标系\n几度分带=3\n带号=\n[地块坐标]\n"
    ring = "".join(f"J{i},1,{x},{y}\n" for i, (x, y) in enumerate([(0, 0), (0, 100), (100, 100)]))
    points_ = ring.replace(",0,0", ",3325000,404000").replace(",0,100", ",3325000,404100")
    path = text_file(tmp_path, head + "3,1,1,甲,面,,,,@\n" + points_.replace(",100,100", ",3325100,404100"))
    told = preview(library, path)["notes"]
    assert any("names the datum “1980西安坐标系” without a zone" in one["en"] for one in told)
