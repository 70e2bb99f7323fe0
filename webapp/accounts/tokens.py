"""What was signed and handed out: programs' tokens and links that end. Each counts only while its account does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from webapp.accounts.roles import CONSOLE, SCOPES_OF, higher_role
from webapp.accounts.tables import AccountFile

TokenKind = Literal["token", "link"]


@dataclass(frozen=True)
class Issued:
    """A token or a link; times are seconds since 1970; a link's label is what it opens."""

    id: str
    owner: str
    label: str
    scopes: tuple[str, ...]
    made: float
    ends: float
    kind: TokenKind


class Tokens:
    """What was handed out; the signed text itself is nowhere kept."""

    def __init__(self, file: AccountFile) -> None:
        self._file = file

    def add(
        self, token_id: str, owner: str, label: str, scopes: tuple[str, ...], ends: float, *, kind: TokenKind
    ) -> None:
        """Remember who has it.

        Parameters
        ----------
        token_id
            Of what was signed.
        owner
            The account it ends with.
        label
            What its owner calls it; 60 characters are kept.
        scopes
            The rights it carries.
        ends
            When, in seconds of the epoch.
        kind
            ``token`` or one of the links.
        """
        row = (token_id, owner, label[:60], " ".join(scopes), time.time(), ends, kind)
        with self._file.opened() as file:
            file.execute(
                "INSERT INTO token (id, name, label, scopes, made, ends, kind) VALUES (?, ?, ?, ?, ?, ?, ?)", row
            )

    def in_force(self, token_id: str) -> Issued | None:
        """Return what it allows at this moment: the lesser of its own scopes and its account's.

        None when it was revoked or has ended, was never handed out, or its account is gone or disabled.
        """
        if not self._file.there:
            return None
        with self._file.opened(writing=False) as file:
            row = file.execute(
                "SELECT t.id, t.name, t.label, t.scopes, t.made, t.ends, t.kind, a.role, a.mapped"
                " FROM token t LEFT JOIN account a ON a.name=t.name"
                " WHERE t.id=? AND NOT t.revoked AND t.ends>? AND (t.name=? OR NOT a.disabled)",
                (token_id, time.time(), CONSOLE),
            ).fetchone()
        if row is None:
            return None
        found = _issued(row[:7])
        if found.owner == CONSOLE or found.kind == "link":
            return found if found.owner == CONSOLE or "views:write" in SCOPES_OF[higher_role(*row[7:])] else None
        most = SCOPES_OF[higher_role(*row[7:])]
        return Issued(**{**vars(found), "scopes": tuple(one for one in found.scopes if one in most)})

    def all(self, kind: TokenKind, *, owner: str | None = None) -> list[Issued]:
        """Return those in force by their owner and age, everybody's or one owner's."""
        if not self._file.there:
            return []
        with self._file.opened(writing=False) as file:
            rows = file.execute(
                "SELECT id, name, label, scopes, made, ends, kind FROM token"
                " WHERE kind=? AND NOT revoked AND ends>? AND (? IS NULL OR name=?) ORDER BY name, made",
                (kind, time.time(), owner, owner),
            ).fetchall()
        return [_issued(row) for row in rows]

    def revoke(self, token_id: str, *, owner: str | None = None) -> bool:
        """Refuse one from now on, whoever has it or one owner's only; whether there was such a one."""
        with self._file.opened() as file:
            done = file.execute(
                "UPDATE token SET revoked=1 WHERE id=? AND (? IS NULL OR name=?)", (token_id, owner, owner)
            )
        return done.rowcount == 1


def _issued(row: tuple[str, str, str, str, float, float, TokenKind]) -> Issued:
    return Issued(row[0], row[1], row[2], tuple(row[3].split()), row[4], row[5], row[6])
