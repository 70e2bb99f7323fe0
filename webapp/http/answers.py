"""Answers that browsers and proxies can keep: same content, same bytes, same ETag, 304 when unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import orjson
from flask import Response, g, request

from webapp.http.kept import Kept, digest_body


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
    return _answer(body, kind, tag, vary) if tag else kept_answer(digest_body(body), kind, vary=vary)


def kept_answer(kept: Kept, kind: str, *, vary: str = "") -> Response:
    """Return what is kept as a 200, or as a 304 when the reader already holds it.

    Parameters
    ----------
    kept
        The content and its digest.
    kind
        Its content type.
    vary
        Request headers the content depends on.
    """
    response = _answer(kept.body, kind, kept.digest, vary)
    g.digested = response.response, kept.digest  # the very list: another body is another content
    return response


def _answer(body: bytes, kind: str, tag: str, vary: str) -> Response:
    response = Response(body, content_type=kind)
    response.set_etag(tag)
    response.cache_control.no_cache = True
    if vary:
        response.headers["Vary"] = vary
    response.make_conditional(request)
    return response


def json_answer(value: object, kind: str = "application/json", *, tag: str = "") -> Response:
    """Return a value as JSON; not-a-number never gets out (it becomes null)."""
    return bytes_answer(orjson.dumps(value), kind, tag=tag)


def note_answer(response: Response, notes: Sequence[str]) -> Response:
    """Return a file's answer with what is to be known of it in a header, as JSON in ASCII."""
    text = orjson.dumps(list(notes)).decode()
    response.headers["X-PlanAtlas-Notes"] = text.encode("ascii", "backslashreplace").decode()[:4000]
    return response


def named_attachment(plain: str, name: str) -> str:
    """Return the header that names a file, in the reader's letters and for programs that know none but ASCII."""
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
