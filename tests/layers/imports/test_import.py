"""Files people bring: read as they are, placed where they belong, or refused with what to do; nothing half done."""

from __future__ import annotations

import codecs
import contextlib
import json
import socket
import threading
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from geo.errors import RefusedDatum
from layers.imports.charset import decode
from layers.imports.crs_gate import ImplausibleCRS, NeedsCRS, UnknownCRS
from layers.imports.errors import UnreadableFile
from layers.imports.importer import ImportReport, import_layer
from layers.imports.options import ImportOptions
from layers.library.entry import BadLayerId, LayerExists
from layers.library.library import Library
from tests.small_plan import write_plan

pytestmark = pytest.mark.slow

NAMES = ["滨江公园", "白屈港"]
SHAPES = [shapely.box(104.05, 30.05, 104.06, 30.06), shapely.box(104.07, 30.05, 104.08, 30.06)]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "p"))


@pytest.fixture
def frame() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"名称": NAMES, "n": [1, 2]}, geometry=SHAPES, crs=4490)


def bring(library: Library, path: Path, layer: str = "new", **more: Any) -> ImportReport:
    return import_layer(library, path, ImportOptions(layer=layer, label_zh="新", label_en="New", **more), who="li")


def shapefile(
    folder: Path, frame: gpd.GeoDataFrame, *, parts: str = "shp shx dbf", encoding: str = "GB18030"
) -> Path:
    folder.mkdir()
    frame.to_file(folder / "地块.shp", encoding=encoding)
    path = folder / "up.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in parts.split():
            archive.write(folder / f"地块.{part}", f"资料/地块.{part}")
    return path


def held(library: Library, layer: str = "new") -> Any:
    return library.snapshot(library.layer(layer))


@pytest.mark.parametrize("kind", ["gpkg", "fgb", "parquet", "geojson"])
def test_what_declares_its_crs_comes_in_unchanged(
    library: Library, frame: gpd.GeoDataFrame, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"a.{kind}"
    frame.to_parquet(path) if kind == "parquet" else frame.to_file(path)
    report = bring(library, path)
    snapshot = held(library)
    assert sorted(snapshot.content.values("名称")) == sorted(NAMES)
    assert snapshot.layer.datum == "CGCS2000"
    assert (
        shapely.equals_exact(snapshot.geometry, sorted(snapshot.geometry, key=lambda s: s.bounds)).all()
        or kind == "fgb"
    )
    assert {s.normalize().wkt for s in snapshot.geometry} == {s.normalize().wkt for s in SHAPES}
    assert report.version.about["sha256"]
    assert library.catalog.problems == ()


def test_a_gbk_shapefile_without_cpg_and_prj(library: Library, frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = shapefile(tmp_path / "s", frame.to_crs(4544))
    before = (library.folder / "catalog.toml").read_bytes()
    with pytest.raises(NeedsCRS, match="EPSG:4544") as caught:
        bring(library, path)
    assert "EPSG:4544" in caught.value.message("zh").split("；")[0]
    assert (library.folder / "catalog.toml").read_bytes() == before
    assert not (library.folder / "store").exists()
    report = bring(library, path, crs="EPSG:4544")
    assert report.encoding == "gb18030"
    snapshot = held(library)
    assert snapshot.content.values("名称") == NAMES
    assert all(
        a.normalize().equals_exact(b.normalize(), 1e-9) for a, b in zip(snapshot.geometry, SHAPES, strict=True)
    )


@pytest.mark.parametrize(
    ("crs", "error"),
    [
        ("EPSG:4326", ImplausibleCRS),
        ("EPSG:999999", UnknownCRS),
        ("EPSG:2349", RefusedDatum),
        ("EPSG:2414", RefusedDatum),
        ("GCJ02", ImplausibleCRS),
    ],
)
def test_a_wrong_crs_is_refused(
    library: Library, frame: gpd.GeoDataFrame, tmp_path: Path, crs: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        bring(library, shapefile(tmp_path / "s", frame.to_crs(4544)), crs=crs)
    assert "new" not in library.catalog.layers


def test_degrees_labelled_as_metres_and_swapped_axes_are_told(library: Library, tmp_path: Path) -> None:
    wrong = gpd.GeoDataFrame({"n": [1]}, geometry=[SHAPES[0]], crs=4544)
    wrong.to_file(tmp_path / "w.gpkg")
    with pytest.raises(ImplausibleCRS, match="EPSG:4490"):
        bring(library, tmp_path / "w.gpkg")
    (tmp_path / "s.csv").write_text("name,x,y\na,30.05,104.05\n", "utf-8")
    with pytest.raises(NeedsCRS, match="swap-axes"):
        bring(library, tmp_path / "s.csv")
    bring(library, tmp_path / "s.csv", crs="EPSG:4490", swapped=True)
    assert held(library).geometry[0].coords[0] == (104.05, 30.05)


@pytest.mark.parametrize("datum", ["GCJ02", "BD09"])
def test_shifted_coordinates_are_moved_when_a_person_says_so(library: Library, tmp_path: Path, datum: str) -> None:
    x, y = {"GCJ02": (120.30462841, 31.89806645), "BD09": (120.31120367, 31.90371141)}[datum]
    (tmp_path / "a.csv").write_bytes(
        f"项目清单\n名称,经度,纬度,面积\n公园,{x},{y},324亩\n无,,,\n".encode("gb18030")
    )
    report = bring(library, tmp_path / "a.csv", crs=datum)
    found = held(library)
    assert (found.geometry[0].x, found.geometry[0].y) == pytest.approx((120.3, 31.9), abs=2e-8)
    assert found.content.values("面积") == [324.0, None]
    assert (report.version.features, report.placed) == (2, 1)
    said = " ".join(note.en for note in report.notes)
    assert "header is row 2" in said
    assert "1 row has no usable coordinates" in said


def test_excel_rows_come_in(library: Library, tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet("项目")
    rows: list[list[str | float]] = [["名称", "lon", "lat"], ["一号", 104.05, 30.05], ["=1+1", 104.06, 30.06]]
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            sheet.write_string(r, c, value) if isinstance(value, str) else sheet.write_number(r, c, value)
    book.close()
    bring(library, tmp_path / "a.xlsx", crs="EPSG:4490")
    assert held(library).content.values("名称") == ["一号", "=1+1"]


def test_repairs_are_reported_with_areas_and_nothing_is_lost(library: Library, tmp_path: Path) -> None:
    bow = {"type": "Polygon", "coordinates": [[[104, 30], [104.01, 30.01], [104.01, 30], [104, 30.01], [104, 30]]]}
    bad = {"type": "Polygon", "coordinates": [["a"]]}
    rows = [{"type": "Feature", "id": "x", "geometry": g, "properties": {"a": 1}} for g in (bow, bad, None)]
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": rows}), "utf-8")
    report = bring(library, tmp_path / "a.geojson")
    said = " ".join(note.en for note in report.notes)
    assert "1 invalid geometry mended" in said
    assert "1 geometry cannot be read" in said
    assert "2 ids were taken" in said
    assert (len(held(library).features), report.placed) == (3, 1)


def test_a_new_version_and_taken_ids(library: Library, frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    frame.to_file(tmp_path / "a.gpkg")
    bring(library, tmp_path / "a.gpkg")
    with pytest.raises(LayerExists):
        bring(library, tmp_path / "a.gpkg")
    with pytest.raises(BadLayerId):
        bring(library, tmp_path / "a.gpkg", layer="../x")
    assert bring(library, tmp_path / "a.gpkg", new_version=True).version.number == 2
    bring(library, tmp_path / "a.gpkg", layer="zones", new_version=True)
    assert len(held(library, "zones").features) == 2


VRT = '<OGRVRTDataSource><OGRVRTLayer name="passwd"><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "kml", "dxf", "csv", "fgb", "shp", "parquet", "vrt"])
def test_no_file_reads_another_or_calls_out(library: Library, tmp_path: Path, ending: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("wkt,word\nPOINT(104 30),topsecret\n", "utf-8")
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as canary:

        def listen() -> None:
            with contextlib.suppress(OSError):  # nobody called, and the socket is closed at the end
                calls.append(canary.accept())

        threading.Thread(target=listen, daemon=True).start()
        url = f"http://127.0.0.1:{canary.getsockname()[1]}/x"
        gdalg = json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector read {secret}"})
        link = json.dumps(
            {"type": "FeatureCollection", "crs": {"type": "link", "properties": {"href": url}}, "features": []}
        )
        texts = [VRT.format(secret=secret), VRT.format(secret=f"/vsicurl/{url}"), gdalg, link]
        texts.append(f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]><kml>&e;</kml>')
        for i, text in enumerate(texts):
            path = tmp_path / f"evil{i}.{ending}"
            path.write_text(text, "utf-8")
            with pytest.raises((UnreadableFile, NeedsCRS)):
                bring(library, path)
    assert not [c for c in calls if c]
    assert "new" not in library.catalog.layers


@pytest.mark.parametrize("spoil", ["cut", "no shp", "two layers", "traversal"])
def test_broken_archives_are_refused(
    library: Library, frame: gpd.GeoDataFrame, tmp_path: Path, spoil: str
) -> None:
    path = shapefile(tmp_path / "s", frame, parts="shx dbf" if spoil == "no shp" else "shp shx dbf prj")
    if spoil == "cut":
        with zipfile.ZipFile(path) as archive:
            parts = {n: archive.read(n) for n in archive.namelist()}
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in parts.items():
                archive.writestr(name, data[:40] if name.endswith(".shp") else data)
    elif spoil == "two layers":
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("b.shp", b"")
    elif spoil == "traversal":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("../../outside.shp", b"x")
    with pytest.raises(UnreadableFile):
        bring(library, path)
    assert not (tmp_path.parent / "outside.shp").exists()
    assert not (library.folder / "store").exists()


@given(
    st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=3, max_size=20),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
)
@example("丏丁丁", "gb18030")
def test_chinese_text_is_read_as_it_was_written_or_is_ambiguous(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    read = decode(data)
    try:  # a last character may be cut off
        ambiguous = encoding == "gb18030" and bool(codecs.getincrementaldecoder("utf-8")().decode(data))
    except UnicodeDecodeError:
        ambiguous = False
    assert ambiguous or read.text == text or read.questions, read.encoding


@given(
    st.text(
        alphabet="一业为么也些位全农前十压原去取同员品园图头学宅实小录陆楼院住源木展山平应强态水没泉注站系纬色要说路途通公地期",
        min_size=1,
    )
)
@example("一一丁")
@example("一嗷")
@example("3路")
@example("目录")
def test_chinese_that_is_utf_8_by_chance_is_asked(text: str) -> None:
    for written in (text, f"id,name\n1,{text}\n"):
        read = decode(written.encode("gb18030"))
        assert read.text == written
        assert read.encoding == "gb18030" or read.questions


USUAL = (
    "café août île Genève hôtel forêt Größe Öl ü Łódź ł żółty kůň Ağaç ğ İstanbul São Nẵng Ơn Əli Țara ăn å "
    "Парковая и в Київ Қазақстан һәм үй Αθήνα η λόγος Երևան ירושלים של القاهرة و پارک 公园 一期 さくら 서울 "
    "กรุงเทพ दिल्ली Hawaiʻi Mu\u0308nchen cafe\u0301 A·B m² 20° 1½ ¥5 « § £5 – … µm 3·5 α Ω"
)


@given(st.lists(st.sampled_from(USUAL.split()), min_size=1, max_size=4), st.sampled_from([",", "\n", " "]))
def test_a_few_words_of_utf_8_are_no_chinese(words: list[str], between: str) -> None:
    text = between.join(words)
    read = decode(text.encode())
    assert (read.text, read.encoding, read.questions) == (text, "utf-8", ())


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(UnreadableFile):
        decode(data)
