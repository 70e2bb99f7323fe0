"""How features are grouped by a field, and what the groups are called."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Any, TypeVar

from geo.text import Text
from layers.figures.figure import RowKind
from layers.figures.inputs import Role
from layers.messages import say
from layers.plan.schedule import year_of
from layers.plan.unstated import is_unstated

NOT_STATED = Text("未说明", "not stated")
_Group = TypeVar("_Group", bound=Hashable)


def group_of(role: Role, field_id: str, known: Mapping[str, Any]) -> object:
    """Return the group a feature's properties put it in; of a date its year, of what is not stated None.

    What a field of dates holds and is none is a group of its own word, of which the year is not known.
    """
    return _group(known.get(field_id), dated=has_dates(role, field_id))


def groups_of(role: Role, field_id: str, values: Iterable[object]) -> list[object]:
    """Return the groups that values of a field put their features in, as `group_of`; each text is read once."""
    dated = has_dates(role, field_id)
    read: dict[str, object] = {}
    out: list[object] = []
    for value in values:
        if not isinstance(value, str):
            out.append(_group(value, dated=dated))
            continue
        if value not in read:
            read[value] = _group(value, dated=dated)
        out.append(read[value])
    return out


def _group(value: Any, *, dated: bool) -> object:  # noqa: ANN401 - as features state it
    if dated and (year := year_of(value)):
        return year
    return (value.strip() or None) if isinstance(value, str) else value


def unknown_groups(role: Role, field_id: str, found: Iterable[_Group]) -> set[_Group]:
    """Return those of some groups that say nothing of the field, each looked at once."""
    return {one for one in set(found) if group_kind(role, field_id, one) == "unknown"}


def coded_text(role: Role, field_id: str, value: object) -> Text:
    """Return how a group reads: a coded value's words, yes or no, else the value itself."""
    if value is None or value == "":
        return NOT_STATED
    field = role.field(field_id)
    if field.type == "boolean" and (word := str(value).lower()) in ("true", "false"):
        return field.values.get(word) or say("yes" if word == "true" else "no")
    return field.values.get(str(value)) or Text(str(value), str(value))


def coded_values(role: Role, field_id: str) -> Mapping[str, Text]:
    """Return what the values of a field are called, by the value as a text: coded ones, yes and no."""
    field = role.field(field_id)
    words = ("True", "False") if field.type == "boolean" else ()
    return {**field.values, **{one: coded_text(role, field_id, one) for one in words}}


def group_kind(role: Role, field_id: str, value: object) -> RowKind:
    """Return what a group is to the others: a part, or what is not known of the field (also what is no date)."""
    no_date = has_dates(role, field_id) and not year_of(value)
    return "unknown" if no_date or is_unstated(value, role.field(field_id)) else "part"


def in_order(role: Role, field_id: str, value: object) -> tuple[bool, bool, str]:
    """Return where a group stands: by its word, what is not known behind, and last what is not stated."""
    return bool(field_id) and group_kind(role, field_id, value) == "unknown", value is None, str(value)


def with_untold(said: Text, role: Role, field_id: str, amount: Text | None) -> Text:
    """Return a sentence that says for how much of what it tells the group is not known; None for nothing.

    Parameters
    ----------
    said
        The sentence so far.
    role, field_id
        By whose field groups are made.
    amount
        How much, with its unit.
    """
    if amount is None:
        return said
    return say("sentence_untold", said=said, amount=amount, field=role.field(field_id).label)


def has_dates(role: Role, field_id: str) -> bool:
    """Whether a field holds dates, so that its groups are years and stand in order of time."""
    return role.field(field_id).type == "date"


def years_between(role: Role, field_id: str, found: Collection[object]) -> list[str]:
    """Return the years without a feature between those with one: an axis of time leaves none out.

    Nothing where there are more of them than of the others: an axis of mostly nothing says nothing.
    """
    if not has_dates(role, field_id):
        return []
    years = sorted(one for one in found if isinstance(one, str) and year_of(one) == one)
    if not years:
        return []
    missing = [one for at in range(int(years[0]), int(years[-1])) if (one := f"{at:04d}") not in years]
    return missing if len(missing) <= len(years) else []
