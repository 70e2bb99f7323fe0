"""Files as people bring them: each case with its right value, and others of its kind that differ."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

import geo
from layers.imports.errors import ChangedTypes, OpenReading, UnreadableFile
from layers.imports.importer import ImportReport
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.small_plan import write_plan

pytestmark = pytest.mark.slow

FILES = Path(__file__).parent / "files"
DEGREES, PLANE = {"crs": "EPSG:4490"}, {"crs": "EPSG:4549"}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "p"))


def held(library: Library, layer: str = "new") -> Any:
    return library.snapshot(library.layer(layer)).content


def said(report: ImportReport) -> str:
    assert all(note.zh and note.en and note.zh != note.en for note in report.notes)
    return " ".join(note.en for note in report.notes)


def text_file(tmp_path: Path, text: str, name: str = "a.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def points(library: Library) -> list[tuple[float, float]]:
    return [(round(s.x, 9), round(s.y, 9)) for s in held(library).geometry if s is not None]


@pytest.mark.parametrize(
    ("name", "options", "at"),
    [
        ("01_utf16_tab.txt", DEGREES, [(120.3, 31.9), (120.31, 31.91)]),
        ("02_semicolon_decimalcomma.csv", DEGREES, [(120.3012, 31.9012), (120.3105, 31.9105)]),
        ("05_dms.csv", DEGREES, [(120.3015, 31.901), (120.31, 31.91), (120.32, 31.92)]),
        *[
            (f"07_header_{n}.csv", DEGREES, [(120.3, 31.9), (120.31, 31.91)])
            for n in ("00", "04", "08", "10", "combined")
        ],
        *[(f"07_header_{n}.csv", {}, [(120.3, 31.9), (120.31, 31.91)]) for n in ("02", "06")],
        ("08_merged_header.xlsx", DEGREES, [(120.3, 31.9), (120.31, 31.91), (120.32, 31.92)]),
        ("09b_scientific.csv", DEGREES, [(120.3, 31.9), (120.31, 31.91), (120.32, 31.92)]),
        ("11_hexwkb.csv", DEGREES, [(120.3, 31.9), (120.31, 31.91)]),
        ("11c_geojsoncol.csv", DEGREES, [(120.3, 31.9)]),
        ("27_zip_geojson.zip", {}, [(120.3, 31.9)]),
    ],
)
def test_points_lie_where_they_are(library: Library, name: str, options: dict[str, Any], at: list[Any]) -> None:
    bring(library, FILES / name, **options)
    assert points(library) == at


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("名称,X坐标(m),Y坐标(m)\n甲,104.05,30.05\n", (104.05, 30.05)),
        ("名称,东经,北纬\n甲,104.05,30.05\n", (104.05, 30.05)),
        ("site,GPS经度,GPS纬度\n甲,104.05,30.05\n", (104.05, 30.05)),
        ("site,centroid_x,centroid_y\n甲,104.05,30.05\n", (104.05, 30.05)),
        ("site,Lng [deg],Lat [deg]\n甲,104.05,30.05\n", (104.05, 30.05)),
        ("site|XCoord|YCoord\n甲|104.05|30.05\n", (104.05, 30.05)),
        ("名称，经度，纬度\n甲，104.05，30.05\n", (104.05, 30.05)),
        ('site,latlon\n甲,"30.05, 104.05"\n', (104.05, 30.05)),
        ("site,坐标\n甲,104.05 30.05\n", (104.05, 30.05)),
        ("name;坐标\n甲;N30°03′00″ E104°03′00″\n", (104.05, 30.05)),
        ("sep=;\nname;lon;lat\n甲;104,05;30,05\n", (104.05, 30.05)),
        ("name\tlon\tlat\n甲\t1.0405E+02\t3.005E+01\n", (104.05, 30.05)),
        ('名称,经度,纬度\n甲,"104°03\'00""","30°03\'00"""\n', (104.05, 30.05)),
        ("名称,经度,纬度\n甲,E104:03:00,N30:03:00\n", (104.05, 30.05)),
        ("名称,纬度,经度\n甲,30度3分,104度3分\n", (104.05, 30.05)),
        ("项目一览表,,\n单位：亩,,\n名称,坐标,\n,经度,纬度\n甲,104.05,30.05\n", (104.05, 30.05)),
        ("名称,经度,纬度\n,°,°\n甲,104.05,30.05\n", (104.05, 30.05)),
        ("id;the_geom\n1;SRID=4490;POINT(104.05 30.05)\n".replace("SRID=4490;", ""), (104.05, 30.05)),
        ("点名,B,L,H\n甲,30.050,104.050,12.3\n", (104.05, 30.05)),  # as surveyors call them
        ('点名,B(°′″),L(°′″)\n甲,"30°03\'00""","104°03\'00"""\n', (104.05, 30.05)),
        ('名称,建设地点经纬度\n甲,"104.05,30.05"\n', (104.05, 30.05)),
        ('id,shape\n1,"SRID=4490;POINT Z(104.05 30.05 3)"\n', (104.05, 30.05)),
        ("id,geom\n1,\\x01010000003333333333035a40cdcccccccc0c3e40\n", (104.05, 30.05)),
    ],
)
def test_other_ways_to_write_a_place(library: Library, tmp_path: Path, text: str, at: tuple[float, float]) -> None:
    bring(library, text_file(tmp_path, text), **DEGREES)
    assert points(library) == [at]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "gb18030", "utf-8-sig"])
@pytest.mark.parametrize("kind", ["csv", "geojson"])
def test_text_is_read_in_its_encoding(library: Library, tmp_path: Path, encoding: str, kind: str) -> None:
    point = {"type": "Point", "coordinates": [104.05, 30.05]}
    feature = {"type": "Feature", "properties": {"名称": "滨江公园"}, "geometry": point}
    text = (
        "名称,经度,纬度\n滨江公园,104.05,30.05\n"
        if kind == "csv"
        else json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False)
    )
    bring(library, text_file(tmp_path, text, f"a.{kind}", encoding), **DEGREES)
    assert held(library).values("名称") == ["滨江公园"]


def test_an_encoding_that_is_not_certain_is_asked(library: Library, tmp_path: Path) -> None:
    path = text_file(tmp_path, "name,lon,lat\nForêt,104.05,30.05\nGröße,104.06,30.05\n", encoding="cp1252")
    with pytest.raises(OpenReading, match=r"cp1250: .*Foręt"):
        bring(library, path, **DEGREES)
    bring(library, path, encoding="cp1252", **DEGREES)
    assert held(library).values("name") == ["Forêt", "Größe"]
    with pytest.raises(UnreadableFile, match="not encoded in utf-8"):
        bring(library, path, layer="b", encoding="utf-8", **DEGREES)


def test_a_comma_that_may_be_either_is_asked(library: Library, tmp_path: Path) -> None:
    with pytest.raises(OpenReading, match=r"12,500 may be 12500 or 12\.500"):
        bring(library, FILES / "02b_semicolon_area_comma.csv", **DEGREES)
    assert "new" not in library.catalog.layers
    bring(library, FILES / "02b_semicolon_area_comma.csv", decimal=",", **DEGREES)
    assert held(library).values("area_ha") == [12.5, 3.25]
    bring(library, FILES / "02_semicolon_decimalcomma.csv", layer="b", **DEGREES)
    assert held(library, "b").values("area_ha") == [12.5, 3.25]
    bring(library, FILES / "02b_semicolon_area_comma.csv", layer="c", decimal=".", **DEGREES)
    assert held(library, "c").values("area_ha") == [12500, 3250]


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["1.234,5", "2,5"], [1234.5, 2.5]),
        (["1 234,5", "2"], [1234.5, 2.0]),
        (["1,234.5", "2"], [1234.5, 2.0]),
        (["1,234,567", "8"], [1234567, 8]),
        (["1'234.5", "2"], [1234.5, 2.0]),
        (["0,500", "1,250"], [0.5, 1.25]),
        (["1.5E-05", "0.02"], [1.5e-05, 0.02]),
        (["-1.2e+3", "7"], [-1200.0, 7.0]),
        ([".5", "2."], [0.5, 2.0]),
        (["1.1", "1.10"], ["1.1", "1.10"]),
        (["007", "8"], ["007", "8"]),
        (["1,5", "2.5"], ["1,5", "2.5"]),
        (["9007199254740993", "2"], ["9007199254740993", "2"]),
    ],
)
def test_one_rule_reads_a_column(library: Library, tmp_path: Path, cells: list[str], read: list[Any]) -> None:
    rows = "".join(f"{104.05 + i / 100};30.05;{cell}\n" for i, cell in enumerate(cells))
    bring(library, text_file(tmp_path, f"lon;lat;v\n{rows}"), **DEGREES)
    assert held(library).values("v") == read


def test_thousands_in_eastings(library: Library) -> None:
    bring(library, FILES / "06_thousands_xy.csv", **PLANE)
    assert held(library).values("x") == [529350.25, 529450.25]
    assert held(library).geometry[0].x == pytest.approx(120.3102, abs=1e-4)


def test_headers_and_totals(library: Library, tmp_path: Path) -> None:
    report = bring(library, FILES / "08_merged_header.xlsx", **DEGREES)
    assert held(library).values("面积（亩）") == [10, 20, 30]
    assert "row 7: 合计 60" in said(report)
    assert ("total_row", 1, "left out") in [(p.kind, p.count, p.done) for p in report.problems]
    bring(library, FILES / "08b_merged_body_total.xlsx", layer="b", **DEGREES)
    assert held(library, "b").values("街道") == ["澄江街道", "澄江街道", "申港街道", "申港街道"]
    assert sum(held(library, "b").values("面积（亩）")) == 100
    bring(library, FILES / "08_merged_header.xlsx", layer="c", totals="none", **DEGREES)
    assert len(held(library, "c")) == 4
    text = (
        "报表\n\n序号,name,lon,lat\n1,a,104.05,30.05\n2,小计,,\n3,b,104.06,30.05\n,总计,,\n注：数据来源于普查,,,\n"
    )
    report = bring(library, text_file(tmp_path, text), layer="d", **DEGREES)
    assert held(library, "d").values("name") == ["a", "b"]
    assert "2 total rows" in said(report)
    bring(library, text_file(tmp_path, "a\nb\nname,lon,lat\nTotal,104.05,30.05\n"), layer="e", **DEGREES)
    assert held(library, "e").values("name") == ["Total"], "a filling station with a place is no total"
    bring(
        library,
        text_file(tmp_path, "甲,104.05,30.05\n乙,104.06,30.05\n"),
        layer="f",
        header_rows="0",
        x_column="column_2",
        y_column="column_3",
        **DEGREES,
    )
    assert len(held(library, "f")) == 2


def test_plot_numbers_and_series_stay_what_they_are(library: Library) -> None:
    bring(library, FILES / "10_plot_numbers.csv", **DEGREES)
    assert held(library).values("地块号") == ["1.1", "1.10", "2.20"]
    assert held(library).values("批次") == ["2021-1", "2021-10", "2021-2"]
    bring(library, FILES / "10_plot_numbers.csv", layer="b", types={"批次": "date", "地块号": "number"}, **DEGREES)
    assert held(library, "b").values("批次") == ["2021-01", "2021-10", "2021-02"]
    assert held(library, "b").values("地块号") == [1.1, 1.1, 2.2]


def test_a_word_in_a_geometry_column_costs_nothing(library: Library, tmp_path: Path) -> None:
    text = "name,geom,lon,lat\nA,POINT(104.05 30.05),104.1,30.1\nB,见附图,104.06,30.06\nC,,104.07,30.07\n"
    report = bring(library, text_file(tmp_path, text), **DEGREES)
    assert points(library) == [(104.05, 30.05), (104.06, 30.06), (104.07, 30.07)]
    assert "cannot be read" in said(report)
    bring(library, text_file(tmp_path, "name,geometry,lon,lat\nA,见附图,104.05,30.05\n"), layer="b", **DEGREES)
    assert held(library, "b").values("geometry") == ["见附图"]
    report = bring(library, FILES / "03_semicolon_wkt.csv", layer="c", **DEGREES)
    assert (report.placed, held(library, "c").geometry[0].geom_type) == (2, "Polygon")


@pytest.mark.parametrize("name", ["13_z.csv", "13_z.geojson", "13_z.gpkg", "13_z.parquet"])
def test_heights_stay(library: Library, name: str) -> None:
    options = DEGREES if name.endswith("csv") else {}
    report = bring(library, FILES / name, **options)
    z = shapely.get_coordinates(held(library).geometry, include_z=True)[:, 2].tolist()
    assert z == ([12.5, 13.5] if name.endswith("parquet") else [12.75, 8.5])
    assert re.search(r"\b(?:have|has) heights", said(report))
    bring(library, FILES / name, layer="b", heights="attribute", **options)
    assert not shapely.has_z(held(library, "b").geometry).any()
    assert held(library, "b").values("height_m")[0] in (12.75, 13.0)
    report = bring(library, FILES / name, layer="c", heights="drop", **options)
    assert not shapely.has_z(held(library, "c").geometry).any()
    assert "left out as said" in said(report)


def test_measures_become_an_attribute_or_are_told(library: Library, tmp_path: Path) -> None:
    text = 'n,wkt\na,POINT M(104.05 30.05 7)\nb,"LINESTRING ZM(104 30 1 5, 104.1 30 2 9)"\n'
    report = bring(library, text_file(tmp_path, text), **DEGREES)
    assert held(library).values("m_value") == [7.0, None]
    assert shapely.has_z(held(library).geometry).tolist() == [False, True]
    assert "M values of 1 feature (5 to 9) are not kept" in said(report)


def test_drawings(library: Library) -> None:
    report = bring(library, FILES / "14c_closed_line_polygon.dxf", **PLANE)
    shape = held(library).geometry[0]
    assert shape.geom_type == "Polygon"
    area = geo.area_m2(gpd.GeoSeries([shape], crs=4490).to_crs(4549))[0]
    assert area == pytest.approx(1879.1, abs=0.05)
    assert held(library).values("Layer") == ["红线"]
    assert "closed line is read as an area" in said(report)
    bring(library, FILES / "14c_closed_line_polygon.dxf", layer="b", closed_lines="lines", **PLANE)
    assert held(library, "b").geometry[0].geom_type == "LineString"
    report = bring(library, FILES / "14_gbk_3d.dxf", layer="c", **PLANE)
    content = held(library, "c")
    kept = dict(zip(content.values("Layer"), content.geometry, strict=True))
    assert shapely.get_coordinates(kept["高程点"], include_z=True)[0, 2] == 8.75
    heights = {
        shapely.get_coordinates(s, include_z=True)[0, 2]
        for s, n in zip(content.geometry, content.values("Layer"), strict=True)
        if n == "等高线"
    }
    assert heights == {12.5, 13.0}
    assert {"滨江路", "工业用地±"} <= {t for t in content.values("Text") if t} or "滨江路" in content.values(
        "Text"
    )


def test_a_curve_costs_nothing_but_its_arcs(library: Library) -> None:
    report = bring(library, FILES / "15_curve.gpkg")
    assert report.placed == 2
    area = geo.area_m2(gpd.GeoSeries(held(library).geometry, crs=4490).to_crs(4549))
    assert area[0] == pytest.approx(7853.98, rel=1e-4)
    assert "1 feature holds curves" in said(report)


def test_types_of_a_geopackage(library: Library) -> None:
    bring(library, FILES / "17_types.gpkg")
    content = held(library)
    assert content.values("big") == [9007199254740993, 9223372036854775807]
    assert content.values("when") == ["2021-03-05T08:30:00+08:00", "2021-12-31T23:59:59+08:00"]
    assert content.values("built") == [True, False]
    bring(library, FILES / "17b_nullable.gpkg", layer="b")
    assert held(library, "b").values("b") == [True, None, False]


def test_types_of_a_geoparquet(library: Library) -> None:
    bring(library, FILES / "18_bbox.parquet")
    assert held(library).names == ("name",)
    bring(library, FILES / "18b_types.parquet", layer="b")
    content = held(library, "b")
    assert sum(content.values("area_ha")) == 15.75
    assert content.values("built") == ["2021-03-05", "2021-12-31"]
    assert content.values("seen") == ["2021-03-05T16:30:00+08:00", None]
    assert content.values("cat") == ["x", "y"]


def test_all_folders_of_a_kml(library: Library, tmp_path: Path) -> None:
    bring(library, FILES / "19_folders.kml")
    content = held(library)
    assert content.values("folder") == ["地块", "二期", "设施"]
    assert content.values("area") == [12.5, None, None]
    assert not {"tessellate", "extrude", "visibility", "altitudeMode", "icon"} & set(content.names)
    bring(library, FILES / "19_folders.kml", layer="b", sublayer="设施")
    assert held(library, "b").values("Name") == ["丙"]
    link = "<NetworkLink><Link><href>http://127.0.0.1:1/x.kml</href></Link></NetworkLink>"
    text = (FILES / "19_folders.kml").read_text("utf-8").replace("</Document>", f"{link}</Document>")
    report = bring(library, text_file(tmp_path, text, "a.kml"), layer="c")
    assert "1 network link; it is not followed" in said(report)


def test_digits_and_mixtures_of_geojson(library: Library, tmp_path: Path) -> None:
    bring(library, FILES / "20_bigint.geojson")
    assert held(library).values("id64") == [9007199254740993, 2]
    assert held(library).values("u") == ["18446744073709551615", "1"]
    report = bring(library, FILES / "20f_mixedtypes.geojson", layer="b")
    assert held(library, "b").values("v") == ["1", "二", "2.5"]
    assert held(library, "b").values("w") == ["true", "1", "x"]
    assert "column v mixes kinds of values, such as 1, 二, 2.5" in said(report)
    long = '{"type":"Feature","properties":{"n":123456789012345678901234567890,"n":1e400},"geometry":null}'
    path = text_file(tmp_path, long.replace(',"n":1e400', ""), "a.geojson")
    bring(library, path, layer="c")
    assert held(library, "c").values("n") == ["123456789012345678901234567890"]


POINT = '{"type":"Point","coordinates":[104.05,30.05]}'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (POINT, "bare geometries"),
        (f'{{"type":"GeometryCollection","geometries":[{POINT}]}}', "bare geometries"),
        (f"[{POINT}]", "bare geometries"),
        (f'[{{"type":"Feature","properties":{{}},"geometry":{POINT}}}]', ""),
        (
            f'{{"code":0,"data":{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{}},"geometry":{POINT}}}]}}}}',
            "member data",
        ),
        (
            f'{{"type":"FeatureCollection","features":[null,{{"type":"Feature","properties":{{}},"geometry":{POINT}}}]}}',
            "1 member is no feature",
        ),
        (
            f'{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":[1],"geometry":{POINT}}}]}}',
            "properties of 1 feature are no object",
        ),
        (
            f'{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{}},"geom":{POINT}}}]}}',
            "member geom",
        ),
        (
            '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":"POINT(104.05 30.05)"}]}',
            "",
        ),
        (
            f'{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"a":1,"a":2}},"geometry":{POINT}}}]}}',
            "give a key twice",
        ),
        (
            f'{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"a":NaN}},"geometry":{POINT}}}]}}',
            "1 NaN",
        ),
        (
            f'{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"a":"x\\u0000y"}},"geometry":{POINT}}}]}}',
            "1 NUL",
        ),
        ('[{"name":"甲","lon":104.05,"lat":30.05}]', "coordinates taken from lon, lat"),
    ],
)
def test_geojson_that_is_not_as_the_standard_says(library: Library, tmp_path: Path, text: str, words: str) -> None:
    report = bring(library, text_file(tmp_path, text, "a.geojson"), **({} if "lon" not in text else DEGREES))
    assert points(library) == [(104.05, 30.05)]
    assert words in said(report)
    assert [len(one.examples) for one in report.problems if one.kind == "not_a_number"] == [1] * ("NaN" in text)


@pytest.mark.parametrize("cut", [40, 3, 90])
def test_a_file_that_is_cut_off_says_so(library: Library, tmp_path: Path, cut: int) -> None:
    feature = f'{{"type":"Feature","properties":{{"name":"公园"}},"geometry":{POINT}}}'
    text = f'{{"type":"FeatureCollection","features":[{feature},{feature}]}}'
    with pytest.raises(UnreadableFile, match="cut off"):
        bring(library, text_file(tmp_path, text[:-cut], "a.geojson"))
    with pytest.raises(UnreadableFile, match="not valid JSON"):
        bring(library, text_file(tmp_path, text.replace('"公园"', "公园"), "b.geojson"))


@pytest.mark.parametrize("name", ["21_cpg_says_utf8_is_gbk.zip", "21b_cpg_says_gbk_is_utf8.zip"])
def test_a_cpg_that_lies_is_told(library: Library, name: str) -> None:
    report = bring(library, FILES / name)
    assert held(library).values("名称") == ["滨江公园", "工业用地"]
    assert "the .cpg says" in said(report)
    right = "gb18030" if "is_gbk" in name else "utf-8"
    bring(library, FILES / name, layer="b", encoding=right)
    assert held(library, "b").values("名称") == ["滨江公园", "工业用地"]


def test_a_datum_is_known_by_its_name_and_ellipsoid(library: Library, tmp_path: Path) -> None:
    report = bring(library, FILES / "22b_prj_datum_cgcs2000.zip")
    assert report.crs.endswith("(EPSG:4549)")
    assert library.layer("new").datum == "CGCS2000"
    for number, (name, ellipsoid) in enumerate(
        [("China_Geodetic_Coordinate_System_2000", "GRS_1980"), ("CGCS_2000", "x")]
    ):
        path = tmp_path / f"{number}.zip"
        _with_datum(path, name, ellipsoid)
        assert bring(library, path, layer=f"l{number}").crs.endswith("(EPSG:4549)")
    _with_datum(tmp_path / "u.zip", "D_Unknown", "GRS_1980")
    with pytest.raises(geo.errors.PlanAtlasError, match="names the datum") as asked:
        bring(library, tmp_path / "u.zip", layer="u")
    assert asked.value.code == "unknown_datum"
    assert bring(library, tmp_path / "u.zip", layer="u", datum="CGCS2000").crs.endswith("(EPSG:4549)")
    _with_datum(tmp_path / "x.zip", "D_Xian_80", "Xian_80", "6378140.0", "298.257")
    with pytest.raises(geo.errors.PlanAtlasError, match="parameters"):
        bring(library, tmp_path / "x.zip", layer="x")


def _with_datum(
    path: Path, name: str, ellipsoid: str, axis: str = "6378137.0", flattening: str = "298.257222101"
) -> None:
    with zipfile.ZipFile(FILES / "22b_prj_datum_cgcs2000.zip") as source, zipfile.ZipFile(path, "w") as out:
        for member in source.namelist():
            data = source.read(member)
            if member.endswith(".prj"):
                text = (
                    data.decode()
                    .replace("D_CGCS2000", name)
                    .replace('SPHEROID["CGCS2000"', f'SPHEROID["{ellipsoid}"')
                )
                text = text.replace("6378137.0,298.257222101", f"{axis},{flattening}")
                data = text.replace('GEOGCS["CGCS2000"', 'GEOGCS["GCS"').replace("CGCS2000 / ", "").encode()
            out.writestr(member, data)


def test_an_empty_layer_comes_in(library: Library) -> None:
    report = bring(library, FILES / "25_empty.gpkg")
    assert (report.version.features, library.layer("new").geometry) == (0, "polygon")
    assert "no features" in said(report)


def test_dates_and_moments(library: Library) -> None:
    bring(library, FILES / "28_dates.csv", **DEGREES)
    content = held(library)
    assert content.values("日期") == ["2021-03-05", "2021-12-31"]
    assert content.values("更新时间") == ["2021-03-05T08:30", "2021-12-31T18:05:09"]
    assert content.values("iso") == ["2021-03-05T08:30:00+08:00", "2021-12-31T18:05:09Z"]


@pytest.mark.parametrize(
    ("name", "cells", "read"),
    [
        ("建成日期", ["20210305", "20211231"], ["2021-03-05", "2021-12-31"]),
        ("时间", ["2021年3月5日 8时30分", "2021-03-06"], ["2021-03-05T08:30", "2021-03-06"]),
        ("v", ["2021/3/5 25:00", "2021/3/6 8:00"], ["2021/3/5 25:00", "2021/3/6 8:00"]),
        ("批号", ["2021-1", "2021-10"], ["2021-1", "2021-10"]),
    ],
)
def test_other_dates(library: Library, tmp_path: Path, name: str, cells: list[str], read: list[str]) -> None:
    rows = "".join(f"104.05,30.05,{cell}\n" for cell in cells)
    bring(library, text_file(tmp_path, f"lon,lat,{name}\n{rows}"), **DEGREES)
    assert held(library).values(name) == read


def test_a_new_version_is_read_as_the_one_before(library: Library) -> None:
    bring(library, FILES / "31_v1.csv", **DEGREES)
    report = bring(library, FILES / "31_v2.csv", new_version=True)
    assert held(library).values("conc") == [1.5e-05, 0.02]
    assert report.crs.endswith("(EPSG:4490)")
    assert "as said for the version before: coordinate reference system EPSG:4490" in said(report)


def test_a_change_of_type_is_told_before_it_happens(library: Library, tmp_path: Path) -> None:
    bring(library, FILES / "31_v1.csv", **DEGREES)
    text = "feature_id,lon,lat,conc,more\nf-1,120.30,31.90,未测,1\nf-2,120.31,31.91,低,2\n"
    path = text_file(tmp_path, text)
    with pytest.raises(ChangedTypes, match="conc: number to text"):
        bring(library, path, new_version=True)
    assert len(library.store.versions("new")) == 1
    bring(library, path, new_version=True, accept_changes=True)
    fields = {one.id: one.type for one in library.layer("new").fields}
    assert (fields["conc"], fields["more"]) == ("text", "integer")
    assert library.catalog.problems == ()


def test_a_shapefile_without_prj_gets_its_second_version(library: Library) -> None:
    bring(library, FILES / "parcels_gbk_noprj.zip", id_field="地块编号", **PLANE)
    report = bring(library, FILES / "parcels_v2.zip", new_version=True)
    assert (report.version.number, report.version.features, report.placed) == (2, 295, 295)
    assert held(library).ids[0] == "DK001"
    assert report.crs.endswith("(EPSG:4549)")
    kept = report.version.about["options"]
    assert kept == {"id_field": "地块编号", "crs": "EPSG:4549"}


def test_reserved_names_are_attributes_like_others(library: Library) -> None:
    bring(library, FILES / "26_reserved.geojson")
    assert {"wkt", "feature_id", "geom", "Name", "name", "fid"} <= set(held(library).names)
    assert held(library).values("wkt") == ["text", "t2"]


def test_unplaced_rows_and_unknown_values_stay(library: Library) -> None:
    report = bring(library, FILES / "30_unplaced_sum.csv", **DEGREES)
    assert (report.placed, sum(held(library).values("mu"))) == (2, 35)
    bring(library, FILES / "nulls.csv", layer="b", **DEGREES)
    assert held(library, "b").values("pop") == [10, None, 30, 0, 50]
