"""How much one visitor may have made in a day: counted by address, forgotten at midnight (UTC)."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, date, datetime

from geo.errors import PlanAtlasError


class QuotaSpent(PlanAtlasError):
    """A visitor has had made as much as one may in a day."""

    code = "quota_spent"
    zh = "今天从此地址已{what_zh} {most} 次，明天（UTC）再试，或登录后继续。设置项 {setting}，见 /limits。"
    en = (
        "{most} {what_en} were made for this address today. Try again tomorrow (UTC), or sign in. "
        "Setting {setting}; see /limits."
    )


class Visitors:
    """What was made today for those who are not signed in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._day: date | None = None
        self._made: Counter[tuple[str, str]] = Counter()

    def count(self, what: str, address: str, *, most: int, zh: str, en: str) -> None:
        """Count one more of a kind for an address.

        Parameters
        ----------
        what
            The kind.
        address
            Of the visitor.
        most
            How many a day allows.
        zh, en
            What the kind is called, for the error.

        Raises
        ------
        QuotaSpent
            It would be more than a day allows.
        """
        today = datetime.now(UTC).date()
        with self._lock:
            if today != self._day:
                self._day, self._made = today, Counter()
            if self._made[what, address] >= most:
                raise QuotaSpent(what_zh=zh, what_en=en, most=most, setting=f"max_visitor_{what}")
            self._made[what, address] += 1
