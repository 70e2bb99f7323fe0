"""How worker processes start: forked from one that has imported everything, where the system can do that."""

from __future__ import annotations

import multiprocessing
import threading
from contextlib import suppress
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, SpawnContext

_FORKS = "forkserver" in multiprocessing.get_all_start_methods()
_lock = threading.Lock()


def starting_context(loaded: str) -> ForkServerContext | SpawnContext:
    """Return the way workers start.

    Forked, they share the memory of what is imported and are there in an instant; the process they are forked
    from serves nobody and takes no lock. Elsewhere each is a process of its own.

    Parameters
    ----------
    loaded
        A module that imports what workers may need; empty for none.
    """
    if not _FORKS:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    if loaded:
        context.set_forkserver_preload([loaded])
    return context


def begin_starting(loaded: str) -> None:
    """Have imported what workers are forked from, by a process of its own, while this one goes on.

    Parameters
    ----------
    loaded
        As for `starting_context`.
    """
    if isinstance(starting_context(loaded), ForkServerContext):
        forkserver.ensure_running()


def wait_until_ready(loaded: str) -> None:
    """Wait until workers can start at once.

    Parameters
    ----------
    loaded
        As for `starting_context`.
    """
    context = starting_context(loaded)
    if isinstance(context, ForkServerContext):
        with _lock, suppress(OSError, EOFError):  # what they are forked from was killed: the pool tells it
            first = context.Process(target=_nothing)
            first.start()
            first.join()


def _nothing() -> None:
    """End: that it could begin is all that is asked."""
