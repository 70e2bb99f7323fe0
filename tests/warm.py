"""Processes that begin warm: forked from one that has loaded all modules, so that none loads them by itself."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ABLE = "forkserver" in multiprocessing.get_all_start_methods()


@contextmanager
def warm_context() -> Iterator[ForkServerContext]:
    """Give a way to start them; the process they are forked from begins with the first, and serves a whole run."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "tests.loaded"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "PYTHONPATH", str(ROOT))  # where that one looks for modules
        yield context
