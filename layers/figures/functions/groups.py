"""How features are grouped by a field, and what the groups are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.text import Text
from layers.figures.inputs import Role

NOT_STATED = Text("未说明", "not stated")


def group_of(role: Role, field_id: str, known: Mapping[str, Any]) -> object:
    """Return the group a feature's properties put it in; of a date its year, of what is not stated None."""
    value = known.get(field_id)
    if isinstance(value, str) and has_dates(role, field_id):
        return value[:4]
    return (value.strip() or None) if isinstance(value, str) else value


def coded_text(role: Role, field_id: str, value: object) -> Text:
    """Return how a group reads: a coded value's words, else the value itself."""
    if value is None or value == "":
        return NOT_STATED
    return role.field(field_id).values.get(str(value)) or Text(str(value), str(value))


def has_dates(role: Role, field_id: str) -> bool:
    """Whether a field holds dates, so that its groups are years and stand in order of time."""
    return role.field(field_id).type == "date"
