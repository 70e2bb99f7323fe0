"""The command line: the same words and numbers as the API, clear errors, files, an exit status that means something."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from layers.figures.verification.sql import Geos
from tests.landuse_plan import write_jagged_park, write_landuse_plan
from webapp.cli import analyses
from webapp.cli.main import main

pytestmark = pytest.mark.slow


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLANATLAS_INSTANCE", str(tmp_path / "instance"))
    return write_landuse_plan(tmp_path / "plan")


def _run(plan: Path, *words: str) -> int:
    return main([*words, "--data", str(plan)])


def test_a_statistic_in_both_languages(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(plan, "statistic", "homes", "--language", "en") == 0
    out = capsys.readouterr().out
    assert "Homes share is 25.00%" in out
    assert re.search(r"Reproduce: python run\.py figure [0-9a-f]{16} --data \S*plan\n", out)
    assert _run(plan, "statistic", "homes") == 0
    assert "住宅占比为 25.00%" in capsys.readouterr().out
    assert _run(plan, "statistic", "--list") == 0
    assert "structure" in capsys.readouterr().out


def test_what_takes_long_is_told_what_would_help(
    plan: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    telling = analyses._Progress
    monkeypatch.setattr(analyses, "_Progress", lambda _seconds, lighter: telling(-1.0, lighter))
    assert _run(plan, "statistic", "structure") == 0
    told = capsys.readouterr().err
    assert told.count("最重的图层是“用地”（要素 4 个，顶点约 20 个）") == 1
    assert "“Land use” (features: 4; vertices: about 20)" in told and "run.py" not in told


def test_what_lacks_data_has_its_own_exit_status(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(plan, "statistic", "bus") == 3
    assert "公交站点" in capsys.readouterr().out


def test_the_printed_command_gives_the_same_figure(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(plan, "tabulate", "landuse", "--zones", "zones", "--classes", "07,10", "--format", "json") == 0
    first = json.loads(capsys.readouterr().out)
    words = shlex.split(first["command"])
    assert words[:3] == ["python", "run.py", "figure"]
    assert main([*words[2:], "--format", "json"]) == 0
    second = json.loads(capsys.readouterr().out)
    assert second["rows"] == first["rows"]
    assert second["value"] == first["value"]


def test_coverage_and_band(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        _run(
            plan,
            "coverage",
            "landuse",
            "--classes",
            "0701",
            "--facilities",
            "parks",
            "--distance",
            "500",
            "--format",
            "json",
        )
        == 0
    )
    covered = json.loads(capsys.readouterr().out)
    assert _run(plan, "statistic", "reach", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["value"] == covered["value"]
    assert (
        _run(
            plan,
            "band",
            "zones",
            "--line",
            "rivers",
            "--distance",
            "100",
            "--measure",
            "count",
            "--format",
            "json",
        )
        == 0
    )
    assert json.loads(capsys.readouterr().out)["value"] == 0


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx", "geojson", "gpkg"])
def test_results_are_saved(plan: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "saved" / f"out.{kind}"
    path.parent.mkdir()
    assert _run(plan, "statistic", "structure", "--save", str(path)) == 0
    assert path.stat().st_size > 200
    assert list(path.parent.iterdir()) == [path]


def test_a_result_is_saved_as_a_known_kind_only(
    plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        _run(plan, "statistic", "structure", "--save", str(tmp_path / "out.docx"))
    assert ".xlsx" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.docx"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["tabulat", "landuse"], ("是否想写 tabulate？", "did you mean tabulate?", "python run.py help")),
        (["tabulate", "landuse"], ("缺少：--zones。", "Missing: --zones.", "python run.py tabulate --help")),
        (
            ["total", "landuse", "--units", "mu"],
            ("不认识“--units mu”（是否想写 --unit？）", "did you mean --unit?"),
        ),
        (
            ["total", "landuse", "--measure", "size"],
            ("没有“size”。可用：area, length。", "There are: area, length."),
        ),
        (["band", "x", "--line", "y", "--distance", "1km"], ("应为不带单位的数", "a number without a unit")),
        (["total", "landuse", "--by"], ("--by 后面缺少值", "--by lacks its value")),
    ],
)
def test_words_that_cannot_be_read_are_told_in_both_languages(
    words: list[str], told: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert all(one in said for one in told), said


def test_two_versions_are_compared(plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = write_landuse_plan(tmp_path / "old")
    path = old / "geojson" / "landuse.geojson"
    path.write_text(path.read_text("utf-8").replace('"1401"', '"0701"'), "utf-8")
    assert _run(plan, "compare", "landuse", "--before", str(old)) == 0
    out = capsys.readouterr().out
    assert out.startswith("+0  -0  ~1  =3")
    assert "0701" in out
    assert "1401" in out


def test_published_figures_are_verified(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for key in ("structure", "homes", "reach"):
        assert _run(plan, "statistic", key) == 0
    assert _run(plan, "verify") == 0
    assert "共 3 个结果：same 3\n" in capsys.readouterr().out
    assert _run(plan, "verify", "--language", "en") == 0
    out = capsys.readouterr().out
    assert out.endswith("3 figures: same 3\n") and "not installed" not in out


def test_a_missing_second_engine_is_the_first_thing_said(
    plan: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.figures.verification.recompute.installed_engine", Geos)
    assert _run(plan, "statistic", "homes") == 0
    capsys.readouterr()
    assert _run(plan, "verify", "--language", "en") == 0
    assert capsys.readouterr().out.startswith("The second engine (DuckDB spatial) is not installed: GEOS ")


def test_the_printed_command_gives_the_old_digits_after_the_data_changed(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(plan, "statistic", "homes", "--format", "json") == 0
    first = json.loads(capsys.readouterr().out)
    path = plan / "geojson" / "landuse.geojson"
    path.write_text(path.read_text("utf-8").replace('"1401"', '"0701"'), "utf-8")
    words = shlex.split(first["command"])[2:]
    assert main([*words, "--language", "en"]) == 0
    out = capsys.readouterr().out
    assert "Homes share is 25.00%" in out and "Same digits as published" in out
    assert "With today's data: Homes share: was 25.00%, now 50.00%" in out
    assert f"With today's data: python run.py statistic homes --data {plan}" in out
    assert main([*words, "--format", "json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert {key: again[key] for key in ("id", "value", "rows", "sentence", "caveats", "evidence")} == {
        key: first[key] for key in ("id", "value", "rows", "sentence", "caveats", "evidence")
    }
    assert _run(plan, "verify") == 4  # the same on its own data, which are not today's
    capsys.readouterr()
    kept = plan.parent / "instance" / "figures" / f"{first['id']}.json"
    kept.write_text(kept.read_text("utf-8").replace("25.00%", "52.00%"), "utf-8")
    assert _run(plan, "verify", "--language", "en") == 1
    assert "sentence: “Homes share is 52.00%" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("statistic", "nothing"), "nothing"),
        (("ask", "{"), "question"),
        (("ask", "[]"), "question"),
        (("ask", '{"function":"tabulat","inputs":{}}'), "did you mean tabulate"),
        (("coverage", "landuse", "--facilities", "parks"), "distance"),
        (("coverage", "landuse", "--facilities", "parks", "--distance", "-3"), "-3"),
        (("coverage", "landuse", "--facilities", "parks", "--size-rule", "big"), "--size-rule"),
        (
            ("coverage", "landuse", "--facilities", "parks", "--distance", "300"),
            "'comb' has 10003 corners: too jagged",
        ),
        (("tabulate", "landuse", "--zones", "zones", "--where", "colour=red"), "colour"),
        (("compare", "nothing", "--before", "."), "nothing"),
    ],
)
def test_a_mistake_is_one_clear_line_in_each_language(
    plan: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    if words[-1] == "300":
        write_jagged_park(plan)
    assert _run(plan, *words) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 2
    assert said in lines[1]


def test_the_data_can_be_checked(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(plan, "check-data") == 0
    (plan / "geojson" / "sites.geojson").write_text("{")
    assert _run(plan, "check-data") == 1
    assert "sites" in capsys.readouterr().out


def test_tokens(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(plan, "token", "create", "--scope", "restricted:read") == 0
    key = capsys.readouterr().out.split()[1]
    assert _run(plan, "token", "revoke", key) == 0
    assert _run(plan, "token", "rotate") == 0


def test_a_question_loads_neither_pages_nor_papers() -> None:
    """What a command does not use, it does not wait for."""
    code = "import sys; from webapp.cli.main import build_parser; build_parser('statistic'); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "geopandas" in loaded
    assert not {"flask", "folium", "pptx", "docx", "matplotlib", "waitress", "duckdb", "psycopg"} & set(loaded)


@pytest.mark.parametrize("words", [["statistic", "--list"], ["statistic", "--help"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_who_leaves_ends_a_command_without_a_word(plan: Path, words: list[str], unbuffered: str) -> None:
    """As ``| head`` does once it has its lines."""
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "webapp.cli", *words, "--data", str(plan)]
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    ended = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, env=environment, check=False)
    os.close(write)
    assert ended.stderr == b""
    assert ended.returncode == 141 or words[-1] == "--help"  # what argparse cannot write it forgets
