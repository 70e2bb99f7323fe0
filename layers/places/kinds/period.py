"""A site's dates must lie within a period."""

from __future__ import annotations

from datetime import date

from geo.text import Text, join_texts
from layers.messages import say
from layers.places.finding import Finding, State
from layers.places.kinds.entry import RuleKind
from layers.places.surroundings import Case
from layers.plan.rules import SiteRule
from layers.plan.schedule import span_of


def _judge(case: Case, rule: SiteRule) -> Finding:
    """Tell whether each date lies within; one told to the year may be any day of it."""
    if not case.subject.layer:
        return Finding("not_applicable", say("check_nothing_stated"))
    known = {one.id: one.label for one in case.subject.fields}
    states: list[State] = []
    parts = []
    for name in rule.fields:
        label = known.get(name, Text(name, name))
        value = case.subject.properties.get(name)
        span = span_of(value)
        if span is None:
            states.append("undecided")
            parts.append(say("check_date_unstated", field=label))
            continue
        first, last = span
        late = date.fromisoformat(rule.latest) if rule.latest else date.max
        early = date.fromisoformat(rule.earliest) if rule.earliest else date.min
        out = first > late or last < early
        states.append("broken" if out else "kept" if last <= late and first >= early else "undecided")
        parts.append(Text(f"{label.zh} {value}", f"{label.en} {value}"))
    state: State = "broken" if "broken" in states else "undecided" if "undecided" in states else "kept"
    return Finding(state, join_texts(Text("；", "; "), parts))


KIND = RuleKind(
    id="period",
    label=Text("日期在期限内", "Dates within a period"),
    about=Text(
        "所列日期在期限之内；只写到年的，全年都在才算",
        "each date lies within the period, one told to the year with all its days",
    ),
    judge=_judge,
    needs=("fields", "earliest|latest"),
    placed=False,
    order=85,
)
