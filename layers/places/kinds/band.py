"""Within a distance of a layer's features a condition holds, such as that no site of some industries is there."""

from __future__ import annotations

from dataclasses import replace

from geo.text import Text
from layers.messages import say
from layers.places.finding import Finding
from layers.places.kinds.entry import RuleKind, stand_apart
from layers.places.surroundings import Case
from layers.plan.rules import SiteRule
from layers.units import measured_text


def _judge(case: Case, rule: SiteRule) -> Finding:
    """Tell whether the site lies outside the band; within it the rule's condition holds."""
    limit = rule.distance_m or 0.0
    found = stand_apart(case.members(rule, "along", within_m=limit), rule, limit)
    if found.state != "broken":
        return found
    return replace(found, told=say("check_in_band", told=found.told, distance=measured_text(limit, "m", 0)))


KIND = RuleKind(
    id="band",
    label=Text("带内条件", "Within a band a condition holds"),
    about=Text(
        "距所列要素某距离以内须满足条件（如不含某类产业）；带外不适用",
        "within the distance a condition must be met (such as none of some industries); outside it none",
    ),
    judge=_judge,
    roles=("along",),
    needs=("distance_m",),
    takes=("industries", "needs"),
    order=30,
)
