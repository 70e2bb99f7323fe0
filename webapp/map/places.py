"""A place looked up: where it is, what it lies in, what is near, and when that is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from flask import Blueprint, Response, request

from layers.errors import BadParameter
from layers.library.library import Library
from layers.places.place import Place, look_up_place
from webapp.accounts.rights import sees_restricted
from webapp.http.answers import json_answer
from webapp.http.endpoints import Operation, Parameter, declare_operation
from webapp.jobs.routes import deadline_of, look_in_worker

blueprint = Blueprint("places", __name__)
_DEGREES = {"type": "number"}
_LONGITUDE = Parameter("lon", "经度（WGS 84）", "longitude, WGS 84", _DEGREES, example="120.3")
_LATITUDE = Parameter("lat", "纬度（WGS 84）", "latitude, WGS 84", _DEGREES, example="31.9")


def looked_up(
    opened: Library, _progress: Callable[[float, float], None], longitude: float, latitude: float, restricted: bool
) -> Place:
    """Look a place up, in a worker.

    Parameters
    ----------
    opened
        The plan, in the worker.
    longitude, latitude
        Degrees.
    restricted
        Whether restricted layers may be read.
    _progress
        ``progress(done, total)``, which every computation is handed.
    """
    return look_up_place(opened, longitude, latitude, restricted=restricted)


@blueprint.get("/api/site")
@declare_operation(
    Operation(
        "一处地点：所在分区与约束、附近要素和建设时间",
        "A place: its zones and constraints, what is near, when built",
        "figures",
        schema="Place",
        parameters=(_LONGITUDE, _LATITUDE),
        errors=(400, 422, 503),
    )
)
def place() -> Response:
    """What the plan says of one place."""
    found = look_in_worker(
        looked_up,
        _degrees("lon", 180),
        _degrees("lat", 85),
        sees_restricted(),
        deadline=deadline_of("max_site_seconds"),
    )
    return json_answer(asdict(found))


def _degrees(name: str, most: int) -> float:
    try:
        value = float(request.args.get(name, ""))
    except ValueError:
        value = float("nan")
    if not -most <= value <= most:
        raise BadParameter(
            name=name, why_zh=f"应为 -{most} 至 {most} 度", why_en=f"degrees from -{most} to {most}"
        )
    return value
