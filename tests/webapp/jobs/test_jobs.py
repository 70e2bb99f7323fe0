"""Worker processes: one that is stopped in the middle of a word takes nobody else's down."""

from __future__ import annotations

import itertools
import random
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pebble.pool.process
import pytest
from pebble.pool.base_pool import PoolStatus

from layers.library.library import Library
from tests.small_plan import write_plan
from tests.waiting import LONGEST_S, until
from webapp.jobs.errors import TooLong, WorkerEnded
from webapp.jobs.job import Bounds, Deadline
from webapp.jobs.passing_files import NoRoomAside
from webapp.jobs.workers import Jobs

pytestmark = pytest.mark.slow

Progress = Callable[[float, float], None]


def _talks_without_end(library: Library, progress: Progress) -> None:
    while True:
        progress(1, 2)


def _counts(library: Library, progress: Progress) -> int:
    for step in range(1, 101):
        progress(step, 100)
    return 100


def _fills_the_disk(library: Library, progress: Progress) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for number in itertools.count():
            (Path(folder) / f"{number}").write_bytes(bytes(1000))
            progress(number, number + 1)


class _Large:
    """Stands for what a computation holds; a file tells that it was let go of."""

    def __init__(self, told: str) -> None:
        weakref.finalize(self, Path(told).touch)


def _fails(library: Library, progress: Progress, first: str, second: str) -> None:
    def fails_within() -> None:
        held = _Large(second)
        raise ValueError(type(held).__name__)

    held = _Large(first)
    try:
        fails_within()
    except ValueError as error:
        raise LookupError(type(held).__name__) from error


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    made = Jobs(write_plan(tmp_path / "p"), Bounds(2, 8, Deadline(60, "max_seconds")))
    yield made
    made.close()


def test_a_worker_holds_nothing_of_what_failed(jobs: Jobs, tmp_path: Path) -> None:
    told = [tmp_path / "first", tmp_path / "second"]
    with pytest.raises(LookupError, match="_Large"):
        jobs.result(jobs.start(_fails, *map(str, told)), wait_s=LONGEST_S)
    until(lambda: all(one.exists() for one in told))


class _Returned:
    """Stands for a large answer."""


def _returns(library: Library, progress: Progress) -> _Returned:
    return _Returned()


def test_what_a_computation_returned_is_let_go_once_it_is_settled(jobs: Jobs) -> None:
    held: list[weakref.ref[_Returned]] = []

    def settled(future: Future[_Returned]) -> None:
        held.append(weakref.ref(future.result()))
        jobs.settle(future, "told")

    assert jobs.result(jobs.start(_returns, after=settled), wait_s=LONGEST_S) == "told"
    until(lambda: held[0]() is None)


def test_a_worker_stopped_while_it_tells_its_progress_silences_nobody(jobs: Jobs) -> None:
    dice = random.Random(3)
    for _ in range(4):
        talking = [jobs.start(_talks_without_end) for _ in range(2)]
        until(lambda: all(job.course.started.is_set() for job in talking))  # noqa: B023 - called at once
        waiting = [jobs.start(_counts) for _ in range(2)]
        assert [jobs.ahead(job) for job in (*talking, *waiting)] == [0, 0, 0, 1], "each is told its place"
        for job in waiting:
            jobs.leave(job)
        time.sleep(dice.random() * 0.02)
        for job in talking:
            jobs.leave(job)
    last = jobs.start(_counts)
    assert jobs.result(last, wait_s=LONGEST_S) == 100
    until(lambda: last.course.done == 1)


def test_an_end_is_told_when_what_follows_it_is_done(jobs: Jobs) -> None:
    follows = threading.Event()

    def after(_: object) -> None:
        follows.wait(LONGEST_S)

    job = jobs.start(_counts, after=after)
    until(job.future.done)
    assert job.state == "running"
    with pytest.raises(TimeoutError):
        jobs.result(job, wait_s=0)
    follows.set()
    assert (jobs.result(job, wait_s=LONGEST_S), job.state) == (100, "done")


def test_who_is_stopped_at_a_deadline_is_told_the_one_that_held(jobs: Jobs) -> None:
    job = jobs.start(_talks_without_end, deadline=Deadline(1, "max_import_seconds"))
    with pytest.raises(TooLong, match=r"after 1 s \(setting max_import_seconds; .*Ask for less"):
        jobs.result(job, wait_s=LONGEST_S)


def test_a_stopped_computation_leaves_no_passing_files(
    jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "passing").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "passing"))
    ended = tmp_path / "passing" / "planatlas-job-4194305-x"  # no process has so high a number
    ended.mkdir()
    filling = jobs.start(_fills_the_disk)
    assert not ended.exists(), "what a service that was killed left is taken away"
    until(lambda: filling.course.done > 0.9)
    assert list((tmp_path / "passing").rglob("5"))
    jobs.leave(filling)
    last = jobs.start(_counts)
    assert jobs.result(last, wait_s=LONGEST_S) == 100
    until(lambda: not list((tmp_path / "passing").iterdir()))


def test_where_nothing_can_be_put_aside_nothing_is_begun(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/none")
    with pytest.raises(NoRoomAside, match="nothing was begun"):
        jobs.start(_counts)


def test_a_job_asked_while_its_pool_breaks_ends_and_the_next_one_is_answered(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert jobs.result(jobs.start(_counts)) == 100
    pool, threads = jobs._pool, threading.active_count()
    assert pool is not None
    workers = list(pool._pool_manager.worker_manager.workers.values())
    with monkeypatch.context() as patched:
        patched.setattr(pool._context.task_queue, "put", lambda task: None)  # asked, and taken by nobody
        lost = jobs.start(_counts)
    pool._context.status = PoolStatus.ERROR
    with pytest.raises(WorkerEnded):
        jobs.result(lost, wait_s=LONGEST_S)
    assert jobs.result(jobs.start(_counts)) == 100
    until(lambda: not any(one.is_alive() for one in workers))
    until(lambda: threading.active_count() <= threads)


def test_where_no_worker_can_be_started_that_is_told_and_the_next_one_is_answered(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(pebble.pool.process, "launch_process", refused)
        with pytest.raises(WorkerEnded):
            jobs.start(_counts)
    assert jobs.result(jobs.start(_counts)) == 100
