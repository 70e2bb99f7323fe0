"""A view as a picture: PNG, SVG or PDF, the same bytes for the same plan, with its sentence and its table."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from briefings.fonts import drawable, font
from briefings.frame import Frame, frame_of
from briefings.furniture import footer, graticule, north_arrow, scale_bar, title
from briefings.grouping import named_groups
from briefings.labels import Label, labels_of, place_labels
from briefings.legend import legend
from briefings.mapdraw import draw_background, draw_layer, group_name, near
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
    "text.hinting": "none",
    "svg.hashsalt": "planatlas",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "path.simplify": True,
}
_EXACT = 0.25  # pixels of the picture by which a drawn line may differ from the true one


@dataclass(frozen=True)
class Shown:
    """A layer as a picture shows it."""

    snapshot: Snapshot
    chosen: Features
    legend: LegendSection
    near: Features | None = None

    @property
    def inside(self) -> int:
        """How many of its features lie in the picture."""
        return 0 if self.near is None else len(self.near)


@dataclass(frozen=True)
class Picture:
    """A picture with what must not get lost: a sentence (alt text), a table of layers and versions, warnings."""

    data: bytes
    kind: str
    alt: Text
    table: tuple[Mapping[str, Any], ...]
    legend: tuple[LegendSection, ...]
    warnings: tuple[Text, ...] = field(default=())


@dataclass(frozen=True)
class _Layout:
    """Where things stand in a picture: left, bottom, width, height as parts of the whole."""

    title: tuple[float, float, float, float]
    map: tuple[float, float, float, float]
    legend: tuple[float, float, float, float]
    footer: tuple[float, float, float, float]
    columns: int

    @property
    def shape(self) -> float:
        """Width over height of the map on a square picture."""
        return self.map[2] / self.map[3]


_WIDE = _Layout(
    (0.015, 0.91, 0.97, 0.08), (0.015, 0.115, 0.755, 0.785), (0.782, 0.115, 0.21, 0.785),
    (0.015, 0.012, 0.97, 0.093), 1,
)  # fmt: skip
_TALL = _Layout(
    (0.02, 0.925, 0.96, 0.065), (0.02, 0.28, 0.96, 0.64), (0.02, 0.1, 0.96, 0.17), (0.02, 0.01, 0.96, 0.082), 3
)


def _layout(size: Size) -> _Layout:
    return _WIDE if size.width >= size.height else _TALL


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
    """
    plan, layout = library.catalog.plan, _layout(size)
    said = describe(library, view, size=size, restricted=restricted, screen=screen)
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
                axes, frame, one.snapshot, shown, classes=library.catalog.classes.get(layer.scheme, ()),
                palette=view.palette, exact_m=exact_m,
            )  # fmt: skip
            labels += labels_of(frame, one.snapshot, shown, language=language)
        furniture = [*scale_bar(axes, frame, points=points), *north_arrow(axes, frame, points=points)]
        taken = [part.get_window_extent().padded(size.dpi / 24) for part in furniture]
        if grid:
            graticule(axes, frame, points=points, taken=taken)
        place_labels(axes, labels, points=points, taken=taken)
        name = view.title[language] or plan.title[language]
        under = view.description[language] or plan.subtitle[language]
        title(
            figure, layout.title, name, f"{plan.title[language]} · {under}" if view.title[language] else under,
            points=points,
        )  # fmt: skip
        sections = [one.legend for one in said.layers if one.inside or not one.snapshot.placed]
        legend(
            figure, layout.legend, sections, positions_of(list(said.layers)), language=language,
            points=points, columns=layout.columns,
        )  # fmt: skip
        lines = plan_lines(library, list(said.layers), language, scale=said.scale)
        footer(figure, layout.footer, lines, points=points * 0.78)
        data = _saved(figure, kind, name, said.alt[language])
    if kind == "svg":
        names = {group_name(one.snapshot.layer): one.snapshot.layer.label[language] for one in said.layers}
        spoken = {key: drawable(text) for key, text in names.items()}
        data = named_groups(data, spoken, title=drawable(name), description=drawable(said.alt[language], longest=600))
    return Picture(data, kind, said.alt, said.table, tuple(one.legend for one in said.layers), said.warnings)


@dataclass(frozen=True)
class Description:
    """What a picture says, before it is drawn: ground, layers, sentence (alt text), table, warnings.

    ``scale`` is the true scale's denominator on paper; None on a screen.
    """

    frame: Frame
    layers: tuple[Shown, ...]
    alt: Text
    table: tuple[Mapping[str, Any], ...]
    warnings: tuple[Text, ...]
    scale: float | None


def describe(
    library: Library, view: View, *, size: Size, restricted: bool, screen: tuple[float, float] | None = None
) -> Description:
    """Return what a picture of a view says; the picture, its sentence and its table come of this one query.

    Parameters
    ----------
    library
        The open plan.
    view, size, restricted, screen
        As for ``draw``.
    """
    layout = _layout(size)
    shape = layout.shape * size.width / size.height
    frame = frame_of(library.catalog.plan, view, shape=shape, **({"screen": screen} if screen else {}))
    layers, warnings = shown_layers(library, view, restricted=restricted)
    drawn = [replace(one, near=near(frame, one.chosen)) for one in layers]
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
    ground_m = (frame.bounds[2] - frame.bounds[0]) * frame.ground_per_metre
    scale = ground_m / (layout.map[2] * size.width / size.dpi * 0.0254) if size.paper else None
    return Description(frame, tuple(drawn), _sentence(name_of(view, library), drawn), table, tuple(warnings), scale)


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


def _background(axes: Any, frame: Frame, library: Library, exact_m: float) -> None:  # noqa: ANN401 - matplotlib
    parts = []
    for entry in library.catalog.background:
        try:
            parts.append((entry, library.snapshot(library.layer(entry.layer))))
        except (UnknownLayer, LayerUnavailable):
            continue
    draw_background(axes, frame, parts, exact_m=exact_m)


def positions_of(drawn: list[Shown]) -> list[str]:
    """Return the words of how sure positions are that the drawn features hold."""
    held = {p for one in drawn if not one.snapshot.layer.illustrative for p in one.snapshot.used["position"]}
    return [p for p in POSITIONS if p in held]


def plan_lines(library: Library, drawn: list[Shown], language: str, *, scale: float | None = None) -> list[str]:
    """Return the lines under a map: notice, sources, versions with their dates, scale, map review number."""
    plan, zh = library.catalog.plan, language == "zh"
    sources = "；".join(dict.fromkeys(one.snapshot.layer.source[language].rstrip("。.") for one in drawn))
    versions = ", ".join(_version(library, one.snapshot) for one in drawn)
    review = plan.map_review_no or ("内部工作用图" if zh else "internal working map")
    return [
        plan.notice[language],
        f"{'来源' if zh else 'Sources'}{'：' if zh else ': '}{sources if zh else sources.replace('；', '; ')}",
        f"{'数据版本' if zh else 'Data versions'}{'：' if zh else ': '}{versions}",
        " · ".join(
            (
                f"{'规划日期' if zh else 'Plan of'} {plan.document_date}",
                plan.plane_crs,
                *([f"{'比例尺约' if zh else 'Scale about'} 1:{_round_scale(scale):,}"] if scale else []),
                f"{'审图号：' if zh else 'Map review no.: '}{review}",
            )
        ),
    ]


def _version(library: Library, snapshot: Snapshot) -> str:
    """Return a layer's version as a map says it: a stored one with its number and day, a file's by its content."""
    if snapshot.number is None:
        return f"{snapshot.layer.id} {snapshot.version[:8]}"
    made_at = library.store.version(snapshot.layer.id, snapshot.number).made_at
    return f"{snapshot.layer.id} #{snapshot.number} ({made_at[:10]}) {snapshot.version[:8]}"


def _round_scale(scale: float) -> int:
    """Return a scale's denominator to three digits."""
    return int(float(f"{scale:.3g}"))


def _sentence(name: Text, drawn: list[Shown]) -> Text:
    zh = "、".join(f"{one.snapshot.layer.label.zh} {one.inside} 个" for one in drawn) or "没有图层"
    en = ", ".join(f"{one.snapshot.layer.label.en} ({one.inside})" for one in drawn) or "no layer"
    return Text(f"地图“{name.zh}”，图上有：{zh}。", f"Map “{name.en}” showing: {en}.")


def _saved(figure: Figure, kind: str, name: str, alt: str) -> bytes:
    """Return the file: with its title and sentence inside, without a clock or the name of a program."""
    head, said = drawable(name), drawable(alt, longest=600)
    told: Mapping[str, dict[str, Any]] = {
        "png": {"Software": None, "Title": head, "Description": said},
        "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None, "Creator": None, "Producer": None, "Title": head, "Subject": said},
    }
    out = io.BytesIO()
    figure.savefig(out, format=kind, dpi=figure.dpi, metadata=told[kind])
    return out.getvalue()
