"""The frame of every page people read: its language, words, files and plan."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from layers.figures.figure import figure_of
from layers.figures.presentation import value_text
from layers.units import unit_name
from webapp.http.answers import bytes_answer
from webapp.http.assets import assets
from webapp.http.endpoints import HTML
from webapp.http.language import COOKIE, asked_language, language
from webapp.messages import MESSAGES
from webapp.state import library, settings
from webapp.version import VERSION

PAGE_SCRIPTS = ("proj4.js", "geodesic.js")


def page(template: str, **values: Any) -> Response:  # noqa: ANN401
    """Render a page in the request's language and remember a language the address asks for."""
    chosen = language()
    html = render_template(
        template,
        lang=chosen,
        other="en" if chosen == "zh" else "zh",
        plan=library().catalog.plan,
        said=lambda key, **v: MESSAGES.said(key, chosen, **v),
        asset=lambda name: assets().by_name[name].url,
        own=assets().own_url,
        unit_name=unit_name,
        value_of=lambda told: value_text(figure_of(told)),
        version=VERSION,
        **values,
    )
    response = bytes_answer(html.encode(), f"{HTML}; charset=utf-8", vary="Cookie, Accept-Language")
    wanted = asked_language()
    if wanted and request.cookies.get(COOKIE) != wanted:
        response.set_cookie(
            COOKIE, wanted, max_age=31_536_000, httponly=True, samesite="Lax", secure=settings().https
        )
    return response
