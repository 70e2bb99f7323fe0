"""The pages of numbers: declared statistics, the plan's indicators and targets, and each figure's own page."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import orjson
from flask import Blueprint, Response, request

from geo.text import Text
from layers.errors import BadParameter
from layers.figures.answer import rests_on_day
from layers.figures.difference import change_rows
from layers.figures.downloads import figure_notes
from layers.figures.figure import figure_of
from layers.figures.functions.coverage import coverage_alternatives
from layers.figures.inputs import gather
from layers.figures.kept import KeptFigure, KeptUse
from layers.figures.presentation import present
from layers.figures.question import read_questions
from layers.figures.standing import undecided_reason
from layers.figures.uses import AS_OF
from layers.figures.verification.recompute import is_of_older_release
from layers.library.library import Library
from layers.places.polygon import drawn_frame, polygon_of_figure
from layers.plan.looks import LOOKS
from layers.plan.statistics import Promises, Statistic, restore_statistic
from webapp.accounts.rights import sees_restricted
from webapp.figures.features_behind import all_behind, rows_behind
from webapp.figures.questions import start
from webapp.figures.routes import current_promises, readable_figure, told_difference
from webapp.figures.warmup import Wanted
from webapp.http.answers import json_answer
from webapp.http.assets import current_assets
from webapp.http.endpoints import HTML, Operation, Parameter, declare_operation
from webapp.http.kept import Same, digest_body
from webapp.http.language import current_language
from webapp.http.page import PAGE_SCRIPTS, answer_page, page_once
from webapp.jobs.routes import accept_job, asked_job
from webapp.map.frame import map_parts
from webapp.state import current_library, current_settings, current_shelf, current_state

blueprint = Blueprint("figure_pages", __name__)
_SINCE = Parameter("since", "与之比较的先前结果", "an earlier figure to compare with", example="0123456789abcdef")
_FIGURE = Parameter("figure", "指标结果编号", "figure id", path=True, example="0123456789abcdef")


def latest_figure(statistic: Statistic) -> KeptFigure | None:
    """Return the published figure of a statistic on the present data, if there is one."""
    key = current_state().warmup.id_of(Wanted(statistic, sees_restricted()), current_library())
    return readable_figure(key) if current_shelf().holds(key) else None


@blueprint.get("/statistics")
@declare_operation(Operation("统计清单与结果", "The declared statistics and their figures", "pages", HTML))
def statistics() -> Response:
    """Every declared statistic with its present figure, or a button that computes it."""
    known = current_promises()

    def values() -> dict[str, object]:
        families: dict[str, list[Any]] = {}
        for statistic in known.statistics.values():
            families.setdefault(statistic.family[current_language()], []).append(
                (statistic, latest_figure(statistic))
            )
        return {"families": families, "problems": known.problems}

    return page_once("statistics.html", figures_mark(known), values)


def figures_mark(known: Promises) -> tuple[Hashable, ...]:
    """Return what the latest figures of what is declared depend on; figures of other questions come and go."""
    restricted, day = sees_restricted(), date.today()
    layers, came = current_library().marks(restricted=restricted), current_shelf().mark()
    if came is None:  # just now: what its folder tells cannot be relied on
        return (Same(known), digest_body(_marks_of_latest(known)).digest, day, layers)
    key = ("figures", Same(known), came, restricted, day, layers)
    return (Same(known), current_state().bodies.once(key, lambda: _marks_of_latest(known)).digest, day, layers)


def _marks_of_latest(known: Promises) -> bytes:
    warmup, library, restricted = current_state().warmup, current_library(), sees_restricted()
    latest = [warmup.id_of(Wanted(one, restricted), library) for one in known.statistics.values()]
    return orjson.dumps([(one, current_shelf().mark_of(one)) for one in latest])


@blueprint.get("/figures/<figure>")
@declare_operation(
    Operation("一个指标结果的页面", "A figure's own page", "pages", HTML, "", (_FIGURE, _SINCE), (404, 422))
)
def figure_page(figure: str) -> Response:
    """The number with its map, table, chart, and how it was computed."""
    told = readable_figure(figure)
    chosen = current_language()
    since = request.args.get("since", "")
    moved = told_difference(readable_figure(since), told) if since else None
    parts = map_parts(current_library().catalog.plan, chosen)
    answer, seen = figure_of(told), sees_restricted()
    behind = rows_behind(current_library(), answer, restricted=seen)
    scripts = [current_assets().by_name[name].url for name in (*parts.scripts, *PAGE_SCRIPTS)]
    styles = [current_assets().by_name[name].url for name in parts.styles]
    return answer_page(
        "figure.html",
        figure=told,
        presented=present(answer, chosen),
        undecided=_undecided(told)[chosen],
        behind=behind,
        behind_bars=[behind[at] for at in answer.presentation.drawn],
        behind_all=all_behind(current_library(), answer, restricted=seen),
        moved=moved,
        passes=_passes(told["id"]),
        moved_rows=change_rows(moved, chosen) if moved else [],
        figure_notes=figure_notes(told, chosen),
        changed=[use for use in told["layers"] if _moved_on(use)],
        older=is_of_older_release(told),
        day=_day_before(told),
        map_body=parts.body,
        scripts=[*scripts, current_assets().add(f"map-{chosen}.js", parts.script).url],
        styles=[*styles, current_assets().add("map.css", parts.style).url],
        config={
            "lang": chosen,
            "figure": figure,
            "looks": asdict(LOOKS),
            "evidence": f"/api/figures/{figure}/evidence",
            "urls": {"catalog": "/api/catalog", "messages": "/api/messages"},
        },
    )


def _undecided(told: KeptFigure) -> Text:
    """Return why nobody can tell whether a figure meets its norm; empty where it is told, or nothing is asked."""
    asked = told["statistic"]["threshold"]
    open_ = told["state"] == "computed" and told["meets"] is None and asked and asked.get("read", True)
    return undecided_reason(told) if open_ else Text("", "")


def _day_before(told: KeptFigure) -> str:
    """Return the plan's day the states of a figure are told of where the plan has another now; else empty."""
    statistic, now = restore_statistic(told["statistic"]), current_library().day.isoformat()
    days = [use.day for use in figure_of(told).layers if rests_on_day(statistic, use)]
    return next((day for day in days if day != now), "")


def _passes(figure: str) -> str:
    """Return the day (UTC) a visitor's figure goes by itself; empty for one that is kept for good."""
    since = current_shelf().passing_since(figure)
    if since is None:
        return ""
    return (
        datetime.fromtimestamp(since + current_settings().number("visitor_days") * 86_400, UTC).date().isoformat()
    )


def _version(layer_id: str) -> str | None:
    layer = current_library().catalog.layers.get(layer_id)
    return current_library().snapshot(layer).version if layer else None


@blueprint.post("/api/figures/<figure>/recompute")
@declare_operation(
    Operation(
        "在现有数据上重算并比较",
        "Compute a figure again on the present data",
        "figures",
        schema="Job",
        parameters=(_FIGURE,),
        errors=(403, 404, 413, 422, 503),
    ),
    computes=True,
)
def recompute(figure: str) -> Response:
    """Start the same question again; compare the new figure with this one."""
    told = readable_figure(figure)
    return accept_job(start(restore_statistic(told["statistic"]), polygon_of_figure(told)))


def other_rules(
    opened: Library,
    progress: Callable[[float, float], None],
    statistic: Statistic,
    polygon: bytes | None,
    restricted: bool,
) -> list[dict[str, Any]]:
    """Answer a coverage figure's question under every other legitimate rule, in a worker.

    The walk network is the one the plan's own network statistics name.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)``.
    statistic
        The figure's question.
    polygon
        A drawn one it was asked of, as GeoParquet; None when it was not.
    restricted
        Whether restricted layers may be read.
    """
    progress(0, 1)
    known = read_questions(opened.folder).statistics.values()
    walked = next((s for s in known if s.along == "network" and "roads" in s.inputs), None)
    streets = {k: v for k, v in walked.inputs.items() if k.startswith(("roads", "barriers"))} if walked else {}
    drawn = drawn_frame(polygon)
    gathered = gather(opened, {**streets, **statistic.inputs}, drawn=drawn, restricted=restricted)
    return coverage_alternatives(statistic, gathered)


@blueprint.post("/api/figures/<figure>/alternatives")
@declare_operation(
    Operation(
        "同一覆盖率在其他口径下的结果",
        "A coverage under the other legitimate rules",
        "figures",
        schema="Job",
        parameters=(_FIGURE,),
        errors=(403, 404, 413, 422, 503),
    ),
    computes=True,
)
def figure_alternatives(figure: str) -> Response:
    """Start the same question under every rule the data allow.

    Raises
    ------
    BadParameter
        The figure is no coverage.
    """
    told = readable_figure(figure)
    statistic = restore_statistic(told["statistic"])
    if statistic.function != "coverage":
        raise BadParameter(name="figure", why_zh="不是覆盖率", why_en="it is not a coverage")
    return accept_job(asked_job(other_rules, statistic, polygon_of_figure(told), sees_restricted()))


@blueprint.get("/api/indicators")
@declare_operation(
    Operation("规划指标与目标", "The plan's indicators and targets", "figures", schema="Indicators")
)
def indicators_json() -> Response:
    """What the plan states, by year, with lines and anomalies."""
    known = current_promises()
    return json_answer(
        {
            "indicators": [asdict(i) for i in known.indicators.values()],
            "targets": [asdict(t) for t in known.targets.values()],
        }
    )


def _moved_on(use: KeptUse) -> bool:
    """Whether a layer has changed since; a stored version or a past day that was asked for never does."""
    pinned = any(text.startswith(("version=", AS_OF)) for text in use["filters"])
    return not pinned and _version(use["layer"]) not in (None, use["version"])
