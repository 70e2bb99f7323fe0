"""A site must not overlap the features of a layer."""

from __future__ import annotations

from geo.text import Text
from layers.places.finding import Finding
from layers.places.kinds.entry import RuleKind, stand_apart
from layers.places.surroundings import Case
from layers.plan.rules import SiteRule


def _judge(case: Case, rule: SiteRule) -> Finding:
    """Tell whether nothing is shared; what is nearer than the places are sure may be shared or not."""
    return stand_apart(case.members(rule, "of"), rule, 0.0)


KIND = RuleKind(
    id="no_overlap",
    label=Text("不得重叠", "Must not overlap"),
    about=Text(
        "地块与所列要素没有共同部分，计入两者的位置误差后仍然如此",
        "nothing is shared with the features, at both ends of the error",
    ),
    judge=_judge,
    roles=("of",),
    order=10,
)
