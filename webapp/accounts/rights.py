"""Who is asking, and what they may do: a session at the browser, or a program's token."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import Flask, Response, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as Plain

from webapp.accounts.accounts import Accounts
from webapp.accounts.links import opened_by_link
from webapp.accounts.own_files import OwnFileFails
from webapp.accounts.roles import SCOPES_OF
from webapp.http.access import SAFE, SESSION, BadToken, NoToken, WrongScope, current_token
from webapp.settings import Settings
from webapp.state import current_library, current_state

_BEGUN = "begun"  # a line of the log whose write never ended: the service was stopped in it


@dataclass(frozen=True)
class Person:
    """Somebody signed in, or a program with the token of somebody; ``account`` is whose rights they are."""

    name: str
    role: str
    scopes: tuple[str, ...]
    account: str


def install_rights(app: Flask, settings: Settings) -> None:
    """Refuse what needs somebody signed in, and log every write; after the checks of ``access``."""
    closed = settings.text("read") == "login"

    app.before_request(partial(_refused, closed=closed))
    app.after_request(_logged)
    app.context_processor(lambda: {"person": current_person()})


def _refused(*, closed: bool) -> Plain | None:
    """Refuse what needs somebody signed in; a write is put into the log before it is done."""
    if "Authorization" in request.headers:
        current_person()  # a credential that is none is told, also where none is needed
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "anybody", False) or request.blueprint == "assets":
        return None
    if getattr(view, "linked", False) and opened_by_link(request.path, request.args):
        return None
    writes = request.method not in SAFE and not getattr(view, "computes", False)
    found = current_person() if writes or closed else None
    if found is not None and writes:
        _note(found)
    if not (writes or closed) or found is not None:
        return None
    if writes or request.path.startswith(("/api/", "/layers/", "/features/")):
        raise NoToken
    return redirect(url_for("login.sign_in", next=request.full_path.rstrip("?")))


def _logged(response: Response) -> Response:
    """Say in the log how a write ended."""
    found, begun, done = g.get("person"), g.get("noted"), response.status_code < 400
    kept = done or response.status_code >= 500  # a refusal changes nothing; a failure may have
    try:
        if begun is not None:
            current_accounts().deeds.noted(begun, str(response.status_code) if kept else "")
        elif request.method not in SAFE and found is not None and done:
            current_accounts().deeds.note(found.name, _deed(), str(response.status_code))
    except OwnFileFails as error:  # what was done is done, and is told as it ended
        current_app.logger.error("%s %s: %s", _deed(), response.status_code, error.message("en"))
    return response


def _note(who: Person) -> None:
    """Log a write before it is done: one that cannot be logged is refused, and nothing is done."""
    try:
        g.noted = current_accounts().deeds.note(who.name, _deed(), _BEGUN)
    except OwnFileFails as error:
        if request.method != "DELETE":  # which frees room, or fails by itself
            raise
        current_app.logger.error("%s by %s: %s", _deed(), who.name, error.message("en"))


def _deed() -> str:
    return f"{request.method} {request.path}"[:200]


def current_accounts() -> Accounts:
    """Return the installation's accounts."""
    return current_state().accounts


def current_person() -> Person | None:
    """Return who is asking; None for a visitor."""
    if "person" not in g:
        g.person = _person()
    found: Person | None = g.person
    return found


def _person() -> Person | None:
    """Return who is asking, with the rights that account and credential have at this moment."""
    token = current_token()
    if token is not None:
        issued = current_accounts().tokens.in_force(token.id)
        if issued is None or issued.kind != "token":
            raise BadToken
        allowed = tuple(one for one in issued.scopes if one in token.scopes)
        return Person(f"token {token.id}", "program", allowed, issued.owner)
    key = request.cookies.get(SESSION)
    found = current_accounts().sessions.find(key) if key else None
    return None if found is None else Person(found.name, found.role, SCOPES_OF[found.role], found.name)


def require_editor(scope: str = "layers:write") -> Person:
    """Return the person asking, who must hold a scope.

    Raises
    ------
    NoToken
        Nobody is signed in.
    WrongScope
        They may not do this.
    """
    found = current_person()
    if found is None:
        raise NoToken
    if scope not in found.scopes:
        raise WrongScope(scope=scope)
    return found


def require_administrator() -> Person:
    """Return the person asking, who must be an administrator.

    Raises
    ------
    NoToken, WrongScope
        They are not.
    """
    return require_editor("admin")


def hidden_layers() -> frozenset[str]:
    """Return the ids of the layers that the reader may not know of."""
    found = current_state().closed.hidden(current_library().catalog)  # whoever asks: which there are is remembered
    return frozenset() if sees_restricted() else found


def sees_restricted() -> bool:
    """Whether the reader may know of restricted layers."""
    found = current_person()
    return found is not None and "restricted:read" in found.scopes
