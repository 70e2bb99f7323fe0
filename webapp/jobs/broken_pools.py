"""Pools of workers that broke: what is left of them ends, and the jobs they lost."""

from __future__ import annotations

from concurrent.futures import InvalidStateError
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.connection import Connection

from pebble import ProcessPool

from webapp.jobs.job import Job


def is_pool_active(pool: ProcessPool) -> bool:
    """Tell whether a pool works, or can begin to: the first to ask begins it."""
    try:
        return bool(pool.active)
    except RuntimeError:  # no worker could be started
        return False


def end_pool(pool: ProcessPool, news: Connection) -> None:
    """End a pool's workers and threads, and who listens to them."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
    news.send_bytes(b"")


def end_lost_jobs(jobs: list[Job]) -> None:
    """End jobs of a pool that broke between its being asked and its taking them: nobody else ever would."""
    for job in jobs:
        if not job.future.done():
            with suppress(InvalidStateError):  # it ended meanwhile
                job.future.set_exception(BrokenProcessPool("the pool of workers broke as it was asked"))
