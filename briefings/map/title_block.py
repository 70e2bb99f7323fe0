"""The title block of a printed sheet, in its lower right corner, and the line around the sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from briefings.map.fonts import width_em
from briefings.map.layouts import Box, Layout
from briefings.map.lettering import bold_line, fit_line, put_line

_INK = "#14324a"
_ROWS = (("name", "number"), ("crs",), ("scale", "day", "page"), ("maker", "review"), ("as_of", "when"))
_PAD_EM = 0.7  # beside a text
_SPACINGS = ((1.3, 0.3), (1.2, 0.13))  # ems from line to line; more above and below a row
_MOST, _LEAST = 0.45, 0.2  # of the foot's width
_ALONE_EM = 55.0  # of a foot, below which the block stands under its lines, not beside them
_NEAT_PT, _RULE_PT = 1.1, 0.5


@dataclass(frozen=True)
class TitleBlock:
    """A block's place, its rows of cells, each in lines, and the foot that is left; letters in points.

    ``spacing`` is from line to line, and what is more above and below a row, in ems.
    """

    place: Box
    rows: tuple[tuple[tuple[str, ...], ...], ...]
    foot: Box
    points: float
    spacing: tuple[float, float]


def fit_title_block(
    figure: Figure, layout: Layout, facts: Mapping[str, str], margins: tuple[float, float], *, points: float
) -> TitleBlock | None:
    """Return the title block of a sheet, in the corner of the line around it; None where its foot is too low.

    Parameters
    ----------
    figure, layout
        The sheet, and where things stand on it.
    facts
        What it says: the sheet's ``name`` and its facts, by their words.
    margins
        How far the line around the sheet lies inside it, parts of its width and height.
    points
        Height of the letters.
    """
    wide, high = map(float, figure.get_size_inches())
    em = points / 72
    left, bottom, width, height = layout.footer
    right, low = 1 - margins[0], margins[1]
    told = [[facts[key] for key in row if key in facts] for row in _ROWS]
    rows = [row for row in told if row]
    alone = width * wide / em < _ALONE_EM
    needed = max(sum(width_em(cell) + 2 * _PAD_EM for cell in row) for row in rows) * em * 1.02 / wide
    beside = right - layout.legend[0] if layout.legend[0] > layout.map[0] + layout.map[2] else 0.0
    share = width + (right - left - width) if alone else min(max(needed, beside, width * _LEAST), width * _MOST)
    written = tuple(_cells(row, share * wide / em) for row in rows)
    heights = [
        (sum(max(len(cell) for cell in row) * line + 2 * gap for row in written) * em / high, (line, gap))
        for line, gap in _SPACINGS
    ]
    tall, spacing = next((one for one in heights if one[0] <= height + bottom - low), (0.0, None))
    if spacing is None:
        return None
    place = (right - share, low, share, tall)
    foot = (left, low + tall + em / high, width, bottom + height - low - tall - em / high)
    if not alone:
        foot = (left, bottom, right - share - left - em / wide, height)
    return TitleBlock(place, written, foot, points, spacing)


def _cells(row: Sequence[str], ems: float) -> tuple[tuple[str, ...], ...]:
    """Return the cells of a row in lines, in a block so wide."""
    each = ems / len(row) - 2 * _PAD_EM
    whole = sum(width_em(one) + 2 * _PAD_EM for one in row) <= ems
    return tuple((one,) if whole else tuple(fit_line(one, each, lines=3)) for one in row)


def draw_neat_line(figure: Figure, margins: tuple[float, float]) -> None:
    """Draw the line around a sheet.

    Parameters
    ----------
    figure
        The sheet.
    margins
        How far it lies inside, parts of the width and height.
    """
    wide, high = margins
    box = Rectangle((wide, high), 1 - 2 * wide, 1 - 2 * high, facecolor="none", edgecolor=_INK, lw=_NEAT_PT)
    box.set(transform=figure.transFigure, gid="neat-line")
    figure.add_artist(box)


def draw_title_block(figure: Figure, block: TitleBlock) -> None:
    """Draw a title block: the sheet's name bold, rules between the rows.

    Parameters
    ----------
    figure
        The sheet.
    block
        Its rows and their place.
    """
    wide, high = map(float, figure.get_size_inches())
    em, (apart, gap) = block.points / 72, block.spacing
    left, bottom, width, height = block.place
    edge = Rectangle((left, bottom), width, height, facecolor="none", edgecolor=_INK, lw=_NEAT_PT)
    edge.set(transform=figure.transFigure, gid="title-block")
    figure.add_artist(edge)
    top = bottom + height
    for number, row in enumerate(block.rows):
        if number:
            _rule(figure, (left, left + width), (top, top))
        tall = (max(len(cell) for cell in row) * apart + 2 * gap) * em / high
        starts = _starts(row, width * wide / em)
        for at, cell in zip(starts, row, strict=True):
            x = left + at * em / wide
            if at:
                _rule(figure, (x, x), (top, top - tall))
            for i, line in enumerate(cell):
                y = 1 - top + (gap + 0.12 + i * apart) * em / high
                write = put_line if number else bold_line
                write(figure, line, (x + _PAD_EM * em / wide, y), points=block.points, color=_INK).set_gid(
                    f"source-block-{number}"
                )
        top -= tall


def _starts(row: Sequence[Sequence[str]], ems: float) -> list[float]:
    """Return where the cells of a row begin: as wide as they need, the rest shared."""
    needs = [max(map(width_em, cell)) + 2 * _PAD_EM for cell in row]
    spare = max(ems - sum(needs), 0.0) / len(row)
    return [sum(needs[:at]) + spare * at for at in range(len(row))]


def _rule(figure: Figure, x: tuple[float, float], y: tuple[float, float]) -> None:
    figure.add_artist(Line2D(x, y, transform=figure.transFigure, color=_INK, lw=_RULE_PT))
