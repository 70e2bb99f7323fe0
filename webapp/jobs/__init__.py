"""Long computations: workers that may be stopped, their progress over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from webapp.jobs.errors import Busy
    from webapp.jobs.job import Asker, Bounds, Deadline, Job
    from webapp.jobs.outside import end_outside, jobs_outside
    from webapp.jobs.routes import (
        accept_job,
        asked_job,
        current_jobs,
        deadline_of,
        figures_of,
        look_in_worker,
        spend,
        wait_for_job,
        waited_result,
    )
    from webapp.jobs.visitors import Visitors
    from webapp.jobs.workers import Jobs

__all__ = [
    "Asker",
    "Bounds",
    "Busy",
    "Deadline",
    "Job",
    "Jobs",
    "Visitors",
    "accept_job",
    "asked_job",
    "current_jobs",
    "deadline_of",
    "end_outside",
    "figures_of",
    "jobs_outside",
    "look_in_worker",
    "spend",
    "wait_for_job",
    "waited_result",
]

__getattr__ = lazy_face(__name__)
