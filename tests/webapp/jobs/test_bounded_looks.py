"""No shape of a request holds a thread, a worker or the memory of the service; whoever hangs up ends their work."""

from __future__ import annotations

import ast
import contextlib
import http.client
import json
import math
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from layers.library import editing
from tests.small_plan import feature, point, square, write_layer, write_plan
from tests.waiting import LONGEST_S
from tests.webapp.conftest import issue
from tests.webapp.served import Service, until
from webapp.jobs.errors import Busy
from webapp.jobs.job import Asker, Bounds, Deadline
from webapp.jobs.workers import Jobs
from webapp.state import state_of

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]

COMB_TEETH = 500


def star(vertices: int) -> dict[str, Any]:
    """Return a polygon whose edges all cross one another: small to send, gigabytes to mend."""
    step = vertices // 2 - 1
    turns = [2 * math.pi * (i * step % vertices) / vertices for i in range(vertices)]
    ring = [[104.1 + 0.05 * math.cos(a), 30.1 + 0.05 * math.sin(a)] for a in turns]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def comb() -> list[list[float]]:
    ring = [[104.0, 30.05]]
    for tooth in range(COMB_TEETH):
        west = 104.05 + tooth * 0.04 / COMB_TEETH
        ring += [[west, 30.05], [west, 30.09], [west + 0.00001, 30.09], [west + 0.00001, 30.05]]
    return [*ring, [104.09, 30.049], [104.0, 30.049], ring[0]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_plan(tmp_path / "plan")


@pytest.fixture
def service(folder: Path) -> Iterator[Service]:
    one = Service(folder, max_look_seconds="1", max_jobs="1")
    yield one
    one.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_stars_are_refused_and_pages_stay_quick(service: Service) -> None:
    answers: list[tuple[int, Any]] = []
    asking = [
        threading.Thread(
            target=lambda: answers.append(service.ask("POST", "/api/polygon", {"polygon": star(1500)}))
        )
        for _ in range(10)
    ]  # more than there are places
    for one in asking:
        one.start()
    served, spent_s = 0, service.processor_s()
    while any(one.is_alive() for one in asking):
        assert service.ask("GET", "/healthz")[0] == 200
        assert service.ask("GET", "/layers/zones.geojson")[0] == 200
        served += 1
        time.sleep(0.05)
    codes = {(status, told["code"]) for status, told in answers}
    assert codes <= {(422, "too_complex"), (503, "busy"), (503, "worker_ended")}, codes
    assert (422, "too_complex") in codes
    assert (503, "busy") in codes
    assert served >= 5, "nobody waits for a star"
    assert service.processor_s() - spent_s < 1 + 0.1 * served, "the service itself looked at none"
    status = int(re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{service.process.pid}/status").read_text())[0])
    assert status < 1_000_000, "the service itself never held one (kB)"
    assert (
        service.ask(
            "POST",
            "/api/polygon",
            {
                "polygon": {
                    "type": "Polygon",
                    "coordinates": [[[104.05, 30.05], [104.09, 30.05], [104.09, 30.09], [104.05, 30.05]]],
                }
            },
        )[0]
        == 202
    )


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("path", ["/api/polygon", "/api/figures", "/api/sites", "/api/sites/check"])
def test_wherever_a_polygon_is_taken_the_service_itself_mends_none(service: Service, path: str) -> None:
    question = {"function": "total", "unit": "ha", "inputs": {"part": {"layer": "drawn"}}}
    body = {"polygon": star(1500), **(question if path == "/api/figures" else {})}
    spent_s = service.processor_s()
    status, told = service.ask("POST", path, body)
    assert (status, told["code"]) in ((422, "too_complex"), (503, "worker_ended")), told
    assert service.processor_s() - spent_s < 1
    held = int(re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{service.process.pid}/status").read_text())[0])
    assert held < 1_000_000, "kB"


MENDING = {"polygon_of", "checked_geometry", "check_shapes", "make_valid"}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "webapp").rglob("*.py")), ids=lambda one: one.relative_to(ROOT).as_posix()
)
def test_what_mends_a_shape_is_called_in_workers_only(path: Path) -> None:
    """What runs in a worker is handed the plan and its progress; the command line is one person's own process."""
    if "cli" in path.parts:
        return
    for function in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(function, ast.FunctionDef):
            first = [one.arg.lstrip("_") for one in function.args.args[:2]]
            called = {
                getattr(c.func, "id", getattr(c.func, "attr", ""))
                for c in ast.walk(function)
                if isinstance(c, ast.Call)
            }
            assert first == ["opened", "progress"] or not called & MENDING, function.name


def test_visitors_leave_some_places_to_those_signed_in(folder: Path) -> None:
    jobs = Jobs(folder, Bounds(1, 7, Deadline(60, "max_seconds"), 0))
    try:
        for number in range(6):
            jobs.start(rest, asker=Asker(f"visitor {number}", visitor=True))
        with pytest.raises(Busy):
            jobs.start(rest, asker=Asker("visitor 6", visitor=True))
        assert jobs.start(rest, asker=Asker("li")).asker.name == "li"
    finally:
        jobs.close()


@pytest.mark.parametrize("path", ["/site-sheets/pdf/zones/z-1", "/export/zones.gpkg", "/api/sites/zones/z-1"])
def test_a_visitor_who_waits_has_a_visitors_share(folder: Path, make_app: Callable[..., Flask], path: str) -> None:
    app = make_app(folder, max_jobs="1", max_waiting="3", max_seconds="3", max_looks="1")
    state = state_of(app)
    for pool in (state.jobs, state.looks):
        for _ in range(3):
            with contextlib.suppress(Busy):
                pool.start(rest, asker=Asker("visitor 127.0.0.1", visitor=True))
    found = app.test_client().get(path)
    state.close()
    assert (found.status_code, found.get_json()["code"]) == (503, "busy"), found.status


def rest(_opened: object, _progress: object) -> None:
    time.sleep(60)


def test_an_edit_and_a_place_have_the_same_bounds(
    folder: Path, make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(folder, max_look_seconds="5")

    def looked_here(*_: object, **__: object) -> None:
        raise RuntimeError("a shape was looked at in the service itself")

    monkeypatch.setattr(editing, "checked_geometry", looked_here)  # workers have their own
    client, body = app.test_client(), {"expected": None, "edits": [{"feature": "z-1", "geometry": star(3000)}]}
    refused = client.post("/api/layers/zones/edits", json=body, headers=issue(app, "layers:write"))
    told = refused.get_json()
    assert (refused.status_code, told["code"]) == (422, "bad_edit"), "its edges cross too often to be mended"
    assert client.get("/api/layers/zones/versions").get_json()["versions"] == [], "nothing was kept"
    assert client.get("/api/site?lon=104.07&lat=30.07").status_code == 200
    body["edits"] = [{"feature": "z-1", "geometry": square(104.05, 30.05, 0.01)}]
    kept = client.post("/api/layers/zones/edits", json=body, headers=issue(app, "layers:write"))
    assert kept.status_code == 200, kept.text


def at_work(service: Service) -> int:
    """Wait until a worker computes, and return its number."""
    first: dict[int, float] = {}
    found = [0]

    def computes() -> bool:
        busy = [key for key, now in service.children().items() if now > first.setdefault(key, now) + 0.5]
        found[:] = busy or found
        return bool(busy)

    until(computes)
    return found[0]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_client_that_hangs_up_ends_its_work(folder: Path) -> None:
    service = Service(folder, max_look_seconds="60", max_looks="1", max_jobs="1")
    try:
        service.ask("GET", "/api/site?lon=104.07&lat=30.07")  # the worker is there
        body = json.dumps({"polygon": star(3000)}).encode()
        head = "POST /api/polygon HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        with socket.create_connection(("127.0.0.1", service.port)) as one:
            one.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            worker = at_work(service)
        until(lambda: worker not in service.children())
    finally:
        service.stop()


def running(process: int) -> bool:
    """Whether a process is there and not merely waiting to be counted out."""
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


def test_told_to_stop_it_waits_for_no_look(folder: Path) -> None:
    service = Service(folder, max_look_seconds="60", max_jobs="1")  # one that runs so long is told `too_complex`
    statuses: list[Any] = []

    def asks() -> None:
        try:
            statuses.append(service.ask("POST", "/api/polygon", {"polygon": star(3000)})[0])
        except (OSError, http.client.HTTPException) as error:
            statuses.append(type(error).__name__)

    asking = [threading.Thread(target=asks) for _ in range(4)]
    for one in asking:
        one.start()
    at_work(service)
    workers = set(service.children())
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(LONGEST_S) == 0
    for one in asking:
        one.join(LONGEST_S)
    assert all(status in (409, 503) for status in statuses), statuses
    service.stop()
    until(lambda: not any(running(worker) for worker in workers))  # one that had just begun ends by itself


def test_deleting_the_last_feature_harms_nothing(tmp_path: Path, make_app: Callable[..., Flask]) -> None:
    folder = write_plan(tmp_path / "p", layers=None)
    write_layer(folder, "sites", [feature("a", point(104.1, 30.1))])
    app = make_app(folder)
    client, body = app.test_client(), {"expected": None, "edits": [{"feature": "a", "gone": True}]}
    done = client.post("/api/layers/sites/edits", json=body, headers=issue(app, "layers:write"))
    assert done.status_code == 200
    for url in (
        "/api/catalog",
        "/api/layers",
        "/api/layers/sites",
        "/about",
        "/",
        "/unplaced",
        "/api/search?q=a",
        "/layers/sites.geojson",
        "/layers/sites.geojson?bbox=104,30,105,31",
        "/api/site?lon=104.1&lat=30.1",
        "/render/map.json",
        "/embed/map",
        "/export/sites.gpkg",
        "/export/sites.shp.zip",
        "/healthz",
    ):
        assert client.get(url).status_code == 200, url
