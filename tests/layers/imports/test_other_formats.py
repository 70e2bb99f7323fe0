"""GPX, GML, TopoJSON, old Excel and OpenDocument sheets: read by the same rules as every other format."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from layers.imports.errors import UnreadableFile
from layers.imports.preview import preview
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import DEGREES, held, library, points, said

__all__ = ["library"]
SLOW = pytest.mark.slow  # GDAL is a process of its own
FILES = Path(__file__).with_name("files")
GPX = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="c" xmlns="http://www.topografix.com/GPX/1/1">
<metadata><name>not a feature</name></metadata>
<wpt lat="30.05" lon="104.05"><ele>12.5</ele><time>2025-06-01T08:00:00Z</time><name>起点</name></wpt>
<wpt lat="north" lon="104.06"><name>&lt;b&gt;</name></wpt>
<rte><name>r</name><rtept lat="30.05" lon="104.05"><ele>3</ele></rtept><rtept lat="30.06" lon="104.06"/></rte>
<trk><name>t</name><number>007</number><extensions><x:v xmlns:x="urn:x">4</x:v></extensions>
<trkseg><trkpt lat="30.05" lon="104.05"><ele>1</ele><time>2025-06-01T08:00:00Z</time></trkpt>
<trkpt lat="30.06" lon="104.06"><ele>2</ele></trkpt></trkseg>
<trkseg><trkpt lat="30.07" lon="104.07"><ele>2</ele></trkpt></trkseg></trk></gpx>"""


def written(tmp_path: Path, name: str, text: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_gpx_holds_waypoints_routes_and_tracks(library: Library, tmp_path: Path) -> None:
    report = bring(library, written(tmp_path, "a.gpx", GPX))
    found = held(library)
    assert found.values("kind") == ["waypoint", "waypoint", "route", "track"]
    assert found.values("name") == ["起点", "<b>", "r", "t"]
    assert found.values("number") == [None, None, None, "007"]
    shapes = [None if one is None else one.wkt for one in library.snapshot(library.layer("new")).geometry]
    assert shapes[:3] == ["POINT Z (104.05 30.05 12.5)", None, "LINESTRING (104.05 30.05, 104.06 30.06)"]
    assert shapes[3] == "LINESTRING Z (104.05 30.05 1, 104.06 30.06 2)"
    for words in (
        "1 are not kept",
        "times of a line's points are not kept (1)",
        "1 segments of a track",
        "WGS 84",
    ):
        assert words in said(report) or words in str(report)


@pytest.mark.parametrize("text", [GPX[:300], '<!DOCTYPE a [<!ENTITY b "&b;&b;">]><gpx>&b;</gpx>', "<gpx></gpx>"])
def test_a_broken_or_empty_gpx_is_refused_or_empty(library: Library, tmp_path: Path, text: str) -> None:
    path = written(tmp_path, "a.gpx", text)
    if text == "<gpx></gpx>":
        bring(library, path)
        assert len(library.snapshot(library.layer("new")).features) == 0
        return
    with pytest.raises(UnreadableFile):
        bring(library, path)


def topology(**more: Any) -> dict[str, Any]:
    """Two plots that share an edge, a point and a feature without a place; positions as steps of 1e-3 degrees."""
    plots = [
        {"type": "Polygon", "id": "a", "properties": {"name": "甲", "n": 1}, "arcs": [[0, 1]]},
        {"type": "Polygon", "id": "b", "properties": {"name": "乙", "n": 2}, "arcs": [[2, -2]]},
        {"type": "Point", "coordinates": [50, 50], "properties": {"name": "丙"}},
        {"type": None, "properties": {"name": "丁"}},
        {"type": "LineString", "arcs": [9], "properties": {"name": "戊"}},
    ]
    return {
        "type": "Topology",
        "transform": {"scale": [1e-3, 1e-3], "translate": [104.0, 30.0]},
        "objects": {"plots": {"type": "GeometryCollection", "geometries": plots}},
        "arcs": [
            [[20, 20], [-10, 0], [0, -10], [10, 0]],
            [[20, 10], [0, 10]],
            [[20, 10], [10, 0], [0, 10], [-10, 0]],
        ],
    } | more


def test_a_topology_gives_the_shapes_its_arcs_make(library: Library, tmp_path: Path) -> None:
    report = bring(library, written(tmp_path, "a.json", json.dumps(topology())))
    shapes = library.snapshot(library.layer("new")).geometry
    assert shapely.equals(shapes[0], shapely.box(104.01, 30.01, 104.02, 30.02))
    assert shapely.equals(shapes[1], shapely.box(104.02, 30.01, 104.03, 30.02))
    assert shapes[2].wkt == "POINT (104.05 30.05)"
    assert shapes[3] is None and shapes[4] is None
    assert held(library).values("n") == [1, 2, None, None, None]
    assert "1 geometry cannot be read" in said(report)


def test_the_same_plots_from_gdal_s_reader(tmp_path: Path) -> None:
    path = written(tmp_path, "a.json", json.dumps(topology()))
    theirs = gpd.read_file(path).geometry[:2]
    ours = [shapely.box(104.01, 30.01, 104.02, 30.02), shapely.box(104.02, 30.01, 104.03, 30.02)]
    assert all(shapely.equals_exact(a.normalize(), b.normalize(), 1e-9) for a, b in zip(theirs, ours, strict=True))


def test_objects_of_a_topology_are_layers_and_keys_given_twice_are_told(library: Library, tmp_path: Path) -> None:
    objects = topology()["objects"] | {"spot": {"type": "Point", "coordinates": [70, 70], "properties": {"k": 1}}}
    text = json.dumps(topology(objects=objects)).replace('{"k": 1}', '{"k": 1, "k": 2}')
    path = written(tmp_path, "a.topojson", text)
    assert "several layers: plots, spot; plots was read" in said(bring(library, path))
    report = bring(library, path, layer="spot", sublayer="spot")
    (spot,) = library.snapshot(library.layer("spot")).geometry
    assert spot.wkt == "POINT (104.07 30.07)"
    assert "spot was read" in said(report) and "k" in said(report)
    with pytest.raises(UnreadableFile, match="it has no roads"):
        bring(library, path, layer="none", sublayer="roads")


@pytest.mark.parametrize(
    "wrong", [{"objects": {}}, {"objects": {"a": 3}}, {"arcs": 3}, {"transform": {}}, {"objects": {"a": {}}}]
)
def test_a_topology_that_is_none_is_refused_or_unplaced(library: Library, tmp_path: Path, wrong: Any) -> None:
    path = written(tmp_path, "a.json", json.dumps(topology(**wrong)))
    if wrong == {"objects": {"a": {}}}:
        bring(library, path)
        assert library.snapshot(library.layer("new")).placed == 0
        return
    with pytest.raises(UnreadableFile):
        bring(library, path)


@SLOW
@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_gml_keeps_zeros_axes_and_chinese_names(library: Library, tmp_path: Path, encoding: str) -> None:
    plots = gpd.GeoDataFrame(
        {"名称": ["滨江公园", "要塞公园"], "编号": ["007", "010"], "area": [1.5, 12.0]},
        geometry=[shapely.box(104.05, 30.05, 104.06, 30.06), shapely.box(104.07, 30.05, 104.08, 30.06)],
        crs=4490,
    )
    plots.to_crs(4523).to_file(tmp_path / "a.gml", driver="GML")
    text = (tmp_path / "a.gml").read_text("utf-8").replace('encoding="utf-8"', f'encoding="{encoding}"')
    folder = tmp_path / "b"
    folder.mkdir()
    bring(library, written(folder, "a.gml", text.encode(encoding)))
    found = held(library)
    assert found.values("名称") == ["滨江公园", "要塞公园"]
    assert found.values("编号") == ["007", "010"] and found.values("area") == [1.5, 12.0]
    shapes = library.snapshot(library.layer("new")).geometry
    assert shapely.hausdorff_distance(shapes[0], plots.geometry[0]) < 1e-8
    assert {one.id for one in library.layer("new").fields} == {"gml_id", "名称", "编号", "area"}
    assert list(folder.iterdir()) == [folder / "a.gml"]


WFS = """<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:p="urn:p"
 xmlns:gml="http://www.opengis.net/gml/3.2" {more}><wfs:member><p:park gml:id="park.1"><p:name>滨江</p:name><p:geom>
<gml:Point srsName="{crs}" gml:id="g1"><gml:pos>{pos}</gml:pos></gml:Point></p:geom></p:park></wfs:member>
</wfs:FeatureCollection>"""


@SLOW
@pytest.mark.parametrize(
    ("crs", "pos"), [("urn:ogc:def:crs:EPSG::4490", "30.05 104.05"), ("EPSG:4490", "104.05 30.05")]
)
def test_a_gml_has_its_axes_as_its_crs_says(library: Library, tmp_path: Path, crs: str, pos: str) -> None:
    more = 'xmlns:xsi="urn:x" xsi:schemaLocation="urn:p file:///etc/hostname"'
    bring(library, written(tmp_path, "a.xml", WFS.format(crs=crs, pos=pos, more=more)))
    assert points(library) == [(104.05, 30.05)]


def test_a_gml_with_a_doctype_is_refused(library: Library, tmp_path: Path) -> None:
    text = '<!DOCTYPE a [<!ENTITY b "c">]>' + WFS.format(crs="EPSG:4490", pos="104 30", more="")
    with pytest.raises(UnreadableFile, match="DOCTYPE"):
        bring(library, written(tmp_path, "a.gml", text))


def test_an_old_workbook_is_read_as_a_new_one(library: Library) -> None:
    report = bring(library, FILES / "old_workbook.xls", **DEGREES)
    found = held(library)
    assert found.values("片区") == ["东区", "东区"] and found.values("地块编号") == ["00", "01"]
    assert found.values("面积(亩)") == [12.5, 13.5] and found.values("供地日期") == ["2024-05-01", "2024-05-02"]
    assert "地块 was read" in said(report) and found.values("绿地率") == [35, 35]


@pytest.mark.parametrize(
    ("inside", "says"), [("EncryptedPackage", "under a password"), ("WordDocument", "without a workbook")]
)
def test_what_else_begins_as_an_old_workbook(library: Library, tmp_path: Path, inside: str, says: str) -> None:
    path = written(tmp_path, "a.xls", b"\xd0\xcf\x11\xe0" + bytes(600) + inside.encode("utf-16-le") + bytes(600))
    with pytest.raises(UnreadableFile, match=says):
        bring(library, path, **DEGREES)


ROW = "<table:table-row{times}>{cells}</table:table-row>"


def open_sheet(path: Path, rows: str) -> Path:
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"><office:body>'
        f'<office:spreadsheet><table:table table:name="点">{rows}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return path


def cell(value: object, more: str = "", kind: str = "float") -> str:
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"{more}><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="{kind}" office:value="{value}"{more}/>'


def test_an_open_document_sheet_has_merges_percents_and_leading_zeros(library: Library, tmp_path: Path) -> None:
    heads = "".join(cell(one) for one in ["片区", "编号", "经度", "纬度", "绿地率"])
    merged = ' table:number-rows-spanned="2" table:number-columns-spanned="1"'
    first = cell("东区", merged) + cell("007") + cell(104.05) + cell(30.05) + cell(0.35, kind="percentage")
    second = (
        "<table:covered-table-cell/>" + cell("010") + cell(104.06) + cell(30.05) + cell(0.4, kind="percentage")
    )
    rest = '<table:table-cell table:number-columns-repeated="16379"/>'
    last = ROW.format(times=' table:number-rows-repeated="1048573"', cells=rest)
    rows = "".join(ROW.format(times="", cells=one + rest) for one in (heads, first, second)) + last
    bring(library, open_sheet(tmp_path / "a.ods", rows), **DEGREES)
    found = held(library)
    assert found.values("片区") == ["东区", "东区"] and found.values("编号") == ["007", "010"]
    assert found.values("绿地率") == [35.0, 40.0]
    assert next(one.unit for one in library.layer("new").fields if one.id == "绿地率") == "%"


def test_a_sheet_that_repeats_itself_over_the_memory_is_refused(library: Library, tmp_path: Path) -> None:
    wide = cell(1.5, ' table:number-columns-repeated="16384"')
    rows = ROW.format(times="", cells=cell("lon") + cell("lat"))
    path = open_sheet(
        tmp_path / "a.ods", rows + ROW.format(times=' table:number-rows-repeated="1048000"', cells=wide)
    )
    with pytest.raises(UnreadableFile, match="cells far out"):
        preview(library, path)
