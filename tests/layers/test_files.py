"""Files that pass: old ones are taken away, whoever else takes some away at the same moment."""

from __future__ import annotations

import os
from pathlib import Path

from layers.files import clear_older


def test_what_is_old_is_taken_away_and_what_has_gone_meanwhile_is_no_error(tmp_path: Path) -> None:
    assert clear_older(tmp_path / "none", before=1e12) == 0
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
        (tmp_path / f"{name}.txt").touch()
    for name in ("old", "old.txt"):
        os.utime(tmp_path / name, (1000, 1000))
    (tmp_path / "gone").symlink_to(tmp_path / "taken by another")  # listed, and not there when it is looked at
    assert clear_older(tmp_path, before=2000) == 2
    assert sorted(one.name for one in tmp_path.iterdir()) == ["gone", "new", "new.txt"]
