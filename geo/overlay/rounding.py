"""Rounding that closes: shown parts add up to the shown total (largest remainder), raw values stay beside them.

References
----------
Balinski and Young, Fair Representation, Yale University Press, 1982: the method of largest remainders.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

import numpy as np

from geo.arrays import Floats


def balance_parts(parts: Sequence[float] | Floats, *, decimals: int, total: float | None = None) -> list[Decimal]:
    """Return the parts rounded so that they add up to the rounded total.

    Each part is rounded down to the unit; the units still missing go to the largest remainders, ties to the
    larger part, then to the earlier. The total is rounded half up.

    Parameters
    ----------
    total
        What the parts should give; by default their sum.

    Examples
    --------
    >>> [str(part) for part in balance_parts([33.333, 33.333, 33.334], decimals=0)]
    ['33', '33', '34']
    >>> sum(balance_parts([1 / 3] * 3, decimals=2))
    Decimal('1.00')
    """
    unit = Decimal(1).scaleb(-decimals)
    exact = [Decimal(float(part)) for part in parts]
    goal = round_half_up(
        float(np.sum(np.asarray(parts, dtype=float))) if total is None else total, decimals=decimals
    )
    low = [part.quantize(unit, rounding=ROUND_FLOOR) for part in exact]
    missing = int(((goal - sum(low, Decimal(0))) / unit).to_integral_value())
    if not low or missing == 0:
        return low
    rest = [part - floor for part, floor in zip(exact, low)]
    step = unit if missing > 0 else -unit
    best = sorted(range(len(low)), key=lambda i: (-rest[i] if missing > 0 else rest[i], -exact[i], i))
    for turn in range(abs(missing)):
        low[best[turn % len(best)]] += step
    return low


def round_half_up(value: float, *, decimals: int) -> Decimal:
    """Return a number rounded half up, as surveys do (never the half-even of binary floats).

    Examples
    --------
    >>> round_half_up(2.5, decimals=0)
    Decimal('3')
    """
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
