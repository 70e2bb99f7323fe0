"""Figures over HTTP: asked, computed in a worker, published for good, downloaded, computed again; never a 500."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from layers.library.library import Library
from tests.hostile_plan import ALL
from tests.landuse_plan import write_jagged_park, write_landuse_plan
from tests.waiting import ended_job
from tests.webapp.operations import sign_in_as
from webapp.jobs.errors import Stopped
from webapp.jobs.job import Bounds, Deadline
from webapp.jobs.routes import Published
from webapp.jobs.workers import Jobs
from webapp.state import state_of

pytestmark = pytest.mark.slow

POLYGON = {
    "type": "Polygon",
    "coordinates": [[[104.06, 30.06], [104.08, 30.06], [104.08, 30.08], [104.06, 30.08], [104.06, 30.06]]],
}


@pytest.fixture
def landuse(tmp_path: Path, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    app = make_app(write_landuse_plan(tmp_path / "l"), max_seconds="20")
    yield app
    state_of(app).close()


@pytest.fixture
def asker(landuse: Flask) -> FlaskClient:
    return landuse.test_client()


def finished(client: FlaskClient, job: dict[str, Any]) -> dict[str, Any]:
    """Wait for a job as a page would."""
    return ended_job(client, job)


def statistic(client: FlaskClient, key: str) -> dict[str, Any]:
    """Return a declared statistic's figure, computing it first."""
    answer = client.get(f"/api/statistics/{key}")
    if answer.status_code == 202:
        job = finished(client, answer.get_json())
        assert job["state"] == "done", job
        answer = client.get(f"/api/statistics/{key}")
    assert answer.status_code == 200
    return answer.get_json()


def test_a_statistic_is_computed_published_and_stays(landuse: Flask, asker: FlaskClient) -> None:
    figure = statistic(asker, "structure")
    assert figure["state"] == "computed"
    zone = [r for r in figure["rows"] if r["zone"]["en"] == "East"]
    whole = next(r for r in zone if r["name"]["en"] == "total")
    parts = [r for r in zone if r["name"]["en"] != "total"]
    assert sum(r["m2"] for r in parts) == pytest.approx(whole["m2"], rel=1e-9)
    assert next(r for r in parts if r["class"] == "1001")["share"] == pytest.approx(50, abs=0.02)
    assert next(r for r in parts if r["class"] == "0701")["name"]["zh"] == "城镇住宅用地"
    assert whole["mu"] == pytest.approx(whole["m2"] * 3 / 2000, abs=0.051)
    again = landuse.test_client().get(f"/api/figures/{figure['id']}")
    assert again.get_json() == figure
    assert "illustrative" in json.dumps(figure["caveats"])
    assert len(figure["layers"][0]["version"]) == 64
    assert figure["command"].startswith(f"python run.py figure {figure['id']} --data ")


def test_no_reader_learns_where_the_plan_lies_on_the_disk(landuse: Flask, asker: FlaskClient) -> None:
    folder = str(state_of(landuse).library.folder)
    name = Path(folder).name
    figure = statistic(asker, "structure")
    assert figure["command"] == f"python run.py figure {figure['id']} --data {name}"
    path = state_of(landuse).shelf.folder / f"{figure['id']}.json"
    path.write_text(
        path.read_text("utf-8").replace(f"--data {name}", f"--data '{folder}'"), "utf-8"
    )  # an older one
    for address in (f"/api/figures/{figure['id']}", f"/figures/{figure['id']}", f"/figures/{figure['id']}.csv"):
        told = asker.get(address).text
        assert f"--data {name}" in told and folder not in told, address


def test_a_missing_layer_is_not_computable_and_never_zero(asker: FlaskClient) -> None:
    figure = statistic(asker, "bus")
    assert (figure["state"], figure["value"], figure["meets"]) == ("not_computable", None, None)
    assert figure["sentence"]["en"] == "Not computable: needs bus stops."
    assert figure["needs"][0]["zh"] == "公交站点"


def test_an_ended_job_remembers_what_it_told_and_not_the_figure(landuse: Flask, asker: FlaskClient) -> None:
    job = asker.get("/api/statistics/structure").get_json()
    told = finished(asker, job)
    held = state_of(landuse).jobs.find(job["job"]).future.result()
    assert held == Published({"figure": told["figure"]}, (told["figure"],))
    state_of(landuse).shelf.remove(told["figure"])
    assert asker.get(f"/api/jobs/{job['job']}").get_json() == told


def test_a_threshold_is_compared(asker: FlaskClient) -> None:
    figure = statistic(asker, "homes")
    assert figure["value"] == pytest.approx(25, abs=0.01)
    assert figure["meets"] is True


def test_a_restricted_layer_is_in_no_figure_for_those_who_may_not_see_it(
    landuse: Flask, asker: FlaskClient
) -> None:
    found = asker.get("/api/statistics/secret")
    assert found.status_code == 404
    assert "secret" not in [one["id"] for one in asker.get("/api/statistics").get_json()["statistics"]]
    made = state_of(landuse)
    headers = {"Authorization": "Bearer " + made.accounts.issue(made.keyring, ("restricted:read",), days=1)[1]}
    job = asker.get("/api/statistics/secret", headers=headers)
    told = finished(asker, job.get_json())
    assert told["figure"]
    assert asker.get(f"/api/figures/{told['figure']}", headers=headers).get_json()["state"] == "computed"
    for url in (
        "/api/figures/{}",
        "/api/figures/{}/evidence",
        "/figures/{}",
        "/figures/{}.csv",
        "/figures/{}.gpkg",
    ):
        assert asker.get(url.format(told["figure"])).status_code == 404


def test_a_question_in_plain_words(asker: FlaskClient) -> None:
    question = {
        "function": "tabulate",
        "unit": "ha",
        "inputs": {"classes": {"layer": "landuse"}, "zones": {"layer": "zones", "ids": ["z-1"]}},
    }
    answer = asker.post("/api/figures", json=question)
    assert answer.status_code == 202
    job = finished(asker, answer.get_json())
    figure = asker.get(f"/api/figures/{job['figure']}").get_json()
    declared = statistic(asker, "structure")
    east = next(r for r in declared["rows"] if r["zone"]["en"] == "East" and r["name"]["en"] == "total")
    assert figure["value"] == pytest.approx(east["m2"] / 10_000, rel=1e-12)
    assert f"figure {figure['id']}" in figure["command"]


def test_the_filters_of_the_map_hold_for_a_drawn_polygon_and_are_told(asker: FlaskClient) -> None:
    found = {}
    for sign in ("=", "!="):
        body = {"polygon": POLYGON, "filters": {"zones": [f"kind{sign}nothing"]}}
        job = finished(asker, asker.post("/api/polygon", json=body).get_json())
        assert job["state"] == "done", job
        found[sign] = {row["layer"]: row for row in job["rows"]}
    assert "zones" not in found["="]
    whole = finished(asker, asker.post("/api/polygon", json={"polygon": POLYGON}).get_json())["rows"]
    zones = next(row for row in whole if row["layer"] == "zones")
    told = found["!="].get("zones")
    assert told is None or (told["label"]["en"] == "Zones (filtered by Kind is not nothing)" and zones["features"])
    for wrong in ({"landuse": "class=0701"}, ["landuse"], {"landuse": [3]}):
        assert asker.post("/api/polygon", json={"polygon": POLYGON, "filters": wrong}).status_code == 400


def test_everything_about_a_drawn_polygon_at_once(asker: FlaskClient) -> None:
    job = finished(asker, asker.post("/api/polygon", json={"polygon": POLYGON}).get_json())
    assert job["state"] == "done", job
    figures = [asker.get(f"/api/figures/{key}").get_json() for key in job["figures"]]
    land = next(f for f in figures if f["statistic"]["function"] == "tabulate")
    shares = {r["class"]: r["share"] for r in land["rows"] if r["class"]}
    assert shares["1001"] == pytest.approx(50, abs=0.05)
    assert any(f["statistic"]["function"] == "coverage" for f in figures)
    rows = {row["layer"]: row["features"] for row in job["rows"]}
    assert [f["id"] for f in rows["zones"]] == ["z-1"]
    assert "pipes" not in rows
    assert [f["id"] for f in rows["sites"]] == ["s-1"]


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("/api/figures", b""),
        ("/api/figures", b"[]"),
        ("/api/figures", b"{"),
        ("/api/figures", b'{"function":"tabulate","inputs":{"a":NaN}}'),
        ("/api/figures", b"[" * 100_000),
        ("/api/figures", b"{}"),
        ("/api/figures", b'{"function":"exec","inputs":{}}'),
        ("/api/figures", b'{"function":"tabulate","inputs":[]}'),
        ("/api/figures", b'{"function":"tabulate","inputs":{"classes":{"layer":7}}}'),
        ("/api/figures", b'{"function":"tabulate","inputs":{"classes":{"layer":"landuse"}}}'),
        (
            "/api/figures",
            b'{"function":"coverage","distance_m":"far","inputs":{"demand":{"layer":"landuse"},"facilities":{"layer":"parks"}}}',
        ),
        (
            "/api/figures",
            b'{"function":"tabulate","inputs":{"classes":{"layer":"landuse"},"zones":{"layer":"@drawn"}}}',
        ),
        ("/api/polygon", b"{}"),
        ("/api/polygon", b'{"polygon":{"type":"Point","coordinates":[1,2]}}'),
        ("/api/polygon", b'{"polygon":{"type":"Polygon","coordinates":[[[0,0],[1e9,0],[0,1],[0,0]]]}}'),
        ("/api/polygon", b'{"polygon":{"type":"Polygon","coordinates":[[[null,0],[1,0],[0,1],[0,0]]]}}'),
    ],
)
def test_a_bad_question_is_refused_with_what_is_wrong(asker: FlaskClient, url: str, body: bytes) -> None:
    answer = asker.post(url, data=body, content_type="application/json")
    assert answer.status_code in (400, 422), answer.text
    told = answer.get_json()
    assert told["title_zh"] != told["title_en"]


@pytest.mark.parametrize("distance", [0, -5, 1e12, 300])
def test_an_impossible_distance_fails_with_a_reason(landuse: Flask, asker: FlaskClient, distance: float) -> None:
    if distance == 300:  # far enough for what the park is then
        write_jagged_park(state_of(landuse).library.folder)
    question = {
        "function": "coverage",
        "distance_m": distance,
        "inputs": {"demand": {"layer": "landuse"}, "facilities": {"layer": "parks"}},
    }
    answer = asker.post("/api/figures", json=question)
    if answer.status_code == 202:
        job = finished(asker, answer.get_json())
        assert job["state"] == "failed"
        assert str(job["error"]["en"])
        assert job["error"]["code"] != "internal"
        if distance == 300:
            assert job["error"]["code"] == "outline_too_fine"
            assert "约 60 米" in job["error"]["zh"] and "about 60 m" in job["error"]["en"]
    else:
        assert distance != 300 and answer.status_code in (400, 422)


def test_a_polygon_with_too_many_points_names_the_limit(asker: FlaskClient) -> None:
    ring = [[104 + i * 1e-6, 30 + (i % 2) * 1e-3] for i in range(6000)]
    answer = asker.post("/api/polygon", json={"polygon": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}})
    assert answer.status_code == 413
    assert answer.get_json()["params"]["setting"] == "max_vertices"


def test_questions_from_other_sites_are_refused(asker: FlaskClient) -> None:
    answer = asker.post("/api/polygon", json={"polygon": POLYGON}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_downloads_hold_the_numbers_and_their_proof(asker: FlaskClient) -> None:
    figure = statistic(asker, "structure")
    base = f"/figures/{figure['id']}"
    table = list(csv.reader(io.StringIO(asker.get(f"{base}.csv?lang=en").data.decode("utf-8-sig"))))
    assert table[0][:3] == ["Zone", "Code", "Class"]
    assert any(row and row[0] == "Reproduce" for row in table)
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(asker.get(f"{base}.xlsx?lang=zh").data))
    assert sheet.sheet_names == ["数据", "说明", "图表"]
    raw = sheet.get_sheet_by_index(0).to_python()[1]
    assert raw[5] == pytest.approx(figure["rows"][0]["m2"], rel=1e-12)
    shapes = asker.get(f"{base}.geojson").get_json()
    assert len(shapes["features"]) == 4
    packed = asker.get(f"{base}.gpkg").data
    connection = sqlite3.connect(":memory:")
    connection.deserialize(packed)
    assert connection.execute("select count(*) from figure").fetchone() == (4,)
    connection.close()
    assert asker.get(f"{base}.exe").status_code == 404


def test_the_same_figure_is_the_same_file(asker: FlaskClient) -> None:
    figure = statistic(asker, "structure")
    for kind in ("csv", "xlsx", "geojson"):
        assert (
            asker.get(f"/figures/{figure['id']}.{kind}").data == asker.get(f"/figures/{figure['id']}.{kind}").data
        )


def test_computing_again_tells_whether_the_data_have_changed(landuse: Flask, asker: FlaskClient) -> None:
    before = statistic(asker, "homes")
    same = finished(asker, asker.post(f"/api/figures/{before['id']}/recompute").get_json())
    assert same["figure"] == before["id"]
    assert f'data-figure="{before["id"]}"' in asker.get("/statistics").text
    path = state_of(landuse).library.folder / "geojson" / "landuse.geojson"
    path.write_text(path.read_text("utf-8").replace('"1401"', '"0701"'), "utf-8")
    assert before["id"] not in asker.get("/statistics").text, "of the present data none is published yet"
    after = finished(asker, asker.post(f"/api/figures/{before['id']}/recompute").get_json())
    assert after["figure"] != before["id"]
    assert f'data-figure="{after["figure"]}"' in asker.get("/statistics").text
    assert asker.get(f"/api/figures/{after['figure']}").get_json()["value"] == pytest.approx(50, abs=0.01)
    page = asker.get(f"/figures/{before['id']}?lang=en").text
    assert "an older version" in page


def test_a_coverage_tells_its_answer_under_other_rules(asker: FlaskClient) -> None:
    figure = statistic(asker, "reach")
    job = finished(asker, asker.post(f"/api/figures/{figure['id']}/alternatives").get_json())
    assert job["rows"][0]["share"] == pytest.approx(figure["value"])
    assert any("missing" in row for row in job["rows"])
    other = statistic(asker, "homes")
    assert asker.post(f"/api/figures/{other['id']}/alternatives").status_code == 400


def test_a_job_can_be_cancelled_and_unknown_ones_are_told(asker: FlaskClient) -> None:
    service = state_of(asker.application)
    before = service.shelf.ids()
    busy = [service.jobs.start(_slow) for _ in range(service.settings.number("max_jobs"))]  # so that it must wait
    job = asker.post("/api/polygon", json={"polygon": POLYGON}).get_json()
    assert asker.post(f"/api/jobs/{job['job']}/cancel").get_json()["state"] == "cancelled"
    assert [service.jobs.result(one) for one in busy] == ["found"] * len(busy)
    assert asker.get(f"/api/jobs/{job['job']}").get_json()["state"] == "cancelled"
    assert service.shelf.ids() == before
    assert asker.get("/api/jobs/nothing").status_code == 404


def test_who_cancels_a_shared_computation_takes_it_from_nobody_else(tmp_path: Path) -> None:
    workers = Jobs(write_landuse_plan(tmp_path / "plan"), Bounds(1, 2, Deadline(60, "max_seconds")))
    try:
        first = workers.start(_slow)
        workers.call(first, "one question")
        other = workers.under_way("one question")
        assert other is not None
        assert other.id != first.id
        assert other.future is first.future
        for _ in range(2):  # twice is not two people
            workers.leave(first)
        assert first.state == "cancelled"
        assert other.state in ("waiting", "running")
        with pytest.raises(Stopped):
            workers.result(first)
        assert workers.result(other) == "found"
        assert other.state == "done"
        last = workers.start(_slow)
        workers.leave(last)
        assert last.future.cancelled(), "nobody waits any more"
    finally:
        workers.close()


def _slow(_library: Library, _progress: Callable[[float, float], None]) -> str:
    time.sleep(1.0)
    return "found"


@pytest.mark.parametrize("key", ["0", "../secret", "0123456789abcdef", "x" * 200])
def test_an_unknown_figure_is_not_found(asker: FlaskClient, key: str) -> None:
    for url in (f"/api/figures/{key}", f"/figures/{key}", f"/api/figures/{key}/evidence", f"/figures/{key}.csv"):
        assert asker.get(url).status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_of_numbers(asker: FlaskClient, lang: str) -> None:
    figure = statistic(asker, "reach")
    page = asker.get(f"/figures/{figure['id']}?lang={lang}").text
    assert str(escape(figure["sentence"][lang])) in page
    for url in ("/statistics", "/indicators"):
        text = asker.get(f"{url}?lang={lang}").text
        assert {"zh": "公交", "en": "Bus"}[lang] in text
    assert "10以上" in asker.get("/indicators").text


def test_hostile_words_in_declarations_stay_words(landuse: Flask, asker: FlaskClient) -> None:
    folder = state_of(landuse).library.folder
    for name in ("statistics.toml", "indicators.toml", "catalog.toml"):
        text = (folder / name).read_text("utf-8")
        quoted = json.dumps(ALL, ensure_ascii=False)[1:-1]
        for word in ("用地结构", "Structure", "公式", "产值", "Output", '"用地"', '"Land use"'):
            text = text.replace(word, f'"{quoted}"' if word.startswith('"') else quoted)
        (folder / name).write_text(text, "utf-8")
    figure = statistic(asker, "structure")
    for url in ("/statistics", "/indicators", f"/figures/{figure['id']}"):
        page = asker.get(url).text
        assert "<img src=x" not in page
        assert "<svg onload" not in page
        assert "{{7*7}}" in page
    rows = csv.reader(io.StringIO(asker.get(f"/figures/{figure['id']}.csv").data.decode("utf-8-sig")))
    assert not any(cell.startswith(("=", "+", "@", "\t")) for row in rows for cell in row)


def test_too_many_computations_are_told_to_wait(tmp_path: Path, make_app: Callable[..., Flask]) -> None:
    app = make_app(write_landuse_plan(tmp_path / "l"), max_jobs="1", max_waiting="1")
    client = app.test_client()
    answers = [client.post("/api/polygon", json={"polygon": POLYGON}) for _ in range(4)]
    refused = [a for a in answers if a.status_code == 503]
    assert refused
    assert refused[0].headers["Retry-After"]
    assert refused[0].get_json()["code"] == "busy"
    state_of(app).close()


def test_a_full_shelf_is_told_and_keeps_what_it_has(tmp_path: Path, make_app: Callable[..., Flask]) -> None:
    app = make_app(write_landuse_plan(tmp_path / "l"), max_figures="1")
    client = sign_in_as(app, "editor")  # what visitors ask goes by itself; what editors ask is kept for good
    kept = statistic(client, "homes")
    refused = client.get("/api/statistics/structure")
    assert (refused.status_code, refused.get_json()["code"]) == (507, "shelf_full")
    assert client.get(f"/api/figures/{kept['id']}").status_code == 200
    state_of(app).close()
