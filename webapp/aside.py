"""A folder for the passing files of each computation: it goes when the computation ends, however that is."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from layers.store.files import alive

_NAME = "planatlas-job"


def made() -> Path:
    """Make a folder, named after the process that makes it."""
    return Path(tempfile.mkdtemp(prefix=f"{_NAME}-{os.getpid()}-"))


def gone(folder: Path) -> None:
    """Take a folder away, at once for whoever still writes by its name."""
    with contextlib.suppress(OSError):
        folder = folder.rename(folder.with_name(f"{folder.name}.gone"))
    shutil.rmtree(folder, ignore_errors=True)


def swept() -> None:
    """Take away the folders of services that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_NAME}-*-*"):
        if not alive(folder.name.split("-")[2]):
            gone(folder)


def used(folder: str) -> None:
    """Put the passing files of this process there from now on."""
    tempfile.tempdir = folder
