"""Twelve layers leave in every format and come back: the same features, types, ids, heights, nulls and digits.

What a format cannot hold is listed here by format, and the export has to say it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

from geo.text import Text
from layers.exports import export_formats, export_snapshot, read_asked
from layers.features.columns import Content, write_content
from layers.imports.importer import import_layer
from layers.imports.options import ImportOptions
from layers.imports.preview import preview
from layers.library.library import Library
from layers.store.version import Reason
from tests.layers.exports.round_trip import LAYERS, at, box, made, plain
from tests.small_plan import write_plan

pytestmark = pytest.mark.slow

KINDS = [one.ending for one in export_formats()]
DIGITS = {"kml": 1e-12, "gdb.zip": 2e-9}  # degrees; a geodatabase has a grid; all others give every digit again
# by format and layer: what is lost, as a word of the note that says so
LOST = {
    ("shp.zip", "texts"): "254",
    ("shp.zip", "projects"): "254",
    ("shp.zip", "landuse"): "",
    ("csv", "projects"): "空文本",
    ("shp.zip", "nested"): "",
    ("shp.zip", "numbers"): "小数",
    ("kml", "texts"): "空白",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(write_plan(tmp_path_factory.mktemp("plan")))
    for name, make in LAYERS.items():
        path = tmp_path_factory.mktemp("in") / f"{name}.parquet"
        write_content(path, make(), crs="EPSG:4326")
        library.store.add(name, path, Reason(kind="import", who="li", why="", about={}), expected=None)
    return library


def sent(library: Library, name: str, kind: str, folder: Path) -> tuple[Path, Content, list[str]]:
    from dataclasses import replace

    layer = replace(
        library.layer("zones"), id=name, geometry="mixed", title=Text("名称", "名称"), fields=(), rules=()
    )
    snapshot = library.snapshot_at(layer, 1)
    path = folder / f"{name}.{kind}"
    made = export_snapshot(library, snapshot, read_asked(kind), path, software="PlanAtlas 0")
    return path, snapshot.content, [note.zh for note in made.notes]


def came_back(library: Library, path: Path, folder: Path) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Return every feature of a file, of all its sublayers, by id."""
    parts = preview(library, path)["sublayers"] if path.name.endswith((".shp.zip", ".gdb.zip")) else []
    found = {}
    for number, part in enumerate(parts if len(parts) > 1 else [""]):
        plan = Library(write_plan(folder / f"plan{number}"))
        import_layer(
            plan, path, ImportOptions(layer="again", label_zh="又", label_en="Again", sublayer=part), who="li"
        )
        content = plan.snapshot(plan.layer("again")).content
        for i, (feature, row) in enumerate(zip(content.ids, content.rows(), strict=True)):
            found[str(feature)] = content.geometry[i], row
    return found


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_leaves_comes_back(library: Library, tmp_path: Path, kind: str, name: str) -> None:
    path, content, notes = sent(library, name, kind, tmp_path)
    found = came_back(library, path, tmp_path)
    assert sorted(found) == sorted(map(str, content.ids))
    lost: list[tuple[str, object, object]] = []
    for i, (feature, row) in enumerate(zip(content.ids, content.rows(), strict=True)):
        shape, told = found[str(feature)]
        here = content.geometry[i]
        assert (shape is None) == (here is None)
        if here is not None:
            assert shape.geom_type == here.geom_type
            flat = here.has_z and not shape.has_z
            assert not flat or any("不存高程" in note for note in notes), "lost, and told"
            assert flat or shape.has_z == here.has_z
            here = shapely.force_2d(here) if flat else here
            assert shapely.equals_exact(shape.normalize(), here.normalize(), DIGITS.get(kind, 0))
        assert set(told) == set(row)
        lost += [
            (key, value, told[key])
            for key, value in row.items()
            if type(value) is not type(told[key]) or plain(value) != plain(told[key])
        ]
    if lost:
        assert (kind, name) in LOST, lost[:5]
        assert any(LOST[kind, name] in note for note in notes)
        assert all(a == pytest.approx(b, rel=1e-15) for _, a, b in lost if isinstance(a, int | float)), lost[:5]


def test_what_touches_itself_on_the_grid_of_a_format_is_told(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "near.parquet"
    west, south, east, north = shapely.LineString([at(0, 0), at(4, 4)]).bounds
    notch = [(west, south), (east, south), (east, north), ((west + east) / 2, south + 4e-10), (west, north)]
    write_content(path, made([shapely.Polygon(notch), box(6, 0)], [{"名称": "甲"}] * 2), crs="EPSG:4326")
    library.store.add("near", path, Reason(kind="import", who="li", why="", about={}), expected=None)
    for kind, told in (("gdb.zip", True), ("gpkg", False)):
        _, _, notes = sent(library, "near", kind, tmp_path)
        assert any("1 个要素的边会相接而无效" in note for note in notes) == told


def test_names_that_are_cut_at_a_blank_come_back(library: Library, tmp_path: Path) -> None:
    path, row = tmp_path / "cut.parquet", {"2021年 人口": 1, "2021年 面积": 2}
    write_content(path, made([box(0, 0)], [row]), crs="EPSG:4326")
    library.store.add("cut", path, Reason(kind="import", who="li", why="", about={}), expected=None)
    out, _, _ = sent(library, "cut", "shp.zip", tmp_path)
    assert [told for _, told in came_back(library, out, tmp_path).values()] == [row]


@pytest.mark.parametrize("kind", KINDS)
def test_a_multi_geometry_of_one_part_stays_one_or_is_told(library: Library, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "one.parquet"
    line = shapely.LineString([at(0, 3), at(1, 4)])
    multis = [shapely.MultiPolygon([box(0, 0)]), shapely.MultiLineString([line]), shapely.MultiPoint([at(5, 5)])]
    shapes = [*multis, box(2, 0), line, at(6, 6)]
    write_content(path, made(shapes, [{"名称": "甲"}] * len(shapes)), crs="EPSG:4326")
    name = f"one_{kind.split('.', maxsplit=1)[0]}"
    library.store.add(name, path, Reason(kind="import", who="li", why="", about={}), expected=None)
    out, content, notes = sent(library, name, kind, tmp_path)
    found = came_back(library, out, tmp_path)
    kept = [found[str(feature)][0].geom_type for feature in content.ids] == [one.geom_type for one in shapes]
    assert kept == (not any("不再区分" in note for note in notes))
