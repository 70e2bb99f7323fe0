"""A drawn sheet in greys, for printers without colour: each part as light as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.collections import Collection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from layers.plan.palettes import grey_color


def print_grey(figure: Figure) -> None:
    """Turn every colour of a figure into the grey as light as it is; opacity stays."""
    for one in figure.findobj():
        if isinstance(one, Collection):
            one.set_facecolor(_greys(one.get_facecolor()))
            one.set_edgecolor(_greys(one.get_edgecolor()))
            if one.get_hatch():
                one.set_hatchcolor(_greys(one.get_hatchcolor()))
        elif isinstance(one, Patch):
            one.set_facecolor(_grey(one.get_facecolor()))
            if one.get_hatch():
                one.set_hatchcolor(_grey(one.get_hatchcolor()))
            one.set_edgecolor(_grey(one.get_edgecolor()))
        elif isinstance(one, Line2D):
            one.set_color(_grey(one.get_color()))
            one.set_markerfacecolor(_grey(one.get_markerfacecolor()))
            one.set_markeredgecolor(_grey(one.get_markeredgecolor()))
        elif isinstance(one, Text):
            one.set_color(_grey(one.get_color()))


def _greys(colors: Any) -> Any:  # noqa: ANN401 - n x 4 numbers
    return [_grey(one) for one in np.atleast_2d(colors)] if len(colors) else colors


def _grey(color: Any) -> Any:  # noqa: ANN401 - as matplotlib has colours
    red, green, blue, alpha = to_rgba(color)
    return to_rgba(grey_color(to_hex((red, green, blue))), alpha)
