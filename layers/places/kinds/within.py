"""A site must lie within the features of a layer."""

from __future__ import annotations

import numpy as np

from geo.text import Text
from layers.messages import say
from layers.places.finding import EvidencePiece, Finding, State
from layers.places.kinds.entry import RuleKind, area_text, decide_state, distance_text
from layers.places.surroundings import Case
from layers.plan.rules import SiteRule


def _judge(case: Case, rule: SiteRule) -> Finding:
    """Tell whether nothing sticks out of what the features cover together."""
    found = case.members(rule, "in")
    held = found.margin
    off = float(found.off_m.max()) if len(found) else case.subject.uncertainty_m
    low, high = held.margin_m - off, held.margin_m + off
    state: State = (
        decide_state(low, high, 0.0, rule.tolerance_mm / 1000.0) if np.isfinite(held.margin_m) else "broken"
    )
    if state == "broken" and not found.sure:
        state = "undecided"
    whole = case.subject.area_m2
    if held.margin_m >= 0:
        told = say("check_within", margin=distance_text(held.margin_m, off))
    elif not np.isfinite(held.margin_m):
        told = say("check_outside_all")
    elif held.outside_m2 > 0 and whole:
        share = f"{held.outside_m2 / whole:.1%}"
        told = say(
            "check_outside", area=area_text(held.outside_m2), share=share, out=distance_text(-held.margin_m, off)
        )
    else:
        told = say("check_outside_by", out=distance_text(-held.margin_m, off))
    if found.unplaced and state != "kept":
        told = say("check_and_unplaced", told=told, count=found.unplaced)
    layer = found.snapshot.layer
    pieces = (
        (EvidencePiece("outside", layer.id, "", layer.label, held.outside, off, held.margin_m, held.outside_m2),)
        if not held.outside.is_empty
        else ()
    )
    finite = bool(np.isfinite(held.margin_m))
    return Finding(
        state,
        told,
        held.margin_m if finite else None,
        low if finite else None,
        high if finite else None,
        0.0,
        "m",
        None,
        pieces,
        {layer.id: found.snapshot.version},
        held.margin_m,
    )


KIND = RuleKind(
    id="within",
    label=Text("应在范围内", "Must lie within"),
    about=Text("地块没有任何部分在所列范围之外", "nothing of the site lies outside the features"),
    judge=_judge,
    roles=("in",),
    order=15,
)
