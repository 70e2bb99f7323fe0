"""Progress of an answer made in several steps, told as one number that only grows."""

from __future__ import annotations

from collections.abc import Callable


class Steps:
    """Turns the progress of each step into progress of the whole.

    Parameters
    ----------
    tell
        Called with done and total.
    """

    def __init__(self, tell: Callable[[float, float], None]) -> None:
        self._tell = tell
        self._count, self._at = 1, 0

    def begin(self, count: int) -> None:
        """Say how many steps there are."""
        self._count, self._at = count, 0
        self._tell(0.0, float(count))

    def progress(self, done: int, total: int) -> None:
        """Report the progress of the step under way."""
        within = done / total if total else 1.0
        self._tell(self._at + within, float(self._count))
        if within >= 1.0 and self._at < self._count - 1:
            self._at += 1
