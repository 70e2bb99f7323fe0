"""Two threads over blocks of rows, with progress and a way to stop. GEOS releases the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

THREADS = 2
Task = TypeVar("Task")
Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Who looks on while something long is computed.

    ``progress(done, total)`` is called in the calling thread after every part; ``cancel()`` is called between
    parts and stops the run by raising (`geo.errors.Cancelled`): what has not begun never begins.
    """

    progress: Callable[[int, int], None] | None = None
    cancel: Callable[[], None] | None = None

    @property
    def silent(self) -> Watch:
        """The same, told nothing: for a part of the work that is no part of the count."""
        return Watch(cancel=self.cancel)

    def stop_if_told(self) -> None:
        """Raise what ``cancel`` raises, if it does."""
        if self.cancel is not None:
            self.cancel()

    def tell(self, done: int, total: int) -> None:
        """Tell how far it is, and stop if told so."""
        if self.progress is not None:
            self.progress(done, total)
        self.stop_if_told()


UNWATCHED = Watch()


def row_blocks(count: int, *, size: int) -> list[slice]:
    """Return slices of at most ``size`` rows."""
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


def in_threads(
    tasks: Iterable[Task],
    work: Callable[[Task], Answer],
    *,
    watch: Watch = UNWATCHED,
    threads: int = THREADS,
) -> list[Answer]:
    """Return the answers in the order of the tasks.

    Parameters
    ----------
    tasks
        What is to be done, n of it.
    work
        Does one; is called in several threads, so it shares nothing it changes.
    watch
        Is told after every task, and may stop the run.
    threads
        How many work at once.
    """
    return list(_answers(list(tasks), work, watch, threads=threads))


def begin_beside(work: Callable[[], Answer]) -> Callable[[], Answer]:
    """Begin something beside what follows, and return what waits for its answer, or raises what it raised.

    Parameters
    ----------
    work
        What leaves the interpreter to others for most of its time, as GEOS does.
    """
    pool = ThreadPoolExecutor(1)
    answer = pool.submit(work)
    pool.shutdown(wait=False)
    return answer.result


def _answers(
    tasks: list[Task],
    work: Callable[[Task], Answer],
    watch: Watch,
    *,
    threads: int,
) -> Iterator[Answer]:
    watch.stop_if_told()
    if len(tasks) <= 1 or threads <= 1:
        for done, task in enumerate(tasks, 1):
            yield work(task)
            watch.tell(done, len(tasks))
        return
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(work, task) for task in tasks]
        try:
            for done, future in enumerate(futures, 1):
                yield future.result()
                watch.tell(done, len(tasks))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
