"""Whether a value meets what is asked: met, not met, or not decidable with what is unknown and unsure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from geo.errors import EmptyLayer, NotComputable, OutlineTooFine
from geo.text import Text
from layers.figures.functions import FUNCTIONS
from layers.figures.inputs import Gathered
from layers.figures.outcome import Outcome
from layers.figures.positions import unsure_m
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.units import between_text, measured_text

Span = tuple[float | None, float | None]
_MEETS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "=": lambda a, b: abs(a - b) <= 1e-4 * max(abs(b), 1e-9),
}


def verdict_of(value: float | None, spans: tuple[Span | None, ...], operator: str, asked: float) -> bool | None:
    """Return whether a value meets what is asked; None where what is unknown or unsure could decide it.

    Parameters
    ----------
    value
        The value; None: not computable.
    spans
        Between what the true value may lie, for each reason that it may (None: no bound, or no such reason).
    operator, asked
        The target.

    Examples
    --------
    >>> verdict_of(24.0, ((24.0, None),), "<", 20.0), verdict_of(24.0, ((12.0, 40.0),), ">=", 30.0)
    (False, None)
    """
    if value is None:
        return None
    known = [one for one in spans if one is not None]
    least = min((-math.inf if low is None else low for low, _ in known), default=value)
    most = max((math.inf if high is None else high for _, high in known), default=value)
    if operator == "=" and least != most:
        tolerance = 1e-4 * max(abs(asked), 1e-9)
        return None if least - tolerance <= asked <= most + tolerance else False
    found = {_MEETS[operator](end, asked) for end in (least, most)}
    return found.pop() if len(found) == 1 else None


def value_span(statistic: Statistic, gathered: Gathered, outcome: Outcome) -> tuple[Span | None, tuple[Text, ...]]:
    """Return between what a value lies when positions are off by as much as they may be, and what to say of it.

    None where every position is exact, or the function does not ask how far things are from one another. Sketched
    data of a layer that is illustrative throughout are not judged: the figure says that they show the method only.
    """
    if outcome.within is not None:
        return outcome.within, (say("value_sway", between=_between(statistic, outcome, outcome.within)),)
    sway = FUNCTIONS[statistic.function].sway
    if sway is None or outcome.value is None:
        return None, ()
    unsure = unsure_m(gathered)
    if unsure == 0.0:
        return None, ()
    if unsure is None:
        return (None, None), (say("sway_unknown"),)
    try:
        low, high = sway(statistic, gathered, unsure)
    except (NotComputable, EmptyLayer):
        return (None, None), ()
    except OutlineTooFine as error:  # for another distance than the one asked for, which was answered
        return (None, None), (say("sway_too_fine", why=Text(error.message("zh"), error.message("en"))),)
    least = outcome.value if low is None else min(low, outcome.value)
    span: Span = (least, None if high is None else max(high, outcome.value))
    if span == (outcome.value, outcome.value):
        return span, ()
    return span, (say("sway_between", metres=f"{unsure:g}", between=_between(statistic, outcome, span)),)


def _between(statistic: Statistic, outcome: Outcome, span: Span) -> Text:
    """Return a span in words, with its unit."""
    unit = outcome.unit or statistic.unit
    decimals = statistic.decimals if outcome.decimals is None else outcome.decimals
    last = say("sway_no_bound") if span[1] is None else measured_text(span[1], unit, decimals)
    return between_text(measured_text(span[0], unit, decimals), last)
