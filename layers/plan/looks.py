"""What is drawn where a plan says nothing of it: declared once, for sheets and, as it is, for the page.

``webapp/static/js/looks.js`` is handed `LOOKS`; ``layers.plan.style`` and ``style.js`` apply it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Unsure:
    """What becomes of a look where a position is not sure: another width in pixels, shares of its opacities.

    Over ``feather`` pixels an area fades at its edge instead of ending there.
    """

    width: float | None = None
    opacity: float = 1.0
    fill_opacity: float = 1.0
    feather: float = 0.0


@dataclass(frozen=True)
class Usual:
    """The look of a kind of geometry that no style speaks of: width in pixels, opacity of its fill."""

    width: float
    fill_opacity: float


_BAND = Unsure(width=8.0, opacity=0.35)  # the edge of what is known by its locality only
_KINDS = {"point": Usual(1.5, 0.9), "line": Usual(3.0, 0.3), "polygon": Usual(1.5, 0.3)}


@dataclass(frozen=True)
class Looks:
    """The table: colours ``#rrggbb``, lengths in screen pixels.

    Attributes
    ----------
    color, radius, usual
        Of features whose style does not say; by kind of geometry.
    positions
        How sure a position may be, the surest first.
    unsure
        By position and kind of geometry; what is not named looks as it is.
    answers
        Of a figure's evidence, by its state; "" of pieces without one.
    site, older
        Of a drawn outline, and of an older version's.
    """

    color: str = "#4a5a6a"
    radius: float = 6.0
    usual: Mapping[str, Usual] = field(default_factory=lambda: _KINDS)
    positions: tuple[str, ...] = ("exact", "approximate", "locality", "schematic")
    unsure: Mapping[str, Mapping[str, Unsure]] = field(
        default_factory=lambda: {
            "approximate": {"point": Unsure(fill_opacity=0.9), "polygon": Unsure(width=0.8)},
            "locality": {"point": Unsure(fill_opacity=0.75), "line": _BAND, "polygon": _BAND},
            "schematic": {"point": Unsure(fill_opacity=0.65), "polygon": Unsure(width=0.0, feather=6.0)},
        }
    )
    answers: Mapping[str, str] = field(
        default_factory=lambda: {"covered": "#2a9d5c", "not covered": "#3b4652", "": "#2f7fb5"}
    )  # dark beside green: told apart without hue, and no state of a project has it
    site: str = "#7b2cbf"
    older: str = "#b4009e"


LOOKS = Looks()
