"""A computation as one person asked for it, how far it is, and what computations may take."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from pebble import ProcessFuture

from geo.text import Text
from webapp.messages import say

_LONG = 0.5  # of its deadline, from where one who waits is told what would help


@dataclass
class Course:
    """How far a computation is, and the jobs that still wait for it: one for everybody who asked."""

    done: float = 0.0
    since: float = 0.0  # by the monotonic clock, once it is started
    started: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)  # and what follows its end is done too
    waiting: set[str] = field(default_factory=set)


def _ask_for_less() -> Text:
    return say("job_lighter")


@dataclass(frozen=True)
class Deadline:
    """How many seconds a computation may take, and the setting that says so: a refusal names both.

    ``lighter`` says what would make it lighter; it is asked only when a computation takes long.
    """

    seconds: int
    setting: str
    lighter: Callable[[], Text] = _ask_for_less


@dataclass(frozen=True)
class Asker:
    """Who asks for a computation.

    ``visitor``: nobody signed in, who has half of all places at most, all of them together three quarters.
    ``lease_s``: what they ask about no more for so long is stopped; None: it goes on by itself.
    """

    name: str = ""
    visitor: bool = False
    lease_s: float | None = None


NOBODY = Asker()


@dataclass(frozen=True)
class Job:
    """A computation as one person asked for it; several who ask the same share its future and its course."""

    id: str
    future: ProcessFuture[Any]
    deadline: Deadline
    course: Course = field(default_factory=Course)
    what: str = ""
    asker: Asker = NOBODY
    began: float = field(default_factory=time.time)

    @property
    def advice(self) -> Text | None:
        """What would make it lighter, while it is running and may be stopped before long."""
        ran = time.monotonic() - self.course.since
        return self.deadline.lighter() if self.state == "running" and ran > _LONG * self.deadline.seconds else None

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
        """Where the job stands; it is told as ended when what follows its end is done."""
        if self.left:
            return "cancelled"
        if self.course.ended.is_set():
            if self.future.cancelled():
                return "cancelled"
            return "failed" if self.future.exception() else "done"
        return "running" if self.course.started.is_set() else "waiting"


@dataclass(frozen=True)
class Bounds:
    """What workers may take: how many run at once, how many more wait, time and bytes of one computation."""

    workers: int
    queue: int
    deadline: Deadline
    memory_b: int = 0
