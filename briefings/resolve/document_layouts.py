"""How a document's map may stand in its picture: its subject fills its frame, legend and insets have the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from briefings.map.grounds import Grounds
from briefings.map.layouts import Layout
from briefings.map.presets import Size
from briefings.map.proportions import Standing, stood_layout

_FILLS = 0.66  # of a frame that is made smaller for its subject: what that takes of it, if it is not cut so
_ROOM = 1.045  # of its subject, that a frame has at least
_COLUMN = 96.0  # points, from which a legend's column reads
_MOST_COLUMNS = 4
_INSETS, _LEGENDS = (
    (0.16, 0.2, 0.26),
    (0.18, 0.22, 0.28, 0.36, 0.44),
)  # of the width, that insets take; a legend at least
_STRIPS = (0.2, 0.28, 0.36, 0.44)  # of the height, that a legend below a map takes at least


def document_layouts(plain: Layout, size: Size, ground: Grounds) -> list[Layout]:
    """Return the ways in which a map's subject fills its frame, those that show it largest first.

    Parameters
    ----------
    plain
        Where things stand usually in a picture of that size.
    size
        Of the picture.
    ground
        What it is about; its insets may have a column of their own.
    """
    found = [*_beside(plain, size, ground), *_below(plain, size, ground)]
    full = {one.layout: one.worth[1] for one in found if one.ground.filled >= one.ground.enough}
    return sorted(full, key=lambda one: -full[one])


def _beside(plain: Layout, size: Size, ground: Grounds) -> Iterator[Standing]:
    """Yield ways with the legend beside the map, and insets between them or in either."""
    left, _, right, _ = plain.inner
    wide = size.width / size.dpi * 72

    def stands(share: float, inset: float) -> Layout:
        rest = right - left - share - inset - 2.5 * plain.gap
        return plain.apart(share, inset, min(max(int(rest * wide / _COLUMN), 1), _MOST_COLUMNS))

    for legend in _LEGENDS:
        for inset in (0.0, *(_INSETS if ground.insets else ())):
            share = right - left - legend - inset - 2.5 * plain.gap
            usual = stood_layout(stands(share, inset), size, ground)
            yield stood_layout(stands(_narrowed(usual), inset), size, ground)


def _below(plain: Layout, size: Size, ground: Grounds) -> Iterator[Standing]:
    """Yield ways with the legend below the map, and insets beside either."""
    left, low, right, top = plain.inner
    columns = min(max(int((right - left) * size.width / size.dpi * 72 / _COLUMN), 1), _MOST_COLUMNS)
    for strip in _STRIPS:
        usual = stood_layout(plain.below(top - low - strip - plain.gap, columns), size, ground)
        yield stood_layout(plain.below(_lowered(usual), columns), size, ground)
        share = _narrowed(usual)
        start = left + share + plain.gap
        if ground.insets and right - start >= _INSETS[0]:
            above = usual.layout.map[1], usual.layout.map[3]
            narrow = replace(
                usual.layout,
                map=(left, above[0], share, above[1]),
                aside=(start, above[0], right - start, above[1]),
            )
            yield stood_layout(narrow, size, ground)


def _narrowed(usual: Standing) -> float:
    """Return how wide a map is at the same scale so that its subject fills it; as it is where it does."""
    box, frame, share = usual.ground.box, usual.ground.frame.bounds, usual.layout.map[2]
    least = share if box is None else share * (box[2] - box[0]) / (frame[2] - frame[0]) * _ROOM
    return min(max(share * usual.ground.filled / _FILLS, least), share)


def _lowered(usual: Standing) -> float:
    """Return how high a map is at the same scale, likewise."""
    box, frame, share = usual.ground.box, usual.ground.frame.bounds, usual.layout.map[3]
    least = share if box is None else share * (box[3] - box[1]) / (frame[3] - frame[1]) * _ROOM
    return min(max(share * usual.ground.filled / _FILLS, least), share)
