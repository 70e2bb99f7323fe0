"""Accounts and one-time links, in the installation's own SQLite file; with it sessions, tokens and the log."""

from __future__ import annotations

import secrets
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from webapp.accounts.deeds import Deeds
from webapp.accounts.passwords import BadName, LastAdministrator, LinkEnded, Passwords, fit
from webapp.accounts.roles import CONSOLE, Role, higher_role
from webapp.accounts.sessions import Sessions
from webapp.accounts.tables import AccountFile, hash_key
from webapp.accounts.tokens import TokenKind, Tokens
from webapp.http.access import Keyring, Token

_LINK_S = 86_400


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in: with the role given here, and the one an identity provider gives, if any."""

    name: str
    own_role: Role
    disabled: bool = False
    mapped: str = ""

    @property
    def role(self) -> Role:
        """What they may do: the higher of the two."""
        return higher_role(self.own_role, self.mapped)


@dataclass(frozen=True)
class Waiting:
    """A one-time link nobody followed yet; ``id`` names it without opening it."""

    id: str
    kind: str
    role: Role
    ends: float


class Accounts:
    """Who may sign in.

    Parameters
    ----------
    folder
        The instance folder.
    """

    def __init__(self, folder: Path) -> None:
        self.file = AccountFile(folder)
        self.path = self.file.path
        self._passwords = Passwords()
        self.sessions = Sessions(self.file, self._passwords)
        self.tokens = Tokens(self.file)
        self.deeds = Deeds(self.file)

    @property
    def empty(self) -> bool:
        """Whether nobody can sign in yet."""
        if not self.file.there:
            return True
        with self.file.opened(writing=False) as file:
            return file.execute("SELECT 1 FROM account LIMIT 1").fetchone() is None

    def all(self) -> tuple[Account, ...]:
        """Return all accounts by name."""
        if not self.file.there:
            return ()
        with self.file.opened(writing=False) as file:
            rows = file.execute("SELECT name, role, disabled, mapped FROM account ORDER BY name").fetchall()
        return tuple(Account(name, role, bool(disabled), mapped) for name, role, disabled, mapped in rows)

    def link(self, kind: Literal["first", "invitation"], role: Role) -> str:
        """Return the key of a new one-time link; an older link for the first administrator ends."""
        key = secrets.token_urlsafe(24)
        with self.file.opened() as file:
            if kind == "first":
                file.execute("DELETE FROM link WHERE kind='first'")
            file.execute(
                "INSERT INTO link VALUES (?, ?, ?, ?)", (hash_key(key), kind, role, time.time() + _LINK_S)
            )
        return key

    def links(self) -> list[Waiting]:
        """Return the one-time links that can still be followed, the oldest first."""
        if not self.file.there:
            return []
        with self.file.opened(writing=False) as file:
            rows = file.execute(
                "SELECT substr(key, 1, 16), kind, role, ends FROM link WHERE ends>? ORDER BY ends", (time.time(),)
            ).fetchall()
        return [Waiting(*row) for row in rows]

    def end_link(self, link_id: str) -> bool:
        """End a one-time link by the id it is listed with; whether there was one."""
        with self.file.opened() as file:
            return file.execute("DELETE FROM link WHERE substr(key, 1, 16)=?", (link_id,)).rowcount == 1

    def link_role(self, key: str) -> Role:
        """Return the role a link gives.

        Raises
        ------
        LinkEnded
            It was used, has ended or never was.
        """
        if not self.file.there:
            raise LinkEnded
        with self.file.opened(writing=False) as file:
            return _link(file, key)

    def follow(self, key: str, name: str, password: str) -> Account:
        """Make an account from a one-time link, which ends by it.

        Raises
        ------
        LinkEnded, BadName, BadPassword
            Nothing is made.
        """
        self.link_role(key)  # nobody without a link makes the service work on a password
        name = name.strip()
        fit(name, password)
        kept = self._passwords.kept(password)
        with self.file.opened() as file:
            role = _link(file, key)
            add(file, name, kept, role)
            file.execute("DELETE FROM link WHERE key=?", (hash_key(key),))
            if file.execute("SELECT 1 FROM account WHERE role='administrator' AND NOT disabled").fetchone():
                file.execute("DELETE FROM link WHERE kind='first'")
        return Account(name, role)

    def issue(
        self,
        keyring: Keyring,
        scopes: tuple[str, ...],
        *,
        days: int,
        owner: str = CONSOLE,
        label: str = "",
        kind: TokenKind = "token",
    ) -> tuple[Token, str]:
        """Hand out a token or a link that ends: what is signed counts only because it is written down here.

        Parameters
        ----------
        keyring
            Signs it.
        scopes
            The rights it carries.
        days
            How long it opens anything.
        owner
            The account it ends with.
        label
            What its owner calls it.
        kind
            ``token`` or one of the links.
        """
        token, text = keyring.create(scopes, days=days, kind=kind)
        self.tokens.add(token.id, owner, label, scopes, token.ends, kind=kind)
        return token, text

    def change(self, name: str, *, role: Role, disabled: bool) -> None:
        """Change an account's role, or disable it, which ends its sessions; the last administrator stays.

        Raises
        ------
        LastAdministrator
            Nobody would be left who can manage accounts.
        """
        with self.file.opened() as file:
            file.execute("UPDATE account SET role=?, disabled=? WHERE name=?", (role, int(disabled), name))
            left = file.execute("SELECT 1 FROM account WHERE role='administrator' AND NOT disabled").fetchone()
            if left is None:
                raise LastAdministrator
            if disabled:
                file.execute("DELETE FROM session WHERE name=?", (name,))


def add(
    file: sqlite3.Connection, name: str, kept: str, role: Role, *, mapped: str = "", subject: str = ""
) -> None:
    """Make an account; names that differ in capitals only are the same.

    Parameters
    ----------
    file
        The account file, open.
    name
        The account's.
    kept
        The password as it is kept; empty for who signs in elsewhere.
    role
        Given here.
    mapped
        The role the provider's groups gave.
    subject
        Who it is to the provider; empty for an account of ours.

    Raises
    ------
    BadName
        It is taken.
    """
    if file.execute("SELECT 1 FROM account WHERE lower(name)=lower(?)", (name,)).fetchone():
        raise BadName
    file.execute(
        "INSERT INTO account (name, hash, role, made, mapped, subject) VALUES (?, ?, ?, ?, ?, ?)",
        (name, kept, role, time.time(), mapped, subject),
    )


def _link(file: sqlite3.Connection, key: str) -> Role:
    row: tuple[Role, float] | None = file.execute(
        "SELECT role, ends FROM link WHERE key=?", (hash_key(key),)
    ).fetchone()
    if row is None or row[1] < time.time():
        raise LinkEnded
    return row[0]
