"""Small disks for tests marked `mounts`, in a mount namespace of their own: as root, or where users may have one."""

import os
import subprocess

import pytest

from tests.left_out import leave_out

ALONE = ("unshare", "--mount") if hasattr(os, "geteuid") and os.geteuid() == 0 else ("unshare", "-rm")


def _may_mount() -> bool:
    try:
        tried = subprocess.run([*ALONE, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False)
    except OSError:
        return False
    return tried.returncode == 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a disk of its own where none may be mounted."""
    if any(item.get_closest_marker("mounts") for item in items) and not _may_mount():
        words = "{count} tests of a full disk left out: no file system may be mounted here"
        leave_out(config, items, lambda item: item.get_closest_marker("mounts") is not None, words)
