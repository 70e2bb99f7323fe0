"""What a site states as its area must be what is drawn."""

from __future__ import annotations

from geo.text import Text
from layers.messages import say
from layers.places.finding import Finding, State
from layers.places.kinds.entry import RuleKind, area_text
from layers.places.surroundings import Case
from layers.plan.rules import SiteRule


def _judge(case: Case, rule: SiteRule) -> Finding:
    """Tell whether the difference is no larger than so many per cent of what is stated."""
    subject = case.subject
    if not subject.layer:
        return Finding("not_applicable", say("check_nothing_stated"))
    if subject.stated is None or not subject.stated[1]:
        return Finding("undecided", say("check_no_stated_area"))
    if subject.area_m2 is None:
        return Finding("undecided", say("check_no_drawn_area", stated=area_text(subject.stated[1])))
    most = rule.most or 0.0
    share = 100.0 * (subject.area_m2 - subject.stated[1]) / subject.stated[1]
    spare = 100.0 * subject.perimeter_m * rule.tolerance_mm / 1000.0 / subject.stated[1]
    state: State = "kept" if abs(share) <= most + spare else "broken"
    told = say(
        "check_stated_drawn",
        stated=area_text(subject.stated[1]),
        drawn=area_text(subject.area_m2),
        share=f"{share:+.2f}%",
    )
    return Finding(state, told, abs(share), abs(share), abs(share), most, "%")


KIND = RuleKind(
    id="stated_area",
    label=Text("文本面积与图上面积", "Stated against drawn area"),
    about=Text(
        "图上面积与规划所写面积之差不超过若干百分比",
        "drawn and stated area differ by no more than so many per cent",
    ),
    judge=_judge,
    needs=("most",),
    placed=False,
    order=75,
)
