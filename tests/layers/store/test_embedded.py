"""What only the embedded store has: its folder, its files, and a disk that fails."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from layers.features.columns import read_content
from layers.store import Change, DamagedStore, StoreUnavailable, open_store
from layers.store.version import Reason
from tests.layers.store.test_store import add, content_file


def test_nothing_is_made_by_reading(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    assert store.newest("plots") is None
    assert store.layers() == store.versions("plots") == ()
    assert not (tmp_path / "store").exists()


def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(tmp_path / "store")
    add(store, tmp_path)
    before = sorted(p.name for p in (tmp_path / "store" / "versions").iterdir())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    wanted = content_file(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr("layers.store.files.os.fsync", full)
        with pytest.raises(StoreUnavailable) as caught:
            store.add("plots", wanted, Reason(kind="import", who="li", why="", about={}), expected=1)
    assert "No space left" in caught.value.message("zh")
    assert str(tmp_path) not in str(caught.value)
    assert sorted(p.name for p in (tmp_path / "store" / "versions").iterdir()) == before
    assert len(store.versions("plots")) == 1
    assert add(store, tmp_path, expected=1).number == 2


def test_a_lost_or_cut_file_is_told_and_other_versions_stay(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    first, second = add(store, tmp_path), add(store, tmp_path, 5, expected=1)
    path = tmp_path / "store" / "versions" / f"{second.digest}.parquet"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DamagedStore):
        store.read("plots", 2)
    assert len(store.read("plots", first.number)) == 3


def test_an_older_programme_does_not_touch_a_newer_store(tmp_path: Path) -> None:
    add(open_store(tmp_path / "store"), tmp_path)
    with closing(sqlite3.connect(tmp_path / "store" / "store.sqlite")) as file:
        file.execute("PRAGMA user_version=99")
    with pytest.raises(StoreUnavailable, match="99"):
        open_store(tmp_path / "store").newest("plots")


def test_a_stored_file_opens_in_other_tools(tmp_path: Path) -> None:
    import geopandas

    version = add(open_store(tmp_path / "store"), tmp_path)
    path = tmp_path / "store" / "versions" / f"{version.digest}.parquet"
    frame = geopandas.read_parquet(path)
    assert frame.crs.to_epsg() == 4490
    assert list(frame["name_zh"]) == ["地块0", "地块1", "地块2"]
    assert list(read_content(path).ids) == ["f0", "f1", "f2"]


def test_whoever_read_a_read_only_disk_sees_what_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(tmp_path / "store")
    assert add(store, tmp_path).number == 1
    allowed = os.access
    with monkeypatch.context() as patched:
        patched.setattr(os, "access", lambda path, mode: mode != os.W_OK and allowed(path, mode))
        reader = open_store(tmp_path / "store")
        assert len(reader.versions("plots")) == 1
    assert add(store, tmp_path, expected=1).number == 2
    assert len(reader.versions("plots")) == 2


def test_an_edit_that_is_kept_is_told_so_though_its_own_file_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(tmp_path / "store")
    add(store, tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("layers.store.history._MOST_FOLDS", 0)
    monkeypatch.setattr("layers.store.history.write_content", full)
    change = Change("new", None, {"geometry": None, "properties": {}})
    made = store.edit("plots", [change], who="li", why="", expected=1)
    assert made.number == 2
    assert store.newest("plots") == made
