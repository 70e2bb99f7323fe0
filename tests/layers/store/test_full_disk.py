"""A disk that is really full, at every moment of an import, an edit, a figure, a backup: nothing half, nothing lost."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mounting import ALONE

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


@pytest.mark.mounts
@pytest.mark.parametrize(
    ("what", "error"),
    [
        ("import", "StoreUnavailable"),
        ("unpack", "StoreUnavailable"),
        ("edit", "StoreUnavailable"),
        ("publish", "FigureNotKept"),
        ("backup", "BadBackup"),
    ],
)
def test_whatever_room_there_is(tmp_path: Path, what: str, error: str) -> None:
    command = [*ALONE, sys.executable, "-m", "tests.layers.store.filling", str(tmp_path), what]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    *failed, done = [json.loads(line) for line in run.stdout.splitlines()]
    assert done["error"] is None, done
    assert failed, "the disk was never full"
    for told in failed:
        assert told["error"] == error, told
        assert re.search("disk|No space left", told["en"])
        assert re.search("磁盘|No space left", told["zh"])
        assert str(tmp_path) not in told["zh"] + told["en"]
        assert (told["number"], told["features"], told["name"]) == (1, 40, "地块 1 7919")
        assert told["figures"] == 0
        assert told["kept"] is False
    assert done["stray"] == []
    assert {
        "import": done["features"] == 3000,
        "unpack": done["features"] == 3000,
        "edit": done["name"][:1] == "改",
        "publish": done["figures"] == 1,
        "backup": done["kept"],
    }[what]
