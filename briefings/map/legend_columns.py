"""The rows of a legend in columns: what a head heads stays with it, columns are as even as can be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

from layers.plan.style import LegendEntry


class LegendRow(NamedTuple):
    """A line of a legend: no symbol is a head, several share one place.

    What is ``inside`` belongs to the head above it; a layer of one symbol is its own ``head``.
    """

    entries: tuple[LegendEntry, ...]
    text: str
    inside: bool = False
    head: bool = False


def place_legend_rows(
    rows: Sequence[LegendRow], lines: Sequence[int], columns: int, most: int
) -> list[tuple[int, int]] | None:
    """Return column and line of each row, columns as even as can be and no head last in one; None without room.

    What a head heads stays with it in one column where that finds room.

    Parameters
    ----------
    rows, lines
        The rows, and how many lines each takes.
    columns, most
        How many columns there are, and how many lines one has.
    """
    groups = _groups(rows, lines)
    for whole, height in product((True, False), range(max(math.ceil(sum(lines) / columns), 1), most + 1)):
        places, column, line = [], 0, 0
        for i, (one, count) in enumerate(zip(rows, lines, strict=True)):
            heads = not one.entries and i + 1 < len(rows)
            parted = whole and columns > 1 and height >= groups[i] > height - line
            if line and (parted or line + count > height or (heads and line + count == height)):
                column, line = column + 1, 0
            places.append((column, line))
            line += count
        if column < columns and all(at + count <= height for (_, at), count in zip(places, lines, strict=True)):
            return places
    return None


def _groups(rows: Sequence[LegendRow], lines: Sequence[int]) -> list[int]:
    """Return how many lines each row takes with those it heads."""
    out = list(lines)
    head = 0
    for i, row in enumerate(rows):
        if row.inside:
            out[head] += lines[i]
        else:
            head = i
    return out


def keep_legend_rows(lines: Sequence[int], columns: int, most: int, *, spare: int) -> list[tuple[int, int]]:
    """Return column and line of as many rows as find room, the last lines of all left free.

    Parameters
    ----------
    lines, columns, most
        As for ``place_legend_rows``.
    spare
        How many lines stay free.
    """
    kept: list[tuple[int, int]] = []
    column = line = 0
    for count in lines:
        if line + count > most - spare * (column == columns - 1):
            column, line = column + 1, 0
        if column == columns or count > most - spare * (column == columns - 1):
            break
        kept.append((column, line))
        line += count
    return kept
