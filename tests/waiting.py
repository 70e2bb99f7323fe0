"""Waiting in tests: for what must come, with one bound far above what a busy machine needs.

A bound that is reached is a failure of the product; a bound that is near is a failure of the test.
"""

from __future__ import annotations

import os
import random
import socket
import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask.testing import FlaskClient
from playwright.sync_api import Page

T = TypeVar("T")
LONGEST_S = float(os.environ.get("TEST_LONGEST_S") or 240)  # who writes a test may wait for less


def until(true: Callable[[], object], *, every_s: float = 0.05) -> None:
    """Wait until something is so; an assertion fails when it does not come."""
    end = time.monotonic() + LONGEST_S
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(every_s)


def until_on(page: Page, true: Callable[[], object]) -> None:
    """Wait until something is so on a page, which goes on meanwhile."""
    end = time.monotonic() + LONGEST_S
    while not true():
        assert time.monotonic() < end, "it did not come"
        page.wait_for_timeout(50)


def steady(page: Page, read: Callable[[], T]) -> T:
    """Return what is read on a page once it stays the same from one drawn frame to the next, three times over."""
    seen: list[T] = []

    def stays() -> bool:
        page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        seen.append(read())
        return len(seen) > 3 and all(one == seen[-1] for one in seen[-4:])

    until_on(page, stays)
    return seen[-1]


def ended_job(client: FlaskClient, job: dict[str, Any]) -> dict[str, Any]:
    """Ask after a job, as a page does, until it has ended; returns what is told of it then."""
    told = job

    def ended() -> bool:
        nonlocal told
        if told.get("state") in ("waiting", "running"):
            told = client.get(f"/api/jobs/{job['job']}").get_json()
        return told.get("state") not in ("waiting", "running")

    until(ended, every_s=0.02)
    return told


def processor_s() -> float:
    """Return the processor seconds of this process and its ended children: unlike a clock's, nobody else's count."""
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system


def free_port() -> int:
    """Return a port of this machine that nobody listens on, and no connection going out takes meanwhile.

    Those take the system's passing ports (from 32768 on Linux, 49152 elsewhere), where ``port=0`` finds one too; a
    service of its own, which begins seconds later, would find it taken now and then.
    """
    while True:
        port = random.SystemRandom().randint(20_000, 32_000)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
