"""Accounts, sessions, one-time links and the log of writes, in the installation's own SQLite file."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from webapp.accounts.own_files import OwnFile, OwnFileFails
from webapp.accounts.passwords import (
    LONGEST,
    BadName,
    LastAdministrator,
    LinkEnded,
    SignInRefused,
    TooManyTries,
    fit,
)

if TYPE_CHECKING:
    from argon2 import PasswordHasher

Role = Literal["reader", "editor", "administrator"]
ROLES: tuple[Role, ...] = ("reader", "editor", "administrator")
_DAY_S = 86_400
_IDLE_S, _SESSION_S, _LINK_S = 12 * 3600, 7 * _DAY_S, _DAY_S
_SEEN_EVERY_S = 60
_FREE_TRIES, _LONGEST_WAIT_S = 5, 300
_TABLES = """
CREATE TABLE account (name TEXT PRIMARY KEY, hash TEXT NOT NULL, role TEXT NOT NULL, made REAL NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0);
CREATE TABLE session (key TEXT PRIMARY KEY, name TEXT NOT NULL, made REAL NOT NULL, seen REAL NOT NULL);
CREATE TABLE link (key TEXT PRIMARY KEY, kind TEXT NOT NULL, role TEXT NOT NULL, ends REAL NOT NULL);
CREATE TABLE token (id TEXT PRIMARY KEY, name TEXT NOT NULL, label TEXT NOT NULL, scopes TEXT NOT NULL,
    made REAL NOT NULL, ends REAL NOT NULL, revoked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE failure (key TEXT PRIMARY KEY, count INTEGER NOT NULL, last REAL NOT NULL);
CREATE TABLE audit (id INTEGER PRIMARY KEY, at REAL NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL,
    detail TEXT NOT NULL);
"""
_FORM = 1


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in."""

    name: str
    role: Role
    disabled: bool = False


class Accounts:
    """The file, made with mode 0600 by the first write.

    Parameters
    ----------
    folder
        The instance folder.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "accounts.sqlite"

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher  # noqa: PLC0415 - only where somebody signs in

        return PasswordHasher()

    def _open(self, *, writing: bool = True) -> AbstractContextManager[sqlite3.Connection]:
        return OwnFile(self.path, _FORM, _shape).opened(writing=writing)

    @property
    def empty(self) -> bool:
        """Whether nobody can sign in yet."""
        if not self.path.is_file():
            return True
        with self._open(writing=False) as file:
            return file.execute("SELECT 1 FROM account LIMIT 1").fetchone() is None

    def all(self) -> tuple[Account, ...]:
        """Return all accounts by name."""
        with self._open(writing=False) as file:
            rows = file.execute("SELECT name, role, disabled FROM account ORDER BY name").fetchall()
        return tuple(Account(name, role, bool(disabled)) for name, role, disabled in rows)

    def link(self, kind: Literal["first", "invitation"], role: Role) -> str:
        """Return the key of a new one-time link; an older link for the first administrator ends."""
        key = secrets.token_urlsafe(24)
        with self._open() as file:
            if kind == "first":
                file.execute("DELETE FROM link WHERE kind='first'")
            file.execute("INSERT INTO link VALUES (?, ?, ?, ?)", (_hashed(key), kind, role, time.time() + _LINK_S))
        return key

    def link_role(self, key: str) -> Role:
        """Return the role a link gives.

        Raises
        ------
        LinkEnded
            It was used, has ended or never was.
        """
        with self._open(writing=False) as file:
            return _link(file, key)

    def follow(self, key: str, name: str, password: str) -> Account:
        """Make an account from a one-time link, which ends by it.

        Raises
        ------
        LinkEnded, BadName, BadPassword
            Nothing is made.
        """
        name = name.strip()
        fit(name, password)
        hashed = self._hasher.hash(password)
        with self._open() as file:
            role = _link(file, key)
            if file.execute("SELECT 1 FROM account WHERE name=?", (name,)).fetchone():
                raise BadName
            file.execute(
                "INSERT INTO account (name, hash, role, made) VALUES (?, ?, ?, ?)",
                (name, hashed, role, time.time()),
            )
            file.execute("DELETE FROM link WHERE key=?", (_hashed(key),))
        return Account(name, role)

    def sign_in(self, name: str, password: str, *, address: str) -> str:
        """Return the key of a new session.

        Raises
        ------
        TooManyTries
            Too many failures for this name or address; grows with each, never for ever.
        SignInRefused
            Name and password do not fit; takes as long for a name nobody has.
        """
        from argon2.exceptions import VerificationError  # noqa: PLC0415

        keys = (f"name {name}"[:80], f"address {address}"[:80])
        with self._open() as file:
            for key in keys:
                _refuse_hasty(file, key)
            row = file.execute("SELECT hash, disabled FROM account WHERE name=?", (name,)).fetchone()
        hashed, disabled = row or (self._hasher.hash("nobody"), 1)
        try:
            fits = self._hasher.verify(hashed, password[:LONGEST]) and not disabled
        except VerificationError:
            fits = False
        with self._open() as file:
            if not fits:
                file.executemany(
                    "INSERT INTO failure VALUES (?, 1, ?)"
                    " ON CONFLICT (key) DO UPDATE SET count=count+1, last=excluded.last",
                    [(key, time.time()) for key in keys],
                )
            else:
                file.executemany("DELETE FROM failure WHERE key=?", [(key,) for key in keys])
                if self._hasher.check_needs_rehash(hashed):
                    file.execute("UPDATE account SET hash=? WHERE name=?", (self._hasher.hash(password), name))
                key, now = secrets.token_urlsafe(32), time.time()
                file.execute("DELETE FROM session WHERE made<? OR seen<?", (now - _SESSION_S, now - _IDLE_S))
                file.execute("INSERT INTO session VALUES (?, ?, ?, ?)", (_hashed(key), name, now, now))
        if not fits:
            raise SignInRefused
        return key

    def session(self, key: str) -> Account | None:
        """Return whose session it is; None when it ended."""
        if not self.path.is_file():
            return None
        now = time.time()
        with self._open(writing=False) as file:
            row = file.execute(
                "SELECT a.name, a.role, s.seen FROM session s JOIN account a ON a.name=s.name"
                " WHERE s.key=? AND s.made>? AND s.seen>? AND NOT a.disabled",
                (_hashed(key), now - _SESSION_S, now - _IDLE_S),
            ).fetchone()
        if row and now - row[2] > _SEEN_EVERY_S:
            with suppress(OwnFileFails), self._open() as file:  # whoever only reads may go on
                file.execute("UPDATE session SET seen=? WHERE key=?", (now, _hashed(key)))
        return Account(row[0], row[1]) if row else None

    def sign_out(self, key: str) -> None:
        """End a session."""
        with self._open() as file:
            file.execute("DELETE FROM session WHERE key=?", (_hashed(key),))

    def change_password(self, name: str, old: str, new: str, *, address: str) -> None:
        """Change a password; all sessions of the account end.

        Raises
        ------
        SignInRefused, TooManyTries, BadPassword
            Nothing is changed.
        """
        self.sign_out(self.sign_in(name, old, address=address))
        fit(name, new)
        hashed = self._hasher.hash(new)
        with self._open() as file:
            file.execute("UPDATE account SET hash=? WHERE name=?", (hashed, name))
            file.execute("DELETE FROM session WHERE name=?", (name,))

    def change(self, name: str, *, role: Role, disabled: bool) -> None:
        """Change an account's role, or disable it, which ends its sessions; the last administrator stays."""
        with self._open() as file:
            file.execute("UPDATE account SET role=?, disabled=? WHERE name=?", (role, int(disabled), name))
            left = file.execute("SELECT 1 FROM account WHERE role='administrator' AND NOT disabled").fetchone()
            if left is None:
                raise LastAdministrator
            if disabled:
                file.execute("DELETE FROM session WHERE name=?", (name,))

    def add_token(self, token_id: str, name: str, label: str, scopes: tuple[str, ...], ends: float) -> None:
        """Remember who has a program's token; the token itself is nowhere kept."""
        row = (token_id, name, label[:60], " ".join(scopes), time.time(), ends)
        with self._open() as file:
            file.execute("INSERT INTO token (id, name, label, scopes, made, ends) VALUES (?, ?, ?, ?, ?, ?)", row)

    def tokens(self, name: str) -> list[tuple[str, str, str, float]]:
        """Return a person's tokens in force: id, label, scopes, end (seconds since 1970)."""
        with self._open(writing=False) as file:
            return file.execute(
                "SELECT id, label, scopes, ends FROM token WHERE name=? AND NOT revoked AND ends>? ORDER BY made",
                (name, time.time()),
            ).fetchall()

    def forget_token(self, token_id: str, name: str) -> bool:
        """Mark a person's token as revoked; whether it was theirs."""
        with self._open() as file:
            done = file.execute("UPDATE token SET revoked=1 WHERE id=? AND name=?", (token_id, name))
        return done.rowcount == 1

    def note(self, who: str, action: str, detail: str) -> int:
        """Write a line into the log of writes; return its number."""
        row = (time.time(), who, action, detail[:300])
        with self._open() as file:
            made = file.execute("INSERT INTO audit (at, who, action, detail) VALUES (?, ?, ?, ?)", row)
        return int(made.lastrowid or 0)

    def noted(self, number: int, detail: str) -> None:
        """Complete a line of the log with how the write ended; one that changed nothing leaves it."""
        with self._open() as file:
            if detail:
                file.execute("UPDATE audit SET detail=? WHERE id=?", (detail[:300], number))
            else:
                file.execute("DELETE FROM audit WHERE id=?", (number,))

    def log(self, *, limit: int) -> list[tuple[float, str, str, str]]:
        """Return the newest lines of the log: time (seconds since 1970), who, action, detail."""
        with self._open(writing=False) as file:
            return file.execute(
                "SELECT at, who, action, detail FROM audit ORDER BY id DESC LIMIT ?", (limit,)
            ).fetchall()


def _shape(file: sqlite3.Connection, _form: int) -> None:
    for statement in _TABLES.split(";"):
        file.execute(statement)


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _link(file: sqlite3.Connection, key: str) -> Role:
    row = file.execute("SELECT role, ends FROM link WHERE key=?", (_hashed(key),)).fetchone()
    if row is None or row[1] < time.time():
        raise LinkEnded
    role: Role = row[0]
    return role


def _refuse_hasty(file: sqlite3.Connection, key: str) -> None:
    row = file.execute("SELECT count, last FROM failure WHERE key=?", (key,)).fetchone()
    if row is None or row[0] < _FREE_TRIES:
        return
    wait = min(2.0 ** (row[0] - _FREE_TRIES + 1), _LONGEST_WAIT_S) - (time.time() - row[1])
    if wait > 0:
        raise TooManyTries(seconds=int(wait) + 1)
