"""The installation's own SQLite files (accounts, kept views): one transaction a use, and a failing disk told."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from geo.errors import PlanAtlasError
from layers.store.journal import STILL, waits_beside

_BUSY_S = 10
# What SQLite says of the disk, of rights and of a damaged file; all else is a fault of ours and stays one.
_FAILS = {
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
}


class OwnFileFails(PlanAtlasError):
    """One of the service's own files cannot be read or written now; nothing was changed."""

    code = "own_file_fails"
    zh = "服务自身的文件 {file} 暂不能读写（{why}），没有改动任何内容。请检查磁盘空间和写权限后重试。"
    en = "The service's own file {file} is not usable ({why}); nothing was changed. Check disk and permissions."


@dataclass(frozen=True)
class OwnFile:
    """A file, made for its owner only by its first use.

    ``form`` is the ``user_version`` it is brought to by ``shape``, which gets the file and its form (0: new).
    """

    path: Path
    form: int
    shape: Callable[[sqlite3.Connection, int], None]

    @contextmanager
    def opened(self, *, writing: bool = True) -> Iterator[sqlite3.Connection]:
        """Give the file inside a transaction; ``writing`` says whether anything may change.

        Raises
        ------
        OwnFileFails
            The disk is full, fails or may not be written, or the file is damaged.
        """
        self._make()
        try:
            # Where nothing may be written, a whole file is read as it lies.
            still = not writing and not os.access(self.path.parent, os.W_OK) and not waits_beside(self.path)
            address = f"{self.path.resolve().as_uri()}?{STILL if still else 'mode=rw'}"
            with closing(sqlite3.connect(address, uri=True, timeout=_BUSY_S, isolation_level=None)) as file:
                file.execute("PRAGMA synchronous=FULL")
                file.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
                try:
                    self._shaped(file, writing=writing)
                    yield file
                    file.execute("COMMIT")
                except BaseException:
                    if file.in_transaction:
                        file.execute("ROLLBACK")
                    raise
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", -1) & 0xFF not in _FAILS:
                raise
            raise OwnFileFails(file=self.path.name, why=str(error)) from error

    def _make(self) -> None:
        if self.path.is_file():
            return
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise OwnFileFails(file=self.path.name, why=error.strerror or "I/O") from error

    def _shaped(self, file: sqlite3.Connection, *, writing: bool) -> None:
        if self._form(file) == self.form:
            return
        if not writing:  # a lock that is asked for late is refused at once, so it is asked for anew
            file.execute("ROLLBACK")
            file.execute("BEGIN IMMEDIATE")
        form = self._form(file)
        if form < self.form:
            self.shape(file, form)
            file.execute(f"PRAGMA user_version={self.form}")

    @staticmethod
    def _form(file: sqlite3.Connection) -> int:
        return int(file.execute("PRAGMA user_version").fetchone()[0])
