"""What a picture says before it is drawn: its ground, layers, sentence (alt text), table and lines of sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from briefings.map.answered import Answered
from briefings.map.fonts import drawable
from briefings.map.frame import Frame, ground_frame
from briefings.map.layers import near
from briefings.map.older import OlderVersion, older_version
from briefings.map.presets import Size
from briefings.messages import say
from geo.text import Text, join_texts
from layers.errors import LayerUnavailable, UnknownLayer
from layers.features.query import FilterCondition, select
from layers.features.snapshot import Features, Snapshot, other_classes
from layers.library.conditions import read_conditions, words_of
from layers.library.library import Library
from layers.plan.style import POSITIONS, LegendSection, legend_of
from layers.plan.views import View


@dataclass(frozen=True)
class ShownLayer:
    """A layer as a picture shows it: what meets the conditions asked, and ``near`` what lies in the picture."""

    snapshot: Snapshot
    chosen: Features
    legend: LegendSection
    near: Features | None = None
    conditions: tuple[FilterCondition, ...] = ()

    @property
    def inside(self) -> int:
        """How many of its features lie in the picture."""
        return 0 if self.near is None else len(self.near)


@dataclass(frozen=True)
class Layout:
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


_WIDE = Layout(
    (0.015, 0.91, 0.97, 0.08),
    (0.015, 0.115, 0.755, 0.785),
    (0.782, 0.115, 0.21, 0.785),
    (0.015, 0.012, 0.97, 0.093),
    1,
)
_TALL = Layout(
    (0.02, 0.925, 0.96, 0.065), (0.02, 0.28, 0.96, 0.64), (0.02, 0.1, 0.96, 0.17), (0.02, 0.01, 0.96, 0.082), 3
)

_BARE_WIDE = Layout((0, 0, 1, 0), (0.0, 0.0, 0.765, 1.0), (0.777, 0.01, 0.22, 0.98), (0, 0, 1, 0), 1)
_BARE_TALL = Layout((0, 0, 1, 0), (0.0, 0.24, 1.0, 0.76), (0.01, 0.0, 0.98, 0.22), (0, 0, 1, 0), 3)


def layout_of(size: Size, *, titled: bool = True, footed: bool = True) -> Layout:
    """Return where things stand in a picture of a size: the legend beside the map, or below it.

    Without a title the map reaches up to where it would stand; without a foot as well it fills its height.
    """
    wide = size.width >= size.height
    if not footed:
        return _BARE_WIDE if wide else _BARE_TALL
    layout = _WIDE if wide else _TALL
    if titled:
        return layout

    def raised(place: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        return (*place[:3], 0.985 - place[1])

    return replace(layout, map=raised(layout.map), legend=raised(layout.legend) if wide else layout.legend)


@dataclass(frozen=True)
class Description:
    """What a picture says, before it is drawn: ground, layers, sentence (alt text), table, warnings.

    ``scale`` is the true scale's denominator on paper; None on a screen.
    """

    frame: Frame
    layers: tuple[ShownLayer, ...]
    alt: Text
    table: tuple[Mapping[str, Any], ...]
    warnings: tuple[Text, ...]
    scale: float | None
    older: OlderVersion | None = None


def describe_view(
    library: Library,
    view: View,
    *,
    size: Size,
    restricted: bool,
    screen: tuple[float, float] | None = None,
    titled: bool = True,
    answered: Answered | None = None,
    footed: bool = True,
) -> Description:
    """Return what a picture of a view says; the picture, its sentence and its table come of this one query.

    Parameters
    ----------
    library
        The open plan.
    view, size, restricted, screen, titled, answered, footed
        As for ``draw``.
    """
    layout = layout_of(size, titled=titled, footed=footed)
    shape = layout.shape * size.width / size.height
    frame = ground_frame(library.catalog.plan, view, shape=shape, **({"screen": screen} if screen else {}))
    layers, warnings = shown_layers(library, view, restricted=restricted)
    older, missing = older_version(library, view, restricted=restricted)
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
    said = sentence(name_of(view, library), drawn)
    if older is not None:
        said = Text(f"{said.zh}{older.label.zh}。", f"{said.en} {older.label.en}.")
    if answered is not None:
        said = Text(f"{said.zh}{answered.sentence.zh}", f"{said.en} {answered.sentence.en}")
    return Description(frame, tuple(drawn), said, table, (*warnings, *missing), scale, older)


def name_of(view: View, library: Library) -> Text:
    """Return what a view is called: its title, else the plan's."""
    plan = library.catalog.plan
    return Text(view.title.zh or plan.title.zh, view.title.en or plan.title.en)


def shown_layers(library: Library, view: View, *, restricted: bool) -> tuple[list[ShownLayer], list[Text]]:
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
        filters = read_conditions(library, layer, view.filters.get(layer_id, ()), restricted=restricted)
        used = snapshot.used.get(layer.class_field, frozenset())
        scheme = library.catalog.classes.get(layer.scheme, ())
        classes = [c for c in scheme if c.code in used]
        others = other_classes(snapshot, {c.code for c in scheme})
        shown = legend_of(layer, classes, view.palette, others=others)
        chosen = select(snapshot, filters=filters)
        if filters:
            told = say(
                "legend_filtered",
                label=shown.label,
                conditions=words_of(filters),
                kept=len(chosen),
                of=len(snapshot.features),
            )
            shown = replace(shown, label=told)
        out.append(ShownLayer(snapshot, chosen, shown, conditions=filters))
    return sorted(out, key=lambda one: one.snapshot.layer.order), warnings


def _filtered(one: ShownLayer) -> Text:
    label = one.snapshot.layer.label
    return say("sheet_filtered", label=label, conditions=words_of(one.conditions)) if one.conditions else label


def positions_of(drawn: list[ShownLayer]) -> list[str]:
    """Return the words of how sure positions are that the drawn features hold."""
    held = {p for one in drawn if not one.snapshot.layer.illustrative for p in one.snapshot.used["position"]}
    return [p for p in POSITIONS if p in held]


def plan_lines(
    library: Library, drawn: list[ShownLayer], language: str, *, scale: float | None = None
) -> list[str]:
    """Return the lines under a map: notice, sources, versions with their dates, scale, map review number.

    Parameters
    ----------
    library
        The open plan.
    drawn
        The layers on the map, with what of them is shown.
    language
        ``zh`` or ``en``.
    scale
        Denominator of the map's scale; None where it has none.
    """
    plan = library.catalog.plan
    between = say("sheet_between")[language]
    sources = between.join(dict.fromkeys(one.snapshot.layer.source[language].rstrip("。.") for one in drawn))
    versions = ", ".join(_version(library, one.snapshot) for one in drawn)
    review = plan.map_review_no or say("sheet_no_review")
    return [
        plan.notice[language],
        say("sheet_sources", sources=sources)[language],
        say("sheet_versions", versions=versions)[language],
        " · ".join(
            (
                say("sheet_dated", day=plan.document_date)[language],
                *([say("sheet_as_of", day=library.moment)[language]] if library.moment else []),
                plan.plane_crs,
                *([say("sheet_scale", scale=f"{_round_scale(scale):,}")[language]] if scale else []),
                say("sheet_review", number=review)[language],
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


def sentence(name: Text, drawn: Sequence[ShownLayer]) -> Text:
    """Return a map in a sentence, for those who cannot see it: its name, its layers, how much of each is shown."""
    counted = [say("sheet_counted", layer=_filtered(one), count=one.inside) for one in drawn]
    listed = join_texts(say("comma"), counted) if counted else say("sheet_no_layer")
    return say("sheet_sentence", name=Text(drawable(name.zh), drawable(name.en)), listed=listed)
