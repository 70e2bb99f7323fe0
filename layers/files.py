"""Files that are whole or not there: lasting names, digests, and whose passing files are still in use."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import shutil
import sys
from pathlib import Path


def make_lasting(part: Path, path: Path) -> None:
    """Give a flushed file its lasting name on the same disk, so that a power cut afterwards leaves it there."""
    part.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def discard(path: Path) -> None:
    """Take away a file that was not finished; a disk that refuses even that says so by its first error."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def file_stamp(path: Path) -> tuple[int, int, int] | None:
    """Return what changes when a file does, also one put in another's place within a tick; None without a file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def changed_at(path: Path) -> float:
    """Return when a file or folder changed last, seconds since 1970; of one that is gone, never (infinity)."""
    try:
        return path.stat().st_mtime
    except OSError:
        return float("inf")


def clear_older(folder: Path, *, before: float) -> int:
    """Take away what in a folder did not change since, seconds since 1970; returns how many things.

    Others may take them away at the same time: what is gone meanwhile is no error.
    """
    old = [one for one in folder.iterdir() if changed_at(one) < before] if folder.is_dir() else []
    for one in old:
        shutil.rmtree(one, ignore_errors=True) if one.is_dir() else one.unlink(missing_ok=True)
    return len(old)


def digest_of(path: Path) -> str:
    """Return a file's SHA-256, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_alive(pid: str) -> bool:
    """Whether a process of that number runs, or may."""
    if not pid.isdigit() or int(pid) == os.getpid():
        return pid.isdigit()
    if sys.platform == "win32":  # where os.kill is no question
        asked = ctypes.windll.kernel32.OpenProcess(0x1000, False, int(pid))  # PROCESS_QUERY_LIMITED_INFORMATION
        return bool(asked and ctypes.windll.kernel32.CloseHandle(asked))
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
