"""The command line's check and dossier: the words of the API, files, and an exit status that tells a conflict."""

from __future__ import annotations

import json
from pathlib import Path

import pypdfium2
import pytest

from tests.layers.places.made_sites import SITE, made_cases, write_made
from webapp.cli.main import main

HELSINKI = Path(__file__).parents[3] / "examples" / "helsinki"
RULE = """
[rules.apart]
label = {zh = "不得重叠", en = "Apart"}
text = {zh = "不得重叠", en = "apart"}
source = {zh = "测试", en = "tests"}
kind = "no_overlap"
severity = "forbids"
layers = {of = {layer = "things", ids = ["no_overlap-0-1--40"]}}
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    folder = write_made(tmp_path / "plan", made_cases())
    (folder / "rules.toml").write_text(RULE, "utf-8")
    return folder


def run(plan: Path, *words: str) -> int:
    return main([*words, "--data", str(plan)])


def outline(folder: Path) -> Path:
    ring = [list(xy) for xy in SITE.exterior.coords]
    path = folder / "site.geojson"
    shape = {"type": "Polygon", "coordinates": [ring]}
    path.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": shape}), "utf-8")
    return path


def test_a_drawn_file_a_place_and_a_feature_are_checked(
    plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(plan, "check", str(outline(tmp_path)), "--lang", "en", "--name", "Site A") == 1
    said = capsys.readouterr().out
    assert said.startswith("Site A\nConflict: Apart")
    assert run(plan, "check", "30.0,104.0") == 0
    assert "符合" in capsys.readouterr().out
    assert run(plan, "check", "things/point-0-1-3", "--json") in (0, 1)
    assert json.loads(capsys.readouterr().out)["site"]["feature"] == "point-0-1-3"


def test_what_is_no_site_is_told(plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.geojson").write_text("{}", "utf-8")
    for words in (("a,b",), ("things/none",), (str(tmp_path / "bad.geojson"),), ("30,104", "--industry", "none")):
        assert run(plan, "check", *words) == 2, words
        assert capsys.readouterr().err


@pytest.mark.slow  # the sheet of a site is drawn: about 5 s
def test_a_dossier_is_written_whole(plan: Path, tmp_path: Path) -> None:
    assert run(plan, "dossier", str(outline(tmp_path)), "-o", str(tmp_path / "a.pdf"), "--name", "甲") == 0
    assert len(pypdfium2.PdfDocument(tmp_path / "a.pdf")) == 1
    assert run(plan, "dossier", str(outline(tmp_path)), "-o", str(tmp_path / "a.json")) == 0
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["check"]["verdict"] == "conflict"
    assert run(plan, "dossier", "30,104", "-o", str(tmp_path / "a.svg")) == 2


def test_another_plan_without_rules_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(HELSINKI, "check", "60.17,24.94", "--lang", "en") == 0
    assert "no file of rules" in capsys.readouterr().out
