"""Long computations: in worker processes that can be stopped, with progress, a deadline and a bounded queue."""

from __future__ import annotations

import ctypes
import gc
import logging
import multiprocessing
import secrets
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from geo.errors import PlanAtlasError
from webapp.jobs import passing_files

IDLE_S = 60.0  # seconds after a worker's last job at which it lets go of large layers
_KEPT = 200  # finished jobs remembered


class Busy(PlanAtlasError):
    """The queue is full."""

    code = "busy"
    zh = "计算任务已满（{most} 个）。请稍后再试。"
    en = "All {most} places for computations are taken. Try again in a moment."


class TooLong(PlanAtlasError):
    """A computation did not end before its deadline and was stopped."""

    code = "too_complex"
    zh = "计算超过 {seconds} 秒，已停止。请缩小范围或简化几何。设置项 max_seconds，见 /limits。"
    en = (
        "The computation was stopped after {seconds} s. Ask for less or simpler geometry. "
        "Setting max_seconds; see /limits."
    )


class Stopped(PlanAtlasError):
    """A computation was cancelled, or its worker died."""

    code = "cancelled"
    zh = "计算已取消。"
    en = "The computation was cancelled."


class UnknownJob(PlanAtlasError):
    """No such job, or it is forgotten."""

    code = "unknown_job"
    zh = "没有编号为 {job} 的任务。"
    en = "There is no job {job}."


@dataclass
class Course:
    """How far a computation is, and the jobs that still wait for it: one for everybody who asked."""

    done: float = 0.0
    started: threading.Event = field(default_factory=threading.Event)
    waiting: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Job:
    """A computation as one person asked for it; several who ask the same share its future and its course."""

    id: str
    future: ProcessFuture[Any]
    course: Course = field(default_factory=Course)

    @property
    def done(self) -> float:
        """How much is done, 0 to 1."""
        return self.course.done

    @property
    def left(self) -> bool:
        """Whether the one who asked no longer waits."""
        return self.id not in self.course.waiting

    @property
    def state(self) -> Literal["waiting", "running", "done", "failed", "cancelled"]:
        """Where the job stands."""
        if self.future.cancelled() or self.left:
            return "cancelled"
        if self.future.done():
            return "failed" if self.future.exception() else "done"
        return "running" if self.course.started.is_set() else "waiting"


class Jobs:
    """Worker processes for computations.

    Parameters
    ----------
    data
        The plan's folder; every worker keeps it open.
    store
        The address of the database that keeps the versions; in the folder when empty.
    workers
        How many run at once.
    queue
        How many more may wait.
    seconds
        The deadline of one computation.
    """

    def __init__(self, data: Path, *, store: str = "", workers: int, queue: int, seconds: int) -> None:
        self._data, self._store = data, store
        self._workers, self._most, self._seconds = workers, workers + queue, seconds
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._named: dict[str, str] = {}
        self._pool: ProcessPool | None = None
        self._news: Connection | None = None

    def _running(self) -> ProcessPool:
        """Start the workers when the first computation comes."""
        if self._pool is None:
            passing_files.swept()
            context = multiprocessing.get_context("spawn")
            news, self._news = context.Pipe(duplex=False)
            self._pool = ProcessPool(
                self._workers,
                initializer=_open,
                initargs=(str(self._data), self._store, self._news),
                context=context,
            )
            threading.Thread(target=self._listen, args=(news,), daemon=True).start()
        return self._pool

    def _listen(self, news: Connection) -> None:
        while said := news.recv_bytes():
            key, share = said.decode().split()
            job = self._jobs.get(key)
            if job is not None:
                job.course.done = float(share)
                job.course.started.set()

    def start(self, function: Callable[..., Any], *args: object, seconds: int | None = None) -> Job:
        """Start ``function(library, progress, *args)`` in a worker; ``seconds`` is a deadline of its own.

        Raises
        ------
        Busy
            All places are taken.
        """
        with self._lock:
            active = len({id(job.future) for job in self._jobs.values() if not job.future.done()})
            if active >= self._most:
                raise Busy(most=self._most)
            key = secrets.token_hex(8)
            folder = passing_files.make_folder()
            asked = (key, str(folder), function, args)
            try:
                future = self._running().schedule(_work, args=asked, timeout=seconds or self._seconds)
            except BaseException:
                passing_files.gone(folder)
                raise
            future.add_done_callback(lambda _: passing_files.gone(folder))
            return self._asked(key, future, Course())

    def _asked(self, key: str, future: ProcessFuture[Any], course: Course) -> Job:
        ended = [known for known, job in self._jobs.items() if job.future.done()]
        for old in ended[: max(len(self._jobs) - _KEPT, 0)]:
            del self._jobs[old]
        course.waiting.add(key)
        self._jobs[key] = Job(key, future, course)
        return self._jobs[key]

    def under_way(self, name: str) -> Job | None:
        """Return a job of one's own in the computation that answers a named question now, if there is one."""
        with self._lock:
            first = self._jobs.get(self._named.get(name, ""))
            if first is None or first.future.done() or not first.course.waiting:
                return None
            return self._asked(secrets.token_hex(8), first.future, first.course)

    def leave(self, job: Job) -> None:
        """Wait for a job no more; the computation stops when nobody waits for it."""
        with self._lock:
            job.course.waiting.discard(job.id)
            if not job.course.waiting:
                job.future.cancel()  # type: ignore[no-untyped-call]

    def call(self, job: Job, name: str) -> None:
        """Name the question a job answers; names of ended jobs are forgotten."""
        with self._lock:
            self._named = {known: key for known, key in self._named.items() if key in self._jobs}
            self._named[name] = job.id

    def warm(self, load: Callable[[], None] | None = None) -> None:
        """Start the workers now, so that the first question need not wait for them.

        Parameters
        ----------
        load
            Loads the modules jobs may need; called in every worker.
        """
        with self._lock:
            pool = self._running()
            for _ in range(self._workers):
                pool.schedule(_ready, args=(load,))

    def find(self, key: str) -> Job:
        """Return a job.

        Raises
        ------
        UnknownJob
            There is none.
        """
        job = self._jobs.get(key)
        if job is None:
            raise UnknownJob(job=key[:40])
        return job

    def result(self, job: Job, *, wait_s: float | None = None) -> Any:  # noqa: ANN401
        """Return what the job's function returned, waiting for it.

        Raises
        ------
        PlanAtlasError
            What the function raised; ``TooLong`` at the deadline, ``Stopped`` when cancelled.
        """
        if job.left:
            raise Stopped
        try:
            return job.future.result(wait_s)
        except TimeoutError:
            if not job.future.done():
                raise
            raise TooLong(seconds=self._seconds) from None
        except (CancelledError, ProcessExpired):
            raise Stopped from None

    def told(self, job: Job) -> dict[str, str]:
        """Return why a job failed, in both languages."""
        try:
            self.result(job, wait_s=0)
        except PlanAtlasError as error:
            return {"code": error.code, "zh": error.message("zh"), "en": error.message("en")}
        except Exception as error:  # whatever a worker raised is logged and told as our fault
            logging.getLogger(__name__).error("job %s failed", job.id, exc_info=error)
        return {
            "code": "internal",
            "zh": "计算失败，已记录。",
            "en": "The computation failed; the failure is logged.",
        }

    def close(self) -> None:
        """Stop all workers."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            if self._news is not None:
                self._news.send_bytes(b"")


_worker: dict[str, Any] = {}


def _open(data: str, store: str, news: Connection) -> None:
    """Prepare a worker: the plan stays open between computations, and it ends when told to, in C code too."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    from layers.library.library import Library  # noqa: PLC0415 - in the worker only

    _worker.update(library=Library(Path(data), store=store), news=news)


def _ready(load: Callable[[], None] | None) -> int:
    """Load what jobs may need, and read the plan's smaller layers; returns how many."""
    if load is not None:
        load()
    return int(_worker["library"].open_small())


def _rest() -> None:
    """Let go of large layers some time after the last job, so that an idle service holds them once."""
    earlier = _worker.pop("rest", None)
    if earlier is not None:
        earlier.cancel()

    def let_go() -> None:
        if _worker["library"].forget_large():
            gc.collect()
            _give_back()

    _worker["rest"] = threading.Timer(IDLE_S, let_go)
    _worker["rest"].daemon = True
    _worker["rest"].start()


def _give_back() -> None:
    """Give freed memory back to the system, where its C library can (glibc keeps it otherwise)."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):
        return


def _work(key: str, folder: str, function: Callable[..., Any], args: tuple[object, ...]) -> Any:  # noqa: ANN401
    def progress(done: float, total: float) -> None:
        # No lock: a worker may be killed at any moment, and a lock it held would silence all others for ever.
        # So short a message goes into the pipe whole or not at all (POSIX: writes up to PIPE_BUF are atomic).
        _worker["news"].send_bytes(f"{key} {float(done / total if total else 0.0)!r}".encode())

    progress(0, 1)
    passing_files.used(folder)
    try:
        return function(_worker["library"], progress, *args)
    finally:
        _rest()
