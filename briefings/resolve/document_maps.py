"""The map of a section as a document has it: as wide as its text, and higher where its ground is tall."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

from briefings.map.answered import Answered
from briefings.map.fonts import drawable_text
from briefings.map.grounds import FILLED, Grounds, grounds_of
from briefings.map.layouts import Options, layout_of
from briefings.map.legend import Legend, is_whole
from briefings.map.picture import LatePicture, Picture, draw_late, sheet_legend, sheet_reads
from briefings.map.presets import paper_size
from briefings.map.sheet import SheetDrawn
from briefings.messages import say
from briefings.resolve.document_layouts import document_layouts
from layers.library.library import Library
from layers.plan.views import View

_LOW, _HIGH = paper_size(214, 107, dpi=250), paper_size(214, 118, dpi=250)
_MOST_CORNERS = 400_000
_STRETCH = (0.55, 1.7)  # of its usual height, that a map may have
_SMALLER = 1.2  # how much higher a map's shape is where its letters take more of it than usual
_LEAST = 0.5  # of the highest a page allows, that a map may have there: on a page that lies it may be lower
_STEP = 1.06  # from one height to the next, in which a map is looked for that reads
_STRIDE = 3  # such steps, by which it is first looked for
_FINE = 2  # points, by which widths differ: pages of two kinds, as wide as each other by eye, have one map
_WELL = 4  # how well it reads at best: legend whole, insets read, its subject fills its frame
_SUBJECT = 0.14  # of a picture with insets, that the main block takes at least
_IN_COLUMN = 0.2  # the same of a picture in a column
_LOWEST = 72.0  # points of a map, on the smallest page
_NARROW = 0.58  # of a low picture, that a map takes at most, to have a high one


@dataclass(frozen=True)
class DocumentMap(LatePicture):
    """A map of a document: laid out anew for each size it may have; what was tried is kept, by size in points."""

    tried: dict[tuple[int, int], tuple[int, SheetDrawn]] = field(default_factory=dict, compare=False, repr=False)

    def arranged(self, wide: float, high: float) -> tuple[int, SheetDrawn]:
        """Return the map as it reads best so wide and high, in points, and how well: 0 without a whole legend.

        Where its legend is not whole so, insets are spots or its subject's frame is empty, it has another layout.
        """
        key = int(wide) // _FINE * _FINE, int(high)
        if key not in self.tried:
            self.tried[key] = max(self._ways(*key), key=lambda one: one[0])
        return self.tried[key]

    def _ways(self, wide: float, high: float) -> Iterator[tuple[int, SheetDrawn]]:
        """Yield ways to lay it out, until one reads well and its subject fills its frame."""
        sheet = self.sheet
        size = paper_size(wide / 72 * 25.4, high / 72 * 25.4, dpi=sheet.options.size.dpi)
        usual, words = replace(sheet.options, size=size), self.words
        plain, across, up = layout_of(size, usual.arrangement), wide / 72, high / 72
        yield (found := self._drawn(usual))
        for one in document_layouts(plain, size, self.ground) if found[0] < _WELL else ():
            place = one.legend
            if words.sections and not is_whole(words, (place[2] * across, place[3] * up), one.columns, few=True):
                continue
            yield (found := self._drawn(replace(usual, layout=one)))
            if found[0] == _WELL:
                return

    def _drawn(self, options: Options) -> tuple[int, SheetDrawn]:
        """Return it in a size or layout, and how well it reads so."""
        sheet = self.sheet
        made = draw_late(sheet.library, sheet.view, options, answered=sheet.answered).sheet
        said, reads = made.said, sheet_reads(made)
        if said.insets and said.filled * said.layout.map[2] * said.layout.map[3] < _SUBJECT:
            reads = min(reads, 1)
        return (2 * reads - 1 + (said.filled >= FILLED) if reads else 0), made

    @cached_property
    def words(self) -> Legend:
        """What its legend says."""
        return sheet_legend(self.sheet)

    @cached_property
    def ground(self) -> Grounds:
        """What it is about."""
        sheet = self.sheet
        ground = grounds_of(sheet.library, sheet.view, shape=1.0, restricted=sheet.options.restricted)
        return replace(ground, insets=sheet.said.insets)


def draw_for_document(
    library: Library, view: View, language: str, *, answered: Answered | None = None
) -> DocumentMap:
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
        return DocumentMap(low.sheet)
    return DocumentMap(draw_late(library, view, replace(options, size=_HIGH), answered=answered).sheet)


def picture_heights(picture: Picture | LatePicture, wide: float, highest: float) -> tuple[float, float, float]:
    """Return how high a picture usually is in a width, how low and how high it may be; all in points.

    A map is as high as its legend and its insets need.

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
    if isinstance(picture, DocumentMap):
        size = picture.sheet.options.size
        high = wide * size.height / size.width * _SMALLER
        least, most = min(high * _STRETCH[0], highest * _LEAST), min(high * _STRETCH[1], highest)
        high = min(high, highest)
        least = _read_from(picture, wide, (least, high, highest))
        return max(high, least), least, max(most, least)
    with Image.open(io.BytesIO(picture.data)) as pixels:
        high = min(wide * pixels.height / pixels.width, highest)
    return high, min(high * _STRETCH[0], highest * _LEAST), high


def _read_from(picture: DocumentMap, wide: float, heights: tuple[float, float, float]) -> float:
    """Return the height from which on a map reads as well as it does at any height.

    Parameters
    ----------
    picture, wide
        As for ``picture_heights``.
    heights
        The least height, the usual one, and what a page allows.
    """
    least, usual, highest = heights
    steps = [*_steps(usual, least)[:0:-1], *_steps(usual, highest)]
    at = steps.index(usual)
    found = {at: picture.arranged(wide, usual)[0]}
    while found[at] < _WELL and at < len(steps) - 1:  # higher, where it does not read
        at = min(at + _STRIDE, len(steps) - 1)
        found[at] = picture.arranged(wide, steps[at])[0]
    best = max(found.values())
    good = min(one for one, reads in found.items() if reads == best)
    bad, step = max((one for one in found if one < good), default=-1), 1
    while good - bad > 1:  # lower, in longer steps as long as it does
        tried = max(good - step, bad + 1)
        if picture.arranged(wide, steps[tried])[0] >= best:
            good, step = tried, step * 2
        else:
            bad, step = tried, max((good - tried) // 2, 1)
    return steps[good]


def _steps(start: float, end: float) -> list[float]:
    """Return heights from one to another, each a step from the one before; the last is the other."""
    count = math.ceil(abs(math.log(end / start)) / math.log(_STEP) - 1e-9)
    factor = _STEP if end > start else 1 / _STEP
    return [*(start * factor**one for one in range(count)), end] if count else [start]


def reads_in_column(picture: Picture | LatePicture, wide: float, high: float) -> bool:
    """Return whether a picture so wide and high, in points, has all of its legend and its subject is no spot."""
    if not isinstance(picture, DocumentMap):
        return True
    reads, made = picture.arranged(wide, high)
    _, _, across, up = made.said.layout.map
    return reads > 0 and made.said.filled * across * up >= _IN_COLUMN


def redraw_for_document(picture: LatePicture, wide: float, high: float) -> LatePicture:
    """Return a map laid out at the size it is placed at, in points: its letters are as large as they say."""
    assert isinstance(picture, DocumentMap)
    return LatePicture(picture.arranged(wide, high)[1])


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
