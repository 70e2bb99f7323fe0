"""The production server: waitress, told our limits, with our headers on the answers it makes by itself."""

from __future__ import annotations

import ipaddress
import socket

from flask import Flask
from waitress import create_server
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

from geo.errors import PlanAtlasError
from webapp.http.headers import STRICTEST
from webapp.settings import Settings


class PortTaken(PlanAtlasError):
    """Another program listens there."""

    code = "port_taken"
    zh = "{host}:{port} 已被占用或无法监听。请换一个端口，例如 --port {other}。"
    en = "{host}:{port} is taken or cannot be listened on. Choose another port, for example --port {other}."


class OpenToAll(PlanAtlasError):
    """The service would be reachable from other machines without anybody having said so."""

    code = "open_to_all"
    zh = "{host} 可被其他机器访问，而阅读不需要登录。如确实如此，请加 --public-read。"
    en = (
        "{host} can be reached from other machines and reading needs no login. Add --public-read if that is meant."
    )


class _ErrorTask(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """Waitress's own answers (too large, malformed, too slow) with our headers."""

    def execute(self) -> None:
        self.response_headers.extend((*STRICTEST.items(), ("Cache-Control", "no-store")))
        super().execute()


class _Channel(HTTPChannel):  # type: ignore[misc]
    error_task_class = _ErrorTask


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("0.0.0.0")
    (True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listening(app: Flask, settings: Settings, *, host: str, port: int, public_read: bool = False) -> object:
    """Return a waitress server that listens; ``run()`` serves until it is stopped.

    Parameters
    ----------
    app
        The service.
    settings
        In force.
    host, port
        Where to listen; port 0 for a free one.
    public_read
        Whether other machines may read.

    Raises
    ------
    OpenToAll
        The address is not loopback and ``public_read`` is not given.
    PortTaken
        The address cannot be listened on.
    """
    if not (is_loopback(host) or public_read):
        raise OpenToAll(host=host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise PortTaken(host=host, port=port, other=port + 1) from error
    server = create_server(
        app,
        sockets=[listener],
        threads=settings.number("threads"),
        ident=None,
        max_request_header_size=settings.number("max_url"),
        max_request_body_size=settings.number("max_json"),
        connection_limit=settings.number("max_connections"),
        channel_timeout=settings.number("idle_seconds"),
        cleanup_interval=5,
        clear_untrusted_proxy_headers=True,
    )
    server.channel_class = _Channel
    return server
