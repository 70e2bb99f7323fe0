"""The one-file map over HTTP: a view as one HTML file to take along, opened without a network or a service."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Response, request

from briefings.map.presets import DECIMALS, read_decimals
from layers.library.library import Library
from layers.plan.views import View
from webapp.accounts.rights import sees_restricted
from webapp.http.answers import bytes_answer, note_answer
from webapp.http.endpoints import HTML, Operation, Parameter, declare_operation
from webapp.http.language import current_language
from webapp.map.renders import declared_view, drawn_once, shown_versions
from webapp.state import current_settings
from webapp.views.routes import chosen_view
from webapp.views.sent import sent_figure

blueprint = Blueprint("onefile", __name__)
PACKAGES = Path(__file__).resolve().parents[2] / "node_modules"
_VIEW = Parameter("view", "视图编号；map 配合 v", "a view; map with v", path=True, example="map")
_OPTIONS = (
    Parameter("v", "地图地址中 # 之后的内容", "what a map's address says after #", example="z=13&on=parks"),
    Parameter(
        "decimals",
        "坐标小数位数，6 位约 0.1 米",
        "decimals of the coordinates; 6 is about 0.1 m",
        {"type": "integer", "minimum": DECIMALS[0], "maximum": DECIMALS[1]},
        example=6,
    ),
)


def made_onefile(
    opened: Library, progress: Callable[[float, float], None], view: View, options: dict[str, Any]
) -> bytes:
    """Make the file in a worker: what is to be known of it in the first line, the page after it.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)``.
    view
        What the map shows.
    options
        As `briefings.onefile.onefile.one_file` takes them, and ``most_decimals`` of a degree.
    """
    from briefings.onefile.onefile import MapPage, one_file  # noqa: PLC0415 - matplotlib, in the workers only

    progress(0, 1)
    kept = {k: v for k, v in options.items() if k != "most_decimals"}
    shown = {key: kept.pop(key) for key in ("restricted", "figure") if key in kept}
    page = one_file(opened.rounded(options["most_decimals"]), view, MapPage(packages=PACKAGES, **kept), **shown)
    return orjson.dumps([text.en for text in page.warnings]) + b"\n" + page.data


@blueprint.get("/export/<view>.html")
@declare_operation(
    Operation(
        "一个视图的单文件地图，可离线打开",
        "A view as one HTML file that opens without a network",
        "views",
        HTML,
        parameters=(_VIEW, *_OPTIONS),
        errors=(400, 404, 422, 503),
    )
)
def one_file_map(view: str) -> Response:
    """The file as an attachment; made once for each state of the data, then kept."""
    wanted = chosen_view(view)
    most = current_settings().number("decimals")
    options = {
        "language": current_language(),
        "decimals": min(read_decimals(request.args.get("decimals", "6")), most),
        "most_decimals": most,
        "restricted": sees_restricted(),
    }
    told = [asdict(wanted), options, shown_versions(), declared_view()]
    key = hashlib.sha256(b"onefile" + orjson.dumps(told, default=str)).hexdigest()
    made = drawn_once(key, made_onefile, wanted, options | {"figure": sent_figure(wanted)})
    notes, _, body = made.partition(b"\n")
    response = bytes_answer(body, f"{HTML}; charset=utf-8", tag=key[:32], vary="Cookie, Accept-Language")
    response.headers["Content-Disposition"] = f'attachment; filename="{wanted.id or "map"}.html"'
    return note_answer(response, orjson.loads(notes))
