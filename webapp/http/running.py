"""The service while it runs, and its end: told to stop, it finishes what was begun within five seconds."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from waitress import wasyncore

_FINISH_S, _LAST_S = 3.0, 4.5


def run(server: Any, *, close: Callable[[], None]) -> None:  # noqa: ANN401 - waitress has no types
    """Serve until SIGTERM or Ctrl+C, then stop in good order.

    No connection is taken any more; computations are stopped at once, so that whoever waits for one is told; what
    is being written is finished and answered. A thread that does not come back does not keep the service.

    Parameters
    ----------
    server
        From `listening_server`.
    close
        Stops the workers.
    """
    stopped = threading.Event()

    def stop(_number: int, _frame: object) -> None:
        stopped.set()
        server.pull_trigger()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while not stopped.is_set():
        wasyncore.loop(timeout=1, use_poll=True, map=server._map, count=1)
    # Not taken back: whatever the interpreter still waits for when it ends does not keep the service either.
    last = threading.Timer(_LAST_S, os._exit, args=(0,))
    last.daemon = True
    last.start()
    closing = threading.Thread(target=close, daemon=True)
    closing.start()
    server.accepting = False
    until = time.monotonic() + _FINISH_S
    while time.monotonic() < until and (closing.is_alive() or _busy(server)):
        wasyncore.loop(timeout=0.05, use_poll=True, map=server._map, count=1)
    wasyncore.close_all(server._map, ignore_all=True)
    closing.join(max(until - time.monotonic(), 0.1))
    if closing.is_alive():
        os._exit(0)


def _busy(server: Any) -> bool:  # noqa: ANN401
    """Whether an answer is being made or still on its way."""
    return any(one.requests or one.total_outbufs_len for one in list(server.active_channels.values()))
