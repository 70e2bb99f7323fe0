"""A disk that is full or gives EIO, under a running service: told, nothing lost, and well again without a restart."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mounting import ALONE

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
WRITES = ("edit", "import", "figure")


@pytest.mark.loops
def test_the_service_tells_it_keeps_all_and_recovers(tmp_path: Path) -> None:
    command = [*ALONE, sys.executable, "-m", "tests.webapp.ailing", str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert [one["state"] for one in answers[::5]] == ["well", "full", "well", "EIO", "well", "read-only", "well"]
    kept = 0
    for one in answers:
        deed, status, told = one["deed"], one["status"], one["told"]
        if one["state"] == "well" or deed not in WRITES:
            assert status == 200, one
        elif (
            one["state"] != "EIO" or status != 200
        ):  # blocks that were there before are taken by a dying disk, too
            assert status in (503, 507), one
            error = told["failed"]["error"] if "failed" in told else told  # of a job that had begun
            assert error["code"] in ("own_file_fails", "store_unavailable", "figure_not_kept", "no_room"), one
            assert (
                error["zh" if "failed" in told else "title_zh"] != error["en" if "failed" in told else "title_en"]
            )
            assert str(tmp_path) not in json.dumps(told)
        if deed == "read":
            assert told["features"] == 2
        if deed == "versions":
            assert told["number"] == kept, "no more and no less than was told done"
        if deed == "edit" and status == 200:
            kept = told["number"]
    ill = json.dumps([one["told"] for one in answers if one["state"] == "EIO" and one["deed"] in WRITES])
    assert "I/O error" in ill or "Input/output error" in ill, "the disk gave EIO"
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")
