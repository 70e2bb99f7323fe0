"""The jobs of a running service as its command line sees and ends them: a small file each way."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import orjson

from layers.files import is_alive

if TYPE_CHECKING:
    from webapp.jobs.job import Job

_LIST, _ENDED = "jobs.json", "jobs.end"


def tell_outside(instance: Path, jobs: Iterable[Job]) -> None:
    """Write down what is being computed; a disk that cannot take it costs only the list."""
    told = [{"id": one.id, "who": one.asker.name, "what": one.what, "began": one.began} for one in jobs]
    part = instance / f".jobs-{secrets.token_hex(4)}"
    with contextlib.suppress(OSError):
        part.write_bytes(orjson.dumps({"pid": os.getpid(), "jobs": told}))
        part.replace(instance / _LIST)


def ended_outside(instance: Path) -> list[str]:
    """Return the ids of the jobs that were to be ended, once."""
    found = []
    for path in (instance / _ENDED).glob("*"):
        with contextlib.suppress(OSError):
            path.unlink()
            found.append(path.name)
    return found


class JobOutside(TypedDict):
    """A job as it is written down for the command line; ``began`` in seconds since 1970."""

    id: str
    who: str
    what: str
    began: float


def jobs_outside(instance: Path) -> list[JobOutside]:
    """Return what a running service computes now."""
    try:
        told = orjson.loads((instance / _LIST).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return []
    jobs: list[JobOutside] = told["jobs"]
    return jobs if is_alive(str(told["pid"])) else []


def end_outside(instance: Path, job: str) -> bool:
    """Ask a running service to end a job; whether it has such a one. It is ended within two seconds."""
    if not re.fullmatch(r"[0-9a-f]{16}", job) or job not in {one["id"] for one in jobs_outside(instance)}:
        return False
    folder = instance / _ENDED
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / job).touch()
    return True
