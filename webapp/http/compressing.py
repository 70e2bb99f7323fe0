"""Answers packed for the way (brotli, gzip), once for one content, whose digest is the key."""

from __future__ import annotations

from flask import Flask, Request, Response, g, request
from flask_compress import Compress

from webapp.http.kept import Kept, KeptBodies, digest_body

_TYPES = [
    "text/html",
    "text/css",
    "text/javascript",
    "image/svg+xml",
    "application/json",
    "application/geo+json",
    "application/problem+json",
]


class PackedAnswers:
    """Where flask-compress keeps what it packed.

    Parameters
    ----------
    bodies
        Of the app.
    """

    def __init__(self, bodies: KeptBodies) -> None:
        self._bodies = bodies

    def get(self, key: str) -> bytes | None:
        """Return what was packed of a content."""
        found = self._bodies.find(("packed", key))
        return None if found is None else found.body

    def set(self, key: str, value: bytes) -> None:
        """Keep what was packed of a content."""
        if request.method in ("GET", "HEAD"):  # what answers a deed is told once, and may be a secret
            self._bodies.keep(("packed", key), Kept(value, key))


def install_compression(app: Flask, bodies: KeptBodies) -> None:
    """Pack what the app answers, for those who can read it."""
    app.config.update(
        COMPRESS_MIMETYPES=_TYPES,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=True,
        COMPRESS_CACHE_BACKEND=lambda: PackedAnswers(bodies),
        COMPRESS_CACHE_KEY=_content,
    )
    Compress(app)
    app.after_request(_noted)  # asked before the one above


def _noted(response: Response) -> Response:
    g.answer = response
    return response


def _content(_request: Request) -> str:
    """Return the digest of what is answered; it was taken when the answer was made, or is taken now."""
    answer: Response = g.answer
    told = g.get("digested")
    if told is not None and told[0] is answer.response:
        return str(told[1])
    return digest_body(answer.get_data()).digest
