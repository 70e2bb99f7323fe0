"""A site's industry must fit what the area it lies in is meant for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from geo.text import Text, join_texts
from layers.messages import say
from layers.places.finding import A_SLIVER_M, Finding, State
from layers.places.kinds.entry import RuleKind, decide_state, piece_of, shared_part, standing_words
from layers.places.surroundings import Case, Members
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
    rows = sorted((row for row, state in enumerate(states) if state != "kept"), key=lambda one: float(gap[one]))
    if not rows:
        return Finding("not_applicable", say("check_no_purpose"), versions=versions)
    industries = case.subject.industries
    inside = [row for row in rows if states[row] == "broken"]
    misfits = [
        row for row in rows if industries is None or not industries & set(_purposes(rule, found.features.ids[row]))
    ]
    row = (inside or misfits or rows)[0]
    shown = tuple(piece_of(found, one) for one in (inside or rows)[:6])
    numbers = (float(gap[row]), float(gap[row] - found.off_m[row]), float(gap[row] + found.off_m[row]))
    if industries is None:
        told = say("check_industry_unknown", told=_standing(found, inside or rows[:3]))
        nearest = max(float(gap[rows[0]]), 0.0)
        return Finding("undecided", told, *numbers, 0.0, "m", None, shown, versions, nearest, unsaid=True)
    surely = [one for one in misfits if one in inside]
    state: State = "broken" if surely else "undecided" if misfits else "kept"
    if state == "broken":
        told = say("check_purpose_misfit", told=_standing(found, surely))
    elif state == "kept":
        told = say("check_purpose_fits", told=_standing(found, inside or rows[:3]))
    else:
        told = _unsure_words(found, rows, misfits)
    drawn = (float(gap[misfits[0]]), shared_part(found, misfits)) if misfits else (None, 0.0)
    return Finding(state, told, *numbers, 0.0, "m", None, shown, versions, *drawn)


def _standing(found: Members, rows: Iterable[int]) -> Text:
    return join_texts(Text("；", "; "), (standing_words(found, one) for one in rows))


def _unsure_words(found: Members, rows: Sequence[int], misfits: Sequence[int]) -> Text:
    """Return what is so as drawn, before what only the error of the position makes possible."""
    drawn_in = [one for one in rows if found.clearance.gap_m[one] <= -A_SLIVER_M]
    if wrong := [one for one in drawn_in if one in misfits]:
        return say("check_purpose_misfit_drawn", told=_standing(found, wrong))
    if drawn_in:
        fits, other = _standing(found, drawn_in), _standing(found, misfits[:1])
        return say("check_purpose_fits_drawn", told=fits, other=other)
    return say("check_purpose_unsure", told=_standing(found, misfits[:3]))


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
