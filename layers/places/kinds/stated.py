"""Some fields of a site must be stated."""

from __future__ import annotations

from geo.text import Text, join_texts
from layers.messages import say
from layers.places.finding import Finding
from layers.places.kinds.entry import RuleKind
from layers.places.surroundings import Case
from layers.plan.rules import SiteRule

_MONTH = len("2021-08")


def _judge(case: Case, rule: SiteRule) -> Finding:
    """Tell which fields are not stated, or dates not to the month where that is asked."""
    if not case.subject.layer:
        return Finding("not_applicable", say("check_nothing_stated"))
    known = {one.id: one for one in case.subject.fields}
    lacking = []
    for name in rule.fields:
        value = case.subject.properties.get(name)
        short = rule.of == "month" and isinstance(value, str) and len(value) < _MONTH
        if value is None or value == "" or short:
            lacking.append(known[name].label if name in known else Text(name, name))
    if lacking:
        return Finding("broken", say("check_not_stated", fields=join_texts(Text("、", ", "), lacking)))
    return Finding("kept", say("check_all_stated"))


KIND = RuleKind(
    id="stated",
    label=Text("应写明", "Must be stated"),
    about=Text(
        "所列字段都已写明；of = month 时日期至少到月",
        "every field is stated; with of = month dates at least to the month",
    ),
    judge=_judge,
    needs=("fields",),
    takes=("of",),
    words={"of": ("month",)},
    placed=False,
    order=80,
)
