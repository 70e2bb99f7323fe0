"""Names on the map: the most important first, none on another, and none on the map's furniture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from matplotlib.axes import Axes
from matplotlib.patheffects import Stroke
from matplotlib.transforms import Bbox

from briefings.map.fonts import font, width_em
from briefings.map.frame import Frame
from briefings.map.grouping import NamedGroup
from briefings.map.lettering import even
from layers.features.snapshot import Features, Snapshot

_MOST = 400  # candidates looked at
_ORDER = 200.0
_WIDE_EM, _LINES = 10.5, 3
_LINE_EM = 1.25
_GAP_PT, _APART_PT = 5.0, 1.5


@dataclass(frozen=True)
class Label:
    """A name at a place of the plane; the larger ``weight`` is set first; one of a point stands beside it."""

    lines: tuple[str, ...]
    x: float
    y: float
    weight: float
    raised: bool


def labels_of(frame: Frame, snapshot: Snapshot, near: Features, *, language: str) -> list[Label]:
    """Return the names of a layer's features near the frame; lines and areas are named inside themselves.

    Parameters
    ----------
    frame
        The ground that is drawn.
    snapshot
        The layer at its version.
    near
        Those of its features that may be seen.
    language
        ``zh`` or ``en``.
    """
    if not snapshot.layer.map_labels:
        return []
    wide = shapely.box(*frame.lonlat)
    out = []
    for feature in near[:_MOST]:
        inside = shapely.intersection(feature.geometry, wide)
        place = frame.plane(shapely.point_on_surface(inside))
        dimension = shapely.get_dimensions(inside)
        weight = snapshot.layer.order + (inside.area * 1e4 if dimension == 2 else inside.length)
        lines = even(feature.name(snapshot.layer, language), _WIDE_EM, lines=_LINES)
        if lines:
            out.append(Label(tuple(lines), place.x, place.y, weight, bool(dimension == 0)))
    return out


def place_labels(axes: Axes, labels: Iterable[Label], *, points: float, taken: list[Any]) -> int:
    """Write the labels that find room, as text over a halo; returns how many did.

    Parameters
    ----------
    axes
        Where they are drawn.
    labels
        The first find room first.
    points
        Size of the letters.
    taken
        Boxes in pixels that are not to be covered; those of the labels are added.
    """
    pixels = axes.figure.dpi / 72
    room, placed = axes.get_window_extent(), 0
    labels = list(labels)
    taken += [_symbol(axes, one, pixels) for one in labels if one.raised]
    with NamedGroup(axes, "labels", _ORDER):
        for one in sorted(labels, key=lambda label: (-label.weight, label.lines)):
            x, y = axes.transData.transform((one.x, one.y))
            width = max(map(width_em, one.lines)) * points
            height = _LINE_EM * points * len(one.lines)
            for right, up in _offsets(one, width, height):
                box = Bbox.from_bounds(
                    x + (right - width / 2 - _APART_PT) * pixels,
                    y + (up - height / 2) * pixels,
                    (width + 2 * _APART_PT) * pixels,
                    height * pixels,
                )
                inside = room.x0 <= box.x0 and box.x1 <= room.x1 and room.y0 <= box.y0 and box.y1 <= room.y1
                if inside and not any(box.overlaps(other) for other in taken):
                    _write(axes, one, right, up, points)
                    taken.append(box)
                    placed += 1
                    break
    return placed


def _symbol(axes: Axes, label: Label, pixels: float) -> Bbox:
    """Return the box of a point's symbol, which no name is to cover."""
    x, y = axes.transData.transform((label.x, label.y))
    side = (_GAP_PT - 1) * pixels
    return Bbox.from_bounds(x - side, y - side, 2 * side, 2 * side)


def _offsets(label: Label, width: float, height: float) -> Sequence[tuple[float, float]]:
    """Return where a label's middle may stand from its place, in points, the best first."""
    if not label.raised:
        return ((0, 0), (0, height * 0.6), (0, -height * 0.6))
    beside, above = width / 2 + _GAP_PT + 1, height / 2 + _GAP_PT
    return ((0, above), (beside, 0), (-beside, 0), (0, -above))


def _write(axes: Axes, label: Label, right: float, up: float, points: float) -> None:
    for row, line in enumerate(label.lines):
        lift = up + ((len(label.lines) - 1) / 2 - row) * _LINE_EM * points
        for effects in ([Stroke(linewidth=2.4, foreground="white", alpha=0.9)], []):
            axes.annotate(
                line,
                (label.x, label.y),
                xytext=(right, lift),
                textcoords="offset points",
                ha="center",
                va="center_baseline",
                fontproperties=font(points, line),
                color="#1f2f3d",
                zorder=_ORDER,
                annotation_clip=True,
                path_effects=effects,
            )
