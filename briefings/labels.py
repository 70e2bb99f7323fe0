"""Names on the map: the most important first, none on another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import shapely
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from briefings.fonts import drawable, font
from briefings.frame import Frame
from layers.features import Features, Snapshot

_MOST = 400  # candidates looked at


@dataclass(frozen=True)
class Label:
    """A name at a place of the plane; the larger ``weight`` is set first."""

    text: str
    x: float
    y: float
    weight: float
    raised: bool


def labels_of(frame: Frame, snapshot: Snapshot, chosen: Features, *, language: str) -> list[Label]:
    """Return the names of a layer's features inside the frame; lines and areas are named inside themselves."""
    if not snapshot.layer.map_labels:
        return []
    wide = shapely.box(*frame.lonlat)
    near = chosen.where(~shapely.is_missing(chosen.geometry))
    near = near.where(shapely.intersects(near.geometry, wide))[:_MOST]
    out = []
    for feature in near:
        inside = shapely.intersection(feature.geometry, wide)
        place = frame.plane(shapely.point_on_surface(inside))
        dimension = shapely.get_dimensions(inside)
        weight = snapshot.layer.order + (inside.area * 1e4 if dimension == 2 else inside.length)
        name = drawable(feature.name(snapshot.layer, language), longest=24)
        out.append(Label(name, place.x, place.y, weight, bool(dimension == 0)))
    return out


def place_labels(axes: Axes, labels: Iterable[Label], *, points: float, taken: list[Any]) -> int:
    """Write the labels that find room, with a halo; returns how many did.

    Parameters
    ----------
    points
        Size of the letters.
    taken
        Boxes in pixels that are not to be covered.
    """
    renderer = axes.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    frame, placed = axes.get_window_extent(renderer), 0
    for one in sorted(labels, key=lambda label: (-label.weight, label.text)):
        text = axes.annotate(
            one.text, (one.x, one.y), xytext=(0, 7 if one.raised else 0), textcoords="offset points", ha="center",
            va="bottom" if one.raised else "center", fontproperties=font(points), color="#1f2f3d", zorder=200,
            path_effects=[withStroke(linewidth=2.4, foreground="white", alpha=0.9)], annotation_clip=True,
            gid="label",
        )  # fmt: skip
        box = text.get_window_extent(renderer).padded(2)
        inside = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
        if not inside or any(box.overlaps(other) for other in taken):
            text.remove()
            continue
        taken.append(box)
        placed += 1
    return placed
