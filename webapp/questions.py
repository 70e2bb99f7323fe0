"""Questions over HTTP: asked of chosen layers or of a drawn polygon, computed in workers, with progress."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import geopandas as gpd
import orjson
import shapely
from flask import Blueprint, Response, current_app, request, url_for

from layers.asking import asked
from layers.compute import answer, needs_drawn
from layers.declare import Text
from layers.drawn import Inside, inside
from layers.figures import Figure, FigureNotKept, FigureShelf
from layers.geometry import FAMILIES, checked_geometry
from layers.inputs import DRAWN, drawn_of
from layers.library import Library
from layers.statistics import Statistic, read_promises
from webapp.access import BadParameter, OverLimit
from webapp.answers import json_answer
from webapp.endpoints import Operation, Parameter, operation
from webapp.jobs import Job, Jobs
from webapp.rights import sees_restricted
from webapp.services import library, settings, shelf
from webapp.version import VERSION

blueprint = Blueprint("questions", __name__)
_JOB = Parameter("job", "任务编号", "job id", path=True, example="0123456789abcdef")


def jobs() -> Jobs:
    """Return the workers."""
    found: Jobs = current_app.extensions["planatlas.jobs"]
    return found


def computed(
    opened: Library,
    progress: Callable[[float, float], None],
    statistic: Statistic,
    polygon: bytes | None,
    restricted: bool,
) -> Figure:
    """Compute one figure in a worker."""
    return answer(opened, progress, statistic, software=VERSION, drawn=drawn_frame(polygon), restricted=restricted)


def drawn_frame(polygon: bytes | None) -> gpd.GeoDataFrame | None:
    """Return a drawn polygon (WKB, longitude/latitude) as a frame."""
    if polygon is None:
        return None
    return gpd.GeoDataFrame(index=["drawn"], geometry=[shapely.from_wkb(polygon)], crs="EPSG:4326")


def polygon_of_figure(told: Mapping[str, Any]) -> bytes | None:
    """Return the polygon a published figure was asked of as WKB, or None."""
    frame = drawn_of(told)
    return None if frame is None else bytes(shapely.to_wkb(frame.geometry.iloc[0]))


def start(statistic: Statistic, polygon: bytes | None = None) -> Job:
    """Start a computation; its figure is published when it is done."""
    keep = _with_room()
    job = jobs().start(computed, statistic, polygon, sees_restricted())

    job.future.add_done_callback(lambda future: publish(future, keep))
    return job


def _with_room() -> FigureShelf:
    """Return the shelf when it can take one more figure.

    Raises
    ------
    OverLimit
        It is full; nothing is thrown away by itself, for addresses are permanent.
    """
    keep, most = shelf(), settings().number("max_figures")
    seen = len(keep.ids())
    if seen >= most:
        raise OverLimit(limit="figures", seen=seen, most=most, setting="max_figures")
    return keep


def publish(future: Any, keep: FigureShelf) -> None:  # noqa: ANN401 - a finished future
    """Put what a computation found on the shelf."""
    if future.cancelled() or future.exception() is not None:
        return
    try:
        for figure in _figures(future.result()):
            keep.publish(figure)
    except FigureNotKept as error:  # whoever asks for the job is told again
        logging.getLogger(__name__).error("%s", error.message("en"))


def _figures(result: object) -> tuple[Figure, ...]:
    """Return the figures of what a worker returned: one, those of a drawn polygon, or none."""
    if isinstance(result, Figure):
        return (result,)
    return tuple(result.figures) if isinstance(result, Inside) else ()


@blueprint.post("/api/figures")
@operation(
    Operation("提出一个问题（可带绘制的多边形），返回任务", "Ask a question, drawn polygon or not; answers a job",
              "figures", schema="Job", errors=(403, 413, 422, 503), body="Question"),
    computes=True,
)  # fmt: skip
def ask() -> Response:
    """Start a computation for a question in the words of a statistic."""
    body = json_body()
    polygon = polygon_of(body.pop("polygon", None), settings().number("max_vertices"))
    labels = {layer.id: layer.label for layer in library().layers(restricted=sees_restricted())}
    return accepted(start(*question_of(body, labels, polygon)))


def question_of(
    body: dict[str, Any], labels: dict[str, Text], polygon: bytes | None
) -> tuple[Statistic, bytes | None]:
    """Return a question and the polygon it is asked of, if it is asked of one.

    Raises
    ------
    BadQuestion
        It means nothing.
    BadParameter
        It is asked of a polygon, and none was drawn.
    """
    question = asked(body, labels | {DRAWN: Text("绘制的范围", "the drawn polygon")})
    if not needs_drawn(question):
        return question, None
    if polygon is None:
        raise BadParameter(name="polygon", why_zh="需要绘制的多边形", why_en="a drawn polygon is needed")
    return question, polygon


def json_body() -> dict[str, Any]:
    """Return the request's JSON object.

    Raises
    ------
    BadParameter
        It is not strict JSON, or not an object.
    """
    try:
        body = orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        raise BadParameter(name="body", why_zh="不是有效的 JSON", why_en="it is not valid JSON") from None
    if not isinstance(body, dict):
        raise BadParameter(name="body", why_zh="应为 JSON 对象", why_en="a JSON object is expected")
    return body


def polygon_of(given: object, most: int) -> bytes | None:
    """Return a drawn GeoJSON polygon of at most so many vertices as WKB.

    Raises
    ------
    BadParameter
        It is not a valid polygon in longitude/latitude.
    OverLimit
        It has too many vertices.
    """
    if given is None:
        return None
    seen = str(given).count(",")
    if seen > most * 6:
        raise OverLimit(limit="polygon", seen=seen, most=most, setting="max_vertices")
    checked = checked_geometry(given, families=FAMILIES["polygon"], datum="WGS84")
    if checked.shape is None:
        why = checked.issues[0] if checked.issues else None
        raise BadParameter(name="polygon", why_zh=why.zh if why else "为空", why_en=why.en if why else "empty")
    vertices = int(shapely.get_num_coordinates(checked.shape))
    if vertices > most:
        raise OverLimit(limit="polygon", seen=vertices, most=most, setting="max_vertices")
    return bytes(shapely.to_wkb(checked.shape))


def accepted(job: Job) -> Response:
    """Answer 202 with where to ask for the job."""
    response = json_answer(_job(job))
    response.status_code = 202
    response.headers["Location"] = url_for("questions.job_state", job=job.id)
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
    for figure in _figures(result):
        shelf().publish(figure)  # the shelf holds it before anybody is told of it
    if isinstance(result, Figure):
        return {"figure": result.id}
    if isinstance(result, Inside):
        return {"figures": [f.id for f in result.figures], "rows": result.rows}
    return {"rows": result}


def polygon_report(
    opened: Library, progress: Callable[[float, float], None], polygon: bytes, restricted: bool
) -> Inside:
    """Answer everything about a drawn polygon, in a worker."""
    known = tuple(read_promises(opened.folder).statistics.values())
    frame = drawn_frame(polygon)
    return inside(opened, progress, known, drawn=frame, software=VERSION, restricted=restricted)


@blueprint.post("/api/polygon")
@operation(
    Operation("绘制范围内的用地、覆盖率、项目和约束", "All that can be said of a drawn polygon",
              "figures", schema="Job", errors=(403, 413, 422, 503), body="Drawn"),
    computes=True,
)  # fmt: skip
def polygon() -> Response:
    """Start everything that can be said of a drawn polygon."""
    drawn = polygon_of(json_body().get("polygon"), settings().number("max_vertices"))
    if drawn is None:
        raise BadParameter(name="polygon", why_zh="需要绘制的多边形", why_en="a drawn polygon is needed")
    keep = _with_room()
    job = jobs().start(polygon_report, drawn, sees_restricted())
    job.future.add_done_callback(lambda future: publish(future, keep))
    return accepted(job)


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
