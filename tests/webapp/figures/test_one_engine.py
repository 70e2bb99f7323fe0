"""One engine, three ways in: the same question gives the same bits in Python, over HTTP and at a terminal."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask

from layers.figures.answer import answer, question_command
from layers.figures.figure import Figure, FigureShelf
from layers.figures.functions import FUNCTIONS
from layers.figures.kept_versions import publish_kept
from layers.figures.verification.recompute import verify
from layers.figures.verification.sql import Geos
from layers.library.library import Library
from layers.places.polygon import drawn_frame, polygon_of, question_of
from tests.question_plan import QUESTIONS, write_question_plan
from tests.waiting import ended_job
from webapp import ROOT
from webapp.cli.main import main
from webapp.state import state_of
from webapp.version import VERSION

pytestmark = pytest.mark.slow

# What a figure says of itself and not of the question: when it was made; how to make what is (not) kept again.
_OWN = ("computed_at", "command")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_question_plan(tmp_path_factory.mktemp("questions") / "plan")


@cache
def _answer(folder: Path, name: str) -> Figure:
    """Ask in Python, once for all that is compared with it."""
    library = Library(folder)
    told = dict(QUESTIONS[name])
    polygon = polygon_of(told.pop("polygon", None), 5000)
    statistic, polygon = question_of(told, library.layers(), polygon)
    return answer(library, lambda _d, _t: None, statistic, software=VERSION, drawn=drawn_frame(polygon))


def _python(folder: Path, name: str) -> dict[str, Any]:
    plain: dict[str, Any] = orjson.loads(orjson.dumps(_answer(folder, name).plain()))
    return plain


def _terminal(folder: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> dict[str, Any]:
    assert main([*words, "--format", "json", "--no-publish", "--data", str(folder)]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def _alike(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Every bit of two figures, their time apart."""
    for key in one.keys() - set(_OWN):
        assert one[key] == other[key], key


def test_every_function_is_asked() -> None:
    assert {one["function"] for one in QUESTIONS.values()} == set(FUNCTIONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_terminal_gives_what_python_gives_and_its_command_gives_it_again(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    found = _python(folder, name)
    assert found["state"] == "computed"
    asked = _terminal(folder, capsys, ["ask", json.dumps(QUESTIONS[name])])
    _alike(found, asked)
    words = shlex.split(asked["command"])
    assert words[:3] == ["python", "run.py", "ask"]
    again = _terminal(folder, capsys, words[2:])
    _alike(found, again)


def test_the_service_gives_what_python_gives(folder: Path, make_app: Callable[..., Flask]) -> None:
    app = make_app(folder)
    client = app.test_client()
    for name, question in QUESTIONS.items():
        sent = client.post("/api/figures", json=question)
        assert sent.status_code == 202, (name, sent.text)
        job = ended_job(client, sent.get_json())
        assert job["state"] == "done", (name, job)
        _alike(_python(folder, name), client.get(f"/api/figures/{job['figure']}").get_json())
    state_of(app).close()


def test_a_pasted_command_gives_the_same_figure_in_a_shell(folder: Path, tmp_path: Path) -> None:
    """With a polygon, quotes and Chinese in it, and nothing but the data folder said beside it."""
    name = "tabulate a drawn polygon"
    found = _python(folder, name)
    told = dict(QUESTIONS[name])
    statistic, polygon = question_of(told, (), polygon_of(told.pop("polygon", None), 5000))
    command = question_command(Library(folder), statistic, drawn_frame(polygon))
    shell = command.replace("python run.py", f"{shlex.quote(sys.executable)} -m webapp.cli", 1)
    shell += " --format json --no-publish"
    out = subprocess.run(["/bin/sh", "-c", shell], capture_output=True, text=True, check=True, cwd=ROOT)
    _alike(found, json.loads(out.stdout))


@pytest.fixture(scope="module")
def published(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A shelf with the answer of every question, and their names by figure."""
    library, shelf = Library(folder), FigureShelf(tmp_path_factory.mktemp("published") / "shelf")
    names = {}
    for name in QUESTIONS:
        figure = _answer(folder, name)
        publish_kept(shelf, figure, library)
        names[figure.id] = name
    return shelf.folder, names


@pytest.mark.parametrize("plain", [False, True])
def test_a_second_engine_agrees_on_every_function(
    folder: Path, published: tuple[Path, dict[str, str]], plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if plain:
        monkeypatch.setattr("layers.figures.verification.recompute.installed_engine", Geos)
    library, shelf, names = Library(folder), FigureShelf(published[0]), published[1]
    rows = {names[row.figure]: row for row in verify(library, shelf, software="x").rows}
    assert {name: row.state for name, row in rows.items()} == dict.fromkeys(QUESTIONS, "same")
    alone = {
        name for name, question in QUESTIONS.items() if FUNCTIONS[str(question["function"])].recompute is None
    }
    assert {name for name, row in rows.items() if row.second is None} == {"sum"} | alone, (
        "two currencies have no sum"
    )


def test_what_was_touched_is_found(folder: Path, published: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    shelf = FigureShelf(shutil.copytree(published[0], tmp_path / "shelf"))
    for path in shelf.folder.glob("*.json"):
        told = json.loads(path.read_text())
        cell = next(c["id"] for c in told["columns"] if isinstance(told["rows"][0].get(c["id"]), float))
        told["rows"][0][cell] += 1.0
        path.write_text(json.dumps(told))
    assert {row.state for row in verify(Library(folder), shelf, software="x").rows} == {"drift"}
