"""The map of a section as a document has it: as wide as its text, and higher where its ground is tall."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

from briefings.map.answered import Answered
from briefings.map.fonts import drawable_text
from briefings.map.layouts import Options
from briefings.map.picture import LatePicture, Picture, draw_late, sheet_reads
from briefings.map.presets import paper_size
from briefings.messages import say
from layers.library.library import Library
from layers.plan.views import View

_LOW, _HIGH = paper_size(214, 107, dpi=250), paper_size(214, 118, dpi=250)
_MOST_CORNERS = 400_000
_STRETCH = (0.65, 1.7)  # of its usual height, that a map may have
_SMALLER = 1.2  # how much higher a map's shape is where its letters take more of it than usual
_LEAST = 0.62  # of the highest a page allows, that a map may have there: on a page that lies it may be lower
_HIGHER = 1.04  # from one height to the next, in which a legend is looked for whole
_LOWEST = 72.0  # points of a map, on the smallest page
_NARROW = 0.58  # of a low picture, that a map takes at most, to have a high one


def draw_for_document(
    library: Library, view: View, language: str, *, answered: Answered | None = None
) -> LatePicture:
    """Return a map to stand between paragraphs.

    Parameters
    ----------
    library, view, answered
        As for ``draw_late``.
    language
        ``zh`` or ``en``.
    """
    options = Options(size=_LOW, language=language, arrangement="untitled")
    low = draw_late(library, view, options, answered=answered)
    if low.sheet.said.layout.map[2] > _NARROW:
        return low
    return draw_late(library, view, replace(options, size=_HIGH), answered=answered)


def picture_heights(picture: Picture | LatePicture, wide: float, highest: float) -> tuple[float, float, float]:
    """Return how high a picture usually is in a width, how low and how high it may be; all in points.

    A map is as high as its legend needs.

    Parameters
    ----------
    picture
        Of a section; a map is drawn anew, another only gets smaller.
    wide
        Of the text.
    highest
        What a page allows.
    """
    highest = max(highest, _LOWEST)
    if isinstance(picture, LatePicture):
        size = picture.sheet.options.size
        high = wide * size.height / size.width * _SMALLER
        least, most = min(high * _STRETCH[0], highest * _LEAST), min(high * _STRETCH[1], highest)
        least = _whole_from(picture, wide, (least, most, highest))
        return min(max(high, least), highest), least, max(most, least)
    with Image.open(io.BytesIO(picture.data)) as pixels:
        high = min(wide * pixels.height / pixels.width, highest)
    return high, min(high * _STRETCH[0], highest * _LEAST), high


def _whole_from(picture: LatePicture, wide: float, heights: tuple[float, float, float]) -> float:
    """Return the height from which on a map's legend is whole, and its insets read if they do at any height.

    Parameters
    ----------
    picture, wide
        As for ``picture_heights``.
    heights
        The least height, the most, and what a page allows, where no lower map has a whole legend.
    """
    least, most, highest = heights
    found, high = dict[int, float](), least
    while high < most or (1 not in found and high < highest):
        reads = sheet_reads(redraw_for_document(picture, wide, high).sheet)
        found = {one: found.get(one, high) for one in range(1, reads + 1)}
        high *= _HIGHER
    return found.get(2, found.get(1, highest))


def redraw_for_document(picture: LatePicture, wide: float, high: float) -> LatePicture:
    """Return a map laid out at the size it is placed at, in points: its letters are as large as they say."""
    sheet, options = picture.sheet, picture.sheet.options
    size = paper_size(wide / 72 * 25.4, high / 72 * 25.4, dpi=options.size.dpi)
    return draw_late(sheet.library, sheet.view, replace(options, size=size), answered=sheet.answered)


def map_sources(library: Library, picture: Picture | LatePicture, language: str) -> str:
    """Return where the layers of a map come from, each source once; a document says it whole below the map."""
    layers = [library.catalog.layers.get(str(row["layer"])) for row in picture.table]
    told = dict.fromkeys(one.source[language].rstrip("。.") for one in layers if one is not None)
    return drawable_text(say("sheet_between")[language].join(told), longest=700)


def light_drawing(drawn: Figure) -> bool:
    """Return whether a drawn map is light enough to stand on a page as lines: about 3 MB, by its corners."""
    paths = [path for one in drawn.findobj(Collection) if isinstance(one, Collection) for path in one.get_paths()]
    paths += [one.get_path() for one in drawn.findobj(Line2D) if isinstance(one, Line2D)]
    corners: int = sum(int(np.shape(path.vertices)[0]) for path in paths)
    return corners <= _MOST_CORNERS
