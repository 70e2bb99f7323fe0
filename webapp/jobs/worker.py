"""What runs in a worker process: the plan, open between computations, and one computation at a time."""

from __future__ import annotations

import gc
import signal
import threading
import traceback
from collections.abc import Callable
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from webapp.jobs import passing_files
from webapp.jobs.memory import bounded_memory, give_back, share_heaps

IDLE_S = 60.0  # seconds after a worker's last job at which it lets go of what it need not hold
_worker: dict[str, Any] = {}


def open_plan(data: str, store: str, news: Connection, loaded: str) -> None:
    """Prepare a worker: the plan stays open between computations, and it ends when told to, in C code too.

    Parameters
    ----------
    data
        Folder of the plan.
    store
        Address of its store; empty for the one in the folder.
    news
        The pipe progress goes through.
    loaded
        A module that imports what jobs may need; empty where nothing is to be loaded.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    share_heaps()
    from layers.library.library import Library  # noqa: PLC0415 - in the worker only

    if loaded:  # before any deadline runs, also in a worker that follows one that was stopped
        import_module(loaded)
    _worker.update(library=Library(Path(data), store=store), news=news)


def read_small_layers() -> int:
    """Read the plan's smaller layers; returns how many."""
    return int(_worker["library"].open_small())


def _rest() -> None:
    """Let go of large layers some time after the last job, and of what was freed: an idle service holds little."""
    earlier = _worker.pop("rest", None)
    if earlier is not None:
        earlier.cancel()

    def let_go() -> None:
        _worker["library"].forget_large()
        gc.collect()
        give_back()

    _worker["rest"] = threading.Timer(IDLE_S, let_go)
    _worker["rest"].daemon = True
    _worker["rest"].start()


def work(key: str, folder: str, memory_b: int, function: Callable[..., Any], args: tuple[object, ...]) -> Any:  # noqa: ANN401
    """Run one computation, its passing files in a folder of its own, with a bound of memory.

    Parameters
    ----------
    key
        The job's id.
    folder
        For its passing files; goes with the job.
    memory_b
        What it may use, bytes; 0 for no bound.
    function, args
        ``function(library, progress, *args)`` is called.
    """

    def progress(done: float, total: float) -> None:
        # No lock: a worker may be killed at any moment, and a lock it held would silence all others for ever.
        # So short a message goes into the pipe whole or not at all (POSIX: writes up to PIPE_BUF are atomic).
        _worker["news"].send_bytes(f"{key} {float(done / total if total else 0.0)!r}".encode())

    progress(0, 1)
    passing_files.use_folder(folder)
    try:
        with bounded_memory(memory_b):
            return function(_worker["library"], progress, *args)
    except Exception as error:
        _forget_locals(error)
        raise
    finally:
        _rest()


def _forget_locals(error: BaseException | None) -> None:
    """Let go of what a failed computation held: the pool keeps its error, with all frames, until the next job."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__context__
