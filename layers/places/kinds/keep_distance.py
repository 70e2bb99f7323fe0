"""A site must keep a distance from the features of a layer."""

from __future__ import annotations

from geo.text import Text
from layers.places.finding import Finding
from layers.places.kinds.entry import RuleKind, stand_apart
from layers.places.surroundings import Case
from layers.plan.rules import SiteRule


def _judge(case: Case, rule: SiteRule) -> Finding:
    """Tell whether every feature is at least so far."""
    limit = rule.distance_m or 0.0
    return stand_apart(case.members(rule, "from", within_m=limit), rule, limit)


KIND = RuleKind(
    id="keep_distance",
    label=Text("保持距离", "Must keep a distance"),
    about=Text("到所列要素的椭球面距离不小于限值", "no feature is nearer than the limit, on the ellipsoid"),
    judge=_judge,
    roles=("from",),
    needs=("distance_m",),
    order=20,
)
