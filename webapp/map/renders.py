"""Static maps over HTTP: a declared view, or the state a map's address says, as PNG, SVG or PDF."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Literal

import numpy as np
import orjson
from flask import Blueprint, Response, request

from briefings.map.layouts import Options
from briefings.map.presets import TYPES, PictureKind, read_size
from layers.errors import BadParameter
from layers.exports.coordinates import cover_warning, large_scale
from layers.library.library import Library
from layers.plan.palettes import PALETTES
from layers.plan.views import View
from webapp.accounts.links import AS_OF, KEY, opened_by_link, read_moment
from webapp.accounts.rights import sees_restricted
from webapp.http.answers import bytes_answer
from webapp.http.endpoints import JSON, Operation, Parameter, declare_operation
from webapp.http.language import current_language
from webapp.jobs.errors import Busy
from webapp.jobs.routes import current_jobs, wait_for_job
from webapp.state import current_library, current_settings
from webapp.views.routes import chosen_view
from webapp.views.sent import SentFigure, sent_figure

blueprint = Blueprint("renders", __name__)
_LONGEST, _KEPT, _BYTES = 4000, 48, 64 << 20
_FILE = Parameter(
    "file",
    "视图编号加 .png、.jpg、.svg 或 .pdf；map.… 配合 v",
    "a view with .png, .jpg, .svg or .pdf; map.… with v",
    path=True,
    example="map.png",
)
_NAMED = Parameter("view", "视图编号；map 配合 v", "a view; map with v", path=True, example="map")
_SCREEN = re.compile(r"([0-9]{3,5})x([0-9]{3,5})")
_OPTIONS = (
    Parameter(
        "v", "地图地址中 # 之后的内容", "what a map's address says after #", example="z=13&c=31.9,120.3&on=parks"
    ),
    Parameter(
        "size",
        "图幅：slide、a4-landscape…、1920x1080、297x210mm",
        "size by name, in pixels or in mm",
        example="slide",
    ),
    Parameter("dpi", "每英寸像素数", "pixels per inch", {"type": "integer", "minimum": 50, "maximum": 1200}),
    Parameter(
        "screen",
        "网页上地图的大小（像素），图中不少于它所示的范围",
        "size of the map on the page in pixels; the picture shows at least what it did",
        example="1026x720",
    ),
    Parameter(
        "grid",
        "是否画经纬网",
        "whether meridians and parallels are drawn",
        {"type": "string", "enum": ["yes", "no"]},
    ),
    Parameter(
        "palette",
        "用地配色；grey 为灰度，供黑白打印",
        "palette; grey is for printing without colour",
        {"type": "string", "enum": list(PALETTES)},
    ),
    AS_OF,
    KEY,
)
_kept: OrderedDict[str, bytes] = OrderedDict()
_lock = threading.Lock()
_turns = threading.Semaphore(2)  # pictures made at a time


@dataclass(frozen=True, kw_only=True)
class PictureWanted:
    """What is asked of a picture beside its view.

    Attributes
    ----------
    kind
        ``png``, ``svg``, ``pdf`` or ``jpg``; "" for what it says.
    size, dpi
        As `briefings.map.presets.read_size` reads them.
    grid
        Whether meridians and parallels are drawn.
    language
        ``zh`` or ``en``.
    restricted
        Whether the reader may see restricted layers.
    screen
        Width and height of the map on the page, pixels.
    as_of
        The moment whose versions it shows; "" for the newest.
    decimals
        Of a degree, that may leave.
    """

    kind: PictureKind | Literal[""]
    size: str
    dpi: str
    grid: bool
    language: str
    restricted: bool
    screen: tuple[float, float] | None
    as_of: str
    decimals: int


def render_view(
    opened: Library,
    progress: Callable[[float, float], None],
    view: View,
    asked: tuple[PictureWanted, SentFigure | None],
) -> bytes:
    """Draw a picture in a worker.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)``.
    view
        What the picture shows.
    asked
        What is asked of it, and the figure the view shows.
    """
    from briefings.map.answered import answered_of  # noqa: PLC0415
    from briefings.map.picture import draw  # noqa: PLC0415 - matplotlib, in the workers only

    progress(0, 1)
    wanted, figure = asked
    return draw(
        opened.as_of(wanted.as_of).rounded(wanted.decimals),
        view,
        Options(
            size=read_size(wanted.size, wanted.dpi),
            language=wanted.language,
            grid=wanted.grid,
            restricted=wanted.restricted,
        ),
        kind=wanted.kind or "png",
        screen=wanted.screen,
        answered=answered_of(figure),
    ).data


def described_view(
    opened: Library,
    progress: Callable[[float, float], None],
    view: View,
    asked: tuple[PictureWanted, SentFigure | None],
) -> bytes:
    """Say in a worker what the picture says: its sentence, its table, its legend, and what to beware of.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)``.
    view
        What the picture shows.
    asked
        As `render_view` takes it.
    """
    from briefings.map.answered import answered_of  # noqa: PLC0415
    from briefings.map.description import describe_view  # noqa: PLC0415 - matplotlib, in the workers only
    from briefings.map.frame import bar_m  # noqa: PLC0415

    progress(0, 1)
    wanted, figure = asked
    said = describe_view(
        opened.as_of(wanted.as_of).rounded(wanted.decimals),
        view,
        Options(size=read_size(wanted.size, wanted.dpi), restricted=wanted.restricted),
        screen=wanted.screen,
        answered=answered_of(figure),
    )
    shapes = [large_scale(one.snapshot.layer, one.near) for one in said.layers if one.near is not None]
    cover = cover_warning(np.concatenate(shapes)) if shapes else None
    told = {
        "sentence": asdict(said.alt),
        "bounds": said.frame.lonlat,
        "scale": said.scale,
        "scale_bar_m": bar_m(said.frame),
        "table": [dict(row) | {"label": asdict(row["label"])} for row in said.table],
        "legend": [asdict(one.legend) for one in said.layers],
        "warnings": [asdict(text) for text in said.warnings],
        "data_warnings": [asdict(cover)] if cover else [],
    }
    return orjson.dumps(told)


@blueprint.get("/render/<file>")
@declare_operation(
    Operation(
        "一个视图的静态地图",
        "A static map of a view",
        "views",
        "image/png",
        parameters=(_FILE, *_OPTIONS),
        errors=(400, 404, 422, 503),
    ),
    linked=True,
)
def picture(file: str) -> Response:
    """The picture; drawn by a worker once for each state of the data, then kept.

    Raises
    ------
    BadParameter
        The ending is of no picture.
    """
    name, dot, ending = file.rpartition(".")
    kind = next((one for one in TYPES if one == ending), None)
    if not dot or kind is None:
        words = ", ".join(TYPES)
        raise BadParameter(name="file", why_zh=f"扩展名应为 {words} 之一", why_en=f"it ends in none of {words}")
    view = chosen_view(name, linked=opened_by_link(request.path, request.args))
    response = _made(render_view, view, TYPES[kind], kind=kind)
    response.headers["Content-Disposition"] = f'inline; filename="{"map" if name == "map" else view.id}.{kind}"'
    return response


@blueprint.get("/render/<view>.json")
@declare_operation(
    Operation(
        "静态地图的一句话、表格、图例与提醒",
        "A static map's sentence, table, legend and warnings",
        "views",
        schema="PictureTold",
        parameters=(_NAMED, *_OPTIONS),
        errors=(400, 404, 422, 503),
    ),
    linked=True,
)
def picture_told(view: str) -> Response:
    """What the picture of the same address says, from the same query, for those who cannot see it."""
    wanted = chosen_view(view, linked=opened_by_link(request.path, request.args))
    return _made(described_view, wanted, JSON)


def _made(
    function: Callable[..., bytes], view: View, content_type: str, kind: PictureKind | Literal[""] = ""
) -> Response:
    size, dpi = request.args.get("size", "slide"), request.args.get("dpi", "")
    grid = request.args.get("grid", "no")
    read_size(size, dpi)
    if grid not in ("yes", "no"):
        raise BadParameter(name="grid", why_zh="应为 yes 或 no", why_en="yes or no is expected")
    palette = request.args.get("palette", view.palette)
    if palette not in PALETTES:
        known = ", ".join(PALETTES)
        raise BadParameter(name="palette", why_zh=f"应为 {known} 之一", why_en=f"one of {known} is expected")
    view = replace(view, palette=palette)
    wanted = PictureWanted(
        kind=kind,
        size=size,
        dpi=dpi,
        grid=grid == "yes",
        language=current_language(),
        restricted=sees_restricted(),
        screen=_screen(),
        as_of=read_moment(),
        decimals=current_settings().number("decimals"),
    )
    told = [function.__name__, asdict(view), asdict(wanted), shown_versions(), declared_view()]
    key = hashlib.sha256(orjson.dumps(told, default=str)).hexdigest()
    data = drawn_once(key, function, view, (wanted, sent_figure(view)))
    return bytes_answer(data, content_type, tag=key[:32], vary="Cookie, Accept-Language")


def _screen() -> tuple[float, float] | None:
    text = request.args.get("screen")
    if text is None:
        return None
    found = _SCREEN.fullmatch(text)
    if not found or not all(100 <= int(side) <= 10_000 for side in found.groups()):
        why_zh, why_en = "应为如 1026x720 的像素数", "pixels such as 1026x720 are expected"
        raise BadParameter(name="screen", why_zh=why_zh, why_en=why_en)
    width, height = found.groups()
    return float(width), float(height)


def shown_versions() -> list[str]:
    """Return the versions of every layer the reader may see."""
    return [s.version for s in current_library().readable(restricted=sees_restricted())]


def declared_view() -> str:
    """Return the catalog as it is declared now: names, styles and fields are in the file."""
    return current_library().told("declared", _digest_of, restricted=True).decode()


def _digest_of(opened: Library) -> bytes:
    return hashlib.sha256(repr(opened.catalog).encode()).hexdigest().encode()


def drawn_once(key: str, function: Callable[..., bytes], view: View, asked: object) -> bytes:
    """Return a file from those kept, or made now in a worker.

    A few are made at a time and the others wait for their turn: computations keep their places in the queue, and
    those who wait for the same file get it when the first of them has it. Only so many may wait, fewer than there
    are threads, so that pages never starve.

    Parameters
    ----------
    key
        Of the file: what was asked and the state of the data.
    function
        Makes it in a worker, from the view and what is asked.
    view
        What it shows.
    asked
        What the function takes beside the view.

    Raises
    ------
    Busy
        Too many are waiting.
    """
    with _lock:
        found = _found(key)
        if found is not None:
            return found
        if _Waiting.count >= current_settings().number("max_renders"):
            raise Busy(most=current_settings().number("max_renders"))
        _Waiting.count += 1
    try:
        with _turns:
            with _lock:
                found = _found(key)
            data: bytes = found or wait_for_job(current_jobs().start(function, view, asked))
    finally:
        with _lock:
            _Waiting.count -= 1
    with _lock:
        _kept[key] = data
        while len(_kept) > _KEPT or sum(map(len, _kept.values())) > _BYTES:
            _kept.popitem(last=False)
    return data


def _found(key: str) -> bytes | None:
    if key in _kept:
        _kept.move_to_end(key)
    return _kept.get(key)


class _Waiting:
    count = 0
