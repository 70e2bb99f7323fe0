"""A view: what a map shows, in the words of the map's own address."""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

from geo.errors import PlanAtlasError
from geo.text import Text
from layers.plan.palettes import OFFICIAL, PALETTES

_FIGURE = re.compile(r"[0-9a-f]{16}")
_VERSION = re.compile(r"[^@]+@[1-9]\d{0,8}")
_TABLE = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,2000}")
_TWIN = re.compile(r"(?:t|at):\d{4}-\d{2}-\d{2}|v:[^@]+@[1-9]\d{0,8}|view:[\w-]{1,100}")
_LEAST_OPACITY = 0.1
_CORNERS = (3, 500)


class UnknownView(PlanAtlasError):
    """No view of that id is declared."""

    code = "unknown_view"
    zh = "没有名为“{view}”的视图。已声明的视图：{known}；也可以用地图地址中 # 之后的内容：/render.png?v=…"
    en = "There is no view “{view}”. Declared: {known}; a map's address after # works too: /render.png?v=…"


@dataclass(frozen=True)
class View:
    """What a map shows.

    ``center`` is longitude, latitude in degrees (WGS 84) and ``zoom`` a web map's; without them the whole plan is
    shown. ``layers`` None means those the catalog makes visible. ``filters`` are conditions by layer, as the
    API writes them. ``palette`` is one of ``PALETTES``; ``selected`` is ``layer/feature``.
    ``opacity`` is a layer's share of its own, 0.1 to 1; ``date`` the day whose data are shown, ``YYYY-MM-DD``,
    empty for the newest; ``when`` the day of the plan's time whose states are shown, empty for that of its
    document; ``twin`` what stands beside on a second map; ``compared`` an older version over the map,
    ``layer@number``; ``site`` the corners of a drawn outline, longitude and latitude; ``question`` what was asked
    last, as the API takes it, ``figure`` the figure that is shown and ``table`` the table under the
    map. One that is not
    ``public`` opens for those who have signed in, and by a signed link. ``sheet_number`` is printed on its
    sheets (图号).
    """

    id: str = ""
    title: Text = Text("", "")
    description: Text = Text("", "")
    layers: tuple[str, ...] | None = None
    center: tuple[float, ...] | None = None
    zoom: float | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    base: str = ""
    palette: str = "official"
    selected: str = ""
    opacity: Mapping[str, float] = field(default_factory=dict)
    date: str = ""
    when: str = ""
    twin: str = ""
    compared: str = ""
    site: tuple[tuple[float, float], ...] = ()
    question: str = ""
    figure: str = ""
    table: str = ""
    public: bool = True
    sheet_number: str = ""


def read_view(text: str) -> View:
    """Return the view a map's address says after its ``#``; what is not valid there is left out, as on the page.

    Examples
    --------
    >>> read_view("#z=13&c=31.9,120.3&on=parks,rivers").layers
    ('parks', 'rivers')
    """
    said = parse_qs(text.lstrip("#"), keep_blank_values=True)

    def first(key: str) -> str:
        return said.get(key, [""])[0]

    filters: dict[str, list[str]] = {}
    for entry in said.get("f", []):
        layer, sign, condition = entry.partition(":")
        if sign and layer:
            filters.setdefault(layer, []).append(condition)
    return View(
        layers=tuple(part for part in first("on").split(",") if part) if "on" in said else None,
        center=_center(first("c")),
        zoom=_zoom(first("z")),
        filters={layer: tuple(found) for layer, found in filters.items()},
        base=first("base"),
        palette=first("pal") if first("pal") in PALETTES else OFFICIAL,
        selected=first("sel"),
        opacity=_opacity(said.get("op", [])),
        date=_day(first("at")),
        when=_day(first("t")),
        twin=_fitting(_TWIN, first("with")),
        compared=_fitting(_VERSION, first("cmp")),
        site=_corners(first("site")),
        question=_question(first("ask")),
        figure=_fitting(_FIGURE, first("fig")),
        table=_fitting(_TABLE, first("tb")),
    )


def view_text(view: View) -> str:
    """Return a view as the map's address writes it, without the ``#``."""
    said: list[tuple[str, str]] = []
    if view.zoom is not None:
        said.append(("z", f"{view.zoom:g}"))
    if view.center:
        said.append(("c", f"{view.center[1]:.5f},{view.center[0]:.5f}"))
    if view.layers is not None:
        said.append(("on", ",".join(view.layers)))
    said += [("base", view.base)] if view.base else []
    said += [("pal", view.palette)] if view.palette != "official" else []
    said += [("sel", view.selected)] if view.selected else []
    said += [("f", f"{layer}:{one}") for layer, found in view.filters.items() for one in found]
    said += [("op", f"{layer}:{share:g}") for layer, share in view.opacity.items()]
    said += [("at", view.date)] if view.date else []
    said += [("t", view.when)] if view.when else []
    said += [("with", view.twin)] if view.twin else []
    said += [("cmp", view.compared)] if view.compared else []
    said += [("site", ";".join(f"{lat:.7f},{lon:.7f}" for lon, lat in view.site))] if view.site else []
    said += [("ask", view.question)] if view.question else []
    said += [("tb", view.table)] if view.table else []
    said += [("fig", view.figure)] if view.figure else []
    return urlencode(said, safe=",/:;@")


def _opacity(said: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for entry in said:
        layer, _, text = entry.partition(":")
        try:
            share = float(text)
        except ValueError:
            continue
        if layer and _LEAST_OPACITY <= share < 1:
            found[layer] = share
    return found


def _corners(text: str) -> tuple[tuple[float, float], ...]:
    """Return a drawn outline; none at all when a corner is not on Earth, or there are too few or too many."""
    points = [_center(one) for one in text.split(";")] if text else []
    inside = [point for point in points if point is not None]
    return tuple(inside) if len(inside) == len(points) and _CORNERS[0] <= len(inside) <= _CORNERS[1] else ()


def _question(text: str) -> str:
    try:
        asked = json.loads(text)
    except ValueError:
        return ""
    sound = (
        isinstance(asked, dict)
        and isinstance(asked.get("function"), str)
        and isinstance(asked.get("inputs"), dict)
    )
    return text if sound else ""


def _day(text: str) -> str:
    """Return a day of the calendar as it was written, in the one form the page writes; else nothing."""
    try:
        return text if datetime.date.fromisoformat(text).isoformat() == text else ""
    except ValueError:
        return ""


def _fitting(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) else ""


def _zoom(text: str) -> float | None:
    try:
        zoom = float(text)
    except ValueError:
        return None
    return zoom if 0 <= zoom <= 22 else None


def _center(text: str) -> tuple[float, float] | None:
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        return None
    inside = math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180
    return (longitude, latitude) if inside else None
