"""What every store does, asked of both: whole versions or none, whatever happens in between."""

from __future__ import annotations

import itertools
import random
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.features.columns import content_of, write_content
from layers.store import Change, EditConflict, UnknownVersion, open_store
from layers.store.folding import fold_content
from layers.store.version import Reason
from tests.rounds import rounds
from tests.warm import warm_context

pytestmark = pytest.mark.slow


def content_file(folder: Path, count: int = 3, tag: str = "a") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{tag}-{count}-{time.monotonic_ns()}.parquet"
    rows = [{"name_zh": f"地块{i}", "tag": tag} for i in range(count)]
    write_content(
        path,
        content_of(
            [f"f{i}" for i in range(count)], [shapely.Point(104 + i / 100, 30) for i in range(count)], rows
        ),
        crs="EPSG:4490",
    )
    return path


def add(store: Any, folder: Path, count: int = 3, expected: int | None = None, tag: str = "a") -> Any:
    return store.add(
        "plots",
        content_file(folder, count, tag),
        Reason(kind="import", who="li", why="first", about={"crs": "EPSG:4490"}),
        expected=expected,
    )


def state(x: float, **properties: Any) -> dict[str, Any]:
    return {"geometry": {"type": "Point", "coordinates": [x, 30.0]}, "properties": properties}


def test_versions_are_added_opened_changed_and_restored(tmp_path: Path, address: str) -> None:
    store = open_store(tmp_path / "store", address)
    first = add(store, tmp_path)
    assert (first.number, first.features, first.parent) == (1, 3, None)
    edited = store.edit(
        "plots",
        [
            Change("f1", state(104.01), state(105, name_zh="新")),
            Change("f0", state(104), None),
            Change("n", None, state(106, extra=[1, {"a": 2}])),
        ],
        who="wang",
        why="moved",
        expected=1,
    )
    assert (edited.number, edited.features, edited.parent) == (2, 3, 1)
    now = store.read("plots", 2)
    assert list(now.ids) == ["f1", "f2", "n"]
    assert [p.x for p in now.geometry] == [105, 104.02, 106]
    assert next(iter(now.rows())) == {"name_zh": "新", "tag": None, "extra": None}
    assert list(now.rows())[2]["extra"] == [1, {"a": 2}]
    assert list(store.read("plots", 1).ids) == ["f0", "f1", "f2"]
    back = store.restore("plots", 1, who="wang", why="")
    assert back.digest == first.digest
    assert list(store.read("plots", 3).rows()) == list(store.read("plots", 1).rows())
    assert [v.number for v in store.versions("plots")] == [3, 2, 1]
    assert [c.feature for c in store.changes("plots", 2)] == ["f0", "f1", "n"]
    with pytest.raises(UnknownVersion):
        store.version("plots", 9)


def test_an_edit_over_an_edit_of_something_else_is_kept_and_over_the_same_is_refused(
    tmp_path: Path, address: str
) -> None:
    store = open_store(tmp_path / "store", address)
    add(store, tmp_path)
    store.edit("plots", [Change("f1", state(104), state(105))], who="wang", why="", expected=1)
    store.edit("plots", [Change("f2", state(104), state(106))], who="zhao", why="", expected=1)
    with pytest.raises(EditConflict) as caught:
        store.edit("plots", [Change("f1", state(104), state(107))], who="li", why="", expected=1)
    assert caught.value.params["who"] == "wang"
    assert caught.value.params["number"] == 2
    with pytest.raises(EditConflict):
        add(store, tmp_path, expected=1)
    assert len(store.versions("plots")) == 3
    add(store, tmp_path, expected=3)
    with pytest.raises(EditConflict):  # the whole layer was replaced
        store.edit("plots", [Change("f0", state(104), state(107))], who="li", why="", expected=3)


def test_many_edits_are_gathered_into_a_file(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.store.history._MOST_FOLDS", 5)
    store = open_store(tmp_path / "store", address)
    add(store, tmp_path)
    for i in range(12):
        store.edit("plots", [Change("f1", state(104), state(104 + i / 10, n=i))], who="li", why="", expected=i + 1)
        assert store.read("plots", i + 2).row(1)["n"] == i
    if not address:
        assert len(list((tmp_path / "store" / "versions").iterdir())) == 3
    assert store.read("plots", 4).row(1)["n"] == 2
    assert store.read("plots", 13).geometry[1].x == pytest.approx(105.1)


@given(
    st.lists(
        st.tuples(st.sampled_from(["f0", "f1", "f2", "n1", "n2"]), st.none() | st.integers(0, 9)), max_size=12
    )
)
def test_folding_equals_doing_one_after_another(steps: list[tuple[str, int | None]]) -> None:
    base = content_of(["f0", "f1", "f2"], [None, shapely.Point(1, 1), None], [{"n": 0}, {"n": "x"}, {}])
    plain: dict[str, Any] = {"f0": 0, "f1": "x", "f2": None}
    last: dict[str, Any] = {}
    for feature, value in steps:
        last[feature] = None if value is None else {"geometry": None, "properties": {"n": value}}
        plain.pop(feature, None) if value is None else plain.__setitem__(feature, value)
    found = fold_content(base, last)
    assert dict(zip(found.ids, found.values("n"), strict=True)) == plain


def _edits(folder: str, address: str, feature: str, count: int) -> None:
    store = open_store(Path(folder), address)
    for i in range(count):
        store.edit("plots", [Change(feature, state(1), state(104, n=i))], who=feature, why="", expected=1)
        # a writer of its own feature is never stale against others, only against itself
        break
    for i in range(1, count):
        newest = store.newest("plots")
        assert newest
        store.edit(
            "plots", [Change(feature, state(1), state(104, n=i))], who=feature, why="", expected=newest.number
        )


def test_nobodys_edit_is_lost(tmp_path: Path, address: str) -> None:
    store = open_store(tmp_path / "store", address)
    add(store, tmp_path, 4)
    context = warm_context()
    writers = [
        context.Process(target=_edits, args=(str(tmp_path / "store"), address, f"f{i}", 50)) for i in range(4)
    ]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert [one.exitcode for one in writers] == [0, 0, 0, 0]
    versions = store.versions("plots")
    assert len(versions) == 201
    assert [v["n"] for v in store.read("plots", 201).rows()] == [49] * 4


def _write_for_ever(folder: str, address: str, told: Any) -> None:
    store = open_store(Path(folder) / "store", address)
    for i in itertools.count():
        newest = store.newest("plots")
        number = newest.number if newest else None
        if i % 3 == 0 or number is None:
            made = add(store, Path(folder) / "in", 2000, number, tag=f"v{number}")
        else:
            made = store.edit(
                "plots", [Change("f7", state(104), state(104, n=number))], who="k", why="", expected=number
            )
        told.value = made.number


def test_killed_at_any_moment_the_last_acknowledged_version_is_whole(tmp_path: Path, address: str) -> None:
    context = warm_context()
    dice, told = random.Random(7), context.Value("q", 0, lock=False)  # killed holding it, a writer would hang us
    read, over, torn = threading.Event(), threading.Event(), list[str]()

    def look() -> None:
        store = open_store(tmp_path / "store", address)
        while not over.is_set():
            newest = store.newest("plots")
            if newest is not None:
                held = len(store.read("plots", newest.number))
                torn.extend([f"{newest.number}: {held}"] if held != newest.features else [])
                read.set()
            time.sleep(0.05)

    readers = [threading.Thread(target=look) for _ in range(3)]
    for one in readers:
        one.start()
    try:
        for _ in range(rounds(10, most=20) if address else rounds(20, most=50)):
            before = told.value
            writer = context.Process(target=_write_for_ever, args=(str(tmp_path), address, told))
            writer.start()
            while told.value == before and writer.is_alive():
                time.sleep(0.001)
            time.sleep(dice.random() * 0.08)
            writer.kill()
            writer.join()
            store = open_store(tmp_path / "store", address)
            newest = store.newest("plots")
            assert newest
            assert newest.number >= told.value > before
            assert len(store.read("plots", newest.number)) == newest.features == 2000
    finally:
        over.set()
        for one in readers:
            one.join()
    assert read.is_set()
    assert torn == [], "nobody reads a version that is not whole"
    store = open_store(tmp_path / "store", address)
    store.edit(
        "plots", [Change("f7", state(104), state(1))], who="t", why="", expected=store.newest("plots").number
    )
    if not address:
        with closing(sqlite3.connect(tmp_path / "store" / "store.sqlite")) as file:
            known = file.execute("SELECT DISTINCT base FROM version").fetchall()
        assert sorted(p.stem for p in (tmp_path / "store" / "versions").iterdir()) == sorted(
            row[0] for row in known
        )


def test_old_versions_are_let_go_and_what_later_ones_stand_on_stays(tmp_path: Path, address: str) -> None:
    store = open_store(tmp_path / "store", address)
    add(store, tmp_path)
    for number in range(1, 4):
        change = Change("f0", None if number == 5 else state(104.0), state(105.0 + number))
        store.edit("plots", [change], who="li", why="", expected=number)
    whole = store.read("plots", 4)
    assert store.forget("plots", before="2000-01-01T00:00:00+00:00") == 0
    assert store.forget("plots", before="2999-01-01T00:00:00+00:00") == 3
    assert [one.number for one in store.versions("plots")] == [4]
    assert [shape.x for shape in store.read("plots", 4).geometry] == [shape.x for shape in whole.geometry]
    with pytest.raises(UnknownVersion):
        store.read("plots", 2)
    fresh = open_store(tmp_path / "store", address)
    again = add(fresh, tmp_path, count=5, expected=4, tag="b")
    assert fresh.forget("plots", before="2999-01-01T00:00:00+00:00") == 1
    assert len(fresh.read("plots", again.number).ids) == 5
    if not address:
        assert len(list((tmp_path / "store").rglob("*.parquet"))) == 1, "its file has gone as well"
    assert fresh.forget("plots", before=None) == 1
    assert fresh.versions("plots") == ()
    assert not list((tmp_path / "store").rglob("*.parquet"))
    assert add(fresh, tmp_path).number == 1
