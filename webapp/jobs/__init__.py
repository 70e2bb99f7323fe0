"""Long computations: workers that may be stopped, their progress over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from webapp.jobs.errors import Busy
    from webapp.jobs.job import Bounds, Job
    from webapp.jobs.outside import end_outside, jobs_outside
    from webapp.jobs.routes import accepted, asked_job, figures_of, jobs, looked, spend, waited
    from webapp.jobs.visitors import Visitors
    from webapp.jobs.workers import Jobs

__all__ = [
    "Bounds",
    "Busy",
    "Job",
    "Jobs",
    "Visitors",
    "accepted",
    "asked_job",
    "end_outside",
    "figures_of",
    "jobs",
    "jobs_outside",
    "looked",
    "spend",
    "waited",
]

__getattr__ = lazy_face(__name__)
