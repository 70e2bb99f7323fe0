"""Work that is far too heavy ends at its deadline with a reason, and meanwhile and afterwards others are served."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.landuse_plan import write_landuse_plan
from tests.question_plan import LAYER
from tests.small_plan import feature, write_layer
from tests.waiting import LONGEST_S, until
from tests.webapp.conftest import Running
from webapp.state import state_of

pytestmark = pytest.mark.slow

TEETH, DEADLINE_S = 1000, 4


def comb(*, upright: bool) -> dict[str, Any]:
    """A valid polygon of 4,000 vertices; two across one another meet in a million parts."""
    step = 0.04 / TEETH
    ring = [[104.05 - step, 30.05]]
    for tooth in range(TEETH):
        west, east = 104.05 + tooth * step, 104.05 + (tooth + 0.5) * step
        ring += [[west, 30.05], [west, 30.09], [east, 30.09], [east, 30.05]]
    ring += [[104.09, 30.0499], [104.05 - step, 30.0499], ring[0]]
    if not upright:
        ring = [[104.05 + (y - 30.05), 30.05 + (x - 104.05)] for x, y in ring]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture
def app(tmp_path: Path, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    folder = write_landuse_plan(tmp_path / "combs")
    with (folder / "catalog.toml").open("a", encoding="utf-8") as file:
        for name in ("one", "other"):
            file.write(LAYER.format(id=name, zh="梳", en="Comb", geometry="polygon", more=""))
    write_layer(folder, "one", [feature("a", comb(upright=True))])
    write_layer(folder, "other", [feature("b", comb(upright=False))])
    app = make_app(folder, max_seconds=str(DEADLINE_S), max_jobs="2")
    yield app
    state_of(app).close()


def ask(running: Running, method: str, path: str, body: object = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=LONGEST_S)
    headers = {"Content-Type": "application/json", "Origin": running.url}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


def test_two_combs_end_at_the_deadline_and_hold_up_nobody(running: Running) -> None:
    inputs = {"part": {"layer": "one"}, "constraints": {"layer": "other"}}
    started = [
        ask(running, "POST", "/api/figures", {"function": "overlap", "unit": unit, "inputs": inputs})
        for unit in ("ha", "mu")
    ]  # as many as there are workers
    assert [status for status, _ in started] == [202, 202], started
    jobs = [told["job"] for _, told in started]
    states: list[tuple[int, Any]] = []
    served, advised = 0, False

    def ended() -> bool:
        nonlocal states, served, advised
        assert ask(running, "GET", "/healthz")[0] == 200
        assert ask(running, "GET", "/layers/zones.geojson")[0] == 200
        states = [ask(running, "GET", f"/api/jobs/{job}") for job in jobs]
        served += any(told["state"] == "running" for _, told in states)
        advised |= any(told["advice"] and "“Comb”" in told["advice"]["en"] for _, told in states)
        return all(told["state"] not in ("waiting", "running") for _, told in states)

    until(ended, every_s=0.02)  # it did not wait for the C code to come back, which takes many minutes
    for status, told in states:
        assert (status, told["state"]) == (200, "failed")
        error = told["error"]
        assert error["code"] == "too_complex", "its deadline, not ours"
        assert "“梳”（要素 1 个，顶点约 4,000 个）" in error["zh"] and "run.py ask" in error["zh"]
        assert "“Comb” (features: 1; vertices: about 4,000)" in error["en"] and "max_seconds" in error["en"]
    assert advised, "and what would help was told before it was stopped"
    assert served >= 5, "nobody waited for it"
    _, small = ask(
        running,
        "POST",
        "/api/figures",
        {
            "function": "overlap",
            "unit": "ha",
            "inputs": {"part": {"layer": "landuse"}, "constraints": {"layer": "parks"}},
        },
    )
    until(lambda: ask(running, "GET", f"/api/jobs/{small['job']}")[1]["state"] not in ("waiting", "running"))
    told = ask(running, "GET", f"/api/jobs/{small['job']}")[1]
    assert told["state"] == "done", "and the workers are there again"
