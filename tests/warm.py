"""Processes that begin warm: forked from one that has loaded all modules, so that none loads them by itself."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ABLE = "forkserver" in multiprocessing.get_all_start_methods()


def warm_context() -> ForkServerContext:
    """Return a way to start them; the process they are forked from begins with the first, and serves a whole run."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "tests.loaded"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "PYTHONPATH", str(ROOT))  # where that one looks for modules
        forkserver.ensure_running()
    return context
