"""A sheet being drawn, and the ground of one of its maps: background and layers in their axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from matplotlib.figure import Figure

from briefings.map.answered import Answered, draw_answered
from briefings.map.block_ground import block_ground, edge_blocks, lift_blocks, plane_blocks, sheet_zoom
from briefings.map.description import Description
from briefings.map.fonts import drawable_text
from briefings.map.frame import Frame
from briefings.map.grey_patterns import grey_patterns
from briefings.map.guides import draw_guides
from briefings.map.inset_words import missing_layers
from briefings.map.labels import Label, labels_of
from briefings.map.layers import (
    LAND,
    LayerLook,
    draw_background,
    draw_layer,
    draw_shapes,
    fade_edge,
    features_near,
)
from briefings.map.layouts import Box, Options
from briefings.map.lettering import break_evenly
from briefings.map.numbering import draw_numbers
from briefings.map.older import draw_older
from layers.errors import LayerUnavailable, UnknownLayer
from layers.features.snapshot import Feature, Features, Snapshot
from layers.library.library import Library
from layers.plan.looks import LOOKS
from layers.plan.style import Look, declared_style
from layers.plan.views import View

_NUMBERS = 0.62  # of the usual letters: the digits of a numbered layer
_PARCELS = 15.8  # zoom from which each parcel has its outline
_OWN, _OWN_SIZE, _OWN_EM = "#23485c", 1.5, 10.0  # of the name of a sheet's own area: colour, size, width of a line
_ON_BLOCKS = 0.6  # order of the background that lies on the blocks' ground
_PALER, _PALE_ORDER = 0.5, 145.0  # what lies around a sheet's area; above the layers, below names and numbers
_EXACT = 0.25  # pixels of the picture by which a drawn line may differ from the true one


@dataclass(frozen=True)
class SheetDrawn:
    """What a sheet is drawn from: the plan, the view with what it says, how it comes out, a figure asked.

    ``page`` is what a sheet of an atlas says of its place in it.
    """

    library: Library
    view: View
    said: Description
    options: Options
    answered: Answered | None
    page: str = ""

    @property
    def name(self) -> str:
        """What stands at its head."""
        return self.view.title[self.options.language] or self.library.catalog.plan.title[self.options.language]

    @cached_property
    def missing(self) -> tuple[list[str], ...]:
        """What the map is about and each of its insets has nothing of, in their order."""
        shown = [(one.snapshot, one.chosen) for one in self.said.layers]
        ground, language = {one.layer for one in self.library.catalog.background}, self.options.language
        crs = self.said.frame.crs
        return tuple(missing_layers(one, shown, ground, crs=crs, language=language) for one in self.said.insets)

    @cached_property
    def blocks(self) -> tuple[shapely.Geometry, ...]:
        """The plan's blocks on its main map, in the plane."""
        return plane_blocks(self.library, self.said.frame, restricted=self.options.restricted)[1]

    def pixel_m(self, frame: Frame, box: Box) -> float:
        """Return how exact a line of a map in a box is drawn, in metres."""
        return (frame.bounds[2] - frame.bounds[0]) / (box[2] * self.options.size.width) * _EXACT


def map_axes(figure: Figure, box: Box, frame: Frame, name: str, *, framed: bool = True) -> Any:  # noqa: ANN401 - matplotlib
    """Return axes over a box of a figure, in the plane of a frame.

    Parameters
    ----------
    figure
        The sheet.
    box
        Left, bottom, width, height as parts of the sheet.
    frame
        The ground they show.
    name
        Their id in an SVG.
    framed
        Whether a line goes round them.
    """
    axes = figure.add_axes(box, gid=name)
    axes.set_xlim(frame.bounds[0], frame.bounds[2])
    axes.set_ylim(frame.bounds[1], frame.bounds[3])
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(LAND)
    for spine in axes.spines.values():
        spine.set_visible(framed)
        spine.set_color("#9aa7b3")
    return axes


def draw_ground(axes: Any, frame: Frame, sheet: SheetDrawn, exact_m: float) -> list[Label]:  # noqa: ANN401
    """Draw background and layers of a sheet into axes; returns the names that want a place.

    Parameters
    ----------
    axes, frame
        Where it is drawn, and the ground it shows.
    sheet
        What is drawn.
    exact_m
        How far a drawn line may lie from the true one.
    """
    library, view = sheet.library, sheet.view
    parts = []
    for entry in library.catalog.background:
        try:
            parts.append((entry, library.snapshot(library.layer(entry.layer))))
        except (UnknownLayer, LayerUnavailable):
            continue
    language, marks = sheet.options.language, grey_patterns(library.catalog, view.palette)
    blocks = block_ground(library, frame, restricted=sheet.options.restricted, language=language)
    below = next((at for at, (one, _) in enumerate(parts) if one.layer == blocks.layer), len(parts) - 1) + 1
    draw_background(axes, frame, parts[:below], exact_m=exact_m, marks=marks)
    lift_blocks(axes, frame, blocks)
    draw_background(axes, frame, parts[below:], exact_m=exact_m, order=_ON_BLOCKS, marks=marks)
    zoom = sheet_zoom(axes, frame)
    labels = _names_below(frame, sheet, [one for _, one in parts if one.layer.id != blocks.layer], zoom)
    for _, snapshot in parts:
        _fade(axes, frame, sheet, snapshot, features_near([frame], snapshot.features), order=_ON_BLOCKS)
    for one in sheet.said.layers:
        layer, shown = one.snapshot.layer, features_near([frame], one.chosen)
        listed = sheet.said.listing is not None and sheet.said.listing.layer == layer.id
        draw_layer(
            axes,
            frame,
            one.snapshot,
            _areas(shown) if listed else shown,
            LayerLook(
                classes=library.catalog.classes.get(layer.scheme, ()),
                palette=view.palette,
                opacity=view.opacity.get(layer.id, 1.0),
                patterns=one.patterns,
                pattern=marks.get(layer.id, ""),
                dissolved=bool(layer.class_field) and zoom < _PARCELS,
            ),
            exact_m=exact_m,
        )
        draw_guides(axes, frame, one.snapshot, shown)
        _fade(axes, frame, sheet, one.snapshot, shown, order=layer.order + 1.0)
        labels += [] if listed else labels_of(frame, one.snapshot, shown, language=language, zoom=zoom)
    if blocks.shapes and all(one.snapshot.layer.id != blocks.layer for one in sheet.said.layers):
        edge_blocks(axes, frame, blocks)
        labels += blocks.names
    if sheet.said.older is not None:
        draw_older(axes, frame, sheet.said.older, exact_m=exact_m)
    if sheet.answered is not None:
        draw_answered(axes, frame, sheet.answered, exact_m=exact_m)
    return labels


def _areas(shown: Features) -> Features:
    """Return what of numbered sites is drawn below their numbers: a point's number is its symbol."""
    return shown.where((shapely.get_dimensions(shown.geometry) > 0).tolist())


def _names_below(frame: Frame, sheet: SheetDrawn, ground: Sequence[Snapshot], zoom: float) -> list[Label]:
    """Return the names of the background that no map leaves out, of layers that are not shown themselves."""
    shown = {one.snapshot.layer.id for one in sheet.said.layers}
    found = list[Label]()
    for one in ground:
        if one.layer.id in shown or not one.layer.map_labels:
            continue
        near = features_near([frame], one.features)
        found += labels_of(frame, one, near, language=sheet.options.language, zoom=zoom)
    return [one for one in found if one.kept]


def _fade(
    axes: Any,  # noqa: ANN401
    frame: Frame,
    sheet: SheetDrawn,
    snapshot: Snapshot,
    shown: Features,
    *,
    order: float,
) -> None:
    """Let areas fade off where their data end, as their style declares.

    Parameters
    ----------
    axes, frame, sheet
        Where it is drawn, the ground it shows, and what is drawn.
    snapshot, shown
        A layer, and its features in the frame.
    order
        What has more is drawn above.
    """
    if not any(one.fades_at for one in (snapshot.layer.style, *snapshot.layer.rules)):
        return
    for feature in shown:
        style = declared_style(snapshot.layer, feature.properties)
        if not style.fades_at:
            continue
        try:
            ends = sheet.library.snapshot(sheet.library.layer(style.fades_at)).features.geometry
        except (UnknownLayer, LayerUnavailable):
            continue
        fade_edge(axes, frame, feature.geometry, ends, bank=style.color or LOOKS.color, order=order)


def selected_feature(sheet: SheetDrawn) -> Feature | None:
    """Return the feature a sheet's view has selected, if it is there, may be seen and has a place."""
    library = sheet.library
    layer_id, _, feature_id = sheet.view.selected.partition("/")
    try:
        found = library.snapshot(library.layer(layer_id, restricted=sheet.options.restricted)).find(feature_id)
    except (UnknownLayer, LayerUnavailable):
        return None
    return None if found is None or found.geometry is None else found


def own_label(labels: Sequence[Label], frame: Frame, sheet: SheetDrawn) -> list[Label]:
    """Return the names on an atlas's sheet: its own is the first, and no block's stands beside it.

    Parameters
    ----------
    labels
        All names.
    frame, sheet
        The ground, and what is drawn.
    """
    found = selected_feature(sheet)
    if found is None:
        return list(labels)
    layer = sheet.library.layer(sheet.view.selected.partition("/")[0], restricted=sheet.options.restricted)
    name = drawable_text(found.name(layer, sheet.options.language))
    lines = tuple(break_evenly(name, _OWN_EM, lines=2))
    place = frame.plane(shapely.point_on_surface(shapely.intersection(found.geometry, frame.region)))
    others = [one for one in labels if one.rank > 1 and one.lines != lines and "".join(one.lines) != name]
    if shapely.is_empty(place) or not lines:
        return others
    point = bool(shapely.get_dimensions(found.geometry) == 0)
    own = Label(lines, place.x, place.y, math.inf, point, 1, _OWN_SIZE, _OWN)
    return [own, *others]


def number_features(axes: Any, frame: Frame, sheet: SheetDrawn, taken: list[Any]) -> None:  # noqa: ANN401
    """Put the numbers of a listed layer on a map of the sheet, if it has one.

    Parameters
    ----------
    axes, frame, sheet
        Where they are drawn, the ground it shows, and what is drawn.
    taken
        Boxes in pixels that are not to be covered; those of the numbers are added.
    """
    listing = sheet.said.listing
    if listing is None:
        return
    one = next(one for one in sheet.said.layers if one.snapshot.layer.id == listing.layer)
    near = features_near([frame], one.chosen)
    points = max(sheet.options.size.least_points, sheet.options.size.points * _NUMBERS)
    draw_numbers(axes, frame, listing, near, points=points, taken=taken)


def mark_selected(axes: Any, sheet: SheetDrawn) -> None:  # noqa: ANN401 - matplotlib
    """Put the outline of the selected feature above all others, as the page does.

    On a sheet of an atlas what lies around an area is paler: a line would say that its edge is known.
    """
    frame, found = sheet.said.frame, selected_feature(sheet)
    if found is None:
        return
    (place,) = frame.plane(np.array([found.geometry], dtype=object))
    if sheet.page and shapely.get_dimensions(place) == 2:
        around = np.array([shapely.difference(shapely.box(*frame.bounds), shapely.make_valid(place))])
        draw_shapes(axes, "polygon", around, Look(LAND, 0.0, 1.0, LAND, _PALER), order=_PALE_ORDER)
        return
    for color, width, order in (("white", 5.0, 190.0), ("#d1105a", 2.4, 191.0)):
        if shapely.get_dimensions(place) == 0:
            spots = shapely.get_coordinates(place)
            axes.plot(spots[:, 0], spots[:, 1], "o", mec=color, mfc="none", ms=13, mew=width, zorder=order)
            continue
        lines = shapely.get_parts(shapely.boundary(place) if shapely.get_dimensions(place) == 2 else place)
        for line in lines:
            xy = shapely.get_coordinates(line)
            axes.plot(xy[:, 0], xy[:, 1], color=color, lw=width, zorder=order, gid="selected")
