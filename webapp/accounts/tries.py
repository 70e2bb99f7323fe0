"""How often somebody may try to sign in: each failure slows the next try down, and nobody else's.

What counts is the account as tried from one address, the address whatever names it tries, and, for addresses
that never signed in to it, the account from everywhere: so neither a guesser with many names nor one with many
addresses goes fast, and whoever signs in from where they always do is not held up by either.
"""

from __future__ import annotations

import sqlite3
import time

from webapp.accounts.passwords import TooManyTries
from webapp.accounts.tables import AccountFile
from webapp.http.proxies import counted_address

_LONGEST_WAIT_S = 300
_FREE = {"pair": 5, "address": 30, "account": 50}
_KEPT_S = 86_400  # a failure counts for a day
_KNOWN_S = 180 * 86_400


class Tries:
    """The failures, and from where an account was signed in to."""

    def __init__(self, file: AccountFile) -> None:
        self._file = file

    def begin(self, name: str, address: str) -> None:
        """Count a try as a failure until it is known to be none; those at the same moment count as well.

        Raises
        ------
        TooManyTries
            Too many failures; the wait grows with each and is never longer than five minutes.
        """
        now = time.time()
        with self._file.opened() as file:
            file.execute("DELETE FROM failure WHERE last<?", (now - _KEPT_S,))
            keys = _keys(file, name, address)
            for kind, key in keys.items():
                _refuse_hasty(file, key, free=_FREE[kind], now=now)
            file.executemany(
                "INSERT INTO failure VALUES (?, 1, ?)"
                " ON CONFLICT (key) DO UPDATE SET count=count+1, last=excluded.last",
                [(key, now) for key in keys.values()],
            )

    @staticmethod
    def succeeded(file: sqlite3.Connection, name: str, address: str) -> None:
        """Take a try back that was none, and remember the address; failures of others stay."""
        keys = _keys(file, name, address)
        file.execute("DELETE FROM failure WHERE key=?", (keys.pop("pair"),))
        file.executemany("UPDATE failure SET count=max(count-1, 0) WHERE key=?", [(key,) for key in keys.values()])
        now = time.time()
        file.execute("DELETE FROM known WHERE last<?", (now - _KNOWN_S,))
        file.execute(
            "INSERT OR REPLACE INTO known VALUES (?, ?, ?)", (name[:80], counted_address(address)[:80], now)
        )

    @staticmethod
    def never_was(file: sqlite3.Connection, name: str, address: str) -> None:
        """Take a try back that nobody looked at."""
        keys = _keys(file, name, address).values()
        file.executemany("UPDATE failure SET count=max(count-1, 0) WHERE key=?", [(key,) for key in keys])


def _keys(file: sqlite3.Connection, name: str, address: str) -> dict[str, str]:
    name, address = name[:80], counted_address(address)[:80]
    keys = {"pair": f"pair {address} {name}", "address": f"address {address}"}
    if not file.execute("SELECT 1 FROM known WHERE name=? AND address=?", (name, address)).fetchone():
        keys["account"] = f"account {name}"
    return keys


def _refuse_hasty(file: sqlite3.Connection, key: str, *, free: int, now: float) -> None:
    row: tuple[int, float] | None = file.execute("SELECT count, last FROM failure WHERE key=?", (key,)).fetchone()
    if row is None or row[0] < free:
        return
    wait = min(2.0 ** min(row[0] - free + 1, 20), _LONGEST_WAIT_S) - (now - row[1])
    if wait > 0:
        raise TooManyTries(seconds=int(wait) + 1)
