"""A view as a picture: PNG, SVG or PDF, the same bytes for the same plan, with its sentence and its table."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from briefings.fonts import drawable, font
from briefings.frame import Frame, frame_of
from briefings.furniture import graticule, legend, north_arrow, scale_bar, title, wrapped
from briefings.labels import Label, labels_of, place_labels
from briefings.mapdraw import draw_background, draw_layer
from briefings.presets import Size
from layers.declare import Text
from layers.errors import LayerUnavailable, UnknownLayer
from layers.features import Features, Snapshot
from layers.library import Library
from layers.selection import parse_filter, select
from layers.symbols import POSITIONS, LegendSection, legend_of
from layers.views import View

PictureKind = Literal["png", "svg", "pdf"]
TYPES: Mapping[str, str] = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
_STYLE: dict[Any, Any] = {
    "text.parse_math": False,
    "svg.hashsalt": "planatlas",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "path.simplify": True,
}
_PLAIN: Mapping[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


@dataclass(frozen=True)
class Shown:
    """A layer as a picture shows it."""

    snapshot: Snapshot
    chosen: Features
    legend: LegendSection
    inside: int = 0


@dataclass(frozen=True)
class Picture:
    """A picture with what must not get lost: a sentence (alt text), a table of layers and versions, warnings."""

    data: bytes
    kind: str
    alt: Text
    table: tuple[Mapping[str, Any], ...]
    legend: tuple[LegendSection, ...]
    warnings: tuple[Text, ...] = field(default=())


def draw(
    library: Library,
    view: View,
    *,
    size: Size,
    language: str,
    kind: PictureKind = "png",
    grid: bool = False,
    restricted: bool = False,
    titled: bool = True,
    into: Callable[[Figure], None] | None = None,
) -> Picture:
    """Draw a view.

    Parameters
    ----------
    library
        The open plan.
    view
        What is shown; layers that do not exist or may not be seen are left out and told.
    size
        Of the whole picture.
    language
        ``zh`` or ``en``.
    kind
        The format.
    grid
        Whether meridians and parallels are drawn.
    restricted
        Whether the reader may see restricted layers.
    titled
        Whether the picture carries its title; not where one stands above it already.
    into
        Given the drawn sheet instead of making a file of it; the picture then has no data.
    """
    plan = library.catalog.plan
    wide = size.width >= size.height
    figure = Figure(figsize=(size.width / size.dpi, size.height / size.dpi), dpi=size.dpi, facecolor="white")
    FigureCanvasAgg(figure)
    points = max(6.0, min(size.width, size.height) / size.dpi * 1.15)
    area = (0.015, 0.105, 0.755, 0.795) if wide else (0.02, 0.27, 0.96, 0.65)
    key = (0.782, 0.105, 0.21, 0.795) if wide else (0.02, 0.085, 0.96, 0.175)
    if not titled:
        area = (*area[:3], 0.985 - area[1])
        key = (*key[:3], 0.985 - key[1]) if wide else key
    frame = frame_of(plan, view, shape=area[2] * size.width / (area[3] * size.height))
    layers, warnings = shown_layers(library, view, restricted=restricted)
    axes: Any = figure.add_axes(area)
    axes.set_xlim(frame.bounds[0], frame.bounds[2])
    axes.set_ylim(frame.bounds[1], frame.bounds[3])
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor("#f7f8f4")
    for spine in axes.spines.values():
        spine.set_color("#9aa7b3")
    with mpl.rc_context({**_STYLE, "font.family": font(9).get_name()}):
        _background(axes, frame, library)
        drawn, labels = [], list[Label]()
        for one in layers:
            classes = library.catalog.classes.get(one.snapshot.layer.scheme, ())
            inside = draw_layer(axes, frame, one.snapshot, one.chosen, classes=classes, palette=view.palette)
            drawn.append(Shown(one.snapshot, one.chosen, one.legend, inside))
            labels += labels_of(frame, one.snapshot, one.chosen, language=language)
        place_labels(axes, labels, points=points, taken=[])
        if grid:
            graticule(axes, frame, points=points)
        scale_bar(axes, frame, points=points)
        north_arrow(axes, frame, points=points)
        name = view.title[language] or plan.title[language]
        under = view.description[language] or plan.subtitle[language]
        if titled:
            title(
                figure,
                (0.015, 0.91, 0.97, 0.08) if wide else (0.02, 0.925, 0.96, 0.065),
                name,
                f"{plan.title[language]} · {under}" if view.title[language] else under,
                points=points,
            )
        sections = [one.legend for one in drawn if one.inside or not one.snapshot.placed]
        legend(
            figure, key, sections, positions_of(drawn), language=language, points=points, columns=1 if wide else 3
        )
        _footer(
            figure,
            plan_lines(library, drawn, language),
            points=points * 0.78,
            ems=size.width / size.dpi * 72 * 0.97 / (points * 0.78),
        )
        if view.selected:
            _mark(axes, frame, library, view, restricted=restricted)
        if into is not None:
            into(figure)
        data = b"" if into is not None else _saved(figure, kind)
    table = tuple(
        {
            "layer": one.snapshot.layer.id,
            "label": one.snapshot.layer.label,
            "features": len(one.chosen),
            "inside": one.inside,
            "version": one.snapshot.version,
            "number": one.snapshot.number,
        }
        for one in drawn
    )
    return Picture(
        data,
        kind,
        _sentence(name_of(view, library), drawn),
        table,
        tuple(one.legend for one in drawn),
        tuple(warnings),
    )


def name_of(view: View, library: Library) -> Text:
    """Return what a view is called: its title, else the plan's."""
    plan = library.catalog.plan
    return Text(view.title.zh or plan.title.zh, view.title.en or plan.title.en)


def shown_layers(library: Library, view: View, *, restricted: bool) -> tuple[list[Shown], list[Text]]:
    """Return the layers a view shows, lowest first, and why the others it names are left out.

    Raises
    ------
    BadFilter
        The view's filter does not fit its layer.
    """
    known = library.layers(restricted=restricted)
    wanted = view.layers if view.layers is not None else tuple(one.id for one in known if one.visible)
    out, warnings = [], []
    for layer_id in wanted:
        try:
            layer = library.layer(layer_id, restricted=restricted)
            snapshot = library.snapshot(layer)
        except (UnknownLayer, LayerUnavailable) as error:
            warnings.append(Text(error.message("zh"), error.message("en")))
            continue
        filters = [parse_filter(text, layer) for text in view.filters.get(layer_id, ())]
        used = snapshot.used.get(layer.class_field, frozenset())
        classes = [c for c in library.catalog.classes.get(layer.scheme, ()) if c.code in used]
        out.append(Shown(snapshot, select(snapshot, filters=filters), legend_of(layer, classes, view.palette)))
    return sorted(out, key=lambda one: one.snapshot.layer.order), warnings


def _background(axes: Any, frame: Frame, library: Library) -> None:  # noqa: ANN401 - matplotlib
    parts = []
    for entry in library.catalog.background:
        try:
            parts.append((entry, library.snapshot(library.layer(entry.layer))))
        except (UnknownLayer, LayerUnavailable):
            continue
    draw_background(axes, frame, parts)


def _mark(axes: Any, frame: Frame, library: Library, view: View, *, restricted: bool) -> None:  # noqa: ANN401
    """Put the outline of the selected feature above all others, as the page does."""
    layer_id, _, feature_id = view.selected.partition("/")
    try:
        found = library.snapshot(library.layer(layer_id, restricted=restricted)).find(feature_id)
    except (UnknownLayer, LayerUnavailable):
        return
    if found is None or found.geometry is None:
        return
    (place,) = frame.plane(np.array([found.geometry], dtype=object))
    for color, width, order in (("white", 5.0, 900.0), ("#d1105a", 2.4, 901.0)):
        if shapely.get_dimensions(place) == 0:
            spots = shapely.get_coordinates(place)
            axes.plot(spots[:, 0], spots[:, 1], "o", mec=color, mfc="none", ms=13, mew=width, zorder=order)
            continue
        lines = shapely.get_parts(shapely.boundary(place) if shapely.get_dimensions(place) == 2 else place)
        for line in lines:
            xy = shapely.get_coordinates(line)
            axes.plot(xy[:, 0], xy[:, 1], color=color, lw=width, zorder=order, gid="selected")


def positions_of(drawn: list[Shown]) -> list[str]:
    """Return the words of how sure positions are that the drawn features hold."""
    held = {p for one in drawn if not one.snapshot.layer.illustrative for p in one.snapshot.used["position"]}
    return [p for p in POSITIONS if p in held]


def plan_lines(library: Library, drawn: list[Shown], language: str) -> list[str]:
    """Return the lines under a map: notice, sources, versions, date, map review number."""
    plan, zh = library.catalog.plan, language == "zh"
    sources = "；".join(dict.fromkeys(one.snapshot.layer.source[language].rstrip("。.") for one in drawn))
    versions = ", ".join(f"{one.snapshot.layer.id} {one.snapshot.version[:8]}" for one in drawn)
    review = plan.map_review_no or ("内部工作用图" if zh else "internal working map")
    return [
        plan.notice[language],
        f"{'来源' if zh else 'Sources'}{'：' if zh else ': '}{sources if zh else sources.replace('；', '; ')}",
        f"{'数据版本' if zh else 'Data versions'}{'：' if zh else ': '}{versions}",
        " · ".join(
            (
                f"{'规划日期' if zh else 'Plan of'} {plan.document_date}",
                plan.plane_crs,
                f"{'审图号：' if zh else 'Map review no.: '}{review}",
            )
        ),
    ]


def _footer(figure: Figure, lines: list[str], *, points: float, ems: float) -> None:
    broken = [part for line in lines for part in wrapped(drawable(line, longest=600), ems)]
    most = max(int(figure.get_size_inches()[1] * 0.09 * 72 / (points * 1.3)), 2)
    if len(broken) > most:
        last = broken[-1]
        broken = [*broken[: most - 1], last]
    for i, line in enumerate(broken):
        y = 0.092 - (i + 0.5) * points * 1.3 / 72 / figure.get_size_inches()[1]
        figure.text(0.015, y, line, fontproperties=font(points), color="#56687a", va="center", gid="source")


def _sentence(name: Text, drawn: list[Shown]) -> Text:
    zh = "、".join(f"{one.snapshot.layer.label.zh} {one.inside} 个" for one in drawn) or "没有图层"
    en = ", ".join(f"{one.snapshot.layer.label.en} ({one.inside})" for one in drawn) or "no layer"
    return Text(f"地图“{name.zh}”，图上有：{zh}。", f"Map “{name.en}” showing: {en}.")


def _saved(figure: Figure, kind: str) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format=kind, dpi=figure.dpi, metadata=_PLAIN[kind])
    return out.getvalue()
