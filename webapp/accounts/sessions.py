"""Signing in with a password, and the sessions that follow."""

from __future__ import annotations

import secrets
import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass

from webapp.accounts.own_files import OwnFileFails
from webapp.accounts.passwords import Passwords, SignInBusy, SignInRefused, fit
from webapp.accounts.roles import Role, higher_role
from webapp.accounts.tables import AccountFile, hash_key
from webapp.accounts.tries import Tries

_DAY_S = 86_400
_IDLE_S, SESSION_S = 12 * 3600, 7 * _DAY_S
_SEEN_EVERY_S = 60


@dataclass(frozen=True)
class Session:
    """Who is signed in, from where; times are seconds since 1970; ``id`` names it without opening it."""

    id: str
    name: str
    role: Role
    made: float
    seen: float
    address: str
    ticket: str = ""


class Sessions:
    """Who is signed in now."""

    def __init__(self, file: AccountFile, passwords: Passwords) -> None:
        self._file, self._passwords = file, passwords
        self.tries = Tries(file)

    def sign_in(self, name: str, password: str, *, address: str) -> str:
        """Return the key of a new session.

        Raises
        ------
        TooManyTries
            Too many failures for this name from this address, or from this address; never for ever.
        SignInRefused
            Name and password do not fit; takes as long for a name nobody has.
        SignInBusy
            Too many sign in at this moment; it is no failure.
        """
        self.tries.begin(name, address)
        with self._file.opened(writing=False) as file:
            row = file.execute("SELECT hash, disabled FROM account WHERE name=?", (name,)).fetchone()
        kept, disabled = row or ("", 1)
        try:
            fits = self._passwords.fits(kept, password)
        except SignInBusy:
            with self._file.opened() as file:
                Tries.never_was(file, name, address)
            raise
        if not fits or disabled:
            raise SignInRefused
        with self._file.opened() as file:
            Tries.succeeded(file, name, address)
            if self._passwords.outdated(kept):
                file.execute("UPDATE account SET hash=? WHERE name=?", (self._passwords.kept(password), name))
            return begin_session(file, name, address)

    def find(self, key: str) -> Session | None:
        """Return whose session it is, with their role at this moment; None when it ended."""
        if not self._file.there:
            return None
        now = time.time()
        with self._file.opened(writing=False) as file:
            row = file.execute(f"{_SELECT} AND s.key=?", (*_since(now), hash_key(key))).fetchone()
        if row and now - row[5] > _SEEN_EVERY_S:
            with suppress(OwnFileFails), self._file.opened() as file:  # whoever only reads may go on
                file.execute("UPDATE session SET seen=? WHERE key=?", (now, hash_key(key)))
        return _session(row) if row else None

    def all(self) -> list[Session]:
        """Return everybody's sessions, the newest first."""
        if not self._file.there:
            return []
        with self._file.opened(writing=False) as file:
            rows = file.execute(f"{_SELECT} ORDER BY s.seen DESC", _since(time.time())).fetchall()
        return [_session(row) for row in rows]

    def end(self, session_id: str) -> bool:
        """End a session by the id it is listed with; whether there was one."""
        with self._file.opened() as file:
            return file.execute("DELETE FROM session WHERE substr(key, 1, 16)=?", (session_id,)).rowcount == 1

    def end_all(self, subject: str) -> int:
        """End the sessions of somebody an identity provider knows; returns how many there were."""
        with self._file.opened() as file:
            return file.execute(
                "DELETE FROM session WHERE name IN (SELECT name FROM account WHERE subject=? AND subject<>'')",
                (subject,),
            ).rowcount

    def sign_out(self, key: str) -> None:
        """End a session."""
        with self._file.opened() as file:
            file.execute("DELETE FROM session WHERE key=?", (hash_key(key),))

    def change_password(self, name: str, old: str, new: str, *, address: str) -> None:
        """Change a password; all sessions of the account end.

        Parameters
        ----------
        name
            The account's.
        old, new
            The two passwords.
        address
            Where they come from: tries are counted by it.

        Raises
        ------
        SignInRefused, TooManyTries, BadPassword
            Nothing is changed.
        """
        self.sign_out(self.sign_in(name, old, address=address))
        fit(name, new)
        kept = self._passwords.kept(new)
        with self._file.opened() as file:
            file.execute("UPDATE account SET hash=? WHERE name=?", (kept, name))
            file.execute("DELETE FROM session WHERE name=?", (name,))


_SELECT = (
    "SELECT substr(s.key, 1, 16), a.name, a.role, a.mapped, s.made, s.seen, s.address, s.ticket"
    " FROM session s JOIN account a ON a.name=s.name WHERE s.made>? AND s.seen>? AND NOT a.disabled"
)


def _since(now: float) -> tuple[float, float]:
    return now - SESSION_S, now - _IDLE_S


def _session(row: tuple[str, str, str, str, float, float, str, str]) -> Session:
    return Session(row[0], row[1], higher_role(row[2], row[3]), *row[4:])


def begin_session(file: sqlite3.Connection, name: str, address: str, *, ticket: str = "") -> str:
    """Begin a session in an open account file; returns its key. Those that ended are forgotten.

    Parameters
    ----------
    file
        The account file, open.
    name
        The account's.
    address
        Where they come from, for the list of sessions.
    ticket
        The identity provider's word for the session.
    """
    key, now = secrets.token_urlsafe(32), time.time()
    made, seen = _since(now)
    file.execute("DELETE FROM session WHERE made<? OR seen<?", (made, seen))
    file.execute(
        "INSERT INTO session (key, name, made, seen, address, ticket) VALUES (?, ?, ?, ?, ?, ?)",
        (hash_key(key), name, now, now, address[:80], ticket),
    )
    return key
