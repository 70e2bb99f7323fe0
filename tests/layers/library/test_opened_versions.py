"""A large stored version is opened once for all processes; its opened form is of the store and of nothing else."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely

from layers.features.columns import content_of, write_content
from layers.features.opened import OpenedContent
from layers.library.backup import back_up
from layers.library.library import Library
from layers.store.version import Reason
from tests.small_plan import write_plan


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setattr("layers.store.files.OPENED", 3)
    write_plan(tmp_path / "plan")
    found = Library(tmp_path / "plan")
    _add(found, count=5)
    return found


def _layer(library: Library) -> str:
    return next(one.id for one in library.layers() if one.geometry == "polygon")


def _add(library: Library, *, count: int) -> None:
    shapes = [shapely.box(120.2 + n / 997, 31.8, 120.201 + n / 997, 31.801) for n in range(count)]
    path = library.folder.parent / "new.parquet"
    write_content(
        path,
        content_of([f"f{n}" for n in range(count)], shapes, [{"n": n} for n in range(count)]),
        crs="EPSG:4490",
    )
    layer, newest = _layer(library), library.store.newest(_layer(library))
    library.store.add(
        layer, path, Reason(kind="import", who="t", why="", about={}), expected=newest.number if newest else None
    )


def _opened(library: Library) -> list[Path]:
    return sorted((library.folder / "store" / "versions").glob(".opened-*"))


def test_a_version_of_few_features_is_opened_where_its_file_is_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_plan(tmp_path / "plan")
    found = Library(tmp_path / "plan")
    _add(found, count=5)
    for most, opened in ((10**6, False), (1_000, True)):
        monkeypatch.setattr("layers.store.files.OPENED_BYTES", most)
        content = Library(tmp_path / "plan").snapshot(found.layer(_layer(found))).content
        assert isinstance(content, OpenedContent) == opened and len(content) == 5


def test_an_import_opens_it_and_whoever_reads_maps_it(library: Library) -> None:
    assert len(_opened(library)) == 1
    for one in (library, Library(library.folder, holds_shapes=False)):
        content = one.snapshot(one.layer(_layer(one))).content
        assert isinstance(content, OpenedContent)
        exact = int(shapely.get_num_coordinates(content.geometry).sum())
        assert exact <= content.vertices <= 2 * exact  # told of what is heavy, of bytes
        told = one.rounded(3).snapshot(one.layer(_layer(one))).content
        assert (
            shapely.get_coordinates(told.geometry) == np.round(shapely.get_coordinates(content.geometry), 3)
        ).all()
        one.rest()
        assert [f.id for f in one.snapshot(one.layer(_layer(one))).features] == [f"f{n}" for n in range(5)]


def test_a_small_version_is_held_as_it_was(library: Library) -> None:
    _add(library, count=2)
    content = library.snapshot(library.layer(_layer(library))).content
    assert not isinstance(content, OpenedContent) and len(content) == 2


def test_it_is_no_part_of_a_backup(library: Library, tmp_path: Path) -> None:
    back_up(library.folder, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert not [name for name in archive.namelist() if "opened" in name]
        assert [name for name in archive.namelist() if name.endswith(".parquet")]


def test_it_goes_when_its_version_is_gone(library: Library) -> None:
    (old,) = _opened(library)
    stray = old.with_name(".opened-" + "0" * 64)
    stray.mkdir()
    (stray / "columns.arrow").write_bytes(b"")
    _add(Library(library.folder), count=4)  # the first write of a process sweeps
    assert not stray.exists()
    assert old in _opened(library)
    assert len(_opened(library)) == 2
