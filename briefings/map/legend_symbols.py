"""What a legend's entry looks like beside its words."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from briefings.map.layers import pattern_color
from layers.plan.style import LegendEntry

_WHITE, _PALE = ("#ffffff", "#fff", "white"), "#b5bcc3"  # the edge of a symbol that would end nowhere on white
SWATCH = 2.1  # ems a symbol is wide


def draw_symbol(axes: Axes, entry: LegendEntry, x: float, y: float, em: float, *, part: int = 1) -> None:
    """Draw what a legend's entry looks like.

    Parameters
    ----------
    axes, entry
        Where to, and what.
    x, y
        Left edge and middle, in the axes' inches.
    em
        Of the letters beside it, inches.
    part
        How many symbols share its place.
    """
    look = entry.look
    style: Any = (0, tuple(d * 0.6 for d in look.dash)) if look.dash else "-"
    width = min(look.width, 4) * 0.6
    if entry.kind == "line":
        axes.plot([x + em * 0.2, x + em * 2.3], [y, y], color=look.color, lw=min(look.width, 4) * 0.8, ls=style)
    elif entry.kind == "point":
        axes.plot(
            [x + em * 1.25], [y], "o", ms=em * 72 * 0.75, mfc=look.fill or look.color, mec=look.color, mew=width
        )
    else:
        face = "none" if look.fill is None else (look.fill, look.fill_opacity)
        pale = look.color in _WHITE or width == 0
        axes.add_patch(
            Rectangle(
                (x + em * 0.2, y - em * 0.5),
                em * SWATCH / part,
                em,
                facecolor=face,
                edgecolor=_PALE if pale else (look.color, look.opacity),
                lw=max(width, 0.5) if pale else width,
                ls=style,
                hatch=look.pattern or None,
                hatchcolor=pattern_color(look),
            )
        )
