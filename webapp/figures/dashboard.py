"""The dashboard: indicators and targets and how they stand, and the plan's main figures, ready when one comes."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, request

from layers.errors import BadParameter
from layers.figures.board import Board
from layers.figures.standing import STANDINGS
from layers.files import file_stamp
from layers.plan.dashboard import DASHBOARD_FILE
from layers.plan.schedule import read_day, usual_day
from webapp.accounts.rights import sees_restricted
from webapp.figures.charts import chart_line
from webapp.figures.measured import MeasuredValues, latest_measured, with_measured
from webapp.figures.routes import current_promises
from webapp.figures.tiles import Looking, Tiles, read_focus, zones_of
from webapp.http.answers import json_answer
from webapp.http.endpoints import HTML, Operation, Parameter, declare_operation
from webapp.http.kept import Same
from webapp.http.language import current_language
from webapp.http.page import kept_page, page_once
from webapp.state import current_library, current_shelf, current_state

blueprint = Blueprint("dashboard", __name__)
_ZONE = Parameter(
    "zone", "分区（图层/要素），不写为全部", "a zone (layer/feature), all if not said", example="zones/z-hq"
)
_STANDING = Parameter(
    "standing", "只列出这样判定的指标与目标", "list only the promises that stand so", example="behind"
)
_WHEN = Parameter("when", "推定状态的日期，不写为规划日期", "the day states are told of", example="2023-06-30")


def _view() -> Looking:
    return _looking(request.args.get("zone", ""), request.args.get("when", ""))


def _standing() -> str:
    """Return the standing whose promises alone are listed; empty: all.

    Raises
    ------
    BadParameter
        There is no such standing.
    """
    asked = request.args.get("standing", "")
    if asked and asked not in STANDINGS:
        known = "|".join(STANDINGS)
        raise BadParameter(name="standing", why_zh=f"应为 {known} 之一", why_en=f"one of {known} is expected")
    return asked


def _looking(zone: str, when: str) -> Looking:
    restricted = sees_restricted()
    focus = read_focus(current_library(), zone, when, restricted=restricted)
    day = read_day(focus.when) or usual_day(current_library().catalog.plan)
    known, judged = current_promises(), day if focus.when else date.today()
    measured = MeasuredValues(current_state().instance).all()
    found = {key: with_measured(one, measured, judged) for key, one in known.indicators.items()}
    return Looking(focus, day, current_language(), replace(known, indicators=found), restricted, judged)


def _board(view: Looking) -> Board:
    return Tiles(current_library(), current_shelf(), current_state().warmup).board(view)


@blueprint.get("/dashboard")
@declare_operation(
    Operation(
        "看板：指标、目标与主要结果",
        "The dashboard: indicators, targets and main figures",
        "pages",
        HTML,
        parameters=(_ZONE, _WHEN, _STANDING),
        errors=(400,),
    )
)
def dashboard() -> Response:
    """What the plan promises and how it stands, and its main figures, each with address, table and download.

    An address with a zone, a day or a standing that there is not is told so on the page, which shows all there is.
    """
    wrong: BadParameter | None = None
    try:
        view, only = _view(), _standing()
    except BadParameter as error:
        view, only, wrong = _looking("", ""), "", error
    depends = None if wrong else _depends(view, only)
    kept = kept_page("dashboard.html", depends)
    if kept is not None:
        return kept
    found = _board(view)
    tiles = [
        *(one for part in found.parts for one in part.tiles),
        *(one.tile for one in found.targets if one.tile),
    ]
    whole = not any(one.state in ("waiting", "failed") for one in tiles)  # of these the shelf says nothing
    page = page_once("dashboard.html", depends if whole else None, lambda: _values(view, found, only, wrong))
    page.status_code = 400 if wrong else page.status_code
    return page


def _depends(view: Looking, only: str) -> tuple[Hashable, ...] | None:
    """Return what the page is made of once all its figures are there; None just after one came or went."""
    library, came = current_library(), current_shelf().mark()
    if came is None:
        return None
    promises, entered = current_promises(), MeasuredValues(current_state().instance).all()
    marks = (file_stamp(library.folder / DASHBOARD_FILE), library.marks(restricted=view.restricted))
    return (Same(promises), came, marks, entered, view.focus, view.day, view.judged, date.today(), only)


def _values(view: Looking, found: Board, only: str, wrong: BadParameter | None) -> dict[str, object]:
    known = {one.id: one for one in view.known.indicators.values()}
    lines: dict[str, Any] = {
        key: chart_line(one.values, one.raw, target=one.values[max(one.values)])
        for key, one in known.items()
        if one.values
    }
    chosen = f"{view.focus.layer}/{view.focus.feature}" if view.focus.feature else ""
    zones = zones_of(current_library(), restricted=view.restricted)
    name = next((one.name[view.language] for one in zones if one.id == chosen), chosen)
    return {
        "wrong": wrong.message(view.language) if wrong else "",
        "board": found,
        "only": only,
        "zones": zones,
        "zone": chosen,
        "zone_name": name,
        "day": view.day.isoformat(),
        "usual": usual_day(current_library().catalog.plan).isoformat(),
        "indicators": known,
        "measured": latest_measured(MeasuredValues(current_state().instance).all(), view.judged),
        "targets": view.known.targets,
        "lines": lines,
        "config": {"lang": view.language, "waiting": found.waiting, "urls": {"messages": "/api/messages"}},
    }


@blueprint.get("/api/dashboard")
@declare_operation(
    Operation(
        "看板的内容（JSON）",
        "What the dashboard shows",
        "figures",
        schema="Dashboard",
        parameters=(_ZONE, _WHEN),
        errors=(400,),
    )
)
def dashboard_json() -> Response:
    """Every part with its tiles; a figure that is not ready yet is being computed."""
    return json_answer(asdict(_board(_view())))
