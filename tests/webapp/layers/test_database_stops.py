"""The database that keeps the versions stops in the middle of queries: told, nothing hangs, and it goes on when it is back."""

from __future__ import annotations

import http.client
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from benchmarks.postgresql import Server
from tests.small_plan import write_plan
from tests.webapp.served import Service, token_for, until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="starts and stops a server")]


@pytest.mark.usefixtures("postgis_server")  # so that it is left out where there is none
def test_the_database_stops_in_the_middle_of_queries_and_comes_back(tmp_path: Path) -> None:
    database = Server("planatlas-stops-", ["fsync=off", "max_connections=40"])
    options = f"-c fsync=off -c max_connections=40 -c listen_addresses= -k {database.folder}"
    folder = write_plan(tmp_path / "plan")
    service = Service(folder, store=f"{database.address}?schema=kept")
    token, answers, over = token_for(folder, "layers:write"), list[tuple[int, Any]](), threading.Event()
    acknowledged: list[str] = []
    try:
        first = {"expected": None, "edits": [{"feature": "z-1", "properties": {"name_en": "start"}}]}
        assert service.ask("POST", "/api/layers/zones/edits", first, token=token)[0] == 200

        def asked(method: str, path: str, body: object = None, *, token: str = "") -> tuple[int, Any]:
            try:
                return service.ask(method, path, body, token=token)
            except (OSError, http.client.HTTPException) as error:
                return 0, repr(error)

        def reads() -> None:
            while not over.is_set():
                answers.append(asked("GET", "/layers/zones.geojson?version=1"))
                answers.append(asked("GET", "/api/layers/zones/versions"))

        def writes() -> None:
            number = 0
            while not over.is_set():
                number += 1
                expected = asked("GET", "/api/layers/zones")[1]
                body = {
                    "expected": expected.get("number") if isinstance(expected, dict) else None,
                    "edits": [{"feature": "z-2", "properties": {"name_en": f"w {number}"}}],
                }
                status, told = asked("POST", "/api/layers/zones/edits", body, token=token)
                answers.append((status, told))
                if status == 200:
                    acknowledged.append(f"w {number}")

        people = [threading.Thread(target=reads, daemon=True) for _ in range(4)]
        people.append(threading.Thread(target=writes, daemon=True))
        for one in people:
            one.start()
        until(lambda: len(answers) > 40)
        database._run("pg_ctl", "-D", str(database.data), "-m", "immediate", "stop")
        before = len(answers)
        until(lambda: len(answers) > before + 20)
        while_gone = [status for status, _ in answers[before:]]
        assert service.ask("GET", "/api/openapi.json")[0] == 200, "what needs no database is served"
        status, told = service.ask("GET", "/healthz")
        assert (status, told["code"]) == (503, "store_unavailable"), "who watches the service is told"
        assert 503 in while_gone
        database._run(
            "pg_ctl", "-D", str(database.data), "-w", "-l", str(database.folder / "log"), "-o", options, "start"
        )
        until(lambda: service.ask("GET", "/layers/zones.geojson?version=1")[0] == 200)
        kept = len(acknowledged)
        until(lambda: len(acknowledged) > kept)
        over.set()
        for one in people:
            one.join(240)
            assert not one.is_alive(), "nothing hangs"
        strange = [(status, told) for status, told in answers if status not in (200, 409, 503)]
        assert not strange, strange[:3]
        assert all(told["code"] for status, told in answers if status == 503)
        everything = str(answers) + service.said
        assert database.address not in everything
        assert str(database.folder) not in everything, "no answer and no log tells where the database is"
        names = {
            change["after"]["properties"]["name_en"]
            for one in service.ask("GET", "/api/layers/zones/versions")[1]["versions"]
            if one["kind"] == "edit"
            for change in service.ask("GET", f"/api/layers/zones/versions/{one['number']}")[1]["changes"]
        }
        assert set(acknowledged) <= names, "every write that was acknowledged"
    finally:
        over.set()
        service.stop()
        database.close()
