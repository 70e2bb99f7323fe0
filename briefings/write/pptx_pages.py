"""Which rows of a table stand on which slide: none with a few rows alone, a group never without its head."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

_FEWEST_ROWS = 3  # on the last page of a table


def headed_rows(begin: int, end: int, heads: Collection[int]) -> list[int]:
    """Return the rows of a page: where it goes on with a group, the group's head stands first again.

    Examples
    --------
    >>> headed_rows(0, 3, (0, 4)), headed_rows(3, 6, (0, 4)), headed_rows(4, 6, (0, 4)), headed_rows(3, 5, ())
    ([0, 1, 2], [0, 3, 4, 5], [4, 5], [3, 4])
    """
    before = max((one for one in heads if one <= begin), default=begin)
    return [*([before] if before < begin else []), *range(begin, end)]


def again_pt(heights: Sequence[float], most: float, heads: Collection[int]) -> float:
    """Return what a page keeps free for a head that stands there again; nothing where one page holds all."""
    return max((heights[one] for one in heads), default=0.0) if sum(heights) > most else 0.0


def even_pages(heights: Sequence[float], most: float, heads: Collection[int] = ()) -> list[tuple[int, int]]:
    """Return the rows of each page as (begin, end): as few pages as they take, none with a few rows left over.

    Rows that head the next one (``heads``) are not the last of a page. No row of a group goes on alone, or stays
    alone below its head, unless that would take another page.

    Examples
    --------
    >>> even_pages([1.0] * 11, 10.0), even_pages([1.0] * 4, 10.0), even_pages([], 10.0)
    ([(0, 6), (6, 11)], [(0, 4)], [(0, 0)])
    >>> even_pages([1.0] * 8, 5.0), even_pages([1.0] * 8, 5.0, heads=(3,))
    ([(0, 4), (4, 8)], [(0, 3), (3, 8)])
    >>> even_pages([1.0] * 10, 7.0, heads=(0, 6)), even_pages([1.0] * 10, 7.0, heads=(0, 4))
    ([(0, 4), (4, 10)], [(0, 4), (4, 10)])
    """
    if not heights:
        return [(0, 0)]
    pages = max(math.ceil(sum(heights) / most), 1)
    while True:
        for together in (True, False):
            out = _cut(heights, most, heads, share=sum(heights) / pages, together=together)
            if len(out) <= pages or pages >= len(heights):
                return out
        pages += 1


def _cut(
    heights: Sequence[float], most: float, heads: Collection[int], *, share: float, together: bool
) -> list[tuple[int, int]]:
    """Return the rows of each page.

    Parameters
    ----------
    heights, most, heads
        As for ``even_pages``.
    share
        How high a page is filled where there is room on the others.
    together
        Whether no row of a group stands alone.
    """
    out, begin, used = list[tuple[int, int]](), 0, 0.0
    for row, height in enumerate(heights):
        headed = height + (heights[row + 1] if row in heads and row + 1 < len(heights) else 0.0)
        ahead = used + headed > most or (used >= share and len(heights) - row >= _FEWEST_ROWS)
        if row > begin and ahead and row - 1 not in heads:
            end = _group_kept(begin, row, heads, len(heights)) if together else row
            out.append((begin, end))
            begin, used = end, sum(heights[end:row])
        used += height
    return [*out, (begin, len(heights))]


def _group_kept(begin: int, row: int, heads: Collection[int], rows: int) -> int:
    """Return where a page ends that would end before a row: a little earlier where a row would stand alone."""
    head = max((one for one in heads if one < row), default=-1)
    if head < begin or row in heads:
        return row
    stay, alone = row - 1 - head, row + 1 == rows or row + 1 in heads
    if stay == 1 or (alone and stay == 2):  # the whole group goes on
        return head if head > begin else row
    return row - 1 if alone else row
