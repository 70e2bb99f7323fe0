"""An atlas: a sheet for each feature of a layer, in one PDF, each at the round scale that shows it whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import matplotlib as mpl
from matplotlib.figure import Figure

from briefings.map.atlas_contents import AtlasContents
from briefings.map.description import Description, describe_view, name_of
from briefings.map.fonts import drawable_text, sized_font
from briefings.map.frame import SCREEN, TILE
from briefings.map.layouts import Options
from briefings.map.picture import STYLE, draw_sheet
from briefings.map.presets import MOST_SHEETS, NoSheets
from briefings.map.reading_order import show_sheet
from briefings.map.sheet import SheetDrawn
from briefings.map.tagged_pdf import Structure, write_tagged
from geo.text import Text
from layers.features.snapshot import Feature
from layers.library.library import Library
from layers.plan.catalog import Layer
from layers.plan.views import View

_AROUND = 1.15  # of a feature's own size that its sheet shows
_HALF = 0.5  # of a sheet, that its map takes at least
_FULL = 0.4  # of a map, from which its feature is large on it: more speaks for no other way to lay the sheet
_LEAST_DEGREES = 0.004  # of ground around a point


def draw_atlas(
    library: Library,
    view: View,
    layer_id: str,
    options: Options,
    *,
    progress: Callable[[float, float], None] = lambda _done, _total: None,
) -> bytes:
    """Return a PDF with a sheet for each placed feature of a layer, in the layer's order, and its contents before.

    Parameters
    ----------
    library
        The open plan.
    view
        What the sheets show; their ground is each feature's.
    layer_id
        The layer whose features have sheets.
    options
        Size, language and what stands around the maps.
    progress
        Called with done and total.

    Raises
    ------
    NoSheets
        The layer has no placed feature, or more than an atlas holds.
    UnknownLayer
        There is no such layer.
    """
    library = library.as_of(view.date) if view.date else library
    layer = library.layer(layer_id, restricted=options.restricted)
    placed = [one for one in library.snapshot(layer).features if one.geometry is not None]
    if not 0 < len(placed) <= MOST_SHEETS:
        raise NoSheets(layer=layer_id[:60], count=len(placed), most=MOST_SHEETS)
    structure, language = Structure(), options.language

    name = drawable_text(name_of(view, library)[language])
    told = f"{drawable_text(library.catalog.plan.title[language])} · {name}"
    listed = [one.name(layer, language) for one in placed]
    contents = AtlasContents(told, listed, options.size, language)

    def sheets() -> Iterator[Figure]:
        for page in range(contents.pages):
            yield contents.draw_page(page, structure)
        for done, feature in enumerate(placed):
            progress(done, len(placed))
            mine, screen = _of(view, library, layer, feature)
            if view.sheet_number:
                mine = replace(mine, sheet_number=f"{view.sheet_number}-{done + 1}")
            figure, said = _drawn(library, mine, options, screen, feature, contents.page_of(done))
            show_sheet(structure, figure, alt=drawable_text(said.alt[language], longest=600))
            yield figure

    with mpl.rc_context({**STYLE, "font.family": sized_font(9).get_name()}):
        return write_tagged(sheets(), structure, language=language, told={"Title": name})


def _drawn(
    library: Library,
    view: View,
    options: Options,
    screen: tuple[float, float],
    feature: Feature,
    page: str,
) -> tuple[Figure, Description]:
    """Return a feature's sheet and what it says: lying or standing, as its ground shows best.

    Parameters
    ----------
    library, view, options, screen
        As for ``describe_view``.
    feature, page
        What the sheet is about, and what it says of its place.
    """

    def described(how: Options) -> tuple[Options, Description]:
        return how, describe_view(library, view, how, screen=screen, held=feature.geometry)

    size = options.size
    tried = [described(options)]
    if min(tried[0][1].filled / _FULL, _map_share(tried[0][1]) / _HALF) < 1:
        tried.append(described(replace(options, size=replace(size, width=size.height, height=size.width))))
    how, said = max(tried, key=lambda one: _worth(one[1]))
    return draw_sheet(SheetDrawn(library, view, said, how, None, page)), said


def _map_share(said: Description) -> float:
    return said.layout.map[2] * said.layout.map[3]


def _worth(said: Description) -> float:
    """Return how well a sheet shows its ground: the part of its frame, and of the sheet, up to what is enough."""
    return min(said.filled / _FULL, 1) * min(_map_share(said) / _HALF, 1)


def _of(view: View, library: Library, layer: Layer, feature: Feature) -> tuple[View, tuple[float, float]]:
    """Return the view on a feature, named after it, and the screen (pixels) that shows it whole."""
    west, south, east, north = map(float, feature.geometry.bounds)
    lat = (south + north) / 2
    wide, high = (max(side * _AROUND, _LEAST_DEGREES) for side in (east - west, north - south))
    name = name_of(view, library)
    title = Text(*(f"{name[one]} · {feature.name(layer, one)}" for one in ("zh", "en")))
    mine = replace(
        view,
        id="",
        title=title,
        center=((west + east) / 2, lat),
        zoom=math.log2(360.0 / TILE * SCREEN[0] / wide),
        selected=f"{layer.id}/{feature.id}",
    )
    return mine, (SCREEN[0], SCREEN[0] * high / math.cos(math.radians(lat)) / wide)
