"""The plan's time: states on a day, and how many are in each state month by month."""

from __future__ import annotations

from dataclasses import asdict

import orjson
from flask import Blueprint, Response, request

from layers.errors import BadParameter, OverLimit
from layers.features.query import select
from layers.features.timed import count_timeline
from layers.library.conditions import read_conditions
from layers.plan.schedule import read_day, usual_day
from webapp.accounts.links import AS_OF, read_moment
from webapp.accounts.rights import sees_restricted
from webapp.http.answers import bytes_answer, kept_answer
from webapp.http.endpoints import JSON, Operation, Parameter, declare_operation
from webapp.http.kept import Same
from webapp.state import current_library, current_settings, current_state

blueprint = Blueprint("timing", __name__)
WHEN = Parameter(
    "when",
    "推定状态的日期（规划的时间，不是数据的），不写为规划日期",
    "the day of the plan's time that states are told of, that of its document if not said",
    example="2023-06-30",
)


def read_when() -> str:
    """Return the day of the plan's time a request asks for; empty for that of its document.

    Raises
    ------
    BadParameter
        It is no day.
    """
    text = request.args.get("when", "")
    if text and read_day(text) is None:
        raise BadParameter(
            name="when",
            why_zh="应为 2021-08-31 这样的日期",
            why_en="a day such as 2021-08-31 is expected",
        )
    return text


@blueprint.get("/api/layers/<layer>/timeline")
@declare_operation(
    Operation(
        "一个图层逐月处于各状态的要素数",
        "How many features of a layer are in each state, month by month",
        "features",
        schema="Timeline",
        parameters=(
            Parameter("layer", "图层编号", "layer id", path=True, example="projects"),
            Parameter(
                "where", "按声明字段筛选，可重复（且）", "filter on a declared field; repeat for AND", many=True
            ),
            AS_OF,
        ),
        errors=(400, 404, 503),
    )
)
def layer_timeline(layer: str) -> Response:
    """Counts by state at the end of each month of the years the dates are of; none without such dates.

    Raises
    ------
    OverLimit
        There are too many filters.
    """
    opened = current_library().as_of(read_moment())
    declared = opened.layer(layer, restricted=sees_restricted())
    written, most = request.args.getlist("where"), current_settings().number("max_filters")
    if len(written) > most:
        raise OverLimit(limit="where", seen=len(written), most=most, setting="max_filters")
    conditions = read_conditions(opened, declared, tuple(written), restricted=sees_restricted())
    snapshot, usual = opened.snapshot(declared), usual_day(opened.catalog.plan).isoformat()

    def make() -> bytes:
        chosen = select(snapshot, filters=conditions)
        counts = {"layer": layer, "usual": usual, "features": len(chosen), "placed": len(chosen.placed)}
        return orjson.dumps(counts | asdict(count_timeline(declared, chosen)))

    if conditions:
        return bytes_answer(make(), JSON)
    key = ("timeline", snapshot.token, Same(declared), usual)
    return kept_answer(current_state().bodies.once(key, make), JSON)
