"""A number a site states must be no less, or no more, than so much."""

from __future__ import annotations

from geo.text import Text
from layers.messages import say
from layers.places.finding import Finding, State
from layers.places.kinds.entry import RuleKind
from layers.places.surroundings import Case
from layers.plan.rules import SiteRule
from layers.units import measured_text


def _judge(case: Case, rule: SiteRule) -> Finding:
    """Tell whether the first of the fields lies between the limits; what is not stated is undecided."""
    if not case.subject.layer:
        return Finding("not_applicable", say("check_nothing_stated"))
    name = rule.fields[0]
    field = next((one for one in case.subject.fields if one.id == name), None)
    label = field.label if field else Text(name, name)
    value = case.subject.properties.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return Finding("undecided", say("check_not_stated", fields=label))
    unit = rule.unit or (field.unit if field else "")
    low = rule.least is not None and value < rule.least
    high = rule.most is not None and value > rule.most
    limit = rule.most if high or rule.least is None else rule.least
    state: State = "broken" if low or high else "kept"
    decimals = field.decimals if field and field.decimals is not None else 2
    told = say(
        "check_value",
        field=label,
        value=measured_text(value, unit, decimals),
        limit=measured_text(limit, unit, decimals),
    )
    return Finding(state, told, float(value), float(value), float(value), limit, unit)


KIND = RuleKind(
    id="value",
    label=Text("数值上下限", "Least or most value"),
    about=Text("所写数值在限值之间", "the stated number lies between the limits"),
    judge=_judge,
    needs=("fields", "least|most"),
    takes=("unit",),
    placed=False,
    order=90,
)
