"""What tests need of the machine: small disks (`mounts`, `loops`) in a mount namespace of their own, and strace."""

import os
import subprocess
import tempfile
from functools import partial

import pytest

from tests.left_out import leave_out

ALONE = ("unshare", "--mount") if hasattr(os, "geteuid") and os.geteuid() == 0 else ("unshare", "-rm")


def _works(*command: str) -> bool:
    try:
        return subprocess.run([*ALONE, *command], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _may_mount() -> bool:
    return _works("mount", "-t", "tmpfs", "none", "/mnt")


def _may_trace() -> bool:
    return _works("strace", "-f", "--seccomp-bpf", "-qq", "-o", os.devnull, "true")


def _may_loop() -> bool:
    made = "truncate -s 4M $0 && mkfs.ext4 -q -F $0 && mount -o loop $0 /mnt && umount /mnt"
    with tempfile.TemporaryDirectory() as folder:
        return _works("sh", "-ec", made, f"{folder}/disk.img")


_NEEDED = {
    "mounts": (_may_mount, "{count} tests of a full disk left out: no file system may be mounted here"),
    "strace": (_may_trace, "{count} tests of connections left out: strace is not here or may not trace"),
    "loops": (_may_loop, "{count} tests of a power cut left out: no disk image may be mounted here"),
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a disk of its own where none may be mounted."""
    for marker, (works, words) in _NEEDED.items():
        if any(item.get_closest_marker(marker) for item in items) and not works():
            leave_out(config, items, partial(_marked, marker), words)


def _marked(marker: str, item: pytest.Item) -> bool:
    return item.get_closest_marker(marker) is not None
