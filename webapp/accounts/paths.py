"""What the ways of signing in share: where it leads, and the cookie it gives."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response as Plain

from webapp.http.access import SESSION
from webapp.state import current_settings, current_state


def own_path(text: str) -> str:
    """Return an address of this service; anything that could lead elsewhere becomes the map."""
    safe = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if safe else "/"


def with_session(response: Plain, key: str) -> Plain:
    """Return an answer that begins a session in the browser; the one it had before ends."""
    before = request.cookies.get(SESSION)
    if before:
        current_state().accounts.sessions.sign_out(before)
    secure = current_settings().https
    response.set_cookie(SESSION, key, httponly=True, samesite="Lax", secure=secure, max_age=7 * 86_400)
    response.headers["Cache-Control"] = "no-store"
    return response
