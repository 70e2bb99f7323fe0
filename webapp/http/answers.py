"""Answers that browsers and proxies can keep: same content, same bytes, same ETag, 304 when unchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import orjson
from flask import Response, request


def bytes_answer(body: bytes, kind: str, *, tag: str = "", vary: str = "") -> Response:
    """Return a 200, or a 304 when the reader already holds it.

    Parameters
    ----------
    body
        The content.
    kind
        Its content type.
    tag
        What the content depends on; the content's own hash when empty.
    vary
        Request headers the content depends on.
    """
    response = Response(body, content_type=kind)
    response.set_etag(tag or hashlib.sha256(body).hexdigest()[:32])
    response.cache_control.no_cache = True
    if vary:
        response.headers["Vary"] = vary
    response.make_conditional(request)
    return response


def json_answer(value: object, kind: str = "application/json", *, tag: str = "") -> Response:
    """Return a value as JSON; not-a-number never gets out (it becomes null)."""
    return bytes_answer(orjson.dumps(value), kind, tag=tag)


def noted(response: Response, notes: Sequence[str]) -> Response:
    """Return a file's answer with what is to be known of it in a header, as JSON in ASCII."""
    text = orjson.dumps(list(notes)).decode()
    response.headers["X-PlanAtlas-Notes"] = text.encode("ascii", "backslashreplace").decode()[:4000]
    return response
