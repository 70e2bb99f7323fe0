"""Kinds of everyday files beyond the cases: what each holds is read right, or asked, or told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
import xlsxwriter
from pyproj import CRS

from layers.imports.crs_gate import ImplausibleCRS
from layers.imports.errors import OpenReading
from layers.imports.preview import preview
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import DEGREES, held, library, points, said, text_file

pytestmark = pytest.mark.slow
__all__ = ["library"]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("名称,经度_度,经度_分,经度_秒,纬度_度,纬度_分,纬度_秒\n甲,104,3,36.5,30,3,0\n", (104.060138889, 30.05)),
        ("名称,经度,,,纬度,,\n,度,分,秒,度,分,秒\n甲,104,3,36.5,30,3,0\n", (104.060138889, 30.05)),
        ("a,lat_deg,lat_min,lon_deg,lon_min\n1,30,3,104,3.6\n", (104.06, 30.05)),
        ("a,经度(°),经度(′),经度(″),纬度(°),纬度(′),纬度(″)\n1,104,3,36.5,30,3,0\n", (104.060138889, 30.05)),
        ("name,lon,lon_dir,lat,lat_dir\na,73.98,W,40.75,N\n", (-73.98, 40.75)),
        ("name,lat,ns,lon,ew\na,33.9,S,151.2,E\n", (151.2, -33.9)),
        ("name,西经,北纬\na,73.98,40.75\n", (-73.98, 40.75)),
        ("name,东经,南纬\na,151.2,33.9\n", (151.2, -33.9)),
        ("name,西经,北纬\na,-73.98,40.75\n", (-73.98, 40.75)),
        ("名称;经度;纬度\n甲;104°03'36,5\";30°03'00,0\"\n", (104.060138889, 30.05)),
        ("名称,经度,纬度\n甲,１０４．０５,３０．０５\n", (104.05, 30.05)),
        ("名稱,經度,緯度\n甲,104.05,30.05\n", (104.05, 30.05)),
        ("| 名称 | 经度 | 纬度 |\n|---|---|---|\n| 甲 | 104.05 | 30.05 |\n", (104.05, 30.05)),
    ],
)
def test_a_place_in_parts_or_with_its_side(library: Library, tmp_path: Path, text: str, at: Any) -> None:
    bring(library, text_file(tmp_path, text), **DEGREES)
    assert points(library) == [at]


def test_marks_that_lie_and_traditional_chinese(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf" + "名称,经度,纬度\n滨江公园,104.05,30.05\n".encode("gbk"))
    assert "its mark says UTF-8" in said(bring(library, path, **DEGREES))
    assert held(library).values("名称") == ["滨江公园"]
    big5 = text_file(tmp_path, "名稱,經度,緯度\n濱江公園綠地,104.05,30.05\n", "b.csv", "big5")
    with pytest.raises(OpenReading, match="big5: 名稱"):
        bring(library, big5, layer="b", **DEGREES)
    bring(library, big5, layer="b", encoding="big5", **DEGREES)
    assert held(library, "b").values("名稱") == ["濱江公園綠地"]


def test_columns_nobody_knows_are_asked_and_can_be_chosen(library: Library, tmp_path: Path) -> None:
    path = text_file(tmp_path, "甲,104.05,30.05\n乙,104.06,30.06\n")
    seen = preview(library, path)
    assert [one["option"] for one in seen["questions"]] == ["x_column"]
    assert [one["name"] for one in seen["fields"]] == ["column_1", "column_2", "column_3"]
    with pytest.raises(OpenReading, match="Choose the columns"):
        bring(library, path, **DEGREES)
    bring(library, path, x_column="column_2", y_column="column_3", **DEGREES)
    assert points(library) == [(104.05, 30.05), (104.06, 30.06)]


TOTALS = "名称,经度,纬度,面积\n甲,104.05,30.05,1\n{}合计路公园,104.06,30.06,2\n{}"


@pytest.mark.parametrize(
    "row",
    [
        "小计,,,1",
        "合 计：,,,3",
        "Total:,,,3",
        "总计(ha),,,3",
        "合计（亩）,,,3",
        "甲街道小计,,,3",
        "全区合计,,,3",
        "其中：工业,,,2",
        "Grand Total,,,3",
    ],
)
def test_rows_that_are_totals(library: Library, tmp_path: Path, row: str) -> None:
    report = bring(library, text_file(tmp_path, TOTALS.format("", row + "\n")), **DEGREES)
    assert held(library).values("名称") == ["甲", "合计路公园"]
    assert "1 total row is no feature" in said(report)


@pytest.mark.parametrize(
    ("cells", "read", "words"),
    [
        (
            ["NA", "3", "-", "无", "4"],
            [None, 3, None, None, 4],
            "3 values of column v only say that there is none",
        ),
        (["#N/A", "1.5", "—"], [None, 1.5, None], "(#N/A, —)"),
        (["¥1200", "¥300.5"], [1200, 300.5], "numbers in CNY"),
        (["$1,234.50", "-$300", "n/a"], [1234.5, -300, None], "numbers in $"),
        (["R$ 1.234,56", "R$ 987,00"], [1234.56, 987], "numbers in BRL"),
        (["KSh 1,200,000", "KES 350000"], [1200000, 350000], "numbers in KES"),
        (["$1.5M", "$300K"], [1500000, 300000], "converted from million $"),
        (["($1,500.00)", "$2,500.75"], [-1500, 2500.75], "below zero"),
        (["$1500", "€300"], ["$1500", "€300"], "units differ ($, EUR)"),
        (["RMB 12", "￥3万"], [12, 30000], "converted"),
        (["(1200)", "300"], ["(1200)", "300"], "stays text"),
        (["暂无", "待定", "5"], ["暂无", "待定", "5"], "stays text"),
        (["-", "/", "无"], ["-", "/", "无"], ""),
    ],
)
def test_cells_that_say_nothing_and_money(
    library: Library, tmp_path: Path, cells: list[str], read: list[Any], words: str
) -> None:
    rows = "".join(f"{104.05 + i / 100};30.05;{cell}\n" for i, cell in enumerate(cells))
    report = bring(library, text_file(tmp_path, f"lon;lat;v\n{rows}"), **DEGREES)
    assert held(library).values("v") == read
    assert words in said(report)


def test_days_and_errors_of_excel(library: Library, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    for at, head in enumerate(["名称", "经度", "纬度", "开工日期", "竣工日期", "户数"]):
        sheet.write(0, at, head)
    for at in range(2):
        sheet.write_row(at + 1, 0, [f"地块{at}", 104.05 + at / 100, 30.05, 45000 + at, 45352 + at, 45000 + at])
    sheet.write_datetime(1, 4, gpd.pd.Timestamp("2024-03-01").to_pydatetime(), day)
    sheet.write_formula(1, 5, "=NA()", None, "#N/A")
    book.close()
    report = bring(library, tmp_path / "a.xlsx", **DEGREES)
    assert held(library).values("开工日期") == ["2023-03-15", "2023-03-16"]
    assert held(library).values("竣工日期") == ["2024-03-01", "2024-03-02"]
    assert held(library).values("户数") == [None, 45001], "not called a date"
    assert "Excel's numbers of days, such as 45000 for 2023-03-15" in said(report)
    assert "1 cell of the workbook holds an error" in said(report)


def gauss(code: int, *, false_easting: float) -> str:
    """Return a .prj as ArcGIS writes it, with another false easting than its zone has."""
    wkt = CRS.from_epsg(code).to_wkt("WKT1_ESRI")
    own = 500000.0 if CRS.from_epsg(code).name.endswith("E") else float(f"{CRS.from_epsg(code).name[-2:]}500000")
    assert f'"False_Easting",{own}' in wkt
    return wkt.replace(f'"False_Easting",{own}', f'"False_Easting",{false_easting}')


@pytest.mark.parametrize(
    ("held_in", "said_to_be", "false_easting", "fits"),
    [(4523, 4544, 500000.0, "EPSG:4523"), (4544, 4523, 35500000.0, "EPSG:4544")],
)
def test_a_zone_before_the_easting_that_the_prj_knows_nothing_of(
    library: Library, tmp_path: Path, held_in: int, said_to_be: int, false_easting: float, fits: str
) -> None:
    boxes = [shapely.box(104.05, 30.05, 104.06, 30.06), shapely.box(104.07, 30.05, 104.08, 30.06)]
    frame = gpd.GeoDataFrame({"n": ["a", "b"]}, geometry=boxes, crs=4490).to_crs(held_in)
    frame.to_file(tmp_path / "a.shp")
    (tmp_path / "a.prj").write_text(gauss(said_to_be, false_easting=false_easting))
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for ending in ("shp", "shx", "dbf", "prj"):
            archive.write(tmp_path / f"a.{ending}", f"a.{ending}")
    with pytest.raises(ImplausibleCRS, match=fits):
        bring(library, tmp_path / "a.zip")
    seen = preview(library, tmp_path / "a.zip")
    assert fits in {one["crs"] for one in seen["places"]}
    bring(library, tmp_path / "a.zip", crs=fits)
    assert np.allclose(held(library).geometry[0].bounds, boxes[0].bounds, atol=1e-9)


def test_one_stray_feature_costs_itself(library: Library, tmp_path: Path) -> None:
    good = gpd.GeoSeries([shapely.Point(104.05, 30.05)], crs=4490).to_crs(4544)[0]
    frame = gpd.GeoDataFrame({"n": ["a", "b"]}, geometry=[good, shapely.Point(9.9e9, 9.9e9)], crs=4544)
    frame.to_file(tmp_path / "a.gpkg")
    report = bring(library, tmp_path / "a.gpkg")
    assert points(library) == [(104.05, 30.05)]
    assert [(one.kind, one.count) for one in report.problems] == [("not_finite", 1)]


CURVES = """id;wkt
1;CURVEPOLYGON(CIRCULARSTRING({x} 3326000,{e} 3326000,{x} 3326000))
2;COMPOUNDCURVE(({x} 3326000,{e} 3326000),CIRCULARSTRING({e} 3326000,{m} 3326050,{f} 3326000))
3;CIRCULARSTRING Z({x} 3326000 1,{m} 3326050 2,{e} 3326000 3)
4;MULTISURFACE(CURVEPOLYGON(CIRCULARSTRING({x} 3326000,{e} 3326000,{x} 3326000)),(({e} 3327000,{f} 3327000,{f} 3327100,{e} 3327000)))
5;CURVEPOLYGON(broken
"""


def test_curves_written_as_text_become_segments(library: Library, tmp_path: Path) -> None:
    text = CURVES.format(x=408000, e=408100, m=408050, f=408200)
    text = text.replace("408050 3326050,408200", "408150 3326050,408200")
    report = bring(library, text_file(tmp_path, text), crs="EPSG:4544")
    assert "4 features hold curves, made into segments of 0.5 degrees" in said(report)
    assert "at most 0.0010% of the radius" in said(report)
    plane = gpd.GeoSeries(list(held(library).geometry), crs=4490).to_crs(4544)
    circle = np.pi * 50**2
    assert plane[0].area == pytest.approx(circle, rel=2e-4)
    assert plane[1].length == pytest.approx(100 + np.pi * 50, rel=1e-4)
    assert plane[2].length == pytest.approx(np.pi * 50, rel=1e-4)
    assert plane[3].area == pytest.approx(circle + 5000, rel=2e-4)
    z = shapely.get_coordinates(plane[2], include_z=True)[:, 2]
    assert (z[0], z[len(z) // 2], z[-1]) == pytest.approx((1, 2, 3))
    assert plane[4] is None


def test_curves_written_as_wkb(library: Library, tmp_path: Path) -> None:
    import struct

    def ring(order: str, code: int, points: list[tuple[float, ...]]) -> bytes:
        flat = [value for point in points for value in point]
        return struct.pack(f"{order}BII", order == "<", code, len(points)) + struct.pack(
            f"{order}{len(flat)}d", *flat
        )

    half: list[tuple[float, ...]] = [(104.05, 30.05), (104.06, 30.06), (104.07, 30.05)]
    ewkb = struct.pack("<BII", 1, 8 | 0x20000000, 4490) + ring("<", 8, half)[5:]
    iso = struct.pack(">BII", 0, 1010, 1) + ring(
        ">", 1008, [(*p, 7.0) for p in [(104.05, 30.05), (104.07, 30.05), (104.05, 30.05)]]
    )
    bomb = struct.pack("<BII", 1, 8, 2**31 - 1)
    rows = "".join(f"{i},{one.hex()}\n" for i, one in enumerate([ewkb, iso, bomb]))
    report = bring(library, text_file(tmp_path, f"id,geom\n{rows}"))
    shapes = held(library).geometry
    assert shapes[0].length == pytest.approx(np.pi * 0.01, rel=1e-4)
    assert shapes[1].area == pytest.approx(np.pi * 1e-4, rel=1e-3)
    assert set(shapely.get_coordinates(shapes[1], include_z=True)[:, 2]) == {7.0}
    assert shapes[2] is None
    assert "2 features hold curves" in said(report)


KML = (
    '<?xml version="1.0" encoding="{}"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
)
MARK = "<Placemark><name>{}</name>{}<Point><coordinates>104.05,30.05,0</coordinates></Point></Placemark>"


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK", "UTF-16"])
def test_fields_folders_and_overlays_of_a_kml(library: Library, tmp_path: Path, encoding: str) -> None:
    data = '<ExtendedData><Data name="面积"><value>{}</value></Data><Data name="名称"><value>{}</value></Data></ExtendedData>'
    simple = '<ExtendedData><SchemaData><SimpleData name="层数">3</SimpleData></SchemaData></ExtendedData>'
    body = (
        f"<Folder><name>项目</name>{MARK.format('甲', data.format('12.5', 'a &amp; b'))}</Folder>"
        f"<Folder><name>项目</name>{MARK.format('乙', simple)}</Folder>"
        "<GroundOverlay><Icon><href>a.png</href></Icon><LatLonBox><north>1</north><south>0</south><east>1</east>"
        "<west>0</west></LatLonBox></GroundOverlay>"
    )
    report = bring(library, text_file(tmp_path, KML.format(encoding, body), "a.kml", encoding))
    assert held(library).values("面积") == [12.5, None]
    assert held(library).values("名称") == ["a & b", None]
    assert held(library).values("层数") == [None, 3]
    assert held(library).values("folder") == ["项目", "项目"]
    assert len(points(library)) == 2, "an overlay is no feature"
    assert "1 ground overlay; left out" in said(report)


def test_folders_of_one_name_in_several_are_called_by_their_path(library: Library, tmp_path: Path) -> None:
    def folder(name: str, *inside: str) -> str:
        return f"<Folder><description>x</description><name>{name}</name>{''.join(inside)}</Folder>"

    def mark(name: str) -> str:
        return MARK.format(name, "")

    body = folder(
        "甲区",
        folder("绿地", mark("a"), mark("b")),
        folder("<![CDATA[东 & 西]]>", folder("绿地", mark("c")), mark("d")),
        folder("工业", mark("e")),
    ) + folder("绿地", mark("f"))
    bring(library, text_file(tmp_path, KML.format("UTF-8", body), "a.kml"))
    of = dict(zip(held(library).values("Name"), held(library).values("folder"), strict=True))
    assert of == {
        "a": "甲区/绿地",
        "b": "甲区/绿地",
        "c": "甲区/东 & 西/绿地",
        "d": "东 & 西",
        "e": "工业",
        "f": "绿地",
    }


@pytest.mark.parametrize(
    ("texts", "read", "words"),
    [
        (["二〇二一年三月", "二零一九年十二月二十日", "2020年"], ["2021-03", "2019-12-20", "2020"], "holds dates"),
        (["一九九八年", "二○二三年廿一月"], ["一九九八年", "二○二三年廿一月"], "not read as dates"),
        (["2021年第二季度", "2021Q3", "2022年底"], ["2021年第二季度", "2021Q3", "2022年底"], "is a quarter"),
        (["2021年3月", "2021-04", "2021年上半年"], ["2021年3月", "2021-04", "2021年上半年"], "上半年”"),
    ],
)
def test_dates_in_words(library: Library, tmp_path: Path, texts: list[str], read: list[str], words: str) -> None:
    rows = "".join(f"{i},104.05,30.05,{text}\n" for i, text in enumerate(texts))
    report = bring(library, text_file(tmp_path, f"编号,经度,纬度,开工日期\n{rows}"), **DEGREES)
    assert held(library).values("开工日期") == read
    assert words in said(report)


@pytest.mark.parametrize(
    ("coordinates", "kind", "words"),
    [
        ([[[104.05, 30.05], [104.06, 30.05], [104.06, 30.06]]], "Polygon", "a ring is not closed; closed"),
        ([[[[104.05, 30.05], [104.06, 30.05], [104.06, 30.06]]]], "MultiPolygon", "a ring is not closed; closed"),
        (["104.05", "30.05"], "Point", "coordinates are texts; read as numbers"),
        ([104.05, 30.05, 3.0, 7.0], "Point", "more than three numbers; three are read"),
        ([[104.05, 30.05, 3.0, 7.0, 1], [104.06, 30.05, 4.0, 8.0, 1]], "LineString", "three are read"),
    ],
)
def test_geojson_that_can_be_mended(
    library: Library, tmp_path: Path, coordinates: Any, kind: str, words: str
) -> None:
    import json

    feature = {"type": "Feature", "properties": {"a": 1}, "geometry": {"type": kind, "coordinates": coordinates}}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    assert words in said(bring(library, text_file(tmp_path, text, "a.geojson")))
    assert held(library).geometry[0].geom_type == kind


def test_a_parquet_that_says_nothing_of_itself(library: Library, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    wkb = [shapely.to_wkb(shapely.Point(104.05, 30.05)), None]
    pq.write_table(pa.table({"code": ["1.10", "007"], "geometry": wkb}), tmp_path / "a.parquet")
    report = bring(library, tmp_path / "a.parquet", **DEGREES)
    assert "it has no GeoParquet metadata" in said(report)
    assert points(library) == [(104.05, 30.05)]
    pq.write_table(
        pa.table({"code": ["1", "2"], "lon": [104.05, 104.06], "lat": [30.05, 30.06]}), tmp_path / "b.parquet"
    )
    assert bring(library, tmp_path / "b.parquet", layer="b", **DEGREES).format == "GeoParquet"
    assert held(library, "b").values("code") == ["1", "2"], "text stays the text it is"
