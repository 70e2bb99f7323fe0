"""The roles an account may have, what each allows, and what no account may be called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from webapp.http.access import SCOPES

Role = Literal["reader", "editor", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)
_EDITS = tuple(one for one in SCOPES if one != "admin")
SCOPES_OF: Mapping[str, tuple[str, ...]] = {
    "reader": (),
    "editor": _EDITS,
    "administrator": SCOPES,
}
CONSOLE = "console"  # whoever works at the machine itself; owns the tokens made there


def higher_role(role: str, mapped: str = "") -> Role:
    """Return the higher of a role given here and one an identity provider gives."""
    known = [one for one in (role, mapped) if one in ROLES]
    return ROLES[max((ROLES.index(one) for one in known), default=0)]
