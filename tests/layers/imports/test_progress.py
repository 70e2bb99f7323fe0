"""Reading a large file tells how far it is, and stops when nobody wants it any more."""

from __future__ import annotations

import subprocess
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.errors import Cancelled
from layers.imports.formats.reading import read_source

pytestmark = pytest.mark.slow


def write_many(path: Path, count: int) -> np.ndarray:
    shapes = np.asarray(shapely.points(104 + np.arange(count) / 1e6, 30))
    frame = gpd.GeoDataFrame({"n": np.arange(count)}, geometry=shapes, crs="EPSG:4490")
    if path.suffix == ".parquet":
        frame.to_parquet(path, row_group_size=20_000)
    elif path.suffix == ".csv":
        path.write_text("n,lon,lat\n" + "".join(f"{i},{s.x!r},{s.y!r}\n" for i, s in enumerate(shapes)), "utf-8")
    else:
        frame.to_file(path)
    return shapes


@pytest.mark.parametrize("ending", ["gpkg", "fgb", "geojson", "csv", "parquet"])
def test_progress_is_told_while_a_file_is_read(tmp_path: Path, ending: str) -> None:
    count = 150_000
    path = tmp_path / f"many.{ending}"
    shapes = write_many(path, count)
    told: list[tuple[float, float]] = []
    draft = read_source(path, progress=lambda read, of: told.append((read, of)))
    assert len(told) >= 3
    assert told == sorted(told)
    assert {of for _, of in told} == {count}
    assert told[-1][0] == count
    if ending != "fgb":  # which orders them by place
        assert [int(str(one)) for one in draft.properties.column("n").to_pylist()] == list(range(count))
        assert bool(shapely.equals_exact(draft.geometry, shapes, 1e-7).all()), "GeoJSON is written with 7 decimals"


@pytest.mark.parametrize(
    ("name", "text"), [("a.csv", "n,lon,lat\n"), ("a.geojson", '{"type": "FeatureCollection", "features": []}')]
)
def test_a_file_without_features_is_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    told: list[float] = []
    assert len(read_source(tmp_path / name, progress=lambda read, of: told.append(read / of)).geometry) == 0


@pytest.mark.parametrize("ending", ["geojson", "csv", "parquet"])
def test_cancelling_ends_the_reading_of_a_text(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"many.{ending}"
    write_many(path, 70_000)
    told: list[float] = []

    def cancel(read: float, _of: float) -> None:
        told.append(read)
        raise Cancelled

    with pytest.raises(Cancelled):
        read_source(path, progress=cancel)
    assert told[0] < 70_000


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
