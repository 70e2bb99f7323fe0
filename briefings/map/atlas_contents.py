"""The contents of an atlas: what sheets it has and on which pages, on as many pages as that takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from briefings.map.fonts import drawable_text, width_em
from briefings.map.layouts import neat_margins
from briefings.map.lettering import bold_line, fit_line, put_line
from briefings.map.presets import Size
from briefings.map.tagged_pdf import Structure
from briefings.map.title_block import draw_neat_line
from briefings.messages import say

_INK, _SOFT, _LINE = "#14324a", "#56687a", "#b9c3cc"
_TITLE, _ROW_EM, _HEAD_EM, _FOOT_EM = (
    2.0,
    1.9,
    6.0,
    3.0,
)  # of the letters: a title; a row; above and below all rows
_EDGE_EM, _GAP_EM = 3.0, 3.0  # beside the columns and between them
_LEAST_EM, _MOST = 26.0, 3  # of a column; columns


@dataclass(frozen=True)
class AtlasContents:
    """What an atlas holds: its name, the names of its sheets; size and language of its pages."""

    name: str
    sheets: Sequence[str]
    size: Size
    language: str

    @property
    def _inches(self) -> tuple[float, float]:
        return self.size.width / self.size.dpi, self.size.height / self.size.dpi

    @property
    def _em(self) -> float:
        return max(self.size.legend_points, self.size.least_points) / 72

    @property
    def _columns(self) -> int:
        wide = self._inches[0] / self._em - 2 * _EDGE_EM + _GAP_EM
        return min(max(int(wide / (_LEAST_EM + _GAP_EM)), 1), _MOST)

    @property
    def _rows(self) -> int:
        high = self._inches[1] / self._em - _HEAD_EM - _FOOT_EM - 2 * _EDGE_EM
        return max(int(high / _ROW_EM), 1)

    @property
    def pages(self) -> int:
        """How many pages the contents take; one sheet needs none."""
        if len(self.sheets) == 1:
            return 0
        return math.ceil(len(self.sheets) / (self._rows * self._columns))

    def page_of(self, sheet: int) -> str:
        """Return what a sheet says of its page, counted from 0, contents first."""
        count = self.pages + len(self.sheets)
        return say("atlas_page", page=self.pages + sheet + 1, count=count)[self.language]

    def draw_page(self, page: int, structure: Structure) -> Figure:
        """Return one of the pages, counted from 0; the structure gets what it says."""
        wide, high = self._inches
        em = self._em
        figure = Figure(figsize=(wide, high), dpi=self.size.dpi, facecolor="white")
        margins = neat_margins(self.size)
        if margins is not None:
            draw_neat_line(figure, margins)
        points = em * 72
        left, top = _EDGE_EM * em / wide, _EDGE_EM * em / high
        title = say("atlas_contents")[self.language]
        head = bold_line(figure, title, (left, top), points=points * _TITLE, color=_INK)
        below = put_line(figure, self.name, (left, top + 3.4 * em / high), points=points, color=_SOFT)
        if page == 0:
            structure.show(structure.root.within("H1"), head)
        structure.show(structure.root.within("P"), below)
        each = self._rows * self._columns
        told = list(enumerate(self.sheets))[page * each : (page + 1) * each]
        column = (wide - 2 * _EDGE_EM * em + _GAP_EM * em) / self._columns
        toc = structure.root.within("TOC")
        for at, (number, name) in enumerate(told):
            x = left + (at // self._rows) * column / wide
            y = top + (_HEAD_EM + at % self._rows * _ROW_EM) * em / high
            right = x + (column - _GAP_EM * em) / wide
            at_page = f"{self.pages + number + 1}"
            room = column / em - _GAP_EM - width_em(at_page) - 1.5
            line = fit_line(drawable_text(name), room)[0]
            texts = [
                put_line(figure, line, (x, y), points=points, color=_INK),
                put_line(figure, at_page, (right, y), points=points, color=_INK, right=True),
            ]
            structure.show(toc.within("TOCI"), *texts)
            low = 1 - y - 1.5 * em / high
            rule = Line2D([x, right], [low, low], color=_LINE, lw=0.4, transform=figure.transFigure)
            figure.add_artist(rule)
        return figure
