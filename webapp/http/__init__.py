"""What every request and answer has: access, headers, language, words, pages' frame, the API document.

Called as their modules are: ``page.page`` fills a page's template, ``language.language`` is the reader's,
``assets.assets`` are the files a page needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from webapp.http.access import BadToken, Keyring, NoToken, Token, WrongScope, current_token
    from webapp.http.answers import bytes_answer, json_answer, noted
    from webapp.http.assets import Assets
    from webapp.http.bodies import json_body
    from webapp.http.endpoints import Operation, Parameter, operation
    from webapp.http.openapi import undeclared
    from webapp.http.running import run
    from webapp.http.server import listening
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
    "json_answer",
    "json_body",
    "listening",
    "noted",
    "operation",
    "run",
    "status_of",
    "undeclared",
]

__getattr__ = lazy_face(__name__)
