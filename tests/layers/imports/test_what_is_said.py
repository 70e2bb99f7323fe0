"""What a file says of its letters, its datum, its dates and its lines is taken, and what it leaves open is asked."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
from pyproj import Transformer

from layers.imports.cell_encoding import settle_encoding
from layers.imports.charset import decode
from layers.imports.crs_gate import NeedsCRS
from layers.imports.crs_offers import offered_crs
from layers.imports.errors import OpenReading
from layers.imports.formats.reading import read_source
from layers.imports.memory import without_answered
from layers.imports.options import parse_options
from layers.imports.preview import preview
from layers.imports.values import recognise_values
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import points, said
from tests.small_plan import write_plan


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "p"))


def text_file(folder: Path, text: str) -> Path:
    path = folder / "a.csv"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "id,название\n1,Парковая улица\n2,Москва центр\n"),
        ("cp1251", "код,вид\n7,сквер\n8,пруд\n"),
        ("cp1251", "id,имя\n1,МОСКВА\n2,ПАРК ПОБЕДЫ\n"),
        ("cp1253", "id,όνομα\n1,Αθήνα κέντρο\n2,Πάρκο\n"),
        ("cp932", "id,名称\n1,東京都公園の森\n2,さくら通り\n"),
        ("cp932", "番,名\n1,ミドリ公園\n2,バス停\n"),
        ("cp949", "id,이름\n1,서울공원 중앙\n2,부산거리 남쪽 해운대 광안리 도서관 학교 병원\n"),
        ("cp1252", "Größe,Straße\n1,Fläche\n"),
        ("cp1250", "nazwa\nŁódź żółty\nŚwięty\n"),
        ("iso8859-2", "nazwa\nŁódź żółty\nŚwięty\n"),
        ("gb18030", "编号,名称\n1,滨江公园\n2,道路\n"),
        ("gb18030", "名,址\n1,忻州\n2,郏县\n"),
        ("gb18030", "id,代码\n1,5\n"),  # rare hangul, and capitals without a vowel, are no words
        ("gb18030", "id,平移\n1,5\n"),
    ],
)
def test_letters_prove_their_encoding(encoding: str, text: str) -> None:
    read = decode(text.encode(encoding))
    assert (read.encoding, read.text, read.questions) == (encoding, text, ())


@pytest.mark.parametrize(
    ("encoding", "text", "others"),
    [
        ("cp1254", "ad\nŞişli İstanbul\nAğaç\n", set()),
        ("cp1252", "nom\nÎle café Genève\nForêt\n", {"cp1250"}),
        ("cp949", "이름\n서울공원\n부산거리\n", {"gb18030"}),
        ("cp949", "id,구\n1,강남구\n2,서초구\n", {"gb18030"}),
        ("cp949", "id\n1,읍면\n", {"gb18030"}),
        ("cp1251", "id\n1,ПАРК\n", {"gb18030"}),
        ("big5", "名稱\n濱江公園\n", {"gb18030"}),
        ("gb18030", "n\n謝\n", {"cp1252"}),
        ("gb18030", "n\n水\n", {"utf-8"}),
        ("gb18030", "n\n医药\n", {"utf-8"}),
        ("cp949", "n\n시\n", {"gb18030"}),
        ("cp949", "n\n지구\n", {"gb18030"}),
        ("cp949", "n\n구역\n", {"gb18030"}),  # in Chinese two common characters
        ("cp949", "n\n주거지역\n", {"gb18030"}),
        ("gb18030", "id,亩\n1,5\n", {"utf-8"}),
    ],
)
def test_letters_that_prove_nothing_are_asked(encoding: str, text: str, others: set[str]) -> None:
    read = decode(text.encode(encoding))
    assert [one.option for one in read.questions] == ["encoding"]
    assert {encoding, *others} <= set(read.questions[0].choices)
    assert decode(text.encode(encoding), encoding).text == text


@pytest.mark.parametrize(
    ("encoding", "cells", "declared", "choices"),
    [
        ("gb18030", ["滨江公园", "绿地"], "", set()),
        ("gb18030", ["滨江公园", "绿地"], "cp1252", set()),
        ("gb18030", ["大港", "公园"], "gb18030", set()),
        ("cp949", ["서울공원", "강변", "도로"], "", {"gb18030"}),
        ("cp949", ["서울특별시강남구", "부산광역시해운대구"], "gb18030", {"gb18030"}),
        ("cp949", ["서울공원", "강변", "도로"], "utf-8", {"gb18030"}),
        ("cp949", ["서울공원", "강변", "도로"], "cp949", set()),
        ("cp1251", ["ПАРК", "САДЫ", "РЕКА"], "", {"gb18030"}),
        ("cp1251", ["ПАРК", "САДЫ", "РЕКА"], "cp1251", set()),
        ("cp1251", ["Парк", "Садовая улица"], "gb18030", set()),
        ("big5", ["濱江公園", "綠地", "道路"], "big5", set()),
        ("big5", ["濱江公園", "綠地", "道路"], "gb18030", {"cp949"}),
        ("cp1254", ["Şişli", "Ağaç", "İstanbul"], "cp1252", {"cp1250"}),
        ("cp1254", ["Şişli", "Ağaç", "İstanbul"], "cp1254", set()),
        ("cp1250", ["Łódź", "Święty"], "cp1250", set()),
        ("utf-8", ["滨江公园", "Łódź"], "gb18030", set()),
        ("gb18030", ["一", "山水"], "", {"utf-8"}),
        ("gb18030", ["一", "山水"], "gb18030", set()),
        ("utf-8", ["August", "août"], "", set()),
    ],
)
def test_cells_are_read_as_declared_as_written_or_asked(
    encoding: str, cells: list[str], declared: str, choices: set[str]
) -> None:
    found = settle_encoding([cell.encode(encoding) for cell in cells], declared)
    asked = {choice for one in found.questions for choice in one.choices}
    assert asked >= choices | ({encoding} if choices else set())
    assert bool(asked) == bool(choices)
    assert choices or found.name == encoding


def place(crs: str, lon: float, lat: float) -> str:
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lon, lat)
    return f"{x:.2f},{y:.2f}"


@pytest.mark.parametrize(
    ("heads", "at", "offered"),
    [
        ("x,y", place("EPSG:4544", 104.07, 30.07), ["EPSG:4544", "EPSG:32648", "EPSG:2380", "EPSG:2432"]),
        ("x_西安80,y_西安80", place("EPSG:4544", 104.07, 30.07), ["EPSG:2380"]),
        ("东坐标(北京54),北坐标(北京54)", place("EPSG:4544", 104.07, 30.07), ["EPSG:2432"]),
        ("X坐标(CGCS2000),Y坐标(CGCS2000)", place("EPSG:4544", 104.07, 30.07), ["EPSG:4544"]),
        ("lon,lat", "104.07,30.07", ["EPSG:4490", "GCJ02", "BD09"]),
        ("lon,lat", "36.82,-1.29", ["EPSG:4326"]),
    ],
)
def test_what_fits_is_offered_of_the_datum_the_headings_name(
    library: Library, tmp_path: Path, heads: str, at: str, offered: list[str]
) -> None:
    path = text_file(tmp_path, f"id,{heads}\n1,{at}\n")
    draft = read_source(path)
    found = [one.crs for one in offered_crs(draft.geometry, library.catalog.plan, datum=draft.datum)]
    assert [one for one in found if one in offered] == offered
    assert len(offered) > 3 or set(found) == set(offered)
    with pytest.raises(NeedsCRS, match=f"--crs; what would fit: {offered[0]} "):
        bring(library, path)


def test_a_plane_that_the_headings_name_is_taken(library: Library, tmp_path: Path) -> None:
    path = text_file(tmp_path, f"id,X(EPSG:4544),y_epsg4544\n1,{place('EPSG:4544', 104.07, 30.07)}\n")
    told = said(bring(library, path))
    assert points(library)[0] == pytest.approx((104.07, 30.07), abs=1e-6)
    assert "the headings name the CRS: CGCS2000 / 3-degree Gauss-Kruger CM 105E (EPSG:4544)" in told


@pytest.mark.parametrize("own", ["", "EPSG:4326", "EPSG:999999", "EPSG:32648"])
def test_a_plan_without_a_plane_of_its_own_is_offered_others(library: Library, tmp_path: Path, own: str) -> None:
    draft = read_source(text_file(tmp_path, f"id,x,y\n1,{place('EPSG:32648', 104.07, 30.07)}\n"))
    plan = replace(library.catalog.plan, plane_crs=own)
    offered = [one.crs for one in offered_crs(draft.geometry, plan)]
    assert offered[0] == ("EPSG:32648" if own == "EPSG:32648" else "EPSG:4544")
    assert "EPSG:32648" in offered


def test_metres_that_may_be_of_web_mercator_say_whose_they_are_not(library: Library, tmp_path: Path) -> None:
    path = text_file(tmp_path, f"id,x,y\n1,{place('EPSG:3857', 104.07, 30.07)}\n")
    with pytest.raises(NeedsCRS, match=r"EPSG:3857 \(104.0700, 30.0700, .*; metres of Baidu maps are not it\)"):
        bring(library, path)


@pytest.mark.parametrize("heads", ["百度x,百度y", "bd09mc_x,bd09mc_y"])
def test_metres_of_a_map_maker_are_no_web_mercator(library: Library, tmp_path: Path, heads: str) -> None:
    path = text_file(tmp_path, f"id,{heads}\n1,{place('EPSG:3857', 104.07, 30.07)}\n")
    with pytest.raises(OpenReading, match="no EPSG:3857"):
        bring(library, path)
    assert bring(library, path, crs="EPSG:3857").placed == 1  # a person may know better


@pytest.mark.parametrize(
    ("cells", "read", "raw", "words"),
    [
        (["2021-03-05", "unknown", "12/2021"], ["2021-03-05", None, "2021-12"], None, "1 month"),
        (["2021-03-05", "待定", "2020"], ["2021-03-05", None, "2020"], "待定", "“待定”: unknown"),
        (["2021/3/5", "见附件", "2020年5月"], ["2021-03-05", None, "2020-05"], "见附件", "“见附件”: unknown"),
        (["2021-03-05", "5/13/2021", ""], ["2021-03-05", "2021-05-13", None], None, "the month stands first"),
        (["2021-03-05", "5/3/2021", ""], ["2021-03-05", "5/3/2021", None], None, "5/3/2021 and its like"),
        (
            ["2021-03-05", "2021-02-30", "2020"],
            ["2021-03-05", None, "2020"],
            "2021-02-30",
            "“2021-02-30”: unknown",
        ),
        (["2021-03-05", "0000-00-00", "2020"], ["2021-03-05", None, "2020"], "0000-00-00", "of no such day"),
        (["5/13/2021", "2/30/2021", "2020"], ["2021-05-13", None, "2020"], "2/30/2021", "“2/30/2021”: unknown"),
        (["2021-03-05", "约2021年", "2020"], ["2021-03-05", "约2021年", "2020"], None, "“约2021年”"),
        (["待定", "未定", "2020-01"], ["待定", "未定", "2020-01"], None, ""),
        (["23/5/1", "23/12/31", ""], ["23/5/1", "23/12/31", None], None, "has no year in full, such as “23/5/1”"),
        (["5月1日", "12月31日", ""], ["5月1日", "12月31日", None], None, "has no year in full"),
    ],
)
def test_cells_that_are_no_date_among_dates(
    tmp_path: Path, cells: list[str], read: list[str | None], raw: str | None, words: str
) -> None:
    rows = "".join(f"{i},104.05,30.05,{cell}\n" for i, cell in enumerate(cells))
    draft = recognise_values(read_source(text_file(tmp_path, f"编号,经度,纬度,开工日期\n{rows}")))
    assert draft.properties.column("开工日期").to_pylist() == read
    beside = draft.properties.column("开工日期_raw").to_pylist() if raw else [None, raw]
    assert beside[1] == raw
    assert ("开工日期_raw" in draft.properties.schema.names) == bool(raw)
    assert words in " ".join(note.en for note in draft.notes)


def test_full_width_digits_are_told(tmp_path: Path) -> None:
    path = text_file(tmp_path, "编号,经度,纬度,面积\n１,１０４.０５,３０.０５,１２.５\n２,104.06,30.06,13\n")
    draft = recognise_values(read_source(path))
    assert draft.properties.column("面积").to_pylist() == [12.5, 13.0]
    assert draft.properties.column("编号").to_pylist() == ["１", "２"]
    told = [note.en for note in draft.notes if "full-width" in note.en]
    assert len(told) == 3  # both coordinates and the area, not the ids, which stay as they are


@pytest.mark.parametrize(
    ("head", "cells", "wkt"),
    [
        ("路径", ["104.1,30.1;104.2,30.2;104.3,30.1"], "LINESTRING (104.1 30.1, 104.2 30.2, 104.3 30.1)"),
        ("polyline", ["104.1,30.1;104.2,30.2;104.2,30.1;104.1,30.1"], "MULTIPOLYGON (((104.1 30.1, 104.2 30.2,"),
        (
            "边界",
            ["104.1,30.1;104.2,30.2|104.3,30.1;104.4,30.1"],
            "MULTILINESTRING ((104.1 30.1, 104.2 30.2), (10",
        ),
        ("坐标", ["104.1,30.1;104.2,30.2;", "104.1,30.1"], "LINESTRING (104.1 30.1, 104.2 30.2)"),
        ("坐标", ["104.1,30.1", "104.2,30.2"], "POINT (104.1 30.1)"),
    ],
)
def test_lists_of_coordinates_are_lines_areas_or_points(
    tmp_path: Path, head: str, cells: list[str], wkt: str
) -> None:
    rows = "".join(f'{i},"{cell}"\n' for i, cell in enumerate(cells))
    draft = read_source(text_file(tmp_path, f"id,{head}\n{rows}"))
    assert draft.geometry[0].wkt.startswith(wkt)
    assert all(one is not None for one in draft.geometry)
    assert any("lists of coordinates" in note.en for note in draft.notes) == (";" in cells[0])


@pytest.mark.parametrize(
    ("cells", "choices"),
    [
        (["1,2;3,4", "5,6;7,8"], [()]),
        (["a,b;c", "d"], [()]),
        (["10.5;11.2", "12.5;13.1"], [("楼层",)]),  # a range, or a place to ten kilometres
        (["10.55/11.25", "12.5/13.1"], [("楼层",)]),
        (["104.105;30.102", "104.2;30.1", "104.117;30.118"], []),
        (["104.05°E 30.1°N", "104.1°E 30.2°N"], []),
    ],
)
def test_other_lists_are_no_coordinates(tmp_path: Path, cells: list[str], choices: list[tuple[str, ...]]) -> None:
    rows = "".join(f'{i},"{cell}"\n' for i, cell in enumerate(cells))
    draft = read_source(text_file(tmp_path, f"id,楼层\n{rows}"))
    assert [one.choices for one in draft.questions if one.option == "x_column"] == choices


@pytest.mark.parametrize(
    ("said", "x", "asked"),
    [
        ({"x_column": "终点经度"}, 104.2, []),
        ({"y_column": "起点纬度"}, 104.1, []),
        ({"x_column": "a"}, None, [("y_column", ("起点经度", "起点纬度", "终点经度", "终点纬度", "b"))]),
        ({"x_column": "a", "y_column": "b"}, 104.3, []),
        ({"x_column": "both"}, 104.4, []),
    ],
)
def test_one_column_that_is_said_is_of_the_pair_that_is_taken(
    tmp_path: Path, said: dict[str, object], x: float | None, asked: list[tuple[str, tuple[str, ...]]]
) -> None:
    path = text_file(
        tmp_path,
        "起点经度,起点纬度,终点经度,终点纬度,a,b,both\n104.1,30.1,104.2,30.2,104.3,30.3,104.4;30.4\n",
    )
    draft = read_source(path, parse_options(said))
    assert (draft.geometry[0].x if x else draft.geometry[0]) == x
    left = without_answered(draft, parse_options(said)).questions
    assert [(one.option, one.choices) for one in left] == asked


@pytest.mark.parametrize(
    ("crs", "lon", "lat"),
    [
        ("EPSG:32736", 36.8, -1.3),
        ("EPSG:32748", 104.05, -7.0),
        ("EPSG:2263", -74.0, 40.7),
        ("EPSG:28355", 145.0, -37.8),
    ],
)
def test_a_plane_far_from_the_plan_comes_in_where_it_says(
    library: Library, tmp_path: Path, crs: str, lon: float, lat: float
) -> None:
    path = tmp_path / "far.gpkg"
    gpd.GeoDataFrame({"n": [1]}, geometry=gpd.points_from_xy([lon], [lat]), crs=4326).to_crs(crs).to_file(path)
    seen = preview(library, path)
    assert [one["declared"] for one in seen["places"]] == [True]
    assert seen["places"][0]["bounds"][:2] == pytest.approx([lon, lat], abs=3e-5)
    bring(library, path)
    held = library.snapshot(library.layer("new")).content.geometry[0]
    assert (held.x, held.y) == pytest.approx((lon, lat), abs=3e-5)


@pytest.mark.parametrize(
    ("rows", "placed", "asked"),
    [
        ("104.1,30.1\n104.2,30.2\n999,999\n0,0\n", 2, ()),
        ("104.1,30.1\n-9999,-9999\n", 1, ()),
        ("528385,3525000\n104.1,30.1\n528485,3525100\n", 3, ()),
        ("1201630.5,315136.0\n1201631.5,315137\n", 2, ("packed", "metres")),
        ("1201675.5,315136.0\n", 1, ()),
    ],
)
def test_degrees_beside_numbers_that_are_none(
    tmp_path: Path, rows: str, placed: int, asked: tuple[str, ...]
) -> None:
    draft = read_source(text_file(tmp_path, f"lon,lat\n{rows}"))
    assert sum(one is not None for one in draft.geometry) == placed
    assert sum(len(one.rows) for one in draft.found) + placed == len(draft.geometry)
    assert tuple(choice for one in draft.questions for choice in one.choices) == asked


def feature(lon: float, **more: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"a": lon},
        "geometry": {"type": "Point", "coordinates": [lon, 30.05]},
        **more,
    }


def test_collections_in_an_array_and_members_beside_properties(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    some = [
        {"type": "FeatureCollection", "features": [feature(104.05, style="red")]},
        {"features": [feature(104.06)]},
    ]
    path.write_text(json.dumps(some), "utf-8")
    draft = read_source(path)
    assert [shape.x for shape in draft.geometry] == [104.05, 104.06]
    told = " ".join(note.en for note in draft.notes)
    assert "2 collections of features are read as one" in told
    assert "not read: style" in told
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature(104.05, bbox=[1, 2, 3, 4])]}), "utf-8"
    )
    assert not read_source(path).notes


def test_a_prj_that_says_nothing_is_told(tmp_path: Path) -> None:
    gpd.GeoDataFrame({"n": [1]}, geometry=gpd.points_from_xy([104.05], [30.05]), crs=4326).to_file(
        tmp_path / "a.shp"
    )
    for words, told in (("hello", True), ("  \n", False)):
        (tmp_path / "a.prj").write_text(words, "ascii")
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            for ending in ("shp", "shx", "dbf", "prj"):
                archive.write(tmp_path / f"a.{ending}", f"a.{ending}")
        draft = read_source(tmp_path / "a.zip")
        assert draft.crs is None
        assert any("defines no CRS" in note.en for note in draft.notes) == told
