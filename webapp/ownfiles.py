"""The installation's own SQLite files (accounts, kept views): one transaction a use, and a failing disk told."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from geo.errors import PlanAtlasError

_BUSY_S = 10
_STILL = "mode=ro&immutable=1"  # as it lies: nothing beside it is made or looked at


class OwnFileFails(PlanAtlasError):
    """One of the service's own files cannot be read or written now; nothing was changed."""

    code = "own_file_fails"
    zh = "服务自身的文件 {file} 暂不能读写（{why}），没有改动任何内容。请检查磁盘空间和写权限后重试。"
    en = "The service's own file {file} is not usable ({why}); nothing was changed. Check disk and permissions."


@contextmanager
def transaction(
    path: Path, shape: Callable[[sqlite3.Connection, int], None], *, writing: bool = True
) -> Iterator[sqlite3.Connection]:
    """Give a file inside a transaction; it is made, for its owner only, when it is not there.

    Parameters
    ----------
    path
        Of the file; on a local disk.
    shape
        Called with the file and its ``user_version``: makes or changes its tables, 0 for a new file.
    writing
        Whether anything may be written; reading goes on where nothing can be.

    Raises
    ------
    OwnFileFails
        The disk is full, fails or may not be written, or the file is damaged.
    """
    try:
        if not path.is_file():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            writing = True
        still = not writing and not os.access(path.parent, os.W_OK)
        address = f"{path.resolve().as_uri()}?{_STILL if still else 'mode=rw'}"
        with closing(sqlite3.connect(address, uri=True, timeout=_BUSY_S, isolation_level=None)) as file:
            file.execute("PRAGMA synchronous=FULL")
            file.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
            try:
                shape(file, file.execute("PRAGMA user_version").fetchone()[0])
                yield file
                file.execute("COMMIT")
            except BaseException:
                if file.in_transaction:
                    file.execute("ROLLBACK")
                raise
    except (sqlite3.OperationalError, OSError) as error:
        why = error.strerror or "I/O" if isinstance(error, OSError) else str(error)
        raise OwnFileFails(file=path.name, why=why) from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise
        raise OwnFileFails(file=path.name, why="damaged / 已损坏") from error
