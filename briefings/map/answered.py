"""What was asked of a map: the drawn outline and the figure that answers, drawn over the layers as on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from briefings.map.frame import Frame
from briefings.map.grouping import NamedGroup
from briefings.map.labels import Label
from briefings.map.layers import draw_shapes
from briefings.map.lettering import break_evenly
from briefings.messages import say
from geo.text import Text
from layers.plan.looks import LOOKS
from layers.plan.style import GeometryKind, LegendEntry, LegendSection, Look

_STATES = {"covered": say("evidence_covered"), "not covered": say("evidence_not_covered")}
_NAME_EM = 12.0  # of a line of a drawn outline's name
_SITE_SHARE = 0.2  # of the map: a drawn outline larger than this keeps no names off; labels.js has the same
_ORDER = 150.0  # above the layers and the blocks' edge, below all names
_BETWEEN, _BETWEEN_PX = "#fffefb", 0.6
_KINDS: tuple[GeometryKind, GeometryKind, GeometryKind] = ("point", "line", "polygon")


@dataclass(frozen=True)
class Answered:
    """A published figure as a picture shows it.

    Attributes
    ----------
    label, sentence
        What it is called, and what it says.
    pieces
        Its evidence: the state of each piece ("" where there is none) and its geometry as WKB, longitude and
        latitude.
    """

    label: Text
    sentence: Text
    pieces: tuple[tuple[str, bytes], ...]

    @property
    def legend(self) -> LegendSection:
        """What the colours of its evidence mean."""
        states = [state for state in _STATES if any(one == state for one, _ in self.pieces)]
        entries = [LegendEntry(look_of_piece(state), "polygon", _STATES[state]) for state in states]
        label = self.label
        if len(entries) == 1:  # a legend writes one entry in its section's line
            label = say("legend_alone", label=label, state=entries[0].label)
        return LegendSection("answered", label, illustrative=False, entries=tuple(entries))


def answered_of(told: Mapping[str, Any] | None) -> Answered | None:
    """Return a figure from plain values: ``label``, ``sentence`` and ``pieces``; None where there is none."""
    if told is None:
        return None
    return Answered(Text(**told["label"]), Text(**told["sentence"]), tuple(told["pieces"]))


def draw_answered(axes: Axes, frame: Frame, answered: Answered, *, exact_m: float) -> None:
    """Draw a figure's evidence over the layers.

    Parameters
    ----------
    axes
        Of the map.
    frame
        The ground that is drawn.
    answered
        The figure.
    exact_m
        How far a drawn line may lie from the true one.
    """
    states = np.array([state for state, _ in answered.pieces], dtype=object)
    shapes = frame.bring(shapely.from_wkb([wkb for _, wkb in answered.pieces]), exact_m=exact_m)
    dimensions = shapely.get_dimensions(shapes)
    with NamedGroup(axes, "answered", _ORDER):
        for state in dict.fromkeys(states):
            for dimension, kind in enumerate(_KINDS):
                mine = shapes[(states == state) & (dimensions == dimension)]
                look = look_of_piece(state)
                if kind == "polygon":  # neighbours are told apart by a fine light line, never by dark outlines
                    look = replace(look, color=_BETWEEN, width=_BETWEEN_PX)
                if len(mine):
                    draw_shapes(axes, kind, mine, look, order=_ORDER)


def draw_site(axes: Any, frame: Frame, corners: Sequence[tuple[float, float]]) -> None:  # noqa: ANN401 - matplotlib
    """Draw the outline that a person drew on the map; corners are longitude and latitude."""
    (outline,) = frame.plane(np.array([shapely.Polygon(corners)], dtype=object))
    xy = shapely.get_coordinates(outline)
    axes.fill(xy[:, 0], xy[:, 1], fc=LOOKS.site, alpha=0.12, zorder=880.0)
    axes.plot(xy[:, 0], xy[:, 1], color=LOOKS.site, lw=1.8, zorder=881.0, gid="site")


def site_box(axes: Axes, frame: Frame, corners: Sequence[tuple[float, float]]) -> list[Bbox]:
    """Return the room a drawn outline takes on the map, in pixels: other names do not stand on it.

    None where it takes much of the map: the names inside it are of use.
    """
    (outline,) = frame.plane(np.array([shapely.Polygon(corners)], dtype=object))
    box, whole = Bbox(axes.transData.transform(np.reshape(outline.bounds, (2, 2)))), axes.get_window_extent()
    return [box] if box.width * box.height < _SITE_SHARE * whole.width * whole.height else []


def site_label(frame: Frame, corners: Sequence[tuple[float, float]], name: str) -> list[Label]:
    """Return the name of a drawn outline, which stands at its edge before all others; none without a name."""
    lines = break_evenly(name, _NAME_EM, lines=2)
    if not lines:
        return []
    (outline,) = frame.plane(np.array([shapely.Polygon(corners)], dtype=object))
    left, _, right, top = outline.bounds
    return [Label(tuple(lines), (left + right) / 2, top, 0.0, False, 0, 1.3, LOOKS.site)]


def look_of_piece(state: str) -> Look:
    """Return how a piece of evidence looks, by its state."""
    color = LOOKS.answers.get(state, LOOKS.answers[""])
    return Look(color, 1.0, 1.0, color, 0.55)
