"""Jobs over HTTP: accepted, followed, cancelled."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from layers.figures.figure import Figure
from layers.figures.kept_versions import publish_kept
from layers.places.polygon import Inside
from webapp.http.answers import json_answer
from webapp.http.endpoints import Operation, Parameter, operation
from webapp.jobs.workers import Job, Jobs
from webapp.state import library, shelf, state

blueprint = Blueprint("jobs", __name__)
_JOB = Parameter("job", "任务编号", "job id", path=True, example="0123456789abcdef")


def jobs() -> Jobs:
    """Return the workers."""
    return state().jobs


def figures_of(result: object) -> tuple[Figure, ...]:
    """Return the figures of what a worker returned: one, those of a drawn polygon, or none."""
    if isinstance(result, Figure):
        return (result,)
    return tuple(result.figures) if isinstance(result, Inside) else ()


def accepted(job: Job) -> Response:
    """Answer 202 with where to ask for the job."""
    response = json_answer(_job(job))
    response.status_code = 202
    response.headers["Location"] = url_for("jobs.job_state", job=job.id)
    response.headers["Cache-Control"] = "no-store"
    return response


def _job(job: Job) -> dict[str, Any]:
    told: dict[str, Any] = {
        "job": job.id,
        "state": job.state,
        "done": round(job.done, 4),
        "figure": None,
        "error": None,
    }
    if job.state == "done":
        told |= _found(job.future.result())
    elif job.state in ("failed", "cancelled"):
        told["error"] = jobs().told(job)
    return told


def _found(result: Any) -> dict[str, Any]:  # noqa: ANN401 - what the worker returned
    """Return what a job found: one figure, or the rows and figures of a larger answer."""
    for figure in figures_of(result):
        publish_kept(shelf(), figure, library())  # the shelf holds it before anybody is told of it
    if isinstance(result, Figure):
        return {"figure": result.id}
    if isinstance(result, Inside):
        return {"figures": [f.id for f in result.figures], "rows": result.rows}
    return {"rows": result}


@blueprint.get("/api/jobs/<job>")
@operation(Operation("任务进度", "A job's progress", "figures", schema="Job", parameters=(_JOB,),
                     errors=(404, 507)))  # fmt: skip
def job_state(job: str) -> Response:
    """Where a computation stands; the figure's id when it is done, the error when it failed."""
    response = json_answer(_job(jobs().find(job)))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/api/jobs/<job>/cancel")
@operation(
    Operation("取消任务", "Cancel a job", "figures", schema="Job", parameters=(_JOB,), errors=(403, 404)),
    computes=True,
)
def cancel(job: str) -> Response:
    """Wait for a computation no more; its worker ends at once when nobody else waits for the same."""
    found = jobs().find(job)
    jobs().leave(found)
    return json_answer(_job(found))
