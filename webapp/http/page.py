"""The frame of every page people read: its language, words, files and plan."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from flask import Response, current_app, render_template, request

from geo.text import Text, number_text
from layers.figures.brief import brief_money
from layers.figures.figure import figure_of
from layers.figures.kept import KeptFigure
from layers.figures.presentation import value_text
from layers.units import unit_name
from webapp.http.answers import kept_answer
from webapp.http.assets import current_assets
from webapp.http.endpoints import HTML
from webapp.http.kept import Kept, Same, digest_body
from webapp.http.language import COOKIE, asked_language, current_language
from webapp.messages import MESSAGES
from webapp.state import current_library, current_settings, current_state
from webapp.version import VERSION

PAGE_SCRIPTS = ("geodesic.js",)


def answer_page(template: str, **values: Any) -> Response:  # noqa: ANN401
    """Render a page in the request's language and remember a language the address asks for."""
    return _sent(digest_body(_rendered(template, values)))


def page_once(
    template: str, depends: tuple[Hashable, ...] | None, values: Callable[[], dict[str, object]]
) -> Response:
    """Render a page once for what it depends on, in each language and for each reader.

    Parameters
    ----------
    template
        The page.
    depends
        What its values are made of: versions, marks of files, objects that are made anew when they change
        (``Same``). None where that cannot be said now, and the page is rendered.
    values
        Gives its values.
    """
    if depends is None:
        return answer_page(template, **values())
    key = _page_key(template, depends)
    return _sent(current_state().bodies.once(key, lambda: _rendered(template, values())))


def kept_page(template: str, depends: tuple[Hashable, ...] | None) -> Response | None:
    """Return a page that `page_once` has kept; None where it is to be made.

    Parameters
    ----------
    template, depends
        As `page_once` takes them.
    """
    found = None if depends is None else current_state().bodies.find(_page_key(template, depends))
    return None if found is None else _sent(found)


def _page_key(template: str, depends: tuple[Hashable, ...]) -> tuple[Hashable, ...]:
    told: dict[str, Any] = {}
    current_app.update_template_context(told)  # who reads: what every page says of them, and their rights
    return ("page", template, current_language(), told["person"], Same(current_library().catalog), *depends)


def _rendered(template: str, values: dict[str, Any]) -> bytes:
    chosen = current_language()
    return render_template(
        template,
        lang=chosen,
        other="en" if chosen == "zh" else "zh",
        plan=current_library().catalog.plan,
        said=lambda key, **v: MESSAGES.said(key, chosen, **v),
        asset=lambda name: current_assets().by_name[name].url,
        own=current_assets().own_url,
        unit_name=unit_name,
        number_text=number_text,
        value_of=_value_of,
        version=VERSION,
        **values,
    ).encode()


def _value_of(told: KeptFigure) -> Text:
    """Return a figure's value as it is read; its rows and contributions, which may be many, say nothing of it."""
    value = value_text(figure_of({**told, "rows": [], "contributions": []}))
    return Text(brief_money(value.zh), brief_money(value.en))


def _sent(made: Kept) -> Response:
    response = kept_answer(made, f"{HTML}; charset=utf-8", vary="Cookie, Accept-Language")
    wanted = asked_language()
    if wanted and request.cookies.get(COOKIE) != wanted:
        response.set_cookie(
            COOKIE, wanted, max_age=31_536_000, httponly=True, samesite="Lax", secure=current_settings().https
        )
    return response
