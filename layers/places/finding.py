"""What a rule's kind finds of a site, and where that is seen on the map."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from geo.text import Text

State = Literal["kept", "broken", "conditional", "undecided", "needs_layer", "not_applicable"]
Shown = Literal["overlap", "link", "outside"]
A_SLIVER_M = 0.1  # ground shared by less is how two layers were drawn


@dataclass(frozen=True)
class EvidencePiece:
    """A piece of the map that a finding rests on: what is shared, the shortest way, or what sticks out.

    ``shape`` is in longitude and latitude, ``amount_m`` or ``amount_m2`` what it measures, ``uncertainty_m`` how
    far off the other feature may be (infinite: nobody knows).
    """

    shown: Shown
    layer: str
    feature: str
    name: Text
    shape: Any
    uncertainty_m: float
    amount_m: float | None = None
    amount_m2: float | None = None


@dataclass(frozen=True)
class Finding:
    """Whether a rule is kept, and by how much.

    ``value`` is what was measured, in ``unit``, between ``low`` and ``high`` for all that its place is unsure;
    ``limit`` what the rule asks for. ``settles`` is by how much the value would have to be larger to be decided.
    ``drawn_m`` is by how much the rule is kept, or broken (below 0), as site and features are drawn, whatever
    their error; ``drawn_share`` the part of the site (0 to 1) that lies so in what it speaks of. ``unsaid``: what
    the rule goes by is not stated, so that no better position would decide it.
    """

    state: State
    told: Text
    value: float | None = None
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    unit: str = ""
    settles: float | None = None
    pieces: tuple[EvidencePiece, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    drawn_m: float | None = None
    drawn_share: float = 0.0
    unsaid: bool = False

    @property
    def as_drawn(self) -> bool:
        """Whether the rule is broken where things are drawn, not only where an error might put them."""
        sure = self.state in {"broken", "conditional"}
        return sure or (self.state == "undecided" and self.drawn_m is not None and self.drawn_m <= -A_SLIVER_M)

    @property
    def drawn_state(self) -> State:
        """The state where everything is where it is drawn; undecided where that is not what is missing."""
        if self.state != "undecided":
            return self.state
        if self.as_drawn:
            return "broken"
        return "undecided" if self.unsaid or self.drawn_m is None else "kept"

    @property
    def off_m(self) -> float | None:
        """How far off a position may be; None where nobody says, or nothing was measured."""
        if self.low is None or self.high is None or not math.isfinite(self.high - self.low):
            return None
        return (self.high - self.low) / 2.0
