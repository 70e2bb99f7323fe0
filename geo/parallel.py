"""Two threads over blocks of rows, with progress and a way to stop. GEOS releases the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Progress = Callable[[int, int], None]
Cancel = Callable[[], None]
THREADS = 2
Task = TypeVar("Task")
Answer = TypeVar("Answer")


def blocks(count: int, *, size: int) -> list[slice]:
    """Return slices of at most ``size`` rows."""
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


def in_threads(
    tasks: Iterable[Task],
    work: Callable[[Task], Answer],
    *,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    threads: int = THREADS,
) -> list[Answer]:
    """Return the answers in the order of the tasks.

    ``progress(done, total)`` is called in the calling thread after every task; ``cancel()`` stops the run by
    raising (`geo.errors.Cancelled`): what has not begun never begins.

    Parameters
    ----------
    tasks
        What is to be done, n of it.
    work
        Does one; is called in several threads, so it shares nothing it changes.
    progress, cancel
        As above.
    threads
        How many work at once.
    """
    return list(_answers(list(tasks), work, progress, cancel, threads=threads))


def _answers(
    tasks: list[Task],
    work: Callable[[Task], Answer],
    progress: Progress | None,
    cancel: Cancel | None,
    *,
    threads: int,
) -> Iterator[Answer]:
    if cancel is not None:
        cancel()
    if len(tasks) <= 1 or threads <= 1:
        for done, task in enumerate(tasks, 1):
            yield work(task)
            _report(done, len(tasks), progress, cancel)
        return
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(work, task) for task in tasks]
        try:
            for done, future in enumerate(futures, 1):
                yield future.result()
                _report(done, len(tasks), progress, cancel)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _report(done: int, total: int, progress: Progress | None, cancel: Cancel | None) -> None:
    if progress is not None:
        progress(done, total)
    if cancel is not None:
        cancel()
