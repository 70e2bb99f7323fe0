"""What a running service takes, read from Linux's /proc; and what machine it runs on."""

from __future__ import annotations

import contextlib
import os
import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Use:
    """What a process takes: memory, files that are no connections, threads; and memory with all its children.

    ``all_kb`` counts once what several hold in common; ``anonymous_kb`` of it is no file's page.
    """

    rss_kb: int
    files: int
    threads: int
    all_kb: int
    anonymous_kb: int


def use_of(process: int) -> Use:
    """Return what a process takes now."""
    status = Path(f"/proc/{process}/status").read_text()
    told = {name: int(number) for name, number in re.findall(r"^(VmRSS|Threads):\s+(\d+)", status, re.MULTILINE)}
    return Use(told["VmRSS"], sum(1 for _ in _files(process)), told["Threads"], *memory_kb(process))


def _files(process: int) -> Iterator[str]:
    """Yield the names of the files it has open; those of connections come and go with its readers."""
    for entry in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):
            name = str(entry.readlink())
            if not name.startswith("socket:"):
                yield name


def family(process: int) -> Iterator[Path]:
    """Yield the folders in /proc of a process and of all that it and its children started."""
    todo = [process]
    while todo:
        folder = Path(f"/proc/{todo.pop()}")
        if folder.exists():
            yield folder
            with contextlib.suppress(OSError):
                todo += [int(n) for task in folder.glob("task/*/children") for n in task.read_text().split()]


def runs(folder: Path) -> bool:
    """Whether a process is there and not merely waiting for its parent to take note of its end."""
    try:
        return folder.joinpath("stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def memory_kb(process: int) -> tuple[int, int]:
    """Return what a process and its children hold together, and how much of it is no file's page.

    What several have in common counts once; the pages of files the system takes back when it needs them.
    """
    whole = anonymous = 0
    for folder in family(process):
        with contextlib.suppress(OSError):
            told = folder.joinpath("smaps_rollup").read_text()
            for kind, kb in re.findall(r"^(Pss|Pss_Anon):\s+(\d+)", told, re.MULTILINE):
                whole += int(kb) if kind == "Pss" else 0
                anonymous += int(kb) if kind == "Pss_Anon" else 0
    return whole, anonymous


def machine() -> str:
    """Return what something was measured on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), platform.machine())
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores ({model}), {memory_gb:.0f} GB, {system}"
