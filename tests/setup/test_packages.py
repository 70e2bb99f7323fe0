import json
import sys

import pytest

from setup import packages
from setup.packages import ensure_packages, ensure_venv, is_installed, pip_command, system_name, venv_version
from setup.process import ProcessResult
from setup.speech import SetupError

NO_PIP = {"import pip": ProcessResult(1, "")}


def make_python(checkout):
    checkout.python.parent.mkdir(parents=True)
    checkout.python.write_text("")


def test_installed_once_and_not_again(checkout, speech, calls):
    ensure_packages(checkout, "requirements.txt", speech=speech)
    ensure_packages(checkout, "requirements.txt", speech=speech)
    assert len(calls.having(" install ")) == 1
    assert "--require-hashes" in calls.having(" install ")[0]
    assert "--only-binary=:all:" in calls.having(" install ")[0]
    assert is_installed(checkout, "requirements.txt")


def test_installed_again_when_the_pins_change(checkout, speech, calls):
    ensure_packages(checkout, "requirements.txt", speech=speech)
    (checkout.root / "requirements.txt").write_text("flask==3.1.4 \\\n    --hash=sha256:01\n")
    assert not is_installed(checkout, "requirements.txt")
    ensure_packages(checkout, "requirements.txt", speech=speech)
    assert len(calls.having(" install ")) == 2


def test_line_ends_of_windows_are_no_change(checkout, speech, calls):
    ensure_packages(checkout, "requirements.txt", speech=speech)
    path = checkout.root / "requirements.txt"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert is_installed(checkout, "requirements.txt")


def test_a_failed_installation_leaves_no_stamp(checkout, speech, calls):
    ensure_packages(checkout, "requirements.txt", speech=speech)
    (checkout.root / "requirements.txt").write_text("flask==3.1.4\n")
    calls.answers[" install "] = ProcessResult(1, "ERROR: ENOTFOUND")
    with pytest.raises(SetupError, match="No network"):
        ensure_packages(checkout, "requirements.txt", speech=speech)
    assert not (checkout.stamps / "requirements.txt").exists()


def test_a_killed_installation_leaves_no_stamp(checkout, speech, calls):
    def kill():
        raise KeyboardInterrupt

    calls.effects[" install "] = kill
    with pytest.raises(KeyboardInterrupt):
        ensure_packages(checkout, "requirements.txt", speech=speech)
    assert not is_installed(checkout, "requirements.txt")


def test_a_bundle_asks_no_network(checkout, speech, calls):
    checkout.wheels.mkdir(parents=True)
    ensure_packages(checkout, "requirements.txt", speech=speech)
    command = calls.having(" install ")[0]
    assert "--no-index" in command
    assert f"--find-links={checkout.wheels}" in command


def test_the_test_tools_are_not_in_a_bundle(checkout, speech, calls):
    checkout.wheels.mkdir(parents=True)
    (checkout.root / "requirements-test.txt").write_text("pytest==9.2.0\n")
    ensure_packages(checkout, "requirements-test.txt", speech=speech)
    assert "--no-index" not in calls.having(" install ")[0]


def test_a_bundle_for_another_machine_is_refused(checkout, speech, calls):
    checkout.wheels.mkdir(parents=True)
    targets = [{"python": "3.12", "system": "windows-amd64"}]
    checkout.manifest.write_text(json.dumps({"version": "0.1.0", "targets": targets}))
    with pytest.raises(SetupError, match=r"made for Python 3\.12 windows-amd64; this is Python"):
        ensure_packages(checkout, "requirements.txt", speech=speech)
    assert calls.having(" install ") == []


def test_a_bundle_for_another_machine_leaves_no_environment_behind(checkout, speech, calls):
    checkout.wheels.mkdir(parents=True)
    checkout.manifest.write_text(json.dumps({"targets": [{"python": "3.99", "system": "linux-x86_64"}]}))
    with pytest.raises(SetupError, match=r"made for Python 3\.99"):
        ensure_venv(checkout, speech=speech)
    assert calls.having("-m venv") == []


def test_a_bundle_for_this_machine_is_taken(checkout, speech, calls):
    checkout.wheels.mkdir(parents=True)
    mine = {"python": f"{sys.version_info[0]}.{sys.version_info[1]}", "system": system_name()}
    checkout.manifest.write_text(json.dumps({"version": "0.1.0", "targets": [mine]}))
    ensure_packages(checkout, "requirements.txt", speech=speech)
    assert is_installed(checkout, "requirements.txt")


def test_the_environment_is_kept_when_it_runs(checkout, speech, calls):
    make_python(checkout)
    calls.answers["version_info"] = ProcessResult(0, "3 12\n")
    ensure_venv(checkout, speech=speech)
    assert calls.having("-m venv") == []


@pytest.mark.parametrize(
    "answer", [ProcessResult(0, "3 9\n"), ProcessResult(127, "not found"), ProcessResult(0, "")]
)
def test_a_broken_or_old_environment_is_replaced(checkout, speech, calls, answer):
    make_python(checkout)
    calls.answers["version_info"] = answer
    ensure_venv(checkout, speech=speech)
    assert len(calls.having("-m venv --clear")) == 1


def test_debian_without_ensurepip_gets_an_environment_without_pip(checkout, speech, monkeypatch, calls):
    ends = iter([ProcessResult(1, "ensurepip is not available"), ProcessResult(0, "")])
    monkeypatch.setattr(packages, "call", lambda command, **_: calls(command, cwd=None) and next(ends))
    ensure_venv(checkout, speech=speech)
    assert calls.commands[-1].endswith(" --without-pip")


def test_an_environment_that_cannot_be_made(checkout, speech, calls):
    calls.answers["-m venv"] = ProcessResult(1, "Error: [Errno 30] Read-only file system\n")
    with pytest.raises(SetupError, match=r"Could not make \.venv: Error: \[Errno 30\] Read-only file system"):
        ensure_venv(checkout, speech=speech)


def test_a_python_without_venv(checkout, speech, calls, monkeypatch):
    monkeypatch.setattr(packages, "find_spec", lambda _: None)
    with pytest.raises(SetupError, match="apt install python3-venv"):
        ensure_venv(checkout, speech=speech)


def test_pip_of_the_environment_first(checkout, calls):
    assert pip_command(checkout) == [checkout.python, "-m", "pip"]


def test_pip_of_the_bundle_next(checkout, calls):
    calls.answers |= NO_PIP
    checkout.wheels.mkdir(parents=True)
    wheel = checkout.wheels / "pip-26.3-py3-none-any.whl"
    wheel.write_text("")
    assert pip_command(checkout) == [checkout.python, wheel / "pip"]


def test_pip_of_the_system_then(checkout, calls):
    calls.answers |= NO_PIP
    assert pip_command(checkout) == [sys.executable, "-m", "pip", "--python", checkout.python]


def test_no_pip_at_all(checkout, calls, monkeypatch):
    calls.answers |= NO_PIP
    monkeypatch.setattr(packages, "find_spec", lambda _: None)
    with pytest.raises(SetupError, match="apt install python3-venv"):
        pip_command(checkout)


def test_no_environment_has_no_version(checkout):
    assert venv_version(checkout) is None
