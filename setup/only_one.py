"""One set-up at a time in a checkout."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from setup.speech import Speech

if sys.platform == "win32":
    import msvcrt

    def _taken(handle: IO[bytes]) -> bool:
        handle.seek(0)
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _taken(handle: IO[bytes]) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def only_one(path: Path, *, speech: Speech, poll_s: float = 0.2) -> Iterator[None]:
    """Hold a lock file while the block runs; another process waits and says so.

    The system frees the lock when its holder dies, so a set-up that was killed leaves nothing to clean.
    The file itself stays: removing it would let two processes lock two files of one name.
    """
    with Path(os.fspath(path)).open("ab") as handle:
        waiting = False
        while not _taken(handle):
            if not waiting:
                speech.say(
                    en="  another set-up is running in this folder; waiting for it",
                    zh="  这个文件夹里有另一个安装正在进行，等它完成",
                )
            waiting = True
            time.sleep(poll_s)
        yield
