"""What import recognises is certain or left alone, and all of it is said."""

from __future__ import annotations

import argparse
import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geo
from layers.catalog import Field
from layers.declare import Text
from layers.imports import tiling as tiling_module
from layers.imports.child import UnreadableFile
from layers.imports.draft import Draft
from layers.imports.dxf import read_drawing
from layers.imports.gate import NeedsCRS
from layers.imports.layer import Report, Wanted, import_layer
from layers.imports.preview import preview
from layers.imports.sources import read_source
from layers.imports.tiling import tiling
from layers.imports.units import unit_in_header, unit_of
from layers.imports.values import recognised
from layers.library import Library
from tests.small_plan import write_plan
from webapp import importing


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "p"))


def draft_of(kind: str = "CSV", **columns: list[str | None]) -> Draft:
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    return Draft(kind, table, np.empty(0, dtype=object), None, None, "utf-8")


def seen(
    kind: str = "CSV", values: list[str | None] | None = None, name: str = "v", **more: Any
) -> tuple[Any, ...]:
    """Return values, unit, raw values and the notes of one column."""
    found = recognised(draft_of(kind, **{name: values or []}), **more)
    told = found.declared.get(name, {})
    raw = found.properties.column(told["raw"]).to_pylist() if "raw" in told else None
    said = [note.en for note in found.notes]
    assert all(note.zh and note.en for note in found.notes)
    return found.properties.column(name).to_pylist(), told.get("unit"), raw, said


def bring(library: Library, path: Path, layer: str = "new", **more: Any) -> Report:
    return import_layer(library, path, Wanted(layer=layer, label=Text("新", "New"), **more), who="li")


@pytest.mark.parametrize(
    ("values", "read", "unit", "raw"),
    [
        (["324 亩", "0.5亩", None], [324.0, 0.5, None], "mu", False),
        (["12.5 公顷", "3 ha"], [12.5, 3.0], "ha", False),
        (["3,200 m2", "１２ ㎡", "5平方米"], [3200.0, 12.0, 5.0], "m2", False),
        (["3,200 m2", "1.2 万平方米", "0.29万㎡"], [3200.0, 12000.0, 2900.0], "m2", True),
        (["1.2 万平方米", "3万平方米"], [1.2, 3.0], "万平方米", False),
        (["5 万元", "1.5亿元"], [50000.0, 150_000_000.0], "元", True),
        (["12%", "-3.5 ％"], [12.0, -3.5], "%", False),
    ],
)
@pytest.mark.parametrize("kind", ["CSV", "GeoJSON"])
def test_numbers_with_one_unit_become_numbers(
    values: list[str | None], read: list[float | None], unit: str, raw: bool, kind: str
) -> None:
    found, told, kept, said = seen(kind, values)
    assert (found, told) == (read, unit)
    assert kept == (values if raw else None)
    assert len(said) == 1
    assert unit in said[0]


@pytest.mark.parametrize(
    "values",
    [
        ["12 亩", "1 公顷"],  # of one kind, but none is declared
        ["12 亩", "3 元"],
        ["12 亩", "3"],
        ["约324亩", "3亩", "4亩"],
        ["12 亩", "待定", "3 亩"],
        ["0701 亩", "1 亩"],
        ["1234567890123456 亩", "1 亩"],
    ],
)
def test_what_is_not_certain_stays_text(values: list[str | None]) -> None:
    found, unit, raw, said = seen("CSV", values)
    assert (found, unit, raw) == (values, None, None)
    assert all("stays text" in one for one in said)
    assert said or values[0][0] in "01"  # a code is no number: nothing to say


def test_mixed_units_are_converted_to_the_declared_one_only() -> None:
    values = ["12亩", "1公顷", "3", None]
    found, unit, raw, said = seen("CSV", values, name="面积（亩）")
    assert (found, unit, raw) == ([12.0, 15.0, 3.0, None], "mu", values)
    assert "converted" in said[0]
    known = {"v": Field("v", Text("", ""), "number", unit="ha")}
    found, unit, raw, _ = seen("GPKG", ["15亩", "1公顷"], fields=known)
    assert (found, unit, raw) == ([1.0, 1.0], "ha", ["15亩", "1公顷"])
    assert seen("CSV", ["12", "3"], name="面积/公顷")[:2] == ([12, 3], "ha")
    assert seen("CSV", ["12元", "3元"], name="面积（亩）")[0] == ["12元", "3元"]
    assert unit_in_header("面积 (单位：m²)").name == "m2"  # type: ignore[union-attr]
    assert unit_in_header("名称（中文）") is unit_of("待定") is None


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (["12", "3", None], [12, 3, None]),
        (["3.5", "1"], [3.5, 1.0]),
        (["1,200", "-3"], [1200, -3]),
        (["0701", "1001"], None),
        (["1234567890123456", "1"], None),
        (["120.30462841000001", "121"], [120.30462841000001, 121.0]),
        (["120.304628410000012345", "121"], None),
        (["+86", "1"], None),
        (["1e5", "2"], None),
        (["2021.1", "2021.10", "2021.3"], None),
        (["12", "x"], None),
        (["", None], None),
    ],
)
def test_plain_numbers_of_tables(values: list[str | None], read: list[float | None] | None) -> None:
    found, _, raw, said = seen("CSV", values)
    assert found == (values if read is None else read)
    assert [type(v) for v in found] == [type(v) for v in (values if read is None else read)]
    assert raw is None
    assert bool(said) == (read is not None or values[0] == "2021.1")
    assert seen("GeoJSON", values)[0] == values


@pytest.mark.parametrize("name", ["id", "parcel_id", "地块编号", "用地代码", "联系电话", "DLBM"])
def test_ids_stay_text(name: str) -> None:
    assert seen("CSV", ["12", "3"], name=name)[0] == ["12", "3"]
    assert seen("CSV", ["12", "3"], keep={"v"})[0] == ["12", "3"]
    assert seen("CSV", ["12", "3"], fields={"v": Field("v", Text("", ""))})[0] == ["12", "3"]


def test_dates_keep_their_own_precision() -> None:
    values: list[str | None] = ["2021", "2021-03", "2021年3月", "2021/3/5", None, "2024年2月29日", "2021.10"]
    found, _, raw, said = seen("GPKG", values)
    assert found == ["2021", "2021-03", "2021-03", "2021-03-05", None, "2024-02-29", "2021-10"]
    assert (raw, said) == (None, ["column v holds dates, each to its own precision: 1 years, 3 months, 2 days"])
    assert recognised(draft_of(v=values)).declared["v"] == {"type": "date"}
    assert seen("CSV", ["2021-03-05 14:30:00", "2021-03"])[0] == ["2021-03-05T14:30:00", "2021-03"]
    assert seen("CSV", ["2021.1", "2021.10"], name="开工时间")[0] == ["2021-01", "2021-10"]
    assert seen("XLSX", ["2021.1", "2021-10"], name="开工时间")[0] == ["2021.1", "2021-10"]
    assert seen("CSV", ["2021", "2022"])[0] == [2021, 2022]
    assert seen("CSV", ["2021", "2022"], name="竣工年份")[0] == ["2021", "2022"]


@pytest.mark.parametrize("bad", ["2021-02-29", "2021-13", "2021年底", "5/3/2021", "2021-00", "2021-"])
def test_no_date_is_invented(bad: str) -> None:
    values: list[str | None] = ["2021-03-05", "2021年3月", "2021/1", bad]
    found, _, _, said = seen("CSV", values)
    assert found == values
    assert bad in said[0]


@given(st.dates(), st.sampled_from(["{0:04d}-{1:02d}-{2:02d}", "{0}年{1}月{2}日", "{0}/{1}/{2}"]))
def test_any_day_reads_as_itself(day: Any, form: str) -> None:
    if 1500 <= day.year < 2200:
        found, *_ = seen("CSV", [form.format(day.year, day.month, day.day)])
        assert found == [day.isoformat()]


def test_excel_cells_come_as_what_they_are(library: Library, tmp_path: Path) -> None:
    import datetime

    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    for c, name in enumerate(["名称", "lon", "lat", "开工", "层数", "代码", "面积（亩）"]):
        sheet.write_string(0, c, name)
    for r in (1, 2):
        sheet.write_string(r, 0, f"{r}号")
        sheet.write_number(r, 1, 104.05)
        sheet.write_number(r, 2, 30.05)
        sheet.write_number(r, 4, 12)
        sheet.write_string(r, 5, "0701")
        sheet.write_number(r, 6, 3.5)
    sheet.write_datetime(1, 3, datetime.datetime(2021, 3, 5), day)
    sheet.write_string(2, 3, "2021年3月")
    book.close()
    report = bring(library, tmp_path / "a.xlsx", crs="EPSG:4490")
    content = library.snapshot(library.layer("new")).content
    assert content.values("开工") == ["2021-03-05", "2021-03"]
    assert (content.values("层数"), content.values("代码")) == ([12, 12], ["0701", "0701"])
    fields = {f.id: f for f in library.layer("new").fields}
    assert (fields["开工"].type, fields["层数"].type, fields["代码"].type) == ("date", "integer", "text")
    assert (fields["面积（亩）"].type, fields["面积（亩）"].unit) == ("number", "mu")
    assert "1 months, 1 days" in " ".join(n.en for n in report.notes)


def test_units_stand_in_the_catalogue(library: Library, tmp_path: Path) -> None:
    rows = "名称,lon,lat,面积\na,104.05,30.05,3200 m2\nb,104.06,30.05,1.2万平方米\n"
    (tmp_path / "a.csv").write_text(rows, "utf-8")
    looked = preview(library, tmp_path / "a.csv")
    assert {f["name"]: f["unit"] for f in looked["fields"]}["面积"] == "m2"
    bring(library, tmp_path / "a.csv", crs="EPSG:4490")
    fields = {f.id: f for f in library.layer("new").fields}
    assert (fields["面积"].type, fields["面积"].unit, fields["面积"].raw) == ("number", "m2", "面积_raw")
    assert "面积_raw" not in fields
    assert library.snapshot(library.layer("new")).content.values("面积_raw") == ["3200 m2", "1.2万平方米"]
    (tmp_path / "a.csv").write_text("名称,lon,lat,面积\na,104.05,30.05,15亩\n", "utf-8")
    bring(library, tmp_path / "a.csv", crs="EPSG:4490", new_version=True)
    assert library.snapshot(library.layer("new")).content.values("面积") == [10000.0]


def spoilt(text: str, how: str) -> str:
    if how == "UTF-8 → GBK":
        return text.encode().decode("gb18030")
    data = text.encode("utf-8" if how.startswith("UTF") else "gbk")
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in data)


@pytest.mark.parametrize("how", ["UTF-8 → Latin-1", "GBK → Latin-1", "UTF-8 → GBK"])
def test_garbled_text_is_restored_as_a_whole_or_not(how: str) -> None:
    good = ["公园", "工业园区", "河道", "abc", None]
    bad = [text and spoilt(text, how) for text in good]
    assert bad != good
    found, _, _, said = seen("GPKG", bad)
    assert found == good
    assert "restored" in said[0]
    assert how in said[0]
    spoiled_more = [*bad, bad[1][:-1] + "\u2122" if how != "UTF-8 → GBK" else "椤圭洰\ue000"]  # type: ignore[index]
    found, _, _, said = seen("GPKG", spoiled_more)
    assert found == spoiled_more
    assert "left as they are" in said[0]


def test_the_examples_everybody_has_seen() -> None:
    assert seen("GPKG", ["å…¬å›­"])[0] == seen("GPKG", ["¹«Ô°"])[0] == ["公园"]
    named = recognised(draft_of("GPKG", **{spoilt("名称", "GBK → Latin-1"): ["a"]}))
    assert named.properties.schema.names == ["名称"]
    assert named.notes


@pytest.mark.parametrize(
    "values",
    [["Café", "naïve"], ["Åland", "Übung", "Ærø"], ["公园", "联通", "珺瑶"], ["5 °C", "±3"], ["“a”…", "—"]],
)
def test_sound_text_is_let_be(values: list[str | None]) -> None:
    found, _, _, said = seen("GPKG", values)
    assert (found, said) == (values, [])


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_any_text_is_read_without_harm(values: list[str]) -> None:
    clean = [v.encode("utf-8", "ignore").decode() for v in values]
    found = recognised(draft_of("CSV", v=list(clean)))
    column = found.properties.column("v")
    assert len(column) == len(clean)
    if column.to_pylist() != clean:
        assert found.notes


def test_destroyed_text_is_counted() -> None:
    _, _, _, said = seen("GPKG", ["锟斤拷园", "a\ufffd", "公园", "锟斤拷园"])
    assert said == ["3 values hold text destroyed before it came here: v (3)"]


def frame_of(shapes: list[Any]) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, crs=4490))
    return geo.declare_edges(frame, edge_model="lonlat")


def test_overlaps_and_gaps_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    box = shapely.box
    ring = shapely.difference(box(104, 30, 104.03, 30.03), box(104.01, 30.01, 104.02, 30.02))
    hole, island, inner = (box(*b) for b in ((104.01, 30.01, 104.02, 30.02), (104.012, 30.012, 104.018, 30.018),
                                            (104.014, 30.014, 104.016, 30.016)))  # fmt: skip
    twice = box(104.0, 30.0, 104.001, 30.001)
    shapes = [ring, shapely.difference(island, inner), twice, None, shapely.Point(104, 30)]
    ids = np.array(list("abcde"), dtype=object)
    overlaps, gaps = tiling(frame_of(shapes), ids)
    area = geo.area_m2(gpd.GeoSeries([twice, hole, island, inner], crs=4490))
    assert overlaps.en == f"1 overlaps, {area[0]:,.2f} m2 together: a × c {area[0]:,.2f} m2"
    outer = area[1] - area[2]
    assert gaps.en.startswith(f"2 enclosed gaps, {outer + area[3]:,.2f} m2 together")
    assert f"a {outer:,.2f} m2; b {area[3]:,.2f} m2" in gaps.zh
    tiles = [box(104 + i / 100, 30, 104.01 + i / 100, 30.01) for i in range(5)]
    assert [note.en[:2] for note in tiling(frame_of(tiles), np.arange(5).astype(object))] == ["no", "no"]
    assert tiling(frame_of(tiles[:1]), ids) == ()
    monkeypatch.setattr(tiling_module, "MOST_FEATURES", 4)
    (note,) = tiling(frame_of(tiles), np.arange(5).astype(object))
    assert "not looked for" in note.en


def geojson(path: Path, *shapes: Any, crs: str = "", **properties: Any) -> Path:
    rows = [
        {"type": "Feature", "id": f"i{n}", "properties": properties, "geometry": shapely.geometry.mapping(shape)
         if shape is not None and not isinstance(shape, dict) else shape}
        for n, shape in enumerate(shapes)
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), "utf-8")
    return path


def test_classed_polygons_are_checked_for_overlaps(library: Library, tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "a.geojson", shapely.box(104, 30, 104.01, 30.01), shapely.box(104, 30, 104.02, 30.02), c="x"
    )
    said = [" ".join(n.en for n in bring(library, path, **more).notes)
            for more in ({}, {"layer": "b", "class_field": "c"}, {"layer": "d", "check_tiling": True})]  # fmt: skip
    assert ["1 overlaps" in one for one in said] == [False, True, True]


def test_problems_are_told_by_kind_with_places(
    library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bow = shapely.Polygon([(104, 30), (104.01, 30.01), (104.01, 30), (104, 30.01)])
    flat = shapely.Polygon([(104, 30), (104.01, 30.01), (104, 30), (104, 30)])
    path = geojson(tmp_path / "a.geojson", bow, bow, flat, {"type": "Polygon", "coordinates": [["a"]]},
                   {"type": "Polygon", "coordinates": []}, shapely.box(104, 30, 104.01, 30.01))  # fmt: skip
    report = bring(library, path)
    found = {one.kind: one for one in report.problems}
    assert found["self_intersection"].count == 3 or found["self_intersection"].count == 2
    mended = next(one for one in report.problems if one.done == "mended")
    assert [one.id for one in mended.examples] == ["i0", "i1"]
    assert (mended.examples[0].lon, mended.examples[0].lat) == pytest.approx((104.005, 30.005))
    assert mended.area_after_m2 == pytest.approx(
        geo.area_m2(gpd.GeoSeries([bow.buffer(0), bow.buffer(0)], crs=4490)).sum(), rel=1
    )
    assert mended.area_after_m2 > 0
    assert found["unreadable"].done == "left unplaced"
    assert [one.id for one in found["unreadable"].examples] == ["i3"]
    assert found["empty"].count == 1
    assert all(one.zh and one.en for one in report.problems)
    assert orjson.loads(orjson.dumps(asdict(report)))["problems"][0]["examples"][0].keys() == {"id", "lon", "lat"}
    assert report.version.about["problems"]
    commands = argparse.ArgumentParser().add_subparsers()
    importing.add_import(commands, argparse.ArgumentParser(add_help=False))
    options = commands.choices["import"].parse_args(
        [str(path), "--layer", "again", "--report", str(tmp_path / "r.json")]
    )
    monkeypatch.setattr(importing, "Library", lambda _folder: library)
    from webapp.settings import Settings

    assert options.run(options, Settings.read({})) == 0
    out = capsys.readouterr().out
    assert "[self_intersection] invalid: self-intersection: 2, mended" in out
    assert "i0 (104.005000, 30.005000)" in out
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["problems"]


def test_lines_left_out_are_problems(library: Library, tmp_path: Path) -> None:
    line = '{"type":"Feature","geometry":{"type":"Point","coordinates":[104,30]},"properties":{"a":1}}'
    (tmp_path / "a.geojsonl").write_text(f"{line}\nbroken\n{line}\n", "utf-8")
    (problem,) = bring(library, tmp_path / "a.geojsonl").problems
    assert (problem.kind, problem.done, problem.examples[0].id) == ("unreadable_line", "left out", "line 2")


DEFINITION = (
    '<?xml version="1.0"?>^J<Dictionary>^J<ProjectedCoordinateSystem id="CGCS2000/GK3d-105">^J<Name/>^J'
    '</ProjectedCoordinateSystem>^J<Alias id="{code}" type="CoordinateSystem">^J<ObjectId>x</ObjectId>^J'
    '<Namespace>EPSG Code</Namespace>^J</Alias>^J<Alias id="1043" type="Datum">^J<Namespace>EPSG Code</Namespace></Alias>'
)


def drawing(
    path: Path, *, unit: int | None = None, scale: float = 1.0, code: int = 0, kind: int = 2, geo_scale: float = 1.0,
    inserts: tuple[str, ...] = (),
) -> Path:  # fmt: skip
    x, y = (
        np.array(
            [shapely.get_coordinates(gpd.GeoSeries.from_wkt(["POINT (104.05 30.05)"], crs=4490).to_crs(4544))[0]]
        )
        / scale
    )[0]
    pairs: list[Any] = [0, "SECTION", 2, "HEADER", 9, "$ACADVER", 1, "AC1024"]
    pairs += [9, "$INSUNITS", 70, unit] if unit is not None else []
    pairs += [0, "ENDSEC", 0, "SECTION", 2, "BLOCKS"]
    pairs += [0, "BLOCK", 8, 0, 2, "TREE", 70, 0, 10, 0, 20, 0, 0, "CIRCLE", 8, 0, 10, 0, 20, 0, 40, 1 / scale]
    pairs += [0, "TEXT", 8, 0, 10, 0, 20, 0, 40, 1, 1, "INSERT", 0, "ENDBLK"]
    pairs += [0, "BLOCK", 8, 0, 2, "XREF", 70, 4, 10, 0, 20, 0, 1, "other.dwg", 0, "ENDBLK"]
    pairs += [0, "ENDSEC", 0, "SECTION", 2, "ENTITIES"]
    pairs += [0, "LINE", 8, "road", 10, x, 20, y, 11, x + 100 / scale, 21, y]
    for name in inserts:
        pairs += [0, "INSERT", 8, "t", 2, name, 10, x, 20, y]
    pairs += [0, "ENDSEC"]
    if code:
        text = DEFINITION.format(code=code)
        pairs += [
            0,
            "SECTION",
            2,
            "OBJECTS",
            0,
            "GEODATA",
            5,
            "A",
            100,
            "AcDbGeoData",
            90,
            2,
            70,
            kind,
            10,
            0,
            20,
            0,
        ]
        pairs += [40, geo_scale, 91, 6, 303, text[:250], 301, text[250:], 0, "ENDSEC"]
    path.write_text("".join(f"{one}\n" for one in [*pairs, 0, "EOF"]), "utf-8")
    return path


@pytest.mark.parametrize(
    ("unit", "scale"), [(6, 1.0), (4, 0.001), (7, 1000.0), (1, 0.0254), (2, 0.3048), (21, 1200 / 3937)]
)
def test_drawings_are_scaled_to_metres(library: Library, tmp_path: Path, unit: int, scale: float) -> None:
    report = bring(library, drawing(tmp_path / "a.dxf", unit=unit, scale=scale), crs="EPSG:4544")
    line = library.snapshot(library.layer("new")).geometry[0]
    assert line.coords[0] == pytest.approx((104.05, 30.05), abs=1e-9)
    assert geo.length_m(gpd.GeoSeries([line], crs=4490))[0] == pytest.approx(100, rel=1e-3)
    assert any("multiplied" in note.en for note in report.notes) == (scale != 1.0)


def test_a_unit_of_a_template_is_doubted_not_believed(library: Library, tmp_path: Path) -> None:
    path = drawing(tmp_path / "a.dxf", unit=4)  # says millimetres, is in metres
    with pytest.raises(UnreadableFile, match="--unit"):
        bring(library, path, crs="EPSG:4544")
    assert "--unit" in preview(library, path)["notes"][-1]["en"]
    assert preview(library, path, unit="m")["places"]
    bring(library, path, crs="EPSG:4544", unit="m")
    assert library.snapshot(library.layer("new")).geometry[0].coords[0] == pytest.approx((104.05, 30.05), abs=1e-9)
    with pytest.raises(UnreadableFile, match="parsec"):
        read_source(path, unit="parsec")
    unsaid = drawing(tmp_path / "b.dxf")
    assert "states no unit" in read_source(unsaid).notes[0].en


def test_geodata_declares_the_crs(library: Library, tmp_path: Path) -> None:
    report = bring(
        library, drawing(tmp_path / "a.dxf", unit=4, code=4544)
    )  # GEODATA's metres against the template's
    assert report.crs == "EPSG:4544"
    assert "GEODATA declares" in " ".join(note.en for note in report.notes)
    assert library.snapshot(library.layer("new")).geometry[0].coords[0] == pytest.approx((104.05, 30.05), abs=1e-9)
    with pytest.raises(NeedsCRS):
        bring(library, drawing(tmp_path / "b.dxf", code=4544, kind=1), layer="b")
    assert "local grid" in read_source(tmp_path / "b.dxf").notes[0].en
    mm = read_source(drawing(tmp_path / "c.dxf", code=4544, geo_scale=0.001, scale=0.001))
    assert mm.scaled == 0.001
    assert read_drawing(tmp_path / "c.dxf").crs == "EPSG:4544"


def test_blocks_are_counted(library: Library, tmp_path: Path) -> None:
    path = drawing(tmp_path / "a.dxf", unit=6, inserts=("TREE", "Tree", "GONE", "XREF"))
    found = read_drawing(path)
    assert (found.inserts, found.unreadable) == (4, 2)
    report = bring(library, path, crs="EPSG:4544")
    assert report.placed == 5  # a line, and twice a circle and a text
    assert (
        "4 INSERT (blocks) are read as their parts; 2 of them could not be read"
        in report.notes[-2].en + report.notes[-1].en
    )
    assert [(one.kind, one.count, one.done) for one in report.problems] == [("block", 2, "left out")]


def test_binary_drawings_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.dxf").write_bytes(b"AutoCAD Binary DXF\r\n\x1a\x00" + bytes(50))
    with pytest.raises(UnreadableFile, match="binary"):
        read_source(tmp_path / "a.dxf")


KML = """<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>{name}</name><Placemark><name>{name}</name>
<Point><coordinates>104.05,30.05</coordinates></Point></Placemark></Document></kml>"""


def test_kmz_is_read(library: Library, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.writestr("files/icon.png", b"x")
        archive.writestr("doc.kml", KML.format(name="公园"))
    report = bring(library, tmp_path / "a.kmz")
    assert (report.format, report.placed) == ("KMZ", 1)
    assert "公园" in library.snapshot(library.layer("new")).content.values("Name")
    with zipfile.ZipFile(tmp_path / "b.kmz", "w") as archive:
        for name in ("b", "a"):
            archive.writestr(f"{name}.kml", KML.format(name=name))
    assert read_source(tmp_path / "b.kmz").layers == ("a", "b")
    assert read_source(tmp_path / "b.kmz", layer="b").properties.column("Name").to_pylist() == ["b"]


def test_one_shapefile_of_several_is_chosen_by_name(library: Library, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("parks", "roads"):
            gpd.GeoDataFrame({"n": [name]}, geometry=[shapely.Point(104, 30)], crs=4490).to_file(
                tmp_path / f"{name}.shp"
            )
            for part in ("shp", "shx", "dbf", "prj"):
                archive.write(tmp_path / f"{name}.{part}", f"资料/{name}.{part}")
    assert preview(library, tmp_path / "a.zip")["sublayers"] == ["parks", "roads"]
    for name in ("parks", "roads"):
        assert read_source(tmp_path / "a.zip", layer=name).properties.column("n").to_pylist() == [name]
    assert "parks was read" in read_source(tmp_path / "a.zip").notes[-1].en
    with pytest.raises(UnreadableFile, match="parks, roads"):
        read_source(tmp_path / "a.zip", layer="rivers")
    (tmp_path / "n.zip").write_bytes((tmp_path / "a.zip").read_bytes())
    with zipfile.ZipFile(tmp_path / "n.zip", "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(UnreadableFile, match=r"no \.shp or \.kml"):
        read_source(tmp_path / "n.zip")
