"""Who is asking, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.access import NoToken, WrongScope, current_token


@dataclass(frozen=True)
class Person:
    """Somebody signed in, or the holder of a token."""

    name: str
    role: str
    scopes: tuple[str, ...]


def person() -> Person | None:
    """Return who is asking; None for a visitor."""
    token = current_token()
    return None if token is None else Person(f"token {token.id}", "editor", token.scopes)


def editor(scope: str = "layers:write") -> Person:
    """Return the person asking, who must hold a scope.

    Raises
    ------
    NoToken
        Nobody is signed in.
    WrongScope
        They may not do this.
    """
    found = person()
    if found is None:
        raise NoToken
    if scope not in found.scopes:
        raise WrongScope(scope=scope)
    return found
