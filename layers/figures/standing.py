"""How what the plan promises stands on a day: met, on the way, behind, not decided, or not to be computed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from geo.text import Text
from layers.figures.verdict import verdict_of
from layers.messages import say
from layers.plan.statistics import Indicator, Target
from layers.units import between_text, measured_text, unit_name

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


def target_reason(target: Target, figure: Mapping[str, Any] | None, day: date) -> Text | None:
    """Return why a target stands as it does, where its figure alone does not say it.

    Parameters
    ----------
    target
        What the plan asks for.
    figure
        The published figure of its statistic; None where it has none.
    day
        The day it is looked at.
    """
    standing = target_standing(target, figure, day)
    if standing == "on_the_way":
        return say("standing_until", year=target.year)
    if figure is None or standing != "undecided":
        return None
    if target.value is None:
        return say("standing_no_number")
    unit = figure.get("unit") or figure["statistic"]["unit"]
    if unit_name(unit, "zh") != target.unit.zh:
        names = Text(unit_name(unit, "zh"), unit_name(unit, "en"))
        return say("standing_other_unit", computed=names, asked=target.unit)
    return undecided_reason(figure)


def undecided_reason(figure: Mapping[str, Any]) -> Text:
    """Return between what a figure's value lies, which leaves open whether it meets what is asked."""
    known = [one for one in (figure.get("span"), figure.get("sway")) if one]
    least = [one[0] for one in known]
    most = [one[1] for one in known]
    unit, decimals = figure.get("unit") or figure["statistic"]["unit"], figure["statistic"]["decimals"]

    def end(value: float) -> Text:
        return measured_text(value, unit, decimals)

    if not known or (None in least and None in most):
        return say("standing_no_bound")
    if None in least:
        return say("standing_open", between=say("span_most", most=end(max(most))))
    if None in most:
        return say("standing_open", between=say("span_least", least=end(min(least))))
    return say("standing_open", between=between_text(end(min(least)), end(max(most))))


def indicator_reason(one: Indicator, day: date) -> Text | None:
    """Return why an indicator cannot be judged; None where it can, or promises nothing."""
    if indicator_standing(one, day) != "undecided":
        return None
    known = [int(year) for year in one.actual if int(year) <= day.year]
    return say("standing_no_path", year=max(known)) if known else say("standing_no_measured")


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
