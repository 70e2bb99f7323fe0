"""Signing in and out through the organisation's identity provider: there, back, and its own sign-out."""

from __future__ import annotations

import time

from flask import Blueprint, Response, redirect, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as Plain

from geo.errors import PlanAtlasError
from webapp.accounts.passwords import SignInRefused
from webapp.accounts.paths import own_path, with_session
from webapp.accounts.provider import Attempt, NoProvider, Provider, welcome_person
from webapp.accounts.rights import current_accounts
from webapp.http.endpoints import HTML, Operation, Parameter, declare_operation
from webapp.http.language import current_language
from webapp.http.page import answer_page
from webapp.http.status import status_of
from webapp.state import current_settings, current_state

blueprint = Blueprint("organisation", __name__)
_ATTEMPT, _ATTEMPT_S = "planatlas_attempt", 600
_NEXT = Parameter("next", "登录后去的页面", "where to go after signing in", example="/")
_CODE, _STATE = (Parameter(name, "统一登录的回答", "answer of the sign-in") for name in ("code", "state"))


def _provider() -> Provider:
    found = current_state().provider
    if found is None:
        raise NoProvider
    return found


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_state().keyring.keys()[::-1], salt="planatlas.attempt")


def _back() -> str:
    return url_for("organisation.came_back", _external=True)


@blueprint.get("/login/organisation")
@declare_operation(
    Operation(
        "经统一登录", "Sign in through the organisation", "accounts", HTML, parameters=(_NEXT,), errors=(404, 503)
    ),
    anybody=True,
)
def way_in() -> Plain:
    """Send somebody to the organisation's sign-in, and remember in their browser what its answer has to fit."""
    address, made = _provider().way_in(_back(), own_path(request.args.get("next", "/")))
    response = redirect(address, 303)
    kept = _signer().dumps([made.state, made.nonce, made.verifier, made.wanted, time.time() + _ATTEMPT_S])
    response.set_cookie(
        _ATTEMPT,
        str(kept),
        httponly=True,
        samesite="Lax",
        secure=current_settings().https,
        max_age=_ATTEMPT_S,
        path="/login/organisation",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/login/organisation/back")
@declare_operation(
    Operation(
        "自统一登录返回",
        "Back from the organisation's sign-in",
        "accounts",
        HTML,
        parameters=(_CODE, _STATE),
        errors=(403, 404, 503),
    ),
    anybody=True,
)
def came_back() -> Plain:
    """Begin a session for whom the provider says it is; whatever does not fit is refused."""
    provider = _provider()
    try:
        made = _attempt()
        claims, ticket = provider.came_back(request.url, _back(), made)
        key = welcome_person(current_accounts(), provider, claims, ticket, address=request.remote_addr or "")
    except PlanAtlasError as error:
        refused: Response = answer_page(
            "login.html", wanted="/", error=error.message(current_language()), name="", organisation=True
        )
        refused.status_code = status_of(error)
        return refused
    response = with_session(redirect(made.wanted, 303), key)
    response.delete_cookie(_ATTEMPT, path="/login/organisation")
    return response


def _attempt() -> Attempt:
    try:
        *said, ends = _signer().loads(request.cookies.get(_ATTEMPT, ""))
    except (BadSignature, ValueError, TypeError):
        raise SignInRefused from None
    made = Attempt(*said)
    if ends < time.time() or request.args.get("state") != made.state:
        raise SignInRefused
    return made


@blueprint.post("/login/organisation/ended")
@declare_operation(
    Operation("统一登录通知退出", "The organisation's sign-in tells of a sign-out", "accounts", errors=(403, 404)),
    anybody=True,
)
def ended() -> Response:
    """End the sessions of somebody who signed out at the provider (back-channel logout)."""
    subject = _provider().signed_out(request.form.get("logout_token", ""))
    current_accounts().sessions.end_all(subject)
    response = Response("", 200, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
