"""What a rule's kind finds of a site, and where that is seen on the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from geo.text import Text

State = Literal["kept", "broken", "conditional", "undecided", "needs_layer", "not_applicable"]
Shown = Literal["overlap", "link", "outside"]


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
