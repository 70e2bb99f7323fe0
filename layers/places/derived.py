"""Fields that follow from others: worked out anew whenever they are shown, and held against what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.measure.area import M2_PER_STATED
from layers.plan.catalog import Field, Layer

_CLOSE = 1e-9


@dataclass(frozen=True)
class DerivedValue:
    """A field's value as it follows from others, beside the stored one (None: none is stored)."""

    field: Field
    source: Field
    stored: float | None
    value: float

    @property
    def stale(self) -> bool:
        """Whether what is stored is not what follows, by more than it was rounded."""
        decimals = 2 if self.field.decimals is None else self.field.decimals
        if self.stored is None:
            return False
        return abs(self.stored - self.value) > 0.5001 * 10.0**-decimals + _CLOSE * abs(self.value)


def derived_values(layer: Layer, properties: Mapping[str, Any]) -> tuple[DerivedValue, ...]:
    """Return the fields of a feature that follow from others, where those are stated.

    Areas are brought to the field's own unit; 1 mu = 2000/3 m2.
    """
    known = {one.id: one for one in layer.fields}
    out = []
    for one in layer.fields:
        how = one.derived
        if how is None or how.of not in known:
            continue
        value = _number(properties.get(how.of))
        divisor = 1.0 if not how.over else _number(properties.get(how.over))
        if value is None or not divisor:
            continue
        source = known[how.of]
        if not how.over and source.unit in M2_PER_STATED and one.unit in M2_PER_STATED:
            value *= M2_PER_STATED[source.unit] / M2_PER_STATED[one.unit]
        out.append(DerivedValue(one, source, _number(properties.get(one.id)), value / divisor))
    return tuple(out)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
