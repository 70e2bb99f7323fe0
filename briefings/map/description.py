"""What a picture says before it is drawn: its ground, layers, sentence (alt text), table and lines of sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from briefings.map.answered import Answered
from briefings.map.arranging import Arranger
from briefings.map.fonts import drawable_text
from briefings.map.frame import Frame
from briefings.map.grey_patterns import grey_patterns
from briefings.map.ground_legend import ground_section
from briefings.map.grounds import Grounds, Inset, inset_frame
from briefings.map.layers import features_near
from briefings.map.layouts import SLIDES, Box, Layout, Options
from briefings.map.legend import Legend, Levels
from briefings.map.listing import Listing
from briefings.map.older import OlderVersion, older_version
from briefings.map.presets import SLIDE_POINTS
from briefings.map.sure_legend import legend_as_drawn
from briefings.messages import say
from geo.text import Text, join_texts
from layers.errors import LayerUnavailable, UnknownLayer
from layers.features.query import FilterCondition, select
from layers.features.snapshot import Features, Snapshot, other_classes
from layers.library.conditions import read_conditions, words_of
from layers.library.library import Library
from layers.plan.catalog import LandClass
from layers.plan.looks import LOOKS
from layers.plan.style import LegendEntry, LegendSection, class_patterns, legend_of, met_rules
from layers.plan.views import View

_INNER = str.maketrans("“”", "‘’")  # marks of a quotation within one


@dataclass(frozen=True)
class ShownLayer:
    """A layer as a picture shows it: what meets the conditions asked, and ``near`` what lies in the picture."""

    snapshot: Snapshot
    chosen: Features
    legend: LegendSection
    near: Features | None = None
    conditions: tuple[FilterCondition, ...] = ()
    others: tuple[Text, ...] = ()
    levels: Levels = ()
    patterns: Mapping[str, str] = field(default_factory=dict)

    @property
    def inside(self) -> int:
        """How many of its features lie in the picture."""
        return 0 if self.near is None else len(self.near)


@dataclass(frozen=True)
class Description:
    """What a picture says, before it is drawn: ground, layers, sentence (alt text), table, warnings.

    ``scale`` is the true scale's denominator on paper; None on a screen. A numbered layer has a ``listing`` with
    its place in the ``layout``.
    """

    frame: Frame
    layers: tuple[ShownLayer, ...]
    alt: Text
    table: tuple[Mapping[str, Any], ...]
    warnings: tuple[Text, ...]
    scale: float | None
    layout: Layout
    older: OlderVersion | None = None
    insets: tuple[Inset, ...] = ()
    filled: float = 1.0
    listing: Listing | None = None
    list_place: Box | None = None


def describe_view(
    library: Library,
    view: View,
    options: Options,
    *,
    screen: tuple[float, float] | None = None,
    answered: Answered | None = None,
    held: BaseGeometry | None = None,
) -> Description:
    """Return what a picture of a view says; the picture, its sentence and its table come of this one query.

    Parameters
    ----------
    library
        The open plan.
    view, options, screen, answered
        As for ``draw``.
    held
        Ground, longitude and latitude, that the sheet is about: its list is of what lies there.
    """
    restricted = options.restricted
    layers, warnings = shown_layers(library, view, restricted=restricted)
    arranger = Arranger(library, view, options, screen, held)
    chosen = [(one.snapshot, one.chosen) for one in layers]
    arranged = arranger.arranged(chosen)
    older, missing = older_version(library, view, restricted=restricted)
    drawn = _all_seen(library, view, layers, arranged.ground)
    told = [one.legend for one in (older, answered) if one is not None]
    words = legend_words(library, drawn, options, more=told, ground=(arranged.ground.frame, view.palette))
    suited = arranger.suited(arranged, words, chosen)
    ground = suited.ground
    if ground.frame != arranged.ground.frame:
        drawn = _all_seen(library, view, layers, ground)
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
    said = map_sentence(name_of(view, library), drawn)
    if older is not None:
        said = Text(f"{said.zh}{older.label.zh}。", f"{said.en} {older.label.en}.")
    if answered is not None:
        said = Text(f"{said.zh}{answered.sentence.zh}", f"{said.en} {answered.sentence.en}")
    warnings = [*warnings, *_outside(view, drawn, insets=bool(ground.insets))]
    return Description(
        ground.frame,
        tuple(drawn),
        said,
        table,
        (*warnings, *missing),
        suited.scale,
        suited.layout,
        older,
        ground.insets,
        ground.filled,
        suited.listing,
        suited.place,
    )


def legend_words(
    library: Library,
    drawn: Sequence[ShownLayer],
    options: Options,
    *,
    more: Sequence[LegendSection] = (),
    listed: str = "",
    ground: tuple[Frame, str] | None = None,
) -> Legend:
    """Return what a sheet's legend says, of the layers with something in the picture.

    It begins with what the map is about: what a figure shows, numbered sites, classes; what every map of the plan
    has as its ground comes last.

    Parameters
    ----------
    library
        The open plan.
    drawn
        The layers, lowest first.
    options
        Language and size.
    more
        What lies over the layers: an older version, a figure's evidence.
    listed
        The layer whose list stands on the sheet: the list's headings say it.
    ground
        That of the map, and its palette; a printed sheet says what is drawn below the layers, too.
    """
    slide = options.arrangement in SLIDES
    catalog = library.catalog
    blocks = "" if catalog.plan.blocks is None else catalog.plan.blocks.layer
    back = {one.layer for one in catalog.background} - {blocks}

    def place(one: ShownLayer) -> int:
        layer = one.snapshot.layer
        return 0 if layer.numbered is not None or layer.class_field else 1 + (layer.id in back)

    sections = [
        one.legend
        for one in sorted(drawn, key=lambda one: (place(one), -one.snapshot.layer.order))
        if (one.inside or one.conditions or not one.snapshot.placed) and one.snapshot.layer.id != listed
    ]
    if ground is not None and options.size.paper and options.arrangement == "sheet":
        shown = [one.snapshot.layer.id for one in drawn]
        sections.append(ground_section(library, *ground, shown, restricted=options.restricted))
    return Legend(
        tuple(one for one in (*more, *sections) if one.entries),
        {one.snapshot.layer.id: one.levels for one in drawn if one.levels},
        tuple(positions_of(list(drawn))),
        options.language,
        options.size.legend_points,
        min(options.size.least_points, SLIDE_POINTS) if slide else options.size.least_points,
        tight=slide or options.plain.sided,
    )


def _all_seen(library: Library, view: View, layers: Sequence[ShownLayer], ground: Grounds) -> list[ShownLayer]:
    """Return the layers with what of them lies on a ground or in its insets."""
    frames = [ground.frame, *(inset_frame(one, ground.frame.crs, shape=1.0) for one in ground.insets)]
    return [_seen(library, view, one, features_near(frames, one.chosen)) for one in layers]


def _seen(library: Library, view: View, one: ShownLayer, found: Features) -> ShownLayer:
    """Return a layer with what of it lies in the picture, and the legend of that."""
    layer = one.snapshot.layer
    if not layer.class_field:
        mark = grey_patterns(library.catalog, view.palette).get(layer.id, "")
        return replace(one, near=found, legend=legend_as_drawn(layer, used_legend(view, one, found), found, mark))
    inside = np.zeros(len(one.snapshot.content), dtype=bool)
    inside[found.positions] = True
    used = set(one.snapshot.content.different(layer.class_field, inside))
    scheme = library.catalog.classes.get(layer.scheme, ())
    classes = [c for c in scheme if c.code in used]
    if not classes:
        return replace(one, near=found)
    everywhere = set(one.snapshot.content.different(layer.class_field, np.ones(len(inside), dtype=bool)))
    patterns = class_patterns([c for c in scheme if c.code in everywhere], view.palette)
    plain = legend_of(layer, classes, view.palette, others=one.others)
    marks = [patterns.get(c.code, "") for c in classes] + [""] * (len(plain.entries) - len(classes))
    entries = tuple(
        replace(entry, look=replace(entry.look, pattern=mark))
        for entry, mark in zip(plain.entries, marks, strict=True)
    )
    shown = replace(plain, entries=entries, label=one.legend.label)
    return replace(one, near=found, legend=shown, levels=_levels(scheme, classes, shown), patterns=patterns)


def used_legend(view: View, one: ShownLayer, found: Features) -> LegendSection:
    """Return the legend of a layer drawn by rules: those by which some of the features found are drawn."""
    layer = one.snapshot.layer
    fields = dict.fromkeys(rule.when.field for rule in layer.rules)
    if not fields or layer.class_field or not len(found):
        return one.legend
    met = met_rules(layer, {field: found.values(field) for field in fields})
    shown = legend_of(layer, (), view.palette, others=one.others, met=met)
    return replace(shown, label=one.legend.label) if one.conditions else shown


def _levels(scheme: Sequence[LandClass], classes: Sequence[LandClass], shown: LegendSection) -> Levels:
    """Return the first levels of some classes, each with the entries below it; none where codes are flat."""
    labels = {c.code: c.label for c in scheme}
    below: dict[str, list[LegendEntry]] = {}
    for one, entry in zip(classes, shown.entries[: len(classes)], strict=True):
        ends = (end for end in range(1, len(one.code) + 1) if one.code[:end] in labels)
        first = next(one.code[:end] for end in ends if one.code.isdigit() or not one.code[end : end + 1].isalnum())
        below.setdefault(first, []).append(entry)
    if len(below) == len(classes):
        return ()
    return tuple((labels[code], tuple(found)) for code, found in below.items())


def _outside(view: View, drawn: Sequence[ShownLayer], *, insets: bool) -> list[Text]:
    """Say how many placed features a map of blocks leaves outside; nothing where a person chose the ground."""
    left = [
        (one.snapshot.layer.label, int((~shapely.is_missing(one.chosen.geometry)).sum()) - one.inside)
        for one in drawn
        if insets and one.snapshot.layer.map_labels
    ]
    return [say("sheet_outside", layer=label, count=count) for label, count in left if count > 0]


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
        out.append(ShownLayer(snapshot, chosen, shown, conditions=filters, others=others))
    return sorted(out, key=lambda one: one.snapshot.layer.order), warnings


def _filtered(one: ShownLayer) -> Text:
    label = one.snapshot.layer.label
    return say("sheet_filtered", label=label, conditions=words_of(one.conditions)) if one.conditions else label


def positions_of(drawn: list[ShownLayer]) -> list[str]:
    """Return the words of how sure positions are that the drawn features hold."""
    held = {p for one in drawn if not one.snapshot.layer.illustrative for p in one.snapshot.used["position"]}
    return [p for p in LOOKS.positions if p in held]


def map_sentence(name: Text, drawn: Sequence[ShownLayer]) -> Text:
    """Return a map in a sentence, for those who cannot see it: its name, its layers, how much of each is shown."""
    counted = [say("sheet_counted", layer=_filtered(one), count=one.inside) for one in drawn]
    listed = join_texts(say("comma"), counted) if counted else say("sheet_no_layer")
    quoted = Text(*(drawable_text(one).translate(_INNER) for one in (name.zh, name.en)))
    return say("sheet_sentence", name=quoted, listed=listed)
