"""Behind a proxy: what a trusted one says of the reader's address and of how the service was reached.

Nobody else is believed: the headers of a peer that the setting ``proxies`` does not name are taken away.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_SAID = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_BY",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
)


def is_trusted(address: str, networks: Sequence[Network]) -> bool:
    """Whether an address is a named proxy's.

    Examples
    --------
    >>> is_trusted("10.1.2.3", [ipaddress.ip_network("10.0.0.0/8")]), is_trusted("unknown", [])
    (True, False)
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found.version == one.version and found in one for one in networks)


def client_address(peer: str, forwarded: str, networks: Sequence[Network]) -> str:
    """Return who asks: the last address of ``X-Forwarded-For`` that no trusted proxy has.

    Examples
    --------
    >>> near = [ipaddress.ip_network("10.0.0.0/8")]
    >>> client_address("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.9", near)
    '1.2.3.4'
    >>> client_address("1.2.3.4", "6.6.6.6", near)
    '1.2.3.4'
    """
    known = peer
    for said in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not is_trusted(known, networks):
            break
        try:
            ipaddress.ip_address(said)
        except ValueError:
            break
        known = said
    return known


def counted_address(address: str) -> str:
    """Return what limits count an address as: one client of IPv6 has a whole network of 64 bits.

    Examples
    --------
    >>> counted_address("2001:db8:1:2:3:4:5:6"), counted_address("::ffff:1.2.3.4"), counted_address("1.2.3.4")
    ('2001:db8:1:2::/64', '1.2.3.4', '1.2.3.4')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, ipaddress.IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), 64), strict=False))


class Proxies:
    """A WSGI layer that puts the reader's own address and scheme where the app looks for them.

    Parameters
    ----------
    app
        What answers.
    networks
        The proxies that are believed.
    public_address
        How readers reach the service (``https://maps.example``); links that leave are made with it.
    """

    def __init__(self, app: Callable[..., Any], networks: Sequence[Network], public_address: str) -> None:
        self._app, self._networks = app, networks
        self._public = urlsplit(public_address)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request as its own client sent it."""
        peer = environ.get("REMOTE_ADDR", "")
        if is_trusted(peer, self._networks):
            environ["REMOTE_ADDR"] = client_address(peer, environ.get("HTTP_X_FORWARDED_FOR", ""), self._networks)
            proto = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
            if proto in ("http", "https"):
                environ["wsgi.url_scheme"] = proto
            if self._public.netloc:
                environ["wsgi.url_scheme"], environ["HTTP_HOST"] = self._public.scheme, self._public.netloc
        for name in _SAID:
            environ.pop(name, None)
        found: Iterable[bytes] = self._app(environ, start_response)
        return found
