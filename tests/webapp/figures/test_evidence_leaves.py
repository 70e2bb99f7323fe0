"""A figure's evidence on its way out: as many decimals as may leave, whole and unchanged, or said to be not."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from layers.figures.evidence import Evidence
from layers.figures.figure import FigureShelf
from tests.landuse_plan import write_landuse_plan
from tests.waiting import until
from tests.webapp.figures.test_figures import finished, statistic
from webapp.cli.main import main
from webapp.layers.uploads import NoRoom, Uploads
from webapp.state import state_of

pytestmark = pytest.mark.slow

FULL = OSError(28, "No space left on device")
POLYGON = {
    "type": "Polygon",
    "coordinates": [
        [
            [104.0612345, 30.0612345],
            [104.0812345, 30.0612345],
            [104.0812345, 30.0812345],
            [104.0612345, 30.0612345],
        ]
    ],
}
ASKED = {
    "function": "tabulate",
    "inputs": {"classes": {"layer": "landuse"}, "zones": {"layer": "@drawn"}},
    "unit": "ha",
}


@pytest.fixture(params=[4, 9])
def decimals(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def app(tmp_path: Path, make_app: Callable[..., Flask], decimals: int) -> Iterator[Flask]:
    app = make_app(write_landuse_plan(tmp_path / "l"), decimals=str(decimals))
    yield app
    state_of(app).close()


def most_decimals(coordinates: Any) -> int:
    text = orjson.dumps(coordinates).decode()
    return max(len(found) for found in re.findall(r"\.(\d+)", text))


def drawn(client: FlaskClient) -> str:
    job = client.post("/api/figures", json=ASKED | {"polygon": POLYGON})
    told = finished(client, job.get_json())
    assert told["state"] == "done", told
    return str(told["figure"])


def test_coordinates_leave_with_the_decimals_of_the_setting(
    client: FlaskClient, tmp_path: Path, decimals: int
) -> None:
    figure = drawn(client)
    told = client.get(f"/api/figures/{figure}/evidence").get_json()
    assert told["numberMatched"] == told["numberReturned"] == len(told["features"]) > 0
    downloaded = orjson.loads(client.get(f"/figures/{figure}.geojson").data)
    (tmp_path / "f.gpkg").write_bytes(client.get(f"/figures/{figure}.gpkg").data)
    pieces = gpd.read_file(tmp_path / "f.gpkg", layer=_layer(tmp_path / "f.gpkg"))
    limit = min(decimals, 7)  # what evidence is kept with
    for document in (told, downloaded):
        found = most_decimals([one["geometry"]["coordinates"] for one in document["features"]])
        assert found == limit
    xy = shapely.get_coordinates(pieces.geometry.values)
    assert np.abs(xy - np.round(xy, limit)).max() < 1e-12


def _layer(path: Path) -> str:
    with sqlite3.connect(path) as file:
        return str(file.execute("SELECT table_name FROM gpkg_contents WHERE data_type='features'").fetchone()[0])


def test_so_do_those_the_command_line_saves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decimals: int
) -> None:
    folder = write_landuse_plan(tmp_path / "c")
    monkeypatch.setenv("PLANATLAS_INSTANCE", str(tmp_path / "i"))
    monkeypatch.setenv("PLANATLAS_DECIMALS", str(decimals))
    out = tmp_path / "a.geojson"
    assert main(["statistic", "structure", "--data", str(folder), "--save", str(out)]) == 0
    found = json.loads(out.read_text("utf-8"))["features"]
    assert found
    assert most_decimals([one["geometry"]["coordinates"] for one in found]) <= min(decimals, 7)


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_evidence_that_is_not_what_was_published_is_told(app: Flask, client: FlaskClient, harm: str) -> None:
    figure = statistic(client, "structure")["id"]
    shelf: FigureShelf = state_of(app).shelf
    path = shelf.folder / f"{figure}.parquet"
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    for address in (f"/api/figures/{figure}/evidence", f"/figures/{figure}.geojson", f"/figures/{figure}.gpkg"):
        refused = client.get(address)
        assert refused.status_code == 503, address
        assert figure in refused.text
        assert str(path.parent) not in refused.text
    assert client.get(f"/api/figures/{figure}").status_code == 200, "the number itself is there"


def test_a_figure_that_kept_its_geometry_itself_still_opens(app: Flask, client: FlaskClient) -> None:
    figure = statistic(client, "structure")["id"]
    shelf: FigureShelf = state_of(app).shelf
    path = shelf.folder / f"{figure}.json"
    old = orjson.loads(path.read_bytes()) | {"evidence": {"type": "FeatureCollection", "features": []}}

    def opens() -> bool:
        path.write_bytes(
            orjson.dumps(old)
        )  # again, where the computation put its own there a moment after it was told
        assert client.get(f"/figures/{figure}?lang=en").status_code == 200
        return bool(client.get(f"/api/figures/{figure}/evidence").get_json()["numberMatched"] == 0)

    until(opens)


def test_a_figure_the_disk_does_not_take_is_told_and_none_is_there(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf: FigureShelf = state_of(app).shelf

    tried: list[object] = []

    def full(*_: object) -> None:
        tried.append(1)
        raise FULL

    with monkeypatch.context() as patched:
        patched.setattr("layers.figures.figure.make_lasting", full)
        job = client.get("/api/statistics/structure").get_json()
        answers: list[Any] = []

        def ended() -> bool:
            answers.append(client.get(f"/api/jobs/{job['job']}"))
            return answers[-1].status_code != 200

        until(ended)
        assert answers[-1].status_code == 507
        assert "No space left" in answers[-1].text
        assert str(shelf.folder) not in answers[-1].text
        # The one who asks puts it on the shelf, and so does the end of the job, at the same time.
        until(lambda: len(tried) >= 2 and not (shelf.folder.is_dir() and list(shelf.folder.iterdir())))
    assert statistic(client, "structure")["value"] is not None


def test_an_upload_that_finds_no_room_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uploads = Uploads(tmp_path / "u")

    def full(*_: object) -> None:
        raise FULL

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(NoRoom, match="No space left"):
            uploads.begin("a.csv", 10, "li")
    assert list((tmp_path / "u").iterdir()) == []
    assert uploads.begin("a.csv", 10, "li").have == 0


def test_evidence_rounds_for_leaving_and_never_adds_decimals() -> None:
    shapes = gpd.GeoDataFrame({"feature": ["a"]}, geometry=[shapely.Point(104.12345678912, 30.1)], crs=4326)
    kept = Evidence.of(shapes)
    assert kept is not None
    assert kept.frame(decimals=3).geometry.x[0] == 104.123
    assert kept.frame(decimals=9).geometry.x[0] == 104.1234568
