"""A reverse proxy as bureaus have one in front: ``python -m tests.webapp.reverse_proxy PORT TARGET``.

It speaks plain HTTP here and says that readers came over HTTPS; what a reader says of themselves it hands on, as
most proxies do, with the address it saw after it.
"""

from __future__ import annotations

import http.client
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.waiting import LONGEST_S

_OWN = {"host", "connection", "content-length", "transfer-encoding", "x-forwarded-proto", "x-forwarded-host"}


class _Proxy(BaseHTTPRequestHandler):
    target = 0

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        told = {name: value for name, value in self.headers.items() if name.lower() not in _OWN}
        before = told.pop("X-Forwarded-For", "")
        told |= {
            "Host": f"127.0.0.1:{self.target}",
            "X-Forwarded-For": ", ".join(filter(None, (before, self.client_address[0]))),
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": self.headers.get("Host", ""),
        }
        inner = http.client.HTTPConnection("127.0.0.1", self.target, timeout=LONGEST_S)
        inner.request(self.command, self.path, body or None, told)
        answer = inner.getresponse()
        data = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _OWN:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        inner.close()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _pass_on  # noqa: N815

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


if __name__ == "__main__":
    _Proxy.target = int(sys.argv[2])
    with ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), _Proxy) as server:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        server.serve_forever()
