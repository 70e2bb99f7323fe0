"""What import says of geometry: overlaps, gaps, and each kind of problem with where to look."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pytest
import shapely

import geo
from layers.imports import importer
from layers.imports import tiling as tiling_module
from layers.imports.importer import import_layer
from layers.imports.options import ImportOptions
from layers.imports.tiling import tiling_notes
from layers.library import restoring
from layers.library.library import Library
from layers.library.restoring import restore_version
from tests.layers.imports.bringing import bring
from tests.small_plan import write_plan
from webapp.cli import importing


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "p"))


def frame_of(shapes: list[Any]) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, crs=4490))
    return geo.declare_edges(frame, edge_model="lonlat")


def test_overlaps_and_gaps_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    box = shapely.box
    ring = shapely.difference(box(104, 30, 104.03, 30.03), box(104.01, 30.01, 104.02, 30.02))
    hole, island, inner = (
        box(*b)
        for b in (
            (104.01, 30.01, 104.02, 30.02),
            (104.012, 30.012, 104.018, 30.018),
            (104.014, 30.014, 104.016, 30.016),
        )
    )
    twice = box(104.0, 30.0, 104.001, 30.001)
    shapes = [ring, shapely.difference(island, inner), twice, None, shapely.Point(104, 30)]
    ids = np.array(list("abcde"), dtype=object)
    overlaps, gaps = tiling_notes(frame_of(shapes), ids)
    area = geo.area_m2(gpd.GeoSeries([twice, hole, island, inner], crs=4490))
    assert overlaps.en == f"1 overlaps, {area[0]:,.2f} m2 together: a × c {area[0]:,.2f} m2"
    outer = area[1] - area[2]
    assert gaps.en.startswith(f"2 enclosed gaps, {outer + area[3]:,.2f} m2 together")
    assert f"a {outer:,.2f} m2; b {area[3]:,.2f} m2" in gaps.en
    tiles = [box(104 + i / 100, 30, 104.01 + i / 100, 30.01) for i in range(5)]
    assert [note.en[:2] for note in tiling_notes(frame_of(tiles), np.arange(5).astype(object))] == ["no", "no"]
    assert tiling_notes(frame_of(tiles[:1]), ids) == ()
    monkeypatch.setattr(tiling_module, "MOST_FEATURES", 4)
    (note,) = tiling_notes(frame_of(tiles), np.arange(5).astype(object))
    assert "not looked for" in note.en


def geojson(path: Path, *shapes: Any, crs: str = "", **properties: Any) -> Path:
    rows = [
        {
            "type": "Feature",
            "id": f"i{n}",
            "properties": properties,
            "geometry": shapely.geometry.mapping(shape)
            if shape is not None and not isinstance(shape, dict)
            else shape,
        }
        for n, shape in enumerate(shapes)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), "utf-8")
    return path


def test_gaps_are_found_among_tiles_that_share_every_edge() -> None:
    """Missing tiles, a tile that overlaps, one twice: the ground is what a plain union says, mostly joined faster."""
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(12.0), np.arange(10.0)))
    tiles = shapely.box(x, y, x + 1.0, y + 1.0)
    gone = [27, 28, 66]
    wide = shapely.box(4.5, 4.0, 6.0, 5.0)  # over its neighbour
    shapes = np.concatenate([np.delete(tiles, gone), [tiles[100], wide, shapely.box(2.2, 4.4, 2.4, 4.6)]])
    shapes = np.array([shapely.transform(one, lambda xy: xy * 100.0 + [528_000.0, 3_530_000.0]) for one in shapes])
    frame = gpd.GeoDataFrame(geometry=shapes, crs=4549)
    plain = shapely.get_parts(shapely.union_all(shapes))
    holes = sum(len(one.interiors) for one in plain)
    ids = np.array([f"t{n}" for n in range(len(shapes))], dtype=object)
    overlaps, gaps = tiling_notes(frame, ids)
    assert overlaps.en.startswith("4 overlaps, ")
    assert holes == 2 and gaps.en.startswith("2 enclosed gaps, ")
    expected = geo.area_m2(gpd.GeoSeries(shapely.polygons([r for one in plain for r in one.interiors]), crs=4549))
    assert f"{expected.sum():,.2f} m2 together" in gaps.en


def test_classed_polygons_are_checked_for_overlaps(library: Library, tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "a.geojson", shapely.box(104, 30, 104.01, 30.01), shapely.box(104, 30, 104.02, 30.02), c="x"
    )
    said = [
        " ".join(n.en for n in bring(library, path, **more).notes)
        for more in ({}, {"layer": "b", "class_field": "c"}, {"layer": "d", "check_tiling": True})
    ]
    assert ["1 overlap" in one for one in said] == [False, True, True]


def test_problems_are_told_by_kind_with_places(
    library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bow = shapely.Polygon([(104, 30), (104.01, 30.01), (104.01, 30), (104, 30.01)])
    flat = shapely.Polygon([(104, 30), (104.01, 30.01), (104, 30), (104, 30)])
    path = geojson(
        tmp_path / "a.geojson",
        bow,
        bow,
        flat,
        {"type": "Polygon", "coordinates": [["a"]]},
        {"type": "Polygon", "coordinates": []},
        shapely.box(104, 30, 104.01, 30.01),
    )
    report = bring(library, path)
    found = {one.kind: one for one in report.problems}
    mended = next(one for one in report.problems if one.done == "mended")
    assert [one.id for one in mended.examples] == ["i0", "i1"]
    assert (mended.examples[0].lon, mended.examples[0].lat) == pytest.approx((104.005, 30.005))
    whole = gpd.GeoSeries([shapely.make_valid(bow, method="structure", keep_collapsed=False)], crs=4490)
    assert mended.area_after_m2 == pytest.approx(2 * geo.area_m2(whole)[0])
    assert mended.area_after_m2 > 0
    assert found["unreadable"].done == "left unplaced"
    assert [one.id for one in found["unreadable"].examples] == ["i3"]
    assert found["empty"].count == 1
    assert all(one.zh and one.en for one in report.problems)
    assert orjson.loads(orjson.dumps(asdict(report)))["problems"][0]["examples"][0].keys() == {
        "id",
        "lon",
        "lat",
        "name",
    }
    assert report.version.about["problems"]
    commands = argparse.ArgumentParser().add_subparsers()
    importing.add_import(commands, argparse.ArgumentParser(add_help=False))
    options = commands.choices["import"].parse_args(
        [str(path), "--layer", "again", "--report", str(tmp_path / "r.json")]
    )
    monkeypatch.setattr(importing, "Library", lambda _folder, *, store: library)
    assert options.run(options, SimpleNamespace(path=lambda _name: "data", text=lambda _name: "")) == 0
    out = capsys.readouterr().out
    assert "[self_intersection] invalid: self-intersection: 2, mended" in out
    assert "i0 (104.005000, 30.005000)" in out
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["problems"]


def test_lines_left_out_are_problems(library: Library, tmp_path: Path) -> None:
    line = '{"type":"Feature","geometry":{"type":"Point","coordinates":[104,30]},"properties":{"a":1}}'
    (tmp_path / "a.geojsonl").write_text(f"{line}\nbroken\n{line}\n", "utf-8")
    (problem,) = bring(library, tmp_path / "a.geojsonl").problems
    assert (problem.kind, problem.done, problem.examples[0].id) == ("unreadable_line", "left out", "line 2")


def test_web_mercator_is_mended_too(library: Library, tmp_path: Path) -> None:
    bow = shapely.Polygon([(104, 30), (104.01, 30.01), (104.01, 30), (104, 30.01)])
    gpd.GeoDataFrame({"c": ["x", "x"]}, geometry=[bow, bow], crs=4326).to_crs(3857).to_file(tmp_path / "a.gpkg")
    report = bring(library, tmp_path / "a.gpkg", class_field="c")
    assert [(one.kind, one.count, one.done) for one in report.problems] == [("self_intersection", 2, "mended")]
    assert "1 overlap" in " ".join(note.en for note in report.notes)


def test_nothing_that_cannot_be_mended_gets_a_place(library: Library, tmp_path: Path) -> None:
    endless = shapely.Polygon([(104, 30), (104.01, np.inf), (104.01, 30), (104, 30)])
    flat = shapely.Polygon([(104, 30), (104.01, 30.01), (104, 30), (104, 30)])
    many = shapely.GeometryCollection([shapely.Point(104, 30), shapely.LineString([(104, 30), (104.1, 30)])])
    sound = shapely.box(104, 30, 104.01, 30.01)
    gpd.GeoDataFrame({"n": range(4)}, geometry=[endless, flat, many, sound], crs=4490).to_parquet(
        tmp_path / "a.parquet"
    )
    report = bring(library, tmp_path / "a.parquet")
    assert {one.kind for one in report.problems} >= {"not_finite", "collection"}
    assert {one.done for one in report.problems} == {"left unplaced"}
    assert sum(one.count for one in report.problems) == 3
    assert report.placed == 1


def test_going_back_over_a_change_of_type_brings_the_type_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole numbers, days and texts are again what they were; the next version is read so.

    What dies between the version and the catalog, an import or a going back, is whole once it is done again.
    """
    folder = write_plan(tmp_path / "plan")
    rows = {1: ("数量,开工", "1,2021-03-04"), 2: ("数量,开工", "多,不详"), 5: ("数量,开工", "7,2022-05-06")}

    def brought(number: int, **more: Any) -> None:
        heads, cells = rows[number]
        path = tmp_path / "a.csv"
        path.write_text(f"编号,{heads},经度,纬度\nk,{cells},104.07,30.07\n")
        import_layer(Library(folder), path, ImportOptions(layer="pts", crs="EPSG:4490", **more), who="li")

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    def types() -> dict[str, str]:
        return {one.id: one.type for one in Library(folder).layer("pts").fields if one.id in ("数量", "开工")}

    brought(1, label_zh="点", label_en="points", id_field="编号")
    assert types() == {"数量": "integer", "开工": "date"}
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(importer, "update_layer", dies)
        brought(2, new_version=True, accept_changes=True)
    assert types() == {"数量": "integer", "开工": "date"}
    brought(2, new_version=True, accept_changes=True)
    assert types() == {"数量": "text", "开工": "text"}
    library = Library(folder)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(restoring, "update_layer", dies)
        restore_version(library, library.layer("pts"), 1, who="li", why="")
    restore_version(library, library.layer("pts"), 1, who="li", why="")
    assert types() == {"数量": "integer", "开工": "date"}
    library = Library(folder)
    restore_version(library, library.layer("pts"), 2, who="li", why="")
    assert types() == {"数量": "text", "开工": "text"}
    library = Library(folder)
    restore_version(library, library.layer("pts"), 5, who="li", why="")  # a version that went back itself
    brought(5, new_version=True)
    assert types() == {"数量": "integer", "开工": "date"}
    assert next(iter(Library(folder).snapshot(Library(folder).layer("pts")).content.rows()))["数量"] == 7
