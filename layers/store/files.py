"""The embedded store's files: one GeoParquet a bulk version, named by its SHA-256."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from layers.features.columns import Content, crs_of, read_content
from layers.features.opened import open_version
from layers.files import discard, is_alive, make_lasting
from layers.store.records import Connection
from layers.store.version import DamagedStore, StoreUnavailable

OPENED = 20_000  # features from which a version is opened for all processes together
OPENED_BYTES = 1_000_000  # of its file, from where few features have very many vertices


class VersionFiles:
    """A folder of version files; made when the first one comes.

    Parameters
    ----------
    folder
        On a local disk.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Return where the file of that digest is."""
        return self.folder / f"{digest}.parquet"

    def part(self) -> Path:
        """Return a passing name, which says whose it is."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.folder / f".tmp-{os.getpid()}-{secrets.token_hex(6)}"

    @contextmanager
    def taken(self, source: Path) -> Iterator[Path]:
        """Bring a file onto this disk under a passing name, flushed; it is gone again after an error."""
        part = self.part()
        try:
            try:
                source.replace(part)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                shutil.copyfile(source, part)
                source.unlink()
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            yield part
        finally:
            discard(part)

    def settle(self, _connection: Connection, part: Path, digest: str) -> None:
        """Give a flushed file its lasting name, inside the transaction that makes it known."""
        make_lasting(part, self.path(digest))

    def known_to(self, connection: Connection, layer: str, base: str) -> None:
        """Nothing to do: other programmes open the files."""

    def read(self, base: str) -> Content:
        """Return what a file holds.

        Raises
        ------
        DamagedStore
            It is missing or is not what was written.
        """
        try:
            return self._opened(base) or read_content(self.path(base))
        except (OSError, pa.ArrowException, KeyError, orjson.JSONDecodeError) as error:
            raise DamagedStore(file=f"{base}.parquet") from error

    def prepare(self, base: str) -> None:
        """Open a large version for all processes together, once."""
        self._opened(base)

    def _opened(self, base: str) -> Content | None:
        path = self.path(base)
        large = path.stat().st_size >= OPENED_BYTES or pq.read_metadata(path).num_rows >= OPENED
        return open_version(path, self.folder / f".opened-{base}") if large else None

    def crs(self, base: str) -> str:
        """Return the CRS of a file."""
        return crs_of(self.path(base))

    def dropped(self, connection: Connection, layer: str, bases: Set[str]) -> None:
        """Nothing to do yet: ``sweep`` takes them away once the transaction has ended."""

    def sweep(self, known: Set[str]) -> None:
        """Take away what interrupted writes left; only while nobody else can write."""
        for path in self.folder.glob("*"):
            left = path.name.startswith(".tmp-") and not is_alive(path.name.split("-")[1])
            if path.is_dir():
                if left or path.name.removeprefix(".opened-") not in known:
                    shutil.rmtree(path, ignore_errors=True)
            elif left or (path.suffix == ".parquet" and path.stem not in known):
                path.unlink(missing_ok=True)


@contextmanager
def whole_or_not() -> Iterator[None]:
    """Tell a failing disk as the store's own error, without any path.

    Raises
    ------
    StoreUnavailable
        The disk is full, read-only or failing.
    """
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(why=error.strerror or "I/O") from error
