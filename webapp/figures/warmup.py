"""Figures computed before anybody asks: those of the dashboard, one at a time, whenever the workers are free."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

import orjson

from geo.errors import PlanAtlasError
from geo.text import Text
from layers.figures.answer import answer, figure_id
from layers.figures.figure import Figure, FigureShelf
from layers.figures.kept_versions import publish_kept
from layers.figures.uses import find_uses
from layers.library.library import Library
from layers.plan.statistics import Statistic
from webapp.jobs.errors import Busy
from webapp.jobs.job import Asker, Job
from webapp.jobs.workers import Jobs
from webapp.version import VERSION

_REST_S = 10.0  # between two looks at whether the data changed
_LOOK_S = 0.2
_MOST_ASKED = 400  # questions that wait
_MOST_KNOWN = 4000
_MOST_USUAL = 500  # kept ready unasked; fewer than are known, and than the shelf holds of passing figures
WARMING = "warm-up"  # who asks


@dataclass(frozen=True)
class Wanted:
    """A question whose figure is wanted; ``restricted``: of layers that not everybody sees, too."""

    statistic: Statistic
    restricted: bool = False


@dataclass(frozen=True)
class Ready:
    """What is known of a question's figure: its id, why it failed, or neither as long as it is waited for."""

    figure: str = ""
    problem: Text | None = None


def found_or_computed(
    opened: Library,
    progress: Callable[[float, float], None],
    statistic: Statistic,
    restricted: bool,
    kept_in: str,
) -> Figure | str:
    """Return a question's figure, of one that is on the shelf its id; in a worker.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)``.
    statistic
        The question.
    restricted
        Whether restricted layers may be read.
    kept_in
        Folder of the shelf.
    """
    progress(0, 1)
    key = figure_id(statistic, find_uses(opened, statistic.inputs, restricted=restricted))
    if FigureShelf(Path(kept_in)).holds(key):
        return key
    return answer(opened, progress, statistic, software=VERSION, restricted=restricted)


class Warmup:
    """Keeps the figures of the questions it is asked for ready, as long as the data stay.

    Parameters
    ----------
    library, shelf, jobs
        The plan, where figures are kept, and the workers; whoever else has a job there comes first.
    """

    def __init__(self, library: Library, shelf: FigureShelf, jobs: Jobs) -> None:
        self._library, self._shelf, self._jobs = library, shelf, jobs
        self._lock, self._seeing = threading.Lock(), threading.Lock()
        self._catalog, self._epoch = library.catalog, 0
        self._found: dict[bytes, Ready] = {}
        self._asked: dict[bytes, Wanted] = {}
        self._ids: dict[tuple[bytes, date], str] = {}
        self._news = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._usual: Callable[[], Iterable[Wanted]] = tuple
        self._left: deque[Wanted] | None = None  # of the usual ones, in this look through them
        self._seen: list[str] = []  # their figures, in this look
        self._ready: tuple[str, ...] = ()
        self._caught_up = threading.Event()

    @property
    def busy(self) -> bool:
        """Whether it has begun and questions are left that it has not answered yet."""
        return self._thread is not None and not (self._caught_up.is_set() or self._closed.is_set())

    @property
    def figures_ready(self) -> tuple[str, ...]:
        """The figures of the usual questions, the foremost first: of the last whole look, or the first so far."""
        return self._ready or tuple(filter(None, self._seen))

    def begin(self, usual: Callable[[], Iterable[Wanted]]) -> None:
        """Keep some questions' figures ready from now on, also when the data change.

        Parameters
        ----------
        usual
            Returns the questions, the foremost first; called again from time to time. Of very many the rest waits
            until somebody asks.
        """
        self._usual = usual
        self._start()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(target=self._run, daemon=True, name=WARMING)
                self._thread.start()

    def close(self) -> None:
        """Stop; what is being computed ends with the workers."""
        self._closed.set()
        self._news.set()

    def find(self, wanted: Wanted, opened: Library | None = None) -> Ready | None:
        """Return what is known of a question on the present data; None where nothing is yet.

        Parameters
        ----------
        wanted
            The question.
        opened
            The plan as who asks looks at it; as it is now where none is given.
        """
        known = self._found.get(self._key(wanted, opened))
        return None if known is None or (known.figure and not self._shelf.holds(known.figure)) else known

    def id_of(self, wanted: Wanted, opened: Library) -> str:
        """Return the id of a question's figure on the present data, published or not.

        It is worked out once while data and day stay: a plan without a date is looked at as of today.

        Parameters
        ----------
        wanted
            The question.
        opened
            The plan as who asks looks at it.

        Raises
        ------
        PlanAtlasError
            What the question asks for cannot be gathered.
        """
        key = self._key(wanted, opened), date.today()
        known = self._ids.get(key)
        if known is None:
            inputs = wanted.statistic.inputs
            uses = find_uses(opened, inputs, restricted=wanted.restricted)
            if len(self._ids) >= _MOST_KNOWN:
                self._ids.clear()
            known = self._ids[key] = figure_id(wanted.statistic, uses)
        return known

    def ask(self, wanted: Iterable[Wanted]) -> None:
        """Have some questions answered next; of very many the earliest are forgotten."""
        with self._lock:
            for one in wanted:
                key = self._key(one)
                self._asked.pop(key, None)
                self._asked[key] = one
            for key in list(self._asked)[: max(0, len(self._asked) - _MOST_ASKED)]:
                del self._asked[key]
        self._caught_up.clear()
        self._news.set()
        self._start()

    def _key(self, wanted: Wanted, opened: Library | None = None) -> bytes:
        """Return what a question's answer depends on: the question, the catalog, and the marks of its layers."""
        opened = opened or self._library
        catalog = opened.catalog
        with self._seeing:  # one epoch for one catalog, whoever else asks with an older one
            if catalog is not self._catalog:  # it was read anew
                self._catalog, self._epoch = catalog, self._epoch + 1
            epoch = self._epoch
        known = catalog.layers
        named = {name for one in wanted.statistic.inputs.values() for name in one.layers}
        marks = [opened.mark(known[name]) for name in sorted(named) if name in known]
        return orjson.dumps([wanted.statistic, wanted.restricted, epoch, marks], default=str)

    def _run(self) -> None:
        while not self._closed.is_set():
            self._news.clear()
            rest_s = _REST_S
            try:
                if self._others():
                    rest_s = _LOOK_S
                elif (wanted := self._next()) is not None:
                    self._caught_up.clear()
                    self._answer(wanted)
                    rest_s = 0.0
                elif not self._news.is_set():
                    self._caught_up.set()
            except (OSError, PlanAtlasError) as error:  # the plan cannot be read just now
                logging.getLogger(__name__).warning("warm-up: %s", type(error).__name__)
            self._news.wait(rest_s)

    def _next(self) -> Wanted | None:
        """Return a question that is not answered yet: one that was asked for, else one of the usual ones."""
        with self._lock:
            waiting = list(self._asked.items())
        opened = self._library.glance()
        for key, one in waiting:
            if self.find(one, opened) is None:
                return one
            with self._lock:
                self._asked.pop(key, None)
        if self._left is None:
            self._left = deque(islice(self._usual(), _MOST_USUAL))
        while self._left:
            known = self.find(self._left[0], opened)
            if known is None:
                return self._left[0]
            self._seen.append(known.figure)
            self._left.popleft()
        self._ready, self._seen = tuple(filter(None, self._seen)), []
        self._left = None  # the next look begins anew: the data may have changed meanwhile
        return None

    def _others(self) -> list[Job]:
        return [job for job in self._jobs.all() if job.asker.name != WARMING]

    def _answer(self, wanted: Wanted) -> None:
        key = self._key(wanted)
        try:
            known = self.id_of(wanted, self._library.glance())
        except PlanAtlasError as error:  # what it asks for does not fit the plan
            self._keep(key, Ready(problem=Text(error.message("zh"), error.message("en"))))
            return
        if self._shelf.holds(known):  # from before a restart, or somebody asked for it
            self._keep(key, Ready(known))
            return
        try:
            job = self._jobs.start(
                found_or_computed,
                wanted.statistic,
                wanted.restricted,
                str(self._shelf.folder),
                asker=Asker(WARMING),
            )
        except Busy:
            return
        self._wait_for(job)
        if job.state == "failed":
            told = self._jobs.told(job)
            self._keep(key, Ready(problem=Text(told["zh"], told["en"])))
        elif job.state == "done":
            self._keep(key, self._published(job.future.result()))
        self._jobs.forget(job)

    def _published(self, result: Figure | str) -> Ready:
        if isinstance(result, str):
            return Ready(result)
        try:
            publish_kept(self._shelf, result, self._library, passing=True)
        except PlanAtlasError as error:
            return Ready(problem=Text(error.message("zh"), error.message("en")))
        return Ready(result.id)

    def _wait_for(self, job: Job) -> None:
        """Wait until a job ends; it makes room for whoever else waits, and is asked for again."""
        while not job.course.ended.wait(_LOOK_S):
            if self._closed.is_set() or any(one.state == "waiting" for one in self._others()):
                self._jobs.end(job)

    def _keep(self, key: bytes, found: Ready) -> None:
        with self._lock:
            for old in list(self._found)[: max(0, len(self._found) - _MOST_KNOWN)]:
                del self._found[old]
            self._found[key] = found
