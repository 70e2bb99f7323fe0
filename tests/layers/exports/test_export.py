"""Layers leave and come back: geometry, attributes, Chinese text and CRS kept, what a format cannot hold said."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import pyogrio
import pyproj
import pytest
import python_calamine
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj.exceptions import CRSError

from geo import convert_datum
from geo.errors import RefusedDatum
from layers.exports import BadExport, Exported, coordinates, export_formats, export_layer, read_asked
from layers.exports.cells import harmless_cell, unguarded_text
from layers.exports.columns import cut
from layers.exports.exporter import Leaving
from layers.exports.ogr import OgrLayer, write_ogr
from layers.features.columns import content_of, read_content, write_content
from layers.imports.importer import import_layer
from layers.imports.options import ImportOptions
from layers.library.library import Library
from tests.small_plan import write_plan

KINDS = [one.ending for one in export_formats()]
LOSSLESS = ("geojson", "gpkg", "fgb", "parquet")
NAMES = ["滨江公园<b>", "=1+1", "𠮷野 \u202eabc", "x" * 300]
SHAPES = [
    shapely.box(104.05, 30.05, 104.06, 30.06),
    shapely.MultiPolygon([shapely.box(104.07, 30.05, 104.08, 30.06), shapely.box(104.09, 30.05, 104.1, 30.06)]),
    None,
    shapely.Polygon([(104.05123456789, 30.07), (104.06, 30.07), (104.06, 30.08123456789)]),
]
ROWS: list[dict[str, Any]] = [
    {
        "名称": name,
        "面积亩": 1.5 * i,
        "Count": i,
        "count": -i,
        "ok": i % 2 == 0,
        "tags": ["甲", "乙"],
        "none": None,
    }
    for i, name in enumerate(NAMES)
]
IDS = [f"z-{i}" for i in range(4)]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(write_plan(tmp_path / "p"))
    path = tmp_path / "in.parquet"
    write_content(path, content_of(IDS, SHAPES, ROWS), crs="EPSG:4490")
    import_layer(library, path, ImportOptions(layer="lots", label_zh="地块", label_en="Lots"), who="li")
    return library


def leave(library: Library, out: Path, kind: str, **options: Any) -> Exported:
    asked = read_asked(kind, **options)
    snapshot = library.snapshot(library.layer("lots"))
    return export_layer(snapshot, asked, out, Leaving(plan=library.catalog.plan, software="PlanAtlas 0"))


def back(library: Library, path: Path, **more: Any) -> Any:
    import_layer(library, path, ImportOptions(layer="again", label_zh="又", label_en="Again", **more), who="li")
    return library.snapshot(library.layer("again"))


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4490", "EPSG:4542"])
@pytest.mark.parametrize("kind", LOSSLESS)
def test_a_layer_comes_back_as_it_left(library: Library, tmp_path: Path, kind: str, crs: str) -> None:
    path = tmp_path / f"out.{kind}"
    leave(library, path, kind, crs=crs)
    found, ours = back(library, path), library.snapshot(library.layer("lots"))
    by_id = {str(i): n for n, i in enumerate(found.content.ids)}
    assert sorted(by_id) == IDS
    order = np.array([by_id[i] for i in IDS])
    for there, here in zip(found.geometry[order], ours.geometry, strict=True):
        assert (there is None) == (here is None)
        if here is not None:
            assert shapely.hausdorff_distance(there, here) < 1e-9
    for name, there in {
        "名称": "名称",
        "面积亩": "面积亩",
        "Count": "Count",
        "count": "count",
        "ok": "ok",
    }.items():
        assert [found.content.values(there)[i] for i in order] == ours.content.values(name)
    assert found.layer.datum == ("WGS84" if crs == "EPSG:4326" else "CGCS2000")


def test_the_same_layer_gives_the_same_bytes(library: Library, tmp_path: Path) -> None:
    for kind in KINDS:
        for at in "ab":
            (tmp_path / at).mkdir(exist_ok=True)
            leave(library, tmp_path / at / f"lots.{kind}", kind)
        one, other = ((tmp_path / at / f"lots.{kind}").read_bytes() for at in "ab")
        assert one == other, kind


def test_names_no_database_tells_apart_are_renamed_and_said(library: Library, tmp_path: Path) -> None:
    made = leave(library, tmp_path / "a.gpkg", "gpkg")
    assert {"count → count_2", "Count → Count_2"} & {part for n in made.notes for part in n.en.split(": ")[-1:]}
    assert any("JSON" in note.en for note in made.notes)


def test_a_shapefile_says_what_it_cut(library: Library, tmp_path: Path) -> None:
    made = leave(library, tmp_path / "a.shp.zip", "shp.zip", crs="EPSG:4542")
    said = " ".join(note.zh for note in made.notes)
    assert "254" in said
    with zipfile.ZipFile(tmp_path / "a.shp.zip") as archive:
        assert {"lots.shp", "lots.dbf", "lots.prj", "lots.cpg", "README.txt"} <= set(archive.namelist())
        assert json.loads(archive.read("provenance.json"))["layer"] == "lots"
    found = back(library, tmp_path / "a.shp.zip")
    assert found.content.values("名称")[:2] == NAMES[:2]
    assert found.placed == 3


def test_kml_opens(library: Library, tmp_path: Path) -> None:
    leave(library, tmp_path / "a.kml", "kml")
    assert ElementTree.parse(tmp_path / "a.kml").getroot().tag.endswith("kml")
    assert set(pyogrio.read_dataframe(tmp_path / "a.kml").columns) >= {"名称"}
    with pytest.raises(BadExport):
        leave(library, tmp_path / "b.kml", "kml", crs="EPSG:4542")


def test_kml_holds_an_area_that_is_valid_in_its_plane_alone(tmp_path: Path) -> None:
    bow = shapely.Polygon([(104, 30), (104.1, 30.1), (104.1, 30), (104, 30.1)])
    table, out = pa.table({"Name": ["a"]}), tmp_path / "a.kml"
    write_ogr(
        table, np.array([bow], dtype=object), out, OgrLayer(driver="LIBKML", kind="Polygon", wkt=None, name="a")
    )
    assert shapely.equals_exact(pyogrio.read_dataframe(out).geometry[0], bow, 1e-9)


def test_tables_hold_text_as_text(library: Library, tmp_path: Path) -> None:
    leave(library, tmp_path / "a.csv", "csv")
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines()))
    assert rows[1]["名称"] == "'=1+1"
    assert rows[0]["面积亩"] == "0.0"
    assert shapely.from_wkt(rows[3]["wkt"]).equals(SHAPES[3])
    assert "lots" in rows[0]["planatlas"]
    leave(library, tmp_path / "a.xlsx", "xlsx")
    book = python_calamine.load_workbook(tmp_path / "a.xlsx")
    assert book.get_sheet_by_index(0).to_python()[2][1] == "=1+1"
    assert any("PlanAtlas 0" in str(row[1]) for row in book.get_sheet_by_name("说明").to_python())
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_a_shape_too_long_for_a_cell_goes_on_in_the_next(library: Library, tmp_path: Path) -> None:
    round_one = shapely.Point(104.05, 30.05).buffer(0.01, quad_segs=500)
    path = tmp_path / "in2.parquet"
    write_content(path, content_of(["a"], [round_one], [{}]), crs="EPSG:4490")
    import_layer(library, path, ImportOptions(layer="lots", label_zh="", label_en="", new_version=True), who="li")
    made = leave(library, tmp_path / "a.xlsx", "xlsx")
    assert not any("32767" in note.en for note in made.notes)
    heads, row = python_calamine.load_workbook(tmp_path / "a.xlsx").get_sheet_by_name("几何与原值").to_python()
    assert heads == ["feature_id", "wkt", "wkt_2", "wkt_3"]
    assert shapely.from_wkt("".join(map(str, row[1:]))).equals_exact(round_one, 0)


def test_provenance_is_inside_every_file(library: Library, tmp_path: Path) -> None:
    version = library.snapshot(library.layer("lots")).version
    for kind in ("geojson", "gpkg", "fgb", "parquet", "kml"):
        leave(library, tmp_path / f"a.{kind}", kind)
        assert version.encode() in (tmp_path / f"a.{kind}").read_bytes(), kind


def test_shifted_coordinates_are_marked_and_come_back(library: Library, tmp_path: Path) -> None:
    made = leave(library, tmp_path / "a.geojson", "geojson", crs="GCJ02")
    assert any("GCJ02" in note.en for note in made.notes)
    there = json.loads((tmp_path / "a.geojson").read_text())["features"][0]["geometry"]["coordinates"][0][0]
    here = shapely.get_coordinates(SHAPES[0])[0]
    assert convert_datum(*map(np.array, there), source="GCJ02", target="WGS84") == pytest.approx(
        tuple(here), abs=1e-8
    )
    for kind in KINDS:
        if kind != "kml":
            leave(library, tmp_path / f"g.{kind}", kind, crs="BD09")
    found = back(library, tmp_path / "a.geojson", crs="GCJ02")
    assert shapely.hausdorff_distance(found.geometry[0], SHAPES[0]) < 1e-8


def test_old_datums_and_unknown_systems_are_refused() -> None:
    with pytest.raises(RefusedDatum):
        read_asked("gpkg", crs="EPSG:4214")  # Beijing 54
    with pytest.raises(BadExport):
        read_asked("gpkg", crs="EPSG:1")
    with pytest.raises(BadExport):
        read_asked("exe")
    for decimals in ("2", "99", "-1", "x", "²"):
        with pytest.raises(BadExport):
            read_asked("gpkg", decimals=decimals)


def test_fewer_decimals_are_fewer_decimals(library: Library, tmp_path: Path) -> None:
    leave(library, tmp_path / "a.geojson", "geojson", decimals="4")
    text = (tmp_path / "a.geojson").read_text()
    assert "104.0512," in text
    assert "104.05123" not in text


def test_rounding_that_breaks_a_shape_is_said(library: Library, tmp_path: Path) -> None:
    thin = shapely.box(104.05, 30.05, 104.0500001, 30.06)
    path = tmp_path / "in2.parquet"
    write_content(path, content_of(["a"], [thin], [{}]), crs="EPSG:4490")
    import_layer(library, path, ImportOptions(layer="lots", label_zh="", label_en="", new_version=True), who="li")
    made = leave(library, tmp_path / "a.geojson", "geojson", decimals="4")
    assert any("invalid" in note.en for note in made.notes)


def test_wide_data_carry_a_warning(library: Library, tmp_path: Path) -> None:
    made = leave(library, tmp_path / "a.geojson", "geojson")
    assert not any("25 km2" in note.en for note in made.notes)
    path = tmp_path / "in2.parquet"
    write_content(path, content_of(["a"], [shapely.box(104, 30, 104.1, 30.1)], [{}]), crs="EPSG:4490")
    import_layer(library, path, ImportOptions(layer="lots", label_zh="", label_en="", new_version=True), who="li")
    assert any("25 km2" in note.en for note in leave(library, tmp_path / "b.geojson", "geojson").notes)


@pytest.mark.parametrize(("position", "warned"), [("exact", True), ("schematic", False), ("approximate", False)])
def test_only_what_may_be_of_a_large_scale_is_warned_of(
    library: Library, tmp_path: Path, position: str, warned: bool
) -> None:
    path, wide = tmp_path / "in2.parquet", shapely.box(104, 30, 104.1, 30.1)
    rows = [{"position": position}, {"position": "exact"}]
    small = shapely.box(104, 30, 104.001, 30.001)
    write_content(path, content_of(["a", "b"], [wide, small], rows), crs="EPSG:4490")
    import_layer(library, path, ImportOptions(layer="lots", label_zh="", label_en="", new_version=True), who="li")
    made = leave(library, tmp_path / "a.geojson", "geojson")
    assert any("25 km2" in note.en for note in made.notes) is warned


def test_a_geopackage_carries_its_style(library: Library, tmp_path: Path) -> None:
    leave(library, tmp_path / "a.gpkg", "gpkg")
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as db:
        ((table, qml, default),) = db.execute(
            "SELECT f_table_name, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()
    assert (table, default) == ("lots", 1)
    root = ElementTree.fromstring(qml.split("\n", 1)[1])
    rules = root.findall(".//rule")
    symbols = {s.get("name") for s in root.findall(".//symbol")}
    assert rules[-1].get("filter") == "true"  # no rule before it: all that is left
    assert {r.get("symbol") for r in rules} == symbols
    declared = {field.id for field in library.layer("lots").fields}
    renamed = {"Count": "Count", "count": "count_2"}
    assert {alias.get("field") for alias in root.findall("aliases/alias")} == {renamed.get(f, f) for f in declared}


def test_a_parquet_keeps_lists(library: Library, tmp_path: Path) -> None:
    leave(library, tmp_path / "a.parquet", "parquet")
    assert read_content(tmp_path / "a.parquet").values("tags")[0] == ["甲", "乙"]


@given(st.text(), st.integers(0, 40))
def test_a_text_is_never_cut_inside_a_character(text: str, limit: int) -> None:
    kept = cut(text, limit)
    assert text.startswith(kept)
    assert len(kept.encode("utf-8", "ignore")) <= limit


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "＝1+1", "＋1", "－2", "＠SUM(1)"]
)
def test_no_cell_is_a_formula_in_any_spreadsheet_and_comes_back_as_it_was(text: str) -> None:
    assert harmless_cell(text) == f"'{text}"
    assert harmless_cell(f"'{text}") == f"''{text}", "one that has an apostrophe keeps it"
    for one in (text, f"'{text}", "'quoted'", "a=1"):
        assert unguarded_text(str(harmless_cell(one))) == one


@pytest.mark.parametrize(
    "text",
    [
        "4548",
        "epsg:4548",
        "urn:ogc:def:crs:EPSG::4548",
        "http://www.opengis.net/def/crs/EPSG/0/4548",
        "+proj=utm +zone=51",
        "ESRI:102025",
        "OGC:CRS84",
        "WGS 84 / UTM zone 51N",
        "wgs84",
        "CGCS2000",
        pyproj.CRS(4548).to_wkt(),
        pyproj.CRS(4548).to_wkt("WKT1_ESRI"),
        pyproj.CRS(4548).to_json(),
    ],
)
def test_a_crs_may_be_said_in_every_usual_way(text: str) -> None:
    assert read_asked("csv", crs=text).crs == text


@pytest.mark.parametrize(
    "text", ["x", "9999-99-99", "+" * 300, "a,b,c,d", "[" * 1000, "EPSG:x", "utm", "EPSG:99999", "\x00"]
)
def test_a_word_that_is_no_crs_is_refused_without_a_search_for_the_likeliest(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PROJ compares a word with every name it has, most of a second of somebody's: it is handed none."""
    handed: list[str] = []

    def from_user_input(given: str) -> pyproj.CRS:
        handed.append(given)
        raise CRSError(given)

    monkeypatch.setattr(f"{coordinates.__name__}.CRS.from_user_input", from_user_input)
    with pytest.raises(BadExport, match="unknown coordinate reference system"):
        read_asked("csv", crs=text)
    assert all(re.fullmatch(r"EPSG:\w+", one) for one in handed)
