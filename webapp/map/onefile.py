"""The one-file map over HTTP: a view as one HTML file to take along, opened without a network or a service."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

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
from webapp.views.sent import SentFigure, sent_figure

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


@dataclass(frozen=True, kw_only=True)
class OneFileWanted:
    """What is asked of a one-file map beside its view, by a file to take along or by a frame in another page.

    Attributes
    ----------
    language
        ``zh`` or ``en``.
    restricted
        Whether the reader may see restricted layers.
    decimals, most_decimals
        Of a degree: those written, and those that may leave at most.
    as_of
        The moment whose versions it shows; "" for the newest.
    controls
        Whether the panel stands beside the map.
    state, fallback
        What is said below the map, and a picture for readers without scripts.
    oembed, properties
        What other services read of a page that frames it: where its oEmbed answer is, and Open Graph.
    """

    language: str
    restricted: bool
    decimals: int
    most_decimals: int
    as_of: str = ""
    controls: bool = True
    state: str = ""
    fallback: str = ""
    oembed: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OneFileMade:
    """The page, the content security policy it needs, what was left out of it, and the tag of its content."""

    data: bytes
    policy: str
    notes: list[str]
    tag: str


def made_onefile(
    opened: Library,
    progress: Callable[[float, float], None],
    view: View,
    asked: tuple[OneFileWanted, SentFigure | None],
) -> bytes:
    """Make the page in a worker: its policy and notes in the first line, the page after it.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)``.
    view
        What the map shows.
    asked
        What is asked of it, and the figure the view shows.
    """
    from briefings.onefile.onefile import Head, MapPage, one_file  # noqa: PLC0415 - matplotlib, in the workers only

    progress(0, 1)
    wanted, figure = asked
    about = MapPage(
        packages=PACKAGES,
        language=wanted.language,
        decimals=wanted.decimals,
        controls=wanted.controls,
        state=wanted.state,
        fallback=wanted.fallback,
        head=Head(wanted.oembed, wanted.properties) if wanted.oembed else None,
    )
    then = opened.as_of(wanted.as_of).rounded(wanted.most_decimals)
    page = one_file(then, view, about, restricted=wanted.restricted, figure=figure)
    told = {"policy": page.policy, "notes": [text.en for text in page.warnings]}
    return orjson.dumps(told) + b"\n" + page.data


def kept_onefile(view: View, wanted: OneFileWanted) -> OneFileMade:
    """Return a view's page: made once for each state of the data, then kept."""
    told = [asdict(view), asdict(wanted), shown_versions(), declared_view()]
    key = hashlib.sha256(b"onefile" + orjson.dumps(told, default=str)).hexdigest()
    first, _, data = drawn_once(key, made_onefile, view, (wanted, sent_figure(view))).partition(b"\n")
    about = orjson.loads(first)
    return OneFileMade(data, about["policy"], about["notes"], key[:32])


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
    asked = OneFileWanted(
        language=current_language(),
        restricted=sees_restricted(),
        decimals=min(read_decimals(request.args.get("decimals", "6")), most),
        most_decimals=most,
    )
    made = kept_onefile(wanted, asked)
    response = bytes_answer(made.data, f"{HTML}; charset=utf-8", tag=made.tag, vary="Cookie, Accept-Language")
    response.headers["Content-Disposition"] = f'attachment; filename="{wanted.id or "map"}.html"'
    return note_answer(response, made.notes)
