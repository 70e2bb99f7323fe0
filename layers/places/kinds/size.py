"""A site's area must be no less, or no more, than so much."""

from __future__ import annotations

from geo.measure.area import M2_PER_STATED
from geo.text import Text
from layers.messages import say
from layers.places.finding import Finding, State
from layers.places.kinds.entry import RuleKind
from layers.places.surroundings import Case
from layers.plan.rules import SiteRule
from layers.units import measured_text


def _judge(case: Case, rule: SiteRule) -> Finding:
    """Tell whether the area, stated or drawn, lies between the limits."""
    subject, unit = case.subject, rule.unit or "m2"
    stated = subject.stated[1] if subject.stated else None
    area_m2 = {"stated": stated, "drawn": subject.area_m2}.get(
        rule.of, subject.area_m2 if stated is None else stated
    )
    if area_m2 is None:
        return Finding("undecided", say("check_no_area"), unit=unit)
    value = area_m2 / M2_PER_STATED[unit]
    spare = subject.perimeter_m * rule.tolerance_mm / 1000.0 / M2_PER_STATED[unit]
    state: State = "kept"
    limit = rule.least if rule.least is not None else rule.most
    if rule.least is not None and value < rule.least - spare:
        state = "broken"
    if rule.most is not None and value > rule.most + spare:
        state, limit = "broken", rule.most
    told = say("check_area", area=measured_text(value, unit, 2), limit=measured_text(limit, unit, 2))
    return Finding(state, told, value, value, value, limit, unit)


KIND = RuleKind(
    id="size",
    label=Text("面积上下限", "Least or most area"),
    about=Text(
        "规划所写面积（没有时取图上椭球面积）在限值之间",
        "the stated area, or the drawn one where none is stated, is between the limits",
    ),
    judge=_judge,
    needs=("least|most",),
    takes=("unit", "of"),
    words={"unit": tuple(M2_PER_STATED), "of": ("stated", "drawn")},
    placed=False,
    order=70,
)
