"""Questions over HTTP: asked of chosen layers or of a drawn polygon, computed in workers, with progress."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from layers.errors import BadParameter, OverLimit
from layers.figures.answer import answer
from layers.figures.figure import Figure, FigureNotKept, FigureShelf
from layers.figures.kept_versions import publish_kept
from layers.figures.question import read_questions
from layers.library.library import Library
from layers.places.polygon import Inside, drawn_frame, inside, polygon_of, question_of
from layers.plan.statistics import Statistic
from webapp.accounts.rights import sees_restricted
from webapp.http.bodies import json_body
from webapp.http.endpoints import Operation, operation
from webapp.jobs.routes import accepted, figures_of, jobs
from webapp.jobs.workers import Job
from webapp.state import library, settings, shelf
from webapp.version import VERSION

blueprint = Blueprint("questions", __name__)


def computed(
    opened: Library,
    progress: Callable[[float, float], None],
    statistic: Statistic,
    polygon: bytes | None,
    restricted: bool,
) -> Figure:
    """Compute one figure in a worker."""
    return answer(opened, progress, statistic, software=VERSION, drawn=drawn_frame(polygon), restricted=restricted)


def start(statistic: Statistic, polygon: bytes | None = None) -> Job:
    """Start a computation; its figure is published when it is done."""
    keep, opened = _with_room(), library()
    job = jobs().start(computed, statistic, polygon, sees_restricted())

    job.future.add_done_callback(lambda future: publish(future, keep, opened))
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


def publish(future: Any, keep: FigureShelf, opened: Library) -> None:  # noqa: ANN401 - a finished future
    """Put what a computation found on the shelf, with the data it was made of."""
    if future.cancelled() or future.exception() is not None:
        return
    try:
        for figure in figures_of(future.result()):
            publish_kept(keep, figure, opened)
    except FigureNotKept as error:  # whoever asks for the job is told again
        logging.getLogger(__name__).error("%s", error.message("en"))


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


def polygon_report(
    opened: Library, progress: Callable[[float, float], None], polygon: bytes, restricted: bool
) -> Inside:
    """Answer everything about a drawn polygon, in a worker."""
    known = tuple(read_questions(opened.folder).statistics.values())
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
    keep, opened = _with_room(), library()
    job = jobs().start(polygon_report, drawn, sees_restricted())
    job.future.add_done_callback(lambda future: publish(future, keep, opened))
    return accepted(job)
