"""Figures over HTTP: the declared statistics, permanent addresses, evidence, files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import orjson
from flask import Blueprint, Response, abort, request

from geo.text import Text
from layers.exports.naming import file_stem
from layers.figures.causes import causes_of
from layers.figures.difference import figure_difference
from layers.figures.downloads import TYPES, export_figure
from layers.figures.evidence import evidence_geojson, shown_evidence
from layers.figures.figure import FigureShelf, UnknownFigure, figure_of
from layers.figures.functions import FUNCTIONS
from layers.figures.kept import FigureDifference, KeptFigure
from layers.figures.presentation import present
from layers.figures.question import read_questions
from layers.library.library import Library
from layers.plan.statistics import Promises
from webapp.accounts.rights import hidden_layers, sees_restricted
from webapp.figures.questions import start, with_room
from webapp.figures.warmup import Wanted
from webapp.http.answers import bytes_answer as kept
from webapp.http.answers import json_answer, kept_answer, named_attachment
from webapp.http.endpoints import GEOJSON, JSON, Operation, Parameter, declare_operation
from webapp.http.kept import Same
from webapp.http.language import current_language
from webapp.jobs.routes import accept_job, current_jobs, waited_result
from webapp.state import current_library, current_settings, current_shelf, current_state

blueprint = Blueprint("figures", __name__)
_FIGURE = Parameter("figure", "指标结果编号", "figure id", path=True, example="0123456789abcdef")
_STATISTIC = Parameter("statistic", "统计编号", "statistic id", path=True, example="land_structure")
_KINDS = {"type": "string", "enum": list(TYPES)}
_KIND = Parameter("kind", "文件格式", "file format", _KINDS, path=True, example="csv")


def current_promises() -> Promises:
    """Return the declared statistics, indicators and targets that the reader may know of, as the files say now."""
    return read_questions(current_library().folder, hidden=hidden_layers())


@blueprint.get("/api/figures/<figure>/changes")
@declare_operation(
    Operation(
        "与先前结果的差异",
        "How a figure differs from an earlier one",
        "figures",
        schema="FigureChanges",
        parameters=(_FIGURE, Parameter("since", "先前结果编号", "the earlier figure")),
        errors=(404, 422),
    )
)
def changes(figure: str) -> Response:
    """Value, rows and sentence before, after and their difference; which layers and features are the cause."""
    return json_answer(told_difference(readable_figure(request.args.get("since", "")), readable_figure(figure)))


class ToldDifference(FigureDifference):
    """A difference with its causes, each a layer that changed, in words too."""

    causes: list[dict[str, Any]]


def told_difference(before: KeptFigure, after: KeptFigure) -> ToldDifference:
    """Return how two figures differ, and why: the layers and features behind it are looked for in a worker."""
    found = figure_difference(before, after)
    differ = any(use["before"] != use["after"] for use in found["layers"])
    causes = waited_result(found_causes, before, after, str(current_shelf().folder)) if differ else []
    return {**found, "causes": causes}


def found_causes(
    opened: Library,
    progress: Callable[[float, float], None],
    before: KeptFigure,
    after: KeptFigure,
    kept_in: str,
) -> list[dict[str, Any]]:
    """Return the layers behind the difference of two figures, feature by feature, in words too; in a worker.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)``.
    before, after
        The two figures, as the shelf keeps them.
    kept_in
        Folder of the shelf.
    """
    from briefings.resolve.changes import cause_words  # noqa: PLC0415 - what draws letters, in the workers only

    progress(0, 1)
    causes = causes_of(opened, FigureShelf(Path(kept_in)), before, after)
    return [asdict(one) | {"words": {lang: cause_words(one, lang) for lang in ("zh", "en")}} for one in causes]


@blueprint.get("/api/statistics")
@declare_operation(Operation("可计算的统计", "The declared statistics", "figures", schema="StatisticList"))
def statistics() -> Response:
    """Every declared statistic with its definition, source and threshold, and what was wrong with the rest."""
    known = current_promises()

    def make() -> bytes:
        problems = [{"zh": p.message("zh"), "en": p.message("en")} for p in known.problems]
        return orjson.dumps({"statistics": list(known.statistics.values()), "problems": problems})

    return kept_answer(current_state().bodies.once(("statistics", Same(known)), make), JSON)


@blueprint.get("/api/statistics/<statistic>")
@declare_operation(
    Operation(
        "一项统计的结果；尚无结果时开始计算（202）",
        "A statistic's figure; computes it when needed (202)",
        "figures",
        schema="Figure",
        parameters=(_STATISTIC,),
        errors=(404, 413, 422, 503),
    )
)
def statistic_figure(statistic: str) -> Response:
    """The figure on the present data, or the job that computes it."""
    found = current_promises().statistics.get(statistic)
    if found is None:
        abort(404)
    key = current_state().warmup.id_of(Wanted(found, sees_restricted()), current_library())
    if current_shelf().holds(key):
        return json_answer(current_shelf().read(key))
    name = f"{key} {sees_restricted()}"
    job = current_jobs().under_way(name)  # who asks again while it is computed is told of the same job
    if job is None:
        job = start(found)
        current_jobs().call(job, name)
    return accept_job(job)


@blueprint.get("/api/figures/<figure>")
@declare_operation(
    Operation("一个指标结果", "A figure", "figures", schema="Figure", parameters=(_FIGURE,), errors=(404,))
)
def figure_json(figure: str) -> Response:
    """A published figure; of its geometry the number of pieces and their hash."""
    return json_answer(readable_figure(figure))


def readable_figure(figure: str) -> KeptFigure:
    """Return a published figure the reader may see.

    Raises
    ------
    UnknownFigure
        There is none, or it was made from a layer the reader may not know of.
    """
    found = current_shelf().read(figure)
    if hidden_layers() & {use["layer"] for use in found["layers"]}:
        raise UnknownFigure(figure=figure)
    return found


@blueprint.get("/api/figures/<figure>/shown")
@declare_operation(
    Operation(
        "一个指标结果如何显示：文字、表格、图表",
        "A figure as it is shown: words, table, chart",
        "figures",
        schema="FigureShown",
        parameters=(_FIGURE,),
        errors=(404,),
    )
)
def figure_shown(figure: str) -> Response:
    """The texts of the value, the table and the chart in the language asked for: what every page draws."""
    return json_answer(present(figure_of(readable_figure(figure)), current_language()).plain())


@blueprint.get("/api/functions")
@declare_operation(
    Operation("可以提问的函数", "The functions that can be asked for", "figures", schema="FunctionList")
)
def functions() -> Response:
    """Every function with its roles, options and units: what a question may say."""
    return json_answer({"functions": [entry.plain() for entry in FUNCTIONS.values()]})


@blueprint.post("/api/figures/<figure>/keep")
@declare_operation(
    Operation(
        "长期保留一个结果",
        "Keep a figure for good",
        "figures",
        schema="Kept",
        parameters=(_FIGURE,),
        errors=(401, 403, 404, 507),
    )
)
def keep_figure(figure: str) -> Response:
    """A figure a visitor asked for goes by itself; anybody signed in may keep it."""
    told = readable_figure(figure)
    with_room(passing=False).keep(told["id"])
    return json_answer({"figure": told["id"], "kept": True})


@blueprint.get("/api/figures/<figure>/evidence")
@declare_operation(
    Operation(
        "指标结果的几何依据",
        "A figure's evidence geometry",
        "figures",
        GEOJSON,
        "FeatureCollection",
        (_FIGURE,),
        (404,),
    )
)
def evidence(figure: str) -> Response:
    """The geometry behind the number, longitude/latitude: the largest 20,000 pieces; files hold all of them."""
    readable_figure(figure)
    frame = _evidence(figure)
    drawn = shown_evidence(frame)
    told = {"numberMatched": len(frame), "numberReturned": len(drawn)}
    return kept(b"".join(evidence_geojson(drawn, told)), GEOJSON)


def _evidence(figure: str) -> gpd.GeoDataFrame:
    """Return the geometry with the decimals that may leave."""
    return current_shelf().evidence(figure, decimals=current_settings().number("decimals"))


@blueprint.get("/figures/<figure>.<kind>")
@declare_operation(Operation("下载指标结果", "A figure as a file", "figures", JSON, "", (_FIGURE, _KIND), (404,)))
def download(figure: str, kind: str) -> Response:
    """The figure as CSV, XLSX, GeoJSON or GeoPackage."""
    if kind not in TYPES:
        abort(404)
    told = readable_figure(figure)
    body = export_figure(told, kind, language=current_language(), evidence=partial(_evidence, figure))
    response = Response(body, content_type=TYPES[kind])
    parts = (current_library().catalog.plan.title, Text(**told["statistic"]["label"]))
    name = f"{file_stem(parts, current_language())}.{kind}"
    response.headers["Content-Disposition"] = named_attachment(f"figure-{figure}.{kind}", name)
    response.set_etag(f"{figure}-{kind}-{current_language()}")  # a published figure never changes
    return response
