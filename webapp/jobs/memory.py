"""How much memory one computation may take: one that asks for more ends with a clear error, and alone."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Iterator
from pathlib import Path

from geo.errors import PlanAtlasError
from geo.memory import bound_data

if sys.platform != "win32":
    import resource

_SIGNS = ("bad_alloc", "can't start new thread")  # GEOS, Arrow and threads have exceptions of their own
_ARENA_MAX, _HEAPS = -8, 2  # M_ARENA_MAX of malloc.h


class NeedsMemory(PlanAtlasError):
    """A computation asked for more memory than one may have, or its process was ended for it."""

    code = "too_complex"
    zh = "计算需要的内存超过上限，已停止。请缩小范围或简化几何。设置项 max_memory，见 /limits。"
    en = (
        "The computation needed more memory than one may have and was stopped. Ask for less or simpler geometry. "
        "Setting max_memory; see /limits."
    )


@contextlib.contextmanager
def bounded_memory(most_b: int) -> Iterator[None]:
    """Let this process take at most so many bytes more than it has now; where the system cannot, without a bound.

    What it takes for itself is bounded (RLIMIT_DATA), from what the process has when it begins. Files mapped to be
    read do not count, as the columns of a large layer are: the system has their pages back when it needs them.

    Raises
    ------
    NeedsMemory
        It asked for more. A library that does not survive that ends the process, which the parent tells likewise.
    """
    if sys.platform != "linux" or not most_b:
        yield
        return
    _have_arrow_reserve()
    try:
        with bound_data(_own_b() + most_b):  # is lifted before an error is told
            yield
    except MemoryError:
        raise NeedsMemory from None
    except Exception as error:
        if any(sign in str(error) for sign in _SIGNS):
            raise NeedsMemory from None
        raise


def share_heaps() -> None:
    """Have all threads take memory from few heaps, where the C library can; before there are threads.

    glibc makes one for every thread, up to eight a core, and what one thread freed serves no other.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, _HEAPS)


def give_back() -> None:
    """Give freed memory back to the system, where its C library can (glibc keeps it otherwise)."""
    arrow = sys.modules.get("pyarrow")
    if arrow is not None:  # it has an allocator of its own
        arrow.default_memory_pool().release_unused()
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _have_arrow_reserve() -> None:
    """Have Arrow take the gigabyte of addresses its allocator reserves at first before they count as taken."""
    arrow = sys.modules.get("pyarrow")
    if arrow is not None:
        arrow.allocate_buffer(1)


def _own_b() -> int:
    """Return what the process has of memory that is written to, bytes; its first stack too, which is small."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[5])
    return pages * resource.getpagesize()
