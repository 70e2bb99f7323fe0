"""A map as native shapes on a slide: a group for each layer, a named freeform for each feature."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from pptx.oxml.ns import qn
from pptx.util import Pt

from briefings.map.description import ShownLayer, shown_layers
from briefings.map.fonts import drawable_text
from briefings.map.frame import Frame, ground_frame
from briefings.write.pptx_freeforms import Drawn, group_element, radius_emu
from layers.library.library import Library
from layers.plan.style import GeometryKind, Look, look_of
from layers.plan.views import View

MOST = 5000  # shapes on a slide; a program that opens more becomes slow
_KINDS: tuple[GeometryKind, GeometryKind, GeometryKind] = ("point", "line", "polygon")
LATIN, _EAST_ASIAN = "Arial", "Microsoft YaHei"
Box = tuple[int, int, int, int]


def add_shapes(slide: Any, library: Library, view: View, box: Box, *, language: str) -> tuple[int, int]:  # noqa: ANN401
    """Draw a view's features into a box of a slide (EMU: left, top, width, height).

    Parameters
    ----------
    slide
        Where to.
    library
        The plan as it may leave.
    view
        What to draw.
    box
        Left, top, width, height in EMU.
    language
        ``zh`` or ``en``, for the shapes' names.

    Returns
    -------
    tuple
        How many features were drawn, and how many were left out because there are more than ``MOST``.
    """
    frame = ground_frame(library.catalog.plan, view, shape=box[2] / box[3])
    shown, _ = shown_layers(library, view, restricted=False)
    drawn = left = 0
    number = max(map(int, slide.shapes._spTree.xpath("//p:cNvPr/@id"))) + 1
    for one in shown:
        made, over = _layer(one, library, view, _Place(frame, box, MOST - drawn, language))
        drawn, left = drawn + len(made), left + over
        if made:
            name = drawable_text(one.snapshot.layer.label[language], longest=80)
            slide.shapes._spTree.append(group_element(name, made, first=number))
            number += len(made) + 1
    return drawn, left


class _Place:
    """From plane metres to a slide's units."""

    def __init__(self, frame: Frame, box: Box, room: int, language: str) -> None:
        self.frame, self.box, self.room, self.language = frame, box, room, language
        west, south, east, north = frame.bounds
        self.scale = min(box[2] / (east - west), box[3] / (north - south))
        self.window = shapely.box(*frame.bounds)

    def points(self, coordinates: Any) -> list[tuple[int, int]]:  # noqa: ANN401 - an array (n, 2)
        x = self.box[0] + (coordinates[:, 0] - self.frame.bounds[0]) * self.scale
        y = self.box[1] + (self.frame.bounds[3] - coordinates[:, 1]) * self.scale
        return list(zip(np.rint(x).astype(int).tolist(), np.rint(y).astype(int).tolist(), strict=True))


def _layer(one: ShownLayer, library: Library, view: View, place: _Place) -> tuple[list[Drawn], int]:
    """Return a layer's features as far as there is room, and how many there was none for."""
    layer = one.snapshot.layer
    classes = library.catalog.classes.get(layer.scheme, ())
    near = one.chosen.where(~shapely.is_missing(one.chosen.geometry))
    shapes = shapely.intersection(place.frame.plane(near.geometry), place.window)
    shapes = shapely.simplify(shapes, Pt(0.4) / place.scale)
    keep = ~shapely.is_empty(shapes)
    near, shapes = near.where(keep), shapes[keep]
    made = []
    for feature, shape in zip(near[: place.room], shapes[: place.room], strict=True):
        kind = _KINDS[int(shapely.get_dimensions(shape))]
        look = look_of(layer, feature.properties, kind, classes, view.palette)
        name = drawable_text(feature.name(layer, place.language), longest=80)
        drawn = _drawn(name, shape, kind, look, place)
        if drawn is not None:
            made.append(drawn)
    return made, max(len(near) - place.room, 0)


def _drawn(name: str, shape: Any, kind: GeometryKind, look: Look, place: _Place) -> Drawn | None:  # noqa: ANN401
    parts = shapely.get_parts(shape)
    if kind == "point":
        ((x, y),) = place.points(shapely.get_coordinates(parts[0]))
        return Drawn(name, look, circle=(x, y, radius_emu(look)))
    lines = shapely.get_rings(parts) if kind == "polygon" else parts[shapely.get_dimensions(parts) == 1]
    chains = [place.points(shapely.get_coordinates(line)) for line in lines]
    chains = [chain for chain in chains if len(set(chain)) > 1]
    return Drawn(name, look, tuple(chains), closed=kind == "polygon") if chains else None


def set_typeface(run: Any, size: float, color: Any) -> None:  # noqa: ANN401
    """Give a run its size, colour and typefaces, the Chinese one too."""
    run.font.size, run.font.color.rgb, run.font.name = Pt(size), color, LATIN
    properties = run._r.get_or_add_rPr()
    for tag in ("a:ea", "a:cs"):
        made = properties.makeelement(qn(tag), {"typeface": _EAST_ASIAN})
        properties.append(made)


def set_alt_text(shape: Any, text: str) -> None:  # noqa: ANN401
    """Give a picture, chart or table its alt text."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", drawable_text(text, longest=300))
