"""Behind a real reverse proxy: readers get addresses that open, secure cookies, and each their own limits."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.small_plan import write_plan
from tests.waiting import LONGEST_S, free_port
from tests.webapp.served import Service, token_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="asks from other addresses of the loopback network"),
]
PUBLIC, READER = "https://maps.example", "127.0.0.9"


@dataclass
class Told:
    """An answer as the reader's browser gets it."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class Front:
    """The proxy, its service, and where the plan is."""

    service: Service
    port: int
    folder: Path

    def ask(self, method: str, path: str, body: str | None = None, *, port: int = 0, **headers: str) -> Told:
        """Ask as a reader on another machine does; straight at the service when its port is given."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", port or self.port, timeout=LONGEST_S, source_address=(READER, 0)
        )
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, told)
        answer = connection.getresponse()
        found = Told(answer.status, answer.headers, answer.read())
        connection.close()
        return found


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = write_plan(tmp_path_factory.mktemp("p") / "plan")
    service = Service(folder, "--public-address", PUBLIC, proxies="127.0.0.1", max_jobs="1", max_looks="1")
    port = free_port()
    command = [sys.executable, "-m", "tests.webapp.reverse_proxy", str(port), str(service.port)]
    proxy = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert proxy.stdout
    assert proxy.stdout.readline() == "ready\n"
    yield Front(service, port, folder)
    proxy.kill()
    proxy.wait()
    proxy.stdout.close()
    service.stop()


@pytest.fixture(scope="module")
def session(front: Front) -> str:
    """The cookie of the first administrator, who followed the console's link through the proxy."""
    link = re.search(rf"{PUBLIC}(/welcome/\S+)", front.service.said)
    assert link, "the link on the console is one that readers can open"
    form = urlencode({"name": "boss", "password": "seven grey herons by a cold river"})
    made = front.ask(
        "POST",
        link[1],
        form,
        Content_Type="application/x-www-form-urlencoded",
        Origin=PUBLIC,
        X_Forwarded_For="6.6.6.6",
    )
    assert made.status == 303, made.body
    assert not urlsplit(made.headers["Location"]).netloc or made.headers["Location"].startswith(PUBLIC)
    cookie = made.headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    return cookie.partition(";")[0]


def test_links_that_leave_open_where_readers_are(front: Front, session: str) -> None:
    body = json.dumps({"path": "/embed/map", "days": 1})
    made = front.ask("POST", "/api/links", body, Cookie=session, Origin=PUBLIC, Content_Type="application/json")
    assert made.status == 201, made.body
    address = json.loads(made.body)["url"]
    assert address.startswith(f"{PUBLIC}/embed/map?")
    assert front.ask("GET", address.removeprefix(PUBLIC)).status == 200
    told = front.ask("GET", f"/oembed?{urlencode({'url': f'{PUBLIC}/embed/map'})}")
    assert f"{PUBLIC}/embed/map" in json.loads(told.body)["html"]
    for found in (told, front.ask("GET", "/embed/map"), front.ask("GET", "/")):
        assert f"127.0.0.1:{front.service.port}".encode() not in found.body
        assert found.headers["Strict-Transport-Security"]


def test_redirects_stay_with_the_reader(front: Front, session: str) -> None:
    form = {"name": "boss", "password": "seven grey herons by a cold river"}
    for wanted in ("/about", "//evil.example", "https://evil.example/"):
        told = front.ask(
            "POST",
            "/login",
            urlencode(form | {"next": wanted}),
            Origin=PUBLIC,
            Content_Type="application/x-www-form-urlencoded",
        )
        assert told.status == 303
        assert told.headers["Location"] == ("/about" if wanted == "/about" else "/")
    for path in ("//evil.example/", "/layers", "/embed/map/"):
        assert urlsplit(front.ask("GET", path).headers.get("Location", "/")).netloc in ("", "maps.example")


def test_writes_come_from_our_own_pages_only(front: Front, session: str) -> None:
    for origin, status in (
        (PUBLIC, 201),
        ("https://evil.example", 403),
        (f"http://127.0.0.1:{front.service.port}", 403),
    ):
        body = json.dumps({"name": "v", "state": "z=13"})
        told = front.ask(
            "POST", "/api/views", body, Cookie=session, Origin=origin, Content_Type="application/json"
        )
        assert told.status == status, (origin, told.body)


def test_the_readers_own_address_is_known_and_nobody_makes_one_up(front: Front, session: str) -> None:
    page = front.ask("GET", "/admin", Cookie=session).body.decode()
    assert READER in page
    assert "6.6.6.6" not in page
    wrong = urlencode({"name": "boss", "password": "no"})
    for number in range(40):  # with another address each, if one could be made up
        form = front.ask(
            "POST",
            "/login",
            wrong,
            Origin=PUBLIC,
            Content_Type="application/x-www-form-urlencoded",
            X_Forwarded_For=f"6.6.6.{number}",
        )
        if form.status == 429:
            break
    assert form.status == 429
    straight = front.ask(
        "GET",
        "/about",
        port=front.service.port,
        Host="127.0.0.1",
        X_Forwarded_Proto="https",
        X_Forwarded_Host="evil.example",
        X_Forwarded_For="6.6.6.6",
    )
    assert straight.status == 200
    assert b"evil.example" not in straight.body
    assert front.ask("GET", "/about", port=front.service.port, Host="evil.example").status == 400


def test_a_token_goes_through(front: Front) -> None:
    bearer = f"Bearer {token_for(front.folder, 'views:write')}"
    told = front.ask(
        "POST",
        "/api/views",
        json.dumps({"name": "w", "state": "z=12"}),
        Authorization=bearer,
        Content_Type="application/json",
    )
    assert told.status == 201
