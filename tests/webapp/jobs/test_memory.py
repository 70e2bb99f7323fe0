"""What a computation takes for itself is bounded; files that it only reads are not counted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_ASK = """
import mmap, sys
from webapp.jobs.memory import NeedsMemory, bounded_memory
with open(sys.argv[1], "rb") as file, bounded_memory(100 << 20):
    mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    print(sum(mapped[at] for at in range(0, len(mapped), 1 << 20)))
try:
    with bounded_memory(100 << 20):
        bytearray(200 << 20)
except NeedsMemory:
    print("refused")
print(len(bytearray(200 << 20)) >> 20)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such bound")
def test_a_mapped_file_does_not_count_and_what_is_written_does(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(300 << 20)  # holes: it takes no room
    told = subprocess.run(
        [sys.executable, "-c", _ASK, str(tmp_path / "large")], capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["0", "refused", "200"]
