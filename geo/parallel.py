"""Two threads over blocks of rows, with progress and a way to stop. GEOS releases the interpreter's lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from geo.memory import beyond_bound

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
    part = _Part[None, Answer](None)
    _begin(iter([part]), lambda _: work())
    return part.result


class _Part(Generic[Task, Answer]):
    """A task and what came of it; its maker holds the lock until that is known."""

    __slots__ = ("answer", "error", "lock", "task")

    def __init__(self, task: Task) -> None:
        self.task, self.lock = task, threading.Lock()
        self.answer: Answer
        self.error: BaseException | None = None
        self.lock.acquire()

    def result(self) -> Answer:
        """Wait for the answer and return it, or raise what was raised."""
        with self.lock:
            if self.error is not None:
                raise self.error
            return self.answer


def _begin(parts: Iterator[_Part[Task, Answer]], work: Callable[[Task], Answer]) -> threading.Thread:
    """Begin a thread that works off the parts it gets; several may share what gives them.

    A thread that gets no memory ends silently, and who waits for it waits for ever: so it begins beyond the bound,
    and what it does between two parts takes none.
    """
    begun = threading.Lock()
    begun.acquire()

    def run() -> None:
        begun.release()
        for part in parts:
            try:
                part.answer = work(part.task)
            except BaseException as error:  # noqa: BLE001 - raised again where the answer is waited for
                part.error = error
            finally:
                part.lock.release()

    with beyond_bound():
        thread = threading.Thread(target=run)
        thread.start()
        begun.acquire()
    return thread


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
    parts = [_Part[Task, Answer](task) for task in tasks]
    left = iter(parts)
    crew: list[threading.Thread] = []
    try:
        crew.extend(_begin(left, work) for _ in range(min(threads, len(tasks))))
        for done, part in enumerate(parts, 1):
            yield part.result()
            watch.tell(done, len(tasks))
    finally:
        for _ in left:  # what has not begun never begins
            pass
        for thread in crew:
            thread.join()
        parts.clear()  # an error's frames hold them, and they hold the error
