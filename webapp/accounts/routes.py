"""Signing in and out, one's own account, and, for administrators, everybody's accounts and the log."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Plain

from geo.errors import PlanAtlasError
from layers.errors import BadParameter
from webapp.accounts.paths import own_path, with_session
from webapp.accounts.provider import ProviderFails
from webapp.accounts.rights import current_accounts, current_person, require_administrator
from webapp.accounts.roles import ROLES, Role
from webapp.accounts.second import need_second
from webapp.http.access import SESSION, NoToken, WrongScope
from webapp.http.endpoints import HTML, Operation, Parameter, declare_operation
from webapp.http.language import current_language
from webapp.http.page import answer_page
from webapp.http.status import status_of
from webapp.state import current_state

blueprint = Blueprint("login", __name__)
_KEY = Parameter("key", "一次性链接", "key of the one-time link", path=True, example="x")
_NEXT = Parameter("next", "登录后去的页面", "where to go after signing in", example="/")
_NAME = Parameter("name", "用户名", "name of the account", path=True, example="li")
_TOKEN = Parameter("token", "令牌编号", "id of the token", path=True, example="0123456789abcdef")
_TOKEN_DAYS, _LOG_ROWS = 365, 500


def _organisation() -> dict[str, bool]:
    """Return what the page to sign in asks about the organisation's own sign-in."""
    return {"organisation": current_state().provider is not None}


@blueprint.get("/login")
@declare_operation(Operation("登录页", "The page to sign in", "accounts", HTML, parameters=(_NEXT,)), anybody=True)
def sign_in() -> Response:
    """The form."""
    return answer_page(
        "login.html", wanted=own_path(request.args.get("next", "/")), error=None, name="", **_organisation()
    )


@blueprint.post("/login")
@declare_operation(Operation("登录", "Sign in", "accounts", HTML, errors=(403,)), anybody=True)
def signed_in() -> Plain:
    """Start a session under a new key, or say that name and password do not fit."""
    name, wanted = request.form.get("name", "")[:80], own_path(request.form.get("next", "/"))
    try:
        key = current_accounts().sessions.sign_in(
            name, request.form.get("password", ""), address=request.remote_addr or ""
        )
    except PlanAtlasError as error:
        response = answer_page(
            "login.html", wanted=wanted, error=error.message(current_language()), name=name, **_organisation()
        )
        response.status_code = status_of(error)
        return response
    return with_session(redirect(wanted, 303), key)


@blueprint.post("/logout")
@declare_operation(Operation("退出", "Sign out", "accounts", HTML), anybody=True)
def sign_out() -> Plain:
    """End the session here, and at the organisation's sign-in when it was begun there."""
    key, provider = request.cookies.get(SESSION, ""), current_state().provider
    found = current_accounts().sessions.find(key) if key else None
    current_accounts().sessions.sign_out(key)
    onward = None
    if provider is not None and found is not None and found.ticket:
        with suppress(ProviderFails):  # here it is ended in any case
            onward = provider.way_out(found.ticket, url_for("pages.map_page", _external=True))
    response = redirect(onward or "/", 303)
    response.delete_cookie(SESSION)
    return response


@blueprint.get("/welcome/<key>")
@declare_operation(
    Operation(
        "用一次性链接建立账户",
        "Make an account from a one-time link",
        "accounts",
        HTML,
        parameters=(_KEY,),
        errors=(404,),
    ),
    anybody=True,
)
def welcome(key: str) -> Response:
    """The form to choose name and password."""
    return answer_page("welcome.html", key=key, role=current_accounts().link_role(key), error=None, name="")


@blueprint.post("/welcome/<key>")
@declare_operation(
    Operation("建立账户", "Make the account", "accounts", HTML, parameters=(_KEY,), errors=(404, 422)),
    anybody=True,
)
def welcomed(key: str) -> Plain:
    """Make the account, sign it in; the link ends."""
    role, name, password = (
        current_accounts().link_role(key),
        request.form.get("name", ""),
        request.form.get("password", ""),
    )
    try:
        made = current_accounts().follow(key, name, password)
    except PlanAtlasError as error:
        response = answer_page(
            "welcome.html", key=key, role=role, error=error.message(current_language()), name=name[:80]
        )
        response.status_code = status_of(error)
        return response
    current_accounts().deeds.note(made.name, "account", made.role)
    session = current_accounts().sessions.sign_in(made.name, password, address=request.remote_addr or "")
    return with_session(redirect("/", 303), session)


def _name() -> str:
    """Return the name of the account asking; a program's token has none."""
    found = current_person()
    if found is None:
        raise NoToken
    if found.role == "program":
        raise WrongScope(scope="session")
    return found.name


@blueprint.get("/account")
@declare_operation(Operation("自己的账户与令牌", "One's own account and tokens", "accounts", HTML, errors=(401,)))
def account() -> Response:
    """Password, tokens for programs."""
    return _account()


def _account(*, error: str | None = None, token: str | None = None) -> Response:
    own = current_accounts().tokens.all("token", owner=_name())
    rows = [(one.id, one.label, " ".join(one.scopes), _date(one.ends)) for one in own]
    found = current_person()
    scopes = found.scopes if found else ()
    response = answer_page("account.html", tokens=rows, token=token, error=error, scopes=scopes)
    response.headers["Cache-Control"] = "no-store"
    return response


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


@blueprint.post("/account/password")
@declare_operation(Operation("修改密码", "Change the password", "accounts", HTML, errors=(401, 422)))
def password() -> Plain:
    """Change it; every session of the account ends."""
    form = request.form
    try:
        current_accounts().sessions.change_password(
            _name(), form.get("old", ""), form.get("new", ""), address=request.remote_addr or ""
        )
    except PlanAtlasError as error:
        response = _account(error=error.message(current_language()))
        response.status_code = status_of(error)
        return response
    return redirect(url_for("login.sign_in"), 303)


@blueprint.post("/account/tokens")
@declare_operation(Operation("为程序新建令牌", "Make a token for a program", "accounts", HTML, errors=(401, 403)))
def new_token() -> Response:
    """Make a token with some of one's own rights; it is shown this once.

    Raises
    ------
    WrongScope
        A right is asked for that one has not.
    BadParameter
        The days are no number, or too many.
    """
    name, found = _name(), current_person()
    asked = tuple(request.form.getlist("scope"))
    if not asked or found is None or not set(asked) <= set(found.scopes):
        raise WrongScope(scope=", ".join(asked)[:80] or "-")
    days = request.form.get("days", "30")
    if not days.isascii() or not days.isdigit() or not 1 <= int(days[:9]) <= _TOKEN_DAYS:
        raise BadParameter(
            name="days", why_zh=f"应为 1 至 {_TOKEN_DAYS}", why_en=f"1 to {_TOKEN_DAYS} is expected"
        )
    label = request.form.get("label", "")
    _, text = current_accounts().issue(current_state().keyring, asked, days=int(days), owner=name, label=label)
    return _account(token=text)


@blueprint.post("/account/tokens/<token>/revoke")
@declare_operation(
    Operation("撤销令牌", "Revoke a token", "accounts", HTML, parameters=(_TOKEN,), errors=(401, 404))
)
def revoke(token: str) -> Plain:
    """Refuse the token from now on."""
    current_accounts().tokens.revoke(token, owner=_name())
    return redirect(url_for("login.account"), 303)


@blueprint.get("/accounts")
@declare_operation(Operation("全部账户", "All accounts", "accounts", HTML, errors=(401, 403)))
def everybody() -> Response:
    """List, invite, change."""
    return _everybody(None)


def _everybody(link: str | None) -> Response:
    require_administrator()
    response = answer_page("accounts.html", rows=current_accounts().all(), roles=ROLES, link=link)
    response.headers["Cache-Control"] = "no-store"
    return response


def _role() -> Role:
    wanted = request.form.get("role", "")
    if wanted not in ROLES:
        words = ", ".join(ROLES)
        raise BadParameter(name="role", why_zh=f"应为 {words} 之一", why_en=f"one of {words} is expected")
    return wanted


@blueprint.post("/accounts/invitations")
@declare_operation(Operation("邀请", "Invite somebody", "accounts", HTML, errors=(401, 403, 409)))
def invite() -> Response:
    """Make a one-time link with a role; it is shown this once."""
    require_administrator()
    role = _role()
    if role == "administrator":
        need_second()
    key = current_accounts().link("invitation", role)
    return _everybody(url_for("login.welcome", key=key, _external=True))


@blueprint.post("/accounts/<name>")
@declare_operation(
    Operation(
        "改变角色或停用账户",
        "Change a role or disable an account",
        "accounts",
        HTML,
        parameters=(_NAME,),
        errors=(401, 403, 409),
    )
)
def change(name: str) -> Plain:
    """Change somebody's role, or whether they may sign in."""
    require_administrator()
    role = _role()
    need_second()
    current_accounts().change(name, role=role, disabled=request.form.get("disabled") == "yes")
    return redirect(url_for("login.everybody"), 303)


@blueprint.get("/audit")
@declare_operation(Operation("写操作记录", "The log of writes", "accounts", HTML, errors=(401, 403)))
def audit() -> Response:
    """Who changed what and when, newest first."""
    require_administrator()
    rows = [
        (_date(at), who, action, detail)
        for at, who, action, detail in current_accounts().deeds.newest(limit=_LOG_ROWS)
    ]
    response = answer_page("audit.html", rows=rows)
    response.headers["Cache-Control"] = "no-store"
    return response
