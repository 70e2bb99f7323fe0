"""Drawn sites under an id, for as long as they are wanted: one that nobody opens for a month passes by itself."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from geo.errors import PlanAtlasError
from webapp.accounts.own_files import OwnFile
from webapp.state import current_state

_TABLE = """CREATE TABLE site (id TEXT PRIMARY KEY, name TEXT NOT NULL, outline BLOB NOT NULL,
industries TEXT NOT NULL, owner TEXT NOT NULL, made_at TEXT NOT NULL, opened_at TEXT NOT NULL,
uncertainty_m REAL NOT NULL DEFAULT 0)"""
_UNSURE = "ALTER TABLE site ADD COLUMN uncertainty_m REAL NOT NULL DEFAULT 0"  # files of the first form
_LEAST_WANTED = (
    "DELETE FROM site WHERE id=(SELECT id FROM site WHERE owner='' ORDER BY opened_at, made_at LIMIT 1)"
)
KEPT_DAYS, MOST_KEPT = 30, 5000  # how long one is kept that nobody opens, and how many
_FORM = 2  # of the file
_DAY = 10  # letters of a time that say its day


class UnknownSite(PlanAtlasError):
    """No drawn site of that id is kept, or not any more."""

    code = "unknown_site"
    zh = "没有编号为“{site}”的绘制地块，或已因长期无人打开而清除。"
    en = "No drawn site “{site}” is kept; one that nobody opens passes by itself."


class NotYourSite(PlanAtlasError):
    """Only who keeps a drawn site and administrators let it go."""

    code = "not_your_site"
    zh = "只有保存者（{owner}）或管理员可以删除这个绘制地块。"
    en = "Only who keeps the drawn site ({owner}) or an administrator may let it go."


class TooManySites(PlanAtlasError):
    """The installation keeps as many drawn sites as it may."""

    code = "too_many_sites"
    zh = (
        "绘制地块已满（{most} 个）；无人打开的到期自动清除。登录后仍可保存；管理员可在 /admin 清理，"
        "或运行 planatlas admin clear sites --days N。"
    )
    en = (
        "All {most} places for drawn sites are taken; those that nobody opens pass by themselves. Whoever signs "
        "in still keeps theirs; an administrator clears some at /admin or by planatlas admin clear sites --days N."
    )


@dataclass(frozen=True)
class KeptSite:
    """A drawn site: its outline as WKB in longitude and latitude; times are UTC, ISO 8601.

    ``uncertainty_m`` is how far off it may be.
    """

    id: str
    name: str
    outline: bytes
    industries: tuple[str, ...]
    owner: str
    made_at: str
    opened_at: str
    uncertainty_m: float = 0.0


class KeptSites:
    """The drawn sites of an installation.

    Parameters
    ----------
    folder
        The instance folder; the file is made by the first site.
    most
        How many are kept.
    days
        How long one is kept that nobody opens.
    """

    def __init__(self, folder: Path, *, most: int, days: int) -> None:
        self._path, self._most, self._days = folder / "sites.sqlite", most, days

    def _open(self, *, writing: bool = True) -> AbstractContextManager[sqlite3.Connection]:
        return OwnFile(self._path, _FORM, _shape).opened(writing=writing)

    def add(
        self, name: str, outline: bytes, industries: tuple[str, ...], owner: str, *, uncertainty_m: float = 0.0
    ) -> KeptSite:
        """Keep an outline; those that passed make room.

        Parameters
        ----------
        name, owner
            What it is called, and who keeps it (empty: a visitor). Where all places are taken, a visitor's that
            was opened longest ago makes room for somebody's who is signed in.
        outline
            WKB in longitude and latitude.
        industries
            Ids of what it is for.
        uncertainty_m
            How far off it may be.

        Raises
        ------
        TooManySites
            There is no room.
        """
        now = datetime.now(UTC)
        told = now.isoformat(timespec="seconds")
        made = KeptSite(secrets.token_hex(6), name, outline, industries, owner, told, told, uncertainty_m)
        with self._open() as file:
            file.execute("DELETE FROM site WHERE opened_at < ?", (self._oldest(now),))
            if file.execute("SELECT count(*) FROM site").fetchone()[0] >= self._most and not (
                owner and file.execute(_LEAST_WANTED).rowcount
            ):
                raise TooManySites(most=self._most)
            row = (made.id, name, outline, " ".join(industries), owner, told, told, uncertainty_m)
            file.execute("INSERT INTO site VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        return made

    def find(self, key: str) -> KeptSite:
        """Return a drawn site; that it was opened today is noted.

        Raises
        ------
        UnknownSite
            There is none, or it passed.
        """
        if not self._path.is_file():
            raise UnknownSite(site=key[:40])
        now = datetime.now(UTC)
        with self._open(writing=False) as file:
            row = file.execute(
                "SELECT * FROM site WHERE id=? AND opened_at >= ?", (key, self._oldest(now))
            ).fetchone()
        if row is None:
            raise UnknownSite(site=key[:40])
        found = KeptSite(row[0], row[1], row[2], tuple(row[3].split()), *row[4:])
        told = now.isoformat(timespec="seconds")
        if found.opened_at[:_DAY] != told[:_DAY]:
            with self._open() as file:
                file.execute("UPDATE site SET opened_at=? WHERE id=?", (told, key))
        return found

    def drop(self, key: str) -> None:
        """Keep a drawn site no more.

        Raises
        ------
        UnknownSite
            There is none.
        """
        self.find(key)
        with self._open() as file:
            file.execute("DELETE FROM site WHERE id=?", (key,))

    def _oldest(self, now: datetime) -> str:
        return (now - timedelta(days=self._days)).isoformat(timespec="seconds")


def _shape(file: sqlite3.Connection, form: int) -> None:
    file.execute(_UNSURE if form == 1 else _TABLE)


def kept_sites() -> KeptSites:
    """Return the drawn sites of the installation."""
    return KeptSites(current_state().instance, most=MOST_KEPT, days=KEPT_DAYS)
