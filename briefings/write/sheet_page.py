"""One A4 page, set from its top: lines, rows, boxes, a map with its legend, paragraphs side by side, a foot."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from briefings.map.fonts import drawable_text
from briefings.map.legend import Legend
from briefings.map.legend_columns import LegendRow
from briefings.map.lettering import fit_line, put_line
from briefings.map.picture import LatePicture, sheet_legend
from briefings.map.running_legend import draw_running, running_lines
from briefings.map.tagged_pdf import Element, Structure

_WIDE, _HIGH = 210.0, 297.0
DPI = 200  # of a picture, and of the map
EDGE, RIGHT, FOOT = 16.0, _WIDE - 16.0, _HIGH - 20.0
MIDDLE = EDGE + (RIGHT - EDGE) * 0.53
INK, SOFT, LINE = "#14202b", "#5d6a76", "#d9dee2"
MM_A_POINT = 25.4 / 72
ROW_POINTS = 7.6
_BELOW_HEAD = 0.8  # mm between the line below a heading and words
_LEADING = 1.4
_LEGEND_POINTS, _LEGEND_ROW = 7.0, 3.7
Cells = list[tuple[str, float, float]]


class SheetPage:
    """One A4 page that is set from its top; places in mm. The letters of its rows are so many points high."""

    def __init__(self, language: str, row_points: float = ROW_POINTS) -> None:
        self.language, self.y, self.row_points = language, EDGE, row_points
        self.structure = Structure()
        self._part: Element | None = None
        self.figure = Figure(figsize=(_WIDE / 25.4, _HIGH / 25.4), dpi=DPI, facecolor="white")
        FigureCanvasAgg(self.figure)

    def write(self, text: str, points: float, x: float, y: float, color: str, *, right: bool = False) -> None:
        """Write one line with its upper edge at a place.

        Parameters
        ----------
        text
            One line.
        points
            Height of the letters.
        x, y
            Left (or right) and upper edge, mm from the sheet's upper left corner.
        color
            As matplotlib reads it.
        right
            Whether ``x`` is the right edge.
        """
        at = (x / _WIDE, y / _HIGH)
        said = drawable_text(text, longest=600)
        written = put_line(self.figure, said, at, points=points, color=color, right=right)
        self.structure.show(self._part or self.structure.root.within("P"), written)

    @contextmanager
    def part(self, element: Element) -> Iterator[None]:
        """What is written inside ``with`` is a part of an element, not a paragraph of its own."""
        before, self._part = self._part, element
        yield
        self._part = before

    def lines(
        self, text: str, points: float, left: float, right: float, *, color: str = INK, most: int = 1
    ) -> None:
        """Write a paragraph of at most so many lines between two edges.

        Parameters
        ----------
        text
            The words; nothing is written of an empty one.
        points
            Height of the letters.
        left, right
            The edges, mm.
        color
            As matplotlib reads it.
        most
            Lines; what is left out shows as an ellipsis.
        """
        if not text:
            return
        with self.part(self._part or self.structure.root.within("P")):
            for line in fit_line(text, (right - left) / (points * MM_A_POINT), lines=most):
                self.write(line, points, left, self.y, color)
                self.y += points * _LEADING * MM_A_POINT

    def row(self, cells: Sequence[tuple[Any, ...]], *, most: int) -> None:
        """Write cells (text, left, width and a colour if any) beside each other, a thin line below.

        Rows one after the other are a table.
        """
        line = self.structure.root.last("Table").within("TR")
        top, lowest = self.y + 0.7, self.y
        for number, (text, left, width, *colour) in enumerate(cells):
            self.y = top
            color = colour[0] if colour else SOFT if number == 0 and len(cells) == 2 else INK
            with self.part(line.within("TD") if number else line.within("TH", of_row=True)):
                self.lines(text, self.row_points, left, left + width, color=color, most=most)
            lowest = max(lowest, self.y)
        self.y = lowest + 0.5
        self._line(cells[0][1], cells[-1][1] + cells[-1][2], LINE, 0.5)

    def high(self, cells: Cells, *, most: int) -> float:
        """Return how much of the page a row takes, mm."""
        lines = [
            len(fit_line(text, width / (self.row_points * MM_A_POINT), lines=most)) for text, _, width, *_ in cells
        ]
        return max(lines, default=0) * self.row_points * _LEADING * MM_A_POINT + 1.2

    def heading(self, text: str, left: float, right: float) -> None:
        """Write a heading with a line below."""
        with self.part(self.structure.root.within("H2")):
            self.lines(text, 9.5, left, right, most=1)
        self._line(left, right, INK, 0.9)
        self.y += 0.3

    def rule(self, color: str, width: float) -> None:
        """Draw a line over the page's width."""
        self.y += 1
        self._line(EDGE, RIGHT, color, width)

    def _line(self, left: float, right: float, color: str, width: float) -> None:
        y = 1 - self.y / _HIGH
        self.figure.add_artist(Line2D([left / _WIDE, right / _WIDE], [y, y], color=color, linewidth=width))

    def box(self, left: float, top: float, width: float, height: float, color: str) -> None:
        """Fill a box behind words.

        Parameters
        ----------
        left, top
            Its corner, mm.
        width, height
            Its size, mm.
        color
            As matplotlib reads it.
        """
        at = (left / _WIDE, 1 - (top + height) / _HIGH)
        self.figure.add_artist(
            Rectangle(at, width / _WIDE, height / _HIGH, facecolor=color, linewidth=0, zorder=-1)
        )

    def map(self, picture: LatePicture, height: float) -> None:
        """Put a map over the page's width, its legend in running lines below."""
        self.y += 2
        wide = (RIGHT - EDGE) / _WIDE
        axes = self.figure.add_axes((EDGE / _WIDE, 1 - (self.y + height) / _HIGH, wide, height / _HIGH))
        axes.imshow(imread(io.BytesIO(picture.data), format="png"), interpolation="antialiased", aspect="auto")
        axes.set_axis_off()
        alt = drawable_text(picture.alt[self.language], longest=600)
        self.structure.show(self.structure.root.within("Figure", alt=alt), axes)
        self.y += height + 1
        told, lines = self._legend(picture)
        high = len(lines) * _LEGEND_ROW
        draw_running(self.figure, (EDGE / _WIDE, 1 - (self.y + high) / _HIGH, wide, high / _HIGH), told, lines)
        self.structure.show_list(self.figure.axes[-1].texts)
        self.y += high

    @staticmethod
    def _legend(picture: LatePicture) -> tuple[Legend, list[list[tuple[LegendRow, float]]]]:
        told = replace(sheet_legend(picture.sheet), points=_LEGEND_POINTS)
        return told, running_lines(told, (RIGHT - EDGE) / 25.4)

    def legend_high(self, picture: LatePicture) -> float:
        """Return how much of the page the legend below a map takes, mm."""
        return len(self._legend(picture)[1]) * _LEGEND_ROW

    def foot(self, text: str, notice: str) -> None:
        """Write what stands at the page's foot."""
        self.y = FOOT + 3
        self._line(EDGE, RIGHT, INK, 0.9)
        self.y += 1
        self.lines(text, 6.8, EDGE, RIGHT, color=SOFT, most=3)
        self.lines(notice, 6.8, EDGE, RIGHT, color=SOFT, most=2)


@dataclass(frozen=True)
class PageColumn:
    """A heading and paragraphs below it between two edges, mm: each its text, points, colour and most lines."""

    heading: str
    left: float
    right: float
    said: list[tuple[str, float, str, int]]

    @property
    def high(self) -> float:
        """How much of the page it takes, mm."""
        lines = [
            len(fit_line(text, (self.right - self.left) / (points * MM_A_POINT), lines=most)) * points
            for text, points, _, most in self.said
        ]
        return (9.5 + sum(lines)) * _LEADING * MM_A_POINT + 2.3 + _BELOW_HEAD

    def write(self, sheet: SheetPage, top: float) -> None:
        """Write it from a height on."""
        sheet.y = top + 2
        sheet.heading(self.heading, self.left, self.right)
        sheet.y += _BELOW_HEAD
        for text, points, color, most in self.said:
            sheet.lines(text, points, self.left, self.right, color=color, most=most)
