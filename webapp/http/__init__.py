"""What every request and answer has: access, headers, language, words, pages' frame, the API document.

Called as their modules are: ``page.page`` fills a page's template, ``language.language`` is the reader's,
``assets.assets`` are the files a page needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from webapp.http.access import BadToken, Keyring, NoToken, Token, WrongScope, current_token
    from webapp.http.answers import bytes_answer, json_answer, note_answer
    from webapp.http.assets import Assets
    from webapp.http.bodies import json_body
    from webapp.http.endpoints import Operation, Parameter, declare_operation
    from webapp.http.openapi import undeclared_views
    from webapp.http.running import run
    from webapp.http.server import listening_server
    from webapp.http.status import status_of

__all__ = [
    "Assets",
    "BadToken",
    "Keyring",
    "NoToken",
    "Operation",
    "Parameter",
    "Token",
    "WrongScope",
    "bytes_answer",
    "current_token",
    "declare_operation",
    "json_answer",
    "json_body",
    "listening_server",
    "note_answer",
    "run",
    "status_of",
    "undeclared_views",
]

__getattr__ = lazy_face(__name__)
