"""A map as native shapes on a slide: a group for each layer, a named freeform for each feature."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from briefings.description import Shown, shown_layers
from briefings.fonts import drawable
from briefings.frame import Frame, frame_of
from layers.library import Library
from layers.symbols import Kind, Look, look_of
from layers.views import View

MOST = 2000  # shapes on a slide; a program that opens more becomes slow
_KINDS: tuple[Kind, Kind, Kind] = ("point", "line", "polygon")
_POINTS_PER_PIXEL = 0.72
LATIN, _EAST_ASIAN = "Arial", "Microsoft YaHei"
Box = tuple[int, int, int, int]


def add_shapes(slide: Any, library: Library, view: View, box: Box, *, language: str) -> tuple[int, int]:  # noqa: ANN401
    """Draw a view's features into a box of a slide (EMU: left, top, width, height).

    Returns
    -------
    tuple
        How many features were drawn, and how many were left out because there are more than ``MOST``.
    """
    frame = frame_of(library.catalog.plan, view, shape=box[2] / box[3])
    shown, _ = shown_layers(library, view, restricted=False)
    drawn = left = 0
    for one in shown:
        group = slide.shapes.add_group_shape()
        group.name = drawable(one.snapshot.layer.label[language], longest=80)
        group.shapes.turbo_add_enabled = True  # else each shape looks through all others for a free number
        made, over = _layer(group, one, library, view, _Place(frame, box, MOST - drawn, language))
        drawn, left = drawn + made, left + over
        if not made:
            group._element.getparent().remove(group._element)
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


def _layer(group: Any, one: Shown, library: Library, view: View, place: _Place) -> tuple[int, int]:  # noqa: ANN401
    layer = one.snapshot.layer
    classes = library.catalog.classes.get(layer.scheme, ())
    near = one.chosen.where(~shapely.is_missing(one.chosen.geometry))
    shapes = shapely.intersection(place.frame.plane(near.geometry), place.window)
    shapes = shapely.simplify(shapes, Pt(0.4) / place.scale)
    keep = ~shapely.is_empty(shapes)
    near, shapes = near.where(keep), shapes[keep]
    for feature, shape in zip(near[: place.room], shapes[: place.room], strict=True):
        kind = _KINDS[int(shapely.get_dimensions(shape))]
        look = look_of(layer, feature.properties, kind, classes, view.palette)
        made = _drawn(group, shape, kind, look, place)
        if made is not None:
            made.name = drawable(feature.name(layer, place.language), longest=80)
    return min(len(near), place.room), max(len(near) - place.room, 0)


def _drawn(group: Any, shape: Any, kind: Kind, look: Look, place: _Place) -> Any:  # noqa: ANN401
    parts = shapely.get_parts(shape)
    if kind == "point":
        radius = int(Pt(look.radius * _POINTS_PER_PIXEL))
        ((x, y),) = place.points(shapely.get_coordinates(parts[0]))
        made = group.shapes.add_shape(MSO_SHAPE.OVAL, Emu(x - radius), Emu(y - radius), 2 * radius, 2 * radius)
    else:
        lines = shapely.get_rings(parts) if kind == "polygon" else parts[shapely.get_dimensions(parts) == 1]
        chains = [place.points(shapely.get_coordinates(line)) for line in lines]
        chains = [chain for chain in chains if len(set(chain)) > 1]
        if not chains:
            return None
        builder = group.shapes.build_freeform(*chains[0][0])
        for number, chain in enumerate(chains):
            if number:
                builder.move_to(*chain[0])
            builder.add_line_segments(chain[1:], close=kind == "polygon")
        made = builder.convert_to_shape()
    made.shadow.inherit = False
    made.line.color.rgb, made.line.width = _color(look.color), Pt(max(look.width * _POINTS_PER_PIXEL, 0.25))
    _see_through(made.line._ln, look.opacity)
    if look.dash:
        made.line._ln.get_or_add_prstDash().set("val", "dash")
    if kind == "line" or look.fill is None:
        made.fill.background()
    else:
        made.fill.solid()
        made.fill.fore_color.rgb = _color(look.fill)
        _see_through(made._element.spPr, look.fill_opacity)
    return made


def _color(text: str) -> RGBColor:
    red, green, blue = bytes.fromhex(text.lstrip("#"))
    return RGBColor(red, green, blue)


def _see_through(element: Any, opacity: float) -> None:  # noqa: ANN401 - python-pptx has no word for it
    if opacity >= 1:
        return
    for color in element.findall(f"{qn('a:solidFill')}/{qn('a:srgbClr')}"):
        color.append(color.makeelement(qn("a:alpha"), {"val": str(round(opacity * 100_000))}))


def typeface(run: Any, size: float, color: Any) -> None:  # noqa: ANN401
    """Give a run its size, colour and typefaces, the Chinese one too."""
    run.font.size, run.font.color.rgb, run.font.name = Pt(size), color, LATIN
    properties = run._r.get_or_add_rPr()
    for tag in ("a:ea", "a:cs"):
        made = properties.makeelement(qn(tag), {"typeface": _EAST_ASIAN})
        properties.append(made)


def described(shape: Any, text: str) -> None:  # noqa: ANN401
    """Give a picture, chart or table its alt text."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", drawable(text, longest=300))
