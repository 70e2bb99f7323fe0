"""Nothing that comes in makes the service open a connection: the kernel is asked, not the service."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


@pytest.mark.strace
def test_whatever_a_file_or_a_request_names_nobody_is_called(tmp_path: Path) -> None:
    log = tmp_path / "log"
    traced = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect", "-o", str(log)]
    (tmp_path / "in").mkdir()
    command = [*traced, sys.executable, "-m", "tests.webapp.connecting", str(tmp_path / "in")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    ended = json.loads(run.stdout)
    assert ended["failed"] >= 15, "these are no files of ours"
    assert ended["done"] >= 5, "and these are, whatever they name"
    calls = [line for line in log.read_text("utf-8").splitlines() if "AF_INET" in line]
    (own,) = calls
    assert "htons(9)" in own, "the one call that was made on purpose is seen"
