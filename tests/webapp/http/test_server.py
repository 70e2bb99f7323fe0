"""The real server on a real socket: slow, endless and oversized requests cost nothing and break nothing."""

import http.client
import json
import socket
import time
from collections.abc import Callable

from flask import Flask

from tests.waiting import LONGEST_S
from tests.webapp.conftest import Running


def _get(running: Running, path: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=LONGEST_S)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = (answer.status, dict(answer.getheaders()), answer.read())
    connection.close()
    return found


def _send(running: Running, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", running.port), timeout=LONGEST_S) as one:
        one.sendall(request)
        out = b""
        while chunk := one.recv(65536):
            out += chunk
    return out


def test_no_server_name_and_strict_headers(running: Running) -> None:
    status, headers, _ = _get(running, "/healthz")
    assert status == 200
    assert "Server" not in headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_the_servers_own_errors_carry_our_headers(
    make_app: Callable[..., Flask], plan: object, serve: Callable[[Flask], Running]
) -> None:
    running = serve(make_app(plan, max_url="4000"))
    huge = _send(running, b"POST /api/layers HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99000000000\r\n\r\n")
    assert huge.startswith(b"HTTP/1.1 413")
    bad = _send(running, b"nonsense\r\n\r\n")
    assert bad.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
    long = _send(running, b"GET /" + b"x" * 6000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b" 431 " in long.split(b"\r\n")[0] or b" 414 " in long.split(b"\r\n")[0]
    for answer in (huge, bad, long):
        assert b"Content-Security-Policy: default-src 'none'" in answer
        assert b"nosniff" in answer
        assert b"Server:" not in answer
        assert b"waitress" not in answer.lower()


def test_an_endless_body_is_cut_at_the_limit(
    make_app: Callable[..., Flask], plan: object, serve: Callable[[Flask], Running]
) -> None:
    running = serve(make_app(plan, max_json="200000"))
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    sent = 0
    with socket.create_connection(("127.0.0.1", running.port), timeout=LONGEST_S) as one:
        one.sendall(b"POST /api/layers HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while sent < 20_000_000:
                one.sendall(chunk)
                sent += len(chunk)
        except OSError:
            pass
    assert sent < 20_000_000
    assert _get(running, "/healthz")[0] == 200


def test_sixty_half_sent_bodies_do_not_hold_up_a_normal_request(running: Running) -> None:
    half = b"POST /api/layers HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf"
    held = [socket.create_connection(("127.0.0.1", running.port), timeout=LONGEST_S) for _ in range(60)]
    try:
        for one in held:
            one.sendall(half)
        time.sleep(0.2)
        status, _, body = _get(running, "/healthz")
        assert status == 200
        assert json.loads(body)["status"] == "ok"
    finally:
        for one in held:
            one.close()
    assert _get(running, "/layers/zones.geojson")[0] == 200


def test_no_off_site_redirect(running: Running) -> None:
    for path in ("//evil.example/x", "/%5cevil.example", "/?next=https://evil.example", "/?lang=en&lang=zh"):
        status, headers, _ = _get(running, path)
        assert "Location" not in headers
        assert status in (200, 400, 404)
