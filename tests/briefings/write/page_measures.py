"""What is measured on pages: how small, cut, overlapping, pale or missing text is, and how empty a page."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pypdfium2

_SAME = 0.35  # of the lesser height, by which boxes of lines may reach into each other: ascenders and descenders
_ON_COLOR = (255, 255, 255)  # numbers of a map stand on discs
Box = tuple[float, float, float, float]

raw: Any = pypdfium2.raw  # its functions are made as it is loaded


@dataclass(frozen=True)
class Page:
    """A page: size and text boxes in points from its lower left, sizes of letters, contrasts, how far down it goes."""

    wide: float
    high: float
    boxes: tuple[Box, ...]
    sizes: tuple[float, ...]
    contrasts: tuple[float, ...]
    text: str
    lowest: float

    @property
    def cut(self) -> list[Box]:
        """Text that leaves the page."""
        return [b for b in self.boxes if b[0] < -1 or b[1] < -1 or b[2] > self.wide + 1 or b[3] > self.high + 1]

    @property
    def overlapping(self) -> list[tuple[Box, Box]]:
        """Pairs of lines of text that lie on each other."""
        return [pair for pair in combinations(self.boxes, 2) if _covers(*pair)]


def _covers(one: Box, other: Box) -> bool:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > 1.0 and high > _SAME * min(one[3] - one[1], other[3] - other[1])


def pages_of(data: bytes, *, foot: float = 40.0) -> Iterator[Page]:
    """Yield the pages of a PDF as they are measured; what lies in the foot does not count as content."""
    with pypdfium2.PdfDocument(data) as book:
        for page in book:
            words = page.get_textpage()
            count = words.count_chars()
            wide, high = page.get_size()
            turned = {  # names along a slanted line: their upright boxes say nothing
                tuple(round(v) for v in words.get_charbox(i)[:2])
                for i in range(count)
                if not words.get_text_range(i, 1).isspace() and _slanted(words, i)
            }
            boxes = tuple(
                box
                for box in (words.get_rect(i) for i in range(words.count_rects()))
                if not any(box[0] - 2 <= x <= box[2] + 2 and box[1] - 2 <= y <= box[3] + 2 for x, y in turned)
            )
            printed = [i for i in range(count) if not words.get_text_range(i, 1).isspace()]
            sizes = tuple(raw.FPDFText_GetFontSize(words, i) * _scaled(words, i) for i in printed)
            colors = (_color(words, i) for i in printed[::7])
            contrasts = tuple(_contrast(color) for color in colors if color != _ON_COLOR)
            bottoms = [one.get_bounds()[1] for one in page.get_objects(max_depth=2)]
            lowest = min((b for b in bottoms if b > foot), default=high)
            yield Page(wide, high, boxes, sizes, contrasts, words.get_text_range(), lowest)


def _scaled(words: Any, at: int) -> float:
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(words, at, matrix)
    return math.hypot(matrix.c, matrix.d) or 1.0


def _slanted(words: Any, at: int) -> bool:
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(words, at, matrix)
    return bool(abs(matrix.b) > 0.01)


def _color(words: Any, at: int) -> tuple[int, int, int]:
    parts = [ctypes.c_uint() for _ in range(4)]
    raw.FPDFText_GetFillColor(words, at, *parts)
    return parts[0].value, parts[1].value, parts[2].value


def _contrast(color: tuple[int, int, int]) -> float:
    """Return the contrast with white (WCAG 2.1)."""
    parts = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in color]
    return 1.05 / (0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] + 0.05)
