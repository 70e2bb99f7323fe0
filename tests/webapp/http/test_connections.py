"""One client that opens as many connections as it can, and says nothing on them, costs the others nothing."""

from __future__ import annotations

import http.client
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.small_plan import write_plan
from tests.waiting import LONGEST_S
from tests.webapp.served import Service

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="asks from other addresses of the loopback network"),
]
HALF = (
    b"",
    b"GET / HT",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n",
    b"POST /api/polygon HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nhalf",
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    one = Service(write_plan(tmp_path_factory.mktemp("p") / "plan"), max_jobs="1", max_looks="1")
    yield one
    one.stop()


def asked(service: Service, path: str, address: str) -> int:
    connection = http.client.HTTPConnection(
        "127.0.0.1", service.port, timeout=LONGEST_S, source_address=(address, 0)
    )
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


@pytest.mark.parametrize("half", HALF, ids=["nothing", "a line", "a head", "a body"])
def test_five_hundred_half_open_connections_leave_others_served(service: Service, half: bytes) -> None:
    held = []
    try:
        for _ in range(500):
            one = socket.create_connection(
                ("127.0.0.1", service.port), timeout=LONGEST_S, source_address=("127.0.0.7", 0)
            )
            held.append(one)
            try:
                one.sendall(half)
            except OSError:  # it was refused or made room already
                continue
        for address in ("127.0.0.1", "127.0.0.8"):
            for path in ("/healthz", "/", "/layers/zones.geojson"):
                assert asked(service, path, address) == 200
        assert asked(service, "/healthz", "127.0.0.7") in (200, 429), "nor is the one that does it cut off"
        files = sum(1 for _ in Path(f"/proc/{service.process.pid}/fd").iterdir())
        assert files < 300, "the connections of one client that are open at a time"
    finally:
        for one in held:
            one.close()
    assert asked(service, "/healthz", "127.0.0.7") == 200
    assert Path(f"/proc/{service.process.pid}").exists()
