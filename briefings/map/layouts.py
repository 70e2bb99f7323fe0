"""Where things stand in a picture: title, map, legend with the insets, foot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from briefings.map.presets import Size

Box = tuple[float, float, float, float]
_GAP = 0.012  # between a map and what stands beside or below it
NEAT_INCHES = 0.13  # from the edge of the paper to the line around a sheet
_UNDER_LIST = 4  # columns of a legend below a list
_RUNNING, _BESIDE_LIST = 0.04, 0.29  # of a sheet's height, a legend in lines; of a list's width, insets beside it
Arrangement = Literal["sheet", "untitled", "bare", "plate", "alone"]
SLIDES = ("plate", "bare")  # what a map on a slide has around it


@dataclass(frozen=True)
class Layout:
    """Where things stand in a picture: left, bottom, width, height as parts of the whole.

    ``aside`` is a place for insets beside the map, with the legend below both; the legend's where there are none.
    A legend that ``runs`` goes in lines, as words do, where they find room. Where the words are ``sided``, title,
    legend and foot stand in one column beside a map as high as the sheet. ``free`` is what a slide may put its own
    words into, beside a map that is narrower or lower than the slide. Where there is no ``inset``, none gets room.
    """

    title: Box
    map: Box
    legend: Box
    footer: Box
    columns: int
    aside: Box | None = None
    runs: bool = False
    sided: bool = False
    free: Box | None = None
    inset: bool = True

    @property
    def shape(self) -> float:
        """Width over height of the map on a square picture."""
        return self.map[2] / self.map[3]

    def corner(self, *, east: bool, share: float = 0.27, rise: float = 0.0, low: bool | None = None) -> Box:
        """Return a place for insets on the map: its upper left corner, the lower right one, or as told.

        Parameters
        ----------
        east, low
            Whether it is in the east, and at the lower edge; the eastern one is, where that is not said.
        share, rise
            Of the map's width and height that it takes; as much of both where only one is said.
        """
        left, bottom, width, height = self.map
        wide, high, edge = width * share, height * (rise or share), 0.012
        x = left + width - wide - edge if east else left + edge
        return (x, bottom + edge if (east if low is None else low) else bottom + height - high - edge, wide, high)

    def within(self, wide: float, high: float) -> Layout:
        """Return the same layout with a margin around it, parts of the sheet."""

        def moved(box: Box) -> Box:
            left, bottom, width, height = box
            across, up = 1 - 2 * wide, 1 - 2 * high
            return (wide + left * across, high + bottom * up, width * across, height * up)

        return replace(
            self,
            title=moved(self.title),
            map=moved(self.map),
            legend=moved(self.legend),
            footer=moved(self.footer),
            aside=None if self.aside is None else moved(self.aside),
        )

    @property
    def gap(self) -> float:
        """What stays free between the map and what stands beside or below it."""
        return _GAP

    @property
    def inner(self) -> Box:
        """Left, bottom, right and top of what map and legend share."""
        left, bottom, width, height = zip(self.map, self.legend, strict=True)
        return (
            min(left),
            min(bottom),
            max(map(sum, zip(left, width, strict=True))),
            max(map(sum, zip(bottom, height, strict=True))),
        )

    def beside(self, share: float) -> Layout:
        """Return the layout whose map takes a share of the sheet's width, and a column for the legend the rest."""
        left, low, right, top = self.inner
        start = left + share + _GAP
        legend = (start, low, right - start, top - low)
        return replace(self, map=(left, low, share, top - low), legend=legend, columns=1, aside=None, runs=False)

    def below(self, share: float, columns: int) -> Layout:
        """Return the layout whose map takes a share of the sheet's height, and a strip for the legend the rest."""
        left, low, right, top = self.inner
        legend = (left, low, right - left, top - low - share - _GAP)
        return replace(
            self, map=(left, top - share, right - left, share), legend=legend, columns=columns, aside=None
        )

    def apart(self, share: float, inset: float, columns: int) -> Layout:
        """Return the layout of three columns: the map, its insets, the legend.

        Parameters
        ----------
        share, inset
            The parts of the sheet's width that the map and its insets take; without insets there are two columns.
        columns
            Of the legend.
        """
        left, low, right, top = self.inner
        start = left + share + _GAP
        aside = (start, low, inset, top - low) if inset else None
        start += inset + 1.5 * _GAP if inset else 0.0
        legend = (start, low, right - start, top - low)
        return replace(
            self, map=(left, low, share, top - low), legend=legend, columns=columns, aside=aside, runs=False
        )

    def sparing(self, share: float) -> Layout:
        """Return the layout whose legend takes a share of the sheet's width; the rest of its place is free."""
        left, bottom, width, height = self.legend
        start = left + share + 2 * _GAP
        return replace(
            self,
            legend=(left, bottom, share, height),
            columns=max(round(self.columns * share / width), 1),
            runs=False,
            free=(start, bottom, left + width - start, height),
        )

    def lifted(self, share: float) -> Layout:
        """Return the layout whose legend takes a share of the sheet's height; below it its place is free."""
        left, bottom, width, height = self.legend
        legend = (left, bottom + height - share, width, share)
        return replace(self, legend=legend, free=(left, bottom, width, height - share - 2 * _GAP))

    def side(self, share: float) -> Layout:
        """Return the layout whose map, as high as the sheet, has a share of its width, and all words the rest."""
        left, _, right, _ = self.inner
        top = self.title[1] + self.title[3] if self.title[3] else self.inner[3]
        low, start = self.footer[1], left + share + 2 * _GAP
        head, foot = (0.16 if self.title[3] else 0.0), 0.2
        return replace(
            self,
            title=(start, top - head, right - start, head),
            map=(left, low, share, top - low),
            legend=(start, low + foot + _GAP, right - start, top - head - low - foot - 2 * _GAP),
            footer=(start, low, right - start, foot),
            columns=1,
            sided=True,
        )

    def with_list(self, share: float) -> tuple[Box, Layout]:
        """Return the place of a list with a share of the sheet, and the layout of the rest.

        Beside the map where the legend is a column, below the map where it is a strip.
        """
        left, bottom, width, height = self.map
        if self.columns == 1:
            edge = self.legend[0] + self.legend[2]
            start = edge - share
            rest = replace(self, map=(left, bottom, start - left - 0.012, height))
            return (start, bottom, share, height), rest
        low, high = self.legend[1], bottom + height
        strip = 0.085 if self.inset else 0.0  # without insets the legend stands beside the map
        place = (left, low + strip + 0.01, width, share)
        above = low + strip + share + 0.025
        if self.inset:
            rest = replace(self, map=(left, above, width, high - above), legend=(*self.legend[:3], strip))
            return place, replace(rest, columns=_UNDER_LIST)
        wide = 0.72
        beside = (left + width * (wide + 0.02), above, width * (0.98 - wide), high - above)
        rest = replace(self, map=(left, above, width * wide, high - above), legend=(*self.legend[:3], strip))
        return place, replace(rest, aside=beside)

    def over_list(self, share: float) -> tuple[Box, Layout]:
        """Return the place of a list below a map with a share of the sheet, and the layout of the rest.

        The legend runs below the list; insets, where there are some, stand beside it.
        """
        left, low, right, top = self.inner
        wide = right - left
        high, bottom = share / wide, low + _RUNNING + _GAP
        start = left + (wide * _BESIDE_LIST + 2 * _GAP) * self.inset
        under = top - high - _GAP - bottom
        aside = (left, bottom, wide * _BESIDE_LIST, under) if self.inset else None
        rest = replace(self, map=(left, top - high, wide, high), legend=(left, low, wide, _RUNNING), aside=aside)
        return (start, bottom, right - start, under), replace(rest, columns=_UNDER_LIST, runs=True)

    def with_inset(self, share: float) -> tuple[Layout, Box]:
        """Return the layout with a part of the legend's place given to insets, and that place.

        Below the legend where it is a column, left of it where it is a strip.
        """
        left, bottom, width, height = self.legend
        if self.columns == 1:
            high = height * share
            rest = (left, bottom + high, width, height - high)
            return replace(self, legend=rest), (left, bottom, width, high - 0.01)
        wide = width * share
        rest = (left + wide + 0.02, bottom, width - wide - 0.02, height)
        return replace(self, legend=rest, columns=max(self.columns - 1, 1)), (left, bottom, wide, height)


_WIDE = Layout(
    (0.015, 0.91, 0.97, 0.08),
    (0.015, 0.115, 0.735, 0.785),
    (0.762, 0.115, 0.23, 0.785),
    (0.015, 0.012, 0.97, 0.093),
    1,
)
_TALL = Layout(
    (0.02, 0.925, 0.96, 0.065), (0.02, 0.33, 0.96, 0.59), (0.02, 0.09, 0.96, 0.23), (0.02, 0.01, 0.96, 0.072), 3
)
_SIDED = 0.713  # of a slide's width, its map as high as the slide; its words stand in a column beside it
_SLIDE_SHAPE = 1.6  # width over height of a picture for a screen, from which it stands as a slide
_FOOT_INCHES = 0.4  # of a foot in a low picture: three lines
_BARE_WIDE = Layout((0, 0, 1, 0), (0.0, 0.0, 0.755, 1.0), (0.767, 0.01, 0.23, 0.98), (0, 0, 1, 0), 1)
_BARE_BROAD = Layout(
    (0, 0, 1, 0),
    (0.0, 0.29, 0.6, 0.71),
    (0.01, 0.0, 0.98, 0.275),
    (0, 0, 1, 0),
    5,
    (0.612, 0.29, 0.383, 0.71),
    runs=True,
)
_BROAD = 1.85  # width over height, below which a slide's legend stands below its map
_BARE_TALL = Layout((0, 0, 1, 0), (0.0, 0.26, 1.0, 0.74), (0.01, 0.0, 0.98, 0.24), (0, 0, 1, 0), 3)
_LOW_EDGE, _AFTER_MAP = 0.01, 0.017  # beside a slide's legend; a map and its insets apart, with the right edge
PLATE_TITLE = 0.3  # of a plate's height: what stays free above its legend, for a slide's title and sentence
PLATE_FOOT = 0.07
PLATE_STRIP, STRIP_FROM = 0.0665, 0.26  # of a plate, words at its map's foot: two lines; where they begin
PLATE_COLUMN, WIDE_COLUMN = 0.26, 0.54  # of a plate's width: the column of words, beside a tall map the wide one
LEGEND_COLUMNS = (0.28, 0.3, 0.32, 0.34)  # the same where a legend is whole in no less
PLATE_COLUMNS = (
    PLATE_COLUMN,
    WIDE_COLUMN,
    0.62,
    0.7,
    0.78,
    0.85,
    0.88,
)  # wider for a narrower plan
_ALONE = Layout((0, 0, 1, 0), (0.0, 0.0, 1.0, 1.0), (0, 0, 0, 0), (0, 0, 1, 0), 1)


def foot_of_plate(layout: Layout) -> Box:
    """Return the place of a slide's words at the foot of a plate's map: beside its bar, or below it."""
    left, bottom, width, _ = layout.map
    start = left + (STRIP_FROM * width if left < WIDE_COLUMN else 0.0)
    return (start, bottom, left + width - start, PLATE_STRIP)


def plate_layout(column: float = PLATE_COLUMN) -> Layout:
    """Return where things stand on a plate whose words have a column of a part of its width."""
    place = (PLATE_FOOT, 1 - PLATE_FOOT - PLATE_TITLE)
    return Layout(
        (0, 0, 1, 0),
        (column, 0.0, 1 - column, 1.0),
        (0.0375, place[0], column - 0.0445, place[1]),
        (0, 0, 1, 0),
        1,
    )


def strip_layout(strip: float, share: float) -> Layout:
    """Return a slide's map with a share of its width beside its insets, a legend in lines below both.

    Parameters
    ----------
    strip, share
        Of the picture's height, that the legend takes; of its width, that the map takes.
    """
    low = strip + _GAP
    aside = (share + _GAP, low, 1 - share - _AFTER_MAP, 1 - low)
    return replace(
        _BARE_BROAD, map=(0.0, low, share, 1 - low), legend=(_LOW_EDGE, 0.0, 1 - 2 * _LOW_EDGE, strip), aside=aside
    )


def column_layout(high: float, share: float) -> Layout:
    """Return a slide's map as high as its picture; beside it its insets, below them a legend in lines.

    Parameters
    ----------
    high, share
        Of the picture's height, that the legend takes; of its width, that the map takes.
    """
    left, low = share + _GAP, high + 2 * _GAP
    aside, legend = (left, low, 1 - share - _AFTER_MAP, 1 - low), (left, 0.0, 1 - share - _AFTER_MAP, high)
    return replace(_BARE_BROAD, map=(0.0, 0.0, share, 1.0), legend=legend, aside=aside)


def layout_of(size: Size, arrangement: Arrangement = "sheet") -> Layout:
    """Return where things stand in a picture of a size: the legend beside the map, or below it.

    Parameters
    ----------
    size
        Of the whole picture.
    arrangement
        ``sheet`` has a title and a foot, on a slide beside the map; ``untitled`` a foot alone, where a title
        stands above it already; ``bare`` is map and legend; ``plate`` a whole slide: the map bleeds to three
        edges, and the column beside it leaves room for the slide's own title; ``alone`` has nothing around it.
    """
    wide = size.width >= size.height
    if arrangement in ("plate", "alone"):
        return plate_layout() if arrangement == "plate" else _ALONE
    if arrangement == "bare":
        broad = wide and size.width < _BROAD * size.height
        return _BARE_BROAD if broad else _BARE_WIDE if wide else _BARE_TALL
    if arrangement == "sheet" and not size.paper and size.width >= _SLIDE_SHAPE * size.height:
        return sided_layout()
    return level_layout(size, arrangement)


def sided_layout(share: float = _SIDED) -> Layout:
    """Return where things stand on a slide whose map has a share of its width, all words a column beside it."""
    start, margin = share + 0.015, 0.015
    wide = 1 - start - margin
    return Layout(
        (start, 0.83, wide, 0.155),
        (0.0, 0.0, share, 1.0),
        (start, 0.275, wide, 0.545),
        (start, 0.02, wide, 0.245),
        1,
        sided=True,
    )


def level_layout(size: Size, arrangement: Arrangement = "sheet") -> Layout:
    """Return where things stand on a sheet with its title above the map and its foot below it.

    Parameters
    ----------
    size, arrangement
        As for ``layout_of``.
    """
    wide = size.width >= size.height
    layout = _WIDE if wide else _TALL
    if arrangement == "sheet":
        margins = neat_margins(size)
        return layout.within(*margins) if margins else layout

    left, foot, width, high = layout.footer
    more = max(_FOOT_INCHES * size.dpi / size.height - high, 0.0) * wide

    def raised(place: Box) -> Box:
        return (place[0], place[1] + more, place[2], 0.985 - place[1] - more)

    return replace(
        layout,
        map=raised(layout.map),
        legend=raised(layout.legend) if wide else layout.legend,
        footer=(left, foot, width, high + more),
    )


def neat_margins(size: Size) -> tuple[float, float] | None:
    """Return how far the line around a sheet lies inside it, parts of its width and height; None on a screen."""
    return (NEAT_INCHES * size.dpi / size.width, NEAT_INCHES * size.dpi / size.height) if size.paper else None


@dataclass(frozen=True)
class Options:
    """How a picture comes out: size, language, what stands around the map, graticule, and who may see it.

    ``site_name`` is what stands at a drawn outline; ``layout`` is where things stand, where that is chosen.
    """

    size: Size
    language: str = "zh"
    arrangement: Arrangement = "sheet"
    grid: bool = False
    restricted: bool = False
    site_name: str = ""
    layout: Layout | None = None

    @property
    def plain(self) -> Layout:
        """Where things stand before what is shown is known."""
        return self.layout or layout_of(self.size, self.arrangement)
