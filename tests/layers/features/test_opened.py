"""A large version that stays in its file says the same of every feature as the same version held in memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.features.columns import Content, content_of, read_content, write_content
from layers.features.opened import OpenedContent, open_version
from layers.features.snapshot import Features

BATCH = 7


def written(folder: Path, count: int = 40) -> Path:
    shapes = [
        None if n % 5 == 0 else shapely.Point(120 + n / 97, 31).buffer(0.02 + n / 10_007, quad_segs=2)
        for n in range(count)
    ]
    rows = [
        {"n": n, "name": f"地块 {n}", "kinds": ["a", str(n % 3)], "odd": n if n % 2 else "x"} for n in range(count)
    ]
    path = folder / "x.parquet"
    write_content(path, content_of([f"f{n}" for n in range(count)], shapes, rows), crs="EPSG:4326")
    return path


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Content, OpenedContent]:
    monkeypatch.setattr("layers.features.opened.ROWS", BATCH)
    path = written(tmp_path)
    opened = open_version(path, tmp_path / "opened")
    assert opened is not None
    return read_content(path), opened


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return all(a == b if a is None else shapely.equals_exact(a, b) for a, b in zip(one, other, strict=True))


def test_every_column_is_the_same(both: tuple[Content, OpenedContent]) -> None:
    held, opened = both
    assert len(opened) == len(held)
    assert list(opened.ids) == list(held.ids)
    assert same(opened.geometry, held.geometry)
    assert list(opened.rows()) == list(held.rows())
    assert (opened.missing == held.missing).all()
    assert opened.boxes == pytest.approx(held.boxes, abs=0, nan_ok=True)
    assert opened.bounds == held.bounds
    for name in held.names:
        assert opened.values(name) == held.values(name)
        assert set(map(str, opened.different(name, ~held.missing))) == set(
            map(str, held.different(name, ~held.missing))
        )


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.integers(0, 39), max_size=20), x=st.floats(119.9, 120.6), wide=st.floats(0.0, 0.3))
def test_some_features_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[int], x: float, wide: float
) -> None:
    held, opened = _pair(tmp_path_factory)
    at = np.array(rows, dtype=np.intp)
    assert same(opened.shapes(at), held.shapes(at))
    assert list(opened.ids_at(at)) == list(held.ids_at(at))
    assert [f.json for f in Features(opened, at)] == [f.json for f in Features(held, at)]
    assert opened.values("odd", at) == held.values("odd", at) == [held.values("odd")[row] for row in rows]
    low, tall = shapely.box(x, 30.99, x + wide, 31.01), shapely.box(x + wide, 30.9, x + 3 * wide, 31.1)
    for one in (
        held,
        opened,
        held.rounded(2),
        opened.rounded(2),
    ):  # by 2 decimals they move far out of their boxes
        for ground in (low, tall, shapely.union(low, tall), shapely.affinity.rotate(tall, 30)):
            expected = np.flatnonzero(shapely.intersects(one.geometry, ground))
            assert list(one.meeting(ground)) == list(expected)
    for row in rows:
        assert opened.position_of(f"f{row}") == row == held.position_of(f"f{row}")
        assert opened.id_at(row) == f"f{row}"
    assert opened.position_of("f40") is None


_PAIRS: list[tuple[Content, OpenedContent]] = []


def _pair(factory: pytest.TempPathFactory) -> tuple[Content, OpenedContent]:
    if not _PAIRS:
        folder = factory.mktemp("opened")
        path = written(folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("layers.features.opened.ROWS", BATCH)
            opened = open_version(path, folder / "opened")
        assert opened is not None
        _PAIRS.append((read_content(path), opened))
    return _PAIRS[0]


@pytest.mark.parametrize("decimals", [1, 3, 6])
def test_what_leaves_is_rounded_the_same(both: tuple[Content, OpenedContent], decimals: int) -> None:
    """Rounded to a tenth of a degree a feature may have left its box."""
    exact = both[0].geometry
    held, opened = (one.rounded(decimals) for one in both)
    assert same(opened.geometry, held.geometry)
    assert opened.bounds == held.bounds
    for row, shape in enumerate(held.geometry):
        assert same(opened.shapes(np.array([row])), held.geometry[row : row + 1])
        if shape is not None:
            assert row in opened.near(shape.bounds)
            for ground in (shape, shapely.box(*exact[row].bounds)):
                expected = np.flatnonzero(shapely.intersects(held.geometry, ground))
                assert list(opened.meeting(ground)) == list(held.meeting(ground)) == list(expected)


def test_only_what_is_held_on_purpose_stays(both: tuple[Content, OpenedContent]) -> None:
    opened = both[1]
    assert opened.geometry[3] is opened.geometry[3]  # facts of shapes are kept by object
    lent: Any = opened.rounded(6)
    lent.holds = False
    first = lent.geometry
    assert lent.geometry is first
    at = id(first)
    del first
    assert "geometry" not in lent._lent, at


def test_another_file_is_opened_anew(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert len(open_version(path, tmp_path / "opened") or ()) == 40
    path.unlink()
    written(tmp_path, 12)
    os.utime(path, ns=(1, 1))
    assert len(open_version(path, tmp_path / "opened") or ()) == 12
    (tmp_path / "opened" / "about.json").write_bytes(b"{")
    assert len(open_version(path, tmp_path / "opened") or ()) == 12
    assert sorted(p.name for p in tmp_path.iterdir()) == ["opened", "x.parquet"]


def test_a_disk_that_takes_nothing_costs_only_the_sharing(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / "full").write_bytes(b"")
    assert open_version(path, tmp_path / "full" / "opened") is None
