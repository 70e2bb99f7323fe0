"""What an administrator sees and ends: everybody's sessions, tokens, links and jobs, and what lies on the disk."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Plain

from layers.errors import BadParameter
from webapp.accounts.rights import current_accounts, require_administrator
from webapp.accounts.second import Proposals, need_second
from webapp.accounts.storage import CLEARABLE, clear, measure_storage, newest_figures, remove_figure
from webapp.http.endpoints import HTML, Operation, Parameter, declare_operation
from webapp.http.page import answer_page
from webapp.jobs.routes import current_jobs
from webapp.state import current_library, current_shelf, current_state

blueprint = Blueprint("admin", __name__)
_ID = "0123456789abcdef"
_SESSION = Parameter("session", "会话编号", "id of the session", path=True, example=_ID)
_TOKEN = Parameter("token", "令牌或链接编号", "id of the token or link", path=True, example=_ID)
_LINK = Parameter("link", "一次性链接编号", "id of the one-time link", path=True, example=_ID)
_PROPOSAL = Parameter("proposal", "待确认事项编号", "id of what waits", path=True, example=_ID)
_JOB = Parameter("job", "任务编号", "job id", path=True, example=_ID)
_WHAT = Parameter(
    "what",
    "清理的内容",
    "what is cleared",
    {"type": "string", "enum": list(CLEARABLE)},
    path=True,
    example="passing",
)
_FIGURE = Parameter("figure", "指标结果编号", "figure id", path=True, example=_ID)
_MOST_DAYS, _MOST_FIGURES = 3650, 50


@blueprint.get("/admin")
@declare_operation(
    Operation(
        "管理：会话、令牌、链接、任务、存储",
        "Sessions, tokens, links, jobs, storage of everybody",
        "accounts",
        HTML,
        errors=(401, 403),
    )
)
def admin_page() -> Response:
    """Everything that is open or kept, with a way to end or clear it."""
    require_administrator()
    known = current_accounts()
    response = answer_page(
        "admin.html",
        sessions=[(one, _date(one.made), _date(one.seen)) for one in known.sessions.all()],
        tokens=[(one, _date(one.ends)) for kind in ("token", "link") for one in known.tokens.all(kind)],
        links=[(one, _date(one.ends)) for one in known.links()],
        jobs=[(one, _date(one.began)) for one in current_jobs().all()],
        storage=measure_storage(current_state().instance, current_shelf(), current_library()),
        figures=[(one, _date(one.at)) for one in newest_figures(current_shelf(), most=_MOST_FIGURES)],
        most_figures=_MOST_FIGURES,
        clearable=CLEARABLE,
        proposals=[(one, _date(one.at)) for one in Proposals(known.file).all()],
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="minutes").replace("+00:00", "Z")


def _back() -> Plain:
    return redirect(url_for("admin.admin_page"), 303)


@blueprint.post("/admin/sessions/<session>/end")
@declare_operation(
    Operation("结束会话", "End a session", "accounts", HTML, parameters=(_SESSION,), errors=(401, 403))
)
def end_session(session: str) -> Plain:
    """Sign somebody out."""
    require_administrator()
    current_accounts().sessions.end(session)
    return _back()


@blueprint.post("/admin/tokens/<token>/revoke")
@declare_operation(
    Operation(
        "撤销任何人的令牌或限时链接",
        "Revoke anybody's token or link",
        "accounts",
        HTML,
        parameters=(_TOKEN,),
        errors=(401, 403),
    )
)
def revoke_token(token: str) -> Plain:
    """Refuse it from now on."""
    require_administrator()
    current_accounts().tokens.revoke(token)
    return _back()


@blueprint.post("/admin/links/<link>/end")
@declare_operation(
    Operation("结束一次性链接", "End a one-time link", "accounts", HTML, parameters=(_LINK,), errors=(401, 403))
)
def end_link(link: str) -> Plain:
    """Nobody can follow it any more."""
    require_administrator()
    current_accounts().end_link(link)
    return _back()


@blueprint.post("/admin/proposals/<proposal>/end")
@declare_operation(
    Operation(
        "不同意",
        "Let something that waits for a second person go",
        "accounts",
        HTML,
        parameters=(_PROPOSAL,),
        errors=(401, 403),
    )
)
def end_proposal(proposal: str) -> Plain:
    """It is not done; whoever wants it asks anew."""
    require_administrator()
    Proposals(current_accounts().file).drop(proposal)
    return _back()


@blueprint.post("/admin/jobs/<job>/end")
@declare_operation(
    Operation("结束任务", "End a job", "accounts", HTML, parameters=(_JOB,), errors=(401, 403, 404))
)
def end_job(job: str) -> Plain:
    """Stop a computation, whoever waits for it."""
    require_administrator()
    current_jobs().end(current_jobs().find(job))
    return _back()


@blueprint.post("/admin/figures/<figure>/remove")
@declare_operation(
    Operation(
        "移除指标结果",
        "Take a figure off the shelf",
        "accounts",
        HTML,
        parameters=(_FIGURE,),
        errors=(401, 403, 409),
    )
)
def end_figure(figure: str) -> Plain:
    """It has no page any more; asked again it is computed again."""
    require_administrator()
    need_second()
    remove_figure(current_shelf(), figure)
    return _back()


@blueprint.post("/admin/storage/<what>/clear")
@declare_operation(
    Operation("清理存储", "Clear storage", "accounts", HTML, parameters=(_WHAT,), errors=(400, 401, 403, 409))
)
def clear_storage(what: str) -> Plain:
    """Take away all of a kind that is older than so many days.

    Raises
    ------
    BadParameter
        There is no such kind, or the days are no number.
    """
    require_administrator()
    days = request.form.get("days", "")
    if what not in CLEARABLE:
        words = ", ".join(CLEARABLE)
        raise BadParameter(name="what", why_zh=f"应为 {words} 之一", why_en=f"one of {words} is expected")
    if not (days.isascii() and days.isdigit() and len(days) < 5 and int(days) <= _MOST_DAYS):
        raise BadParameter(name="days", why_zh=f"应为 0 至 {_MOST_DAYS}", why_en=f"0 to {_MOST_DAYS} is expected")
    need_second()
    clear(what, current_state().instance, current_shelf(), current_library(), days=int(days))
    return _back()
