"""How a sheet of one map stands: its legend beside or below the map, by the ground's shape and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from briefings.map.grounds import Grounds, paper_scale
from briefings.map.inset_words import coarsest_scale
from briefings.map.layouts import (
    LEGEND_COLUMNS,
    PLATE_COLUMNS,
    Box,
    Layout,
    Options,
    column_layout,
    layout_of,
    level_layout,
    plate_layout,
    sided_layout,
    strip_layout,
)
from briefings.map.legend import Legend, broken_names, is_whole, legend_extent, legend_standing
from briefings.map.presets import Size
from briefings.map.running_legend import running_inches, runs_whole

_LEAST, _STEP = 0.1, 0.02  # of a sheet, that a map takes; from one try to the next
_COLUMN, _SIDE = (
    (0.12, 0.3),
    0.62,
)  # of its width: a legend beside a map, the least and most; a map beside all words
_TALL_COLUMNS, _WIDE_COLUMNS = 3, 5  # of a legend below a map
_SPARING = (0.18, 0.22, 0.28, 0.36, 0.45, 0.6)  # of a slide's width, that its legend takes beside a slide's words
_FREE, _LIFTED = (0.28, 0.16), 0.5  # of its width, what words take well and at least; of its place, a legend above
_BESIDE = (0.72, 0.69, 0.66, 0.63, 0.6, 0.57)  # of a slide's width, a map beside its legend
_SIDES = (0.69, 0.665, 0.64)  # of a slide's width, a map beside all words where the usual column is too narrow
_BELOW = (0.74, 0.7, 0.66, 0.62, 0.58, 0.54)  # of its height, a map above its legend
_STRIP_COLUMNS = (5, 4, 3)  # of a legend below a slide's map
_ASIDES = (0.5, 0.53, 0.56, 0.59, 0.62, 0.65, 0.68, 0.71, 0.74, 0.77, 0.8)  # of its width, a map beside insets
_COLUMN_WORSE = 1.15  # times the scale of a map above its legend, what one beside it has at least to be better
_USUAL, _OTHER, _RARE = 1.0, 0.9, 0.8  # how much a subject's size counts: in the usual way to stand, in others


@dataclass(frozen=True)
class Standing:
    """A layout, the ground on it, its scale on paper; ``worth`` is how well the ground's subject shows there."""

    layout: Layout
    ground: Grounds
    scale: float | None
    worth: tuple[float, float]


def best_standing(plain: Layout, size: Size, ground: Grounds, words: Legend) -> Standing:
    """Return how a sheet's parts stand so that its subject fills the frame and is as large as can be.

    Parameters
    ----------
    plain
        The usual layout of the sheet.
    size
        Of the sheet.
    ground
        What it shows; it has a subject, and no insets.
    words
        What its legend says.
    """
    usual = stood_layout(plain, size, ground, _USUAL)
    reads = _reading(plain, size, words)
    level = level_layout(size) if plain.sided else plain
    ways = [_filling(way, weight, size, ground, words, reads) for weight, way in _ways(level, size, words)]
    return max([usual, *(one for one in ways if one is not None)], key=lambda one: one.worth)


def best_plate(size: Size, ground: Grounds) -> Standing:
    """Return how a slide's map stands that bleeds to three edges: the largest that its subject fills.

    Parameters
    ----------
    size, ground
        As for ``best_standing``.
    """
    tried = []
    for column in PLATE_COLUMNS:
        tried.append(stood_layout(plate_layout(column), size, ground, _USUAL))
        if tried[-1].ground.filled >= ground.enough:
            return tried[-1]
    return max(tried, key=lambda one: one.worth)


def beside_insets(size: Size, ground: Grounds, words: Legend, inset: Callable[[Box], float]) -> Standing | None:
    """Return how a slide's map stands beside its insets: its subject as large as can be, then they, then it.

    The legend runs in lines below both, or below the insets; None where it is whole in neither, or no inset reads.

    Parameters
    ----------
    size, ground, words
        As for ``best_standing``.
    inset
        The scale of the insets in a place, as its denominator; endless where it has no room.
    """
    wide, high = size.width / size.dpi, size.height / size.dpi
    tried = list[tuple[tuple[bool, float, float, float], Standing]]()
    for share in _ASIDES:
        low, side = strip_layout(0.0, share), column_layout(0.0, share)
        for make, place, worse in ((strip_layout, low.legend, 1.0), (column_layout, side.legend, _COLUMN_WORSE)):
            layout = make(running_inches(words, place[2] * wide) / high, share)
            if layout.aside is None or min(layout.map[3], layout.aside[3]) < _LEAST:
                continue
            one, scale = stood_layout(layout, size, ground, _USUAL), inset(layout.aside)
            if (
                one.scale is not None
                and scale <= coarsest_scale(one.scale)
                and _is_whole(layout, size, words, few=True)
            ):
                fills = one.ground.filled >= ground.enough
                tried.append(((fills, -one.scale * worse, -scale, layout.map[2] * layout.map[3]), one))
    return max(tried, key=lambda told: told[0])[1] if tried else None


def spare_place(layout: Layout, size: Size, words: Legend) -> Layout:
    """Return a slide's layout whose legend takes no more of its place than it reads well in.

    Parameters
    ----------
    layout
        Where it stands.
    size, words
        As for ``best_standing``.
    """
    high = layout.legend[3]
    if layout.columns == 1:
        wide = layout.legend[2] * size.width / size.dpi
        high = legend_extent(words, wide, 1)[1] * size.dpi / size.height
    reads, broken = _reading(layout, size, words), _broken(layout, size, words)
    beside = [
        one
        for one in map(layout.sparing, _SPARING)
        if one.free is not None
        and one.free[2] >= _FREE[1]
        and _reading(one, size, words) >= reads
        and _broken(one, size, words) <= broken
    ]
    return next(
        (one for one in beside if one.free is not None and one.free[2] >= _FREE[0]),
        layout.lifted(high) if high <= _LIFTED * layout.legend[3] else next(iter(beside), layout),
    )


def whole_legend(layout: Layout, options: Options, ground: Grounds, words: Legend) -> Layout:
    """Return a slide's layout: as it is where its legend is whole, else the largest in which it is.

    Where in none all classes find room, their first levels alone are enough.

    Parameters
    ----------
    layout
        Where it stands.
    options, ground, words
        How the slide comes out, what it shows, and what its legend says.
    """
    size = options.size
    if _is_whole(layout, size, words, few=False):
        return layout
    if layout.sided:
        others = [*map(sided_layout, _SIDES), level_layout(size)]
    elif options.arrangement == "plate":
        others = [plate_layout(one) for one in LEGEND_COLUMNS if one > layout.map[0]]
    else:
        bare = replace(layout_of(size, "bare"), aside=None, runs=False)
        lying = [bare.beside(share) for share in _BESIDE]
        low = [bare.below(share, columns) for share in _BELOW for columns in _STRIP_COLUMNS]
        others = sorted([*lying, *low], key=lambda one: -_subject(one, size, ground))
    for few in (False, True):
        for one in (layout, *others):
            if _is_whole(one, size, words, few=few):
                return one
    return layout


def _subject(layout: Layout, size: Size, ground: Grounds) -> float:
    """Return how much of a slide the ground's subject takes; the map, where the ground has none."""
    if (ground.subject or ground.whole) is None:
        return layout.map[2] * layout.map[3]
    return stood_layout(layout, size, ground, _USUAL).worth[1]


def _is_whole(layout: Layout, size: Size, words: Legend, *, few: bool) -> bool:
    _, _, width, height = layout.legend
    inches = width * size.width / size.dpi, height * size.height / size.dpi
    if layout.runs and runs_whole(words, inches):
        return True
    return is_whole(words, inches, layout.columns, few=few)


def _ways(plain: Layout, size: Size, words: Legend) -> Iterator[tuple[float, Iterator[Layout]]]:
    """Yield the ways a sheet may stand, each with how much it counts and its layouts, the largest map first."""
    wide, high = size.width / size.dpi, size.height / size.dpi
    left, low, right, top = plain.inner
    lying = size.width >= size.height
    column = min(max(legend_extent(words, _COLUMN[1] * wide, 1)[0] / wide, _COLUMN[0]), _COLUMN[1])
    columns = _WIDE_COLUMNS if lying else _TALL_COLUMNS
    strip = legend_extent(words, (right - left) * wide, columns)[1] / high
    yield (
        _USUAL if lying else _OTHER,
        (plain.beside(share) for share in _shares(right - left - column - plain.gap)),
    )
    yield (
        _OTHER if lying else _USUAL,
        (plain.below(share, columns) for share in _shares(top - low - strip - plain.gap)),
    )
    if lying and plain.footer[3]:
        yield _RARE, (plain.side(share) for share in _shares(_SIDE))


def _shares(most: float) -> Iterator[float]:
    share = most
    while share >= _LEAST:
        yield share
        share -= _STEP


def _filling(
    way: Iterator[Layout],
    weight: float,
    size: Size,
    ground: Grounds,
    words: Legend,
    reads: tuple[int, float],
) -> Standing | None:
    """Return the largest map of a way that its subject fills, with a legend no worse than the usual; else None.

    Parameters
    ----------
    way, weight
        Its layouts, the largest map first, and how much it counts.
    size, ground, words
        As for ``best_standing``.
    reads
        How the legend reads in the usual layout.
    """
    best: Standing | None = None
    for layout in way:
        if best is None and _reading(layout, size, words) < reads:
            continue
        tried = stood_layout(layout, size, ground, weight)
        if best is None or tried.worth > best.worth:
            best = tried
        if tried.ground.filled >= ground.enough:
            break
    return best


def stood_layout(layout: Layout, size: Size, ground: Grounds, weight: float = _USUAL) -> Standing:
    """Return how a ground stands in a layout: its frame widened to a round scale on paper.

    Parameters
    ----------
    layout, size, ground
        Where things stand, and as for ``best_standing``.
    weight
        How much its subject's size counts.
    """
    shaped = ground.shaped(layout.shape * size.width / size.height)
    frame, scale = paper_scale(shaped.frame, size, layout.map[2])
    drawn = shaped.within(frame)
    taken = drawn.filled * layout.map[2] * layout.map[3]
    return Standing(layout, drawn, scale, (min(drawn.filled, drawn.enough), taken * weight))


def _reading(layout: Layout, size: Size, words: Legend) -> tuple[int, float]:
    _, _, width, height = layout.legend
    rows, points = legend_standing(
        words, (width * size.width / size.dpi, height * size.height / size.dpi), layout.columns
    )
    return rows, min(points, words.readable)


def _broken(layout: Layout, size: Size, words: Legend) -> int:
    _, _, width, height = layout.legend
    return broken_names(words, (width * size.width / size.dpi, height * size.height / size.dpi), layout.columns)
