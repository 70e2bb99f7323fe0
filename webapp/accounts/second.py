"""The rule of two, where the setting says so: what gives rights or takes data away, a second person wants as well.

The second confirms by asking for the very same: with the button at /admin, or by the same request.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass

import orjson
from flask import request

from geo.errors import PlanAtlasError
from webapp.accounts.rights import current_accounts, current_person
from webapp.accounts.tables import AccountFile
from webapp.http.access import NoToken
from webapp.state import current_settings

_KEPT_S = 86_400


class NeedsSecond(PlanAtlasError):
    """A second person has to want it as well."""

    code = "needs_second"
    zh = "已记下，尚未执行：需另一位有此权限的人在 24 小时内于 /admin 确认（设置 two_persons）。"
    en = (
        "Noted and not done yet: a second person with this right has to confirm it within 24 hours, at /admin "
        "(setting two_persons)."
    )


@dataclass(frozen=True)
class Proposal:
    """What somebody wants done: the request as it was sent; ``at`` in seconds since 1970."""

    key: str
    who: str
    action: str
    form: tuple[tuple[str, str], ...]
    at: float

    @property
    def path(self) -> str:
        """Where it is sent."""
        return self.action.partition(" ")[2]

    @property
    def is_form(self) -> bool:
        """Whether a page can send it."""
        return self.action.startswith("POST ")


class Proposals:
    """What waits for a second person."""

    def __init__(self, file: AccountFile) -> None:
        self._file = file

    def wanted_by(self, who: str, action: str, form: tuple[tuple[str, str], ...]) -> bool:
        """Note that somebody wants a thing done; whether somebody else did before, which uses it up."""
        told = orjson.dumps(form).decode()
        key, now = hashlib.sha256(f"{action}\n{told}".encode()).hexdigest()[:16], time.time()
        with self._file.opened() as file:
            file.execute("DELETE FROM proposal WHERE at<?", (now - _KEPT_S,))
            row: tuple[str] | None = file.execute("SELECT who FROM proposal WHERE key=?", (key,)).fetchone()
            if row is not None and row[0] != who:
                file.execute("DELETE FROM proposal WHERE key=?", (key,))
                return True
            file.execute("INSERT OR REPLACE INTO proposal VALUES (?, ?, ?, ?, ?)", (key, who, action, told, now))
        return False

    def all(self) -> list[Proposal]:
        """Return what waits, the oldest first."""
        if not self._file.there:
            return []
        with self._file.opened(writing=False) as file:
            rows = file.execute(
                "SELECT key, who, action, form, at FROM proposal WHERE at>=? ORDER BY at", (time.time() - _KEPT_S,)
            ).fetchall()
        return [
            Proposal(key, who, action, tuple(map(tuple, orjson.loads(form))), at)
            for key, who, action, form, at in rows
        ]

    def drop(self, key: str) -> None:
        """Let one go."""
        with self._file.opened() as file:
            file.execute("DELETE FROM proposal WHERE key=?", (key,))


def need_second() -> None:
    """Let the present request go on only when somebody else has asked for the same before.

    Raises
    ------
    NoToken
        Nobody is signed in.
    NeedsSecond
        Nobody has; it is noted.
    """
    if not current_settings().flag("two_persons"):
        return
    found = current_person()
    if found is None:
        raise NoToken
    form = tuple(sorted((*request.form.items(multi=True), *request.args.items(multi=True))))
    action = f"{request.method} {request.path}"
    if not Proposals(current_accounts().file).wanted_by(found.account, action, form):
        raise NeedsSecond
