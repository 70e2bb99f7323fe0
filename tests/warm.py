"""Processes that begin warm: forked from one that has loaded all modules, so that none loads them by itself."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
ABLE = "forkserver" in multiprocessing.get_all_start_methods()


def warm_context() -> ForkServerContext:
    """Return a way to start them; the process they are forked from begins with the first, and serves a whole run."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "tests.loaded"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "PYTHONPATH", str(ROOT))  # where that one looks for modules
        forkserver.ensure_running()
    return context


class WarmProcess:
    """A process with its own words and environment, forked warm; asked as one of `subprocess` is.

    Parameters
    ----------
    run
        What it runs, given ``words``; returns the exit status. Found by name: a function of a module.
    words
        Its arguments.
    environment
        All of its environment.

    Attributes
    ----------
    stdout
        What it says, errors too, line by line.
    """

    def __init__(self, run: Callable[[list[str]], int], words: list[str], environment: Mapping[str, str]) -> None:
        context = warm_context()
        reader, writer = context.Pipe(duplex=False)
        around = (dict(environment), _server()._forkserver_address, writer)
        self._process = context.Process(target=_begun, args=(run, words, *around))
        self._process.start()
        writer.close()
        self.stdout = os.fdopen(os.dup(reader.fileno()), encoding="utf-8")
        reader.close()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def kill(self) -> None:
        """End it as a power cut does."""
        self._process.kill()

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def wait(self, most_s: float) -> int | None:
        """Wait until it ends; returns its exit status, None when it goes on."""
        self._process.join(most_s)
        return self._process.exitcode


def _server() -> Any:
    """The one they are forked from, with the address and the process it keeps to itself."""
    return forkserver._forkserver


def forked_beside() -> int:
    """Return the process that all of them, and their workers, are children of."""
    return int(_server()._forkserver_pid)


def _begun(
    run: Callable[[list[str]], int], words: list[str], environment: dict[str, str], address: str, out: Connection
) -> None:
    """Be a process of one's own, whose workers are forked beside it: of the same one that is warm."""
    server = _server()
    server._forkserver_address = address
    # It runs; this process would begin one of its own, which is cold, by either name.
    server.ensure_running = lambda: None
    setattr(forkserver, "ensure_running", server.ensure_running)  # noqa: B010 - no stub lets it be assigned
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment)
    for number in (1, 2):
        os.dup2(out.fileno(), number)
    out.close()
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", buffering=1, closefd=False)
    sys.exit(run(words))
