"""Files come in over HTTP: in parts, by editors only, looked at before anything is written; layers leave again."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from tests.waiting import until
from webapp.jobs.routes import current_jobs
from webapp.layers.uploads import PartOutOfPlace, Upload, Uploads
from webapp.state import state_of

pytestmark = pytest.mark.slow

LINES = b"""{"type":"Feature","id":"a","properties":{"name":"\xe5\x85\xac\xe5\x9b\xad","class":"0701"},\
"geometry":{"type":"Point","coordinates":[104.05,30.05]}}
not json
{"type":"Feature","id":"b","properties":{"name":"<b>","class":"1401"},\
"geometry":{"type":"Point","coordinates":[104.06,30.06]}}
"""


@pytest.fixture
def app(plan: Path, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    app = make_app(plan)
    yield app
    state_of(app).close()


@pytest.fixture
def editor(app: Flask) -> dict[str, str]:
    made = state_of(app)
    return {"Authorization": "Bearer " + made.accounts.issue(made.keyring, ("layers:write",), days=1)[1]}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def bring(client: FlaskClient, data: bytes, name: str, headers: dict[str, str], step: int = 100) -> str:
    told = client.post("/api/uploads", json={"name": name, "size": len(data)}, headers=headers).get_json()
    for at in range(0, len(data), step):
        piece = data[at : at + step]
        assert client.put(f"/api/uploads/{told['upload']}?at={at}", data=piece, headers=headers).status_code == 200
    return str(told["upload"])


def finished(client: FlaskClient, started: Any) -> dict[str, Any]:
    assert started.status_code == 202, started.text
    with client.application.app_context():
        job = current_jobs().find(started.get_json()["job"])
    until(lambda: job.state in ("done", "failed", "cancelled"))
    told: dict[str, Any] = client.get(f"/api/jobs/{job.id}").get_json()
    return told


def test_a_file_is_brought_looked_at_and_imported(client: FlaskClient, editor: dict[str, str]) -> None:
    key = bring(client, LINES, "../../清单 2.geojsonl", editor)
    seen = finished(client, client.post(f"/api/uploads/{key}/preview", json={}, headers=editor))["rows"]
    assert (seen["format"], seen["features"], seen["placed"]) == ("GeoJSON", 2, 2)
    assert "1 line cannot be read" in seen["notes"][0]["en"]
    assert seen["places"][0]["declared"]
    assert seen["places"][0]["outline"]["geometries"]
    assert {f["name"] for f in seen["fields"]} == {"name", "class"}
    wanted = {"layer": "brought", "label_zh": "新图层", "class_field": "class"}
    done = finished(client, client.post(f"/api/uploads/{key}/import", json=wanted, headers=editor))
    assert done["error"] is None
    assert done["rows"]["version"]["layer"] == "brought"
    assert client.get("/api/layers/brought").get_json()["label"]["zh"] == "新图层"
    assert len(client.get("/layers/brought.geojson").get_json()["features"]) == 2
    again = finished(client, client.post(f"/api/uploads/{key}/import", json=wanted, headers=editor))
    assert again["error"]["code"] == "layer_exists"
    more = finished(
        client, client.post(f"/api/uploads/{key}/import", json=wanted | {"new_version": True}, headers=editor)
    )
    assert more["rows"]["version"]["number"] == 2
    assert client.delete(f"/api/uploads/{key}", headers=editor).status_code == 200
    assert client.post(f"/api/uploads/{key}/preview", json={}, headers=editor).status_code == 404


def test_what_is_not_declared_is_asked(client: FlaskClient, editor: dict[str, str], tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.box(104.05, 30.05, 104.06, 30.06)], crs=4490)
    frame.to_crs(4542).to_file(tmp_path / "a.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for ending in ("shp", "shx", "dbf"):  # no .prj
            archive.write(tmp_path / f"a.{ending}", f"a.{ending}")
    key = bring(client, (tmp_path / "a.zip").read_bytes(), "a.zip", editor, step=50_000)
    seen = finished(client, client.post(f"/api/uploads/{key}/preview", json={}, headers=editor))["rows"]
    assert seen["declared_crs"] is None
    names = [place["crs"] for place in seen["places"] if not place["swapped"]]
    assert "EPSG:4542" in names
    asked = finished(client, client.post(f"/api/uploads/{key}/import", json={"layer": "new"}, headers=editor))
    assert asked["error"]["code"] == "needs_crs"
    assert client.get("/api/layers/new").status_code == 404
    wanted = {"layer": "new", "crs": "EPSG:4542"}
    assert finished(client, client.post(f"/api/uploads/{key}/import", json=wanted, headers=editor))["rows"]


def test_parts_follow_or_are_refused(client: FlaskClient, editor: dict[str, str]) -> None:
    told = client.post("/api/uploads", json={"name": "a", "size": 10}, headers=editor).get_json()
    url = f"/api/uploads/{told['upload']}"
    assert client.put(f"{url}?at=0", data=b"12345", headers=editor).get_json()["have"] == 5
    for at, data in ((0, b"12345"), (6, b"1"), (5, b"123456")):
        refused = client.put(f"{url}?at={at}", data=data, headers=editor)
        assert (refused.status_code, refused.get_json()["params"]["have"]) == (409, 5)
    assert client.post(f"{url}/preview", json={}, headers=editor).status_code == 409
    assert client.put(f"{url}?at=x", data=b"1", headers=editor).status_code == 400


def test_a_file_is_its_owners(app: Flask, client: FlaskClient, editor: dict[str, str]) -> None:
    key = bring(client, LINES, "a.geojsonl", editor)
    made = state_of(app)
    other = {"Authorization": "Bearer " + made.accounts.issue(made.keyring, ("layers:write",), days=1)[1]}
    reader = {"Authorization": "Bearer " + made.accounts.issue(made.keyring, (), days=1)[1]}
    for headers, status in ((other, 404), (reader, 403), ({}, 401)):
        assert client.post(f"/api/uploads/{key}/preview", json={}, headers=headers).status_code == status
        assert client.delete(f"/api/uploads/{key}", headers=headers).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        {"layer": "x", "nonsense": 1},
        {"layer": 1},
        {"layer": "x", "swapped": "yes"},
        {"layer": "x", "group": "nowhere"},
        {"layer": "x", "scheme": "nowhere"},
        {"layer": "x", "edge_model": "round"},
        {"layer": "x", "why": "a\nb"},
    ],
)
def test_wrong_wishes_are_told(client: FlaskClient, editor: dict[str, str], body: dict[str, Any]) -> None:
    key = bring(client, LINES, "a.geojsonl", editor)
    refused = client.post(f"/api/uploads/{key}/import", json=body, headers=editor)
    assert refused.status_code == 400, refused.text


def test_limits_hold(make_app: Callable[..., Flask], plan: Path) -> None:
    app = make_app(plan, max_upload="100")
    made = state_of(app)
    headers = {"Authorization": "Bearer " + made.accounts.issue(made.keyring, ("layers:write",), days=1)[1]}
    client = app.test_client()
    assert client.post("/api/uploads", json={"name": "a", "size": 101}, headers=headers).status_code == 413
    for size in (0, -1, 1.5, "1", None):
        assert client.post("/api/uploads", json={"name": "a", "size": size}, headers=headers).status_code == 400
    for _ in range(20):
        assert client.post("/api/uploads", json={"name": "a", "size": 1}, headers=headers).status_code == 201
    assert client.post("/api/uploads", json={"name": "a", "size": 1}, headers=headers).status_code == 409


@pytest.mark.parametrize(
    "data", [b"\x00" * 100, b"PK\x03\x04 broken", b"<OGRVRTDataSource/>", b"{", b"PAR1nothing"]
)
def test_bad_files_are_refused_with_a_reason(client: FlaskClient, editor: dict[str, str], data: bytes) -> None:
    key = bring(client, data, "a.gpkg", editor)
    told = finished(client, client.post(f"/api/uploads/{key}/preview", json={}, headers=editor))
    assert told["error"]["code"] == "unreadable_file", told
    assert str(key) not in json.dumps(told)


def test_a_layer_leaves_in_every_format(client: FlaskClient) -> None:
    for kind in ("geojson", "gpkg", "fgb", "parquet", "shp.zip", "kml", "csv", "xlsx"):
        found = client.get(f"/export/zones.{kind}")
        assert found.status_code == 200, (kind, found.text[:300])
        assert f"zones.{kind}" in found.headers["Content-Disposition"]
        found.close()
    some = client.get("/export/zones.geojson?crs=EPSG:4490&decimals=5&bbox=104,30,104.05,30.05").get_json()
    assert some["planatlas"]["decimals"] == 5
    for url, status in (
        ("/export/zones.exe", 422),
        ("/export/zones", 422),
        ("/export/nothing.csv", 404),
        ("/export/zones.csv?crs=EPSG:4214", 422),
        ("/export/zones.csv?crs=nonsense", 422),
        ("/export/zones.csv?decimals=1", 422),
        ("/export/zones.csv?where=x", 400),
        ("/export/zones.csv?bbox=1", 400),
        ("/export/zones.csv?version=99", 404),
        ("/export/zones.csv?version=x", 400),
    ):
        assert client.get(url).status_code == status, url


def test_a_full_disk_is_told_and_the_upload_goes_on_later(
    client: FlaskClient, editor: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = client.post("/api/uploads", json={"name": "a.csv", "size": 10}, headers=editor).get_json()
    real = Path.open

    def full(self: Path, mode: str = "r", *more: Any, **options: Any) -> Any:
        if mode == "ab":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, mode, *more, **options)

    url = f"/api/uploads/{told['upload']}?at=0"
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        found = client.put(url, data=b"0123456789", headers=editor)
    assert (found.status_code, found.get_json()["code"]) == (507, "no_room")
    assert client.put(url, data=b"0123456789", headers=editor).get_json()["have"] == 10


def test_nothing_is_left_of_an_upload_removed_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that is about to be stopped puts one more file there just as its folder is taken away."""
    uploads, unlink = Uploads(tmp_path), os.unlink
    upload = uploads.begin_table("a.b", "who")

    def unlinked(*what: Any, **how: Any) -> None:
        unlink(*what, **how)
        with contextlib.suppress(OSError):
            (upload.path.parent / "more").write_bytes(b"more")

    monkeypatch.setattr(os, "unlink", unlinked)
    uploads.remove(upload)
    assert list(tmp_path.iterdir()) == []
    uploads.remove(upload)  # twice is no error


def test_wrong_datum_parameters_are_told_at_once(client: FlaskClient, editor: dict[str, str]) -> None:
    key = bring(client, LINES, "a.geojsonl", editor)
    for verb, body in (("preview", {}), ("import", {"layer": "brought"})):
        wrong = {**body, "datum_parameters": "1,2,3,4,5,6,7"}
        found = client.post(f"/api/uploads/{key}/{verb}", json=wrong, headers=editor)
        assert (found.status_code, found.get_json()["code"]) == (422, "bad_datum_parameters")


def test_a_part_that_is_sent_twice_at_once_stands_there_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a cable is out for a moment: the page sends its part again while the first still arrives."""
    uploads, seen = Uploads(tmp_path), vars(Upload)["have"].fget
    upload = uploads.begin("a.csv", 10, "who")

    def looked(one: Upload) -> int:
        found = int(seen(one))
        time.sleep(0.05)  # long enough for the other to look as well
        return found

    monkeypatch.setattr(Upload, "have", property(looked))
    told: list[str] = []

    def sent() -> None:
        try:
            told.append(str(uploads.append(upload, 0, b"12345")))
        except PartOutOfPlace:
            told.append("out of place")

    sending = [threading.Thread(target=sent) for _ in range(3)]
    for one in sending:
        one.start()
    for one in sending:
        one.join()
    assert sorted(told) == ["5", "out of place", "out of place"]
    assert upload.path.read_bytes() == b"12345"
