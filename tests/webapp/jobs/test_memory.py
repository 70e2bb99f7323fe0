"""What a computation takes for itself is bounded; files that it only reads are not counted."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from multiprocessing import Pipe
from pathlib import Path

import pytest

from layers.library.library import Library
from tests.waiting import LONGEST_S
from webapp.jobs import worker

_ASK = """
import mmap, sys
import pyarrow
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
with bounded_memory(1200 << 20):
    pyarrow.allocate_buffer(1 << 20)
    taken = mmap.mmap(-1, 600 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    print("beside Arrow's reserve")
"""
_BEGIN = """
import os, signal, sys
from geo.parallel import begin_beside, in_threads
from webapp.jobs.memory import NeedsMemory, bounded_memory

def fill(size=40):
    held = []
    while True:
        held.append(bytes(size))

def ask(begin, left):
    held = []
    in_threads([1, 2], str)  # the system keeps the stacks of threads that ended for others that begin
    with bounded_memory(20 << 20):
        for size in (1 << 20, 1 << 12, 400, 40):
            try:
                while True:
                    held.append(bytes(size))
            except MemoryError:
                pass
        del held[len(held) - left:]
        begin()

for begin in (lambda: in_threads([40, 40], fill), lambda: begin_beside(fill)()):
    for left in (0, 100, 400):  # of 40 bytes each, for a thread to begin or not to
        if not os.fork():
            signal.alarm(30)  # one that waits for ever is ended
            try:
                ask(begin, left)
            except NeedsMemory:
                os._exit(3)
        print(os.waitstatus_to_exitcode(os.wait()[1]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such bound")
def test_a_mapped_file_does_not_count_and_what_is_written_does(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(300 << 20)  # holes: it takes no room
    told = subprocess.run(
        [sys.executable, "-c", _ASK, str(tmp_path / "large")], capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines() == ["0", "refused", "200", "beside Arrow's reserve"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such bound")
def test_a_computation_that_meets_its_bound_as_a_thread_begins_is_refused() -> None:
    told = subprocess.run([sys.executable, "-c", _BEGIN], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["3"] * 6


def test_a_worker_gives_back_what_was_freed_though_it_read_no_large_layer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, (_hears, news) = threading.Event(), Pipe(duplex=False)
    monkeypatch.setattr(worker, "give_back", given.set)
    monkeypatch.setattr(worker, "IDLE_S", 0)
    monkeypatch.setattr(tempfile, "tempdir", None)  # a worker puts its files elsewhere
    monkeypatch.setattr(worker, "_worker", {"library": Library(tmp_path), "news": news})
    assert worker.work("one", str(tmp_path), 0, lambda *_: 7, ()) == 7
    assert given.wait(LONGEST_S)
