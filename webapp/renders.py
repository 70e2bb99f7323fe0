"""Static maps over HTTP: a declared view, or the state a map's address says, as PNG, SVG or PDF."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import orjson
from flask import Blueprint, Response, request

from briefings.presets import read_size
from layers.library import Library
from layers.views import View
from webapp.access import BadParameter
from webapp.answers import answer
from webapp.endpoints import Operation, Parameter, operation
from webapp.jobs import Busy
from webapp.language import language
from webapp.questions import jobs
from webapp.rights import sees_restricted
from webapp.services import library, settings
from webapp.viewing import chosen_view

blueprint = Blueprint("renders", __name__)
TYPES = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
_LONGEST, _KEPT, _BYTES = 4000, 48, 64 << 20
_FILE = Parameter(
    "file",
    "视图编号加 .png、.svg 或 .pdf；map.… 配合 v",
    "a view with .png, .svg or .pdf; map.… with v",
    path=True,
    example="map.png",
)
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
    Parameter(
        "grid",
        "是否画经纬网",
        "whether meridians and parallels are drawn",
        {"type": "string", "enum": ["yes", "no"]},
    ),
)
_kept: OrderedDict[str, bytes] = OrderedDict()
_lock = threading.Lock()


def rendered(
    opened: Library, progress: Callable[[float, float], None], view: View, options: dict[str, Any]
) -> bytes:
    """Draw a picture in a worker."""
    from briefings.picture import draw  # noqa: PLC0415 - matplotlib, in the workers only

    progress(0, 1)
    size = read_size(options["size"])
    return draw(
        opened, view, size=size, language=options["language"], kind=options["kind"], grid=options["grid"],
        restricted=options["restricted"],
    ).data  # fmt: skip


@blueprint.get("/render/<file>")
@operation(
    Operation("一个视图的静态地图", "A static map of a view", "views", "image/png", parameters=(_FILE, *_OPTIONS),
              errors=(400, 404, 422, 503))
)  # fmt: skip
def picture(file: str) -> Response:
    """The picture; drawn by a worker once for each state of the data, then kept."""
    name, dot, kind = file.rpartition(".")
    if not dot or kind not in TYPES:
        words = ", ".join(TYPES)
        raise BadParameter(name="file", why_zh=f"扩展名应为 {words} 之一", why_en=f"it ends in none of {words}")
    view = chosen_view(name)
    text = request.args.get("size", "slide")
    read_size(text)
    grid = request.args.get("grid", "no")
    if grid not in ("yes", "no"):
        raise BadParameter(name="grid", why_zh="应为 yes 或 no", why_en="yes or no is expected")
    options = {
        "kind": kind, "size": text, "grid": grid == "yes", "language": language(), "restricted": sees_restricted(),
    }  # fmt: skip
    key = hashlib.sha256(orjson.dumps([asdict(view), options, versions(), declared()], default=str)).hexdigest()
    response = answer(
        drawn_once(key, rendered, view, options), TYPES[kind], tag=key[:32], vary="Cookie, Accept-Language"
    )
    response.headers["Content-Disposition"] = f'inline; filename="{"map" if name == "map" else view.id}.{kind}"'
    return response


def versions() -> list[str]:
    """Return the versions of every layer the reader may see."""
    return [s.version for s in library().readable(restricted=sees_restricted())]


def declared() -> str:
    """Return the catalogue as it is declared now: names, styles and fields are in the file."""
    return hashlib.sha256(repr(library().catalog).encode()).hexdigest()


def drawn_once(key: str, function: Callable[..., bytes], view: View, options: dict[str, Any]) -> bytes:
    """Return a file from those kept, or made now in a worker; only so many may wait, so that pages never starve.

    Raises
    ------
    Busy
        Too many are waiting.
    """
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
        if _Waiting.count >= settings().number("max_renders"):
            raise Busy(most=settings().number("max_renders"))
        _Waiting.count += 1
    try:
        data: bytes = jobs().result(jobs().start(function, view, options))
    finally:
        with _lock:
            _Waiting.count -= 1
    with _lock:
        _kept[key] = data
        while len(_kept) > _KEPT or sum(map(len, _kept.values())) > _BYTES:
            _kept.popitem(last=False)
    return data


class _Waiting:
    count = 0
