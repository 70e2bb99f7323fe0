"""The production server: waitress, told our limits, with our headers on the answers it makes by itself."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Callable
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask

from geo.errors import PlanAtlasError
from webapp.http.headers import STRICTEST
from webapp.http.proxies import Proxies, counted_address, is_trusted
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


class _ErrorTask(ErrorTask):
    """Waitress's own answers (too large, malformed, too slow) with our headers."""

    def execute(self) -> None:
        self.response_headers = [*self.response_headers, *STRICTEST.items(), ("Cache-Control", "no-store")]
        super().execute()


_REFUSED = b"HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 5\r\n\r\n"


class _Channel(HTTPChannel):
    """A connection. A client that has its share of them gets a new one for its longest idle, or none."""

    error_task_class = _ErrorTask
    most_of_one = 0
    shared: Callable[[str], bool] = staticmethod(lambda _address: False)

    def __init__(self, server: Any, sock: socket.socket, addr: Any, adj: Any, map: Any = None) -> None:  # noqa: ANN401
        self.client = counted_address(addr[0]) if isinstance(addr, tuple) else ""
        super().__init__(server, sock, addr, adj, map=map)
        if not isinstance(addr, tuple) or self.shared(addr[0]):
            return
        own = [one for one in server.active_channels.values() if one.client == self.client and not one.will_close]
        if len(own) <= self.most_of_one:
            return
        idle = [one for one in own if one is not self and not one.requests and not one.total_outbufs_len]
        if idle:
            min(idle, key=lambda one: one.last_activity).will_close = True
            return
        with contextlib.suppress(OSError):
            sock.send(_REFUSED)
        self.will_close = True


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


def listening_server(app: Flask, settings: Settings, *, host: str, port: int, public_read: bool = False) -> object:
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
        Proxies(app, settings.networks, settings.text("public_address")),
        sockets=[listener],
        threads=settings.number("threads"),
        ident=None,
        max_request_header_size=settings.number("max_url"),
        max_request_body_size=settings.number("max_json"),
        connection_limit=settings.number("max_connections"),
        channel_timeout=settings.number("idle_seconds"),
        cleanup_interval=5,
        clear_untrusted_proxy_headers=not settings.networks,
        channel_request_lookahead=1,  # so that a client that hangs up is noticed
        asyncore_use_poll=True,
    )
    most, networks = settings.number("max_client_connections"), settings.networks
    assert isinstance(server, BaseWSGIServer)  # there is one socket
    server.channel_class = type(
        "_Channel",
        (_Channel,),
        {"most_of_one": most, "shared": staticmethod(lambda address: is_trusted(address, networks))},
    )
    return server
