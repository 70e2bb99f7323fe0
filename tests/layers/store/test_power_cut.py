"""The power goes at odd moments: what was told done is there after it, and nothing is half."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.mounting import ALONE
from tests.rounds import rounds

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


def cut(folder: Path, cuts: int, flush: str) -> list[dict[str, Any]]:
    command = [*ALONE, sys.executable, "-m", "tests.layers.store.cutting", str(folder), str(cuts), flush]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.mark.loops
def test_nothing_that_was_told_done_is_lost(tmp_path: Path) -> None:
    cuts = rounds(6, most=12)
    found = cut(tmp_path, cuts, "yes")
    assert len(found) == cuts
    assert [one["wrong"] for one in found] == [[]] * cuts
    assert found[-1]["versions"] > found[0]["versions"] > 0, "it went on all the time"
    assert found[-1]["figures"]


@pytest.mark.loops
def test_a_writer_that_does_not_flush_is_found_out(tmp_path: Path) -> None:
    assert all(one["wrong"] for one in cut(tmp_path, 2, "no")), "the test above could fail"
