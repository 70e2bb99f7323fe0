"""Where things are in a checkout, or in an unpacked bundle."""

import hashlib
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Checkout:
    """The folder that holds run.py, and what set-up makes beside it."""

    root: Path

    @property
    def venv(self) -> Path:
        """The environment that set-up makes."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The environment's interpreter, there or not."""
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamps(self) -> Path:
        """What is installed: a file for each requirements file, holding its sum; written last."""
        return self.venv / "planatlas"

    @property
    def log(self) -> Path:
        """What pip and npm said last."""
        return self.venv / "planatlas" / "setup.log"

    @property
    def wheels(self) -> Path:
        """The Python packages of a bundle; a checkout has none."""
        return self.root / "bundle" / "wheels"

    @property
    def manifest(self) -> Path:
        """Which systems a bundle was made for."""
        return self.root / "bundle" / "manifest.json"

    @property
    def node_modules(self) -> Path:
        """The front-end packages."""
        return self.root / "node_modules"

    @property
    def assets(self) -> Path:
        """The table of third-party files that pages load."""
        return self.root / "webapp" / "assets.toml"

    @property
    def version(self) -> str:
        """The version that pyproject.toml states."""
        project = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))
        return str(project["project"]["version"])


def this_checkout() -> Checkout:
    """Return the checkout that this module is part of."""
    return Checkout(Path(__file__).resolve().parent.parent)


def file_sum(path: Path) -> str:
    """Return a file's SHA-256, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def text_sum(path: Path) -> str:
    """Return the SHA-256 of a text file's lines, the same whether git wrote LF or CRLF."""
    return hashlib.sha256(re.sub(rb"\r\n?", b"\n", path.read_bytes())).hexdigest()
