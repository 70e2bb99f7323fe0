"""A folder for the passing files of each computation: it goes when the computation ends, however that is."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
import threading
from pathlib import Path

from geo.errors import PlanAtlasError
from layers.files import is_alive

_NAME, _RUN = "planatlas-job", secrets.token_hex(4)


class NoRoomAside(PlanAtlasError):
    """There is no place for the passing files of a computation."""

    code = "no_room_aside"
    zh = "临时文件夹不可写（{why}），计算没有开始。请检查磁盘空间和写权限后重试。"
    en = "The folder for passing files cannot be written ({why}); nothing was begun. Check disk and permissions."


def make_folder() -> Path:
    """Make a folder, named after the process that makes it and this run of it.

    Raises
    ------
    NoRoomAside
        The disk is full, read-only or failing.
    """
    try:
        return Path(tempfile.mkdtemp(prefix=f"{_NAME}-{os.getpid()}-{_RUN}-"))
    except OSError as error:
        raise NoRoomAside(why=error.strerror or "I/O") from error


def take_away(folder: Path) -> None:
    """Take a folder away, at once for whoever still writes by its name; what is in it goes in the background."""
    with contextlib.suppress(OSError):
        folder.rmdir()
        return
    with contextlib.suppress(OSError):
        folder = folder.rename(folder.with_name(f"{folder.name}.gone"))
    threading.Thread(target=shutil.rmtree, args=(folder,), kwargs={"ignore_errors": True}).start()


def sweep_folders() -> None:
    """Take away the folders of services that were killed; in a container, the one before had our number."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_NAME}-*-*"):
        _, _, pid, run, *_ = folder.name.split("-")
        if not is_alive(pid) or (pid == str(os.getpid()) and run != _RUN):
            take_away(folder)


def use_folder(folder: str) -> None:
    """Put the passing files of this process there from now on."""
    tempfile.tempdir = folder
