"""Computations in worker processes that can be stopped: with progress, deadline, memory cap, bounded queue."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from geo.errors import PlanAtlasError
from webapp.jobs import passing_files
from webapp.jobs.broken_pools import end_lost_jobs, end_pool, is_pool_active
from webapp.jobs.errors import Busy, Stopped, TooLong, UnknownJob, WorkerEnded
from webapp.jobs.job import NOBODY, Asker, Bounds, Deadline, Job
from webapp.jobs.outside import ended_outside, tell_outside
from webapp.jobs.starting import starting_context, wait_until_ready
from webapp.jobs.worker import open_plan, read_small_layers, work

_KEPT = 200  # finished jobs remembered
_KEPT_FREE = 4  # the part of all places that visitors together leave to those signed in: a quarter
_STARTS = 2  # of workers for one computation; one of them fails when what they are forked from was killed
_LOOK_S = 0.2  # how often somebody who waits looks whether anybody still wants the answer


class Jobs:
    """Worker processes for computations.

    Parameters
    ----------
    data
        The plan's folder; every worker keeps it open.
    bounds
        What they may take.
    store
        The address of the database that keeps the versions; in the folder when empty.
    instance
        Where the command line finds what is being computed; None: nowhere.
    """

    def __init__(self, data: Path, bounds: Bounds, *, store: str = "", instance: Path | None = None) -> None:
        self._instance = instance
        self._data, self._store, self._bounds = data, store, bounds
        self._most = bounds.workers + bounds.queue
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._asked_at: dict[str, float] = {}
        self._named: dict[str, str] = {}
        self._pool: ProcessPool | None = None
        self._news: Connection | None = None
        self._loaded = ""
        self._closed = threading.Event()

    def _running(self) -> ProcessPool:
        """Start the workers when the first computation comes, and anew when all of them died."""
        if self._pool is not None and not is_pool_active(self._pool) and not self._closed.is_set():
            logging.getLogger(__name__).warning("all workers ended; they are started anew")
            self._put_away()
        if self._pool is None:
            first = self._news is None
            passing_files.sweep_folders()
            context = starting_context(self._loaded)
            news, self._news = context.Pipe(duplex=False)
            self._pool = ProcessPool(
                self._bounds.workers,
                initializer=open_plan,
                initargs=(str(self._data), self._store, self._news, self._loaded),
                context=context,
            )
            threading.Thread(target=self._listen, args=(news,), daemon=True).start()
            if first:
                threading.Thread(target=self._look_after, daemon=True).start()
        return self._pool

    def _put_away(self) -> None:
        """Let go of a pool that broke, in the background of what is left of it too: workers hold memory."""
        pool, news, self._pool = self._pool, self._news, None
        if pool is not None and news is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            threading.Thread(target=end_pool, args=(pool, news), daemon=True).start()
            end_lost_jobs(list(self._jobs.values()))

    def _listen(self, news: Connection) -> None:
        while said := news.recv_bytes():
            key, share = said.decode().split()
            job = self._jobs.get(key)
            if job is not None:
                job.course.done = float(share)
                if not job.course.started.is_set():
                    job.course.since = time.monotonic()
                job.course.started.set()

    def _look_after(self) -> None:
        """Stop what nobody asks about any more."""
        known: list[str] | None = None
        broken: ProcessPool | None = None
        while not self._closed.wait(1):
            now = time.monotonic()
            with self._lock:
                jobs = list(self._jobs.values())
            broken = self._end_lost_later(broken, jobs)
            if self._instance is not None:
                asked = set(ended_outside(self._instance))
                for job in jobs:
                    if job.id in asked:
                        self.end(job)
                active = self.all()
                if known != [one.id for one in active]:
                    known = [one.id for one in active]
                    tell_outside(self._instance, active)
            for job in jobs:
                lease_s = job.asker.lease_s
                left = lease_s is not None and now - self._asked_at.get(job.id, now) > lease_s
                if left and not job.future.done() and not job.left:
                    self.leave(job)

    def _end_lost_later(self, broken: ProcessPool | None, jobs: list[Job]) -> ProcessPool | None:
        """End what a broken pool lost, a look after it was seen so: what it can tell itself, it told by then."""
        pool = self._pool
        if pool is None or is_pool_active(pool):
            return None
        if pool is broken:
            end_lost_jobs(jobs)
        return pool

    def start(
        self,
        function: Callable[..., Any],
        *args: object,
        deadline: Deadline | None = None,
        memory_b: int | None = None,
        asker: Asker = NOBODY,
        after: Callable[[Future[Any]], None] | None = None,
    ) -> Job:
        """Start ``function(library, progress, *args)`` in a worker.

        Parameters
        ----------
        function, *args
            What is called; it and all arguments can be pickled.
        deadline, memory_b
            A deadline and a memory cap of its own; 0 bytes: none.
        asker
            Who asks.
        after
            What follows its end, however that is: nobody is told of the end before.

        Raises
        ------
        Busy
            All places are taken.
        WorkerEnded
            No worker can be started.
        """
        if self._pool is None:
            wait_until_ready(self._loaded)  # before the lock: who asks about a job does not wait for it
        with self._lock:
            waiting = {id(job.future): job for job in self._jobs.values() if not job.future.done()}.values()
            own, most = sum(job.asker.name == asker.name for job in waiting), max(self._most // 2, 1)
            if self._closed.is_set() or len(waiting) >= self._most or (asker.visitor and own >= most):
                raise Busy(most=own if asker.visitor and own >= most else self._most)
            left = self._most - sum(job.asker.visitor for job in waiting)
            if asker.visitor and left <= self._most // _KEPT_FREE:
                raise Busy(most=self._most - left)
            key = secrets.token_hex(8)
            folder = passing_files.make_folder()
            most_b = self._bounds.memory_b if memory_b is None else memory_b
            asked = (key, str(folder), most_b, function, args)
            until = deadline or self._bounds.deadline
            try:
                future = self._scheduled(asked, until.seconds)
            except BaseException:
                passing_files.take_away(folder)
                raise
            job = self._asked(Job(key, future, until, what=function.__name__, asker=asker))

        def ended(_: Future[Any]) -> None:
            try:
                passing_files.take_away(folder)
                if after is not None:
                    after(future)
            finally:
                job.course.ended.set()

        future.add_done_callback(ended)  # out of the lock: of one that ended at once it runs here
        return job

    def _scheduled(self, asked: tuple[object, ...], seconds: int) -> ProcessFuture[Any]:
        """Hand a computation to the workers, to new ones when the pool broke as it was asked.

        A worker that is killed while it holds a pipe takes its pool along, which tells that only when asked.

        Raises
        ------
        WorkerEnded
            New ones cannot be started either.
        """
        for _ in range(_STARTS):
            try:
                return self._running().schedule(work, args=asked, timeout=seconds)
            except RuntimeError:
                if self._closed.is_set():
                    raise Stopped from None
                logging.getLogger(__name__).warning("the pool of workers broke; it is started anew")
                self._put_away()
        raise WorkerEnded

    def _asked(self, job: Job) -> Job:
        ended = [known for known, one in self._jobs.items() if one.future.done()]
        for old in ended[: max(len(self._jobs) - _KEPT, 0)]:
            del self._jobs[old]
            self._asked_at.pop(old, None)
        job.course.waiting.add(job.id)
        self._jobs[job.id] = job
        self._asked_at[job.id] = time.monotonic()
        return job

    def under_way(self, name: str) -> Job | None:
        """Return a job of one's own in the computation that answers a named question now, if there is one."""
        with self._lock:
            first = self._jobs.get(self._named.get(name, ""))
            if first is None or first.future.done() or not first.course.waiting:
                return None
            return self._asked(replace(first, id=secrets.token_hex(8), began=time.time()))

    def leave(self, job: Job) -> None:
        """Wait for a job no more; the computation stops when nobody waits for it."""
        with self._lock:
            job.course.waiting.discard(job.id)
            if not job.course.waiting:
                job.future.cancel()  # type: ignore[no-untyped-call]

    def end(self, job: Job) -> None:
        """Stop a computation, whoever waits for it."""
        with self._lock:
            job.course.waiting.clear()
            job.future.cancel()  # type: ignore[no-untyped-call]

    def call(self, job: Job, name: str) -> None:
        """Name the question a job answers; names of ended jobs are forgotten."""
        with self._lock:
            self._named = {known: key for known, key in self._named.items() if key in self._jobs}
            self._named[name] = job.id

    def warm(self, loaded: str = "") -> None:
        """Start the workers now, so that the first question need not wait for them.

        Parameters
        ----------
        loaded
            A module that imports what jobs may need; it is imported before a worker takes a job.
        """
        self._loaded = loaded
        wait_until_ready(loaded)
        with self._lock:
            if self._closed.is_set():
                return
            pool = self._running()
            for _ in range(self._bounds.workers):
                pool.schedule(read_small_layers)

    def all(self) -> list[Job]:
        """Return the jobs that are not ended, the oldest first."""
        with self._lock:
            return [job for job in self._jobs.values() if not job.future.done() and not job.left]

    def ahead(self, job: Job) -> int:
        """Return how many computations wait before a job's; 0 once it runs."""
        if job.state != "waiting":
            return 0
        earlier = (one for one in self.all() if one.state == "waiting" and one.future is not job.future)
        return len({id(one.future) for one in earlier if one.began < job.began})

    def settle(self, future: Future[Any], told: object) -> None:
        """Remember of an ended computation only what is told of it: what it returned may be large.

        Parameters
        ----------
        future
            Of the computation; all who asked for it are told the same.
        told
            What its jobs give as their result from now on.
        """
        ended: ProcessFuture[Any] = ProcessFuture()
        ended.set_result(told)
        with self._lock:
            for key, job in self._jobs.items():
                if job.future is future:
                    self._jobs[key] = replace(job, future=ended)
        vars(future)["_result"] = told  # the pool holds the computation it was asked last until the next one

    def forget(self, job: Job) -> None:
        """Remember nothing of an ended job that nobody else was told of."""
        with self._lock:
            self._jobs.pop(job.id, None)
            self._asked_at.pop(job.id, None)

    def find(self, key: str) -> Job:
        """Return a job somebody asks about.

        Raises
        ------
        UnknownJob
            There is none.
        """
        job = self._jobs.get(key)
        if job is None:
            raise UnknownJob(job=key[:40])
        self._asked_at[key] = time.monotonic()
        return job

    def result(
        self, job: Job, *, wait_s: float | None = None, unwanted: Callable[[], bool] = lambda: False
    ) -> Any:  # noqa: ANN401
        """Return what the job's function returned, waiting for it.

        Parameters
        ----------
        wait_s
            How long to wait; None: until it ends.
        unwanted
            Whether nobody wants the answer any more; then the job is left.

        Raises
        ------
        PlanAtlasError
            What the function raised; ``TooLong`` at the deadline, ``NeedsMemory`` when it asked for too much,
            ``Stopped`` when cancelled.
        TimeoutError
            It has not ended by then.
        """
        if job.left:
            raise Stopped
        until = float("inf") if wait_s is None else time.monotonic() + wait_s
        while not job.course.ended.wait(min(_LOOK_S, max(until - time.monotonic(), 0))):
            if time.monotonic() >= until:
                raise TimeoutError
            if unwanted():
                self.leave(job)
                raise Stopped
        try:
            return job.future.result(0)
        except TimeoutError:
            raise _too_long(job.deadline) from None
        except CancelledError:
            raise Stopped from None
        except (ProcessExpired, BrokenProcessPool) as error:
            if self._closed.is_set() or job.left:
                raise Stopped from None
            logging.getLogger(__name__).warning("job %s: its worker ended (%s)", job.id, error)
            raise WorkerEnded from None

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
        """Stop all workers, whatever they compute."""
        self._closed.set()
        for job in self.all():
            self.leave(job)
        if self._pool is not None and self._news is not None:
            end_pool(self._pool, self._news)
            self._pool = self._news = None


def _too_long(held: Deadline) -> TooLong:
    lighter = held.lighter()
    return TooLong(seconds=held.seconds, setting=held.setting, lighter_zh=lighter.zh, lighter_en=lighter.en)
