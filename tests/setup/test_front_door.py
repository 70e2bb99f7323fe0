"""run.py itself: readable by old Pythons, one line when it cannot go on, verbs handed to who does them."""

import ast
import os
import re
import socket
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest

from setup import service, verbs
from setup.checkout import Checkout
from setup.speech import SetupError, Speech

ROOT = Path(__file__).parents[2]


def start(*arguments, code=None):
    command = [sys.executable, "-c", code] if code else [sys.executable, "run.py", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=240, env={"PATH": "", "LANG": "C"}, check=False
    )


def test_an_old_python_is_told_what_to_do_in_one_line():
    old = "import sys, runpy; sys.version_info = (3, 8, 18, 'final', 0); runpy.run_path('run.py')"
    answer = start(code=old)
    assert answer.returncode == 2
    assert answer.stderr == (
        "PlanAtlas needs Python 3.11 or newer, and this is Python 3.8: install one (from python.org, or your "
        "system's packages) and run this again with it.\n"
    )


def test_old_pythons_can_read_the_front_door():
    source = (ROOT / "run.py").read_text("utf-8")
    ast.parse(source, feature_version=(3, 4))
    assert not re.search(r"\bf[\"']|->|:=", source), "Python 2.7 must be able to read this file too"
    source.encode("ascii")


def test_a_taken_port_is_told_before_anything_is_installed():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = start("--port", str(port))
    assert answer.returncode == 2
    assert answer.stderr.startswith(f"Port {port} is taken by another program")
    assert answer.stderr.count("\n") == 1


def test_a_folder_without_a_catalog(tmp_path):
    answer = start("--port", "0", "--data", str(tmp_path))
    assert answer.returncode == 2
    assert "has no catalog.toml" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_serve_takes_its_own_options_and_passes_the_rest():
    options, others = service.parse(["--port", "8001", "--public-read"])
    assert (options.host, options.port, options.data, others) == ("127.0.0.1", 8001, None, ["--public-read"])


@pytest.fixture
def handed(monkeypatch):
    """Verbs without a set-up: what each would run."""
    commands: list[list[str]] = []

    def ran(_, command):
        commands.append([str(part) for part in command[1:]])
        return 0

    monkeypatch.setattr(verbs, "set_up", lambda *_, **__: None)
    monkeypatch.setattr(verbs, "run_program", ran)
    monkeypatch.setattr(verbs, "_script_tests", lambda *_: ran(None, ["", "node"]))
    return commands


def test_an_unknown_verb_is_a_command_of_the_service(handed):
    assert verbs.main(["token", "create", "--scope", "layers:write"]) == 0
    assert handed == [["-m", "webapp.cli", "token", "create", "--scope", "layers:write"]]


@pytest.mark.parametrize(("processors", "count"), [(None, 2), (2, 3), (64, 4)])
def test_a_whole_run_keeps_all_processors_busy_with_the_extra_words(handed, monkeypatch, processors, count):
    monkeypatch.setattr("os.cpu_count", lambda: processors)
    assert verbs.main(["test", "-x"]) == 0
    beside = [f"--numprocesses={count}", "--dist=loadfile", "--no-loadscope-reorder"]
    assert handed == [["node"], ["-m", "pytest", *beside, "-x"]]


def test_the_fast_run_leaves_out_what_says_that_it_is_slow(handed):
    assert verbs.main(["test", "--fast", "tests/geo"]) == 0
    assert handed == [["-m", "pytest", "-m", "not slow and not browser", "tests/geo"]]


def test_a_named_test_runs_alone(handed):
    assert verbs.main(["test", "tests/geo"]) == 0
    assert handed == [["-m", "pytest", "tests/geo"]]


def test_what_stops_set_up_is_one_line_and_status_2(monkeypatch, capsys):
    def stop(*_, **__):
        raise SetupError(en="Do this.", zh="请这样做。")

    monkeypatch.setattr(verbs, "set_up", stop)
    monkeypatch.setenv("PLANATLAS_LANGUAGE", "zh")
    assert verbs.main(["check"]) == 2
    assert capsys.readouterr().err == "请这样做。\n"


def test_a_folder_that_cannot_be_written_is_one_line(monkeypatch, capsys):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied", ".setup.lock")

    monkeypatch.setattr(verbs, "set_up", refuse)
    monkeypatch.setenv("PLANATLAS_LANGUAGE", "en")
    assert verbs.main(["check"]) == 2
    assert capsys.readouterr().err.startswith("Cannot use .setup.lock: Permission denied; ")


@pytest.mark.parametrize("word", ["--version", "-V", "version"])
def test_the_version_needs_no_set_up(word):
    answer = start(word)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert re.fullmatch(r"PlanAtlas \d+\.\d+\.\d+\n", answer.stdout)


def test_an_interrupted_set_up_says_that_it_goes_on(monkeypatch, capsys):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(verbs, "set_up", interrupt)
    monkeypatch.setenv("PLANATLAS_LANGUAGE", "en")
    assert verbs.main(["check"]) == 130
    assert "goes on from here" in capsys.readouterr().err


def test_help_names_every_verb():
    for verb in verbs.VERBS:
        assert verb == "serve" or f"run.py {verb}" in verbs.HELP


def test_the_service_takes_the_place_of_set_up(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(os, "chdir", lambda _: None)
    monkeypatch.setattr(os, "execve", lambda *given: started.append(given))
    order = []
    checkout = Checkout(tmp_path)
    if os.name != "nt":
        service.serve(checkout, ["--port", "0", "--public-read"], set_up=lambda: order.append("set up"))
        (path, command, environ) = started[0]
        assert order == ["set up"]
        assert path == str(checkout.python)
        assert command[1:] == ["-m", "webapp.cli", "serve", "--host", "127.0.0.1", "--port", "0", "--public-read"]
        assert environ["PYTHONUTF8"] == "1"


def test_speech_is_for_people_and_goes_to_standard_error():
    assert Speech(language="en").stream is sys.stderr


def test_verify_brings_its_second_engine_and_goes_on_where_it_cannot_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[list[str]] = []
    ran: list[list[str]] = []

    def set_up(_checkout: Checkout, *, speech: Speech, extras: Collection[str] = ()) -> None:
        asked.append(list(extras))
        if extras:
            raise SetupError(en="No network.", zh="没有网络。")

    def hand_over(_checkout: Checkout, _module: str, words: Sequence[str]) -> int:
        ran.append(list(words))
        return 0

    monkeypatch.setattr(verbs, "this_checkout", lambda: Checkout(tmp_path))
    monkeypatch.setattr(verbs, "set_up", set_up)
    monkeypatch.setattr(verbs, "hand_over", hand_over)
    assert verbs.main(["verify", "--language", "en"]) == 0
    assert asked == [[], ["verify"]] and ran == [["verify", "--language", "en"]]
    assert "No network." in "".join(capsys.readouterr())
    (tmp_path / "bundle" / "wheels").mkdir(parents=True)  # of a bundle: nothing is looked for elsewhere
    asked.clear()
    assert verbs.main(["verify"]) == 0 and asked == [[]]
