"""A site's industry must fit what the area it lies in is meant for."""

from __future__ import annotations

import numpy as np

from geo.text import Text, join_texts
from layers.messages import say
from layers.places.finding import Finding
from layers.places.kinds.entry import RuleKind, decide_state, piece_of, standing_words
from layers.places.surroundings import Case
from layers.plan.rules import SiteRule


def _judge(case: Case, rule: SiteRule) -> Finding:
    """Tell whether the industry is among those of every area the site lies in, or may lie in."""
    found = case.members(rule, "areas")
    layer = found.snapshot.layer
    found = found.where(np.isin(found.features.ids.astype(str), list(rule.purposes)))
    versions = {layer.id: found.snapshot.version}
    gap = found.clearance.gap_m
    tolerance = rule.tolerance_mm / 1000.0
    ends = zip((gap - found.off_m).tolist(), (gap + found.off_m).tolist(), strict=True)
    states = [decide_state(low, high, 0.0, tolerance) for low, high in ends]
    rows = [row for row, state in enumerate(states) if state != "kept"]
    if not rows:
        return Finding("not_applicable", say("check_no_purpose"), versions=versions)
    industries = case.subject.industries
    inside = [row for row in rows if states[row] == "broken"]
    misfits = [
        row for row in rows if industries is None or not industries & set(_purposes(rule, found.features.ids[row]))
    ]
    row = min((inside or misfits or rows), key=lambda one: float(gap[one]))
    told = join_texts(Text("；", "; "), (standing_words(found, one) for one in (inside or rows[:3])))
    shown = tuple(piece_of(found, one) for one in (inside or rows)[:6])
    numbers = (float(gap[row]), float(gap[row] - found.off_m[row]), float(gap[row] + found.off_m[row]))
    if industries is None:
        return Finding(
            "undecided", say("check_industry_unknown", told=told), *numbers, 0.0, "m", None, shown, versions
        )
    surely = [one for one in misfits if one in inside]
    state = "broken" if surely else "undecided" if misfits else "kept"
    key = {"broken": "check_purpose_misfit", "undecided": "check_purpose_unsure", "kept": "check_purpose_fits"}[
        state
    ]
    return Finding(state, say(key, told=told), *numbers, 0.0, "m", None, shown, versions)  # type: ignore[arg-type]


def _purposes(rule: SiteRule, feature: object) -> tuple[str, ...]:
    purpose = rule.purposes.get(str(feature))
    return purpose.industries if purpose else ()


KIND = RuleKind(
    id="purpose",
    label=Text("产业符合片区主题", "Industry fits the area's purpose"),
    about=Text(
        "地块的产业（按名称与建设内容的用词）属于它所在片区的主题",
        "its industry, by the words of its texts, is one its area is meant for",
    ),
    judge=_judge,
    roles=("areas",),
    needs=("purposes",),
    order=60,
)
