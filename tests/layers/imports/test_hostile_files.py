"""Files made to hang, to fill the memory or to read others: each refused with its reason, soon, leaving nothing."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from layers.imports import refusals
from layers.imports.errors import UnreadableFile
from layers.imports.formats import parquet_bounds
from layers.imports.repair import mend_shapes
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_bad_files import refused
from tests.small_plan import write_plan

pytestmark = pytest.mark.slow

ENTITIES = (
    '<!DOCTYPE k [<!ENTITY a0 "xxxxxxxxxx">'
    + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    + "]>"
)
KML = (
    '<?xml version="1.0"?>{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>{name}</name>'
    "<Point><coordinates>104,30</coordinates></Point></Placemark></Document></kml>"
)
VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>CSV:{secret}</SrcDataSource></OGRVRTLayer>'
    "</OGRVRTDataSource>"
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "p"))


def workbook(path: Path, sheet: str) -> Path:
    link = f'<Relationships xmlns="{LINKS}"><Relationship Id="r1" Type="{OFFICE}/{{}}" Target="{{}}"/></Relationships>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("_rels/.rels", link.format("officeDocument", "xl/workbook.xml"))
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets>'
            "</workbook>",
        )
        archive.writestr("xl/_rels/workbook.xml.rels", link.format("worksheet", "worksheets/sheet1.xml"))
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


def sheet(rows: str, head: str = "") -> str:
    return f'{head}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def drawing(path: Path, blocks: str, body: str) -> Path:
    head = "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1024\n0\nENDSEC\n"
    path.write_text(
        f"{head}0\nSECTION\n2\nBLOCKS\n{blocks}0\nENDSEC\n0\nSECTION\n2\nENTITIES\n{body}0\nENDSEC\n0\nEOF\n"
    )
    return path


def block(name: str, body: str) -> str:
    return f"0\nBLOCK\n8\n0\n2\n{name}\n70\n0\n10\n0\n20\n0\n{body}0\nENDBLK\n"


def insert(name: str) -> str:
    return f"0\nINSERT\n8\n0\n2\n{name}\n10\n0\n20\n0\n"


POINT = "0\nPOINT\n8\n0\n10\n104\n20\n30\n"
NESTED = block("b0", POINT) + "".join(block(f"b{i}", insert(f"b{i - 1}") * 10) for i in range(1, 10))


def view(path: Path, statement: str) -> Path:
    gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(104, 30)], crs=4490).to_file(path)
    with sqlite3.connect(path) as database:
        database.execute(f"create view v as {statement}")
        database.execute("update gpkg_contents set table_name = 'V', identifier = 'v'")
        database.execute("update gpkg_geometry_columns set table_name = 'V'")
    return path


def huge(path: Path) -> Path:
    angle = np.linspace(0, 2 * np.pi, 1_001)
    xy = np.column_stack([104 + 0.01 * np.cos(angle), 30 + 0.01 * np.sin(angle)])
    gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.Polygon(xy)], crs=4490).to_parquet(path)
    return path


def outlines(path: Path, size: int, rows: int = 1) -> Path:
    ends = pa.py_buffer(np.linspace(0, size, rows + 1).astype(np.int32).tobytes())
    held = pa.Array.from_buffers(pa.binary(), rows, [None, ends, pa.py_buffer(bytes(size))])
    pq.write_table(pa.table({"geometry": held}), path, use_dictionary=False, compression="zstd")
    return path


@pytest.mark.parametrize(("seed", "refused"), [(b"\x00", True), (None, False)])
def test_shapes_of_a_file_that_is_itself_large_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: bytes | None, refused: bool
) -> None:
    monkeypatch.setattr(parquet_bounds, "_SHAPES", 10_000)
    shapes = seed * 20_000 if seed else os.urandom(20_000)
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"geometry": [shapes]}), path, use_dictionary=False, compression="zstd")
    with pytest.raises(UnreadableFile) if refused else contextlib.nullcontext(), pq.ParquetFile(path) as file:
        parquet_bounds.refuse_swollen_parquet(path, file, path.name)


def text(path: Path, data: str) -> Path:
    path.write_text(data, "utf-8")
    return path


ENDLESS = "with recursive c(x) as (select 1 union all select x + 1 from c) select x as fid, null as geom from c"
CASES: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "bomb.kml": ("", lambda p: text(p, KML.format(head=ENTITIES, name="&a9;"))),
    "rows.xlsx": (
        "stray cells",
        lambda p: workbook(
            p, sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"/></row>')
        ),
    ),
    "bomb.xlsx": (
        "",
        lambda p: workbook(
            p, sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&a9;</t></is></c></row>', head=ENTITIES)
        ),
    ),
    "nested.dxf": ("unfolded", lambda p: drawing(p, NESTED, insert("b9"))),
    "itself.dxf": (
        "unfolded",
        lambda p: drawing(p, block("a", insert("b")) + block("b", insert("a")), insert("a")),
    ),
    "array.dxf": ("unfolded", lambda p: drawing(p, block("b", POINT), insert("B") + "70\n32767\n71\n32767\n")),
    "deep.dxf": (
        "129 deep",
        lambda p: drawing(
            p,
            block("b0", POINT) + "".join(block(f"b{i}", insert(f"b{i - 1}")) for i in range(1, 129)),
            insert("b128"),
        ),
    ),
    "points.gpx": ("300,001 points", lambda p: text(p, '<gpx><wpt lat="30" lon="104"/>' + "<wpt/>" * 300_000)),
    "endless.gpkg": ("view", lambda p: view(p, ENDLESS)),
    "blob.gpkg": ("view", lambda p: view(p, "select 1 as fid, null as geom, hex(zeroblob(900000000)) as v")),
    "huge.parquet": ("1,001 vertices where 1,000 is the most", huge),
    "vertices.parquet": ("geometry is 201 MB, where 200", lambda p: outlines(p, 201_000_000, 100)),
    "shapes.parquet": ("157 is the most of 1,000,000 features", lambda p: outlines(p, 160_000_000, 1_000_000)),
    "deep.json": ("", lambda p: text(p, "[" * 100_000)),
    "deep.geojson": ("", lambda p: text(p, '{"a":' * 100_000)),
    "digits.geojson": ("", lambda p: text(p, '{"type":"FeatureCollection","features":[' + "9" * 5000 + "]}")),
    "empty.gpkg": ("", lambda p: text(p, "")),
    "pipeline.json": ("", lambda p: text(p, '{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline"}')),
    "link.geojson": (
        "crs",
        lambda p: text(
            p, '{"type":"FeatureCollection","features":[],"crs":{"type":"link","properties":{"href":""}}}'
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_with_a_reason(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(refusals, "_VERTICES", 1_000)
    reason, make = CASES[name]
    assert reason in refused(library, make(tmp_path / name))


@pytest.mark.parametrize(
    "ending", ["vrt", "geojson", "kml", "csv", "gpkg", "dxf", "shp", "fgb", "parquet", "xlsx", "zip"]
)
def test_no_name_makes_a_file_read_another(library: Library, tmp_path: Path, ending: str) -> None:
    (tmp_path / "secret.csv").write_text("secret-word,x\n1,2\n")
    path = text(tmp_path / f"a.{ending}", VRT.format(secret=tmp_path / "secret.csv"))
    if ending == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for inner in ("shp", "shx", "dbf"):
                archive.writestr(f"a.{inner}", VRT.format(secret=tmp_path / "secret.csv"))
    assert "secret-word" not in refused(library, path)


def test_an_entity_of_a_kml_reads_no_file(library: Library, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret-word")
    head = f'<!DOCTYPE k [<!ENTITY a SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    assert "secret-word" not in refused(library, text(tmp_path / "a.kml", KML.format(head=head, name="&a;")))


@pytest.mark.parametrize("count", [301, 1001, 10_001])
def test_a_tangle_costs_only_itself(library: Library, tmp_path: Path, count: int) -> None:
    angle = np.arange(count) * 2 * np.pi * (count // 2) / count
    star = shapely.Polygon(np.column_stack([104 + 0.01 * np.cos(angle), 30 + 0.01 * np.sin(angle)]))
    shapes = [star, shapely.box(104.1, 30, 104.2, 30.1)]
    gpd.GeoDataFrame({"n": [1, 2]}, geometry=shapes, crs=4490).to_file(tmp_path / "a.gpkg")
    report = bring(library, tmp_path / "a.gpkg")
    assert report.version.features == 2
    assert report.placed == (2 if count < 1000 else 1)
    assert {p.kind for p in report.problems} == {"self_intersection" if count < 1000 else "too_complex"}


def test_a_long_outline_with_one_crossing_is_mended() -> None:
    angle = np.linspace(0, 2 * np.pi, 15_000, endpoint=False)
    xy = np.column_stack([104 + 0.01 * np.cos(angle), 30 + 0.01 * np.sin(angle)])
    xy[[7000, 7001]] = xy[[7001, 7000]]
    shapes = np.array([shapely.Polygon(xy)], dtype=object)
    out, problems = mend_shapes(shapes, np.array(["a"], dtype=object), [], measure=shapely.area)
    assert out[0].is_valid
    assert [p.done for p in problems] == ["mended"]
