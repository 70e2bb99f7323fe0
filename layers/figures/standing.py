"""How what the plan promises stands on a day: met, on the way, behind, not decided, or not to be computed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from layers.figures.verdict import verdict_of
from layers.plan.statistics import Indicator, Target
from layers.units import unit_name

Standing = Literal["met", "on_the_way", "behind", "undecided", "not_computable"]
STANDINGS: tuple[Standing, ...] = ("met", "on_the_way", "behind", "undecided", "not_computable")


def target_verdict(target: Target, figure: Mapping[str, Any] | None) -> bool | None:
    """Return whether a target is met; None where nothing of its unit is computed, or it cannot be decided.

    Parameters
    ----------
    target
        What the plan asks for.
    figure
        The published figure of its statistic, as the shelf keeps it; None where there is none.
    """
    if figure is None or target.value is None:
        return None
    unit = figure.get("unit") or figure["statistic"]["unit"]
    if unit_name(unit, "zh") != target.unit.zh:
        return None
    return verdict_of(figure["value"], (figure.get("span"), figure.get("sway")), target.operator, target.value)


def target_standing(target: Target, figure: Mapping[str, Any] | None, day: date) -> Standing:
    """Return how a target stands: one that is not met is behind only when its year has begun.

    Parameters
    ----------
    target
        What the plan asks for.
    figure
        The published figure of its statistic; None where it has none.
    day
        The day it is looked at.
    """
    if figure is None or figure["state"] != "computed":
        return "not_computable"
    met = target_verdict(target, figure)
    if met is None:
        return "undecided"
    return "met" if met else "behind" if day.year >= target.year else "on_the_way"


def indicator_standing(one: Indicator, day: date) -> Standing:
    """Return how an indicator stands: only a measured value decides, never one the plan foresees.

    Met when the latest measured value is that of the last year or better; else on the way or behind as it compares
    with what the plan foresees for its own year.

    Parameters
    ----------
    one
        The indicator.
    day
        The day it is looked at.
    """
    known = {int(year): value for year, value in one.actual.items() if int(year) <= day.year}
    if not one.values:
        return "not_computable"
    if not known:
        return "undecided"
    year = max(known)
    ahead = 1.0 if one.better == "more" else -1.0
    if ahead * (known[year] - one.values[max(one.values)]) >= 0:
        return "met"
    foreseen = one.values.get(str(year))
    if foreseen is None:
        return "undecided"
    return "on_the_way" if ahead * (known[year] - foreseen) >= 0 else "behind"
