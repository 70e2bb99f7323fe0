"""A view as a picture: PNG, SVG or PDF, the same bytes for the same plan, with its sentence and its table."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from briefings.map.answered import Answered, draw_answered, draw_site
from briefings.map.description import describe_view, layout_of, plan_lines, positions_of
from briefings.map.fonts import drawable, font
from briefings.map.frame import Frame
from briefings.map.furniture import footer, graticule, north_arrow, scale_bar, title
from briefings.map.grouping import named_groups
from briefings.map.labels import Label, labels_of, place_labels
from briefings.map.layers import draw_background, draw_layer, group_name
from briefings.map.legend import legend
from briefings.map.older import OlderVersion, draw_older
from briefings.map.presets import Size
from geo.text import Text
from layers.errors import LayerUnavailable, UnknownLayer
from layers.library.library import Library
from layers.plan.style import LegendSection
from layers.plan.views import View

PictureKind = Literal["png", "svg", "pdf"]
TYPES: Mapping[str, str] = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
_STYLE: dict[Any, Any] = {
    "text.parse_math": False,
    "text.hinting": "none",
    "svg.hashsalt": "planatlas",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "path.simplify": True,
}
_SQUEEZED = 3  # of a PNG: half the time of the usual 6, for a tenth more bytes
_EXACT = 0.25  # pixels of the picture by which a drawn line may differ from the true one


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
    screen: tuple[float, float] | None = None,
    titled: bool = True,
    answered: Answered | None = None,
    footed: bool = True,
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
    screen
        Width and height in pixels of the map on the reader's page, so that the picture shows all of it.
    titled
        Whether the picture carries its title; not where one stands above it already.
    answered
        The figure the view names, with its evidence.
    footed
        Whether it carries its lines of sources; without them (on a slide) it is map and legend alone.
    """
    library = library.as_of(view.date) if view.date else library
    plan, layout = library.catalog.plan, layout_of(size, titled=titled, footed=footed)
    said = describe_view(
        library,
        view,
        size=size,
        restricted=restricted,
        screen=screen,
        titled=titled,
        answered=answered,
        footed=footed,
    )
    points, frame = size.points, said.frame
    figure = Figure(figsize=(size.width / size.dpi, size.height / size.dpi), dpi=size.dpi, facecolor="white")
    FigureCanvasAgg(figure)
    axes: Any = figure.add_axes(layout.map, gid="map")
    axes.set_xlim(frame.bounds[0], frame.bounds[2])
    axes.set_ylim(frame.bounds[1], frame.bounds[3])
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor("#f7f8f4")
    for spine in axes.spines.values():
        spine.set_color("#9aa7b3")
    exact_m = (frame.bounds[2] - frame.bounds[0]) / (layout.map[2] * size.width) * _EXACT
    with mpl.rc_context({**_STYLE, "font.family": font(9).get_name()}):
        _background(axes, frame, library, exact_m)
        labels = list[Label]()
        for one in said.layers:
            layer, shown = one.snapshot.layer, one.near
            assert shown is not None  # describe() has looked
            draw_layer(
                axes,
                frame,
                one.snapshot,
                shown,
                classes=library.catalog.classes.get(layer.scheme, ()),
                palette=view.palette,
                exact_m=exact_m,
                opacity=view.opacity.get(layer.id, 1.0),
            )
            labels += labels_of(frame, one.snapshot, shown, language=language)
        furniture = [*scale_bar(axes, frame, points=points), *north_arrow(axes, frame, points=points)]
        taken = [part.get_window_extent().padded(size.dpi / 24) for part in furniture]
        if grid:
            graticule(axes, frame, points=points, taken=taken)
        place_labels(axes, labels, points=points, taken=taken)
        name = view.title[language] or plan.title[language]
        under = view.description[language] or plan.subtitle[language]
        if titled and footed:
            title(
                figure,
                layout.title,
                name,
                f"{plan.title[language]} · {under}" if view.title[language] else under,
                points=points,
            )
        sections = [one.legend for one in said.layers if one.inside or one.conditions or not one.snapshot.placed]
        sections += [one.legend for one in (said.older, answered) if one is not None and one.legend.entries]
        legend(
            figure,
            layout.legend,
            sections,
            positions_of(list(said.layers)),
            language=language,
            points=points,
            columns=layout.columns,
        )
        lines = plan_lines(library, list(said.layers), language, scale=said.scale)
        _draw_over(axes, frame, view, older=said.older, answered=answered, exact_m=exact_m)
        lines[:0] = [drawable(answered.sentence[language], longest=300)] if answered is not None else []
        if footed:
            footer(figure, layout.footer, lines, points=points * 0.78)
        if view.selected:
            _mark(axes, frame, library, view, restricted=restricted)
        data = _saved(figure, kind, name, said.alt[language])
    if kind == "svg":
        names = {group_name(one.snapshot.layer): one.snapshot.layer.label[language] for one in said.layers}
        spoken = {key: drawable(text) for key, text in names.items()}
        data = named_groups(
            data, spoken, title=drawable(name), description=drawable(said.alt[language], longest=600)
        )
    return Picture(data, kind, said.alt, said.table, tuple(one.legend for one in said.layers), said.warnings)


def _draw_over(
    axes: Any,  # noqa: ANN401 - matplotlib
    frame: Frame,
    view: View,
    *,
    older: OlderVersion | None,
    answered: Answered | None,
    exact_m: float,
) -> None:
    """Draw what lies over the layers: the version compared with, a figure's evidence, a drawn outline."""
    if older is not None:
        draw_older(axes, frame, older, exact_m=exact_m)
    if answered is not None:
        draw_answered(axes, frame, answered, exact_m=exact_m)
    if view.site:
        draw_site(axes, frame, view.site)


def _background(axes: Any, frame: Frame, library: Library, exact_m: float) -> None:  # noqa: ANN401 - matplotlib
    parts = []
    for entry in library.catalog.background:
        try:
            parts.append((entry, library.snapshot(library.layer(entry.layer))))
        except (UnknownLayer, LayerUnavailable):
            continue
    draw_background(axes, frame, parts, exact_m=exact_m)


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


def _saved(figure: Figure, kind: str, name: str, alt: str) -> bytes:
    """Return the file: with its title and sentence inside, without a clock or the name of a program."""
    head, said = drawable(name), drawable(alt, longest=600)
    told: Mapping[str, dict[str, Any]] = {
        "png": {"Software": None, "Title": head, "Description": said},
        "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None, "Creator": None, "Producer": None, "Title": head, "Subject": said},
    }
    out = io.BytesIO()
    more: dict[str, Any] = {"pil_kwargs": {"compress_level": _SQUEEZED}} if kind == "png" else {}
    figure.savefig(out, format=kind, dpi=figure.dpi, metadata=told[kind], **more)
    return out.getvalue()
