"""A declared question asked of one zone, or of a day of the plan's time: the same question with fewer inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from layers.figures.functions import FUNCTIONS
from layers.plan.catalog import Layer
from layers.plan.schedule import scheduled_fields
from layers.plan.statistics import Input, Statistic


@dataclass(frozen=True)
class Focus:
    """What is looked at: a zone (``layer`` and ``feature``, empty: all), and a day (empty: that of the plan)."""

    layer: str = ""
    feature: str = ""
    when: str = ""


def focus_question(statistic: Statistic, focus: Focus, layers: Mapping[str, Layer]) -> tuple[Statistic, bool]:
    """Return a question asked of a zone and a day, and whether it could be asked of the zone.

    A question whose function takes no zones is asked of everything. A day changes only what asks for a state.

    Parameters
    ----------
    statistic
        As declared.
    focus
        What is looked at.
    layers
        The plan's layers, by id.
    """
    inputs = dict(statistic.inputs)
    zoned = not focus.feature
    if focus.feature and "zones" in FUNCTIONS[statistic.function].roles:
        inputs["zones"] = Input(layer=focus.layer, ids=(focus.feature,))
        zoned = True
    for role, one in inputs.items():
        if focus.when and one.layer in layers and _timely(statistic, one, layers[one.layer]):
            inputs[role] = replace(one, when=focus.when)
    return replace(statistic, inputs=inputs), zoned


def depends_on_day(statistic: Statistic, layers: Mapping[str, Layer]) -> bool:
    """Whether the answer to a question depends on the day states are told of."""
    used = [(one, layers[one.layer]) for one in statistic.inputs.values() if one.layer in layers]
    return any(_timely(statistic, one, layer) for one, layer in used)


def _timely(statistic: Statistic, one: Input, layer: Layer) -> bool:
    words = (statistic.by, *one.where)
    return any(
        word == field or word.startswith(f"{field}=") for field in scheduled_fields(layer) for word in words
    )
