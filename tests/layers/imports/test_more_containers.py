"""Files that are something else than they seem: scripts, answers of services, cut-off files, archives of others."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from pyproj import CRS

from layers.imports.errors import UnreadableFile
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import DEGREES, held, library, points, said, text_file

__all__ = ["library"]
PLACES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"名称": "甲"},
            "geometry": {"type": "Point", "coordinates": [104.05, 30.05]},
        }
    ],
}


def archive(tmp_path: Path, members: dict[str, bytes | str], name: str = "a.zip") -> Path:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w") as out:
        for member, data in members.items():
            out.writestr(member, data)
    return path


@pytest.mark.parametrize(
    "around",
    ["var lots = {};", "const json_地块 = {}\n", "window.data={};\n", "export default {};", "callback({});"],
)
def test_the_json_of_a_script_is_read_and_nothing_is_run(library: Library, tmp_path: Path, around: str) -> None:
    before, after = around.split("{}")
    path = text_file(tmp_path, before + json.dumps(PLACES, ensure_ascii=False) + after, "a.js")
    report = bring(library, path)
    assert held(library).values("名称") == ["甲"]
    assert "nothing is run" in said(report)


@pytest.mark.parametrize(
    ("answer", "member"),
    [
        ({"status": "1", "pois": [{"名称": "甲", "location": "104.05,30.05", "tel": []}]}, "pois"),
        ({"results": [{"名称": "甲", "location": {"lat": 30.05, "lng": 104.05}, "type": "公园"}]}, "results"),
        ({"meta": [{"k": 1}], "data": {"list": [{"名称": "甲", "经度": "104.05", "纬度": "30.05"}]}}, "data.list"),
        ({"a": [{"x": 1}], "b": [{"y": 2}]}, ""),
    ],
)
def test_the_rows_in_an_answer_of_a_service_are_a_table(
    library: Library, tmp_path: Path, answer: dict[str, Any], member: str
) -> None:
    path = text_file(tmp_path, json.dumps(answer, ensure_ascii=False), "a.json")
    if not member:
        with pytest.raises(UnreadableFile, match="no one list of rows with coordinates; export it as GeoJSON"):
            bring(library, path, **DEGREES)
        return
    assert f"rows are taken from the member {member}" in said(bring(library, path, **DEGREES))
    assert (held(library).values("名称"), points(library)) == (["甲"], [(104.05, 30.05)])


def test_what_is_no_json_by_its_first_letters_says_so(library: Library, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="it is no JSON: it begins with “// made by hand”"):
        bring(library, text_file(tmp_path, "// made by hand\n{}", "a.geojson"))


def test_an_answer_of_a_feature_service_is_read_with_its_words(library: Library, tmp_path: Path) -> None:
    codes = [{"name": "住宅", "code": 1}, {"name": "商业", "code": 2}]
    ring = [[104.05, 30.05], [104.05, 30.06], [104.06, 30.06], [104.06, 30.05], [104.05, 30.05]]
    hole = [[104.052, 30.052], [104.058, 30.052], [104.058, 30.058], [104.052, 30.058], [104.052, 30.052]]
    domain = {"type": "codedValue", "name": "uses", "codedValues": codes}
    answer = {
        "geometryType": "esriGeometryPolygon",
        "spatialReference": {"wkid": 4490, "latestWkid": 4490},
        "exceededTransferLimit": True,
        "fields": [
            {"name": "NAME", "type": "esriFieldTypeString", "alias": "名称"},
            {"name": "YT", "type": "esriFieldTypeInteger", "alias": "用途", "domain": domain},
        ],
        "features": [{"attributes": {"NAME": "甲", "YT": 1}, "geometry": {"rings": [ring, hole]}}],
    }
    report = bring(library, text_file(tmp_path, json.dumps(answer, ensure_ascii=False), "a.json"))
    content, fields = held(library), {one.id: one for one in library.layer("new").fields}
    assert content.values("NAME") == ["甲"]
    assert len(content.geometry[0].interiors) == 1
    assert "4490" in report.crs
    assert fields["YT"].label.zh == "用途"
    assert fields["YT"].values["2"].zh == "商业"
    assert "a part of the features only" in said(report)


def test_a_flatgeobuf_that_is_cut_off_is_told(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "a.fgb"
    places = np.array([shapely.to_wkb(shapely.Point(104.05 + i / 100, 30.05)) for i in range(3)], dtype=object)
    pyogrio.raw.write(
        path, places, [np.arange(3)], ["n"], geometry_type="Point", crs="EPSG:4490", driver="FlatGeobuf"
    )
    assert "cut off" not in said(bring(library, path))
    path.write_bytes(path.read_bytes()[:-20])
    assert "it states 3 features and holds 2" in said(bring(library, path, layer="cut"))


def test_a_prj_beside_a_table_in_a_zip_places_it(library: Library, tmp_path: Path) -> None:
    prj = CRS("EPSG:4544").to_wkt("WKT1_ESRI")
    table = "名称,X,Y\n甲,404000.25,3328000.5\n"
    report = bring(library, archive(tmp_path, {"d/a.csv": table, "d/a.prj": prj}))
    assert "4544" in report.crs
    assert "is that of a.prj beside it" in said(report)


def test_a_kmz_whose_document_only_points_gives_what_it_points_to(library: Library, tmp_path: Path) -> None:
    head = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
    link = "<NetworkLink><Link><href>parts/x.kml</href></Link></NetworkLink>"
    place = "<Placemark><name>乙</name><Point><coordinates>104.05,30.05</coordinates></Point></Placemark>"
    path = archive(tmp_path, {"doc.kml": head.format(link), "parts/x.kml": head.format(place)}, "a.kmz")
    assert bring(library, path).placed == 1


@pytest.mark.parametrize(
    ("members", "name", "why"),
    [
        ({"a.dwg": b"AC1027" + bytes(99)}, "a.zip", "a.dwg: it is a DWG drawing; save it as DXF"),
        ({"d/p.lyrx": "{}"}, "a.zip", "p.lyrx: it is a project or a style"),
        ({"p.qgs": "<qgis/>"}, "a.qgz", "it is a project or a style"),
        ({"word/document.xml": "<x/>", "[Content_Types].xml": "<x/>"}, "a.docx", "it is a Word document"),
        ({"a.pdf": b"%PDF-1.7"}, "a.zip", "a.pdf: it is a PDF"),
        ({"a.bin": b"\x01"}, "a.zip", "it holds a.bin"),
    ],
)
def test_an_archive_of_other_things_is_named(
    library: Library, tmp_path: Path, members: dict[str, bytes | str], name: str, why: str
) -> None:
    with pytest.raises(UnreadableFile, match=why):
        bring(library, archive(tmp_path, members, name))


@pytest.mark.parametrize(
    ("name", "head", "why"),
    [
        ("a.dgn", b"\x08\x09\xfe\x02", "DGN drawing"),
        ("a.dgn", b"\xd0\xcf\x11\xe0", "DGN drawing"),
        ("a.feather", b"ARROW1\x00\x00", "save it as GeoParquet"),
        ("a.las", b"LASF", "point cloud"),
        ("a.nc", b"\x89HDF", "it is a grid"),
        ("a.geojson.gz", b"\x1f\x8b\x08", "packed as gz"),
        ("a00000009.gdbtable", b"\x03\x00\x00\x00", "zip the whole .gdb folder"),
        ("a.mxd", b"\xd0\xcf\x11\xe0", "only points to data"),
    ],
)
def test_a_file_of_another_kind_is_named(
    library: Library, tmp_path: Path, name: str, head: bytes, why: str
) -> None:
    path = tmp_path / name
    path.write_bytes(head + bytes(2000))
    with pytest.raises(UnreadableFile, match=why):
        bring(library, path)


def test_an_archive_under_a_password_is_named(library: Library, tmp_path: Path) -> None:
    path = archive(tmp_path, {"a.geojson": json.dumps(PLACES)})
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    path.write_bytes(data)
    with pytest.raises(UnreadableFile, match="under a password"):
        bring(library, path)
