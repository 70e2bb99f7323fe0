"""Questions over HTTP: asked of chosen layers or of a drawn polygon, computed in workers, with progress."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any

from flask import Blueprint, Response

from geo.errors import PlanAtlasError
from geo.text import Text
from layers.errors import BadParameter
from layers.figures.answer import answer
from layers.figures.figure import Figure, FigureNotKept, FigureShelf
from layers.figures.kept_versions import publish_kept
from layers.figures.lighter import lighter_drawing, lighter_question
from layers.figures.question import asked_day, read_questions
from layers.library.library import Library
from layers.places.polygon import Inside, Sight, answer_inside, drawn_frame, question_of
from layers.plan.statistics import Statistic
from webapp.accounts.rights import current_person, sees_restricted
from webapp.http.bodies import json_body
from webapp.http.endpoints import Operation, declare_operation
from webapp.jobs.drawn import drawn_outline
from webapp.jobs.job import Job
from webapp.jobs.routes import accept_job, asked_job, deadline_of, figures_of, published_result, spend
from webapp.state import current_library, current_settings, current_shelf, current_state
from webapp.version import VERSION

blueprint = Blueprint("questions", __name__)
_MOST_FILTERED = 200  # layers with filters, and filters of a layer


class ShelfFull(PlanAtlasError):
    """As many figures are kept for good as may be."""

    code = "shelf_full"
    zh = (
        "留存的指标结果已满（{most} 个，设置 max_figures）。管理员可在 /admin 清理，"
        "或运行 planatlas admin clear figures --days <天数>。"
    )
    en = (
        "All {most} places for kept figures are taken (setting max_figures). Make room at /admin "
        "or with planatlas admin clear figures --days <days>."
    )


def compute_figure(
    opened: Library,
    progress: Callable[[float, float], None],
    statistic: Statistic,
    polygon: bytes | None,
    restricted: bool,
) -> Figure:
    """Compute one figure in a worker.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)``.
    statistic
        The question.
    polygon
        A drawn one it is asked of, as GeoParquet; None when it is not.
    restricted
        Whether restricted layers may be read.
    """
    return answer(opened, progress, statistic, software=VERSION, drawn=drawn_frame(polygon), restricted=restricted)


def start(statistic: Statistic, polygon: bytes | None = None) -> Job:
    """Start a computation; its figure is published when it is done."""
    opened = current_state().library
    return _started(
        compute_figure,
        statistic,
        polygon,
        sees_restricted(),
        lighter=partial(lighter_question, opened, statistic),
    )


def _started(function: Callable[..., Any], *args: object, lighter: Callable[[], Text]) -> Job:
    visitor = current_person() is None
    if visitor:
        spend("figures", "提问", "questions")
    keep, opened, jobs = with_room(passing=visitor), current_state().library, current_state().jobs

    def ended(future: Future[Any]) -> None:
        if publish(future, keep, opened, passing=visitor):
            jobs.settle(future, published_result(future.result()))

    return asked_job(function, *args, deadline=deadline_of("max_seconds", lighter), after=ended)


def with_room(*, passing: bool) -> FigureShelf:
    """Return the shelf when it can take one more figure; what visitors asked long ago, or most of, makes room.

    Raises
    ------
    ShelfFull
        As many are kept for good as may be: those are never thrown away by themselves.
    """
    keep, most = current_shelf(), current_settings().number("max_figures")
    oldest = time.time() - current_settings().number("visitor_days") * 86_400
    places = current_settings().number("max_passing")
    ready = current_state().warmup.figures_ready[: places // 2]  # of few places the other half is the visitors'
    keep.sweep(before=oldest, most=places - passing, spared=frozenset(ready))
    if not passing and len(keep.ids()) - len(keep.passing()) >= most:
        raise ShelfFull(most=most)
    return keep


def publish(future: Future[Any], keep: FigureShelf, opened: Library, *, passing: bool) -> bool:
    """Put what a computation found on the shelf, with the data it was made of; tell whether all of it is there.

    Parameters
    ----------
    future
        Of the computation.
    keep
        Where figures are kept.
    opened
        The plan.
    passing
        Whether they go away by themselves.
    """
    if future.cancelled() or future.exception() is not None:
        return False
    try:
        for figure in figures_of(future.result()):
            publish_kept(keep, figure, opened, passing=passing)
    except FigureNotKept as error:  # whoever asks for the job is told again
        logging.getLogger(__name__).error("%s", error.message("en"))
        return False
    return True


@blueprint.post("/api/figures")
@declare_operation(
    Operation(
        "提出一个问题（可带绘制的多边形），返回任务",
        "Ask a question, drawn polygon or not; answers a job",
        "figures",
        schema="Job",
        errors=(403, 413, 422, 503),
        body="Question",
    ),
    computes=True,
)
def ask() -> Response:
    """Start a computation for a question in the words of a statistic."""
    body = json_body()
    polygon = drawn_outline(body.pop("polygon", None))
    layers = current_library().layers(restricted=sees_restricted())
    return accept_job(start(*question_of(body, layers, polygon)))


def polygon_report(
    opened: Library,
    progress: Callable[[float, float], None],
    polygon: bytes,
    shown: tuple[Mapping[str, tuple[str, ...]], str],
    restricted: bool,
) -> Inside:
    """Answer everything about a drawn polygon, in a worker.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)``.
    polygon
        The drawn one, as GeoParquet.
    shown
        What the map shows: its filters by layer, and its day (empty is now).
    restricted
        Whether restricted layers may be read.
    """
    known = tuple(read_questions(opened.folder).statistics.values())
    frame = drawn_frame(polygon)
    assert frame is not None  # there is a polygon
    filters, as_of = shown
    sight = Sight(restricted=restricted, filters=filters, as_of=as_of)
    return answer_inside(opened, progress, known, drawn=frame, software=VERSION, sight=sight)


@blueprint.post("/api/polygon")
@declare_operation(
    Operation(
        "绘制范围内的用地、覆盖率、项目和约束",
        "All that can be said of a drawn polygon",
        "figures",
        schema="Job",
        errors=(403, 413, 422, 503),
        body="Drawn",
    ),
    computes=True,
)
def polygon() -> Response:
    """Start everything that can be said of a drawn polygon.

    Raises
    ------
    BadParameter
        None was drawn.
    """
    body = json_body()
    drawn = drawn_outline(body.get("polygon"))
    if drawn is None:
        raise BadParameter(name="polygon", why_zh="需要绘制的多边形", why_en="a drawn polygon is needed")
    shown = _filters(body.get("filters")), asked_day("as_of", body.get("as_of") or "")
    opened, restricted = current_state().library, sees_restricted()
    lighter = partial(lighter_drawing, opened, restricted=restricted)
    return accept_job(_started(polygon_report, drawn, shown, restricted, lighter=lighter))


def _filters(given: object) -> dict[str, tuple[str, ...]]:
    """Return the map's filters by layer.

    Raises
    ------
    BadParameter
        It is no object of lists of texts.
    """
    if given is None:
        return {}
    if not isinstance(given, dict) or len(given) > _MOST_FILTERED:
        raise BadParameter(
            name="filters", why_zh="应为图层到筛选的对照", why_en="layers with their filters are expected"
        )
    for one in given.values():
        if not isinstance(one, list) or len(one) > _MOST_FILTERED or not all(isinstance(t, str) for t in one):
            raise BadParameter(name="filters", why_zh="应为文本列表", why_en="lists of texts are expected")
    return {str(layer): tuple(one) for layer, one in given.items()}
