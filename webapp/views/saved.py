"""Views people keep: name, description, owner, and an opaque id that survives renaming; deleting can be undone."""

from __future__ import annotations

import secrets
import sqlite3
import unicodedata
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from geo.errors import PlanAtlasError
from geo.text import Text
from layers.plan.views import View, read_view, view_text
from webapp.accounts.own_files import OwnFile

_TABLE = """CREATE TABLE view (id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL,
state TEXT NOT NULL, owner TEXT NOT NULL, made_at TEXT NOT NULL, changed_at TEXT NOT NULL,
deleted INTEGER NOT NULL DEFAULT 0, public INTEGER NOT NULL DEFAULT 1)"""
_PUBLIC = "ALTER TABLE view ADD COLUMN public INTEGER NOT NULL DEFAULT 1"  # files of the first form
_FORM = 2  # of the file
NAME_MOST, TEXT_MOST, STATE_MOST = 200, 2000, 4000


class BadView(PlanAtlasError):
    """A view cannot be kept as it was given."""

    code = "bad_view"
    zh = "视图的{what_zh}无效：{why_zh}。"
    en = "The view's {what_en} is not valid: {why_en}."


class NotYourView(PlanAtlasError):
    """Only a view's owner and administrators change it."""

    code = "not_your_view"
    zh = "只有视图的所有者（{owner}）或管理员可以修改它。"
    en = "Only the view's owner ({owner}) or an administrator may change it."


class TooManyViews(PlanAtlasError):
    """The installation keeps as many views as it may."""

    code = "too_many_views"
    zh = "视图已满（{most} 个，设置 max_views）。请先删除一些。"
    en = "All {most} places for views are taken (setting max_views). Delete some first."


@dataclass(frozen=True)
class Saved:
    """A view somebody keeps; ``state`` is what a map's address says after #; times are UTC, ISO 8601.

    One that is not ``public`` opens for those who have signed in, and by a signed link.
    """

    id: str
    name: str
    description: str
    state: str
    owner: str
    made_at: str
    changed_at: str
    deleted: bool
    public: bool = True

    @property
    def view(self) -> View:
        """What it shows."""
        title, about = Text(self.name, self.name), Text(self.description, self.description)
        return replace(read_view(self.state), id=self.id, title=title, description=about, public=self.public)


class SavedViews:
    """The views of an installation.

    Parameters
    ----------
    folder
        The instance folder; the file is made by the first view.
    most
        How many are kept.
    """

    def __init__(self, folder: Path, *, most: int) -> None:
        self._path, self._most = folder / "views.sqlite", most

    def _open(self, *, writing: bool = True) -> AbstractContextManager[sqlite3.Connection]:
        return OwnFile(self._path, _FORM, _shape).opened(writing=writing)

    def all(self) -> list[Saved]:
        """Return the views by name, without the deleted ones."""
        if not self._path.is_file():
            return []
        with self._open(writing=False) as file:
            rows = file.execute("SELECT * FROM view WHERE deleted=0 ORDER BY name, id").fetchall()
        return [_saved(row) for row in rows]

    def find(self, key: str, *, deleted: bool = False) -> Saved | None:
        """Return a view; a deleted one only when asked for."""
        if not self._path.is_file():
            return None
        with self._open(writing=False) as file:
            row = file.execute("SELECT * FROM view WHERE id=?", (key,)).fetchone()
        found = _saved(row) if row else None
        return found if found is not None and (deleted or not found.deleted) else None

    def add(self, name: str, description: str, state: str, owner: str, *, public: bool = True) -> Saved:
        """Keep a view.

        Parameters
        ----------
        name, description
            Texts of the person who keeps it.
        state
            The view, in the words of the map's address.
        owner
            Name of the account.
        public
            Whether visitors may open it.

        Raises
        ------
        BadView, TooManyViews
            Its texts do not fit; there is no room.
        """
        now = _now()
        key, texts = secrets.token_hex(6), (_name(name), _about(description), _state(state))
        made = Saved(key, *texts, owner, now, now, deleted=False, public=public)
        with self._open() as file:
            if file.execute("SELECT count(*) FROM view WHERE deleted=0").fetchone()[0] >= self._most:
                raise TooManyViews(most=self._most)
            values = (made.id, made.name, made.description, made.state, owner, now, now, 0, int(public))
            file.execute("INSERT INTO view VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        return made

    def change(
        self, view: Saved, *, name: str, description: str, state: str, deleted: bool, public: bool
    ) -> Saved:
        """Change a view; its id stays.

        Parameters
        ----------
        view
            As it is now.
        name, description
            Its new texts.
        state
            The view, in the words of the map's address.
        deleted
            Whether it is taken away (and can be brought back).
        public
            Whether visitors may open it.

        Raises
        ------
        BadView
            Its texts do not fit.
        """
        made = replace(
            view,
            name=_name(name),
            description=_about(description),
            state=_state(state),
            changed_at=_now(),
            deleted=deleted,
            public=public,
        )
        with self._open() as file:
            file.execute(
                "UPDATE view SET name=?, description=?, state=?, changed_at=?, deleted=?, public=? WHERE id=?",
                (made.name, made.description, made.state, made.changed_at, int(deleted), int(public), view.id),
            )
        return made


def _shape(file: sqlite3.Connection, form: int) -> None:
    file.execute(_TABLE if form == 0 else _PUBLIC)


def _saved(row: tuple[str, str, str, str, str, str, str, int, int]) -> Saved:
    return Saved(*row[:7], deleted=bool(row[7]), public=bool(row[8]))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _name(text: str) -> str:
    clean = text.strip()
    if not 0 < len(clean) <= NAME_MOST or _controls(clean):
        zh, en = f"应为 1–{NAME_MOST} 字，不含控制字符", f"1 to {NAME_MOST} characters without controls"
        raise BadView(what_zh="名称", what_en="name", why_zh=zh, why_en=en)
    return clean


def _about(text: str) -> str:
    if len(text) > TEXT_MOST or _controls(text.replace("\n", "")):
        zh, en = f"最多 {TEXT_MOST} 字，不含控制字符", f"at most {TEXT_MOST} characters without controls"
        raise BadView(what_zh="说明", what_en="description", why_zh=zh, why_en=en)
    return text.strip()


def _state(text: str) -> str:
    if len(text) > STATE_MOST:
        zh, en = f"最多 {STATE_MOST} 字", f"at most {STATE_MOST} characters"
        raise BadView(what_zh="内容", what_en="state", why_zh=zh, why_en=en)
    return view_text(read_view(text))


def _controls(text: str) -> bool:
    """Whether a text holds control characters or those that turn its direction round."""
    return any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in text)
