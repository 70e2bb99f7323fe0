"""A site's dates must lie within a period."""

from __future__ import annotations

from calendar import monthrange

from geo.text import Text, join_texts
from layers.messages import say
from layers.places.finding import Finding, State
from layers.places.kinds.entry import Kind
from layers.places.surroundings import Case
from layers.plan.rules import SiteRule


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
        if not isinstance(value, str) or not value:
            states.append("undecided")
            parts.append(say("check_date_unstated", field=label))
            continue
        first, last = _span(value)
        late, early = rule.latest or "9999-12-31", rule.earliest or "0000-01-01"
        out = first > late or last < early
        states.append("broken" if out else "kept" if last <= late and first >= early else "undecided")
        parts.append(Text(f"{label.zh} {value}", f"{label.en} {value}"))
    state: State = "broken" if "broken" in states else "undecided" if "undecided" in states else "kept"
    return Finding(state, join_texts(Text("；", "; "), parts))


def _span(value: str) -> tuple[str, str]:
    """Return the first and last day a date may be: a year, a month or a day."""
    if len(value) == len("2021"):
        return f"{value}-01-01", f"{value}-12-31"
    if len(value) == len("2021-08"):
        return f"{value}-01", f"{value}-{monthrange(int(value[:4]), int(value[5:7]))[1]:02}"
    return value[:10], value[:10]


KIND = Kind(
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
