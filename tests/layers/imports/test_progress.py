"""Reading a large file tells how far it is, and stops when nobody wants it any more."""

from __future__ import annotations

import subprocess
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.errors import Cancelled
from layers.imports.sources import read_source


def test_progress_is_told_while_a_file_is_read(tmp_path: Path) -> None:
    count = 150_000
    shapes = shapely.points(104 + np.arange(count) / 1e6, 30)
    path = tmp_path / "many.gpkg"
    gpd.GeoDataFrame({"n": np.arange(count)}, geometry=shapes, crs="EPSG:4490").to_file(path)
    told: list[tuple[float, float]] = []
    draft = read_source(path, progress=lambda read, of: told.append((read, of)))
    assert len(told) >= 3
    assert told == sorted(told)
    assert {of for _, of in told} == {count}
    assert told[-1][0] == count
    assert draft.properties.column("n").to_pylist() == list(range(count))
    assert bool((draft.geometry == shapes).all())


def test_cancelling_ends_the_process_that_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "some.gpkg"
    gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(104, 30)], crs="EPSG:4490").to_file(path)
    killed: list[subprocess.Popen[str]] = []

    class Watched(subprocess.Popen[str]):
        def kill(self) -> None:
            killed.append(self)
            super().kill()

    def cancel(_read: float, _of: float) -> None:
        raise Cancelled

    monkeypatch.setattr(subprocess, "Popen", Watched)
    with pytest.raises(Cancelled):
        read_source(path, progress=cancel)
    assert [one.poll() is not None for one in killed] == [True]
