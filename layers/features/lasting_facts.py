"""What was found of a stored version's shapes, kept beside it: found once for all processes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import zipfile
from pathlib import Path

import numpy as np

from geo.measure.facts import Arrays

FORM = 1  # raised when a fact is found in another way; facts of another form are found anew


class FactsFolder:
    """Facts of one version; ``geo.measure.facts.Shelf``.

    Parameters
    ----------
    folder
        That goes when the version's file goes or changes (``layers.features.opened``).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, name: str) -> Path:
        return self._folder / f"fact-{hashlib.sha256(name.encode()).hexdigest()[:20]}.npz"

    def read(self, name: str, count: int) -> Arrays | None:
        """Return what was found of ``count`` shapes; None when nothing whole is there."""
        try:
            with self._path(name).open("rb") as file, np.load(file, allow_pickle=False) as held:
                if held["arr_0"].tolist() != [FORM, count]:
                    return None
                return tuple(held[f"arr_{at}"] for at in range(1, len(held.files)))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def write(self, name: str, count: int, found: Arrays) -> None:
        """Keep what was found, whole or not at all."""
        part = self._folder / f".tmp-{os.getpid()}-{secrets.token_hex(6)}.npz"
        with contextlib.suppress(OSError):
            try:
                np.savez(part, np.array([FORM, count]), *found)
                part.replace(self._path(name))
            finally:
                part.unlink(missing_ok=True)
