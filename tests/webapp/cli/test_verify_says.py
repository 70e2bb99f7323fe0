"""What ``verify`` says first, where the second engine is not installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.figures.verification import recompute
from layers.figures.verification.sql import Geos
from tests.small_plan import write_plan
from webapp.cli.main import main


def test_the_missing_second_engine_is_the_first_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = write_plan(tmp_path / "plan")
    monkeypatch.setenv("PLANATLAS_INSTANCE", str(tmp_path / "instance"))
    question = '{"function": "total", "inputs": {"items": {"layer": "zones"}}}'
    assert main(["ask", question, "--data", str(plan)]) == 0
    monkeypatch.setattr(recompute, "installed_engine", Geos)
    capsys.readouterr()
    assert main(["verify", "--data", str(plan), "--language", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == recompute.ABSENT["en"]
    assert len(lines) == 3, "the figure and the count follow"
