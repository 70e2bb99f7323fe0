"""Jobs over HTTP: accepted, followed, cancelled."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from flask import Blueprint, Response, request, url_for

from geo.text import Text
from layers.figures.figure import Figure, UnknownFigure
from layers.figures.kept_versions import publish_kept
from layers.places.polygon import Inside
from webapp.accounts.rights import current_person
from webapp.http.answers import json_answer
from webapp.http.endpoints import Operation, Parameter, declare_operation
from webapp.http.proxies import counted_address
from webapp.jobs.job import Asker, Deadline, Job
from webapp.jobs.workers import Jobs
from webapp.state import current_settings, current_shelf, current_state, look_again

blueprint = Blueprint("jobs", __name__)
LEASE_S = 30.0  # pages ask about their job every second or two
_JOB = Parameter("job", "任务编号", "job id", path=True, example="0123456789abcdef")


def current_jobs() -> Jobs:
    """Return the workers."""
    return current_state().jobs


def deadline_of(setting: str, lighter: Callable[[], Text] | None = None) -> Deadline:
    """Return the deadline that a setting gives.

    Parameters
    ----------
    setting
        Its name.
    lighter
        Says what would make the computation lighter; what any is told when None.
    """
    found = Deadline(current_settings().number(setting), setting)
    return found if lighter is None else replace(found, lighter=lighter)


def asked_job(
    function: Callable[..., Any],
    *args: object,
    deadline: Deadline | None = None,
    after: Callable[[Future[Any]], None] | None = None,
) -> Job:
    """Start a computation that somebody asks for and follows; it ends when nobody asks about it any more.

    Visitors at one address may have half of all places at a time.

    Parameters
    ----------
    function, *args
        What is called in a worker.
    deadline
        One of its own.
    after
        What follows its end, before anybody is told of it.

    Raises
    ------
    Busy
        All places are taken.
    """
    asker = replace(_asker(), lease_s=LEASE_S)
    return current_jobs().start(function, *args, deadline=deadline, asker=asker, after=after)


def _asker() -> Asker:
    found = current_person()
    return Asker(f"visitor {_counted()}", visitor=True) if found is None else Asker(found.name)


def _counted() -> str:
    return counted_address(request.remote_addr or "")


def spend(what: str, zh: str, en: str) -> None:
    """Count something made for a visitor; those signed in are not counted.

    Raises
    ------
    QuotaSpent
        Today's are spent.
    """
    if current_person() is None:
        most = current_settings().number(f"max_visitor_{what}")
        current_state().visitors.count(what, _counted(), most=most, zh=zh, en=en)


def wait_for_job(job: Job) -> Any:  # noqa: ANN401 - what the job's function returned
    """Return what a job finds, as long as whoever asked is there: one who hangs up ends it."""
    try:
        found = current_jobs().result(job, unwanted=_hung_up())
    finally:
        look_again()
    current_jobs().forget(job)
    return found


def waited_result(function: Callable[..., Any], *args: object) -> Any:  # noqa: ANN401 - what the function returned
    """Return what a computation finds for whoever asked and waits; a visitor's has its share of places only.

    Raises
    ------
    Busy
        All places are taken, or a visitor's.
    """
    return wait_for_job(current_jobs().start(function, *args, asker=_asker()))


def look_in_worker(function: Callable[..., Any], *args: object, deadline: Deadline | None = None) -> Any:  # noqa: ANN401
    """Return what a short look at a request's geometry finds.

    It runs in a child of its own kind, with a short deadline and a bound of memory, so that no shape holds a
    thread of the service, nor a place where others compute.

    Raises
    ------
    Busy
        Too many are looked at already.
    TooLong, NeedsMemory, WorkerEnded
        It was more than a look may take.
    """
    looks = current_state().looks
    job = looks.start(function, *args, deadline=deadline, asker=_asker())
    try:
        return looks.result(job, unwanted=_hung_up())
    finally:
        look_again()
        looks.forget(job)


def _hung_up() -> Callable[[], bool]:
    found: Callable[[], bool] = request.environ.get("waitress.client_disconnected", lambda: False)
    return found


def figures_of(result: object) -> tuple[Figure, ...]:
    """Return the figures of what a worker returned: one, those of a drawn polygon, or none."""
    if isinstance(result, Figure):
        return (result,)
    return tuple(result.figures) if isinstance(result, Inside) else ()


def accept_job(job: Job) -> Response:
    """Answer 202 with where to ask for the job."""
    response = json_answer(_job(job))
    response.status_code = 202
    response.headers["Location"] = url_for("jobs.job_state", job=job.id)
    response.headers["Cache-Control"] = "no-store"
    return response


def _job(job: Job) -> dict[str, Any]:
    advice = job.advice
    told: dict[str, Any] = {
        "job": job.id,
        "state": job.state,
        "done": round(job.done, 4),
        "figure": None,
        "error": None,
        "advice": advice and asdict(advice),
        "ahead": current_jobs().ahead(job),
    }
    if job.state == "done":
        told |= _found(job)
    elif job.state in ("failed", "cancelled"):
        told["error"] = current_jobs().told(job)
    return told


@dataclass(frozen=True)
class Published:
    """What a job is told to have found once its figures are on the shelf, and their ids."""

    told: dict[str, Any]
    figures: tuple[str, ...]


def published_result(result: Any) -> Published:  # noqa: ANN401 - what the worker returned
    """Return what is told of a job's result: one figure, or the rows and figures of a larger answer."""
    figures = tuple(one.id for one in figures_of(result))
    if isinstance(result, Figure):
        return Published({"figure": result.id}, figures)
    if isinstance(result, Inside):
        return Published({"figures": list(figures), "rows": result.rows}, figures)
    return Published({"rows": result}, figures)


def _found(job: Job) -> dict[str, Any]:
    result = job.future.result()
    if isinstance(result, Published):
        for key in () if job.asker.visitor else result.figures:  # asked by a visitor first, it would pass
            with suppress(UnknownFigure):
                current_shelf().keep(key)
        return result.told
    for figure in figures_of(result):
        publish_kept(
            current_shelf(), figure, current_state().library, passing=job.asker.visitor
        )  # before anybody is told of it
    found = published_result(result)
    if found.figures:
        current_jobs().settle(job.future, found)
    return found.told


@blueprint.get("/api/jobs/<job>")
@declare_operation(
    Operation("任务进度", "A job's progress", "figures", schema="Job", parameters=(_JOB,), errors=(404, 507))
)
def job_state(job: str) -> Response:
    """Where a computation stands; the figure's id when it is done, the error when it failed."""
    response = json_answer(_job(current_jobs().find(job)))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/api/jobs/<job>/cancel")
@declare_operation(
    Operation("取消任务", "Cancel a job", "figures", schema="Job", parameters=(_JOB,), errors=(403, 404)),
    computes=True,
)
def cancel(job: str) -> Response:
    """Wait for a computation no more; its worker ends at once when nobody else waits for the same."""
    found = current_jobs().find(job)
    current_jobs().leave(found)
    return json_answer(_job(found))
