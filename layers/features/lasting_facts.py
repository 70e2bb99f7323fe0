"""What was found of a stored version's shapes, kept beside it: found once for all processes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from geo.arrays import Bools, Floats, Integers, Shapes
from geo.measure.shelf import Arrays
from geo.measure.stored_shapes import StoredShapes, as_if_made
from layers.features.mapped_shapes import MappedShapes, map_table

FORM = 2  # raised when a fact is found in another way; facts of another form are found anew
_ABOUT = "about.npy"


class FactsFolder:
    """Facts of one version; ``geo.measure.shelf.Shelf``.

    Every fact is a folder of arrays that all processes map into memory; moved shapes are an Arrow file.

    Parameters
    ----------
    folder
        That goes when the version's file goes or changes (``layers.features.opened``).
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, name: str) -> Path:
        return self._folder / f"fact-{hashlib.sha256(name.encode()).hexdigest()[:20]}"

    def _is(self, path: Path, count: int) -> bool:
        about = (path / _ABOUT).read_bytes()[-16:]  # two numbers: what goes before them is read slowly
        return bool(np.frombuffer(about, dtype=np.int64).tolist() == [FORM, count])

    def read(self, name: str, count: int, *, own: bool = False) -> Arrays | None:
        """Return what was found of ``count`` shapes; None when nothing whole is there.

        What is the caller's ``own`` may be changed: of the file nothing changes, pages are copied when written to.
        """
        path = self._path(name)
        try:
            if not self._is(path, count):
                return None
            found: list[Bools | Integers | Floats] = []
            while (file := path / f"array-{len(found)}.npy").exists():  # to list the folder takes longer
                found.append(_mapped(file, own=own))
            return tuple(found) or None
        except (OSError, ValueError, EOFError):
            return None

    def write(self, name: str, count: int, found: Arrays) -> None:
        """Keep what was found, whole or not at all."""

        def put(part: Path) -> None:
            for at, array in enumerate(found):
                np.save(part / f"array-{at}.npy", array)

        self._put(name, count, put)

    def read_shapes(self, name: str, count: int) -> Shapes | None:
        """Return ``count`` shapes as they were moved, made when asked for; None when nothing whole is there."""
        path = self._path(name)
        try:
            if not self._is(path, count):
                return None
            table, _ = map_table(path / "shapes.arrow")
        except (OSError, ValueError, EOFError, pa.ArrowException):
            return None
        return as_if_made(StoredShapes(MappedShapes(table.column(0)), count)) if len(table) == count else None

    def write_shapes(self, name: str, count: int, blocks: Iterable[Shapes]) -> None:
        """Keep moved shapes, given block by block, whole or not at all."""
        schema = pa.schema([("shape", pa.binary())])

        def put(part: Path) -> None:
            with pa.OSFile(str(part / "shapes.arrow"), "wb") as sink, pa.ipc.new_file(sink, schema) as out:
                for block in blocks:
                    out.write_batch(pa.record_batch([pa.array(shapely.to_wkb(block), pa.binary())], schema=schema))

        self._put(name, count, put)

    def _put(self, name: str, count: int, put: Callable[[Path], None]) -> None:
        """Write under a passing name and give it its own; another process may do the same meanwhile."""
        part, path = self._folder / f".tmp-{os.getpid()}-{secrets.token_hex(6)}", self._path(name)
        with contextlib.suppress(OSError):
            try:
                part.mkdir(mode=0o700)
                put(part)
                np.save(part / _ABOUT, np.array([FORM, count]))
                if path.exists():  # of another form, or broken
                    shutil.rmtree(path, ignore_errors=True)
                part.rename(path)
            finally:
                shutil.rmtree(part, ignore_errors=True)


def _mapped(file: Path, *, own: bool) -> Bools | Integers | Floats:
    """Return the array of a file, mapped into memory; a file of anything else is refused."""
    held: Bools | Integers | Floats = np.asarray(np.lib.format.open_memmap(str(file), mode="c" if own else "r"))
    return held
