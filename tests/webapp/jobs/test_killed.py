"""Killed at any moment, the service and its workers lose nothing that was acknowledged, and are back at once."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.landuse_plan import write_landuse_plan
from tests.small_plan import feature, point
from tests.waiting import LONGEST_S
from tests.webapp.served import Service, token_for, until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]
SERVICE_KILLS, WORKER_KILLS = 12, 38  # the 50 that the house promises
READY_S = (
    6.0  # of its own processor time, on a machine that does other things as well: half of it when it does not
)
GONE = (OSError, http.client.HTTPException)


class Person:
    """Edits, imports and asks one after the other, and remembers what was acknowledged."""

    def __init__(self, service: Service, token: str, seed: int) -> None:
        self.service, self.token, self.chance = service, token, random.Random(seed)
        self.names: dict[str, str] = {}  # by feature, as last acknowledged
        self.sent: dict[str, set[str]] = {}  # by feature, what may have been kept since without our hearing of it
        self.layers: set[str] = set()
        self.figures: set[str] = set()
        self.seen: list[int] = []
        self.failed: list[tuple[str, str, int]] = []
        self.stopped = threading.Event()
        self.number = seed * 10_000

    def run(self) -> None:
        while not self.stopped.is_set():
            try:
                self.chance.choice((self.edits, self.edits, self.imports, self.publishes, self.renders))()
            except GONE:  # it was killed meanwhile: nothing was acknowledged
                time.sleep(0.05)

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        status, told = self.service.ask(method, path, body, token=self.token, most_s=30)
        self.seen.append(status)
        if status >= 500 and status != 503:
            self.failed.append((method, path, status))
        return status, told

    def job(self, started: tuple[int, Any]) -> dict[str, Any] | None:
        status, told = started
        while status in (200, 202) and told.get("state") in ("waiting", "running") and not self.stopped.is_set():
            time.sleep(0.05)
            status, told = self.ask("GET", f"/api/jobs/{told['job']}")
        return told if status == 200 and told.get("state") == "done" else None

    def edits(self) -> None:
        self.number += 1
        name = f"name {self.number}"
        which = self.chance.choice(("z-1", "z-2"))
        self.sent.setdefault(which, set()).add(name)
        body = {"expected": None, "edits": [{"feature": which, "properties": {"name_en": name}}]}
        status, _ = self.ask("POST", "/api/layers/zones/edits", body)
        if status == 409:  # since the last version, which is the one to be edited
            _, told = self.ask("GET", "/api/layers/zones")
            status, _ = self.ask("POST", "/api/layers/zones/edits", body | {"expected": told["number"]})
        if status == 200:
            self.names[which], self.sent[which] = name, set()

    def imports(self) -> None:
        self.number += 1
        layer = f"in{self.number}"
        features = [feature(f"f{i}", point(104.05 + i / 10_000, 30.05)) for i in range(200)]
        data = json.dumps({"type": "FeatureCollection", "features": features}).encode()
        status, told = self.ask("POST", "/api/uploads", {"name": "a.geojson", "size": len(data)})
        if status != 201:
            return
        sent = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=30)
        sent.request("PUT", f"/api/uploads/{told['upload']}?at=0", data, {"Authorization": f"Bearer {self.token}"})
        sent.getresponse().read()
        sent.close()
        if self.job(
            self.ask("POST", f"/api/uploads/{told['upload']}/import", {"layer": layer, "label_zh": layer})
        ):
            self.layers.add(layer)

    def publishes(self) -> None:
        question = {"function": "sum", "unit": "ha", "measure": "area", "inputs": {"part": {"layer": "landuse"}}}
        question |= {"definition": {"zh": f"第 {self.number}", "en": f"no. {self.number}"}}
        done = self.job(self.ask("POST", "/api/figures", question))
        if done and done.get("figure"):
            self.figures.add(done["figure"])

    def renders(self) -> None:
        self.number += 1
        self.ask("GET", f"/render/map.png?size=200x{self.chance.randint(150, 400)}&lang=en")


def check(service: Service, person: Person, token: str) -> None:
    """Look for everything that was acknowledged."""
    told = service.ask("GET", "/layers/zones.geojson", token=token)[1]
    held = {one["id"]: one["properties"]["name_en"] for one in told["features"]}
    for which, name in person.names.items():
        assert held[which] in {name} | person.sent[which], (which, held[which], name)
    known = service.ask("GET", "/api/catalog", token=token)[1]["layers"]
    assert all(one["status"] == "ok" for one in known.values()), known
    assert person.layers <= set(known)
    for layer in person.layers:
        found = service.ask("GET", f"/layers/{layer}.geojson", token=token)[1]
        assert len(found["features"]) == 200
    for figure in person.figures:
        assert service.ask("GET", f"/api/figures/{figure}", token=token)[1]["id"] == figure
    versions = [
        one["number"] for one in service.ask("GET", "/api/layers/zones/versions", token=token)[1]["versions"]
    ]
    assert versions == list(range(len(versions), 0, -1))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_landuse_plan(tmp_path / "plan")


@pytest.fixture
def token(folder: Path) -> str:
    return token_for(folder, "layers:write")


def at_work(person: Person) -> threading.Thread:
    thread = threading.Thread(target=person.run, daemon=True)
    thread.start()
    return thread


def test_the_service_is_killed_while_people_write(folder: Path, token: str) -> None:
    chance, person = random.Random(7), None
    for turn in range(SERVICE_KILLS):
        service = Service(folder, cold=not turn)
        assert service.ask("GET", "/healthz")[0] == 200
        assert turn or service.processor_s() < READY_S
        if person is None:
            person = Person(service, token, 1)
        person.service = service
        check(service, person, token)
        person.stopped.clear()
        working = at_work(person)
        time.sleep(chance.uniform(0.1, 2.5))
        if turn == SERVICE_KILLS - 1:  # the last is left long enough to have done each of them
            until(lambda who=person: bool(who.layers and who.names))  # type: ignore[misc]
        service.stop()
        person.stopped.set()
        working.join(LONGEST_S)
    assert person is not None
    service = Service(folder)
    try:
        check(service, person, token)
        assert person.names
        assert person.layers
        assert not list(folder.rglob("*.part")), "what was begun is swept"
        assert not person.failed
    finally:
        service.stop()


def workers(service: Service) -> list[int]:
    """Return the processes that compute: what tracks resources for Python is none."""
    found = []
    for number in service.children():
        try:
            words = Path(f"/proc/{number}/cmdline").read_bytes()
        except OSError:
            continue
        if b"resource_tracker" not in words:
            found.append(number)
    return found


@pytest.fixture
def service(folder: Path) -> Iterator[Service]:
    one = Service(folder)
    yield one
    one.stop()


def test_workers_are_killed_while_people_compute(folder: Path, token: str, service: Service) -> None:
    chance, person = random.Random(11), Person(service, token, 2)
    working = at_work(person)
    killed = 0
    while killed < WORKER_KILLS:
        time.sleep(chance.uniform(0.05, 1.0))
        there = workers(service)
        if there:
            os.kill(chance.choice(there), signal.SIGKILL)
            killed += 1
            assert service.ask("GET", "/healthz")[0] == 200
    person.stopped.set()
    working.join(LONGEST_S)
    assert not person.failed, (person.failed, service.said[-6000:])
    check(service, person, token)
    for path in ("/render/map.png?size=300x300", "/api/site?lon=104.07&lat=30.07", "/export/zones.gpkg"):
        until(lambda path=path: service.ask("GET", path)[0] == 200)  # type: ignore[misc]


def test_told_to_stop_under_load_what_is_being_written_is_finished(
    folder: Path, token: str, service: Service
) -> None:
    people = [Person(service, token, number) for number in range(3, 9)]
    working = [at_work(person) for person in people]
    until(lambda: sum(len(person.seen) for person in people) > 60)
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(LONGEST_S) == 0
    for person, thread in zip(people, working, strict=True):
        person.stopped.set()
        thread.join(LONGEST_S)
    again = Service(folder)
    try:
        told = again.ask("GET", "/api/layers/zones/versions", token=token)[1]["versions"]
        kept = {
            change["after"]["properties"]["name_en"]
            for one in told
            if one["kind"] == "edit"
            for change in again.ask("GET", f"/api/layers/zones/versions/{one['number']}", token=token)[1][
                "changes"
            ]
        }
        for person in people:
            assert set(person.names.values()) <= kept, "every write that was acknowledged"
            assert not person.failed
    finally:
        again.stop()


def processes_of(number: int) -> set[int]:
    """Return a process and all that began in it, or in what began in it."""
    found = [number]
    for one in found:
        found += [
            int(child)
            for path in Path(f"/proc/{one}/task").glob("*/children")
            for child in path.read_text().split()
        ]
    return set(found)


def words_of(number: int) -> str:
    """Return how a process was called; nothing of one that ended."""
    try:
        return Path(f"/proc/{number}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def test_what_workers_are_forked_from_is_killed_and_comes_again(folder: Path) -> None:
    """As users start it, which takes some seconds: the other services of this file are forked from the tests' own."""
    service = Service(folder, cold=True)
    try:

        def forking() -> list[int]:
            server = [key for key in processes_of(service.process.pid) if "forkserver" in words_of(key)]
            return server if len(server) > 1 else []

        assert service.ask("GET", "/render/map.png?size=300x300")[0] == 200
        until(forking)
        os.kill(min(forking()), signal.SIGKILL)
        until(lambda: service.ask("GET", "/render/map.png?size=310x310")[0] == 200)
        there = processes_of(service.process.pid)
    finally:
        service.stop()
    until(lambda: not any("forkserver" in words_of(key) for key in there))
