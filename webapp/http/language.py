"""Which of the two languages a request reads: ``?lang=``, else the cookie, else the browser's, else ours."""

from __future__ import annotations

from flask import g, request

from webapp.state import current_settings

LANGUAGES = ("zh", "en")
COOKIE = "lang"


def current_language() -> str:
    """Return ``zh`` or ``en`` for this request."""
    if "language" not in g:
        g.language = _chosen()
    return str(g.language)


def asked_language() -> str | None:
    """Return the language the address asks for, if any."""
    wanted = request.args.get("lang", "")
    return wanted if wanted in LANGUAGES else None


def _chosen() -> str:
    kept = request.cookies.get(COOKIE, "")
    spoken = (
        request.accept_languages.best_match(["zh", "zh-CN", "zh-Hans", "en"]) if request.accept_languages else None
    )
    default = current_settings().text("language")
    return asked_language() or (kept if kept in LANGUAGES else None) or (spoken[:2] if spoken else default)
