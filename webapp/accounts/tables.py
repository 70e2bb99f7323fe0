"""The tables of the installation's own account file, and how an older file is brought to them."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path

from webapp.accounts.own_files import OwnFile

_FORM = 3
_TABLES = """
CREATE TABLE account (name TEXT PRIMARY KEY, hash TEXT NOT NULL, role TEXT NOT NULL, made REAL NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0);
CREATE TABLE session (key TEXT PRIMARY KEY, name TEXT NOT NULL, made REAL NOT NULL, seen REAL NOT NULL);
CREATE TABLE link (key TEXT PRIMARY KEY, kind TEXT NOT NULL, role TEXT NOT NULL, ends REAL NOT NULL);
CREATE TABLE token (id TEXT PRIMARY KEY, name TEXT NOT NULL, label TEXT NOT NULL, scopes TEXT NOT NULL,
    made REAL NOT NULL, ends REAL NOT NULL, revoked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE failure (key TEXT PRIMARY KEY, count INTEGER NOT NULL, last REAL NOT NULL);
CREATE TABLE audit (id INTEGER PRIMARY KEY, at REAL NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL,
    detail TEXT NOT NULL)
"""
# mapped: the role an organisation's identity provider gives; subject: who they are there.
_SECOND = """
ALTER TABLE account ADD COLUMN mapped TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN ticket TEXT NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN kind TEXT NOT NULL DEFAULT 'token';
UPDATE token SET kind='link' WHERE scopes LIKE 'link:%';
CREATE TABLE known (name TEXT NOT NULL, address TEXT NOT NULL, last REAL NOT NULL, PRIMARY KEY (name, address))
"""
# What one administrator wants done and a second has to want as well; form: what was sent, as JSON.
_THIRD = """
CREATE TABLE proposal (key TEXT PRIMARY KEY, who TEXT NOT NULL, action TEXT NOT NULL, form TEXT NOT NULL,
    at REAL NOT NULL)
"""


class AccountFile:
    """The file, made with mode 0600 by the first write.

    Parameters
    ----------
    folder
        The instance folder.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "accounts.sqlite"

    @property
    def there(self) -> bool:
        """Whether anything was ever written."""
        return self.path.is_file()

    def opened(self, *, writing: bool = True) -> AbstractContextManager[sqlite3.Connection]:
        """Give the file inside a transaction.

        Raises
        ------
        OwnFileFails
            It cannot be read or written now.
        """
        return OwnFile(self.path, _FORM, _shape).opened(writing=writing)


def _shape(file: sqlite3.Connection, form: int) -> None:
    for text in (_TABLES, _SECOND, _THIRD)[form:]:
        for statement in text.split(";"):
            file.execute(statement)


def hash_key(key: str) -> str:
    """Return what is kept of a key that opens something."""
    return hashlib.sha256(key.encode()).hexdigest()
