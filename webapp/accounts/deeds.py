"""The log of writes: who changed what and when."""

from __future__ import annotations

import time

from webapp.accounts.tables import AccountFile


class Deeds:
    """The lines of the log."""

    def __init__(self, file: AccountFile) -> None:
        self._file = file

    def note(self, who: str, action: str, detail: str) -> int:
        """Write a line; return its number."""
        row = (time.time(), who, action, detail[:300])
        with self._file.opened() as file:
            made = file.execute("INSERT INTO audit (at, who, action, detail) VALUES (?, ?, ?, ?)", row)
        return int(made.lastrowid or 0)

    def noted(self, number: int, detail: str) -> None:
        """Complete a line with how the write ended; one that changed nothing leaves the log."""
        with self._file.opened() as file:
            if detail:
                file.execute("UPDATE audit SET detail=? WHERE id=?", (detail[:300], number))
            else:
                file.execute("DELETE FROM audit WHERE id=?", (number,))

    def newest(self, *, limit: int) -> list[tuple[float, str, str, str]]:
        """Return the newest lines: time (seconds since 1970), who, action, detail."""
        if not self._file.there:
            return []
        with self._file.opened(writing=False) as file:
            return file.execute(
                "SELECT at, who, action, detail FROM audit ORDER BY id DESC LIMIT ?", (limit,)
            ).fetchall()
