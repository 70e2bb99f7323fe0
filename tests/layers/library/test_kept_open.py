"""What a library keeps of a plan, and lets go: the same answers, whatever is kept."""

from __future__ import annotations

import json
from pathlib import Path

import orjson
import pytest
import shapely

from layers.errors import LayerUnavailable
from layers.features.columns import content_of, read_content, write_content
from layers.library import editing
from layers.library.editing import Edit
from layers.library.library import Library
from layers.library.listing import catalog_json, describe_catalog, layers_json
from layers.store import StoreUnavailable
from tests.small_plan import write_plan


@pytest.fixture
def library(tmp_path: Path) -> Library:
    write_plan(tmp_path / "plan")
    return Library(tmp_path / "plan")


def test_the_catalog_told_is_the_catalog_until_a_layer_changes(library: Library) -> None:
    first = catalog_json(library, restricted=True)
    assert orjson.loads(first) == orjson.loads(orjson.dumps(describe_catalog(library, restricted=True)))
    assert catalog_json(library, restricted=True) is first
    file = next(library.folder.glob("geojson/*.geojson"))
    told = json.loads(file.read_text("utf-8"))
    told["features"] = told["features"][1:]
    file.write_text(json.dumps(told), "utf-8")
    again = catalog_json(library, restricted=True)
    assert again != first
    assert orjson.loads(again) == orjson.loads(orjson.dumps(describe_catalog(library, restricted=True)))
    assert orjson.loads(layers_json(library, restricted=True))["layers"] == [
        *orjson.loads(again)["layers"].values()
    ]


def test_who_may_not_know_is_told_nothing_that_was_kept(library: Library) -> None:
    assert len(catalog_json(library, restricted=True)) > len(catalog_json(library, restricted=False))


def test_a_store_that_fails_once_is_asked_again(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = library.layer("zones")
    change = Edit("z-1", properties={"name_zh": "改"})
    editing.edit(library, layer, [change], who="li", why="", expected=None)
    told = catalog_json(Library(library.folder), restricted=True)
    opened, store = Library(library.folder), type(library.store)
    read = store.read

    def gone(*_: object) -> None:
        raise StoreUnavailable(why="it stopped")

    monkeypatch.setattr(store, "read", gone)
    with pytest.raises(LayerUnavailable, match="it stopped"):
        opened.snapshot(layer)
    assert b"it stopped" in catalog_json(opened, restricted=True)
    monkeypatch.setattr(store, "read", read)
    assert opened.snapshot(layer).number == 2
    assert catalog_json(opened, restricted=True) == told


def test_a_large_layer_is_let_go_and_read_again(library: Library) -> None:
    before = {one.layer.id: one.version for one in library.readable(restricted=True)}
    assert library.forget_large(most=10**9) == 0
    assert library.forget_large(most=-1) == len(before) > 0
    assert {one.layer.id: one.version for one in library.readable(restricted=True)} == before


def test_only_small_layers_are_read_ahead(library: Library) -> None:
    assert library.open_small(most=0) == 0
    assert library.open_small() == len(library.layers(restricted=True))


def test_content_comes_back_from_many_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.features.columns._SHAPES", 7)
    shapes = [None if n % 5 == 0 else shapely.Point(120 + n / 100, 31) for n in range(40)]
    given = content_of([f"f{n}" for n in range(40)], shapes, [{"n": n} for n in range(40)])
    write_content(tmp_path / "x.parquet", given, crs="EPSG:4326")
    back = read_content(tmp_path / "x.parquet")
    assert back.ids.tolist() == given.ids.tolist() and back.values("n") == given.values("n")
    assert all(a is b or a.equals(b) for a, b in zip(back.geometry, shapes, strict=True))
