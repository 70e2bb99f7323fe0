"""The page of what the plan promises, and the values measured since, which editors enter there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as Plain

from layers.errors import BadParameter
from layers.figures.standing import Standing, indicator_reason, indicator_standing, target_standing
from layers.plan.schedule import usual_day
from layers.plan.statistics import Indicator
from webapp.accounts.rights import current_person, require_editor
from webapp.figures.charts import chart_line
from webapp.figures.measured import (
    MeasuredValue,
    MeasuredValues,
    latest_measured,
    read_wanted_value,
    with_measured,
)
from webapp.figures.pages import figures_mark, latest_figure
from webapp.figures.routes import current_promises
from webapp.http.endpoints import HTML, Operation, Parameter, declare_operation
from webapp.http.language import current_language
from webapp.http.page import answer_page, page_once
from webapp.state import current_library, current_state

blueprint = Blueprint("indicators", __name__)
_INDICATOR = Parameter("indicator", "指标编号", "id of the indicator", path=True, example="i-01")
_VALUE = Parameter(
    "key", "实测值编号", "number of the measured value", {"type": "integer"}, path=True, example="1"
)
_SHOWN = 500  # letters of a refused entry that are given back


@dataclass(frozen=True)
class IndicatorCard:
    """An indicator as its page shows it: how it stands by what was measured until today, all values entered."""

    indicator: Indicator
    chart: Any
    standing: Standing
    reason: str
    deciding: MeasuredValue | None
    entered: tuple[MeasuredValue, ...]


@dataclass(frozen=True)
class RefusedValue:
    """What somebody entered that was not taken, and why: nothing of it is lost."""

    indicator: str
    value: str
    day: str
    source: str
    why: str


@blueprint.get("/indicators")
@declare_operation(Operation("规划指标与空间目标", "The plan's indicators and spatial targets", "pages", HTML))
def indicators() -> Response:
    """Stated numbers year by year with their target line; computed ones beside them, never mixed."""
    entered = _measured_values().all()
    depends = (*figures_mark(current_promises()), entered)
    return page_once("indicators.html", depends, lambda: _shown_values(entered))


def _measured_values() -> MeasuredValues:
    return MeasuredValues(current_state().instance)


def _shown_values(entered: tuple[MeasuredValue, ...], refused: RefusedValue | None = None) -> dict[str, object]:
    known = current_promises()
    groups: dict[str, list[IndicatorCard]] = {}
    deciding = latest_measured(entered, date.today())
    for one in known.indicators.values():
        groups.setdefault(one.group[current_language()], []).append(_card(one, entered, deciding.get(one.id)))
    targets, day = [], usual_day(current_library().catalog.plan)
    for target in known.targets.values():
        statistic = known.statistics.get(target.statistic)
        figure = latest_figure(statistic) if statistic else None
        waits = statistic is not None and figure is None  # it is computed when somebody asks
        standing: Standing = "undecided" if waits else target_standing(target, figure, day)
        targets.append((target, statistic, figure, standing))
    who = current_person()
    return {
        "groups": groups,
        "targets": targets,
        "anomalies": current_library().catalog.anomalies,
        "enters": who is not None and "layers:write" in who.scopes,
        "refused": refused,
        "today": date.today().isoformat(),
    }


def _card(one: Indicator, entered: tuple[MeasuredValue, ...], deciding: MeasuredValue | None) -> IndicatorCard:
    today = date.today()
    judged = with_measured(one, entered, today)
    why = indicator_reason(judged, today)
    goal = one.values.get(max(one.values)) if one.values else None
    return IndicatorCard(
        indicator=one,
        chart=chart_line(one.values, one.raw, target=goal) if one.values else None,
        standing=indicator_standing(judged, today),
        reason=why[current_language()] if why else "",
        deciding=deciding,
        entered=tuple(v for v in entered if v.indicator == one.id),
    )


@blueprint.post("/indicators/<indicator>/measured")
@declare_operation(
    Operation(
        "录入指标的实测值",
        "Enter a measured value of an indicator",
        "figures",
        HTML,
        parameters=(_INDICATOR,),
        errors=(400, 401, 403, 404),
    )
)
def enter_measured(indicator: str) -> Plain:
    """Keep a value with its day and its source; the verdict follows. What is not taken comes back in the form."""
    who = require_editor()
    _need_indicator(indicator)
    value, day, source = (request.form.get(one, "") for one in ("value", "day", "source"))
    try:
        wanted = read_wanted_value(value, day, source)
    except BadParameter as error:
        why = error.message(current_language())
        refused = RefusedValue(indicator, value[:_SHOWN], day[:_SHOWN], source[:_SHOWN], why)
        page = answer_page("indicators.html", **_shown_values(_measured_values().all(), refused))
        page.status_code = 400
        return page
    _measured_values().add(indicator, wanted, who.name)
    return redirect(url_for("indicators.indicators", _anchor=indicator), 303)


@blueprint.post("/indicators/<indicator>/measured/<int:key>")
@declare_operation(
    Operation(
        "撤回或恢复一个实测值",
        "Take a measured value back, or put it back",
        "figures",
        HTML,
        parameters=(_INDICATOR, _VALUE),
        errors=(401, 403, 404),
    )
)
def end_measured(indicator: str, key: int) -> Plain:
    """With ``ended=yes`` it counts no more but stays listed; without, it counts again."""
    who = require_editor()
    _need_indicator(indicator)
    if key >= 2**63 or not _measured_values().end(
        indicator, key, who.name, ended=request.form.get("ended", "") == "yes"
    ):
        abort(404)
    return redirect(url_for("indicators.indicators", _anchor=indicator), 303)


def _need_indicator(indicator: str) -> None:
    if indicator not in current_promises().indicators:
        abort(404)
