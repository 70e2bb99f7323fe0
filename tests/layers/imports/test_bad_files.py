"""Bad files are refused with a reason in bounded time and memory; nothing is left behind, whatever interrupts."""

from __future__ import annotations

import json
import os
import random
import resource
import struct
import time
import zipfile
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
import shapely

from layers.features.columns import content_of, write_content
from layers.imports import refusals
from layers.imports.errors import UnreadableFile
from layers.imports.formats import archive as archive_module
from layers.imports.formats.reading import read_source
from layers.imports.importer import import_layer
from layers.imports.options import ImportOptions
from layers.library.library import Library
from tests.rounds import rounds
from tests.small_plan import write_plan
from tests.waiting import LONGEST_S, processor_s, until
from tests.warm import warm_context

pytestmark = pytest.mark.slow

SQUARE = {"type": "Polygon", "coordinates": [[[104, 30], [104.1, 30], [104.1, 30.1], [104, 30]]]}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "p"))


def state(library: Library) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in library.folder.rglob("*") if p.is_file() and ".lock" not in p.name}


def refused(library: Library, path: Path) -> str:
    before, spent_s = state(library), processor_s()
    with pytest.raises(UnreadableFile) as found:
        import_layer(
            library, path, ImportOptions(layer="new", label_zh="新", label_en="New", crs="EPSG:4490"), who="li"
        )
    assert processor_s() - spent_s < 60
    assert state(library) == before, "nothing is left behind"
    assert found.value.message("zh") != found.value.message("en")
    return found.value.message("en")


def geojson(path: Path, *geometries: object) -> Path:
    rows = [{"type": "Feature", "properties": {}, "geometry": g} for g in geometries]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    return path


def test_two_gigabytes_of_nothing(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "nothing.csv"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(library, path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "kB more at the peak"


def test_a_member_that_is_damaged_is_told_in_both_languages(library: Library, tmp_path: Path) -> None:
    """Its table is intact, its bytes are not: what unpacks it raises an error of its own."""
    for name, method in (("a.xlsx", zipfile.ZIP_DEFLATED), ("b.zip", zipfile.ZIP_LZMA)):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.writestr(
                "xl/workbook.xml" if name == "a.xlsx" else "a.geojson", random.Random(1).randbytes(4000)
            )
            offset = archive.infolist()[0].header_offset + 80
        path.write_bytes(path.read_bytes()[:offset] + b"\xff" * 3000 + path.read_bytes()[offset + 3000 :])
        with pytest.raises(UnreadableFile) as found:
            read_source(path)
        assert "请重新导出或下载" in found.value.message("zh") and "原文" not in found.value.message("zh")
        assert "export or download it again" in found.value.message("en")


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.xlsx"])
def test_a_zip_bomb(library: Library, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "_INFLATED", 10_000_000)
    with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
        if name.endswith("xlsx"):
            archive.writestr("[Content_Types].xml", "<Types/>")
        for ending in ("shp", "shx", "dbf"):
            archive.writestr(f"a.{ending}", bytes(20_000_000))
    assert "too large" in refused(library, tmp_path / name)


def test_a_zip_that_lies_about_its_sizes(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_module, "_INFLATED", 10_000_000)
    path = tmp_path / "liar.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for ending in ("shp", "shx", "dbf"):
            archive.writestr(f"a.{ending}", bytes(20_000_000))
    data = path.read_bytes().replace(struct.pack("<I", 20_000_000), struct.pack("<I", 1000))
    path.write_bytes(data)
    refused(library, path)


def test_a_zip_in_a_zip(library: Library, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as archive:
        archive.writestr("a.shp", b"x")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.write(tmp_path / "inner.zip", "inner.zip")
    refused(library, tmp_path / "outer.zip")


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", "..\\..\\evil", "C:\\evil"])
def test_paths_in_zip_names_lead_nowhere(library: Library, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for ending in ("shp", "shx", "dbf"):
            archive.writestr(f"{name}.{ending}", b"nothing")
    refused(library, tmp_path / "a.zip")
    assert not list(tmp_path.rglob("evil*"))
    assert not Path("/tmp/evil.shp").exists()


@pytest.mark.parametrize("ending", ["gpkg", "fgb", "parquet", "zip", "kml", "dxf", "xlsx", "geojson"])
def test_truncated_and_misnamed(library: Library, tmp_path: Path, ending: str) -> None:
    whole = tmp_path / "whole.parquet"
    write_content(whole, content_of(["a"], [shapely.box(104, 30, 104.1, 30.1)], [{"n": 1}]), crs="EPSG:4490")
    cut = tmp_path / f"cut.{ending}"
    cut.write_bytes(whole.read_bytes()[:-200])
    refused(library, cut)


def test_a_feature_with_too_many_vertices(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "_VERTICES", 1000)
    ring = shapely.get_coordinates(shapely.Point(104.05, 30.05).buffer(0.01, quad_segs=300)).tolist()
    path = geojson(tmp_path / "a.geojson", {"type": "Polygon", "coordinates": [ring]})
    assert "vertices" in refused(library, path)


def test_nested_collections_cost_only_themselves(library: Library, tmp_path: Path) -> None:
    nested: dict[str, object] = {"type": "Point", "coordinates": [104, 30]}
    for _ in range(100):
        nested = {"type": "GeometryCollection", "geometries": [nested]}
    path = geojson(tmp_path / "a.geojson", nested, SQUARE)
    report = import_layer(library, path, ImportOptions(layer="new", label_zh="新", label_en="New"), who="li")
    assert (report.version.features, report.placed) == (2, 1)
    wkt = "GEOMETRYCOLLECTION(" * 100_000 + "POINT(1 1)" + ")" * 100_000
    (tmp_path / "b.csv").write_text(f'wkt,n\n"{wkt}",1\n"POINT(104 30)",2\n')
    more = import_layer(
        library,
        tmp_path / "b.csv",
        ImportOptions(layer="b", label_zh="b", label_en="b", crs="EPSG:4490"),
        who="li",
    )
    assert (more.version.features, more.placed) == (2, 1)


def test_nan_and_infinite_coordinates_stay_without_a_place(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("lon,lat\nnan,30\ninf,30\n104,1e400\n104,30\n")
    report = import_layer(
        library,
        tmp_path / "a.csv",
        ImportOptions(layer="new", label_zh="新", label_en="New", crs="EPSG:4490"),
        who="li",
    )
    assert (report.version.features, report.placed) == (4, 1)


def lines(acknowledged: Path) -> list[tuple[int, ...]]:
    """Return version and features of every import that was acknowledged."""
    if not acknowledged.exists():
        return []
    whole = acknowledged.read_text().rpartition("\n")[0]  # without a line that is being written
    return [tuple(map(int, line.split())) for line in whole.splitlines()]


def _keep_importing(folder: str, paths: list[str], acknowledged: str, begun: Event) -> None:
    library, number = Library(Path(folder)), 0
    begun.set()
    while True:
        path = Path(paths[number % len(paths)])
        known = "new" in library.catalog.layers
        wanted = ImportOptions(layer="new", label_zh="新", label_en="New", new_version=known)
        report = import_layer(library, path, wanted, who="li")
        with Path(acknowledged).open("a") as file:
            file.write(f"{report.version.number} {report.version.features}\n")
            file.flush()
            os.fsync(file.fileno())
        number += 1


def test_killed_at_random_moments(library: Library, tmp_path: Path) -> None:
    paths = []
    for count in (1, 40, 400):
        path = tmp_path / f"{count}.parquet"
        shapes = [shapely.box(104, 30 + i / 1e4, 104.1, 30 + (i + 1) / 1e4) for i in range(count)]
        rows = [{"of": count}] * count
        write_content(path, content_of([str(i) for i in range(count)], shapes, rows), crs="EPSG:4490")
        paths.append(str(path))
    acknowledged = tmp_path / "acknowledged"
    chance, context = random.Random(7), warm_context()
    turns = rounds(20, most=50)
    for turn in range(turns):
        held = len(lines(acknowledged))
        begun = context.Event()
        asked = (str(library.folder), paths, str(acknowledged), begun)
        process = context.Process(target=_keep_importing, args=asked)
        process.start()
        assert begun.wait(LONGEST_S)
        if turn % 2:  # in the middle of its second import, however slow the machine is
            until(lambda held=held: len(lines(acknowledged)) > held, every_s=0.001)  # type: ignore[misc]
        time.sleep(chance.random() * 0.2)
        process.kill()
        process.join()
        opened = Library(library.folder)
        assert not opened.catalog.problems
        versions = sorted(v.number for v in opened.store.versions("new"))
        assert versions == list(range(1, len(versions) + 1))
        said = lines(acknowledged)
        assert not said or versions[-1] >= said[-1][0], "what was acknowledged is there"
        if versions and "new" in opened.catalog.layers:
            snapshot = opened.snapshot(opened.layer("new"))
            assert {len(snapshot.features)} == set(snapshot.content.values("of")), (
                "a whole version, or the one before"
            )
    assert len(lines(acknowledged)) >= turns // 2, "the killed process did import"
