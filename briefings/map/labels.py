"""Names on the map: the most important first, none on another, and none on the map's furniture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox

from briefings.map.fonts import sized_font, text_outline, width_em
from briefings.map.frame import Frame
from briefings.map.grouping import NamedGroup
from briefings.map.lettering import break_evenly
from layers.features.snapshot import Features, Snapshot
from layers.plan.style import declared_style

_MOST = 400  # candidates looked at
_ORDER = 200.0
_WIDE_EM, _LINES = 10.5, 3
_LINE_EM = 1.25
_HALO_PT, _MIDDLE_EM = 2.4, 0.38  # how wide a halo's pen is; the middle of a line above where its letters stand
_GAP_PT, _APART_PT = 5.0, 1.5
LAST_RANK, KEPT_RANK = 100, 4  # of names without a rank, and the last that is never left out
_USUAL_PX, _SIZES = 12.0, (0.9, 2.0)


@dataclass(frozen=True)
class Label:
    """A name at a place of the plane; one of a point stands beside it (``raised``).

    The smaller ``rank`` is set first, of equals the larger ``weight``; ``size`` is a share of the usual one. A
    name of the first ranks is never left out.
    """

    lines: tuple[str, ...]
    x: float
    y: float
    weight: float
    raised: bool
    rank: int = LAST_RANK
    size: float = 1.0
    color: str = "#1f2f3d"

    @property
    def kept(self) -> bool:
        """Whether it is never left out."""
        return self.rank <= KEPT_RANK


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
        named = feature.own_name(snapshot.layer, language)  # an id is no name on a map
        lines = break_evenly(feature.short_name(snapshot.layer, language) if named else "", _WIDE_EM, lines=_LINES)
        style = declared_style(snapshot.layer, feature.properties)
        size = min(max((style.label_size or _USUAL_PX) / _USUAL_PX, _SIZES[0]), _SIZES[1])
        if lines:
            out.append(
                Label(
                    tuple(lines),
                    place.x,
                    place.y,
                    weight,
                    bool(dimension == 0),
                    style.label_rank or LAST_RANK,
                    size,
                    style.label_color or Label.color,
                )
            )
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
    labels, halos = list(labels), list[Path]()
    taken += [_symbol(axes, one, pixels) for one in labels if one.raised]
    with NamedGroup(axes, "labels", _ORDER):
        for one in sorted(labels, key=lambda label: (label.rank, -label.weight, label.lines)):
            x, y = axes.transData.transform((one.x, one.y))
            letters = points * one.size
            width = max(map(width_em, one.lines)) * letters
            height = _LINE_EM * letters * len(one.lines)
            boxes = [
                (
                    right,
                    up,
                    Bbox.from_bounds(
                        x + (right - width / 2 - _APART_PT) * pixels,
                        y + (up - height / 2) * pixels,
                        (width + 2 * _APART_PT) * pixels,
                        height * pixels,
                    ),
                )
                for right, up in _offsets(one, width, height)
            ]
            if one.kept:
                boxes = [_moved_in(room, pixels, *box) for box in boxes]
            free = [box for box in boxes if _within(room, box[2]) and not any(map(box[2].overlaps, taken))]
            for right, up, box in free[:1] or boxes[: one.kept]:
                halos += _write(axes, one, right, up, letters)
                taken.append(box)
                placed += 1
        _halo(axes, halos)
    return placed


def _within(room: Bbox, box: Bbox) -> bool:
    return bool(room.x0 <= box.x0 and box.x1 <= room.x1 and room.y0 <= box.y0 and box.y1 <= room.y1)


def _moved_in(room: Bbox, pixels: float, right: float, up: float, box: Bbox) -> tuple[float, float, Bbox]:
    """Return a place moved into the map by as much as it takes."""
    across = max(room.x0 - box.x0, 0.0) - max(box.x1 - room.x1, 0.0)
    along = max(room.y0 - box.y0, 0.0) - max(box.y1 - room.y1, 0.0)
    return right + across / pixels, up + along / pixels, box.translated(across, along)


def _symbol(axes: Axes, label: Label, pixels: float) -> Bbox:
    """Return the box of a point's symbol, which no name is to cover."""
    x, y = axes.transData.transform((label.x, label.y))
    side = (_GAP_PT - 1) * pixels
    return Bbox.from_bounds(x - side, y - side, 2 * side, 2 * side)


def _offsets(label: Label, width: float, height: float) -> Sequence[tuple[float, float]]:
    """Return where a label's middle may stand from its place, in points, the best first."""
    if label.kept:
        ups = (0.0, 1.1, -1.1, 2.2, -2.2, 3.3, -3.3, 4.4, -4.4)
        rights = (0.0, 0.6, -0.6, 1.1, -1.1)
        places = [(right * width, up * height) for up in ups for right in rights]
        return sorted(places, key=lambda place: abs(place[0]) + abs(place[1]))
    if not label.raised:
        return ((0, 0), (0, height * 0.6), (0, -height * 0.6))
    beside, above = width / 2 + _GAP_PT + 1, height / 2 + _GAP_PT
    return ((0, above), (beside, 0), (-beside, 0), (0, -above))


def _write(axes: Axes, label: Label, right: float, up: float, points: float) -> list[Path]:
    """Write a label's lines; returns their outlines in inches of the sheet."""
    inch = axes.transData.transform((label.x, label.y)) / axes.figure.dpi
    outlines = []
    for row, line in enumerate(label.lines):
        lift = up + ((len(label.lines) - 1) / 2 - row) * _LINE_EM * points - _MIDDLE_EM * points
        axes.annotate(
            line,
            (label.x, label.y),
            xytext=(right, lift),
            textcoords="offset points",
            ha="center",
            va="baseline",
            fontproperties=sized_font(points, line),
            color=label.color,
            zorder=_ORDER,
            annotation_clip=True,
        )
        shape = text_outline(line)
        across = np.asarray(shape.vertices, dtype=float)[:, 0]
        middle = (across.min() + across.max()) / 2 if len(across) else 0.0
        moved = Affine2D().translate(-middle, 0).scale(points / 72).translate(right / 72, lift / 72)
        outlines.append(moved.translate(*inch).transform_path(shape))
    return outlines


def _halo(axes: Axes, outlines: Sequence[Path]) -> None:
    """Put one light pen stroke around all letters, below them: drawn once, not once a line."""
    if outlines:
        whole, across = Path.make_compound_path(*outlines), axes.figure.dpi_scale_trans
        paint = {"fc": "none", "ec": "white", "alpha": 0.9, "lw": _HALO_PT, "joinstyle": "round"}
        axes.add_artist(PathPatch(whole, transform=across, zorder=_ORDER - 0.5, **paint))
