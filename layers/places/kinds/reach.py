"""A site must have a feature of a layer within a distance."""

from __future__ import annotations

import math

import numpy as np

from geo.text import Text
from layers.messages import say
from layers.places.finding import Finding, State
from layers.places.kinds.entry import RuleKind, none_near, piece_of, standing_words
from layers.places.surroundings import Case
from layers.plan.rules import SiteRule


def _judge(case: Case, rule: SiteRule) -> Finding:
    """Tell whether one is within reach for sure; what is not on the map may be."""
    limit = rule.distance_m or 0.0
    found = case.members(rule, "to", within_m=limit)
    versions = {found.snapshot.layer.id: found.snapshot.version}
    tolerance = rule.tolerance_mm / 1000.0
    if not len(found):
        state: State = "broken" if found.sure else "undecided"
        told, low_m = none_near(found), found.reach_m
        return Finding(state, told, None, low_m, None, limit, "m", versions=versions, drawn_m=-math.inf)
    gap = found.clearance.apart_m
    low, high = np.maximum(gap - found.off_m, 0.0), gap + found.off_m
    row = int(np.argmin(high)) if np.isfinite(high).any() else int(np.argmin(gap))
    state = "undecided"
    if float(high[row]) <= limit + tolerance:
        state = "kept"
    elif bool((low > limit + tolerance).all()) and not found.unplaced:
        state, row = "broken", int(np.argmin(gap))
    else:
        row = int(np.argmin(gap))
    told = standing_words(found, row)
    if found.unplaced and state != "kept":
        told = say("check_and_unplaced", told=told, count=found.unplaced)
    ends = float(low[row]), float(high[row])
    drawn = limit - float(gap.min())
    return Finding(state, told, float(gap[row]), *ends, limit, "m", None, (piece_of(found, row),), versions, drawn)


KIND = RuleKind(
    id="reach",
    label=Text("应在距离内有", "Must have one within reach"),
    about=Text("限值距离内至少有一个所列要素", "at least one feature is no farther than the limit"),
    judge=_judge,
    roles=("to",),
    needs=("distance_m",),
    order=40,
)
