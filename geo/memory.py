"""A bound on the memory this process takes, and a way beyond it for what must not fail for want of some."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator

if sys.platform != "win32":
    import resource

_lock = threading.Lock()  # the bound is the process's; several threads may go beyond it at once
_held: list[tuple[int, int]] = []  # the bound and what it may be at most, as the system has them; empty: no bound


@contextlib.contextmanager
def bound_data(most_b: int) -> Iterator[None]:
    """Hold the process to so many bytes of memory that is written to; where the system cannot, to none.

    What is beyond it fails as the allocator of each library tells that.
    """
    if sys.platform != "linux":
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with _lock:
        _held[:] = [(most_b if before[1] == resource.RLIM_INFINITY else min(most_b, before[1]), before[1])]
        resource.setrlimit(resource.RLIMIT_DATA, _held[0])
    try:
        yield
    finally:
        with _lock:
            resource.setrlimit(resource.RLIMIT_DATA, before)
            _held.clear()


@contextlib.contextmanager
def beyond_bound() -> Iterator[None]:
    """Lift the bound for a moment, as for a thread to begin; nothing in it may wait for what a thread computes."""
    with _lock:
        if _held:
            resource.setrlimit(resource.RLIMIT_DATA, (_held[0][1], _held[0][1]))
        try:
            yield
        finally:
            if _held:
                resource.setrlimit(resource.RLIMIT_DATA, _held[0])
