"""A small checkout to set up, with pip and npm played by a list of what was called."""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from setup import frontend, packages
from setup.checkout import Checkout
from setup.process import ProcessResult
from setup.speech import Speech

SCRIPT = b"var L = {};\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    root = tmp_path / "checkout"
    (root / "webapp").mkdir(parents=True)
    (root / "pyproject.toml").write_text('[project]\nversion = "0.1.0"\n')
    (root / "requirements.txt").write_text("flask==3.1.3 \\\n    --hash=sha256:00\n")
    (root / "package.json").write_text(json.dumps({"devDependencies": {"typescript": "7.0.2"}}))
    (root / "webapp" / "assets.toml").write_text(
        '# kept\n["leaflet.js"]\npackage = "leaflet"\nversion = "1.9.4"\nfile = "dist/leaflet.js"\n'
        f'licence = "BSD-2-Clause"\nsha256 = "{hashlib.sha256(SCRIPT).hexdigest()}"\n'
    )
    return Checkout(root)


@pytest.fixture
def speech() -> Speech:
    return Speech(language="en", stream=io.StringIO())


def put_package(checkout: Checkout, name: str, version: str, files: dict[str, bytes]) -> None:
    folder = checkout.node_modules / name
    for path, body in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"name": name, "version": version}))
    (folder / "LICENSE").write_text("licence text")


@dataclass
class Calls:
    """What was called, and how each call ends: the first fragment found in the command decides."""

    commands: list[str] = field(default_factory=list)
    answers: dict[str, ProcessResult] = field(default_factory=dict)
    effects: dict[str, Callable[[], object]] = field(default_factory=dict)

    def __call__(self, command, *, cwd, log=None, on_line=None, extra=None):
        line = " ".join(Path(part).as_posix() if isinstance(part, Path) else str(part) for part in command)
        self.commands.append(line)
        for fragment, effect in self.effects.items():
            if fragment in line:
                effect()
        return next((answer for part, answer in self.answers.items() if part in line), ProcessResult(0, ""))

    def having(self, fragment: str) -> list[str]:
        return [line for line in self.commands if fragment in line]


@pytest.fixture
def calls(monkeypatch) -> Calls:
    made = Calls()
    monkeypatch.setattr(packages, "call", made)
    monkeypatch.setattr(frontend, "call", made)
    return made
