"""Layers that are or were restricted: what was made of one stays closed when it is taken off."""

from __future__ import annotations

import contextlib
import secrets
import threading
from pathlib import Path

from layers.plan.reader import Catalog


class ClosedLayers:
    """The ids of an installation's layers that are, or were, restricted.

    Parameters
    ----------
    folder
        The instance folder; the file is made when the first restricted layer is seen.
    """

    def __init__(self, folder: Path) -> None:
        self._path, self._lock = folder / "closed_layers.txt", threading.Lock()
        self._known = frozenset(self._path.read_text("utf-8").split()) if self._path.is_file() else frozenset()

    def hidden(self, catalog: Catalog) -> frozenset[str]:
        """Return the ids that not everybody may know of; one that is declared open now is open."""
        now = catalog.restricted
        if not now <= self._known:
            self._remember(now)
        return now | (self._known - catalog.layers.keys())

    def _remember(self, now: frozenset[str]) -> None:
        with self._lock, contextlib.suppress(OSError):  # else known till the service ends
            self._known |= now
            part = self._path.with_name(f".{self._path.name}-{secrets.token_hex(4)}")
            part.write_text("\n".join(sorted(self._known)) + "\n", "utf-8")
            part.replace(self._path)
