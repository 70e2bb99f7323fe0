"""What is found of a large layer when it came in is there for whoever asks first."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

import geo
from geo.arrays import Shapes
from geo.measure import facts
from geo.measure.ahead import moved_ahead
from geo.measure.area import measure_shapes
from geo.measure.crs import edge_crs
from geo.measure.shelf import Arrays
from layers.features.opened import OpenedContent
from layers.figures.inputs import layer_frame
from layers.imports.importer import import_layer
from layers.imports.joining import JoinWish
from layers.imports.options import ImportOptions
from layers.library.ahead import find_ahead
from layers.library.library import Library
from tests.small_plan import write_plan
from webapp.layers.joins import joined_in_worker
from webapp.layers.uploads import Upload


def _never(*_shapes: object, **_more: object) -> None:
    raise AssertionError("found a second time")


@pytest.mark.parametrize("joined", [False, True], ids=["imported", "joined"])
def test_the_first_question_finds_all_that_came_in_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, joined: bool
) -> None:
    plan = tmp_path / "plan"
    write_plan(plan)
    monkeypatch.setattr("layers.store.files.OPENED", 100)
    x, y = np.meshgrid(np.arange(15) * 100.0 + 528_000, np.arange(10) * 100.0 + 3_529_000)
    boxes = shapely.box(x.ravel(), y.ravel(), x.ravel() + 110, y.ravel() + 100)
    columns = {"class": ["a", "b", "c"] * 50, "code": [f"k{number}" for number in range(150)]}
    gpd.GeoDataFrame(columns, geometry=boxes, crs=4549).to_file(tmp_path / "p.gpkg")
    import_layer(Library(plan), tmp_path / "p.gpkg", ImportOptions(layer="p"), who="a")
    told: list[int] = []
    find_ahead(Library(plan), "p", progress=lambda: told.append(1))
    assert told == [1]
    if joined:  # another version of the same shapes
        table = tmp_path / "t.csv"
        table.write_text("code,told\n" + "".join(f"k{number},{number}\n" for number in range(150)), "utf-8")
        upload = Upload(id="u", name="t.csv", size=table.stat().st_size, owner="a", path=table)
        wish = JoinWish("p", "t", "code", "code"), ImportOptions(layer="")
        joined_in_worker(Library(plan), lambda _done, _whole: None, upload, wish, "a")
    library = Library(plan)
    snapshot = library.snapshot(library.layer("p"))
    assert isinstance(snapshot.content, OpenedContent)
    newest = library.store.newest("p")
    assert newest is not None and newest.number == (2 if joined else 1)
    for finds in ("find_validity", "find_overlapping"):
        monkeypatch.setattr(facts, finds, _never)
    monkeypatch.setattr("geo.measure.validity.move", _never)
    monkeypatch.setattr("geo.measure.area.measure_all", _never)
    frame = layer_frame(snapshot, library.catalog.plan.plane_crs)
    edges = geo.check(frame).edges
    assert len(facts.overlapping_pairs(edges)[0]) > 100
    assert measure_shapes(edges, edge_crs(frame, where="p")).area_m2.sum() == pytest.approx(150 * 11_000, rel=1e-3)


def test_a_full_disk_in_the_middle_leaves_no_half_of_the_moved_shapes() -> None:
    class Full:
        """Takes one block, then no more."""

        def read(self, name: str, count: int, *, own: bool = False) -> None:
            """Know nothing."""

        def write(self, name: str, count: int, found: Arrays) -> None:
            """Keep nothing."""

        def read_shapes(self, name: str, count: int) -> None:
            """Know nothing."""

        def write_shapes(self, name: str, count: int, blocks: Iterable[Shapes]) -> None:
            """Stop as a full disk does."""
            next(iter(blocks))

    shapes = np.array([shapely.Point(120.0 + n * 1e-4, 31.5) for n in range(300)], dtype=object)
    declared = geo.declare_edges(
        gpd.GeoDataFrame(geometry=[], crs=4490), edge_model="plane", plane_crs="EPSG:4549"
    )
    blocks = [shapes[start : start + 100] for start in (0, 100, 200)]
    assert moved_ahead(declared, Full(), iter(blocks), count=300) is None
